//===- MlArgs.cpp - what operators of ai.onnx.ml share -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Frontend/ONNX/MlArgs.h"

#include "Frontend/Common/Composites.h"
#include <numbers>

using namespace mlir;
using namespace dlc;

Tensor onnx::floats(TensorBuilder &b, ArrayRef<double> values,
                    ArrayRef<int64_t> shape, Type type) {
  auto tensor = RankedTensorType::get(shape, type);
  if (type.isF64())
    return b.constant(DenseElementsAttr::get(tensor, values));
  SmallVector<float> narrow(values.begin(), values.end());
  return b.constant(DenseElementsAttr::get(tensor, ArrayRef<float>(narrow)));
}

Tensor onnx::features(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "X");
  if (!x)
    return x;
  if (x.rank() != 1 && x.rank() != 2)
    return n.error("input 'X' has rank " + Twine(x.rank()) +
                   ", expected 1 or 2");
  if (x.rank() == 1)
    x = b.unsqueeze(x, {0});
  if (ShapedType::isDynamic(x.shape()[1]))
    return n.error("the number of features must be known at compile time");
  return b.cast(x, x.elementType().isF64() ? x.elementType() : b.f32());
}

//===----------------------------------------------------------------------===//
// Scores
//===----------------------------------------------------------------------===//

std::optional<onnx::PostTransform> onnx::postTransform(NodeArgs &n) {
  return n.choice<PostTransform>("post_transform", "NONE",
                                 {{"NONE", PostTransform::none},
                                  {"SOFTMAX", PostTransform::softmax},
                                  {"LOGISTIC", PostTransform::logistic},
                                  {"SOFTMAX_ZERO", PostTransform::softmaxZero},
                                  {"PROBIT", PostTransform::probit}});
}

/// A softmax to which zeros do not add.
static Tensor softmaxZero(TensorBuilder &b, Tensor x) {
  int64_t last = x.rank() - 1;
  Tensor top = b.reduce(ReduceKind::max, x, last, /*keepDims=*/true);
  Tensor counts = b.gt(b.abs(x), 1e-7);
  Tensor e = b.exp(x - top);
  Tensor sum = b.sum(b.select(counts, e, b.like(0, x)), last, true);
  return b.select(counts, e, x * b.exp(-top)) / sum;
}

/// The normal distribution's quantile, by Winitzki's approximation of the
/// inverse error function, as other implementations have it.
static Tensor probit(TensorBuilder &b, Tensor p) {
  Tensor x = p * 2.0 - 1.0;
  Tensor log = b.log((1.0 - x) * (x + 1.0));
  Tensor v = log * 0.5 + 2 / (std::numbers::pi * 0.147);
  Tensor root = b.sqrt(b.sqrt(v * v - log * (1 / 0.147)) - v);
  return b.select(b.lt(x, 0.0), -root, root) * std::numbers::sqrt2;
}

Tensor onnx::transformed(TensorBuilder &b, Tensor scores,
                         PostTransform transform) {
  if (!scores)
    return scores;
  switch (transform) {
  case PostTransform::none:
    return scores;
  case PostTransform::softmax:
    return softmax(b, scores, {scores.rank() - 1});
  case PostTransform::logistic:
    return b.sigmoid(scores);
  case PostTransform::softmaxZero:
    return softmaxZero(b, scores);
  case PostTransform::probit:
    return probit(b, scores);
  }
  llvm_unreachable("no post transform");
}

Tensor onnx::twoClasses(TensorBuilder &b, Tensor score, PostTransform transform,
                        bool complement) {
  Tensor both = b.concat({complement ? 1.0 - score : -score, score}, 1);
  bool applies = transform ==
                 (complement ? PostTransform::probit : PostTransform::logistic);
  return applies ? transformed(b, both, transform) : both;
}

//===----------------------------------------------------------------------===//
// Labels
//===----------------------------------------------------------------------===//

std::optional<onnx::ClassLabels> onnx::classLabels(NodeArgs &n,
                                                   StringRef ints) {
  Ints numbers = n.integers(ints).value_or(Ints());
  auto strings = n.strings("classlabels_strings");
  if (n.failed())
    return std::nullopt;
  // Writers leave an empty list beside the other one.
  if (strings && !strings->empty()) {
    if (numbers.empty())
      return ClassLabels{{}, *strings};
    n.error("has class labels of both kinds");
    return std::nullopt;
  }
  return ClassLabels{numbers, {}};
}

Tensor onnx::labelsAt(TensorBuilder &b, const ClassLabels &labels, Tensor at) {
  if (!labels.strings.empty())
    return b.gather(b.strings(labels.strings), at, 0);
  // Most models number their classes.
  bool counts = true;
  for (auto [i, label] : llvm::enumerate(labels.numbers))
    counts &= label == static_cast<int64_t>(i);
  return counts ? b.cast(at, b.i64()) : b.gather(b.ints(labels.numbers), at, 0);
}
