//===- MathTrig.cpp - circular functions -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// The polynomials are derived by test/unit/ulp/fit.py.

#include "Codegen/CPU/ExpandMath.h"

#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include <cmath>

using namespace mlir;

namespace dlc::cpu {

namespace {

constexpr double halfPi = 1.5707963267948966, pi = 3.141592653589793;

/// |x| = k pi / 2 + r with |r| up to pi / 4; the low bits of k count.
struct Quarter {
  Num r, k;
};

/// pi / 2 in three parts. With fused multiply-adds the first two products
/// cancel exactly as long as k has at most 17 bits.
Quarter reduceSmall(Num a) {
  constexpr double toInteger = 0x1.8p23;
  constexpr double parts[] = {0x1.921fb6p0, -0x1.777a5cp-25, -0x1.ee59dap-50};
  Num shifted = fma(a, 2 / pi, a.constant(toInteger));
  Num k = shifted - toInteger, r = a;
  for (double part : parts)
    r = fma(k, -part, r);
  return {r, asInt(shifted)};
}

/// Word `index` of 2 / pi as a binary fraction, after 32 leading zeros.
Num twoOverPi(Num index) {
  constexpr uint32_t words[] = {0,          0xa2f9836e, 0x4e441529, 0xfc2757d1,
                                0xf534ddc0, 0xdb629599, 0x3c439041, 0xfe5163ab};
  Num result = index.bits(words[7]);
  for (int i = 6; i >= 0; --i)
    result = select(index == index.bits(i), index.bits(words[i]), result);
  return result;
}

/// For any finite a from 2^17: a = m 2^e times 2 / pi needs only those bits of
/// 2 / pi that weigh less than 4 after scaling, 96 of them. All in i64.
Quarter reduceLarge(Num a) {
  Num bits = toI64(asInt(a)), low32 = bits.bits(0xffffffff);
  Num m = (bits & bits.bits(0x7fffff)) | bits.bits(0x800000);
  Num position = shiftRightLogical(bits, bits.bits(23)) - bits.bits(150 - 30);
  Num index = shiftRightLogical(position, bits.bits(5));
  Num offset = position & bits.bits(31), thirtyTwo = bits.bits(32);
  auto window = [&](int i) {
    Num pair = (twoOverPi(index + bits.bits(i)) << thirtyTwo) |
               twoOverPi(index + bits.bits(i + 1));
    return shiftRightLogical(pair << offset, thirtyTwo) & low32;
  };
  // The top 64 of the product's 96 bits: quarters in units of 2^-62.
  Num quarters = ((m * window(0)) << thirtyTwo) + m * window(1) +
                 shiftRightLogical(m * window(2), thirtyTwo);
  Num sixtyTwo = bits.bits(62);
  Num k = shiftRightLogical(quarters + bits.bits(int64_t(1) << 61), sixtyTwo);
  Num fraction = quarters - (k << sixtyTwo);
  return {toF32(toF64(fraction) * (halfPi * 0x1p-62)), toI32(k)};
}

/// The slow way lies behind a branch that ordinary numbers never take.
Quarter reduce(Num a) {
  Quarter small = reduceSmall(a);
  Num large = (0x1p17 <= a) & (a < HUGE_VAL);
  OpBuilder &b = a.builder();
  Value any = large.v;
  if (isa<VectorType>(any.getType()))
    any =
        vector::ReductionOp::create(b, a.loc(), vector::CombiningKind::OR, any);
  auto branch = scf::IfOp::create(
      b, a.loc(), any,
      [&](OpBuilder &inner, Location loc) {
        NumContext context{inner, loc, a.context->hasFma, a.context->hasScale};
        Num number{&context, a.v};
        auto [r, k] = reduceLarge(number);
        Num condition{&context, large.v};
        scf::YieldOp::create(inner, loc,
                             {select(condition, r, number.with(small.r.v)).v,
                              select(condition, k, number.with(small.k.v)).v});
      },
      [&](OpBuilder &inner, Location loc) {
        scf::YieldOp::create(inner, loc, {small.r.v, small.k.v});
      });
  return {a.with(branch.getResult(0)), a.with(branch.getResult(1))};
}

Num sinReduced(Num r, Num t) {
  Num p = polynomial(
      t, {-0.166666672f, 0.00833338033f, -0.000198535112f, 2.83751319e-06f});
  return fma(r * t, p, r);
}

Num cosReduced(Num t) {
  Num p = polynomial(t, {0.0416666456f, -0.00138873013f, 2.44306684e-05f});
  return fma(t * t, p, fma(t, -0.5, t.constant(1)));
}

Num isOdd(Num k) { return (k & k.bits(1)) != k.bits(0); }

/// Flips the sign of x where bit 1 of k is set.
Num flipSign(Num x, Num k) {
  return asFloat(asInt(x) ^ ((k & k.bits(2)) << k.bits(30)));
}

/// The odd part of the arc functions: a (1 + t p(t)), t = a^2.
Num oddPolynomial(Num a, Num t, llvm::ArrayRef<double> p) {
  return fma(a * t, polynomial(t, p), a);
}

/// asin s for s up to 1/2, t = s^2.
Num asinReduced(Num s, Num t) {
  return oddPolynomial(s, t,
                       {0.166666597f, 0.0750052109f, 0.0445136353f,
                        0.0318360515f, 0.0143292313f, 0.0376730114f});
}

/// asin s for s = |x| up to 1/2; above, for s = sqrt((1 - |x|) / 2), of which
/// twice the arc sine is the arc cosine of |x|.
std::pair<Num, Num> asinHalf(Num a) {
  Num small = a <= 0.5;
  Num t = select(small, a * a, (1 - a) * 0.5);
  return {small, asinReduced(select(small, a, sqrt(t)), t)};
}

} // namespace

Num expandSin(Num x) {
  auto [r, k] = reduce(abs(x));
  Num t = r * r;
  Num y = flipSign(select(isOdd(k), cosReduced(t), sinReduced(r, t)), k);
  return asFloat(asInt(y) ^ (asInt(x) & asInt(x).bits(int64_t(1) << 31)));
}

Num expandCos(Num x) {
  auto [r, k] = reduce(abs(x));
  Num t = r * r;
  Num y = select(isOdd(k), sinReduced(r, t), cosReduced(t));
  return flipSign(y, k + k.bits(1));
}

Num expandTan(Num x) {
  auto [r, k] = reduce(abs(x));
  Num t = r * r, s = sinReduced(r, t), c = cosReduced(t), odd = isOdd(k);
  Num y = select(odd, -c, s) / select(odd, s, c);
  return asFloat(asInt(y) ^ (asInt(x) & asInt(x).bits(int64_t(1) << 31)));
}

Num expandAsin(Num x) {
  auto [small, y] = asinHalf(abs(x));
  return withSignOf(abs(select(small, y, halfPi - (y + y))), x);
}

Num expandAcos(Num x) {
  auto [small, y] = asinHalf(abs(x));
  Num large = select(x < 0, pi - (y + y), y + y);
  return select(small, halfPi - withSignOf(y, x), large);
}

/// Above tan(3 pi / 8) of -1 / x, above tan(pi / 8) of (x - 1) / (x + 1).
Num expandAtan(Num x) {
  Num a = abs(x), one = a.constant(1);
  Num high = 2.414213562 < a, middle = 0.4142135624 < a;
  Num numerator = select(high, -one, select(middle, a - 1, a));
  Num denominator = select(high, a, select(middle, a + 1, one));
  Num base = select(high, halfPi, select(middle, pi / 4, a.constant(0)));
  Num q = numerator / denominator, t = q * q;
  Num y = oddPolynomial(
      q, t,
      {-0.333333164f, 0.19998531f, -0.14244467f, 0.105997719f, -0.0609156936f});
  return withSignOf(abs(base + y), x);
}

} // namespace dlc::cpu
