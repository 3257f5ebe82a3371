//===- SizeKey.cpp - what a size is -----------------------------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/dlc/SizeKey.h"

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
  SizeRef origin = sizeOrigin(tensor, d);
  tensor = origin.tensor;
  d = origin.dim;
  Operation *def = tensor.getDefiningOp();
  ReifiedRankedShapedTypeDims dims;
  if (!def || failed(reifyResultShapes(b, def, dims)))
    return {tensor, d};
  return sizeKey(b, dims[0][d]);
}

/// Every (tensor, dimension) that an open size is, from the tensor asked for up
/// to where it is computed; that last value, if any, with -1.
static SmallVector<std::pair<Value, int64_t>> namesOf(OpBuilder &b,
                                                      Value tensor, int64_t d) {
  SmallVector<std::pair<Value, int64_t>> names{{tensor, d}};
  auto follow = [&] {
    SizeRef origin = sizeOrigin(tensor, d);
    if (origin.tensor == tensor && origin.dim == d)
      return;
    tensor = origin.tensor;
    d = origin.dim;
    names.push_back({tensor, d});
  };
  follow();
  while (Operation *def = tensor.getDefiningOp()) {
    ReifiedRankedShapedTypeDims dims;
    if (failed(reifyResultShapes(b, def, dims)))
      break;
    auto size =
        dyn_cast<Value>(dims[cast<OpResult>(tensor).getResultNumber()][d]);
    if (!size)
      break;
    auto dim = size.getDefiningOp<tensor::DimOp>();
    auto index = dim ? dim.getConstantIndex() : std::nullopt;
    if (!index) {
      names.push_back({size, -1});
      break;
    }
    tensor = dim.getSource();
    d = *index;
    names.push_back({tensor, d});
    follow();
  }
  return names;
}

bool dlc::haveSameSize(Value x, int64_t dx, Value y, int64_t dy) {
  int64_t size = cast<RankedTensorType>(x.getType()).getDimSize(dx);
  if (size != cast<RankedTensorType>(y.getType()).getDimSize(dy))
    return false;
  if (!ShapedType::isDynamic(size))
    return true;
  Block scratch; // outside of the program: its uses would count
  OpBuilder b(x.getContext());
  b.setInsertionPointToEnd(&scratch);
  auto names = namesOf(b, x, dx);
  return llvm::any_of(namesOf(b, y, dy), [&](const auto &name) {
    return llvm::is_contained(names, name);
  });
}

bool dlc::haveSameSizes(Value x, Value y) {
  int64_t rank = cast<RankedTensorType>(x.getType()).getRank();
  return x == y || (rank == cast<RankedTensorType>(y.getType()).getRank() &&
                    llvm::all_of(llvm::seq<int64_t>(0, rank), [&](int64_t d) {
                      return haveSameSize(x, d, y, d);
                    }));
}
