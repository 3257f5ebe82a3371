//===- Strided.h - copies between strided views -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LIB_EVALUATE_STRIDED_H
#define LIB_EVALUATE_STRIDED_H

#include "llvm/ADT/ArrayRef.h"
#include <cstdint>

namespace dlc {

/// A regular set of elements: where its first one lies and how far apart the
/// others are along each dimension (0 repeats, below 0 goes back), in elements.
struct Strides {
  int64_t offset = 0;
  llvm::ArrayRef<int64_t> steps;
};

/// Copies elements of `bytes` bytes; the shape is that of both sides. Runs that
/// are contiguous on both sides are copied as a whole, transposes in blocks.
void copyStrided(char *to, Strides toStrides, const char *from,
                 Strides fromStrides, llvm::ArrayRef<int64_t> shape,
                 int64_t bytes);

} // namespace dlc

#endif // LIB_EVALUATE_STRIDED_H
