//===- Sequence.cpp - sequences and optionals -------------------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/dlc/Dlc.h"

#include "mlir/Dialect/Utils/StaticValueUtils.h"

using namespace mlir;
using namespace dlc;

//===----------------------------------------------------------------------===//
// Types
//===----------------------------------------------------------------------===//

bool dlc::isSequenceOrOptional(Type type) {
  return isa<SequenceType, OptionalType>(type);
}

Type dlc::sequenceIn(Type type) {
  if (auto optional = dyn_cast<OptionalType>(type))
    type = optional.getElementType();
  return isa<SequenceType>(type) ? type : Type();
}

Type dlc::tensorsOf(Type type) {
  if (auto optional = dyn_cast<OptionalType>(type))
    type = optional.getElementType();
  if (auto sequence = dyn_cast<SequenceType>(type))
    type = sequence.getElementType();
  return type;
}

Type dlc::scalarOf(Type type) {
  Type tensors = tensorsOf(type);
  auto shaped = dyn_cast<ShapedType>(tensors);
  return shaped ? shaped.getElementType() : tensors;
}

/// Of tensors, or of none yet.
static Type joinTensors(Type a, Type b) {
  if (isa<NoneType>(a))
    return b;
  if (isa<NoneType>(b))
    return a;
  if (scalarOf(a) != scalarOf(b))
    return {};
  if (!isa<ShapedType>(a))
    return b;
  if (!isa<ShapedType>(b))
    return a;
  auto x = dyn_cast<RankedTensorType>(a), y = dyn_cast<RankedTensorType>(b);
  if (!x || !y || x.getRank() != y.getRank())
    return UnrankedTensorType::get(scalarOf(a));
  SmallVector<int64_t> shape(x.getShape());
  for (auto [size, other] : llvm::zip(shape, y.getShape()))
    if (size != other)
      size = ShapedType::kDynamic;
  return RankedTensorType::get(shape, scalarOf(a));
}

Type dlc::joinTypes(Type a, Type b) {
  if (isa<MapType>(a) || isa<MapType>(b))
    return {};
  // A sequence may stand where an optional one may.
  if (isa<OptionalType>(a) || isa<OptionalType>(b)) {
    auto inner = [](Type type) {
      auto optional = dyn_cast<OptionalType>(type);
      return optional                  ? optional.getElementType()
             : isa<SequenceType>(type) ? type
                                       : Type();
    };
    Type x = inner(a), y = inner(b), joined = x && y ? joinTypes(x, y) : Type();
    return joined ? OptionalType::get(joined) : Type();
  }
  auto x = dyn_cast<SequenceType>(a), y = dyn_cast<SequenceType>(b);
  if (!x != !y)
    return {};
  Type joined = joinTensors(tensorsOf(a), tensorsOf(b));
  return x && joined ? SequenceType::get(joined) : joined;
}

Type dlc::openedType(Type type) {
  if (isa<NoneType>(scalarOf(type)))
    return type;
  Type open = UnrankedTensorType::get(scalarOf(type));
  if (Type sequence = sequenceIn(type))
    open = SequenceType::get(open);
  return isa<OptionalType>(type) ? OptionalType::get(open) : open;
}

/// Whether each value of the one type is one of the other.
static bool isWithin(Type type, Type wider) {
  return joinTypes(type, wider) == wider;
}

//===----------------------------------------------------------------------===//
// Operations
//===----------------------------------------------------------------------===//

LogicalResult SequenceMakeOp::verify() {
  Type type = getResult().getType();
  if (isa<OptionalType>(type) && (sequenceIn(type) || getItems().size() != 1))
    return emitOpError("an optional tensor is made of one tensor");
  for (Value item : getItems())
    if (!isWithin(item.getType(), tensorsOf(type)))
      return emitOpError() << type << " can't hold " << item.getType();
  return success();
}

LogicalResult SequenceInsertOp::verify() {
  Type type = getResult().getType();
  for (Type given :
       {tensorsOf(getSequence().getType()), Type(getItem().getType())})
    if (!isWithin(given, tensorsOf(type)))
      return emitOpError() << type << " can't hold " << given;
  return success();
}

LogicalResult SequenceAtOp::verify() {
  Type type = getSequence().getType();
  if ((isa<OptionalType>(type) && sequenceIn(type)) ||
      tensorsOf(type) != getType())
    return emitOpError() << type << " does not hold " << getType();
  return success();
}

OpFoldResult SequenceAtOp::fold(FoldAdaptor adaptor) {
  auto make = getSequence().getDefiningOp<SequenceMakeOp>();
  auto at = dyn_cast_if_present<IntegerAttr>(adaptor.getAt());
  if (!make || !at || at.getInt() < 0 ||
      at.getInt() >= static_cast<int64_t>(make.getItems().size()))
    return {};
  Value item = make.getItems()[at.getInt()];
  return item.getType() == getType() ? item : Value();
}

OpFoldResult SequenceLengthOp::fold(FoldAdaptor) {
  auto make = getSequence().getDefiningOp<SequenceMakeOp>();
  return make ? Builder(getContext()).getIndexAttr(make.getItems().size())
              : IntegerAttr();
}

OpFoldResult SequenceHasOp::fold(FoldAdaptor) {
  Operation *op = getOptional().getDefiningOp();
  Builder b(getContext());
  if (isa_and_present<SequenceMakeOp>(op))
    return b.getBoolAttr(true);
  if (isa_and_present<SequenceNoneOp>(op))
    return b.getBoolAttr(false);
  auto cast = dyn_cast_if_present<SequenceCastOp>(op);
  if (cast && isa<SequenceType>(cast.getFrom().getType()))
    return b.getBoolAttr(true);
  return {};
}

LogicalResult SequenceCastOp::verify() {
  Type from = getFrom().getType(), to = getResult().getType();
  // What an optional holds.
  if (isa<OptionalType>(from) && isa<SequenceType>(to))
    from = sequenceIn(from);
  if (from && isWithin(from, to))
    return success();
  return emitOpError() << getFrom().getType() << " is no " << to;
}

LogicalResult MapMakeOp::verify() {
  MapType type = getResult().getType();
  RankedTensorType values = type.getValueType();
  if (getKeys().getType() != type.getKeyType() ||
      getValues().getType() != values)
    return emitOpError() << "gives " << type << " of " << getKeys().getType()
                         << " and " << getValues().getType();
  if (type.getKeyType().getRank() == 1 &&
      (values.getRank() == 1 || values.getRank() == 2))
    return success();
  return emitOpError("keys are a vector, values a vector or a matrix");
}

OpFoldResult SequenceCastOp::fold(FoldAdaptor) {
  if (getFrom().getType() == getResult().getType())
    return getFrom();
  auto inner = getFrom().getDefiningOp<SequenceCastOp>();
  if (inner && inner.getFrom().getType() == getResult().getType())
    return inner.getFrom();
  return {};
}
