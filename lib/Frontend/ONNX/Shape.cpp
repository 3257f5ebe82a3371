//===- Shape.cpp - operators on shapes -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Frontend/Common/TensorDetail.h"
#include "Frontend/ONNX/Ops.h"
#include "Frontend/ONNX/RuntimeAxes.h"

using namespace mlir;
using namespace dlc;

static Tensors shape(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "data");
  if (!x)
    return x;
  int64_t rank = x.rank();
  auto clamped = [&](StringRef name, int64_t otherwise) {
    int64_t at = n.integer(name, otherwise);
    return std::clamp<int64_t>(at < 0 ? at + rank : at, 0, rank);
  };
  int64_t start = clamped("start", 0), end = clamped("end", rank);
  Dims dims = b.dims(x);
  return b.fromDims(
      ArrayRef(dims).slice(start, std::max<int64_t>(end - start, 0)));
}

static Tensors size(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "data");
  return x ? b.fromDim(b.product(b.dims(x))) : x;
}

/// Sizes that are only known at run time may be the marks 0 and -1 too.
static void resolveMarks(TensorBuilder &b, ArrayRef<Dim> from, Dims &to,
                         bool allowZero) {
  Tensor others = b.ints({1});
  SmallVector<Tensor> sizes;
  for (auto [i, d] : llvm::enumerate(to)) {
    Tensor size = b.fromDims({d});
    if (!allowZero && i < from.size())
      size = b.select(b.eq(size, 0.0), b.fromDims({from[i]}), size);
    sizes.push_back(size);
    others = others * b.select(b.lt(size, 0.0), b.ints({1}), size);
  }
  Tensor rest = b.fromDims({b.product(from)}) / others;
  for (auto [d, size] : llvm::zip(to, sizes))
    if (!isNatural(d))
      d = b.index(b.select(b.lt(size, 0.0), rest, size));
}

static Tensors reshape(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "data");
  bool allowZero = n.flag("allowzero", false);
  std::optional<Dims> to;
  if (n.version() >= 5)
    to = b.indices(n.input(1, "shape"));
  else if (std::optional<Ints> given = n.integers("shape"))
    to = b.dims(*given);
  else
    n.error("attribute 'shape' is missing");
  if (!x || !to)
    return Tensor();
  Dims from = b.dims(x);
  bool hasMarks = false;
  for (auto [i, d] : llvm::enumerate(*to)) {
    if (!isKnown(d)) {
      hasMarks |= !isNatural(d);
      continue;
    }
    int64_t size = staticDim(d);
    if (size < -1)
      return n.error("input 1 ('shape') has the size " + Twine(size));
    if (size == 0 && !allowZero) {
      if (i >= from.size())
        return n.error("input 1 ('shape') keeps dimension " + Twine(i) +
                       " of a tensor of rank " + Twine(from.size()));
      d = from[i];
    }
  }
  if (hasMarks) {
    resolveMarks(b, from, *to, allowZero);
    return b.reshape(x, *to);
  }
  for (Dim &d : *to)
    if (staticDim(d) == -1)
      d = Dim();
  return b.reshape(x, *to);
}

static Tensors flatten(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "input");
  if (!x)
    return x;
  int64_t axis = n.integer("axis", 1), rank = x.rank();
  if (axis < -rank || axis > rank)
    return n.error("axis " + Twine(axis) + " is out of range for rank " +
                   Twine(rank));
  axis += axis < 0 ? rank : 0;
  Dims dims = b.dims(x), to = {b.product(ArrayRef(dims).take_front(axis)),
                               b.product(ArrayRef(dims).drop_front(axis))};
  return b.reshape(x, to);
}

