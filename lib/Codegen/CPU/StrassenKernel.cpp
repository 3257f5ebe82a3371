//===- StrassenKernel.cpp - matrix products by Strassen's algorithm -------===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Rows are taken in blocks of pairs, one row of the upper half of the block and
// one of the lower half. A unit is a tile of pairs times a panel of column
// pairs: those of a block that read a panel follow each other, then come those
// of the next panel. The first of a thread adds up the left operand's quarters
// for the block. The seven products go over the tiles one after the other,
// while their part of the panel and what they add to stay in the cache.
//
// Where rows can't be split evenly, halves overlap, and so do blocks: what is
// computed twice is stored once.

#include "Codegen/CPU/RowChunks.h"

#include "Codegen/CPU/Num.h"
#include "Codegen/CPU/Strassen.h"
#include "Codegen/CPU/View.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace dlc;
using namespace dlc::cpu;

namespace {

/// What is multiplied from the left: quarters as they lie, and sums of them.
enum class Left { a11, a12, a22, s1, s2, s3, s4 };

/// Matrices of sums, of a block's pairs by a panel's columns: U2 (first A11
/// B11), U3, S1 T1, and what is a quarter of the result.
enum class Sums { u2, u3, s1t1, result };
constexpr int64_t kSums = 4;

/// sums of `to` = those of `from` + left times the next part of the panel.
struct Product {
  Left left;
  SmallVector<Sums, 2> from;
  Sums to;
};

/// A quarter of the result.
struct Quarter {
  int64_t row, column;
  SmallVector<Sums, 2> sums;
};

struct Step {
  Product product;
  std::optional<Quarter> quarter; ///< that is done then
};

/// In the order of strassenRight().
const Step steps[kStrassenProducts] = {
    {{Left::a11, {}, Sums::u2}, {}},
    {{Left::a12, {Sums::u2}, Sums::result}, Quarter{0, 0, {Sums::result}}},
    {{Left::s2, {Sums::u2}, Sums::u2}, {}},
    {{Left::s3, {Sums::u2}, Sums::u3}, {}},
    {{Left::a22, {Sums::u3}, Sums::result}, Quarter{1, 0, {Sums::result}}},
    {{Left::s1, {}, Sums::s1t1}, Quarter{1, 1, {Sums::u3, Sums::s1t1}}},
    {{Left::s4, {Sums::u2, Sums::s1t1}, Sums::result},
     Quarter{0, 1, {Sums::result}}},
};

/// How rows are split into blocks of one size, and those into overlapping
/// halves.
struct PairBlocks {
  int64_t rows, count, size, pairs;

  PairBlocks(int64_t rows, int64_t most) : rows(rows) {
    count = llvm::divideCeil(rows, 2 * most);
    size = llvm::divideCeil(rows, count);
    pairs = llvm::divideCeil(size, 2);
  }
  bool overlap() const { return rows % count != 0 || size % 2 != 0; }
};

/// Elements of a cache line.
constexpr int64_t kLine = 64 / 4;

struct StrassenEmitter {
  Kernel &kernel;
  MatmulOp op;
  IndexMath m;
  NumContext numbers;
  LaunchPlan plan;
  Type element;
  int64_t columns, half; ///< of the result; of the contraction
  int64_t vectors, panels, most;
  int64_t length; ///< steps of the contraction at once
  PairBlocks blocks;
  RowChunks tiles;
  int64_t rowStride, sumStride;
  View left;
  Value weights, added, sums;

