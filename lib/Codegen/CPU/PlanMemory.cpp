//===- PlanMemory.cpp - where in the arena each buffer lies -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Codegen/CPU/PlanMemory.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/MathExtras.h"

using namespace dlc::cpu;

MemoryPlan dlc::cpu::planMemory(llvm::ArrayRef<Buffer> buffers,
                                int64_t alignment) {
  MemoryPlan plan;
  plan.offsets.assign(buffers.size(), 0);
  auto order = llvm::to_vector(llvm::seq<size_t>(0, buffers.size()));
  llvm::sort(order, [&](size_t a, size_t b) {
    return std::pair(-buffers[a].size, a) < std::pair(-buffers[b].size, b);
  });
  llvm::SmallVector<size_t> placed; // by offset
  for (size_t i : order) {
    const Buffer &buffer = buffers[i];
    int64_t offset = 0;
    for (size_t j : placed) {
      const Buffer &other = buffers[j];
      if (other.last < buffer.first || buffer.last < other.first)
        continue;
      if (offset + buffer.size <= plan.offsets[j])
        break;
      offset = std::max(offset, static_cast<int64_t>(llvm::alignTo(
                                    plan.offsets[j] + other.size, alignment)));
    }
    plan.offsets[i] = offset;
    plan.size = std::max(plan.size, offset + buffer.size);
    auto at = llvm::upper_bound(placed, offset, [&](int64_t o, size_t j) {
      return o < plan.offsets[j];
    });
    placed.insert(at, i);
  }
  plan.size = llvm::alignTo(plan.size, alignment);
  return plan;
}
