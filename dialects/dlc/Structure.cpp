//===- Structure.cpp - operations that hold others -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/dlc/Dlc.h"

using namespace mlir;
using namespace dlc;

LogicalResult CompositeOp::verifyRegions() {
  Block &body = getBody().front();
  if (!llvm::equal(body.getArgumentTypes(), getInputs().getTypes()))
    return emitOpError("block arguments do not match the inputs");
  if (!llvm::equal(body.getTerminator()->getOperandTypes(), getResultTypes()))
    return emitOpError("yielded values do not match the outputs");
  return success();
}

LogicalResult ClusterOp::verify() {
  return verifySizes(*this, getType(), getSizes());
}

LogicalResult ClusterOp::verifyRegions() {
  Block &body = getBody().front();
  if (!llvm::equal(body.getArgumentTypes(), getInputs().getTypes()))
    return emitOpError("block arguments do not match the inputs");
  if (!llvm::equal(body.getTerminator()->getOperandTypes(),
                   getOperation()->getResultTypes()))
    return emitOpError("yielded value does not match the output");
  return success();
}

LogicalResult
ClusterOp::reifyResultShapes(OpBuilder &builder,
                             ReifiedRankedShapedTypeDims &result) {
  result.push_back(mixedSizes(getType(), getSizes()));
  return success();
}

Value LoopOp::getNextCondition() {
  return getBody().front().getTerminator()->getOperand(0);
}

SmallVector<Region *> LoopOp::getLoopRegions() { return {&getBody()}; }

MutableArrayRef<OpOperand> LoopOp::getInitsMutable() {
  return getOperation()->getOpOperands().drop_front(2);
}

// These are asked for before the body is verified.

Block::BlockArgListType LoopOp::getRegionIterArgs() {
  auto args = getBody().getArguments();
  return args.drop_front(std::min<size_t>(args.size(), 1));
}

std::optional<MutableArrayRef<OpOperand>> LoopOp::getYieldedValuesMutable() {
  auto yielded = getBody().front().back().getOpOperands();
  return yielded.drop_front(std::min<size_t>(yielded.size(), 1));
}

std::optional<ResultRange> LoopOp::getLoopResults() { return getOutputs(); }

/// That the rest fits is the interface's business.
LogicalResult LoopOp::verifyRegions() {
  Block &body = getBody().front();
  if (body.getNumArguments() == 0 || !getStep().getType().isIndex())
    return emitOpError("the body's first argument is not an index");
  Operation *end = body.getTerminator();
  if (end->getNumOperands() == 0 || !getNextCondition().getType().isInteger(1))
    return emitOpError("the body's first result is not a condition");
  return success();
}
