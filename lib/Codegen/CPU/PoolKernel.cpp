//===- PoolKernel.cpp - windows that are reduced -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Codegen/CPU/Kernel.h"
#include "Codegen/CPU/Window.h"

#include "dialects/dlc/ScalarEmitter.h"

using namespace mlir;
using namespace dlc;
using namespace dlc::cpu;

namespace {
/// A unit is a row of output elements; lanes are channels.
struct PoolEmitter {
  Kernel &kernel;
  PoolOp op;
  IndexMath m;
  ElementEmitter &e;
  int64_t spatial;
  SmallVector<Value> in, out;
  Type element, type;
  ArrayRef<int64_t> window, strides, dilations;
  SmallVector<WindowDim> dims;

  PoolEmitter(Kernel &kernel, PoolOp op)
      : kernel(kernel), op(op), m(kernel.math()), e(kernel.emitter),
        spatial(op.getType().getRank() - 2), in(e.sizes(op.getInput())),
        out(e.sizes(op.getResult())), element(op.getType().getElementType()),
        type(accumulatorType(element)), window(op.getKernel()),
        strides(op.getStrides()), dilations(op.getDilations()) {
    dims = windowDims(in, out, window, strides, dilations, op.getPads());
  }

  /// The window of an output element: what of it there is, and where it starts.
  struct Place {
    SmallVector<Value> output; ///< the element, without its channel
    SmallVector<Value> start;
    SmallVector<Span> ranges;
  };

  Place placeOf(ArrayRef<Value> row, Value x) {
    Place place{SmallVector<Value>(row), {}, {}};
    place.output.push_back(x);
    for (int64_t d = 0; d < spatial; ++d) {
      place.start.push_back(dims[d].start(m, place.output[d + 1]));
      place.ranges.push_back(dims[d].clip(m, place.start[d]));
    }
    return place;
  }

  /// Input elements, in the accumulator's type.
  Value load(ArrayRef<Index> at, Value mask) {
    e.newPoint();
    ScalarEmitter s(kernel.b, kernel.loc);
    Point point{SmallVector<Index>(at)};
    return kernel
        .splat(s.cast(e.emit(op.getInput(), point, kernel.lanes(), mask), type))
        .value;
  }

  Value initial() {
    ScalarEmitter s(kernel.b, kernel.loc);
    return kernel.splat(neutralElement(s, op.getKind(), type)).value;
  }

  /// The part of a window that lies inside of the input.
  Value clipped(const Place &place, Value channel, Value mask) {
    ScalarEmitter s(kernel.b, kernel.loc);
    SmallVector<Index> from(spatial + 1);
    from[0] = {place.output[0]};
    from.push_back({channel, 1, {}});
    std::function<Value(int64_t, Value)> nest = [&](int64_t d,
                                                    Value acc) -> Value {
      if (d == spatial)
        return combine(s, op.getKind(), {type, acc}, {type, load(from, mask)})
            .value;
      return m.loop(place.ranges[d].first, place.ranges[d].last, 1,
                    ValueRange(acc), [&](Value k, ValueRange args) {
                      from[d + 1] = {
                          m.add(place.start[d], m.mul(k, dilations[d]))};
                      return SmallVector<Value>{nest(d + 1, args[0])};
                    })[0];
    };
    return nest(0, initial());
  }

  int64_t windowElements() const {
    int64_t n = 1;
    for (int64_t size : window)
      n = std::min<int64_t>(n * size, 1 << 20);
    return n;
  }

  /// A whole window, without a loop.
  Value whole(const Place &place, Value channel, Value mask) {
    SmallVector<Value> elements;
    for (int64_t number = 0, n = windowElements(); number < n; ++number) {
      SmallVector<Index> from(spatial + 1);
      from[0] = {place.output[0]};
      for (int64_t d = spatial, rest = number; d-- > 0; rest /= window[d])
        from[d + 1] = {m.add(place.start[d], rest % window[d] * dilations[d])};
      from.push_back({channel, 1, {}});
      elements.push_back(load(from, mask));
    }
    return joined(elements);
  }

  Value joined(ArrayRef<Value> elements) {
    if (Extreme::covers(op.getKind(), type))
      return extremeOf(elements);
    ScalarEmitter s(kernel.b, kernel.loc);
    Value acc = elements[0];
    for (Value v : elements.drop_front())
      acc = combine(s, op.getKind(), {type, acc}, {type, v}).value;
    return acc;
  }

