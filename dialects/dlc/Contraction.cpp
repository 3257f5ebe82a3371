//===- Contraction.cpp - shapes and checks of contractions -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/dlc/Dlc.h"
#include "dialects/dlc/Window.h"

using namespace mlir;
using namespace dlc;

/// Integers accumulate in i32.
static Type resultElement(Type operand) {
  if (isa<IntegerType>(operand) && operand.getIntOrFloatBitWidth() < 32)
    return IntegerType::get(operand.getContext(), 32);
  return operand;
}

/// Whether panels of this width are as many as so many columns take.
static bool isPanelCount(int64_t panels, int64_t width, int64_t columns) {
  if (columns < 0 || panels < 0 || width < 1)
    return false;
  return panels == llvm::divideCeilSigned(columns, width);
}

/// The checks of a right operand that Strassen's algorithm multiplies by.
static LogicalResult strassenShape(ShapeAlgebra &s, MatmulOp::Adaptor op,
                                   SmallVectorImpl<Dim> &dims) {
  auto lhs = typeOf(op.getLhs()), rhs = typeOf(op.getRhs());
  int64_t columns = op.getPacked().value_or(-1);
  if (lhs.getRank() != 2 || rhs.getRank() != 4 || !rhs.hasStaticShape())
    return s.error("takes Strassen's algorithm for matrices and seven products "
                   "of known panels");
  ArrayRef<int64_t> sizes = rhs.getShape();
  if (sizes[1] != 7 || !isPanelCount(sizes[0], 2 * sizes[3], columns) ||
      columns < sizes[0] * sizes[3])
    return s.error(Twine(columns) + " packed columns are not what twice " +
                   Twine(sizes[0]) + " panels of " + Twine(sizes[1]) +
                   " products and " + Twine(sizes[3]) + " columns hold");
  if (lhs.getDimSize(1) != 2 * sizes[2])
    return s.error("contracts a dimension of size " + Twine(lhs.getDimSize(1)) +
                   " with one of size " + Twine(2 * sizes[2]));
  dims.push_back(s.dim(op.getLhs(), 0));
  dims.push_back(s.constant(columns));
  return success();
}

LogicalResult MatmulOp::shape(ShapeAlgebra &s, Adaptor op,
                              SmallVectorImpl<Dim> &dims) {
  if (op.getStrassen())
    return strassenShape(s, op, dims);
  int64_t rank = typeOf(op.getLhs()).getRank();
  bool packed = op.getPacked().has_value();
  if (rank < 2 || typeOf(op.getRhs()).getRank() != rank + packed)
    return s.error("needs operands of one rank of at least 2, not " +
                   Twine(rank) + " and " +
                   Twine(typeOf(op.getRhs()).getRank()));
  for (int64_t i = 0; i < rank - 2; ++i) {
    Dim a = s.dim(op.getLhs(), i), b = s.dim(op.getRhs(), i);
    int64_t x = staticDim(a), y = staticDim(b);
    if (x > 1 && y > 1 && x != y)
      return s.error("batch dimension " + Twine(i) + " is " + Twine(x) +
                     " and " + Twine(y));
    dims.push_back(s.broadcast(a, b));
  }
  int64_t k0 = typeOf(op.getLhs()).getDimSize(rank - 1),
          k1 = typeOf(op.getRhs()).getDimSize(rank - 2 + packed);
  if (!ShapedType::isDynamic(k0) && !ShapedType::isDynamic(k1) && k0 != k1)
    return s.error("contracts a dimension of size " + Twine(k0) +
                   " with one of size " + Twine(k1));
  if (packed) {
    ArrayRef<int64_t> rhs = typeOf(op.getRhs()).getShape();
    int64_t panels = rhs[rank - 2], width = rhs[rank];
    if (!isPanelCount(panels, width, *op.getPacked()))
      return s.error(Twine(*op.getPacked()) + " packed columns are not what " +
                     Twine(panels) + " panels of " + Twine(width) + " hold");
  }
  dims.push_back(s.dim(op.getLhs(), rank - 2));
  dims.push_back(packed ? s.constant(*op.getPacked())
                        : s.dim(op.getRhs(), rank - 1));
  return success();
}

Type MatmulOp::elementType(Adaptor op) {
  return resultElement(typeOf(op.getLhs()).getElementType());
}

