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

/// An element and where it is.
struct Found {
  Scalar value;
  mlir::Value index;
};

/// The code for a binary heap whose entries, indices, lie in memory of i64.
/// No entry stands above one that is `above` it in order.
struct Heap {
  Kernel &kernel;
  mlir::Value memory;
  /// Where in the memory entry number i lies.
  std::function<mlir::Value(mlir::Value i)> place;
  /// The element that an entry stands for.
  std::function<Scalar(mlir::Value index)> element;
  /// Whether x comes nearer to the top than y; a total order.
  std::function<mlir::Value(const Found &x, const Found &y)> above;

  Found find(mlir::Value index) { return {element(index), index}; }
  mlir::Value load(mlir::Value entry);
  void store(mlir::Value index, mlir::Value entry);
  /// Lets the entry sink to its place among `count` ones; those below it are in
  /// order.
  void sink(mlir::Value entry, mlir::Value count);
  /// Orders entries in no order.
  void heapify(mlir::Value count);
};

/// Whether x comes before y in a stable falling (rising) order in which a NaN
/// is greater than any number.
mlir::Value comesBefore(Kernel &kernel, const Found &x, const Found &y,
                        bool rising);

/// Whether x is greater than y, for any lanes. A NaN is greater than any
/// number.
Scalar isGreater(ScalarAlgebra &s, const Scalar &x, const Scalar &y);

/// An index as an element of type i64, and back.
mlir::Value toI64(Kernel &kernel, mlir::Value index);
mlir::Value toIndex(Kernel &kernel, mlir::Value i64);

} // namespace dlc::cpu

#endif // LIB_CODEGEN_CPU_HEAP_H
