//===- Tile.h - the register tile that matrix-like kernels share -*- C++
//-*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LIB_CODEGEN_CPU_TILE_H
#define LIB_CODEGEN_CPU_TILE_H

#include "Codegen/CPU/Kernel.h"

namespace dlc::cpu {

/// `rows` x (`vectors` * lanes) accumulators held in registers.
struct Tile {
  int64_t rows, vectors;
};

/// The columns of a packed panel, in vectors, for a product with `rows` rows
/// (or ShapedType::kDynamic, for many) and `columns` columns.
int64_t panelVectors(const Isa &isa, int64_t rows, int64_t columns,
                     mlir::Type accumulator);

/// The same where the panels are many (Strassen's products).
int64_t panelVectorsOfMany(const Isa &isa, int64_t columns,
                           mlir::Type accumulator);

/// The most vectors of a panel where there are several rows. A vector of 64-bit
/// elements takes two registers.
int64_t widestPanel(const Isa &isa, mlir::Type accumulator);

/// The most rows a tile can have without spilling, of so many registers each.
int64_t tileRows(const Isa &isa, int64_t vectors);

/// What a tile multiplies: for step k, row i reads lhs[rowOffsets[i] +
/// rowDeltas[i] + lhsBase + k * lhsStep] and all rows read the vectors at
/// rhs[rhsBase + k * rhsStep].
struct TileOperands {
  mlir::Value lhs, rhs;
  mlir::Type lhsElement, rhsElement; ///< as the dlc dialect types them
  llvm::SmallVector<mlir::Value> rowOffsets;
  llvm::SmallVector<int64_t> rowDeltas; ///< constants beyond rowOffsets
  mlir::Value lhsBase, rhsBase;
  mlir::Value lhsStep, rhsStep;
  llvm::SmallVector<mlir::Value> rhsMasks; ///< one a vector; empty: all lanes
  /// Lines of rhs, from `aheadBase` on, to bring into the second-level cache
  /// with each two steps.
  int64_t aheadLines = 0;
  mlir::Value aheadBase = {};
};

/// Spreads the fetch of what lies `distance` elements behind `operands.rhs`,
/// which is read next, over the `tiles` tiles that read these `steps` steps of
/// `width` elements; `number` is the tile's among them.
void fetchBehind(Kernel &kernel, TileOperands &operands, int64_t steps,
                 int64_t width, int64_t distance, int64_t tiles,
                 mlir::Value number);

/// accumulators[i * vectors + v] += sum over k in [0, steps) of lhs row i times
/// rhs vector v.
llvm::SmallVector<mlir::Value> multiplyTile(Kernel &kernel, Tile tile,
                                            const TileOperands &operands,
                                            mlir::Value steps,
                                            mlir::ValueRange accumulators,
                                            mlir::Type accumulator);

llvm::SmallVector<mlir::Value> zeroTile(Kernel &kernel, Tile tile,
                                        mlir::Type accumulator);

/// The accumulators of a tile that wait in memory, row after row from element
/// `offset` on.
llvm::SmallVector<mlir::Value> loadTile(Kernel &kernel, Tile tile,
                                        mlir::Type accumulator,
                                        mlir::Value memory, mlir::Value offset);
void storeTile(Kernel &kernel, mlir::ValueRange accumulators,
               mlir::Value memory, mlir::Value offset);

/// How rows are split into tiles: the first `high` tiles have `rows` rows, the
/// others one less. Only for a number of rows known at compile time.
struct RowSplit {
  int64_t tiles, high, rows;
  RowSplit(int64_t total, int64_t most);
};

/// The type that products of this element type are summed in.
mlir::Type productType(mlir::Type element);

} // namespace dlc::cpu

#endif // LIB_CODEGEN_CPU_TILE_H
