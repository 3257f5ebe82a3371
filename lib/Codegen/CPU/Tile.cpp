//===- Tile.cpp - the register tile that matrix-like kernels share -*- C++
//-*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Codegen/CPU/Tile.h"

#include "dialects/dlc/ScalarEmitter.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace dlc;
using namespace dlc::cpu;

int64_t cpu::tileRows(const Isa &isa, int64_t vectors) {
  // A quarter of the registers is for the panel and broadcast elements, of two
  // steps at once: with less, accumulators go over the stack.
  int64_t most = isa.registers * 3 / 4 / vectors;
  // A panel of one vector takes a register more: each row's product becomes the
  // next sum, where LLVM has them change places.
  int64_t limit = isa.registers > 16 ? 12 : vectors == 1 ? 7 : 8;
  return std::clamp<int64_t>(most, 1, limit);
}

int64_t cpu::widestPanel(const Isa &isa, Type accumulator) {
  int64_t registers = isa.registers > 16 ? 4 : 2;
  return accumulator.getIntOrFloatBitWidth() > 32 ? registers / 2 : registers;
}

/// The width that costs least, by what a column costs in panels of each; where
/// there are two widths only, it costs the same whatever the panels are for.
static int64_t cheapest(const Isa &isa, int64_t columns, Type accumulator,
                        const std::array<double, 4> &wideCosts) {
  static constexpr double narrowCosts[] = {1.29, 1.0};
  int64_t widest = widestPanel(isa, accumulator), best = widest;
  const double *costs = widest <= 2 ? narrowCosts : wideCosts.data();
  double least = HUGE_VAL;
  for (int64_t v = widest; v >= 1; --v) {
    double cost = llvm::alignTo(columns, v * isa.lanes()) * costs[v - 1];
    if (cost < least) {
      least = cost;
      best = v;
    }
  }
  return best;
}

// Costs as measured on processors with AVX-512. Narrow panels take more loads
// for a multiply-add. Wide ones leave tiles of fewer rows, so a panel that the
// first-level cache does not hold is read more often.

int64_t cpu::panelVectors(const Isa &isa, int64_t rows, int64_t columns,
                          Type accumulator) {
  // One row leaves the registers to the panel, and the loads overlap better.
  if (rows == 1 && columns >= 8 * isa.lanes())
    return accumulator.getIntOrFloatBitWidth() > 32 ? 4 : 8;
  bool areFew =
      !ShapedType::isDynamic(rows) && rows > 1 && rows <= 2 * tileRows(isa, 2);
  return areFew ? cheapest(isa, columns, accumulator, {1.1, 1.0, 1.05, 1.15})
                : cheapest(isa, columns, accumulator, {1.1, 1.015, 0.995, 1.0});
}

int64_t cpu::panelVectorsOfMany(const Isa &isa, int64_t columns,
                                Type accumulator) {
  return cheapest(isa, columns, accumulator, {1.15, 1.01, 1.0, 1.03});
}

RowSplit::RowSplit(int64_t total, int64_t most) {
  tiles = std::max<int64_t>(1, llvm::divideCeil(total, most));
  rows = std::max<int64_t>(1, llvm::divideCeil(total, tiles));
  high = total - tiles * (rows - 1);
}

Type cpu::productType(Type element) {
  MLIRContext *context = element.getContext();
  if (llvm::isa<FloatType>(element))
    return element.isF64() ? element : Float32Type::get(context);
  return IntegerType::get(context,
                          element.getIntOrFloatBitWidth() > 32 ? 64 : 32);
}

SmallVector<Value> cpu::zeroTile(Kernel &kernel, Tile tile, Type accumulator) {
  Type type = kernel.vectorType(accumulator);
  Value zero = arith::ConstantOp::create(kernel.b, kernel.loc, type,
                                         kernel.b.getZeroAttr(type));
  return SmallVector<Value>(tile.rows * tile.vectors, zero);
}

SmallVector<Value> cpu::loadTile(Kernel &kernel, Tile tile, Type accumulator,
                                 Value memory, Value offset) {
  auto type = cast<VectorType>(kernel.vectorType(accumulator));
  SmallVector<Value> accumulators;
  for (int64_t i = 0; i < tile.rows * tile.vectors; ++i)
    accumulators.push_back(
        vector::LoadOp::create(kernel.b, kernel.loc, type, memory,
                               kernel.math().add(offset, i * kernel.lanes())));
  return accumulators;
}

void cpu::storeTile(Kernel &kernel, ValueRange accumulators, Value memory,
                    Value offset) {
  for (auto [i, sum] : llvm::enumerate(accumulators))
    vector::StoreOp::create(kernel.b, kernel.loc, sum, memory,
                            kernel.math().add(offset, i * kernel.lanes()));
}

