//===- Search.cpp - operators that look for elements -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Frontend/Common/TensorDetail.h"
#include "Frontend/ONNX/Ops.h"

using namespace mlir;
using namespace dlc;

/// The element of a tensor that holds one, as a scalar.
static Tensor single(TensorBuilder &b, Tensor x) {
  return x ? b.reshape(x, ArrayRef<int64_t>()) : x;
}

/// A count that an input gives, within [0, most].
static Dim countOf(TensorBuilder &b, Tensor x, Dim most) {
  Dim given = b.index(x);
  if (!given)
    return {};
  return b.sizes().max(b.sizes().min(given, most), b.dim(0));
}

//===----------------------------------------------------------------------===//
// TopK
//===----------------------------------------------------------------------===//

static Tensors topK(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "X");
  if (!x)
    return Tensor();
  if (x.rank() == 0)
    return n.error("a scalar has no dimension to look through");
  int64_t axis = n.axis("axis", -1, x.rank());
  bool isInput = n.version() >= 10;
  bool largest = n.flag("largest", true);
  n.ignore("sorted");
  Dim size = b.dim(x, axis), k;
  if (!isInput)
    k = b.dim(n.integer("k"));
  else if (std::optional<Ints> known = n.knownInts(1);
           known && known->size() == 1)
    k = b.dim(known->front());
  else
    k = countOf(b, n.input(1, "K"), size);
  if (n.failed() || !k)
    return Tensor();
  Tensor indices = b.topk(x, k, axis, !largest);
  return Tensors{b.gatherElements(x, indices, axis), indices};
}

//===----------------------------------------------------------------------===//
// NonZero, Compress
//===----------------------------------------------------------------------===//

static Tensor isSet(TensorBuilder &b, Tensor x) {
  if (x && x.isComplex())
    return b.or_(b.ne(b.realPart(x), 0.0), b.ne(b.imaginaryPart(x), 0.0));
  return x && x.isBool() ? x : b.ne(x, 0.0);
}

static Tensors nonZero(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "X");
  if (!x)
    return x;
  Dims dims = b.dims(x);
  Tensor at = b.nonzero(b.flatten(isSet(b, x), 0, x.rank()));
  if (!at)
    return at;
  if (x.rank() == 0)
    return b.slice(b.unsqueeze(at, {0}), {b.dim(0), b.dim(0)},
                   {b.dim(0), b.dim(at, 0)});
  // One row of coordinates for each dimension.
  SmallVector<Tensor> rows(dims.size());
  for (size_t i = dims.size(); i-- > 0;) {
    Tensor size = b.fromDim(dims[i]);
    rows[i] = b.unsqueeze(i == 0 ? at : b.mod(at, size), {0});
    at = i == 0 ? at : at / size;
  }
  return b.concat(rows, 0);
}

static Tensors compress(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "input"), condition = n.input(1, "condition");
  if (!x || !condition)
    return Tensor();
  if (!condition.isBool() || condition.rank() != 1)
    return n.error("input 1 ('condition') must be a vector of bools");
  int64_t axis = 0;
  if (n.hasAttr("axis"))
    axis = n.axis("axis", 0, x.rank());
  else
    x = b.flatten(x, 0, x.rank());
  if (n.failed() || !x)
    return Tensor();
  // What the condition has no entry for is left out.
  Dim length = b.sizes().min(b.dim(condition, 0), b.dim(x, axis));
  condition = b.sliceAxis(condition, 0, b.dim(0), length);
  return b.gather(x, b.nonzero(condition), axis);
}

//===----------------------------------------------------------------------===//
// NonMaxSuppression
//===----------------------------------------------------------------------===//

/// Boxes as lower and higher corners: given are two opposite corners in any
/// order, or centre and size.
static Tensor corners(TensorBuilder &b, Tensor boxes, bool isCentre) {
  Tensor first = b.sliceAxis(boxes, 2, b.dim(0), b.dim(2)),
         second = b.sliceAxis(boxes, 2, b.dim(2), b.dim(2));
  if (isCentre) {
    Tensor half = second / 2.0;
    second = first + half;
    first = first - half;
  }
  return b.concat({b.min(first, second), b.max(first, second)}, 2);
}

/// An omitted or empty input is `otherwise`.
static Tensor threshold(TensorBuilder &b, NodeArgs &n, size_t i,
                        double otherwise, Tensor like) {
  if (!n.has(i) ||
      b.constantFloats(n.input(i)).value_or(SmallVector<double>{0}).empty())
    return b.like(otherwise, like);
  return b.cast(single(b, n.input(i)), like.elementType());
}

static Tensors nonMaxSuppression(TensorBuilder &b, NodeArgs &n) {
  Tensor boxes = n.input(0, "boxes"), scores = n.input(1, "scores");
  int64_t isCentre = n.integer("center_point_box", 0);
  if (!boxes || !scores)
    return Tensor();
  if (boxes.rank() != 3 || scores.rank() != 3)
    return n.error("boxes of shape " + describe(boxes.shape()) +
                   " and scores of shape " + describe(scores.shape()) +
                   " must both have rank 3");
  Dim most = b.dim(scores, 2), classes = b.dim(scores, 1);
  Dim limit = n.has(2) ? countOf(b, n.input(2), most) : b.dim(0);
  Tensor overlap = threshold(b, n, 3, 0, scores),
         least = threshold(b, n, 4, -HUGE_VAL, scores);
  Tensor chosen =
      b.nms(corners(b, boxes, isCentre), scores, overlap, least, limit);
  if (!chosen)
    return chosen;
  chosen = b.sliceAxis(chosen, 2, b.dim(0), limit);
  Tensor flat = b.flatten(chosen, 0, 3);
  Tensor at = b.nonzero(b.ge(flat, 0.0));
  Tensor line = at / b.fromDim(limit), count = b.fromDim(classes);
  return b.concat({b.unsqueeze(line / count, {1}),
                   b.unsqueeze(b.mod(line, count), {1}),
                   b.unsqueeze(b.gather(flat, at, 0), {1})},
                  1);
}

