//===- CompositesWindow.cpp - convolution and pooling -----------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Frontend/Common/Composites.h"
#include <limits>

using namespace mlir;
using namespace dlc;

std::pair<Dim, Dim> dlc::samePadding(TensorBuilder &b, Dim size, Dim reach,
                                     int64_t stride, AutoPad mode) {
  ShapeAlgebra s = b.sizes();
  // At stride 1 it does not depend on the size.
  Dim total = s.sub(reach, b.dim(1));
  if (stride != 1) {
    Dim steps = s.floorDiv(s.add(size, b.dim(stride - 1)), stride);
    Dim covered =
        s.add(s.mul(steps, b.dim(stride)), s.sub(reach, b.dim(stride)));
    total = s.max(s.sub(covered, size), b.dim(0));
  }
  Dim less = s.floorDiv(total, 2), more = s.sub(total, less);
  return mode == AutoPad::sameUpper ? std::pair(less, more)
                                    : std::pair(more, less);
}

static std::pair<Dim, Dim> samePads(TensorBuilder &b, Dim size,
                                    const WindowSpec &w, int64_t i) {
  return samePadding(b, size, b.dim(w.reach(i)), w.strides[i], w.autoPad);
}

/// What ceil_mode adds to the high padding, so that floor division gives what
/// it asks for: a last window that is cut off counts, unless it starts in the
/// padding.
static Dim ceilPadding(TensorBuilder &b, Dim size, const WindowSpec &w,
                       int64_t i) {
  int64_t low = w.pads[i], high = w.pads[w.spatial() + i];
  int64_t stride = w.strides[i], reach = w.reach(i);
  // No window starts in the padding: any that is cut off is one more.
  if (ShapedType::isDynamic(staticDim(size)) && high + stride <= reach)
    return b.dim(stride - 1);
  ShapeAlgebra s = b.sizes();
  Dim steps =
      s.floorDiv(s.add(size, b.dim(low + high - reach + stride - 1)), stride);
  // The last step that starts before the padding.
  Dim most = s.floorDiv(s.add(size, b.dim(low - 1)), stride);
  Dim last = s.max(s.min(steps, most), s.sub(steps, b.dim(1)));
  Dim end = s.add(s.mul(last, b.dim(stride)), b.dim(reach));
  return s.sub(end, s.add(size, b.dim(low + high)));
}

Tensor dlc::resolvePadding(TensorBuilder &b, Tensor x, WindowSpec &w,
                           Tensor value, SmallVectorImpl<Dim> *more) {
  if (!x)
    return {};
  int64_t n = w.spatial();
  Dims lows(n + 2, b.dim(0)), highs(n + 2, b.dim(0));
  bool same =
      w.autoPad == AutoPad::sameUpper || w.autoPad == AutoPad::sameLower;
  if (w.autoPad != AutoPad::none)
    w.pads.assign(2 * n, 0);
  for (int64_t i = 0; i < n; ++i) {
    Dim size = b.dim(x, i + 1), low = b.dim(0), high = b.dim(0);
    if (same)
      std::tie(low, high) = samePads(b, size, w, i);
    else if (w.autoPad == AutoPad::none && w.ceilMode)
      high = ceilPadding(b, size, w, i);
    if (more)
      more->push_back(high);
    if (ShapedType::isDynamic(staticDim(low)) ||
        ShapedType::isDynamic(staticDim(high))) {
      lows[i + 1] = low;
      highs[i + 1] = high;
      // What ceil_mode adds comes behind the window's own padding.
      if (!same) {
        lows[i + 1] = b.dim(w.pads[i]);
        highs[i + 1] = b.sizes().add(high, b.dim(w.pads[n + i]));
        w.pads[i] = w.pads[n + i] = 0;
      }
      continue;
    }
    w.pads[i] += staticDim(low);
    w.pads[n + i] += staticDim(high);
  }
  return b.pad(x, lows, highs, value);
}

