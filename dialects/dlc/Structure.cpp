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

Block::BlockArgListType LoopOp::getRegionIterArgs() {
  return getBody().getArguments().drop_front();
}

std::optional<MutableArrayRef<OpOperand>> LoopOp::getYieldedValuesMutable() {
  return getBody().front().getTerminator()->getOpOperands().drop_front();
}

std::optional<ResultRange> LoopOp::getLoopResults() { return getOutputs(); }

LogicalResult LoopOp::verifyRegions() {
  Block &body = getBody().front();
  if (body.getNumArguments() != getStarts().size() + 1 ||
      !body.getArgument(0).getType().isIndex() ||
      !llvm::equal(TypeRange(ValueRange(getRegionIterArgs())), getStarts().getTypes()))
    return emitOpError("block arguments are not an index and the values that "
                       "it starts from");
  Operation *end = body.getTerminator();
  if (end->getNumOperands() != getStarts().size() + 1 ||
      !end->getOperand(0).getType().isInteger(1) ||
      !llvm::equal(end->getOperands().drop_front().getTypes(), getStarts().getTypes()))
    return emitOpError("yields other than a condition and values of the types "
                       "that it starts from");
  if (!llvm::equal(getStarts().getTypes(), getOutputs().getTypes()))
    return emitOpError("results are not of the types that it starts from");
  return success();
}
