//===- Call.h - one operation about to be evaluated -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Internal to lib/Evaluate.

#ifndef LIB_EVALUATE_CALL_H
#define LIB_EVALUATE_CALL_H

#include "Evaluate/HostTensor.h"
#include "dialects/dlc/Dlc.h"

namespace dlc {

/// An operation with one static result, and its operands' values: tensors of
/// the operands' own types, an index as a tensor of rank 0.
struct Call {
  mlir::Operation *op;
  llvm::ArrayRef<HostTensor> operands;
  std::string *reason;

  mlir::RankedTensorType getType() const {
    return mlir::cast<mlir::RankedTensorType>(op->getResult(0).getType());
  }
  /// A list of which some are operands, in order.
  llvm::SmallVector<int64_t> mixed(llvm::ArrayRef<int64_t> known,
                                   mlir::OperandRange rest) const;
  mlir::LogicalResult fail(const llvm::Twine &why) const {
    if (reason)
      *reason = why.str();
    return mlir::failure();
  }
  /// Memory for the result.
  mlir::FailureOr<HostTensor> allocate() const;
};

using Result = mlir::FailureOr<HostTensor>;

// Movement.cpp
Result evaluateOp(IotaOp op, const Call &call);
Result evaluateOp(ReshapeOp op, const Call &call);
Result evaluateOp(BroadcastOp op, const Call &call);
Result evaluateOp(TransposeOp op, const Call &call);
Result evaluateOp(SliceOp op, const Call &call);
Result evaluateOp(PadOp op, const Call &call);
Result evaluateOp(ConcatOp op, const Call &call);
Result evaluateOp(InsertOp op, const Call &call);
Result evaluateOp(GatherOp op, const Call &call);
Result evaluateOp(ScatterOp op, const Call &call);

// Arithmetic.cpp
Result evaluateOp(PointwiseOpInterface op, const Call &call);
Result evaluateOp(ReduceOp op, const Call &call);
Result evaluateOp(ArgReduceOp op, const Call &call);
Result evaluateOp(ScanOp op, const Call &call);

// Window.cpp
Result evaluateOp(MatmulOp op, const Call &call);
Result evaluateOp(ConvOp op, const Call &call);
Result evaluateOp(PoolOp op, const Call &call);

// Search.cpp
Result evaluateOp(TopKOp op, const Call &call);
Result evaluateOp(NonZeroOp op, const Call &call);
Result evaluateOp(NmsOp op, const Call &call);

} // namespace dlc

#endif // LIB_EVALUATE_CALL_H
