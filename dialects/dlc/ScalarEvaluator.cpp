//===- ScalarEvaluator.cpp - pointwise expressions on the host -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/dlc/ScalarEvaluator.h"

#include "mlir/IR/BuiltinTypes.h"
#include "llvm/ADT/APFloat.h"

using namespace mlir;
using namespace dlc;

//===----------------------------------------------------------------------===//
// Types
//===----------------------------------------------------------------------===//

// Called once an element: a comparison of type ids, no interface look-up.
bool dlc::isFloatScalar(Type type) {
  return !isa<IntegerType, IndexType>(type);
}

bool dlc::isScalarType(Type type) {
  if (auto integer = dyn_cast<IntegerType>(type)) {
    unsigned width = integer.getWidth();
    return (width >= 1 && width <= 8) || width == 16 || width == 32 ||
           width == 64;
  }
  if (auto floating = dyn_cast<FloatType>(type)) {
    unsigned width = floating.getWidth();
    return width <= 8 || width == 16 || width == 32 || width == 64;
  }
  return isa<IndexType>(type);
}

static unsigned widthOf(Type type) {
  auto integer = dyn_cast<IntegerType>(type);
  return integer ? integer.getWidth() : 64;
}

static bool isBool(Type type) { return widthOf(type) == 1; }

bool dlc::isUnsignedScalar(Type type) {
  auto integer = dyn_cast<IntegerType>(type);
  return integer && (integer.isUnsigned() || integer.getWidth() == 1);
}

//===----------------------------------------------------------------------===//
// Rounding
//===----------------------------------------------------------------------===//

/// Rounds to `precision` bits (the leading one counts); below 2^minExponent the
/// numbers are evenly spaced.
static double roundToPrecision(double x, int precision, int minExponent,
                               double greatest) {
  if (!std::isfinite(x) || x == 0)
    return x;
  int unit = std::max(std::ilogb(x), minExponent) - (precision - 1);
  double rounded = std::ldexp(std::rint(std::ldexp(x, -unit)), unit);
  return std::fabs(rounded) > greatest ? std::copysign(HUGE_VAL, x) : rounded;
}

static double toDouble(APFloat number) {
  if (number.isNaN()) // of some formats it would come out as an infinity
    return std::nan("");
  bool losesInfo;
  number.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven,
                 &losesInfo);
  return number.convertToDouble();
}

/// What a format has no number for becomes its NaN. Where it has none, an
/// infinity is the largest number and a NaN a negative zero.
static double roundWithApFloat(const llvm::fltSemantics &semantics,
                               double value) {
  bool hasNaN = APFloat::semanticsHasNaN(semantics);
  if (std::isnan(value))
    return hasNaN ? value : -0.0;
  if (!APFloat::semanticsHasSignedRepr(semantics) && value < 0)
    return std::nan("");
  if (std::isinf(value) && !APFloat::semanticsHasInf(semantics)) {
    double largest = toDouble(APFloat::getLargest(semantics));
    return hasNaN ? std::nan("") : std::copysign(largest, value);
  }
  APFloat number(value);
  bool losesInfo;
  number.convert(semantics, APFloat::rmNearestTiesToEven, &losesInfo);
  return toDouble(number);
}

double dlc::floatNumber(FloatType type, uint64_t code) {
  unsigned width = type.getWidth();
  return toDouble(APFloat(type.getFloatSemantics(),
                          APInt(width, code, false, /*implicitTrunc=*/true)));
}

uint64_t dlc::floatCode(FloatType type, double value) {
  APFloat number(roundToType(type, value));
  bool losesInfo;
  number.convert(type.getFloatSemantics(), APFloat::rmNearestTiesToEven,
                 &losesInfo);
  return number.bitcastToAPInt().getZExtValue();
}

double dlc::roundToType(Type type, double value) {
  if (type.isF32())
    return static_cast<float>(value);
  if (type.isF64())
    return value;
  if (type.isF16())
    return roundToPrecision(value, 11, -14, 65504);
  if (type.isBF16())
    return roundToPrecision(value, 8, -126, 0x1.fep127);
  return roundWithApFloat(cast<FloatType>(type).getFloatSemantics(), value);
}

