#===- type_cases.py - operators and the types that they take --*- Python -*-===#
#
# Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
"""Models of one node: a case of ONNX's backend suite with its tensors made those of
another type that the operator's schema allows, for each of its types in turn.
"""
import collections
import warnings
from dataclasses import dataclass, field

import numpy as np
import onnx
from onnx import TensorProto, defs, helper, numpy_helper

from compare import is_extended

NARROW_INTS = {"int2": (-2, 1), "uint2": (0, 3), "int4": (-8, 7), "uint4": (0, 15)}
# Attributes that name the type of the result, or hold a value of it.
OUTPUT_ATTRIBUTES = {
    "Cast": "to", "BitCast": "to", "EyeLike": "dtype", "Bernoulli": "dtype", "RandomNormal": "dtype",
    "RandomUniform": "dtype", "RandomNormalLike": "dtype", "RandomUniformLike": "dtype", "Multinomial": "dtype",
    "HannWindow": "output_datatype", "HammingWindow": "output_datatype", "BlackmanWindow": "output_datatype",
    "MelWeightMatrix": "output_datatype", "ConstantOfShape": "value", "Constant": "value"}
# Of these every pair of types is a case.
CONVERSIONS = ("Cast", "BitCast")
# Operators on whose integers a bound of their own lies: 0 divides nothing.
DIVISORS, EXPONENTS = ("Div", "Mod"), ("Pow",)


@dataclass
class Case:
    name: str
    node: onnx.NodeProto
    inputs: list            # arrays; None where an input is left out
    version: int
    constant_only: bool = False
    model: onnx.ModelProto = None
    types: list = field(default_factory=list)       # TensorProto.DataType of each output

    @property
    def op(self):
        return self.node.op_type

    def feeds(self):
        return {f"x{i}": a for i, a in enumerate(self.inputs) if a is not None}


#===----------------------------------------------------------------------===#
# Types and numbers of them
#===----------------------------------------------------------------------===#

def code_of(text):
    """The DataType that a schema's 'tensor(float)' stands for."""
    name = text.removeprefix("tensor(").removesuffix(")")
    return {"float": TensorProto.FLOAT, "double": TensorProto.DOUBLE}.get(name) or TensorProto.DataType.Value(name.upper())


def dtype_of(code):
    return np.dtype(object) if code == TensorProto.STRING else helper.tensor_dtype_to_np_dtype(code)


def dtype_code(dtype):
    return TensorProto.STRING if dtype.kind in "OU" else helper.np_dtype_to_tensor_dtype(dtype)


def allowed(schema, parameter):
    """The names of the tensor types that a type variable of a schema may be."""
    row = next(c for c in schema.type_constraints if c.type_param_str == parameter)
    return sorted(t[len("tensor("):-1] for t in row.allowed_type_strs if t.startswith("tensor("))


def is_real(dtype):
    return dtype.kind == "f" or (is_extended(dtype) and dtype.name not in NARROW_INTS)


def int_range(dtype):
    return NARROW_INTS.get(dtype.name) or (np.iinfo(dtype).min, np.iinfo(dtype).max)


def convert(a, dtype):
    """The numbers of a sample as another type's; fractions become whole where it has none."""
    a = np.asarray(a)
    if a.dtype == dtype:
        return a
    if a.dtype.kind in "OUS":
        a = np.array([sum(str(v).encode()) % 7 for v in a.ravel()], np.int64).reshape(a.shape)
    wide = a.astype(np.float64 if is_real(a.dtype) else np.int64)
    if dtype == object:
        return np.array([str(v) for v in wide.ravel()], object).reshape(a.shape)
    if dtype.kind == "c":
        return wide.astype(dtype)
    if is_real(dtype):
        if dtype.itemsize == 1:
            wide = np.clip(wide, -6, 6)
        if dtype.name == "float8_e8m0fnu":
            wide = 2.0 ** wide
        return wide.astype(np.float32).astype(dtype) if is_extended(dtype) else wide.astype(dtype)
    if wide.dtype.kind == "f":
        wide = np.rint(wide * 4 if np.abs(wide).max(initial=0) < 8 else np.nan_to_num(wide, posinf=9, neginf=-9)).astype(np.int64)
    if dtype.kind == "b":
        return (wide % 2).astype(bool) if wide.size and wide.all() else wide != 0
    low, high = int_range(dtype)
    return np.asarray(np.clip(wide, max(low, -1 << 62), min(high, 1 << 62))).astype(dtype)


