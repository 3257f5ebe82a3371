//===- RuntimeAxes.cpp - axes that only the running model knows -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Frontend/ONNX/RuntimeAxes.h"

#include "Frontend/Common/TensorDetail.h"

using namespace mlir;
using namespace dlc;
using namespace dlc::onnx;

std::optional<RuntimeAxes> RuntimeAxes::get(TensorBuilder &b, NodeArgs &n,
                                            Tensor axes, int64_t rank) {
  if (!axes)
    return std::nullopt;
  if (axes.rank() == 0)
    axes = b.unsqueeze(axes, {0});
  if (axes.rank() == 1 && axes.type().hasStaticShape() &&
      isa<IntegerType>(axes.elementType()) && axes.shape()[0] <= rank)
    return RuntimeAxes(b.cast(axes, b.i64()), rank);
  n.error("axes of type " + describe(axes.type()) +
          " don't fit a tensor of rank " + Twine(rank));
  return std::nullopt;
}

Tensor RuntimeAxes::isEntry(int64_t i) const {
  TensorBuilder &b = axes.builder();
  return b.or_(b.eq(axes, static_cast<double>(i)),
               b.eq(axes, static_cast<double>(i - rank)));
}

Tensor RuntimeAxes::contains(int64_t i) const {
  TensorBuilder &b = axes.builder();
  return b.reduce(ReduceKind::any, isEntry(i), {0});
}

Tensor RuntimeAxes::pick(Tensor values, int64_t i) const {
  TensorBuilder &b = axes.builder();
  Tensor wide = b.cast(values, b.i64());
  return b.sum(b.select(isEntry(i), wide, b.like(0, wide)), {0});
}

Tensor RuntimeAxes::stays(int64_t i) const {
  TensorBuilder &b = axes.builder();
  return b.cast(b.not_(contains(i)), b.i64());
}

Dims RuntimeAxes::drop(ArrayRef<Dim> dims) const {
  TensorBuilder &b = axes.builder();
  // Entry k of the result is the size of that dimension that has k others that
  // stay before it.
  int64_t kept = rank - count();
  SmallVector<Tensor> sizes(kept, b.scalar(int64_t(0), b.i64()));
  Tensor before = b.scalar(int64_t(0), b.i64());
  for (int64_t i = 0; i < rank; ++i) {
    Tensor here = stays(i), size = b.fromDim(dims[i]);
    for (auto [k, sum] : llvm::enumerate(sizes)) {
      Tensor isHere = b.cast(b.eq(before, static_cast<double>(k)), b.i64());
      sum = sum + here * isHere * size;
    }
    before = before + here;
  }
  return llvm::map_to_vector(sizes, [&](Tensor t) { return b.index(t); });
}

Dims RuntimeAxes::insertOnes(ArrayRef<Dim> dims) const {
  TensorBuilder &b = axes.builder();
  Dims result;
  Tensor before = b.scalar(int64_t(0), b.i64());
  for (int64_t i = 0; i < rank; ++i) {
    Tensor size = b.scalar(int64_t(1), b.i64());
    for (auto [k, d] : llvm::enumerate(dims))
      size = b.select(
          b.and_(b.not_(contains(i)), b.eq(before, static_cast<double>(k))),
          b.fromDim(d), size);
    result.push_back(b.index(size));
    before = before + stays(i);
  }
  return result;
}