int64_t dlc::wrapToType(Type type, uint64_t value) {
  unsigned shift = 64 - widthOf(type);
  value <<= shift;
  return isUnsignedScalar(type) ? static_cast<int64_t>(value >> shift)
                                : static_cast<int64_t>(value) >> shift;
}

int64_t dlc::saturateToType(Type type, double value) {
  if (isBool(type))
    return value != 0;
  if (std::isnan(value))
    return 0;
  unsigned width = widthOf(type);
  bool isUnsigned = isUnsignedScalar(type);
  double limit = std::ldexp(1, isUnsigned ? width : width - 1);
  if (value >= limit)
    return wrapToType(type, (~uint64_t(0)) >> (64 - width + !isUnsigned));
  if (isUnsigned)
    return value <= 0 ? 0 : static_cast<int64_t>(static_cast<uint64_t>(value));
  if (value <= -limit)
    return wrapToType(type, uint64_t(1) << (width - 1));
  return static_cast<int64_t>(value);
}

static Scalar number(Type type, double value) {
  Scalar result;
  result.type = type;
  result.f = roundToType(type, value);
  return result;
}

static Scalar integer(Type type, uint64_t value) {
  Scalar result;
  result.type = type;
  result.i = wrapToType(type, value);
  return result;
}

Scalar ScalarEvaluator::constant(Type type, double value) {
  return isFloatScalar(type) ? number(type, value)
                             : integer(type, saturateToType(type, value));
}

/// An integer goes to a float in one rounding.
static double integerToFloat(int64_t value, bool isUnsigned, Type type) {
  // A large unsigned number looks negative here.
  int64_t least = isUnsigned ? 0 : -(int64_t(1) << 53);
  bool isExact = value >= least && value <= int64_t(1) << 53;
  if (isExact)
    return static_cast<double>(value);
  APFloat result(cast<FloatType>(type).getFloatSemantics());
  result.convertFromAPInt(APInt(64, static_cast<uint64_t>(value)), !isUnsigned,
                          APFloat::rmNearestTiesToEven);
  bool losesInfo;
  result.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven,
                 &losesInfo);
  return result.convertToDouble();
}

Scalar ScalarEvaluator::cast(S x, Type type) {
  if (isFloatScalar(x.type))
    return constant(type, x.f);
  if (isFloatScalar(type))
    return number(type, integerToFloat(x.i, isUnsignedScalar(x.type), type));
  if (isBool(type))
    return integer(type, x.i != 0);
  return integer(type, x.i);
}

Scalar ScalarEvaluator::bitcast(S x, Type type) {
  uint64_t bits = x.i;
  if (isFloatScalar(x.type))
    bits = floatCode(llvm::cast<FloatType>(x.type), x.f);
  if (!isFloatScalar(type))
    return integer(type, bits);
  return number(type, floatNumber(llvm::cast<FloatType>(type), bits));
}

//===----------------------------------------------------------------------===//
// Arithmetic
//===----------------------------------------------------------------------===//

// On bools a sum is `or`, a product `and`, a difference `xor`, as in numpy.

Scalar ScalarEvaluator::add(S x, S y) {
  if (isFloatScalar(x.type))
    return number(x.type, x.f + y.f);
  uint64_t a = x.i, b = y.i;
  return integer(x.type, isBool(x.type) ? a | b : a + b);
}

Scalar ScalarEvaluator::sub(S x, S y) {
  if (isFloatScalar(x.type))
    return number(x.type, x.f - y.f);
  return integer(x.type, uint64_t(x.i) - uint64_t(y.i));
}

Scalar ScalarEvaluator::mul(S x, S y) {
  if (isFloatScalar(x.type))
    return number(x.type, x.f * y.f);
  return integer(x.type, uint64_t(x.i) * uint64_t(y.i));
}

