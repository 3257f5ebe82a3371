//===- TransposeKernel.cpp - another order of dimensions --------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Where a transpose takes the last dimension elsewhere, lanes that are stored
// side by side lie far apart. A square tile of as many rows as a vector has
// lanes is read, or computed, along the input's last dimension, turned in
// registers and stored along the output's, with what is computed of it there. A
// unit is one strip of such tiles.
//
// If the output's rows lie a multiple of 4 kB apart, all lines of a tile are of
// one set of the first-level cache, which does not hold as many. Tiles are then
// stored to scratch memory, some rows and columns of them, and from there row
// by row. A unit is such a block.

#include "Codegen/CPU/Kernel.h"

#include "dialects/dlc/ScalarEmitter.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace dlc;
using namespace dlc::cpu;

/// Whether a transpose should be done tile by tile.
static bool isTurned(TransposeOp op) {
  ArrayRef<int64_t> order = op.getPermutation(),
                    shape = op.getType().getShape();
  int64_t rank = order.size();
  // Of few rows or columns most of a tile would be empty.
  auto isLong = [](int64_t size) {
    return ShapedType::isDynamic(size) || size >= 6;
  };
  return elementBits(op.getType().getElementType()) == 32 && rank >= 2 &&
         order.back() != rank - 1 && isLong(shape.back()) &&
         isLong(op.getInput().getType().getShape().back());
}

/// The dimension of the output that was the input's last.
static int64_t turnedDim(TransposeOp op) {
  int64_t last = op.getPermutation().size() - 1;
  return llvm::find(op.getPermutation(), last) - op.getPermutation().begin();
}

SmallVector<TransposeOp> cpu::tiledTransposes(Kernel &kernel) {
  constexpr size_t most = 3;
  // Each is emitted for every vector of a tile.
  constexpr int64_t mostOps = 16;
  llvm::SetVector<Value> reached;
  reached.insert(kernel.root);
  SmallVector<TransposeOp> found;
  for (size_t i = 0; i < reached.size(); ++i) {
    if (kernel.emitter.isBound(reached[i]))
      continue;
    Operation *op = reached[i].getDefiningOp();
    if (isa<PointwiseOpInterface>(op))
      reached.insert(op->operand_begin(), op->operand_end());
    auto transpose = dyn_cast<TransposeOp>(op);
    if (!transpose)
      continue;
    // Others would read it at other points.
    bool isReadAtPoint = llvm::all_of(op->getUsers(), [](Operation *user) {
      return isa<PointwiseOpInterface, YieldOp, tensor::DimOp>(user);
    });
    if (!isTurned(transpose) || !isReadAtPoint || found.size() == most ||
        (!found.empty() && turnedDim(found[0]) != turnedDim(transpose)))
      return {};
    found.push_back(transpose);
  }
  int64_t ops = 0;
  kernel.func.walk([&](PointwiseOpInterface) { ++ops; });
  if (ops > mostOps)
    return {};
  return found;
}

namespace {
struct TransposeEmitter {
  Kernel &kernel;
  IndexMath m;
  ElementEmitter &e;

  /// A transpose, whose tile waits in memory where another one follows.
  struct Turned {
    TransposeOp op;
    Type element;
    SmallVector<Value> strides; ///< of its input
    Value buffer;
  };
  SmallVector<Turned> all;
  RankedTensorType result;
  SmallVector<Value> sizes, strides, outer;
  SmallVector<int64_t> outerDims;
  int64_t rank, along; ///< the dimension of the output that was the last
  Value rows, columns;
  LaunchPlan plan;

  TransposeEmitter(Kernel &kernel, ArrayRef<TransposeOp> turned)
      : kernel(kernel), m(kernel.math()), e(kernel.emitter),
        result(kernel.computedType()), sizes(e.sizes(kernel.root)),
        strides(stridesOf(sizes)), rank(sizes.size()) {
    for (TransposeOp op : turned)
      all.push_back({op, op.getType().getElementType(),
                     stridesOf(e.sizes(op.getInput())), Value()});
    along = turnedDim(all[0].op);
    for (int64_t d = 0; d < rank - 1; ++d)
      if (d != along) {
        outerDims.push_back(d);
        outer.push_back(sizes[d]);
      }
    rows = sizes[along];
    columns = sizes.back();
  }

