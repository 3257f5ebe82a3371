#!/usr/bin/env python3
#===- operators.py - what the suite's cases test of each operator -*- Python -*-===#
#
# Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
"""Writes onnx-operators.txt: a line for each operator that ONNX's backend suite has
cases of one node for, in the form

    NAME  PASSING/ALL  PASSING/ALL of the dynamic twins  types in passing cases

from the installed onnx package and the lists of failing cases. docs/onnx.md is made
from it.

    operators.py [--check]      exit code 1 if the file is not what it should be
"""
import argparse
import os
import sys
import warnings

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "e2e"))

import onnx_suite  # noqa: E402

TABLE = os.path.join(HERE, "onnx-operators.txt")
STATIC, DYNAMIC = (os.path.join(HERE, f"onnx{kind}-failing.txt") for kind in ("", "-dynamic"))


def single_nodes():
    """The name of each case of one node, and its model."""
    from onnx.backend.test import loader
    with warnings.catch_warnings(action="ignore"):
        tests = loader.load_model_tests(kind="node")
    for test in tests:
        if test.model is not None and len(test.model.graph.node) == 1:
            yield f"node/{test.name}", test.model


def types(model):
    """Of the elements that go into and come out of a model."""
    import onnx
    for info in [*model.graph.input, *model.graph.output]:
        kind = info.type
        while (which := kind.WhichOneof("value")) in ("sequence_type", "optional_type"):
            kind = getattr(kind, which).elem_type
        if which == "tensor_type":
            yield onnx.TensorProto.DataType.Name(kind.tensor_type.elem_type).lower()


def table():
    failing, open_failing = ({name for name, _ in onnx_suite.read_known(path)} for path in (STATIC, DYNAMIC))
    rows = {}
    for name, model in single_nodes():
        node = model.graph.node[0]
        row = rows.setdefault(".".join(filter(None, (node.domain, node.op_type))), [0, 0, 0, set()])
        row[0] += 1
        row[1] += name not in failing
        row[2] += name not in failing | open_failing
        if name not in failing:
            row[3].update(types(model))
    return "".join(f"{op}  {static}/{count}  {dynamic}/{count}  {' '.join(sorted(seen)) or '-'}\n"
                   for op, (count, static, dynamic, seen) in sorted(rows.items()))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    text = table()
    if not parser.parse_args().check:
        with open(TABLE, "w") as f:
            f.write(text)
        return 0
    with open(TABLE) as f:
        same = f.read() == text
    print("1 passed, 0 failed" if same else "onnx-operators.txt is stale: run test/suite/operators.py\n0 passed, 1 failed")
    return not same


if __name__ == "__main__":
    sys.exit(main())
