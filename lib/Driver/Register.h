//===- Register.h - all that MLIR has to know of ----------------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLC_DRIVER_REGISTER_H
#define DLC_DRIVER_REGISTER_H

namespace mlir {
class DialectRegistry;
} // namespace mlir

namespace dlc {

/// The dialects that the compiler works with, ours and MLIR's.
void registerAllDialects(mlir::DialectRegistry &registry);

/// The passes that dlc-opt offers by name.
void registerAllPasses();

} // namespace dlc

#endif // DLC_DRIVER_REGISTER_H
