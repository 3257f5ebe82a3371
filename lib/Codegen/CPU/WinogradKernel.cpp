//===- WinogradKernel.cpp - convolution by Winograd's algorithm -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// A unit is a block of tiles times a panel of output channels. Units that
// follow each other share the block: the first of a thread transforms its
// input, which then stays in the second-level cache while the panels pass.
// Transforms go over rows, then over columns, with a tile of one vector of
// channels between them in memory: it would not fit in the registers. The
// kernel reads the input where it is, with zeros beside it, and never through a
// padded copy.

#include "Codegen/CPU/Winograd.h"

#include "Codegen/CPU/Tile.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace dlc;
using namespace dlc::cpu;

namespace {

/// How tiles are split into blocks of equal size, but for the last one.
struct TileBlocks {
  int64_t tile, down, across, size; ///< pixels, tiles of an image, a block's
  bool isOpen;                      ///< in the number of images

  TileBlocks(ConvOp op, const Isa &isa) : tile(*op.getWinograd()) {
    ArrayRef<int64_t> shape = op.getType().getShape();
    down = llvm::divideCeil(shape[1], tile);
    across = llvm::divideCeil(shape[2], tile);
    isOpen = ShapedType::isDynamic(shape[0]);
    int64_t tiles = std::max<int64_t>(1, down * across * expectedImages(op));
    int64_t inputs = op.getInput().getType().getDimSize(3),
            bytes = 4 * (tile + 2) * (tile + 2) * inputs;
    // A block leaves room in the second-level cache. Where the weights don't
    // fit in, it is large, for each one that is read to serve many tiles; but
    // there are units for some threads.
    int64_t most = bytes * shape[3] > isa.l2
                       ? std::clamp<int64_t>(8 * isa.l2 / bytes, 8, 64)
                       : std::clamp<int64_t>(isa.l2 / 8 / bytes, 24, 64),
            panels = op.getKernel().getType().getDimSize(0);
    most = std::min(most, std::max<int64_t>(32, tiles * panels / 8));
    // An even number of units is fair to two threads, and so on.
    int64_t blocks = llvm::divideCeil(tiles, most);
    if (blocks > 1 && panels % 2 != 0)
      blocks = llvm::alignTo(blocks, 2);
    size = llvm::divideCeil(tiles, blocks);
    // An open number divides into no blocks but into full register tiles.
    if (isOpen)
      size = llvm::alignTo(
          size, tileRows(isa, op.getKernel().getType().getShape().back() /
                                  isa.lanes()));
  }

  /// The number of blocks, from the sizes of the result.
  Dim count(const ShapeAlgebra &s, Dim images) const {
    return s.ceilDiv(s.mul(images, s.constant(down * across)), size);
  }
};

/// Elements of a cache line.
constexpr int64_t kLine = 64 / 4;

struct WinogradEmitter {
  Kernel &kernel;
  ConvOp op;
  IndexMath m;
  TileBlocks blocks;
  NumContext numbers;
  LaunchPlan plan;
  int64_t tile, side; ///< pixels of an output tile's edge and an input tile's
  int64_t channels, vectors, panels;
  int64_t rowStride, inputStride, sumStride; ///< of what is transformed
  SmallVector<Value> inputSizes, outputSizes;
  Value memory, weights, transformed, sums, between;
  Type element;

  WinogradEmitter(Kernel &kernel, ConvOp op)
      : kernel(kernel), op(op), m(kernel.math()), blocks(op, kernel.isa),
        numbers{kernel.b, kernel.loc, kernel.isa.hasFma}, tile(blocks.tile),
        side(tile + 2), channels(op.getInput().getType().getDimSize(3)),
        element(op.getType().getElementType()) {
    ArrayRef<int64_t> packed = op.getKernel().getType().getShape();
    panels = packed[0];
    vectors = packed[3] / kernel.lanes();
    inputSizes = kernel.emitter.sizes(op.getInput());
    outputSizes = kernel.emitter.sizes(op.getResult());
    memory = kernel.emitter.getMemory(op.getInput());
    weights = kernel.emitter.getMemory(op.getKernel());
    // A line between the matrices keeps them off each other's cache sets.
    rowStride = llvm::alignTo(channels, kernel.lanes());
    inputStride = blocks.size * rowStride + kLine;
    sumStride = blocks.size * width() + kLine;
    transformed =
        kernel.scratchBuffer(element, side * side * inputStride, plan);
    sums = kernel.scratchBuffer(element, side * side * sumStride, plan);
    between = kernel.scratchBuffer(element, side * side * kernel.lanes(), plan);
  }

