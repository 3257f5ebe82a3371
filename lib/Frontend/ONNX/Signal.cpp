//===- Signal.cpp - Fourier transforms and windows --------------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Frontend/Common/Composites.h"
#include "Frontend/Common/TensorDetail.h"
#include "Frontend/ONNX/Ops.h"
#include "Frontend/ONNX/RuntimeAxes.h"
#include <cmath>

using namespace mlir;
using namespace dlc;

//===----------------------------------------------------------------------===//
// DFT, STFT
//===----------------------------------------------------------------------===//

/// The parts of a signal whose last dimension holds one or two numbers, in f64:
/// the result is to be right to the last digit of an f32.
static std::optional<Complex> partsOf(TensorBuilder &b, NodeArgs &n, Tensor x) {
  if (!x)
    return std::nullopt;
  int64_t last = x.rank() - 1;
  if (last > 0 && x.type().isDynamicDim(last)) {
    // A part that is not there is as good as zeros.
    Dims low(x.rank(), b.dim(0)), high = low, shape = b.dims(x);
    high[last] = b.sizes().sub(b.dim(2), shape[last]);
    shape[last] = b.dim(2);
    x = b.reshape(b.pad(x, low, high), shape);
    if (!x)
      return std::nullopt;
  }
  int64_t parts = last < 1 ? 0 : x.shape()[last];
  if (!x.isFloat() || (parts != 1 && parts != 2)) {
    n.error("a tensor of type " + describe(x.type()) +
            " is no signal: its last dimension must hold one or two floats");
    return std::nullopt;
  }
  auto part = [&](int64_t i) {
    return b.cast(b.squeeze(b.sliceAxis(x, last, b.dim(i), b.dim(1)), last),
                  b.opBuilder().getF64Type());
  };
  return Complex{part(0), parts == 2 ? part(1) : Tensor()};
}

/// Both parts in a new last dimension.
static Tensor joined(TensorBuilder &b, Complex x, Type type) {
  if (!x.re)
    return {};
  Tensor im = x.im ? x.im : b.full(b.dims(x.re), b.like(0, x.re));
  int64_t last = x.re.rank();
  return b.cast(
      b.concat({b.unsqueeze(x.re, last), b.unsqueeze(im, last)}, last), type);
}

/// Cut off or followed by zeros.
static Tensor withLength(TensorBuilder &b, Tensor x, int64_t axis, Dim length) {
  if (!x || b.dim(x, axis) == length)
    return x;
  Dim kept = b.sizes().min(b.dim(x, axis), length);
  Dims low(x.rank(), b.dim(0)), high = low;
  high[axis] = b.sizes().sub(length, kept);
  return b.pad(b.sliceAxis(x, axis, b.dim(0), kept), low, high);
}

/// Up to half the transform's size.
static Tensor upToHalf(TensorBuilder &b, Tensor x, Dim n) {
  Dim half = b.sizes().add(b.sizes().floorDiv(n, 2), b.dim(1));
  return x ? b.sliceAxis(x, x.rank() - 1, b.dim(0), half) : x;
}

/// The spectrum of a real signal, from its first half: the other one is the
/// first one conjugated, backwards.
static Complex mirrored(TensorBuilder &b, Complex x, Dim n) {
  Tensor k = b.iota({n}, 0), size = b.fromDim(n);
  Tensor isFirst = b.le(k * 2.0, size);
  Tensor from = b.select(isFirst, k, size - k);
  int64_t last = x.re ? x.re.rank() - 1 : 0;
  Tensor re = b.gather(x.re, from, last);
  if (!x.im)
    return {re, {}};
  Tensor im = b.gather(x.im, from, last);
  return {re, b.select(isFirst, im, -im)};
}

namespace {
/// A tensor as [before, size, behind]: the axis may be one that only the
/// running model knows.
struct Split {
  Dim before, size, behind;
  SmallVector<Tensor> isAxis; ///< of each dimension; empty if `axis` is known
  int64_t axis;
};
} // namespace

/// Splits sizes at the axis; the tensor's last dimension is not among them.
static std::optional<Split> splitAt(TensorBuilder &b, NodeArgs &n,
                                    ArrayRef<Dim> dims) {
  int64_t rank = dims.size() + 1;
  std::optional<Ints> given = Ints{-2};
  if (n.version() < 20)
    given = Ints{n.integer("axis", 1)};
  else if (n.has(2))
    given = n.knownInts(2);
  if (given) {
    std::optional<Ints> axes = n.axes(*given, rank);
    if (!axes || axes->size() != 1 || axes->front() == rank - 1) {
      n.error("the axis must be one, and not the last one");
      return std::nullopt;
    }
    int64_t axis = axes->front();
    return Split{b.product(dims.take_front(axis)),
                 dims[axis],
                 b.product(dims.drop_front(axis + 1)),
                 {},
                 axis};
  }
  auto open = onnx::RuntimeAxes::get(b, n, n.input(2), rank);
  if (!open)
    return std::nullopt;
  Split s{{}, {}, {}, {}, 0};
  Tensor one = b.scalar(int64_t(1), b.i64());
  Tensor before = one, size = b.scalar(int64_t(0), b.i64()), behind = one;
  Tensor passed = b.scalar(int64_t(0), b.boolean());
  for (auto [i, d] : llvm::enumerate(dims)) {
    Tensor here = open->contains(i), value = b.fromDim(d);
    Tensor isBefore = b.not_(b.or_(here, passed));
    before = before * b.select(isBefore, value, one);
    behind = behind * b.select(passed, value, one);
    size = b.select(here, value, size);
    passed = b.or_(passed, here);
    s.isAxis.push_back(here);
  }
  s.before = b.index(before);
  s.size = b.index(size);
  s.behind = b.index(behind);
  return s.before && s.size && s.behind ? std::optional(s) : std::nullopt;
}

