//===- Sequences.h - sequences and optionals of a program -------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// A sequence is a pointer that the run time makes of what it is given; see
// dlc_sequence in dlc/runtime.h. An optional is one, too, or null.

#ifndef LIB_CODEGEN_CPU_SEQUENCES_H
#define LIB_CODEGEN_CPU_SEQUENCES_H

#include "Codegen/CPU/ControlFlow.h"

namespace dlc::cpu {

/// Emits an operation on sequences; any other can't be compiled.
mlir::LogicalResult emitSequence(ControlFlow &control, mlir::Operation *op);
/// Hands out those of what the program returns that are sequences.
void giveSequences(const ProgramScope &program, mlir::ValueRange returned);

} // namespace dlc::cpu

#endif // LIB_CODEGEN_CPU_SEQUENCES_H
