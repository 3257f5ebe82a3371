//===- Window.h - what convolutions and pooling have in common -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DIALECTS_DLC_WINDOW_H
#define DIALECTS_DLC_WINDOW_H

#include "dialects/dlc/ShapeAlgebra.h"

namespace dlc {

/// How a window moves over the spatial dimensions of a channels-last tensor.
struct Window {
  llvm::ArrayRef<int64_t> strides, dilations;
  llvm::ArrayRef<int64_t> pads; ///< low ends, then high ends
};

/// Appends the sizes of the spatial dimensions of a window op's result.
mlir::LogicalResult windowShape(ShapeAlgebra &s, mlir::Value input,
                                llvm::ArrayRef<int64_t> kernel,
                                const Window &window,
                                llvm::SmallVectorImpl<Dim> &dims);

} // namespace dlc

#endif // DIALECTS_DLC_WINDOW_H