#===----------------------------------------------------------------------===#
# Samples
#===----------------------------------------------------------------------===#

@dataclass
class Sample:
    node: onnx.NodeProto
    inputs: list
    version: int
    tag: str = ""       # ends the names of cases that are made of it


def samples(count):
    """At most `count` small samples of each operator, with different attributes before others."""
    from onnx.backend.test import loader
    with warnings.catch_warnings(action="ignore"):
        tests = loader.load_model_tests(kind="node")
    found = collections.defaultdict(list)
    for test in tests:
        if test.model is not None and len(test.model.graph.node) == 1 and (sample := _sample(test)):
            found[sample.node.op_type].append(sample)
    chosen = []
    for _, of_op in sorted(found.items()):
        of_op.sort(key=lambda s: sum(a.size for a in s.inputs if a is not None))
        first = {}
        for s in of_op:
            attributes = tuple(sorted(a.SerializeToString() for a in s.node.attribute))
            first.setdefault((attributes, tuple(a is None for a in s.inputs), len(s.node.output)), s)
        chosen += list(first.values())[:1 if of_op[0].node.op_type in (*CONVERSIONS, "CastLike") else count]
        for i, sample in enumerate(first.values()):
            sample.tag = f" {i + 1}" if i else ""
    return chosen


def _sample(test):
    graph, node = test.model.graph, test.model.graph.node[0]
    values = [numpy_helper.to_array(v) if isinstance(v, TensorProto) else v for v in test.data_sets[0][0]]
    tensors = all(v.type.HasField("tensor_type") for v in [*graph.input, *graph.output])
    if node.domain not in ("", "ai.onnx") or any(a.HasField("g") for a in node.attribute) or not tensors:
        return None
    given = {v.name: np.asarray(a) for v, a in zip(graph.input, values)}
    version = next(o.version for o in test.model.opset_import if o.domain in ("", "ai.onnx"))
    return Sample(node, [given[name] if name else None for name in node.input], version)


#===----------------------------------------------------------------------===#
# Cases
#===----------------------------------------------------------------------===#

def versions(op):
    """Those of an operator's versions whose types or meaning are not those of the one before."""
    return sorted({s.since_version for s in defs.get_all_schemas_with_history() if s.name == op and s.domain == ""})


def formals(schema, count):
    """The type variable (or type) of each of `count` inputs; None where the schema has not so many."""
    inputs = list(schema.inputs)
    if count > len(inputs) and (not inputs or inputs[-1].option != defs.OpSchema.FormalParameterOption.Variadic):
        return None
    return [inputs[min(i, len(inputs) - 1)].type_str for i in range(count)]


def retyped(sample, version=None):
    """A case for each type of each type variable, as the operator set's `version` has it."""
    tag = sample.tag + (f"@{version}" if version else "")
    version = version or sample.version
    op = sample.node.op_type
    schema = defs.get_schema(op, version, "")
    of = formals(schema, len(sample.inputs))
    if of is None:
        return
    variables = [c.type_param_str for c in schema.type_constraints]
    taken = [v for v in variables if v in of]
    if op not in CONVERSIONS:
        for variable in taken:
            for name in allowed(schema, variable):
                yield _case(sample, version, f"{op}/{variable}={name}{tag}", of, {variable: dtype_of(code_of(name))})
    if op not in OUTPUT_ATTRIBUTES:
        return
    attribute = OUTPUT_ATTRIBUTES[op]
    for name in allowed(schema, schema.outputs[0].type_str):
        value = code_of(name)
        if attribute == "value":
            value = numpy_helper.from_array(convert(np.array([3.0]), dtype_of(value)))
        for source in allowed(schema, taken[0]) if op in CONVERSIONS else [None]:
            dtypes = {taken[0]: dtype_of(code_of(source))} if source else {}
            label = f"{source}->{name}" if source else f"{attribute}={name}"
            yield _case(sample, version, f"{op}/{label}{tag}", of, dtypes, {attribute: value})


def _case(sample, version, name, of, dtypes, attributes=None):
    arrays = [a if a is None else convert(a, dtypes.get(v, a.dtype)) for a, v in zip(sample.inputs, of)]
    node = onnx.NodeProto()
    node.CopyFrom(sample.node)
    for key, value in (attributes or {}).items():
        set_attribute(node, key, value)
    for key in ("broadcast", "is_test"):       # as later versions are without
        if key in defs.get_schema(node.op_type, version, "").attributes:
            set_attribute(node, key, 1)
    if node.op_type == "PRelu" and version < 7:     # a slope a channel
        arrays[1] = np.resize(arrays[1], arrays[0].shape[1:2])
    _mend(node, arrays)
    return Case(name, node, arrays, version)


