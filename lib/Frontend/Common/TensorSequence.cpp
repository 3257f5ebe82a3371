//===- TensorSequence.cpp - sequences and optionals -------------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// A sequence whose tensors are known one by one is a dlc.sequence_make. What
// asks for one of them gets it, and where all do nothing is left of the
// sequence.

#include "Frontend/Common/TensorDetail.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace dlc;

Value dlc::asType(TensorBuilder &b, Tensor x, Type type) {
  if (auto tensor = dyn_cast<RankedTensorType>(type))
    return asType(b, x, tensor);
  return b.opBuilder().createOrFold<SequenceCastOp>(x.value().getLoc(), type,
                                                    x.value());
}

Dims dlc::dimsOf(TensorBuilder &b, Tensor x) {
  return x.isSequence() ? Dims() : b.dims(x);
}

Tensor TensorBuilder::sequence(ArrayRef<Tensor> items, Type scalar) {
  Type element = scalar;
  SmallVector<Value> values;
  for (Tensor x : items) {
    if (!x)
      return {};
    Type joined = x.isSequence() ? Type() : joinTypes(element, x.type());
    if (!joined)
      return error("a sequence of tensors of type " + describe(scalar) +
                   " can't hold " + describe(x.value().getType()));
    element = joined;
    values.push_back(x.value());
  }
  return wrap(
      SequenceMakeOp::create(ops, loc, SequenceType::get(element), values));
}

std::optional<Tensors> TensorBuilder::itemsOf(Tensor sequence) {
  auto make = sequence.value().getDefiningOp<SequenceMakeOp>();
  if (!make)
    return std::nullopt;
  Tensors items;
  for (Value item : make.getItems())
    items.push_back(wrap(item));
  return items;
}

Dim TensorBuilder::length(Tensor sequence) {
  return getAsOpFoldResult(
      ops.createOrFold<SequenceLengthOp>(loc, sequence.value()));
}

Dim TensorBuilder::position(Tensor sequence, Dim at, bool orBehind) {
  Dim count = length(sequence), last = count;
  if (!orBehind)
    last = sizes().sub(count, dim(1));
  if (isKnown(at) && isKnown(count)) {
    int64_t size = staticDim(count), i = staticDim(at);
    if (i >= -size && i <= staticDim(last))
      return dim(i < 0 ? i + size : i);
    error("position " + Twine(i) + " is out of range for a sequence of " +
          Twine(size));
    return {};
  }
  Value zero = indexValue(dim(0)), given = indexValue(at);
  auto compare = [&](arith::CmpIPredicate how, Value x, Value y) {
    return ops.createOrFold<arith::CmpIOp>(loc, how, x, y);
  };
  Value fromFront = given;
  if (!isKnown(at))
    fromFront = ops.createOrFold<arith::SelectOp>(
        loc, compare(arith::CmpIPredicate::slt, given, zero),
        indexValue(sizes().add(at, count)), given);
  else if (staticDim(at) < 0)
    fromFront = indexValue(sizes().add(count, at));
  Value fits = ops.createOrFold<arith::AndIOp>(
      loc, compare(arith::CmpIPredicate::sge, fromFront, zero),
      compare(arith::CmpIPredicate::sle, fromFront, indexValue(last)));
  CheckOp::create(ops, loc, fits,
                  "position % is out of range for a sequence of %",
                  ValueRange{given, indexValue(count)});
  return fromFront;
}

Tensor TensorBuilder::itemAt(Tensor sequence, Dim at) {
  std::optional<Tensors> items = itemsOf(sequence);
  if (items && isKnown(at))
    return (*items)[staticDim(at)];
  Type type = tensorsOf(sequence.value().getType());
  if (!isa<RankedTensorType>(type))
    return error("the rank of the sequence's tensors is not known");
  return wrap(ops.createOrFold<SequenceAtOp>(loc, type, sequence.value(),
                                             indexValue(at)));
}

Tensor TensorBuilder::insertItem(Tensor sequence, Tensor x, Dim at) {
  Type scalar = scalarOf(sequence.value().getType());
  std::optional<Tensors> items = itemsOf(sequence);
  if (items && isKnown(at)) {
    items->insert(items->begin() + staticDim(at), x);
    return this->sequence(*items, scalar);
  }
  Type joined = joinTypes(tensorsOf(sequence.value().getType()), x.type());
  if (!joined)
    return error("a sequence of tensors of type " + describe(scalar) +
                 " can't hold " + describe(x.type()));
  return wrap(SequenceInsertOp::create(ops, loc, SequenceType::get(joined),
                                       sequence.value(), x.value(),
                                       indexValue(at)));
}

Tensor TensorBuilder::eraseItem(Tensor sequence, Dim at) {
  std::optional<Tensors> items = itemsOf(sequence);
  if (items && isKnown(at)) {
    items->erase(items->begin() + staticDim(at));
    return this->sequence(*items, scalarOf(sequence.value().getType()));
  }
  return wrap(SequenceEraseOp::create(ops, loc, sequence.value().getType(),
                                      sequence.value(), indexValue(at)));
}

//===----------------------------------------------------------------------===//
// Optionals
//===----------------------------------------------------------------------===//

Tensor TensorBuilder::none(Type type) {
  return wrap(SequenceNoneOp::create(ops, loc, type));
}

Tensor TensorBuilder::optional(Tensor x) {
  if (!x || isa<OptionalType>(x.value().getType()))
    return x;
  Type type = OptionalType::get(x.value().getType());
  if (x.isSequence())
    return wrap(asType(*this, x, type));
  return wrap(SequenceMakeOp::create(ops, loc, type, x.value()));
}

Value TensorBuilder::isThere(Tensor optional) {
  return ops.createOrFold<SequenceHasOp>(loc, optional.value());
}

Tensor TensorBuilder::heldBy(Tensor x) {
  Type type = x ? x.value().getType() : Type();
  if (!isa_and_present<OptionalType>(type))
    return x;
  Value there = isThere(x);
  std::optional<int64_t> known = getConstantIntValue(there);
  if (known == 0)
    return error("the optional is empty");
  if (!known)
    CheckOp::create(ops, loc, there, "the optional is empty", ValueRange());
  if (Type sequence = sequenceIn(type))
    return wrap(asType(*this, x, sequence));
  return itemAt(x, dim(0));
}

//===----------------------------------------------------------------------===//
// Maps
//===----------------------------------------------------------------------===//

Tensor TensorBuilder::map(Tensor keys, Tensor values) {
  if (!keys || !values)
    return {};
  return wrap(MapMakeOp::create(ops, loc,
                                MapType::get(keys.type(), values.type()),
                                keys.value(), values.value()));
}

Tensor TensorBuilder::keysOf(Tensor map) {
  return map ? wrap(map.value().getDefiningOp<MapMakeOp>().getKeys()) : map;
}

Tensor TensorBuilder::valuesOf(Tensor map) {
  return map ? wrap(map.value().getDefiningOp<MapMakeOp>().getValues()) : map;
}
