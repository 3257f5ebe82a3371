//===- ScalarEvaluator.h - pointwise expressions on the host -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DIALECTS_DLC_SCALAREVALUATOR_H
#define DIALECTS_DLC_SCALAREVALUATOR_H

#include "dialects/dlc/ScalarAlgebra.h"
#include "mlir/IR/BuiltinTypes.h"

namespace dlc {

/// Whether the evaluator knows the elements of a type: floats of at most 64
/// bits, integers of 1 to 8, 16, 32 and 64 bits, index.
bool isScalarType(mlir::Type type);
bool isFloatScalar(mlir::Type type);
/// Bools count as unsigned.
bool isUnsignedScalar(mlir::Type type);

/// The nearest number of a float type, ties to even.
double roundToType(mlir::Type type, double value);
/// What the bits of a float stand for, and those of the nearest number.
double floatNumber(mlir::FloatType type, uint64_t code);
uint64_t floatCode(mlir::FloatType type, double value);
/// The low bits as a number of an integer type.
int64_t wrapToType(mlir::Type type, uint64_t value);
/// Toward zero and saturating; a NaN gives 0. A bool is `value != 0`.
int64_t saturateToType(mlir::Type type, double value);

/// Computes in double or 64 bits and rounds or wraps each result to its type.
class ScalarEvaluator final : public ScalarAlgebra {
public:
  Scalar constant(mlir::Type type, double value) override;
  Scalar cast(S x, mlir::Type type) override;
  Scalar bitcast(S x, mlir::Type type) override;

  Scalar add(S x, S y) override;
  Scalar sub(S x, S y) override;
  Scalar mul(S x, S y) override;
  Scalar div(S x, S y) override;
  Scalar mod(S x, S y) override;
  Scalar rem(S x, S y) override;
  Scalar pow(S x, S y) override;
  Scalar min(S x, S y) override;
  Scalar max(S x, S y) override;
  Scalar and_(S x, S y) override;
  Scalar or_(S x, S y) override;
  Scalar xor_(S x, S y) override;
  Scalar shl(S x, S y) override;
  Scalar shr(S x, S y) override;
  Scalar not_(S x) override;

  Scalar eq(S x, S y) override;
  Scalar ne(S x, S y) override;
  Scalar lt(S x, S y) override;
  Scalar le(S x, S y) override;
  Scalar select(S condition, S x, S y) override;

  Scalar neg(S x) override;
  Scalar abs(S x) override;
  Scalar sign(S x) override;
  Scalar ceil(S x) override;
  Scalar floor(S x) override;
  Scalar round(S x) override;
  Scalar trunc(S x) override;
  Scalar sqrt(S x) override;
  Scalar exp(S x) override;
  Scalar expm1(S x) override;
  Scalar log(S x) override;
  Scalar log1p(S x) override;
  Scalar sin(S x) override;
  Scalar cos(S x) override;
  Scalar tan(S x) override;
  Scalar asin(S x) override;
  Scalar acos(S x) override;
  Scalar atan(S x) override;
  Scalar tanh(S x) override;
  Scalar asinh(S x) override;
  Scalar acosh(S x) override;
  Scalar atanh(S x) override;
  Scalar erf(S x) override;

private:
  mlir::Type boolType; ///< found at the first comparison
  Scalar truth(S x, bool value);
};

} // namespace dlc

#endif // DIALECTS_DLC_SCALAREVALUATOR_H
