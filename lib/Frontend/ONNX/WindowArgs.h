//===- WindowArgs.h - the attributes that all windows have ------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLC_FRONTEND_ONNX_WINDOWARGS_H
#define DLC_FRONTEND_ONNX_WINDOWARGS_H

#include "Frontend/Common/Composites.h"
#include "Frontend/Common/OpTable.h"

namespace dlc::onnx {

/// A list of `count` sizes from `low` to below 2^31, so that sums of products
/// of two of them can't overflow.
Ints sizeList(NodeArgs &n, llvm::StringRef name, size_t count, int64_t low,
              int64_t otherwise);
/// The window over x; `kernel` is its size where an input gives it, else empty.
std::optional<WindowSpec> window(NodeArgs &n, Tensor x,
                                 llvm::ArrayRef<int64_t> kernel = {});
/// The window of a convolution with kernel w, whose shape it checks. What an
/// attribute says of open sizes of w becomes known.
std::optional<WindowSpec> kernelWindow(TensorBuilder &b, NodeArgs &n, Tensor x,
                                       Tensor &w);
/// A bias is null or one number for each channel; anything else is reported.
bool checkBias(TensorBuilder &b, NodeArgs &n, Tensor bias, Dim channels);
/// An attribute that counts groups.
int64_t groupCount(NodeArgs &n, llvm::StringRef name = "group");

/// Applies a function of [n, c, ...] to x, which may have its channels last.
Tensor inChannelsFirst(TensorBuilder &b, NodeArgs &n, Tensor x, bool last,
                       llvm::function_ref<Tensor(Tensor)> fn);

/// Conv's attributes applied to any operands; the bias may be null.
Tensor convolve(TensorBuilder &b, NodeArgs &n, Tensor x, Tensor w, Tensor bias);

} // namespace dlc::onnx

#endif // DLC_FRONTEND_ONNX_WINDOWARGS_H
