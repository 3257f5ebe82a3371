//===- MathPow.cpp - powers and remainders -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Both work in f64, which is exact where f32 would need pairs of numbers.

#include "Codegen/CPU/ExpandMath.h"
#include <cmath>

namespace dlc::cpu {

namespace {

/// log2 of |x|; of 0 minus infinity. An f32, even a denormal, is a normal f64.
Num log2Of(Num x) {
  constexpr int64_t twoThirds = 0x3fe5555555555555;
  Num a = toF64(abs(x));
  Num bits = asInt(a) - asInt(a).bits(twoThirds);
  Num mantissa = (bits & bits.bits(0xfffffffffffff)) + bits.bits(twoThirds);
  Num e = toF64(toI32(bits >> bits.bits(52)));
  Num m = asFloat(mantissa), s = (m - 1) / (m + 1);
  Num p = polynomial(s * s, {2.8853900817779312, 0.96179669391506872,
                             0.57707802070048342, 0.41219793614346345,
                             0.3206446354970694, 0.26065694242693327,
                             0.2511405640162151});
  Num result = mulAdd(s, p, e);
  result = select(a < HUGE_VAL, result, a);
  return select(a == 0, -HUGE_VAL, result);
}

/// 2^t, rounded to f32.
Num exp2Of(Num t) {
  Num clamped = atMost(atLeast(t, -151), 129);
  Num shifted = clamped + 0x1.8p52;
  Num f = toF32(clamped - (shifted - 0x1.8p52));
  Num exponent = toI32(asInt(shifted));
  Num half = exponent >> exponent.bits(1);
  auto powerOf2 = [](Num n) {
    return asFloat((n + n.bits(127)) << n.bits(23));
  };
  return exp2Reduced(f) * powerOf2(half) * powerOf2(exponent - half);
}

} // namespace

Num expandPow(Num x, Num y) {
  Num power = exp2Of(toF64(y) * log2Of(x));
  // Where x is negative the sign follows y if that is an integer.
  Num whole = trunc(y), half = y * 0.5;
  Num isOdd = (whole == y) & (trunc(half) != half);
  Num signedX = select(isOdd, x, x.constant(0));
  power = withSignOf(power, signedX);
  Num undefined = (x < 0) & (-HUGE_VAL < x) & (whole != y);
  power = select(undefined, std::nan(""), power);
  Num isOne = (x == 1) | (y == 0) | ((x == -1) & (abs(y) == HUGE_VAL));
  return select(isOne, 1, power);
}

/// Each step takes the nearest multiple of |y| to 53 bits away, exactly; an f32
/// quotient is less than 2^277.
Num expandRem(Num x, Num y) {
  constexpr int steps = 6;
  Num d = toF64(abs(y)), r = toF64(abs(x));
  for (int i = 0; i < steps; ++i)
    r = fma(-trunc(r / d), d, r);
  r = select(r < 0, r + d, r);
  Num result = withSignOf(abs(toF32(r)), x);
  return select((abs(y) == HUGE_VAL) & (abs(x) < HUGE_VAL), x, result);
}

} // namespace dlc::cpu