static Tensors squeeze(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "data");
  if (!x)
    return x;
  std::optional<Ints> given = n.integers("axes");
  if (!given && n.has(1))
    given = n.knownInts(1);
  if (given) {
    std::optional<Ints> axes = n.axes(*given, x.rank());
    return axes ? b.squeeze(x, *axes) : Tensor();
  }
  if (n.has(1)) {
    auto axes = onnx::RuntimeAxes::get(b, n, n.input(1), x.rank());
    return axes ? b.reshape(x, axes->drop(b.dims(x))) : Tensor();
  }
  Ints ones;
  for (auto [i, size] : llvm::enumerate(x.shape())) {
    if (size == 1)
      ones.push_back(i);
    // The rank must be known: an open size is taken to be another one.
    if (ShapedType::isDynamic(size))
      b.forbid(b.dim(x, i), b.dim(1),
               "a dimension is % at run time: squeezing it needs 'axes'");
  }
  return b.squeeze(x, ones);
}

static Tensors unsqueeze(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "data");
  std::optional<Ints> given = n.integers("axes");
  if (!given)
    given = n.knownInts(1);
  if (!x)
    return x;
  if (given) {
    std::optional<Ints> axes = n.axes(*given, x.rank() + given->size());
    return axes ? b.unsqueeze(x, *axes) : Tensor();
  }
  Tensor open = n.input(1, "axes");
  if (!open || open.rank() > 1 || !open.type().hasStaticShape())
    return open ? n.error("the number of axes is not known") : open;
  auto axes = onnx::RuntimeAxes::get(b, n, open,
                                     x.rank() + open.type().getNumElements());
  return axes ? b.reshape(x, axes->insertOnes(b.dims(x))) : Tensor();
}

static Tensors expand(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "input");
  std::optional<Dims> to = b.indices(n.input(1, "shape"));
  if (!x || !to)
    return Tensor();
  Dims from = b.dims(x);
  size_t rank = std::max(from.size(), to->size());
  from.insert(from.begin(), rank - from.size(), b.dim(1));
  to->insert(to->begin(), rank - to->size(), b.dim(1));
  for (auto [d, f] : llvm::zip(*to, from)) {
    if (staticDim(d) != 1 && staticDim(f) != 1 && contradict(d, f))
      return n.error("shape " + describe(x.shape()) + " can't be expanded to " +
                     describe(*to));
    d = b.sizes().broadcast(f, d);
  }
  return b.broadcastTo(x, *to);
}

static Tensors tile(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "input");
  std::optional<Dims> repeats = b.indices(n.input(1, "repeats"));
  if (!x || !repeats)
    return Tensor();
  if (n.version() < 6) { // of one axis
    std::optional<Ints> given = n.constantInts(2, "axis");
    std::optional<Ints> axis = given ? n.axes(*given, x.rank()) : given;
    if (!axis || axis->size() != 1 || repeats->size() != 1)
      return n.error("inputs 'tiles' and 'axis' must have one element");
    Dims all(x.rank(), b.dim(1));
    all[axis->front()] = repeats->front();
    repeats = all;
  }
  if (static_cast<int64_t>(repeats->size()) != x.rank())
    return n.error("input 1 ('repeats') has " + Twine(repeats->size()) +
                   " elements for a tensor of rank " + Twine(x.rank()));
  // Each repeated dimension gets one of its own before it.
  Dims split, wide, joined;
  for (auto [d, r] : llvm::zip(b.dims(x), *repeats)) {
    if (staticDim(r) != 1) {
      split.push_back(b.dim(1));
      wide.push_back(r);
    }
    split.push_back(d);
    wide.push_back(d);
    joined.push_back(b.sizes().mul(d, r));
  }
  return b.reshape(b.broadcastTo(b.reshape(x, split), wide), joined);
}

ArrayRef<OpRow> onnx::shapeOps() {
  static const OpRow rows[] = {
      {"Shape", 1, shape},
      {"Size", 1, size},
      {"Reshape", 1, reshape, {1, 1}},
      {"Reshape", 5, reshape, {2, 2}},
      {"Flatten", 1, flatten},
      {"Squeeze", 1, squeeze, {1, 2}},
      {"Unsqueeze", 1, unsqueeze, {1, 2}},
      {"Expand", 8, expand, {2, 2}},
      {"Tile", 1, tile, {3, 3}},
      {"Tile", 6, tile, {2, 2}},
  };
  return rows;
}
