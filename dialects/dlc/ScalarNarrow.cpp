//===- ScalarNarrow.cpp - types that are stored, not computed in -*- C++
//-*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Floats of at most eight bits are held as their codes and converted where a
// number is needed. What differs from one format to the next (widths, bias,
// what is no number, what an overflow gives) is read off APFloat, so that
// every format that LLVM knows works, and agrees with the evaluator.

#include "dialects/dlc/ScalarEmitter.h"
#include "dialects/dlc/ScalarEvaluator.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/BuiltinTypes.h"
#include "llvm/ADT/APFloat.h"
#include "llvm/ADT/bit.h"

using namespace mlir;
using namespace dlc;
using llvm::APFloat;
using llvm::bit_cast;

bool dlc::isNarrowFloat(Type type) {
  auto f = dyn_cast<FloatType>(type);
  return f && f.getWidth() <= 8;
}

static bool isNarrowInteger(Type type) {
  auto integer = dyn_cast<IntegerType>(type);
  return integer && integer.getWidth() > 1 && integer.getWidth() < 8;
}

bool dlc::isNarrow(Type type) {
  return isNarrowFloat(type) || isNarrowInteger(type);
}

Type dlc::storageType(Type type) {
  if (isNarrow(type))
    return IntegerType::get(type.getContext(), 8);
  if (auto integer = dyn_cast<IntegerType>(type))
    return IntegerType::get(type.getContext(), integer.getWidth());
  if (isa<ComplexType>(type))
    return IntegerType::get(type.getContext(), elementBits(type));
  return type;
}

Type dlc::memoryType(Type type) {
  return type.isInteger(1) ? IntegerType::get(type.getContext(), 8)
                           : storageType(type);
}

//===----------------------------------------------------------------------===//
// Formats
//===----------------------------------------------------------------------===//

namespace {

/// A binary format of at most eight bits: a sign if it has one, an exponent,
/// `mantissa` bits.
struct Format {
  unsigned width, mantissa;
  int minExponent; ///< of the least number with all its bits
  int bias;
  bool hasSign, hasZero, hasNegativeZero;
  uint32_t largest; ///< the code of the largest number
  uint32_t overflow, nan;

  explicit Format(FloatType type);
  unsigned shift() const { return 23 - mantissa; }
  uint32_t sign() const { return hasSign ? 1u << (width - 1) : 0; }
  uint32_t mask() const { return (1u << width) - 1; }
  /// What decoding as if every code were a number gives.
  float plain(uint32_t code) const;
};

/// Codes [first, last] that are something else.
struct Patch {
  uint32_t first, last;
  float value;
};

} // namespace

Format::Format(FloatType type) {
  const llvm::fltSemantics &s = type.getFloatSemantics();
  width = type.getWidth();
  mantissa = APFloat::semanticsPrecision(s) - 1;
  minExponent = APFloat::semanticsMinExponent(s);
  hasSign = APFloat::semanticsHasSignedRepr(s);
  hasZero = APFloat::semanticsHasZero(s);
  hasNegativeZero = hasZero && hasSign && floatCode(type, -0.0) != 0;
  // Exponent 0 is that of the numbers below the least one, if there are such.
  bias = hasZero - minExponent;
  largest = APFloat::getLargest(s).bitcastToAPInt().getZExtValue();
  overflow = floatCode(type, HUGE_VAL);
  nan = floatCode(type, std::nan(""));
}

float Format::plain(uint32_t code) const {
  float magnitude = bit_cast<float>((code & mask() & ~sign()) << shift());
  magnitude *= std::ldexp(1.0f, 127 - bias);
  return code & sign() ? -magnitude : magnitude;
}

static SmallVector<Patch> patchesOf(FloatType type, const Format &format) {
  SmallVector<Patch> patches;
  auto same = [](float a, float b) {
    return bit_cast<uint32_t>(a) == bit_cast<uint32_t>(b) ||
           (std::isnan(a) && std::isnan(b));
  };
  for (uint32_t code = 0; code <= format.mask(); ++code) {
    auto value = static_cast<float>(floatNumber(type, code));
    if (same(value, format.plain(code)))
      continue;
    bool grows = !patches.empty() && patches.back().last + 1 == code &&
                 same(patches.back().value, value);
    if (grows)
      patches.back().last = code;
    else
      patches.push_back({code, code, value});
  }
  return patches;
}

//===----------------------------------------------------------------------===//
// Conversions
//===----------------------------------------------------------------------===//

Scalar ScalarEmitter::narrowConstant(Type type, double value) {
  if (auto f = dyn_cast<FloatType>(type))
    return constantBits(type, floatCode(f, value));
  return constantBits(type, static_cast<int64_t>(value));
}

Scalar ScalarEmitter::constantBits(Type type, APInt value) {
  Type storage = storageType(type);
  if (isNarrowInteger(type)) {
    unsigned width = cast<IntegerType>(type).getWidth();
    value = value.trunc(width);
    value = type.isUnsignedInteger() ? value.zext(64) : value.sext(64);
  }
  if (!storage.isIndex())
    value = value.zextOrTrunc(storage.getIntOrFloatBitWidth());
  return {type,
          arith::ConstantOp::create(b, loc, IntegerAttr::get(storage, value))};
}