Scalar ScalarEvaluator::div(S x, S y) {
  if (isFloatScalar(x.type))
    return number(x.type, x.f / y.f);
  if (y.i == 0)
    return integer(x.type, 0);
  if (isUnsignedScalar(x.type))
    return integer(x.type, uint64_t(x.i) / uint64_t(y.i));
  if (y.i == -1) // the least integer wraps
    return integer(x.type, -uint64_t(x.i));
  return integer(x.type, x.i / y.i);
}

Scalar ScalarEvaluator::rem(S x, S y) {
  if (isFloatScalar(x.type))
    return number(x.type, std::fmod(x.f, y.f));
  if (y.i == 0)
    return integer(x.type, 0);
  if (isUnsignedScalar(x.type))
    return integer(x.type, uint64_t(x.i) % uint64_t(y.i));
  return integer(x.type, y.i == -1 ? 0 : x.i % y.i);
}

Scalar ScalarEvaluator::mod(S x, S y) {
  Scalar r = rem(x, y);
  if (isFloatScalar(x.type)) {
    if (r.f == 0)
      return number(x.type, std::copysign(0.0, y.f));
    return (r.f < 0) != (y.f < 0) ? number(x.type, r.f + y.f) : r;
  }
  bool moves = !isUnsignedScalar(x.type) && r.i != 0 && (r.i < 0) != (y.i < 0);
  return moves ? integer(x.type, uint64_t(r.i) + uint64_t(y.i)) : r;
}

/// Repeated squaring; a negative exponent gives 0 unless the base is 1 or -1.
static uint64_t integerPower(int64_t base, int64_t exponent, bool isUnsigned) {
  if (!isUnsigned && exponent < 0) {
    if (base == 1 || base == -1)
      return exponent % 2 == 0 ? 1 : base;
    return 0;
  }
  uint64_t result = 1, power = base;
  for (uint64_t rest = exponent; rest != 0; rest >>= 1) {
    if (rest & 1)
      result *= power;
    power *= power;
  }
  return result;
}

Scalar ScalarEvaluator::pow(S x, S y) {
  if (isFloatScalar(x.type))
    return number(x.type, std::pow(x.f, y.f));
  return integer(x.type, integerPower(x.i, y.i, isUnsignedScalar(x.type)));
}

Scalar ScalarEvaluator::min(S x, S y) {
  if (isFloatScalar(x.type) && (std::isnan(x.f) || std::isnan(y.f)))
    return std::isnan(x.f) ? x : y;
  return le(x, y).i ? x : y;
}

Scalar ScalarEvaluator::max(S x, S y) {
  if (isFloatScalar(x.type) && (std::isnan(x.f) || std::isnan(y.f)))
    return std::isnan(x.f) ? x : y;
  return le(x, y).i ? y : x;
}

//===----------------------------------------------------------------------===//
// Bits, comparisons, select
//===----------------------------------------------------------------------===//

Scalar ScalarEvaluator::and_(S x, S y) { return integer(x.type, x.i & y.i); }
Scalar ScalarEvaluator::or_(S x, S y) { return integer(x.type, x.i | y.i); }
Scalar ScalarEvaluator::xor_(S x, S y) { return integer(x.type, x.i ^ y.i); }
Scalar ScalarEvaluator::not_(S x) { return integer(x.type, ~uint64_t(x.i)); }

/// The count is taken as unsigned: a negative one shifts everything out.
static bool shiftsAllOut(const Scalar &x, const Scalar &count) {
  return static_cast<uint64_t>(count.i) >= widthOf(x.type);
}

Scalar ScalarEvaluator::shl(S x, S y) {
  return integer(x.type, shiftsAllOut(x, y) ? 0 : uint64_t(x.i) << y.i);
}

Scalar ScalarEvaluator::shr(S x, S y) {
  bool all = shiftsAllOut(x, y);
  if (isUnsignedScalar(x.type))
    return integer(x.type, all ? 0 : uint64_t(x.i) >> y.i);
  return integer(x.type, x.i >> (all ? 63 : y.i));
}

Scalar ScalarEvaluator::truth(S x, bool value) {
  if (!boolType)
    boolType = IntegerType::get(x.type.getContext(), 1);
  Scalar result;
  result.type = boolType;
  result.i = value;
  return result;
}

