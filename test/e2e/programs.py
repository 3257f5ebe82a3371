#!/usr/bin/env python3
#===- programs.py - every kind of output, from real models ----*- Python -*-===#
#
# Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
"""Builds libraries, objects and programs from two networks of test/models and
checks their results.

    programs.py --build build [unittest's options]
"""
import json
import os
import platform
import shutil
import subprocess
import tempfile
import time
import unittest

import numpy as np

import cases
from compare import difference
from unittests import take_build

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
MODELS = {"first": "mini_mobilenet_v3", "second": "mini_bert"}
SANITIZERS = {"address": "-fsanitize=address", "undefined": "-fsanitize=undefined"}
build = os.path.join(ROOT, "build")


def read_case(name):
    return cases.read(os.path.join(ROOT, "test", "models", "cases", name), name)


def sanitizers():
    """The flags that the run time in the build was compiled with."""
    with open(os.path.join(build, "CMakeCache.txt")) as f:
        wanted = next((line.split("=", 1)[1].strip() for line in f if line.startswith("DLC_SANITIZE:")), "")
    return [SANITIZERS[name] for name in wanted.replace(";", ",").split(",") if name in SANITIZERS]


class Programs(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="dlc-programs-")
        self.addCleanup(shutil.rmtree, self.folder)

    def path(self, name):
        return os.path.join(self.folder, name)

    def call(self, *command):
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, timeout=300,
                              stdin=subprocess.DEVNULL)
        self.assertEqual(done.returncode, 0, f"{' '.join(command)}\n{done.stderr}")
        return done.stdout

    def dlc(self, model, *flags):
        self.call(os.path.join(build, "bin", "dlc"), read_case(model).model, *flags)

    def check(self, case, name, got, want):
        wrong = difference(got, want, case.tolerances.get(name, case.tolerance))
        self.assertIsNone(wrong, f"{case.name}: output {name!r} {wrong}")

    # --- two models in one C program ---

    def info(self, model):
        self.dlc(model, "-O0", "-o", "informer")
        return json.loads(self.call(self.path("informer"), "--info"))

    def check_c_program(self, *link):
        info = {}
        for ident, model in MODELS.items():
            info[ident] = self.info(model)
            given = cases.load_npz(read_case(model).runs[0].inputs)
            for i, value in enumerate(info[ident]["inputs"]):
                given[value["name"]].tofile(self.path(f"{ident}.in.{i}"))
        compiler = shutil.which("clang-22") or "cc"
        self.call(compiler, "-std=c11", "-Wall", "-Wextra", "-Werror", "-I.", "-I" + os.path.join(ROOT, "include"),
                  os.path.join(ROOT, "test", "e2e", "two_models.c"), "-D_POSIX_C_SOURCE=200809L", *link, *sanitizers(),
                  "-lm", "-pthread", "-o", "program")
        self.call(self.path("program"))
        for ident, model in MODELS.items():
            case = read_case(model)
            expected = case.runs[0].expected()
            for i, value in enumerate(info[ident]["outputs"]):
                want = expected[value["name"]]
                got = np.fromfile(self.path(f"{ident}.out.{i}"), want.dtype)
                self.assertEqual(got.size, want.size)
                self.check(case, value["name"], got.reshape(want.shape), want)

    def test_archives(self):
        for ident, model in MODELS.items():
            self.dlc(model, "--emit=lib", "--name", ident, "-o", f"lib{ident}.a")
        self.check_c_program("libfirst.a", "libsecond.a")

    def test_objects(self):
        for ident, model in MODELS.items():
            self.dlc(model, "-c", "--name", ident, "-o", f"{ident}.o")
        runtime = os.path.join(build, "lib", "dlc", platform.machine() + "-linux-gnu", "libdlc_rt.a")
        self.check_c_program("first.o", "second.o", runtime)

    def test_shared_libraries(self):
        for ident, model in MODELS.items():
            self.dlc(model, "-shared", "--name", ident, "-o", f"lib{ident}.so")
        self.check_c_program("libfirst.so", "libsecond.so", "-Wl,-rpath," + self.folder)

    # --- programs ---

    def check_program(self, model, *flags):
        """Compiles, runs and compares; what --info says."""
        case = read_case(model)
        self.dlc(model, *flags, "-o", "program")
        for run in case.runs:
            self.call(self.path("program"), "--inputs", run.inputs, "--outputs", "got.npz")
            got = cases.load_npz(self.path("got.npz"))
            for name, want in run.expected().items():
                self.check(case, name, got[name], want)
        return json.loads(self.call(self.path("program"), "--info"))

    def test_static(self):
        self.check_program("mini_resnet", "-static")
        with open(self.path("program"), "rb") as f:
            self.assertNotIn(b"ld-linux", f.read())

    # --- tuning ---

    def tuned(self, model, *flags):
        """What --tune knows of this machine's processor, by its name."""
        self.dlc(model, "--tune-file=tuned.json", *flags, "-o", "program")
        with open(self.path("tuned.json")) as f:
            tuned = json.load(f)
        (processor,) = tuned.values()
        self.assertGreater(processor["gflops"], 0)
        for key, entry in processor["forms"].items():
            self.assertIn(entry["best"], entry["us"], key)
        return tuned

    def check_forms(self, model):
        """Checks the program with every form that its operations can have; the algorithms."""
        tuned = self.tuned(model, "--tune")
        (processor,) = tuned.values()
        entries = processor["forms"].values()
        seen = set()
        for number in range(max(len(entry["us"]) for entry in entries)):
            for entry in entries:
                names = sorted(entry["us"])
                entry["best"] = names[number % len(names)]
                seen.add(entry["best"].split(":")[0])
            with open(self.path("forms.json"), "w") as f:
                json.dump(tuned, f)
            self.check_program(model, "--tune-file=forms.json")
        return seen

    def test_every_form_of_convolutions(self):
        self.assertEqual(self.check_forms("conv_winograd_batch"), {"direct", "winograd2", "winograd3", "winograd4"})

    def test_every_form_of_products(self):
        self.assertEqual(self.check_forms("product_tall"), {"direct", "strassen"})

    def test_every_form_in_a_network(self):
        self.assertIn("direct", self.check_forms("mini_vit"))

    def test_one_trial_at_a_time(self):
        """The program of a trial, which holds all weights, is gone before the next one is there."""
        folder = self.path("temporary")
        os.mkdir(folder)
        command = [os.path.join(build, "bin", "dlc"), read_case("mini_resnet").model, "--tune",
                   "--tune-file=tuned.json", "-o", "program"]
        most = 0
        with subprocess.Popen(command, cwd=self.folder, env={**os.environ, "TMPDIR": folder}) as dlc:
            while dlc.poll() is None:
                most = max(most, sum(name.endswith(".exe") for name in os.listdir(folder)))
                time.sleep(0.01)
        self.assertEqual((dlc.returncode, most, os.listdir(folder)), (0, 1, []))

    def test_tuning_goes_on(self):
        def forms(*flags):
            (processor,) = self.tuned("mini_resnet", *flags).values()
            return processor["forms"]

        first = forms("--tune=0")
        self.assertTrue(all(len(entry["us"]) == 1 for entry in first.values()))
        whole = forms("--tune")
        self.assertEqual(whole.keys(), first.keys())
        self.assertTrue(all(len(entry["us"]) > 1 for entry in whole.values()))
        # What is known is not measured again.
        self.assertEqual(forms("--tune"), whole)

    @unittest.skipUnless(platform.machine() == "x86_64", "names processors of x86-64")
    def test_versions_in_one_file(self):
        for model in MODELS.values():
            code = self.check_program(model, "-march=x86-64-v3,x86-64-v4")["code"]
            self.assertEqual([version["cpu"] for version in code], ["x86-64-v4", "x86-64-v3"])

    @unittest.skipUnless(platform.machine() == "x86_64", "names processors of x86-64")
    def test_older_processors(self):
        for cpu in ("x86-64-v3", "x86-64-v2"):
            for model in MODELS.values():
                self.assertEqual(self.check_program(model, "-march=" + cpu)["cpu"], cpu)

    def test_weights_beside(self):
        self.check_program("mini_bert", "--weights=" + self.path("weights.bin"))
        self.assertGreater(os.path.getsize(self.path("weights.bin")), 1000)

    def test_same_bytes(self):
        """Same input, same flags, same output, on any number of threads."""
        for number, flags in enumerate(([], [], ["-j1"])):
            self.dlc("mini_bert", "-o", "program", *flags)
            os.rename(self.path("program"), self.path(str(number)))
        contents = []
        for number in range(3):
            with open(self.path(str(number)), "rb") as f:
                contents.append(f.read())
        self.assertTrue(contents[0] == contents[1], "two compiles differ")
        self.assertTrue(contents[0] == contents[2], "with -j1 the program is another one")


if __name__ == "__main__":
    build = take_build(__doc__, build)
    unittest.main()
