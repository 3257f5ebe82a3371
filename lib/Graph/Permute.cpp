//===- Permute.cpp - values under another order of dimensions -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Graph/Permute.h"

#include "Evaluate/Evaluate.h"
#include "mlir/Dialect/Utils/IndexingUtils.h"

using namespace mlir;
using namespace dlc;

/// What is so many times smaller than the tensor it is spread over is small.
static constexpr int64_t kSmallRatio = 16;

static RankedTensorType tensorType(Value v) {
  return cast<RankedTensorType>(v.getType());
}

RankedTensorType dlc::toSource(RankedTensorType type, Permutation p) {
  return type.clone(toSource(type.getShape(), p));
}

SmallVector<Value> dlc::openSizes(ArrayRef<Dim> sizes) {
  SmallVector<Value> open;
  for (Dim d : sizes)
    if (auto v = dyn_cast<Value>(d))
      open.push_back(v);
  return open;
}

RankedTensorType dlc::typeOf(ArrayRef<Dim> sizes, Type element) {
  return RankedTensorType::get(
      llvm::map_to_vector(sizes,
                          [](Dim d) {
                            return isa<Value>(d) ? ShapedType::kDynamic
                                                 : staticDim(d);
                          }),
      element);
}

bool dlc::movesOnlyUnits(RankedTensorType from, Permutation p) {
  int64_t last = -1;
  for (int64_t source : p) {
    if (from.getDimSize(source) == 1)
      continue;
    if (source < last)
      return false;
    last = source;
  }
  return true;
}

std::optional<int64_t> dlc::elementsOf(Value v) {
  RankedTensorType type = tensorType(v);
  int64_t count = 1;
  for (int64_t size : type.getShape())
    if (ShapedType::isDynamic(size) || llvm::MulOverflow(count, size, count))
      return std::nullopt;
  return count;
}

ElementsAttr dlc::constantOf(Value v) {
  auto op = v.getDefiningOp<ConstantOp>();
  return op ? op.getValue() : ElementsAttr();
}

/// Replaces an operation just built on a constant by its value, if it has one.
static Value folded(OpBuilder &b, Operation *op) {
  ElementsAttr input = constantOf(op->getOperand(0));
  if (!input || op->getNumOperands() != 1)
    return op->getResult(0);
  FailureOr<ElementsAttr> value = evaluate(op, {input});
  if (failed(value))
    return op->getResult(0);
  Value constant = ConstantOp::create(b, op->getLoc(), *value);
  op->erase();
  return constant;
}

Value dlc::reshaped(OpBuilder &b, Value v, ArrayRef<Dim> sizes) {
  auto type = typeOf(sizes, tensorType(v).getElementType());
  if (type == v.getType() && type.hasStaticShape())
    return v;
  if (auto inner = v.getDefiningOp<ReshapeOp>())
    return reshaped(b, inner.getInput(), sizes);
  // Not through the builder of a pattern: it would be told of an op that goes.
  OpBuilder plain(b.getContext());
  plain.setInsertionPoint(b.getInsertionBlock(), b.getInsertionPoint());
  if (constantOf(v))
    return folded(b,
                  ReshapeOp::create(plain, v.getLoc(), type, v, ValueRange()));
  return ReshapeOp::create(b, v.getLoc(), type, v, openSizes(sizes));
}

Value dlc::sliced(OpBuilder &b, Location loc, Value v, ArrayRef<Dim> offsets,
                  ArrayRef<Dim> sizes, ArrayRef<int64_t> steps) {
  Ints ones(offsets.size(), 1);
  return SliceOp::create(b, loc, typeOf(sizes, typeOf(v).getElementType()), v,
                         openSizes(offsets), openSizes(sizes),
                         staticDims(offsets), steps.empty() ? ones : steps);
}

