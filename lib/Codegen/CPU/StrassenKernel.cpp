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
//
// Where the number of rows is open, pairs are rounded up to whole tiles. Few
// rows are no pairs: they go by the direct form, in four products of the same
// operands.

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

/// A quarter of the result.
struct Quarter {
  int64_t row, column;
  SmallVector<Sums, 2> sums;
};

/// sums of `to` = those of `from` + left times a part of the panel.
struct Step {
  int64_t part;
  Left left;
  SmallVector<Sums, 2> from;
  Sums to;
  std::optional<Quarter> quarter; ///< that is done then
};

/// In the order of strassenRight().
const Step strassenSteps[kStrassenProducts] = {
    {0, Left::a11, {}, Sums::u2, {}},
    {1, Left::a12, {Sums::u2}, Sums::result, Quarter{0, 0, {Sums::result}}},
    {2, Left::s2, {Sums::u2}, Sums::u2, {}},
    {3, Left::s3, {Sums::u2}, Sums::u3, {}},
    {4, Left::a22, {Sums::u3}, Sums::result, Quarter{1, 0, {Sums::result}}},
    {5, Left::s1, {}, Sums::s1t1, Quarter{1, 1, {Sums::u3, Sums::s1t1}}},
    {6,
     Left::s4,
     {Sums::u2, Sums::s1t1},
     Sums::result,
     Quarter{0, 1, {Sums::result}}},
};

/// The direct form, for few rows: B12 is B11 + T1.
const Step directSteps[] = {
    {0, Left::a11, {}, Sums::u2, {}},
    {1, Left::a12, {Sums::u2}, Sums::result, Quarter{0, 0, {Sums::result}}},
    {5, Left::a11, {Sums::u2}, Sums::u3, {}},
    {6, Left::a12, {Sums::u3}, Sums::result, Quarter{0, 1, {Sums::result}}},
};

/// How rows are split into blocks of one size, and those into overlapping
/// halves; fewer than `fewest` rows are one block that isn't split.
struct PairBlocks {
  Dim rows, count, size, pairs, tiles;

  PairBlocks(const ShapeAlgebra &s, Dim rows, int64_t mostPairs,
             int64_t tileRows, int64_t fewest)
      : rows(rows) {
    Dim one = s.constant(1);
    count = s.max(s.ceilDiv(rows, 2 * mostPairs), one);
    size = s.ceilDiv(rows, count);
    bool isOpen = ShapedType::isDynamic(staticDim(rows));
    Dim halves = isOpen ? s.add(s.min(s.floorDiv(rows, fewest), one), one)
                        : s.constant(2);
    pairs = s.ceilDiv(size, halves);
    tiles = s.max(s.ceilDiv(pairs, tileRows), one);
  }
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
  int64_t length;   ///< steps of the contraction at once
  bool isOpen;      ///< the number of rows
  int64_t capacity; ///< pairs of a block
  int64_t fewest;   ///< rows that are worth pairs, where they are open
  int64_t room;     ///< pairs in memory
  int64_t rowStride, sumStride;
  View left;
  Value weights, added, sums;
  PairBlocks blocks;
  Value rows, blockSize;

  // Of the form that is emitted.
  ArrayRef<Step> steps = strassenSteps;
  bool overlap = true; ///< of halves or blocks
  Value pairs;
  std::optional<RowChunks> tiles; ///< null: all are whole

  StrassenEmitter(Kernel &kernel, MatmulOp op)
      : kernel(kernel), op(op), m(kernel.math()),
        numbers{kernel.b, kernel.loc, kernel.isa.hasFma},
        element(op.getType().getElementType()),
        columns(op.getType().getDimSize(1)),
        half(op.getRhs().getType().getDimSize(2)),
        vectors(op.getRhs().getType().getDimSize(3) / kernel.lanes()),
        panels(op.getRhs().getType().getDimSize(0)),
        most(tileRows(kernel.isa, vectors)), length(stepsAtOnce()),
        isOpen(op.getType().isDynamicDim(0)), capacity(mostPairs()),
        fewest(isOpen ? std::clamp(strassenRows(op, kernel.isa), 2 * most,
                                   capacity)
                      : 0),
        left(viewOf(kernel, op.getLhs())),
        weights(kernel.emitter.getMemory(op.getRhs())),
        blocks(blocksOf(ShapeAlgebra(kernel.loc, &kernel.b),
                        kernel.emitter.size(op.getResult(), 0))),
        rows(m.value(blocks.rows)), blockSize(m.value(blocks.size)) {
    room = isOpen ? capacity : staticDim(blocks.pairs);
    // A line between rows keeps them off each other's cache sets.
    rowStride = llvm::alignTo(half, kernel.lanes()) + kLine;
    sumStride = room * width() + kLine;
    added = kernel.scratchBuffer(element, 4 * room * rowStride, plan);
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
    int64_t pairs =
        std::clamp<int64_t>(kernel.isa.l2 * 3 / 8 / (4 * length), 24, 192);
    return isOpen ? pairs / most * most : pairs;
  }

