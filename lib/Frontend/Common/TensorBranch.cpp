//===- TensorBranch.cpp - two graphs of which one runs ----------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Frontend/Common/TensorDetail.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"

using namespace mlir;
using namespace dlc;

RankedTensorType dlc::typeLike(ArrayRef<int64_t> shape, Tensor x) {
  return RankedTensorType::get(shape, x.elementType());
}

Value dlc::asType(TensorBuilder &b, Tensor x, RankedTensorType type) {
  if (x.type() == type)
    return x.value();
  Dims dims = b.dims(x);
  SmallVector<Value> open;
  for (auto [size, d] : llvm::zip(type.getShape(), dims))
    if (ShapedType::isDynamic(size))
      open.push_back(b.indexValue(d));
  // An error in its shape is that of the operation that it comes from.
  return ReshapeOp::create(b.opBuilder(), x.value().getLoc(), type, x.value(),
                           open);
}

Value dlc::conditionOf(TensorBuilder &b, Tensor x) {
  Tensor one = x ? b.reshape(x, ArrayRef<int64_t>()) : x;
  Dim d = one ? b.index(one) : Dim();
  if (!d)
    return {};
  return b.opBuilder().createOrFold<arith::CmpIOp>(
      b.getLoc(), arith::CmpIPredicate::ne, b.indexValue(d),
      b.indexValue(b.dim(0)));
}

bool dlc::isOutside(Dim d, Region &region) {
  return isKnown(d) || !region.isAncestor(cast<Value>(d).getParentRegion());
}

void TensorBuilder::require(Dim a, Dim b, StringRef message) {
  if (a != b && !(isKnown(a) && isKnown(b)))
    check(true, a, b, message);
}

void TensorBuilder::forbid(Dim a, Dim b, StringRef message) {
  check(false, a, b, message);
}

void TensorBuilder::check(bool equal, Dim a, Dim b, StringRef message) {
  Value x = indexValue(a), y = indexValue(b);
  auto predicate = equal ? arith::CmpIPredicate::eq : arith::CmpIPredicate::ne;
  Value holds = ops.createOrFold<arith::CmpIOp>(loc, predicate, x, y);
  CheckOp::create(ops, loc, holds, message, ValueRange{x, y});
}

Tensor TensorBuilder::pin(Tensor x, int64_t axis, int64_t size,
                          StringRef message) {
  if (!x || isKnown(dim(x, axis)))
    return x;
  require(dim(x, axis), dim(size), message);
  Dims shape = dims(x);
  shape[axis] = dim(size);
  return reshape(x, shape);
}

namespace dlc {

class BranchMaker {
public:
  BranchMaker(TensorBuilder &b, std::string *ranksDiffer,
              const std::string *misfit)
      : b(b), here(b.loc), ranksDiffer(ranksDiffer), misfit(misfit) {}

  Tensors make(Value condition, TensorBuilder::Branch then,
               TensorBuilder::Branch otherwise);

private:
  struct Side {
    Region region;
    Tensors tensors;
    SmallVector<Dims> dims;
  };

  TensorBuilder &b;
  Location here;
  std::string *ranksDiffer;
  const std::string *misfit;
  Side yes, no;
  SmallVector<Type> types; ///< of the results
  SmallVector<Dims> known; ///< their sizes; null where they differ

  bool build(Side &side, TensorBuilder::Branch branch);
  void raise(Side &side, size_t i, int64_t rank);
  LogicalResult join();
  void yield(Side &side);
  Tensors takeOnly(Side &side, Value holds);
};

} // namespace dlc

bool BranchMaker::build(Side &side, TensorBuilder::Branch branch) {
  SizeCache outside = b.cache;
  OpBuilder::InsertionGuard guard(b.ops);
  b.ops.setInsertionPointToStart(&side.region.emplaceBlock());
  side.tensors = branch();
  b.loc = here;
  bool isWhole = llvm::all_of(side.tensors, [](Tensor x) { return bool(x); });
  if (isWhole)
    for (Tensor x : side.tensors)
      side.dims.push_back(dimsOf(b, x));
  b.cache = std::move(outside);
  return isWhole;
}

/// A rank must be known. A single element may have a dimension more or less:
/// it broadcasts all the same.
void BranchMaker::raise(Side &side, size_t i, int64_t rank) {
  Tensor &x = side.tensors[i];
  if (x.rank() >= rank)
    return;
  OpBuilder::InsertionGuard guard(b.ops);
  b.ops.setInsertionPointToEnd(&side.region.front());
  side.dims[i].assign(rank, b.dim(1));
  x = b.reshape(x, ArrayRef<Dim>(side.dims[i]));
}

