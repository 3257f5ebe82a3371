//===- Num.h - formulas over MLIR values ------------------------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Lets the expansions of math functions read as formulas: `(x + 1) * y` builds
// the operations, on scalars and vectors alike; a plain number becomes a
// constant of the other operand's type.

#ifndef CODEGEN_CPU_NUM_H
#define CODEGEN_CPU_NUM_H

#include "mlir/IR/Builders.h"
#include "mlir/IR/Value.h"

namespace dlc::cpu {

/// Where the operations go, and what the target can do.
struct NumContext {
  mlir::OpBuilder &b;
  mlir::Location loc;
  bool hasFma = true;
  bool hasScale = false; ///< AVX-512's x 2^n
};

struct Num {
  const NumContext *context;
  mlir::Value v;

  mlir::OpBuilder &builder() const { return context->b; }
  mlir::Location loc() const { return context->loc; }
  mlir::Type type() const { return v.getType(); }
  Num with(mlir::Value value) const { return {context, value}; }
  /// A constant of this type; of an integer its bits.
  Num constant(double value) const;
  Num bits(int64_t value) const;
};

Num operator+(Num a, Num b);
Num operator-(Num a, Num b);
Num operator*(Num a, Num b);
Num operator/(Num a, Num b);
Num operator-(Num a);
Num operator&(Num a, Num b);
Num operator|(Num a, Num b);
Num operator^(Num a, Num b);
Num operator<<(Num a, Num b);
Num operator>>(Num a, Num b); ///< keeps the sign
Num shiftRightLogical(Num a, Num b);
Num operator<(Num a, Num b);
Num operator<=(Num a, Num b);
Num operator==(Num a, Num b);
Num operator!=(Num a, Num b);

inline Num operator+(Num a, double b) { return a + a.constant(b); }
inline Num operator+(double a, Num b) { return b.constant(a) + b; }
inline Num operator-(Num a, double b) { return a - a.constant(b); }
inline Num operator-(double a, Num b) { return b.constant(a) - b; }
inline Num operator*(Num a, double b) { return a * a.constant(b); }
inline Num operator/(double a, Num b) { return b.constant(a) / b; }
inline Num operator<(Num a, double b) { return a < a.constant(b); }
inline Num operator<(double a, Num b) { return b.constant(a) < b; }
inline Num operator<=(Num a, double b) { return a <= a.constant(b); }
inline Num operator<=(double a, Num b) { return b.constant(a) <= b; }
inline Num operator==(Num a, double b) { return a == a.constant(b); }
inline Num operator!=(Num a, double b) { return a != a.constant(b); }

/// a * b + c, rounded once.
Num fma(Num a, Num b, Num c);
inline Num fma(Num a, double b, Num c) { return fma(a, a.constant(b), c); }
/// a * b + c, with whatever is quickest.
Num mulAdd(Num a, Num b, Num c);
/// Horner's scheme; the coefficients come lowest power first.
Num polynomial(Num x, llvm::ArrayRef<double> coefficients);

Num select(Num condition, Num a, Num b);
inline Num select(Num condition, double a, Num b) {
  return select(condition, b.constant(a), b);
}
/// x 2^n in one instruction that rounds once and over- and underflows as it
/// should; null where the target has none for such values. n is a whole number.
Num timesPowerOf2(Num x, Num n);
Num abs(Num a);
Num sqrt(Num a);
Num trunc(Num a);
/// `magnitude`, which has no sign, with the sign of `a`.
Num withSignOf(Num magnitude, Num a);
/// NaNs pass.
Num atLeast(Num a, double low);
Num atMost(Num a, double high);

Num asInt(Num a);   ///< the bits of an f32 or f64
Num asFloat(Num a); ///< and back
Num toF32(Num a);   ///< from i32, i64, f64
Num toF64(Num a);   ///< from i64, f32
Num toI32(Num a);   ///< the low half of an i64
Num toI64(Num a);   ///< an i32, zero-extended

} // namespace dlc::cpu

#endif // CODEGEN_CPU_NUM_H
