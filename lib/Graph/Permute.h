//===- Permute.h - values under another order of dimensions -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// A permutation p is read as dlc.transpose does: dimension i of the result is
// dimension p[i] of the source. "Of the source" below means: before p.

#ifndef LIB_GRAPH_PERMUTE_H
#define LIB_GRAPH_PERMUTE_H

#include "dialects/dlc/Dlc.h"
#include "mlir/IR/PatternMatch.h"

namespace dlc {

using Permutation = llvm::ArrayRef<int64_t>;
using Ints = llvm::SmallVector<int64_t>;

/// A list with one entry a dimension of the result, in the source's order.
template <typename T>
llvm::SmallVector<T> toSource(llvm::ArrayRef<T> list, Permutation p) {
  llvm::SmallVector<T> source(list.size());
  for (auto [i, entry] : llvm::enumerate(list))
    source[p[i]] = entry;
  return source;
}
mlir::RankedTensorType toSource(mlir::RankedTensorType type, Permutation p);

/// The operands for the open ones among `sizes`, and the type they belong to.
mlir::SmallVector<mlir::Value> openSizes(llvm::ArrayRef<Dim> sizes);
mlir::RankedTensorType typeOf(llvm::ArrayRef<Dim> sizes, mlir::Type element);

/// Whether the order of all dimensions but those of size 1 stays.
bool movesOnlyUnits(mlir::RankedTensorType from, Permutation p);
/// The number of elements, or nothing where it is open.
std::optional<int64_t> elementsOf(mlir::Value v);

/// The value of a constant.
mlir::ElementsAttr constantOf(mlir::Value v);

/// A reshape; of a constant a constant.
mlir::Value reshaped(mlir::OpBuilder &b, mlir::Value v,
                     llvm::ArrayRef<Dim> sizes);
/// A part of a tensor; the list of steps of 1 may be left out.
mlir::Value sliced(mlir::OpBuilder &b, mlir::Location loc, mlir::Value v,
                   llvm::ArrayRef<Dim> offsets, llvm::ArrayRef<Dim> sizes,
                   llvm::ArrayRef<int64_t> steps = {});
/// v transposed by p, in the cheapest form there is: undone, as a constant, as
/// a reshape. The result has `type` where it is given.
mlir::Value transposed(mlir::OpBuilder &b, mlir::Value v, Permutation p,
                       mlir::RankedTensorType type = {});

/// Whether the u of which v is the transpose by p costs nothing that counts: v
/// is such a transpose, a constant, a broadcast of something small, ...
bool isFreeToUndo(mlir::Value v, Permutation p);
/// That u, free or not.
mlir::Value undo(mlir::OpBuilder &b, mlir::Value v, Permutation p);

} // namespace dlc

#endif // LIB_GRAPH_PERMUTE_H
