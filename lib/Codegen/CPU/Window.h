//===- Window.h - where windows meet their input's edges --------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LIB_CODEGEN_CPU_WINDOW_H
#define LIB_CODEGEN_CPU_WINDOW_H

#include "Codegen/CPU/IndexMath.h"

namespace dlc::cpu {

/// From the first to behind the last of some neighbours.
struct Span {
  mlir::Value first, last;
};

/// The windows along one dimension of a convolution or a pool.
struct WindowDim {
  mlir::Value input, output; ///< sizes
  int64_t window, stride, dilation;
  int64_t pad; ///< before the input

  /// The first window element of an output element, less than 0 where it lies
  /// before the input.
  mlir::Value start(IndexMath &m, mlir::Value output) const;
  /// The window elements from `start` on that lie inside of the input.
  Span clip(IndexMath &m, mlir::Value start) const;
  /// The output elements whose windows lie inside as a whole.
  Span inside(IndexMath &m) const;
  /// Whether that is known of all of them.
  bool isInside(IndexMath &m) const;
};

/// Those of all dimensions of `window`. The sizes are of tensors whose first
/// dimension counts images.
llvm::SmallVector<WindowDim>
windowDims(mlir::ValueRange input, mlir::ValueRange output,
           llvm::ArrayRef<int64_t> window, llvm::ArrayRef<int64_t> strides,
           llvm::ArrayRef<int64_t> dilations, llvm::ArrayRef<int64_t> pads);

/// Neighbours along a dimension that are computed alike, `size` at once.
struct Part {
  Span range;
  int64_t size;
  bool isWhole;      ///< no window of theirs reaches beyond the input
  Span without = {}; ///< numbers that are left out, if any; then come the next

  mlir::Value number(IndexMath &m, mlir::Value i) const;
};

/// Outputs of known number in tiles of at most `most`, as equal as can be;
/// those that aren't all of [from, to) are parts of their own.
llvm::SmallVector<Part> tilesOf(IndexMath &m, int64_t count, int64_t most,
                                int64_t from, int64_t to);

} // namespace dlc::cpu

#endif // LIB_CODEGEN_CPU_WINDOW_H
