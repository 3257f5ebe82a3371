//===- Einsum.cpp - Einstein sums as matrix products -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Operands are joined one after the other. A join sorts the labels of both into
// those that both have and that stay (the batch), those of one only (rows,
// columns) and those that are summed: one batched matrix product.

#include "Frontend/Common/TensorDetail.h"
#include "Frontend/ONNX/Ops.h"

using namespace mlir;
using namespace dlc;

using Labels = SmallVector<int>;

namespace {
struct Term {
  Tensor x;
  Labels labels;
};
} // namespace

/// Dimensions under an ellipsis are labelled from the right: -1, -2, ...
static std::optional<Labels> parseTerm(StringRef text, int64_t dotsRank) {
  Labels labels;
  while (!text.empty()) {
    if (text.consume_front("...")) {
      for (int64_t i = dotsRank; i > 0; --i)
        labels.push_back(-i);
      continue;
    }
    if (!llvm::isAlpha(text.front()))
      return std::nullopt;
    labels.push_back(text.front());
    text = text.drop_front();
  }
  return labels;
}

/// Without an arrow: the ellipsis, then what occurs once in alphabetic order.
static Labels implicitOutput(StringRef inputs, int64_t dotsRank) {
  Labels labels;
  for (int64_t i = dotsRank; i > 0; --i)
    labels.push_back(-i);
  for (int label = 0; label < 128; ++label)
    if (llvm::isAlpha(label) && inputs.count(static_cast<char>(label)) == 1)
      labels.push_back(label);
  return labels;
}

static Term sumOver(TensorBuilder &b, Term term,
                    llvm::function_ref<bool(int)> isKept) {
  Ints axes;
  Labels kept;
  for (auto [i, label] : llvm::enumerate(term.labels))
    if (isKept(label))
      kept.push_back(label);
    else
      axes.push_back(i);
  return {b.sum(term.x, axes), kept};
}

/// A label that a term has twice means the diagonal.
static Term takeDiagonals(TensorBuilder &b, Term term) {
  for (size_t i = 0; i < term.labels.size(); ++i)
    for (size_t k = i + 1; term.x && k < term.labels.size();) {
      if (term.labels[i] != term.labels[k]) {
        ++k;
        continue;
      }
      Dims row(term.labels.size(), b.dim(1)), column = row;
      row[i] = b.dim(term.x, i);
      column[k] = b.dim(term.x, k);
      Tensor isDiagonal = b.eq(b.iota(row, i), b.iota(column, k));
      Tensor masked = b.select(isDiagonal, term.x, b.like(0, term.x));
      term.x = b.sum(masked, {static_cast<int64_t>(k)});
      term.labels.erase(term.labels.begin() + k);
    }
  return term;
}

/// Brings the labels into an order; absent ones become dimensions of size 1.
static Tensor arrange(TensorBuilder &b, const Term &term, ArrayRef<int> order) {
  Ints permutation, added;
  for (auto [i, label] : llvm::enumerate(order)) {
    const int *it = llvm::find(term.labels, label);
    if (it == term.labels.end())
      added.push_back(i);
    else
      permutation.push_back(it - term.labels.begin());
  }
  return b.unsqueeze(b.transpose(term.x, permutation), added);
}

static Term join(TensorBuilder &b, Term p, Term q,
                 llvm::function_ref<bool(int)> isKept) {
  auto has = [](const Term &t, int label) {
    return llvm::is_contained(t.labels, label);
  };
  p = sumOver(b, p, [&](int l) { return isKept(l) || has(q, l); });
  q = sumOver(b, q, [&](int l) { return isKept(l) || has(p, l); });
  if (!p.x || !q.x)
    return {};
  Labels batch, rows, columns, summed;
  for (int l : p.labels)
    (!has(q, l) ? rows : isKept(l) ? batch : summed).push_back(l);
  for (int l : q.labels)
    if (!has(p, l))
      columns.push_back(l);
  Labels left = batch, right = batch, result = batch;
  left.append(rows);
  left.append(summed);
  right.append(summed);
  right.append(columns);
  result.append(rows);
  result.append(columns);
  Tensor x = arrange(b, p, left), y = arrange(b, q, right);
  if (!x || !y)
    return {};
  // Sizes under one label agree, but for an ellipsis' ones.
  Dims xs = b.dims(x), ys = b.dims(y), joint, shape;
  int64_t nb = batch.size(), nr = rows.size(), ns = summed.size();
  for (int64_t i = 0; i < nb; ++i)
    joint.push_back(b.sizes().broadcast(xs[i], ys[i]));
  for (int64_t i = 0; i < nb; ++i)
    xs[i] = ys[i] = joint[i];
  x = b.broadcastTo(x, xs);
  y = b.broadcastTo(y, ys);
  ArrayRef<Dim> xd(xs), yd(ys);
  Dim count = b.product(joint), inner = b.product(xd.take_back(ns));
  Tensor product = b.matmul(
      b.reshape(x, Dims{count, b.product(xd.slice(nb, nr)), inner}),
      b.reshape(y, Dims{count, inner, b.product(yd.drop_front(nb + ns))}));
  product = b.cast(product, x.elementType()); // bytes give i32
  shape = joint;
  llvm::append_range(shape, xd.slice(nb, nr));
  llvm::append_range(shape, yd.drop_front(nb + ns));
  return {b.reshape(product, shape), result};
}

