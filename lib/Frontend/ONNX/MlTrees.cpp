//===- MlTrees.cpp - ai.onnx.ml: ensembles of trees -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Frontend/ONNX/MlForest.h"
#include "Frontend/ONNX/Ops.h"

using namespace mlir;
using namespace dlc;
using namespace dlc::onnx;

/// Adds base values, one for all or one for each target.
static Tensor withBase(TensorBuilder &b, NodeArgs &n, Tensor scores,
                       int64_t targets) {
  auto base = realList(n, "base_values");
  if (!scores || !base || base->empty())
    return scores;
  int64_t size = base->size();
  if (size != targets)
    return n.error("attribute 'base_values' has " + Twine(size) +
                   " entries, expected " + Twine(targets));
  return scores + floats(b, *base, {size}, scores.elementType());
}

static int64_t targetCount(NodeArgs &n) {
  int64_t targets = n.integer("n_targets", 1);
  if (targets < 1 || targets > INT32_MAX)
    n.error("attribute 'n_targets' is " + Twine(targets) +
            ", expected at least 1");
  return targets;
}

static Tensors treeEnsembleRegressor(TensorBuilder &b, NodeArgs &n) {
  int64_t targets = targetCount(n);
  auto transform = postTransform(n);
  auto aggregate = n.choice<Aggregate>("aggregate_function", "SUM",
                                       {{"AVERAGE", Aggregate::average},
                                        {"SUM", Aggregate::sum},
                                        {"MIN", Aggregate::min},
                                        {"MAX", Aggregate::max}});
  if (!aggregate)
    return Tensor();
  Tensor x = features(b, n);
  if (!x || !transform || n.failed())
    return Tensor();
  std::optional<Forest> forest = readForest(n, "target", targets);
  if (!forest)
    return Tensor();
  Tensor y = leafWeights(b, n, *forest, x, targets, *aggregate);
  y = b.cast(withBase(b, n, y, targets), b.f32());
  return transformed(b, y, *transform);
}

static Tensors treeEnsemble(TensorBuilder &b, NodeArgs &n) {
  int64_t targets = targetCount(n);
  int64_t aggregate = n.integer("aggregate_function", 1);
  int64_t transform = n.integer("post_transform", 0);
  if (aggregate < 0 || aggregate > 3 || transform < 0 || transform > 4)
    return n.error("attributes 'aggregate_function' and 'post_transform' must "
                   "be at most 3 and 4");
  Tensor input = n.input(0, "X"), x = features(b, n);
  if (!x || n.failed())
    return Tensor();
  std::optional<Forest> forest = readForest5(n, targets);
  if (!forest)
    return Tensor();
  Tensor y = leafWeights(b, n, *forest, x, targets, Aggregate(aggregate));
  y = transformed(b, y, PostTransform(transform));
  return b.cast(y, input.elementType());
}

/// Both classes from the score of one: ONNX Runtime's reading of a case on
/// which the standard is silent.
static Tensors oneScore(TensorBuilder &b, const Forest &f, Tensor score,
                        const ClassLabels &labels, PostTransform transform) {
  bool positive = llvm::all_of(
      f.weights, [](const Forest::Weight &w) { return w.value >= 0; });
  Tensor second = b.gt(b.squeeze(score, {1}), positive ? 0.5 : 0.0);
  bool complement = positive && transform != PostTransform::logistic;
  return Tensors{labelsAt(b, labels, b.cast(second, b.i64())),
                 twoClasses(b, score, transform, complement)};
}

static Tensors treeEnsembleClassifier(TensorBuilder &b, NodeArgs &n) {
  auto transform = postTransform(n);
  auto labels = classLabels(n, "classlabels_int64s");
  Tensor x = features(b, n);
  if (!x || !transform || !labels || n.failed())
    return Tensor();
  int64_t classes = labels->size();
  if (classes < 2)
    return n.error("has " + Twine(classes) +
                   " class labels, expected at least 2");
  std::optional<Forest> forest = readForest(n, "class", classes);
  if (!forest)
    return Tensor();
  bool onlyFirst = classes == 2 &&
                   llvm::all_of(forest->weights, [](const Forest::Weight &w) {
                     return w.target == 0;
                   });
  int64_t targets = onlyFirst ? 1 : classes;
  Tensor scores = leafWeights(b, n, *forest, x, targets, Aggregate::sum);
  scores = b.cast(withBase(b, n, scores, targets), b.f32());
  if (!scores)
    return scores;
  if (onlyFirst)
    return oneScore(b, *forest, scores, *labels, *transform);
  Tensor best = b.argReduce(ReduceKind::max, scores, 1);
  return Tensors{labelsAt(b, *labels, best),
                 transformed(b, scores, *transform)};
}

ArrayRef<OpRow> dlc::onnx::mlTreeOps() {
  static const OpRow rows[] = {
      {"TreeEnsemble", 5, treeEnsemble},
      {"TreeEnsembleClassifier", 1, treeEnsembleClassifier, {1, 1}, {2, 2}},
      {"TreeEnsembleRegressor", 1, treeEnsembleRegressor},
  };
  return rows;
}
