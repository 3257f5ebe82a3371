#===- type_references.py - what an operator should give -------*- Python -*-===#
#
# Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
"""References for a model of one node, tried in turn until one agrees: ONNX's reference
evaluator, the same in double precision, ONNX Runtime, and numpy for what none of them
takes.
"""
import ml_dtypes
import numpy as np
import onnx
from onnx import TensorProto, helper

from compare import Tolerance, is_extended
from compare import difference as array_difference
from type_cases import NARROW_INTS, dtype_of, int_range, is_real

TOLERANCES = {"float64": Tolerance(1e-11, 1e-13), "float32": Tolerance(1e-4, 1e-6),
              "float16": Tolerance(2**-9, 1e-4), "bfloat16": Tolerance(2**-6, 1e-3)}
TOLERANCES |= {"complex128": TOLERANCES["float64"], "complex64": TOLERANCES["float32"]}
# Of doubles the evaluator computes these, or the grid that they go by, in single precision.
SINGLE = ("Erf", "Gelu", "GridSample", "HardSwish", "MeanVarianceNormalization", "MelWeightMatrix", "Resize")
# Drawn at random: only type and shape can agree.
RANDOM = ("Bernoulli", "RandomNormal", "RandomUniform", "RandomNormalLike", "RandomUniformLike", "Multinomial")
# These move and choose elements and look at none.
MOVES = ("OneHot", "Resize", "Upsample", "CenterCropPad", "Trilu", "TensorScatter", "Pad", "Where", "Scatter")
# What the newest version calls them.
RENAMED = {"Scatter": "ScatterElements"}
# Interpolated integers: the evaluator rounds its coefficients to integers, too.
INTERPOLATED = ("GridSample",)
# ONNX Runtime divides by what ends the process.
FATAL = ("Div", "Mod")


def difference(case, got):
    """What is wrong with the outputs, in words; None where they are right."""
    for array, code in zip(got, case.types):
        dtype = dtype_of(code)
        same = array.dtype.kind in "OU" if dtype == object else array.dtype in (dtype, np.dtype(f"V{dtype.itemsize}"))
        if not same:
            return f"type {array.dtype}, expected {dtype}"
    if case.op in ("Cast", "CastLike") and case.types[0] == TensorProto.STRING and is_real(case.inputs[0].dtype):
        # How a number is written is open; it must be the same when it is read.
        x = case.inputs[0]
        return array_difference(np.array([float(s) for s in got[0].ravel()]).reshape(x.shape).astype(x.dtype), x, Tolerance(0, 0))
    said = []
    for name, reference in REFERENCES.items():
        try:
            want = reference(case)
        except Exception as e:      # whatever it says of types that it lacks
            said.append(f"{name}: {type(e).__name__} {str(e)[:60]}")
            continue
        if want is None:
            continue
        wrong = _compare(case, got, want)
        if not wrong:
            return None
        said.append(f"{name}: {wrong}")
    return "; ".join(said)


def _compare(case, got, want):
    for array, expected, code in zip(got, want, case.types):
        expected = np.asarray(expected)
        if case.op in RANDOM:
            wrong = None if array.shape == expected.shape else "shape"
        else:
            name = dtype_of(code).name
            if case.op in SINGLE:
                name = name.replace("float64", "float32").replace("complex128", "complex64")
            tolerance = TOLERANCES.get(name, Tolerance(0, 0))
            wrong = array_difference(array, expected, tolerance)
        if wrong:
            return wrong
    return None


def _evaluate(model, feeds, types):
    from onnx.reference import ReferenceEvaluator
    outputs = []
    for array, code in zip(ReferenceEvaluator(model).run(None, feeds), types):
        array, dtype = np.asarray(array), dtype_of(code)
        # Sums of integers come in the widest type.
        if array.dtype != dtype and array.dtype.kind in "iu" and dtype.kind in "iu":
            array = array.astype(dtype)
        if array.dtype != dtype and not (array.dtype.kind in "OU" and dtype == object):
            raise TypeError(f"gives {array.dtype}, not {dtype}")
        outputs.append(array)
    return outputs


def _retyped(case, change):
    """The model with inputs of other types: {name: dtype}."""
    model = onnx.ModelProto()
    model.CopyFrom(case.model)
    for value in model.graph.input:
        if value.name in change:
            value.type.tensor_type.elem_type = helper.np_dtype_to_tensor_dtype(np.dtype(change[value.name]))
    return model


def reference(case):
    return _evaluate(case.model, case.feeds(), case.types)


def newer(case):
    """As the newest version has it, for those that the evaluator lacks."""
    version = onnx.defs.onnx_opset_version()
    model = onnx.ModelProto()
    model.CopyFrom(case.model)
    model.opset_import[0].version = version
    model.graph.node[0].op_type = RENAMED.get(case.op, case.op)
    kept = [a for a in case.node.attribute if a.name not in ("broadcast", "is_test")]
    del model.graph.node[0].attribute[:]
    model.graph.node[0].attribute.extend(kept)
    return _evaluate(model, case.feeds(), case.types) if case.version < version else None