def set_attribute(node, name, value, instead_of=None):
    kept = [a for a in node.attribute if a.name not in (name, instead_of)]
    del node.attribute[:]
    node.attribute.extend([*kept, helper.make_attribute(name, value)])


def _mend(node, arrays):
    """Makes values that their type can't be, or that have no meaning there, such as can."""
    op = node.op_type
    if op == "TfIdfVectorizer" and arrays[0].dtype == object:
        pool = next((list(a.ints) for a in node.attribute if a.name == "pool_int64s"), [])
        set_attribute(node, "pool_strings", [str(v) for v in pool], "pool_int64s")
    # No integer is the logarithm of 0, no power of two is 0.
    if op.startswith("ReduceLog") and arrays[0].dtype.kind in "iu":
        arrays[0] = np.ones([n or 2 for n in arrays[0].shape], arrays[0].dtype)
    if op == "DequantizeLinear" and arrays[1].dtype.name == "float8_e8m0fnu":
        arrays[0] = np.full(arrays[0].shape, 4).astype(arrays[0].dtype)
        arrays[2:] = [np.zeros(a.shape, a.dtype) for a in arrays[2:]]
    whole = len(arrays) > 1 and arrays[1] is not None and arrays[1].dtype.kind in "iu"
    if op in DIVISORS and whole:
        arrays[1] = np.where(arrays[1] == 0, 1, arrays[1]).astype(arrays[1].dtype)
    if op in EXPONENTS and whole:
        arrays[1] = (np.abs(arrays[1].astype(np.int64)) % 4).astype(arrays[1].dtype)
    # The zero point of floats is 0.
    for i in {"QuantizeLinear": (2,), "DequantizeLinear": (2,), "QLinearMatMul": (2, 5, 7)}.get(op, ()):
        if i < len(arrays) and arrays[i] is not None and is_real(arrays[i].dtype):
            arrays[i] = np.zeros(arrays[i].shape, arrays[i].dtype)
    # What a negative number is as an unsigned one is not said of those with a fraction.
    if op in ("Cast", "CastLike") and is_real(arrays[0].dtype):
        code = next((a.i for a in node.attribute if a.name == "to"), None)
        to = dtype_of(code) if code else arrays[1].dtype
        if to.kind == "u" or to.name.startswith("uint"):
            arrays[0] = np.abs(arrays[0].astype(np.float64)).astype(arrays[0].dtype)


def type_cases():
    """Of the newest version all; of each older one a type that was dropped since, else one."""
    cases = []
    for sample in samples(2):
        op = sample.node.op_type
        newest = list(retyped(sample))
        cases += newest
        names = {c.name for c in newest}
        for version in versions(op):
            if version >= sample.version:
                continue
            older = list(retyped(sample, version))
            dropped = [c for c in older if c.name.split("@")[0] not in names]
            plain = [c for c in older if "=float" + sample.tag in c.name]
            for case in dropped or (plain or older)[:1]:
                case.constant_only = True
                cases.append(case)
    return cases


def prepare(case):
    """Finds the output types; False where the standard has no such node."""
    inputs = [helper.make_tensor_value_info(k, dtype_code(a.dtype), a.shape) for k, a in case.feeds().items()]
    node = onnx.NodeProto()
    node.CopyFrom(case.node)
    del node.input[:], node.output[:]
    node.input.extend(f"x{i}" if a is not None else "" for i, a in enumerate(case.inputs))
    node.output.extend(f"y{i}" if o else "" for i, o in enumerate(case.node.output))
    outputs = [helper.make_value_info(o, onnx.TypeProto()) for o in node.output if o]
    model = helper.make_model(helper.make_graph([node], "g", inputs, outputs), ir_version=13,
                              opset_imports=[helper.make_opsetid("", case.version)])
    context = onnx.checker.C.CheckerContext()
    context.ir_version, context.opset_imports = model.ir_version, {"": case.version}
    try:
        case.model = onnx.shape_inference.infer_shapes(model, strict_mode=True, data_prop=True)
        onnx.checker.check_node(node, context)
    except (onnx.shape_inference.InferenceError, onnx.checker.ValidationError):
        return False
    case.types = [o.type.tensor_type.elem_type for o in case.model.graph.output]
    return all(case.types)
