//===- Reader.h - ONNX bytes to the graph dialect ---------------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLC_FRONTEND_ONNX_READER_H
#define DLC_FRONTEND_ONNX_READER_H

#include "Support/MappedFile.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

#include <string>
#include <vector>

namespace dlc::onnx {

/// The oldest and newest versions of the file format and of the operator set
/// `ai.onnx` that are read.
constexpr int64_t kMinIRVersion = 3, kMaxIRVersion = 14;
constexpr int64_t kMinOpset = 1, kMaxOpset = 28;

/// True if `bytes`, the start of a file or all of it, look like an ONNX model.
bool looksLikeONNX(llvm::ArrayRef<char> bytes);

/// Reads a model into the graph dialect. Null after an error, which has been
/// given to the context as one diagnostic.
///
/// Weights stay in the mapped file, and in the files of external data beside
/// it; the context's resource blobs keep all of them mapped.
/// `externalFiles`, if given, gets the names of those.
mlir::OwningOpRef<mlir::ModuleOp>
readONNX(std::shared_ptr<MappedFile> file, mlir::MLIRContext &context,
         std::vector<std::string> *externalFiles = nullptr);
mlir::OwningOpRef<mlir::ModuleOp> readONNX(llvm::StringRef path,
                                           mlir::MLIRContext &context);

} // namespace dlc::onnx

#endif // DLC_FRONTEND_ONNX_READER_H