//===----------------------------------------------------------------------===//
// Convolution
//===----------------------------------------------------------------------===//

/// Takes off the outer taps that meet nothing but padding wherever they are,
/// as those of an atrous convolution that is wider than its input. x is
/// channels last, the kernel is not.
static Tensor dropIdleTaps(TensorBuilder &b, Tensor x, Tensor kernel,
                           WindowSpec &w) {
  int64_t n = w.spatial();
  for (int64_t i = 0; i < n; ++i) {
    int64_t size = x.shape()[i + 1], taps = kernel.shape()[i + 2];
    int64_t stride = w.strides[i], step = w.dilations[i];
    int64_t &low = w.pads[i], &high = w.pads[n + i];
    if (ShapedType::isDynamic(size) || (taps - 1) * step < size ||
        size + low + high < w.reach(i))
      continue;
    int64_t last = (size + low + high - w.reach(i)) / stride;
    // The first place from 0 on that a tap comes to is in the input.
    auto isIdle = [&](int64_t tap) {
      int64_t from = tap * step - low;
      int64_t k = from < 0 ? llvm::divideCeilSigned(-from, stride) : 0;
      return k > last || from + k * stride >= size;
    };
    int64_t first = 0, end = taps;
    while (end - first > 1 && isIdle(end - 1))
      --end;
    while (end - first > 1 && isIdle(first))
      ++first;
    int64_t before = low - first * step;
    int64_t behind =
        last * stride + (end - first - 1) * step + 1 - size - before;
    if (end - first == taps || before < 0 || behind < 0)
      continue;
    kernel = b.sliceAxis(kernel, i + 2, b.dim(first), b.dim(end - first));
    low = before;
    high = behind;
    w.kernel[i] = end - first;
  }
  return kernel;
}

Tensor dlc::conv(TensorBuilder &b, Tensor x, Tensor kernel, Tensor bias,
                 WindowSpec window, Dim groups) {
  if (!x || !kernel)
    return {};
  if (!kernel.type().hasStaticShape())
    return openConv(b, x, kernel, bias, window, groups);
  Tensor input = resolvePadding(b, b.channelsLast(x), window, {});
  if (!input || input.rank() != kernel.rank())
    return {};
  kernel = dropIdleTaps(b, input, kernel, window);
  Tensor y = b.conv(input, b.channelsLast(kernel), window.strides,
                    window.dilations, window.pads, staticDim(groups));
  if (bias)
    y = y + bias;
  return b.channelsFirst(y);
}

namespace {
/// How a transposed convolution runs along one dimension. Output element o
/// gets x[i] * kernel[k] for all i * stride + k = o + low. With the result
/// laid out as [q, phase], o + crop = q * stride + phase, each phase is a plain
/// convolution of x with every stride-th element of the kernel, backwards.
struct TransposedAxis {
  int64_t stride, taps, dilation; ///< taps of each phase
  int64_t low, high;              ///< padding of that convolution
  int64_t crop;                   ///< results to drop at the start
  bool whole;                     ///< nothing to drop at all
  Dim size;                       ///< of the result
};
} // namespace

/// The size of the result is stride * (input - 1) + tail; `low` is cut off in
/// front.
static TransposedAxis planAxis(TensorBuilder &b, Dim size, const WindowSpec &w,
                               int64_t i, int64_t low, int64_t tail) {
  TransposedAxis a;
  a.stride = w.strides[i];
  bool plain = a.stride == 1;
  a.taps = plain ? w.kernel[i] : llvm::divideCeilSigned(w.reach(i), a.stride);
  a.dilation = plain ? w.dilations[i] : 1;
  int64_t span = plain ? w.reach(i) : a.taps;
  int64_t skipped = llvm::divideFloorSigned(low, a.stride);
  a.crop = low - skipped * a.stride;
  int64_t steps = llvm::divideCeilSigned(tail + a.crop, a.stride);
  a.low = span - 1 - skipped;
  a.high = steps - 2 - a.low + span;
  a.whole = a.crop == 0 && steps * a.stride == tail;
  ShapeAlgebra s = b.sizes();
  a.size = s.add(s.mul(size, b.dim(a.stride)), b.dim(tail - a.stride));
  return a;
}

