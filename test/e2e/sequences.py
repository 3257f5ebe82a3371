#!/usr/bin/env python3
#===- sequences.py - sequences whose length the run decides ---*- Python -*-===#
#
# Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
"""Compiled models with sequences and optionals against ONNX's reference evaluator.

    sequences.py --build build [unittest's options]
"""
import ctypes
import os
import shutil
import subprocess
import tempfile
import unittest

import numpy as np
import onnx
from onnx import parser
from onnx.reference import ReferenceEvaluator

import cases
from unittests import take_build

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
build = os.path.join(ROOT, "build")
HEAD = '<ir_version: 8, opset_import: ["" : 17]>\n'


def as_arrays(values):
    """What docs/executable.md says of sequences and optionals in files."""
    arrays = {}
    for name, value in values.items():
        if isinstance(value, list):
            arrays |= {f"{name}.{i}": v for i, v in enumerate(value)} or {name: np.zeros(0, np.float32)}
        elif value is not None:
            arrays[name] = np.asarray(value)
    return arrays


class Compiled(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="dlc-sequences-")
        self.addCleanup(shutil.rmtree, self.folder)
        self.program = os.path.join(self.folder, "m")

    def call(self, *command):
        return subprocess.run(command, capture_output=True, text=True, timeout=300, stdin=subprocess.DEVNULL)

    def compile(self, text, *flags):
        self.model = parser.parse_model(HEAD + text)
        onnx.save(self.model, self.program + ".onnx")
        return self.call(os.path.join(build, "bin", "dlc"), self.program + ".onnx", "-o", self.program, *flags)

    def accept(self, text, *flags):
        done = self.compile(text, *flags)
        self.assertEqual(done.returncode, 0, done.stderr)

    def run_program(self, feeds):
        cases.save_npz(self.program + "_in.npz", as_arrays(feeds))
        return self.call(self.program, "--inputs", self.program + "_in.npz", "--outputs", self.program + "_out.npz")

    def check(self, feeds, wanted=None):
        """The same outputs as the reference, or as these."""
        done = self.run_program(feeds)
        self.assertEqual(done.returncode, 0, done.stderr)
        if wanted is None:
            names = [o.name for o in self.model.graph.output]
            wanted = dict(zip(names, ReferenceEvaluator(self.model).run(None, feeds)))
        wanted, got = as_arrays(wanted), cases.load_npz(self.program + "_out.npz")
        self.assertEqual(list(got), list(wanted))
        for name, want in wanted.items():
            self.assertEqual((got[name].shape, got[name].dtype), (want.shape, want.dtype), name)
            np.testing.assert_array_equal(got[name], want, name)

    def check_fails(self, feeds, message):
        done = self.run_program(feeds)
        self.assertEqual(done.returncode, 1)
        self.assertIn(message, done.stderr)

    def check_refused(self, text, message):
        done = self.compile(text)
        self.assertEqual(done.returncode, 1)
        self.assertIn(message, done.stderr)


def ramp(*shape, start=0):
    return (np.arange(np.prod(shape, dtype=int)) + start).reshape(shape).astype(np.float32)


