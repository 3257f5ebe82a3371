//===- Sampling.cpp - operators that read at real places --------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Frontend/Common/Composites.h"
#include "Frontend/Common/TensorDetail.h"
#include "Frontend/ONNX/Ops.h"
#include "llvm/ADT/StringSwitch.h"

using namespace mlir;
using namespace dlc;

/// Reports an input of another rank.
static bool hasRank(NodeArgs &n, Tensor x, StringRef what, int64_t rank) {
  if (x && x.rank() != rank)
    n.error("input '" + what + "' has rank " + Twine(x.rank()) + ", expected " +
            Twine(rank));
  return x && x.rank() == rank;
}

/// Indices along one of `rank` dimensions.
static Tensor counting(TensorBuilder &b, Dim size, int64_t axis, int64_t rank,
                       Type type = {}) {
  Dims along(rank, b.dim(1));
  along[axis] = size;
  return b.iota(along, axis, type);
}

//===----------------------------------------------------------------------===//
// GridSample, AffineGrid
//===----------------------------------------------------------------------===//

static SampleSpec sampleSpec(NodeArgs &n) {
  SampleSpec spec;
  spec.alignCorners = n.flag("align_corners", false);
  StringRef mode = n.string("mode", "linear"),
            padding = n.string("padding_mode", "zeros");
  auto foundMode = StringSwitch<std::optional<SampleMode>>(mode)
                       .Case("nearest", SampleMode::nearest)
                       .Cases({"linear", "bilinear"}, SampleMode::linear)
                       .Cases({"cubic", "bicubic"}, SampleMode::cubic)
                       .Default(std::nullopt);
  auto foundPadding = StringSwitch<std::optional<SamplePadding>>(padding)
                          .Case("zeros", SamplePadding::zeros)
                          .Case("border", SamplePadding::border)
                          .Case("reflection", SamplePadding::reflection)
                          .Default(std::nullopt);
  if (!foundMode)
    n.error("attribute 'mode' has unknown value '" + mode + "'");
  if (!foundPadding)
    n.error("attribute 'padding_mode' has unknown value '" + padding + "'");
  spec.mode = foundMode.value_or(spec.mode);
  spec.padding = foundPadding.value_or(spec.padding);
  return spec;
}

static Tensors gridSample(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "X"), grid = n.input(1, "grid");
  SampleSpec spec = sampleSpec(n);
  if (!x || !grid || n.failed())
    return Tensor();
  int64_t rank = x.rank(), spatial = rank - 2;
  if (rank >= 3 && grid.rank() == rank)
    grid =
        b.pin(grid, rank - 1, spatial, "places of % coordinates, expected %");
  // The number of taps grows with each dimension.
  if (rank < 3 || rank > 5 || grid.rank() != rank ||
      grid.shape().back() != spatial || !grid.isFloat() ||
      contradict(b.dim(x, 0), b.dim(grid, 0)))
    return n.error("an input of shape " + describe(x.shape()) +
                   " has no elements at a grid of shape " +
                   describe(grid.shape()));
  grid = b.cast(grid, wideType(grid.elementType()));
  SmallVector<Tensor> at;
  for (int64_t i = 0; i < spatial; ++i) {
    // The last dimension comes first.
    Tensor place =
        b.sliceAxis(grid, rank - 1, b.dim(spatial - 1 - i), b.dim(1));
    place = b.squeeze(place, rank - 1) + 1.0;
    Tensor size = sizeLike(b, b.dim(x, i + 2), place);
    at.push_back(spec.alignCorners ? place * 0.5 * (size - 1.0)
                                   : (place * size - 1.0) * 0.5);
  }
  Tensor batch = counting(b, b.dim(x, 0), 0, rank - 1);
  bool weighted = spec.mode != SampleMode::nearest;
  auto sampled = [&](Tensor v) {
    Type wide =
        v.isFloat() ? wideType(v.elementType()) : b.opBuilder().getF64Type();
    Tensor y = sample(b, weighted ? b.cast(v, wide) : v, batch, at, spec);
    return b.cast(b.channelsFirst(y), v.elementType());
  };
  return weighted ? b.eachPart(x, sampled) : sampled(x);
}