  Value extremeOf(ArrayRef<Value> elements) {
    Extreme extreme{kernel.b, kernel.loc, op.getKind()};
    Value acc = elements[0];
    for (Value v : elements.drop_front())
      acc = extreme.join(acc, v);
    return extreme.finish(acc, extreme.noteNans(Value(), elements));
  }

  void store(const Place &place, Value channel, Value mask, Value acc) {
    ScalarEmitter s(kernel.b, kernel.loc);
    e.newPoint();
    Point point = Point::along(place.output, channel);
    SmallVector<Value> at(place.output);
    at.push_back(channel);
    point.liesAt(m.linearize(at, out), kernel.computedType());
    e.define(op.getResult(), s.cast({type, acc}, element));
    Scalar value = e.emit(kernel.root, point, kernel.lanes(), mask);
    e.store(value, kernel.output, point.linear, kernel.lanes(), mask);
    e.undefine(op.getResult());
    e.newPoint();
  }

  /// The window along one dimension, of which the range is inside; `load` gives
  /// the k-th element.
  Value along(int64_t d, const Span &range, bool isWhole,
              function_ref<Value(Value k)> load) {
    if (isWhole) {
      SmallVector<Value> elements;
      for (int64_t k = 0; k < window[d]; ++k)
        elements.push_back(load(m.cst(k)));
      return joined(elements);
    }
    ScalarEmitter s(kernel.b, kernel.loc);
    return m.loop(
        range.first, range.last, 1, ValueRange(initial()),
        [&](Value k, ValueRange args) {
          return SmallVector<Value>{
              combine(s, op.getKind(), {type, args[0]}, {type, load(k)}).value};
        })[0];
  }

  /// Emits what there is to do where windows lie inside along some dimensions,
  /// and where not; `ranges` are of these dimensions.
  void whetherWhole(ArrayRef<int64_t> axes, ArrayRef<Span> ranges,
                    function_ref<void(bool isWhole)> emit) {
    if (llvm::all_of(axes, [&](int64_t d) { return dims[d].isInside(m); }))
      return emit(true);
    Value isWhole;
    for (auto [d, range] : llvm::zip(axes, ranges)) {
      Value found = arith::CmpIOp::create(
          kernel.b, kernel.loc, arith::CmpIPredicate::eq,
          m.sub(range.last, range.first), m.cst(window[d]));
      isWhole = isWhole ? Value(arith::AndIOp::create(kernel.b, kernel.loc,
                                                      isWhole, found))
                        : found;
    }
    auto choice = scf::IfOp::create(kernel.b, kernel.loc, isWhole, true);
    OpBuilder::InsertionGuard guard(kernel.b);
    kernel.b.setInsertionPointToStart(choice.thenBlock());
    emit(true);
    kernel.b.setInsertionPointToStart(choice.elseBlock());
    emit(false);
  }

  /// Whether large windows are sooner reduced along one dimension and then
  /// along the other, with a row of what is in between in scratch memory.
  bool isSeparated() {
    constexpr int64_t mostBytes = 128 << 10, longest = 32;
    RankedTensorType input = op.getInput().getType();
    if (spatial != 2 ||
        ShapedType::isDynamicShape(input.getShape().take_back(2)))
      return false;
    int64_t bytes = input.getDimSize(2) * input.getDimSize(3) *
                    llvm::divideCeil(elementBits(type), 8);
    return window[0] * strides[1] + window[1] + 3 < windowElements() &&
           window[0] <= longest && window[1] <= longest && bytes <= mostBytes;
  }

  /// A row of output elements: columns first, then windows of these.
  void emitSeparatedRow(ArrayRef<Value> row, Value between) {
    Value channels = in.back(), top = dims[0].start(m, row[1]);
    Span rows = dims[0].clip(m, top);
    auto betweenAt = [&](Value x, Value c) {
      return m.add(m.mul(x, channels), c);
    };
    ScalarEmitter s(kernel.b, kernel.loc);
    whetherWhole(0, rows, [&](bool isWhole) {
      m.loop(m.cst(0), in[2], 1, [&](Value x) {
        kernel.forVectors(m.cst(0), channels, [&](Value c, Value mask) {
          Value most = along(0, rows, isWhole, [&](Value k) {
            return load({{row[0]},
                         {m.add(top, m.mul(k, dilations[0]))},
                         {x},
                         {c, 1, {}}},
                        mask);
          });
          e.store({type, most}, between, betweenAt(x, c), kernel.lanes(), mask);
        });
      });
    });
    e.newPoint();
    m.loop(m.cst(0), out[2], 1, [&](Value x) {
      Place place = placeOf(row, x);
      whetherWhole(1, place.ranges[1], [&](bool isWhole) {
        kernel.forVectors(m.cst(0), channels, [&](Value c, Value mask) {
          store(place, c, mask,
                along(1, place.ranges[1], isWhole, [&](Value k) {
                  Value at = m.add(place.start[1], m.mul(k, dilations[1]));
                  Value v = loadVector(kernel.b, kernel.loc, kernel.lanes(),
                                       between, betweenAt(at, c), mask);
                  return s.fromMemory(type, v).value;
                }));
        });
      });
      e.newPoint();
    });
  }

