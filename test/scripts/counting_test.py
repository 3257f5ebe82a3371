#===- counting_test.py - the sum of the tests is right --------*- Python -*-===#
#
# Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
import os
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from counting import count, ctest_programs

LIT_END = """
Testing Time: 1.23s

Total Discovered Tests: 9
  Unsupported      : 1 (11.11%)
  Passed           : 6 (66.67%)
  Expectedly Failed: 1 (11.11%)
  Failed           : 1 (11.11%)
"""


class Counting(unittest.TestCase):
    def same(self, text, code, passed, failed):
        got = count(text, code)
        self.assertEqual((got.passed, got.failed), (passed, failed), got.note)

    def test_own_line_is_the_last_one(self):
        self.same("1 passed, 0 failed\nnoise\n7 passed, 0 failed, 2 skipped\n", 0, 7, 0)

    def test_own_line_inside_a_sentence_is_none(self):
        self.same("so 7 passed, 0 failed here\n", 0, 0, 1)

    def test_gtest(self):
        self.same("[  PASSED  ] 12 tests.\n", 0, 12, 0)
        self.same("[  PASSED  ] 1 test.\n[  FAILED  ] 2 tests, listed below:\n", 1, 1, 2)

    def test_lit(self):
        self.same(LIT_END, 1, 7, 1)

    def test_unittest(self):
        self.same("Ran 5 tests in 0.1s\n\nOK (skipped=1)\n", 0, 4, 0)
        self.same("Ran 5 tests in 0.1s\n\nFAILED (failures=1, errors=2)\n", 1, 2, 3)

    def test_crash_after_a_good_count(self):
        self.same("3 passed, 0 failed\n", -11, 3, 1)

    def test_no_count(self):
        self.same("Segmentation fault\n", 139, 0, 1)
        self.same("", 0, 0, 1)

    def test_no_test(self):
        self.same("0 passed, 0 failed\n", 0, 0, 1)

    def test_ctest(self):
        report = """<testsuite>
          <testcase name="a" status="run"><system-out>4 passed, 0 failed</system-out></testcase>
          <testcase name="b" status="fail"><system-out>boom</system-out></testcase>
        </testsuite>"""
        with tempfile.NamedTemporaryFile("w", suffix=".xml") as f:
            f.write(report)
            f.flush()
            got = ctest_programs(f.name, 8)
        self.assertEqual((got.passed, got.failed), (4, 1))
        self.assertIn("b", got.note)


if __name__ == "__main__":
    unittest.main()
