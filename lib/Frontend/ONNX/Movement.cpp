//===- Movement.cpp - operators that move elements -*- C++ -*-===//
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

static Tensors transpose(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "data");
  std::optional<Ints> permutation = n.integers("perm");
  if (x && !permutation)
    permutation =
        llvm::to_vector(llvm::reverse(llvm::seq<int64_t>(0, x.rank())));
  return x ? b.transpose(x, *permutation) : x;
}

static Tensors concat(TensorBuilder &b, NodeArgs &n) {
  SmallVector<Tensor> xs = n.allInputs();
  if (!xs.front())
    return Tensor();
  auto otherwise = n.version() < 4 ? std::optional<int64_t>(1) : std::nullopt;
  int64_t axis = n.axis("axis", otherwise, xs.front().rank());
  return n.failed() ? Tensor() : b.concat(xs, axis);
}

//===----------------------------------------------------------------------===//
// Split
//===----------------------------------------------------------------------===//

/// Parts of equal size, of which the last may be smaller.
static Dims equalParts(TensorBuilder &b, Dim size, int64_t count) {
  ShapeAlgebra s = b.sizes();
  Dim part = s.ceilDiv(size, count);
  Dims parts(count, part);
  parts.back() = s.sub(size, s.mul(part, s.constant(count - 1)));
  return parts;
}

static Tensors split(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "input");
  if (!x)
    return x;
  int64_t axis = n.axis("axis", 0, x.rank());
  std::optional<Ints> given = n.integers("split");
  int64_t count = n.integer("num_outputs", n.numOutputs());
  if (n.hasAttr("num_outputs") && count != static_cast<int64_t>(n.numOutputs()))
    return n.error("splits into " + Twine(count) + " parts, but has " +
                   Twine(n.numOutputs()) + " outputs");
  std::optional<Dims> parts;
  if (n.has(1))
    parts = b.indices(n.input(1));
  else if (given)
    parts = b.dims(*given);
  else
    parts = equalParts(b, b.dim(x, axis), std::max<int64_t>(count, 1));
  if (n.failed() || !parts)
    return Tensor();
  if (parts->size() != n.numOutputs())
    return n.error("splits into " + Twine(parts->size()) + " parts, but has " +
                   Twine(n.numOutputs()) + " outputs");
  Dim total = b.dim(0);
  for (Dim part : *parts) {
    if (isKnown(part) && staticDim(part) < 0)
      return n.error("splits off a part of size " + Twine(staticDim(part)));
    total = b.sizes().add(total, part);
  }
  if (contradict(total, b.dim(x, axis)))
    return n.error("the parts add up to " + describe({total}) +
                   ", but dimension " + Twine(axis) + " is of size " +
                   describe({b.dim(x, axis)}));
  return b.split(x, axis, *parts);
}

//===----------------------------------------------------------------------===//
// Slice
//===----------------------------------------------------------------------===//

/// A bound beyond this means the end; all sizes are below.
static constexpr int64_t kFar = int64_t(1) << 40;

/// A bound of a slice, counted from the front, in [low, high].
static Dim clampBound(TensorBuilder &b, Dim size, Dim bound, Dim low,
                      Dim high) {
  ShapeAlgebra s = b.sizes();
  if (isKnown(bound)) {
    int64_t at = staticDim(bound);
    if (at >= kFar)
      return high;
    if (at <= -kFar)
      return low;
    if (at < 0)
      bound = s.add(size, bound);
  } else if (!isNatural(bound)) {
    Tensor given = b.fromDim(bound);
    bound = b.index(b.select(b.lt(given, 0.0), given + b.fromDim(size), given));
  }
  if (bound == high)
    return high;
  bool isAboveLow = staticDim(low) <= 0 && isNatural(bound);
  // Nothing is below the front of a dimension.
  bool isBelowHigh = high == size && staticDim(bound) == 0;
  bound = isBelowHigh ? bound : s.min(bound, high);
  return isAboveLow && high == size ? bound : s.max(bound, low);
}

/// Where a slice of one dimension begins and how many elements it has.
static std::pair<Dim, Dim> clampSlice(TensorBuilder &b, Dim size, Dim start,
                                      Dim end, int64_t step) {
  ShapeAlgebra s = b.sizes();
  bool isForward = step > 0;
  Dim zero = s.constant(0);
  Dim low = isForward ? zero : s.constant(-1);
  Dim high = isForward ? size : s.sub(size, s.constant(1));
  start = clampBound(b, size, start, zero, high);
  end = clampBound(b, size, end, low, high);
  Dim length = isForward ? s.sub(end, start) : s.sub(start, end);
  int64_t stride = isForward ? step : -step;
  Dim count = s.ceilDiv(length, stride);
  // With nothing cut off in front, the length can't be negative.
  if (!(isForward && staticDim(start) == 0))
    count = s.max(count, zero);
  return {start, count};
}

