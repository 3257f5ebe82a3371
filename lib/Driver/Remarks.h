//===- Remarks.h - what passes did and could not do -------------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLC_DRIVER_REMARKS_H
#define DLC_DRIVER_REMARKS_H

#include "Driver/Options.h"
#include "mlir/IR/MLIRContext.h"

namespace dlc {

/// Lets the context print the remarks that -Rpass= and -Rpass-missed= ask for,
/// with the option that asks for them behind each, as clang does.
void enableRemarks(mlir::MLIRContext &context, const Options &options);

} // namespace dlc

#endif // DLC_DRIVER_REMARKS_H