  PairBlocks blocksOf(const ShapeAlgebra &s, Dim rows) const {
    return {s, rows, capacity, most, fewest};
  }

  VectorType vectorType() {
    return cast<VectorType>(kernel.vectorType(element));
  }
  Num load(Value from, Value offset, Value mask = {}) {
    return {&numbers, loadVector(kernel.b, kernel.loc, kernel.lanes(), from,
                                 offset, mask)};
  }
  void store(Num v, Value to, Value offset) {
    vector::StoreOp::create(kernel.b, kernel.loc, v.v, to, offset);
  }

  //===--------------------------------------------------------------------===//
  // The left operand
  //===--------------------------------------------------------------------===//

  /// The first row of a block's upper or lower half.
  Value halfRow(Value block, int64_t row) {
    Value first = m.min(m.mul(block, blockSize), m.sub(rows, blockSize));
    return row ? m.add(first, m.sub(blockSize, pairs)) : first;
  }
  /// Where element k of a row's quarter lies.
  Value leftAt(Value row, int64_t column, Value k) {
    return m.add(m.add(left.offset, m.mul(row, left.strides[0])),
                 m.mul(m.add(k, column * half), left.strides[1]));
  }
  Value addedAt(Left which, Value pair, Value k) {
    int64_t number =
        static_cast<int64_t>(which) - static_cast<int64_t>(Left::s1);
    return m.add(m.add(m.mul(pair, rowStride), k), number * room * rowStride);
  }

