//===- RowChunks.cpp - rows of a product in tiles and chunks ----*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Codegen/CPU/RowChunks.h"

using namespace mlir;
using namespace dlc;
using namespace dlc::cpu;

/// Rounds up; at least 1.
static Dim ceilDivide(const ShapeAlgebra &s, Dim a, Dim b) {
  return s.max(s.ceilDiv(a, b), s.constant(1));
}

RowChunks::RowChunks(Kernel &kernel, Value rows, int64_t most, int64_t chunk)
    : m(kernel.math()), shapes(kernel.loc, &kernel.b), rows(rows),
      total(constantIndex(rows)), most(most), chunk(chunk) {}

Dim RowChunks::rowsDim() const {
  return total ? shapes.constant(*total) : Dim(rows);
}

Dim RowChunks::countChunks(const ShapeAlgebra &s, Dim rows, int64_t most,
                           int64_t chunk) {
  return ceilDivide(s, rows, s.constant(most * chunk));
}

Dim RowChunks::countTiles(const ShapeAlgebra &s, Dim rows, int64_t most,
                          int64_t chunk) {
  return ceilDivide(s, ceilDivide(s, rows, s.constant(most)),
                    countChunks(s, rows, most, chunk));
}

Dim RowChunks::units(const ShapeAlgebra &s, Dim rows, int64_t most,
                     int64_t chunk) {
  return s.mul(countChunks(s, rows, most, chunk),
               countTiles(s, rows, most, chunk));
}

Value RowChunks::chunks() {
  return m.value(countChunks(shapes, rowsDim(), most, chunk));
}

Value RowChunks::tiles() {
  return m.value(countTiles(shapes, rowsDim(), most, chunk));
}

int64_t RowChunks::mostTiles() const {
  if (!total)
    return chunk;
  return staticDim(countTiles(shapes, rowsDim(), most, chunk));
}

Value RowChunks::firstRow(Value number) {
  return rowOfTile(m.mul(number, tiles()));
}

Value RowChunks::rowOfTile(Value tile) {
  if (!total)
    return m.mul(tile, most);
  RowSplit split(*total, most);
  return m.add(m.mul(tile, split.rows - 1), m.min(tile, m.cst(split.high)));
}

Value RowChunks::numberOf(Value row, Value firstRow) {
  return m.div(m.sub(row, firstRow), m.cst(most));
}

void RowChunks::forTiles(const Part &part, EmitTile emit) {
  Value before = m.mul(part.chunk, tiles());
  Value first = m.add(before, part.first), stop = m.add(before, part.stop);
  if (total) {
    RowSplit split(*total, most);
    if (split.tiles % mostTiles() != 0)
      stop = m.min(stop, m.cst(split.tiles));
    bool equal = split.high == split.tiles;
    m.loop(first, equal ? stop : m.min(stop, m.cst(split.high)), 1,
           [&](Value t) { emit(split.rows, m.mul(t, split.rows)); });
    if (!equal)
      m.loop(m.max(first, m.cst(split.high)), stop, 1, [&](Value t) {
        emit(split.rows - 1, m.add(m.mul(t, split.rows - 1), split.high));
      });
    return;
  }
  // A share of the last chunk may begin behind the last row.
  Value lo = m.min(m.mul(first, most), rows),
        hi = m.min(m.mul(stop, most), rows);
  Value whole = m.add(lo, m.mul(m.div(m.sub(hi, lo), m.cst(most)), most));
  m.loop(lo, whole, most, [&](Value row) { emit(most, row); });
  for (int64_t height : {4, 2, 1}) {
    if (height >= most)
      continue;
    Value next = m.sub(hi, m.rem(m.sub(hi, whole), m.cst(height)));
    m.loop(whole, next, height, [&](Value row) { emit(height, row); });
    whole = next;
  }
}

int64_t cpu::tileGrain(const Kernel &kernel, Tile tile, int64_t steps) {
  // What takes some microseconds, which is what waking a thread may.
  constexpr int64_t worth = 1 << 19;
  int64_t each = tile.rows * tile.vectors * kernel.isa.lanes() * steps;
  return std::max<int64_t>(1, worth / std::max<int64_t>(1, each));
}