  SmallVector<Value> stridesOf(ArrayRef<Value> dims) {
    SmallVector<Value> result(dims.size());
    Value stride = m.cst(1);
    for (int64_t d = dims.size(); d-- > 0;) {
      result[d] = stride;
      stride = m.mul(stride, dims[d]);
    }
    return result;
  }

  /// Swaps the blocks off the diagonal of each 2 x 2 of blocks, from the
  /// largest blocks to single elements.
  void turn(MutableArrayRef<Value> tile) {
    int64_t n = tile.size();
    for (int64_t size = n / 2; size > 0; size /= 2) {
      SmallVector<int64_t> low, high;
      for (int64_t lane = 0; lane < n; ++lane) {
        bool isFirst = !(lane & size);
        low.push_back(isFirst ? lane : n + lane - size);
        high.push_back(isFirst ? lane + size : n + lane);
      }
      for (int64_t row = 0; row < n; ++row) {
        if (row & size)
          continue;
        Value a = tile[row], b = tile[row + size];
        tile[row] = vector::ShuffleOp::create(kernel.b, kernel.loc, a, b, low);
        tile[row + size] =
            vector::ShuffleOp::create(kernel.b, kernel.loc, a, b, high);
      }
    }
  }

  /// One of the matrices that the dimensions make which change places.
  struct Matrix {
    SmallVector<Value> indices; ///< of the outer dimensions
    SmallVector<Value> from;    ///< where it begins in each input
    Value to;                   ///< in the output
  };

  /// That at the `number`-th index of all other dimensions.
  Matrix matrixAt(Value number) {
    Matrix matrix{m.delinearize(number, outer), {}, m.cst(0)};
    for (auto [d, i] : llvm::zip(outerDims, matrix.indices))
      matrix.to = m.add(matrix.to, m.mul(i, strides[d]));
    for (Turned &t : all) {
      Value from = m.cst(0);
      for (auto [d, i] : llvm::zip(outerDims, matrix.indices))
        from = m.add(from, m.mul(i, t.strides[t.op.getPermutation()[d]]));
      matrix.from.push_back(from);
    }
    return matrix;
  }

  /// The vector of an input from `row` on, at `column` of the output.
  Value loadRow(const Matrix &matrix, int64_t number, Value row, Value column,
                Value mask) {
    TransposeOp op = all[number].op;
    ArrayRef<int64_t> order = op.getPermutation();
    e.newPoint();
    Point point;
    point.indices.resize(rank);
    for (auto [d, i] : llvm::zip(outerDims, matrix.indices))
      point.indices[order[d]] = {i};
    point.indices[order.back()] = {column};
    point.indices[rank - 1] = {row, 1, {}};
    Value start = m.add(matrix.from[number],
                        m.mul(column, all[number].strides[order.back()]));
    point.liesAt(m.add(start, row), op.getInput().getType());
    return kernel.splat(e.emit(op.getInput(), point, kernel.lanes(), mask))
        .value;
  }

  /// The tile of a transpose from `row` and `column` on; under a mask of
  /// columns the last one there is stands for those behind it.
  SmallVector<Value> loadTile(const Matrix &matrix, int64_t number, Value row,
                              Value column, Value rowMask, Value columnMask) {
    SmallVector<Value> tile;
    for (int64_t i = 0; i < kernel.lanes(); ++i) {
      Value at = m.add(column, i);
      if (columnMask)
        at = m.min(at, m.sub(columns, m.cst(1)));
      tile.push_back(loadRow(matrix, number, row, at, rowMask));
    }
    turn(tile);
    return tile;
  }

  /// Stores the result's vector from `column` on, where each transpose has the
  /// value of `turned`.
  void storeRow(const Matrix &matrix, Value row, Value column, Value mask,
                ArrayRef<Value> turned) {
    e.newPoint();
    Point point;
    point.indices.resize(rank);
    for (auto [d, i] : llvm::zip(outerDims, matrix.indices))
      point.indices[d] = {i};
    point.indices[along] = {row};
    point.indices[rank - 1] = {column, 1, {}};
    point.liesAt(m.add(m.add(matrix.to, m.mul(row, strides[along])), column),
                 result);
    for (auto [t, value] : llvm::zip(all, turned))
      e.define(t.op.getResult(), {t.element, value});
    Scalar value = e.emit(kernel.root, point, kernel.lanes(), mask);
    e.store(value, kernel.output, point.linear, kernel.lanes(), mask);
    for (Turned &t : all)
      e.undefine(t.op.getResult());
    e.newPoint();
  }