  StrassenEmitter(Kernel &kernel, MatmulOp op)
      : kernel(kernel), op(op), m(kernel.math()),
        numbers{kernel.b, kernel.loc, kernel.isa.hasFma},
        element(op.getType().getElementType()),
        columns(op.getType().getDimSize(1)),
        half(op.getRhs().getType().getDimSize(2)),
        vectors(op.getRhs().getType().getDimSize(3) / kernel.lanes()),
        panels(op.getRhs().getType().getDimSize(0)),
        most(tileRows(kernel.isa, vectors)), length(stepsAtOnce()),
        blocks(op.getType().getDimSize(0), mostPairs()),
        tiles(kernel, m.cst(blocks.pairs), most, blocks.pairs),
        left(viewOf(kernel, op.getLhs())),
        weights(kernel.emitter.getMemory(op.getRhs())) {
    // A line between rows keeps them off each other's cache sets.
    rowStride = llvm::alignTo(half, kernel.lanes()) + kLine;
    sumStride = blocks.pairs * width() + kLine;
    added = kernel.scratchBuffer(element, 4 * blocks.pairs * rowStride, plan);
    sums = kernel.scratchBuffer(element, kSums * sumStride, plan);
  }

  int64_t width() const { return vectors * kernel.lanes(); }

  /// A part of a panel takes a quarter of the second-level cache.
  int64_t stepsAtOnce() const {
    int64_t fit = kernel.isa.l2 / 4 / (4 * width());
    return llvm::alignTo(llvm::divideCeil(half, llvm::divideCeil(half, fit)),
                         2);
  }
  /// And what is multiplied by it somewhat more.
  int64_t mostPairs() const {
    return std::clamp<int64_t>(kernel.isa.l2 * 3 / 8 / (4 * length), 24, 192);
  }

  VectorType vectorType() {
    return cast<VectorType>(kernel.vectorType(element));
  }
  Num load(Value from, Value offset, Value mask = {}) {
    OpBuilder &b = kernel.b;
    if (!mask)
      return {&numbers, vector::LoadOp::create(b, kernel.loc, vectorType(),
                                               from, offset)};
    Value zero = arith::ConstantOp::create(b, kernel.loc, vectorType(),
                                           b.getZeroAttr(vectorType()));
    return {&numbers,
            vector::MaskedLoadOp::create(b, kernel.loc, vectorType(), from,
                                         ValueRange(offset), mask, zero)};
  }
  void store(Num v, Value to, Value offset) {
    vector::StoreOp::create(kernel.b, kernel.loc, v.v, to, offset);
  }

  //===--------------------------------------------------------------------===//
  // The left operand
  //===--------------------------------------------------------------------===//

  /// The first row of a block's upper or lower half.
  Value halfRow(Value block, int64_t row) {
    return m.add(
        m.min(m.mul(block, blocks.size), m.cst(blocks.rows - blocks.size)),
        row * (blocks.size - blocks.pairs));
  }
  /// Where element k of a row's quarter lies.
  Value leftAt(Value row, int64_t column, Value k) {
    return m.add(m.add(left.offset, m.mul(row, left.strides[0])),
                 m.mul(m.add(k, column * half), left.strides[1]));
  }
  Value addedAt(Left which, Value pair, Value k) {
    int64_t number =
        static_cast<int64_t>(which) - static_cast<int64_t>(Left::s1);
    return m.add(m.add(m.mul(pair, rowStride), k),
                 number * blocks.pairs * rowStride);
  }

  /// S1 to S4 of a block. Neighbours in memory are taken together.
  void emitSums(Value block) {
    Value upper = halfRow(block, 0), lower = halfRow(block, 1);
    m.loop(m.cst(0), m.cst(blocks.pairs), 1, [&](Value pair) {
      Value top = m.add(upper, pair), bottom = m.add(lower, pair);
      kernel.forVectors(m.cst(0), m.cst(half), [&](Value k, Value mask) {
        auto quarter = [&](Value row, int64_t column) {
          return loadLeft(leftAt(row, column, k), mask);
        };
        Num a11 = quarter(top, 0), a12 = quarter(top, 1),
            a21 = quarter(bottom, 0), a22 = quarter(bottom, 1);
        Num s1 = a21 + a22, s2 = s1 - a11;
        store(s1, added, addedAt(Left::s1, pair, k));
        store(s2, added, addedAt(Left::s2, pair, k));
        store(a11 - a21, added, addedAt(Left::s3, pair, k));
        store(a12 - s2, added, addedAt(Left::s4, pair, k));
      });
    });
  }

