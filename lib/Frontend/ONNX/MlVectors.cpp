//===- MlVectors.cpp - ai.onnx.ml: support vector machines -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// A kernel compares each row with each support vector; a matrix made of the
// coefficients gives the scores of all pairs of classes at once.

#include "Frontend/ONNX/MlArgs.h"

#include "Frontend/Common/Composites.h"
#include "Frontend/ONNX/Ops.h"

using namespace mlir;
using namespace dlc;
using namespace dlc::onnx;

using Reals = SmallVector<double>;

//===----------------------------------------------------------------------===//
// Kernels
//===----------------------------------------------------------------------===//

namespace {
enum class KernelType { linear, polynomial, radial, sigmoid };

struct Machine {
  KernelType kernel = KernelType::linear;
  double gamma = 0, offset = 0, degree = 0;
  Reals vectors, coefficients, rho;
};
} // namespace

static std::optional<Machine> machineOf(NodeArgs &n) {
  auto kernel = n.choice<KernelType>("kernel_type", "LINEAR",
                                     {{"LINEAR", KernelType::linear},
                                      {"POLY", KernelType::polynomial},
                                      {"RBF", KernelType::radial},
                                      {"SIGMOID", KernelType::sigmoid}});
  if (!kernel)
    return std::nullopt;
  Machine m;
  m.kernel = *kernel;
  Reals params = n.reals("kernel_params").value_or(Reals());
  if (!params.empty() && params.size() != 3)
    n.error("attribute 'kernel_params' has " + Twine(params.size()) +
            " entries, expected 3");
  else if (!params.empty())
    std::tie(m.gamma, m.offset, m.degree) =
        std::tuple(params[0], params[1], params[2]);
  m.vectors = n.reals("support_vectors").value_or(Reals());
  m.coefficients = n.reals("coefficients").value_or(Reals());
  m.rho = n.reals("rho").value_or(Reals());
  return n.failed() ? std::nullopt : std::optional(m);
}

/// How alike rows and support vectors are: [rows, vectors].
static Tensor similarity(TensorBuilder &b, const Machine &m, Tensor x,
                         int64_t vectors) {
  int64_t features = x.shape()[1];
  Tensor sv = floats(b, m.vectors, {vectors, features}, x.elementType());
  if (m.kernel == KernelType::radial) {
    Tensor apart = b.unsqueeze(x, {1}) - sv;
    return b.exp(b.sum(b.square(apart), {2}) * -m.gamma);
  }
  Tensor dot = b.matmul(x, b.transposeLast(sv));
  if (m.kernel == KernelType::linear)
    return dot;
  dot = dot * m.gamma + m.offset;
  return m.kernel == KernelType::sigmoid ? b.tanh(dot)
                                         : b.pow(dot, std::trunc(m.degree));
}

/// Reports a number of entries that is not what it should be.
static bool hasSize(NodeArgs &n, StringRef name, size_t size, int64_t wanted) {
  if (int64_t(size) == wanted)
    return true;
  n.error("attribute '" + name + "' has " + Twine(size) +
          " entries, expected " + Twine(wanted));
  return false;
}

//===----------------------------------------------------------------------===//
// Regression
//===----------------------------------------------------------------------===//

static Tensors svmRegressor(TensorBuilder &b, NodeArgs &n) {
  auto transform = postTransform(n);
  std::optional<Machine> m = machineOf(n);
  int64_t vectors = n.integer("n_supports", 0);
  bool oneClass = n.flag("one_class", false);
  Tensor x = features(b, n);
  if (!x || !m || !transform || n.failed())
    return Tensor();
  if (vectors < 0 || vectors > INT32_MAX)
    return n.error("attribute 'n_supports' is " + Twine(vectors));
  int64_t count = x.shape()[1], weights = vectors ? vectors : count;
  if (!hasSize(n, "coefficients", m->coefficients.size(), weights) ||
      !hasSize(n, "rho", m->rho.size(), 1) ||
      (vectors &&
       !hasSize(n, "support_vectors", m->vectors.size(), vectors * count)))
    return Tensor();
  Tensor alike = vectors ? similarity(b, *m, x, vectors) : x;
  Tensor w = floats(b, m->coefficients, {weights, 1}, x.elementType());
  Tensor y = b.cast(b.matmul(alike, w) + m->rho[0], b.f32());
  if (oneClass)
    return b.select(b.gt(y, 0.0), b.like(1, y), b.like(-1, y));
  return transformed(b, y, *transform);
}

//===----------------------------------------------------------------------===//
// Classification
//===----------------------------------------------------------------------===//

namespace {
/// Pairs (i, j) of classes, i < j, as matrices have them: constants whose rows
/// are the pairs.
struct Pairs {
  SmallVector<std::pair<int64_t, int64_t>> list;

