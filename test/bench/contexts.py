#!/usr/bin/env python3
#===- contexts.py - two contexts at once ----------------------*- Python -*-===#
#
# Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
"""Times one context of a library, two at once and two processes (contexts.c), and adds
that to a file that compare.py wrote.

    contexts.py FOLDER... --dlc build/bin/dlc --json FILE [--only REGEX] [--realtime]
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile

from compare import find
from engines import Place

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
FEW = "^(gpt2_decode_kv512|mobilenet_v2|resnet50_b1)$"


def times(dlc, model, place, work):
    with tempfile.TemporaryDirectory(prefix="dlc-bench-", dir=work) as folder:
        library, program = os.path.join(folder, "libmodel.a"), os.path.join(folder, "contexts")
        subprocess.run([dlc, model, "--emit=lib", "-o", library], check=True)
        subprocess.run(["cc", "-O2", "-I", os.path.join(ROOT, "include"), os.path.join(HERE, "contexts.c"), library,
                        "-lpthread", "-lm", "-o", program], check=True)
        done = subprocess.run([program], check=True, stdout=subprocess.PIPE, preexec_fn=place.take)
        return json.loads(done.stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", metavar="FOLDER")
    parser.add_argument("--dlc", required=True)
    parser.add_argument("--json", required=True, metavar="FILE")
    parser.add_argument("--only", default=FEW, metavar="REGEX")
    parser.add_argument("--realtime", action="store_true", help="as of compare.py")
    parser.add_argument("--work", help="as of compare.py")
    args = parser.parse_args()
    with open(args.json) as f:
        run = json.load(f)
    run["contexts"] = {network.name: times(os.path.abspath(args.dlc), network.model, Place(2, args.realtime), args.work)
                       for network in find(args.folders, args.only)}
    with open(args.json, "w") as f:
        json.dump(run, f, indent=1)
    return 0


if __name__ == "__main__":
    sys.exit(main())
