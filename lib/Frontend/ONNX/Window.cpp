//===- Window.cpp - convolution and pooling ---------------------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Frontend/Common/Composites.h"
#include "Frontend/Common/TensorDetail.h"
#include "Frontend/ONNX/Ops.h"
#include "Frontend/ONNX/WindowArgs.h"

using namespace mlir;
using namespace dlc;
using namespace dlc::onnx;

//===----------------------------------------------------------------------===//
// The attributes that all windows have
//===----------------------------------------------------------------------===//

Ints onnx::sizeList(NodeArgs &n, StringRef name, size_t count, int64_t low,
                    int64_t otherwise) {
  Ints list = n.integers(name).value_or(Ints(count, otherwise));
  if (list.size() != count) {
    n.error("attribute '" + name + "' has " + Twine(list.size()) +
            " entries, expected " + Twine(count));
    return Ints(count, otherwise);
  }
  for (int64_t v : list)
    if (v < low || v > INT32_MAX) {
      n.error("attribute '" + name + "' has entry " + Twine(v) +
              ", which is out of range");
      return Ints(count, otherwise);
    }
  return list;
}

static AutoPad autoPad(NodeArgs &n) {
  StringRef mode = n.string("auto_pad", "NOTSET");
  if (mode == "SAME_UPPER")
    return AutoPad::sameUpper;
  if (mode == "SAME_LOWER")
    return AutoPad::sameLower;
  if (mode == "VALID")
    return AutoPad::valid;
  if (mode != "NOTSET")
    n.error("attribute 'auto_pad' is '" + mode +
            "', expected NOTSET, SAME_UPPER, SAME_LOWER or VALID");
  return AutoPad::none;
}

std::optional<WindowSpec> onnx::window(NodeArgs &n, Tensor x,
                                       ArrayRef<int64_t> kernel) {
  if (x.rank() < 3) {
    n.error("input has rank " + Twine(x.rank()) + ", expected at least 3");
    return std::nullopt;
  }
  size_t spatial = x.rank() - 2;
  WindowSpec w;
  if (!kernel.empty() || n.hasAttr("kernel_shape"))
    w.kernel = sizeList(n, "kernel_shape", spatial, 1, 1);
  else
    n.error("attribute 'kernel_shape' is missing");
  if (!kernel.empty()) {
    if (n.hasAttr("kernel_shape") && ArrayRef(w.kernel) != kernel)
      n.error("attribute 'kernel_shape' contradicts the shape of the kernel");
    w.kernel.assign(kernel.begin(), kernel.end());
  }
  w.strides = sizeList(n, "strides", spatial, 1, 1);
  w.dilations = sizeList(n, "dilations", spatial, 1, 1);
  w.pads = sizeList(n, "pads", 2 * spatial, INT32_MIN, 0);
  w.autoPad = autoPad(n);
  w.ceilMode = n.flag("ceil_mode", false);
  return n.failed() ? std::nullopt : std::optional(w);
}

//===----------------------------------------------------------------------===//
// Convolution
//===----------------------------------------------------------------------===//

std::optional<WindowSpec> onnx::kernelWindow(TensorBuilder &b, NodeArgs &n,
                                             Tensor x, Tensor &w) {
  if (x.rank() != w.rank()) {
    n.error("input has rank " + Twine(x.rank()) + ", its kernel " +
            Twine(w.rank()));
    return std::nullopt;
  }
  if (llvm::any_of(w.shape(), [](int64_t d) {
        return !ShapedType::isDynamic(d) && (d < 1 || d > INT32_MAX);
      })) {
    n.error("kernel has a dimension of size 0 or out of range");
    return std::nullopt;
  }
  if (n.hasAttr("kernel_shape") && w.rank() > 2) {
    Ints sizes = sizeList(n, "kernel_shape", w.rank() - 2, 1, 1);
    for (auto [i, size] : llvm::enumerate(sizes))
      w = b.pin(w, i + 2, size,
                "the kernel has a dimension of % where 'kernel_shape' has %");
  }
  return window(n, x, w.shape().drop_front(2));
}

