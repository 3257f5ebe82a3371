//===- Pipeline.h - the whole compiler --------------------------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLC_DRIVER_PIPELINE_H
#define DLC_DRIVER_PIPELINE_H

#include "Driver/Compilation.h"

namespace dlc {

/// Takes the model through the phases, up to the one that the options name.
/// Errors have been reported when it fails.
mlir::LogicalResult runPipeline(Compilation &compilation);

/// The phases that --stage= can stop after.
std::vector<llvm::StringRef> stageNames();

} // namespace dlc

#endif // DLC_DRIVER_PIPELINE_H