class Sequences(Compiled):
    def test_positions(self):
        self.accept("""
          g (seq(float[N]) s, int64 at, float[M] x) => (float[K] y, seq(float[K]) less, seq(float[K]) more, int64 n) {
            y = SequenceAt(s, at)
            less = SequenceErase(s, at)
            more = SequenceInsert(s, x, at)
            n = SequenceLength(less)
          }""")
        s = [ramp(3), ramp(0), ramp(5), ramp(1)]
        for at in range(-4, 4):
            place = at % 4
            self.check({"s": s, "at": np.int64(at), "x": ramp(2, start=50)},
                       {"y": s[place], "less": s[:place] + s[place + 1:],
                        "more": s[:place] + [ramp(2, start=50)] + s[place:], "n": np.int64(3)})
        for at in (-5, 4, 2 ** 62, -2 ** 63):
            self.check_fails({"s": s, "at": np.int64(at), "x": ramp(2)},
                             f"position {at} is out of range for a sequence of 4")
        self.check_fails({"s": [], "at": np.int64(0), "x": ramp(2)}, "out of range for a sequence of 0")

    def test_loop(self):
        """Insertions in a loop, of which the sequence without the last one is kept as well."""
        self.accept("""
          g (int64 n, float[R,4] x) => (seq(float[K,4]) all, seq(float[K,4]) less, float[K,4] y, float[K,1,4] z) {
            none = SequenceEmpty()
            on = Constant<value = bool {1}>()
            all, less = Loop(n, on, none, none) <body = step (int64 i, bool c, seq(float[K,4]) a, seq(float[K,4]) l)
                => (bool c2, seq(float[K,4]) b, seq(float[K,4]) l2) {
              c2 = Identity(c)
              one = Constant<value = int64[1] {1}>()
              from = Reshape(i, one)
              to = Add(from, one)
              row = Slice(x, from, to)
              l2 = Identity(a)
              b = SequenceInsert(a, row)
            }>
            y = ConcatFromSequence<axis = 0>(all)
            z = ConcatFromSequence<axis = 0, new_axis = 1>(all)
          }""")
        x = ramp(300, 4)
        for n in (1, 2, 9, 300):
            rows = [x[i:i + 1] for i in range(n)]
            self.check({"n": np.int64(n), "x": x},
                       {"all": rows, "less": rows[:-1], "y": x[:n], "z": x[:n].reshape(n, 1, 4)})
        self.check_fails({"n": np.int64(0), "x": x}, "an empty sequence has nothing to join")

    def test_shared_lists(self):
        """What two insertions share, a third one must not change."""
        self.accept("""
          g (seq(float[N]) s, float[M] x) => (seq(float[K]) a, seq(float[K]) b, seq(float[K]) c, seq(float[K]) d) {
            a = SequenceInsert(s, x)
            y = Neg(x)
            b = SequenceInsert(s, y)
            last = Constant<value = int64 {-1}>()
            c = SequenceErase(a, last)
            z = Add(x, x)
            d = SequenceInsert(c, z)
          }""")
        for length in (0, 1, 7, 8, 9):
            s, x = [ramp(i) for i in range(length)], ramp(3, start=1)
            self.check({"s": s, "x": x}, {"a": s + [x], "b": s + [-x], "c": s, "d": s + [x + x]})

    def test_split(self):
        for split, typed in (("int64", False), ("int64[P]", True)):
            self.accept(f"""
              g (float[A,B] x, {split} split) => (seq(float[A,K]) s, float[A,C] y) {{
                s = SplitToSequence<axis = 1>(x, split)
                y = ConcatFromSequence<axis = 1>(s)
              }}""")
            x = ramp(2, 7)
            for sizes in ([3, 4], [7], [0, 7, 0], [1] * 7) if typed else (1, 2, 3, 7, 100, 2 ** 62):
                bounds = np.cumsum(sizes)[:-1] if typed else range(sizes, 7, sizes)
                self.check({"x": x, "split": np.array(sizes)}, {"s": np.split(x, bounds, 1), "y": x})
            for sizes in ([3, 5], [3], [-1, 8], [2 ** 62, 2 ** 62]) if typed else (0, -3):
                message = "" if typed else f"'split' is {sizes}, not a positive number"
                self.check_fails({"x": x, "split": np.array(sizes)}, message)
        self.accept("g (float[A,B] x) => (seq(float[B]) s) { s = SplitToSequence<keepdims = 0>(x) }")
        for rows in (0, 1, 400):
            self.check({"x": ramp(rows, 3)}, {"s": list(ramp(rows, 3))})

    def test_split_into_ones(self):
        """As many parts as a run has, all of a known size: as PyTorch's exporter writes repeat_interleave."""
        self.accept("""
          g (float[A] x, int64[A] times) => (float[R] y, seq(float[K]) z) {
            size = Shape(x)
            ones = ConstantOfShape<value = int64[1] {1}>(size)
            counts = SplitToSequence(times, ones)
            items = SplitToSequence(x, ones)
            none = SequenceEmpty()
            on = Constant<value = bool {1}>()
            all = Loop(size, on, none) <body = step (int64 i, bool c, seq(float[M]) a) => (bool c2, seq(float[M]) b) {
              c2 = Identity(c)
              item = SequenceAt(items, i)
              count = SequenceAt(counts, i)
              many = Expand(item, count)
              b = SequenceInsert(a, many)
            }>
            y = ConcatFromSequence<axis = 0>(all)
            twos = ConstantOfShape<value = int64[1] {2}>(size)
            twice = Concat<axis = 0>(x, x)
            z = SplitToSequence(twice, twos)
          }""")
        for times in ([2], [3, 1, 2], [1] * 9 + [40]):
            x = ramp(len(times))
            self.check({"x": x, "times": np.array(times)},
                       {"y": np.repeat(x, times), "z": np.split(np.concatenate([x, x]), len(x))})
        self.accept("""
          g (float[A] x, int64[1] size) => (seq(float[K]) z) {
            twos = ConstantOfShape<value = int64[1] {2}>(size)
            z = SplitToSequence(x, twos)
          }""")
        self.check({"x": ramp(6), "size": np.array([3])}, {"z": np.split(ramp(6), 3)})
        for size in (0, 2, 4):
            self.check_fails({"x": ramp(6), "size": np.array([size])}, "don't fit a dimension of size 6")

    def test_map(self):
        self.accept("""
          g (seq(float[N]) s, float[M] x) => (seq(float[K]) p, seq(int64[1]) q, float[L] y) {
            p, q = SequenceMap(s, x) <body = each (float[N] a, float[M] b) => (float[K] c, int64[1] d) {
              c = Concat<axis = 0>(b, a)
              d = Shape(c)
            }>
            y = ConcatFromSequence<axis = 0>(p)
          }""")
        x, s = ramp(2, start=9), [ramp(4), ramp(0), ramp(1, start=3)]
        for count in (1, 2, 3):
            joined = [np.concatenate([x, a]) for a in s[:count]]
            self.check({"s": s[:count], "x": x},
                       {"p": joined, "q": [np.array([len(j)]) for j in joined], "y": np.concatenate(joined)})

    def test_stack(self):
        """A loop that takes the last one and puts two back while it is long enough."""
        self.accept("""
          g (int64 most, seq(float[N]) s) => (seq(float[K]) t, float[R] sums) {
            on = Constant<value = bool {1}>()
            t, sums = Loop(most, on, s) <body = step (int64 i, bool c, seq(float[N]) a) => (bool c2, seq(float[K]) d, float sum) {
              last = Constant<value = int64 {-1}>()
              x = SequenceAt(a, last)
              b = SequenceErase(a, last)
              one = Constant<value = int64[1] {1}>()
              none = Constant<value = int64[1] {0}>()
              far = Constant<value = int64[1] {9223372036854775807}>()
              head = Slice(x, none, one)
              tail = Slice(x, one, far)
              sum = ReduceSum<keepdims = 0>(head)
              d0 = SequenceInsert(b, tail)
              n = Shape(tail)
              zero = Constant<value = int64[1] {0}>()
              more = Greater(n, zero)
              flat = Constant<value = int64 {0}>()
              shape = Constant<value = int64[0] {}>()
              c2 = Reshape(more, shape)
              d = SequenceInsert(d0, head, flat)
            }>
          }""")
        s = [ramp(4), ramp(3, start=5)]
        for most in (1, 2, 3, 10):
            wanted, sums = list(s), []
            for _ in range(most):
                x = wanted.pop()
                sums.append(x[:1].sum())
                wanted = [x[:1], *wanted, x[1:]]
                if len(x) == 1:
                    break
            self.check({"most": np.int64(most), "s": s}, {"t": wanted, "sums": np.array(sums, np.float32)})

    def test_in_a_step(self):
        """Sequences that live for a step, of several element types."""
        for kind, dtype in (("float16", np.float16), ("int64", np.int64), ("bool", bool), ("uint8", np.uint8),
                            ("double", np.float64)):
            self.accept(f"""
              g (int64 n, {kind}[A,B] x) => ({kind}[R,B] y, seq({kind}[K]) z) {{
                y = Loop(n, "") <body = step (int64 i, bool c) => (bool c2, {kind}[B] row) {{
                  c2 = Identity(c)
                  rows = SplitToSequence<axis = 0, keepdims = 0>(x)
                  row = SequenceAt(rows, i)
                }}>
                z = SplitToSequence<axis = 1, keepdims = 0>(x)
              }}""")
            x = (np.arange(15).reshape(5, 3) % 4).astype(dtype)
            self.check({"n": np.int64(4), "x": x}, {"y": x[:4], "z": list(x.T)})
            self.check_fails({"n": np.int64(6), "x": x}, "position 5 is out of range for a sequence of 5")

    def test_without_optimisation(self):
        text = """
          g (bool c, seq(float[N]) s, seq(float[N]) t) => (seq(float[K]) y, int64 n) {
            y = If(c) <then_branch = yes () => (seq(float[K]) a) { a = Identity(s) },
                       else_branch = no () => (seq(float[K]) b) { b = Identity(t) }>
            n = SequenceLength(y)
          }"""
        s, t = [ramp(3), ramp(1)], [ramp(2, start=4)]
        for level in ("-O0", "-O3"):
            self.accept(text, level)
            for c, want in ((True, s), (False, t)):
                self.check({"c": np.array(c), "s": s, "t": t}, {"y": want, "n": np.int64(len(want))})

    def test_branches(self):
        self.accept("""
          g (bool c, seq(float[N]) s, float[M] x) => (seq(float[K]) y, int64 n) {
            y = If(c) <then_branch = yes () => (seq(float[K]) a) {
              a = SequenceInsert(s, x)
            }, else_branch = no () => (seq(float[K]) b) {
              two = Constant<value = float {2}>()
              twice = Mul(x, two)
              b = SequenceConstruct(x, twice)
            }>
            n = SequenceLength(y)
          }""")
        s, x = [ramp(3), ramp(1)], ramp(2, start=4)
        self.check({"c": np.array(True), "s": s, "x": x}, {"y": s + [x], "n": np.int64(3)})
        self.check({"c": np.array(False), "s": s, "x": x}, {"y": [x, 2 * x], "n": np.int64(2)})

    def test_fit(self):
        """Tensors that can't be joined."""
        self.accept("g (seq(float[N,M]) s) => (float[A,B] y) { y = ConcatFromSequence<axis = 1>(s) }")
        self.check({"s": [ramp(2, 1), ramp(2, 0), ramp(2, 3)]},
                   {"y": np.concatenate([ramp(2, 1), ramp(2, 0), ramp(2, 3)], 1)})
        self.check_fails({"s": [ramp(2, 1), ramp(3, 1)]}, "tensors to join have 2 and 3 elements along a dimension")

    def test_types(self):
        self.accept("g (seq(float[2]) s) => (seq(float[2]) y) { y = Identity(s) }")
        self.check({"s": [ramp(2)]}, {"y": [ramp(2)]})
        self.check_fails({"s": [ramp(2), ramp(3)]}, "input 's.1' is float32 [3], expected float32 [2]")
        self.check_fails({"s": [ramp(2).astype(np.float64)]}, "input 's.0' has dtype float64, expected float32")
        self.check_refused("g (seq(float[N]) s, int64 x) => (seq(float[N]) y) { y = SequenceInsert(s, x) }",
                           "can't hold tensor<i64>")
        self.check_refused("g (seq(float[]) s, int64 i) => (float[N] y) { y = SequenceAt(s, i) }",
                           "the rank of the sequence's tensors is not known")
        self.check_refused("g (seq(float[N]) s) => (float[N] y) { y = Relu(s) }", "does not take input 0")
        self.check_refused("g (seq(float[N]) s) => (float[N] y) { y = Identity(s) }", "is declared as")


