//===- Arithmetic.cpp - operators of two and more operands -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Frontend/Common/Composites.h"
#include "Frontend/Common/TensorDetail.h"
#include "Frontend/ONNX/Ops.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;
using namespace dlc;

Tensor onnx::secondOperand(TensorBuilder &b, NodeArgs &n, Tensor x) {
  Tensor y = n.input(1, "B");
  if (n.version() >= 7 || !x || !y)
    return y;
  if (!n.flag("broadcast", false)) {
    n.ignore("axis");
    if (failed(verifyCompatibleShape(x.type(), y.type())))
      return n.error("shapes " + describe(x.shape()) + " and " +
                     describe(y.shape()) +
                     " differ, and attribute 'broadcast' is not set");
    return y;
  }
  if (!n.hasAttr("axis"))
    return y;
  int64_t axis = n.axis("axis", std::nullopt, x.rank());
  int64_t behind = x.rank() - axis - y.rank();
  if (n.failed() || behind < 0)
    return n.error("a tensor of shape " + describe(y.shape()) +
                   " does not fit " + describe(x.shape()) + " from dimension " +
                   Twine(axis) + " on");
  return b.unsqueeze(y,
                     llvm::to_vector(llvm::seq(y.rank(), y.rank() + behind)));
}

Tensor onnx::withNumbers(TensorBuilder &b, Tensor x, ArrayRef<double> numbers) {
  auto fits = [&](double v) {
    return v == std::trunc(v) && !(v < 0 && x.isUnsigned());
  };
  if (!x || x.isFloat() || llvm::all_of(numbers, fits))
    return x;
  return b.cast(x, b.opBuilder().getF64Type());
}

template <typename OpT> static Tensors binary(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "A");
  return b.binary<OpT>(x, onnx::secondOperand(b, n, x));
}

template <typename OpT> static Tensors variadic(TensorBuilder &b, NodeArgs &n) {
  SmallVector<Tensor> xs = n.allInputs();
  Tensor result = xs.front();
  for (Tensor x : ArrayRef(xs).drop_front())
    result = b.binary<OpT>(result, x);
  return result;
}

static Tensors mean(TensorBuilder &b, NodeArgs &n) {
  Tensor total = variadic<AddOp>(b, n).front();
  return total / static_cast<double>(n.numInputs());
}

static Tensors mod(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "A"), y = n.input(1, "B");
  return n.flag("fmod", false) ? b.rem(x, y) : b.mod(x, y);
}

/// x to small known powers is products.
static Tensor powerOf(TensorBuilder &b, Tensor x, Tensor y) {
  std::optional<SmallVector<double>> known;
  if (y.type().hasStaticShape() && y.type().getNumElements() == 1 &&
      y.rank() <= x.rank() && x.isFloat())
    known = b.constantFloats(y);
  double exponent = known ? known->front() : 0;
  if (exponent == 1)
    return x;
  if (exponent == 2)
    return b.square(x);
  if (exponent == 3)
    return b.mul(b.square(x), x);
  return b.pow(x, y);
}

/// The type that a power is computed in. The result has the base's; a cut
/// product must be exact, and an exponent must not lose its parity.
static Type powerType(TensorBuilder &b, Tensor x, Tensor y) {
  Type f64 = b.opBuilder().getF64Type();
  unsigned bits = y.elementType().getIntOrFloatBitWidth();
  if (!x.isFloat())
    return y.isFloat() ? f64 : x.elementType();
  if (y.isFloat())
    return commonType(x.elementType(), y.elementType());
  auto hasF32 = [](int64_t v) { return v >= -(1 << 24) && v <= 1 << 24; };
  std::optional<Ints> known = b.constantInts(y);
  return bits < 32 || (known && llvm::all_of(*known, hasF32))
             ? wideType(x.elementType())
             : f64;
}

static Tensors pow(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "X"), y = onnx::secondOperand(b, n, x);
  if (!x || !y)
    return Tensor();
  Type type = x.elementType(), common = powerType(b, x, y);
  return b.cast(powerOf(b, b.cast(x, common), b.cast(y, common)), type);
}

static Tensors bitShift(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "X"), y = n.input(1, "Y");
  if (x && !isa<IntegerType>(x.elementType()))
    return n.error("operands must be of an integer type, not " +
                   describe(x.elementType()));
  StringRef direction = n.string("direction");
  if (direction == "LEFT")
    return b.shl(x, y);
  if (direction == "RIGHT")
    return b.shr(x, y);
  return n.error("attribute 'direction' must be 'LEFT' or 'RIGHT', not '" +
                 direction + "'");
}

/// Attributes before version 11, inputs since.
static Tensors clip(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "input"), low, high;
  if (n.version() < 11) {
    low = n.hasAttr("min") ? b.like(n.real("min"), x) : Tensor();
    high = n.hasAttr("max") ? b.like(n.real("max"), x) : Tensor();
  } else {
    low = n.has(1) ? n.input(1) : Tensor();
    high = n.has(2) ? n.input(2) : Tensor();
  }
  return b.clamp(x, low, high);
}

ArrayRef<OpRow> onnx::arithmeticOps() {
  static const OpRow rows[] = {
      {"Add", 1, binary<AddOp>, {2, 2}},
      {"Sub", 1, binary<SubOp>, {2, 2}},
      {"Mul", 1, binary<MulOp>, {2, 2}},
      {"Div", 1, binary<DivOp>, {2, 2}},
      {"Mod", 10, mod, {2, 2}},
      {"Pow", 1, pow, {2, 2}},
      {"BitShift", 11, bitShift, {2, 2}},
      {"Min", 1, variadic<MinOp>, {1, kMany}},
      {"Max", 1, variadic<MaxOp>, {1, kMany}},
      {"Sum", 1, variadic<AddOp>, {1, kMany}},
      {"Mean", 1, mean, {1, kMany}},
      {"Clip", 1, clip, {1, 3}},
  };
  return rows;
}
