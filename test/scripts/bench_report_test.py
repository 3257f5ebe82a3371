#===- bench_report_test.py - the page of the measurements -----*- Python -*-===#
#
# Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
import os
import sys
import unittest
import xml.etree.ElementTree as ElementTree

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "bench"))
import report

DLC = {"ns": 3_000_000, "compile_s": 2.5, "compile_bytes": 3e8, "model_bytes": 1e8, "weights_bytes": 1e8,
       "program_bytes": 160_000, "arena_bytes": None, "first_ns": 12_000_000}
RUN = {"processor": "P", "threads": 1, "rounds": 5, "seconds": 1.0, "versions": {"onnxruntime": "1.0"},
       "networks": {"good": {"onnxruntime": {"ns": 6_000_000}, "openvino": {"error": "no"}, "dlc": DLC},
                    "bad": {"onnxruntime": {"ns": 1_000_000}, "dlc": {"error": "no"}}}}


class Report(unittest.TestCase):
    def test_rows(self):
        page = report.page([RUN])
        self.assertIn("| good | 6.00 | failed | 3.00 | 0.50 | failed |", page)
        self.assertIn("| bad | 1.00 | failed | failed | failed | failed |", page)
        self.assertIn("| good | 100 MB | 2.5 | 300 MB | 100 MB | 160 kB | varies | - | 12.0 | 3.00 |", page)

    def test_open_sizes(self):
        own = {**RUN, "networks": {"good": {"onnxruntime": {"ns": 6_000_000}, "dlc": {"ns": 3_300_000}}}}
        page = report.page([RUN], own)
        self.assertIn("| good | 6.00 | failed | 3.30 | 0.55 | failed | 1.10 |", page)

    def test_memory_and_contexts(self):
        run = {**RUN, "contexts": {"good": {"alone_ms": 3.0, "contexts_ms": 3.1, "processes_ms": 3.2}},
               "networks": {"good": {"onnxruntime": {"ns": 1, "arena_bytes": 4_000_000}, "dlc": DLC}}}
        page = report.page([run])
        self.assertIn("| varies | 4.0 MB |", page)
        self.assertIn("| good | 3.00 | 3.10 | 3.20 |", page)

    def test_plot_is_xml(self):
        texts = [e.text for e in ElementTree.fromstring(report.plot(RUN)).iter() if e.tag.endswith("text")]
        self.assertIn("good", texts)
        self.assertIn("0.50", texts)


if __name__ == "__main__":
    unittest.main()
