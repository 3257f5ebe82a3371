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
  if (!concat || !concat.getType().hasStaticShape())
    return;
  ArrayRef<int64_t> shape = concat.getType().getShape();
  if (llvm::any_of(shape.take_front(concat.getAxis()),
                   [](int64_t d) { return d != 1; }))
    return;
  SmallVector<Value> parts;
  SmallVector<int64_t> starts;
  int64_t bytes = 0;
  for (Value v : concat.getInputs()) {
    Value input = inputOf(cluster, v);
    Value source = input ? sourceOf(input) : Value();
    RankedTensorType type = typeOf(v);
    // Vectors that straddle lines would cost more than the copy.
    if (!source || !source.getDefiningOp<ClusterOp>() ||
        source.getParentBlock() != cluster->getBlock() || hasPlace(source) ||
        isPart(source) || llvm::is_contained(parts, source) ||
        !type.hasStaticShape() || bytes % 64 != 0)
      return;
    parts.push_back(source);
    starts.push_back(bytes);
    bytes += type.getNumElements() * elementBytes(type);
  }
  for (auto [part, start] : llvm::zip(parts, starts))
    places[part] = {cluster.getResult(), start};
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
