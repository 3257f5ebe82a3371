//===- DepthwiseKernel.cpp - depthwise convolution, channels last -*- C++
//-*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// A unit is a row of output pixels. Lanes are channels; a tile is some
// neighbouring pixels, of two rows where these share what they load, of one
// vector of channels, so that a weight loaded once serves them all. A few
// vectors of channels take all rows of a thread before the next do, so that the
// rows of the input that the next row of outputs needs too are still in the
// first-level cache.

#include "Codegen/CPU/Tile.h"

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
  int64_t spatial, channels;
  ArrayRef<int64_t> window;
  SmallVector<Value> inputSizes, outputSizes;
  Value memory, weights;
  Type accumulator;

  DepthwiseEmitter(Kernel &kernel, ConvOp op)
      : kernel(kernel), op(op), m(kernel.math()),
        spatial(op.getType().getRank() - 2),
        channels(op.getType().getShape().back()), window(op.getWindow()) {
    inputSizes = kernel.emitter.sizes(op.getInput());
    outputSizes = kernel.emitter.sizes(op.getResult());
    memory = kernel.emitter.getMemory(op.getInput());
    weights = kernel.emitter.getMemory(op.getKernel());
    accumulator = productType(op.getInput().getType().getElementType());
  }

  /// Elements of an operand of the convolution; `ui8` and `i8` may meet.
  Value load(Value operand, Value from, Value offset, Value mask) {
    Type type =
        kernel.vectorType(cast<MemRefType>(from.getType()).getElementType());
    Value v;
    if (mask) {
      Value zero = arith::ConstantOp::create(kernel.b, kernel.loc, type,
                                             kernel.b.getZeroAttr(type));
      v = vector::MaskedLoadOp::create(kernel.b, kernel.loc,
                                       cast<VectorType>(type), from,
                                       ValueRange(offset), mask, zero);
    } else {
      v = vector::LoadOp::create(kernel.b, kernel.loc, cast<VectorType>(type),
                                 from, offset);
    }
    ScalarEmitter s(kernel.b, kernel.loc);
    Type element = cast<RankedTensorType>(operand.getType()).getElementType();
    return s.cast({element, v}, accumulator).value;
  }

  /// The window from its dimension `unrolled` on, unrolled: pixels share what
  /// they load. `acc` are the sums of a tile, row by row.
  SmallVector<Value> emitWindow(Tile tile, int64_t unrolled, Value offset,
                                Value weight, Value channel, Value mask,
                                ValueRange acc) {
    int64_t last = spatial - 1;
    bool hasRows = unrolled < last;
    int64_t height = hasRows ? window[last - 1] : 1,
            stride = hasRows ? op.getStrides()[last - 1] : 1,
            dilation = hasRows ? op.getDilations()[last - 1] : 1;
    llvm::MapVector<int64_t, Value> known;
    auto weightAt = [&](int64_t k) {
      Value &w = known[k];
      if (!w)
        w = load(op.getKernel(), weights,
                 m.add(m.mul(m.add(weight, k), channels), channel), mask);
      return w;
    };
    SmallVector<Value> result(acc);
    int64_t rowsRead = (tile.rows - 1) * stride + (height - 1) * dilation + 1;
    for (int64_t y = 0; y < rowsRead; ++y) {
      Value row = offset;
      if (hasRows)
        row =
            m.add(row, m.mul(m.mul(inputSizes.back(), inputSizes[spatial]), y));
      llvm::MapVector<int64_t, Value> columns;
      for (int64_t r = 0; r < tile.rows; ++r) {
        int64_t from = y - r * stride;
        if (from < 0 || from % dilation != 0 || from / dilation >= height)
          continue;
        for (int64_t k = 0; k < window[last]; ++k) {
          Value w = weightAt(from / dilation * window[last] + k);
          for (int64_t p = 0; p < tile.vectors; ++p) {
            int64_t column =
                p * op.getStrides()[last] + k * op.getDilations()[last];
            Value &v = columns[column];
            if (!v)
              v = load(op.getInput(), memory,
                       m.add(row, m.mul(inputSizes.back(), column)), mask);
            Value &sum = result[r * tile.vectors + p];
            sum = kernel.multiplyAdd(v, w, sum);
          }
        }
      }
    }
    return result;
  }

  /// A tile of outputs whose first has the leading coordinates `at` and is at x
  /// of its row.
  void emitTile(ArrayRef<Value> at, Value x, Tile tile, Value channel,
                Value mask) {
    ElementEmitter &e = kernel.emitter;
    int64_t last = spatial - 1, unrolled = tile.rows > 1 ? last - 1 : last;
    ScalarEmitter s(kernel.b, kernel.loc);
    // Offset of the first window element of the tile, without the channel.
    Value linear = at[0];
    for (int64_t d = 0; d < spatial; ++d)
      linear = m.add(m.mul(linear, inputSizes[d + 1]),
                     m.mul(d == last ? x : at[d + 1], op.getStrides()[d]));
    Value start = m.add(m.mul(linear, inputSizes.back()), channel);

    SmallVector<Value> strides(spatial);
    Value stride = inputSizes.back();
    for (int64_t d = spatial; d-- > 0;) {
      strides[d] = m.mul(stride, op.getDilations()[d]);
      stride = m.mul(stride, inputSizes[d + 1]);
    }
    std::function<SmallVector<Value>(int64_t, Value, Value, ValueRange)> nest =
        [&](int64_t d, Value offset, Value weight,
            ValueRange acc) -> SmallVector<Value> {
      if (d == unrolled)
        return emitWindow(tile, unrolled, offset,
                          unrolled < last ? m.mul(weight, window[last])
                                          : weight,
                          channel, mask, acc);
      return m.loop(m.cst(0), m.cst(window[d]), 1, acc,
                    [&](Value k, ValueRange args) {
                      return nest(d + 1, m.add(offset, m.mul(k, strides[d])),
                                  m.mul(m.add(weight, k), window[d + 1]), args);
                    });
    };
    SmallVector<Value> acc =
        nest(0, start, m.cst(0), zeroTile(kernel, tile, accumulator));
    for (int64_t i = 0; i < tile.rows * tile.vectors; ++i) {
      e.newPoint();
      SmallVector<Value> pixel(at);
      if (i >= tile.vectors)
        pixel.back() = m.add(pixel.back(), i / tile.vectors);
      pixel.push_back(m.add(x, i % tile.vectors));
      Value place = pixel[0];
      for (int64_t d = 0; d < spatial; ++d)
        place = m.add(m.mul(place, outputSizes[d + 1]), pixel[d + 1]);
      Point point = Point::along(pixel, channel);
      point.linear = m.add(m.mul(place, channels), channel);
      point.linearStep = 1;
      point.space = kernel.computedType();
      e.define(op.getResult(),
               s.cast({accumulator, acc[i]}, op.getType().getElementType()));
      kernel.computeAndStore(point, mask);
    }
    e.undefine(op.getResult());
    e.newPoint();
  }

  /// Rows of a tile. Two read fewer rows of the input together than each by
  /// itself where their windows overlap by more than a row.
  int64_t tileRows() {
    constexpr int64_t longest = 32; // products that are unrolled for a pixel
    int64_t last = spatial - 1;
    if (spatial < 2 || constantIndex(outputSizes[spatial - 1]) == 1 ||
        window[last - 1] * window[last] > longest)
      return 1;
    int64_t stride = op.getStrides()[last - 1];
    bool overlaps =
        stride == 1 && op.getDilations()[last - 1] == 1 && window[last - 1] > 2;
    return overlaps ? 2 : 1;
  }

  LaunchPlan emit() {
    constexpr int64_t together = 2; // vectors of channels
    int64_t lanes = kernel.lanes(), rows = tileRows();
    Value columns = outputSizes[spatial];
    int64_t pixels = kernel.isa.registers > 16 ? 8 : 4;
    if (auto n = constantIndex(columns)) {
      // Equal tiles rather than a short last one, as far as that goes.
      int64_t tiles = llvm::divideCeil(*n, pixels);
      pixels = std::max<int64_t>(1, *n / std::max<int64_t>(tiles, 1));
    }
    Value whole = m.mul(m.div(columns, m.cst(pixels)), pixels);
    SmallVector<Value> outer(outputSizes.begin(), outputSizes.end() - 2);
    Value height = spatial > 1 ? outer.pop_back_val() : m.cst(1);
    kernel.forRuns(height, [&](Value run, Value first, Value stop) {
      SmallVector<Value> lead;
      if (spatial > 1)
        lead = m.delinearize(run, outer);
      auto row = [&](Value y, int64_t count, Value c, Value mask) {
        SmallVector<Value> at(lead);
        at.push_back(spatial > 1 ? y : run);
        m.loop(m.cst(0), whole, pixels,
               [&](Value x) { emitTile(at, x, {count, pixels}, c, mask); });
        m.loop(whole, columns, 1,
               [&](Value x) { emitTile(at, x, {count, 1}, c, mask); });
      };
      // Channels from `lo` to `hi`, in whole vectors or under a mask.
      auto slice = [&](Value lo, Value hi, Value mask) {
        auto rowsFrom = [&](Value y, int64_t count) {
          m.loop(lo, hi, lanes, [&](Value c) { row(y, count, c, mask); });
        };
        Value middle =
            m.add(first, m.mul(m.div(m.sub(stop, first), m.cst(rows)), rows));
        m.loop(first, middle, rows, [&](Value y) { rowsFrom(y, rows); });
        if (rows > 1)
          m.loop(middle, stop, 1, [&](Value y) { rowsFrom(y, 1); });
      };
      int64_t full = channels / lanes * lanes;
      m.loop(m.cst(0), m.cst(full), together * lanes, [&](Value c) {
        slice(c, m.min(m.add(c, together * lanes), m.cst(full)), Value());
      });
      if (full < channels)
        slice(m.cst(full), m.cst(channels),
              kernel.maskOf(m.cst(channels - full)));
    });
    LaunchPlan plan;
    plan.kind = "depthwise conv";
    plan.rows = rows * pixels;
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
