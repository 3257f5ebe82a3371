//===- ScalarEmitter.cpp - pointwise expressions as operations -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/dlc/ScalarEmitter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace dlc;

//===----------------------------------------------------------------------===//
// Types and constants
//===----------------------------------------------------------------------===//

static bool isFloat(Type type) { return isa<FloatType>(type); }
static bool isBool(Type type) { return type.isInteger(1); }
static bool isUnsigned(Type type) {
  return isBool(type) || type.isUnsignedInteger();
}
static unsigned widthOf(Type type) {
  return type.isIndex() ? 64 : type.getIntOrFloatBitWidth();
}

Type dlc::typeLike(Type type, Type like) {
  if (auto vector = dyn_cast<VectorType>(like))
    return VectorType::get(vector.getShape(), type, vector.getScalableDims());
  return type;
}

static Attribute scalarAttr(Type type, double value) {
  if (auto floating = dyn_cast<FloatType>(type))
    return FloatAttr::get(floating, value);
  if (isBool(type))
    return IntegerAttr::get(type, value != 0);
  // Beyond 2^63 only unsigned values lie.
  int64_t bits = value >= 0x1p64 ? -1
                 : value >= 0x1p63
                     ? static_cast<int64_t>(static_cast<uint64_t>(value))
                     : static_cast<int64_t>(value);
  return IntegerAttr::get(type, APInt(widthOf(type), bits, true, true));
}

/// The number that a value is in every lane, if it is one at compile time.
static std::optional<double> constantOf(const Scalar &x) {
  Attribute attribute;
  if (isNarrowFloat(x.type) || !matchPattern(x.value, m_Constant(&attribute)))
    return std::nullopt;
  if (auto dense = dyn_cast<DenseElementsAttr>(attribute)) {
    if (!dense.isSplat())
      return std::nullopt;
    attribute = dense.getSplatValue<Attribute>();
  }
  if (auto floating = dyn_cast<FloatAttr>(attribute))
    return floating.getValueAsDouble();
  if (auto integer = dyn_cast<IntegerAttr>(attribute)) {
    APInt value = integer.getValue();
    return isUnsigned(x.type) ? value.roundToDouble(false)
                              : value.roundToDouble(true);
  }
  return std::nullopt;
}

static bool isNanFree(const Scalar &x) {
  std::optional<double> value = constantOf(x);
  return value && !std::isnan(*value);
}

template <typename Op, typename... Args>
Value ScalarEmitter::create(Args &&...args) {
  return b.createOrFold<Op>(loc, std::forward<Args>(args)...);
}

Scalar ScalarEmitter::constant(Type type, double value) {
  if (isNarrow(type))
    return narrowConstant(type, value);
  Type storage = storageType(type);
  return {type, arith::ConstantOp::create(
                    b, loc, cast<TypedAttr>(scalarAttr(storage, value)))};
}

Value ScalarEmitter::splat(Value v, Type like) {
  if (isa<VectorType>(v.getType()) || !isa<VectorType>(like))
    return v;
  auto type = cast<VectorType>(typeLike(v.getType(), like));
  Attribute attribute;
  if (matchPattern(v, m_Constant(&attribute)))
    return arith::ConstantOp::create(b, loc,
                                     DenseElementsAttr::get(type, attribute));
  return vector::BroadcastOp::create(b, loc, type, v);
}

Value ScalarEmitter::splat(double value, Value like) {
  Type element = getElementTypeOrSelf(like.getType());
  Value scalar = arith::ConstantOp::create(
      b, loc, cast<TypedAttr>(scalarAttr(element, value)));
  return splat(scalar, like.getType());
}

std::pair<Scalar, Scalar> ScalarEmitter::unify(S x, S y) {
  return {{x.type, splat(x.value, y.value.getType())},
          {y.type, splat(y.value, x.value.getType())}};
}

Scalar ScalarEmitter::widen(S x) {
  if (widthOf(x.type) >= 32)
    return x;
  return cast(x, b.getF32Type());
}

Scalar ScalarEmitter::narrow(Value v, Type type) {
  return cast({getElementTypeOrSelf(v.getType()), v}, type);
}

