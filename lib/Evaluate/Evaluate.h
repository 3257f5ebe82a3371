//===- Evaluate.h - the reference evaluator of the dlc dialect -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Computes what an operation means, plainly, on the host: constants fold by it,
// and compiled code is compared with it. Sums of floats are kept in double.
//
// What can't be evaluated (a dynamic shape, an operation of another dialect, an
// index out of bounds, no memory) is a failure; `reason`, where given, says
// why.

#ifndef LIB_EVALUATE_EVALUATE_H
#define LIB_EVALUATE_EVALUATE_H

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/Operation.h"
#include "mlir/Interfaces/FunctionInterfaces.h"

namespace dlc {

/// The value of an operation with one result. There's one entry for each
/// operand; null for an index, which then must be a constant.
mlir::FailureOr<mlir::ElementsAttr>
evaluate(mlir::Operation *op, llvm::ArrayRef<mlir::ElementsAttr> operands,
         std::string *reason = nullptr);

/// The same for operations with any number of results. A result of a scalar
/// type comes as a tensor of rank 0.
mlir::LogicalResult evaluate(mlir::Operation *op,
                             llvm::ArrayRef<mlir::ElementsAttr> operands,
                             llvm::SmallVectorImpl<mlir::ElementsAttr> &results,
                             std::string *reason = nullptr);

/// Runs a function of one block on arguments; gives what it returns.
mlir::LogicalResult
evaluateFunction(mlir::FunctionOpInterface function,
                 llvm::ArrayRef<mlir::ElementsAttr> arguments,
                 llvm::SmallVectorImpl<mlir::ElementsAttr> &results,
                 std::string *reason = nullptr);

} // namespace dlc

#endif // LIB_EVALUATE_EVALUATE_H