static std::optional<SmallVector<TransposedAxis>>
planTransposed(TensorBuilder &b, Tensor x, const WindowSpec &w,
               ArrayRef<int64_t> outputPadding, ArrayRef<int64_t> outputShape) {
  SmallVector<TransposedAxis> axes;
  int64_t n = w.spatial();
  for (int64_t i = 0; i < n; ++i) {
    Dim size = b.dim(x, i + 2);
    int64_t full = outputPadding[i] + w.reach(i), stride = w.strides[i];
    int64_t low = w.autoPad == AutoPad::valid ? 0 : w.pads[i];
    int64_t high = w.autoPad == AutoPad::valid ? 0 : w.pads[n + i];
    int64_t tail = full - low - high;
    bool same =
        w.autoPad == AutoPad::sameUpper || w.autoPad == AutoPad::sameLower;
    if (!outputShape.empty() || same) {
      tail = stride;
      if (!outputShape.empty())
        tail = outputShape[i] - stride * (staticDim(size) - 1);
      int64_t total = std::max<int64_t>(full - tail, 0);
      low = w.autoPad == AutoPad::sameUpper ? total / 2 : total - total / 2;
    }
    axes.push_back(planAxis(b, size, w, i, low, tail));
    if (int64_t d = staticDim(axes.back().size);
        !ShapedType::isDynamic(d) && d < 1) {
      b.error("the size of output dimension " + Twine(i + 2) + " would be " +
              Twine(d));
      return std::nullopt;
    }
  }
  return axes;
}

/// Inserts zeros so that dilation becomes 1.
static Tensor dilate(TensorBuilder &b, Tensor kernel, int64_t axis,
                     int64_t dilation) {
  if (!kernel || dilation == 1)
    return kernel;
  int64_t size = kernel.shape()[axis];
  Dims shape = b.dims(kernel);
  Tensor spread = b.unsqueeze(kernel, axis + 1);
  Dims low(shape.size() + 1, b.dim(0)), high = low;
  high[axis + 1] = b.dim(dilation - 1);
  spread = b.pad(spread, low, high);
  shape[axis] = b.dim(size * dilation);
  return b.sliceAxis(b.reshape(spread, ArrayRef<Dim>(shape)), axis, b.dim(0),
                     b.dim((size - 1) * dilation + 1));
}

/// A bound on what zeros may blow a kernel up to.
static constexpr double kMaxKernelElements = 1e12;

/// [c, oc / groups, ...] as the kernel of one plain convolution whose output
/// channels are [groups, phases..., oc / groups].
static Tensor phaseKernel(TensorBuilder &b, Tensor kernel, const WindowSpec &w,
                          ArrayRef<TransposedAxis> axes, int64_t groups) {
  int64_t n = axes.size(), channels = kernel.shape()[0];
  Dims low(n + 2, b.dim(0)), high = low;
  Ints split{groups, channels / groups, kernel.shape()[1]};
  int64_t outputs = groups * kernel.shape()[1];
  Ints permutation{0}, taps, reversed, merged;
  for (auto [i, a] : llvm::enumerate(axes)) {
    int64_t size = a.stride == 1 ? w.kernel[i] : w.reach(i);
    if (a.stride != 1)
      kernel = dilate(b, kernel, i + 2, w.dilations[i]);
    high[i + 2] = b.dim(a.taps * a.stride - size);
    split.append({a.taps, a.stride});
    permutation.push_back(4 + 2 * i);
    taps.push_back(3 + 2 * i);
    reversed.push_back(n + 2 + i);
    outputs *= a.stride;
  }
  permutation.push_back(2);
  permutation.append(taps);
  permutation.push_back(1);
  merged.push_back(outputs);
  for (const TransposedAxis &a : axes)
    merged.push_back(a.taps);
  merged.push_back(channels / groups);
  Tensor k = b.reshape(b.pad(kernel, low, high), ArrayRef<int64_t>(split));
  k = b.reverse(b.transpose(k, permutation), reversed);
  return b.reshape(k, ArrayRef<int64_t>(merged));
}

