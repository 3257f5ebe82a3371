//===- CompositesOpenWindow.cpp - kernels of unknown sizes ------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// dlc.conv wants a kernel of known sizes. A convolution by any other brings the
// elements under each window together and is a matrix product.

#include "Frontend/Common/Composites.h"

using namespace mlir;
using namespace dlc;

/// What lies under each window of x [n, c, spatial...], without any padding:
/// [n, c, window..., results...].
static Tensor windows(TensorBuilder &b, Tensor x, ArrayRef<Dim> window,
                      const WindowSpec &w) {
  ShapeAlgebra s = b.sizes();
  int64_t n = w.spatial();
  Ints permutation{0, 1}, results;
  for (int64_t i = 0; x && i < n; ++i) {
    int64_t axis = 2 + 2 * i, stride = w.strides[i], dilation = w.dilations[i];
    Dim reach = s.mul(s.sub(window[i], b.dim(1)), b.dim(dilation));
    Dim room = s.sub(b.dim(x, axis), s.add(reach, b.dim(1)));
    Dim count = s.max(s.add(s.floorDiv(room, stride), b.dim(1)), b.dim(0));
    Tensor at = b.iota({count, b.dim(1)}, 0) * double(stride) +
                b.iota({b.dim(1), window[i]}, 1) * double(dilation);
    x = b.gather(x, at, axis);
    permutation.push_back(axis + 1);
    results.push_back(axis);
  }
  permutation.append(results);
  return b.transpose(x, permutation);
}

Tensor dlc::openConv(TensorBuilder &b, Tensor x, Tensor kernel, Tensor bias,
                     const WindowSpec &window, Dim groups) {
  if (!x || !kernel)
    return {};
  ShapeAlgebra s = b.sizes();
  int64_t n = window.spatial();
  Dims sizes = b.dims(kernel), low(n + 2, b.dim(0)), high = low;
  ArrayRef<Dim> taps = ArrayRef(sizes).drop_front(2);
  for (int64_t i = 0; i < n; ++i) {
    low[i + 2] = b.dim(window.pads[i]);
    high[i + 2] = b.dim(window.pads[n + i]);
    Dim reach = s.add(
        s.mul(s.sub(taps[i], b.dim(1)), b.dim(window.dilations[i])), b.dim(1));
    if (window.autoPad == AutoPad::valid)
      low[i + 2] = high[i + 2] = b.dim(0);
    else if (window.autoPad != AutoPad::none)
      std::tie(low[i + 2], high[i + 2]) = samePadding(
          b, b.dim(x, i + 2), reach, window.strides[i], window.autoPad);
  }
  x = windows(b, b.pad(x, low, high), taps, window);
  if (!x)
    return {};
  // [n, groups, channels of one * window, results] and [groups, ..., the same].
  Dims all = b.dims(x), result{all[0], sizes[0]};
  llvm::append_range(result, ArrayRef(all).drop_front(n + 2));
  Dim under = s.mul(sizes[1], b.product(taps)),
      places = b.product(ArrayRef(all).drop_front(n + 2));
  Dim each = b.quotient({sizes[0]}, {s.max(groups, b.dim(1))});
  b.require(all[1], s.mul(sizes[1], groups),
            "the input has % channels where the kernel takes %");
  Tensor y = b.matmul(b.reshape(kernel, Dims{b.dim(1), groups, each, under}),
                      b.reshape(x, Dims{all[0], groups, under, places}));
  y = b.reshape(y, result);
  return bias ? y + perChannel(b, bias, n) : y;
}

/// Zeros between the elements of the spatial dimensions of x.
static Tensor spread(TensorBuilder &b, Tensor x, ArrayRef<int64_t> strides) {
  ShapeAlgebra s = b.sizes();
  for (auto [i, stride] : llvm::enumerate(strides)) {
    if (!x || stride == 1)
      continue;
    int64_t axis = i + 2, rank = x.rank();
    Dim size = b.dim(x, axis);
    Dims low(rank + 1, b.dim(0)), high = low;
    high[axis + 1] = b.dim(stride - 1);
    x = b.flatten(b.pad(b.unsqueeze(x, axis + 1), low, high), axis, axis + 2);
    x = b.sliceAxis(
        x, axis, b.dim(0),
        s.add(s.mul(s.sub(size, b.dim(1)), b.dim(stride)), b.dim(1)));
  }
  return x;
}

/// [c, oc / groups, ...] as [oc, c / groups, ...], backwards.
static Tensor turned(TensorBuilder &b, Tensor kernel, int64_t groups) {
  Dims split = b.dims(kernel), merged = split;
  Dim channels = b.quotient({split[0]}, {b.dim(groups)});
  split[0] = channels;
  split.insert(split.begin(), b.dim(groups));
  merged[0] = b.sizes().mul(merged[1], b.dim(groups));
  merged[1] = channels;
  Tensor k = b.reverse(kernel, axesFrom(kernel, 2));
  k = b.moveAxis(b.reshape(k, ArrayRef<Dim>(split)), 1, 2);
  return b.reshape(k, ArrayRef<Dim>(merged));
}

Tensor dlc::openConvTranspose(TensorBuilder &b, Tensor x, Tensor kernel,
                              Tensor bias, const WindowSpec &window,
                              ArrayRef<int64_t> outputPadding,
                              ArrayRef<int64_t> outputShape, int64_t groups) {
  if (!x || !kernel)
    return {};
  ShapeAlgebra s = b.sizes();
  int64_t n = window.spatial();
  Dims low(n + 2, b.dim(0)), high = low;
  bool isUpper = window.autoPad == AutoPad::sameUpper,
       isSame = isUpper || window.autoPad == AutoPad::sameLower,
       isValid = window.autoPad == AutoPad::valid;
  for (int64_t i = 0; i < n; ++i) {
    Dim stride = b.dim(window.strides[i]), size = b.dim(x, i + 2),
        one = b.dim(1);
    // From the window's first element to its last one.
    Dim reach =
        s.mul(s.sub(b.dim(kernel, i + 2), one), b.dim(window.dilations[i]));
    Dim spreadSize = s.add(s.mul(s.sub(size, one), stride), one);
    Dim full = s.add(spreadSize, s.add(reach, b.dim(outputPadding[i])));
    Dim before = b.dim(isValid ? 0 : window.pads[i]), out;
    if (outputShape.empty() && !isSame) {
      out = s.sub(full, before);
      out = s.sub(out, b.dim(isValid ? 0 : window.pads[n + i]));
    } else {
      out = outputShape.empty() ? s.mul(size, stride) : b.dim(outputShape[i]);
      Dim total = s.max(s.sub(full, out), b.dim(0));
      Dim half = s.floorDiv(total, 2);
      before = isUpper ? half : s.sub(total, half);
    }
    low[i + 2] = s.sub(reach, before);
    high[i + 2] = s.sub(s.add(out, before), spreadSize);
  }
  WindowSpec plain = window;
  plain.strides.assign(n, 1);
  plain.pads.assign(2 * n, 0);
  plain.autoPad = AutoPad::none;
  x = b.pad(spread(b, x, window.strides), low, high);
  return openConv(b, x, turned(b, kernel, groups), bias, plain, b.dim(groups));
}
