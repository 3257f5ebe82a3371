#!/usr/bin/env python3
# Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Tests the run time: run.py FOLDER, the folder of the built test programs.

Runs the C tests, then the programs made from hand-written models, on files that
numpy makes and on damaged ones. Prints "N passed, M failed"; exit code 1 when
any failed. Needs Python 3 and numpy.
"""
import io
import json
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import time
import zipfile

import numpy as np

import events as tensorboard

BIN = os.path.abspath(sys.argv[1])
passed = failed = 0


def check(good, what):
    global passed, failed
    passed, failed = passed + bool(good), failed + (not good)
    if not good:
        print("run.py: failed:", what)


def run(program, *args, stdin=None):
    # A sanitizer's allocator shall refuse what is too large, as the real one does.
    env = dict(os.environ, ASAN_OPTIONS="allocator_may_return_null=1")
    return subprocess.run([os.path.join(BIN, program), *map(str, args)], input=stdin,
                          capture_output=True, timeout=120, env=env)


def expect_error(code, message, program, *args):
    """The run fails cleanly, with one message that contains `message`."""
    r = run(program, *args)
    err = re.sub("(?m)^==.*WARNING: AddressSanitizer.*\n", "", r.stderr.decode(errors="replace"))
    good = (r.returncode == code and not r.stdout and
            err.startswith(program + ": error: ") and message in err and
            err.count("\n") == 1)
    check(good, f"{program} {args}: {r.returncode} {err!r}, expected {message!r}")
    leftovers = [f for f in os.listdir(".") if ".tmp" in f or f.startswith("out")]
    check(not leftovers, f"{args} left {leftovers}")
    for f in leftovers:
        os.remove(f)


def npy(array, **kw):
    f = io.BytesIO()
    np.lib.format.write_array(f, array, **kw)
    return f.getvalue()


def raw_npy(header, data=b"", version=1):
    size = struct.pack("<H" if version == 1 else "<I", len(header))
    return b"\x93NUMPY" + bytes([version, 0]) + size + header.encode("utf8") + data


def save(path, data):
    with open(path, "wb") as f:
        f.write(data)
    return path


def save_zip(path, members, method=zipfile.ZIP_STORED, **kw):
    with zipfile.ZipFile(path, "w", method) as z:
        for name, data in members.items():
            with z.open(name, "w", **kw) as f:
                f.write(data)
    return path


NAMES = ["f4", "u1", "i1", "u2", "i2", "i4", "i8", "b1", "f2", "f8", "u4", "u8", "c8",
         "c16", "bf", "q=1", "text", "dir/\u00e9:0"]
TYPES = ["f4", "u1", "i1", "u2", "i2", "i4", "i8", "?", "f2", "f8", "u4", "u8", "c8",
         "c16", "V2", "V1", "U", "f4"]


def make_inputs(rows, cols):
    rng = np.random.default_rng(rows * 100 + cols)
    result = {}
    for name, t in zip(NAMES, TYPES):
        t = np.dtype(t)
        if t.kind == "?" or t.kind == "b":
            a = rng.integers(0, 2, (rows, cols)).astype(bool)
        elif t.kind == "U":
            words = ["", "a", "h\u00e9llo", "\u20ac\u65e5", "\U0001f600 x", "two\0zeros"]
            a = np.array(rng.choice(words, (rows, cols)).tolist(), "U").reshape(rows, cols)
        elif t.kind in "fc":
            a = rng.standard_normal((rows, cols)).astype(t)
        else:
            a = np.frombuffer(rng.bytes(rows * cols * t.itemsize), t).reshape(rows, cols)
        result[name] = a
    return result


def check_copies(inputs, what, *args):
    r = run("copies", *args, "--outputs", "out.npz")
    check(r.returncode == 0 and not r.stdout and not r.stderr, f"{what}: {r.stderr}")
    if r.returncode:
        return
    with np.load("out.npz") as out:
        check(set(out.files) == set(inputs), f"{what}: keys {out.files}")
        for name, a in inputs.items():
            native = a.astype(a.dtype.newbyteorder("=")) if a.dtype.kind != "V" else a
            check(out[name].tobytes() == native.tobytes() and out[name].shape == a.shape and
                  out[name].dtype == native.dtype, f"{what}: {name}")
    with zipfile.ZipFile("out.npz") as z:
        check(z.testzip() is None, f"{what}: checksums")
        check(all(i.date_time == (1980, 1, 1, 0, 0, 0) for i in z.infolist()), what)
    os.remove("out.npz")


def test_npz():
    for rows, cols in [(2, 3), (1, 1), (0, 4), (300, 70)]:
        inputs = make_inputs(rows, cols)
        np.savez("in.npz", **inputs)
        check_copies(inputs, "stored", "--inputs", "in.npz")
        np.savez_compressed("in.npz", **inputs)
        check_copies(inputs, "deflated", "--inputs=in.npz")
        for level in (1, 9):
            with zipfile.ZipFile("in.npz", "w", zipfile.ZIP_DEFLATED, compresslevel=level) as z:
                for name, a in inputs.items():
                    z.writestr(name + ".npy", npy(a))
            check_copies(inputs, f"level {level}", "--inputs=in.npz")
    members = {k + ".npy": npy(v) for k, v in inputs.items()}
    save_zip("in.npz", members, force_zip64=True)
    check_copies(inputs, "zip64", "--inputs", "in.npz")

    class Pipe(io.RawIOBase):  # a stream that cannot seek: data descriptors
        def __init__(self):
            self.data = b""

        def writable(self):
            return True

        def write(self, data):
            self.data += bytes(data)
            return len(data)
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        pipe = Pipe()
        save_zip(pipe, members, method)
        check_copies(inputs, "data descriptors", "--inputs", save("in.npz", pipe.data))
    with zipfile.ZipFile("in.npz", "a") as z:
        z.comment = b"a comment PK\5\6 with a signature"
    check_copies(inputs, "comment", "--inputs", "in.npz")
    np.savez("in.npz", **{k: v for k, v in inputs.items() if not k.startswith("dir")},
             **{"dir/\u00e9": inputs[NAMES[-1]]})
    check_copies(inputs, "name without :0", "--inputs", "in.npz")


def test_npy():
    inputs = make_inputs(4, 5)
    files = []
    for i, (name, a) in enumerate(inputs.items()):
        files.append(save(f"a{i}.npy", npy(a)))
    check_copies(inputs, "positional", *files)
    named = [x for n, f in zip(inputs, files) for x in ("--input", n + "=" + f)]
    check_copies(inputs, "named", *named)
    for version in [(2, 0), (3, 0)]:
        for i, a in enumerate(inputs.values()):
            save(f"a{i}.npy", npy(a, version=version))
        check_copies(inputs, f"version {version}", *files)
    for i, a in enumerate(inputs.values()):
        save(f"a{i}.npy", npy(np.asfortranarray(a)))
    check_copies(inputs, "Fortran order", *files)
    swapped = {k: v.astype(v.dtype.newbyteorder(">")) if v.dtype.kind != "V" else v
               for k, v in inputs.items()}
    for i, a in enumerate(swapped.values()):
        save(f"a{i}.npy", npy(a))
    check_copies(inputs, "big-endian", *files)
    for i, a in enumerate(swapped.values()):
        save(f"a{i}.npy", npy(np.asfortranarray(a)))
    check_copies(inputs, "big-endian Fortran order", *files)
    header = "{'shape': (4, 5), 'fortran_order': False, 'descr': '<f4'}\n"
    save("a0.npy", raw_npy(header, inputs["f4"].tobytes()))
    check_copies(inputs, "unaligned, other order of keys", *files)
    r = run("copies", *files, "--output", "q=1=out_q.npy", "--output=i8=out8.npy")
    check(r.returncode == 0 and not r.stdout, f"--output: {r.stderr}")
    check(np.load("out_q.npy").tobytes() == inputs["q=1"].tobytes(), "--output q")
    check((np.load("out8.npy") == inputs["i8"]).all(), "--output i8")
    os.remove("out_q.npy"), os.remove("out8.npy")
    r = run("copies", "/dev/stdin", *files[1:], stdin=npy(inputs["f4"]))
    check(r.returncode == 0 and r.stdout.startswith(b"f4: float32 [4, 5]  min "), "pipe")


def linear_file():
    np.savez("in.npz", x=np.arange(6, dtype="f4").reshape(2, 3), bias=np.ones(3, "f4"))
    return "in.npz"


def test_programs():
    for program in ["linear", "linear-static"]:
        if not os.path.exists(os.path.join(BIN, program)):
            continue
        r = run(program, "--inputs", linear_file(), "--outputs", "out.npz")
        check(r.returncode == 0 and not r.stdout, f"{program}: {r.stderr}")
        with np.load("out.npz") as out:
            check(out["y"].tolist() == [[1, 3, 5], [7, 9, 11]], "y")
            check(out["sums/all"].shape == () and out["sums/all"] == 36, "sum")
        os.remove("out.npz")
        r = run(program, "--inputs", "in.npz")
        check(r.stdout.decode() ==
              "y: float32 [2, 3]  min 1  max 11  mean 6  values 1 3 5 7 9 11\n"
              "sums/all: float64 []  min 36  max 36  mean 36  values 36\n", r.stdout)
        r = run(program, "--benchmark", 10, "--warmup", 2, "--threads", 2, "--dim", "batch=40")
        j = json.loads(r.stdout)
        check(j["model"] == "linear" and j["threads"] == 2 and j["iterations"] == 10, j)
        times = [j["latency_ns"][k] for k in ("min", "median", "p90", "p99", "max")]
        check(times == sorted(times) and times[0] > 0 and "mean" in j["latency_ns"], j)
        j = json.loads(run(program, "--info").stdout)
        check(j["inputs"][0] == {"name": "x", "dtype": "float32", "shape": ["batch", 3]}, j)
        check(j["memory"] == {"arena": None, "weights": 64} and j["cpu"] == "baseline", j)
        check({"version", "target", "sha256", "outputs", "model"} <= set(j), j)
        r = run(program, "--inputs", "in.npz", "--trace", "out.json")
        check(r.returncode == 0, r.stderr)
        events = [e for e in json.load(open("out.json"))["traceEvents"] if e["ph"] == "X"]
        check([e["name"] for e in events] == ["mul+add", 'sum "all"'], events)
        check(events[1]["args"]["kernel"] == "reduce" and events[1]["ts"] >= events[0]["ts"]
              + events[0]["dur"], events)
        os.remove("out.json")
        check_events(run(program, "--inputs", "in.npz", "--benchmark", 2, "--tensorboard", "logs/one"))
        r = run(program, "--help")
        check(r.returncode == 0 and r.stdout.startswith(b"usage: " + program.encode()), "help")
        r = run(program, "--input", "x=random", "--input=bias=zeros", "--dim=batch=2")
        check(b"y: float32 [2, 3] " in r.stdout, r)


def check_events(result):
    """Each of two runs is a step, with its time by kernel and by node."""
    check(result.returncode == 0, result.stderr)
    name, = os.listdir("logs/one")
    check(name.startswith("events.out.tfevents."), name)
    first, *steps = tensorboard.read(os.path.join("logs/one", name))
    shutil.rmtree("logs")
    check(first.file_version == "brain.Event:2", first)
    check([e.step for e in steps] == [0, 1], steps)
    check(first.wall_time < steps[0].wall_time < steps[1].wall_time < time.time() + 1, steps)
    for step in steps:
        times = dict(step.scalars)
        kernels = [times.pop("milliseconds by kernel/" + k) for k in ("pointwise", "reduce")]
        nodes = [times.pop("milliseconds by node/" + n) for n in ("mul+add", 'sum "all"')]
        check(kernels == nodes and 0 < sum(nodes) < times.pop("milliseconds/run") < 1e4, step)
        check(not times, times)


def check_lists(arrays, **expected):
    np.savez("in.npz", **arrays)
    r = run("lists", "--inputs", "in.npz", "--outputs", "out.npz")
    check(r.returncode == 0 and not r.stdout and not r.stderr, r)
    with np.load("out.npz") as out:
        check({k: out[k].tolist() for k in out.files} ==
              {k.replace("_", "."): v.tolist() for k, v in expected.items()}, dict(out))
        check(all(out[k].dtype == ("i8" if "rest" in k else "f4") for k in out.files), dict(out))
    os.remove("out.npz")


def test_sequences():
    a, b, o = np.array([1, 2], "f4"), np.array([], "f4"), np.array([7, 8], "f4")
    empty = np.zeros(0, "f4")
    check_lists({"s.1": b, "s.0": a}, joined_0=a, joined_1=b, last=b)
    check_lists({"s": empty}, joined=empty)
    check_lists({"s": empty, "o": o}, joined_0=o)
    many = {f"s.{i}": np.array([i], "f4") for i in range(100)}
    check_lists(many, **{k.replace("s.", "joined_"): v for k, v in many.items()}, last=np.array([99], "f4"))
    check_lists({"s": empty, "any.0": np.int64(3)}, joined=empty, rest=empty)
    matrix = np.arange(6).reshape(2, 3)
    check_lists({"s.0": a, "any.0": matrix, "any.1": matrix}, joined_0=a, last=a, rest_0=matrix)
    r = run("lists", "--inputs", "in.npz", "--output", "last=last.npy")
    check(r.returncode == 0 and np.load("last.npy").tolist() == [1, 2], r)
    r = run("lists", "--inputs", "in.npz")
    check([line.split(":")[0] for line in r.stdout.decode().splitlines()] == ["joined.0", "last", "rest.0"], r)
    j = json.loads(run("lists", "--info").stdout)
    check(j["inputs"] == [{"name": "s", "dtype": "float32", "sequence": True, "shape": [None]},
                          {"name": "o", "dtype": "float32", "optional": True, "shape": [2]},
                          {"name": "any", "dtype": "int64", "sequence": True, "optional": True, "shape": None}], j)

    def bad(message, *args, **arrays):
        np.savez("in.npz", **{k.replace("_", "."): v for k, v in arrays.items()})
        expect_error(1, message, "lists", "--inputs", "in.npz", *args)
    bad("missing input 's', expected sequence of float32 [?]", o=o)
    bad("missing tensor 's.1' of input 's', which has 's.2'", s_0=a, s_2=a)
    bad("the model has no input 's.99999'", s_99999=a)
    bad("the model has no input 'o.0'", s_0=a, o_0=a)
    bad("the model has no input 's.x'", s_x=a)
    bad("in.npz: input 's.0' is float32 [1, 2], expected float32 [?]", s_0=a.reshape(1, 2))
    bad("in.npz: input 's.0' has dtype int64, expected float32", s_0=matrix)
    bad("in.npz: input 's' is float32 [2], expected sequence of float32 [?]; an array of shape [0] is an empty one", s=a)
    bad("input 'o' is float32 [0], expected float32 [2]", s=empty, o=empty)
    bad("position 0 is out of range for a sequence of 0", s=empty, any=np.zeros(0, "i8"))
    bad("input 's' is a sequence: its tensors are the arrays 's.0'", "--input", "s=random")
    bad("output 'joined' is a sequence", "--output", "joined=out.npy", s_0=a)
    bad("output 'rest' is an empty optional", "--output", "rest=out.npy", s_0=a)
    expect_error(1, "input 's' is a sequence", "lists", "--benchmark", "1")
    with zipfile.ZipFile("in.npz", "w") as z:
        import warnings
        warnings.simplefilter("ignore")
        z.writestr("s.0.npy", npy(a)), z.writestr("s.0.npy", npy(a))
    expect_error(1, "input 's.0' is given twice", "lists", "--inputs", "in.npz")


def test_usage():
    expect_error(2, "unknown option '--foo'", "linear", "--foo")
    expect_error(2, "needs a value", "linear", "--inputs")
    expect_error(2, "takes no value", "linear", "--info=1")
    expect_error(2, "given twice", "linear", "--inputs", "a", "--inputs", "b")
    for n in ["0", "-1", "x", "", "99999999999999999999", "1.5"]:
        expect_error(2, f"option '--benchmark' is '{n}', expected an integer from 1",
                     "linear", "--benchmark", n)
    expect_error(2, "from 1 to 1024", "linear", "--threads=100000")
    expect_error(2, "3 input files are given; the model has 2 inputs", "linear", "a", "b", "c")
    expect_error(2, "expected NAME=FILE.npy", "linear", "--input", "x")
    expect_error(2, "expected NAME=N", "linear", "--dim", "batch")
    expect_error(1, "cannot make the folder '/dev/null/d': Not a directory", "linear",
                 "--dim", "batch=2", "--benchmark", "1", "--tensorboard", "/dev/null/d")
    expect_error(1, "no symbolic dimension 'n'", "linear", "--dim", "n=3")
    expect_error(1, "no input 'z'; its inputs are 'x', 'bias'", "linear", "--input", "z=random")
    expect_error(1, "cannot open 'none.npz': No such file", "linear", "--inputs", "none.npz")
    expect_error(1, "is a directory", "linear", "--inputs", ".")
    linear_file()
    expect_error(1, "no output 'z'; its outputs are 'y', 'sums/all'", "linear",
                 "--inputs", "in.npz", "--output", "z=out.npy")
    expect_error(1, "cannot write 'none/out.npz': No such file", "linear",
                 "--inputs", "in.npz", "--outputs", "none/out.npz")
    expect_error(1, "cannot write '/dev/full': No space", "linear",
                 "--inputs", "in.npz", "--outputs", "/dev/full")
    expect_error(1, "cannot open weights file 'none'", "linear", "--inputs", "in.npz",
                 "--weights", "none")
    expect_error(1, "input 'x' is given twice", "linear", "--inputs", "in.npz",
                 "--input", "x=zeros")
    expect_error(1, "larger than memory", "linear", "--benchmark", "1",
                 "--dim", f"batch={2**62}")
    expect_error(1, "no memory for", "linear", "--benchmark", "1", "--dim", f"batch={2**55}")
    with open("/dev/full", "w") as full:
        r = subprocess.run([os.path.join(BIN, "linear"), "--info"], stdout=full,
                           stderr=subprocess.PIPE)
    check(r.returncode == 1 and b"standard output" in r.stderr, r)


def strings_npy(descr, data, shape=(1,), **rest):
    order = rest.get("order", "False")
    return raw_npy(f"{{'descr': '{descr}', 'fortran_order': {order}, 'shape': {shape}, }}\n", data)


def test_strings():
    def twice(data, want):
        r = run("words", save("in.npy", data), "--outputs", "out.npz")
        check(r.returncode == 0, r.stderr)
        if r.returncode == 0:
            with np.load("out.npz") as out:
                check(out["twice"].tolist() == want, (out["twice"], want))
            os.remove("out.npz")
    twice(npy(np.array(["a", "", "\u20ac"])), ["aa", "", "\u20ac\u20ac"])
    twice(npy(np.array(["a", "xyz"]).astype(">U3")), ["aa", "xyzxyz"])
    twice(npy(np.array([b"abc", b"", "\u00e9".encode()])), ["abcabc", "", "\u00e9\u00e9"])
    twice(npy(np.array([], "U")), [])
    twice(npy(np.array(["x" * 5000, "y"])), ["x" * 10000, "yy"])
    r = run("words", save("in.npy", npy(np.array(["a\"b\\\n", "\u20ac", "z" * 70]))))
    want = 'twice: string [3]  values "a\\"b\\\\\\u000aa\\"b\\\\\\u000a" "\u20ac\u20ac" "' + "z" * 60 + '"...\n'
    check(r.stdout.decode() == want, (r.stdout, want))
    for made in ("random", "zeros"):
        r = run("words", "--input", f"in={made}", "--dim", "n=20")
        check(r.returncode == 0 and r.stdout.startswith(b"twice: string [20]"), (r.stdout, r.stderr))
    check('"dtype": "string"' in run("words", "--info").stdout.decode(), "--info")
    check(run("words", "--benchmark", "3").returncode == 0, "--benchmark")


def test_bad_strings():
    def bad(message, data):
        expect_error(1, message, "words", save("in.npy", data), "--outputs", "out.npz")
    bad("in.npy: input 'in' has dtype float64, expected string", npy(np.zeros(2)))
    bad("string 1 holds 0xd800, which is no code point", strings_npy("<U1", struct.pack("<2I", 97, 0xd800), (2,)))
    bad("string 0 holds 0x110000, which is no code point", strings_npy("<U1", struct.pack("<I", 0x110000)))
    bad("string 0 holds 0x61000000, which is no code point", strings_npy(">U1", struct.pack("<I", 97)))
    bad("string 0 holds 0xff, which is no UTF-8", strings_npy("|S2", b"a\xff"))
    bad("string 0 holds 0xc3, which is no UTF-8", strings_npy("|S1", b"\xc3"))
    bad("string 0 holds 0xed, which is no UTF-8", strings_npy("|S3", b"\xed\xa0\x80"))
    bad("string 0 holds 0xc0, which is no UTF-8", strings_npy("|S2", b"\xc0\x80"))
    bad("has dtype <U0, expected string", strings_npy("<U0", b"", (2 ** 60,)))
    bad("has dtype |S0, expected string", strings_npy("|S0", b"", (2 ** 60,)))
    bad("is truncated: 4 bytes of data, expected 8", strings_npy("<U2", b"abcd"))
    bad("larger than memory", strings_npy("<U8", b"", (2 ** 60,)))
    bad("its header has no valid dtype", strings_npy(f"<U{2 ** 62}", b""))


def test_bad_inputs():
    def bad(message, **arrays):
        np.savez("in.npz", **arrays)
        expect_error(1, message, "linear", "--inputs", "in.npz", "--outputs", "out.npz")
        np.savez_compressed("in.npz", **arrays)
        expect_error(1, message, "linear", "--inputs", "in.npz", "--outputs", "out.npz")
    x, bias = np.zeros((2, 3), "f4"), np.zeros(3, "f4")
    bad("missing input 'bias', expected float32 [3]", x=x)
    bad("the model has no input 'y'; its inputs are 'x', 'bias'", x=x, bias=bias, y=x)
    bad("in.npz: input 'x' has dtype float64, expected float32", x=x.astype("f8"), bias=bias)
    bad("input 'x' has dtype <U3, expected float32", x=np.array("abc"), bias=bias)
    bad("input 'x' is float32 [2], expected float32 [batch, 3]", x=x[:, 0], bias=bias)
    bad("input 'x' is float32 [2, 2], expected float32 [batch, 3]", x=x[:, :2], bias=bias)
    bad("mul+add: element 0 is 13, of % unlucky", x=x + 13, bias=bias)
    bad("structured arrays", x=np.zeros(2, [("a", "f4")]), bias=bias)
    inputs = make_inputs(2, 3)
    inputs["f8"] = np.zeros((2, 4))
    np.savez("in.npz", **inputs)
    expect_error(1, "input 'f8' has cols = 4, expected 3 as elsewhere", "copies",
                 "--inputs", "in.npz")
    inputs = make_inputs(2, 3)
    inputs["bf"] = np.zeros((2, 3), "f2")
    np.savez("in.npz", **inputs)
    expect_error(1, "dtype float16, expected bfloat16 (stored as |V2)", "copies",
                 "--inputs", "in.npz")
    inputs = make_inputs(2, 3)
    inputs["b1"] = np.full((2, 3), 2, "u1").view("?")
    np.savez("in.npz", **inputs)
    expect_error(1, "a bool that is 2", "copies", "--inputs", "in.npz")
    test_bad_strings()
    with zipfile.ZipFile("in.npz", "w") as z:
        import warnings
        warnings.simplefilter("ignore")
        z.writestr("x.npy", npy(x)), z.writestr("x.npy", npy(x))
    expect_error(1, "input 'x' is given twice", "linear", "--inputs", "in.npz")
    with zipfile.ZipFile("in.npz", "w", zipfile.ZIP_LZMA) as z:
        z.writestr("x.npy", npy(x))
    expect_error(1, "only stored and deflated", "linear", "--inputs", "in.npz")
    expect_error(1, "not an npz file", "linear", "--inputs", save("in.npz", npy(x)))
    expect_error(1, "not an npz file", "linear", "--inputs", save("in.npz", b""))


def test_bad_headers():
    save("bias.npy", npy(np.zeros(3, "f4")))
    head = "{'descr': '%s', 'fortran_order': %s, 'shape': %s, }\n"
    data = b"\0" * 24
    for message, content in [
            ("it is empty", b""),
            ("it is not an npy file", b"garbage garbage"),
            ("version is not 1, 2 or 3", b"\x93NUMPY\4\0" + data),
            ("it is truncated", b"\x93NUMPY\1\0\xff\xff" + data),
            ("it is truncated", raw_npy(head % ("<f4", "False", "(2, 3)"))[:20]),
            ("its header is too long", b"\x93NUMPY\2\0\xff\xff\xff\xff" + data),
            ("is truncated: 23 bytes of data, expected 24",
             raw_npy(head % ("<f4", "False", "(2, 3)"), data[1:])),
            ("no valid dtype", raw_npy(head % ("", "False", "(2, 3)"), data)),
            ("no valid fortran_order", raw_npy(head % ("<f4", "0", "(2, 3)"), data)),
            ("no valid shape", raw_npy(head % ("<f4", "False", "(2, -3)"), data)),
            ("no valid shape", raw_npy(head % ("<f4", "False", "(2, 3"), data)),
            ("no valid shape", raw_npy(head % ("<f4", "False", "(2 3)"), data)),
            ("no valid shape", raw_npy(head % ("<f4", "False", f"({2**64}, 3)"), data)),
            ("more than 16", raw_npy(head % ("<f4", "False", (1,) * 17), data)),
            ("larger than memory", raw_npy(head % ("<f4", "False", f"({2**62}, 3)"), data)),
            ("is truncated", raw_npy(head % ("<f4", "False", f"({2**58}, 3)"), data)),
            ("header is corrupt", raw_npy("{'descr': '<f4'}", data)),
            ("header is corrupt", raw_npy("{'descr': '<f4', 'descr': '<f4'}", data)),
            ("header is corrupt", raw_npy(head[:-2] % ("<f4", "False", "(2, 3)"), data)),
            ("header is corrupt", raw_npy(head % ("<f4", "False", "(2, 3)") + "x", data)),
            ("header is corrupt", raw_npy("", data)),
            ("expected float32", raw_npy(head % ("|O", "False", "(2, 3)"), data)),
            ("expected float32", raw_npy(head % ("f" * 60000, "False", "(2, 3)"), data)),
            ("expected float32", raw_npy(head % (f"<f{2**64}", "False", "(2, 3)"), data))]:
        expect_error(1, message, "linear", save("x.npy", content), "bias.npy",
                     "--outputs", "out.npz")


def test_bad_archives():
    np.savez_compressed("good.npz", x=np.arange(30, dtype="f4").reshape(10, 3),
                        bias=np.ones(3, "f4"))
    good = open("good.npz", "rb").read()
    for size in list(range(0, len(good), 7)):
        expect_error(1, "", "linear", "--inputs", save("in.npz", good[:size]))
    # One wrong byte of the data is always found; one of a date, say, is not.
    for at in range(50, 200, 11):
        flipped = bytearray(good)
        flipped[at] ^= 4
        r = run("linear", "--inputs", save("in.npz", bytes(flipped)), "--outputs", "out.npz")
        check(r.returncode in (0, 1), f"flipped {at}: {r}")
        if r.returncode == 0:
            check(np.load("out.npz")["y"][9, 2] == 59, f"flipped {at}: other result")
            os.remove("out.npz")
    np.savez("in.npz", x=np.zeros((10, 3), "f4"), bias=np.ones(3, "f4"))
    stored = bytearray(open("in.npz", "rb").read())
    stored[stored.index(b"NUMPY") + 130] ^= 1
    expect_error(1, "wrong checksum", "linear", "--inputs", save("in.npz", bytes(stored)))
    # A bomb: 3 GB of zeros in 3 MB, of the wrong shape; and a lie about the size.
    head = "{'descr': '<f4', 'fortran_order': False, 'shape': (%d,)}\n" % (3 << 28)
    with zipfile.ZipFile("in.npz", "w", zipfile.ZIP_DEFLATED) as z:
        with z.open("bias.npy", "w", force_zip64=True) as f:
            f.write(raw_npy(head))
            for _ in range(3 << 4):
                f.write(b"\0" * (1 << 24))
    expect_error(1, "is float32 [805306368], expected float32 [3]", "linear",
                 "--inputs", "in.npz")
    lie = bytearray(good)
    at = lie.index(b"PK\1\2")
    lie[at + 24:at + 28] = struct.pack("<I", 0xfffffff0)
    expect_error(1, "corrupt zip member sizes", "linear", "--inputs",
                 save("in.npz", bytes(lie)))


def test_damaged():
    files = ["good.npz", "in.npz", "x.npy", "s.npz"]
    linear_file()
    save("x.npy", npy(np.zeros((2, 3), "f4")))
    save_zip("s.npz", {"x.npy": npy(np.zeros((9, 3), "f4"))}, zipfile.ZIP_DEFLATED,
             force_zip64=True)
    count_results(run("format_test", 20000, *files))


def test_size():
    static = os.path.join(BIN, "linear-static")
    if os.path.exists(static):
        check(os.path.getsize(static) < 117_000, f"{os.path.getsize(static)} bytes, static")


def count_results(r):
    global passed, failed
    out = r.stdout.decode(errors="replace")
    m = re.search(r"(\d+) passed, (\d+) failed", out)
    if m:
        passed, failed = passed + int(m[1]), failed + int(m[2])
    check(m and r.returncode == 0, out + r.stderr.decode(errors="replace"))


def main():
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        for program in ["runtime_test", "strings_test", "sequence_test"]:
            count_results(run(program))
        for test in [test_npz, test_npy, test_programs, test_sequences, test_usage, test_strings, test_bad_inputs,
                     test_bad_headers, test_bad_archives, test_damaged, test_size]:
            test()
        os.chdir("/")
    print(f"runtime: {passed} passed, {failed} failed")
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
