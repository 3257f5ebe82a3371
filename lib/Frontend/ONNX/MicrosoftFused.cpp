//===- MicrosoftFused.cpp - com.microsoft: fused operators -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// What optimisers make of several operators of the standard.

#include "Frontend/Common/Composites.h"
#include "Frontend/Common/TensorDetail.h"
#include "Frontend/ONNX/Activations.h"
#include "Frontend/ONNX/Ops.h"
#include "Frontend/ONNX/WindowArgs.h"

using namespace mlir;
using namespace dlc;

static Tensor optional(NodeArgs &n, size_t i) {
  return n.has(i) ? n.input(i) : Tensor();
}

//===----------------------------------------------------------------------===//
// Activations
//===----------------------------------------------------------------------===//

static Tensors geluOp(TensorBuilder &b, NodeArgs &n) {
  return gelu(b, n.input(0, "X"));
}

static Tensors biasGelu(TensorBuilder &b, NodeArgs &n) {
  return gelu(b, n.input(0, "A") + n.input(1, "B"));
}

static Tensors fastGelu(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "X");
  return geluTanh(b, n.has(1) ? x + n.input(1, "bias") : x);
}

static Tensors quickGelu(TensorBuilder &b, NodeArgs &n) {
  double alpha = n.real("alpha", 1.702);
  return inWideType(b, n.input(0, "X"),
                    [&](Tensor x) { return x * b.sigmoid(x * alpha); });
}

//===----------------------------------------------------------------------===//
// Matrices
//===----------------------------------------------------------------------===//

/// With `batch` the first dimension becomes the last but one; then `last` swaps
/// the last two.
static Tensor transposed(TensorBuilder &b, NodeArgs &n, Tensor x, bool last,
                         bool batch) {
  if (batch && x && x.rank() < 3)
    return n.error("an operand of rank " + Twine(x.rank()) +
                   " has no batch to transpose");
  if (batch && x)
    x = b.moveAxis(x, 0, x.rank() - 2);
  // Vectors stay what they are.
  return last && x && x.rank() > 1 ? b.transposeLast(x) : x;
}

static Tensors fusedMatMul(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "A"), y = n.input(1, "B");
  double alpha = n.real("alpha", 1);
  bool transX = n.flag("transA", false), transY = n.flag("transB", false);
  bool batchX = n.flag("transBatchA", false),
       batchY = n.flag("transBatchB", false);
  Tensor product = b.matmul(transposed(b, n, x, transX, batchX),
                            transposed(b, n, y, transY, batchY));
  return alpha == 1 ? product : product * alpha;
}

/// Gauss and Jordan's, with the greatest pivot of each column.
static Tensors inverse(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "X");
  if (!x)
    return x;
  if (x.rank() < 2 || !x.isFloat())
    return n.error("input 'X' must be floats of rank 2 or more");
  Type type = x.elementType();
  Dims shape = b.dims(x);
  Dim size = shape.back();
  if (contradict(size, shape[x.rank() - 2]))
    return n.error("matrices of shape " + Twine(x.shape()[x.rank() - 2]) + "x" +
                   Twine(x.shape().back()) + " have no inverse");
  Dim batch = b.product(ArrayRef(shape).drop_back(2));
  Tensor start = b.reshape(b.cast(x, wideType(type)), {batch, size, size});
  Tensor row = b.iota({size, b.dim(1)}, 0, b.i64());
  Tensor unit = b.eq(row, b.iota({b.dim(1), size}, 1, b.i64()));
  Tensor identity =
      b.broadcastTo(b.cast(unit, start.elementType()), {batch, size, size});
  Tensor both = b.concat({start, identity}, 2);
  Dim width = b.sizes().add(size, size);
  Tensor base = b.iota({batch, b.dim(1)}, 0, b.i64()) * b.fromDim(size);
  auto step = [&](Dim i, ArrayRef<Tensor> state) -> Tensors {
    Tensor m = state[0], at = b.fromDim(i);
    Tensor column = b.sliceAxis(m, 2, i, b.dim(1));
    Tensor candidates =
        b.select(b.lt(row, at), b.like(-1, column), b.abs(column));
    Tensor pivot = b.argReduce(ReduceKind::max, candidates, 1); // [batch, 1]
    // The rows of the pivot and of this step change places.
    Tensor r = b.iota({b.dim(1), size}, 1, b.i64());
    Tensor from = b.select(b.eq(r, at), pivot, b.select(b.eq(r, pivot), at, r));
    Tensor rows = b.reshape(m, {b.sizes().mul(batch, size), width});
    m = b.gather(rows, base + from, 0);
    column = b.sliceAxis(m, 2, i, b.dim(1));
    Tensor chosen = b.sliceAxis(m, 1, i, b.dim(1));
    chosen = chosen / b.sliceAxis(chosen, 2, i, b.dim(1));
    return b.select(b.eq(row, at), chosen, m - column * chosen);
  };
  Tensor m = b.loop(b.dim(0), size, {both}, step)[0];
  return b.cast(b.reshape(b.sliceAxis(m, 2, size, size), ArrayRef<Dim>(shape)),
                type);
}

