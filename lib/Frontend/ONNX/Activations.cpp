//===- Activations.cpp - activation functions -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Frontend/ONNX/Activations.h"

#include "Frontend/Common/Composites.h"
#include "Frontend/Common/TensorDetail.h"
#include "Frontend/ONNX/Ops.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;
using namespace dlc;

//===----------------------------------------------------------------------===//
// By name
//===----------------------------------------------------------------------===//

static const onnx::NamedActivation kActivations[] = {
    {"Relu",
     [](TensorBuilder &b, Tensor x, double, double) { return b.relu(x); }},
    {"Tanh",
     [](TensorBuilder &b, Tensor x, double, double) { return b.tanh(x); }},
    {"Sigmoid",
     [](TensorBuilder &b, Tensor x, double, double) { return b.sigmoid(x); }},
    {"Softsign", [](TensorBuilder &b, Tensor x, double,
                    double) { return x / (b.abs(x) + 1.0); }},
    {"Softplus", [](TensorBuilder &b, Tensor x, double,
                    double) { return onnx::softplus(b, x); }},
    {"Affine",
     [](TensorBuilder &b, Tensor x, double alpha, double beta) {
       return x * alpha + beta;
     },
     1, 0, true, true},
    {"LeakyRelu",
     [](TensorBuilder &b, Tensor x, double alpha, double) {
       return b.select(b.ge(x, 0.0), x, x * alpha);
     },
     0.01, 0, true},
    {"ThresholdedRelu",
     [](TensorBuilder &b, Tensor x, double alpha, double) {
       return b.select(b.gt(x, alpha), x, b.like(0, x));
     },
     1, 0, true},
    {"ScaledTanh",
     [](TensorBuilder &b, Tensor x, double alpha, double beta) {
       return b.tanh(x * beta) * alpha;
     },
     1, 1, true, true},
    {"HardSigmoid",
     [](TensorBuilder &b, Tensor x, double alpha, double beta) {
       return b.clamp(x * alpha + beta, b.like(0, x), b.like(1, x));
     },
     0.2, 0.5, true, true},
    {"Elu",
     [](TensorBuilder &b, Tensor x, double alpha, double) {
       return b.select(b.ge(x, 0.0), x, b.expm1(x) * alpha);
     },
     1, 0, true},
};

const onnx::NamedActivation *onnx::findActivation(StringRef name) {
  auto *found = llvm::find_if(kActivations, [&](const NamedActivation &a) {
    return name.equals_insensitive(a.name);
  });
  return found == std::end(kActivations) ? nullptr : found;
}

Tensors onnx::activation(TensorBuilder &b, NodeArgs &n) {
  const NamedActivation &a = *findActivation(n.op());
  Tensor x = n.input(0, "X");
  double alpha = a.hasAlpha ? n.real("alpha", a.alpha) : 0,
         beta = a.hasBeta ? n.real("beta", a.beta) : 0;
  return a.build(b, x, alpha, beta);
}

//===----------------------------------------------------------------------===//
// Others
//===----------------------------------------------------------------------===//

static Tensors pRelu(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "X"), slope = n.input(1, "slope");
  // Before version 7 a vector has one slope for each channel.
  if (x && slope && n.version() < 7 && slope.rank() == 1 &&
      slope.shape()[0] != 1)
    slope = perChannel(b, slope, std::max<int64_t>(x.rank() - 2, 0));
  return b.select(b.ge(x, 0.0), x, x * slope);
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
  return b.select(b.ge(x, 0.0), x, b.expm1(x / alpha) * alpha);
}

static Tensor clampUnit(TensorBuilder &b, Tensor x) {
  return b.clamp(x, b.like(0, x), b.like(1, x));
}

static Tensors hardSwish(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "X");
  return x * clampUnit(b, x * (1.0 / 6) + 0.5);
}

Tensor onnx::softplus(TensorBuilder &b, Tensor x) {
  // -abs(x), with a derivative of 1 at 0, where that of the maximum is none.
  Tensor magnitude = b.select(b.gt(x, 0.0), -x, x);
  return b.max(x, 0.0) + b.log1p(b.exp(magnitude));
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
  if (!x)
    return x;
  Tensor v = onnx::withNumbers(b, x, {bias, lambda, -lambda});
  Tensor above = b.select(b.gt(v, lambda), v - bias, b.like(0, v));
  return b.cast(b.select(b.lt(v, -lambda), v + bias, above), x.elementType());
}

ArrayRef<OpRow> onnx::activationOps() {
  static const OpRow rows[] = {
      {"Relu", 1, activation},
      {"LeakyRelu", 1, activation},
      {"PRelu", 1, pRelu, {2, 2}},
      {"Elu", 1, activation},
      {"Selu", 1, selu},
      {"Celu", 12, celu},
      {"ThresholdedRelu", 1, activation},
      {"HardSigmoid", 1, activation},
      {"HardSwish", 14, hardSwish},
      {"Softplus", 1, activation},
      {"Softsign", 1, activation},
      {"Mish", 18, mish},
      {"Swish", 24, swish},
      {"SwiGLU", 28, swiGLU, {2, 2}},
      {"Shrink", 9, shrink},
  };
  return rows;
}
