//===- ConcatParts.cpp - what kernels write straight into a concat -*- C++
//-*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Codegen/CPU/ConcatParts.h"

#include "Codegen/CPU/ControlFlow.h"
#include "dialects/dlc/ScalarEmitter.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

using namespace mlir;
using namespace dlc;
using namespace dlc::cpu;

/// What a cluster reads as this value of its body: a view of an input, or null.
static Value inputOf(ClusterOp cluster, Value inner) {
  while (auto reshape = inner.getDefiningOp<ReshapeOp>())
    inner = reshape.getInput();
  auto arg = dyn_cast<BlockArgument>(inner);
  return arg ? cluster.getInputs()[arg.getArgNumber()] : Value();
}

void ConcatParts::place(ClusterOp cluster, function_ref<bool(Value)> hasPlace) {
  auto concat = cluster.getRoot().getDefiningOp<ConcatOp>();
  if (!concat)
    return;
  ArrayRef<int64_t> shape = concat.getType().getShape();
  if (llvm::any_of(shape.take_front(concat.getAxis()),
                   [](int64_t d) { return d != 1; }))
    return;
  // Open sizes are those of each part, so they are known before the first one
  // is computed, and the result is as large as its parts, whatever they are.
  ElementCount whole(cluster.getType(), cluster.getSizes());
  if (!whole.open.empty() && !isa<func::FuncOp>(cluster->getParentOp()))
    return;
  SmallVector<Value> parts;
  SmallVector<int64_t> starts;
  int64_t elements = 0, size = elementBytes(concat.getType());
  for (Value v : concat.getInputs()) {
    Value input = inputOf(cluster, v);
    Value source = input ? sourceOf(input) : Value();
    auto maker = source ? source.getDefiningOp<ClusterOp>() : ClusterOp();
    // Vectors that straddle lines would cost more than the copy.
    if (!maker || maker->getBlock() != cluster->getBlock() ||
        hasPlace(source) || isPart(source) ||
        llvm::is_contained(parts, source) || elements * size % 64 != 0)
      return;
    ElementCount part(maker.getType(), maker.getSizes());
    if (part.open != whole.open)
      return;
    parts.push_back(source);
    starts.push_back(elements * size);
    elements += part.known;
  }
  if (elements != whole.known)
    return;
  for (auto [part, start] : llvm::zip(parts, starts))
    places[part] = {cluster.getResult(), start, whole.open};
  wholes[cluster.getResult()] = parts;
}

void ConcatParts::find(Block &program, function_ref<bool(Value)> hasPlace) {
  // From the last on, so that a part of a part finds its place, too.
  for (Operation &op : llvm::reverse(program))
    if (auto cluster = dyn_cast<ClusterOp>(op))
      place(cluster, hasPlace);
}

void ConcatParts::forParts(Value v, function_ref<void(Value)> visit) const {
  auto it = wholes.find(v);
  if (it == wholes.end())
    return;
  for (Value part : it->second) {
    visit(part);
    forParts(part, visit);
  }
}
