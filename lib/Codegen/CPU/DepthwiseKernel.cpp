//===- DepthwiseKernel.cpp - depthwise convolution, channels last -*- C++
//-*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// A unit is a row of output pixels. Lanes are channels; a tile is some
// neighbouring pixels, of two rows where these share what they load, of one
// vector of channels, so that a weight loaded once serves them all. A thread
// takes its rows in strips as wide as a tile, downwards, so that the rows of
// the input that the next tile needs too are still in the first-level cache. So
// that the columns that the next strip needs too are still in the second-level
// cache, strips end after some rows, and only a few vectors of channels do one
// together.
//
// The input is read as it lies. What a window has outside of it is left out:
// rows, as the loop over them is shorter; columns, where it is known of a tile
// which they are, in code for that tile alone, else pixel by pixel.

#include "Codegen/CPU/Tile.h"
#include "Codegen/CPU/Window.h"

#include "dialects/dlc/ScalarEmitter.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace dlc;
using namespace dlc::cpu;

namespace {
struct DepthwiseEmitter {
  Kernel &kernel;
  ConvOp op;
  IndexMath m;
  int64_t spatial, last, channels;
  ArrayRef<int64_t> window;
  SmallVector<Value> inputSizes, outputSizes;
  SmallVector<WindowDim> dims;
  Value memory, weights;
  Type accumulator;

  DepthwiseEmitter(Kernel &kernel, ConvOp op)
      : kernel(kernel), op(op), m(kernel.math()),
        spatial(op.getType().getRank() - 2), last(spatial - 1),
        channels(op.getType().getShape().back()), window(op.getWindow()) {
    inputSizes = kernel.emitter.sizes(op.getInput());
    outputSizes = kernel.emitter.sizes(op.getResult());
    dims = windowDims(inputSizes, outputSizes, window, op.getStrides(),
                      op.getDilations(), op.getPads());
    memory = kernel.emitter.getMemory(op.getInput());
    weights = kernel.emitter.getMemory(op.getKernel());
    accumulator = productType(op.getInput().getType().getElementType());
  }

  bool isPadded(int64_t d) {
    return op.getPads()[d] != 0 || op.getPads()[spatial + d] != 0;
  }

  /// The elements along a dimension whose windows lie inside of the input.
  Span inside(int64_t d) {
    return isPadded(d) ? dims[d].inside(m) : Span{m.cst(0), dims[d].output};
  }

  /// Elements of an operand of the convolution; `ui8` and `i8` may meet.
  Value load(Value operand, Value from, Value offset, Value mask) {
    Value v =
        loadVector(kernel.b, kernel.loc, kernel.lanes(), from, offset, mask);
    ScalarEmitter s(kernel.b, kernel.loc);
    Type element = cast<RankedTensorType>(operand.getType()).getElementType();
    return s.cast({element, v}, accumulator).value;
  }

