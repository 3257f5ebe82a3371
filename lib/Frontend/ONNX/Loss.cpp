//===- Loss.cpp - losses of classifiers -------------------------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Frontend/Common/Composites.h"
#include "Frontend/Common/TensorDetail.h"
#include "Frontend/ONNX/Ops.h"

using namespace mlir;
using namespace dlc;

namespace {
/// What both losses have besides their scores.
struct LossArgs {
  Tensor target; ///< i64
  Tensor weight; ///< [classes], or null
  std::optional<int64_t> ignored;
  StringRef reduction;
};
} // namespace

static std::optional<LossArgs> lossArgs(TensorBuilder &b, NodeArgs &n,
                                        Tensor scores) {
  LossArgs args{b.cast(n.input(1, "target"), b.i64()),
                n.has(2) ? n.input(2, "weight") : Tensor(),
                {},
                n.string("reduction", "mean")};
  if (n.hasAttr("ignore_index"))
    args.ignored = n.integer("ignore_index");
  if (!scores || !args.target || n.failed())
    return std::nullopt;
  if (!llvm::is_contained({"none", "mean", "sum"}, args.reduction))
    n.error("attribute 'reduction' is '" + args.reduction +
            "', expected none, mean or sum");
  if (!scores.isFloat())
    n.error("input 0 must be of a float type, not " +
            describe(scores.elementType()));
  bool fits = scores.rank() >= 2 && args.target.rank() == scores.rank() - 1;
  Dims rest = b.dims(scores);
  if (fits)
    rest.erase(rest.begin() + 1);
  for (auto [d, t] : llvm::zip(rest, b.dims(args.target)))
    fits &= !contradict(d, t);
  if (!fits)
    n.error("targets of shape " + describe(args.target.shape()) +
            " don't fit scores of shape " + describe(scores.shape()));
  if (args.weight &&
      (args.weight.rank() != 1 ||
       (fits && contradict(b.dim(args.weight, 0), b.dim(scores, 1)))))
    n.error("input 2 ('weight') must have one entry for each class");
  return n.failed() ? std::nullopt : std::optional(args);
}

/// The negated log probability of each target, weighted; in the type of
/// logProbs.
static Tensor pickLoss(TensorBuilder &b, Tensor logProbs,
                       const LossArgs &args) {
  Tensor target = args.target, counts;
  if (args.ignored) {
    Tensor ignored = b.scalar(*args.ignored, b.i64());
    counts = b.ne(target, ignored);
    target = b.select(counts, target, b.like(0, target));
  }
  Dims dims = b.dims(logProbs);
  Tensor at = b.elementOffsets(dims, b.unsqueeze(target, 1), 1);
  at = b.guard(b.squeeze(at, 1), target, dims[1]);
  Tensor loss = -b.gather(b.flatten(logProbs, 0, logProbs.rank()), at, 0);
  Tensor weight = b.like(1, loss);
  if (args.weight)
    weight = b.cast(b.gather(args.weight, target, 0), loss.elementType());
  if (counts) {
    // An infinite loss that is left out leaves no NaN.
    weight = b.select(counts, weight, b.like(0, loss));
    loss = b.select(counts, loss, b.like(0, loss));
  }
  Ints all = axesFrom(loss, 0);
  loss = loss * weight;
  if (args.reduction == "none")
    return loss;
  Tensor total = b.sum(loss, all);
  if (args.reduction == "sum")
    return total;
  weight = b.broadcastTo(weight, b.dims(args.target));
  return weight ? total / b.sum(weight, all) : weight;
}

static Tensors negativeLogLikelihood(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "input");
  std::optional<LossArgs> args = lossArgs(b, n, x);
  if (!args)
    return Tensor();
  return inWideType(b, x, [&](Tensor v) { return pickLoss(b, v, *args); });
}

static Tensors softmaxCrossEntropy(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "scores");
  std::optional<LossArgs> args = lossArgs(b, n, x);
  if (!args)
    return Tensor();
  Tensor logProbs = logSoftmax(b, b.cast(x, wideType(x.elementType())), {1});
  return {b.cast(pickLoss(b, logProbs, *args), x.elementType()),
          b.cast(logProbs, x.elementType())};
}

ArrayRef<OpRow> dlc::onnx::lossOps() {
  static const OpRow rows[] = {
      {"NegativeLogLikelihoodLoss", 12, negativeLogLikelihood, {2, 3}},
      {"SoftmaxCrossEntropyLoss", 12, softmaxCrossEntropy, {2, 3}, {1, 2}},
  };
  return rows;
}
