//===- SinkTranspose.h - moving transposes -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LIB_GRAPH_SINKTRANSPOSE_H
#define LIB_GRAPH_SINKTRANSPOSE_H

#include "mlir/IR/PatternMatch.h"

namespace dlc {

/// op(transpose(x)) becomes transpose(op(x)).
void populateSinkTransposePatterns(mlir::RewritePatternSet &patterns);
/// Transposes that only move dimensions of size 1 become reshapes, those of
/// constants constants.
void populateUnitTransposePatterns(mlir::RewritePatternSet &patterns);

} // namespace dlc

#endif // LIB_GRAPH_SINKTRANSPOSE_H
