//===- Movement.cpp - shapes, folds and checks of movement operations -*- C++
//-*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/dlc/Dlc.h"

#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/Interfaces/LoopLikeInterface.h"

#include "mlir/Dialect/Utils/IndexingUtils.h"

using namespace mlir;
using namespace dlc;

static LogicalResult checkAxis(const ShapeAlgebra &s, int64_t axis,
                               int64_t rank) {
  if (axis >= 0 && axis < rank)
    return success();
  return s.error("axis " + Twine(axis) + " is out of range for rank " +
                 Twine(rank));
}

//===----------------------------------------------------------------------===//
// constant, iota
//===----------------------------------------------------------------------===//

OpFoldResult ConstantOp::fold(FoldAdaptor) { return getValue(); }

LogicalResult IotaOp::verify() {
  if (getDimension() >= static_cast<uint64_t>(getType().getRank()))
    return emitOpError("dimension ")
           << getDimension() << " is out of range for rank "
           << getType().getRank();
  return verifySizes(*this, getType(), getSizes());
}

LogicalResult IotaOp::reifyResultShapes(OpBuilder &builder,
                                        ReifiedRankedShapedTypeDims &result) {
  result.push_back(mixedSizes(getType(), getSizes()));
  return success();
}

//===----------------------------------------------------------------------===//
// reshape, broadcast
//===----------------------------------------------------------------------===//

LogicalResult ReshapeOp::verify() {
  RankedTensorType from = getInput().getType(), to = getType();
  if (from.getElementType() != to.getElementType())
    return emitOpError("changes the element type");
  if (from.hasStaticShape() && to.hasStaticShape() &&
      from.getNumElements() != to.getNumElements())
    return emitOpError("from ")
           << from.getNumElements() << " elements to " << to.getNumElements();
  return verifySizes(*this, to, getSizes());
}

OpFoldResult ReshapeOp::fold(FoldAdaptor adaptor) {
  if (getInput().getType() == getType() &&
      (getType().hasStaticShape() || getType().getRank() == 1))
    return getInput();
  if (auto inner = getInput().getDefiningOp<ReshapeOp>()) {
    getInputMutable().assign(inner.getInput());
    return getResult();
  }
  return {};
}

LogicalResult
ReshapeOp::reifyResultShapes(OpBuilder &builder,
                             ReifiedRankedShapedTypeDims &result) {
  result.push_back(mixedSizes(getType(), getSizes()));
  return success();
}

LogicalResult BroadcastOp::verify() {
  RankedTensorType from = getInput().getType(), to = getType();
  if (from.getElementType() != to.getElementType())
    return emitOpError("changes the element type");
  int64_t lead = to.getRank() - from.getRank();
  if (lead < 0)
    return emitOpError("lowers the rank");
  for (auto [i, size] : llvm::enumerate(from.getShape())) {
    int64_t target = to.getDimSize(i + lead);
    if (size != 1 && !ShapedType::isDynamic(size) &&
        !ShapedType::isDynamic(target) && size != target)
      return emitOpError("can't stretch dimension ")
             << i << " of size " << size << " to " << target;
  }
  return verifySizes(*this, to, getSizes());
}

OpFoldResult BroadcastOp::fold(FoldAdaptor adaptor) {
  if (getInput().getType() == getType() && getType().hasStaticShape())
    return getInput();
  return {};
}

LogicalResult
BroadcastOp::reifyResultShapes(OpBuilder &builder,
                               ReifiedRankedShapedTypeDims &result) {
  result.push_back(mixedSizes(getType(), getSizes()));
  return success();
}

//===----------------------------------------------------------------------===//
// transpose
//===----------------------------------------------------------------------===//

LogicalResult TransposeOp::shape(ShapeAlgebra &s, Adaptor op,
                                 SmallVectorImpl<Dim> &dims) {
  ArrayRef<int64_t> permutation = op.getPermutation();
  int64_t rank = typeOf(op.getInput()).getRank();
  if (static_cast<int64_t>(permutation.size()) != rank ||
      !isPermutationVector(permutation))
    return s.error("permutation does not fit rank " + Twine(rank));
  for (int64_t p : permutation)
    dims.push_back(s.dim(op.getInput(), p));
  return success();
}

Type TransposeOp::elementType(Adaptor op) {
  return typeOf(op.getInput()).getElementType();
}

OpFoldResult TransposeOp::fold(FoldAdaptor adaptor) {
  if (llvm::equal(getPermutation(),
                  llvm::seq<int64_t>(0, getType().getRank())) &&
      getInput().getType() == getType())
    return getInput();
  auto inner = getInput().getDefiningOp<TransposeOp>();
  if (!inner)
    return {};
  auto composed = llvm::map_to_vector(
      getPermutation(), [&](int64_t p) { return inner.getPermutation()[p]; });
  setPermutation(composed);
  getInputMutable().assign(inner.getInput());
  return getResult();
}

