//===- CompositesResize.cpp - interpolation ---------------------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Interpolation is separable: one dimension after the other becomes a weighted
// sum of gathers. Where the taps lie and what they weigh is computed in f32 by
// the same expressions over vectors, which fold to constants if sizes are
// known.

#include "Frontend/Common/Composites.h"
#include <cmath>

using namespace mlir;
using namespace dlc;

namespace {
/// One dimension on its way from `from` elements to `to.size`.
struct AxisMap {
  const ResizedAxis &to;
  const ResizeSpec &spec;
  Dim from;
};
} // namespace

static Tensor size32(TensorBuilder &b, Dim size) {
  return b.cast(b.fromDim(size, b.i64()), b.f32());
}

/// The place in the old dimension of each element of the new one.
static Tensor coordinates(TensorBuilder &b, const AxisMap &m) {
  Tensor o = b.iota(m.to.size, 0, b.f32());
  Tensor scale = m.to.scale, width = m.to.width;
  if (!o || !scale || !width)
    return {};
  Tensor last = size32(b, m.from) - 1.0, single = b.eq(width, 1.0);
  Tensor halfPixel = (o + 0.5) / scale - 0.5, zero = b.like(0, o);
  switch (m.spec.coordinates) {
  case Coordinates::halfPixel:
    return halfPixel;
  case Coordinates::halfPixelSymmetric: {
    Tensor adjustment = size32(b, m.to.size) / width;
    return size32(b, m.from) * 0.5 * (1.0 - adjustment) + halfPixel;
  }
  case Coordinates::pytorchHalfPixel:
    return b.select(single, zero, halfPixel);
  case Coordinates::alignCorners:
    return b.select(single, zero, o * last / (width - 1.0));
  case Coordinates::asymmetric:
    return o / scale;
  case Coordinates::tfHalfPixelForNearest:
    return (o + 0.5) / scale;
  case Coordinates::tfCropAndResize: {
    Tensor start = m.to.roiStart, end = m.to.roiEnd;
    return b.select(single, (start + end) * 0.5 * last,
                    start * last + o * (end - start) * last / (width - 1.0));
  }
  }
  return {};
}

/// Positions (whole f32) as indices, clamped to the dimension.
static Tensor asIndices(TensorBuilder &b, Tensor position, Dim from) {
  Tensor last = size32(b, from) - 1.0;
  return b.cast(b.clamp(position, b.like(0, position), last), b.i64());
}

static Tensor nearestIndices(TensorBuilder &b, const AxisMap &m) {
  Tensor x = coordinates(b, m);
  switch (m.spec.nearest) {
  case NearestMode::roundPreferFloor:
    x = b.ceil(x - 0.5);
    break;
  case NearestMode::roundPreferCeil:
    x = b.floor(x + 0.5);
    break;
  case NearestMode::floor:
    x = b.floor(x);
    break;
  case NearestMode::ceil:
    x = b.ceil(x);
    break;
  }
  return asIndices(b, x, m.from);
}

/// How often each element comes in a row, if that is all that happens; else 0.
static int64_t repeats(TensorBuilder &b, const AxisMap &m) {
  auto scale = b.constantFloats(m.to.scale);
  if (!scale || m.spec.coordinates == Coordinates::tfCropAndResize)
    return 0;
  int64_t times = static_cast<int64_t>(std::min(scale->front(), 1024.0));
  if (times < 1 || double(times) != scale->front())
    return 0;
  // With an unknown size, see what happens to a sample of it. Only
  // align_corners maps an element in a way that depends on the size.
  int64_t from = staticDim(m.from);
  if (ShapedType::isDynamic(from)) {
    if (m.spec.coordinates == Coordinates::alignCorners)
      return 0;
    from = 64;
  } else if (staticDim(m.to.size) != from * times) {
    return 0;
  }
  ResizedAxis sample = m.to;
  sample.size = b.dim(from * times);
  sample.width = b.scalar(double(from * times), b.f32());
  auto indices =
      b.constantInts(nearestIndices(b, {sample, m.spec, b.dim(from)}));
  if (!indices)
    return 0;
  for (auto [i, index] : llvm::enumerate(*indices))
    if (index != int64_t(i) / times)
      return 0;
  return times;
}

