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

/// Low and high padding that makes the result ceil(size / stride) long.
static std::pair<Dim, Dim> samePadding(TensorBuilder &b, Dim size,
                                       const WindowSpec &w, int64_t i) {
  ShapeAlgebra s = b.sizes();
  int64_t stride = w.strides[i], reach = w.reach(i);
  // At stride 1 it does not depend on the size.
  Dim total = b.dim(reach - 1);
  if (stride != 1) {
    Dim steps = s.floorDiv(s.add(size, b.dim(stride - 1)), stride);
    Dim covered = s.add(s.mul(steps, b.dim(stride)), b.dim(reach - stride));
    total = s.max(s.sub(covered, size), b.dim(0));
  }
  Dim less = s.floorDiv(total, 2), more = s.sub(total, less);
  return w.autoPad == AutoPad::sameUpper ? std::pair(less, more)
                                         : std::pair(more, less);
}

/// High padding under which floor division gives what ceil_mode asks for: a
/// last window that is cut off counts, unless it starts in the padding.
static std::optional<int64_t> ceilPadding(int64_t size, const WindowSpec &w,
                                          int64_t i) {
  int64_t low = w.pads[i], high = w.pads[w.spatial() + i];
  int64_t stride = w.strides[i], reach = w.reach(i);
  if (ShapedType::isDynamic(size)) {
    if (high + stride > reach)
      return std::nullopt;
    return high + stride - 1;
  }
  int64_t steps = llvm::divideCeilSigned(size + low + high - reach, stride) + 1;
  if ((steps - 1) * stride >= size + low)
    --steps;
  return (steps - 1) * stride + reach - size - low;
}

/// Makes all padding of a channels-last x explicit: as `pads` of the window
/// where it is known, else by padding x with `value`.
static Tensor resolvePadding(TensorBuilder &b, Tensor x, WindowSpec &w,
                             Tensor value) {
  if (!x)
    return {};
  int64_t n = w.spatial();
  if (w.autoPad == AutoPad::none) {
    for (int64_t i = 0; w.ceilMode && i < n; ++i) {
      std::optional<int64_t> high = ceilPadding(x.shape()[i + 1], w, i);
      if (!high)
        return b.error("ceil_mode with padding this wide needs a known size "
                       "of spatial dimension " +
                       Twine(i));
      w.pads[n + i] = *high;
    }
    return x;
  }
  w.pads.assign(2 * n, 0);
  if (w.autoPad == AutoPad::valid)
    return x;
  Dims lows(n + 2, b.dim(0)), highs(n + 2, b.dim(0));
  bool unknown = false;
  for (int64_t i = 0; i < n; ++i) {
    auto [low, high] = samePadding(b, b.dim(x, i + 1), w, i);
    if (ShapedType::isDynamic(staticDim(low)) ||
        ShapedType::isDynamic(staticDim(high))) {
      lows[i + 1] = low;
      highs[i + 1] = high;
      unknown = true;
      continue;
    }
    w.pads[i] = staticDim(low);
    w.pads[n + i] = staticDim(high);
  }
  return unknown ? b.pad(x, lows, highs, value) : x;
}

//===----------------------------------------------------------------------===//
// Convolution
//===----------------------------------------------------------------------===//

Tensor dlc::conv(TensorBuilder &b, Tensor x, Tensor kernel, Tensor bias,
                 WindowSpec window, int64_t groups) {
  Tensor input = resolvePadding(b, b.channelsLast(x), window, {});
  Tensor y = b.conv(input, b.channelsLast(kernel), window.strides,
                    window.dilations, window.pads, groups);
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
      if (!outputShape.empty()) {
        if (ShapedType::isDynamic(staticDim(size))) {
          b.error("an output shape needs a known size of spatial dimension " +
                  Twine(i));
          return std::nullopt;
        }
        tail = outputShape[i] - stride * (staticDim(size) - 1);
      }
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
  split.push_back(b.dim(channels));
  permutation.append({n + 1, 2 * n + 2});
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
  if (!kernel.type().hasStaticShape())
    return b.error("needs a kernel of known shape");
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

static Tensor pool(TensorBuilder &b, ReduceKind kind, Tensor x,
                   const WindowSpec &w) {
  return b.pool(kind, x, w.kernel, w.strides, w.dilations, w.pads);
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
  return samePadding(b, size, w, i).first;
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

/// How many elements each window counts, as a factor for a channels-last x.
static Tensor windowSizes(TensorBuilder &b, Tensor x, const WindowSpec &given,
                          const WindowSpec &resolved, bool countPadding) {
  int64_t n = given.spatial();
  bool padded = given.autoPad != AutoPad::none ||
                llvm::any_of(resolved.pads, [](int64_t p) { return p > 0; });
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
  if (countPadding)
    for (int64_t i = 0; i < n; ++i) {
      int64_t low = given.pads[i], high = given.pads[n + i];
      shape[i + 1] = b.sizes().add(shape[i + 1], b.dim(low + high));
      w.pads[i] = 0;
      w.pads[n + i] = resolved.pads[n + i] - high;
    }
  Tensor ones = b.full(shape, b.like(1, x));
  if (!countPadding)
    ones = resolvePadding(b, ones, w, {});
  return pool(b, ReduceKind::sum, ones, w);
}

Tensor dlc::averagePool(TensorBuilder &b, Tensor x, WindowSpec window,
                        bool countPadding) {
  return inWideType(b, x, [&](Tensor v) {
    Tensor last = b.channelsLast(v);
    WindowSpec resolved = window;
    Tensor input = resolvePadding(b, last, resolved, {});
    Tensor sum = pool(b, ReduceKind::sum, input, resolved);
    if (!sum)
      return sum;
    return b.channelsFirst(
        sum / windowSizes(b, last, window, resolved, countPadding));
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