/// The same where axes or steps are only known at run time: each dimension is
/// gathered by the indices that its slice takes.
static Tensor sliceByIndex(TensorBuilder &b, NodeArgs &n, Tensor x) {
  Tensor starts = b.cast(n.input(1, "starts"), b.i64()),
         ends = b.cast(n.input(2, "ends"), b.i64());
  if (!starts || !ends || starts.rank() != 1 || !starts.type().hasStaticShape())
    return n.error("the number of sliced dimensions is not known");
  int64_t count = starts.shape()[0];
  Tensor order = n.has(3) ? n.input(3) : b.iota({b.dim(count)}, 0);
  Tensor steps =
      n.has(4) ? b.cast(n.input(4), b.i64()) : b.ints(Ints(count, 1));
  auto axes = onnx::RuntimeAxes::get(b, n, order, x.rank());
  if (!axes)
    return {};
  Tensor zero = b.scalar(int64_t(0), b.i64()),
         one = b.scalar(int64_t(1), b.i64());
  for (int64_t i = 0; x && i < x.rank(); ++i) {
    Tensor isCut = axes->contains(i), size = b.fromDim(b.dim(x, i));
    Tensor step = b.select(isCut, axes->pick(steps, i), one);
    step = b.clamp(step, b.scalar(-kFar, b.i64()), b.scalar(kFar, b.i64()));
    Tensor isBack = b.lt(step, zero);
    auto bound = [&](Tensor given, Tensor low) {
      given = b.select(b.lt(given, zero), given + size, given);
      return b.clamp(given, low, b.select(isBack, size - one, size));
    };
    Tensor start = bound(b.select(isCut, axes->pick(starts, i), zero), zero);
    Tensor end = bound(b.select(isCut, axes->pick(ends, i), size),
                       b.select(isBack, zero - one, zero));
    Tensor length = b.div(end - start + step - b.sign(step), step);
    Dim taken = b.index(b.max(length, zero));
    if (!taken)
      return {};
    x = b.gather(x, b.iota({taken}, 0) * step + start, i);
  }
  return x;
}

/// Bounds of `count` dimensions where the run tells of how many there are:
/// those that are not given are `rest`.
static Tensor asMany(TensorBuilder &b, Tensor given, int64_t count,
                     int64_t rest) {
  if (!given || given.rank() != 1 || !given.type().isDynamicDim(0))
    return given;
  Dim size = b.dim(given, 0);
  b.require(size, b.sizes().min(size, b.dim(count)),
            "% bounds for a tensor of % dimensions");
  given = b.concat({b.cast(given, b.i64()), b.ints(Ints(count, rest))}, 0);
  return b.sliceAxis(given, 0, b.dim(0), b.dim(count));
}

static Tensors slice(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "data");
  bool isInputs = n.version() >= 10;
  if (x && isInputs &&
      ((n.has(3) && !n.knownInts(3)) || (n.has(4) && !n.knownInts(4))))
    return sliceByIndex(b, n, x);
  std::optional<Ints> axes = isInputs ? n.knownInts(3) : n.integers("axes");
  auto bounds = [&](StringRef name, size_t i,
                    int64_t rest) -> std::optional<Dims> {
    if (isInputs && axes) {
      Tensor given = n.input(i, name);
      return b.indices(
          !given || given.rank() != 1
              ? given
              : b.pin(given, 0, axes->size(), "% bounds for % dimensions"));
    }
    if (isInputs)
      return b.indices(asMany(b, n.input(i, name), x ? x.rank() : 0, rest));
    std::optional<Ints> given = n.integers(name);
    if (!given)
      n.error("attribute '" + name + "' is missing");
    return b.dims(given.value_or(Ints()));
  };
  std::optional<Dims> starts = bounds("starts", 1, 0),
                      ends = bounds("ends", 2, INT64_MAX);
  if (!x || !starts || !ends || n.failed())
    return Tensor();
  int64_t count = starts->size();
  if (!axes)
    axes = llvm::to_vector(llvm::seq<int64_t>(0, count));
  axes = n.axes(*axes, x.rank());
  Ints steps = n.knownInts(4).value_or(Ints(count, 1));
  if (!axes)
    return Tensor();
  if (ends->size() != starts->size() || axes->size() != starts->size() ||
      steps.size() != starts->size())
    return n.error("starts, ends, axes and steps differ in length");
  if (llvm::is_contained(steps, 0))
    return n.error("has a step of 0");
  Dims offsets(x.rank(), b.dim(0)), sizes = b.dims(x);
  Ints strides(x.rank(), 1);
  for (int64_t i = 0; i < count; ++i) {
    int64_t axis = (*axes)[i];
    // No dimension is as long as the greatest step.
    strides[axis] = std::clamp<int64_t>(steps[i], -kFar, kFar);
    std::tie(offsets[axis], sizes[axis]) =
        clampSlice(b, sizes[axis], (*starts)[i], (*ends)[i], strides[axis]);
  }
  return b.slice(x, offsets, sizes, strides);
}

