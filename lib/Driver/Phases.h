//===- Phases.h - the phases that the driver itself has ---------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLC_DRIVER_PHASES_H
#define DLC_DRIVER_PHASES_H

#include "Codegen/CPU/Isa.h"
#include "Driver/Compilation.h"

namespace dlc {

/// What kernels need to know of a processor.
cpu::Isa isaOf(const target::TargetSpec &spec);

/// Sets compilation.module from the model's file.
mlir::LogicalResult readModel(Compilation &compilation);

/// graph.node to the dlc dialect; fills in what the model says of itself.
mlir::LogicalResult importModel(Compilation &compilation);

/// Folding, layout and fusion, whatever the target.
mlir::LogicalResult optimizeGraph(Compilation &compilation);

/// Packs operands for each target and forms clusters; from here on each code
/// version has a module of its own.
mlir::LogicalResult formClusters(Compilation &compilation);

/// Kernels and the run function, to the LLVM dialect; writes the weights.
mlir::LogicalResult generateCode(Compilation &compilation);

/// To LLVM IR, in parts that can be compiled at the same time.
mlir::LogicalResult translateToLLVM(Compilation &compilation);

/// For -x llvm: sets codes, info and weights from a JSON file that names LLVM
/// IR files and describes the model.
mlir::LogicalResult readLLVM(Compilation &compilation);

/// Turns all LLVM modules into objects, or writes the text that was asked for.
mlir::LogicalResult makeObjects(Compilation &compilation);

/// Links the objects into the output.
mlir::LogicalResult linkOutput(Compilation &compilation);

/// The command that linkOutput() would run, for -###.
mlir::LogicalResult printLinkCommand(Compilation &compilation);

} // namespace dlc

#endif // DLC_DRIVER_PHASES_H
