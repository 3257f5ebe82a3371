//===- AttentionArgs.h - what attention operators share --------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLC_FRONTEND_ONNX_ATTENTIONARGS_H
#define DLC_FRONTEND_ONNX_ATTENTIONARGS_H

#include "Frontend/Common/OpTable.h"

namespace dlc::onnx {

/// [batch, length, heads * size] as [batch, length, heads, size].
Tensor splitHeads(TensorBuilder &b, NodeArgs &n, Tensor x, int64_t heads);

/// Whether `rotated` elements of a head of `size` can be turned by caches of
/// `half` a row; 0 stands for all that there are. Anything else is reported.
bool checkRotation(NodeArgs &n, Dim size, Dim half, Dim &rotated);

} // namespace dlc::onnx

#endif // DLC_FRONTEND_ONNX_ATTENTIONARGS_H
