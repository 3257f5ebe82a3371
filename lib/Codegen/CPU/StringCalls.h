//===- StringCalls.h - calls of the run time's string functions -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LIB_CODEGEN_CPU_STRINGCALLS_H
#define LIB_CODEGEN_CPU_STRINGCALLS_H

#include "dialects/dlc/Dlc.h"
#include "mlir/IR/BuiltinOps.h"

namespace dlc::cpu {

/// Emits the calls of one program. The functions are kernels of one unit,
/// which the linker finds in the run time's archive: a model without strings
/// carries none of them.
class StringCalls {
public:
  StringCalls(mlir::ModuleOp model, mlir::ModuleOp program, mlir::OpBuilder &b)
      : model(model), program(program), b(b) {}

  /// Calls the function of `op`. `arguments` are what dlc_string_call holds
  /// behind the table.
  void emit(StringOp op, mlir::Value frame,
            llvm::ArrayRef<mlir::Value> arguments, llvm::StringRef site);

private:
  mlir::ModuleOp model, program;
  mlir::OpBuilder &b;
  mlir::Value table;

  mlir::Value tableOf(mlir::Value frame);
  void declare(llvm::StringRef name);
};

} // namespace dlc::cpu

#endif // LIB_CODEGEN_CPU_STRINGCALLS_H
