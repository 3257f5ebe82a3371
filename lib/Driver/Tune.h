//===- Tune.h - measuring which forms are the fastest -----------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLC_DRIVER_TUNE_H
#define DLC_DRIVER_TUNE_H

#include "Driver/Options.h"
#include "Driver/TunedForms.h"

namespace dlc {

/// For --tune: compiles the model once for each form that its products and
/// convolutions may have, runs those programs on this machine, and remembers in
/// `tuned` and in its file which forms were the fastest within the network.
/// What is known already is not measured again. Gives dlc's exit code, after an
/// error was printed.
int tune(const Options &options, TunedForms &tuned);

} // namespace dlc

#endif // DLC_DRIVER_TUNE_H
