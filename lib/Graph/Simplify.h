//===- Simplify.h - identities of the dlc dialect -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LIB_GRAPH_SIMPLIFY_H
#define LIB_GRAPH_SIMPLIFY_H

#include "mlir/IR/PatternMatch.h"

namespace dlc {

/// Applies the patterns as long as they change anything. The operation is right
/// after each step, so it is no error if many rounds don't bring an end.
void applyPatterns(mlir::Operation *root, mlir::RewritePatternSet patterns);

void populateSimplifyPointwisePatterns(mlir::RewritePatternSet &patterns);
void populateSimplifyMovementPatterns(mlir::RewritePatternSet &patterns);
/// No reshape where the sizes are known to be the same, open ones too.
void populateSameReshapePatterns(mlir::RewritePatternSet &patterns);
void populateSimplifyProductPatterns(mlir::RewritePatternSet &patterns);
/// Sizes become those that they come from (see sizeOrigin).
void populateSizeOriginPatterns(mlir::RewritePatternSet &patterns);

} // namespace dlc

#endif // LIB_GRAPH_SIMPLIFY_H
