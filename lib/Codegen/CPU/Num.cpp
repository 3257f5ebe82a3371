//===- Num.cpp - formulas over MLIR values ----------------------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Codegen/CPU/Num.h"

#include "dialects/dlc/ScalarEmitter.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;

namespace dlc::cpu {

static bool isFloat(Num a) {
  return isa<FloatType>(getElementTypeOrSelf(a.type()));
}

static Num constantOf(Num like, TypedAttr element) {
  if (auto vector = dyn_cast<VectorType>(like.type()))
    element = DenseElementsAttr::get(vector, Attribute(element));
  return like.with(
      arith::ConstantOp::create(like.builder(), like.loc(), element));
}

Num Num::constant(double value) const {
  Type element = getElementTypeOrSelf(type());
  if (isa<FloatType>(element))
    return constantOf(*this, FloatAttr::get(element, value));
  return bits(static_cast<int64_t>(value));
}

Num Num::bits(int64_t value) const {
  Type element = getElementTypeOrSelf(type());
  APInt number(element.getIntOrFloatBitWidth(), value, true, true);
  return constantOf(*this, IntegerAttr::get(element, number));
}

template <typename Op> static Num build(Num a, Num b) {
  return a.with(a.builder().createOrFold<Op>(a.loc(), a.v, b.v));
}
template <typename Op> static Num build(Num a) {
  return a.with(a.builder().createOrFold<Op>(a.loc(), a.v));
}
template <typename FloatOp, typename IntOp> static Num build2(Num a, Num b) {
  return isFloat(a) ? build<FloatOp>(a, b) : build<IntOp>(a, b);
}
template <typename Op> static Num convert(Num a, Type element) {
  Type type = typeLike(element, a.type());
  return a.with(a.builder().createOrFold<Op>(a.loc(), type, a.v));
}

Num operator+(Num a, Num b) {
  return build2<arith::AddFOp, arith::AddIOp>(a, b);
}
Num operator-(Num a, Num b) {
  return build2<arith::SubFOp, arith::SubIOp>(a, b);
}
Num operator*(Num a, Num b) {
  return build2<arith::MulFOp, arith::MulIOp>(a, b);
}
Num operator/(Num a, Num b) { return build<arith::DivFOp>(a, b); }
Num operator-(Num a) { return isFloat(a) ? build<arith::NegFOp>(a) : 0 - a; }
Num operator&(Num a, Num b) { return build<arith::AndIOp>(a, b); }
Num operator|(Num a, Num b) { return build<arith::OrIOp>(a, b); }
Num operator^(Num a, Num b) { return build<arith::XOrIOp>(a, b); }
Num operator<<(Num a, Num b) { return build<arith::ShLIOp>(a, b); }
Num operator>>(Num a, Num b) { return build<arith::ShRSIOp>(a, b); }
Num shiftRightLogical(Num a, Num b) { return build<arith::ShRUIOp>(a, b); }

static Num compare(Num a, Num b, arith::CmpFPredicate f,
                   arith::CmpIPredicate i) {
  if (isFloat(a))
    return a.with(
        a.builder().createOrFold<arith::CmpFOp>(a.loc(), f, a.v, b.v));
  return a.with(a.builder().createOrFold<arith::CmpIOp>(a.loc(), i, a.v, b.v));
}

Num operator<(Num a, Num b) {
  return compare(a, b, arith::CmpFPredicate::OLT, arith::CmpIPredicate::slt);
}
Num operator<=(Num a, Num b) {
  return compare(a, b, arith::CmpFPredicate::OLE, arith::CmpIPredicate::sle);
}
Num operator==(Num a, Num b) {
  return compare(a, b, arith::CmpFPredicate::OEQ, arith::CmpIPredicate::eq);
}
Num operator!=(Num a, Num b) {
  return compare(a, b, arith::CmpFPredicate::UNE, arith::CmpIPredicate::ne);
}

Num fma(Num a, Num b, Num c) {
  if (a.context->hasFma)
    return a.with(math::FmaOp::create(a.builder(), a.loc(), a.v, b.v, c.v));
  // A product of two f32 is exact in f64; there is no such help for f64.
  if (!getElementTypeOrSelf(a.type()).isF32())
    return a * b + c;
  return toF32(toF64(a) * toF64(b) + toF64(c));
}

Num mulAdd(Num a, Num b, Num c) {
  return a.context->hasFma ? fma(a, b, c) : a * b + c;
}

Num polynomial(Num x, ArrayRef<double> coefficients) {
  // A chain of steps each of which waits for the one before takes longer than
  // the units are busy: pairs first, which become the coefficients of x^2.
  constexpr size_t longest = 3;
  SmallVector<Num> c;
  for (double v : coefficients)
    c.push_back(x.constant(v));
  while (c.size() > longest) {
    for (size_t i = 0; i + 1 < c.size(); i += 2)
      c[i / 2] = mulAdd(c[i + 1], x, c[i]);
    if (c.size() % 2 != 0)
      c[c.size() / 2] = c.back();
    c.resize(llvm::divideCeil(c.size(), 2), x);
    x = x * x;
  }
  Num result = c.back();
  for (Num next : llvm::reverse(ArrayRef(c).drop_back()))
    result = mulAdd(result, x, next);
  return result;
}

Num select(Num condition, Num a, Num b) {
  return a.with(a.builder().createOrFold<arith::SelectOp>(a.loc(), condition.v,
                                                          a.v, b.v));
}

Num timesPowerOf2(Num x, Num n) {
  auto type = dyn_cast<VectorType>(x.type());
  if (!x.context->hasScale || !type || type.getNumElements() != 16 ||
      !type.getElementType().isF32())
    return {};
  OpBuilder &b = x.builder();
  auto constant = [&](Type type, int64_t value) -> Value {
    return LLVM::ConstantOp::create(b, x.loc(), type,
                                    b.getIntegerAttr(type, value));
  };
  constexpr int64_t allLanes = -1, asUsual = 4; // the rounding
  return x.with(
      LLVM::CallIntrinsicOp::create(
          b, x.loc(), type,
          b.getStringAttr("llvm.x86.avx512.mask.scalef.ps.512"),
          ValueRange{x.v, n.v, x.v, constant(b.getI16Type(), allLanes),
                     constant(b.getI32Type(), asUsual)})
          ->getResult(0));
}

Num abs(Num a) { return build<math::AbsFOp>(a); }
Num sqrt(Num a) { return build<math::SqrtOp>(a); }
Num trunc(Num a) { return build<math::TruncOp>(a); }

Num withSignOf(Num magnitude, Num a) {
  Num number = asInt(a);
  unsigned width = getElementTypeOrSelf(number.type()).getIntOrFloatBitWidth();
  Num mask = number.bits(static_cast<int64_t>(1) << (width - 1));
  return asFloat(asInt(magnitude) | (number & mask));
}

Num atLeast(Num a, double low) { return select(a < low, low, a); }
Num atMost(Num a, double high) { return select(high < a, high, a); }

Num asInt(Num a) {
  unsigned width = getElementTypeOrSelf(a.type()).getIntOrFloatBitWidth();
  return convert<arith::BitcastOp>(a, a.builder().getIntegerType(width));
}

Num asFloat(Num a) {
  bool wide = getElementTypeOrSelf(a.type()).getIntOrFloatBitWidth() == 64;
  return convert<arith::BitcastOp>(a, wide ? Type(a.builder().getF64Type())
                                           : Type(a.builder().getF32Type()));
}

Num toF32(Num a) {
  Type f32 = a.builder().getF32Type();
  return isFloat(a) ? convert<arith::TruncFOp>(a, f32)
                    : convert<arith::SIToFPOp>(a, f32);
}

Num toF64(Num a) {
  Type f64 = a.builder().getF64Type();
  return isFloat(a) ? convert<arith::ExtFOp>(a, f64)
                    : convert<arith::SIToFPOp>(a, f64);
}

Num toI32(Num a) {
  return convert<arith::TruncIOp>(a, a.builder().getI32Type());
}
Num toI64(Num a) {
  return convert<arith::ExtUIOp>(a, a.builder().getI64Type());
}

} // namespace dlc::cpu
