#!/usr/bin/env python3
#===- operators.py - operators that have no other reference ---*- Python -*-===#
#
# Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
"""Drawn numbers against the distributions they are of, Fourier transforms and
functions of float64 against numpy's in double precision; a few of com.microsoft's
where ONNX Runtime lacks the type; what is too large to be a case, against numpy's.

    operators.py --build build [unittest's options]

Seeds are fixed, so a test that passes always passes.
"""
import math
import os
import shutil
import subprocess
import tempfile
import unittest

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from unittests import take_build

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
COUNT = 1 << 20
build = os.path.join(ROOT, "build")


def node(op, inputs=(), output="y", **attributes):
    return helper.make_node(op, list(inputs), [output], **attributes)


class Compiled(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="dlc-operators-")
        self.addCleanup(shutil.rmtree, self.folder)

    def run_model(self, nodes, feeds=None, outputs=("y",), kind=TensorProto.FLOAT, weights=None, flags=(), run=()):
        """Compiles the nodes and runs them; the outputs in order."""
        feeds = feeds or {}
        inputs = {name: (value.dtype, value.shape) for name, value in feeds.items()}
        self.compile(nodes, inputs, outputs, kind, weights, flags)
        return self.run_program(feeds, outputs, run)

    def compile(self, nodes, inputs, outputs=("y",), kind=TensorProto.FLOAT, weights=None, flags=()):
        """Compiles the nodes; inputs are given as their element type and shape."""
        inputs = [helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(np.dtype(dtype)), shape)
                  for name, (dtype, shape) in inputs.items()]
        results = [helper.make_tensor_value_info(o, kind, None) for o in outputs]
        constants = [numpy_helper.from_array(v, k) for k, v in (weights or {}).items()]
        model = helper.make_model(helper.make_graph(nodes, "operators", inputs, results, constants), ir_version=8,
                                  opset_imports=[helper.make_opsetid("", 17), helper.make_opsetid("com.microsoft", 1)])
        path = os.path.join(self.folder, "m.onnx")
        onnx.save(model, path)
        self.succeed(os.path.join(build, "bin", "dlc"), path, "-o", os.path.join(self.folder, "m"), *flags)

    def run_program(self, feeds, outputs=("y",), run=()):
        program = os.path.join(self.folder, "m")
        np.savez(program + "_in.npz", **feeds)
        self.succeed(program, "--inputs", program + "_in.npz", "--outputs", program + "_out.npz", *run)
        with np.load(program + "_out.npz") as got:
            return [got[o] for o in outputs]

    def succeed(self, *command):
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, stdin=subprocess.DEVNULL)
        self.assertEqual(done.returncode, 0, done.stderr)


