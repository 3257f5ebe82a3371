//===- Matrix.cpp - matrix products -----------------------------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Frontend/ONNX/Ops.h"

using namespace mlir;
using namespace dlc;

static Tensors matMul(TensorBuilder &b, NodeArgs &n) {
  return b.matmul(n.input(0, "A"), n.input(1, "B"));
}

static Tensor scaled(Tensor x, double factor) {
  return factor == 1 ? x : x * factor;
}

static Tensors gemm(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "A"), y = n.input(1, "B");
  double alpha = n.real("alpha", 1), beta = n.real("beta", 1);
  if (n.version() < 7)
    n.ignore("broadcast"); // C fits or it does not
  bool transX = n.flag("transA", false), transY = n.flag("transB", false);
  if (!x || !y)
    return Tensor();
  if (x.rank() != 2 || y.rank() != 2)
    return n.error("inputs A and B have rank " + Twine(x.rank()) + " and " +
                   Twine(y.rank()) + ", expected 2");
  Tensor product = scaled(b.matmul(transX ? b.transposeLast(x) : x,
                                   transY ? b.transposeLast(y) : y),
                          alpha);
  if (!n.has(2) || beta == 0)
    return product;
  Tensor c = n.input(2, "C");
  if (c.rank() > 2)
    return n.error("input C has rank " + Twine(c.rank()) +
                   ", expected at most 2");
  return product + scaled(c, beta);
}

ArrayRef<OpRow> dlc::onnx::matrixOps() {
  static const OpRow rows[] = {
      {"MatMul", 1, matMul, {2, 2}},
      {"Gemm", 1, gemm, {2, 3}},
  };
  return rows;
}
