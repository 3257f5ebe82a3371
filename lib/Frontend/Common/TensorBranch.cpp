//===- TensorBranch.cpp - two graphs of which one runs ----------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Frontend/Common/TensorDetail.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

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
  if (a == b || (isKnown(a) && isKnown(b)))
    return;
  Value x = indexValue(a), y = indexValue(b);
  CheckOp::create(
      ops, loc,
      ops.createOrFold<arith::CmpIOp>(loc, arith::CmpIPredicate::eq, x, y),
      message, ValueRange{x, y});
}

namespace dlc {

class BranchMaker {
public:
  BranchMaker(TensorBuilder &b) : b(b), here(b.loc) {}

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
  Side yes, no;
  SmallVector<Type> types; ///< of the results
  SmallVector<Dims> known; ///< their sizes; null where they differ

  bool build(Side &side, TensorBuilder::Branch branch);
  LogicalResult join();
  void yield(Side &side);
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

/// Finds what both sides' tensors have in common.
LogicalResult BranchMaker::join() {
  if (yes.tensors.size() != no.tensors.size())
    return b.error("one branch gives " + Twine(yes.tensors.size()) +
                   " tensors, the other " + Twine(no.tensors.size())),
           failure();
  for (size_t i = 0; i < yes.tensors.size(); ++i) {
    Tensor x = yes.tensors[i], y = no.tensors[i];
    Type joined = joinTypes(x.value().getType(), y.value().getType());
    if (!joined || isa<UnrankedTensorType>(joined))
      return b.error("output " + Twine(i) + " is " +
                     describe(x.value().getType()) + " in one branch, but " +
                     describe(y.value().getType()) + " in the other"),
             failure();
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

Tensors BranchMaker::make(Value condition, TensorBuilder::Branch then,
                          TensorBuilder::Branch otherwise) {
  bool isWhole = build(yes, then);
  // The other side's errors count too.
  isWhole &= build(no, otherwise);
  if (!isWhole || failed(join()))
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

Tensors TensorBuilder::branch(Tensor condition, Branch then, Branch otherwise) {
  Value holds = conditionOf(*this, condition);
  return holds ? BranchMaker(*this).make(holds, then, otherwise) : Tensor();
}
