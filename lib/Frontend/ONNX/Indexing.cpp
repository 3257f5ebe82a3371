//===- Indexing.cpp - operators that pick and place by index -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Frontend/Common/TensorDetail.h"
#include "Frontend/ONNX/Ops.h"

using namespace mlir;
using namespace dlc;

/// Negative indices count from the end. i64, or i32 where that is allowed.
/// Those that are known now are checked now.
static Tensor indexInput(TensorBuilder &b, NodeArgs &n, Tensor indices,
                         Dim size, bool keepsI32 = false) {
  if (!indices)
    return {};
  if (std::optional<Ints> known = b.constantInts(indices);
      known && !ShapedType::isDynamic(staticDim(size)))
    for (int64_t i : *known)
      if (i < -staticDim(size) || i >= staticDim(size)) {
        n.error("index " + Twine(i) +
                " is out of range for a dimension of size " +
                Twine(staticDim(size)));
        return {};
      }
  if (!(keepsI32 && indices.elementType().isInteger(32)))
    indices = b.cast(indices, b.i64());
  return b.wrapIndices(indices, size);
}

static Tensors gather(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "data"), indices = n.input(1, "indices");
  if (!x || !indices)
    return Tensor();
  int64_t axis = n.axis("axis", 0, x.rank());
  if (n.failed())
    return Tensor();
  return b.gather(x, indexInput(b, n, indices, b.dim(x, axis), true), axis);
}

//===----------------------------------------------------------------------===//
// Elements of one dimension
//===----------------------------------------------------------------------===//

static bool checkElements(NodeArgs &n, Tensor x, Tensor indices) {
  if (!x || !indices)
    return false;
  if (x.rank() != indices.rank() || x.rank() == 0)
    n.error("data of rank " + Twine(x.rank()) + " and indices of rank " +
            Twine(indices.rank()) + " don't fit");
  return !n.failed();
}

static Tensors gatherElements(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "data"), indices = n.input(1, "indices");
  if (!checkElements(n, x, indices))
    return Tensor();
  int64_t axis = n.axis("axis", 0, x.rank());
  if (n.failed())
    return Tensor();
  Dims dims = b.dims(x);
  indices = indexInput(b, n, indices, dims[axis]);
  Tensor at = b.elementOffsets(dims, indices, axis);
  return b.gather(b.flatten(x, 0, x.rank()), b.guard(at, indices, dims[axis]),
                  0);
}

static std::optional<ScatterKind> scatterKind(NodeArgs &n) {
  StringRef name = n.string("reduction", "none");
  if (std::optional<ScatterKind> kind = symbolizeScatterKind(name))
    return kind;
  n.error("attribute 'reduction' must be none, add, mul, max or min, not '" +
          name + "'");
  return std::nullopt;
}

static Tensors scatterElements(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "data"), indices = n.input(1, "indices"),
         updates = n.input(2, "updates");
  std::optional<ScatterKind> kind = scatterKind(n);
  if (!kind || !updates || !checkElements(n, x, indices))
    return Tensor();
  int64_t axis = n.axis("axis", 0, x.rank());
  if (n.failed())
    return Tensor();
  Dims shape = b.dims(x), count = b.dims(indices);
  indices = indexInput(b, n, indices, shape[axis]);
  Tensor at = b.elementOffsets(shape, indices, axis);
  at = b.guard(at, indices, shape[axis]);
  if (!at)
    return at;
  Tensor rows = b.reshape(x, Dims{b.product(shape), b.dim(1)});
  Tensor placed =
      b.scatter(*kind, rows, b.flatten(at, 0, at.rank()),
                b.reshape(updates, Dims{b.product(count), b.dim(1)}));
  return b.reshape(placed, shape);
}

//===----------------------------------------------------------------------===//
// Index tuples
//===----------------------------------------------------------------------===//

namespace {
/// Data seen as rows, and the row for each index tuple.
struct Rows {
  Tensor data, at;
};
} // namespace