static Tensors affineGrid(TensorBuilder &b, NodeArgs &n) {
  Tensor theta = n.input(0, "theta");
  std::optional<Dims> size = b.indices(n.input(1, "size"));
  bool alignCorners = n.flag("align_corners", false);
  if (!size || !hasRank(n, theta, "theta", 3))
    return Tensor();
  int64_t spatial = size->size() - 2;
  if (spatial > 0) {
    theta = b.pin(theta, 1, spatial, "theta has % rows, expected %");
    theta = b.pin(theta, 2, spatial + 1, "theta has % columns, expected %");
  }
  if (spatial < 1 || spatial > 3 || theta.shape()[1] != spatial ||
      theta.shape()[2] != spatial + 1)
    return n.error("theta of shape " + describe(theta.shape()) +
                   " and a size of " + Twine(size->size()) +
                   " entries don't fit");
  for (Dim d : *size)
    if (isKnown(d) && staticDim(d) < 0)
      return n.error("input 1 ('size') has the size " + Twine(staticDim(d)));
  ArrayRef<Dim> space = ArrayRef(*size).drop_front(2);
  Tensor wide = b.cast(theta, wideType(theta.elementType()));
  Dims column(space);
  column.push_back(b.dim(1));
  SmallVector<Tensor> columns;
  for (int64_t i = spatial; i-- > 0;) {
    Tensor index = counting(b, space[i], i, spatial + 1, wide.elementType());
    Tensor count = sizeLike(b, space[i], wide);
    // A single element lies in the middle.
    Tensor steps = alignCorners ? b.max(count - 1.0, 1.0) : count;
    Tensor place = (alignCorners ? index * 2.0 : index * 2.0 + 1.0) / steps;
    Tensor centred = place - 1.0;
    if (alignCorners)
      centred = b.select(b.eq(count, 1.0), b.like(0, place), centred);
    columns.push_back(b.broadcastTo(centred, column));
  }
  columns.push_back(b.full(column, b.like(1, wide)));
  Tensor places = b.flatten(b.concat(columns, spatial), 0, spatial);
  Tensor grid = b.matmul(places, b.transposeLast(wide));
  Dims shape{b.dim(theta, 0)};
  llvm::append_range(shape, space);
  shape.push_back(b.dim(spatial));
  return b.cast(b.reshape(grid, shape), theta.elementType());
}

//===----------------------------------------------------------------------===//
// Regions of interest
//===----------------------------------------------------------------------===//

/// Column i of a matrix.
static Tensor column(TensorBuilder &b, Tensor matrix, int64_t i) {
  return b.squeeze(b.sliceAxis(matrix, 1, b.dim(i), b.dim(1)), 1);
}

namespace {
/// The places that are read along one dimension of every region.
struct Samples {
  Tensor at;     ///< [regions, bins, samples]
  Tensor counts; ///< which of them count, likewise; null: all
  Tensor number; ///< of those in each bin, [regions]
  Dim most;
};
} // namespace

/// `ratio` 0: as many in each bin as it is long.
static Samples samplesOf(TensorBuilder &b, Tensor start, Tensor length,
                         int64_t bins, int64_t ratio) {
  Samples s;
  Tensor bin = length / double(bins);
  if (ratio > 0) {
    s.most = b.dim(ratio);
    s.number = b.full(b.dims(start), b.like(ratio, start));
  } else {
    s.number = b.max(b.ceil(bin), 0.0);
    Tensor most = b.reduce(ReduceKind::max, s.number, {0});
    s.most = b.counted(b.cast(b.max(most, 0.0), b.i64()));
  }
  if (!start || !bin || !s.most)
    return {};
  auto spread = [&](Tensor t) { return b.unsqueeze(t, {1, 2}); };
  Type type = start.elementType();
  Tensor index = counting(b, s.most, 2, 3, type),
         place = counting(b, b.dim(bins), 1, 3, type);
  Tensor within = (index + 0.5) / spread(s.number);
  s.at = spread(start) + (place + within) * spread(bin);
  if (ratio <= 0)
    s.counts = b.lt(index, spread(s.number));
  return s;
}