//===----------------------------------------------------------------------===//
// Pad
//===----------------------------------------------------------------------===//

static std::optional<PadMode> padMode(NodeArgs &n) {
  StringRef name = n.string("mode", "constant");
  if (std::optional<PadMode> mode = symbolizePadMode(name))
    return mode;
  n.error("attribute 'mode' must be constant, reflect, edge or wrap, not '" +
          name + "'");
  return std::nullopt;
}

/// Takes off what negative pads remove; makes those pads 0.
static Tensor crop(TensorBuilder &b, Tensor x, Dims &low, Dims &high) {
  Dims offsets(x.rank(), b.dim(0)), sizes = b.dims(x);
  for (int64_t i = 0; i < x.rank(); ++i) {
    if (isKnown(low[i]) && staticDim(low[i]) < 0) {
      offsets[i] = b.dim(-staticDim(low[i]));
      sizes[i] = b.sizes().add(sizes[i], low[i]);
      low[i] = b.dim(0);
    }
    if (isKnown(high[i]) && staticDim(high[i]) < 0) {
      sizes[i] = b.sizes().add(sizes[i], high[i]);
      high[i] = b.dim(0);
    }
  }
  return b.slice(x, offsets, sizes);
}

/// Spreads the pads, low ends first, over the axes that they are for.
static bool padsByAxis(TensorBuilder &b, NodeArgs &n, Tensor x,
                       ArrayRef<Dim> pads, Dims &low, Dims &high) {
  size_t half = pads.size() / 2;
  if (n.has(3) && !n.knownInts(3)) {
    auto open = onnx::RuntimeAxes::get(b, n, n.input(3), x.rank());
    if (open && static_cast<size_t>(open->count()) != half)
      n.error("axes and pads differ in length");
    if (n.failed())
      return false;
    for (int64_t i = 0; i < x.rank(); ++i) {
      low[i] = b.index(open->pick(b.fromDims(pads.take_front(half)), i));
      high[i] = b.index(open->pick(b.fromDims(pads.drop_front(half)), i));
    }
    return true;
  }
  std::optional<Ints> axes = n.knownInts(3);
  if (!axes)
    axes = llvm::to_vector(llvm::seq<int64_t>(0, x.rank()));
  axes = n.axes(*axes, x.rank());
  if (!axes)
    return false;
  if (pads.size() != 2 * axes->size()) {
    n.error("has " + Twine(pads.size()) + " pads for " + Twine(axes->size()) +
            " dimensions");
    return false;
  }
  for (auto [i, axis] : llvm::enumerate(*axes)) {
    low[axis] = pads[i];
    high[axis] = pads[half + i];
  }
  return true;
}

static Tensors pad(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "data"), value;
  std::optional<PadMode> mode = padMode(n);
  bool isInputs = n.version() >= 11;
  std::optional<Dims> pads;
  if (isInputs)
    pads = b.indices(n.input(1, "pads"));
  else if (auto given = n.integers(n.version() < 2 ? "paddings" : "pads"))
    pads = b.dims(*given);
  else
    n.error("attribute 'pads' is missing");
  if (!x || !mode || !pads)
    return Tensor();
  if (!isInputs)
    value = b.like(n.real("value", 0), x);
  else if (n.has(2))
    value = b.reshape(n.input(2), ArrayRef<int64_t>());
  Dims low(x.rank(), b.dim(0)), high = low;
  if (!padsByAxis(b, n, x, *pads, low, high))
    return Tensor();
  if (*mode != PadMode::constant)
    x = crop(b, x, low, high);
  return b.pad(x, low, high, value, *mode);
}