/// [n, q..., groups * phases... * channels] with the phases interleaved:
/// [n, q * phase..., groups * channels].
static Tensor interleave(TensorBuilder &b, Tensor y,
                         ArrayRef<TransposedAxis> axes, int64_t groups,
                         int64_t channels) {
  if (!y || llvm::all_of(axes, [](auto &a) { return a.stride == 1; }))
    return y;
  int64_t n = axes.size();
  Dims sizes = b.dims(y), split(sizes.begin(), sizes.end() - 1);
  Dims merged{sizes[0]};
  split.push_back(b.dim(groups));
  Ints permutation{0};
  for (auto [i, a] : llvm::enumerate(axes)) {
    split.push_back(b.dim(a.stride));
    permutation.append({int64_t(i) + 1, n + 2 + int64_t(i)});
    merged.push_back(b.sizes().mul(sizes[i + 1], b.dim(a.stride)));
  }
  permutation.push_back(n + 1);
  // What is innermost is to be more than one element.
  if (channels != 1) {
    split.push_back(b.dim(channels));
    permutation.push_back(2 * n + 2);
  }
  merged.push_back(b.dim(groups * channels));
  y = b.transpose(b.reshape(y, ArrayRef<Dim>(split)), permutation);
  return b.reshape(y, ArrayRef<Dim>(merged));
}

/// Padding may be negative: then the ends of x are cut off.
static Tensor cropNegative(TensorBuilder &b, Tensor x, Ints &pads) {
  int64_t n = pads.size() / 2;
  for (int64_t i = 0; x && i < n; ++i) {
    int64_t low = std::max<int64_t>(-pads[i], 0);
    int64_t high = std::max<int64_t>(-pads[n + i], 0);
    if (low + high == 0)
      continue;
    x = b.sliceAxis(x, i + 1, b.dim(low),
                    b.sizes().sub(b.dim(x, i + 1), b.dim(low + high)));
    pads[i] += low;
    pads[n + i] += high;
  }
  return x;
}

Tensor dlc::convTranspose(TensorBuilder &b, Tensor x, Tensor kernel,
                          Tensor bias, WindowSpec window,
                          ArrayRef<int64_t> outputPadding,
                          ArrayRef<int64_t> outputShape, int64_t groups) {
  if (!x || !kernel)
    return {};
  bool isOpen = ShapedType::isDynamicShape(x.shape().drop_front(2));
  if (!kernel.type().hasStaticShape() || (isOpen && !outputShape.empty()))
    return openConvTranspose(b, x, kernel, bias, window, outputPadding,
                             outputShape, groups);
  if (groups < 1 || kernel.shape()[0] % groups != 0)
    return b.error(Twine(kernel.shape()[0]) +
                   " input channels do not divide into " + Twine(groups) +
                   " groups");
  auto axes = planTransposed(b, x, window, outputPadding, outputShape);
  if (!axes)
    return {};
  double elements = double(kernel.shape()[0]) * double(kernel.shape()[1]);
  for (const TransposedAxis &a : *axes)
    elements *= double(a.taps) * double(a.stride);
  if (elements > kMaxKernelElements)
    return b.error("strides or dilations are too large for a transposed "
                   "convolution");
  Ints pads, dilations, ones(axes->size(), 1);
  for (const TransposedAxis &a : *axes) {
    pads.push_back(a.low);
    dilations.push_back(a.dilation);
  }
  for (const TransposedAxis &a : *axes)
    pads.push_back(a.high);
  Tensor input = cropNegative(b, b.channelsLast(x), pads);
  Tensor y = b.conv(input, phaseKernel(b, kernel, window, *axes, groups), ones,
                    dilations, pads, groups);
  y = interleave(b, y, *axes, groups, kernel.shape()[1]);
  for (auto [i, a] : llvm::enumerate(*axes))
    if (!a.whole)
      y = b.sliceAxis(y, i + 1, b.dim(a.crop), a.size);
  if (bias)
    y = y + bias;
  return b.channelsFirst(y);
}

