//===- Phases.h - the phases that the driver itself has ---------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLC_DRIVER_PHASES_H
#define DLC_DRIVER_PHASES_H

#include "Driver/Compilation.h"

namespace dlc {

/// Sets compilation.module from the model's file.
mlir::LogicalResult readModel(Compilation &compilation);

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
