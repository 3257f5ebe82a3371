//===- Normalization.cpp - softmax and normalisation ------------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Frontend/Common/Composites.h"
#include "Frontend/ONNX/Ops.h"

using namespace mlir;
using namespace dlc;

//===----------------------------------------------------------------------===//
// Softmax
//===----------------------------------------------------------------------===//

/// Since version 13 along one axis, before it over all from `axis` on.
static Ints softmaxAxes(NodeArgs &n, Tensor x) {
  bool one = n.version() >= 13;
  int64_t axis = n.axis("axis", one ? -1 : 1, x.rank());
  return one ? Ints{axis} : axesFrom(x, axis);
}

static Tensors softmaxOp(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "input");
  return x ? softmax(b, x, softmaxAxes(n, x)) : Tensor();
}

static Tensors logSoftmaxOp(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "input");
  return x ? logSoftmax(b, x, softmaxAxes(n, x)) : Tensor();
}

static Tensors hardmaxOp(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "input");
  if (!x)
    return Tensor();
  Ints axes = softmaxAxes(n, x);
  if (axes.size() == 1)
    return hardmax(b, x, axes.front());
  Dims shape = b.dims(x);
  Tensor flat = b.flatten(x, axes.front(), x.rank());
  return b.reshape(hardmax(b, flat, axes.front()), ArrayRef<Dim>(shape));
}

//===----------------------------------------------------------------------===//
// Normalisation
//===----------------------------------------------------------------------===//

/// Reports an input of a rank below `rank`.
static bool hasRank(NodeArgs &n, Tensor x, int64_t rank) {
  if (!x)
    return false;
  if (x.rank() >= rank)
    return true;
  n.error("input has rank " + Twine(x.rank()) + ", expected at least " +
          Twine(rank));
  return false;
}

/// Whether the statistics are those of the batch: before version 14 where the
/// outputs that hold them are used.
static bool isTraining(NodeArgs &n) {
  if (n.version() >= 14)
    return n.flag("training_mode", false);
  bool isTest = n.version() < 7 && n.flag("is_test", false);
  bool wantsMore = false;
  for (size_t i = 1; i < n.numOutputs(); ++i)
    wantsMore |= n.wants(i);
  return wantsMore && !isTest;
}

/// The result, then the running mean and variance, then those of the batch.
static Tensors trainBatchNorm(TensorBuilder &b, Tensor x, Affine affine,
                              Tensor mean, Tensor variance, double epsilon,
                              double momentum) {
  Ints axes = axesFrom(x, 1);
  axes.front() = 0; // all but the channels
  Tensor v = b.cast(x, wideType(x.elementType()));
  Tensor wideMean = b.mean(v, axes, /*keepDims=*/true);
  Tensor now = b.squeeze(wideMean, axes);
  Tensor spread = b.mean(b.square(v - wideMean), axes);
  auto running = [&](Tensor old, Tensor value) {
    Tensor next =
        b.cast(old, v.elementType()) * momentum + value * (1.0 - momentum);
    return b.cast(next, old.elementType());
  };
  return {batchNorm(b, x, affine, now, spread, epsilon), running(mean, now),
          running(variance, spread), b.cast(now, mean.elementType()),
          b.cast(spread, variance.elementType())};
}

static Tensors batchNormalization(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "X");
  Affine affine{n.input(1, "scale"), n.input(2, "B")};
  Tensor mean = n.input(3, "input_mean"), var = n.input(4, "input_var");
  double epsilon = n.real("epsilon", 1e-5), momentum = n.real("momentum", 0.9);
  bool training = isTraining(n);
  bool spatial = n.version() >= 9 || n.flag("spatial", true);
  if (!hasRank(n, x, 2) || n.failed())
    return Tensor();
  Tensor flat = x;
  if (!spatial) { // each element of a sample is a channel
    for (Tensor *t : {&affine.scale, &affine.bias, &mean, &var})
      *t = b.flatten(*t, 0, t->rank());
    flat = b.flatten(x, 1, x.rank());
  }
  Tensors results =
      training ? trainBatchNorm(b, flat, affine, mean, var, epsilon, momentum)
               : batchNorm(b, flat, affine, mean, var, epsilon);
  if (!spatial) {
    results.front() = b.reshape(results.front(), ArrayRef<Dim>(b.dims(x)));
    for (Tensor &t : MutableArrayRef<Tensor>(results).drop_front())
      t = b.reshape(t, ArrayRef<Dim>(b.dims(x)).drop_front());
  }
  if (!training)
    results.resize(n.numOutputs());
  return results;
}

static Tensors instanceNormalization(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "input");
  Affine affine{n.input(1, "scale"), n.input(2, "B")};
  double epsilon = n.real("epsilon", 1e-5);
  return hasRank(n, x, 3) ? instanceNorm(b, x, affine, epsilon) : Tensor();
}

