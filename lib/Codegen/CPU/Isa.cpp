//===- Isa.cpp - the caches of processors -----------------------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Codegen/CPU/Isa.h"
#include "llvm/ADT/StringSwitch.h"

// By name, and never by what the machine at hand says: the same command must
// give the same program everywhere. A cache that cores share counts by share.
int64_t dlc::cpu::secondLevelCache(llvm::StringRef cpu) {
  constexpr int64_t kB = 1 << 10, MB = 1 << 20;
  return llvm::StringSwitch<int64_t>(cpu)
      .Cases({"haswell", "core-avx2", "broadwell", "skylake"}, 256 * kB)
      .Cases({"x86-64-v2", "x86-64-v3", "znver1", "znver2", "znver3"}, 512 * kB)
      .Cases({"icelake-client", "rocketlake", "cannonlake"}, 512 * kB)
      .Cases({"cortex-a72", "cortex-a76", "neoverse-e1"}, 512 * kB)
      .Cases({"icelake-server", "tigerlake", "alderlake"}, 1280 * kB)
      .Cases({"raptorlake", "meteorlake", "lunarlake", "arrowlake"}, 2 * MB)
      .Cases({"sapphirerapids", "emeraldrapids", "graniterapids"}, 2 * MB)
      .Cases({"graniterapids-d", "diamondrapids", "neoverse-v2"}, 2 * MB)
      .Cases({"apple-m1", "apple-m2", "apple-m3", "apple-m4"}, 3 * MB)
      .Default(1 * MB);
}