namespace {
/// RoiAlign's attributes.
struct Alignment {
  bool isMax, half; ///< half: elements have their centres at halves
  int64_t bins[2], ratio;
  double scale;
};
} // namespace

static std::optional<Alignment> alignment(NodeArgs &n) {
  StringRef mode = n.string("mode", "avg"), place = "output_half_pixel";
  if (n.version() >= 16)
    place = n.string("coordinate_transformation_mode", "half_pixel");
  Alignment a{mode == "max",
              place == "half_pixel",
              {n.integer("output_height", 1), n.integer("output_width", 1)},
              n.integer("sampling_ratio", 0),
              n.real("spatial_scale", 1)};
  if (!a.isMax && mode != "avg")
    n.error("attribute 'mode' is '" + mode + "', expected avg or max");
  if (!a.half && place != "output_half_pixel")
    n.error("attribute 'coordinate_transformation_mode' has unknown value '" +
            place + "'");
  for (int64_t v : {a.bins[0], a.bins[1], a.ratio + 1})
    if (v < 1 || v > INT32_MAX)
      return n.error("a number of bins or samples is out of range"),
             std::nullopt;
  return n.failed() ? std::nullopt : std::optional(a);
}

/// x and y, where either may be null.
static Tensor both(TensorBuilder &b, Tensor x, Tensor y) {
  return x && y ? b.and_(x, y) : x ? x : y;
}

/// The samples y [regions, bins, bins, samples, samples, c] of each bin as one.
/// Those outside of x are 0; those that do not count are none.
static Tensor joinSamples(TensorBuilder &b, Tensor y, Tensor inside,
                          Tensor counts, Tensor number, bool isMax) {
  if (!y || !inside || !number)
    return {};
  y = b.select(b.unsqueeze(inside, 5), y, b.like(0, y));
  if (counts)
    y = b.select(b.unsqueeze(counts, 5), y, b.like(isMax ? -HUGE_VAL : 0, y));
  number = b.unsqueeze(number, {1, 2, 3});
  if (!isMax)
    return b.sum(y, {3, 4}) / b.max(number, 1.0);
  // Of no sample there is no greatest one.
  y = b.reduce(ReduceKind::max, y, {3, 4});
  return b.select(b.gt(number, 0.0), y, b.like(0, y));
}

static Tensors roiAlign(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "X"), rois = n.input(1, "rois"),
         batch = n.input(2, "batch_indices");
  std::optional<Alignment> a = alignment(n);
  if (!a || !hasRank(n, x, "X", 4) || !hasRank(n, rois, "rois", 2) ||
      !hasRank(n, batch, "batch_indices", 1))
    return Tensor();
  if (!x.isFloat() || !rois.isFloat() || contradict(b.dim(rois, 1), b.dim(4)))
    return n.error("regions are 4 floats each, of an input of floats");
  Tensor v = b.cast(x, wideType(x.elementType()));
  rois = b.cast(rois, v.elementType()) * a->scale - (a->half ? 0.5 : 0.0);
  SmallVector<Tensor> at;
  Tensor inside, counts, number = b.like(1, v);
  for (int64_t i = 0; i < 2; ++i) {
    Tensor start = column(b, rois, 1 - i), end = column(b, rois, 3 - i);
    // Of the older form no region is smaller than an element.
    Tensor size = a->half ? end - start : b.max(end - start, 1.0);
    Samples s = samplesOf(b, start, size, a->bins[i], a->ratio);
    if (!s.at)
      return Tensor();
    // [regions, bins, 1, samples, 1] and [regions, 1, bins, 1, samples]
    Ints ones = i == 0 ? Ints{2, 4} : Ints{1, 3};
    Tensor place = b.unsqueeze(s.at, ones);
    Tensor limit = sizeLike(b, b.dim(x, i + 2), place);
    inside = both(b, inside, b.and_(b.ge(place, -1.0), b.le(place, limit)));
    if (s.counts)
      counts = both(b, counts, b.unsqueeze(s.counts, ones));
    number = number * s.number;
    at.push_back(place);
  }
  SampleSpec spec{SampleMode::linear, SamplePadding::border, true, a->isMax};
  batch = b.wrapIndices(b.cast(batch, b.i64()), b.dim(x, 0));
  batch = b.guard(batch, batch, b.dim(x, 0));
  Tensor y = sample(b, v, b.unsqueeze(batch, {1, 2, 3, 4}), at, spec);
  y = joinSamples(b, y, inside, counts, number, a->isMax);
  return b.cast(b.channelsFirst(y), x.elementType());
}

