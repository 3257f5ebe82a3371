#===- unittests.py - how a suite of unittest's is started ------*- Python -*-===#
#
# Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
"""Takes --build off the command line, which unittest.main() reads."""
import argparse
import os
import sys


def take_build(description, default):
    """The absolute path of the build folder."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default=default)
    options, rest = parser.parse_known_args()
    sys.argv[1:] = rest
    return os.path.abspath(options.build)
