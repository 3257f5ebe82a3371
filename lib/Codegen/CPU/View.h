//===- View.h - strided views of a kernel's inputs -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LIB_CODEGEN_CPU_VIEW_H
#define LIB_CODEGEN_CPU_VIEW_H

#include "Codegen/CPU/Kernel.h"

namespace dlc::cpu {

/// Element i is at memory[offset + sum of i[d] * strides[d]].
struct View {
  mlir::Value memory, offset;
  llvm::SmallVector<mlir::Value> strides;
};

/// The view that a matrix-like kernel reads an operand through: an input, or
/// transposes and slices of one, which cluster formation sees to.
View viewOf(Kernel &kernel, mlir::Value tensor);

} // namespace dlc::cpu

#endif // LIB_CODEGEN_CPU_VIEW_H
