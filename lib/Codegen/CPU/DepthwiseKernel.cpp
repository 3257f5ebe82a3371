//===- DepthwiseKernel.cpp - depthwise convolution, channels last -*- C++
//-*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// A unit is a row of output pixels. Lanes are channels; a tile is some
// neighbouring pixels of one vector of channels, so that a weight loaded once
// serves them all.

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

  /// `pixels` outputs from x on, in the row whose leading coordinates are `at`.
  void emitTile(ArrayRef<Value> at, Value x, int64_t pixels, Value channel,
                Value mask) {
    ElementEmitter &e = kernel.emitter;
    int64_t last = spatial - 1;
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
      if (d == last) {
        // The innermost window dimension is unrolled: pixels share what they
        // load.
        llvm::MapVector<int64_t, Value> columns;
        SmallVector<Value> result(acc);
        for (int64_t k = 0; k < window[last]; ++k) {
          Value w =
              load(op.getKernel(), weights,
                   m.add(m.mul(m.add(weight, k), channels), channel), mask);
          for (int64_t p = 0; p < pixels; ++p) {
            int64_t column =
                p * op.getStrides()[last] + k * op.getDilations()[last];
            Value &v = columns[column];
            if (!v)
              v = load(op.getInput(), memory,
                       m.add(offset, m.mul(inputSizes.back(), column)), mask);
            result[p] = kernel.multiplyAdd(v, w, result[p]);
          }
        }
        return result;
      }
      return m.loop(m.cst(0), m.cst(window[d]), 1, acc,
                    [&](Value k, ValueRange args) {
                      return nest(d + 1, m.add(offset, m.mul(k, strides[d])),
                                  m.mul(m.add(weight, k), window[d + 1]), args);
                    });
    };
    SmallVector<Value> acc =
        nest(0, start, m.cst(0), zeroTile(kernel, {pixels, 1}, accumulator));
    for (int64_t p = 0; p < pixels; ++p) {
      e.newPoint();
      Point point;
      for (Value v : at.take_front(spatial))
        point.indices.push_back({v});
      point.indices.push_back({m.add(x, p)});
      point.indices.push_back({channel, 1, {}});
      Value place = at[0];
      for (int64_t d = 0; d < spatial; ++d)
        place = m.add(m.mul(place, outputSizes[d + 1]),
                      d == last ? m.add(x, p) : at[d + 1]);
      point.linear = m.add(m.mul(place, channels), channel);
      point.linearStep = 1;
      point.space = kernel.computedType();
      e.define(op.getResult(),
               s.cast({accumulator, acc[p]}, op.getType().getElementType()));
      kernel.computeAndStore(point, mask);
    }
    e.undefine(op.getResult());
    e.newPoint();
  }

  LaunchPlan emit() {
    SmallVector<Value> rows(outputSizes.begin(), outputSizes.end() - 2);
    Value columns = outputSizes[spatial];
    int64_t pixels = kernel.isa.registers > 16 ? 8 : 4;
    if (auto n = constantIndex(columns)) {
      // Equal tiles rather than a short last one, as far as that goes.
      int64_t tiles = llvm::divideCeil(*n, pixels);
      pixels = std::max<int64_t>(1, *n / std::max<int64_t>(tiles, 1));
    }
    kernel.forUnits([&](Value unit) {
      SmallVector<Value> at = m.delinearize(unit, rows);
      kernel.forVectors(m.cst(0), m.cst(channels), [&](Value c, Value mask) {
        Value whole = m.mul(m.div(columns, m.cst(pixels)), pixels);
        m.loop(m.cst(0), whole, pixels,
               [&](Value x) { emitTile(at, x, pixels, c, mask); });
        m.loop(whole, columns, 1,
               [&](Value x) { emitTile(at, x, 1, c, mask); });
      });
    });
    LaunchPlan plan;
    plan.kind = "depthwise conv";
    plan.rows = pixels;
    plan.columns = kernel.lanes();
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
