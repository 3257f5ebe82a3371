//===- TensorPointwise.cpp - pointwise expressions and broadcasts -*- C++
//-*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Frontend/Common/TensorDetail.h"

#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace dlc;

std::string dlc::describe(Type type) {
  std::string text;
  llvm::raw_string_ostream(text) << type;
  return text;
}

std::string dlc::describe(ArrayRef<int64_t> shape) {
  if (shape.empty())
    return "scalar";
  return llvm::join(llvm::map_range(shape,
                                    [](int64_t d) {
                                      return ShapedType::isDynamic(d)
                                                 ? std::string("?")
                                                 : std::to_string(d);
                                    }),
                    "x");
}

std::string dlc::describe(ArrayRef<Dim> dims) {
  return describe(ArrayRef<int64_t>(staticDims(dims)));
}

std::optional<Dims> TensorBuilder::broadcastShape(ArrayRef<Tensor> xs) {
  int64_t rank = 0;
  for (Tensor x : xs) {
    if (!x)
      return std::nullopt;
    rank = std::max(rank, x.rank());
  }
  Dims result(rank, dim(1));
  for (Tensor x : xs) {
    Dims mine = dims(x);
    int64_t lead = rank - x.rank();
    for (auto [i, d] : llvm::enumerate(mine)) {
      Dim &r = result[lead + i];
      if (staticDim(r) != 1 && staticDim(d) != 1 && contradict(r, d)) {
        std::string shapes = llvm::join(
            llvm::map_range(xs, [](Tensor t) { return describe(t.shape()); }),
            " and ");
        error("shapes " + shapes + " can't be broadcast to one");
        return std::nullopt;
      }
      r = sizes().broadcast(r, d);
    }
  }
  return result;
}

Tensor TensorBuilder::broadcastTo(Tensor x, ArrayRef<Dim> shape) {
  if (!x)
    return {};
  Dims mine = dims(x), target(shape);
  if (mine == target)
    return x;
  int64_t lead = static_cast<int64_t>(shape.size()) - x.rank();
  for (auto [i, d] : llvm::enumerate(mine))
    if (lead < 0 || (staticDim(d) != 1 && contradict(d, target[lead + i])))
      return error("shape " + describe(x.shape()) + " can't be broadcast to " +
                   describe(shape));
  // One broadcast does what several in a row do.
  Value input = x.value();
  while (auto inner = input.getDefiningOp<BroadcastOp>())
    input = inner.getInput();
  auto type = typeOf(target, x.elementType());
  auto op = BroadcastOp::create(ops, loc, type, input, openSizes(target));
  return finish(op, target);
}

Tensor TensorBuilder::pointwise(StringRef name, ArrayRef<Tensor> operands,
                                bool isPredicate) {
  std::optional<Dims> shape = broadcastShape(operands);
  if (!shape)
    return {};
  Type element = operands.back().elementType();
  SmallVector<Value> values;
  for (Tensor x : operands) {
    bool isCondition = operands.size() == 3 && values.empty();
    if (!isCondition && x.elementType() != element)
      return error("operands are of different types, " +
                   describe(x.elementType()) + " and " + describe(element));
    Tensor wide = broadcastTo(x, *shape);
    if (!wide)
      return {};
    values.push_back(wide.value());
  }
  OperationState state(loc, name);
  state.addOperands(values);
  state.addTypes(typeOf(*shape, isPredicate ? boolean() : element));
  return finish(ops.create(state), *shape);
}

Tensor TensorBuilder::select(Tensor condition, Tensor x, Tensor y) {
  if (condition && !condition.isBool())
    return error("condition is of type " + describe(condition.elementType()) +
                 ", not bool");
  return pointwise(SelectOp::getOperationName(), {condition, x, y}, false);
}

Tensor TensorBuilder::cast(Tensor x, Type elementType) {
  if (!x || x.elementType() == elementType)
    return x;
  Dims shape = dims(x);
  return finish(CastOp::create(ops, loc, typeOf(shape, elementType), x.value()),
                shape);
}

Tensor TensorBuilder::bitcast(Tensor x, Type elementType) {
  if (!x || x.elementType() == elementType)
    return x;
  if (elementBits(x.elementType()) != elementBits(elementType))
    return error("the bits of " + describe(x.elementType()) + " are no " +
                 describe(elementType));
  Dims shape = dims(x);
  return finish(
      BitcastOp::create(ops, loc, typeOf(shape, elementType), x.value()),
      shape);
}

Tensor TensorBuilder::clamp(Tensor x, Tensor low, Tensor high) {
  if (low)
    x = max(x, low);
  return high ? min(x, high) : x;
}
