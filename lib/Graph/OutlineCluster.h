//===- OutlineCluster.h - operations become a cluster ----------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LIB_GRAPH_OUTLINECLUSTER_H
#define LIB_GRAPH_OUTLINECLUSTER_H

#include "mlir/IR/Operation.h"

namespace dlc {

/// Moves the members into a cluster operation in the place of their root, which
/// alone is erased: other clusters may take copies of the others. Operands of
/// which `isHeld` is true, and constant indices, are cloned into the body, the
/// others become inputs.
void outlineCluster(
    mlir::Operation *root, llvm::ArrayRef<mlir::Operation *> members,
    llvm::function_ref<bool(mlir::Value operand, mlir::Operation *user)>
        isHeld);

} // namespace dlc

#endif // LIB_GRAPH_OUTLINECLUSTER_H