class Optionals(Compiled):
    def test_tensor(self):
        self.accept("""
          g (optional(float[N]) o) => (bool b, optional(float[K]) p) {
            b = OptionalHasElement(o)
            p = Identity(o)
          }""")
        self.check({"o": None}, {"b": np.array(False), "p": None})
        self.check({"o": ramp(3)}, {"b": np.array(True), "p": ramp(3)})

    def test_element(self):
        self.accept("g (optional(float[N]) o) => (float[K] y) { x = OptionalGetElement(o) \n y = Add(x, x) }")
        self.check({"o": ramp(3)}, {"y": 2 * ramp(3)})
        self.check_fails({"o": None}, "the optional is empty")

    def test_sequence(self):
        self.accept("""
          g (optional(seq(float[N])) o, float[N] x) => (optional(seq(float[K])) p, seq(float[K]) s) {
            p = Identity(o)
            b = OptionalHasElement(o)
            s = If(b) <then_branch = yes () => (seq(float[K]) t) {
              r = OptionalGetElement(o)
              t = SequenceInsert(r, x)
            }, else_branch = no () => (seq(float[K]) e) {
              e = SequenceEmpty()
            }>
          }""")
        self.check({"o": None, "x": ramp(2)}, {"p": None, "s": []})
        self.check({"o": [], "x": ramp(2)}, {"p": [], "s": [ramp(2)]})
        self.check({"o": [ramp(5)], "x": ramp(2)}, {"p": [ramp(5)], "s": [ramp(5), ramp(2)]})