Scalar ScalarEmitter::bitsOf(S x) {
  return {b.getI32Type(),
          arith::BitcastOp::create(
              b, loc, typeLike(b.getI32Type(), x.value.getType()), x.value)};
}

Scalar ScalarEmitter::fromBits(S bits) {
  return {
      b.getF32Type(),
      arith::BitcastOp::create(
          b, loc, typeLike(b.getF32Type(), bits.value.getType()), bits.value)};
}

/// A code as an f32. Exponent and mantissa are put where those of an f32 are: a
/// product corrects the bias, for numbers of every size.
Scalar ScalarEmitter::decode(S x) {
  auto type = cast<FloatType>(x.type);
  Format format(type);
  Type ui8 = b.getIntegerType(8, /*isSigned=*/false), i32 = b.getI32Type();
  Scalar code = cast({ui8, x.value}, i32);
  auto cst = [&](uint64_t bits) { return constantBits(i32, bits); };
  Scalar magnitude = and_(code, cst(format.mask() & ~format.sign()));
  Scalar number = fromBits(shl(magnitude, cst(format.shift())));
  number =
      mul(number, constant(number.type, std::ldexp(1.0, 127 - format.bias)));
  if (format.hasSign) {
    Scalar sign = shl(and_(code, cst(format.sign())), cst(32 - format.width));
    number = fromBits(or_(bitsOf(number), sign));
  }
  for (const Patch &p : patchesOf(type, format)) {
    Scalar hit = eq(code, cst(p.first));
    if (p.first != p.last)
      hit = and_(le(cst(p.first), code), le(code, cst(p.last)));
    number = select(hit, constant(number.type, p.value), number);
  }
  return number;
}

/// An f32 as a code, rounded to the nearest, ties to even.
Scalar ScalarEmitter::encode(S x, Type to) {
  Format format(cast<FloatType>(to));
  Type i32 = b.getI32Type();
  auto cst = [&](uint32_t bits) { return constantBits(i32, bits); };
  Scalar bits = bitsOf(x), magnitude = and_(bits, cst(0x7fffffff));
  unsigned shift = format.shift();

  // The carry of the rounding runs into the exponent, as it should.
  Scalar half = cst((1u << (shift - 1)) - (format.mantissa ? 1 : 0));
  Scalar code = add(magnitude, half);
  if (format.mantissa) // a significand of one bit is odd: ties go up
    code = add(code, and_(shr(magnitude, cst(shift)), cst(1)));
  code =
      sub(shr(code, cst(shift)), cst((127 - format.bias) << format.mantissa));

  // Below, numbers are evenly spaced: the sum with one whose last bit has their
  // weight rounds them.
  uint32_t low = bit_cast<uint32_t>(
      std::ldexp(1.0f, format.hasZero ? format.minExponent : -126));
  Scalar below;
  if (format.hasZero) {
    Scalar weight =
        constant(x.type, std::ldexp(1.0, format.minExponent -
                                             int(format.mantissa) + 23));
    below = sub(bitsOf(add(fromBits(magnitude), weight)), bitsOf(weight));
  } else { // the least number is an f32 without its leading bit
    below = select(lt(magnitude, cst(0x600000)), cst(0), cst(1));
  }
  code = select(lt(magnitude, cst(low)), below, code);
  code = select(lt(cst(format.largest), code), cst(format.overflow), code);

  Scalar negative = lt(bits, cst(0));
  if (format.hasSign) {
    Scalar signedCode = or_(code, cst(format.sign()));
    if (!format.hasNegativeZero)
      negative = and_(negative, ne(code, cst(0)));
    code = select(negative, signedCode, code);
  } else {
    negative = and_(negative, ne(magnitude, cst(0)));
    code = select(negative, cst(format.nan), code);
  }
  code = select(lt(cst(0x7f800000), magnitude), cst(format.nan), code);
  Type byte = b.getIntegerType(8);
  return {to, intToInt(code, byte).value};
}

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

/// Clears the bits above a narrow type's width, or fills them with its sign.
Scalar ScalarEmitter::canonical(S x) {
  bool isCode = isNarrowFloat(x.type);
  if (!isCode && !isNarrowInteger(x.type))
    return x;
  unsigned width = x.type.getIntOrFloatBitWidth();
  if (width == 8)
    return x;
  Type byte = b.getIntegerType(8);
  Scalar raw{byte, x.value};
  if (isCode || x.type.isUnsignedInteger())
    return {x.type, and_(raw, constantBits(byte, (1u << width) - 1)).value};
  Scalar count = constantBits(byte, 8 - width);
  return {x.type, shr(shl(raw, count), count).value};
}

Scalar ScalarEmitter::fromMemory(Type type, Value v) {
  if (!type.isInteger(1))
    return canonical({type, v});
  return ne({b.getIntegerType(8), v}, constant(b.getIntegerType(8), 0));
}

Value ScalarEmitter::toMemory(S x) {
  Type memory = memoryType(x.type);
  if (x.type.isInteger(1))
    return arith::ExtUIOp::create(b, loc, typeLike(memory, x.value.getType()),
                                  x.value);
  if (!isNarrowInteger(x.type) || x.type.isUnsignedInteger())
    return x.value;
  // Others find a byte with the bits above the width clear.
  unsigned width = cast<IntegerType>(x.type).getWidth();
  return and_({memory, x.value}, constantBits(memory, (1u << width) - 1)).value;
}
