#===- options.py - options and their page ---------------------*- Python -*-===#
#
# Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
"""options.py PAGE < HELP: every option that a --help prints is on the page."""
import re
import sys

page = open(sys.argv[1]).read()
options = re.findall(r"^  (-{1,2}[^\s=,<]+)", sys.stdin.read(), re.MULTILINE)
spelled = [o.replace("LEVEL", "0") for o in options]
missing = [o for o in spelled if not re.search(re.escape(o) + r"(?![a-z])", page)]
if len(options) < 5 or missing:
    sys.exit(f"{len(options)} options; not on the page: {missing}")