  Value loadTurned(Type element, Value buffer, Value at) {
    Value v =
        loadVector(kernel.b, kernel.loc, kernel.lanes(), buffer, at, Value());
    return ScalarEmitter(kernel.b, kernel.loc).fromMemory(element, v).value;
  }

  /// What of a tile there is.
  enum class Part { whole, someColumns, some };

  /// A tile whose first element is at `row` and `column` of the output.
  void emitTile(const Matrix &matrix, Value row, Value column, Part part) {
    int64_t lanes = kernel.lanes();
    Value rowsLeft = m.sub(rows, row), rowMask, columnMask;
    if (part == Part::some)
      rowMask = kernel.maskOf(rowsLeft);
    if (part != Part::whole)
      columnMask = kernel.maskOf(m.sub(columns, column));
    SmallVector<Value> tile;
    for (auto [number, t] : llvm::enumerate(all)) {
      tile = loadTile(matrix, number, row, column, rowMask, columnMask);
      if (t.buffer)
        for (int64_t i = 0; i < lanes; ++i)
          e.store({t.element, tile[i]}, t.buffer, m.cst(i * lanes), lanes);
    }
    for (int64_t i = 0; i < lanes; ++i) {
      auto store = [&] {
        SmallVector<Value> turned;
        for (Turned &t : all)
          turned.push_back(
              t.buffer ? loadTurned(t.element, t.buffer, m.cst(i * lanes))
                       : tile[i]);
        storeRow(matrix, m.add(row, i), column, columnMask, turned);
      };
      // Not under an empty mask: a processor may take long to find that there
      // is no fault in a page that isn't mapped.
      if (part == Part::some)
        m.ifThen(m.less(m.cst(i), rowsLeft), store);
      else
        store();
    }
  }

  void emitStrip(const Matrix &matrix, Value row) {
    int64_t lanes = kernel.lanes();
    Value whole = m.mul(m.div(columns, m.cst(lanes)), lanes);
    auto isMultiple = [&](Value size) {
      auto n = constantIndex(size);
      return n && *n % lanes == 0;
    };
    auto tiles = [&](Value first, Value last, Part part) {
      m.loop(first, last, lanes,
             [&](Value column) { emitTile(matrix, row, column, part); });
    };
    auto wholeRows = [&] {
      tiles(m.cst(0), whole, Part::whole);
      if (!isMultiple(columns))
        tiles(whole, columns, Part::someColumns);
    };
    if (isMultiple(rows))
      return wholeRows();
    Value next = m.add(row, lanes);
    m.ifThen(m.less(m.add(row, lanes - 1), rows), wholeRows);
    m.ifThen(m.less(rows, next), [&] { tiles(m.cst(0), columns, Part::some); });
  }

  /// What the first-level cache holds, in runs that are long enough for the
  /// processor to fetch ahead.
  static constexpr int64_t blockRows = 64, blockColumns = 128;

  /// Whether it is better done in blocks: not where memory is what it waits
  /// for, and if a set holds a tile's lines only where the second cache does
  /// not hold all.
  bool isBlocked() {
    constexpr int64_t setsApart = 4096, linesOfSet = 8, mostBytes = 8 << 20;
    if (all.size() > 1 || !result.hasStaticShape())
      return false;
    int64_t bytes = result.getNumElements() * 4;
    return *constantIndex(strides[along]) * 4 % setsApart == 0 &&
           result.getDimSize(along) % blockRows == 0 &&
           result.getShape().back() % blockColumns == 0 && bytes <= mostBytes &&
           (kernel.lanes() > linesOfSet || 2 * bytes > kernel.isa.l2);
  }

  /// The block from `firstRow` and `firstColumn` on.
  void emitBlock(const Matrix &matrix, Value firstRow, Value firstColumn,
                 Value buffer) {
    int64_t lanes = kernel.lanes();
    Type element = all[0].element;
    m.loop(m.cst(0), m.cst(blockColumns), lanes, [&](Value column) {
      m.loop(m.cst(0), m.cst(blockRows), lanes, [&](Value row) {
        SmallVector<Value> tile =
            loadTile(matrix, 0, m.add(firstRow, row),
                     m.add(firstColumn, column), Value(), Value());
        for (int64_t i = 0; i < lanes; ++i)
          e.store({element, tile[i]}, buffer,
                  m.add(m.mul(m.add(row, i), blockColumns), column), lanes);
      });
    });
    m.loop(m.cst(0), m.cst(blockRows), 1, [&](Value row) {
      m.loop(m.cst(0), m.cst(blockColumns), lanes, [&](Value column) {
        Value v = loadTurned(element, buffer,
                             m.add(m.mul(row, blockColumns), column));
        storeRow(matrix, m.add(firstRow, row), m.add(firstColumn, column),
                 Value(), v);
      });
    });
  }