//===----------------------------------------------------------------------===//
// Pooling
//===----------------------------------------------------------------------===//

/// The neutral element of max.
static Tensor lowest(TensorBuilder &b, Type type) {
  if (isa<FloatType>(type))
    return b.scalar(-std::numeric_limits<double>::infinity(), type);
  if (type.isUnsignedInteger())
    return b.scalar(int64_t(0), type);
  return b.scalar(llvm::minIntN(type.getIntOrFloatBitWidth()), type);
}

static Tensor plainPool(TensorBuilder &b, ReduceKind kind, Tensor x,
                        const WindowSpec &w) {
  return b.pool(kind, x, w.kernel, w.strides, w.dilations, w.pads);
}

/// Of one channel, which would leave all lanes of a vector but one without
/// work: along the columns, with what lies in a row as channels, and then,
/// transposed, along the rows.
static Tensor pool(TensorBuilder &b, ReduceKind kind, Tensor x,
                   const WindowSpec &w) {
  if (!x || x.shape().back() != 1 || w.spatial() != 2)
    return plainPool(b, kind, x, w);
  Tensor y = b.squeeze(x, {3});
  for (int64_t i = 0; y && i < 2; ++i) {
    Tensor columns =
        b.pool(kind, b.unsqueeze(y, {2}), {w.kernel[i], 1}, {w.strides[i], 1},
               {w.dilations[i], 1}, {w.pads[i], 0, w.pads[i + 2], 0});
    y = columns ? b.transposeLast(b.squeeze(columns, {2})) : Tensor();
  }
  return y ? b.unsqueeze(y, {3}) : Tensor();
}

Tensor dlc::maxPool(TensorBuilder &b, Tensor x, WindowSpec window) {
  if (!x)
    return {};
  Tensor input =
      resolvePadding(b, b.channelsLast(x), window, lowest(b, x.elementType()));
  return b.channelsFirst(pool(b, ReduceKind::max, input, window));
}

/// What lies before a dimension.
static Dim lowPadding(TensorBuilder &b, Dim size, const WindowSpec &w,
                      int64_t i) {
  if (w.autoPad == AutoPad::none)
    return b.dim(w.pads[i]);
  if (w.autoPad == AutoPad::valid)
    return b.dim(0);
  return samePads(b, size, w, i).first;
}

