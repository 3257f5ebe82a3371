//===- Producers.h - what a value is made of --------------------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LIB_GRAPH_PRODUCERS_H
#define LIB_GRAPH_PRODUCERS_H

#include "dialects/dlc/Dlc.h"

namespace dlc {

/// Whether `wanted` accepts the operation that computes v, or one of those that
/// are reached from it over operations that `through` accepts. Only the nearest
/// are asked, each once.
bool hasProducer(mlir::Value v,
                 llvm::function_ref<bool(mlir::Operation *)> through,
                 llvm::function_ref<bool(mlir::Operation *)> wanted);

/// Whether one operation reads v, once; asking for its size doesn't count.
bool hasOneReader(mlir::Value v);

} // namespace dlc

#endif // LIB_GRAPH_PRODUCERS_H
