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