//===----------------------------------------------------------------------===//
// slice, pad
//===----------------------------------------------------------------------===//

/// Checks that there are as many operands as open entries of a list.
static LogicalResult verifyMixed(Operation *op, ArrayRef<int64_t> known,
                                 ValueRange open, StringRef what) {
  size_t count = llvm::count_if(known, ShapedType::isDynamic);
  if (count == open.size())
    return success();
  return op->emitOpError("has ") << open.size() << " " << what
                                 << " operands for " << count << " open ones";
}

SmallVector<OpFoldResult> SliceOp::getMixedOffsets() {
  return getMixedValues(getStaticOffsets(), getOffsets(), getContext());
}

LogicalResult SliceOp::verify() {
  int64_t rank = getType().getRank();
  if (rank != getInput().getType().getRank() ||
      static_cast<int64_t>(getStaticOffsets().size()) != rank ||
      static_cast<int64_t>(getSteps().size()) != rank)
    return emitOpError("needs an offset, a size and a step for each dimension");
  if (getInput().getType().getElementType() != getType().getElementType())
    return emitOpError("changes the element type");
  if (llvm::is_contained(getSteps(), 0))
    return emitOpError("has a step of 0");
  if (failed(verifyMixed(*this, getStaticOffsets(), getOffsets(), "offset")))
    return failure();
  for (int64_t i = 0; i < rank; ++i) {
    int64_t from = getInput().getType().getDimSize(i),
            size = getType().getDimSize(i), first = getStaticOffsets()[i];
    if (ShapedType::isDynamic(from) || ShapedType::isDynamic(size) ||
        ShapedType::isDynamic(first) || size == 0)
      continue;
    int64_t last = first + (size - 1) * getSteps()[i];
    if (std::min(first, last) < 0 || std::max(first, last) >= from)
      return emitOpError("reads elements ")
             << first << " to " << last << " of dimension " << i << " of size "
             << from;
  }
  return verifySizes(*this, getType(), getSizes());
}

OpFoldResult SliceOp::fold(FoldAdaptor adaptor) {
  bool whole =
      getInput().getType() == getType() && getType().hasStaticShape() &&
      llvm::all_of(getStaticOffsets(), [](int64_t o) { return o == 0; }) &&
      llvm::all_of(getSteps(), [](int64_t s) { return s == 1; });
  return whole ? OpFoldResult(getInput()) : OpFoldResult();
}

LogicalResult SliceOp::reifyResultShapes(OpBuilder &builder,
                                         ReifiedRankedShapedTypeDims &result) {
  result.push_back(mixedSizes(getType(), getSizes()));
  return success();
}

SmallVector<OpFoldResult> PadOp::getMixedLow() {
  return getMixedValues(getStaticLow(), getLow(), getContext());
}

LogicalResult PadOp::verify() {
  int64_t rank = getType().getRank();
  if (rank != getInput().getType().getRank() ||
      static_cast<int64_t>(getStaticLow().size()) != rank)
    return emitOpError("needs a low end for each dimension");
  if (failed(verifyMixed(*this, getStaticLow(), getLow(), "low end")))
    return failure();
  if (getInput().getType().getElementType() != getType().getElementType() ||
      getValue().getType().getElementType() != getType().getElementType())
    return emitOpError("mixes element types");
  if (getValue().getType().getRank() != 0)
    return emitOpError("value must be of rank 0");
  return verifySizes(*this, getType(), getSizes());
}

LogicalResult PadOp::reifyResultShapes(OpBuilder &builder,
                                       ReifiedRankedShapedTypeDims &result) {
  result.push_back(mixedSizes(getType(), getSizes()));
  return success();
}

//===----------------------------------------------------------------------===//
// concat, gather, scatter
//===----------------------------------------------------------------------===//

LogicalResult ConcatOp::shape(ShapeAlgebra &s, Adaptor op,
                              SmallVectorImpl<Dim> &dims) {
  if (op.getInputs().empty())
    return s.error("nothing to concatenate");
  int64_t axis = op.getAxis(), rank = typeOf(op.getInputs().front()).getRank();
  if (failed(checkAxis(s, axis, rank)))
    return failure();
  dims = s.dims(op.getInputs().front());
  for (Value input : op.getInputs().drop_front()) {
    if (typeOf(input).getRank() != rank)
      return s.error("inputs of rank " + Twine(rank) + " and " +
                     Twine(typeOf(input).getRank()));
    for (int64_t i = 0; i < rank; ++i) {
      Dim d = s.dim(input, i);
      int64_t a = staticDim(dims[i]), b = staticDim(d);
      if (i == axis)
        dims[i] = s.add(dims[i], d);
      else if (!ShapedType::isDynamic(a) && !ShapedType::isDynamic(b) && a != b)
        return s.error("dimension " + Twine(i) + " of the inputs is " +
                       Twine(a) + " and " + Twine(b));
      else
        dims[i] = s.same(dims[i], d);
    }
  }
  return success();
}

