//===- PlaceResults.cpp - who owns which memory -----------------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// An output of the model, and each tensor that a loop carries, has memory of
// its own. Here every value that goes there becomes the result of a kernel that
// writes nothing else, by a copy where it isn't: then code generation can hand
// the memory to that kernel and never copies.

#include "Graph/Passes.h"
#include "dialects/dlc/SizeKey.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

namespace dlc {
#define GEN_PASS_DEF_PLACERESULTS
#include "lib/Graph/Passes.h.inc"
} // namespace dlc

using namespace mlir;
using namespace dlc;

namespace {

class Placer {
public:
  void run(func::FuncOp func) {
    if (func.isExternal())
      return;
    for (OpOperand &operand :
         func.getBody().front().getTerminator()->getOpOperands())
      if (hasLateShape(operand.get()))
        give(operand);
      else
        place(operand);
    func.walk([&](LoopLikeOpInterface loop) { place(loop); });
  }

private:
  llvm::DenseSet<Value> placed; // what has its place already

  void place(LoopLikeOpInterface loop) {
    bool keepsShapes = isa<scf::ForOp>(loop);
    for (auto [init, yielded] :
         llvm::zip(loop.getInitsMutable(), *loop.getYieldedValuesMutable())) {
      auto insert = yielded.get().getDefiningOp<InsertOp>();
      auto concat = yielded.get().getDefiningOp<ConcatOp>();
      auto type = dyn_cast<RankedTensorType>(init.get().getType());
      bool isInserted = insert && insert.isInPlace();
      // The loop writes over what it starts from; what may change its shape is
      // elsewhere after each step.
      if (type && (isInserted || keepsShapes || type.hasStaticShape()))
        place(init, /*alone=*/true);
      if (isInserted)
        placeWhole(insert.getPartMutable(), {insert.getOffset()});
      else if (concat && concat.isAppend())
        placeWhole(concat.getInputsMutable()[1],
                   statedSizes(concat.getInputs()[1]));
      else if (type && (keepsShapes || type.hasStaticShape()))
        placeWhole(yielded, {});
      else
        place(yielded);
    }
  }

  /// The same where the memory is of the operand's size: that a view has as
  /// many elements as what it views is only checked behind that.
  void placeWhole(OpOperand &operand, ArrayRef<Value> known) {
    if (hasSizeOfSource(operand.get()))
      place(operand, /*alone=*/false, known);
    else
      give(operand);
  }

  /// Whether a value is no view, or one that has as many elements as what a
  /// kernel computes, as far as a short look tells.
  static bool hasSizeOfSource(Value v) {
    Value source = v;
    while (auto reshape = source.getDefiningOp<ReshapeOp>())
      source = reshape.getInput();
    return source == v || countOf(source) == countOf(v);
  }

  static ElementCount countOf(Value v) { return {typeOf(v), statedSizes(v)}; }

  /// Sees to it that a kernel of its own computes an operand, one that starts
  /// when all of `known` is known. `alone`: nothing else reads it.
  void place(OpOperand &operand, bool alone = false,
             ArrayRef<Value> known = {}) {
    if (!isa<RankedTensorType>(operand.get().getType()))
      return;
    Value source = operand.get();
    if (auto empty = source.getDefiningOp<tensor::EmptyOp>()) {
      if (!placed.insert(source).second) { // each has memory of its own
        OpBuilder b(operand.getOwner());
        operand.set(b.clone(*empty)->getResult(0));
      }
      return;
    }
    bool oneUse = source.hasOneUse();
    while (auto reshape = source.getDefiningOp<ReshapeOp>()) {
      source = reshape.getInput();
      oneUse &= source.hasOneUse();
    }
    Operation *maker = source.getDefiningOp();
    Operation *owner = operand.getOwner();
    if (isa_and_present<ClusterOp, CallOp>(maker) &&
        maker->getBlock() == owner->getBlock() && (oneUse || !alone) &&
        llvm::all_of(known, [&](Value v) { return isKnownBefore(v, maker); }) &&
        placed.insert(source).second)
      return;
    give(operand);
  }

  void give(OpOperand &operand) {
    Value copied = copy(operand);
    placed.insert(copied);
    operand.set(copied);
  }

  /// Whether a value is a view of a shape that is not known when it is
  /// computed, which is when an output needs its memory, or not checked: what
  /// the inputs' sizes tell is when the run starts.
  static bool hasLateShape(Value v) {
    llvm::DenseSet<Operation *> seen;
    bool fits = hasSizeOfSource(v);
    for (; auto reshape = v.getDefiningOp<ReshapeOp>(); v = reshape.getInput())
      if (llvm::any_of(reshape.getSizes(),
                       [&](Value size) { return dependsOnData(size, seen); }))
        return true;
    auto cluster = v.getDefiningOp<ClusterOp>();
    return !fits && cluster &&
           llvm::any_of(cluster.getSizes(),
                        [&](Value size) { return dependsOnData(size, seen); });
  }

  /// Whether kernels must run before a size is known.
  static bool dependsOnData(Value size, llvm::DenseSet<Operation *> &seen) {
    Operation *op = size.getDefiningOp();
    if (!op || !seen.insert(op).second)
      return false;
    return isa<tensor::ExtractOp, scf::IfOp, LoopOp, SequenceAtOp,
               SequenceLengthOp>(op) ||
           llvm::any_of(op->getOperands(),
                        [&](Value v) { return dependsOnData(v, seen); });
  }

  static bool isKnownBefore(Value known, Operation *op) {
    Operation *def = known.getDefiningOp();
    return !def || def->getBlock() != op->getBlock() ||
           def->isBeforeInBlock(op);
  }

  static Value copy(OpOperand &operand) {
    Operation *owner = operand.getOwner();
    OpBuilder b(owner);
    Value v = operand.get();
    Location loc = owner->getLoc();
    auto cluster =
        ClusterOp::create(b, loc, v.getType(), v, openSizes(b, loc, v));
    Block &body = cluster.getBody().emplaceBlock();
    body.addArgument(v.getType(), loc);
    OpBuilder inner = OpBuilder::atBlockEnd(&body);
    YieldOp::create(inner, loc, body.getArgument(0));
    return cluster.getResult();
  }

  static SmallVector<Value> openSizes(OpBuilder &b, Location loc, Value v) {
    while (Value init = loopInit(v))
      v = init;
    SmallVector<Value> sizes = statedSizes(v);
    auto type = cast<RankedTensorType>(v.getType());
    if (!sizes.empty())
      return sizes;
    for (int64_t d = 0; d < type.getRank(); ++d)
      if (type.isDynamicDim(d))
        sizes.push_back(tensor::DimOp::create(b, loc, v, d));
    return sizes;
  }
};

struct PlaceResults : dlc::impl::PlaceResultsBase<PlaceResults> {
  void runOnOperation() override { Placer().run(getOperation()); }
};

} // namespace