  explicit Pairs(int64_t classes) {
    for (int64_t i = 0; i < classes; ++i)
      for (int64_t j = i + 1; j < classes; ++j)
        list.push_back({i, j});
  }
  int64_t size() const { return list.size(); }
  /// [pairs, width] with ones where `at` says.
  Tensor ones(TensorBuilder &b, int64_t width, Type type,
              function_ref<int64_t(int64_t, int64_t)> at) const {
    Reals values(size() * width, 0);
    for (auto [p, pair] : llvm::enumerate(list))
      values[p * width + at(pair.first, pair.second)] = 1;
    return floats(b, values, {size(), width}, type);
  }
};
} // namespace

/// The scores of all pairs from the kernel's values: vectors of each class of a
/// pair count by their coefficients against the other.
static Tensor pairScores(TensorBuilder &b, const Machine &m, const Pairs &pairs,
                         ArrayRef<int64_t> perClass, Tensor alike) {
  int64_t vectors = alike.shape()[1];
  SmallVector<int64_t> first{0};
  for (int64_t size : perClass)
    first.push_back(first.back() + size);
  Reals weights(pairs.size() * vectors, 0);
  for (auto [p, pair] : llvm::enumerate(pairs.list)) {
    auto [i, j] = pair;
    for (int64_t v = first[i]; v < first[i + 1]; ++v)
      weights[p * vectors + v] = m.coefficients[(j - 1) * vectors + v];
    for (int64_t v = first[j]; v < first[j + 1]; ++v)
      weights[p * vectors + v] = m.coefficients[i * vectors + v];
  }
  Type type = alike.elementType();
  Tensor w = floats(b, weights, {pairs.size(), vectors}, type);
  return b.matmul(alike, b.transposeLast(w)) +
         floats(b, m.rho, {pairs.size()}, type);
}

/// Each pair votes for one of its classes: [rows, classes].
static Tensor votesOf(TensorBuilder &b, const Pairs &pairs, Tensor scores,
                      int64_t classes) {
  Type type = scores.elementType();
  Tensor first = pairs.ones(b, classes, type, [](auto i, auto) { return i; }),
         second = pairs.ones(b, classes, type, [](auto, auto j) { return j; });
  Tensor wins = b.cast(b.gt(scores, 0.0), type);
  return b.matmul(wins, first) + b.matmul(1.0 - wins, second);
}

/// One round of Wu, Lin and Weng's iteration, for class after class.
static Tensor refine(TensorBuilder &b, Tensor q, Tensor p, int64_t classes) {
  auto times = [&](Tensor v) {
    return b.squeeze(b.matmul(q, b.unsqueeze(v, {2})), {2});
  };
  Tensor qp = times(p), pqp = b.sum(p * qp, {1}, /*keepDims=*/true);
  Tensor worst = b.reduce(ReduceKind::max, b.abs(qp - pqp), {1}, true);
  auto step = [&](Dim t, ArrayRef<Tensor> state) -> Tensors {
    Tensor p = state[0], qp = state[1], pqp = state[2];
    Tensor row = b.squeeze(b.sliceAxis(q, 1, t, b.dim(1)), {1});
    Tensor own = b.sliceAxis(row, 1, t, b.dim(1)),
           at = b.sliceAxis(qp, 1, t, b.dim(1));
    Tensor diff = (pqp - at) / own, scale = diff + 1.0;
    Tensor isT =
        b.eq(b.iota({b.dim(1), b.dim(classes)}, 1, b.i64()), b.fromDim(t));
    p = b.select(isT, p + diff, p) / scale;
    pqp = (pqp + diff * (diff * own + at * 2.0)) / (scale * scale);
    return Tensors{p, (qp + diff * row) / scale, pqp};
  };
  Tensors end = b.loop(b.dim(0), b.dim(classes), {p, qp, pqp}, step);
  return b.select(b.lt(worst, 0.005 / double(classes)), p, end[0]);
}

/// Probabilities of the classes from those of the pairs: [rows, classes].
static Tensor probabilities(TensorBuilder &b, const Pairs &pairs, Tensor scores,
                            const Reals &a, const Reals &c, int64_t classes) {
  Type type = scores.elementType();
  Tensor r = 1.0 - b.sigmoid(scores * floats(b, a, {pairs.size()}, type) +
                             floats(b, c, {pairs.size()}, type));
  r = b.clamp(r, b.like(1e-7, r), b.like(1 - 1e-7, r));
  int64_t k = classes;
  Tensor upper =
      pairs.ones(b, k * k, type, [&](auto i, auto j) { return i * k + j; });
  Tensor lower =
      pairs.ones(b, k * k, type, [&](auto i, auto j) { return j * k + i; });
  Dim rows = b.dim(scores, 0), size = b.dim(k);
  Tensor won = b.reshape(b.matmul(r, upper) + b.matmul(1.0 - r, lower),
                         {rows, size, size});
  // Off the diagonal are products, on it sums of squares.
  Tensor products = -(won * b.transposeLast(won));
  Tensor squares = b.unsqueeze(b.sum(b.square(won), {1}), {2});
  Tensor diagonal = b.eq(b.iota({size, b.dim(1)}, 0, b.i64()),
                         b.iota({b.dim(1), size}, 1, b.i64()));
  Tensor q = b.select(diagonal, squares, products);
  Tensor start = b.full({rows, size}, b.scalar(1.0 / double(k), type));
  auto round = [&](Dim, ArrayRef<Tensor> state) -> Tensors {
    return refine(b, q, state[0], k);
  };
  int64_t rounds = std::max<int64_t>(100, k);
  return b.loop(b.dim(0), b.dim(rounds), {start}, round)[0];
}

