//===- Matrix.cpp - matrix products -----------------------------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Frontend/Common/Composites.h"
#include "Frontend/Common/TensorDetail.h"
#include "Frontend/ONNX/Ops.h"

using namespace mlir;
using namespace dlc;

static Tensors matMul(TensorBuilder &b, NodeArgs &n) {
  return b.matmul(n.input(0, "A"), n.input(1, "B"));
}

static Tensor scaled(Tensor x, double factor) {
  return factor == 1 ? x : x * factor;
}

Tensors onnx::gemm(TensorBuilder &b, NodeArgs &n) {
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
  Tensor product = b.matmul(transX ? b.transposeLast(x) : x,
                            transY ? b.transposeLast(y) : y);
  // Integers times fractions are rounded once, at the end.
  double factors[] = {alpha, n.has(2) ? beta : 0};
  product = scaled(onnx::withNumbers(b, product, factors), alpha);
  if (!n.has(2) || beta == 0)
    return b.cast(product, x.elementType());
  Tensor c = n.input(2, "C");
  if (c.rank() > 2)
    return n.error("input C has rank " + Twine(c.rank()) +
                   ", expected at most 2");
  c = onnx::withNumbers(b, c, factors);
  return b.cast(product + scaled(c, beta), x.elementType());
}

/// One step of elimination: row and column i of the matrices [count, m, m],
/// after the row with the greatest element of the column has come to i. Gives
/// them and the determinant so far.
static Tensors eliminate(TensorBuilder &b, Dim i, Tensor x, Tensor det) {
  Tensor at = b.fromDim(i), size = b.fromDim(b.dim(x, 1));
  Tensor row = b.iota({b.dim(1), b.dim(x, 1), b.dim(1)}, 1);
  auto slice = [&](Tensor t, int64_t axis) {
    return b.sliceAxis(t, axis, i, b.dim(1));
  };
  Tensor column = slice(x, 2);
  Tensor open = b.select(b.ge(row, at), b.abs(column), b.like(-1, x));
  Tensor best = b.argReduce(ReduceKind::max, b.squeeze(open, 2), 1);
  Tensor count = b.iota({b.dim(x, 0)}, 0);
  Tensor from = b.gather(b.flatten(x, 0, 2), count * size + best, 0);
  from = b.unsqueeze(from, 1);
  best = b.unsqueeze(best, {1, 2});
  Tensor swapped = b.select(b.eq(row, best), slice(x, 1), x);
  Tensor pivot = b.sliceAxis(from, 2, i, b.dim(1));
  // A column of zeros leaves nothing to eliminate.
  Tensor divisor = b.select(b.eq(pivot, 0.0), b.like(1, pivot), pivot);
  Tensor factor = slice(swapped, 2) / divisor;
  factor = b.select(b.gt(row, at), factor, b.like(0, factor));
  Tensor sign = b.select(b.eq(best, at), b.like(1, x), b.like(-1, x));
  return {swapped - factor * from, det * b.squeeze(pivot * sign, {1, 2})};
}

static Tensors determinant(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "X");
  if (!x)
    return x;
  int64_t rank = x.rank();
  if (rank < 2 || !x.isFloat() ||
      contradict(b.dim(x, rank - 2), b.dim(x, rank - 1)))
    return n.error("a tensor of type " + describe(x.type()) +
                   " holds no square matrices of floats");
  Dims shape = b.dims(x), batch(ArrayRef<Dim>(shape).drop_back(2));
  Tensor v = b.cast(x, wideType(x.elementType()));
  v = b.reshape(v, Dims{b.product(batch), shape[rank - 2], shape[rank - 1]});
  Tensor one = b.full({b.dim(v, 0)}, b.like(1, v));
  Tensors end = b.loop(b.dim(0), shape[rank - 2], {v, one},
                       [&](Dim i, ArrayRef<Tensor> now) {
                         return eliminate(b, i, now[0], now[1]);
                       });
  return b.cast(b.reshape(end.back(), batch), x.elementType());
}

ArrayRef<OpRow> dlc::onnx::matrixOps() {
  static const OpRow rows[] = {
      {"MatMul", 1, matMul, {2, 2}},
      {"Det", 11, determinant},
      {"Gemm", 1, onnx::gemm, {2, 3}},
  };
  return rows;
}