/// Reads the operands' terms; reports what doesn't fit.
static bool readTerms(TensorBuilder &b, NodeArgs &n, StringRef inputs,
                      SmallVectorImpl<Term> &terms, int64_t &dotsRank) {
  SmallVector<StringRef> texts;
  inputs.split(texts, ',');
  SmallVector<Tensor> xs = n.allInputs();
  if (n.failed())
    return false;
  if (texts.size() != xs.size()) {
    n.error("the equation has " + Twine(texts.size()) + " terms for " +
            Twine(xs.size()) + " inputs");
    return false;
  }
  for (auto [text, x] : llvm::zip(texts, xs)) {
    int64_t dots = text.contains("...") ? x.rank() - (text.size() - 3) : 0;
    std::optional<Labels> labels = parseTerm(text, dots);
    if (!labels || dots < 0 || text.count("...") > 1 ||
        static_cast<int64_t>(labels->size()) != x.rank()) {
      n.error("term '" + text +
              "' of the equation does not fit a tensor of "
              "rank " +
              Twine(x.rank()));
      return false;
    }
    dotsRank = std::max(dotsRank, dots);
    terms.push_back(takeDiagonals(b, {x, *labels}));
    if (!terms.back().x)
      return false;
  }
  return true;
}

static bool checkSizes(TensorBuilder &b, NodeArgs &n, ArrayRef<Term> terms) {
  std::map<int, Dim> sizes;
  for (const Term &term : terms)
    for (auto [i, label] : llvm::enumerate(term.labels)) {
      Dim d = b.dim(term.x, i);
      auto [it, isNew] = sizes.try_emplace(label, d);
      bool mayDiffer =
          label < 0 && (staticDim(d) == 1 || staticDim(it->second) == 1);
      if (!isNew && !mayDiffer && contradict(d, it->second)) {
        n.error("a label of the equation stands for sizes " +
                describe({it->second}) + " and " + describe({d}));
        return false;
      }
      it->second = mayDiffer && staticDim(it->second) == 1 ? d : it->second;
    }
  return true;
}

Tensors onnx::einsum(TensorBuilder &b, NodeArgs &n) {
  std::string equation = n.string("equation").str();
  llvm::erase(equation, ' ');
  auto [inputs, output] = StringRef(equation).split("->");
  bool isExplicit = StringRef(equation).contains("->");
  SmallVector<Term> terms;
  int64_t dotsRank = 0;
  if (!readTerms(b, n, inputs, terms, dotsRank) || !checkSizes(b, n, terms))
    return Tensor();
  std::optional<Labels> wanted = parseTerm(output, dotsRank);
  if (!isExplicit)
    wanted = implicitOutput(inputs, dotsRank);
  auto isInput = [&](int label) {
    return llvm::any_of(terms, [&](const Term &t) {
      return llvm::is_contained(t.labels, label);
    });
  };
  if (!wanted || !llvm::all_of(*wanted, isInput) ||
      std::set<int>(wanted->begin(), wanted->end()).size() != wanted->size())
    return n.error("output '" + output +
                   "' of the equation is no choice of "
                   "its labels");
  Term result = terms.front();
  for (size_t i = 1; i < terms.size() && result.x; ++i)
    result = join(b, result, terms[i], [&](int label) {
      return llvm::is_contained(*wanted, label) ||
             llvm::any_of(ArrayRef(terms).drop_front(i + 1),
                          [&](const Term &t) {
                            return llvm::is_contained(t.labels, label);
                          });
    });
  result =
      sumOver(b, result, [&](int l) { return llvm::is_contained(*wanted, l); });
  return result.x ? arrange(b, result, *wanted) : Tensor();
}