/// The last dimension of `indices` holds indices into the dimensions of x
/// behind the first `batch` ones, which both have in common.
static std::optional<Rows> rowsOf(TensorBuilder &b, NodeArgs &n, Tensor x,
                                  Tensor indices, int64_t batch) {
  if (!x || !indices)
    return std::nullopt;
  int64_t last = indices.rank() - 1;
  int64_t depth = last < 0 ? ShapedType::kDynamic : indices.shape()[last];
  if (batch < 0 || batch > last || batch >= std::max<int64_t>(x.rank(), 1) ||
      ShapedType::isDynamic(depth) || depth + batch > x.rank()) {
    n.error("data of shape " + describe(x.shape()) +
            " can't be indexed by indices of shape " +
            describe(indices.shape()));
    return std::nullopt;
  }
  Dims dims = b.dims(x), shape = b.dims(indices);
  int64_t outer = batch + depth;
  shape.pop_back();
  Tensor at = b.full(shape, b.scalar(int64_t(0), b.i64()));
  SmallVector<std::pair<Tensor, Dim>> given;
  for (int64_t i = 0; i < outer; ++i) {
    Tensor index;
    if (i < batch) {
      Dims along(shape.size(), b.dim(1));
      along[i] = shape[i];
      index = b.iota(along, i);
    } else {
      index = b.squeeze(b.sliceAxis(indices, last, b.dim(i - batch), b.dim(1)),
                        {last});
      index = indexInput(b, n, index, dims[i]);
      given.push_back({index, dims[i]});
    }
    ArrayRef<Dim> inner = ArrayRef(dims).slice(i + 1, outer - i - 1);
    at = at + index * b.fromDim(b.product(inner));
  }
  for (auto [index, size] : given)
    at = b.guard(at, index, size);
  Dims rows(dims.begin() + outer, dims.end());
  rows.insert(rows.begin(), b.product(ArrayRef(dims).take_front(outer)));
  return Rows{b.reshape(x, rows), at};
}

static Tensors gatherND(TensorBuilder &b, NodeArgs &n) {
  int64_t batch = n.integer("batch_dims", 0);
  std::optional<Rows> rows =
      rowsOf(b, n, n.input(0, "data"), n.input(1, "indices"), batch);
  return rows ? b.gather(rows->data, rows->at, 0) : Tensor();
}

static Tensors scatterND(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "data"), updates = n.input(2, "updates");
  std::optional<ScatterKind> kind = scatterKind(n);
  std::optional<Rows> rows = rowsOf(b, n, x, n.input(1, "indices"), 0);
  if (!kind || !rows || !rows->data || !rows->at || !updates)
    return Tensor();
  Dims shape = b.dims(rows->data), count = b.dims(rows->at);
  Dim length = b.product(ArrayRef(shape).drop_front());
  Tensor placed =
      b.scatter(*kind, b.reshape(rows->data, Dims{shape.front(), length}),
                b.reshape(rows->at, Dims{b.product(count)}),
                b.reshape(updates, Dims{b.product(count), length}));
  return b.reshape(placed, b.dims(x));
}