//===----------------------------------------------------------------------===//
// Activations of products
//===----------------------------------------------------------------------===//

/// The activation that an attribute names, with its parameters' defaults as
/// FusedGemm has them; null: reported, where there is one.
static const onnx::NamedActivation *fusedActivation(NodeArgs &n) {
  static const onnx::NamedActivation clip{
      "Clip",
      [](TensorBuilder &b, Tensor x, double low, double high) {
        return b.clamp(x, b.like(low, x), b.like(high, x));
      },
      1,
      0.5,
      true,
      true};
  static constexpr StringLiteral known[] = {
      "Relu",        "Tanh", "Sigmoid",  "LeakyRelu", "Clip",
      "HardSigmoid", "Elu",  "Softplus", "Softsign",  "ThresholdedRelu"};
  StringRef name = n.string("activation", "");
  if (llvm::is_contained(known, name))
    return name == "Clip" ? &clip : onnx::findActivation(name);
  if (!name.empty())
    n.error("activation '" + name + "' is not supported");
  return nullptr;
}

//===----------------------------------------------------------------------===//
// Convolution
//===----------------------------------------------------------------------===//

/// Its activation has its parameters in a list.
static Tensor activated(TensorBuilder &b, NodeArgs &n, Tensor x) {
  const onnx::NamedActivation *a = fusedActivation(n);
  SmallVector<double> params =
      n.reals("activation_params").value_or(SmallVector<double>());
  if (n.failed() || !x)
    return {};
  if (!a)
    return x;
  size_t needed = a->hasAlpha + a->hasBeta;
  if (params.size() < needed)
    return n.error("activation '" + a->name + "' needs " + Twine(needed) +
                   " parameters");
  params.resize(2);
  return a->build(b, x, params[0], params[1]);
}

static Tensors fusedConv(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "X"), z = optional(n, 3);
  Tensor y = onnx::convolve(b, n, x, n.input(1, "W"), optional(n, 2));
  return activated(b, n, z ? y + z : y);
}

static Tensors nhwcConv(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "X"), z = optional(n, 3);
  if (x && x.rank() < 3)
    return n.error("input has rank " + Twine(x.rank()) +
                   ", expected at least 3");
  Tensor y =
      onnx::convolve(b, n, b.channelsFirst(x), n.input(1, "W"), optional(n, 2));
  y = b.channelsLast(y);
  return activated(b, n, z ? y + z : y);
}

//===----------------------------------------------------------------------===//
// Gemm
//===----------------------------------------------------------------------===//

/// Its activation has its parameters in attributes of their names.
static Tensors fusedGemm(TensorBuilder &b, NodeArgs &n) {
  const onnx::NamedActivation *a = fusedActivation(n);
  double alpha = n.real("activation_alpha", a ? a->alpha : 1),
         beta = n.real("activation_beta", a ? a->beta : 0.5);
  n.ignore("activation_gamma"); // of what is not supported
  Tensors y = onnx::gemm(b, n);
  return a && y[0] ? a->build(b, y[0], alpha, beta) : y[0];
}

//===----------------------------------------------------------------------===//
// Distances
//===----------------------------------------------------------------------===//

