//===- Jit.h - compiles a function and runs it here -------------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TEST_UNIT_ULP_JIT_H
#define TEST_UNIT_ULP_JIT_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/MLIRContext.h"
#include "llvm/ExecutionEngine/Orc/LLJIT.h"

namespace jit {

struct Options {
  std::string cpu; ///< empty: the host
  bool fma = true, emitLLVM = false, scale = false;
};

/// To be called once; gives all dialects that a kernel may be made of.
void initialize(mlir::DialectRegistry &registry);

struct Compiled {
  std::unique_ptr<llvm::orc::LLJIT> jit;
  void *kernel = nullptr;
};

/// Expands math functions, lowers to LLVM, and compiles the function `kernel`,
/// whose memrefs become bare pointers.
llvm::Expected<Compiled> compile(mlir::ModuleOp module, const Options &options);

} // namespace jit

#endif // TEST_UNIT_ULP_JIT_H