/// The sizes with another one for the axis.
static Dims withSize(TensorBuilder &b, ArrayRef<Dim> dims, const Split &s,
                     Dim size) {
  Dims result(dims);
  if (s.isAxis.empty())
    result[s.axis] = size;
  for (auto [d, here] : llvm::zip(result, s.isAxis))
    d = b.index(b.select(here, b.fromDim(size), b.fromDim(d)));
  return result;
}

static Tensors dft(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "input");
  bool inverse = n.flag("inverse", false), oneSided = n.flag("onesided", false);
  std::optional<Complex> parts = partsOf(b, n, x);
  if (!parts)
    return Tensor();
  Dims dims = b.dims(parts->re);
  std::optional<Split> split = splitAt(b, n, dims);
  if (!split)
    return Tensor();
  ShapeAlgebra s = b.sizes();
  bool toReal = inverse && oneSided;
  Dim length = split->size;
  if (toReal)
    length = s.mul(s.sub(length, b.dim(1)), b.dim(2));
  if (n.has(1))
    length = b.index(n.input(1));
  if (!length)
    return Tensor();
  if (isKnown(length) && staticDim(length) < 1)
    return n.error("the length of the transform must be positive");
  Dim half = s.add(s.floorDiv(length, 2), b.dim(1));
  auto arranged = [&](Tensor t) {
    if (!t)
      return t;
    t = b.reshape(t, Dims{split->before, split->size, split->behind});
    return withLength(b, b.transposeLast(t), 2, toReal ? half : length);
  };
  Complex y{arranged(parts->re), arranged(parts->im)};
  y = fourier(b, toReal ? mirrored(b, y, length) : y, length, inverse);
  Dim taken = !inverse && oneSided ? half : length;
  Dims shape = withSize(b, dims, *split, taken);
  auto finished = [&](Tensor t) {
    if (!t)
      return t;
    t = b.sliceAxis(t, 2, b.dim(0), taken);
    t = inverse ? t / sizeLike(b, length, t) : t;
    return b.reshape(b.transposeLast(t), shape);
  };
  y = {finished(y.re), finished(y.im)};
  if (!toReal)
    return joined(b, y, x.elementType());
  return b.cast(b.unsqueeze(y.re, x.rank() - 1), x.elementType());
}

static Tensors stft(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "signal");
  bool oneSided = n.flag("onesided", true);
  Dim step = b.index(n.input(1, "frame_step")), length;
  // PyTorch's exporter and ONNX Runtime leave out a real signal's last one.
  if (x && x.rank() == 2)
    x = b.unsqueeze(x, {2});
  std::optional<Complex> parts = partsOf(b, n, x);
  if (!parts || !step)
    return Tensor();
  if (x.rank() != 3)
    return n.error("input 'signal' has rank " + Twine(x.rank()) +
                   ", expected 3");
  Tensor window = n.has(2) ? n.input(2, "window") : Tensor();
  if (window && window.rank() != 1)
    return n.error("input 'window' must be a vector");
  length = n.has(3) ? b.index(n.input(3))
           : window ? b.dim(window, 0)
                    : b.dim(x, 1);
  if (!length || (window && contradict(length, b.dim(window, 0))))
    return length ? n.error("the window is as long as a frame, or it is none")
                  : Tensor();
  for (Dim d : {step, length})
    if (isKnown(d) && staticDim(d) < 1)
      return n.error("the step and the length of a frame must be positive");
  // With no room for one there is none.
  Tensor every = b.fromDim(step);
  Tensor free = b.fromDim(b.dim(x, 1)) - b.fromDim(length);
  Tensor count = b.max((free + every) / every, 0.0);
  // A step that is not positive gives no size: an error of the run.
  Dim frames = b.index(b.select(b.gt(every, 0.0), count, b.like(-1, count)));
  if (!frames)
    return Tensor();
  Tensor at = b.iota({frames, b.dim(1)}, 0) * b.fromDim(step) +
              b.iota({b.dim(1), length}, 1);
  auto framed = [&](Tensor t) {
    t = t ? b.gather(t, at, 1) : t;
    return t && window ? t * b.cast(window, t.elementType()) : t;
  };
  Complex y = fourier(b, {framed(parts->re), framed(parts->im)}, length, false);
  if (oneSided)
    y = {upToHalf(b, y.re, length), upToHalf(b, y.im, length)};
  return joined(b, y, x.elementType());
}