/// Between each row of one matrix and each of another.
static Tensors distances(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "A"), y = n.input(1, "B");
  std::optional<bool> squared = n.choice<bool>(
      "metric", "sqeuclidean", {{"euclidean", false}, {"sqeuclidean", true}});
  if (!x || !y || !squared)
    return Tensor();
  if (x.rank() != 2 || y.rank() != 2)
    return n.error("inputs A and B have rank " + Twine(x.rank()) + " and " +
                   Twine(y.rank()) + ", expected 2");
  Tensor d = b.square(b.unsqueeze(x, {1}) - b.unsqueeze(y, {0}));
  d = b.sum(d, {2});
  return *squared ? d : b.sqrt(d);
}

//===----------------------------------------------------------------------===//
// Normalisation
//===----------------------------------------------------------------------===//

static bool hasDims(NodeArgs &n, Tensor x) {
  if (x && x.rank() == 0)
    n.error("a scalar has no dimension to normalise");
  return x && x.rank() > 0;
}

/// 1 / sqrt(mean(x^2) + epsilon).
static Tensor inverseRms(TensorBuilder &b, Tensor x, ArrayRef<int64_t> axes,
                         double epsilon) {
  x = b.cast(x, wideType(x.elementType()));
  return b.rsqrt(b.mean(b.square(x), axes, /*keepDims=*/true) + epsilon);
}

static Tensors simplifiedLayerNormalization(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "X"), scale = n.input(1, "scale");
  double epsilon = n.real("epsilon", 1e-5);
  n.ignore("stash_type"); // always the wide type
  if (!hasDims(n, x) || !scale)
    return Tensor();
  Ints axes = axesFrom(x, n.axis("axis", -1, x.rank()));
  Tensors results{rmsNorm(b, x, axes, scale, epsilon)};
  if (n.numOutputs() > 1)
    results.push_back(inverseRms(b, x, axes, epsilon));
  return results;
}

/// x + skip + bias, in the wide type.
static Tensor skipSum(TensorBuilder &b, Tensor x, Tensor skip, Tensor bias) {
  if (!x || !skip)
    return {};
  Type wide = wideType(x.elementType());
  Tensor sum = b.cast(x, wide) + b.cast(skip, wide);
  return bias ? sum + b.cast(bias, wide) : sum;
}

/// What SkipLayerNormalization gives beside its result.
static void addStatistics(TensorBuilder &b, NodeArgs &n, Tensors &results,
                          Tensor mean, Tensor invStdDev, Tensor sum) {
  Tensor others[] = {mean, invStdDev, sum};
  for (size_t i = 1; i < n.numOutputs(); ++i) {
    if (!others[i - 1] && n.wants(i))
      n.error("output " + Twine(i) + " is not given");
    results.push_back(others[i - 1]);
  }
}

static Tensors skipLayerNormalization(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "input"), gamma = n.input(2, "gamma");
  double epsilon = n.real("epsilon", 1e-12);
  if (!hasDims(n, x) || !gamma)
    return Tensor();
  Type type = x.elementType(), wide = wideType(type);
  Tensor sum = skipSum(b, x, n.input(1, "skip"), optional(n, 4));
  if (!sum)
    return sum;
  Affine affine{b.cast(gamma, wide), b.cast(optional(n, 3), wide)};
  LayerNorm r = layerNorm(b, sum, {sum.rank() - 1}, affine, epsilon);
  Tensors results{b.cast(r.y, type)};
  addStatistics(b, n, results, r.mean, r.invStdDev, b.cast(sum, type));
  return results;
}

static Tensors skipSimplifiedLayerNormalization(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "input"), gamma = n.input(2, "gamma");
  double epsilon = n.real("epsilon", 1e-12);
  if (!hasDims(n, x) || !gamma)
    return Tensor();
  Type type = x.elementType();
  Tensor sum = skipSum(b, x, n.input(1, "skip"), optional(n, 3));
  if (!sum)
    return sum;
  Ints axes{sum.rank() - 1};
  Tensor y = rmsNorm(b, sum, axes, b.cast(gamma, sum.elementType()), epsilon);
  Tensors results{b.cast(y, type)};
  addStatistics(b, n, results, Tensor(), inverseRms(b, sum, axes, epsilon),
                b.cast(sum, type));
  return results;
}

