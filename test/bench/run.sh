#!/usr/bin/env bash
# Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Measures compiled networks beside ONNX Runtime and OpenVINO, and writes
# docs/performance.md.
#
#   test/bench/run.sh [--only REGEX]     networks; default: all of models.py
#   test/bench/run.sh --kernels          single operators, for docs/kernels.md
#
# Takes some 10 GB of disk below build/bench, and a quiet machine.
set -euo pipefail
cd "$(dirname "$0")/../.."
here=test/bench
work=build/bench
only=() kernels=
case "${1:-}" in
  --only) only=(--only "$2") ;;
  --kernels) kernels=1 ;;
esac

mkdir -p "$work"
venv=$work/venv
if ! cmp -s "$here/requirements.txt" "$venv/requirements.txt"; then
  python3 -m venv --clear "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check -r "$here/requirements.txt"
  cp "$here/requirements.txt" "$venv/requirements.txt"
fi
[ -f build/CMakeCache.txt ] || cmake --preset release >/dev/null
cmake --build build --target dlc dlc_runtime
if [ "$kernels" ]; then
  exec "$venv/bin/python" "$here/kernels.py" --dlc build/bin/dlc --work "$work/kernels" --out docs
fi
"$venv/bin/python" "$here/models.py" "$work/networks" "${only[@]}"
"$venv/bin/python" "$here/models.py" "$work/open" --open "${only[@]}"

runs=()
for threads in 1 2; do
  [ "$threads" -le "$(nproc)" ] || continue
  "$venv/bin/python" "$here/compare.py" "$work/networks" "${only[@]}" --dlc build/bin/dlc --threads "$threads" \
    --work "$work" --json "$work/$threads.json"
  runs+=("$work/$threads.json")
done
"$venv/bin/python" "$here/memory.py" "$work/networks" --json "$work/1.json"
"$venv/bin/python" "$here/contexts.py" "$work/networks" --dlc build/bin/dlc --work "$work" --json "$work/1.json"
"$venv/bin/python" "$here/compare.py" "$work/open" "${only[@]}" --dlc build/bin/dlc --threads 1 --work "$work" \
  --json "$work/open.json"
"$venv/bin/python" "$here/report.py" "${runs[@]}" --open "$work/open.json" --out docs
