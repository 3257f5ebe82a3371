//===- Experimental.cpp - operators of the first versions alone -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// The standard has dropped them, ONNX Runtime has not: converters of other
// formats have written them.

#include "Frontend/Common/Composites.h"
#include "Frontend/ONNX/Activations.h"
#include "Frontend/ONNX/Ops.h"

using namespace mlir;
using namespace dlc;

static Tensors parametricSoftplus(TensorBuilder &b, NodeArgs &n) {
  double alpha = n.real("alpha", 1);
  return onnx::softplus(b, n.input(0, "X") * n.real("beta", 1)) * alpha;
}

/// Whether input 0 is images, [n, c, h, w].
static bool hasImages(NodeArgs &n, Tensor x) {
  if (x && x.rank() != 4)
    n.error("input has rank " + Twine(x.rank()) + ", expected 4");
  return x && x.rank() == 4;
}

static Tensors imageScaler(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "input");
  double scale = n.real("scale", 1);
  std::optional<SmallVector<double>> bias = n.reals("bias");
  if (!hasImages(n, x))
    return Tensor();
  Tensor y = x * scale;
  if (!bias)
    return y;
  SmallVector<Tensor> each;
  for (double value : *bias)
    each.push_back(b.reshape(b.like(value, x), ArrayRef<int64_t>{1, 1, 1}));
  return each.empty() ? y : y + b.concat(each, 0);
}

/// `border` is what is cut off: left, top, right, bottom; a `scale` (height,
/// width) takes the place of the latter two.
static Tensors crop(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "input");
  Ints border = n.integers("border").value_or(Ints());
  Ints scale = n.integers("scale").value_or(Ints());
  if (!hasImages(n, x))
    return Tensor();
  auto isSize = [](int64_t v) { return v >= 0 && v <= INT32_MAX; };
  if (border.size() != 4 || (!scale.empty() && scale.size() != 2) ||
      !llvm::all_of(border, isSize) || !llvm::all_of(scale, isSize))
    return n.error(
        "attributes 'border' and 'scale' must be four and two sizes");
  for (int64_t i : {0, 1}) {
    int64_t size = x.shape()[2 + i], low = border[1 - i], high = border[3 - i];
    if (ShapedType::isDynamic(size))
      return n.error("the sizes of the images must be known at compile time");
    int64_t kept = scale.empty() ? size - low - high : scale[i];
    if (kept < 0 || low + kept > size)
      return n.error("the part that is left is out of bounds");
    x = b.sliceAxis(x, 2 + i, b.dim(low), b.dim(kept));
  }
  return x;
}

ArrayRef<OpRow> dlc::onnx::experimentalOps() {
  static const OpRow rows[] = {
      {"Affine", 1, onnx::activation},
      {"ScaledTanh", 1, onnx::activation},
      {"ParametricSoftplus", 1, parametricSoftplus},
      {"ImageScaler", 1, imageScaler},
      {"Crop", 1, crop},
  };
  return rows;
}