/// The greatest element of each bin, one dimension at a time: of all elements
/// those in the bin count. x [regions, c, h, w]; the bins become the last
/// dimension of the result, [regions, c, the other dimension, bins].
static Tensor binMax(TensorBuilder &b, Tensor x, int64_t axis, Tensor first,
                     Tensor last, int64_t bins) {
  if (!x || !first || !last)
    return {};
  Dim size = b.dim(x, axis);
  Type type = first.elementType();
  auto spread = [&](Tensor t) { return b.unsqueeze(t, {1, 2}); };
  // [regions, bins, size]
  Tensor length = spread(b.max(last - first + 1.0, 1.0)) / double(bins);
  Tensor bin = counting(b, b.dim(bins), 1, 3, type),
         index = counting(b, size, 2, 3, type);
  Tensor low = b.floor(bin * length) + spread(first),
         high = b.ceil((bin + 1.0) * length) + spread(first);
  Tensor inside = b.and_(b.ge(index, low), b.lt(index, high));
  x = b.unsqueeze(b.moveAxis(x, axis, 3), 3);
  Tensor all = b.select(b.unsqueeze(inside, {1, 2}), x, b.like(-HUGE_VAL, x));
  Tensor most = b.reduce(ReduceKind::max, all, {4});
  // A bin that no element is in is 0.
  Tensor any = b.reduce(ReduceKind::any, inside, {2});
  return b.select(b.unsqueeze(any, {1, 2}), most, b.like(0, most));
}

static Tensors maxRoiPool(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "X"), rois = n.input(1, "rois");
  std::optional<Ints> bins = n.integers("pooled_shape");
  double scale = n.real("spatial_scale", 1);
  if (!bins || bins->size() != 2 || bins->front() < 1 || bins->back() < 1 ||
      bins->front() > INT32_MAX || bins->back() > INT32_MAX)
    return n.error("attribute 'pooled_shape' must be two positive integers");
  if (!hasRank(n, x, "X", 4) || !hasRank(n, rois, "rois", 2))
    return Tensor();
  if (!x.isFloat() || !rois.isFloat() || contradict(b.dim(rois, 1), b.dim(5)))
    return n.error("regions are 5 floats each, of an input of floats");
  Tensor wide = b.cast(rois, wideType(rois.elementType()));
  Tensor batch = b.cast(column(b, wide, 0), b.i64());
  // Halves are rounded away from zero.
  Tensor scaled = wide * scale;
  Tensor ends = b.sign(scaled) * b.floor(b.abs(scaled) + 0.5);
  Tensor y = b.gather(x, b.guard(batch, batch, b.dim(x, 0)), 0);
  y = binMax(b, y, 3, column(b, ends, 1), column(b, ends, 3), bins->back());
  y = binMax(b, y, 2, column(b, ends, 2), column(b, ends, 4), bins->front());
  return y ? b.transposeLast(y) : y;
}

ArrayRef<OpRow> dlc::onnx::samplingOps() {
  static const OpRow rows[] = {
      {"GridSample", 16, gridSample, {2, 2}},
      {"AffineGrid", 20, affineGrid, {2, 2}},
      {"RoiAlign", 10, roiAlign, {3, 3}},
      {"MaxRoiPool", 1, maxRoiPool, {2, 2}},
  };
  return rows;
}
