//===- ShareWeights.h - tied weights are stored once ------------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LIB_CODEGEN_CPU_SHAREWEIGHTS_H
#define LIB_CODEGEN_CPU_SHAREWEIGHTS_H

#include "dialects/dlc/Dlc.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace dlc::cpu {

/// The constant matrices of whose rows gathers pick some, and which nothing
/// else reads: a product's panels may serve instead.
llvm::SmallVector<ConstantOp> gatheredTables(mlir::func::FuncOp func);

/// Whether the columns of a product's constant right operand, which is not
/// packed yet, are the rows of such a table.
bool isTied(MatmulOp op, llvm::ArrayRef<ConstantOp> tables);

} // namespace dlc::cpu

#endif // LIB_CODEGEN_CPU_SHAREWEIGHTS_H
