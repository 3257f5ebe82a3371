//===- Grams.cpp - TfIdfVectorizer ------------------------------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Frontend/Common/TensorDetail.h"
#include "Frontend/ONNX/Ops.h"

using namespace mlir;
using namespace dlc;

namespace {
/// Attributes that say what is counted. Grams of n numbers begin at counts[n -
/// 1] of the pool; gram i, of all, adds to column columns[i].
struct Grams {
  Ints pool;
  SmallVector<StringRef> strings; ///< the pool, in place of numbers
  Ints counts, columns;
  int64_t shortest, longest, skips;
  int64_t width = 0; ///< of the result
  SmallVector<double> weights;
  StringRef mode;
};
} // namespace

/// More distances than this, each code of its own, make too large a program.
static constexpr int64_t kMaxDistances = 64;

static std::optional<Grams> gramsOf(NodeArgs &n) {
  Grams g{n.integers("pool_int64s").value_or(Ints()),
          n.strings("pool_strings").value_or(SmallVector<StringRef>()),
          n.integers("ngram_counts").value_or(Ints()),
          n.integers("ngram_indexes").value_or(Ints()),
          n.integer("min_gram_length"),
          n.integer("max_gram_length"),
          n.integer("max_skip_count"),
          0,
          n.reals("weights").value_or(SmallVector<double>()),
          n.string("mode")};
  if (!llvm::is_contained({"TF", "IDF", "TFIDF"}, g.mode))
    n.error("attribute 'mode' is '" + g.mode + "', expected TF, IDF or TFIDF");
  int64_t sizes = g.counts.size();
  if (g.shortest < 1 || g.longest < g.shortest || g.longest > sizes ||
      g.longest > kMaxDistances)
    n.error("grams of " + Twine(g.shortest) + " to " + Twine(g.longest) +
            " numbers are not in the pool");
  if (g.skips < 0 || g.skips >= kMaxDistances)
    n.error("attribute 'max_skip_count' is " + Twine(g.skips) +
            ", which is out of range");
  int64_t grams = 0;
  if (!g.pool.empty() && !g.strings.empty())
    n.error("has pools of both kinds");
  g.counts.push_back(g.pool.size() + g.strings.size());
  for (int64_t i = 0; i < sizes; ++i) {
    int64_t length = g.counts[i + 1] - g.counts[i];
    if (g.counts[i] < 0 || length < 0 || length % (i + 1) != 0)
      return n.error("attribute 'ngram_counts' does not divide the pool"),
             std::nullopt;
    grams += length / (i + 1);
  }
  if (grams != int64_t(g.columns.size()) || grams == 0)
    n.error("attribute 'ngram_indexes' has " + Twine(g.columns.size()) +
            " entries for " + Twine(grams) + " grams");
  for (int64_t column : g.columns) {
    if (column < 0 || column > INT32_MAX)
      return n.error("attribute 'ngram_indexes' has entry " + Twine(column) +
                     ", which is out of range"),
             std::nullopt;
    g.width = std::max(g.width, column + 1);
  }
  if (!g.weights.empty() && int64_t(g.weights.size()) != grams)
    n.error("attribute 'weights' has " + Twine(g.weights.size()) +
            " entries for " + Twine(grams) + " grams");
  return n.failed() ? std::nullopt : std::optional(g);
}

/// How often each gram of `size` numbers is in the rows of x, with `distance`
/// from one number to the next: [rows, grams].
static Tensor countGrams(TensorBuilder &b, Tensor x, Tensor pool, int64_t size,
                         int64_t distance) {
  ShapeAlgebra s = b.sizes();
  Dim reach = b.dim(distance * (size - 1));
  Dim starts = s.max(s.sub(b.dim(x, 1), reach), b.dim(0));
  Tensor found;
  for (int64_t i = 0; i < size; ++i) {
    Tensor at = b.iota({starts}, 0) + double(i * distance);
    Tensor number = b.unsqueeze(b.gather(x, at, 1), 2);
    Tensor wanted = b.squeeze(b.sliceAxis(pool, 1, b.dim(i), b.dim(1)), 1);
    Tensor same = b.eq(number, wanted);
    found = found ? b.and_(found, same) : same;
  }
  return b.sum(b.cast(found, b.i64()), {1});
}

static Tensors tfIdfVectorizer(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "X");
  std::optional<Grams> g = gramsOf(n);
  if (!x || !g)
    return Tensor();
  bool isText = !g->strings.empty();
  if (!isa<IntegerType>(x.elementType()) || x.isString() != isText ||
      x.rank() < 1 || x.rank() > 2)
    return n.error("input 'X' of type " + describe(x.type()) +
                   " is no row or rows of " +
                   (isText ? "strings" : "integers"));
  Tensor all = isText ? b.strings(g->strings) : b.ints(g->pool);
  if (!all)
    return all;
  Tensor rows =
      b.cast(x.rank() == 1 ? b.unsqueeze(x, 0) : x, all.elementType());
  SmallVector<Tensor> counts;
  for (int64_t size = 1; size < int64_t(g->counts.size()); ++size) {
    int64_t start = g->counts[size - 1], length = g->counts[size] - start,
            grams = length / size;
    if (grams == 0)
      continue;
    Tensor pool = b.reshape(b.sliceAxis(all, 0, b.dim(start), b.dim(length)),
                            {grams, size});
    Tensor count =
        b.full({b.dim(rows, 0), b.dim(grams)}, b.scalar(int64_t(0), b.i64()));
    bool counted = size >= g->shortest && size <= g->longest;
    // Single numbers have no distance.
    int64_t most = size == 1 ? 1 : g->skips + 1;
    for (int64_t distance = 1; counted && distance <= most; ++distance)
      count = count + countGrams(b, rows, pool, size, distance);
    counts.push_back(count);
  }
  Tensor found = b.concat(counts, 1);
  if (g->mode == "IDF")
    found = b.gt(found, 0.0);
  found = b.cast(found, b.f32());
  if (g->mode != "TF" && !g->weights.empty()) {
    SmallVector<float> weights(g->weights.begin(), g->weights.end());
    auto type = RankedTensorType::get({int64_t(weights.size())}, b.f32());
    found = found * b.constant(DenseElementsAttr::get(type, ArrayRef(weights)));
  }
  Tensor into = b.full({b.dim(g->width), b.dim(rows, 0)}, b.like(0, found));
  Tensor y = b.transposeLast(b.scatter(
      ScatterKind::add, into, b.ints(g->columns), b.transposeLast(found)));
  return x.rank() == 1 ? b.squeeze(y, 0) : y;
}

ArrayRef<OpRow> dlc::onnx::gramOps() {
  static const OpRow rows[] = {{"TfIdfVectorizer", 9, tfIdfVectorizer}};
  return rows;
}
