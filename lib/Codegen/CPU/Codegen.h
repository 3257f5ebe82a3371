//===- Codegen.h - from clusters to LLVM modules -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LIB_CODEGEN_CPU_CODEGEN_H
#define LIB_CODEGEN_CPU_CODEGEN_H

#include "Codegen/CPU/KernelTable.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Support/LLVM.h"

namespace dlc::cpu {

/// Takes the weights a model needs and tells where it put them.
using WeightSink =
    llvm::function_ref<mlir::FailureOr<int64_t>(mlir::ElementsAttr)>;

/// What the run time has to know of the code.
struct CodeNeeds {
  int64_t arena = 0;   ///< bytes; -1: depends on sizes known at run time
  int64_t scratch = 0; ///< bytes a thread
  std::vector<KernelRow> kernels; ///< in the order that they are launched
};

/// Emits @dlc_run(%frame) and a kernel for each different cluster of @main into
/// a module of their own, in the rt, scf, vector, memref and arith dialects.
mlir::FailureOr<mlir::OwningOpRef<mlir::ModuleOp>>
emitProgram(mlir::ModuleOp model, const Isa &isa, WeightSink weights,
            CodeNeeds &needs);

/// The passes that take such a module to the LLVM dialect.
void buildLowering(mlir::OpPassManager &pm, const Isa &isa);

/// Splits a lowered module into modules that LLVM can compile at the same time.
/// How many depends on the model alone, or the output would on the machine.
llvm::SmallVector<mlir::OwningOpRef<mlir::ModuleOp>>
splitModule(mlir::ModuleOp module);

} // namespace dlc::cpu

#endif // LIB_CODEGEN_CPU_CODEGEN_H
