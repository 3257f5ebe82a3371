//===- ConvKernel.cpp - direct convolution, channels last -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// An implicit matrix product: the pixels of the output, over all images, are
// its rows, each with the address of its window's first element; the steps run
// over window and channels. The input has no padding left (dlc-pack-weights),
// so that no step needs a check, but for images in planes: those go row by row,
// in tiles of a row each, and what a window has outside is left out.

#include "Codegen/CPU/RowChunks.h"
#include "Codegen/CPU/View.h"
#include "Codegen/CPU/Window.h"

#include "dialects/dlc/ScalarEmitter.h"

using namespace mlir;
using namespace dlc;
using namespace dlc::cpu;

namespace {
struct ConvEmitter {
  Kernel &kernel;
  ConvOp op;
  IndexMath m;
  int64_t spatial, groups, groupInput, groupOutput, vectors, most, chunk;
  ArrayRef<int64_t> window;
  SmallVector<Value> inputSizes, outputSizes;
  Value pixels, weights;
  View input;
  bool isDense; // channels of a pixel, and pixels, follow each other
  int64_t panels;
  Type accumulator;
  std::optional<RowChunks> chunks; // of pixels
  Value computed; ///< the input's pixels of a chunk, where nothing else has it
  /// A panel that the second-level cache would not hold is taken row by row of
  /// the window: what the chunk's tiles have added up waits here.
  Value sums;
  LaunchPlan plan;

  ConvEmitter(Kernel &kernel, ConvOp op)
      : kernel(kernel), op(op), m(kernel.math()),
        spatial(op.getType().getRank() - 2), groups(op.getGroups()),
        window(op.getWindow()) {
    auto packed = op.getKernel().getType().getShape();
    groupInput = packed[2 + spatial];
    groupOutput = op.getType().getShape().back() / groups;
    vectors = packed.back() / kernel.lanes();
    panels = packed[1];
    inputSizes = kernel.emitter.sizes(op.getInput());
    outputSizes = kernel.emitter.sizes(op.getResult());
    pixels = m.product(ArrayRef(outputSizes).drop_back());
    bool isComputed = op.takesComputed() && !isInMemory();
    if (!isComputed)
      input = viewOf(kernel, op.getInput());
    isDense = isComputed || bool(kernel.emitter.getMemory(op.getInput()));
    weights = kernel.emitter.getMemory(op.getKernel());
    accumulator = productType(op.getInput().getType().getElementType());
    most = tileRows(kernel.isa,
                    vectors * accumulator.getIntOrFloatBitWidth() / 32);
    // Pixels of a chunk: their input stays in the second-level cache.
    int64_t bytes = 4 * std::max<int64_t>(groupInput * groups, 1);
    for (int64_t i = 0; i < spatial; ++i)
      bytes *= std::min(window[i], op.getStrides()[i]);
    chunk = std::clamp<int64_t>(kernel.isa.l2 / 2 / bytes / most, 2, 128);
    if (isComputed)
      chunk = std::max<int64_t>(1, chunk / 2);
    bool byRows = spatial > 1 && window[0] > 1 && groups == 1 &&
                  panelSize() * 4 > kernel.isa.l2 * 3 / 4;
    if (byRows)
      chunk = std::min<int64_t>(chunk, 32);
    chunks.emplace(kernel, pixels, most, chunk);
    if (byRows && chunks->mostTiles() > 1)
      sums = kernel.scratchBuffer(accumulator,
                                  chunks->mostTiles() * most * width(), plan);
    if (isComputed)
      computeInput();
  }

  bool isInMemory() {
    return bool(kernel.emitter.getMemory(op.getInput())) ||
           isa_and_present<TransposeOp>(op.getInput().getDefiningOp());
  }

  /// Makes room for the input of a chunk.
  void computeInput() {
    int64_t size = chunks->mostTiles() * most * groupInput;
    computed = kernel.scratchBuffer(op.getInput().getType().getElementType(),
                                    size, plan);
    input = {computed, m.cst(0), {}};
    for (int64_t d = 0; d < spatial + 1; ++d)
      input.strides.push_back(m.cst(0)); // pixels follow each other
    input.strides.push_back(m.cst(1));
  }

  int64_t width() const { return vectors * kernel.lanes(); }

  /// 1x1 with stride 1: pixel p starts at p * channels.
  bool isPointwise() {
    return isDense && llvm::all_of(window, [](int64_t w) { return w == 1; }) &&
           llvm::all_of(op.getStrides(), [](int64_t s) { return s == 1; });
  }

  /// The offset of a pixel's window in the input.
  Value windowStart(ArrayRef<Value> at) {
    Value start = m.add(input.offset, m.mul(at[0], input.strides[0]));
    for (int64_t d = 0; d < spatial; ++d)
      start = m.add(start, m.mul(m.mul(at[d + 1], op.getStrides()[d]),
                                 input.strides[d + 1]));
    return start;
  }