def in_double(case):
    """The same numbers in double precision, rounded once."""
    feeds = case.feeds()
    real = [k for k, a in feeds.items() if is_real(a.dtype) or (case.op in INTERPOLATED and a.dtype.kind in "iu")]
    if case.op in ("Cast", "CastLike", "BitCast", "QuantizeLinear", "DequantizeLinear") or not real:
        return None
    for wide in (np.float64, np.float32):       # what some operators' bodies are written for
        model = _retyped(case, {k: wide for k in real})
        types = [helper.np_dtype_to_tensor_dtype(np.dtype(wide)) if is_real(dtype_of(c)) or case.op in INTERPOLATED else c
                 for c in case.types]
        try:
            got = _evaluate(model, {k: a.astype(wide) if k in real else a for k, a in feeds.items()}, types)
            return [a.astype(dtype_of(c)) for a, c in zip(got, case.types)]
        except Exception:
            if wide == np.float32:
                raise
    return None


def moved(case):
    """Elements by their number among those there are; the empty one is 0."""
    feeds = case.feeds()
    dtype = dtype_of(case.types[0])
    chosen = [k for k, a in feeds.items() if a.dtype == dtype]
    if case.op not in MOVES or not chosen or is_real(dtype):
        return None
    zero = "" if dtype == object else dtype.type(0)
    table = [zero, *dict.fromkeys(v for k in chosen for v in feeds[k].ravel().tolist() if v != zero)]
    numbered = {k: np.array([table.index(v) for v in a.ravel().tolist()], np.int64).reshape(a.shape) if k in chosen else a
                for k, a in feeds.items()}
    got = _evaluate(_retyped(case, {k: np.int64 for k in chosen}), numbered, [TensorProto.INT64])
    return [np.array([table[i] for i in got[0].ravel()], dtype).reshape(got[0].shape)]


def runtime(case):
    import onnxruntime as ort
    feeds = case.feeds()
    if case.op in FATAL or any(is_extended(a.dtype) for a in feeds.values()) or any(is_extended(dtype_of(c)) for c in case.types):
        return None
    ort.set_default_logger_severity(4)
    options = ort.SessionOptions()
    options.log_severity_level, options.intra_op_num_threads = 4, 1
    session = ort.InferenceSession(case.model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    return session.run(None, feeds)


#===----------------------------------------------------------------------===#
# numpy
#===----------------------------------------------------------------------===#

def _saturated(x, dtype):
    """Whole or real numbers in a type; what is out of range goes to the nearest end."""
    if not is_real(dtype):
        return np.clip(np.rint(x), *int_range(dtype)).astype(dtype)
    most = float(ml_dtypes.finfo(dtype).max)
    return np.clip(x, -most, most).astype(np.float32).astype(dtype)


def _cast(case):
    x, dtype = case.inputs[0], dtype_of(case.types[0])
    if x.dtype == object and dtype == object:
        return [x]
    if x.dtype == object:
        x = np.array([float(s) if is_real(dtype) else int(float(s)) for s in x.ravel()]).reshape(x.shape)
    if is_real(dtype):
        x = x.astype(np.float64)
        saturates = dtype.itemsize == 1 and all(a.i for a in case.node.attribute if a.name == "saturate")
        return [np.where(np.isnan(x), x.astype(dtype), _saturated(x, dtype)) if saturates else x.astype(dtype)]
    whole = np.trunc(x.astype(np.float64)).astype(np.int64) if is_real(x.dtype) else x.astype(np.int64)
    if dtype.name not in NARROW_INTS:
        return [whole.astype(dtype)]
    bits = int(dtype.name[-1])
    whole = whole & ((1 << bits) - 1)
    return [np.where(whole > int_range(dtype)[1], whole - (1 << bits), whole).astype(dtype)]


def _quantised_product(case):
    number = [a.astype(np.float32) for a in case.inputs]
    product = ((number[0] - number[2]) * number[1]) @ ((number[3] - number[5]) * number[4])
    return [_saturated(product / number[6] + number[7], dtype_of(case.types[0]))]


def _log_sum(case):
    keep = all(a.i for a in case.node.attribute if a.name == "keepdims")
    axes = tuple(case.inputs[1].tolist()) or None
    total = case.inputs[0].astype(np.float64).sum(axes, keepdims=keep)
    return [np.log(total).astype(case.inputs[0].dtype)]


def by_hand(case):
    rows = {"Cast": _cast, "CastLike": _cast, "QLinearMatMul": _quantised_product, "ReduceLogSum": _log_sum}
    return rows[case.op](case) if case.op in rows else None


REFERENCES = {"reference": reference, "in double": in_double, "newer": newer, "moved": moved, "by hand": by_hand, "ONNX Runtime": runtime}