  /// A vector of a row, whose elements may lie apart.
  Num loadLeft(Value offset, Value mask) {
    if (constantIndex(left.strides[1]) == 1)
      return load(left.memory, offset, mask);
    OpBuilder &b = kernel.b;
    Value v = arith::ConstantOp::create(b, kernel.loc, vectorType(),
                                        b.getZeroAttr(vectorType()));
    int64_t lanes = kernel.lanes(), rest = half % lanes;
    for (int64_t i = 0, n = mask ? rest : lanes; i < n; ++i) {
      Value at = m.add(offset, m.mul(left.strides[1], i));
      Value x = memref::LoadOp::create(b, kernel.loc, left.memory, at);
      v = vector::InsertOp::create(b, kernel.loc, x, v, i);
    }
    return {&numbers, v};
  }

  //===--------------------------------------------------------------------===//
  // Products
  //===--------------------------------------------------------------------===//

  Value sumsAt(Sums which, Value pair, int64_t v) {
    return m.add(m.mul(pair, width()),
                 static_cast<int64_t>(which) * sumStride + v * kernel.lanes());
  }
  /// The sums of these matrices; null for none.
  Value loadSums(ArrayRef<Sums> from, Value pair, int64_t v) {
    Value sum;
    for (Sums which : from) {
      Num x = load(sums, sumsAt(which, pair, v));
      sum = sum ? (Num{&numbers, sum} + x).v : x.v;
    }
    return sum;
  }

  /// What a tile of pairs multiplies from step `start` on.
  TileOperands operands(int64_t number, Tile tile, Value block, Value panel,
                        Value pair, Value start) {
    TileOperands o;
    o.lhsElement = o.rhsElement = element;
    o.rhs = weights;
    o.rhsBase =
        m.mul(m.add(m.mul(m.add(m.mul(panel, kStrassenProducts), number), half),
                    start),
              width());
    o.rhsStep = m.cst(width());
    Left which = steps[number].product.left;
    Value stride = m.cst(rowStride), first;
    if (which < Left::s1) {
      stride = left.strides[0];
      Value row = m.add(halfRow(block, which == Left::a22), pair);
      o.lhs = left.memory;
      o.lhsStep = left.strides[1];
      first = leftAt(row, which != Left::a11, start);
    } else {
      o.lhs = added;
      o.lhsStep = m.cst(1);
      first = addedAt(which, pair, start);
    }
    o.lhsBase = m.cst(0);
    auto known = constantIndex(stride);
    for (int64_t i = 0; i < tile.rows; ++i) {
      o.rowOffsets.push_back(known ? first : m.add(first, m.mul(stride, i)));
      o.rowDeltas.push_back(known ? i * *known : 0);
    }
    return o;
  }

  /// Product `number` from step `start` on, of these tiles.
  void emitSteps(int64_t number, ArrayRef<Sums> from, Value block, Value panel,
                 const RowChunks::Part &part, Value start, int64_t length) {
    tiles.forTiles(part, [&](int64_t height, Value pair) {
      kernel.emitter.newPoint();
      Tile tile{height, vectors};
      SmallVector<Value> acc = zeroTile(kernel, tile, element);
      if (!from.empty())
        for (auto [i, sum] : llvm::enumerate(acc))
          sum = loadSums(from, m.add(pair, i / vectors), i % vectors);
      TileOperands o = operands(number, tile, block, panel, pair, start);
      // The part of the weights that comes next lies behind this one.
      fetchBehind(kernel, o, length, width(), length * width(),
                  tiles.mostTiles(), tiles.numberOf(pair, m.cst(0)));
      acc = multiplyTile(kernel, tile, o, m.cst(length), acc, element);
      for (auto [i, sum] : llvm::enumerate(acc))
        store({&numbers, sum}, sums,
              sumsAt(steps[number].product.to, m.add(pair, i / vectors),
                     i % vectors));
    });
  }