  int64_t width() const { return vectors * kernel.lanes(); }
  RowSplit rowSplit() const {
    return {blocks.size, tileRows(kernel.isa, vectors)};
  }

  VectorType vectorType() {
    return cast<VectorType>(kernel.vectorType(element));
  }
  Num load(Value from, Value offset) {
    return {&numbers, vector::LoadOp::create(kernel.b, kernel.loc, vectorType(),
                                             from, offset)};
  }
  void store(Num v, Value to, Value offset) {
    vector::StoreOp::create(kernel.b, kernel.loc, v.v, to, offset);
  }
  Value zero() {
    return arith::ConstantOp::create(kernel.b, kernel.loc, vectorType(),
                                     kernel.b.getZeroAttr(vectorType()));
  }
  /// Where element (row, column) of the tile between the transforms is.
  Value betweenAt(Value row, Value column) {
    return m.mul(m.add(m.mul(row, side), column), kernel.lanes());
  }
  Value isInside(Value x, Value size) {
    // As unsigned numbers, what is below zero is above all sizes.
    return arith::CmpIOp::create(kernel.b, kernel.loc,
                                 arith::CmpIPredicate::ult, x, size);
  }

  /// The places of a tile among the images, down and across.
  SmallVector<Value> placeOf(Value number) {
    return m.delinearize(
        number, {outputSizes[0], m.cst(blocks.down), m.cst(blocks.across)});
  }

  //===--------------------------------------------------------------------===//
  // Input
  //===--------------------------------------------------------------------===//

  /// One of the columns of pixels of an input tile.
  struct Column {
    Value offset; ///< in the image's row, of the nearest pixel there is
    Value mask;   ///< of all lanes or none; null where all tiles have it
  };

  SmallVector<Column> columnsOf(Value across) {
    SmallVector<Column> columns;
    int64_t size = op.getInput().getType().getDimSize(2), low = op.getPads()[1];
    for (int64_t j = 0; j < side; ++j) {
      Value x = m.add(m.mul(across, tile), j - low);
      Column column{m.mul(x, channels), {}};
      if (j < low || (blocks.across - 1) * tile + j - low >= size) {
        Value inside = isInside(x, m.cst(size));
        column.mask = vector::BroadcastOp::create(
            kernel.b, kernel.loc,
            VectorType::get({kernel.lanes()}, kernel.b.getI1Type()), inside);
        Value nearest =
            arith::SelectOp::create(kernel.b, kernel.loc, inside, x, m.cst(0));
        column.offset = m.mul(nearest, channels);
      }
      columns.push_back(column);
    }
    return columns;
  }

  /// A vector of channels of the pixel of this column in the row at `offset`.
  Num loadPixel(Value offset, const Column &column, Value channelMask) {
    Value at = m.add(offset, column.offset), v;
    if (channelMask)
      v = vector::MaskedLoadOp::create(kernel.b, kernel.loc, vectorType(),
                                       memory, ValueRange(at), channelMask,
                                       zero());
    else
      v = load(memory, at).v;
    if (column.mask)
      v = arith::SelectOp::create(kernel.b, kernel.loc, column.mask, v, zero());
    return {&numbers, v};
  }

  /// An input tile, one vector of channels of it.
  struct InputTile {
    Value number;     ///< in the block
    Value image, top; ///< its first row in the input, perhaps beside the image
    ArrayRef<Column> columns;
    Value channel, mask;
  };

