#===- run_cases_test.py - the case runner finds every fault ----*- Python -*-===#
#
# Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===-------------------------------------------------------------------------===#
"""Runs run_cases.py on a case with a stand-in for dlc that misbehaves on demand."""
import json
import os
import subprocess
import sys
import tempfile
import unittest

import numpy as np

E2E = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e")

# "Compiles" to a program that doubles its input x, or does what the model says.
STAND_IN = f"""#!{sys.executable}
import os, sys
model, out = sys.argv[1], sys.argv[3]
order = open(model).read().strip()
if order == "refuse":
    sys.exit(model + ": error: unknown op 'Foo'")
if order == "refuse and write":
    open(out, "w").close()
    sys.exit(model + ": error: unknown op 'Foo'")
if order == "refuse namelessly":
    sys.exit("error: unknown op 'Foo'")
with open(out, "w") as f:
    f.write(f'''#!{sys.executable}
import os, sys, time
import numpy as np
order = {{order!r}}
if order == "crash": os.abort()
if order == "hang": time.sleep(60)
x = np.load(sys.argv[2])["x"]
y = dict(double=2 * x, wrong=2 * x + 1, type=(2 * x).astype("f8"), shape=(2 * x)[None])[order]
np.savez(sys.argv[4], y=y)
''')
os.chmod(out, 0o755)
"""


class Runner(unittest.TestCase):
    def run_one(self, order, **meta):
        with tempfile.TemporaryDirectory() as folder:
            dlc, case = os.path.join(folder, "dlc"), os.path.join(folder, "cases", "a")
            os.makedirs(case)
            with open(dlc, "w") as f:
                f.write(STAND_IN)
            os.chmod(dlc, 0o755)
            for name, text in (("model.onnx", order), ("case.json", json.dumps(meta))):
                with open(os.path.join(case, name), "w") as f:
                    f.write(text)
            x = np.arange(6, dtype=np.float32)
            np.savez(os.path.join(case, "inputs.npz"), x=x)
            np.savez(os.path.join(case, "outputs.npz"), y=2 * x)
            command = [sys.executable, os.path.join(E2E, "run_cases.py"), "--dlc", dlc, os.path.dirname(case),
                       "--run-timeout", "2"]
            return subprocess.run(command, capture_output=True, text=True, check=False)

    def expect(self, done, code, *texts):
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        for text in texts:
            self.assertIn(text, done.stdout)

    def test_good(self):
        self.expect(self.run_one("double"), 0, "1 passed, 0 failed")

    def test_wrong_value(self):
        self.expect(self.run_one("wrong"), 1, "output 'y'", "6 of 6", "0 passed, 1 failed")

    def test_tolerance_of_the_case(self):
        self.expect(self.run_one("wrong", tolerances={"y": {"atol": 1.5}}), 0, "1 passed")

    def test_wrong_type_and_shape(self):
        self.expect(self.run_one("type"), 1, "float64")
        self.expect(self.run_one("shape"), 1, "[1, 6]")

    def test_crash(self):
        self.expect(self.run_one("crash"), 1, "SIGABRT")

    def test_hang(self):
        self.expect(self.run_one("hang"), 1, "did not end within 2 s")

    def test_refused(self):
        self.expect(self.run_one("refuse"), 1, "unknown op 'Foo'", "0 passed, 1 failed")

    def test_refusal_expected(self):
        self.expect(self.run_one("refuse", expect="reject", error_contains="'Foo'"), 0, "1 passed")
        self.expect(self.run_one("refuse", expect="reject", error_contains="'Bar'"), 1, "does not say")
        self.expect(self.run_one("refuse", expect="reject", error_contains="cases"), 1, "does not say")
        self.expect(self.run_one("double", expect="reject"), 1, "accepted")
        self.expect(self.run_one("refuse and write", expect="reject"), 1, "left model")
        self.expect(self.run_one("refuse namelessly", expect="reject"), 1, "does not name the file")

    def test_skipped_is_not_passed(self):
        self.expect(self.run_one("double", skip="no reason"), 1, "0 passed, 0 failed, 1 skipped")


if __name__ == "__main__":
    unittest.main()
