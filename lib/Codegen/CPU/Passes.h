//===- Passes.h - passes from clusters to the LLVM dialect ------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LIB_CODEGEN_CPU_PASSES_H
#define LIB_CODEGEN_CPU_PASSES_H

#include "Codegen/CPU/Forms.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

namespace dlc::cpu {

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "lib/Codegen/CPU/Passes.h.inc"

/// Rearranges operands into the order that the kernels for `isa` read, and
/// chooses the convolutions that Winograd's algorithm computes and the products
/// that Strassen's does: as `choose` says, or the cost model without one.
std::unique_ptr<mlir::Pass>
createPackWeightsPass(const Isa &isa, Algorithms allowed, FormChooser choose);

/// The instruction set that a pass option names; of no name AVX-512.
mlir::FailureOr<Isa> isaOfOption(mlir::Location loc, llvm::StringRef name);

} // namespace dlc::cpu

#endif // LIB_CODEGEN_CPU_PASSES_H
