//===- MatmulKernel.cpp - matrix products -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Codegen/CPU/RowChunks.h"

#include "Codegen/CPU/View.h"
#include "dialects/dlc/ScalarEmitter.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace dlc;
using namespace dlc::cpu;

namespace {
/// One matrix product under construction. A unit is a tile: those of a chunk of
/// rows that read a panel follow each other, then come those of the next panel,
/// and the rows of the chunk stay in the cache.
struct MatmulEmitter {
  Kernel &kernel;
  MatmulOp op;
  IndexMath m;
  int64_t rank, n, steps; // columns and contracted size, or kDynamic
  int64_t vectors, most, chunk;
  int64_t block = 0; // steps of the contraction at once; 0: all
  std::optional<RowChunks> chunks;
  Value sums; // of a chunk, with blocks
  View lhs, rhs;
  Value rows, columns, depth, panels, batches;
  SmallVector<Value> batchSizes;
  Type accumulator;

  MatmulEmitter(Kernel &kernel, MatmulOp op)
      : kernel(kernel), op(op), m(kernel.math()), rank(op.getType().getRank()) {
    ElementEmitter &e = kernel.emitter;
    lhs = viewOf(kernel, op.getLhs());
    rhs = viewOf(kernel, op.getRhs());
    SmallVector<Value> sizes = e.sizes(op.getResult());
    rows = sizes[rank - 2];
    columns = sizes[rank - 1];
    depth = e.size(op.getLhs(), rank - 1);
    batchSizes.assign(sizes.begin(), sizes.end() - 2);
    batches = m.product(batchSizes);
    n = op.getType().getDimSize(rank - 1);
    steps = op.getLhs().getType().getDimSize(rank - 1);
    accumulator = productType(op.getLhs().getType().getElementType());
    // What isn't packed lies in rows, of which a panel takes a part.
    vectors =
        op.getPacked()
            ? op.getRhs().getType().getShape().back() / kernel.lanes()
        : ShapedType::isDynamic(n)
            ? widestPanel(kernel.isa, accumulator)
            : panelVectors(kernel.isa, ShapedType::kDynamic, n, accumulator);
    most = tileRows(kernel.isa,
                    vectors * accumulator.getIntOrFloatBitWidth() / 32);
    panels = m.ceilDiv(columns, width());
    chooseBlocks();
    chunks.emplace(kernel, rows, most, chunk);
  }

  /// How much is computed at once, so that what is read again is still in the
  /// second-level cache.
  void chooseBlocks() {
    int64_t total = op.getType().getDimSize(rank - 2);
    int64_t stepBytes = width() * 4;
    // A panel that leaves no room for the rows is taken block by block.
    if (op.getPacked() && !ShapedType::isDynamic(steps) && total != 1 &&
        steps * stepBytes > kernel.isa.l2 / 4) {
      int64_t blocks = llvm::divideCeil(steps * stepBytes, kernel.isa.l2 / 4);
      block = llvm::alignTo(llvm::divideCeil(steps, blocks), 2);
      chunk = std::clamp<int64_t>(kernel.isa.l2 / 16 / stepBytes / most, 1, 64);
      return;
    }
    // The rows of a chunk stay in the cache while the panels pass.
    int64_t rowBytes =
        4 * (ShapedType::isDynamic(steps) ? 768 : std::max<int64_t>(steps, 1));
    chunk = std::clamp<int64_t>(kernel.isa.l2 / 2 / rowBytes / most, 1, 64);
  }

  int64_t width() const { return vectors * kernel.lanes(); }

  bool masked() const { return ShapedType::isDynamic(n) || n % width() != 0; }

  /// Offset of a batch in an operand, of which a size of 1 repeats.
  Value batchOffset(const View &view, Value tensor, ValueRange batch) {
    Value offset = view.offset;
    for (auto [d, i] : llvm::enumerate(batch)) {
      auto type = cast<RankedTensorType>(tensor.getType());
      if (type.getDimSize(d) == 1)
        continue;
      Value stride = view.strides[d];
      if (type.isDynamicDim(d) &&
          !(batchSizes[d] == kernel.emitter.size(tensor, d)))
        stride = arith::SelectOp::create(
            kernel.b, kernel.loc,
            arith::CmpIOp::create(kernel.b, kernel.loc,
                                  arith::CmpIPredicate::eq,
                                  kernel.emitter.size(tensor, d), m.cst(1)),
            m.cst(0), stride);
      offset = m.add(offset, m.mul(i, stride));
    }
    return offset;
  }