class Tensor(ctypes.Structure):
    """dlc_tensor"""
    _fields_ = [("data", ctypes.c_void_p), ("dtype", ctypes.c_int32), ("rank", ctypes.c_int32),
                ("shape", ctypes.POINTER(ctypes.c_int64)), ("strides", ctypes.POINTER(ctypes.c_int64))]


SEQUENCE = 0x100
DTYPES = {np.float32: 1, np.complex64: 14, np.complex128: 15}


def dtype_of(value):
    """Of an array or a list of them."""
    return DTYPES[(value[0] if value else np.zeros(0, np.float32)).dtype.type if isinstance(value, list) else value.dtype.type]


def tensor_of(value):
    """A tensor on an array, or on a list of such; None: nothing. Keeps alive what it lies on."""
    if value is None:
        return Tensor()
    if isinstance(value, list):
        inner = (Tensor * len(value))(*map(tensor_of, value))
        shape, kept = (ctypes.c_int64 * 1)(len(value)), inner
        tensor = Tensor(ctypes.cast(inner, ctypes.c_void_p), SEQUENCE | dtype_of(value), 1, shape, None)
    else:
        kept, shape = value, (ctypes.c_int64 * value.ndim)(*value.shape)
        strides = (ctypes.c_int64 * value.ndim)(*(s // value.itemsize for s in value.strides))
        tensor = Tensor(value.ctypes.data, dtype_of(value), value.ndim, shape, strides)
    tensor.kept = kept
    return tensor


def value_of(tensor):
    if tensor.dtype == 0:
        return None
    shape = tensor.shape[:tensor.rank]
    if tensor.dtype & SEQUENCE:
        inner = ctypes.cast(tensor.data, ctypes.POINTER(Tensor))
        return [value_of(inner[i]) for i in range(shape[0])]
    dtype = np.dtype(next(t for t, code in DTYPES.items() if code == tensor.dtype))
    size = int(np.prod(shape)) * dtype.itemsize
    data = ctypes.string_at(tensor.data, size) if size else b""
    return np.frombuffer(data, dtype).reshape(shape).copy()


class Library(Compiled):
    def setUp(self):
        super().setUp()
        self.context = ctypes.c_void_p()

    def load(self, text):
        self.accept(text, "-shared", "--name", "m")
        self.library = ctypes.CDLL(self.program)
        model = ctypes.c_char.in_dll(self.library, "m")
        self.library.dlc_last_error.restype = ctypes.c_char_p
        made = self.library.dlc_context_create(ctypes.byref(model), None, ctypes.byref(self.context))
        self.assertEqual(made, 0, self.library.dlc_last_error(None))
        self.addCleanup(self.library.dlc_context_destroy, self.context)

    def run_library(self, inputs, outputs):
        status = self.library.dlc_run(self.context, inputs, outputs)
        self.assertEqual(status, 0, self.library.dlc_last_error(self.context))
        return [value_of(t) for t in outputs]

    def test_state(self):
        """What a run gave is the next one's input."""
        self.load("""
          g (optional(seq(float[N,2])) s, float[M,2] x) => (optional(seq(float[K,2])) t, float[K,2] y) {
            has = OptionalHasElement(s)
            old = If(has) <then_branch = yes () => (seq(float[N,2]) a) { a = OptionalGetElement(s) },
                           else_branch = no () => (seq(float[N,2]) b) { b = SequenceEmpty() }>
            t = SequenceInsert(old, x)
            y = ConcatFromSequence<axis = 0>(t)
          }""")
        outputs, state = (Tensor * 2)(), tensor_of(None)
        rows = []
        for step in range(20):
            # Not dense: every other column.
            x = ramp(step % 3, 4, start=step)[:, ::2]
            rows.append(x)
            inputs = (Tensor * 2)(state, tensor_of(x))
            given, y = self.run_library(inputs, outputs)
            np.testing.assert_array_equal(y, np.concatenate(rows))
            self.assertEqual([v.shape for v in given], [v.shape for v in rows])
            for got, want in zip(given, rows):
                np.testing.assert_array_equal(got, want)
            state = Tensor(*(getattr(outputs[0], field) for field, _ in Tensor._fields_))
            outputs[1] = Tensor()

    def check_complex(self, name, dtype):
        """Aligned as their parts are, and not dense; in sequences, too."""
        self.load(f"""
          g (seq({name}[N,3]) s, {name}[M,3] x) => (seq({name}[K,3]) t, {name}[3,K] y) {{
            t = SequenceInsert(s, x)
            all = ConcatFromSequence<axis = 0>(t)
            y = Transpose(all)
          }}""")
        wide = (ramp(40) * (1 + 2j)).astype(dtype)
        half = wide.itemsize // 2
        shifted = np.frombuffer(b"\0" * half + wide.tobytes(), np.uint8)[half:].view(dtype)
        self.assertEqual(shifted.ctypes.data % wide.itemsize, half)
        for x in (wide[:12].reshape(4, 3), shifted[:12].reshape(4, 3), shifted[:36].reshape(6, 6)[:, ::2]):
            first, outputs = wide[:6].reshape(2, 3), (Tensor * 2)()
            given, y = self.run_library((Tensor * 2)(tensor_of([first, x]), tensor_of(x)), outputs)
            np.testing.assert_array_equal(np.concatenate(given), y.T)
            np.testing.assert_array_equal(y.T, np.concatenate([first, x, x]))
            self.assertEqual(y.dtype, dtype)

    def test_complex64(self):
        self.check_complex("complex64", np.complex64)

    def test_complex128(self):
        self.check_complex("complex128", np.complex128)


if __name__ == "__main__":
    build = take_build(__doc__, build)
    unittest.main()
