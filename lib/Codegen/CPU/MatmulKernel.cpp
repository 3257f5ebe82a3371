//===- MatmulKernel.cpp - matrix products -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Codegen/CPU/Tile.h"

#include "Codegen/CPU/View.h"
#include "dialects/dlc/ScalarEmitter.h"

using namespace mlir;
using namespace dlc;
using namespace dlc::cpu;

namespace {
/// One matrix product under construction. A unit is a chunk of row tiles times
/// a panel of columns; units that follow each other share the rows.
struct MatmulEmitter {
  Kernel &kernel;
  MatmulOp op;
  IndexMath m;
  int64_t rank, n, steps; // columns and contracted size, or kDynamic
  int64_t vectors, most, chunk;
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
    vectors = op.getPacked()
                  ? op.getRhs().getType().getShape().back() / kernel.lanes()
              : ShapedType::isDynamic(n)
                  ? widestPanel(kernel.isa, accumulator)
                  : panelVectors(kernel.isa, op.getType().getDimSize(rank - 2),
                                 n, accumulator);
    if (!op.getPacked())
      vectors = std::min(vectors, widestPanel(kernel.isa, accumulator));
    most = tileRows(kernel.isa,
                    vectors * accumulator.getIntOrFloatBitWidth() / 32);
    panels = m.ceilDiv(columns, width());
    // The rows of a chunk stay in the second-level cache while the panels pass.
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

  void emitTile(Tile tile, ValueRange batch, Value batchNumber, Value row,
                Value panel) {
    ElementEmitter &e = kernel.emitter;
    e.newPoint();
    TileOperands o;
    o.lhs = lhs.memory;
    o.rhs = rhs.memory;
    o.lhsElement = op.getLhs().getType().getElementType();
    o.rhsElement = op.getRhs().getType().getElementType();
    Value rowStride = lhs.strides[rank - 2];
    auto known = constantIndex(rowStride);
    Value first =
        m.add(batchOffset(lhs, op.getLhs(), batch), m.mul(row, rowStride));
    for (int64_t i = 0; i < tile.rows; ++i) {
      o.rowOffsets.push_back(known ? first : m.add(first, m.mul(rowStride, i)));
      o.rowDeltas.push_back(known ? i * *known : 0);
    }
    o.lhsBase = m.cst(0);
    o.lhsStep = lhs.strides[rank - 1];
    Value column = m.mul(panel, width());
    Value rhsBatch = batchOffset(rhs, op.getRhs(), batch);
    SmallVector<Value> masks;
    if (masked())
      for (int64_t v = 0; v < vectors; ++v)
        masks.push_back(
            kernel.maskOf(m.sub(columns, m.add(column, v * kernel.lanes()))));
    if (op.getPacked()) {
      o.rhsBase = m.add(rhsBatch, m.mul(panel, m.mul(depth, width())));
      o.rhsStep = m.cst(width());
    } else {
      o.rhsBase = m.add(rhsBatch, m.mul(column, rhs.strides[rank - 1]));
      o.rhsStep = rhs.strides[rank - 2];
      o.rhsMasks = masks;
    }
    SmallVector<Value> acc =
        multiplyTile(kernel, tile, o, depth,
                     zeroTile(kernel, tile, accumulator), accumulator);

    ScalarEmitter s(kernel.b, kernel.loc);
    for (int64_t i = 0; i < tile.rows; ++i)
      for (int64_t v = 0; v < tile.vectors; ++v) {
        e.newPoint();
        Point point;
        for (Value b : batch)
          point.indices.push_back({b});
        Value r = m.add(row, i), c = m.add(column, v * kernel.lanes());
        point.indices.push_back({r});
        point.indices.push_back({c, 1, {}});
        point.linear =
            m.add(m.mul(m.add(m.mul(batchNumber, rows), r), columns), c);
        point.linearStep = 1;
        point.space = kernel.computedType();
        Type element = op.getType().getElementType();
        e.define(op.getResult(),
                 s.cast({accumulator, acc[i * tile.vectors + v]}, element));
        Value mask = masks.empty() ? Value() : masks[v];
        kernel.computeAndStore(point, mask);
      }
    e.undefine(op.getResult());
    e.newPoint();
  }

  /// All tiles of a chunk, for one panel.
  void emitChunk(ValueRange batch, Value batchNumber, Value number,
                 Value panel) {
    int64_t total = op.getType().getDimSize(rank - 2);
    Value firstTile = m.mul(number, chunk);
    if (!ShapedType::isDynamic(total)) {
      RowSplit split(total, most);
      Value stop = m.min(m.add(firstTile, chunk), m.cst(split.tiles));
      if (split.tiles <= chunk) {
        firstTile = m.cst(0);
        stop = m.cst(split.tiles);
      }
      m.loop(firstTile, m.min(stop, m.cst(split.high)), 1, [&](Value t) {
        emitTile({split.rows, vectors}, batch, batchNumber,
                 m.mul(t, split.rows), panel);
      });
      if (split.high < split.tiles)
        m.loop(m.max(firstTile, m.cst(split.high)), stop, 1, [&](Value t) {
          Value row = m.add(m.mul(t, split.rows - 1), split.high);
          emitTile({split.rows - 1, vectors}, batch, batchNumber, row, panel);
        });
      return;
    }
    Value lo = m.mul(firstTile, most);
    Value hi = m.min(m.add(lo, chunk * most), rows);
    Value whole = m.add(lo, m.mul(m.div(m.sub(hi, lo), m.cst(most)), most));
    m.loop(lo, whole, most, [&](Value row) {
      emitTile({most, vectors}, batch, batchNumber, row, panel);
    });
    m.loop(whole, hi, 1, [&](Value row) {
      emitTile({1, vectors}, batch, batchNumber, row, panel);
    });
  }

  LaunchPlan emit() {
    int64_t total = op.getType().getDimSize(rank - 2);
    int64_t perChunk = chunk * most;
    Value chunks;
    if (!ShapedType::isDynamic(total))
      chunks = m.cst(llvm::divideCeil(RowSplit(total, most).tiles, chunk));
    else
      chunks = m.ceilDiv(rows, perChunk);
    kernel.forUnits([&](Value unit) {
      Value panel = m.rem(unit, panels), rest = m.div(unit, panels);
      Value number = m.rem(rest, chunks), batchNumber = m.div(rest, chunks);
      emitChunk(m.delinearize(batchNumber, batchSizes), batchNumber, number,
                panel);
    });
    LaunchPlan plan;
    plan.kind =
        "matmul " + std::to_string(most) + "x" + std::to_string(width());
    plan.units = [=, width = width(), rank = rank, most = most,
                  chunk = chunk](const ShapeAlgebra &s, ArrayRef<Dim> dims) {
      Dim units = product(s, dims.take_front(rank - 2));
      units = s.mul(units, ShapedType::isDynamic(total)
                               ? s.floorDiv(s.add(dims[rank - 2],
                                                  s.constant(perChunk - 1)),
                                            perChunk)
                               : s.constant(llvm::divideCeil(
                                     RowSplit(total, most).tiles, chunk)));
      return s.mul(
          units,
          s.floorDiv(s.add(dims[rank - 1], s.constant(width - 1)), width));
    };
    return plan;
  }
};
} // namespace

LaunchPlan cpu::emitMatmul(Kernel &kernel, MatmulOp op) {
  return MatmulEmitter(kernel, op).emit();
}
