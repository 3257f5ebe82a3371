//===- CompositesSignal.cpp - Fourier transforms, random numbers -*- C++
//-*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Frontend/Common/Composites.h"
#include <cmath>

using namespace mlir;
using namespace dlc;

//===----------------------------------------------------------------------===//
// Fourier transform
//===----------------------------------------------------------------------===//

/// cos + i sin of `turns` / n full turns.
static Complex rotation(TensorBuilder &b, Tensor turns, Dim n) {
  // A whole turn less keeps the angle exact.
  Tensor rest = b.mod(turns, b.fromDim(n));
  Type f64 = b.opBuilder().getF64Type();
  Tensor angle = b.cast(rest, f64) * (2 * M_PI) / b.cast(b.fromDim(n), f64);
  return {b.cos(angle), b.sin(angle)};
}

static Tensor less(TensorBuilder &b, Tensor x, Tensor y) {
  return x && y ? x - y : x ? x : y ? -y : y;
}
static Tensor plus(Tensor x, Tensor y) { return x && y ? x + y : x ? x : y; }

/// x times w, by any product.
static Complex times(TensorBuilder &b, Complex x, Complex w,
                     Tensor (TensorBuilder::*product)(Tensor, Tensor)) {
  auto of = [&](Tensor p, Tensor q) {
    return p ? (b.*product)(p, q) : Tensor();
  };
  return {less(b, of(x.re, w.re), of(x.im, w.im)),
          plus(of(x.re, w.im), of(x.im, w.re))};
}

/// The transform forwards turns the other way.
static Complex directed(TensorBuilder &b, Complex w, bool inverse) {
  return inverse ? w : Complex{w.re, -w.im};
}

static Complex denseFourier(TensorBuilder &b, Complex x, Dim n, bool inverse) {
  Tensor turns = b.iota({n, b.dim(1)}, 0) * b.iota({b.dim(1), n}, 1);
  Complex w = directed(b, rotation(b, turns, n), inverse);
  return times(b, x, w, &TensorBuilder::matmul);
}

/// Up to this size a matrix product is best.
static constexpr int64_t kDenseSize = 64;

/// A factor of n to split it by, or 0.
static int64_t factorOf(int64_t n) {
  if (ShapedType::isDynamic(n) || n <= kDenseSize)
    return 0;
  for (int64_t factor = kDenseSize; factor > 1; --factor)
    if (n % factor == 0)
      return factor;
  return 0;
}

template <typename Fn> static Complex each(Complex x, Fn fn) {
  return {fn(x.re), x.im ? fn(x.im) : x.im};
}

Complex dlc::fourier(TensorBuilder &b, Complex x, Dim n, bool inverse) {
  int64_t columns = factorOf(staticDim(n));
  if (!x.re || columns == 0)
    return x.re ? denseFourier(b, x, n, inverse) : Complex();
  // As a matrix: a transform of its columns, a turn of each element, a
  // transform of its rows; read column by column.
  int64_t rows = staticDim(n) / columns;
  Dims whole = b.dims(x.re), split = whole;
  split.back() = b.dim(columns);
  split.push_back(b.dim(rows));
  Complex y =
      each(x, [&](Tensor t) { return b.transposeLast(b.reshape(t, split)); });
  y = denseFourier(b, y, b.dim(columns), inverse);
  Tensor turns = b.iota({b.dim(rows), b.dim(1)}, 0) *
                 b.iota({b.dim(1), b.dim(columns)}, 1);
  y = times(b, y, directed(b, rotation(b, turns, n), inverse),
            &TensorBuilder::mul);
  y = each(y, [&](Tensor t) { return b.transposeLast(t); });
  y = fourier(b, y, b.dim(rows), inverse);
  return each(y, [&](Tensor t) {
    return b.reshape(b.transposeLast(t), ArrayRef<Dim>(whole));
  });
}

//===----------------------------------------------------------------------===//
// Random numbers
//===----------------------------------------------------------------------===//

/// The finaliser of SplitMix64 (Steele, Lea and Flood, 2014).
uint64_t dlc::randomKey(uint64_t seed) {
  uint64_t z = seed + 0x9e3779b97f4a7c15;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return (z ^ (z >> 31)) | 1;
}

/// In a loop each step draws by a key of its own, made as randomKey does.
static Tensor stepKey(TensorBuilder &b, uint64_t key, Type type) {
  auto constant = [&](uint64_t v) {
    return b.scalar(static_cast<int64_t>(v), type);
  };
  auto mixed = [&](Tensor z, int64_t by) {
    return b.xor_(z, b.shr(z, constant(by)));
  };
  Tensor result = constant(key);
  for (Dim step : b.steps()) {
    Tensor z = result + (b.fromDim(step, type) + constant(1)) *
                            constant(0x9e3779b97f4a7c15);
    z = mixed(z, 30) * constant(0xbf58476d1ce4e5b9);
    z = mixed(z, 27) * constant(0x94d049bb133111eb);
    result = b.or_(mixed(z, 31), constant(1));
  }
  return result;
}

/// 64 random bits each: Widynski's "Squares", a counter-based generator. Five
/// squares, halves swapped after each.
static Tensor randomBits(TensorBuilder &b, ArrayRef<Dim> shape, uint64_t key) {
  Type type = IntegerType::get(b.context(), 64, IntegerType::Unsigned);
  auto constant = [&](uint64_t v) {
    return b.scalar(static_cast<int64_t>(v), type);
  };
  Tensor half = constant(32);
  auto swap = [&](Tensor t) { return b.or_(b.shr(t, half), b.shl(t, half)); };
  Tensor counter = b.reshape(b.iota({b.product(shape)}, 0, type), shape);
  Tensor own = stepKey(b, key, type);
  Tensor y = counter * own, z = y + own, x = y, sum;
  for (Tensor round : {y, z, y, z}) {
    sum = x * x + round;
    x = swap(sum);
  }
  return b.xor_(sum, b.shr(x * x + y, half));
}

Tensor dlc::randomUniform(TensorBuilder &b, ArrayRef<Dim> shape, uint64_t key,
                          Type type) {
  int64_t digits = type.isF64() ? 53 : 24;
  Tensor bits = randomBits(b, shape, key);
  if (!bits)
    return bits;
  Tensor top = b.shr(bits, b.scalar(64 - digits, bits.elementType()));
  return b.cast(top, type) * std::ldexp(1.0, -digits);
}

Tensor dlc::randomNormal(TensorBuilder &b, ArrayRef<Dim> shape, uint64_t key,
                         Type type) {
  // Box and Muller's: a radius from the upper half of the bits, never of
  // logarithm infinite, and an angle from the lower one.
  Tensor bits = randomBits(b, shape, key);
  if (!bits)
    return bits;
  Tensor half = b.scalar(int64_t(32), bits.elementType());
  Type word = IntegerType::get(b.context(), 32, IntegerType::Unsigned);
  auto fraction = [&](Tensor t) {
    return (b.cast(b.cast(t, word), type) + 0.5) * 0x1p-32;
  };
  Tensor radius = b.sqrt(b.log(fraction(b.shr(bits, half))) * -2.0);
  return radius * b.cos(fraction(bits) * (2 * M_PI));
}