  LaunchPlan emitBlocks() {
    plan.kind = "transpose by blocks";
    plan.rows = plan.columns = kernel.lanes();
    plan.grain = 2;
    Value buffer =
        kernel.scratchBuffer(all[0].element, blockRows * blockColumns, plan);
    Value high = m.div(rows, m.cst(blockRows)),
          wide = m.div(columns, m.cst(blockColumns));
    kernel.forUnits([&](Value unit) {
      Value strip = m.div(unit, wide);
      emitBlock(matrixAt(m.div(strip, high)),
                m.mul(m.rem(strip, high), blockRows),
                m.mul(m.rem(unit, wide), blockColumns), buffer);
    });
    int64_t units = result.getNumElements() / (blockRows * blockColumns);
    plan.units = [units](const ShapeAlgebra &s, ArrayRef<Dim>) {
      return s.constant(units);
    };
    return plan;
  }

  LaunchPlan emit() {
    if (isBlocked())
      return emitBlocks();
    int64_t lanes = kernel.lanes();
    for (Turned &t : MutableArrayRef(all).drop_back())
      t.buffer = kernel.scratchBuffer(t.element, lanes * lanes, plan);
    Value strips = m.ceilDiv(rows, lanes);
    kernel.forUnits([&](Value unit) {
      emitStrip(matrixAt(m.div(unit, strips)),
                m.mul(m.rem(unit, strips), lanes));
    });
    plan.kind = "transpose";
    plan.rows = plan.columns = lanes;
    if (auto n = constantIndex(columns))
      plan.grain =
          std::max<int64_t>(1, 16384 / (lanes * std::max<int64_t>(1, *n)));
    plan.units = [lanes, along = along](const ShapeAlgebra &s,
                                        ArrayRef<Dim> dims) {
      Dim units = s.ceilDiv(dims[along], lanes);
      for (auto [d, size] : llvm::enumerate(dims.drop_back()))
        if (static_cast<int64_t>(d) != along)
          units = s.mul(units, size);
      return units;
    };
    return plan;
  }
};
} // namespace

LaunchPlan cpu::emitTranspose(Kernel &kernel, ArrayRef<TransposeOp> turned) {
  return TransposeEmitter(kernel, turned).emit();
}

//===----------------------------------------------------------------------===//
// Planes to a few channels
//===----------------------------------------------------------------------===//

/// Whether elements that follow each other along dimension `d` of a tensor
/// follow each other in all memory that it is computed from, or are one.
static bool followsMemory(Kernel &kernel, Value v, int64_t d) {
  auto type = cast<RankedTensorType>(v.getType());
  if (kernel.emitter.isBound(v))
    return d == type.getRank() - 1;
  Operation *op = v.getDefiningOp();
  if (isa<PointwiseOpInterface>(op))
    return llvm::all_of(op->getOperands(), [&](Value operand) {
      return followsMemory(kernel, operand, d);
    });
  return TypeSwitch<Operation *, bool>(op)
      .Case([](ConstantOp) { return true; })
      .Case([&](TransposeOp op) {
        return followsMemory(kernel, op.getInput(), op.getPermutation()[d]);
      })
      .Case([&](ReshapeOp op) {
        // The same dimension among those of more than one element.
        if (type.getDimSize(d) == 1)
          return true;
        if (!op->hasAttr("unit_dims"))
          return false;
        auto significant = [](ArrayRef<int64_t> sizes) {
          return llvm::count_if(sizes, [](int64_t size) { return size != 1; });
        };
        RankedTensorType from = op.getInput().getType();
        int64_t number = significant(type.getShape().take_front(d)), own = 0;
        while (from.getDimSize(own) == 1 ||
               significant(from.getShape().take_front(own)) < number)
          ++own;
        return followsMemory(kernel, op.getInput(), own);
      })
      .Case([&](PadOp op) {
        return op.getMode() == PadMode::constant &&
               followsMemory(kernel, op.getInput(), d);
      })
      .Case([&](BroadcastOp op) {
        RankedTensorType from = op.getInput().getType();
        int64_t own = d - (type.getRank() - from.getRank());
        return own < 0 || from.getDimSize(own) == 1 ||
               ((!from.isDynamicDim(own) || op->hasAttr("equal")) &&
                followsMemory(kernel, op.getInput(), own));
      })
      .Default([](Operation *) { return false; });
}

