//===- Reduction.cpp - shapes and checks of reductions and windows -*- C++
//-*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/dlc/Dlc.h"
#include "dialects/dlc/Window.h"

using namespace mlir;
using namespace dlc;

LogicalResult ReduceOp::shape(ShapeAlgebra &s, Adaptor op,
                              SmallVectorImpl<Dim> &dims) {
  int64_t rank = typeOf(op.getInput()).getRank();
  ArrayRef<int64_t> axes = op.getAxes();
  for (int64_t axis : axes)
    if (axis < 0 || axis >= rank || llvm::count(axes, axis) != 1)
      return s.error("axis " + Twine(axis) + " is out of range for rank " +
                     Twine(rank) + " or repeated");
  for (int64_t i = 0; i < rank; ++i)
    if (!llvm::is_contained(axes, i))
      dims.push_back(s.dim(op.getInput(), i));
  return success();
}

Type ReduceOp::elementType(Adaptor op) {
  return typeOf(op.getInput()).getElementType();
}

LogicalResult ReduceOp::verify() {
  bool logical = getKind() == ReduceKind::all || getKind() == ReduceKind::any;
  if (logical != getType().getElementType().isInteger(1))
    return emitOpError("'")
           << stringifyReduceKind(getKind()) << "' does not apply to "
           << getType().getElementType();
  return success();
}

LogicalResult ArgReduceOp::shape(ShapeAlgebra &s, Adaptor op,
                                 SmallVectorImpl<Dim> &dims) {
  int64_t rank = typeOf(op.getInput()).getRank(), axis = op.getAxis();
  if (axis < 0 || axis >= rank)
    return s.error("axis " + Twine(axis) + " is out of range for rank " +
                   Twine(rank));
  for (int64_t i = 0; i < rank; ++i)
    if (i != axis)
      dims.push_back(s.dim(op.getInput(), i));
  return success();
}

Type ArgReduceOp::elementType(Adaptor op) {
  return IntegerType::get(op.getInput().getContext(), 64);
}

LogicalResult ArgReduceOp::verify() {
  if (getKind() != ReduceKind::max && getKind() != ReduceKind::min)
    return emitOpError("kind must be max or min");
  return success();
}

LogicalResult ScanOp::shape(ShapeAlgebra &s, Adaptor op,
                            SmallVectorImpl<Dim> &dims) {
  dims = s.dims(op.getInput());
  int64_t axis = op.getAxis();
  if (axis < 0 || axis >= static_cast<int64_t>(dims.size()))
    return s.error("axis " + Twine(axis) + " is out of range for rank " +
                   Twine(dims.size()));
  return success();
}

Type ScanOp::elementType(Adaptor op) {
  return typeOf(op.getInput()).getElementType();
}

LogicalResult ScanOp::verify() {
  if (getKind() != ReduceKind::sum && getKind() != ReduceKind::prod)
    return emitOpError("kind must be sum or prod");
  return success();
}

LogicalResult dlc::windowShape(ShapeAlgebra &s, Value input,
                               ArrayRef<int64_t> kernel, const Window &window,
                               SmallVectorImpl<Dim> &dims) {
  int64_t spatial = typeOf(input).getRank() - 2;
  size_t n = spatial;
  if (kernel.size() != n || window.strides.size() != n ||
      window.dilations.size() != n || window.pads.size() != 2 * n)
    return s.error("kernel, strides, dilations and pads do not fit " +
                   Twine(spatial) + " spatial dimensions");
  for (size_t i = 0; i < n; ++i) {
    if (kernel[i] < 1 || window.strides[i] < 1 || window.dilations[i] < 1)
      return s.error("kernel, strides and dilations must be positive");
    // Whatever a file says, these do not overflow.
    int64_t reach = staticDim(
        s.add(s.mul(s.constant(window.dilations[i]), s.constant(kernel[i] - 1)),
              s.constant(1)));
    Dim padded =
        s.add(s.dim(input, i + 1), s.add(s.constant(window.pads[i]),
                                         s.constant(window.pads[n + i])));
    if (int64_t p = staticDim(padded); !ShapedType::isDynamic(p) && p < reach)
      return s.error("window of size " + Twine(reach) +
                     " is larger than padded dimension " + Twine(i + 1) +
                     " of size " + Twine(p));
    Dim steps =
        s.floorDiv(s.add(padded, s.constant(-reach)), window.strides[i]);
    dims.push_back(s.add(steps, s.constant(1)));
  }
  return success();
}

LogicalResult PoolOp::shape(ShapeAlgebra &s, Adaptor op,
                            SmallVectorImpl<Dim> &dims) {
  if (int64_t rank = typeOf(op.getInput()).getRank(); rank < 3)
    return s.error("needs an input of rank 3 or more, not " + Twine(rank));
  dims.push_back(s.dim(op.getInput(), 0));
  if (failed(windowShape(s, op.getInput(), op.getKernel(),
                         {op.getStrides(), op.getDilations(), op.getPads()},
                         dims)))
    return failure();
  dims.push_back(s.dim(op.getInput(), typeOf(op.getInput()).getRank() - 1));
  return success();
}

Type PoolOp::elementType(Adaptor op) {
  return typeOf(op.getInput()).getElementType();
}

LogicalResult PoolOp::verify() {
  if (getKind() != ReduceKind::max && getKind() != ReduceKind::sum)
    return emitOpError("kind must be max or sum");
  return success();
}
