//===- ScalarAlgebra.cpp - functions made of others -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/dlc/ScalarAlgebra.h"

#include "mlir/IR/BuiltinTypes.h"

using namespace mlir;
using namespace dlc;

/// Over e^-|x|, which never overflows: tiny results come out as exact as
/// others.
Scalar dlc::sigmoid(ScalarAlgebra &s, const Scalar &x) {
  Scalar one = s.constant(x.type, 1), zero = s.constant(x.type, 0);
  // Code generation knows this form, and computes the denormal results of f32.
  if (x.type.isF32())
    return s.div(one, s.add(one, s.exp(s.neg(x))));
  Scalar e = s.exp(s.neg(s.abs(x)));
  return s.div(s.select(s.lt(x, zero), e, one), s.add(one, e));
}

/// With u = e^(|x|/2), e^|x| / 2 = (u / 2) u overflows no sooner than the
/// result.
Scalar dlc::cosh(ScalarAlgebra &s, const Scalar &x) {
  Scalar half = s.constant(x.type, 0.5), quarter = s.constant(x.type, 0.25);
  Scalar u = s.exp(s.mul(half, s.abs(x)));
  Scalar large = s.mul(s.mul(half, u), u);
  return s.add(large, s.div(quarter, large));
}

/// With u = e^(|x|/2) - 1 and h = (e^|x| - 1) / 2 = (u / 2) (u + 2), the sine
/// of |x| is h + h / (2h + 1).
Scalar dlc::sinh(ScalarAlgebra &s, const Scalar &x) {
  Scalar zero = s.constant(x.type, 0), half = s.constant(x.type, 0.5),
         one = s.constant(x.type, 1), two = s.constant(x.type, 2);
  Scalar u = s.expm1(s.mul(half, s.abs(x)));
  Scalar h = s.mul(s.mul(half, u), s.add(u, two));
  // Where h is large the quotient is 1/2, as it must be where h is infinite.
  Scalar bounded = s.min(h, s.constant(x.type, 1e4));
  Scalar quotient = s.div(bounded, s.add(s.mul(two, bounded), one));
  Scalar magnitude = s.add(h, quotient);
  Scalar result = s.select(s.lt(x, zero), s.neg(magnitude), magnitude);
  return s.select(s.eq(x, zero), x, result);
}