bool onnx::checkBias(TensorBuilder &b, NodeArgs &n, Tensor bias, Dim channels) {
  if (bias && bias.rank() == 1 && !contradict(b.dim(bias, 0), channels))
    b.require(b.dim(bias, 0), channels,
              "the bias has % elements for % channels");
  else if (bias)
    n.error("bias has shape other than [" + describe({channels}) + "]");
  return !n.failed();
}

int64_t onnx::groupCount(NodeArgs &n, StringRef name) {
  int64_t groups = n.integer(name, 1);
  if (groups < 1 || groups > INT32_MAX)
    n.error("attribute '" + name + "' is " + Twine(groups) +
            ", expected at least 1");
  return groups;
}

Tensor onnx::convolve(TensorBuilder &b, NodeArgs &n, Tensor x, Tensor w,
                      Tensor bias) {
  if (!x || !w)
    return {};
  std::optional<WindowSpec> spec = kernelWindow(b, n, x, w);
  int64_t groups = groupCount(n);
  if (!spec || n.failed() || !checkBias(b, n, bias, b.dim(w, 0)))
    return {};
  return conv(b, x, w, bias, *spec, b.dim(groups));
}

static Tensors convolution(TensorBuilder &b, NodeArgs &n) {
  return onnx::convolve(b, n, n.input(0, "X"), n.input(1, "W"),
                        n.has(2) ? n.input(2, "B") : Tensor());
}

/// Each channel of its own, over what came before: the state of the last call,
/// or zeros.
static Tensors causalConvolution(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "input"), w = n.input(1, "weight");
  Tensor bias = n.has(2) ? n.input(2, "bias") : Tensor();
  StringRef activation = n.string("activation", "none");
  if (!x || !w)
    return Tensor();
  if (!llvm::is_contained({"none", "silu", "swish"}, activation))
    return n.error("attribute 'activation' is '" + activation +
                   "', expected none, silu or swish");
  if (x.rank() != 3 || w.rank() != 3)
    return n.error("inputs 'input' and 'weight' must be of rank 3");
  std::optional<WindowSpec> spec = kernelWindow(b, n, x, w);
  Dim channels = b.dim(w, 0), before = b.sizes().sub(b.dim(w, 2), b.dim(1));
  if (!spec || !checkBias(b, n, bias, channels))
    return Tensor();
  Tensor past = n.has(3)
                    ? n.input(3, "past_state")
                    : b.full({b.dim(x, 0), b.dim(x, 1), before}, b.like(0, x));
  Tensor all = b.concat({past, x}, 2);
  Tensor y = conv(b, all, w, bias, *spec, channels);
  if (activation != "none")
    y = inWideType(b, y, [&](Tensor v) { return v * b.sigmoid(v); });
  if (!all)
    return Tensor();
  Dim start = b.sizes().sub(b.dim(all, 2), before);
  return {y, b.sliceAxis(all, 2, start, before)};
}

static Tensors transposedConvolution(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "X"), w = n.input(1, "W");
  Tensor bias = n.has(2) ? n.input(2, "B") : Tensor();
  if (!x || !w)
    return Tensor();
  std::optional<WindowSpec> spec = kernelWindow(b, n, x, w);
  int64_t groups = groupCount(n);
  if (!spec)
    return Tensor();
  Ints outputPadding = sizeList(n, "output_padding", spec->spatial(), 0, 0);
  Ints outputShape;
  if (std::optional<Ints> given = n.integers("output_shape")) {
    // Some exporters list the batch and the channels too.
    if (int64_t(given->size()) == x.rank())
      given->erase(given->begin(), given->begin() + 2);
    outputShape = *given;
  }
  if (!outputShape.empty() && int64_t(outputShape.size()) != spec->spatial())
    return n.error("attribute 'output_shape' has " + Twine(outputShape.size()) +
                   " entries, expected " + Twine(spec->spatial()));
  for (int64_t d : outputShape)
    if (d < 1 || d > INT32_MAX)
      return n.error("attribute 'output_shape' has entry " + Twine(d) +
                     ", which is out of range");
  if (n.failed() ||
      !checkBias(b, n, bias, b.sizes().mul(b.dim(w, 1), b.dim(groups))))
    return Tensor();
  return convTranspose(b, x, w, bias, *spec, outputPadding, outputShape,
                       groups);
}

