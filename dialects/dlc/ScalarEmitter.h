//===- ScalarEmitter.h - pointwise expressions as operations -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// The code generator's ScalarAlgebra: builds arith and math operations, on
// scalars or on vectors of any length. A scalar that meets a vector is spread
// over it. Floats narrower than f32 are computed in f32 and rounded after each
// operation; those of at most eight bits are codes, in registers too.
// Transcendental functions come out as math operations; the pass
// dlc-expand-math makes arithmetic of them.

#ifndef DIALECTS_DLC_SCALAREMITTER_H
#define DIALECTS_DLC_SCALAREMITTER_H

#include "dialects/dlc/ScalarAlgebra.h"
#include "mlir/IR/Builders.h"

namespace dlc {

/// A float of at most eight bits.
bool isNarrowFloat(mlir::Type type);
/// One of these or an integer of more than one and under eight bits: held as
/// bytes.
bool isNarrow(mlir::Type type);

/// The type of an element in a register: without the sign of an integer; an
/// integer of its bits for a complex number, which is moved only. A bool
/// is i1; narrow floats and integers of under eight bits are bytes, the latter
/// extended by their sign.
mlir::Type storageType(mlir::Type elementType);
/// The type of an element in memory: a bool is an i8 that is 0 or 1; of narrow
/// types the bits above their width do not count.
mlir::Type memoryType(mlir::Type elementType);

/// `type`, or a vector of it if `like` is one.
mlir::Type typeLike(mlir::Type type, mlir::Type like);

class ScalarEmitter final : public ScalarAlgebra {
public:
  ScalarEmitter(mlir::OpBuilder &builder, mlir::Location loc)
      : b(builder), loc(loc) {}

  /// What was loaded as a memoryType, and what is to be stored as one.
  Scalar fromMemory(mlir::Type type, mlir::Value v);
  mlir::Value toMemory(S x);

  /// A constant of an integer, a narrow or a complex type, whose bits are the
  /// lowest of `bits`.
  Scalar constantBits(mlir::Type type, uint64_t bits) {
    return constantBits(type, llvm::APInt(64, bits));
  }
  Scalar constantBits(mlir::Type type, llvm::APInt bits);

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
  mlir::OpBuilder &b;
  mlir::Location loc;

  enum class Order { equal, notEqual, less, lessEqual };

  template <typename Op, typename... Args> mlir::Value create(Args &&...args);
  /// Float operations, in f32 where the type is narrower.
  template <typename Op> Scalar floatUnary(S x);
  template <typename Op> Scalar floatBinary(S x, S y);
  template <typename Op> Scalar intBinary(S x, S y);

  mlir::Value splat(mlir::Value v, mlir::Type like);
  mlir::Value splat(double value, mlir::Value like);
  /// Spreads a scalar operand over the other's vector.
  std::pair<Scalar, Scalar> unify(S x, S y);
  Scalar widen(S x);
  Scalar narrow(mlir::Value v, mlir::Type type);
  Scalar compare(Order order, S x, S y);
  /// The greater (or lesser) where neither need be a NaN.
  Scalar extremum(S x, S y, bool greater);

  Scalar guardedDivision(S x, S y, bool remainder);
  Scalar intPow(S x, S y);
  Scalar constantPow(S x, double exponent);

  Scalar floatToInt(S x, mlir::Type type);
  Scalar intToFloat(S x, mlir::Type type);
  Scalar intToInt(S x, mlir::Type type);
  Scalar floatToFloat(S x, mlir::Type type);
  mlir::Value roundToOdd(mlir::Value x);

  // ScalarNarrow.cpp
  Scalar narrowConstant(mlir::Type type, double value);
  Scalar canonical(S x);
  Scalar bitsOf(S x);
  Scalar fromBits(S bits);
  Scalar decode(S x);
  Scalar encode(S x, mlir::Type to);
};

} // namespace dlc

#endif // DIALECTS_DLC_SCALAREMITTER_H
