//===- Compilation.h - one model on its way ---------------------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The state that the phases of Pipeline.cpp hand on to each other.
//
//===----------------------------------------------------------------------===//

#ifndef DLC_DRIVER_COMPILATION_H
#define DLC_DRIVER_COMPILATION_H

#include "Codegen/CPU/KernelTable.h"
#include "Driver/Options.h"
#include "Driver/TunedForms.h"
#include "Target/Emit.h"
#include "Target/ModelInfo.h"
#include "Target/OutputFile.h"
#include "Target/WeightsFile.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/OwningOpRef.h"
#include <future>

namespace dlc {

/// The code for one of the processors of -march=.
struct CodeVersion {
  target::TargetSpec target;
  /// From codegen on: the model, lowered for this target.
  mlir::OwningOpRef<mlir::ModuleOp> module;
  /// From llvm on. One of them defines `runSymbol`, int(dlc_frame *). Names
  /// need be unique within one version only.
  std::vector<target::LLVMModule> modules;
  std::string runSymbol = "dlc_run";
  std::vector<cpu::KernelRow> kernels; // in the order of their launches
  int64_t arenaSize = 0;               // -1: depends on symbolic dims
  int64_t scratchSize = 0;
};

class Compilation {
public:
  /// `tuned`, which may be null, chooses the forms that it knows to be best.
  Compilation(const Options &options, mlir::MLIRContext &context,
              TunedForms *tuned)
      : options(options), context(context), tuned(tuned) {}

  const Options &options;
  mlir::MLIRContext &context;
  TunedForms *tuned;

  /// The model before it is lowered for a target; null for -x llvm.
  mlir::OwningOpRef<mlir::ModuleOp> module;
  /// One for each processor, the best first; their targets are set from the
  /// start.
  std::vector<CodeVersion> codes;
  /// Filled as things become known; codes, weights and the names of the
  /// compiler and target are filled in by the object phase.
  target::ModelInfo info;
  /// What becomes info.sha256, computed while the phases run.
  std::future<std::string> sourceHash;
  /// Every file that was read, for -MD.
  std::vector<std::string> dependencies;
  /// The linker's inputs, and the archives of the run time that they call
  /// beside the common one.
  std::vector<std::string> objects, archives;
  target::TempFiles temps;
  /// The files that appear, all of them, when all has succeeded.
  std::vector<target::OutputFile> results;

  /// Adds to `results`; gives the place to write to. An error if the file would
  /// replace another result or a file that was read.
  llvm::Expected<std::string> addResult(llvm::StringRef path);
  /// Adds a result that holds `text`; "-" is standard output, at once.
  mlir::LogicalResult writeResult(llvm::StringRef path, llvm::StringRef text);

  /// Where the packed weights go; opened on the first call. Null: an error was
  /// reported. Without a call the model has no weights.
  target::WeightsFile *weights();
  bool hasWeights() const { return weightsFile != nullptr; }

  /// Reports an error that has no place in the model.
  mlir::LogicalResult error(const llvm::Twine &message);
  mlir::LogicalResult error(llvm::Error error);
  /// The same with the model's file as the place.
  mlir::LogicalResult inputError(const llvm::Twine &message);

private:
  llvm::Expected<std::string> weightsPath();

  std::unique_ptr<target::WeightsFile> weightsFile;
};

} // namespace dlc

#endif // DLC_DRIVER_COMPILATION_H