Tensor dlc::maxPoolIndices(TensorBuilder &b, Tensor x, WindowSpec w,
                           bool columnMajor) {
  Tensor y = maxPool(b, x, w); // for its sizes
  if (!y)
    return {};
  Dims shape = b.dims(x), sizes = b.dims(y), numbered = shape;
  int64_t rank = x.rank();
  if (columnMajor && rank >= 4)
    std::swap(numbered[rank - 1], numbered[rank - 2]);
  Tensor index = b.reshape(b.iota({b.product(shape)}, 0), numbered);
  if (columnMajor && rank >= 4)
    index = b.transposeLast(index);
  // One dimension after the other, the last one first: of equal elements the
  // first one stays. -1 stands for what is padding.
  Tensor value = x;
  for (int64_t axis = rank; axis-- > 2;) {
    Dim size = shape[axis];
    Tensor best, most, last = b.fromDim(size) - 1.0;
    Tensor start = b.iota({sizes[axis]}, 0) * double(w.strides[axis - 2]) -
                   b.fromDim(lowPadding(b, size, w, axis - 2));
    for (int64_t k = 0; k < w.kernel[axis - 2]; ++k) {
      Tensor at = start + double(k * w.dilations[axis - 2]);
      Tensor inside = b.and_(b.ge(at, 0.0), b.le(at, last));
      at = b.clamp(at, b.like(0, at), last);
      Ints behind = llvm::to_vector(llvm::seq<int64_t>(1, rank - axis));
      Tensor v = b.gather(value, at, axis), i = b.gather(index, at, axis);
      i = b.select(b.unsqueeze(inside, behind), i, b.like(-1, i));
      if (!best) {
        best = i;
        most = v;
        continue;
      }
      Tensor isBetter = b.or_(b.lt(best, 0.0), b.gt(v, most));
      isBetter = b.and_(b.ge(i, 0.0), isBetter);
      best = b.select(isBetter, i, best);
      most = b.select(isBetter, v, most);
    }
    index = best;
    value = most;
  }
  return index;
}

/// How many elements each window counts, as a factor for a channels-last x;
/// `more` is what ceil_mode has added to its ends.
static Tensor windowSizes(TensorBuilder &b, Tensor x, const WindowSpec &given,
                          ArrayRef<Dim> more, bool countPadding) {
  int64_t n = given.spatial();
  auto isZero = [](Dim d) { return staticDim(d) == 0; };
  bool padded = given.autoPad != AutoPad::none ||
                llvm::any_of(given.pads, [](int64_t p) { return p > 0; }) ||
                !llvm::all_of(more, isZero);
  bool whole = !given.ceilMode || given.autoPad != AutoPad::none;
  if (!padded || (countPadding && whole)) {
    int64_t all = 1;
    for (int64_t k : given.kernel)
      all *= k;
    return b.like(all, x);
  }
  Dims shape = b.dims(x);
  shape.front() = shape.back() = b.dim(1);
  WindowSpec w = given;
  if (!countPadding) {
    Tensor ones = resolvePadding(b, b.full(shape, b.like(1, x)), w, {});
    return plainPool(b, ReduceKind::sum, ones, w);
  }
  Dims low(n + 2, b.dim(0)), high = low;
  for (int64_t i = 0; i < n; ++i) {
    Dim pads = b.dim(given.pads[i] + given.pads[n + i]);
    shape[i + 1] = b.sizes().add(shape[i + 1], pads);
    high[i + 1] = more[i];
  }
  w.pads.assign(2 * n, 0);
  Tensor ones = b.pad(b.full(shape, b.like(1, x)), low, high);
  return plainPool(b, ReduceKind::sum, ones, w);
}

Tensor dlc::averagePool(TensorBuilder &b, Tensor x, WindowSpec window,
                        bool countPadding) {
  return inWideType(b, x, [&](Tensor v) {
    Tensor last = b.channelsLast(v);
    WindowSpec resolved = window;
    Dims more;
    Tensor input = resolvePadding(b, last, resolved, {}, &more);
    Tensor sum = pool(b, ReduceKind::sum, input, resolved);
    if (!sum)
      return sum;
    return b.channelsFirst(sum /
                           windowSizes(b, last, window, more, countPadding));
  });
}

Tensor dlc::normPool(TensorBuilder &b, Tensor x, WindowSpec window, double p) {
  return inWideType(b, x, [&](Tensor v) {
    Tensor power = p == 1   ? b.abs(v)
                   : p == 2 ? b.square(v)
                            : b.pow(b.abs(v), p);
    Tensor input = resolvePadding(b, b.channelsLast(power), window, {});
    Tensor sum = b.channelsFirst(pool(b, ReduceKind::sum, input, window));
    return p == 1 ? sum : p == 2 ? b.sqrt(sum) : b.pow(sum, 1 / p);
  });
}