  Value rowOffset(const InputTile &t, Value y) {
    int64_t size = op.getInput().getType().getDimSize(1);
    Value row = m.mul(m.add(m.mul(t.image, size), y), inputSizes[2]);
    return m.add(m.mul(row, channels), t.channel);
  }

  void storeInput(const InputTile &t, Value row, Value column, Num v) {
    Value product = m.add(m.mul(row, side), column);
    store(v, transformed,
          m.add(m.add(m.mul(t.number, rowStride), t.channel),
                m.mul(product, inputStride)));
  }

  /// All rows are in the image: half of the transformed tile at a time stays in
  /// registers.
  void emitInnerInput(const InputTile &t) {
    // Rows that share their sums are computed together.
    SmallVector<int64_t> order{1, 2, 0, side - 1};
    for (int64_t row = 3; row < side - 1; ++row)
      order.push_back(row);
    int64_t most = 18 / side; // vectors, of 32 registers
    for (ArrayRef<int64_t> rest = order; !rest.empty();) {
      ArrayRef<int64_t> rows = rest.take_front(most);
      rest = rest.drop_front(rows.size());
      SmallVector<SmallVector<Num>> halves(rows.size());
      for (const Column &column : t.columns) {
        SmallVector<Num> pixels;
        for (int64_t i = 0; i < side; ++i)
          pixels.push_back(
              loadPixel(rowOffset(t, m.add(t.top, i)), column, t.mask));
        SmallVector<Num> half = winogradInput(tile, pixels);
        for (auto [row, to] : llvm::zip(rows, halves))
          to.push_back(half[row]);
      }
      for (auto [row, half] : llvm::zip(rows, halves))
        for (auto [j, v] : llvm::enumerate(winogradInput(tile, half)))
          storeInput(t, m.cst(row), m.cst(j), v);
    }
  }

  /// Row number i of an input tile, zeros where it is beside the image.
  SmallVector<Num> inputRow(const InputTile &t, Value i) {
    SmallVector<Type> types(side, vectorType());
    Value y = m.add(t.top, i);
    Value inside = isInside(y, m.cst(op.getInput().getType().getDimSize(1)));
    auto ifOp = scf::IfOp::create(kernel.b, kernel.loc, types, inside, true);
    OpBuilder::InsertionGuard guard(kernel.b);
    kernel.b.setInsertionPointToStart(ifOp.thenBlock());
    SmallVector<Value> row;
    for (const Column &column : t.columns)
      row.push_back(loadPixel(rowOffset(t, y), column, t.mask).v);
    scf::YieldOp::create(kernel.b, kernel.loc, row);
    kernel.b.setInsertionPointToStart(ifOp.elseBlock());
    scf::YieldOp::create(kernel.b, kernel.loc,
                         SmallVector<Value>(side, zero()));
    return llvm::map_to_vector(ifOp.getResults(),
                               [&](Value v) { return Num{&numbers, v}; });
  }

  /// Rows may be beside the image: row by row, and then column by column.
  void emitOuterInput(const InputTile &t) {
    m.loop(m.cst(0), m.cst(side), 1, [&](Value i) {
      for (auto [j, v] : llvm::enumerate(winogradInput(tile, inputRow(t, i))))
        store(v, between, betweenAt(i, m.cst(j)));
    });
    m.loop(m.cst(0), m.cst(side), 1, [&](Value j) {
      SmallVector<Num> column;
      for (int64_t i = 0; i < side; ++i)
        column.push_back(load(between, betweenAt(m.cst(i), j)));
      for (auto [i, v] : llvm::enumerate(winogradInput(tile, column)))
        storeInput(t, m.cst(i), j, v);
    });
  }

