//===- TensorComplex.cpp - what is computed with complex numbers -*- C++
//-*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Frontend/Common/TensorDetail.h"

using namespace mlir;
using namespace dlc;

/// The real part lies in the lower bits.
Tensor TensorBuilder::complexPart(Tensor x, int64_t part) {
  auto type = x ? dyn_cast<ComplexType>(x.elementType()) : ComplexType();
  if (!type)
    return x ? error("no complex numbers but elements of type " +
                     describe(x.elementType()))
             : x;
  auto bits = [&](unsigned width) {
    return IntegerType::get(context(), width, IntegerType::Unsigned);
  };
  unsigned width = type.getElementType().getIntOrFloatBitWidth();
  Tensor both = bitcast(x, bits(2 * width));
  Tensor own = part == 0 ? both : shr(both, width);
  return bitcast(cast(own, bits(width)), type.getElementType());
}

Tensor TensorBuilder::complex(Tensor real, Tensor imaginary) {
  if (!real || !imaginary)
    return {};
  Type type = real.elementType();
  auto bits = [&](unsigned width) {
    return IntegerType::get(context(), width, IntegerType::Unsigned);
  };
  unsigned width = type.getIntOrFloatBitWidth();
  Tensor low = cast(bitcast(real, bits(width)), bits(2 * width)),
         high = cast(bitcast(imaginary, bits(width)), bits(2 * width));
  return bitcast(or_(low, shl(high, width)), ComplexType::get(type));
}

Tensor TensorBuilder::eachPart(Tensor x,
                               llvm::function_ref<Tensor(Tensor)> fn) {
  if (!x || !x.isComplex())
    return x ? fn(x) : x;
  return complex(fn(realPart(x)), fn(imaginaryPart(x)));
}

namespace {
/// Complex numbers as two tensors.
struct Parts {
  Tensor re, im;
};
} // namespace

/// By size: the real parts come first. A NaN is beyond all.
static Parts combined(TensorBuilder &b, ScatterKind kind, Parts x, Parts y) {
  if (kind == ScatterKind::mul)
    return {x.re * y.re - x.im * y.im, x.re * y.im + x.im * y.re};
  bool isMax = kind == ScatterKind::max;
  auto isBeyond = [&](Tensor p, Tensor q) {
    return isMax ? b.gt(p, q) : b.lt(p, q);
  };
  Tensor takes = b.or_(isBeyond(y.re, x.re),
                       b.and_(b.eq(y.re, x.re), isBeyond(y.im, x.im)));
  takes = b.or_(takes, b.or_(b.isNan(y.re), b.isNan(y.im)));
  return {b.select(takes, y.re, x.re), b.select(takes, y.im, x.im)};
}

/// A sum is one of each part. What else combines the parts does so an update at
/// a time: several may fall on one row.
Tensor TensorBuilder::scatterComplex(ScatterKind kind, Tensor data,
                                     Tensor indices, Tensor updates) {
  Parts to = {realPart(data), imaginaryPart(data)},
        from = {realPart(updates), imaginaryPart(updates)};
  if (!to.im || !from.im)
    return {};
  if (kind == ScatterKind::add)
    return complex(scatter(kind, to.re, indices, from.re),
                   scatter(kind, to.im, indices, from.im));
  auto step = [&](Dim i, ArrayRef<Tensor> state) {
    auto row = [&](Tensor x) { return sliceAxis(x, 0, i, dim(1)); };
    Tensor at = row(indices);
    Parts old = {gather(state[0], at, 0), gather(state[1], at, 0)};
    if (!old.re || !old.im)
      return Tensors();
    Parts made = combined(*this, kind, old, {row(from.re), row(from.im)});
    return Tensors{scatter(ScatterKind::none, state[0], at, made.re),
                   scatter(ScatterKind::none, state[1], at, made.im)};
  };
  Tensors end = loop(dim(0), dim(indices, 0), {to.re, to.im}, step);
  return end.size() == 2 ? complex(end[0], end[1]) : Tensor();
}
