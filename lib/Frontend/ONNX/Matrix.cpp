//===- Matrix.cpp - matrix products -----------------------------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Frontend/Common/Composites.h"
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

/// x less its zero point, as i32. A vector of zero points is one for each row
/// of a left operand, which is a column.
static Tensor centred(TensorBuilder &b, NodeArgs &n, Tensor x, size_t zeroPoint,
                      bool isLeft) {
  if (!x || !n.has(zeroPoint))
    return x;
  Tensor zero = n.input(zeroPoint);
  // Narrow operands are left alone where they can be.
  if (auto known = b.constantInts(zero);
      known && llvm::all_of(*known, [](int64_t v) { return v == 0; }))
    return x;
  Type i32 = IntegerType::get(b.context(), 32);
  zero = b.cast(zero, i32);
  if (zero && zero.rank() == 1 && isLeft && zero.shape()[0] != 1)
    zero = b.unsqueeze(zero, 1);
  return b.cast(x, i32) - zero;
}

static Tensors matMulInteger(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "A"), y = n.input(1, "B");
  if (!x || !y)
    return Tensor();
  if (!isa<IntegerType>(x.elementType()) || !isa<IntegerType>(y.elementType()))
    return n.error("inputs A and B must be integers");
  x = centred(b, n, x, 2, /*isLeft=*/true);
  y = centred(b, n, y, 3, /*isLeft=*/false);
  if (!x || !y)
    return Tensor();
  Type i32 = IntegerType::get(b.context(), 32);
  if (x.elementType() != y.elementType() &&
      (x.elementType() == i32 || y.elementType() == i32)) {
    x = b.cast(x, i32);
    y = b.cast(y, i32);
  }
  return b.matmul(x, y);
}

ArrayRef<OpRow> dlc::onnx::matrixOps() {
  static const OpRow rows[] = {
      {"MatMul", 1, matMul, {2, 2}},
      {"Gemm", 1, gemm, {2, 3}},
      {"MatMulInteger", 10, matMulInteger, {2, 4}},
  };
  return rows;
}