  /// Accumulates over channels and window, or `row` of the window. Its
  /// innermost dimension and the channels are one run where they are
  /// contiguous.
  SmallVector<Value> accumulate(Tile tile, TileOperands &o, Value tileNumber,
                                Value row, ValueRange init) {
    bool merge = isDense && groups == 1 && op.getDilations().back() == 1 &&
                 window.back() > 1;
    int64_t run = merge ? groupInput * window.back() : groupInput;
    SmallVector<int64_t> outer(window);
    if (merge)
      outer.back() = 1;
    Value panel = o.rhsBase;
    SmallVector<Value> strides;
    for (int64_t d = 0; d < spatial; ++d)
      strides.push_back(m.mul(input.strides[d + 1], op.getDilations()[d]));
    std::function<SmallVector<Value>(int64_t, Value, Value, ValueRange)> nest =
        [&](int64_t d, Value offset, Value number,
            ValueRange acc) -> SmallVector<Value> {
      if (d == spatial) {
        o.lhsBase = offset;
        o.rhsBase = m.add(panel, m.mul(number, run * width()));
        fetchBehind(kernel, o, run, width(),
                    row ? panelSize() / window[0] : panelSize(),
                    chunks->mostTiles(), tileNumber);
        return multiplyTile(kernel, tile, o, m.cst(run), acc, accumulator);
      }
      return m.loop(m.cst(0), m.cst(outer[d]), 1, acc,
                    [&](Value k, ValueRange args) {
                      return nest(d + 1, m.add(offset, m.mul(k, strides[d])),
                                  m.add(m.mul(number, outer[d]), k), args);
                    });
    };
    if (row)
      return nest(1, m.mul(row, strides[0]), row, init);
    return nest(0, m.cst(0), m.cst(0), init);
  }

  int64_t panelSize() const {
    int64_t size = groupInput * width();
    for (int64_t w : window)
      size *= w;
    return size;
  }

  /// A tile's place: of `tile.rows` pixels from `pixel` on.
  struct Place {
    Value group, panel, pixel, firstPixel;
  };

  SmallVector<SmallVector<Value>> coordinates(Tile tile, const Place &at) {
    SmallVector<SmallVector<Value>> places;
    SmallVector<Value> sizes(outputSizes.begin(), outputSizes.end() - 1);
    for (int64_t i = 0; i < tile.rows; ++i)
      places.push_back(m.delinearize(m.add(at.pixel, i), sizes));
    return places;
  }

  /// What is multiplied, but for where in it.
  TileOperands operands() {
    TileOperands o;
    o.lhs = input.memory;
    o.rhs = weights;
    o.lhsElement = op.getInput().getType().getElementType();
    o.rhsElement = op.getKernel().getType().getElementType();
    return o;
  }

  /// Adds up what a tile multiplies, of all of the window or of `row`.
  SmallVector<Value> addUp(Tile tile, const Place &at,
                           ArrayRef<SmallVector<Value>> places, Value row,
                           ValueRange init) {
    TileOperands o = operands();
    Value groupStart = m.mul(m.mul(at.group, groupInput), input.strides.back());
    for (int64_t i = 0; i < tile.rows; ++i) {
      if (isPointwise() && constantIndex(inputSizes.back())) {
        int64_t channels = *constantIndex(inputSizes.back());
        Value place = computed ? m.sub(at.pixel, at.firstPixel) : at.pixel;
        o.rowOffsets.push_back(m.add(m.mul(place, channels), groupStart));
        o.rowDeltas.push_back(i * channels);
      } else {
        o.rowOffsets.push_back(m.add(windowStart(places[i]), groupStart));
        o.rowDeltas.push_back(0);
      }
    }
    o.lhsStep = input.strides.back();
    o.rhsStep = m.cst(width());
    o.rhsBase = m.mul(m.add(m.mul(at.group, panels), at.panel), panelSize());
    return accumulate(tile, o, chunks->numberOf(at.pixel, at.firstPixel), row,
                      init);
  }

  void emitTile(Tile tile, const Place &at) {
    kernel.emitter.newPoint();
    SmallVector<SmallVector<Value>> places = coordinates(tile, at);
    store(tile, at, places,
          addUp(tile, at, places, {}, zeroTile(kernel, tile, accumulator)));
  }