/// Without support vectors: a linear score for each class.
static Tensors linearMachine(TensorBuilder &b, NodeArgs &n, const Machine &m,
                             Tensor x, const ClassLabels &labels,
                             PostTransform transform) {
  int64_t classes = labels.size(), count = x.shape()[1];
  if (m.rho.empty() ||
      !hasSize(n, "coefficients", m.coefficients.size(), classes * count))
    return m.rho.empty() ? n.error("attribute 'rho' is missing") : Tensor();
  Type type = x.elementType();
  Tensor w = floats(b, m.coefficients, {classes, count}, type);
  Tensor scores = b.cast(b.matmul(x, b.transposeLast(w)) + m.rho[0], b.f32());
  Tensor best = b.argReduce(ReduceKind::max, scores, 1);
  // As other implementations have it, the second of two classes whose weights
  // are all positive needs no more than one score of a half.
  bool positive = llvm::all_of(m.coefficients, [](double v) { return v >= 0; });
  if (classes == 2 && m.rho.size() == 1 && positive) {
    Tensor top = b.reduce(ReduceKind::max, scores, {1});
    best = b.select(b.ge(top, 0.5), b.like(1, best), best);
  }
  return Tensors{labelsAt(b, labels, best), transformed(b, scores, transform)};
}

/// The support vectors of each class; their sum is that of all. Nothing:
/// reported.
static std::optional<Ints> vectorsPerClass(NodeArgs &n, int64_t classes,
                                           int64_t &sum) {
  Ints sizes = n.integers("vectors_per_class").value_or(Ints());
  sum = 0;
  for (int64_t size : sizes) {
    if (size < 0 || size > INT32_MAX || (sum += size) > INT32_MAX) {
      n.error("attribute 'vectors_per_class' has entry " + Twine(size) +
              ", which is out of range");
      return std::nullopt;
    }
  }
  bool fits = n.failed() || sum == 0 ||
              hasSize(n, "vectors_per_class", sizes.size(), classes);
  return fits && !n.failed() ? std::optional(sizes) : std::nullopt;
}

static Tensors svmClassifier(TensorBuilder &b, NodeArgs &n) {
  auto transform = postTransform(n);
  std::optional<Machine> m = machineOf(n);
  auto labels = classLabels(n, "classlabels_ints");
  Reals a = n.reals("prob_a").value_or(Reals()),
        c = n.reals("prob_b").value_or(Reals());
  Tensor x = features(b, n);
  if (!x || !m || !transform || !labels)
    return Tensor();
  int64_t classes = labels->size(), vectors = 0;
  if (classes < 2 || classes > 1024)
    return n.error("has " + Twine(classes) +
                   " class labels, expected 2 to 1024");
  std::optional<Ints> perClass = vectorsPerClass(n, classes, vectors);
  if (!perClass)
    return Tensor();
  if (vectors == 0)
    return linearMachine(b, n, *m, x, *labels, *transform);
  Pairs pairs(classes);
  if (!hasSize(n, "support_vectors", m->vectors.size(),
               vectors * x.shape()[1]) ||
      !hasSize(n, "coefficients", m->coefficients.size(),
               vectors * (classes - 1)) ||
      !hasSize(n, "rho", m->rho.size(), pairs.size()))
    return Tensor();
  if (!a.empty() && (!hasSize(n, "prob_a", a.size(), pairs.size()) ||
                     !hasSize(n, "prob_b", c.size(), pairs.size())))
    return Tensor();
  Tensor scores =
      pairScores(b, *m, pairs, *perClass, similarity(b, *m, x, vectors));
  Tensor best =
      b.argReduce(ReduceKind::max, votesOf(b, pairs, scores, classes), 1);
  if (!a.empty())
    scores = probabilities(b, pairs, scores, a, c, classes);
  else if (classes == 2)
    scores = b.concat({-scores, scores}, 1);
  return Tensors{labelsAt(b, *labels, best),
                 transformed(b, b.cast(scores, b.f32()), *transform)};
}

ArrayRef<OpRow> dlc::onnx::mlVectorOps() {
  static const OpRow rows[] = {
      {"SVMClassifier", 1, svmClassifier, {1, 1}, {2, 2}},
      {"SVMRegressor", 1, svmRegressor},
  };
  return rows;
}