  /// The window from its dimension `unrolled` on, unrolled: pixels share what
  /// they load. `acc` are the sums of a tile, row by row; `column` is the
  /// input's that the first window starts at.
  SmallVector<Value> emitWindow(Tile tile, int64_t unrolled, Value column,
                                Value offset, Value weight, Value channel,
                                Value mask, ValueRange acc) {
    bool hasRows = unrolled < last || tile.rows > 1;
    int64_t height = unrolled < last ? window[last - 1] : 1,
            width = unrolled <= last ? window[last] : 1,
            stride = hasRows ? dims[last - 1].stride : 1,
            dilation = hasRows ? dims[last - 1].dilation : 1;
    llvm::MapVector<int64_t, Value> known;
    auto weightAt = [&](int64_t k) {
      Value &w = known[k];
      if (!w)
        w = load(op.getKernel(), weights,
                 m.add(m.mul(m.add(weight, k), channels), channel), mask);
      return w;
    };
    auto inputAt = [&](int64_t y, int64_t x) {
      Value place = m.mul(inputSizes.back(), x);
      if (hasRows)
        place = m.add(place,
                      m.mul(m.mul(inputSizes.back(), inputSizes[spatial]), y));
      return load(op.getInput(), memory, m.add(offset, place), mask);
    };
    // Of a tile whose place is known: whether a column is of the input.
    auto first = constantIndex(column), size = constantIndex(dims[last].input);
    bool isPlaced = first && size && unrolled <= last;
    auto exists = [&](int64_t c) {
      return !isPlaced || (*first + c >= 0 && *first + c < *size);
    };
    // Of a row: window elements, pixels of the tile and the columns they read.
    struct Tap {
      int64_t k, pixel, column;
    };
    SmallVector<Tap> taps;
    for (int64_t k = 0; k < width; ++k)
      for (int64_t p = 0; p < tile.vectors; ++p)
        if (int64_t c = p * dims[last].stride + k * dims[last].dilation;
            exists(c))
          taps.push_back({k, p, c});
    // Element by element, a sum's next term is far from its last one; column by
    // column, fewer registers are in use.
    if (kernel.isa.registers <= 16)
      llvm::stable_sort(
          taps, [](const Tap &s, const Tap &t) { return s.column < t.column; });
    SmallVector<Value> result(acc);
    int64_t rowsRead = (tile.rows - 1) * stride + (height - 1) * dilation + 1;
    for (int64_t y = 0; y < rowsRead; ++y) {
      llvm::MapVector<int64_t, Value> columns;
      for (int64_t r = 0; r < tile.rows; ++r) {
        int64_t from = y - r * stride;
        if (from < 0 || from % dilation != 0 || from / dilation >= height)
          continue;
        for (const Tap &tap : taps) {
          Value w = weightAt(from / dilation * width + tap.k),
                &v = columns[tap.column];
          if (!v)
            v = inputAt(y, tap.column);
          Value &sum = result[r * tile.vectors + tap.pixel];
          sum = kernel.multiplyAdd(v, w, sum);
        }
      }
    }
    return result;
  }

  /// The sums of a tile whose first output has the leading coordinates `at` and
  /// is at x of its row, of these rows and columns.
  SmallVector<Value> emitSums(ArrayRef<Value> at, Value x, const Part &rows,
                              const Part &columns, Value channel, Value mask) {
    Tile tile{rows.size, columns.size};
    bool isRolled = !columns.isWhole && !constantIndex(x);
    int64_t unrolled = isRolled                        ? spatial
                       : rows.isWhole && unrollsRows() ? last - 1
                                                       : last;
    // Where the first window starts; before the input it is less than 0.
    SmallVector<Value> starts, strides(spatial);
    Value linear = at[0];
    for (int64_t d = 0; d < spatial; ++d) {
      starts.push_back(dims[d].start(m, d == last ? x : at[d + 1]));
      linear = m.add(m.mul(linear, inputSizes[d + 1]), starts[d]);
    }
    Value start = m.add(m.mul(linear, inputSizes.back()), channel);
    Value stride = inputSizes.back();
    for (int64_t d = spatial; d-- > 0;) {
      strides[d] = m.mul(stride, dims[d].dilation);
      stride = m.mul(stride, inputSizes[d + 1]);
    }
    std::function<SmallVector<Value>(int64_t, Value, Value, ValueRange)> nest =
        [&](int64_t d, Value offset, Value weight,
            ValueRange acc) -> SmallVector<Value> {
      if (d == unrolled)
        return emitWindow(tile, unrolled, starts[last], offset,
                          unrolled < last ? m.mul(weight, window[last])
                                          : weight,
                          channel, mask, acc);
      bool isWhole = !isPadded(d) || (d == last - 1 && rows.isWhole);
      Span range = isWhole ? Span{m.cst(0), m.cst(window[d])}
                           : dims[d].clip(m, starts[d]);
      return m.loop(range.first, range.last, 1, acc,
                    [&](Value k, ValueRange args) {
                      Value number = m.add(weight, k);
                      if (d < last)
                        number = m.mul(number, window[d + 1]);
                      return nest(d + 1, m.add(offset, m.mul(k, strides[d])),
                                  number, args);
                    });
    };
    return nest(0, start, m.cst(0), zeroTile(kernel, tile, accumulator));
  }