static Tensors groupNormalization(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "X");
  Affine affine{n.input(1, "scale"), n.input(2, "bias")};
  double epsilon = n.real("epsilon", 1e-5);
  int64_t groups = n.integer("num_groups");
  n.ignore("stash_type"); // always the wide type
  if (!hasRank(n, x, 2))
    return Tensor();
  int64_t channels = x.shape()[1];
  if (groups < 1 ||
      (!ShapedType::isDynamic(channels) && channels % groups != 0))
    return n.error(Twine(channels) + " channels do not divide into " +
                   Twine(groups) + " groups");
  return groupNorm(b, x, groups, affine, n.version() < 21, epsilon);
}

static Tensors layerNormalization(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "X");
  Affine affine{n.input(1, "Scale"), n.has(2) ? n.input(2, "B") : Tensor()};
  double epsilon = n.real("epsilon", 1e-5);
  int64_t code = n.integer("stash_type", 1);
  Type stash = onnx::elementType(b.context(), code);
  if (!stash || !isa<FloatType>(stash))
    return n.error("attribute 'stash_type' is " + Twine(code) +
                   ", which is no float type");
  if (!x)
    return Tensor();
  int64_t axis = n.axis("axis", -1, x.rank());
  LayerNorm r = layerNorm(b, x, axesFrom(x, axis), affine, epsilon);
  Tensors results{r.y};
  if (n.numOutputs() > 1)
    results.push_back(b.cast(r.mean, stash));
  if (n.numOutputs() > 2)
    results.push_back(b.cast(r.invStdDev, stash));
  return results;
}

static Tensors rmsNormalization(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "X"), scale = n.input(1, "scale");
  double epsilon = n.real("epsilon", 1e-5);
  n.ignore("stash_type"); // always the wide type
  if (!x)
    return Tensor();
  int64_t axis = n.axis("axis", -1, x.rank());
  return rmsNorm(b, x, axesFrom(x, axis), scale, epsilon);
}

static Tensors lpNormalization(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "input");
  int64_t p = n.integer("p", 2);
  if (p != 1 && p != 2)
    return n.error("attribute 'p' is " + Twine(p) + ", expected 1 or 2");
  if (!x)
    return Tensor();
  int64_t axis = n.axis("axis", -1, x.rank());
  return inWideType(b, x, [&](Tensor v) {
    Tensor length = norm(b, v, axis, p);
    // A vector of length 0 stays what it is.
    return v / b.select(b.eq(length, 0.0), b.like(1, v), length);
  });
}

static Tensors meanVarianceNormalization(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "X");
  if (!x)
    return Tensor();
  auto axes = n.axes(n.integers("axes").value_or(Ints{0, 2, 3}), x.rank());
  if (!axes)
    return Tensor();
  return inWideType(b, x, [&](Tensor v) {
    Tensor centred = v - b.mean(v, *axes, /*keepDims=*/true);
    Tensor variance = b.mean(b.square(centred), *axes, /*keepDims=*/true);
    return centred / (b.sqrt(variance) + 1e-9);
  });
}

static Tensors lrn(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "X");
  ResponseNorm norm{n.integer("size"), n.real("alpha", 1e-4),
                    n.real("beta", 0.75), n.real("bias", 1)};
  if (norm.size < 1 || norm.size > INT32_MAX)
    return n.error("attribute 'size' is " + Twine(norm.size) +
                   ", expected at least 1");
  return hasRank(n, x, 2) ? responseNorm(b, x, norm) : Tensor();
}

static Tensors geluOp(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "X");
  StringRef approximate = n.string("approximate", "none");
  if (approximate == "none")
    return gelu(b, x);
  if (approximate == "tanh")
    return geluTanh(b, x);
  return n.error("attribute 'approximate' is '" + approximate +
                 "', expected none or tanh");
}

ArrayRef<OpRow> dlc::onnx::normalizationOps() {
  static const OpRow rows[] = {
      {"Softmax", 1, softmaxOp},
      {"LogSoftmax", 1, logSoftmaxOp},
      {"Hardmax", 1, hardmaxOp},
      {"BatchNormalization", 1, batchNormalization, {5, 5}, {1, 5}},
      {"BatchNormalization", 14, batchNormalization, {5, 5}, {1, 3}},
      {"InstanceNormalization", 1, instanceNormalization, {3, 3}},
      {"GroupNormalization", 18, groupNormalization, {3, 3}},
      // ONNX Runtime writes the one of version 17 into models of any.
      {"LayerNormalization", 1, layerNormalization, {2, 3}, {1, 3}},
      {"RMSNormalization", 23, rmsNormalization, {2, 2}},
      {"LpNormalization", 1, lpNormalization},
      {"MeanVarianceNormalization", 9, meanVarianceNormalization},
      {"LRN", 1, lrn},
      {"Gelu", 20, geluOp},
  };
  return rows;
}
