//===- MathLog.cpp - log and what is made of it -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// The polynomial is derived by test/unit/ulp/fit.py.

#include "Codegen/CPU/ExpandMath.h"
#include <cmath>

namespace dlc::cpu {

namespace {

constexpr double ln2 = 0.6931471805599453;
constexpr double ln2High = 0x1.62e43p-1, ln2Low = -0x1.05c61p-29;
constexpr int64_t twoThirds = 0x3f2aaaab; // as an f32

/// A normal x = 2^e (1 + f), with 1 + f from 2/3 to 4/3.
struct Split {
  Num e, f;
};

Split split(Num x) {
  Num bits = asInt(x) - asInt(x).bits(twoThirds);
  Num mantissa = (bits & bits.bits(0x7fffff)) + bits.bits(twoThirds);
  return {bits >> bits.bits(23), asFloat(mantissa) - 1};
}

/// log(2^e (1 + f)).
Num logOf(Num e, Num f) {
  Num z = f * f;
  Num p =
      polynomial(f, {0.333332151f, -0.249998048f, 0.200104356f, -0.166802213f,
                     0.140055418f, -0.121874548f, 0.139856085f, -0.128792763f});
  Num tail = fma(z * f, p, z * -0.5);
  return fma(e, ln2High, f + fma(e, ln2Low, tail));
}

/// Where u, the logarithm's argument, is none of a positive finite number:
/// minus infinity of 0, NaN of less, the rest as it is.
Num patchEdges(Num u, Num result) {
  Num edge = select(u < 0, std::nan(""), select(u == 0, -HUGE_VAL, u));
  return select((0 < u) & (u < HUGE_VAL), result, edge);
}

} // namespace

Num expandLog(Num x) {
  Num denormal = x < 0x1p-126;
  auto [e, f] = split(select(denormal, x * 0x1p25, x));
  Num exponent = toF32(e);
  return patchEdges(x, logOf(select(denormal, exponent - 25, exponent), f));
}

/// What rounding u = 1 + x loses is added to u's mantissa.
Num expandLog1p(Num x) {
  Num u = x + 1;
  auto [e, f] = split(u);
  // Above 2^25 nothing that counts is lost.
  Num lost = select(x < 0x1p25, x - (u - 1), x.constant(0));
  // 2^-e, off by 2^4 so that it is normal for all e.
  Num scale = asFloat(e.bits((127 + 4) << 23) - (e << e.bits(23)));
  Num result = logOf(toF32(e), fma(lost * 0x1p-4, scale, f));
  // Tiny numbers, zeros among them, are their own result.
  return select(abs(x) < 0x1p-30, x, patchEdges(u, result));
}

/// log(a + sqrt(a^2 + 1)) = log1p(a + a^2 / (1 + sqrt(a^2 + 1))).
Num expandAsinh(Num x) {
  Num a = abs(x), square = a * a;
  Num large = 0x1p30 < a;
  Num y = a + square / (1 + sqrt(square + 1));
  Num result = expandLog1p(select(large, a, y));
  return withSignOf(abs(select(large, result + ln2, result)), x);
}

/// With t = x - 1, log(x + sqrt(x^2 - 1)) = log1p(t + sqrt(t (t + 2))).
Num expandAcosh(Num x) {
  Num large = 0x1p30 < x, t = x - 1;
  Num result = expandLog1p(select(large, x, t + sqrt(t * (t + 2))));
  result = select(large, result + ln2, result);
  return select(x < 1, std::nan(""), result);
}

Num expandAtanh(Num x) {
  Num a = abs(x);
  return withSignOf(abs(expandLog1p((a + a) / (1 - a)) * 0.5), x);
}

} // namespace dlc::cpu