  void emitInput(Value first, Value count) {
    int64_t size = op.getInput().getType().getDimSize(1), low = op.getPads()[0];
    bool allInside = low <= 0 && blocks.down * tile + 2 - low <= size;
    m.loop(m.cst(0), count, 1, [&](Value number) {
      SmallVector<Value> place = placeOf(m.add(first, number));
      SmallVector<Column> columns = columnsOf(place[2]);
      Value top = m.add(m.mul(place[1], tile), -low);
      auto forChannels = [&](function_ref<void(const InputTile &)> emit) {
        kernel.forVectors(m.cst(0), m.cst(channels), [&](Value c, Value mask) {
          emit({number, place[0], top, columns, c, mask});
        });
      };
      auto inner = [&] {
        forChannels([&](const InputTile &t) { emitInnerInput(t); });
      };
      auto outer = [&] {
        forChannels([&](const InputTile &t) { emitOuterInput(t); });
      };
      if (kernel.isa.registers < 32)
        return outer();
      if (allInside)
        return inner();
      Value inside = arith::AndIOp::create(
          kernel.b, kernel.loc, isInside(top, m.cst(size)),
          isInside(m.add(top, side - 1), m.cst(size)));
      auto ifOp = scf::IfOp::create(kernel.b, kernel.loc, inside, true);
      OpBuilder::InsertionGuard guard(kernel.b);
      kernel.b.setInsertionPointToStart(ifOp.thenBlock());
      inner();
      kernel.b.setInsertionPointToStart(ifOp.elseBlock());
      outer();
    });
  }

  //===--------------------------------------------------------------------===//
  // Products
  //===--------------------------------------------------------------------===//

  /// Weights that don't stay in the cache come while the products before them
  /// are computed, by the tiles of rows in turn.
  void fetchAhead(TileOperands &o, Value number) {
    int64_t size = channels * width();
    if (4 * panels * side * side * size > kernel.isa.l2)
      fetchBehind(kernel, o, channels, width(), size, rowSplit().tiles, number);
  }

  /// Tile `number` of rows, from `row` on.
  void emitProductTile(Tile shape, Value panel, Value product, Value number,
                       Value row) {
    TileOperands o;
    o.lhs = transformed;
    o.rhs = weights;
    o.lhsElement = o.rhsElement = element;
    Value start = m.add(m.mul(product, inputStride), m.mul(row, rowStride));
    for (int64_t i = 0; i < shape.rows; ++i) {
      o.rowOffsets.push_back(start);
      o.rowDeltas.push_back(i * rowStride);
    }
    o.lhsBase = m.cst(0);
    o.lhsStep = m.cst(1);
    o.rhsBase =
        m.mul(m.add(m.mul(panel, side * side), product), channels * width());
    o.rhsStep = m.cst(width());
    fetchAhead(o, number);
    SmallVector<Value> acc =
        multiplyTile(kernel, shape, o, m.cst(channels),
                     zeroTile(kernel, shape, element), element);
    storeTile(kernel, acc, sums,
              m.add(m.mul(product, sumStride), m.mul(row, width())));
  }

  /// All products of a block with a panel. Rows of register tiles that reach
  /// behind the last of `count` are multiplied too, and not read.
  void emitProducts(Value panel, Value count) {
    RowSplit split = rowSplit();
    bool equal = split.high == split.tiles;
    Value high = m.cst(split.high), tiles = m.cst(split.tiles);
    // Few images leave much of a block empty.
    if (blocks.isOpen) {
      high = m.min(high, m.ceilDiv(count, split.rows));
      if (!equal)
        tiles = m.min(
            tiles, m.ceilDiv(m.max(m.sub(count, m.cst(split.high)), m.cst(0)),
                             split.rows - 1));
    }
    m.loop(m.cst(0), m.cst(side * side), 1, [&](Value product) {
      m.loop(m.cst(0), high, 1, [&](Value t) {
        emitProductTile({split.rows, vectors}, panel, product, t,
                        m.mul(t, split.rows));
      });
      if (!equal)
        m.loop(m.cst(split.high), tiles, 1, [&](Value t) {
          emitProductTile({split.rows - 1, vectors}, panel, product, t,
                          m.add(m.mul(t, split.rows - 1), split.high));
        });
    });
  }

  //===--------------------------------------------------------------------===//
  // Output
  //===--------------------------------------------------------------------===//