  /// Where a tile lies: its batch, first row and panel.
  struct Place {
    ValueRange batch;
    Value batchNumber, row, panel;
  };

  SmallVector<Value> columnMasks(Value column) {
    SmallVector<Value> masks;
    if (masked())
      for (int64_t v = 0; v < vectors; ++v)
        masks.push_back(
            kernel.maskOf(m.sub(columns, m.add(column, v * kernel.lanes()))));
    return masks;
  }

  /// What a tile multiplies, from step `first` of the contraction on.
  TileOperands operands(Tile tile, const Place &at, Value start) {
    TileOperands o;
    o.lhs = lhs.memory;
    o.rhs = rhs.memory;
    o.lhsElement = op.getLhs().getType().getElementType();
    o.rhsElement = op.getRhs().getType().getElementType();
    Value rowStride = lhs.strides[rank - 2];
    auto known = constantIndex(rowStride);
    Value first = m.add(batchOffset(lhs, op.getLhs(), at.batch),
                        m.mul(at.row, rowStride));
    for (int64_t i = 0; i < tile.rows; ++i) {
      o.rowOffsets.push_back(known ? first : m.add(first, m.mul(rowStride, i)));
      o.rowDeltas.push_back(known ? i * *known : 0);
    }
    o.lhsStep = lhs.strides[rank - 1];
    o.lhsBase = m.mul(start, o.lhsStep);
    Value rhsBatch = batchOffset(rhs, op.getRhs(), at.batch);
    if (op.getPacked()) {
      o.rhsBase = m.add(rhsBatch, m.mul(at.panel, m.mul(depth, width())));
      o.rhsStep = m.cst(width());
    } else {
      Value column = m.mul(at.panel, width());
      o.rhsBase = m.add(rhsBatch, m.mul(column, rhs.strides[rank - 1]));
      o.rhsStep = rhs.strides[rank - 2];
      o.rhsMasks = columnMasks(column);
    }
    o.rhsBase = m.add(o.rhsBase, m.mul(start, o.rhsStep));
    return o;
  }

  /// The cluster's elements from the sums of a tile, to their place.
  void store(Tile tile, const Place &at, ValueRange acc) {
    ElementEmitter &e = kernel.emitter;
    ScalarEmitter s(kernel.b, kernel.loc);
    Value column = m.mul(at.panel, width());
    SmallVector<Value> masks = columnMasks(column);
    for (int64_t i = 0; i < tile.rows; ++i)
      for (int64_t v = 0; v < tile.vectors; ++v) {
        e.newPoint();
        Point point;
        for (Value b : at.batch)
          point.indices.push_back({b});
        Value r = m.add(at.row, i), c = m.add(column, v * kernel.lanes());
        point.indices.push_back({r});
        point.indices.push_back({c, 1, {}});
        point.liesAt(
            m.add(m.mul(m.add(m.mul(at.batchNumber, rows), r), columns), c),
            kernel.computedType());
        Type element = op.getType().getElementType();
        e.define(op.getResult(),
                 s.cast({accumulator, acc[i * tile.vectors + v]}, element));
        Value mask = masks.empty() ? Value() : masks[v];
        kernel.computeAndStore(point, mask);
      }
    e.undefine(op.getResult());
    e.newPoint();
  }

  /// The tiles of a chunk read the same steps of a panel; meanwhile those that
  /// are read next come in.
  void fetchNext(TileOperands &o, Tile tile, const Place &at, Value firstRow,
                 int64_t length) {
    // A row of an open number of rows may be the only one.
    bool isAlone = tile.rows == 1 && !constantIndex(rows);
    if (!op.getPacked() || ShapedType::isDynamic(steps) || isAlone)
      return;
    fetchBehind(kernel, o, length, width(), length * width(),
                chunks->mostTiles(), chunks->numberOf(at.row, firstRow));
  }

