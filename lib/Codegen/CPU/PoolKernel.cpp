//===- PoolKernel.cpp - windows that are reduced -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Codegen/CPU/Kernel.h"

#include "dialects/dlc/ScalarEmitter.h"

using namespace mlir;
using namespace dlc;
using namespace dlc::cpu;

/// The window elements of one dimension that lie inside of the input:
/// [first, last) of those at start + k * dilation.
static std::pair<Value, Value> clip(IndexMath &m, Value start, Value size,
                                    int64_t window, int64_t dilation) {
  Value zero = m.cst(0);
  Value first = m.div(m.max(m.add(m.sub(zero, start), dilation - 1), zero),
                      m.cst(dilation));
  Value last = m.div(m.max(m.add(m.sub(size, start), dilation - 1), zero),
                     m.cst(dilation));
  return {first, m.min(last, m.cst(window))};
}

LaunchPlan cpu::emitPool(Kernel &kernel, PoolOp op) {
  // A unit is a row of output elements; lanes are channels.
  IndexMath m = kernel.math();
  ElementEmitter &e = kernel.emitter;
  int64_t spatial = op.getType().getRank() - 2;
  SmallVector<Value> in = e.sizes(op.getInput()), out = e.sizes(op.getResult());
  Type element = op.getType().getElementType(), type = accumulatorType(element);
  ArrayRef<int64_t> window = op.getKernel(), strides = op.getStrides(),
                    dilations = op.getDilations(), pads = op.getPads();
  SmallVector<Value> rows(out.begin(), out.end() - 2);
  Value channels = out.back(), columns = out[spatial];

  kernel.forUnits([&](Value unit) {
    SmallVector<Value> at = m.delinearize(unit, rows);
    m.loop(m.cst(0), columns, 1, [&](Value x) {
      SmallVector<Value> place(at.begin() + 1, at.end()), start;
      place.push_back(x);
      SmallVector<std::pair<Value, Value>> ranges;
      for (int64_t d = 0; d < spatial; ++d) {
        start.push_back(m.add(m.mul(place[d], strides[d]), -pads[d]));
        ranges.push_back(clip(m, start[d], in[d + 1], window[d], dilations[d]));
      }
      kernel.forVectors(m.cst(0), channels, [&](Value c, Value mask) {
        ScalarEmitter s(kernel.b, kernel.loc);
        SmallVector<Index> from{{at[0]}};
        from.resize(spatial + 1);
        from.push_back({c, 1, {}});
        std::function<Value(int64_t, Value)> nest = [&](int64_t d,
                                                        Value acc) -> Value {
          if (d == spatial) {
            e.newPoint();
            Point point{from};
            Scalar x = kernel.splat(s.cast(
                e.emit(op.getInput(), point, kernel.lanes(), mask), type));
            return combine(s, op.getKind(), {type, acc}, x).value;
          }
          return m.loop(ranges[d].first, ranges[d].second, 1, ValueRange(acc),
                        [&](Value k, ValueRange args) {
                          from[d + 1] = {
                              m.add(start[d], m.mul(k, dilations[d]))};
                          return SmallVector<Value>{nest(d + 1, args[0])};
                        })[0];
        };
        Value acc =
            nest(0, kernel.splat(neutralElement(s, op.getKind(), type)).value);
        e.newPoint();
        Point point;
        Value linear = at[0];
        point.indices.push_back({at[0]});
        for (auto [v, size] : llvm::zip(place, ArrayRef(out).drop_front())) {
          point.indices.push_back({v});
          linear = m.add(m.mul(linear, size), v);
        }
        point.indices.push_back({c, 1, {}});
        point.linear = m.add(m.mul(linear, channels), c);
        point.linearStep = 1;
        point.space = kernel.computedType();
        e.define(op.getResult(), s.cast({type, acc}, element));
        Scalar value = e.emit(kernel.root, point, kernel.lanes(), mask);
        e.store(value, kernel.output, point.linear, kernel.lanes(), mask);
        e.undefine(op.getResult());
      });
    });
  });

  LaunchPlan plan;
  plan.kind = "pool";
  plan.units = [](const ShapeAlgebra &s, ArrayRef<Dim> dims) {
    return product(s, dims.drop_back(2));
  };
  return plan;
}
