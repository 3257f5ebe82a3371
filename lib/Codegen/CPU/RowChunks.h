//===- RowChunks.h - rows of a product in tiles and chunks ------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// The rows of a product are computed tile by tile, and the tiles of a chunk
// for one panel of columns after the other, so that the rows of the chunk stay
// in the cache. A unit of such a kernel is a tile: however many there are of
// panels and chunks, threads get equal shares.

#ifndef LIB_CODEGEN_CPU_ROWCHUNKS_H
#define LIB_CODEGEN_CPU_ROWCHUNKS_H

#include "Codegen/CPU/Tile.h"

namespace dlc::cpu {

class RowChunks {
public:
  /// Tiles of `most` rows, chunks of at most `chunk` tiles. Both are made equal
  /// as far as that goes.
  RowChunks(Kernel &kernel, mlir::Value rows, int64_t most, int64_t chunk);

  /// The number of chunks, at least one.
  mlir::Value chunks();
  /// The tiles of a chunk, at least one; the last one may have fewer.
  mlir::Value tiles();
  /// The same where it is known, else the most.
  int64_t mostTiles() const;
  /// The first row of a chunk; the others are less than `mostTiles() * most`
  /// behind it.
  mlir::Value firstRow(mlir::Value chunk);
  /// The first row of a tile, counted over all chunks.
  mlir::Value rowOfTile(mlir::Value tile);

  /// Tiles of a chunk.
  struct Part {
    mlir::Value chunk, first, stop;
  };
  using EmitTile = llvm::function_ref<void(int64_t rows, mlir::Value row)>;
  void forTiles(const Part &part, EmitTile emit);

  /// The number of a tile in its chunk, from its first row.
  mlir::Value numberOf(mlir::Value row, mlir::Value firstRow);

  /// The tiles of all chunks for one panel, where a kernel has so many rows.
  static Dim units(const ShapeAlgebra &s, Dim rows, int64_t most,
                   int64_t chunk);

private:
  IndexMath m;
  ShapeAlgebra shapes;
  mlir::Value rows;
  std::optional<int64_t> total; ///< where the number of rows is known
  int64_t most, chunk;

  static Dim countChunks(const ShapeAlgebra &s, Dim rows, int64_t most,
                         int64_t chunk);
  static Dim countTiles(const ShapeAlgebra &s, Dim rows, int64_t most,
                        int64_t chunk);
  Dim rowsDim() const;
};

/// Tiles that are worth a thread, each with so many steps.
int64_t tileGrain(const Kernel &kernel, Tile tile, int64_t steps);

} // namespace dlc::cpu

#endif // LIB_CODEGEN_CPU_ROWCHUNKS_H
