//===- Emit.h - LLVM modules to object files --------------------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLC_TARGET_EMIT_H
#define DLC_TARGET_EMIT_H

#include "Target/TargetSpec.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/IR/DiagnosticInfo.h"
#include <functional>

namespace llvm {
class LLVMContext;
class Module;
class raw_pwrite_stream;
} // namespace llvm

namespace dlc::target {

/// A module and the context that it lives in, so that each can be worked on by
/// a thread of its own.
struct LLVMModule {
  std::unique_ptr<llvm::LLVMContext> context;
  std::unique_ptr<llvm::Module> module;

  LLVMModule();
  LLVMModule(std::unique_ptr<llvm::LLVMContext>, std::unique_ptr<llvm::Module>);
  LLVMModule(LLVMModule &&) noexcept;
  LLVMModule &operator=(LLVMModule &&) noexcept;
  ~LLVMModule();
};

enum class EmitKind { Object, Assembly };

struct EmitOptions {
  EmitKind kind = EmitKind::Object;
  unsigned jobs = 0;         // threads; 0: all cores
  std::string passRemarks;   // -Rpass=: a regular expression, or empty
  std::string missedRemarks; // -Rpass-missed=: likewise
  /// Takes LLVM's remarks, warnings and errors; one call at a time.
  std::function<void(llvm::DiagnosticSeverity, llvm::StringRef)> diagnose;
};

/// What to write where. Modules of different code versions have different
/// specs.
struct EmitJob {
  llvm::Module *module;
  const TargetSpec *spec;
  std::string path;
};

/// Makes every symbol that one of the modules defines hidden and puts
/// "`prefix`." before its name, in all of them: two models, or two versions of
/// one, can then be linked together whatever names codegen chose.
void scopeSymbols(llvm::ArrayRef<llvm::Module *> modules,
                  llvm::StringRef prefix);

/// Gives the module and its functions the triple, layout, processor and
/// features of `spec`.
void applyTarget(llvm::Module &module, const TargetSpec &spec);

/// Runs LLVM's optimiser for `spec`.
llvm::Error optimize(llvm::Module &module, const TargetSpec &spec,
                     const EmitOptions &options);

/// Optimises and writes one module.
llvm::Error emit(llvm::Module &module, const TargetSpec &spec,
                 const EmitOptions &options, llvm::raw_pwrite_stream &os);

/// emit() for all, on options.jobs threads. The first job's error is returned,
/// whichever came first in time.
llvm::Error emitAll(llvm::ArrayRef<EmitJob> jobs, const EmitOptions &options);

/// One module made of all, in a context of its own; for textual output.
llvm::Expected<LLVMModule> mergeModules(llvm::ArrayRef<llvm::Module *> modules);

} // namespace dlc::target

#endif // DLC_TARGET_EMIT_H