//===----------------------------------------------------------------------===//
// Pooling
//===----------------------------------------------------------------------===//

static constexpr int64_t kMostIndexed = 128;

static Tensors maxPooling(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "X");
  bool columnMajor = n.version() >= 8 && n.flag("storage_order", false);
  if (!x)
    return Tensor();
  std::optional<WindowSpec> spec = window(n, x);
  if (!spec)
    return Tensor();
  Tensors results{maxPool(b, x, *spec)};
  // Each element of a window is code of its own.
  for (int64_t k : spec->kernel)
    if (n.wants(1) && k > kMostIndexed)
      return n.error("output 'Indices' of windows longer than " +
                     Twine(kMostIndexed) + " is not supported");
  if (n.numOutputs() > 1)
    results.push_back(n.wants(1) ? maxPoolIndices(b, x, *spec, columnMajor)
                                 : Tensor());
  return results;
}

static Tensors averagePooling(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "X");
  if (!x)
    return Tensor();
  bool countPadding = n.flag("count_include_pad", false);
  std::optional<WindowSpec> spec = window(n, x);
  return spec ? averagePool(b, x, *spec, countPadding) : Tensor();
}

static double positiveP(NodeArgs &n) {
  double p = n.version() < 2 ? n.real("p", 2) : n.integer("p", 2);
  if (!(p >= 1))
    n.error("attribute 'p' must be at least 1");
  return p;
}

static Tensors lpPooling(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "X");
  if (!x)
    return Tensor();
  double p = positiveP(n);
  std::optional<WindowSpec> spec = window(n, x);
  return spec ? normPool(b, x, *spec, p) : Tensor();
}

/// All spatial axes of an input; reports one that has none.
static std::optional<Ints> spatialAxes(NodeArgs &n, Tensor x) {
  if (!x)
    return std::nullopt;
  if (x.rank() < 3) {
    n.error("input has rank " + Twine(x.rank()) + ", expected at least 3");
    return std::nullopt;
  }
  return axesFrom(x, 2);
}

static Tensors globalAveragePool(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "X");
  auto axes = spatialAxes(n, x);
  if (!axes)
    return Tensor();
  return inWideType(
      b, x, [&](Tensor v) { return b.mean(v, *axes, /*keepDims=*/true); });
}

static Tensors globalMaxPool(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "X");
  auto axes = spatialAxes(n, x);
  return axes ? b.reduce(ReduceKind::max, x, *axes, /*keepDims=*/true)
              : Tensor();
}

static Tensors globalLpPool(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "X");
  double p = positiveP(n);
  auto axes = spatialAxes(n, x);
  return axes ? norm(b, x, *axes, p) : Tensor();
}

ArrayRef<OpRow> dlc::onnx::windowOps() {
  static const OpRow rows[] = {
      {"Conv", 1, convolution, {2, 3}},
      {"CausalConvWithState", 27, causalConvolution, {2, 4}, {1, 2}},
      {"ConvTranspose", 1, transposedConvolution, {2, 3}},
      {"MaxPool", 1, maxPooling, {1, 1}, {1, 2}},
      {"AveragePool", 1, averagePooling},
      {"LpPool", 1, lpPooling},
      {"GlobalAveragePool", 1, globalAveragePool},
      {"GlobalMaxPool", 1, globalMaxPool},
      {"GlobalLpPool", 1, globalLpPool},
  };
  return rows;
}
