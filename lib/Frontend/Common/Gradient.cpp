//===- Gradient.cpp - the way back from a result to its origins -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Frontend/Common/Gradient.h"
#include "Frontend/Common/TensorDetail.h"
#include "mlir/Transforms/RegionUtils.h"

using namespace mlir;
using namespace dlc;

Tensor dlc::independent(TensorBuilder &b, Tensor x) {
  if (!x)
    return x;
  Value v = x.value();
  auto alias = UnrealizedConversionCastOp::create(b.opBuilder(), b.getLoc(),
                                                  v.getType(), v);
  Dims dims = b.dims(x);
  b.setDims(alias.getResult(0), dims);
  return b.wrap(alias.getResult(0));
}

void Derivation::refuse(const Twine &why) {
  bad = true;
  b.error(why + "; Gradient can't differentiate it");
}

namespace {

/// One walk from y back to where it comes from.
class WayBack {
public:
  WayBack(TensorBuilder &b, Tensor y, ArrayRef<Tensor> xs) : b(b), y(y) {
    for (Tensor x : xs)
      active.insert(x.value());
  }
  bool run();
  Tensor derivativeBy(Tensor x) { return derivatives.lookup(x.value()); }

private:
  TensorBuilder &b;
  Tensor y;
  /// What depends on an origin, and could pass a derivative on.
  DenseSet<Value> active;
  DenseMap<Value, Tensor> derivatives;

  bool step(Operation *op);
};

} // namespace

/// Elements that are no floats change in steps: they pass no derivative on.
static bool isContinuous(Value v) {
  auto type = dyn_cast<RankedTensorType>(v.getType());
  return type ? isa<FloatType>(type.getElementType())
              : isSequenceOrOptional(v.getType());
}

SmallVector<Value> dlc::usedBy(Operation *op) {
  SmallVector<Value> used(op->getOperands());
  visitUsedValuesDefinedAbove(
      op->getRegions(), [&](OpOperand *use) { used.push_back(use->get()); });
  return used;
}

std::vector<Operation *>
dlc::operationsBehind(Value y, llvm::function_ref<bool(Value)> isOrigin) {
  // Not a recursion: a model may be deep.
  std::vector<Operation *> result;
  DenseSet<Operation *> seen;
  std::vector<std::pair<Operation *, bool>> left;
  auto push = [&](Value v) {
    Operation *op = v.getDefiningOp();
    if (op && !isOrigin(v) && !seen.contains(op))
      left.push_back({op, false});
  };
  push(y);
  while (!left.empty()) {
    auto [op, isDone] = left.back();
    left.pop_back();
    if (isDone) {
      result.push_back(op);
    } else if (seen.insert(op).second) {
      left.push_back({op, true});
      for (Value v : usedBy(op))
        push(v);
    }
  }
  return result;
}

bool WayBack::step(Operation *op) {
  Tensor g;
  for (Value v : op->getResults())
    if (Tensor by = derivatives.lookup(v))
      g = by;
  if (!g)
    return true;
  Location around = b.getLoc();
  b.setLoc(op->getLoc());
  SmallVector<bool> wanted;
  for (Value v : op->getOperands())
    wanted.push_back(active.contains(v));
  Derivation d(b, op, g, wanted);
  // What has regions, or several results, has no rule.
  if (DerivativeRule rule = findDerivative(op->getName().getStringRef()))
    rule(d);
  else
    d.refuse("'" + op->getName().getStringRef() + "' has no derivative");
  for (auto [i, v] : llvm::enumerate(op->getOperands())) {
    Tensor given = d.results()[i];
    if (!given || !wanted[i])
      continue;
    Tensor &sum = derivatives[v];
    sum = sum ? sum + given : given;
    if (!sum)
      return false;
  }
  b.setLoc(around);
  return !d.failed();
}

bool WayBack::run() {
  std::vector<Operation *> all =
      operationsBehind(y.value(), [&](Value v) { return active.contains(v); });
  std::vector<Operation *> path;
  for (Operation *op : all) {
    if (llvm::none_of(usedBy(op), [&](Value v) { return active.contains(v); }))
      continue;
    bool isOnPath = false;
    for (Value v : op->getResults())
      if (isContinuous(v)) {
        active.insert(v);
        isOnPath = true;
      }
    if (isOnPath)
      path.push_back(op);
  }
  if (!active.contains(y.value()))
    return true;
  derivatives[y.value()] = b.full(b.dims(y), b.like(1, y));
  return llvm::all_of(llvm::reverse(path),
                      [&](Operation *op) { return step(op); });
}

/// The origins become what they stand for. They stay behind, unused: what is
/// built next must not be taken for one of them, whose sizes are known.
static void settle(ArrayRef<Tensor> xs, Tensors &results) {
  for (Tensor x : xs) {
    Value of = x.value().getDefiningOp()->getOperand(0);
    x.value().replaceAllUsesWith(of);
    for (Tensor &result : results)
      if (result.value() == x.value())
        result = x.builder().wrap(of);
  }
}

Tensors dlc::gradient(TensorBuilder &b, Tensor y, ArrayRef<Tensor> xs) {
  if (!y)
    return {};
  if (!y.isFloat())
    return b.error("y is of type " + describe(y.type()) +
                   ", which has no derivative"),
           Tensors();
  for (Tensor x : xs)
    if (!x || !x.isFloat())
      return x ? b.error("one of xs is of type " + describe(x.type()) +
                         ", by which there is no derivative")
               : x,
             Tensors();
  WayBack way(b, y, xs);
  if (!way.run())
    return {};
  Tensors result;
  for (Tensor x : xs) {
    Tensor by = way.derivativeBy(x);
    result.push_back(by ? by : b.full(b.dims(x), b.like(0, x)));
  }
  settle(xs, result);
  return result;
}
