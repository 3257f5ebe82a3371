//===- Unfold.cpp - windows laid out and put back ---------------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Frontend/Common/TensorDetail.h"
#include "Frontend/ONNX/Ops.h"
#include "Frontend/ONNX/WindowArgs.h"

using namespace mlir;
using namespace dlc;
using namespace dlc::onnx;

//===----------------------------------------------------------------------===//
// Col2Im
//===----------------------------------------------------------------------===//

namespace {
/// Windows over an image, which both may have sizes that only the running model
/// knows.
struct Windows {
  Dims kernel, padded, steps; ///< sizes of one, of the image, and how many
  Ints strides, dilations, pads;
};
} // namespace

static std::optional<Windows> windowsOf(TensorBuilder &b, NodeArgs &n,
                                        ArrayRef<Dim> image,
                                        ArrayRef<Dim> block) {
  size_t spatial = block.size();
  Windows w;
  w.kernel.assign(block.begin(), block.end());
  w.strides = sizeList(n, "strides", spatial, 1, 1);
  w.dilations = sizeList(n, "dilations", spatial, 1, 1);
  w.pads = sizeList(n, "pads", 2 * spatial, 0, 0);
  for (Dim k : block)
    if (isKnown(k) && (staticDim(k) < 1 || staticDim(k) > INT32_MAX))
      n.error("input 2 ('block_shape') has entry " + Twine(staticDim(k)) +
              ", which is out of range");
  if (n.failed())
    return std::nullopt;
  ShapeAlgebra s = b.sizes();
  Dim zero = b.dim(0), one = b.dim(1);
  for (size_t i = 0; i < spatial; ++i) {
    w.padded.push_back(s.add(image[i], b.dim(w.pads[i] + w.pads[spatial + i])));
    Dim reach = s.mul(s.sub(block[i], one), b.dim(w.dilations[i]));
    Dim free = s.sub(s.sub(w.padded[i], reach), one);
    Dim count = s.add(s.floorDiv(free, w.strides[i]), one);
    w.steps.push_back(isKnown(count)
                          ? b.dim(std::max<int64_t>(staticDim(count), 0))
                          : s.max(count, zero));
  }
  return w;
}

/// The row of a padded image, flattened, of each element of each window:
/// [window..., windows...].
static Tensor windowRows(TensorBuilder &b, const Windows &w) {
  int64_t spatial = w.kernel.size();
  Tensor row;
  for (int64_t i = 0; i < spatial; ++i) {
    Dims inner(2 * spatial, b.dim(1)), outer = inner;
    inner[i] = w.kernel[i];
    outer[spatial + i] = w.steps[i];
    Tensor at = b.iota(inner, i) * double(w.dilations[i]) +
                b.iota(outer, spatial + i) * double(w.strides[i]);
    row = row ? row * b.fromDim(w.padded[i]) + at : at;
  }
  return row;
}

/// Adds what lies on top of each other.
static Tensors col2Im(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "input");
  std::optional<Dims> image = b.indices(n.input(1, "image_shape")),
                      block = b.indices(n.input(2, "block_shape"));
  if (!x || !image || !block)
    return Tensor();
  size_t spatial = block->size();
  if (x.rank() != 3 || spatial < 1 || image->size() != spatial)
    return n.error("an image of " + Twine(image->size()) +
                   " dimensions is not made of windows of " + Twine(spatial) +
                   " in a tensor of rank " + Twine(x.rank()));
  std::optional<Windows> w = windowsOf(b, n, *image, *block);
  if (!w)
    return Tensor();
  ShapeAlgebra s = b.sizes();
  Dim batch = b.dim(x, 0), size = b.product(w->kernel),
      channels = b.quotient({b.dim(x, 1)}, {s.max(size, b.dim(1))});
  if (contradict(s.mul(channels, size), b.dim(x, 1)) ||
      contradict(b.product(w->steps), b.dim(x, 2)))
    return n.error("a tensor of shape " + describe(x.shape()) +
                   " does not hold the windows of an image of " +
                   describe(*image));
  // Rows of all batches and channels.
  Dim each = s.mul(batch, channels);
  Tensor rows = b.reshape(x, Dims{each, s.mul(size, b.product(w->steps))});
  Tensor into = b.full({b.product(w->padded), each}, b.like(0, x));
  Tensor at = b.flatten(windowRows(b, *w), 0, 2 * spatial);
  Tensor sum = b.scatter(ScatterKind::add, into, at, b.transposeLast(rows));
  Dims full{batch, channels}, offsets{b.dim(0), b.dim(0)}, cut = full;
  llvm::append_range(full, w->padded);
  for (size_t i = 0; i < spatial; ++i)
    offsets.push_back(b.dim(w->pads[i]));
  llvm::append_range(cut, *image);
  return b.slice(b.reshape(b.transposeLast(sum), full), offsets, cut);
}