/// Finds what both sides' tensors have in common.
LogicalResult BranchMaker::join() {
  if (yes.tensors.size() != no.tensors.size())
    return b.error("one branch gives " + Twine(yes.tensors.size()) +
                   " tensors, the other " + Twine(no.tensors.size())),
           failure();
  for (size_t i = 0; i < yes.tensors.size(); ++i) {
    Tensor &x = yes.tensors[i], &y = no.tensors[i];
    auto isOne = [](Tensor t) {
      return !t.isSequence() &&
             llvm::all_of(t.shape(), [](int64_t size) { return size == 1; });
    };
    if (isOne(x) && isOne(y)) {
      raise(yes, i, y.rank());
      raise(no, i, x.rank());
    }
    Type joined = joinTypes(x.value().getType(), y.value().getType());
    if (!joined || isa<UnrankedTensorType>(joined)) {
      std::string message =
          ("output " + Twine(i) + " is " + describe(x.value().getType()) +
           " in one branch, but " + describe(y.value().getType()) +
           " in the other")
              .str();
      if (joined && ranksDiffer)
        *ranksDiffer = message;
      else
        b.error(message);
      return failure();
    }
    Dims &sizes = known.emplace_back();
    if (x.isSequence()) {
      types.push_back(joined);
      continue;
    }
    for (auto [d, e] : llvm::zip(yes.dims[i], no.dims[i]))
      sizes.push_back(d == e && isOutside(d, yes.region) ? d : Dim());
    types.push_back(typeLike(staticDims(sizes), x));
  }
  return success();
}

void BranchMaker::yield(Side &side) {
  OpBuilder::InsertionGuard guard(b.ops);
  b.ops.setInsertionPointToEnd(&side.region.front());
  SizeCache own;
  std::swap(b.cache, own);
  SmallVector<Value> values;
  for (auto [x, type, sizes] : llvm::zip(side.tensors, types, side.dims)) {
    b.setDims(x.value(), sizes);
    values.push_back(asType(b, x, type));
  }
  scf::YieldOp::create(b.ops, here, values);
  std::swap(b.cache, own);
}

/// What one side builds, in place of the branch.
Tensors BranchMaker::takeOnly(Side &side, Value holds) {
  CheckOp::create(b.ops, here, holds, *misfit, ValueRange());
  b.ops.getInsertionBlock()->getOperations().splice(
      b.ops.getInsertionPoint(), side.region.front().getOperations());
  for (auto [x, dims] : llvm::zip(side.tensors, side.dims))
    if (!x.isSequence())
      b.setDims(x.value(), dims);
  return side.tensors;
}

Tensors BranchMaker::make(Value condition, TensorBuilder::Branch then,
                          TensorBuilder::Branch otherwise) {
  bool isYes = build(yes, then);
  // The other side's errors count too.
  bool isNo = build(no, otherwise);
  if (isYes != isNo && misfit) {
    Value zero = b.indexValue(b.dim(0)), one = b.indexValue(b.dim(1));
    Value other = arith::SelectOp::create(b.ops, here, condition, zero, one);
    return isYes ? takeOnly(yes, condition)
                 : takeOnly(no, arith::CmpIOp::create(b.ops, here,
                                                      arith::CmpIPredicate::ne,
                                                      other, zero));
  }
  if (!isYes || !isNo || failed(join()))
    return Tensor();
  yield(yes);
  yield(no);
  auto op = scf::IfOp::create(b.ops, here, types, condition, false, false);
  op.getThenRegion().takeBody(yes.region);
  op.getElseRegion().takeBody(no.region);
  Tensors all;
  for (auto [result, sizes, x, y] :
       llvm::zip(op.getResults(), known, yes.tensors, no.tensors)) {
    b.setDims(result, sizes);
    all.push_back(x.value() == y.value() ? x : b.wrap(result));
  }
  return all;
}

Tensors TensorBuilder::branch(Tensor condition, Branch then, Branch otherwise,
                              std::string *ranksDiffer,
                              const std::string *misfit) {
  Value holds = conditionOf(*this, condition);
  if (!holds)
    return Tensor();
  if (std::optional<int64_t> known = getConstantIntValue(holds))
    return *known ? then() : otherwise();
  return BranchMaker(*this, ranksDiffer, misfit).make(holds, then, otherwise);
}
