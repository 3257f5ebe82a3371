//===- InPlace.h - results that may lie where an input lies -----*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LIB_CODEGEN_CPU_INPLACE_H
#define LIB_CODEGEN_CPU_INPLACE_H

#include "Codegen/CPU/Lifetimes.h"
#include "dialects/dlc/Dlc.h"

namespace dlc::cpu {

/// What a cluster's result may be written over: an input of the same size, in
/// memory that `isFree` accepts, that nothing reads later and of which each
/// element is read last by what computes the element in its place. Null where
/// there is none.
mlir::Value overwrittenInput(mlir::Value result, const Lifetimes &lifetimes,
                             llvm::function_ref<bool(mlir::Value)> isFree);

} // namespace dlc::cpu

#endif // LIB_CODEGEN_CPU_INPLACE_H