bool cpu::isInterleave(Kernel &kernel) {
  // Each vector is shuffled with each other; of few pixels most lanes are
  // empty.
  constexpr int64_t mostChannels = 5, fewestPixels = 6;
  RankedTensorType type = kernel.computedType();
  int64_t rank = type.getRank();
  return rank >= 2 && type.getDimSize(rank - 1) >= 2 &&
         type.getDimSize(rank - 1) <= mostChannels &&
         (type.isDynamicDim(rank - 2) ||
          type.getDimSize(rank - 2) >= fewestPixels) &&
         followsMemory(kernel, kernel.root, rank - 2);
}

LaunchPlan cpu::emitInterleave(Kernel &kernel) {
  // A unit is a part of a row of pixels; lanes are pixels, until they are
  // stored.
  constexpr int64_t block = 1024;
  IndexMath m = kernel.math();
  ElementEmitter &emitter = kernel.emitter;
  RankedTensorType type = kernel.computedType();
  int64_t channels = type.getShape().back(), lanes = kernel.lanes();
  SmallVector<Value> sizes = emitter.sizes(kernel.root);
  ArrayRef<Value> outer = ArrayRef(sizes).drop_back(2);
  Value columns = sizes[sizes.size() - 2], blocks = m.ceilDiv(columns, block);

  /// Lane l of the vector `number` is element number * lanes + l of all.
  auto interleaved = [&](ArrayRef<Scalar> planes, int64_t number) {
    Scalar result = planes[0];
    for (int64_t c = 1; c < channels; ++c) {
      SmallVector<int64_t> order;
      for (int64_t l = 0; l < lanes; ++l) {
        int64_t element = number * lanes + l;
        bool isOfPlane = element % channels == c;
        // The first plane is in no order yet.
        order.push_back(isOfPlane ? lanes + element / channels
                        : c == 1  ? element / channels
                                  : l);
      }
      result.value = vector::ShuffleOp::create(
          kernel.b, kernel.loc, result.value, planes[c].value, order);
    }
    return result;
  };
  kernel.forUnits([&](Value unit) {
    Value row = m.div(unit, blocks), lo = m.mul(m.rem(unit, blocks), block);
    Value hi = m.min(m.add(lo, block), columns);
    if (auto n = constantIndex(columns); n && *n <= block)
      hi = columns;
    SmallVector<Value> at = m.delinearize(row, outer);
    kernel.forVectors(lo, hi, [&](Value x, Value mask) {
      SmallVector<Scalar> planes;
      for (int64_t c = 0; c < channels; ++c) {
        Point point = Point::along(at, x);
        point.indices.push_back({m.cst(c)});
        planes.push_back(
            kernel.splat(emitter.emit(kernel.root, point, lanes, mask)));
      }
      Value start = m.mul(m.add(m.mul(row, columns), x), channels);
      Value left = m.mul(m.sub(hi, x), channels);
      for (int64_t i = 0; i < channels; ++i) {
        Scalar value = interleaved(planes, i);
        Value first = m.cst(i * lanes), to = m.add(start, first);
        if (mask)
          m.ifThen(m.less(first, left), [&] {
            emitter.store(value, kernel.output, to, lanes,
                          kernel.maskOf(m.sub(left, first)));
          });
        else
          emitter.store(value, kernel.output, to, lanes);
      }
    });
  });
  LaunchPlan plan;
  plan.kind = "interleave";
  plan.columns = channels;
  plan.rows = lanes;
  if (auto n = constantIndex(columns))
    plan.grain = std::max<int64_t>(
        1, 16384 / (channels * std::clamp<int64_t>(*n, 1, block)));
  plan.units = [](const ShapeAlgebra &s, ArrayRef<Dim> dims) {
    Dim columns = dims[dims.size() - 2];
    return s.mul(s.ceilDiv(columns, block), product(s, dims.drop_back(2)));
  };
  return plan;
}
