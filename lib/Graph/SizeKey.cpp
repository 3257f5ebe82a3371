//===- SizeKey.cpp - what a size is -----------------------------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Graph/SizeKey.h"

#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"

using namespace mlir;
using namespace dlc;

SizeKey dlc::sizeKey(OpBuilder &b, OpFoldResult size) {
  if (auto constant = getConstantIntValue(size))
    return {Value(), *constant};
  auto v = cast<Value>(size);
  if (auto dim = v.getDefiningOp<tensor::DimOp>())
    if (auto index = dim.getConstantIndex())
      return sizeKey(b, dim.getSource(), *index);
  return {v, -1};
}

SizeKey dlc::sizeKey(OpBuilder &b, Value tensor, int64_t d) {
  auto type = cast<RankedTensorType>(tensor.getType());
  if (!type.isDynamicDim(d))
    return {Value(), type.getDimSize(d)};
  if (Value init = loopInit(tensor))
    return sizeKey(b, init, d);
  Operation *def = tensor.getDefiningOp();
  ReifiedRankedShapedTypeDims dims;
  if (!def || failed(reifyResultShapes(b, def, dims)))
    return {tensor, d};
  return sizeKey(b, dims[0][d]);
}
