//===- Isa.h - what kernels need to know of an instruction set -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LIB_CODEGEN_CPU_ISA_H
#define LIB_CODEGEN_CPU_ISA_H

#include "llvm/ADT/StringRef.h"
#include <cstdint>

namespace dlc::cpu {

/// The parameters of every kernel generator. One generator serves all ISAs.
struct Isa {
  const char *name = "avx512";
  int64_t vectorBytes = 64; ///< of one register
  int64_t registers = 32;   ///< vector registers
  bool hasFma = true;       ///< a fused multiply-add instruction
  bool hasScale = false;    ///< AVX-512's x 2^n
  int64_t l2 = 1 << 20;     ///< bytes of a core's second-level cache

  int64_t lanes() const { return vectorBytes / 4; }

  static Isa avx512() { return {.hasScale = true}; }
  static Isa avx2() {
    return {.name = "avx2", .vectorBytes = 32, .registers = 16};
  }
  static Isa sse() {
    return {.name = "sse", .vectorBytes = 16, .registers = 16, .hasFma = false};
  }
  static Isa neon() { return {.name = "neon", .vectorBytes = 16}; }
};

/// Bytes of a core's second-level cache, of a processor by LLVM's name.
int64_t secondLevelCache(llvm::StringRef cpu);

} // namespace dlc::cpu

#endif // LIB_CODEGEN_CPU_ISA_H
