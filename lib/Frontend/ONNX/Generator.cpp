//===- Generator.cpp - operators that make tensors from nothing -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Frontend/Common/TensorDetail.h"
#include "Frontend/ONNX/Ops.h"

using namespace mlir;
using namespace dlc;

static Tensors constant(TensorBuilder &b, NodeArgs &n) {
  if (ElementsAttr value = n.tensor("value"))
    return b.constant(value);
  if (n.hasAttr("value_float"))
    return b.scalar(n.real("value_float"), b.f32());
  if (n.hasAttr("value_int"))
    return b.scalar(n.integer("value_int"), b.i64());
  if (std::optional<Ints> values = n.integers("value_ints"))
    return b.ints(*values);
  if (auto values = n.reals("value_floats")) {
    SmallVector<float> floats(values->begin(), values->end());
    auto type =
        RankedTensorType::get({static_cast<int64_t>(floats.size())}, b.f32());
    return b.constant(DenseElementsAttr::get(type, ArrayRef(floats)));
  }
  return n.error("has no numeric value");
}

static Tensors constantOfShape(TensorBuilder &b, NodeArgs &n) {
  std::optional<Dims> shape = b.indices(n.input(0, "input"));
  Tensor value = b.scalar(0.0, b.f32());
  if (ElementsAttr given = n.tensor("value")) {
    if (given.getNumElements() != 1)
      return n.error("attribute 'value' must have one element");
    value = b.reshape(b.constant(given), ArrayRef<int64_t>());
  }
  if (!shape)
    return Tensor();
  for (Dim d : *shape)
    if (isKnown(d) && staticDim(d) < 0)
      return n.error("input 0 has the size " + Twine(staticDim(d)));
  return b.full(*shape, value);
}

/// The number of steps of integers from start to limit.
static Dim countSteps(TensorBuilder &b, Dim start, Dim limit, int64_t step) {
  ShapeAlgebra s = b.sizes();
  bool isUp = step > 0;
  Dim length = isUp ? s.sub(limit, start) : s.sub(start, limit);
  int64_t stride = isUp ? step : -step;
  Dim count = s.ceilDiv(length, stride);
  return isNatural(count) ? count : s.max(count, s.constant(0));
}

/// The same where the step is known at run time alone.
static Dim countSteps(TensorBuilder &b, Tensor start, Tensor limit,
                      Tensor step) {
  bool isReal = start.isFloat();
  Type type = isReal ? Type(b.opBuilder().getF64Type()) : b.i64();
  Tensor length = b.cast(limit, type) - b.cast(start, type);
  step = b.cast(step, type);
  Tensor steps = length / step;
  if (isReal) {
    steps = b.ceil(steps);
  } else {
    // No double has all differences of integers.
    Tensor rest = b.rem(length, step);
    Tensor isPart =
        b.and_(b.ne(rest, 0.0), b.eq(b.gt(rest, 0.0), b.gt(step, 0.0)));
    steps = steps + b.cast(isPart, type);
  }
  return b.index(b.cast(b.max(steps, 0.0), b.i64()));
}

Tensors onnx::range(TensorBuilder &b, NodeArgs &n) {
  Tensor start = n.input(0, "start"), limit = n.input(1, "limit"),
         delta = n.has(2) ? n.input(2, "delta") : b.like(1, start);
  if (!start || !limit || !delta)
    return Tensor();
  for (Tensor *x : {&start, &limit, &delta})
    if (!(*x = b.reshape(*x, ArrayRef<int64_t>())))
      return Tensor();
  Type type = start.elementType();
  std::optional<SmallVector<double>> step = b.constantFloats(delta);
  if (step && step->front() == 0)
    return n.error("input 2 ('delta') is 0");
  Dim count;
  std::optional<Ints> known = b.constantInts(delta);
  if (known && known->front() > -(int64_t(1) << 62)) {
    Dim first = b.index(start), last = b.index(limit);
    if (!first || !last)
      return Tensor();
    count = countSteps(b, first, last, known->front());
  } else {
    count = countSteps(b, start, limit, delta);
  }
  if (!count)
    return Tensor();
  Tensor result = b.cast(b.iota({count}, 0), type);
  bool isOne = step && step->front() == 1;
  std::optional<SmallVector<double>> first = b.constantFloats(start);
  bool isZero = first && first->front() == 0;
  result = isOne ? result : result * delta;
  return isZero ? result : result + start;
}

static Tensors eyeLike(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "input");
  int64_t k = n.integer("k", 0), code = n.integer("dtype", 0);
  if (!x)
    return x;
  Type type = code ? onnx::elementType(b.context(), code) : x.elementType();
  if (!type)
    return n.error("element type " + Twine(code) + " is not supported");
  if (x.rank() != 2)
    return n.error("input 0 must be of rank 2, not " + Twine(x.rank()));
  Dims shape = b.dims(x);
  Tensor column = b.iota({b.dim(1), shape[1]}, 1),
         row = b.iota({shape[0], b.dim(1)}, 0);
  return b.cast(b.eq(row + b.scalar(k, b.i64()), column), type);
}

ArrayRef<OpRow> onnx::generatorOps() {
  static const OpRow rows[] = {
      {"Constant", 1, constant, {0, 0}},
      {"ConstantOfShape", 9, constantOfShape},
      {"Range", 11, range, {3, 3}},
      {"EyeLike", 9, eyeLike},
  };
  return rows;
}