  void emitTile(ArrayRef<Value> at, Value x, const Part &rows,
                const Part &columns, Value channel, Value mask) {
    ElementEmitter &e = kernel.emitter;
    ScalarEmitter s(kernel.b, kernel.loc);
    SmallVector<Value> acc = emitSums(at, x, rows, columns, channel, mask);
    for (int64_t i = 0; i < rows.size * columns.size; ++i) {
      e.newPoint();
      SmallVector<Value> pixel(at);
      if (i >= columns.size)
        pixel.back() = m.add(pixel.back(), i / columns.size);
      pixel.push_back(m.add(x, i % columns.size));
      Value place = pixel[0];
      for (int64_t d = 0; d < spatial; ++d)
        place = m.add(m.mul(place, outputSizes[d + 1]), pixel[d + 1]);
      Point point = Point::along(pixel, channel);
      point.liesAt(m.add(m.mul(place, channels), channel),
                   kernel.computedType());
      e.define(op.getResult(),
               s.cast({accumulator, acc[i]}, op.getType().getElementType()));
      kernel.computeAndStore(point, mask);
    }
    e.undefine(op.getResult());
    e.newPoint();
  }

  /// Whether the products of a pixel are few enough to be unrolled.
  bool unrollsRows() {
    constexpr int64_t longest = 32;
    return spatial > 1 && window[last - 1] * window[last] <= longest;
  }

  /// Rows of a tile. Two read fewer rows of the input together than each by
  /// itself where their windows overlap by more than a row.
  int64_t tileRows() {
    if (!unrollsRows() || constantIndex(outputSizes[last]) == 1)
      return 1;
    const WindowDim &d = dims[last - 1];
    return d.stride == 1 && d.dilation == 1 && d.window > 2 ? 2 : 1;
  }

  /// Rows from `first` to `stop` of an image. Those at either end, and an odd
  /// one, are each for itself, in one loop.
  SmallVector<Part> rowParts(Value first, Value stop) {
    int64_t rows = tileRows();
    Value from = first, to = stop;
    bool isClipped = spatial > 1 && isPadded(last - 1);
    if (isClipped) {
      Span whole = inside(last - 1);
      from = m.min(m.max(whole.first, first), stop);
      to = m.min(m.max(whole.last, from), stop);
    }
    if (rows > 1)
      to = m.add(from, m.mul(m.div(m.sub(to, from), m.cst(rows)), rows));
    SmallVector<Part> parts{{{from, to}, rows, true}};
    if (isClipped)
      parts.push_back(
          {{first, m.sub(stop, m.sub(to, from))}, 1, false, {from, to}});
    else if (rows > 1)
      parts.push_back({{to, stop}, 1, false});
    return parts;
  }

  /// The columns, `most` at once. Of known sizes, tiles are as equal as can be.
  SmallVector<Part> columnParts(int64_t most) {
    Span whole = inside(last);
    SmallVector<Part> parts;
    auto from = constantIndex(whole.first), to = constantIndex(whole.last),
         count = constantIndex(dims[last].output);
    if (from && to && count) {
      parts = tilesOf(m, *count, most, *from, *to);
      // Each has code of its own.
      if (llvm::count_if(parts, [](const Part &p) { return !p.isWhole; }) <= 4)
        return parts;
      parts.clear();
    }
    Value middle =
        m.add(whole.first,
              m.mul(m.div(m.sub(whole.last, whole.first), m.cst(most)), most));
    if (isPadded(last))
      parts.push_back({{m.cst(0), whole.first}, 1, false});
    parts.push_back({{whole.first, middle}, most, true});
    parts.push_back({{middle, dims[last].output}, 1, !isPadded(last)});
    return parts;
  }