  /// The cluster's elements from the sums of a tile.
  void store(Tile tile, const Place &at, ArrayRef<SmallVector<Value>> places,
             ValueRange acc) {
    ElementEmitter &e = kernel.emitter;
    ScalarEmitter s(kernel.b, kernel.loc);
    Value column = m.mul(at.panel, width());
    bool masked = groupOutput % width() != 0;
    for (int64_t i = 0; i < tile.rows; ++i)
      for (int64_t v = 0; v < tile.vectors; ++v) {
        e.newPoint();
        Value c = m.add(column, v * kernel.lanes());
        Value mask =
            masked ? kernel.maskOf(m.sub(m.cst(groupOutput), c)) : Value();
        c = m.add(m.mul(at.group, groupOutput), c);
        Point point = Point::along(places[i], c);
        point.liesAt(m.add(m.mul(m.add(at.pixel, i), outputSizes.back()), c),
                     kernel.computedType());
        e.define(op.getResult(),
                 s.cast({accumulator, acc[i * tile.vectors + v]},
                        op.getType().getElementType()));
        kernel.computeAndStore(point, mask);
      }
    e.undefine(op.getResult());
    e.newPoint();
  }

  /// The same, row by row of the window for all tiles of the part.
  void emitByRows(const RowChunks::Part &part, Value group, Value panel,
                  Value firstPixel) {
    auto emitRow = [&](Value row, bool isFirst, bool isLast) {
      chunks->forTiles(part, [&](int64_t height, Value pixel) {
        kernel.emitter.newPoint();
        Tile tile{height, vectors};
        Place at{group, panel, pixel, firstPixel};
        SmallVector<SmallVector<Value>> places = coordinates(tile, at);
        Value own = m.mul(m.sub(pixel, firstPixel), width());
        SmallVector<Value> acc =
            isFirst ? zeroTile(kernel, tile, accumulator)
                    : loadTile(kernel, tile, accumulator, sums, own);
        acc = addUp(tile, at, places, row, acc);
        if (isLast)
          return store(tile, at, places, acc);
        storeTile(kernel, acc, sums, own);
      });
    };
    int64_t last = window[0] - 1;
    emitRow(m.cst(0), true, false);
    m.loop(m.cst(1), m.cst(last), 1,
           [&](Value row) { emitRow(row, false, false); });
    emitRow(m.cst(last), false, true);
  }

  /// Computes the input's pixels from `first` on, of a chunk.
  void emitInput(Value first) {
    ElementEmitter &e = kernel.emitter;
    Value stop = m.min(m.add(first, chunks->mostTiles() * most), pixels);
    SmallVector<Value> sizes(inputSizes.begin(), inputSizes.end() - 1);
    m.loop(first, stop, 1, [&](Value pixel) {
      SmallVector<Value> at = m.delinearize(pixel, sizes);
      Value row = m.mul(m.sub(pixel, first), groupInput);
      kernel.forVectors(m.cst(0), m.cst(groupInput), [&](Value c, Value mask) {
        Point point = Point::along(at, c);
        point.liesAt(m.add(m.mul(pixel, groupInput), c),
                     op.getInput().getType());
        e.store(e.emit(op.getInput(), point, kernel.lanes(), mask), computed,
                m.add(row, c), kernel.lanes(), mask);
      });
    });
    e.newPoint();
  }

  /// The sums of a tile of a row of the image that starts at x.
  SmallVector<Value> addUpInRow(ArrayRef<WindowDim> dims, Value image, Value y,
                                Value x, const Part &part, Value panel) {
    Tile tile{part.size, vectors};
    // Where the first window starts; before the input it is less than 0.
    Value row = dims[0].start(m, y), column = dims[1].start(m, x);
    auto place = [&](int64_t d, Value at) {
      return m.mul(at, input.strides[d]);
    };
    Value start = m.add(m.add(input.offset, place(0, image)),
                        m.add(place(1, row), place(2, column)));
    TileOperands o = operands();
    o.lhsStep = input.strides.back();
    o.rhsStep = m.cst(width());
    // Pixels [from, to) of the tile take element k of the window's row.
    auto element = [&](Value ky, Value k, int64_t from, int64_t to,
                       ValueRange acc) {
      TileOperands own(o);
      own.lhsBase = m.add(place(1, m.mul(ky, dims[0].dilation)),
                          place(2, m.mul(k, dims[1].dilation)));
      own.rhsBase =
          m.add(m.mul(panel, panelSize()),
                m.mul(m.add(m.mul(ky, window[1]), k), groupInput * width()));
      for (int64_t i = from; i < to; ++i) {
        own.rowOffsets.push_back(
            m.add(start, place(2, m.cst(i * dims[1].stride))));
        own.rowDeltas.push_back(0);
      }
      SmallVector<Value> result(acc);
      SmallVector<Value> sums = multiplyTile(
          kernel, {to - from, vectors}, own, m.cst(groupInput),
          acc.slice(from * vectors, (to - from) * vectors), accumulator);
      llvm::copy(sums, result.begin() + from * vectors);
      return result;
    };
    // Pixels whose element k of the window's row lies inside: all of them, but
    // at the edges.
    auto pixels = [&](int64_t k) -> std::pair<int64_t, int64_t> {
      if (part.isWhole)
        return {0, part.size};
      int64_t at = *constantIndex(column) + k * dims[1].dilation,
              size = *constantIndex(dims[1].input), from = 0, to = part.size;
      while (from < to && at + from * dims[1].stride < 0)
        ++from;
      while (to > from && at + (to - 1) * dims[1].stride >= size)
        --to;
      return {from, to};
    };
    Span rows = dims[0].clip(m, row);
    return m.loop(
        rows.first, rows.last, 1, zeroTile(kernel, tile, accumulator),
        [&](Value ky, ValueRange args) {
          SmallVector<Value> acc(args);
          for (int64_t k = 0; k < window[1];) {
            auto [from, to] = pixels(k);
            int64_t next = k + 1;
            while (next < window[1] && pixels(next) == std::pair(from, to))
              ++next;
            if (from < to)
              acc = m.loop(m.cst(k), m.cst(next), 1, acc,
                           [&, from = from, to = to](Value k, ValueRange args) {
                             return element(ky, k, from, to, args);
                           });
            k = next;
          }
          return acc;
        });
  }

