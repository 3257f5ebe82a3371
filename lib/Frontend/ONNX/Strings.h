//===- Strings.h - what takes strings ---------------------------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLC_FRONTEND_ONNX_STRINGS_H
#define DLC_FRONTEND_ONNX_STRINGS_H

#include "Frontend/Common/OpTable.h"

namespace dlc::onnx {

/// Whether an input of a node may be a tensor of strings.
bool takesStrings(graph::NodeOp node, unsigned input);
/// Whether it may be one of complex numbers.
bool takesComplex(graph::NodeOp node, unsigned input);

/// Numbers as text; strings stay as they are.
Tensor toString(TensorBuilder &b, Tensor x);
/// Strings as numbers: of this type or, where it is a narrow one, of a wide one
/// of its kind, which is to be converted.
Tensor fromString(TensorBuilder &b, Tensor x, mlir::Type type);

} // namespace dlc::onnx

#endif // DLC_FRONTEND_ONNX_STRINGS_H