LogicalResult MatmulOp::verify() {
  Type a = typeOf(getLhs()).getElementType(),
       b = typeOf(getRhs()).getElementType();
  bool narrow = a.isInteger(8) && b.isInteger(8);
  if (a != b && !narrow)
    return emitOpError("mixes element types ") << a << " and " << b;
  if (getStrassen() && (!a.isF32() || getType().getDimSize(0) == 0 ||
                        getType().getDimSize(0) == 1))
    return emitOpError("takes Strassen's algorithm for two or more rows of "
                       "f32, not ")
           << getLhs().getType();
  return success();
}

/// The window of a kernel of `type`: what lies between its other dimensions.
static ArrayRef<int64_t> windowOf(RankedTensorType kernel, bool packed,
                                  int64_t spatial) {
  bool depthwise = kernel.getRank() == spatial + 1;
  return kernel.getShape().slice(!packed ? 1 : depthwise ? 0 : 2, spatial);
}

static constexpr int64_t kWinogradWindow[] = {3, 3};

ArrayRef<int64_t> ConvOp::getWindow() {
  if (getWinograd())
    return kWinogradWindow;
  return windowOf(typeOf(getKernel()), getPacked().has_value(),
                  typeOf(getInput()).getRank() - 2);
}

bool ConvOp::isDepthwise() {
  int64_t channels = typeOf(getInput()).getShape().back();
  return static_cast<int64_t>(getGroups()) == channels &&
         getType().getShape().back() == channels;
}

bool ConvOp::takesViews() {
  int64_t channels = getInput().getType().getShape().back();
  return getGroups() == 1 && !isDepthwise() && !getWinograd() &&
         channels >= 0 && channels <= 4;
}

bool ConvOp::takesComputed() {
  auto all = [](ArrayRef<int64_t> list, int64_t value) {
    return llvm::all_of(list, [&](int64_t i) { return i == value; });
  };
  RankedTensorType input = getInput().getType();
  return getPacked() && getGroups() == 1 && !getWinograd() &&
         all(getWindow(), 1) && all(getStrides(), 1) && all(getPads(), 0) &&
         input.getElementType().isF32() &&
         !ShapedType::isDynamic(input.getShape().back());
}

/// The checks that only a packed kernel needs less of.
static LogicalResult packedShape(ShapeAlgebra &s, ConvOp::Adaptor op,
                                 SmallVectorImpl<Dim> &dims) {
  auto input = typeOf(op.getInput()), kernel = typeOf(op.getKernel());
  int64_t spatial = input.getRank() - 2, groups = op.getGroups(),
          outputs = *op.getPacked(),
          channels = input.getShape().empty() ? 0 : input.getShape().back();
  bool depthwise = kernel.getRank() == spatial + 1;
  if (spatial < 1 || (!depthwise && kernel.getRank() != spatial + 4))
    return s.error("packed kernel of rank " + Twine(kernel.getRank()) +
                   " does not fit an input of rank " + Twine(input.getRank()));
  if (!kernel.hasStaticShape())
    return s.error("needs a kernel of known shape");
  if (groups < 1 || outputs % groups != 0)
    return s.error(Twine(outputs) + " output channels do not divide into " +
                   Twine(groups) + " groups");
  if (depthwise) {
    if (outputs != groups || kernel.getShape().back() != groups ||
        channels != groups)
      return s.error("depthwise kernel for " + Twine(kernel.getShape().back()) +
                     " channels, groups are " + Twine(groups) +
                     " and output channels " + Twine(outputs));
  } else {
    int64_t panels = kernel.getDimSize(1),
            each = kernel.getDimSize(2 + spatial),
            width = kernel.getShape().back();
    if (!ShapedType::isDynamic(channels) && channels != each * groups)
      return s.error("kernel takes " + Twine(each) + " channels in each of " +
                     Twine(groups) + " groups, the input has " +
                     Twine(channels));
    if (kernel.getDimSize(0) != groups ||
        !isPanelCount(panels, width, outputs / groups))
      return s.error(Twine(outputs) + " packed output channels are not what " +
                     Twine(kernel.getDimSize(0)) + " groups of " +
                     Twine(panels) + " panels of " + Twine(width) + " hold");
  }
  dims.push_back(s.dim(op.getInput(), 0));
  if (failed(windowShape(s, op.getInput(), windowOf(kernel, true, spatial),
                         {op.getStrides(), op.getDilations(), op.getPads()},
                         dims)))
    return failure();
  dims.push_back(s.constant(*op.getPacked()));
  return success();
}

