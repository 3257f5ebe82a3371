//===- Isa.h - what kernels need to know of an instruction set -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LIB_CODEGEN_CPU_ISA_H
#define LIB_CODEGEN_CPU_ISA_H

#include <cstdint>

namespace dlc::cpu {

/// The parameters of every kernel generator. One generator serves all ISAs.
struct Isa {
  const char *name = "avx512";
  int64_t vectorBytes = 64; ///< of one register
  int64_t registers = 32;   ///< vector registers
  bool hasFma = true;       ///< a fused multiply-add instruction
  int64_t l2 = 1 << 20;     ///< bytes of a core's second-level cache

  int64_t lanes() const { return vectorBytes / 4; }
  /// x * 2^n as one instruction: AVX-512's vscalef.
  bool hasScale() const { return vectorBytes == 64; }

  static Isa avx512() { return {}; }
  static Isa avx2() { return {"avx2", 32, 16}; }
  static Isa sse() { return {"sse", 16, 16, false}; }
  static Isa neon() { return {"neon", 16, 32}; }
};

} // namespace dlc::cpu

#endif // LIB_CODEGEN_CPU_ISA_H