  using Window = Value (PoolEmitter::*)(const Place &, Value, Value);

  void emitPixel(const Place &place, Window compute) {
    kernel.forVectors(m.cst(0), out.back(), [&](Value c, Value mask) {
      store(place, c, mask, (this->*compute)(place, c, mask));
    });
  }

  void emitPixel(const Place &place) {
    constexpr int64_t longest = 32;
    if (windowElements() > longest || windowElements() == 0)
      return emitPixel(place, &PoolEmitter::clipped);
    whetherWhole(llvm::to_vector(llvm::seq(spatial)), place.ranges,
                 [&](bool isWhole) {
                   emitPixel(place, isWhole ? &PoolEmitter::whole
                                            : &PoolEmitter::clipped);
                 });
  }

  /// How many elements of a row are done before the ones below them: of rows
  /// that the next row's windows read once more, as much as stays in the
  /// first-level cache. Nothing if that holds whole rows, or if memory is what
  /// is waited for, which is read best in long runs.
  std::optional<int64_t> stripWidth() {
    constexpr int64_t cache = 40 << 10, ofStrip = 24 << 10, mostBytes = 8 << 20;
    RankedTensorType input = op.getInput().getType();
    int64_t x = spatial - 1, y = spatial - 2;
    if (spatial < 2 || !input.hasStaticShape() || input.getNumElements() == 0 ||
        window[y] <= strides[y])
      return std::nullopt;
    int64_t bytes = llvm::divideCeil(elementBits(element), 8),
            pixel = input.getShape().back() * bytes;
    if (input.getNumElements() * bytes > mostBytes ||
        window[y] * pixel * input.getDimSize(spatial) <= cache)
      return std::nullopt;
    int64_t most = ofStrip / (window[y] * pixel * strides[x]),
            width = op.getType().getDimSize(spatial);
    if (most < window[x])
      return std::nullopt;
    return llvm::divideCeil(width, llvm::divideCeil(width, most));
  }

  LaunchPlan emit() {
    ArrayRef<Value> rows = ArrayRef(out).drop_back(2);
    auto pixels = [&](Value unit, Value first, Value stop) {
      SmallVector<Value> row = m.delinearize(unit, rows);
      m.loop(first, stop, 1, [&](Value x) { emitPixel(placeOf(row, x)); });
    };
    LaunchPlan plan;
    if (isSeparated()) {
      RankedTensorType input = op.getInput().getType();
      Value between = kernel.scratchBuffer(
          type, input.getDimSize(2) * input.getDimSize(3), plan);
      kernel.forUnits([&](Value unit) {
        emitSeparatedRow(m.delinearize(unit, rows), between);
      });
    } else if (auto strip = stripWidth()) {
      Value length = rows.back();
      kernel.forRuns(length, [&](Value run, Value first, Value stop) {
        m.loop(m.cst(0), out[spatial], *strip, [&](Value x) {
          m.loop(first, stop, 1, [&](Value row) {
            pixels(m.add(m.mul(run, length), row), x,
                   m.min(m.add(x, *strip), out[spatial]));
          });
        });
      });
    } else {
      kernel.forUnits(
          [&](Value unit) { pixels(unit, m.cst(0), out[spatial]); });
    }
    plan.kind = "pool";
    plan.units = [](const ShapeAlgebra &s, ArrayRef<Dim> dims) {
      return product(s, dims.drop_back(2));
    };
    return plan;
  }
};
} // namespace

LaunchPlan cpu::emitPool(Kernel &kernel, PoolOp op) {
  return PoolEmitter(kernel, op).emit();
}