/// The rows of a table of embeddings.
static Tensor embedding(TensorBuilder &b, NodeArgs &n, Tensor table, Tensor ids,
                        StringRef what) {
  if (!table || !ids)
    return {};
  if (table.rank() != 2 || !isa<IntegerType>(ids.elementType()))
    return n.error("input '" + what + "' must be a matrix, its ids integers");
  return b.gather(table, ids, 0);
}

static Tensors embedLayerNormalization(TensorBuilder &b, NodeArgs &n) {
  Tensor ids = n.input(0, "input_ids");
  Tensor gamma = n.input(5, "gamma"), beta = n.input(6, "beta");
  double epsilon = n.real("epsilon", 1e-12);
  n.ignore("mask_index_type");
  if (!ids || ids.rank() != 2)
    return ids ? n.error("input 'input_ids' has rank " + Twine(ids.rank()) +
                         ", expected 2")
               : ids;
  Tensor sum =
      embedding(b, n, n.input(2, "word_embedding"), ids, "word_embedding");
  Tensor places = n.has(8) ? n.input(8, "position_ids")
                           : b.iota({b.dim(1), b.dim(ids, 1)}, 1, b.i64());
  sum = sum + embedding(b, n, n.input(3, "position_embedding"), places,
                        "position_embedding");
  if (n.has(1))
    sum = sum + embedding(b, n, n.input(4, "segment_embedding"), n.input(1),
                          "segment_embedding");
  if (!sum || !gamma || !beta)
    return Tensor();
  LayerNorm r = layerNorm(b, sum, {2}, {gamma, beta}, epsilon);
  Tensors results{r.y};
  if (n.numOutputs() > 1) {
    Type i32 = IntegerType::get(b.context(), 32);
    Tensor mask = optional(n, 7);
    results.push_back(mask
                          ? b.sum(b.cast(mask, i32), {1})
                          : b.full({b.dim(ids, 0)}, b.scalar(int64_t(0), i32)));
  }
  if (n.numOutputs() > 2)
    results.push_back(sum);
  return results;
}

ArrayRef<OpRow> dlc::onnx::microsoftFusedOps() {
  static const OpRow rows[] = {
      {"Gelu", 1, geluOp},
      {"BiasGelu", 1, biasGelu, {2, 2}},
      {"FastGelu", 1, fastGelu, {1, 2}},
      {"QuickGelu", 1, quickGelu},
      {"FusedMatMul", 1, fusedMatMul, {2, 2}},
      {"TransposeMatMul", 1, fusedMatMul, {2, 2}},
      {"Inverse", 1, inverse},
      {"Trilu", 1, trilu, {1, 2}},
      {"Range", 1, range, {2, 3}},
      {"FusedGemm", 1, fusedGemm, {2, 3}},
      {"CDist", 1, distances, {2, 2}},
      {"FusedConv", 1, fusedConv, {2, 4}},
      {"NhwcConv", 1, nhwcConv, {2, 3}},
      {"NhwcFusedConv", 1, nhwcConv, {2, 4}},
      {"SkipLayerNormalization", 1, skipLayerNormalization, {3, 5}, {1, 4}},
      {"SimplifiedLayerNormalization",
       1,
       simplifiedLayerNormalization,
       {2, 2},
       {1, 2}},
      {"SkipSimplifiedLayerNormalization",
       1,
       skipSimplifiedLayerNormalization,
       {3, 4},
       {1, 4}},
      {"EmbedLayerNormalization", 1, embedLayerNormalization, {7, 9}, {1, 3}},
  };
  return rows;
}

/// Older ones that ONNX Runtime has added to the standard's own domain.
ArrayRef<OpRow> dlc::onnx::microsoftStandardOps() {
  static const OpRow rows[] = {
      {"SimplifiedLayerNormalization",
       1,
       simplifiedLayerNormalization,
       {2, 2},
       {1, 2}},
  };
  return rows;
}