template <typename Op> Scalar ScalarEmitter::floatUnary(S x) {
  return narrow(create<Op>(widen(x).value), x.type);
}

template <typename Op> Scalar ScalarEmitter::floatBinary(S x, S y) {
  auto [a, c] = unify(widen(x), widen(y));
  return narrow(create<Op>(a.value, c.value), x.type);
}

template <typename Op> Scalar ScalarEmitter::intBinary(S x, S y) {
  auto [a, c] = unify(x, y);
  return canonical({x.type, create<Op>(a.value, c.value)});
}

//===----------------------------------------------------------------------===//
// Arithmetic
//===----------------------------------------------------------------------===//

// A sum of bools is true where either is; else they are integers of one bit.

Scalar ScalarEmitter::add(S x, S y) {
  if (isFloat(x.type))
    return floatBinary<arith::AddFOp>(x, y);
  return isBool(x.type) ? or_(x, y) : intBinary<arith::AddIOp>(x, y);
}

Scalar ScalarEmitter::sub(S x, S y) {
  if (isFloat(x.type))
    return floatBinary<arith::SubFOp>(x, y);
  return intBinary<arith::SubIOp>(x, y);
}

Scalar ScalarEmitter::mul(S x, S y) {
  if (isFloat(x.type))
    return floatBinary<arith::MulFOp>(x, y);
  return intBinary<arith::MulIOp>(x, y);
}

Scalar ScalarEmitter::div(S x, S y) {
  return isFloat(x.type) ? floatBinary<arith::DivFOp>(x, y)
                         : guardedDivision(x, y, /*remainder=*/false);
}

Scalar ScalarEmitter::rem(S x, S y) {
  return isFloat(x.type) ? floatBinary<arith::RemFOp>(x, y)
                         : guardedDivision(x, y, /*remainder=*/true);
}

/// Hardware traps on a zero divisor and on INT_MIN / -1: those lanes divide by
/// 1 instead and are patched. Quotient and remainder by 0 are 0.
Scalar ScalarEmitter::guardedDivision(S x, S y, bool remainder) {
  bool isSigned = !isUnsigned(x.type);
  auto divide = [&](S n, S d) {
    if (remainder)
      return isSigned ? intBinary<arith::RemSIOp>(n, d)
                      : intBinary<arith::RemUIOp>(n, d);
    return isSigned ? intBinary<arith::DivSIOp>(n, d)
                    : intBinary<arith::DivUIOp>(n, d);
  };
  if (std::optional<double> c = constantOf(y); c && *c != 0 && *c != -1)
    return divide(x, y);

  Scalar zero = constant(x.type, 0), one = constant(x.type, 1);
  Scalar byZero = eq(y, zero);
  if (!isSigned)
    return select(byZero, zero, divide(x, select(byZero, one, y)));
  Scalar byMinusOne = eq(y, constant(x.type, -1));
  Scalar quotient = divide(x, select(or_(byZero, byMinusOne), one, y));
  if (!remainder)
    quotient = select(byMinusOne, sub(zero, x), quotient);
  return select(byZero, zero, quotient);
}

/// The remainder, moved into [0, y) or (y, 0] where its sign isn't y's.
Scalar ScalarEmitter::mod(S x, S y) {
  Scalar r = rem(x, y);
  if (isUnsigned(x.type))
    return r;
  Scalar zero = constant(x.type, 0);
  Scalar differs = xor_(lt(r, zero), lt(y, zero));
  Scalar moved = select(and_(ne(r, zero), differs), add(r, y), r);
  if (!isFloat(x.type))
    return moved;
  // A zero takes y's sign.
  auto [magnitude, sign] = unify(moved, y);
  Value signedZero = create<math::CopySignOp>(magnitude.value, sign.value);
  return select(eq(moved, zero), {x.type, signedZero}, moved);
}

Scalar ScalarEmitter::pow(S x, S y) {
  if (!isFloat(x.type))
    return intPow(x, y);
  if (std::optional<double> exponent = constantOf(y)) {
    Scalar result = constantPow(x, *exponent);
    if (result.value)
      return result;
  }
  return floatBinary<math::PowFOp>(x, y);
}

