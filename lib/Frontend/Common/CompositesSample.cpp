//===- CompositesSample.cpp - elements at real places -----------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Frontend/Common/Composites.h"

using namespace mlir;
using namespace dlc;

namespace {
/// An element near a place, along one dimension.
struct Tap {
  Tensor index;  ///< within the dimension
  Tensor weight; ///< null: 1
  Tensor inside; ///< whether it is not padding; null: always
};
} // namespace

Tensor dlc::sizeLike(TensorBuilder &b, Dim size, Tensor like) {
  return like ? b.cast(b.fromDim(size, b.i64()), like.elementType()) : like;
}

/// The place between the mirrors that light from `at` reaches.
static Tensor reflect(TensorBuilder &b, Tensor at, Dim size, bool centres) {
  Tensor low = b.like(centres ? 0 : -0.5, at);
  Tensor range = sizeLike(b, size, at) - (centres ? 1.0 : 0.0);
  Tensor there = b.mod(at - low, range * 2.0);
  Tensor back = low + b.min(there, range * 2.0 - there);
  return b.select(b.gt(range, 0.0), back, low);
}

/// The weight of an element at distance d (not negative).
static Tensor weightAt(TensorBuilder &b, Tensor d, SampleMode mode) {
  if (mode == SampleMode::linear)
    return b.max(1.0 - d, 0.0);
  constexpr double a = -0.75;
  Tensor inner = (d * (a + 2) - (a + 3)) * d * d + 1.0;
  Tensor outer = ((d - 5.0) * d + 8.0) * d * a - 4.0 * a;
  return b.select(b.le(d, 1.0), inner, outer);
}

static Tap tapAt(TensorBuilder &b, Tensor position, Dim size,
                 const SampleSpec &spec) {
  Tap tap;
  Tensor last = sizeLike(b, size, position) - 1.0;
  if (spec.padding == SamplePadding::zeros)
    tap.inside = b.and_(b.ge(position, 0.0), b.le(position, last));
  if (spec.padding == SamplePadding::reflection)
    position = reflect(b, position, size, spec.alignCorners);
  // A NaN is at 0.
  Tensor index = b.clamp(position, b.like(0, position), last);
  tap.index = b.cast(index, b.i64());
  return tap;
}

static SmallVector<Tap> tapsOf(TensorBuilder &b, Tensor at, Dim size,
                               const SampleSpec &spec) {
  if (spec.mode == SampleMode::nearest)
    at = b.round(at);
  Tensor last = sizeLike(b, size, at) - 1.0;
  // A cubic is laid through elements of the padding itself.
  bool comesBack = spec.mode != SampleMode::cubic;
  if (comesBack && spec.padding == SamplePadding::border)
    at = b.clamp(at, b.like(0, at), last);
  if (comesBack && spec.padding == SamplePadding::reflection)
    at = reflect(b, at, size, spec.alignCorners);
  if (spec.mode == SampleMode::nearest)
    return {tapAt(b, at, size, spec)};
  SmallVector<Tap> taps;
  int64_t reach = spec.mode == SampleMode::linear ? 1 : 2;
  Tensor base = b.floor(at);
  for (int64_t i = 1 - reach; i <= reach; ++i) {
    Tensor position = base + double(i);
    taps.push_back(tapAt(b, position, size, spec));
    taps.back().weight = weightAt(b, b.abs(at - position), spec.mode);
  }
  return taps;
}

/// Weights of 0 for what is padding.
static Tensor weightOf(TensorBuilder &b, const Tap &tap, Tensor like) {
  if (!tap.inside)
    return tap.weight;
  Tensor weight = tap.weight ? tap.weight : b.like(1, like);
  return b.select(tap.inside, weight, b.like(0, weight));
}

Tensor dlc::sample(TensorBuilder &b, Tensor x, Tensor batch,
                   ArrayRef<Tensor> at, const SampleSpec &spec) {
  if (!x || !batch)
    return {};
  Dims dims = b.dims(x);
  SmallVector<SmallVector<Tap>> taps;
  for (auto [i, place] : llvm::enumerate(at)) {
    if (!place)
      return {};
    taps.push_back(tapsOf(b, place, dims[i + 2], spec));
  }
  // Rows of channels.
  Tensor rows = b.channelsLast(x);
  rows = b.flatten(rows, 0, x.rank() - 1);
  size_t count = 1;
  for (const auto &list : taps)
    count *= list.size();
  Tensor sum;
  for (size_t choice = 0; choice < count; ++choice) {
    Tensor row = batch, weight;
    size_t rest = choice;
    for (auto [i, list] : llvm::enumerate(taps)) {
      const Tap &tap = list[rest % list.size()];
      rest /= list.size();
      row = row * b.fromDim(dims[i + 2]) + tap.index;
      Tensor factor = weightOf(b, tap, at[i]);
      weight = weight && factor ? weight * factor : weight ? weight : factor;
    }
    Tensor term = b.gather(rows, row, 0);
    if (!term)
      return {};
    if (weight)
      term =
          term * b.cast(b.unsqueeze(weight, weight.rank()), term.elementType());
    sum = !sum ? term : spec.takeMax ? b.max(sum, term) : sum + term;
  }
  return sum;
}