  void emitProduct(int64_t number, Value block, Value panel,
                   const RowChunks::Part &part) {
    const Product &product = steps[number].product;
    emitSteps(number, product.from, block, panel, part, m.cst(0),
              std::min(half, length));
    int64_t last = half / length * length;
    m.loop(m.cst(length), m.cst(last), length, [&](Value start) {
      emitSteps(number, product.to, block, panel, part, start, length);
    });
    if (last >= length && last < half)
      emitSteps(number, product.to, block, panel, part, m.cst(last),
                half - last);
  }

  //===--------------------------------------------------------------------===//
  // The result
  //===--------------------------------------------------------------------===//

  void storeRow(const Quarter &quarter, Value pair, Value row, Value panel) {
    ElementEmitter &e = kernel.emitter;
    for (int64_t v = 0; v < vectors; ++v) {
      e.newPoint();
      Value column =
          m.add(m.mul(panel, width()),
                quarter.column * panels * width() + v * kernel.lanes());
      Value mask;
      if (quarter.column && columns < 2 * panels * width())
        mask = kernel.maskOf(m.sub(m.cst(columns), column));
      Point point = Point::along({row}, column);
      point.linear = m.add(m.mul(row, columns), column);
      point.linearStep = 1;
      point.space = kernel.computedType();
      e.define(op.getResult(), {element, loadSums(quarter.sums, pair, v)});
      kernel.computeAndStore(point, mask);
      e.undefine(op.getResult());
    }
    e.newPoint();
  }

  /// The cluster's elements from a quarter's sums.
  void emitQuarter(const Quarter &quarter, Value block, Value panel,
                   Value first, Value stop) {
    Value start = halfRow(block, quarter.row);
    m.loop(first, stop, 1, [&](Value pair) {
      Value row = m.add(start, pair);
      if (!blocks.overlap())
        return storeRow(quarter, pair, row, panel);
      // The rows before are another half's.
      Value own = m.mul(block, blocks.size);
      if (quarter.row)
        own = m.max(own, m.add(halfRow(block, 0), blocks.pairs));
      m.ifThen(arith::CmpIOp::create(kernel.b, kernel.loc,
                                     arith::CmpIPredicate::uge, row, own),
               [&] { storeRow(quarter, pair, row, panel); });
    });
  }

  LaunchPlan emit() {
    Value each = tiles.tiles();
    kernel.forRuns(each, [&](Value run, Value first, Value stop) {
      Value panel = m.rem(run, m.cst(panels)),
            block = m.div(run, m.cst(panels));
      kernel.onceABlock(run, each, panel, [&] { emitSums(block); });
      RowChunks::Part part{m.cst(0), first, stop};
      for (auto [number, step] : llvm::enumerate(steps)) {
        emitProduct(number, block, panel, part);
        if (step.quarter)
          emitQuarter(*step.quarter, block, panel, tiles.rowOfTile(first),
                      tiles.rowOfTile(stop));
      }
    });
    RowSplit split(blocks.pairs, most);
    plan.kind = "strassen";
    plan.rows = split.rows;
    plan.columns = width();
    plan.chunk = split.tiles;
    plan.block = length < half ? length : 0;
    plan.grain = tileGrain(kernel, {most, vectors}, kStrassenProducts * half);
    plan.units = [units = blocks.count * panels *
                          split.tiles](const ShapeAlgebra &s, ArrayRef<Dim>) {
      return s.constant(units);
    };
    return plan;
  }
};
} // namespace

LaunchPlan cpu::emitStrassen(Kernel &kernel, MatmulOp op) {
  return StrassenEmitter(kernel, op).emit();
}