Value dlc::transposed(OpBuilder &b, Value v, Permutation p,
                      RankedTensorType type) {
  RankedTensorType from = tensorType(v);
  if (!type)
    type = from.clone(applyPermutation(from.getShape(), p));
  if (isIdentityPermutation(p) && type == from)
    return v;
  if (auto inner = v.getDefiningOp<TransposeOp>())
    return transposed(b, inner.getInput(),
                      applyPermutation(inner.getPermutation(), p), type);
  if (movesOnlyUnits(from, p)) {
    SmallVector<Dim> sizes = ShapeAlgebra(v.getLoc(), &b).dims(v);
    applyPermutationToVector(sizes, p);
    if (typeOf(sizes, from.getElementType()) == type)
      return reshaped(b, v, sizes);
  }
  auto permutation = b.getDenseI64ArrayAttr(p);
  OpBuilder plain(b.getContext());
  plain.setInsertionPoint(b.getInsertionBlock(), b.getInsertionPoint());
  if (constantOf(v))
    return folded(b,
                  TransposeOp::create(plain, v.getLoc(), type, v, permutation));
  return TransposeOp::create(b, v.getLoc(), type, v, permutation);
}

//===----------------------------------------------------------------------===//
// Undoing
//===----------------------------------------------------------------------===//

/// The shape with ones in front, up to the rank of p.
static Ints extendedShape(Value v, Permutation p) {
  ArrayRef<int64_t> shape = tensorType(v).getShape();
  Ints extended(p.size() - shape.size(), 1);
  llvm::append_range(extended, shape);
  return extended;
}

static bool isSmallBeside(Value inner, Value outer) {
  std::optional<int64_t> small = elementsOf(inner), large = elementsOf(outer);
  return small && large && *small <= *large / kSmallRatio;
}

static bool isFreeToUndo(BroadcastOp op, Permutation p) {
  Value inner = op.getInput();
  if (constantOf(inner) || isSmallBeside(inner, op.getResult()))
    return true;
  RankedTensorType type = tensorType(inner);
  if (movesOnlyUnits(type.clone(extendedShape(inner, p)),
                     invertPermutationVector(p)))
    return true;
  return type.getRank() == static_cast<int64_t>(p.size()) &&
         dlc::isFreeToUndo(inner, p);
}

bool dlc::isFreeToUndo(Value v, Permutation p) {
  RankedTensorType type = tensorType(v);
  if (constantOf(v) || v.getDefiningOp<IotaOp>() ||
      movesOnlyUnits(type, invertPermutationVector(p)))
    return true;
  if (auto op = v.getDefiningOp<TransposeOp>()) {
    Ints both =
        applyPermutation(op.getPermutation(), invertPermutationVector(p));
    return isIdentityPermutation(both) ||
           isFreeToUndo(op.getInput(), invertPermutationVector(both));
  }
  auto op = v.getDefiningOp<BroadcastOp>();
  return op && ::isFreeToUndo(op, p);
}

static Value undo(OpBuilder &b, BroadcastOp op, Permutation p) {
  Value inner = op.getInput();
  SmallVector<Dim> sizes =
      toSource(ArrayRef<Dim>(mixedSizes(op.getType(), op.getSizes())), p);
  if (elementsOf(inner) != 1) {
    SmallVector<Dim> extended(p.size() - tensorType(inner).getRank(),
                              b.getIndexAttr(1));
    llvm::append_range(extended, ShapeAlgebra(op.getLoc(), &b).dims(inner));
    inner =
        transposed(b, reshaped(b, inner, extended), invertPermutationVector(p));
  }
  return BroadcastOp::create(b, op.getLoc(), toSource(op.getType(), p), inner,
                             openSizes(sizes));
}

static Value undo(OpBuilder &b, IotaOp op, Permutation p) {
  SmallVector<Dim> sizes =
      toSource(ArrayRef<Dim>(mixedSizes(op.getType(), op.getSizes())), p);
  return IotaOp::create(b, op.getLoc(), toSource(op.getType(), p),
                        p[op.getDimension()], openSizes(sizes));
}

Value dlc::undo(OpBuilder &b, Value v, Permutation p) {
  if (auto op = v.getDefiningOp<TransposeOp>()) {
    Ints both =
        applyPermutation(op.getPermutation(), invertPermutationVector(p));
    if (!isIdentityPermutation(both))
      return undo(b, op.getInput(), invertPermutationVector(both));
  }
  if (auto op = v.getDefiningOp<BroadcastOp>(); op && ::isFreeToUndo(op, p))
    return ::undo(b, op, p);
  if (auto op = v.getDefiningOp<IotaOp>())
    return ::undo(b, op, p);
  return transposed(b, v, invertPermutationVector(p));
}
