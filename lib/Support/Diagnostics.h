//===- Diagnostics.h - locations of models, diagnostics as clang's *- C++
//-*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A location of dlc is `NameLoc("node 'conv1' (Conv)", FileLineColLoc(file, 0,
// 0))`: models have no lines. Code inlined from a model's local function is at
// a `CallSiteLoc`, fused code at a `FusedLoc`. The printer flattens all of
// them:
//
//   model.onnx: node 'conv1' (Conv): error: expected 4 dimensions, found 3
//
//===----------------------------------------------------------------------===//

#ifndef DLC_SUPPORT_DIAGNOSTICS_H
#define DLC_SUPPORT_DIAGNOSTICS_H

#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/Location.h"
#include "mlir/IR/MLIRContext.h"
#include "llvm/Support/raw_ostream.h"

#include <string>

namespace dlc {

/// The location of the model file as a whole.
mlir::Location fileLocation(mlir::MLIRContext &context, llvm::StringRef path);

/// Something in the model, such as "node 'conv1' (Conv)".
mlir::Location namedLocation(const llvm::Twine &what, mlir::Location file);

/// `location` as text: "model.onnx: node 'conv1' (Conv)", "test.mlir:3:7".
/// Empty when nothing is known.
std::string describe(mlir::Location location);

/// The names of the nodes that code at `location` comes from: "conv1+relu1".
std::string nodesOf(mlir::Location location);

/// `text` in single quotes, cut where it is longer than a line.
std::string quote(llvm::StringRef text);

/// Prints the diagnostics of a context for as long as it lives.
class DiagnosticPrinter {
public:
  /// `tool` stands where nothing is known of the place.
  DiagnosticPrinter(mlir::MLIRContext &context, llvm::raw_ostream &os,
                    bool colour = false, llvm::StringRef tool = "dlc");
  ~DiagnosticPrinter();
  DiagnosticPrinter(const DiagnosticPrinter &) = delete;
  DiagnosticPrinter &operator=(const DiagnosticPrinter &) = delete;

  unsigned errors() const { return errorCount; }

private:
  void print(mlir::Location location, mlir::DiagnosticSeverity severity,
             llvm::StringRef text);

  mlir::MLIRContext &context;
  llvm::raw_ostream &os;
  bool colour;
  std::string tool;
  unsigned errorCount = 0;
  mlir::DiagnosticEngine::HandlerID handler;
};

} // namespace dlc

#endif // DLC_SUPPORT_DIAGNOSTICS_H