class Draws(Compiled):
    def check_distribution(self, drawn, cdf):
        """Kolmogorov's distance, and the correlation of neighbours."""
        values = np.sort(drawn.astype(np.float64).ravel())
        steps = np.arange(values.size + 1) / values.size
        expected = cdf(values)
        distance = max(np.abs(expected - steps[1:]).max(), np.abs(expected - steps[:-1]).max())
        self.assertLess(distance * math.sqrt(values.size), 1.95)        # once in a thousand
        flat = drawn.astype(np.float64).ravel()
        for lag in (1, 2, 16, 1024):
            self.assertLess(abs(np.corrcoef(flat[:-lag], flat[lag:])[0, 1]) * math.sqrt(flat.size), 4)

    def test_uniform(self):
        for dtype in (TensorProto.FLOAT, TensorProto.DOUBLE):
            y, = self.run_model([node("RandomUniform", shape=[COUNT], low=-2.0, high=6.0, seed=3.0, dtype=dtype)],
                                kind=dtype)
            self.assertGreaterEqual(y.min(), -2)
            self.assertLess(y.max(), 6)
            self.check_distribution(y, lambda v: (v + 2) / 8)

    def test_normal(self):
        cdf = np.vectorize(lambda v: 0.5 * math.erfc((1.5 - v) / (2 * math.sqrt(2))))
        for dtype in (TensorProto.FLOAT, TensorProto.DOUBLE):
            y, = self.run_model([node("RandomNormal", shape=[1024, COUNT // 1024], mean=1.5, scale=2.0, seed=9.0,
                                      dtype=dtype)], kind=dtype)
            self.check_distribution(y, cdf)
            scaled = (y.astype(np.float64) - 1.5) / 2
            self.assertAlmostEqual((scaled ** 4).mean(), 3, delta=0.05)
            self.assertGreater(np.abs(scaled).max(), 4.5)

    def test_narrow_types(self):
        y, = self.run_model([node("RandomUniform", shape=[4096], seed=1.0, dtype=TensorProto.FLOAT16)],
                            kind=TensorProto.FLOAT16)
        self.assertEqual(y.dtype, np.float16)
        self.assertAlmostEqual(y.astype(float).mean(), 0.5, delta=0.03)

    def test_like_of_open_size(self):
        x = np.zeros((64, 33), np.float32)
        y, = self.run_model([node("RandomNormalLike", ["x"], seed=2.0)], {"x": x})
        self.assertEqual(y.shape, x.shape)
        self.assertAlmostEqual(y.std(), 1, delta=0.05)

    def test_bernoulli(self):
        p = np.repeat(np.array([0, 0.1, 0.5, 0.97, 1], np.float32), COUNT // 8)
        y, = self.run_model([node("Bernoulli", ["p"], seed=5.0)], {"p": p})
        for chance, drawn in zip(p.reshape(5, -1)[:, 0], y.reshape(5, -1)):
            sigma = math.sqrt(chance * (1 - chance) / drawn.size)
            self.assertLessEqual(abs(drawn.mean() - chance), 4 * sigma)

    def test_multinomial(self):
        shares = np.array([[0.1, 0.2, 0.3, 0.4], [1, 0, 3, 0]])
        with np.errstate(divide="ignore"):
            logs = np.log(shares).astype(np.float32)
        y, = self.run_model([node("Multinomial", ["x"], sample_size=1 << 16, seed=7.0)], {"x": logs},
                            kind=TensorProto.INT32)
        for row, share in zip(y, shares / shares.sum(1, keepdims=True)):
            counts = np.bincount(row, minlength=4)
            self.assertTrue((counts[share == 0] == 0).all())
            self.assertLess(np.abs(counts / row.size - share).max(), 0.01)

    def test_dropout(self):
        x = np.ones(COUNT, np.float32)
        for training in (True, False):
            feeds = {"x": x, "ratio": np.float32(0.3), "training": np.array(training)}
            y, = self.run_model([node("Dropout", ["x", "ratio", "training"], seed=4)], feeds)
            if not training:
                np.testing.assert_array_equal(y, x)
                continue
            self.assertAlmostEqual((y == 0).mean(), 0.3, delta=0.003)
            np.testing.assert_allclose(y[y != 0], 1 / 0.7, rtol=1e-6)

    def test_seeds(self):
        def drawn(**seeds):
            return self.run_model([node("RandomUniform", output=k, shape=[4096], **({} if v is None else {"seed": v}))
                                   for k, v in seeds.items()], outputs=tuple(seeds))
        a, b, c, d, e = drawn(a=1.0, b=1.0, c=2.0, d=None, e=None)
        np.testing.assert_array_equal(a, b)
        for x, y in ((a, c), (a, d), (d, e), (c, d)):
            self.assertLess(abs(np.corrcoef(x, y)[0, 1]), 0.1)
        again, = drawn(a=1.0)
        np.testing.assert_array_equal(a, again)


class Fourier(Compiled):
    def setUp(self):
        super().setUp()
        self.rng = np.random.default_rng(1)

    def signal(self, *shape):
        return self.rng.normal(size=shape).astype(np.float32)

    def check(self, got, want):
        """Of complex numbers; exact but for the rounding of the result and of what it is a sum of."""
        want = np.stack([want.real, want.imag], -1)
        self.assertEqual(got.shape, want.shape)
        self.assertLess(np.abs(got - want).max(), 2e-7 * np.abs(want).max() + 1e-7)

    def test_sizes(self):
        # One matrix, two and three factors, primes.
        sizes = (1, 2, 7, 64, 65, 96, 127, 130, 1000, 4096)
        feeds = {f"x{n}": self.signal(2, n, 1) for n in sizes}
        nodes = [node("DFT", [x], x.replace("x", "y")) for x in feeds]
        nodes += [node("DFT", [x], x.replace("x", "half"), onesided=1) for x in feeds]
        outputs = [n.output[0] for n in nodes]
        got = dict(zip(outputs, self.run_model(nodes, feeds, outputs)))
        for n in sizes:
            want = np.fft.fft(feeds[f"x{n}"][..., 0].astype(np.float64))
            self.check(got[f"y{n}"], want)
            self.check(got[f"half{n}"], want[:, :n // 2 + 1])

    def test_axes_and_lengths(self):
        z = self.signal(2, 3, 130, 2)
        feeds = {"z": z, "short": np.int64(100), "long": np.int64(144)}
        nodes = [node("DFT", ["z"], "back", axis=2, inverse=1), node("DFT", ["z"], "outer", axis=1),
                 node("DFT", ["z", "short"], "cut", axis=-2), node("DFT", ["z", "long"], "filled", axis=2)]
        outputs = ["back", "outer", "cut", "filled"]
        back, outer, cut, filled = self.run_model(nodes, feeds, outputs)
        c = z[..., 0] + 1j * z[..., 1].astype(np.float64)
        self.check(back, np.fft.ifft(c, axis=2))
        self.check(outer, np.fft.fft(c, axis=1))
        self.check(cut, np.fft.fft(c, n=100, axis=2))
        self.check(filled, np.fft.fft(c, n=144, axis=2))

    def test_frames(self):
        x, window = self.signal(2, 200, 1), self.signal(48)
        feeds = {"x": x, "step": np.int64(16), "window": window}
        half, = self.run_model([node("STFT", ["x", "step", "window"])], feeds)
        frames = np.stack([x[:, at:at + 48, 0] * window for at in range(0, 200 - 47, 16)], 1)
        self.check(half, np.fft.fft(frames.astype(np.float64))[..., :25])
        # PyTorch's exporter leaves out the last dimension.
        feeds["x"] = x[..., 0]
        half, = self.run_model([node("STFT", ["x", "step", "window"])], feeds)
        self.check(half, np.fft.fft(frames.astype(np.float64))[..., :25])


class Products(Compiled):
    """Products that are large enough for Strassen's algorithm, with what is fused into them, against numpy in double
    precision."""

    NODES = [node("MatMul", ["x", "w"], "p"), node("Add", ["p", "b"], "q"), node("Relu", ["q"], "r"),
             node("Add", ["r", "other"], "y")]

    def weights(self, k, n):
        rng = np.random.default_rng(k + n)
        return {"w": (rng.normal(size=(k, n)) / math.sqrt(k)).astype(np.float32),
                "b": rng.normal(size=n).astype(np.float32)}

    def feeds(self, m, weights):
        rng = np.random.default_rng(m)
        return {name: rng.normal(size=(m, size)).astype(np.float32)
                for name, size in zip(("x", "other"), weights["w"].shape)}

    def check(self, y, x, other, w, b):
        want = np.maximum(x.astype(np.float64) @ w + b, 0) + other
        self.assertEqual(y.shape, want.shape)
        error = y - want
        self.assertLess(np.sqrt((error ** 2).mean()), 2e-6 * np.sqrt((want ** 2).mean()))
        self.assertLess(np.abs(error).max(), 1e-5 * np.abs(want).max())

    def check_product(self, m, k, n, flags, threads):
        weights = self.weights(k, n)
        feeds = self.feeds(m, weights)
        y, = self.run_model(self.NODES, feeds, weights=weights, flags=flags, run=["--threads", str(threads)])
        self.check(y, **feeds, **weights)
        return y

    def check_open_rows(self, sizes, k, n, flags=()):
        weights = self.weights(k, n)
        shapes = {"x": (np.float32, (1, "rows", k)), "other": (np.float32, (1, "rows", n))}
        self.compile(self.NODES, shapes, weights=weights, flags=flags)
        for m in sizes:
            feeds = self.feeds(m, weights)
            wide = {name: value[None] for name, value in feeds.items()}
            each = [self.run_program(wide, run=["--threads", str(threads)])[0] for threads in (1, 2, 5)]
            for y in each:
                np.testing.assert_array_equal(y, each[0])
            if m:
                self.check(each[0][0], **feeds, **weights)

    def test_open_rows(self):
        # None, too few for pairs, few, and several blocks; at once and block by block.
        self.check_open_rows((0, 1, 2, 7, 23, 24, 25, 47, 64, 131, 389, 390, 770, 1000), 768, 512)
        self.check_open_rows((1, 5, 96, 200), 3076, 300)

    def test_shares_of_open_rows(self):
        # A sum in place of what is added; shares may begin behind the last row.
        rng = np.random.default_rng(5)
        weights = {name: (rng.normal(size=size) / 16).astype(np.float32)
                   for name, size in (("w", (256, 248)), ("v", (16, 248)), ("u", (248, 8)))}
        nodes = [node("MatMul", ["other", "v"], "q"), node("MatMul", ["x", "w"], "p"), node("Add", ["p", "q"], "r"),
                 node("MatMul", ["r", "u"])]
        shapes = {"x": (np.float32, ("rows", 256)), "other": (np.float32, ("rows", 16))}
        self.compile(nodes, shapes, weights=weights, flags=("-fno-strassen",))
        for m in 409, 411, 433, 436, 3079:
            x, other = (rng.normal(size=(m, k)).astype(np.float32) for k in (256, 16))
            want = (x.astype(np.float64) @ weights["w"] + other @ weights["v"]) @ weights["u"]
            for threads in 1, 13, 15, 16:
                y, = self.run_program({"x": x, "other": other}, run=["--threads", str(threads)])
                np.testing.assert_allclose(y, want, rtol=0, atol=1e-4)

    def test_open_rows_of_older_processors(self):
        for march in "x86-64-v3", "x86-64-v2":
            self.check_open_rows((1, 9, 40, 130, 500), 772, 512, ("-march=" + march,))

    def test_rows(self):
        # Even and odd, one block and several that overlap.
        for m in (256, 257, 389, 770):
            self.check_product(m, 768, 512, (), 2)

    def test_contractions(self):
        # At once and block by block, with vectors that the quarters don't fill.
        for k in (772, 1556, 3072):
            self.check_product(300, k, 512, (), 2)

    def test_threads(self):
        each = [self.check_product(301, 768, 768, (), threads) for threads in (1, 2, 5)]
        for y in each:
            np.testing.assert_array_equal(y, each[0])

    def test_older_processors(self):
        for march in "x86-64-v3", "x86-64-v2":
            self.check_product(301, 768, 512, ("-march=" + march,), 2)


class WidePanels(Compiled):
    """Convolutions whose weights no cache holds, computed row by row of the window, against numpy in double
    precision."""

    def check_convolution(self, images, weights, bias, flags=()):
        nodes = [node("Conv", ["x", "w", "b"], "c", strides=[2, 2], pads=[1, 1, 1, 1]), node("Relu", ["c"], "y")]
        self.compile(nodes, {"x": (np.float32, ("n", weights.shape[1], 13, 14))}, weights={"w": weights, "b": bias},
                     flags=flags)
        for n in images:
            x = np.random.default_rng(n).normal(size=(n, weights.shape[1], 13, 14)).astype(np.float32)
            padded = np.pad(x.astype(np.float64), ((0, 0), (0, 0), (1, 1), (1, 1)))
            want = np.zeros((n, len(weights), 7, 7))
            for i in range(3):
                for j in range(3):
                    want += np.einsum("nchw,oc->nohw", padded[:, :, i:i + 13:2, j:j + 14:2], weights[:, :, i, j])
            want = np.maximum(want + bias[:, None, None], 0)
            each = [self.run_program({"x": x}, run=["--threads", str(threads)])[0] for threads in (1, 2, 5)]
            for y in each:
                np.testing.assert_array_equal(y, each[0])
            self.assertLess(np.abs(each[0] - want).max(), 2e-5 * np.abs(want).max())

    def test_strides(self):
        rng = np.random.default_rng(8)
        weights = rng.normal(size=(80, 600, 3, 3)).astype(np.float32)
        bias = rng.normal(size=80).astype(np.float32)
        for flags in (), ("-march=x86-64-v3",), ("-march=x86-64-v2",):
            self.check_convolution((1, 3), weights, bias, flags)


class Bounds(Compiled):
    """What is gathered lies in the slice that it is gathered from, not only in what that is of."""

    def test_last_of_slice(self):
        weights = {name: np.array(value) for name, value in (("one", [1]), ("most", [9]), ("axis", [0]), ("last", -1))}
        self.compile([node("Slice", ["x", "one", "most", "axis"], "s"), node("Gather", ["s", "last"])],
                     {"x": (np.float32, ("rows", 4))}, weights=weights)
        x = np.arange(12, dtype=np.float32).reshape(3, 4)
        for rows in 3, 2:
            y, = self.run_program({"x": x[:rows]})
            np.testing.assert_array_equal(y, x[rows - 1])
        for rows in 1, 0:
            with self.assertRaisesRegex(AssertionError, "(?i)gather"):
                self.run_program({"x": x[:rows]})


class LongAttention(Compiled):
    """Scores that are computed block by block, against numpy in double precision."""

    def nodes(self, rank):
        turned = [*range(rank - 2), rank - 1, rank - 2]
        return [node("Transpose", ["k"], "kt", perm=turned), node("MatMul", ["q", "kt"], "s"),
                node("Add", ["s", "mask"], "a"), node("Softmax", ["a"], "p", axis=-1), node("MatMul", ["p", "v"])]

    def feeds(self, batch, rows, length, depth):
        rng = np.random.default_rng(3)
        q, k, v = (rng.normal(size=(*batch, n, depth)).astype(np.float32) for n in (rows, length, length))
        return {"q": q / np.float32(math.sqrt(depth)), "k": k, "v": v}, np.triu(np.full((rows, length), -1e9, np.float32), 1)

    def check(self, y, feeds, mask):
        q, k, v = feeds.values()
        scores = q.astype(np.float64) @ k.swapaxes(-1, -2) + mask
        p = np.exp(scores - scores.max(-1, keepdims=True))
        np.testing.assert_allclose(y, p / p.sum(-1, keepdims=True) @ v, rtol=0, atol=1e-5)

    def test_blocks(self):
        """Of rows; of some of the batch, of which the last block has fewer; of rows of one of the batch."""
        for shape in ((1, 3), 1501, 1400, 16), ((5,), 600, 2100, 64), ((43, 3), 190, 210, 16), ((3, 4), 700, 1100, 32):
            with self.subTest(shape):
                feeds, mask = self.feeds(*shape)
                y, = self.run_model(self.nodes(len(shape[0]) + 2), feeds, weights={"mask": mask})
                self.check(y, feeds, mask)

    def test_open(self):
        """A run tells how many rows a block has."""
        batch = ("batch", 3)
        self.compile(self.nodes(4), {"q": (np.float32, (*batch, "rows", 16)), "k": (np.float32, (*batch, "length", 16)),
                                     "v": (np.float32, (*batch, "length", 16)), "mask": (np.float32, ("rows", "length"))})
        for shape in (((1, 3), 1501, 1400, 16), ((1, 3), 1, 1400, 16), ((2, 3), 40, 17, 16), ((1, 3), 3001, 500, 16),
                      ((43, 3), 190, 210, 16), ((3, 3), 900, 1100, 16), ((1, 3), 7, 250000, 16), ((2, 3), 0, 9, 16),
                      ((0, 3), 5, 9, 16)):
            with self.subTest(shape):
                feeds, mask = self.feeds(*shape)
                y, = self.run_program(feeds | {"mask": mask})
                self.check(y, feeds, mask)


class Sums(Compiled):
    """Sums do not depend on where an element is: what is equal stays equal."""

    def test_columns(self):
        rows = np.random.default_rng(4).normal(size=(3, 169, 1)).astype(np.float32)
        for n in (7, 40, 100, 1000):
            y, = self.run_model([node("ReduceSum", ["x", "axes"])], {"x": np.repeat(rows, n, 2)},
                                weights={"axes": np.array([1])})
            np.testing.assert_array_equal(y, np.repeat(y[:, :, :1], n, 2))
            np.testing.assert_allclose(y[:, :, :1], rows.sum(1, keepdims=True), rtol=1e-4, atol=1e-5)


class DoubleMath(Compiled):
    """Functions of float64, which are the C library's."""

    def test_functions(self):
        x = np.random.default_rng(5).normal(size=(3, 37))
        small, large = np.tanh(x), 1 + np.abs(x)
        erf = np.vectorize(math.erf)
        rows = {"Erf": (x, erf(x)), "Asinh": (x, np.arcsinh(x)), "Acosh": (large, np.arccosh(large)),
                "Atanh": (small, np.arctanh(small)), "Asin": (small, np.arcsin(small)), "Atan": (x, np.arctan(x)),
                "Sin": (x, np.sin(x)), "Tan": (x, np.tan(x)), "Exp": (x, np.exp(x)), "Log": (large, np.log(large)),
                "Tanh": (x, np.tanh(x)), "Cosh": (x, np.cosh(x)), "Sigmoid": (x, 1 / (1 + np.exp(-x)))}
        feeds = {op + "_in": value for op, (value, _) in rows.items()}
        outputs = self.run_model([node(op, [op + "_in"], op) for op in rows], feeds, list(rows), TensorProto.DOUBLE)
        for (op, (_, want)), got in zip(rows.items(), outputs):
            np.testing.assert_allclose(got, want, rtol=2e-15, err_msg=op)


class HalfScales(Compiled):
    """Quantised products whose scales are f16: so is what they give."""

    def setUp(self):
        super().setUp()
        self.rng = np.random.default_rng(7)

    def halves(self, *shape):
        return self.rng.normal(size=shape).astype(np.float16)

    def test_product(self):
        feeds = {"a": self.rng.integers(0, 256, (3, 20), np.uint8), "b": self.rng.integers(-128, 128, (20, 5), np.int8),
                 "s": np.array(0.01, np.float16), "t": np.array(0.02, np.float16), "z": np.array(130, np.uint8),
                 "w": np.array(2, np.int8), "bias": self.halves(5)}
        y, = self.run_model([node("MatMulIntegerToFloat", feeds, domain="com.microsoft")], feeds, kind=TensorProto.FLOAT16)
        wide = {k: v.astype(np.float64) for k, v in feeds.items()}
        want = (wide["a"] - 130) @ (wide["b"] - 2) * wide["s"] * wide["t"] + wide["bias"]
        self.assertEqual(y.dtype, np.float16)
        np.testing.assert_allclose(y.astype(float), want, rtol=2e-3, atol=1e-3)

    def test_attention(self):
        feeds = {"x": self.rng.integers(0, 256, (2, 5, 16), np.uint8), "w": self.rng.integers(-128, 128, (16, 48), np.int8),
                 "bias": self.halves(48), "s": np.array(0.02, np.float16), "t": np.array(0.01, np.float16)}
        names = [*feeds, "", "z", "v"]
        feeds |= {"z": np.array(128, np.uint8), "v": np.array(0, np.int8)}
        y, = self.run_model([node("QAttention", names, domain="com.microsoft", num_heads=2)], feeds, kind=TensorProto.FLOAT16)
        wide = {k: v.astype(np.float64) for k, v in feeds.items()}
        all_ = (wide["x"] - 128) @ wide["w"] * wide["s"] * wide["t"] + wide["bias"]
        q, k, v = (p.reshape(2, 5, 2, 8).transpose(0, 2, 1, 3) for p in np.split(all_, 3, axis=2))
        p = np.exp(q @ k.transpose(0, 1, 3, 2) / math.sqrt(8))
        want = (p / p.sum(-1, keepdims=True) @ v).transpose(0, 2, 1, 3).reshape(2, 5, 16)
        self.assertEqual(y.dtype, np.float16)
        np.testing.assert_allclose(y.astype(float), want, rtol=2e-3, atol=1e-3)


class ComplexNumbers(Compiled):
    """Moved through all that carries tensors, and the few functions of them, against numpy."""

    def numbers(self, dtype, *shape):
        rng = np.random.default_rng(3)
        return (rng.normal(size=shape) + 1j * rng.normal(size=shape)).astype(dtype)

    def each(self):
        for dtype in (np.complex64, np.complex128):
            yield dtype, helper.np_dtype_to_tensor_dtype(np.dtype(dtype))

    def test_branches_and_loops(self):
        for dtype, kind in self.each():
            def graph(nodes, inputs, outputs):
                kinds = {"i": TensorProto.INT64, "go": TensorProto.BOOL, "on": TensorProto.BOOL}
                info = [[helper.make_tensor_value_info(v, kinds.get(v, kind), None) for v in names]
                        for names in (inputs, outputs)]
                return helper.make_graph(nodes, "inner", *info)
            step = graph([helper.make_node("Identity", ["go"], ["on"]),
                          helper.make_node("Concat", ["s", "x"], ["t"], axis=0), helper.make_node("Gather", ["x", "i"], ["r"])],
                         ["i", "go", "s"], ["on", "t", "r"])
            turned = graph([node("Transpose", ["w"], "u", perm=[1, 0])], [], ["u"])
            kept = graph([node("Slice", ["w", "one", "two"], "u")], [], ["u"])
            nodes = [helper.make_node("Loop", ["n", "", "x"], ["w", "rows"], body=step),
                     helper.make_node("If", ["c"], ["y"], then_branch=turned, else_branch=kept)]
            x, one = self.numbers(dtype, 3, 2), np.array([1], np.int64)
            self.compile(nodes, {"n": (np.int64, ()), "c": (bool, ()), "x": (dtype, ("r", 2))}, ("y", "rows"), kind,
                         {"one": one, "two": one + 3})
            for n, c in ((1, True), (3, False)):
                y, rows = self.run_program({"n": np.array(n, np.int64), "c": np.array(c), "x": x}, ("y", "rows"))
                w = np.concatenate([x] * (n + 1))
                np.testing.assert_array_equal(y, w.T if c else w[1:4])
                np.testing.assert_array_equal(rows, x[:n])
                self.assertEqual((y.dtype, rows.dtype), (dtype, dtype))

    def test_sequences(self):
        for dtype, kind in self.each():
            nodes = [node("SequenceEmpty", [], "e", dtype=kind), node("SequenceInsert", ["e", "x"], "s"),
                     node("SplitToSequence", ["x", "n"], "p", axis=0), node("SequenceAt", ["p", "at"], "y"),
                     node("ConcatFromSequence", ["s"], "z", axis=1)]
            x = self.numbers(dtype, 6, 2)
            y, z = self.run_model(nodes, {"x": x, "n": np.array(2, np.int64), "at": np.array(-1, np.int64)}, ("y", "z"), kind)
            np.testing.assert_array_equal(y, x[4:])
            np.testing.assert_array_equal(z, x)

    def test_scatter(self):
        for dtype, kind in self.each():
            for how, ufunc in (("add", np.add), ("mul", np.multiply), ("max", np.maximum), ("min", np.minimum)):
                x, u, at = self.numbers(dtype, 4, 3), self.numbers(dtype, 6, 3), np.array([1, 3, 1, 0, 1, 3])
                u[2].real = u[0].real
                u[4, 0] = complex(np.nan, 1)
                y, = self.run_model([helper.make_node("ScatterND", ["x", "at", "u"], ["y"], reduction=how)],
                                    {"x": x, "at": at[:, None], "u": u}, kind=kind)
                with np.errstate(invalid="ignore"):
                    ufunc.at(x, at, u)
                np.testing.assert_allclose(y, x, rtol=1e-5)

    def test_looked_at(self):
        for dtype, kind in self.each():
            x = np.array([2 + 1j, 2, 1j, 0, 2 + 1j, -1 - 5j, 1j, 2 - 3j], dtype)
            y, = self.run_model([node("Unique", ["x"])], {"x": x}, kind=kind)
            np.testing.assert_array_equal(y, np.unique(x))
            y, = self.run_model([node("NonZero", ["x"])], {"x": x}, kind=TensorProto.INT64)
            np.testing.assert_array_equal(y, np.nonzero(x))

    def test_interpolated(self):
        for dtype, kind in self.each():
            x, scales = self.numbers(dtype, 1, 1, 3, 4), np.array([1, 1, 2, 1.5], np.float32)
            resize = [node("Resize", ["x", "", "s"], mode="cubic")]
            real = helper.np_dtype_to_tensor_dtype(x.real.dtype)
            parts = [self.run_model(resize, {"x": p.copy(), "s": scales}, kind=real)[0] for p in (x.real, x.imag)]
            y, = self.run_model(resize, {"x": x, "s": scales}, kind=kind)
            np.testing.assert_array_equal(y, parts[0] + 1j * parts[1])

    def test_refused(self):
        for dtype, kind in self.each():
            for op in ("Add", "Exp", "Equal", "ReduceSum", "MatMul", "CumSum", "Cast", "Greater", "ArgMax"):
                inputs = ["x", "x"] if op in ("Add", "Equal", "MatMul", "Greater") else ["x", "k"] if op == "CumSum" else ["x"]
                attributes = {"to": TensorProto.FLOAT} if op == "Cast" else {}
                model = helper.make_model(helper.make_graph(
                    [helper.make_node(op, inputs, ["y"], name="here", **attributes)], "refused",
                    [helper.make_tensor_value_info("x", kind, [3, 3])], [onnx.ValueInfoProto(name="y")],
                    [numpy_helper.from_array(np.array(0), "k")]), ir_version=8, opset_imports=[helper.make_opsetid("", 17)])
                path = os.path.join(self.folder, "m.onnx")
                onnx.save(model, path)
                done = subprocess.run([os.path.join(build, "bin", "dlc"), path, "-o", path + ".out"], capture_output=True,
                                      text=True, timeout=60, stdin=subprocess.DEVNULL)
                self.assertEqual(done.returncode, 1, op)
                self.assertIn(f"node 'here' ({op}): error: '{op}' does not take complex numbers as input 0", done.stderr)


class LargeMoves(Compiled):
    LEVELS = ("-march=x86-64-v3", "-march=x86-64-v3,x86-64-v4")     # the best there is

    def test_transposed(self):
        """Rows of the result lie 4 kB apart, all or not quite."""
        for shape, perm in (((1024, 192), (1, 0)), ((2, 1024, 3, 64), (0, 3, 2, 1)), ((2, 3, 1024, 64), (1, 3, 0, 2)),
                            ((1024, 96), (1, 0)), ((1040, 64), (1, 0)), ((2048, 128), (1, 0))):
            x = np.random.default_rng(1).standard_normal(shape, np.float32)
            for flag in self.LEVELS:
                y, = self.run_model([node("Transpose", ["x"], perm=perm)], {"x": x}, flags=(flag,), run=("--threads", "3"))
                np.testing.assert_array_equal(y, x.transpose(perm))

    def test_apart(self):
        """Elements some steps apart, up to the first and the last that there are; sizes known and open."""
        steps = (2, 3, 4, 5, -1, -2)
        kinds = ((np.float32, TensorProto.FLOAT), (np.float16, TensorProto.FLOAT16), (np.uint8, TensorProto.UINT8),
                 (np.float64, TensorProto.DOUBLE))
        most, weights = np.iinfo(np.int64).max, {"axis": np.array([1])}
        nodes = []
        for i, step in enumerate(steps):
            weights |= {f"from{i}": np.array([0 if step > 0 else most]), f"to{i}": np.array([most if step > 0 else -most]),
                        f"step{i}": np.array([step])}
            nodes.append(node("Slice", ["x", f"from{i}", f"to{i}", "axis", f"step{i}"], f"y{i}"))
        outputs = [f"y{i}" for i in range(len(steps))]
        for number, kind in kinds:
            for flag in (*self.LEVELS, "-march=x86-64"):
                for sizes in ("rows", "columns"), (3, 145):
                    self.compile(nodes, {"x": (number, sizes)}, outputs, kind, weights, flags=(flag,))
                    for shape in (((3, 145),) if sizes[0] == 3 else ((3, 145), (1, 1), (2, 33), (5, 96), (0, 7), (2, 61))):
                        x = np.random.default_rng(6).integers(0, 200, shape).astype(number)
                        for step, y in zip(steps, self.run_program({"x": x}, outputs, ("--threads", "3"))):
                            np.testing.assert_array_equal(y, x[:, ::step])

    def test_reduced(self):
        """Long rows of memory, with groups of vectors that are full, shorter and left over."""
        for shape, axes in (((1, 7, 7, 300), (1, 2)), ((5, 2048), (0,)), ((9, 272), (0,)), ((2, 3, 5, 7, 40), (0, 1, 3)),
                            ((6, 1000), (0,)), ((3, 9, 8), (0, 1))):
            x = np.random.default_rng(2).standard_normal(shape, np.float32)
            for op, reduce in (("ReduceMean", np.mean), ("ReduceMax", np.max)):
                for flag in self.LEVELS:
                    y, = self.run_model([node(op, ["x"], axes=axes)], {"x": x}, flags=(flag,), run=("--threads", "3"))
                    np.testing.assert_allclose(y, reduce(x.astype(np.float64), axis=axes, keepdims=True), 2e-6, 2e-6)


if __name__ == "__main__":
    build = take_build(__doc__, build)
    unittest.main()