  /// An image in planes, of known size, that lies as it is, without padding.
  LaunchPlan emitPlanes() {
    SmallVector<WindowDim> dims =
        windowDims(inputSizes, outputSizes, window, op.getStrides(),
                   op.getDilations(), op.getPads());
    Span whole = dims[1].inside(m);
    SmallVector<Part> parts =
        tilesOf(m, *constantIndex(dims[1].output), most,
                *constantIndex(whole.first), *constantIndex(whole.last));
    kernel.forUnits([&](Value unit) {
      Value y = m.rem(unit, dims[0].output),
            image = m.div(unit, dims[0].output);
      m.loop(m.cst(0), m.cst(panels), 1, [&](Value panel) {
        for (const Part &part : parts)
          m.loop(part.range.first, part.range.last, part.size, [&](Value x) {
            kernel.emitter.newPoint();
            SmallVector<SmallVector<Value>> places;
            for (int64_t i = 0; i < part.size; ++i)
              places.push_back({image, y, m.add(x, i)});
            Value pixel = m.add(m.mul(unit, dims[1].output), x);
            store({part.size, vectors}, {m.cst(0), panel, pixel, pixel}, places,
                  addUpInRow(dims, image, y, x, part, panel));
          });
      });
    });
    for (const Part &part : parts)
      plan.rows = std::max(plan.rows, part.size);
    plan.grain =
        tileGrain(kernel, {*constantIndex(dims[1].output), vectors * panels},
                  panelSize() / width());
    plan.units = [](const ShapeAlgebra &s, ArrayRef<Dim> dims) {
      return product(s, dims.drop_back(2));
    };
    return plan;
  }

  LaunchPlan emit() {
    plan.kind = "conv";
    for (auto [i, w] : llvm::enumerate(window))
      plan.kind += (i ? "x" : " ") + std::to_string(w);
    plan.columns = width();
    if (llvm::any_of(op.getPads(), [](int64_t pad) { return pad != 0; }))
      return emitPlanes();
    kernel.forRuns(chunks->tiles(), [&](Value run, Value first, Value stop) {
      Value panel = m.rem(run, m.cst(panels)), rest = m.div(run, m.cst(panels));
      Value group = m.rem(rest, m.cst(groups)),
            number = m.div(rest, m.cst(groups));
      Value firstPixel = chunks->firstRow(number);
      if (computed)
        kernel.onceABlock(run, chunks->tiles(), panel,
                          [&] { emitInput(firstPixel); });
      RowChunks::Part part{number, first, stop};
      if (sums)
        return emitByRows(part, group, panel, firstPixel);
      chunks->forTiles(part, [&](int64_t rows, Value pixel) {
        emitTile({rows, vectors}, {group, panel, pixel, firstPixel});
      });
    });
    auto count = constantIndex(pixels);
    plan.rows = count ? RowSplit(*count, most).rows : most;
    plan.chunk = chunk;
    plan.block = sums ? panelSize() / window[0] / width() : 0;
    plan.grain = tileGrain(kernel, {plan.rows, vectors}, panelSize() / width());
    plan.units = [panels = panels, groups = groups, most = most,
                  chunk = chunk](const ShapeAlgebra &s, ArrayRef<Dim> dims) {
      Dim pixels = product(s, dims.drop_back());
      return s.mul(RowChunks::units(s, pixels, most, chunk),
                   s.constant(panels * groups));
    };
    return plan;
  }
};
} // namespace

LaunchPlan cpu::emitConv(Kernel &kernel, ConvOp op) {
  return ConvEmitter(kernel, op).emit();
}
