#!/usr/bin/env python3
#===- make_cases.py - make the committed test cases -----------*- Python -*-===#
#
# Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
"""Makes the cases under test/models/cases: small ONNX models with their inputs
and the outputs of PyTorch or ONNX Runtime.

    make_cases.py [--only 'conv*'] [--out FOLDER] [--list]

Needs numpy, onnx and onnxruntime; the networks (nets_*.py) torch, onnxscript and
transformers too, and are left alone where those are missing.
"""
import argparse
import fnmatch
import importlib
import os
import shutil
import sys
import traceback

from kit import HERE, MAKERS

OPERATORS = ("ops_conv", "ops_control", "ops_math", "ops_move", "ops_rnn", "ops_graph", "ops_search", "ops_sample",
             "ops_types", "ops_microsoft", "ops_ml", "ops_images", "ops_strings", "rejects")
NETWORKS = ("nets_vision", "nets_text")


def load():
    for module in OPERATORS:
        importlib.import_module(module)
    try:
        import torch  # noqa: F401
    except ImportError:
        print("no torch: the networks are not made", file=sys.stderr)
        return
    for module in NETWORKS:
        importlib.import_module(module)


def make(name, out):
    """Makes one case beside its old self and swaps them."""
    final, draft = os.path.join(out, name), os.path.join(out, "." + name)
    shutil.rmtree(draft, ignore_errors=True)
    try:
        MAKERS[name](draft)
    except Exception:
        traceback.print_exc()
        shutil.rmtree(draft, ignore_errors=True)
        return False
    shutil.rmtree(final, ignore_errors=True)
    os.rename(draft, final)
    return True


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", action="append", default=[], help="shell pattern of names (repeatable)")
    parser.add_argument("--out", default=os.path.join(HERE, "cases"))
    parser.add_argument("--list", action="store_true")
    options = parser.parse_args()
    load()
    names = [n for n in MAKERS if not options.only or any(fnmatch.fnmatch(n, p) for p in options.only)]
    if options.list:
        print("\n".join(names))
        return 0
    os.makedirs(options.out, exist_ok=True)
    failed = [n for n in names if not make(n, options.out)]
    for name in failed:
        print("not made:", name)
    print(f"{len(names) - len(failed)} made, {len(failed)} not")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
