//===- Reduction.cpp - reductions and running sums -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Frontend/Common/TensorDetail.h"
#include "Frontend/ONNX/Ops.h"
#include "Frontend/ONNX/RuntimeAxes.h"

using namespace mlir;
using namespace dlc;

namespace {
/// The axes of a reduction, whichever version gives them how.
struct Axes {
  Ints axes;
  bool keep;
  /// In place of `axes` where only the running model knows them.
  std::optional<onnx::RuntimeAxes> open;
};
} // namespace

static std::optional<Axes> axesOf(TensorBuilder &b, NodeArgs &n, Tensor x,
                                  int64_t inputSince) {
  if (!x)
    return std::nullopt;
  Axes result{{}, n.flag("keepdims", true), {}};
  bool isInput = n.version() >= inputSince;
  bool isNoop = isInput && n.flag("noop_with_empty_axes", false);
  std::optional<Ints> given;
  if (!isInput) {
    given = n.integers("axes");
  } else if (n.has(1)) {
    given = n.knownInts(1);
    if (!given) {
      result.open = onnx::RuntimeAxes::get(b, n, n.input(1), x.rank());
      return result.open ? std::optional(result) : std::nullopt;
    }
  }
  std::optional<Ints> axes = n.axes(given.value_or(Ints()), x.rank());
  if (!axes)
    return std::nullopt;
  result.axes = *axes;
  if (result.axes.empty() && !isNoop)
    result.axes = llvm::to_vector(llvm::seq<int64_t>(0, x.rank()));
  return result;
}

/// Combines along the axes, whose dimensions stay. Along open axes each element
/// of the result is the same, so that its shape is x's; but for an empty
/// dimension, which gets the one element that no elements combine to.
static Tensor combine(TensorBuilder &b, ReduceKind kind, Tensor x,
                      const Axes &a) {
  if (!a.open)
    return b.reduce(kind, x, a.axes, true);
  for (int64_t i = 0; x && i < x.rank(); ++i) {
    Tensor combined = b.reduce(kind, x, {i}, true);
    Dims low(x.rank(), b.dim(0)), high = low;
    Dim size = b.dim(x, i);
    high[i] = b.sizes().sub(b.sizes().max(size, b.dim(1)), size);
    x = b.select(a.open->contains(i), combined, b.pad(x, low, high));
  }
  return x;
}

/// The shape of the result, from what `combine` gives.
static Tensor shrink(TensorBuilder &b, Tensor x, const Axes &a, Dims dims) {
  if (!x)
    return x;
  if (!a.open)
    return a.keep ? x : b.squeeze(x, a.axes);
  Dims sizes;
  for (auto [i, d] : llvm::enumerate(dims))
    sizes.push_back(b.index(b.select(
        a.open->contains(i), b.scalar(int64_t(1), b.i64()), b.fromDim(d))));
  Tensor first = b.slice(x, Dims(dims.size(), b.dim(0)), sizes);
  return a.keep ? first : b.reshape(first, a.open->drop(dims));
}

/// Sums of roots, logarithms and halves are taken in a type that holds them.
static Type wideType(TensorBuilder &b, Tensor x, bool needsFloat) {
  Type type = x.elementType();
  if (!x.isFloat())
    return needsFloat ? Type(b.opBuilder().getF64Type()) : type;
  return type.getIntOrFloatBitWidth() < 32 ? b.f32() : type;
}

using Formula = Tensor (*)(TensorBuilder &, Tensor, const Axes &);

/// `axes` is an input since `inputSince`.
template <Formula formula, bool needsFloat = false, int64_t inputSince = 18>
static Tensors reduce(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "data");
  std::optional<Axes> axes = axesOf(b, n, x, inputSince);
  if (!axes)
    return Tensor();
  Type wide = wideType(b, x, needsFloat);
  Tensor result = formula(b, b.cast(x, wide), *axes);
  return shrink(b, b.cast(result, x.elementType()), *axes, b.dims(x));
}

