//===- PlanMemory.h - where in the arena each buffer lies -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LIB_CODEGEN_CPU_PLANMEMORY_H
#define LIB_CODEGEN_CPU_PLANMEMORY_H

#include "llvm/ADT/ArrayRef.h"
#include <cstdint>
#include <vector>

namespace dlc::cpu {

/// A buffer of `size` bytes that is live from step `first` to step `last`, both
/// included.
struct Buffer {
  int64_t size, first, last;
};

struct MemoryPlan {
  std::vector<int64_t> offsets; ///< one a buffer, multiples of the alignment
  int64_t size = 0;
};

/// Places buffers so that those live at the same time do not overlap: the
/// largest first, each at the lowest offset that is free for as long as it
/// lives.
MemoryPlan planMemory(llvm::ArrayRef<Buffer> buffers, int64_t alignment = 64);

} // namespace dlc::cpu

#endif // LIB_CODEGEN_CPU_PLANMEMORY_H
