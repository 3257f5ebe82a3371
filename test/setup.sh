#!/usr/bin/env bash
# Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Installs what dlc is built and tested with, on Debian 12. Does nothing when
# all of it is there. LLVM and MLIR 22 come from Debian itself (security).
set -euo pipefail

packages=(
  clang-22 lld-22 libclang-rt-22-dev
  llvm-22-dev llvm-22-tools libmlir-22-dev mlir-22-tools liblld-22-dev
  cmake ninja-build ccache
  zlib1g-dev libzstd-dev musl-dev libgtest-dev
  libjpeg62-turbo-dev libpng-dev libwebp-dev libtiff-dev libdeflate-dev libopenjp2-7-dev
  valgrind
  ca-certificates git python3 python3-venv python3-numpy
)

missing() {
  for p in "${packages[@]}"; do
    dpkg-query -W -f='${Status}' "$p" 2>/dev/null | grep -q '^install ok installed$' || echo "$p"
  done
}

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
  echo "$0: no apt-get here: install the equivalents of: ${packages[*]}" >&2
  exit 1
fi

mapfile -t wanted < <(missing)
[ "${#wanted[@]}" -gt 0 ] || exit 0

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo >/dev/null; then
    echo "$0: run me once as root (or install sudo): packages are missing: ${wanted[*]}" >&2
    exit 1
  fi
  as_root=(sudo)
fi

echo "installing: ${wanted[*]}"
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
  apt-get install -y -qq --no-install-recommends "${wanted[@]}" >/dev/null