/// A null value if the exponent has no short form.
Scalar ScalarEmitter::constantPow(S x, double exponent) {
  Type type = x.type;
  Scalar wide = widen(x), one = constant(wide.type, 1), result;
  if (exponent == 0) {
    result = {wide.type, splat(one.value, x.value.getType())};
  } else if (exponent == 1) {
    return x;
  } else if (exponent == -1) {
    result = div(one, wide);
  } else if (exponent == 2) {
    result = mul(wide, wide);
  } else if (exponent == 3) {
    result = mul(mul(wide, wide), wide);
  } else if (exponent == 4) {
    Scalar square = mul(wide, wide);
    result = mul(square, square);
  } else if (exponent == 0.5 || exponent == -0.5) {
    // sqrt(-0) is -0 and sqrt(-inf) a NaN, where pow gives +0 and +inf.
    Scalar root = sqrt(add(wide, constant(wide.type, 0)));
    result = select(eq(wide, constant(wide.type, -HUGE_VAL)),
                    constant(wide.type, HUGE_VAL), root);
    if (exponent < 0)
      result = div(one, result);
  } else {
    return {};
  }
  return cast(result, type);
}

/// Squaring, a step for each bit of the exponent. What a negative exponent
/// gives is 0 unless x is 1 or -1.
Scalar ScalarEmitter::intPow(S x, S y) {
  if (isBool(x.type)) // 0 ** 0 is 1
    return or_(x, not_(y));
  auto [base, exponent] = unify(x, y);
  Type type = x.type;
  Scalar zero = constant(type, 0), one = constant(type, 1);
  Value start = splat(one.value, base.value.getType());
  Value lower = arith::ConstantIndexOp::create(b, loc, 0);
  Value upper = arith::ConstantIndexOp::create(b, loc, widthOf(type));
  Value step = arith::ConstantIndexOp::create(b, loc, 1);
  auto loop = scf::ForOp::create(b, loc, lower, upper, step,
                                 {start, base.value, exponent.value});
  {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(loop.getBody());
    Scalar result{type, loop.getRegionIterArg(0)},
        power{type, loop.getRegionIterArg(1)},
        rest{type, loop.getRegionIterArg(2)};
    Scalar odd = ne(and_(rest, one), zero);
    Scalar next = select(odd, mul(result, power), result);
    Scalar square = mul(power, power);
    Scalar halved = intBinary<arith::ShRUIOp>(rest, one);
    scf::YieldOp::create(b, loc, {next.value, square.value, halved.value});
  }
  Scalar result{type, loop.getResult(0)};
  if (isUnsigned(type))
    return result;
  Scalar isUnit = or_(eq(base, one), eq(base, constant(type, -1)));
  Scalar vanishes = and_(lt(exponent, zero), not_(isUnit));
  return select(vanishes, zero, result);
}

/// With a constant that is no NaN one compare and select does, and is a single
/// instruction on x86; it keeps the other operand's NaN.
Scalar ScalarEmitter::extremum(S x, S y, bool greater) {
  if (!isNanFree(y) && isNanFree(x))
    return extremum(y, x, greater);
  Scalar result = select(greater ? lt(x, y) : lt(y, x), y, x);
  return isNanFree(y) ? result : select(ne(y, y), y, result);
}

Scalar ScalarEmitter::min(S x, S y) {
  if (isFloat(x.type))
    return extremum(x, y, /*greater=*/false);
  return isUnsigned(x.type) ? intBinary<arith::MinUIOp>(x, y)
                            : intBinary<arith::MinSIOp>(x, y);
}

Scalar ScalarEmitter::max(S x, S y) {
  if (isFloat(x.type))
    return extremum(x, y, /*greater=*/true);
  return isUnsigned(x.type) ? intBinary<arith::MaxUIOp>(x, y)
                            : intBinary<arith::MaxSIOp>(x, y);
}

//===----------------------------------------------------------------------===//
// Bits, comparisons, select
//===----------------------------------------------------------------------===//

