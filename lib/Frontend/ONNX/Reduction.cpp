//===- Reduction.cpp - reductions and running sums -*- C++ -*-===//
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
/// The axes of a reduction, whichever version gives them how.
struct Axes {
  Ints axes;
  bool keep;
};
} // namespace

static std::optional<Axes> axesOf(NodeArgs &n, Tensor x, int64_t inputSince) {
  if (!x)
    return std::nullopt;
  bool keep = n.flag("keepdims", true);
  bool isInput = n.version() >= inputSince;
  bool isNoop = isInput && n.flag("noop_with_empty_axes", false);
  bool isGiven = isInput ? n.has(1) : n.hasAttr("axes");
  std::optional<Ints> axes = Ints();
  if (isGiven)
    axes = isInput ? n.axesOr("", 1, x.rank()) : n.axesOr("axes", 1, x.rank());
  if (!axes)
    return std::nullopt;
  if (axes->empty() && !isNoop)
    axes = llvm::to_vector(llvm::seq<int64_t>(0, x.rank()));
  return Axes{*axes, keep};
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
  std::optional<Axes> axes = axesOf(n, x, inputSince);
  if (!axes)
    return Tensor();
  Type wide = wideType(b, x, needsFloat);
  return b.cast(formula(b, b.cast(x, wide), *axes), x.elementType());
}

static Tensor sum(TensorBuilder &b, Tensor x, const Axes &a) {
  return b.sum(x, a.axes, a.keep);
}
static Tensor mean(TensorBuilder &b, Tensor x, const Axes &a) {
  return b.mean(x, a.axes, a.keep);
}
static Tensor prod(TensorBuilder &b, Tensor x, const Axes &a) {
  return b.reduce(ReduceKind::prod, x, a.axes, a.keep);
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
  Tensor top = b.reduce(ReduceKind::max, x, a.axes, true);
  Tensor base = b.select(b.isInf(top), b.like(0, top), top);
  Tensor result = b.log(b.sum(b.exp(x - base), a.axes, true)) + base;
  return a.keep ? result : b.squeeze(result, a.axes);
}

template <ReduceKind kind, ReduceKind boolKind>
static Tensors extremum(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "data");
  std::optional<Axes> axes = axesOf(n, x, 18);
  if (!axes)
    return Tensor();
  return b.reduce(x.isBool() ? boolKind : kind, x, axes->axes, axes->keep);
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
  Tensor x = n.input(0, "x");
  std::optional<Ints> given = n.constantInts(1, "axis");
  bool exclusive = n.flag("exclusive", false),
       reverse = n.flag("reverse", false);
  if (!x || !given)
    return Tensor();
  std::optional<Ints> axis = n.axes(*given, x.rank());
  if (!axis || axis->size() != 1)
    return n.error("input 1 ('axis') must be one axis");
  return b.scan(kind, x, axis->front(), exclusive, reverse);
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