static Tensor sum(TensorBuilder &b, Tensor x, const Axes &a) {
  return combine(b, ReduceKind::sum, x, a);
}
static Tensor mean(TensorBuilder &b, Tensor x, const Axes &a) {
  if (!a.open)
    return b.mean(x, a.axes, true);
  Tensor count = b.scalar(int64_t(1), b.i64());
  for (auto [i, d] : llvm::enumerate(b.dims(x)))
    count = b.select(a.open->contains(i), count * b.fromDim(d), count);
  return sum(b, x, a) / b.cast(count, x.elementType());
}
static Tensor prod(TensorBuilder &b, Tensor x, const Axes &a) {
  return combine(b, ReduceKind::prod, x, a);
}
static Tensor l1(TensorBuilder &b, Tensor x, const Axes &a) {
  return sum(b, x && x.isUnsigned() ? x : b.abs(x), a);
}
static Tensor sumSquare(TensorBuilder &b, Tensor x, const Axes &a) {
  return sum(b, b.square(x), a);
}
static Tensor l2(TensorBuilder &b, Tensor x, const Axes &a) {
  return b.sqrt(sumSquare(b, x, a));
}
static Tensor logSum(TensorBuilder &b, Tensor x, const Axes &a) {
  return b.log(sum(b, x, a));
}
static Tensor logSumExp(TensorBuilder &b, Tensor x, const Axes &a) {
  // Relative to the greatest element, so that nothing overflows.
  Tensor top = combine(b, ReduceKind::max, x, a);
  Tensor base = b.select(b.isInf(top), b.like(0, top), top);
  return b.log(sum(b, b.exp(x - base), a)) + base;
}

template <ReduceKind kind, ReduceKind boolKind>
static Tensors extremum(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "data");
  std::optional<Axes> axes = axesOf(b, n, x, 18);
  if (!axes)
    return Tensor();
  Tensor result = combine(b, x.isBool() ? boolKind : kind, x, *axes);
  return shrink(b, result, *axes, b.dims(x));
}

template <ReduceKind kind>
static Tensors argReduce(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "data");
  bool keep = n.flag("keepdims", true),
       last = n.flag("select_last_index", false);
  if (!x)
    return x;
  int64_t axis = n.axis("axis", 0, x.rank());
  if (n.failed())
    return Tensor();
  return b.argReduce(kind, x, axis, last, keep);
}

template <ReduceKind kind>
static Tensors runningReduce(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "x"), given = n.input(1, "axis");
  bool exclusive = n.flag("exclusive", false),
       reverse = n.flag("reverse", false);
  if (!x || !given)
    return Tensor();
  if (std::optional<Ints> known = n.knownInts(1)) {
    std::optional<Ints> axis = n.axes(*known, x.rank());
    if (!axis || axis->size() != 1)
      return n.error("input 1 ('axis') must be one axis");
    return b.scan(kind, x, axis->front(), exclusive, reverse);
  }
  auto axes = onnx::RuntimeAxes::get(b, n, given, x.rank());
  Tensor result = x;
  for (int64_t i = 0; axes && i < x.rank(); ++i)
    result = b.select(axes->contains(i), b.scan(kind, x, i, exclusive, reverse),
                      result);
  return result;
}

ArrayRef<OpRow> onnx::reductionOps() {
  using K = ReduceKind;
  static const OpRow rows[] = {
      {"ReduceSum", 1, reduce<sum, false, 13>, {1, 2}},
      {"ReduceMean", 1, reduce<mean>, {1, 2}},
      {"ReduceProd", 1, reduce<prod>, {1, 2}},
      {"ReduceL1", 1, reduce<l1>, {1, 2}},
      {"ReduceL2", 1, reduce<l2, true>, {1, 2}},
      {"ReduceLogSum", 1, reduce<logSum, true>, {1, 2}},
      {"ReduceLogSumExp", 1, reduce<logSumExp, true>, {1, 2}},
      {"ReduceSumSquare", 1, reduce<sumSquare>, {1, 2}},
      {"ReduceMax", 1, extremum<K::max, K::any>, {1, 2}},
      {"ReduceMin", 1, extremum<K::min, K::all>, {1, 2}},
      {"ArgMax", 1, argReduce<K::max>},
      {"ArgMin", 1, argReduce<K::min>},
      {"CumSum", 11, runningReduce<K::sum>, {2, 2}},
      {"CumProd", 26, runningReduce<K::prod>, {2, 2}},
  };
  return rows;
}
