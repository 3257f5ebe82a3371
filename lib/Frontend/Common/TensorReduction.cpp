//===- TensorReduction.cpp - reductions, contractions, windows -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Frontend/Common/TensorDetail.h"

using namespace mlir;
using namespace dlc;

Tensor TensorBuilder::reduce(ReduceKind kind, Tensor x, ArrayRef<int64_t> axes,
                             bool keepDims) {
  if (!x || axes.empty())
    return x;
  ReduceOp::Properties p;
  p.kind = ReduceKindAttr::get(context(), kind);
  Ints sorted(axes);
  llvm::sort(sorted);
  p.axes = ops.getDenseI64ArrayAttr(sorted);
  Tensor result = shaped<ReduceOp>({x.value()}, p);
  return keepDims ? unsqueeze(result, sorted) : result;
}

Tensor TensorBuilder::mean(Tensor x, ArrayRef<int64_t> axes, bool keepDims) {
  if (!x)
    return {};
  Type type = x.elementType();
  // A sum of halves may overflow where their mean does not.
  bool isNarrow = x.isFloat() && type.getIntOrFloatBitWidth() < 32;
  Type wide = isNarrow ? f32() : type;
  Dims counted;
  for (int64_t axis : axes)
    counted.push_back(dim(x, axis));
  Tensor total = sum(cast(x, wide), axes, keepDims);
  return cast(div(total, fromDim(product(counted), wide)), type);
}

Tensor TensorBuilder::argReduce(ReduceKind kind, Tensor x, int64_t axis,
                                bool last, bool keepDims) {
  if (!x)
    return {};
  ArgReduceOp::Properties p;
  p.kind = ReduceKindAttr::get(context(), kind);
  p.axis = ops.getI64IntegerAttr(axis);
  if (last)
    p.last = ops.getUnitAttr();
  Tensor result = shaped<ArgReduceOp>({x.value()}, p);
  return keepDims ? unsqueeze(result, {axis}) : result;
}

Tensor TensorBuilder::scan(ReduceKind kind, Tensor x, int64_t axis,
                           bool exclusive, bool reverse) {
  if (!x)
    return {};
  ScanOp::Properties p;
  p.kind = ReduceKindAttr::get(context(), kind);
  p.axis = ops.getI64IntegerAttr(axis);
  if (exclusive)
    p.exclusive = ops.getUnitAttr();
  if (reverse)
    p.reverse = ops.getUnitAttr();
  return shaped<ScanOp>({x.value()}, p);
}

/// Products are of one type, or of bytes of either sign.
static bool multiply(TensorBuilder &b, Tensor x, Tensor y) {
  Type p = x.elementType(), q = y.elementType();
  if (p == q || (p.isInteger(8) && q.isInteger(8)))
    return true;
  b.error("operands are of different types, " + describe(p) + " and " +
          describe(q));
  return false;
}

Tensor TensorBuilder::matmul(Tensor x, Tensor y) {
  if (!x || !y || !multiply(*this, x, y))
    return {};
  if (x.rank() == 0 || y.rank() == 0)
    return error("a scalar can't be an operand of a matrix product");
  bool areBytes = x.elementType().isInteger(8) && y.elementType().isInteger(8);
  if (x.elementType() != y.elementType() && !areBytes)
    return error("a matrix product of " + describe(x.type()) + " and " +
                 describe(y.type()));
  bool isRow = x.rank() == 1, isColumn = y.rank() == 1;
  if (isRow)
    x = unsqueeze(x, {0});
  if (isColumn)
    y = unsqueeze(y, {1});
  Dims batch;
  // One matrix for all of a batch: the batch is more rows.
  bool flat = y.rank() == 2 && x.rank() > 2;
  if (flat) {
    Dims all = dims(x);
    batch.assign(all.begin(), all.end() - 1);
    x = flatten(x, 0, x.rank() - 1);
  }
  int64_t rank = std::max(x.rank(), y.rank());
  auto lead = [&](Tensor t) {
    return unsqueeze(t,
                     llvm::to_vector(llvm::seq<int64_t>(0, rank - t.rank())));
  };
  x = lead(x);
  y = lead(y);
  if (!x || !y)
    return {};
  Tensor result = shaped<MatmulOp>({x.value(), y.value()}, {});
  if (flat && result) {
    batch.push_back(dim(result, 1));
    result = reshape(result, batch);
  }
  if (isColumn && result)
    result = squeeze(result, {result.rank() - 1});
  if (isRow && result)
    result = squeeze(result, {result.rank() - (isColumn ? 1 : 2)});
  return result;
}

Tensor TensorBuilder::conv(Tensor x, Tensor kernel, ArrayRef<int64_t> strides,
                           ArrayRef<int64_t> dilations, ArrayRef<int64_t> pads,
                           int64_t groups) {
  if (!x || !kernel || !multiply(*this, x, kernel))
    return {};
  ConvOp::Properties p;
  p.strides = ops.getDenseI64ArrayAttr(strides);
  p.dilations = ops.getDenseI64ArrayAttr(dilations);
  p.pads = ops.getDenseI64ArrayAttr(pads);
  p.groups = ops.getI64IntegerAttr(groups);
  return shaped<ConvOp>({x.value(), kernel.value()}, p);
}

Tensor TensorBuilder::pool(ReduceKind kind, Tensor x, ArrayRef<int64_t> kernel,
                           ArrayRef<int64_t> strides,
                           ArrayRef<int64_t> dilations,
                           ArrayRef<int64_t> pads) {
  if (!x)
    return {};
  PoolOp::Properties p;
  p.kind = ReduceKindAttr::get(context(), kind);
  p.kernel = ops.getDenseI64ArrayAttr(kernel);
  p.strides = ops.getDenseI64ArrayAttr(strides);
  p.dilations = ops.getDenseI64ArrayAttr(dilations);
  p.pads = ops.getDenseI64ArrayAttr(pads);
  return shaped<PoolOp>({x.value()}, p);
}
