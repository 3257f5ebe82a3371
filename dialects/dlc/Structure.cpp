//===- Structure.cpp - operations that hold others -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/dlc/Dlc.h"

using namespace mlir;
using namespace dlc;

LogicalResult ClusterOp::verify() {
  Block &body = getBody().front();
  if (!llvm::equal(body.getArgumentTypes(), getInputs().getTypes()))
    return emitOpError("block arguments do not match the inputs");
  auto yield = cast<YieldOp>(body.getTerminator());
  if (!llvm::equal(yield.getValues().getTypes(),
                   getOperation()->getResultTypes()))
    return emitOpError("yielded value does not match the output");
  return verifySizes(*this, getType(), getSizes());
}

LogicalResult
ClusterOp::reifyResultShapes(OpBuilder &builder,
                             ReifiedRankedShapedTypeDims &result) {
  result.push_back(mixedSizes(getType(), getSizes()));
  return success();
}