//===----------------------------------------------------------------------===//
// Windows
//===----------------------------------------------------------------------===//

namespace {
/// A window that is a sum of cosines of whole frequencies.
struct CosineWindow {
  StringLiteral name;
  double factors[3];
};
} // namespace

static constexpr CosineWindow kWindows[] = {
    {"HannWindow", {0.5, -0.5, 0}},
    {"HammingWindow", {25.0 / 46, -21.0 / 46, 0}},
    {"BlackmanWindow", {0.42, -0.5, 0.08}},
};

/// The element type that `output_datatype` names.
static Type outputType(TensorBuilder &b, NodeArgs &n) {
  int64_t code = n.integer("output_datatype", 1);
  Type type = onnx::elementType(b.context(), code);
  if (!type)
    n.error("attribute 'output_datatype' has unknown type " + Twine(code));
  return type;
}

static Tensors cosineWindow(TensorBuilder &b, NodeArgs &n) {
  const CosineWindow *window = llvm::find_if(
      kWindows, [&](const CosineWindow &w) { return w.name == n.op(); });
  Dim size = b.index(n.input(0, "size"));
  bool periodic = n.flag("periodic", true);
  Type type = outputType(b, n);
  if (!size || !type)
    return Tensor();
  if (isKnown(size) && staticDim(size) < 0)
    return n.error("input 'size' is " + Twine(staticDim(size)));
  Tensor index = b.iota({size}, 0, b.opBuilder().getF64Type());
  Tensor period = sizeLike(b, size, index) - (periodic ? 0.0 : 1.0);
  Tensor angle = index * (2 * M_PI) / b.max(period, 1.0);
  Tensor sum = b.like(0, index);
  // The constant last: the sum of the others rounds as it does, to exactly 1 at
  // the peak, which is all that integers show.
  for (int64_t i = 2; i > 0; --i)
    if (window->factors[i] != 0)
      sum = sum + b.cos(angle * double(i)) * window->factors[i];
  return b.cast(sum + window->factors[0], type);
}

/// Triangles between neighbouring frequencies, evenly spaced on the mel scale.
static Tensors melWeightMatrix(TensorBuilder &b, NodeArgs &n) {
  Dim bins = b.index(n.input(0, "num_mel_bins")),
      length = b.index(n.input(1, "dft_length"));
  Type type = outputType(b, n), f64 = b.opBuilder().getF64Type();
  auto scalar = [&](size_t i, StringRef what) {
    Tensor t = b.cast(n.input(i, what), f64);
    return t ? b.reshape(t, ArrayRef<int64_t>()) : t;
  };
  Tensor rate = scalar(2, "sample_rate"), low = scalar(3, "lower_edge_hertz"),
         high = scalar(4, "upper_edge_hertz");
  if (!bins || !length || !type || !rate || !low || !high)
    return Tensor();
  for (Dim d : {bins, length})
    if (isKnown(d) && staticDim(d) < 1)
      return n.error("inputs 'num_mel_bins' and 'dft_length' must be positive");
  ShapeAlgebra s = b.sizes();
  auto mel = [&](Tensor hertz) {
    return b.log1p(hertz / 700.0) * (2595 / M_LN10);
  };
  Dim marks = s.add(bins, b.dim(2));
  Tensor step = (mel(high) - mel(low)) / sizeLike(b, marks, low);
  Tensor place = b.iota({marks}, 0, f64) * step + mel(low);
  Tensor hertz = b.expm1(place * (M_LN10 / 2595)) * 700.0;
  Tensor mark = b.floor(hertz * (sizeLike(b, length, low) + 1.0) / rate);
  auto from = [&](int64_t i) { return b.sliceAxis(mark, 0, b.dim(i), bins); };
  Tensor left = from(0), top = from(1), right = from(2);
  Dim rows = s.add(s.floorDiv(length, 2), b.dim(1));
  Tensor at = b.iota({rows, b.dim(1)}, 0, f64);
  // Where left and top are one, the slope is the top alone.
  Tensor rise = b.max(top - left, 1.0), fall = b.max(right - top, 1.0);
  Tensor isFlat = b.eq(top, left), zero = b.like(0, at);
  Tensor up = b.select(isFlat, b.like(1, at), (at - left) / rise);
  up = b.select(b.and_(b.ge(at, left), b.le(at, top)), up, zero);
  Tensor isDown = b.and_(b.ge(at, top), b.lt(at, right));
  return b.cast(b.select(isDown, (right - at) / fall, up), type);
}

ArrayRef<OpRow> dlc::onnx::signalOps() {
  static const OpRow rows[] = {
      {"DFT", 17, dft, {1, 2}},
      {"DFT", 20, dft, {1, 3}},
      {"STFT", 17, stft, {2, 4}},
      {"HannWindow", 17, cosineWindow},
      {"HammingWindow", 17, cosineWindow},
      {"BlackmanWindow", 17, cosineWindow},
      {"MelWeightMatrix", 17, melWeightMatrix, {5, 5}},
  };
  return rows;
}