namespace {
/// A dimension whose elements come several times each.
struct Repeated {
  int64_t axis, times;
  Dim size; ///< then
};
} // namespace

/// All of them at once: what lies between would be as much memory again. The
/// axes ascend.
static Tensor repeat(TensorBuilder &b, Tensor x, ArrayRef<Repeated> axes) {
  if (axes.empty() || !x)
    return x;
  Dims shape = b.dims(x), spread = shape;
  Ints units;
  for (const Repeated &r : axes) {
    int64_t place = r.axis + 1 + units.size();
    units.push_back(place);
    spread.insert(spread.begin() + place, b.dim(r.times));
    shape[r.axis] = r.size;
  }
  return b.reshape(b.broadcastTo(b.unsqueeze(x, units), spread),
                   ArrayRef<Dim>(shape));
}

/// A vector along one dimension of x.
static Tensor along(TensorBuilder &b, Tensor v, Tensor x, int64_t axis) {
  return b.unsqueeze(
      v, llvm::to_vector(llvm::seq<int64_t>(1, x ? x.rank() - axis : 1)));
}

/// The same for weights, which have the type that x is computed in.
static Tensor weightsAlong(TensorBuilder &b, Tensor w, Tensor x, int64_t axis) {
  return x ? along(b, b.cast(w, x.elementType()), x, axis) : x;
}

/// The weight of an element at distance d (not negative).
static Tensor weightAt(TensorBuilder &b, Tensor d, const ResizeSpec &spec) {
  if (spec.mode == ResizeMode::linear)
    return b.max(1.0 - d, 0.0);
  double a = spec.cubicA;
  Tensor inner = (d * (a + 2) - (a + 3)) * d * d + 1.0;
  Tensor outer = ((d - 5.0) * d + 8.0) * d * a - 4.0 * a;
  Tensor far = b.select(b.lt(d, 2.0), outer, b.like(0, d));
  return b.select(b.le(d, 1.0), inner, far);
}

/// The factor that widens the filter when the dimension shrinks.
static Tensor filterScale(TensorBuilder &b, const AxisMap &m) {
  return m.spec.antialias ? b.min(m.to.scale, 1.0) : b.like(1, m.to.scale);
}

/// Where only the running model knows how wide the filter is: a product with
/// the weights of all elements, and of those that stand outside.
static Tensor interpolateDense(TensorBuilder &b, Tensor x, const AxisMap &m,
                               Tensor shrink) {
  Tensor at = coordinates(b, m);
  double support = m.spec.mode == ResizeMode::linear ? 1 : 2;
  Tensor reach = b.cast(b.ceil(support / shrink) + 1.0, b.i64());
  // No further than a filter reaches that leaves one element.
  reach = b.min(reach, b.fromDim(m.from) * 2.0 + 2.0);
  Dim outside = b.index(reach);
  if (!at || !outside || !x)
    return {};
  Dim count = b.sizes().add(m.from, b.sizes().mul(outside, b.dim(2)));
  Tensor position = b.cast(b.iota({count}, 0) - reach, b.f32());
  Tensor distance = b.abs(b.unsqueeze(position, 1) - b.unsqueeze(at, 0));
  Tensor weight = weightAt(b, distance * shrink, m.spec);
  if (m.spec.excludeOutside) {
    Tensor last = size32(b, m.from) - 1.0;
    Tensor inside = b.and_(b.ge(position, 0.0), b.le(position, last));
    weight = b.select(b.unsqueeze(inside, 1), weight, b.like(0, weight));
  }
  weight = weight / b.sum(weight, {0}, /*keepDims=*/true);
  int64_t axis = m.to.axis, last = x.rank() - 1;
  Tensor picked = b.gather(x, asIndices(b, position, m.from), axis);
  Tensor y =
      b.matmul(b.moveAxis(picked, axis, last), b.cast(weight, x.elementType()));
  return b.moveAxis(y, last, axis);
}