/// The checks of a kernel that Winograd's algorithm multiplies by.
static LogicalResult winogradShape(ShapeAlgebra &s, ConvOp::Adaptor op,
                                   SmallVectorImpl<Dim> &dims) {
  auto input = typeOf(op.getInput()), kernel = typeOf(op.getKernel());
  int64_t m = *op.getWinograd(), outputs = op.getPacked().value_or(-1);
  if (m < 2 || m > 4)
    return s.error("knows Winograd's algorithm for tiles of 2 to 4, not of " +
                   Twine(m));
  auto isOnes = [](ArrayRef<int64_t> list) {
    return list == ArrayRef<int64_t>{1, 1};
  };
  if (input.getRank() != 4 || kernel.getRank() != 4 ||
      !isOnes(op.getStrides()) || !isOnes(op.getDilations()) ||
      op.getGroups() != 1)
    return s.error("takes Winograd's algorithm for two dimensions without "
                   "strides, dilations and groups");
  if (!kernel.hasStaticShape())
    return s.error("needs a kernel of known shape");
  int64_t channels = input.getShape().back(), each = kernel.getDimSize(2);
  if (!ShapedType::isDynamic(channels) && channels != each)
    return s.error("kernel takes " + Twine(each) + " channels, the input has " +
                   Twine(channels));
  if (kernel.getDimSize(1) != (m + 2) * (m + 2) ||
      !isPanelCount(kernel.getDimSize(0), kernel.getDimSize(3), outputs))
    return s.error(Twine(outputs) + " packed output channels are not what " +
                   Twine(kernel.getDimSize(0)) + " panels of " +
                   Twine(kernel.getDimSize(1)) + " products and " +
                   Twine(kernel.getDimSize(3)) + " columns hold");
  dims.push_back(s.dim(op.getInput(), 0));
  if (failed(windowShape(s, op.getInput(), kWinogradWindow,
                         {op.getStrides(), op.getDilations(), op.getPads()},
                         dims)))
    return failure();
  dims.push_back(s.constant(outputs));
  return success();
}

LogicalResult ConvOp::shape(ShapeAlgebra &s, Adaptor op,
                            SmallVectorImpl<Dim> &dims) {
  if (op.getWinograd())
    return winogradShape(s, op, dims);
  if (op.getPacked())
    return packedShape(s, op, dims);
  auto input = typeOf(op.getInput()), kernel = typeOf(op.getKernel());
  if (kernel.getRank() != input.getRank() || input.getRank() < 3)
    return s.error("needs input and kernel of one rank of at least 3, not " +
                   Twine(input.getRank()) + " and " + Twine(kernel.getRank()));
  if (!kernel.hasStaticShape())
    return s.error("needs a kernel of known shape");
  int64_t groups = op.getGroups(), oc = kernel.getDimSize(0),
          ic = kernel.getShape().back(), channels = input.getShape().back();
  if (groups < 1 || oc % groups != 0)
    return s.error(Twine(oc) + " output channels do not divide into " +
                   Twine(groups) + " groups");
  if (!ShapedType::isDynamic(channels) && channels != ic * groups)
    return s.error("kernel takes " + Twine(ic) + " channels in each of " +
                   Twine(groups) + " groups, the input has " + Twine(channels));
  dims.push_back(s.dim(op.getInput(), 0));
  if (failed(windowShape(
          s, op.getInput(), kernel.getShape().drop_front().drop_back(),
          {op.getStrides(), op.getDilations(), op.getPads()}, dims)))
    return failure();
  dims.push_back(s.constant(oc));
  return success();
}

Type ConvOp::elementType(Adaptor op) {
  return resultElement(typeOf(op.getInput()).getElementType());
}

LogicalResult ConvOp::verify() {
  Type a = typeOf(getInput()).getElementType(),
       b = typeOf(getKernel()).getElementType();
  bool narrow = a.isInteger(8) && b.isInteger(8);
  if (a != b && !narrow)
    return emitOpError("mixes element types ") << a << " and " << b;
  // Kernels are laid out by the number of output channels.
  if (getType().isDynamicDim(getType().getRank() - 1))
    return emitOpError("needs a result of known channels, not ") << getType();
  auto known = typeOf(getInput()).getShape().drop_front();
  auto isOpenOrEmpty = [](int64_t d) { return d < 1; };
  if (getWinograd() && (!a.isF32() || llvm::any_of(known, isOpenOrEmpty)))
    return emitOpError("takes Winograd's algorithm for images of f32 of known "
                       "size that are not empty, not ")
           << getInput().getType();
  return success();
}