/// Each axis is cut or padded to its size, the same on both sides but for one.
static Tensors centerCropPad(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "input_data");
  std::optional<Dims> to = b.indices(n.input(1, "shape"));
  std::optional<Ints> axes = n.integers("axes");
  if (!x || !to)
    return Tensor();
  if (!axes)
    axes = llvm::to_vector(llvm::seq<int64_t>(0, x.rank()));
  axes = n.axes(*axes, x.rank());
  if (!axes)
    return Tensor();
  if (axes->size() != to->size())
    return n.error("has " + Twine(to->size()) + " sizes for " +
                   Twine(axes->size()) + " axes");
  ShapeAlgebra s = b.sizes();
  Dim zero = b.dim(0);
  Dims offsets(x.rank(), zero), sizes = b.dims(x), low = offsets, high = low;
  for (auto [axis, size] : llvm::zip(*axes, *to)) {
    if (isKnown(size) && staticDim(size) < 0)
      return n.error("input 1 ('shape') has the size " +
                     Twine(staticDim(size)));
    Dim from = sizes[axis], kept = s.min(from, size);
    offsets[axis] = s.floorDiv(s.sub(from, kept), 2);
    sizes[axis] = kept;
    Dim added = s.sub(size, kept);
    low[axis] = s.floorDiv(added, 2);
    high[axis] = s.sub(added, low[axis]);
  }
  return b.pad(b.slice(x, offsets, sizes), low, high);
}

//===----------------------------------------------------------------------===//
// Depth and space
//===----------------------------------------------------------------------===//

namespace {
/// The block size and whether depth is ordered blocks first.
struct BlockArgs {
  int64_t block;
  bool isDCR;
};
} // namespace

static std::optional<BlockArgs> blockArgs(NodeArgs &n, Tensor x) {
  int64_t block = n.integer("blocksize");
  StringRef mode = n.string("mode", "DCR");
  if (!x || n.failed())
    return std::nullopt;
  if (x.rank() != 4)
    n.error("input 0 must be of rank 4, not " + Twine(x.rank()));
  else if (block < 1)
    n.error("attribute 'blocksize' must be positive");
  else if (mode != "DCR" && mode != "CRD")
    n.error("attribute 'mode' must be DCR or CRD, not '" + mode + "'");
  else
    return BlockArgs{block, mode == "DCR"};
  return std::nullopt;
}

static Tensors depthToSpace(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "input");
  std::optional<BlockArgs> args = blockArgs(n, x);
  if (!args)
    return Tensor();
  ShapeAlgebra s = b.sizes();
  Dims d = b.dims(x);
  Dim k = b.dim(args->block), c = b.quotient({d[1]}, {k, k});
  Dims split = args->isDCR ? Dims{d[0], k, k, c, d[2], d[3]}
                           : Dims{d[0], c, k, k, d[2], d[3]};
  Ints order = args->isDCR ? Ints{0, 3, 4, 1, 5, 2} : Ints{0, 1, 4, 2, 5, 3};
  return b.reshape(b.transpose(b.reshape(x, split), order),
                   Dims{d[0], c, s.mul(d[2], k), s.mul(d[3], k)});
}

static Tensors spaceToDepth(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "input");
  std::optional<BlockArgs> args = blockArgs(n, x);
  if (!args)
    return Tensor();
  Dims d = b.dims(x);
  Dim k = b.dim(args->block), h = b.quotient({d[2]}, {k}),
      w = b.quotient({d[3]}, {k});
  Tensor split = b.reshape(x, Dims{d[0], d[1], h, k, w, k});
  Ints order = args->isDCR ? Ints{0, 3, 5, 1, 2, 4} : Ints{0, 1, 3, 5, 2, 4};
  return b.reshape(b.transpose(split, order),
                   Dims{d[0], b.product({d[1], k, k}), h, w});
}

Tensors onnx::trilu(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "input");
  bool upper = n.flag("upper", true);
  if (!x || x.rank() < 2)
    return x ? n.error("input 0 must be of rank 2 or more") : x;
  Tensor k = n.has(1) ? b.reshape(n.input(1), ArrayRef<int64_t>())
                      : b.scalar(int64_t(0), b.i64());
  Dims matrix = {b.dim(x, x.rank() - 2), b.dim(x, x.rank() - 1)};
  Tensor diagonal = b.iota(matrix, 1) - b.iota(matrix, 0);
  Tensor kept = upper ? b.ge(diagonal, k) : b.le(diagonal, k);
  return b.select(kept, x, b.like(0, x));
}

ArrayRef<OpRow> onnx::movementOps() {
  static const OpRow rows[] = {
      {"Transpose", 1, transpose},
      {"Concat", 1, concat, {1, kMany}},
      {"Split", 1, split, {1, 2}, {1, kMany}},
      {"Slice", 1, slice, {1, 5}},
      {"Pad", 1, pad, {1, 4}},
      {"CenterCropPad", 18, centerCropPad, {2, 2}},
      {"DepthToSpace", 1, depthToSpace},
      {"SpaceToDepth", 1, spaceToDepth},
      {"Trilu", 14, trilu, {1, 2}},
      {"Einsum", 12, einsum, {1, kMany}},
  };
  return rows;
}