//===----------------------------------------------------------------------===//
// MaxUnpool
//===----------------------------------------------------------------------===//

static Tensors maxUnpool(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "X"), indices = n.input(1, "I");
  if (!x || !indices)
    return Tensor();
  std::optional<WindowSpec> w = window(n, x);
  if (!w)
    return Tensor();
  if (indices.rank() != x.rank())
    return n.error("indices of rank " + Twine(indices.rank()) +
                   " don't fit an input of rank " + Twine(x.rank()));
  ShapeAlgebra s = b.sizes();
  Dims shape = b.dims(x);
  for (int64_t i = 0; i < w->spatial(); ++i) {
    int64_t rest = w->kernel[i] - w->pads[i] - w->pads[w->spatial() + i];
    Dim steps = s.mul(s.sub(shape[i + 2], b.dim(1)), b.dim(w->strides[i]));
    shape[i + 2] = s.max(s.add(steps, b.dim(rest)), b.dim(0));
  }
  Tensor into = b.full({b.product(shape), b.dim(1)}, b.like(0, x));
  Tensor y = b.scatter(ScatterKind::none, into,
                       b.flatten(b.cast(indices, b.i64()), 0, x.rank()),
                       b.unsqueeze(b.flatten(x, 0, x.rank()), 1));
  y = b.reshape(y, shape);
  if (!n.has(2))
    return y;
  // What the output has more is behind.
  std::optional<Dims> wanted = b.indices(n.input(2));
  if (!wanted || !y)
    return Tensor();
  if (wanted->size() != shape.size())
    return n.error("input 2 ('output_shape') has " + Twine(wanted->size()) +
                   " entries for a tensor of rank " + Twine(x.rank()));
  Dims high;
  for (auto [to, from] : llvm::zip(*wanted, shape)) {
    if (isKnown(to) && isKnown(from) && staticDim(to) < staticDim(from))
      return n.error("input 2 ('output_shape') has the size " +
                     Twine(staticDim(to)) + " where at least " +
                     Twine(staticDim(from)) + " is needed");
    high.push_back(s.sub(to, from));
  }
  return b.pad(y, Dims(shape.size(), b.dim(0)), high);
}

//===----------------------------------------------------------------------===//
// DeformConv
//===----------------------------------------------------------------------===//

namespace {
struct Deformation {
  Tensor x, w, offset;
  WindowSpec window;
  int64_t groups, offsetGroups;
  Dims sizes = {}; ///< of the window
  Dim taps = {};   ///< elements of it
  Dim each = {};   ///< channels of each group
};
} // namespace

static std::optional<Deformation> deformation(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "X"), w = n.input(1, "W"),
         offset = n.input(2, "offset");
  if (!x || !w || !offset)
    return std::nullopt;
  std::optional<WindowSpec> window = kernelWindow(b, n, x, w);
  if (!window || n.failed())
    return std::nullopt;
  Dims sizes = b.dims(w);
  Deformation d{
      x, w, offset, *window, groupCount(n), groupCount(n, "offset_group")};
  d.sizes.assign(sizes.begin() + 2, sizes.end());
  d.taps = b.product(d.sizes);
  d.each = sizes[1];
  Dim channels = b.sizes().mul(d.each, b.dim(d.groups));
  auto divides = [](int64_t groups, Dim size) {
    return !isKnown(size) || staticDim(size) % groups == 0;
  };
  if (n.failed() || x.rank() > 5 || !divides(d.groups, sizes[0]) ||
      !divides(d.offsetGroups, channels) || contradict(b.dim(x, 1), channels) ||
      offset.rank() != x.rank() ||
      contradict(
          b.dim(offset, 1),
          b.sizes().mul(b.dim(d.offsetGroups * window->spatial()), d.taps))) {
    n.error("input of shape " + describe(x.shape()) + ", kernel " +
            describe(w.shape()) + " and offsets " + describe(offset.shape()) +
            " don't fit");
    return std::nullopt;
  }
  return d;
}

