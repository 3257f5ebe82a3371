//===- Unary.cpp - operators of one operand -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Frontend/Common/TensorDetail.h"
#include "Frontend/ONNX/Ops.h"
#include "Frontend/ONNX/Strings.h"

using namespace mlir;
using namespace dlc;

template <typename OpT> static Tensors unary(TensorBuilder &b, NodeArgs &n) {
  return b.unary<OpT>(n.input(0));
}

static Tensors identity(TensorBuilder &, NodeArgs &n) { return n.value(0); }

static Tensors absolute(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "X");
  return x && x.isUnsigned() ? x : b.abs(x);
}

static Tensors reciprocal(TensorBuilder &b, NodeArgs &n) {
  return b.reciprocal(n.input(0, "X"));
}

/// Of integers, too, as its first versions have it.
static Tensors erf(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "input");
  if (!x || x.isFloat())
    return b.erf(x);
  return b.cast(b.erf(b.cast(x, b.f32())), x.elementType());
}

static Tensors isNaN(TensorBuilder &b, NodeArgs &n) {
  return b.isNan(n.input(0, "X"));
}

static Tensors isInf(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "X"), result = b.isInf(x);
  bool negative = n.flag("detect_negative", true),
       positive = n.flag("detect_positive", true);
  if (!positive)
    result = b.and_(result, b.lt(x, 0.0));
  if (!negative)
    result = b.and_(result, b.gt(x, 0.0));
  return result;
}

/// Eight-bit floats take their greatest value for what is beyond it.
static Tensor saturate(TensorBuilder &b, Tensor x, FloatType to) {
  double greatest =
      APFloat::getLargest(to.getFloatSemantics()).convertToDouble();
  return b.max(b.min(x, greatest), -greatest);
}

/// The powers of two of f8E8M0FNU: which one is taken for x is told by `mode`.
/// Signs do not count; what is no finite number gives a NaN.
static Tensor toPowerOfTwo(TensorBuilder &b, NodeArgs &n, Tensor x, Type type,
                           bool saturates, StringRef mode) {
  x = b.abs(b.cast(x, b.f32()));
  Tensor near = b.cast(b.cast(b.min(x, 0x1p126), type), b.f32());
  Tensor down = b.select(b.gt(near, x), near * 0.5, near);
  // Beyond 2^126 the next power may be no number.
  down = b.select(b.ge(x, 0x1p127), b.like(0x1p127, x), down);
  Tensor result = down;
  if (mode == "up")
    result = b.select(b.lt(down, x), down * 2.0, down);
  else if (mode == "nearest")
    result = b.select(b.ge(x, down * 1.5), down * 2.0, down);
  else if (mode != "down")
    return n.error("attribute 'round_mode' is '" + mode +
                   "', expected up, down or nearest");
  result = b.max(result, 0x1p-127);
  if (saturates)
    result = b.select(b.isInf(x), x, b.min(result, 0x1p127));
  return b.cast(result, type);
}

static Tensor castTo(TensorBuilder &b, NodeArgs &n, Tensor x, Type type) {
  bool saturates = n.flag("saturate", true);
  StringRef mode = n.string("round_mode", "up");
  if (isString(type))
    return onnx::toString(b, x);
  if (x && x.isString())
    x = onnx::fromString(b, x, type);
  if (!x)
    return x;
  if (isa<Float8E8M0FNUType>(type) && x.elementType() == type)
    return x;
  // A bound of one narrow type, and the result of a conversion to it that does
  // not saturate, may be no number of another.
  auto isNarrow = [](Type t) {
    return isa<FloatType>(t) && t.getIntOrFloatBitWidth() <= 8;
  };
  if (isNarrow(x.elementType()) || (isNarrow(type) && !x.isFloat()))
    x = b.cast(x, b.f32());
  if (isa<Float8E8M0FNUType>(type))
    return toPowerOfTwo(b, n, x, type, saturates, mode);
  if (auto narrow = dyn_cast<FloatType>(type);
      narrow && narrow.getWidth() <= 8 && saturates)
    x = saturate(b, x, narrow);
  // Numbers of under eight bits wrap.
  bool wraps = type.isInteger() && type.getIntOrFloatBitWidth() < 8 &&
               !type.isInteger(1);
  if (wraps && x.isFloat())
    x = b.cast(x, b.opBuilder().getI32Type());
  return b.cast(x, type);
}

