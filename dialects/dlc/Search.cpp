//===- Search.cpp - shapes and checks of what looks for elements -*- C++
//-*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/dlc/Dlc.h"

#include "mlir/Dialect/Utils/StaticValueUtils.h"

using namespace mlir;
using namespace dlc;

static Type indexType(Value v) { return IntegerType::get(v.getContext(), 64); }

//===----------------------------------------------------------------------===//
// topk
//===----------------------------------------------------------------------===//

LogicalResult TopKOp::shape(ShapeAlgebra &s, Adaptor op,
                            SmallVectorImpl<Dim> &dims) {
  dims = s.dims(op.getInput());
  int64_t axis = op.getAxis();
  if (axis < 0 || axis >= static_cast<int64_t>(dims.size()))
    return s.error("axis " + Twine(axis) + " is out of range for rank " +
                   Twine(dims.size()));
  Dim k = getAsOpFoldResult(op.getK());
  int64_t known = staticDim(k), size = staticDim(dims[axis]);
  if (!ShapedType::isDynamic(known) &&
      (known < 0 || (!ShapedType::isDynamic(size) && known > size)))
    return s.error("k = " + Twine(known) +
                   " does not fit a dimension of size " + Twine(size));
  dims[axis] = k;
  return success();
}

Type TopKOp::elementType(Adaptor op) { return indexType(op.getInput()); }

//===----------------------------------------------------------------------===//
// nonzero
//===----------------------------------------------------------------------===//

LogicalResult NonZeroOp::shape(ShapeAlgebra &s, Adaptor op,
                               SmallVectorImpl<Dim> &dims) {
  dims = s.dims(op.getInput());
  if (dims.size() != 1)
    return s.error("needs a vector, not rank " + Twine(dims.size()));
  return success();
}

Type NonZeroOp::elementType(Adaptor op) { return indexType(op.getInput()); }

//===----------------------------------------------------------------------===//
// nms
//===----------------------------------------------------------------------===//

/// Whether two sizes can be the same at run time.
static bool mayAgree(int64_t a, int64_t b) {
  return a == b || ShapedType::isDynamic(a) || ShapedType::isDynamic(b);
}

LogicalResult NmsOp::shape(ShapeAlgebra &s, Adaptor op,
                           SmallVectorImpl<Dim> &dims) {
  ArrayRef<int64_t> boxes = typeOf(op.getBoxes()).getShape(),
                    scores = typeOf(op.getScores()).getShape();
  if (boxes.size() != 3 || scores.size() != 3 || boxes[2] != 4 ||
      !mayAgree(boxes[0], scores[0]) || !mayAgree(boxes[1], scores[2]))
    return s.error("needs boxes of shape [b, n, 4] and scores of [b, c, n]");
  dims = s.dims(op.getScores());
  dims[0] = s.same(dims[0], s.dim(op.getBoxes(), 0));
  dims[2] = s.same(dims[2], s.dim(op.getBoxes(), 1));
  return success();
}

Type NmsOp::elementType(Adaptor op) { return indexType(op.getBoxes()); }

LogicalResult NmsOp::verify() {
  Type element = getBoxes().getType().getElementType();
  for (Value v : {getScores(), getOverlap(), getLeastScore()})
    if (typeOf(v).getElementType() != element)
      return emitOpError("mixes elements of type ")
             << element << " and " << typeOf(v).getElementType();
  if (getOverlap().getType().getRank() != 0 ||
      getLeastScore().getType().getRank() != 0)
    return emitOpError("'overlap' and 'least' must be scalars");
  return success();
}
