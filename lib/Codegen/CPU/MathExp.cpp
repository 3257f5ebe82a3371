//===- MathExp.cpp - exp and what is made of it -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// The polynomials are derived by test/unit/ulp/fit.py.

#include "Codegen/CPU/ExpandMath.h"

namespace dlc::cpu {

namespace {

constexpr double log2e = 1.4426950408889634;
constexpr double ln2High = 0x1.62e43p-1, ln2Low = -0x1.05c61p-29;
/// Added to a small f32 it leaves the nearest integer in the low bits.
constexpr double toInteger = 0x1.8p23;

/// x = n ln 2 + r. The low 9 bits of `bits` are those of n.
struct Reduced {
  Num n, bits, r;
};

Reduced reduceByLn2(Num x) {
  Num shifted = fma(x, log2e, x.constant(toInteger));
  Num n = shifted - toInteger;
  Num r = fma(n, -ln2Low, fma(n, -ln2High, x));
  return {n, asInt(shifted), r};
}

Num powerOf2(Num exponentField) {
  return asFloat(exponentField + exponentField.bits(127 << 23));
}

/// e^r - 1 for |r| up to ln 2 / 2.
Num expm1Reduced(Num r) {
  Num q = polynomial(r, {0.5, 0.166666657f, 0.0416664928f, 0.00833354518f,
                         0.00139323308f, 0.000197625719f});
  return fma(r * r, q, r);
}

/// e^r for |r| up to ln 2 / 2.
Num expReduced(Num r) {
  Num q = polynomial(r, {0.49999994f, 0.166665211f, 0.0416682661f,
                         0.00836867746f, 0.00138207339f});
  return fma(r * r, q, r) + 1;
}

} // namespace

/// 2^n is applied as two factors: neither overflows where the result does not,
/// and only the last product can round to a denormal number.
Num expandExp(Num x) {
  auto [n, bits, r] = reduceByLn2(atMost(atLeast(x, -104), 89));
  if (Num scaled = timesPowerOf2(expReduced(r), n); scaled.v)
    return scaled;
  Num whole = bits << bits.bits(23);
  Num half = shiftRightLogical(bits, bits.bits(1)) << bits.bits(23);
  return expReduced(r) * powerOf2(half) * powerOf2(whole - half);
}

/// 2^n (p + 1) - 1 = 2^n p + (2^n - 1), at half the size so that 2^n fits.
Num expandExpm1(Num x) {
  auto [n, bits, r] = reduceByLn2(atMost(atLeast(x, -30), 89));
  Num p = expm1Reduced(r);
  Num half = powerOf2((bits << bits.bits(23)) - bits.bits(1 << 23));
  Num y = fma(half, p, half - 0.5);
  return withSignOf(abs(select(n == 0, p, y + y)), x);
}

/// With t = e^(2|x|) - 1, tanh |x| = t / (t + 2).
Num expandTanh(Num x) {
  Num a = atMost(abs(x), 10);
  auto [n, bits, r] = reduceByLn2(a + a);
  Num scale = powerOf2(bits << bits.bits(23));
  Num t = fma(scale, expm1Reduced(r), scale - 1);
  return withSignOf(t / (t + 2), x);
}

/// Below 1 a polynomial; above, 1 - e^-g with a polynomial g.
Num expandErf(Num x) {
  Num a = atMost(abs(x), 4), t = a * a;
  Num small =
      polynomial(t, {0.128379166f, -0.376126289f, 0.112836182f, -0.026855126f,
                     0.00519073382f, -0.000803076138f, 7.92036808e-05f});
  Num g =
      polynomial(a, {0.000353719312f, 1.12704003f, 0.638225675f, 0.103037417f,
                     -0.0218053833f, 0.00293964008f, -0.000185579775f});
  auto [n, bits, r] = reduceByLn2(-g);
  Num e = expReduced(r), scaled = timesPowerOf2(e, n);
  e = scaled.v ? scaled : e * powerOf2(bits << bits.bits(23));
  return withSignOf(select(a < 1, fma(a, small, a), 1 - e), x);
}

/// 2^f for |f| up to a half.
Num exp2Reduced(Num f) {
  Num p = polynomial(f, {0.693147182f, 0.240226507f, 0.0555035956f,
                         0.00961806253f, 0.00133910112f, 0.000154628811f});
  return mulAdd(f, p, f.constant(1));
}

/// Of negative x erfc |x|, else 2 - erfc x. The polynomial is log2 erfc |x|
/// where that counts, and falls faster beyond.
Num expandOnePlusErf(Num x) {
  constexpr double isZero = 8.25; // where 2^t is 0 and n still has 9 bits
  Num t = polynomial(atMost(abs(x), isZero),
                     {5.39150022e-08f, -1.62791228f, -0.918367386f,
                      -0.148727119f, 0.0288387686f, -0.00150503602f,
                      -0.00100226409f, 0.000282140856f, -2.38393823e-05f});
  Num shifted = t + toInteger, n = shifted - toInteger;
  Num e = exp2Reduced(t - n);
  if (Num scaled = timesPowerOf2(e, n); scaled.v) {
    e = scaled;
  } else {
    // What would be denormal is 0.
    Num bits = asInt(shifted);
    Num field = (bits << bits.bits(23)) + bits.bits(127 << 23);
    e = e * asFloat(select(field < field.bits(0), field.bits(0), field));
  }
  return select(x < 0, e, 2 - e);
}

/// As c / (c + c e^x), which is denormal where c e^x is far from overflowing.
Num expandInverseOnePlusExp(Num x) {
  constexpr int64_t down = 30; // c is 2^-30
  auto [n, bits, r] = reduceByLn2(atMost(atLeast(x, -66), 105));
  Num c = x.constant(0x1p-30), e = expReduced(r),
      scaled = timesPowerOf2(e, n - down);
  if (!scaled.v)
    scaled =
        e * asFloat((bits << bits.bits(23)) + bits.bits((127 - down) << 23));
  return c / (c + scaled);
}

Num expandOnePlusTanh(Num x) { return 2 / (expandExp(x * -2) + 1); }

} // namespace dlc::cpu
