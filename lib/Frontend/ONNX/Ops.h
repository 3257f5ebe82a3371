//===- Ops.h - the ONNX operator families -----------------------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// One file and one list of rows for each family.

#ifndef DLC_FRONTEND_ONNX_OPS_H
#define DLC_FRONTEND_ONNX_OPS_H

#include "Frontend/Common/OpTable.h"

namespace dlc::onnx {

llvm::ArrayRef<OpRow> arithmeticOps();
llvm::ArrayRef<OpRow> unaryOps();
llvm::ArrayRef<OpRow> activationOps();
llvm::ArrayRef<OpRow> experimentalOps();
llvm::ArrayRef<OpRow> logicOps();
llvm::ArrayRef<OpRow> reductionOps();
llvm::ArrayRef<OpRow> shapeOps();
llvm::ArrayRef<OpRow> movementOps();
llvm::ArrayRef<OpRow> indexingOps();
llvm::ArrayRef<OpRow> searchOps();
llvm::ArrayRef<OpRow> generatorOps();
llvm::ArrayRef<OpRow> windowOps();
llvm::ArrayRef<OpRow> unfoldOps();
llvm::ArrayRef<OpRow> matrixOps();
llvm::ArrayRef<OpRow> normalizationOps();
llvm::ArrayRef<OpRow> attentionOps();
llvm::ArrayRef<OpRow> recurrentOps();
llvm::ArrayRef<OpRow> resizeOps();
llvm::ArrayRef<OpRow> quantizationOps();
llvm::ArrayRef<OpRow> controlOps();
llvm::ArrayRef<OpRow> sequenceOps();
llvm::ArrayRef<OpRow> quantizedProductOps();
llvm::ArrayRef<OpRow> lossOps();
llvm::ArrayRef<OpRow> samplingOps();
llvm::ArrayRef<OpRow> signalOps();
llvm::ArrayRef<OpRow> gramOps();
llvm::ArrayRef<OpRow> randomOps();
llvm::ArrayRef<OpRow> stringOps();
llvm::ArrayRef<OpRow> imageOps();
/// Of ai.onnx.preview.
llvm::ArrayRef<OpRow> previewOps();
/// Of ai.onnx.preview.training.
llvm::ArrayRef<OpRow> trainingOps();

// Of domain com.microsoft.
llvm::ArrayRef<OpRow> microsoftFusedOps();
llvm::ArrayRef<OpRow> microsoftAttentionOps();
llvm::ArrayRef<OpRow> microsoftQuantizedOps();
llvm::ArrayRef<OpRow> microsoftProductOps();
llvm::ArrayRef<OpRow> microsoftLinearOps();
llvm::ArrayRef<OpRow> microsoftRecurrentOps();
llvm::ArrayRef<OpRow> microsoftStringOps();
// Of domain ai.onnx.ml.
llvm::ArrayRef<OpRow> mlOps();
llvm::ArrayRef<OpRow> mlTreeOps();
llvm::ArrayRef<OpRow> mlVectorOps();
llvm::ArrayRef<OpRow> mlMapOps();
/// What ONNX Runtime has added to the standard's own domain.
llvm::ArrayRef<OpRow> microsoftStandardOps();

/// Long enough for a file of its own.
Tensors einsum(TensorBuilder &b, NodeArgs &n);
Tensors linearAttention(TensorBuilder &b, NodeArgs &n);
/// The same in two domains.
Tensors trilu(TensorBuilder &b, NodeArgs &n);
Tensors gemm(TensorBuilder &b, NodeArgs &n);
Tensors range(TensorBuilder &b, NodeArgs &n);
/// Input 0 as bytes, their scale and zero point.
Tensors dynamicQuantizeLinear(TensorBuilder &b, NodeArgs &n);

/// The second operand of an operator that broadcasts. Before version 7 it did
/// so only where an attribute said so, and to the dimensions from `axis` on.
Tensor secondOperand(TensorBuilder &b, NodeArgs &n, Tensor x);

/// x as it is if its type has all of these numbers, else as f64.
Tensor withNumbers(TensorBuilder &b, Tensor x, llvm::ArrayRef<double> numbers);

/// log(1 + exp(x)) without overflow.
Tensor softplus(TensorBuilder &b, Tensor x);

/// Rounds real x to a quantised type around `zero`, which may be null; what is
/// out of range goes to the nearest end.
Tensor quantize(TensorBuilder &b, Tensor x, Tensor zero, mlir::Type type);

/// The numbers that x stands for, in the wide type. Scale and zero point (which
/// may be null) are for all, for each element of an axis, or, where `block` is
/// not 0, for each block along it.
Tensor dequantize(TensorBuilder &b, NodeArgs &n, Tensor x, Tensor scale,
                  Tensor zero, int64_t axis, int64_t block);

/// All of the above, by domain.
const OpTable &opTable();

/// A sequence's or optional's type, made of what the reader makes of it; null
/// where its tensors are no numbers.
mlir::Type sequenceType(mlir::Type read);
/// The element type of numbers that TensorProto.DataType `code` names; null if
/// none.
mlir::Type elementType(mlir::MLIRContext *context, int64_t code,
                       bool orComplex = false);

} // namespace dlc::onnx

#endif // DLC_FRONTEND_ONNX_OPS_H
