//===- Import.h - from graph nodes to the dlc dialect -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLC_FRONTEND_ONNX_IMPORT_H
#define DLC_FRONTEND_ONNX_IMPORT_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

namespace dlc {

/// Replaces @main, a graph of ONNX nodes, by a function over tensors in the dlc
/// dialect. Everything that is not supported is reported in one run.
mlir::LogicalResult importONNX(mlir::ModuleOp module);

/// The same as a pass, `import-onnx`.
std::unique_ptr<mlir::Pass> createImportONNXPass();
void registerImportONNXPass();

} // namespace dlc

#endif // DLC_FRONTEND_ONNX_IMPORT_H
