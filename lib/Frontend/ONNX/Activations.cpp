//===- Activations.cpp - activation functions -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Frontend/Common/Composites.h"
#include "Frontend/Common/TensorDetail.h"
#include "Frontend/ONNX/Ops.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;
using namespace dlc;

static Tensors relu(TensorBuilder &b, NodeArgs &n) {
  return b.relu(n.input(0, "X"));
}

static Tensors leakyRelu(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "X");
  return b.select(b.ge(x, 0.0), x, x * n.real("alpha", 0.01));
}

static Tensors pRelu(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "X"), slope = n.input(1, "slope");
  // Before version 7 a vector has one slope for each channel.
  if (x && slope && n.version() < 7 && slope.rank() == 1 &&
      slope.shape()[0] != 1)
    slope = perChannel(b, slope, std::max<int64_t>(x.rank() - 2, 0));
  return b.select(b.ge(x, 0.0), x, x * slope);
}

static Tensors elu(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "X");
  return b.select(b.ge(x, 0.0), x, b.expm1(x) * n.real("alpha", 1));
}

static Tensors selu(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "X");
  bool isFirst = n.version() < 6;
  double alpha = n.real("alpha", isFirst ? 1.6732 : 1.67326319217681884765625),
         gamma = n.real("gamma", isFirst ? 1.0507 : 1.05070102214813232421875);
  return b.select(b.gt(x, 0.0), x * gamma, b.expm1(x) * (alpha * gamma));
}

static Tensors celu(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "X");
  double alpha = n.real("alpha", 1);
  return b.max(x, 0.0) + b.min(b.expm1(x / alpha) * alpha, 0.0);
}

static Tensors thresholdedRelu(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "X");
  return b.select(b.gt(x, n.real("alpha", 1)), x, b.like(0, x));
}

static Tensor clampUnit(TensorBuilder &b, Tensor x) {
  return b.clamp(x, b.like(0, x), b.like(1, x));
}

static Tensors hardSigmoid(TensorBuilder &b, NodeArgs &n) {
  double alpha = n.real("alpha", 0.2), beta = n.real("beta", 0.5);
  return clampUnit(b, n.input(0, "X") * alpha + beta);
}

static Tensors hardSwish(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "X");
  return x * clampUnit(b, x * (1.0 / 6) + 0.5);
}

Tensor onnx::softplus(TensorBuilder &b, Tensor x) {
  return b.max(x, 0.0) + b.log1p(b.exp(-b.abs(x)));
}

static Tensors softplusOp(TensorBuilder &b, NodeArgs &n) {
  return onnx::softplus(b, n.input(0, "X"));
}

static Tensors softsign(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "input");
  return x / (b.abs(x) + 1.0);
}

static Tensors mish(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "X");
  return x * b.tanh(onnx::softplus(b, x));
}

static Tensors swish(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "X");
  double alpha = n.real("alpha", 1);
  return x * b.sigmoid(alpha == 1 ? x : x * alpha);
}

static Tensors swiGLU(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "A"), y = n.input(1, "B");
  double alpha = n.real("alpha", 1);
  if (x && y && failed(verifyCompatibleShape(x.type(), y.type())))
    return n.error("inputs A and B must be of one shape, not " +
                   describe(x.shape()) + " and " + describe(y.shape()));
  return x * b.sigmoid(alpha == 1 ? x : x * alpha) * y;
}

static Tensors shrink(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "input");
  double bias = n.real("bias", 0), lambda = n.real("lambd", 0.5);
  Tensor above = b.select(b.gt(x, lambda), x - bias, b.like(0, x));
  return b.select(b.lt(x, -lambda), x + bias, above);
}

ArrayRef<OpRow> onnx::activationOps() {
  static const OpRow rows[] = {
      {"Relu", 1, relu},
      {"LeakyRelu", 1, leakyRelu},
      {"PRelu", 1, pRelu, {2, 2}},
      {"Elu", 1, elu},
      {"Selu", 1, selu},
      {"Celu", 12, celu},
      {"ThresholdedRelu", 1, thresholdedRelu},
      {"HardSigmoid", 1, hardSigmoid},
      {"HardSwish", 14, hardSwish},
      {"Softplus", 1, softplusOp},
      {"Softsign", 1, softsign},
      {"Mish", 18, mish},
      {"Swish", 24, swish},
      {"SwiGLU", 28, swiGLU, {2, 2}},
      {"Shrink", 9, shrink},
  };
  return rows;
}
