//===- ScalarAlgebra.h - what pointwise expressions are made of -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// The expressions in Pointwise.td are written over this interface. Two classes
// implement it: ScalarEmitter builds arith and math operations, on scalars or
// vectors; ScalarEvaluator computes on the host.

#ifndef DIALECTS_DLC_SCALARALGEBRA_H
#define DIALECTS_DLC_SCALARALGEBRA_H

#include "mlir/IR/Types.h"
#include "mlir/IR/Value.h"
#include <cmath>

namespace dlc {

/// The bits of an element, of a complex number those of both its parts; 0 if
/// the type is none of an element.
unsigned elementBits(mlir::Type element);

/// One element. `type` is its type in the dlc dialect (unsigned integers are
/// ui8 and the like). An emitter uses `value`; an evaluator `f` for floats and
/// `i` for integers and bools (unsigned ones zero-extended).
struct Scalar {
  mlir::Type type;
  mlir::Value value;
  double f = 0;
  int64_t i = 0;
};

/// Operands of binary operations have one type. Comparisons give i1.
class ScalarAlgebra {
public:
  virtual ~ScalarAlgebra() = default;
  using S = const Scalar &;

  virtual Scalar constant(mlir::Type type, double value) = 0;
  virtual Scalar cast(S x, mlir::Type type) = 0;
  /// The same bits; both types are of one width.
  virtual Scalar bitcast(S x, mlir::Type type) = 0;

  virtual Scalar add(S x, S y) = 0;
  virtual Scalar sub(S x, S y) = 0;
  virtual Scalar mul(S x, S y) = 0;
  virtual Scalar div(S x, S y) = 0;
  virtual Scalar mod(S x, S y) = 0;
  virtual Scalar rem(S x, S y) = 0;
  virtual Scalar pow(S x, S y) = 0;
  virtual Scalar min(S x, S y) = 0;
  virtual Scalar max(S x, S y) = 0;
  virtual Scalar and_(S x, S y) = 0;
  virtual Scalar or_(S x, S y) = 0;
  virtual Scalar xor_(S x, S y) = 0;
  virtual Scalar shl(S x, S y) = 0;
  virtual Scalar shr(S x, S y) = 0;
  virtual Scalar not_(S x) = 0;

  virtual Scalar eq(S x, S y) = 0;
  virtual Scalar ne(S x, S y) = 0;
  virtual Scalar lt(S x, S y) = 0;
  virtual Scalar le(S x, S y) = 0;
  virtual Scalar select(S condition, S x, S y) = 0;

  virtual Scalar neg(S x) = 0;
  virtual Scalar abs(S x) = 0;
  virtual Scalar sign(S x) = 0;
  virtual Scalar ceil(S x) = 0;
  virtual Scalar floor(S x) = 0;
  virtual Scalar round(S x) = 0;
  virtual Scalar trunc(S x) = 0;
  virtual Scalar sqrt(S x) = 0;
  virtual Scalar exp(S x) = 0;
  virtual Scalar expm1(S x) = 0;
  virtual Scalar log(S x) = 0;
  virtual Scalar log1p(S x) = 0;
  virtual Scalar sin(S x) = 0;
  virtual Scalar cos(S x) = 0;
  virtual Scalar tan(S x) = 0;
  virtual Scalar asin(S x) = 0;
  virtual Scalar acos(S x) = 0;
  virtual Scalar atan(S x) = 0;
  virtual Scalar tanh(S x) = 0;
  virtual Scalar asinh(S x) = 0;
  virtual Scalar acosh(S x) = 0;
  virtual Scalar atanh(S x) = 0;
  virtual Scalar erf(S x) = 0;
};

/// Functions made of others, each accurate to the ends of its range.
Scalar sigmoid(ScalarAlgebra &s, const Scalar &x);
Scalar cosh(ScalarAlgebra &s, const Scalar &x);
Scalar sinh(ScalarAlgebra &s, const Scalar &x);

} // namespace dlc

#endif // DIALECTS_DLC_SCALARALGEBRA_H
