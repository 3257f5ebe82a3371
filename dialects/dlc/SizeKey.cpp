//===- SizeKey.cpp - what a size is -----------------------------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/dlc/SizeKey.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"

using namespace mlir;
using namespace dlc;

namespace {
/// Tells what sizes are, each once: equal sizes get equal keys, though what is
/// built to tell is new each time.
class SizeFinder {
public:
  explicit SizeFinder(OpBuilder &b) : b(b) {}

  SizeKey find(Value tensor, int64_t d) {
    SmallVector<std::pair<Value, int64_t>> path;
    SizeKey key = follow(tensor, d, path);
    for (const auto &at : path)
      known[at] = key;
    return key;
  }

  SizeKey find(OpFoldResult size) {
    if (auto constant = getConstantIntValue(size))
      return {Value(), *constant};
    auto v = cast<Value>(size);
    if (auto at = sizeOfTensor(v))
      return find(at->first, at->second);
    return findComputed(v);
  }

private:
  OpBuilder &b;
  llvm::DenseMap<std::pair<Value, int64_t>, SizeKey> known;
  int64_t depth = 0;

  static std::optional<std::pair<Value, int64_t>> sizeOfTensor(Value size) {
    auto dim = size.getDefiningOp<tensor::DimOp>();
    auto index = dim ? dim.getConstantIndex() : std::nullopt;
    if (!index)
      return std::nullopt;
    return std::pair(dim.getSource(), *index);
  }

  SizeKey findComputed(Value size) {
    // What two equal sizes broadcast to is either.
    constexpr int64_t mostNested = 64;
    if (auto select = size.getDefiningOp<arith::SelectOp>();
        select && depth < mostNested) {
      ++depth;
      SizeKey x = find(OpFoldResult(select.getTrueValue())),
              y = find(OpFoldResult(select.getFalseValue()));
      --depth;
      if (x == y)
        return x;
    }
    return {size, -1};
  }

  /// From tensor to tensor, which may be many, up to where the size is set.
  SizeKey follow(Value tensor, int64_t d,
                 SmallVectorImpl<std::pair<Value, int64_t>> &path) {
    while (true) {
      auto type = cast<RankedTensorType>(tensor.getType());
      if (!type.isDynamicDim(d))
        return {Value(), type.getDimSize(d)};
      if (auto it = known.find({tensor, d}); it != known.end())
        return it->second;
      path.push_back({tensor, d});
      SizeRef origin = sizeOrigin(tensor, d);
      if (!(origin == SizeRef{tensor, d})) {
        tensor = origin.tensor;
        d = origin.dim;
        continue;
      }
      Operation *def = tensor.getDefiningOp();
      ReifiedRankedShapedTypeDims dims;
      if (!def || failed(reifyResultShapes(b, def, dims)))
        return {tensor, d};
      OpFoldResult size = dims[cast<OpResult>(tensor).getResultNumber()][d];
      if (auto constant = getConstantIntValue(size))
        return {Value(), *constant};
      auto at = sizeOfTensor(cast<Value>(size));
      if (!at)
        return findComputed(cast<Value>(size));
      std::tie(tensor, d) = *at;
    }
  }
};
} // namespace

SizeKey dlc::sizeKey(OpBuilder &b, OpFoldResult size) {
  return SizeFinder(b).find(size);
}

SizeKey dlc::sizeKey(OpBuilder &b, Value tensor, int64_t d) {
  return SizeFinder(b).find(tensor, d);
}

SmallVector<Value> dlc::statedSizes(Value tensor) {
  if (auto cluster = tensor.getDefiningOp<ClusterOp>())
    return cluster.getSizes();
  if (auto reshape = tensor.getDefiningOp<ReshapeOp>())
    return reshape.getSizes();
  if (auto call = tensor.getDefiningOp<CallOp>())
    return call.getSizes();
  if (auto empty = tensor.getDefiningOp<tensor::EmptyOp>())
    return empty.getDynamicSizes();
  return {};
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
  SizeFinder sizes(b);
  return sizes.find(x, dx) == sizes.find(y, dy);
}

bool dlc::haveSameSizes(Value x, Value y) {
  int64_t rank = cast<RankedTensorType>(x.getType()).getRank();
  return x == y || (rank == cast<RankedTensorType>(y.getType()).getRank() &&
                    llvm::all_of(llvm::seq<int64_t>(0, rank), [&](int64_t d) {
                      return haveSameSize(x, d, y, d);
                    }));
}