Scalar ScalarEmitter::and_(S x, S y) { return intBinary<arith::AndIOp>(x, y); }
Scalar ScalarEmitter::or_(S x, S y) { return intBinary<arith::OrIOp>(x, y); }
Scalar ScalarEmitter::xor_(S x, S y) { return intBinary<arith::XOrIOp>(x, y); }

Scalar ScalarEmitter::not_(S x) {
  return xor_(x, constant(x.type, isBool(x.type) ? 1 : -1));
}

Scalar ScalarEmitter::shl(S x, S y) {
  auto [count, width] = unify(y, constant(y.type, widthOf(x.type)));
  Value fits = create<arith::CmpIOp>(arith::CmpIPredicate::ult, count.value,
                                     width.value);
  return select({b.getI1Type(), fits}, intBinary<arith::ShLIOp>(x, y),
                constant(x.type, 0));
}

Scalar ScalarEmitter::shr(S x, S y) {
  if (!isUnsigned(x.type)) {
    Scalar last = constant(y.type, widthOf(x.type) - 1);
    return intBinary<arith::ShRSIOp>(x, intBinary<arith::MinUIOp>(y, last));
  }
  auto [count, width] = unify(y, constant(y.type, widthOf(x.type)));
  Value fits = create<arith::CmpIOp>(arith::CmpIPredicate::ult, count.value,
                                     width.value);
  return select({b.getI1Type(), fits}, intBinary<arith::ShRUIOp>(x, y),
                constant(x.type, 0));
}

Scalar ScalarEmitter::compare(Order order, S x, S y) {
  using F = arith::CmpFPredicate;
  using I = arith::CmpIPredicate;
  unsigned index = static_cast<unsigned>(order);
  if (isFloat(x.type)) {
    static constexpr F predicates[] = {F::OEQ, F::UNE, F::OLT, F::OLE};
    auto [a, c] = unify(widen(x), widen(y));
    return {b.getI1Type(),
            create<arith::CmpFOp>(predicates[index], a.value, c.value)};
  }
  static constexpr I signedPredicates[] = {I::eq, I::ne, I::slt, I::sle};
  static constexpr I unsignedPredicates[] = {I::eq, I::ne, I::ult, I::ule};
  auto [a, c] = unify(x, y);
  I predicate =
      isUnsigned(x.type) ? unsignedPredicates[index] : signedPredicates[index];
  return {b.getI1Type(), create<arith::CmpIOp>(predicate, a.value, c.value)};
}

Scalar ScalarEmitter::eq(S x, S y) { return compare(Order::equal, x, y); }
Scalar ScalarEmitter::ne(S x, S y) { return compare(Order::notEqual, x, y); }
Scalar ScalarEmitter::lt(S x, S y) { return compare(Order::less, x, y); }
Scalar ScalarEmitter::le(S x, S y) { return compare(Order::lessEqual, x, y); }

Scalar ScalarEmitter::select(S condition, S x, S y) {
  auto [a, c] = unify(x, y);
  Value test = splat(condition.value, a.value.getType());
  Value p = splat(a.value, test.getType()), q = splat(c.value, test.getType());
  return {x.type, create<arith::SelectOp>(test, p, q)};
}

//===----------------------------------------------------------------------===//
// Functions of one argument
//===----------------------------------------------------------------------===//

Scalar ScalarEmitter::neg(S x) {
  if (isNarrowFloat(x.type))
    return floatUnary<arith::NegFOp>(x);
  if (isFloat(x.type))
    return {x.type, create<arith::NegFOp>(x.value)};
  return isBool(x.type) ? x : sub(constant(x.type, 0), x);
}

Scalar ScalarEmitter::abs(S x) {
  if (isNarrowFloat(x.type))
    return floatUnary<math::AbsFOp>(x);
  if (isFloat(x.type))
    return {x.type, create<math::AbsFOp>(x.value)};
  if (isUnsigned(x.type))
    return x;
  return canonical({x.type, create<math::AbsIOp>(x.value)});
}

