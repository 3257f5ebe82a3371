//===- Heap.h - a heap of indices in a kernel's output -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LIB_CODEGEN_CPU_HEAP_H
#define LIB_CODEGEN_CPU_HEAP_H

#include "Codegen/CPU/Kernel.h"

namespace dlc::cpu {

/// The code for a binary heap whose entries, indices, lie in memory of i64.
/// No entry stands above one that is `above` it in order.
struct Heap {
  Kernel &kernel;
  mlir::Value memory;
  /// Where in the memory entry number i lies.
  std::function<mlir::Value(mlir::Value i)> place;
  /// Whether index a comes nearer to the top than index b; a total order.
  std::function<mlir::Value(mlir::Value a, mlir::Value b)> above;

  mlir::Value load(mlir::Value entry);
  void store(mlir::Value index, mlir::Value entry);
  /// Lets the entry sink to its place among `count` ones; those below it are in
  /// order.
  void sink(mlir::Value entry, mlir::Value count);
  /// Orders entries in no order.
  void heapify(mlir::Value count);
};

/// Whether element i, of value x, comes before element j, of value y, in a
/// stable falling (rising) order in which a NaN is greater than any number.
mlir::Value comesBefore(Kernel &kernel, const Scalar &x, mlir::Value i,
                        const Scalar &y, mlir::Value j, bool rising);

/// Whether x is greater than y, for any lanes. A NaN is greater than any
/// number.
Scalar isGreater(ScalarAlgebra &s, const Scalar &x, const Scalar &y);

/// An index as an element of type i64, and back.
mlir::Value toI64(Kernel &kernel, mlir::Value index);
mlir::Value toIndex(Kernel &kernel, mlir::Value i64);

} // namespace dlc::cpu

#endif // LIB_CODEGEN_CPU_HEAP_H