  /// S1 to S4 of a block. Neighbours in memory are taken together.
  void emitSums(Value block) {
    Value upper = halfRow(block, 0), lower = halfRow(block, 1);
    m.loop(m.cst(0), pairs, 1, [&](Value pair) {
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

  /// What a tile of pairs multiplies from element `start` of its rows on.
  TileOperands operands(const Step &step, Tile tile, Value block, Value panel,
                        Value pair, Value start) {
    TileOperands o;
    o.lhsElement = o.rhsElement = element;
    o.rhs = weights;
    o.rhsBase = m.mul(
        m.add(m.mul(m.add(m.mul(panel, kStrassenProducts), step.part), half),
              start),
        width());
    o.rhsStep = m.cst(width());
    Value stride = m.cst(rowStride), first;
    if (step.left < Left::s1) {
      stride = left.strides[0];
      Value row = m.add(halfRow(block, step.left == Left::a22), pair);
      o.lhs = left.memory;
      o.lhsStep = left.strides[1];
      first = leftAt(row, step.left != Left::a11, start);
    } else {
      o.lhs = added;
      o.lhsStep = m.cst(1);
      first = addedAt(step.left, pair, start);
    }
    o.lhsBase = m.cst(0);
    auto known = constantIndex(stride);
    for (int64_t i = 0; i < tile.rows; ++i) {
      o.rowOffsets.push_back(known ? first : m.add(first, m.mul(stride, i)));
      o.rowDeltas.push_back(known ? i * *known : 0);
    }
    return o;
  }

  void forTiles(const RowChunks::Part &part, RowChunks::EmitTile emit) {
    if (tiles)
      return tiles->forTiles(part, emit);
    m.loop(part.first, part.stop, 1,
           [&](Value tile) { emit(most, m.mul(tile, most)); });
  }

  /// `count` elements of the rows from `start` on, of these tiles; the weights
  /// that come next lie `distance` elements behind.
  void emitPart(const Step &step, ArrayRef<Sums> from, Value block, Value panel,
                const RowChunks::Part &part, Value start, int64_t count,
                int64_t distance) {
    forTiles(part, [&](int64_t height, Value pair) {
      kernel.emitter.newPoint();
      Tile tile{height, vectors};
      SmallVector<Value> acc = zeroTile(kernel, tile, element);
      if (!from.empty())
        for (auto [i, sum] : llvm::enumerate(acc))
          sum = loadSums(from, m.add(pair, i / vectors), i % vectors);
      TileOperands o = operands(step, tile, block, panel, pair, start);
      // Tiles that are too few for all of the next weights take a part of them.
      constexpr int64_t openTiles = 8;
      if (height > 1 || !isOpen)
        fetchBehind(kernel, o, count, width(), distance,
                    isOpen ? openTiles : tiles->mostTiles(),
                    m.div(pair, m.cst(most)));
      acc = multiplyTile(kernel, tile, o, m.cst(count), acc, element);
      storeTile(kernel, acc, sums, sumsAt(step.to, pair, 0));
    });
  }

  void emitStep(const Step &step, int64_t nextPart, Value block, Value panel,
                const RowChunks::Part &part) {
    int64_t next = (nextPart - step.part) * half * width(),
            last = half / length * length;
    auto emit = [&](ArrayRef<Sums> from, Value start, int64_t count,
                    int64_t distance) {
      emitPart(step, from, block, panel, part, start, count, distance);
    };
    if (half <= length)
      return emit(step.from, m.cst(0), half, next);
    emit(step.from, m.cst(0), length, length * width());
    m.loop(m.cst(length), m.cst(last), length, [&](Value start) {
      emit(step.to, start, length, length * width());
    });
    if (last < half)
      emit(step.to, m.cst(last), half - last, next - last * width());
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
      point.liesAt(m.add(m.mul(row, columns), column), kernel.computedType());
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
      if (!overlap)
        return storeRow(quarter, pair, row, panel);
      // The rows before are another half's.
      Value own = m.mul(block, blockSize);
      if (quarter.row)
        own = m.max(own, m.add(halfRow(block, 0), pairs));
      m.ifThen(arith::CmpIOp::create(kernel.b, kernel.loc,
                                     arith::CmpIPredicate::uge, row, own),
               [&] { storeRow(quarter, pair, row, panel); });
    });
  }

  //===--------------------------------------------------------------------===//
  // Forms
  //===--------------------------------------------------------------------===//

  void takeKnownPairs() {
    int64_t count = staticDim(blocks.count), size = staticDim(blocks.size);
    overlap = staticDim(blocks.rows) % count != 0 || size % 2 != 0;
    pairs = m.value(blocks.pairs);
    tiles.emplace(kernel, pairs, most, room);
  }
  void takeOpenPairs() {
    steps = strassenSteps;
    overlap = true;
    pairs = m.mul(m.value(blocks.tiles), most);
    tiles.reset();
  }
  void takeFewRows() {
    steps = directSteps;
    overlap = false;
    pairs = rows;
    tiles.emplace(kernel, pairs, most, room);
  }

  void emitForm(Value run, Value each, Value first, Value stop) {
    kernel.emitter.newPoint();
    Value panel = m.rem(run, m.cst(panels)), block = m.div(run, m.cst(panels));
    if (steps.size() == kStrassenProducts)
      kernel.onceABlock(run, each, panel, [&] { emitSums(block); });
    RowChunks::Part part{m.cst(0), first, stop};
    auto pairOf = [&](Value tile) {
      return isOpen ? m.min(m.mul(tile, most), pairs) : tiles->rowOfTile(tile);
    };
    for (auto [number, step] : llvm::enumerate(steps)) {
      int64_t next = number + 1 < steps.size() ? steps[number + 1].part
                                               : kStrassenProducts;
      emitStep(step, next, block, panel, part);
      if (step.quarter)
        emitQuarter(*step.quarter, block, panel, pairOf(first), pairOf(stop));
    }
  }

  LaunchPlan emit() {
    Value each = m.value(blocks.tiles);
    kernel.forRuns(each, [&](Value run, Value first, Value stop) {
      if (!isOpen) {
        takeKnownPairs();
        return emitForm(run, each, first, stop);
      }
      m.ifThen(m.less(m.cst(fewest - 1), rows), [&] {
        takeOpenPairs();
        emitForm(run, each, first, stop);
      });
      m.ifThen(m.less(rows, m.cst(fewest)), [&] {
        takeFewRows();
        emitForm(run, each, first, stop);
      });
    });
    plan.kind = "strassen";
    plan.rows = isOpen ? most : RowSplit(room, most).rows;
    plan.columns = width();
    plan.chunk = llvm::divideCeil(room, most);
    plan.block = length < half ? length : 0;
    plan.grain = tileGrain(kernel, {most, vectors}, kStrassenProducts * half);
    plan.units = [capacity = capacity, most = most, fewest = fewest,
                  panels = panels](const ShapeAlgebra &s, ArrayRef<Dim> dims) {
      PairBlocks blocks(s, dims[0], capacity, most, fewest);
      return s.mul(s.mul(blocks.count, s.constant(panels)), blocks.tiles);
    };
    return plan;
  }
};
} // namespace

LaunchPlan cpu::emitStrassen(Kernel &kernel, MatmulOp op) {
  return StrassenEmitter(kernel, op).emit();
}