Scalar ScalarEmitter::sign(S x) {
  if (isBool(x.type))
    return x;
  if (isNarrowFloat(x.type))
    return narrow(sign(widen(x)).value, x.type);
  Scalar zero = constant(x.type, 0), one = constant(x.type, 1);
  if (isUnsigned(x.type))
    return min(x, one);
  Scalar negative = select(lt(x, zero), constant(x.type, -1), x);
  return select(lt(zero, x), one, negative);
}

Scalar ScalarEmitter::ceil(S x) { return floatUnary<math::CeilOp>(x); }
Scalar ScalarEmitter::floor(S x) { return floatUnary<math::FloorOp>(x); }
Scalar ScalarEmitter::round(S x) { return floatUnary<math::RoundEvenOp>(x); }
Scalar ScalarEmitter::trunc(S x) { return floatUnary<math::TruncOp>(x); }
Scalar ScalarEmitter::sqrt(S x) { return floatUnary<math::SqrtOp>(x); }
Scalar ScalarEmitter::exp(S x) { return floatUnary<math::ExpOp>(x); }
Scalar ScalarEmitter::expm1(S x) { return floatUnary<math::ExpM1Op>(x); }
Scalar ScalarEmitter::log(S x) { return floatUnary<math::LogOp>(x); }
Scalar ScalarEmitter::log1p(S x) { return floatUnary<math::Log1pOp>(x); }
Scalar ScalarEmitter::sin(S x) { return floatUnary<math::SinOp>(x); }
Scalar ScalarEmitter::cos(S x) { return floatUnary<math::CosOp>(x); }
Scalar ScalarEmitter::tan(S x) { return floatUnary<math::TanOp>(x); }
Scalar ScalarEmitter::asin(S x) { return floatUnary<math::AsinOp>(x); }
Scalar ScalarEmitter::acos(S x) { return floatUnary<math::AcosOp>(x); }
Scalar ScalarEmitter::atan(S x) { return floatUnary<math::AtanOp>(x); }
Scalar ScalarEmitter::tanh(S x) { return floatUnary<math::TanhOp>(x); }
Scalar ScalarEmitter::asinh(S x) { return floatUnary<math::AsinhOp>(x); }
Scalar ScalarEmitter::acosh(S x) { return floatUnary<math::AcoshOp>(x); }
Scalar ScalarEmitter::atanh(S x) { return floatUnary<math::AtanhOp>(x); }
Scalar ScalarEmitter::erf(S x) { return floatUnary<math::ErfOp>(x); }

//===----------------------------------------------------------------------===//
// Conversions
//===----------------------------------------------------------------------===//

Scalar ScalarEmitter::cast(S x, Type type) {
  if (x.type == type)
    return x;
  if (isBool(type)) // in f32: not every narrow format has a zero
    return isNarrowFloat(x.type) ? cast(widen(x), type)
                                 : ne(x, constant(x.type, 0));
  if (isBool(x.type))
    return select(x, constant(type, 1), constant(type, 0));
  if (isFloat(x.type))
    return isFloat(type) ? floatToFloat(x, type) : floatToInt(x, type);
  return isFloat(type) ? intToFloat(x, type) : intToInt(x, type);
}

Scalar ScalarEmitter::bitcast(S x, Type type) {
  Type result = typeLike(storageType(type), x.value.getType());
  Value bits = x.value;
  if (bits.getType() != result)
    bits = create<arith::BitcastOp>(result, bits);
  return canonical({type, bits});
}

Scalar ScalarEmitter::intToInt(S x, Type type) {
  Type from = storageType(x.type), to = storageType(type);
  Type result = typeLike(to, x.value.getType());
  if (from == to)
    return canonical({type, x.value});
  if (from.isIndex() || to.isIndex()) {
    if (isUnsigned(x.type))
      return {type, create<arith::IndexCastUIOp>(result, x.value)};
    return {type, create<arith::IndexCastOp>(result, x.value)};
  }
  if (widthOf(to) < widthOf(from))
    return canonical({type, create<arith::TruncIOp>(result, x.value)});
  if (isUnsigned(x.type))
    return {type, create<arith::ExtUIOp>(result, x.value)};
  return {type, create<arith::ExtSIOp>(result, x.value)};
}