  void storePixel(ArrayRef<Value> at, Value channel, Value mask, Num sum) {
    ElementEmitter &e = kernel.emitter;
    e.newPoint();
    Point point = Point::along(at, channel);
    SmallVector<Value> indices(at);
    indices.push_back(channel);
    point.liesAt(m.linearize(indices, outputSizes), kernel.computedType());
    e.define(op.getResult(), {element, sum.v});
    kernel.computeAndStore(point, mask);
    e.undefine(op.getResult());
    e.newPoint();
  }

  /// The pixels of a row of an output tile; the last tile may have fewer.
  void emitOutputRow(Value image, Value y, Value x, Value i, Value channel,
                     Value mask) {
    SmallVector<Num> row;
    for (int64_t j = 0; j < side; ++j)
      row.push_back(load(between, betweenAt(i, m.cst(j))));
    int64_t size = op.getType().getDimSize(2);
    for (auto [j, v] : llvm::enumerate(winogradOutput(tile, row))) {
      Value column = m.add(x, j);
      auto pixel = [&, v = v] {
        storePixel({image, y, column}, channel, mask, v);
      };
      if (static_cast<int64_t>((blocks.across - 1) * tile + j) < size)
        pixel();
      else
        m.ifThen(m.less(column, m.cst(size)), pixel);
    }
  }

  void emitOutput(Value first, Value count, Value panel) {
    int64_t outputs = op.getType().getDimSize(3);
    m.loop(m.cst(0), count, 1, [&](Value t) {
      SmallVector<Value> place = placeOf(m.add(first, t));
      Value y = m.mul(place[1], tile), x = m.mul(place[2], tile);
      Value rows = m.cst(tile);
      if (op.getType().getDimSize(1) % tile != 0)
        rows = m.min(rows, m.sub(outputSizes[1], y));
      m.loop(m.cst(0), m.cst(vectors), 1, [&](Value v) {
        Value at = m.mul(v, kernel.lanes());
        Value channel = m.add(m.mul(panel, width()), at);
        Value mask = outputs % width() != 0
                         ? kernel.maskOf(m.sub(m.cst(outputs), channel))
                         : Value();
        at = m.add(at, m.mul(t, width()));
        m.loop(m.cst(0), m.cst(side), 1, [&](Value j) {
          SmallVector<Num> column;
          for (int64_t i = 0; i < side; ++i)
            column.push_back(
                load(sums, m.add(at, m.mul(m.add(j, i * side), sumStride))));
          for (auto [i, sum] : llvm::enumerate(winogradOutput(tile, column)))
            store(sum, between, betweenAt(m.cst(i), j));
        });
        m.loop(m.cst(0), rows, 1, [&](Value i) {
          emitOutputRow(place[0], m.add(y, i), x, i, channel, mask);
        });
      });
    });
  }

  LaunchPlan emit() {
    Value tiles = m.mul(outputSizes[0], blocks.down * blocks.across);
    kernel.forUnits([&](Value unit) {
      Value panel = m.rem(unit, m.cst(panels));
      Value first = m.mul(m.div(unit, m.cst(panels)), blocks.size);
      Value count = m.min(m.cst(blocks.size), m.sub(tiles, first));
      kernel.onceABlock(unit, m.cst(1), panel,
                        [&] { emitInput(first, count); });
      emitProducts(panel, count);
      emitOutput(first, count, panel);
    });
    plan.kind = "winograd " + std::to_string(tile) + "x" + std::to_string(tile);
    plan.rows = rowSplit().rows;
    plan.columns = width();
    plan.chunk = rowSplit().tiles;
    plan.units = [blocks = blocks, panels = panels](const ShapeAlgebra &s,
                                                    ArrayRef<Dim> dims) {
      return s.mul(blocks.count(s, dims[0]), s.constant(panels));
    };
    return plan;
  }
};
} // namespace

LaunchPlan cpu::emitWinograd(Kernel &kernel, ConvOp op) {
  return WinogradEmitter(kernel, op).emit();
}