/// The type that Cast is to give; before version 6 by its name.
static int64_t castCode(NodeArgs &n) {
  if (n.version() >= 6)
    return n.integer("to");
  static constexpr StringLiteral kNames[] = {
      "FLOAT",  "UINT8", "INT8",    "UINT16", "INT16",  "INT32", "INT64",
      "STRING", "BOOL",  "FLOAT16", "DOUBLE", "UINT32", "UINT64"};
  StringRef name = n.string("to");
  const StringLiteral *found = llvm::find(kNames, name);
  if (found != std::end(kNames))
    return found - kNames + 1;
  n.error("attribute 'to' is '" + name + "', which is no type");
  return 0;
}

static Tensors cast(TensorBuilder &b, NodeArgs &n) {
  int64_t code = castCode(n);
  if (n.failed())
    return Tensor();
  Type type = code == 8 // TensorProto.STRING
                  ? b.stringType()
                  : onnx::elementType(b.context(), code);
  if (!type)
    return n.error("conversion to element type " + Twine(code) +
                   " is not supported");
  return castTo(b, n, n.input(0, "input"), type);
}

static Tensors bitCast(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "input");
  int64_t code = n.integer("to");
  Type type = onnx::elementType(b.context(), code, /*orComplex=*/true),
       boolean = b.boolean();
  if (!x || x.elementType() == type)
    return x;
  if (!type)
    return n.error("conversion of " + describe(x.elementType()) +
                   " to element type " + Twine(code) + " is not supported");
  // A bool is a byte of 0 or 1.
  Type byte = IntegerType::get(b.context(), 8, IntegerType::Unsigned);
  if (type == boolean && elementBits(x.elementType()) == 8)
    return b.ne(b.bitcast(x, byte), 0.0);
  return b.bitcast(x.isBool() ? b.cast(x, byte) : x, type);
}

static Tensors castLike(TensorBuilder &b, NodeArgs &n) {
  Tensor like = n.input(1, "target_type");
  return like ? castTo(b, n, n.input(0, "input"), like.elementType()) : like;
}

ArrayRef<OpRow> onnx::unaryOps() {
  static const OpRow rows[] = {
      {"Identity", 1, identity, {1, 1}, {1, 1}, true},
      {"Neg", 1, unary<NegOp>},
      {"Abs", 1, absolute},
      {"Sign", 9, unary<SignOp>},
      {"Exp", 1, unary<ExpOp>},
      {"Log", 1, unary<LogOp>},
      {"Sqrt", 1, unary<SqrtOp>},
      {"Reciprocal", 1, reciprocal},
      {"Sin", 7, unary<SinOp>},
      {"Cos", 7, unary<CosOp>},
      {"Tan", 7, unary<TanOp>},
      {"Asin", 7, unary<AsinOp>},
      {"Acos", 7, unary<AcosOp>},
      {"Atan", 7, unary<AtanOp>},
      {"Sinh", 9, unary<SinhOp>},
      {"Cosh", 9, unary<CoshOp>},
      {"Tanh", 1, unary<TanhOp>},
      {"Asinh", 9, unary<AsinhOp>},
      {"Acosh", 9, unary<AcoshOp>},
      {"Atanh", 9, unary<AtanhOp>},
      {"Erf", 9, erf},
      {"Floor", 1, unary<FloorOp>},
      {"Ceil", 1, unary<CeilOp>},
      {"Round", 11, unary<RoundOp>},
      {"Sigmoid", 1, unary<SigmoidOp>},
      {"IsNaN", 9, isNaN},
      {"IsInf", 10, isInf},
      {"Cast", 1, cast},
      {"BitCast", 26, bitCast},
      {"CastLike", 15, castLike, {2, 2}},
  };
  return rows;
}
