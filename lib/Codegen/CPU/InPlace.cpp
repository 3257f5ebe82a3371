//===- InPlace.cpp - results that may lie where an input lies ---*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// What a result is written over is in the cache already, where new memory would
// first be fetched: a softmax in place of its scores, a sum in place of the
// shortcut that is added.

#include "Codegen/CPU/InPlace.h"

#include "Codegen/CPU/ControlFlow.h"
#include "Codegen/CPU/Kernel.h"

using namespace mlir;
using namespace dlc;
using namespace dlc::cpu;

/// Whether a kernel has reduced a row before it writes to it.
static bool isRowReduction(ReduceOp op) {
  return op.getAxes() ==
         ArrayRef<int64_t>{op.getInput().getType().getRank() - 1};
}

/// Whether what reads v in the cluster asks for element i of it to compute
/// element i of the root, or to reduce the row that it is in.
static bool isReadInPlace(Value v) {
  return llvm::all_of(v.getUsers(), [](Operation *user) {
    if (isa<YieldOp>(user))
      return true;
    if (auto reduce = dyn_cast<ReduceOp>(user))
      return isRowReduction(reduce);
    return isa<PointwiseOpInterface, ReshapeOp>(user) &&
           isReadInPlace(user->getResult(0));
  });
}

/// Whether all reductions are over rows of the root's space: the kernel goes
/// row by row.
static bool goesByRows(Block &body) {
  return llvm::all_of(body.getOps<ReduceOp>(), isRowReduction);
}

/// Whether the kernel of a cluster reads what its result may be written over
/// element by element.
static bool canOverwrite(ClusterOp cluster) {
  Block &body = cluster.getBody().front();
  Operation *anchor = anchorOf(body);
  return !storesElsewhere(cluster) &&
         (!anchor || isa<MatmulOp, ConvOp, ReduceOp>(anchor)) &&
         goesByRows(body) &&
         isa_and_present<PointwiseOpInterface>(
             cluster.getRoot().getDefiningOp());
}

Value cpu::overwrittenInput(Value result, const Lifetimes &lifetimes,
                            function_ref<bool(Value)> isFree) {
  auto cluster = result.getDefiningOp<ClusterOp>();
  if (!cluster || !canOverwrite(cluster))
    return {};
  RankedTensorType type = typeOf(result);
  Block &body = cluster.getBody().front();
  for (auto [input, arg] :
       llvm::zip(cluster.getInputs(), body.getArguments())) {
    auto from = dyn_cast<RankedTensorType>(input.getType());
    if (!from || elementBytes(from) != elementBytes(type) ||
        !isReadInPlace(arg))
      continue;
    Value source = sourceOf(input);
    auto isSource = [&](Value other) { return sourceOf(other) == source; };
    if (source.getDefiningOp<ClusterOp>() && isFree(source) &&
        source.getParentBlock() == cluster->getBlock() &&
        lifetimes.lastUse(source) <= lifetimes.finish(cluster) &&
        llvm::count_if(cluster.getInputs(), isSource) == 1)
      return source;
  }
  return {};
}