  /// A tile with its whole contraction.
  void emitTile(Tile tile, const Place &at, Value firstRow) {
    kernel.emitter.newPoint();
    TileOperands o = operands(tile, at, m.cst(0));
    fetchNext(o, tile, at, firstRow, steps);
    store(tile, at,
          multiplyTile(kernel, tile, o, depth,
                       zeroTile(kernel, tile, accumulator), accumulator));
  }

  /// Where the sums of a tile of the chunk wait for the next block.
  Value sumsOf(Value firstRow, const Place &at) {
    return m.mul(m.sub(at.row, firstRow), width());
  }

  /// Tiles of a chunk, block by block of a long contraction: a block of the
  /// panel stays in the cache while all rows pass.
  void emitBlocks(ValueRange batch, Value batchNumber,
                  const RowChunks::Part &part, Value panel) {
    auto type = cast<VectorType>(kernel.vectorType(accumulator));
    OpBuilder &b = kernel.b;
    Value zero =
        arith::ConstantOp::create(b, kernel.loc, type, b.getZeroAttr(type));
    m.loop(m.cst(0), m.cst(chunk * most * width()), kernel.lanes(),
           [&](Value i) {
             vector::StoreOp::create(b, kernel.loc, zero, sums, i);
           });
    Value firstRow = chunks->firstRow(part.chunk);
    auto accumulate = [&](Tile tile, const Place &at, Value start,
                          int64_t length) {
      kernel.emitter.newPoint();
      SmallVector<Value> acc =
          loadTile(kernel, tile, accumulator, sums, sumsOf(firstRow, at));
      TileOperands o = operands(tile, at, start);
      fetchNext(o, tile, at, firstRow, length);
      return multiplyTile(kernel, tile, o, m.cst(length), acc, accumulator);
    };
    int64_t last = (llvm::divideCeil(steps, block) - 1) * block;
    m.loop(m.cst(0), m.cst(last), block, [&](Value start) {
      chunks->forTiles(part, [&](int64_t height, Value row) {
        Tile tile{height, vectors};
        Place at{batch, batchNumber, row, panel};
        storeTile(kernel, accumulate(tile, at, start, block), sums,
                  sumsOf(firstRow, at));
      });
    });
    chunks->forTiles(part, [&](int64_t height, Value row) {
      Tile tile{height, vectors};
      Place at{batch, batchNumber, row, panel};
      store(tile, at, accumulate(tile, at, m.cst(last), steps - last));
    });
  }

  LaunchPlan emit() {
    LaunchPlan plan;
    if (block)
      sums = kernel.scratchBuffer(accumulator, chunk * most * width(), plan);
    Value count = chunks->chunks();
    kernel.forRuns(chunks->tiles(), [&](Value run, Value first, Value stop) {
      Value panel = m.rem(run, panels), rest = m.div(run, panels);
      RowChunks::Part part{m.rem(rest, count), first, stop};
      Value batchNumber = m.div(rest, count);
      SmallVector<Value> batch = m.delinearize(batchNumber, batchSizes);
      if (block)
        return emitBlocks(batch, batchNumber, part, panel);
      Value firstRow = chunks->firstRow(part.chunk);
      chunks->forTiles(part, [&](int64_t height, Value row) {
        emitTile({height, vectors}, {batch, batchNumber, row, panel}, firstRow);
      });
    });
    int64_t total = op.getType().getDimSize(rank - 2);
    plan.kind = total == 1 ? "gemv" : "matmul";
    plan.rows =
        ShapedType::isDynamic(total) ? most : RowSplit(total, most).rows;
    plan.columns = width();
    plan.chunk = chunk;
    plan.block = block;
    plan.grain = tileGrain(kernel, {most, vectors},
                           ShapedType::isDynamic(steps) ? 768 : steps);
    plan.units = [width = width(), rank = rank, most = most,
                  chunk = chunk](const ShapeAlgebra &s, ArrayRef<Dim> dims) {
      Dim units = s.mul(product(s, dims.take_front(rank - 2)),
                        RowChunks::units(s, dims[rank - 2], most, chunk));
      return s.mul(units, s.ceilDiv(dims[rank - 1], width));
    };
    return plan;
  }
};
} // namespace

LaunchPlan cpu::emitMatmul(Kernel &kernel, MatmulOp op) {
  return MatmulEmitter(kernel, op).emit();
}