/// Places a sequence in a cache, for each batch from an index of its own on.
static Tensors tensorScatter(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "past_cache"), update = n.input(1, "update");
  StringRef mode = n.string("mode", "linear");
  if (!x || !update)
    return Tensor();
  int64_t axis = n.axis("axis", -2, x.rank());
  if (mode != "linear" && mode != "circular")
    return n.error("attribute 'mode' is '" + mode +
                   "', expected linear or circular");
  if (axis == 0 || x.rank() != update.rank())
    return n.error("a cache of shape " + describe(x.shape()) +
                   " can't be written along axis " + Twine(axis) +
                   " by an update of shape " + describe(update.shape()));
  Dims shape = b.dims(x), count = b.dims(update), along(axis + 1, b.dim(1));
  for (int64_t i = 0; i < x.rank(); ++i)
    if (i != axis && contradict(shape[i], count[i]))
      return n.error("an update of shape " + describe(update.shape()) +
                     " does not fit a cache of shape " + describe(x.shape()));
  along[axis] = count[axis];
  Tensor step = b.iota(along, axis);
  if (n.has(2)) {
    Tensor start = n.input(2);
    if (start.rank() != 1)
      return n.error("input 2 ('write_indices') must be a vector");
    step = step + b.unsqueeze(b.cast(start, b.i64()),
                              llvm::to_vector(llvm::seq<int64_t>(1, axis + 1)));
  }
  if (mode == "circular")
    step = b.mod(step, b.fromDim(shape[axis]));
  ArrayRef<Dim> outer = ArrayRef(shape).take_front(axis + 1);
  Tensor index = b.broadcastTo(step, ArrayRef(count).take_front(axis + 1));
  Tensor at = b.elementOffsets(outer, index, axis);
  at = b.guard(at, index, shape[axis]);
  if (!at)
    return at;
  Dim length = b.product(ArrayRef(shape).drop_front(axis + 1));
  Tensor placed = b.scatter(
      ScatterKind::none, b.reshape(x, Dims{b.product(outer), length}),
      b.flatten(at, 0, at.rank()), b.reshape(update, Dims{Dim(), length}));
  return b.reshape(placed, shape);
}

//===----------------------------------------------------------------------===//
// Others
//===----------------------------------------------------------------------===//

static Tensors oneHot(TensorBuilder &b, NodeArgs &n) {
  Tensor indices = b.cast(n.input(0, "indices"), b.i64());
  Tensor count = n.input(1, "depth"), values = n.input(2, "values");
  if (!indices || !count || !values)
    return Tensor();
  Dim depth = b.index(b.cast(count, b.i64()));
  int64_t axis = n.axis("axis", -1, indices.rank() + 1);
  if (!depth || n.failed())
    return Tensor();
  if (values.rank() != 1 ||
      (values.shape()[0] != 2 && !ShapedType::isDynamic(values.shape()[0])))
    return n.error("input 2 ('values') must hold the off and the on value");
  Dims along(indices.rank() + 1, b.dim(1));
  along[axis] = depth;
  Tensor isOn = b.eq(b.unsqueeze(b.wrapIndices(indices, depth), {axis}),
                     b.iota(along, axis));
  auto value = [&](int64_t i) {
    return b.reshape(b.sliceAxis(values, 0, b.dim(i), b.dim(1)),
                     ArrayRef<int64_t>());
  };
  return b.select(isOn, value(1), value(0));
}

static Tensors reverseSequence(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "input"), lengths = n.input(1, "sequence_lens");
  int64_t batch = n.integer("batch_axis", 1), time = n.integer("time_axis", 0);
  if (!x || !lengths)
    return Tensor();
  if (x.rank() < 2 || lengths.rank() != 1 || batch + time != 1 || batch * time)
    return n.error("needs a batch and a time axis among the first two");
  // Steps before the length are mirrored, those behind it stay.
  Dims along = {b.dim(1), b.dim(1)};
  along[time] = b.dim(x, time);
  Tensor step = b.iota(along, time);
  Tensor length = b.unsqueeze(b.cast(lengths, b.i64()), {time});
  Tensor from = b.select(b.lt(step, length), length - 1.0 - step, step);
  Dims dims = b.dims(x);
  Tensor at = b.elementOffsets(ArrayRef(dims).take_front(2), from, time);
  return b.reshape(b.gather(b.flatten(x, 0, 2), at, 0), dims);
}

ArrayRef<OpRow> onnx::indexingOps() {
  static const OpRow rows[] = {
      {"Gather", 1, gather, {2, 2}},
      {"GatherElements", 11, gatherElements, {2, 2}},
      {"GatherND", 11, gatherND, {2, 2}},
      {"Scatter", 9, scatterElements, {3, 3}},
      {"ScatterElements", 11, scatterElements, {3, 3}},
      {"ScatterND", 11, scatterND, {3, 3}},
      {"TensorScatter", 24, tensorScatter, {2, 3}},
      {"OneHot", 9, oneHot, {3, 3}},
      {"ReverseSequence", 10, reverseSequence, {2, 2}},
  };
  return rows;
}
