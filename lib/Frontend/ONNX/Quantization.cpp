//===- Quantization.cpp - to and from quantised numbers ---------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Frontend/Common/Composites.h"
#include "Frontend/ONNX/Ops.h"

using namespace mlir;
using namespace dlc;

/// A scale or zero point as it applies to x: one for all, one for each element
/// of an axis, or one for each block of `block_size` along it.
static Tensor spread(TensorBuilder &b, NodeArgs &n, Tensor parameter, Tensor x,
                     int64_t axis, int64_t block) {
  if (!parameter)
    return {};
  if (parameter.rank() == 0)
    return parameter;
  if (axis >= x.rank())
    return n.error("the scale has rank " + Twine(parameter.rank()) +
                   ", expected 0 as the input has");
  if (block == 0) {
    if (parameter.rank() != 1)
      return n.error("the scale has rank " + Twine(parameter.rank()) +
                     ", expected 0 or 1");
    if (parameter.shape()[0] == 1)
      return b.reshape(parameter, ArrayRef<int64_t>());
    return perChannel(b, parameter, x.rank() - axis - 1);
  }
  if (parameter.rank() != x.rank())
    return n.error("the scale has rank " + Twine(parameter.rank()) +
                   ", expected " + Twine(x.rank()) + " with 'block_size'");
  Dims repeated = b.dims(parameter), shape = repeated;
  repeated.insert(repeated.begin() + axis + 1, b.dim(block));
  shape[axis] = b.sizes().mul(shape[axis], b.dim(block));
  Tensor all =
      b.reshape(b.broadcastTo(b.unsqueeze(parameter, axis + 1), repeated),
                ArrayRef<Dim>(shape));
  // The last block may be cut off.
  return b.sliceAxis(all, axis, b.dim(0), b.dim(x, axis));
}

namespace {
/// Where the parameters lie.
struct Layout {
  int64_t axis = 0, block = 0;
};
} // namespace

static std::optional<Layout> layout(NodeArgs &n, Tensor x, Tensor scale) {
  Layout l;
  l.block = n.integer("block_size", 0);
  if (l.block < 0 || l.block > INT32_MAX) {
    n.error("attribute 'block_size' is " + Twine(l.block) +
            ", which is out of range");
    return std::nullopt;
  }
  // With one scale for all the axis has no meaning.
  if (scale.rank() == 0 || x.rank() <= 1)
    n.ignore("axis");
  else
    l.axis = n.axis("axis", 1, x.rank());
  return n.failed() ? std::nullopt : std::optional(l);
}

/// The type that attribute `name` asks for, else `otherwise`.
static Type typeAttr(TensorBuilder &b, NodeArgs &n, StringRef name,
                     Type otherwise) {
  int64_t code = n.integer(name, 0);
  if (code == 0)
    return otherwise;
  Type type = onnx::elementType(b.context(), code);
  if (!type)
    n.error("attribute '" + name + "' has unknown type " + Twine(code));
  return type ? type : otherwise;
}

/// x, whole, to `type`; what is out of range goes to the nearest end.
static Tensor saturate(TensorBuilder &b, Tensor x, Type type) {
  if (!x)
    return {};
  if (auto narrow = dyn_cast<FloatType>(type)) {
    double most =
        APFloat::getLargest(narrow.getFloatSemantics()).convertToDouble();
    return b.cast(b.clamp(x, b.like(-most, x), b.like(most, x)), type);
  }
  unsigned width = type.getIntOrFloatBitWidth();
  bool isUnsigned = type.isUnsignedInteger();
  double low = isUnsigned ? 0 : double(llvm::minIntN(width));
  double high =
      isUnsigned ? double(llvm::maxUIntN(width)) : double(llvm::maxIntN(width));
  return b.cast(b.clamp(x, b.like(low, x), b.like(high, x)), type);
}

Tensor onnx::quantize(TensorBuilder &b, Tensor x, Tensor zero, Type type) {
  if (isa<IntegerType>(type))
    x = b.round(x);
  if (x && zero)
    x = x + b.cast(zero, x.elementType());
  return saturate(b, x, type);
}