Type ConcatOp::elementType(Adaptor op) {
  return typeOf(op.getInputs().front()).getElementType();
}

LogicalResult ConcatOp::verify() {
  for (Value input : getInputs())
    if (typeOf(input).getElementType() != getType().getElementType())
      return emitOpError("mixes element types");
  return success();
}

OpFoldResult ConcatOp::fold(FoldAdaptor adaptor) {
  if (getInputs().size() == 1 && getInputs().front().getType() == getType())
    return getInputs().front();
  return {};
}

LogicalResult GatherOp::shape(ShapeAlgebra &s, Adaptor op,
                              SmallVectorImpl<Dim> &dims) {
  int64_t axis = op.getAxis();
  SmallVector<Dim> data = s.dims(op.getData());
  if (failed(checkAxis(s, axis, data.size())))
    return failure();
  dims.append(data.begin(), data.begin() + axis);
  llvm::append_range(dims, s.dims(op.getIndices()));
  dims.append(data.begin() + axis + 1, data.end());
  return success();
}

Type GatherOp::elementType(Adaptor op) {
  return typeOf(op.getData()).getElementType();
}

LogicalResult GatherOp::verify() { return success(); }

LogicalResult ScatterOp::shape(ShapeAlgebra &s, Adaptor op,
                               SmallVectorImpl<Dim> &dims) {
  dims = s.dims(op.getData());
  return success();
}

Type ScatterOp::elementType(Adaptor op) {
  return typeOf(op.getData()).getElementType();
}

LogicalResult ScatterOp::verify() {
  RankedTensorType data = typeOf(getData()), updates = typeOf(getUpdates());
  if (data.getRank() != 2 || updates.getRank() != 2 ||
      typeOf(getIndices()).getRank() != 1)
    return emitOpError(
        "takes data and updates of rank 2 and indices of rank 1");
  if (data.getElementType() != updates.getElementType())
    return emitOpError("mixes element types");
  if (getKind() != ScatterKind::none && isa<ComplexType>(data.getElementType()))
    return emitOpError("can't combine complex numbers");
  return success();
}

//===----------------------------------------------------------------------===//
// insert
//===----------------------------------------------------------------------===//

LogicalResult InsertOp::verify() {
  RankedTensorType part = getPart().getType(), into = getInto().getType();
  if (part.getRank() != into.getRank())
    return emitOpError("part of rank ")
           << part.getRank() << " into rank " << into.getRank();
  if (part.getElementType() != into.getElementType())
    return emitOpError("mixes element types");
  uint64_t axis = getAxis();
  if (axis >= static_cast<uint64_t>(into.getRank()))
    return emitOpError("axis ")
           << static_cast<int64_t>(axis) << " is out of range for rank "
           << into.getRank();
  std::optional<int64_t> offset = getConstantIntValue(getOffset());
  for (auto [i, sizes] :
       llvm::enumerate(llvm::zip(part.getShape(), into.getShape()))) {
    auto [from, to] = sizes;
    if (ShapedType::isDynamic(from) || ShapedType::isDynamic(to))
      continue;
    if (i != axis ? from != to : offset && (*offset < 0 || *offset > to - from))
      return emitOpError("part does not fit into dimension ")
             << i << " of size " << to;
  }
  return success();
}

LogicalResult InsertOp::reifyResultShapes(OpBuilder &builder,
                                          ReifiedRankedShapedTypeDims &result) {
  result.push_back(ShapeAlgebra(getLoc(), &builder).dims(getInto()));
  return success();
}

bool InsertOp::isInPlace() {
  auto arg = dyn_cast<BlockArgument>(getInto());
  if (!arg || arg.getOwner() != getOperation()->getBlock() || getAxis() != 0 ||
      !getResult().hasOneUse())
    return false;
  auto loop = dyn_cast<LoopLikeOpInterface>(getOperation()->getParentOp());
  OpOperand *yielded = loop ? loop.getTiedLoopYieldedValue(arg) : nullptr;
  // Its size is not its elements.
  return yielded && yielded->get() == getResult() &&
         llvm::all_of(arg.getUsers(), [&](Operation *user) {
           return user == getOperation() || isa<tensor::DimOp>(user);
         });
}

bool ConcatOp::isAppend() {
  auto loop = dyn_cast<LoopOp>(getOperation()->getParentOp());
  auto arg = dyn_cast<BlockArgument>(getInputs().front());
  if (!loop || !arg || arg.getOwner() != getOperation()->getBlock() ||
      getAxis() != 0 || getInputs().size() != 2 || arg.getType() != getType() ||
      !getType().isDynamicDim(0))
    return false;
  OpOperand *yielded = loop.getTiedLoopYieldedValue(arg);
  return yielded && yielded->get() == getResult();
}
