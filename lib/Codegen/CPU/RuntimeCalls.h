//===- RuntimeCalls.h - calls of functions of the run time ------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LIB_CODEGEN_CPU_RUNTIMECALLS_H
#define LIB_CODEGEN_CPU_RUNTIMECALLS_H

#include "dialects/dlc/Dlc.h"
#include "mlir/IR/BuiltinOps.h"

namespace dlc::cpu {

/// Emits the calls of one program. The functions are kernels of one unit,
/// which the linker finds in the run time's archives: a model carries none that
/// it does not call.
class RuntimeCalls {
public:
  RuntimeCalls(mlir::ModuleOp model, mlir::ModuleOp program, mlir::OpBuilder &b)
      : model(model), program(program), b(b) {}

  /// Calls the function of `op`. `arguments` are what dlc_call holds
  /// behind the table.
  void emit(CallOp op, mlir::Value frame, llvm::ArrayRef<mlir::Value> arguments,
            llvm::StringRef site);

private:
  mlir::ModuleOp model, program;
  mlir::OpBuilder &b;
  mlir::Value table;

  mlir::Value tableOf(mlir::Value frame);
  void declare(llvm::StringRef name);
};

} // namespace dlc::cpu

#endif // LIB_CODEGEN_CPU_RUNTIMECALLS_H
