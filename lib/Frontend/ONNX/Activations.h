//===- Activations.h - activation functions by name -------------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLC_FRONTEND_ONNX_ACTIVATIONS_H
#define DLC_FRONTEND_ONNX_ACTIVATIONS_H

#include "Frontend/Common/OpTable.h"

namespace dlc::onnx {

/// An activation function, its parameters' defaults, and which it has. As an
/// operator it has them as attributes `alpha` and `beta`.
struct NamedActivation {
  llvm::StringLiteral name;
  Tensor (*build)(TensorBuilder &, Tensor, double alpha, double beta);
  double alpha = 0, beta = 0;
  bool hasAlpha = false, hasBeta = false;
};

/// The function of a name, in any case of letters; null: not known.
const NamedActivation *findActivation(llvm::StringRef name);

/// The operator whose name is a function's.
Tensors activation(TensorBuilder &b, NodeArgs &n);

} // namespace dlc::onnx

#endif // DLC_FRONTEND_ONNX_ACTIVATIONS_H