//===----------------------------------------------------------------------===//
// Unique
//===----------------------------------------------------------------------===//

namespace {
/// Rows in order, and which of them differ from the one before.
struct Sorted {
  Tensor order, isFirst;
};
} // namespace

/// More columns than this are sorted in a loop.
static constexpr int64_t kMaxUnrolledColumns = 8;

/// Sorted column by column, the most significant one last; each sort leaves
/// what is equal in the order of those before.
static Sorted sortRows(TensorBuilder &b, Tensor rows) {
  ShapeAlgebra s = b.sizes();
  Dim size = b.dim(rows, 0), rest = s.max(s.sub(size, b.dim(1)), b.dim(0)),
      one = s.sub(size, rest), width = b.dim(rows, 1);
  auto sortBy = [&](Dim i, Tensor order) {
    Tensor column = b.squeeze(b.sliceAxis(rows, 1, i, b.dim(1)), {1});
    Tensor next = b.topk(order ? b.gather(column, order, 0) : column, size, 0,
                         /*least=*/true);
    return order ? b.gather(order, next, 0) : next;
  };
  Tensor order;
  if (int64_t columns = rows.shape()[1];
      columns > 0 && columns <= kMaxUnrolledColumns)
    for (int64_t i = columns; i-- > 0;)
      order = sortBy(b.dim(i), order);
  else
    order = b.loop(b.dim(0), width, {b.iota({size}, 0, b.i64())},
                   [&](Dim i, ArrayRef<Tensor> now) -> Tensors {
                     Dim last = s.sub(width, b.dim(1));
                     return sortBy(s.sub(last, i), now[0]);
                   })[0];
  Tensor sorted = b.gather(rows, order, 0);
  Tensor differs = b.reduce(ReduceKind::any,
                            b.ne(b.sliceAxis(sorted, 0, one, rest),
                                 b.sliceAxis(sorted, 0, b.dim(0), rest)),
                            {1});
  // Of none there is no first one.
  Tensor head = b.full({one}, b.scalar(int64_t(1), b.boolean()));
  return {order, b.concat({head, differs}, 0)};
}

static Tensors unique(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "X");
  bool isSorted = n.flag("sorted", true);
  if (!x)
    return x;
  int64_t axis = 0;
  if (n.hasAttr("axis"))
    axis = n.axis("axis", 0, x.rank());
  else
    x = b.flatten(x, 0, x.rank());
  if (n.failed() || !x)
    return Tensor();
  Tensor ordered = x.isString() ? b.callEach("string_rank", {x}, b.i64()) : x;
  Tensor rows = b.flatten(b.moveAxis(ordered, axis, 0), 1, x.rank());
  // The order of complex numbers is that of their real parts first.
  if (rows && rows.isComplex())
    rows = b.flatten(b.concat({b.unsqueeze(b.realPart(rows), {2}),
                               b.unsqueeze(b.imaginaryPart(rows), {2})},
                              2),
                     1, 3);
  if (!rows)
    return rows;
  Sorted s = sortRows(b, rows);
  Tensor starts = b.nonzero(s.isFirst);
  if (!starts)
    return starts;
  Dim size = b.dim(rows, 0), count = b.dim(starts, 0);
  // The sort is stable: the first of equal slices is the first in x.
  Tensor firsts = b.gather(s.order, starts, 0);
  Tensor group = b.unsqueeze(
      b.scan(ReduceKind::sum, b.cast(s.isFirst, b.i64()), 0) - 1.0, {1});
  Tensor inverse =
      b.flatten(b.scatter(ScatterKind::none, group, s.order, group), 0, 2);
  Dim rest = b.sizes().max(b.sizes().sub(count, b.dim(1)), b.dim(0)),
      one = b.sizes().sub(count, rest);
  Tensor ends = b.concat(
      {b.sliceAxis(starts, 0, one, rest), b.full({one}, b.fromDim(size))}, 0);
  Tensor counts = ends - starts;
  if (!isSorted) {
    Tensor rank = b.topk(firsts, count, 0, /*least=*/true);
    firsts = b.gather(firsts, rank, 0);
    counts = b.gather(counts, rank, 0);
    inverse = b.gather(b.topk(rank, count, 0, /*least=*/true), inverse, 0);
  }
  return Tensors{b.gather(x, firsts, axis), firsts, inverse, counts};
}

ArrayRef<OpRow> onnx::searchOps() {
  static const OpRow rows[] = {
      {"TopK", 1, topK, {1, 2}, {1, 2}},
      {"NonZero", 9, nonZero},
      {"Compress", 9, compress, {2, 2}},
      {"NonMaxSuppression", 10, nonMaxSuppression, {2, 5}},
      {"Unique", 11, unique, {1, 1}, {1, 4}},
  };
  return rows;
}
