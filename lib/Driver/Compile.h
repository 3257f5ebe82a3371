//===- Compile.h - the program dlc ------------------------------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLC_DRIVER_COMPILE_H
#define DLC_DRIVER_COMPILE_H

#include "Driver/Options.h"

namespace dlc {

/// Compiles one model. Returns the program's exit code: 0, 1 for a model or
/// target that can't be compiled, 2 for wrong usage.
int compile(const Options &options);

/// The whole program: reads the command line and compiles.
int driverMain(llvm::ArrayRef<const char *> args);

} // namespace dlc

#endif // DLC_DRIVER_COMPILE_H