static Tensors quantizeLinear(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "x"), scale = n.input(1, "y_scale");
  Tensor zero = n.has(2) ? n.input(2, "y_zero_point") : Tensor();
  if (!x || !scale)
    return Tensor();
  // An integer that divides is a number as any other.
  if (!scale.isFloat())
    scale = b.cast(scale, b.f32());
  Type ui8 = IntegerType::get(b.context(), 8, IntegerType::Unsigned);
  Type type = typeAttr(b, n, "output_dtype", zero ? zero.elementType() : ui8);
  Type precision = typeAttr(b, n, "precision", scale.elementType());
  bool clamps = n.flag("saturate", true) || !isa<FloatType>(type);
  std::optional<Layout> l = layout(n, x, scale);
  if (!l)
    return Tensor();
  if (!isa<FloatType>(precision))
    return n.error("attribute 'precision' is no float type");
  // Of 8 bits a scale may be, not a quotient.
  if (precision.getIntOrFloatBitWidth() <= 8)
    precision = b.f32();
  Tensor quotient =
      b.cast(x, precision) /
      b.cast(spread(b, n, scale, x, l->axis, l->block), precision);
  if (!quotient)
    return Tensor();
  quotient = b.cast(quotient, wideType(precision));
  if (zero)
    zero = spread(b, n, zero, x, l->axis, l->block);
  if (clamps)
    return onnx::quantize(b, quotient, zero, type);
  if (zero)
    quotient = quotient + b.cast(zero, quotient.elementType());
  return b.cast(quotient, type);
}

Tensor onnx::dequantize(TensorBuilder &b, NodeArgs &n, Tensor x, Tensor scale,
                        Tensor zero, int64_t axis, int64_t block) {
  if (!x || !scale)
    return {};
  Type wide = wideType(scale.elementType());
  Tensor value = b.cast(x, wide);
  if (zero)
    value = value - b.cast(spread(b, n, zero, x, axis, block), wide);
  return value * b.cast(spread(b, n, scale, x, axis, block), wide);
}

static Tensors dequantizeLinear(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "x"), scale = n.input(1, "x_scale");
  Tensor zero = n.has(2) ? n.input(2, "x_zero_point") : Tensor();
  if (!x || !scale)
    return Tensor();
  if (!isa<FloatType>(scale.elementType()))
    return n.error("input 'x_scale' must be a float");
  Type type = typeAttr(b, n, "output_dtype", scale.elementType());
  std::optional<Layout> l = layout(n, x, scale);
  if (!l)
    return Tensor();
  return b.cast(onnx::dequantize(b, n, x, scale, zero, l->axis, l->block),
                type);
}

Tensors onnx::dynamicQuantizeLinear(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "x");
  if (!x)
    return Tensor();
  if (!x.isFloat())
    return n.error("input 'x' must be a float");
  Type ui8 = IntegerType::get(b.context(), 8, IntegerType::Unsigned);
  Ints all = axesFrom(x, 0);
  Tensor top = b.max(b.reduce(ReduceKind::max, x, all), 0.0);
  Tensor bottom = b.min(b.reduce(ReduceKind::min, x, all), 0.0);
  Tensor range = top - bottom;
  Tensor scale = b.select(b.eq(range, 0.0), b.like(1, x), range / 255.0);
  Tensor zero = onnx::quantize(b, -(bottom / scale), {}, ui8);
  Tensor y = onnx::quantize(b, x / scale, zero, ui8);
  return Tensors{y, scale, zero};
}

ArrayRef<OpRow> dlc::onnx::quantizationOps() {
  static const OpRow rows[] = {
      {"QuantizeLinear", 10, quantizeLinear, {2, 3}},
      {"DequantizeLinear", 10, dequantizeLinear, {2, 3}},
      {"DynamicQuantizeLinear", 11, dynamicQuantizeLinear, {1, 1}, {3, 3}},
  };
  return rows;
}

/// Those of types that the standard had only later.
ArrayRef<OpRow> dlc::onnx::microsoftLinearOps() {
  static const OpRow rows[] = {
      {"QuantizeLinear", 1, quantizeLinear, {2, 3}},
      {"DequantizeLinear", 1, dequantizeLinear, {2, 3}},
  };
  return rows;
}