Scalar ScalarEvaluator::eq(S x, S y) {
  return truth(x, isFloatScalar(x.type) ? x.f == y.f : x.i == y.i);
}

Scalar ScalarEvaluator::ne(S x, S y) {
  return truth(x, isFloatScalar(x.type) ? x.f != y.f : x.i != y.i);
}

Scalar ScalarEvaluator::lt(S x, S y) {
  if (isFloatScalar(x.type))
    return truth(x, x.f < y.f);
  return truth(x, isUnsignedScalar(x.type) ? uint64_t(x.i) < uint64_t(y.i)
                                           : x.i < y.i);
}

Scalar ScalarEvaluator::le(S x, S y) {
  if (isFloatScalar(x.type))
    return truth(x, x.f <= y.f);
  return truth(x, isUnsignedScalar(x.type) ? uint64_t(x.i) <= uint64_t(y.i)
                                           : x.i <= y.i);
}

Scalar ScalarEvaluator::select(S condition, S x, S y) {
  return condition.i ? x : y;
}

//===----------------------------------------------------------------------===//
// Functions of one argument
//===----------------------------------------------------------------------===//

Scalar ScalarEvaluator::neg(S x) {
  return isFloatScalar(x.type) ? number(x.type, -x.f)
                               : integer(x.type, -uint64_t(x.i));
}

Scalar ScalarEvaluator::abs(S x) {
  if (isFloatScalar(x.type))
    return number(x.type, std::fabs(x.f));
  bool negates = !isUnsignedScalar(x.type) && x.i < 0;
  return negates ? integer(x.type, -uint64_t(x.i)) : x;
}

Scalar ScalarEvaluator::sign(S x) {
  if (isFloatScalar(x.type))
    return std::isnan(x.f) || x.f == 0 ? x
                                       : number(x.type, std::copysign(1, x.f));
  bool negative = !isUnsignedScalar(x.type) && x.i < 0;
  return integer(x.type, negative ? ~uint64_t(0) : x.i != 0);
}

Scalar ScalarEvaluator::ceil(S x) { return number(x.type, std::ceil(x.f)); }
Scalar ScalarEvaluator::floor(S x) { return number(x.type, std::floor(x.f)); }
Scalar ScalarEvaluator::round(S x) { return number(x.type, std::rint(x.f)); }
Scalar ScalarEvaluator::trunc(S x) { return number(x.type, std::trunc(x.f)); }
Scalar ScalarEvaluator::sqrt(S x) { return number(x.type, std::sqrt(x.f)); }
Scalar ScalarEvaluator::exp(S x) { return number(x.type, std::exp(x.f)); }
Scalar ScalarEvaluator::expm1(S x) { return number(x.type, std::expm1(x.f)); }
Scalar ScalarEvaluator::log(S x) { return number(x.type, std::log(x.f)); }
Scalar ScalarEvaluator::log1p(S x) { return number(x.type, std::log1p(x.f)); }
Scalar ScalarEvaluator::sin(S x) { return number(x.type, std::sin(x.f)); }
Scalar ScalarEvaluator::cos(S x) { return number(x.type, std::cos(x.f)); }
Scalar ScalarEvaluator::tan(S x) { return number(x.type, std::tan(x.f)); }
Scalar ScalarEvaluator::asin(S x) { return number(x.type, std::asin(x.f)); }
Scalar ScalarEvaluator::acos(S x) { return number(x.type, std::acos(x.f)); }
Scalar ScalarEvaluator::atan(S x) { return number(x.type, std::atan(x.f)); }
Scalar ScalarEvaluator::tanh(S x) { return number(x.type, std::tanh(x.f)); }
Scalar ScalarEvaluator::asinh(S x) { return number(x.type, std::asinh(x.f)); }
Scalar ScalarEvaluator::acosh(S x) { return number(x.type, std::acosh(x.f)); }
Scalar ScalarEvaluator::atanh(S x) { return number(x.type, std::atanh(x.f)); }
Scalar ScalarEvaluator::erf(S x) { return number(x.type, std::erf(x.f)); }
