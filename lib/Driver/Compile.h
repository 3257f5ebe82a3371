//===- Compile.h - the program dlc ------------------------------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLC_DRIVER_COMPILE_H
#define DLC_DRIVER_COMPILE_H

#include "Codegen/CPU/KernelTable.h"
#include "Driver/Options.h"
#include "Driver/TunedForms.h"

namespace dlc {

/// Compiles one model. Returns the program's exit code: 0, 1 for a model or
/// target that can't be compiled, 2 for wrong usage.
int compile(const Options &options);

/// The same for a trial of --tune: with what `tuned` chooses, and without
/// warnings. Gives the kernels of the first processor.
int compileTrial(const Options &options, TunedForms &tuned,
                 std::vector<cpu::KernelRow> &kernels);

/// The whole program: reads the command line and compiles.
int driverMain(llvm::ArrayRef<const char *> args);

} // namespace dlc

#endif // DLC_DRIVER_COMPILE_H