Scalar ScalarEmitter::intToFloat(S x, Type type) {
  if (x.type.isIndex())
    return intToFloat(intToInt(x, b.getI64Type()), type);
  Type wide = widthOf(type) < 32 ? b.getF32Type() : type;
  Type result = typeLike(wide, x.value.getType());
  Value v = isUnsigned(x.type) ? create<arith::UIToFPOp>(result, x.value)
                               : create<arith::SIToFPOp>(result, x.value);
  return cast({wide, v}, type);
}

/// Saturates: only lanes whose truncation fits are converted as such, others
/// are replaced by the nearest bound. A NaN fails both tests and gives 0.
Scalar ScalarEmitter::floatToInt(S x, Type type) {
  Scalar wide = widen(x);
  bool isSigned = !isUnsigned(type);
  unsigned width = widthOf(type);
  double low = isSigned ? -std::ldexp(1.0, width - 1) : 0;
  double high = std::ldexp(1.0, isSigned ? width - 1 : width);
  // Vector units convert to 32 bits at least.
  Type integer = type.isIndex() ? b.getI64Type() : type;
  if (width < 32)
    integer = b.getI32Type();

  Scalar zero = constant(wide.type, 0);
  Scalar above = le(constant(wide.type, high), wide);
  Scalar notBelow = le(constant(wide.type, low), wide);
  Scalar fits = and_(notBelow, lt(wide, constant(wide.type, high)));
  Value safe = select(fits, wide, zero).value;
  Type result = typeLike(storageType(integer), safe.getType());
  Value v = isUnsigned(integer) ? create<arith::FPToUIOp>(result, safe)
                                : create<arith::FPToSIOp>(result, safe);
  Scalar converted = intToInt({integer, v}, type);
  APInt maximum =
      isSigned ? APInt::getSignedMaxValue(width) : APInt::getMaxValue(width);
  Scalar top = constantBits(type, maximum.getZExtValue());
  Scalar saturated = select(above, top, converted);
  if (!isSigned)
    return saturated;
  return select(lt(wide, constant(wide.type, low)), constant(type, low),
                saturated);
}

Scalar ScalarEmitter::floatToFloat(S x, Type type) {
  Type from = x.type, f32 = b.getF32Type();
  if (isNarrowFloat(from))
    return cast(decode(x), type);
  if (isNarrowFloat(type) && from == f32)
    return encode(x, type);
  Type result = typeLike(type, x.value.getType());
  unsigned fromWidth = widthOf(from), toWidth = widthOf(type);
  if (fromWidth > 32 && toWidth < 32)
    return cast({f32, roundToOdd(x.value)}, type);
  if ((fromWidth < 32 && toWidth != 32) || (fromWidth != 32 && toWidth <= 8))
    return cast(cast(x, f32), type);
  if (toWidth > fromWidth)
    return {type, create<arith::ExtFOp>(result, x.value)};
  return {type, create<arith::TruncFOp>(result, x.value)};
}

/// An f64 as an f32 whose last bit is set if anything was lost: rounding that
/// again to a narrower type gives what rounding once would have.
Value ScalarEmitter::roundToOdd(Value x) {
  Type f32 = typeLike(b.getF32Type(), x.getType());
  Type i32 = typeLike(b.getI32Type(), x.getType());
  Value rounded = arith::TruncFOp::create(b, loc, f32, x);
  Scalar back{b.getF64Type(),
              arith::ExtFOp::create(b, loc, x.getType(), rounded)};
  Scalar exact{b.getF64Type(), x};
  Scalar bits{b.getI32Type(), arith::BitcastOp::create(b, loc, i32, rounded)};
  Scalar one = constant(b.getI32Type(), 1);
  Scalar inward = select(lt(abs(exact), abs(back)), sub(bits, one), bits);
  Scalar lossy = or_(lt(back, exact), lt(exact, back));
  Scalar odd = select(lossy, or_(inward, one), bits);
  return arith::BitcastOp::create(b, loc, f32, odd.value);
}
