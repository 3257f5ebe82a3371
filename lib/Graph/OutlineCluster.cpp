//===- OutlineCluster.cpp - operations become a cluster --------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Graph/OutlineCluster.h"

#include "dialects/dlc/Dlc.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace dlc;

/// The sizes that the value's type leaves open, computed from what it is made
/// of.
static SmallVector<Value> openSizes(OpBuilder &b, Value v) {
  SmallVector<Value> sizes;
  RankedTensorType type = typeOf(v);
  ReifiedRankedShapedTypeDims dims;
  if (type.hasStaticShape() ||
      failed(reifyResultShapes(b, v.getDefiningOp(), dims)))
    return sizes;
  for (auto [d, size] : llvm::enumerate(dims[0]))
    if (type.isDynamicDim(d))
      sizes.push_back(getValueOrCreateConstantIndexOp(b, v.getLoc(), size));
  return sizes;
}

static bool isConstantIndex(Value v) {
  return v.getType().isIndex() && matchPattern(v, m_Constant());
}

static Location fusedLoc(ArrayRef<Operation *> members) {
  llvm::SetVector<Location> locs;
  for (Operation *op : members)
    if (!isa<UnknownLoc>(op->getLoc()))
      locs.insert(op->getLoc());
  MLIRContext *context = members[0]->getContext();
  return FusedLoc::get(context, locs.getArrayRef());
}

void dlc::outlineCluster(Operation *root, ArrayRef<Operation *> unordered,
                         function_ref<bool(Value, Operation *)> isHeld) {
  OpBuilder b(root);
  SmallVector<Operation *> members(unordered);
  llvm::sort(members,
             [](Operation *x, Operation *y) { return x->isBeforeInBlock(y); });
  llvm::SmallDenseSet<Operation *> isMember(members.begin(), members.end());
  llvm::SetVector<Value> inputs;
  for (Operation *op : members)
    for (Value operand : op->getOperands()) {
      Operation *def = operand.getDefiningOp();
      if (!(def && isMember.contains(def)) && !isHeld(operand, op) &&
          !isConstantIndex(operand))
        inputs.insert(operand);
    }
  auto cluster =
      ClusterOp::create(b, fusedLoc(members), root->getResult(0).getType(),
                        inputs.getArrayRef(), openSizes(b, root->getResult(0)));
  Block &body = cluster.getBody().emplaceBlock();
  IRMapping mapping;
  for (Value input : inputs)
    mapping.map(input, body.addArgument(input.getType(), input.getLoc()));
  OpBuilder inner = OpBuilder::atBlockEnd(&body);
  for (Operation *op : members) {
    for (Value operand : op->getOperands())
      if (!mapping.contains(operand))
        inner.clone(*operand.getDefiningOp(), mapping);
    inner.clone(*op, mapping);
  }
  YieldOp::create(inner, root->getLoc(), mapping.lookup(root->getResult(0)));
  // Later clusters, outlined already, hold their own copies of members.
  root->getResult(0).replaceAllUsesWith(cluster.getResult());
  root->erase();
}