  /// Channels from `lo` to `hi`, in whole vectors or under a mask: strips of
  /// the image, tile by tile downwards.
  void emitSlice(ArrayRef<Value> lead, Value run, ArrayRef<Part> rows,
                 ArrayRef<Part> columns, Value lo, Value hi, Value mask) {
    auto strip = [&](const Part &column, Value x) {
      for (const Part &row : rows)
        m.loop(row.range.first, row.range.last, row.size, [&](Value i) {
          SmallVector<Value> at(lead);
          at.push_back(spatial > 1 ? row.number(m, i) : run);
          m.loop(lo, hi, kernel.lanes(),
                 [&](Value c) { emitTile(at, x, row, column, c, mask); });
        });
    };
    for (const Part &column : columns)
      m.loop(column.range.first, column.range.last, column.size,
             [&](Value x) { strip(column, x); });
  }

  /// The vectors of channels that do a strip together. An image that no
  /// second-level cache holds comes line by line: from tile to tile, a load's
  /// addresses go in equal steps, so that the processor sees where they go.
  int64_t vectorsTogether() {
    constexpr int64_t line = 64;
    double bytes = 0;
    for (auto [v, sizes] : {std::pair(op.getInput(), inputSizes),
                            {op.getResult(), outputSizes}}) {
      double size = elementBits(v.getType().getElementType()) / 8.0;
      for (Value n : ArrayRef(sizes).drop_front())
        size *= constantIndex(n).value_or(1 << 10);
      bytes += size;
    }
    return bytes > 3.0 * kernel.isa.l2 ? line / kernel.isa.vectorBytes : 2;
  }

  LaunchPlan emit() {
    constexpr int64_t block = 128; // rows
    int64_t lanes = kernel.lanes(), full = channels / lanes * lanes,
            step = vectorsTogether() * lanes;
    SmallVector<Part> columns = columnParts(kernel.isa.registers > 16 ? 8 : 4);
    SmallVector<Value> outer(outputSizes.begin(), outputSizes.end() - 2);
    Value height = spatial > 1 ? outer.pop_back_val() : m.cst(1);
    auto known = constantIndex(height);
    kernel.forRuns(height, [&](Value run, Value first, Value stop) {
      SmallVector<Value> lead;
      if (spatial > 1)
        lead = m.delinearize(run, outer);
      auto emitRows = [&](Value from, Value to) {
        SmallVector<Part> rows = rowParts(from, to);
        m.loop(m.cst(0), m.cst(full), step, [&](Value c) {
          Value end = m.min(m.add(c, step), m.cst(full));
          emitSlice(lead, run, rows, columns, c, end, Value());
        });
        if (full < channels)
          emitSlice(lead, run, rows, columns, m.cst(full), m.cst(channels),
                    kernel.maskOf(m.cst(channels - full)));
      };
      if (known && *known <= block)
        return emitRows(first, stop);
      m.loop(first, stop, block, [&](Value from) {
        emitRows(from, m.min(m.add(from, block), stop));
      });
    });
    LaunchPlan plan;
    plan.kind = "depthwise conv";
    int64_t pixels = 1;
    for (const Part &part : columns)
      pixels = std::max(pixels, part.size);
    plan.rows = tileRows() * pixels;
    plan.columns = lanes;
    plan.units = [](const ShapeAlgebra &s, ArrayRef<Dim> dims) {
      return product(s, dims.drop_back(2));
    };
    return plan;
  }
};
} // namespace

LaunchPlan cpu::emitDepthwise(Kernel &kernel, ConvOp op) {
  return DepthwiseEmitter(kernel, op).emit();
}
