//===- TensorSearch.cpp - expressions that look for elements -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Frontend/Common/TensorDetail.h"

using namespace mlir;
using namespace dlc;

Tensor TensorBuilder::topk(Tensor x, Dim k, int64_t axis, bool least) {
  if (!x || !k)
    return {};
  TopKOp::Properties p;
  p.axis = ops.getI64IntegerAttr(axis);
  if (least)
    p.least = ops.getUnitAttr();
  return shaped<TopKOp>({x.value(), indexValue(k)}, p);
}

Tensor TensorBuilder::nonzero(Tensor mask) {
  if (!mask)
    return {};
  Tensor all = shaped<NonZeroOp>({mask.value()}, {});
  Dim count = counted(sum(cast(mask, i64()), {0}));
  return sliceAxis(all, 0, dim(0), count);
}

Tensor TensorBuilder::nms(Tensor boxes, Tensor scores, Tensor overlap,
                          Tensor leastScore, Dim limit) {
  if (!boxes || !scores || !overlap || !leastScore || !limit)
    return {};
  return shaped<NmsOp>({boxes.value(), scores.value(), overlap.value(),
                        leastScore.value(), indexValue(limit)},
                       {});
}

Tensor TensorBuilder::elementOffsets(ArrayRef<Dim> dims, Tensor indices,
                                     int64_t axis) {
  if (!indices)
    return {};
  Dims shape = this->dims(indices);
  auto scaled = [&](Tensor index, int64_t i) {
    Dim stride = product(dims.drop_front(i + 1));
    return staticDim(stride) == 1 ? index : index * fromDim(stride);
  };
  Tensor at = scaled(cast(indices, i64()), axis);
  for (int64_t i = 0, e = dims.size(); i < e; ++i) {
    if (i == axis || staticDim(shape[i]) == 1)
      continue;
    Dims along(e, dim(1));
    along[i] = shape[i];
    at = at + scaled(iota(along, i), i);
  }
  return at;
}

Tensor TensorBuilder::guard(Tensor at, Tensor index, Dim size) {
  if (!at || !index)
    return {};
  Tensor isInside = and_(ge(index, 0.0), lt(index, fromDim(size)));
  return select(isInside, at, like(-1, at));
}

Tensor TensorBuilder::gatherElements(Tensor x, Tensor indices, int64_t axis) {
  if (!x || !indices)
    return {};
  Tensor at = elementOffsets(dims(x), indices, axis);
  return gather(flatten(x, 0, x.rank()), at, 0);
}