static Tensor interpolate(TensorBuilder &b, Tensor x, const AxisMap &m) {
  Tensor scale = filterScale(b, m);
  auto shrink = scale ? b.constantFloats(scale) : std::nullopt;
  if (scale && !shrink)
    return interpolateDense(b, x, m, scale);
  Tensor at = coordinates(b, m);
  if (!shrink || !at || !x)
    return {};
  double narrowed = shrink->front();
  if (!(narrowed > 0))
    return b.error("a scale must be positive");
  int64_t support = m.spec.mode == ResizeMode::linear ? 1 : 2;
  int64_t first = std::floor(-support / narrowed) + 1, axis = m.to.axis;
  Tensor base = b.floor(at), last = size32(b, m.from) - 1.0;
  Tensor sum, total;
  for (int64_t tap = first; tap <= 1 - first; ++tap) {
    Tensor position = base + double(tap);
    Tensor weight = weightAt(b, b.abs(at - position) * narrowed, m.spec);
    if (m.spec.excludeOutside) {
      Tensor inside = b.and_(b.ge(position, 0.0), b.le(position, last));
      weight = b.select(inside, weight, b.like(0, weight));
    }
    Tensor picked = b.gather(x, asIndices(b, position, m.from), axis);
    Tensor term = picked * weightsAlong(b, weight, x, axis);
    sum = sum ? sum + term : term;
    total = total ? total + weight : weight;
  }
  // Else the weights add up to 1 by themselves.
  if (m.spec.excludeOutside || narrowed != 1)
    sum = sum / weightsAlong(b, total, x, axis);
  return sum;
}

static Tensor resizeAxis(TensorBuilder &b, Tensor x, const AxisMap &m) {
  int64_t axis = m.to.axis;
  if (m.spec.mode != ResizeMode::nearest)
    x = interpolate(b, x, m);
  else
    x = b.gather(x, nearestIndices(b, m), axis);
  if (!x || m.spec.coordinates != Coordinates::tfCropAndResize)
    return x;
  Tensor at = coordinates(b, m), last = size32(b, m.from) - 1.0;
  Tensor inside = b.and_(b.ge(at, 0.0), b.le(at, last));
  return b.select(along(b, inside, x, axis), x,
                  b.like(m.spec.extrapolation, x));
}

Tensor dlc::resize(TensorBuilder &b, Tensor x, ArrayRef<ResizedAxis> axes,
                   const ResizeSpec &spec) {
  if (!x)
    return {};
  Type type = x.elementType();
  bool weighted = spec.mode != ResizeMode::nearest;
  if (x.isString() &&
      (weighted || spec.coordinates == Coordinates::tfCropAndResize))
    return b.error("strings are resized by copies alone: there is none between "
                   "or around them");
  if (weighted && x.isComplex()) {
    ResizeSpec imaginary = spec;
    imaginary.extrapolation = 0;
    return b.complex(resize(b, b.realPart(x), axes, spec),
                     resize(b, b.imaginaryPart(x), axes, imaginary));
  }
  if (weighted)
    x = b.cast(x, isa<FloatType>(type) ? wideType(type) : b.f32());
  SmallVector<Repeated> repeated;
  for (const ResizedAxis &a : axes) {
    if (!x)
      return {};
    AxisMap m{a, spec, b.dim(x, a.axis)};
    if (int64_t times = weighted ? 0 : repeats(b, m))
      repeated.push_back({a.axis, times, a.size});
    else
      x = resizeAxis(b, x, m);
  }
  llvm::sort(repeated, [](const Repeated &r, const Repeated &s) {
    return r.axis < s.axis;
  });
  x = repeat(b, x, repeated);
  if (weighted && !isa<FloatType>(type))
    x = b.round(x);
  return b.cast(x, type);
}