namespace {
/// Emits one step of a tile.
struct TileStep {
  Kernel &kernel;
  Tile tile;
  const TileOperands &o;
  Type accumulator;

  Value convert(Value v, Type from) {
    ScalarEmitter s(kernel.b, kernel.loc);
    return s.cast({from, v}, accumulator).value;
  }

  Value loadPanel(Value at, int64_t v) {
    Value offset = kernel.math().add(at, v * kernel.lanes());
    return convert(loadVector(kernel.b, kernel.loc, kernel.lanes(), o.rhs,
                              offset,
                              o.rhsMasks.empty() ? Value() : o.rhsMasks[v]),
                   o.rhsElement);
  }

  /// What two steps from k on bring into the cache.
  void fetchAhead(Value k) {
    IndexMath m = kernel.math();
    int64_t line =
        64 * 8 / cast<MemRefType>(o.rhs.getType()).getElementTypeBitWidth();
    Value at = m.add(o.aheadBase, m.mul(k, o.aheadLines * line / 2));
    for (int64_t i = 0; i < o.aheadLines; ++i)
      memref::PrefetchOp::create(kernel.b, kernel.loc, o.rhs,
                                 ValueRange(m.add(at, i * line)),
                                 /*isWrite=*/false, /*localityHint=*/2,
                                 /*isDataCache=*/true);
  }

  Value loadRow(Value at, int64_t i) {
    IndexMath m = kernel.math();
    Value offset = m.add(m.add(o.rowOffsets[i], at), o.rowDeltas[i]);
    Value x =
        convert(memref::LoadOp::create(kernel.b, kernel.loc, o.lhs, offset),
                o.lhsElement);
    return vector::BroadcastOp::create(kernel.b, kernel.loc,
                                       kernel.vectorType(accumulator), x);
  }

  SmallVector<Value> operator()(Value k, ValueRange accumulators) {
    IndexMath m = kernel.math();
    Value lhsAt = m.add(o.lhsBase, m.mul(k, o.lhsStep));
    Value rhsAt = m.add(o.rhsBase, m.mul(k, o.rhsStep));
    SmallVector<Value> panel, result(accumulators);
    for (int64_t v = 0; v < tile.vectors; ++v)
      panel.push_back(loadPanel(rhsAt, v));
    for (int64_t i = 0; i < tile.rows; ++i) {
      Value x = loadRow(lhsAt, i);
      for (int64_t v = 0; v < tile.vectors; ++v) {
        Value &acc = result[i * tile.vectors + v];
        acc = kernel.multiplyAdd(x, panel[v], acc);
      }
    }
    return result;
  }
};
} // namespace

void cpu::fetchBehind(Kernel &kernel, TileOperands &operands, int64_t steps,
                      int64_t width, int64_t distance, int64_t tiles,
                      Value number) {
  // A tile alone streams what it reads, which the processor sees by itself.
  if (tiles < 2 || steps < 64)
    return;
  IndexMath m = kernel.math();
  int64_t bytes =
      cast<MemRefType>(operands.rhs.getType()).getElementTypeBitWidth() / 8;
  int64_t line = 64 / bytes, lines = llvm::divideCeil(steps * width, line),
          turns = steps / 2;
  operands.aheadLines = llvm::divideCeil(lines, tiles * turns);
  int64_t share = turns * operands.aheadLines;
  Value part = m.min(number, m.cst(llvm::divideCeil(lines, share) - 1));
  operands.aheadBase =
      m.add(m.add(operands.rhsBase, distance), m.mul(part, share * line));
}

SmallVector<Value> cpu::multiplyTile(Kernel &kernel, Tile tile,
                                     const TileOperands &operands, Value steps,
                                     ValueRange accumulators,
                                     Type accumulator) {
  IndexMath m = kernel.math();
  TileStep step{kernel, tile, operands, accumulator};
  // Two steps an iteration where the count is even: fewer loop instructions.
  // More than that makes the scheduler hoist loads until registers spill.
  auto n = constantIndex(steps);
  if (n && *n <= 4) {
    SmallVector<Value> result(accumulators);
    for (int64_t k = 0; k < *n; ++k)
      result = step(m.cst(k), result);
    return result;
  }
  int64_t unroll = n && *n % 2 == 0 ? 2 : 1;
  return m.loop(m.cst(0), steps, unroll, accumulators,
                [&](Value k, ValueRange acc) {
                  SmallVector<Value> result = step(k, acc);
                  if (unroll == 2)
                    result = step(m.add(k, 1), result);
                  if (unroll == 2 && operands.aheadLines)
                    step.fetchAhead(k);
                  return result;
                });
}
