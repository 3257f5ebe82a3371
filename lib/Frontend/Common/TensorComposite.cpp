//===- TensorComposite.cpp - composites and loops ---------------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Frontend/Common/TensorDetail.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/IRMapping.h"

using namespace mlir;
using namespace dlc;

namespace {

/// Sizes inside of a composite's body and the same sizes around it.
class SizeBridge {
public:
  SizeBridge(OpBuilder &outer) : outer(outer) {}

  /// Gives the body's argument the sizes of its operand: equal sizes outside
  /// are one value inside.
  void enter(TensorBuilder &inner, Value argument, ArrayRef<Dim> outerDims) {
    Dims dims;
    for (auto [i, d] : llvm::enumerate(outerDims)) {
      if (isKnown(d)) {
        dims.push_back(d);
        continue;
      }
      Value &size = inside[llvm::cast<Value>(d)];
      if (!size) {
        size = llvm::cast<Value>(inner.sizes().dim(argument, i));
        mapping.map(size, llvm::cast<Value>(d));
      }
      dims.push_back(size);
    }
    inner.setDims(argument, dims);
  }

  /// An inner size in terms of outer values; null if it has none.
  Dim leave(Dim d) {
    if (!d || isKnown(d))
      return d;
    Value result = leave(llvm::cast<Value>(d));
    return result ? Dim(result) : Dim();
  }

private:
  OpBuilder &outer;
  llvm::DenseMap<Value, Value> inside;
  IRMapping mapping;

  Value leave(Value v) {
    if (Value known = mapping.lookupOrNull(v))
      return known;
    Operation *op = v.getDefiningOp();
    if (!op || op->getNumResults() != 1 ||
        !isa<arith::ArithDialect>(op->getDialect()))
      return {};
    for (Value operand : op->getOperands())
      if (!leave(operand))
        return {};
    outer.clone(*op, mapping);
    return mapping.lookup(v);
  }
};

} // namespace

Tensors TensorBuilder::composite(StringRef name, ArrayRef<Tensor> inputs,
                                 Body body, ArrayRef<NamedAttribute> attrs) {
  if (!llvm::all_of(inputs, [](Tensor x) { return bool(x); }))
    return Tensor();
  if (llvm::all_of(inputs, [&](Tensor x) { return bool(constantOf(x)); }))
    return body(*this, inputs);

  Block *block = new Block;
  Region region;
  region.push_back(block);
  OpBuilder bodyOps = OpBuilder::atBlockEnd(block);
  TensorBuilder inner(bodyOps, loc);
  SizeBridge bridge(ops);
  SmallVector<Value> operands;
  SmallVector<Tensor> arguments;
  for (Tensor x : inputs) {
    operands.push_back(x.value());
    Value argument = block->addArgument(x.type(), loc);
    arguments.push_back(inner.wrap(argument));
    bridge.enter(inner, argument, dims(x));
  }
  Tensors yielded = body(inner, arguments);
  SmallVector<Value> values;
  for (Tensor y : yielded) {
    if (!y)
      return Tensor();
    values.push_back(y.value());
  }
  YieldOp::create(inner.opBuilder(), loc, values);
  SmallVector<Dims> resultDims;
  for (Tensor y : yielded)
    resultDims.push_back(llvm::map_to_vector(
        inner.dims(y), [&](Dim d) { return bridge.leave(d); }));

  auto op = CompositeOp::create(ops, loc, ValueRange(values).getTypes(),
                                ops.getStringAttr(name), operands);
  op->setDiscardableAttrs(ops.getDictionaryAttr(attrs));
  op.getBody().takeBody(region);
  Tensors results;
  for (auto [result, sizes] : llvm::zip(op.getResults(), resultDims)) {
    setDims(result, sizes);
    results.push_back(wrap(result));
  }
  return results;
}

Tensors TensorBuilder::loop(Dim low, Dim high, ArrayRef<Tensor> inits,
                            LoopBody body) {
  SmallVector<Value> start;
  SmallVector<Dims> shapes;
  for (Tensor x : inits) {
    if (!x)
      return Tensor();
    start.push_back(x.value());
    shapes.push_back(dims(x));
  }
  auto loop = scf::ForOp::create(ops, loc, indexValue(low), indexValue(high),
                                 indexValue(dim(1)), start);
  // Sizes that the body computes are unknown behind it.
  SizeCache outside = cache;
  auto step = [&]() -> LogicalResult {
    OpBuilder::InsertionGuard guard(ops);
    ops.setInsertionPointToStart(loop.getBody());
    SmallVector<Tensor> state;
    for (auto [argument, shape] : llvm::zip(loop.getRegionIterArgs(), shapes)) {
      setDims(argument, shape);
      state.push_back(wrap(argument));
    }
    Tensors given = body(loop.getInductionVar(), state);
    if (given.size() != inits.size())
      return failure(); // a null, which was reported
    SmallVector<Value> next;
    for (auto [x, init, shape] : llvm::zip(given, inits, shapes)) {
      Tensor same = x ? reshape(x, shape) : x;
      if (same && same.elementType() != init.elementType())
        same = error("a loop carries a tensor of type " +
                     describe(init.elementType()) + ", then of type " +
                     describe(same.elementType()));
      if (!same)
        return failure();
      next.push_back(same.value());
    }
    if (!next.empty())
      scf::YieldOp::create(ops, loc, next);
    return success();
  };
  LogicalResult built = step();
  cache = std::move(outside);
  if (failed(built)) {
    loop.erase();
    return Tensor();
  }
  Tensors results;
  for (auto [result, shape] : llvm::zip(loop.getResults(), shapes)) {
    setDims(result, shape);
    results.push_back(wrap(result));
  }
  return results;
}
