#!/usr/bin/env bash
# Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# From a bare Debian 12 to a compiled network: installs the packages, builds dlc,
# compiles the handwritten-digits network to an executable and runs it on the
# images that were kept out of its training.
set -euo pipefail
cd "$(dirname "$0")/.."

test/setup.sh
cmake --preset release >/dev/null
cmake --build --preset release --target dlc

model=test/models/digits
out=build/demo
mkdir -p "$out"

echo
echo "+ build/bin/dlc $model/digits.onnx -o $out/digits"
build/bin/dlc $model/digits.onnx -o $out/digits
echo "+ $out/digits --inputs $model/test.npz --outputs $out/scores.npz"
$out/digits --inputs $model/test.npz --outputs $out/scores.npz

# Debian's interpreter, whatever else PATH offers: it is the one with numpy.
exec /usr/bin/python3 $model/show.py $out/digits $out/scores.npz
