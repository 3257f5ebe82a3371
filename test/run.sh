#!/usr/bin/env bash
# Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Sets up, builds and runs every test; ends in one line 'N passed, M failed'.
#
#   test/run.sh [PRESET] [SUITE...]     PRESET: release (default), dev or asan
#                                       SUITE: of test/suites.py; default: all
set -euo pipefail
cd "$(dirname "$0")/.."

preset=release
case "${1:-}" in
  release | dev | asan)
    preset=$1
    shift
    ;;
esac
build=build
[ "$preset" = release ] || build=build-$preset

test/setup.sh

# The references that the tests compare with, of fixed versions.
venv=.venv
if ! cmp -s test/requirements.txt "$venv/requirements.txt"; then
  /usr/bin/python3 -m venv --clear "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check -r test/requirements.txt
  cp test/requirements.txt "$venv/requirements.txt"
fi

cmake --preset "$preset" >/dev/null
cmake --build --preset "$preset"

exec "$venv/bin/python" test/suites.py --build "$build" "$@"