/// The elements of x under each window: [n, offset groups, taps, out..., c].
static Tensor deformed(TensorBuilder &b, const Deformation &d) {
  const WindowSpec &w = d.window;
  int64_t spatial = w.spatial();
  Dims out = Dims(ArrayRef<Dim>(b.dims(d.offset)).drop_front(2));
  Dim groups = b.dim(d.offsetGroups),
      each = b.quotient({d.each, b.dim(d.groups)}, {groups});
  Dims split{b.dim(d.x, 0), groups},
      image{b.sizes().mul(split[0], groups), each};
  llvm::append_range(split, d.sizes);
  split.push_back(b.dim(spatial));
  llvm::append_range(split, out);
  llvm::append_range(image, ArrayRef<Dim>(b.dims(d.x)).drop_front(2));
  Tensor v = b.cast(d.x, wideType(d.x.elementType()));
  Tensor moves = b.reshape(b.cast(d.offset, v.elementType()), split);
  // Without the dimension that lists the coordinates.
  int64_t listed = 2 + spatial, rank = 2 + 2 * spatial;
  Dims ones(rank, b.dim(1));
  SmallVector<Tensor> at;
  for (int64_t i = 0; i < spatial; ++i) {
    Tensor move =
        b.squeeze(b.sliceAxis(moves, listed, b.dim(i), b.dim(1)), listed);
    Dims tap = ones, step = ones;
    tap[2 + i] = d.sizes[i];
    step[2 + spatial + i] = out[i];
    Tensor place = b.iota(tap, 2 + i) * double(w.dilations[i]) +
                   b.iota(step, 2 + spatial + i) * double(w.strides[i]);
    place = b.cast(place, v.elementType()) - double(w.pads[i]);
    at.push_back(b.flatten(move + place, 2, 2 + spatial));
  }
  Dims batch(rank - spatial + 1, b.dim(1)), group = batch;
  batch[0] = split[0];
  group[1] = groups;
  Tensor index = b.iota(batch, 0) * double(d.offsetGroups) + b.iota(group, 1);
  return sample(b, b.reshape(v, image), index, at, {});
}

static Tensors deformConv(TensorBuilder &b, NodeArgs &n) {
  std::optional<Deformation> d = deformation(b, n);
  if (!d)
    return Tensor();
  int64_t spatial = d->window.spatial();
  Dim outputs = b.dim(d->w, 0), groups = b.dim(d->groups),
      offsetGroups = b.dim(d->offsetGroups);
  Tensor bias = n.has(3) ? n.input(3, "B") : Tensor();
  if (d->window.autoPad != AutoPad::none || !checkBias(b, n, bias, outputs))
    return n.failed() ? Tensor() : n.error("has no attribute 'auto_pad'");
  Tensor picked = deformed(b, *d);
  if (!picked)
    return Tensor();
  Type type = d->x.elementType(), wide = picked.elementType();
  Dims out = b.dims(d->offset), shape = b.dims(picked);
  if (n.has(4)) {
    Tensor mask = n.input(4, "mask");
    shape.pop_back();
    mask = b.reshape(b.cast(mask, wide), shape);
    picked = picked * b.unsqueeze(mask, mask ? mask.rank() : 0);
  }
  // [n, offset groups, taps, out, c] to [n, groups, out, c of a group * taps].
  Dim places = b.product(ArrayRef<Dim>(out).drop_front(2)), batch = out[0];
  Dim under = b.product({d->each, d->taps});
  picked =
      b.reshape(picked, Dims{batch, offsetGroups, d->taps, places,
                             b.quotient({d->each, groups}, {offsetGroups})});
  picked = b.reshape(b.transpose(picked, {0, 1, 4, 2, 3}),
                     Dims{batch, groups, under, places});
  Tensor kernel = b.reshape(
      b.cast(d->w, wide), Dims{groups, b.quotient({outputs}, {groups}), under});
  Tensor y = b.matmul(b.unsqueeze(kernel, 0), picked);
  out[1] = outputs;
  y = b.reshape(y, out);
  if (bias)
    y = y + perChannel(b, b.cast(bias, wide), spatial);
  return b.cast(y, type);
}

ArrayRef<OpRow> dlc::onnx::unfoldOps() {
  static const OpRow rows[] = {
      {"Col2Im", 18, col2Im, {3, 3}},
      {"MaxUnpool", 9, maxUnpool, {2, 3}},
      {"DeformConv", 19, deformConv, {3, 5}},
  };
  return rows;
}
