//===- ReduceKernel.cpp - reductions over any dimensions --------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Codegen/CPU/Kernel.h"

#include "dialects/dlc/ScalarEmitter.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace dlc;
using namespace dlc::cpu;

namespace {
/// Lanes are along the last dimension that stays, or, where that is not the
/// input's last, along the last that is reduced.
struct ReduceEmitter {
  Kernel &kernel;
  ReduceOp op;
  IndexMath m;
  ElementEmitter &e;
  SmallVector<int64_t> axes, kept;
  SmallVector<int64_t> merged; ///< axes that the next one covers
  SmallVector<Value> sizes, outputSizes;
  int64_t rank;
  Type element, type;

  ReduceEmitter(Kernel &kernel, ReduceOp op)
      : kernel(kernel), op(op), m(kernel.math()), e(kernel.emitter),
        axes(op.getAxes()), rank(op.getInput().getType().getRank()) {
    llvm::sort(axes);
    for (int64_t d = 0; d < rank; ++d)
      if (!llvm::is_contained(axes, d))
        kept.push_back(d);
    sizes = e.sizes(op.getInput());
    if (e.isBound(op.getInput()))
      mergeAxes();
    outputSizes = e.sizes(op.getResult());
    element = op.getInput().getType().getElementType();
    type = accumulatorType(element);
  }

  /// In memory, dimensions that follow each other are walked as one.
  void mergeAxes() {
    for (size_t i = 0; i + 1 < axes.size();) {
      int64_t d = axes[i];
      if (axes[i + 1] != d + 1) {
        ++i;
        continue;
      }
      merged.push_back(d);
      sizes[d + 1] = m.mul(sizes[d], sizes[d + 1]);
      axes.erase(axes.begin() + i);
    }
  }

  bool lanesStay() { return !kept.empty() && kept.back() == rank - 1; }

  /// Accumulators that are at hand together: of `vectors` neighbours along the
  /// last dimension, where the lanes stay, each `ways` times, so that what is
  /// added next needs not wait.
  struct Shape {
    int64_t vectors = 1, ways = 1;
  };

  /// Long runs of a row keep memory busy: as many vectors as there are
  /// registers for, in groups of one length, and ways where those are few.
  Shape shapeOfVectors() {
    auto n = constantIndex(outputSizes.back());
    if (!n)
      return {4, 2};
    // What lies in memory needs no register but its sum's.
    bool isPlain = op.getKind() == ReduceKind::sum && type == element;
    bool isRoomy =
        e.isBound(op.getInput()) && (isPlain || kernel.isa.registers > 16);
    int64_t wide = std::max<int64_t>(1, elementBits(type) / 32),
            accumulators = 8 / wide, most = isRoomy ? 16 / wide : accumulators;
    int64_t vectors = std::max<int64_t>(1, *n / kernel.lanes()),
            groups = llvm::divideCeil(vectors, most),
            together = llvm::divideCeil(vectors, groups);
    // No line of the cache is of two groups.
    together = llvm::alignTo(together, std::min(most, 16 / kernel.lanes()));
    return {together, std::max<int64_t>(1, accumulators / together)};
  }

  /// Reduces over `axes` (but for a last one that the lanes cover). `acc` has
  /// all vectors of a way, then those of the next.
  SmallVector<Value> nest(unsigned number, SmallVector<Index> &at, Shape shape,
                          ValueRange acc, Value mask) {
    ScalarEmitter s(kernel.b, kernel.loc);
    auto step = [&](Value mask, Value acc, bool neutralise) -> Value {
      e.newPoint();
      Point point{at};
      Scalar x = kernel.splat(
          s.cast(e.emit(op.getInput(), point, kernel.lanes(), mask), type));
      if (neutralise && mask)
        x.value = arith::SelectOp::create(
            kernel.b, kernel.loc, mask, x.value,
            kernel.splat(neutralElement(s, op.getKind(), type)).value);
      return combine(s, op.getKind(), {type, acc}, x).value;
    };
    if (number == axes.size()) {
      // One way of them, or all where the innermost loop is.
      SmallVector<Value> next(acc);
      Value first = lanesStay() ? at[rank - 1].base : Value();
      for (int64_t v = 0; v < shape.vectors; ++v) {
        if (v > 0)
          at[rank - 1].base = m.add(first, v * kernel.lanes());
        next[v] = step(mask, next[v], false);
      }
      if (first)
        at[rank - 1].base = first;
      return next;
    }
    int64_t axis = axes[number];
    if (!lanesStay() && axis == rank - 1)
      return kernel.forVectors(m.cst(0), sizes[axis], acc,
                               [&](Value i, Value tail, ValueRange args) {
                                 at[axis] = {i, 1, {}};
                                 return SmallVector<Value>{
                                     step(tail, args[0], true)};
                               });
    int64_t ways = number + 1 == axes.size() ? shape.ways : 1;
    Value whole = m.mul(m.div(sizes[axis], m.cst(ways)), ways);
    auto body = [&](int64_t ways) {
      return [&, ways](Value i, ValueRange args) {
        SmallVector<Value> next(args);
        for (int64_t w = 0; w < ways; ++w) {
          at[axis] = {m.add(i, w)};
          // The innermost loop takes its ways one by one.
          ValueRange from = next;
          if (number + 1 == axes.size())
            from = from.slice(w * shape.vectors, shape.vectors);
          llvm::copy(nest(number + 1, at, shape, from, mask),
                     next.begin() + w * shape.vectors);
        }
        return next;
      };
    };
    SmallVector<Value> result = m.loop(m.cst(0), whole, ways, acc, body(ways));
    return m.loop(whole, sizes[axis], 1, result, body(1));
  }

  /// The totals of `shape.vectors` vectors from `output` on.
  SmallVector<Scalar> totals(ArrayRef<Index> output, Shape shape, Value mask) {
    ScalarEmitter s(kernel.b, kernel.loc);
    SmallVector<Index> at(rank);
    for (auto [d, i] : llvm::zip(kept, output))
      at[d] = i;
    for (int64_t d : merged)
      at[d] = {m.cst(0)};
    SmallVector<Value> acc(
        shape.vectors * shape.ways,
        kernel.splat(neutralElement(s, op.getKind(), type)).value);
    acc = nest(0, at, shape, acc, mask);
    e.newPoint();
    SmallVector<Scalar> results;
    for (int64_t v = 0; v < shape.vectors; ++v) {
      Scalar result{type, acc[v]};
      for (int64_t w = 1; w < shape.ways; ++w)
        result = combine(s, op.getKind(), result,
                         {type, acc[w * shape.vectors + v]});
      if (!lanesStay())
        result = combineLanes(kernel.b, kernel.loc, op.getKind(), result);
      results.push_back(s.cast(result, element));
    }
    return results;
  }

  LaunchPlan emit() {
    LaunchPlan plan;
    plan.kind = "reduce";
    if (!lanesStay()) {
      kernel.forUnits([&](Value unit) {
        Point point;
        for (Value v : m.delinearize(unit, outputSizes))
          point.indices.push_back({v});
        e.define(op.getResult(), totals(point.indices, {}, Value())[0]);
        e.store(e.emit(kernel.root, point, 1), kernel.output, unit, 1);
        e.undefine(op.getResult());
      });
      plan.units = [](const ShapeAlgebra &s, ArrayRef<Dim> dims) {
        return product(s, dims);
      };
      return plan;
    }
    Shape shape = shapeOfVectors();
    int64_t wide = shape.vectors * kernel.lanes(),
            block = wide * std::max<int64_t>(1, 64 / wide);
    Value last = outputSizes.back(), blocks = m.ceilDiv(last, block);
    SmallVector<Value> rows(outputSizes.begin(), outputSizes.end() - 1);
    kernel.forUnits([&](Value unit) {
      Value row = m.div(unit, blocks), lo = m.mul(m.rem(unit, blocks), block);
      SmallVector<Value> at = m.delinearize(row, rows);
      auto store = [&](Value i, int64_t vectors, Value mask) {
        // In one order, wherever an element is: equal ones have equal sums.
        SmallVector<Scalar> found =
            totals(Point::along(at, i).indices, {vectors, shape.ways}, mask);
        for (auto [v, total] : llvm::enumerate(found)) {
          Point point = Point::along(at, m.add(i, v * kernel.lanes()));
          e.newPoint();
          e.define(op.getResult(), total);
          Scalar value = e.emit(kernel.root, point, kernel.lanes(), mask);
          e.store(value, kernel.output,
                  m.add(m.mul(row, last), point.indices.back().base),
                  kernel.lanes(), mask);
          e.undefine(op.getResult());
        }
        e.newPoint();
      };
      // Neighbours together read lines of the cache whole, and one after the
      // other.
      Value hi = m.min(m.add(lo, block), last);
      if (auto n = constantIndex(last); n && *n % block == 0)
        hi = m.add(lo, block);
      auto groups = [&](Value lo, int64_t vectors) {
        int64_t step = vectors * kernel.lanes();
        Value end = m.add(lo, m.mul(m.div(m.sub(hi, lo), m.cst(step)), step));
        m.loop(lo, end, step, [&](Value i) { store(i, vectors, Value()); });
        return end;
      };
      Value middle = groups(lo, shape.vectors);
      auto n = constantIndex(last);
      if (int64_t rest = n ? *n / kernel.lanes() % shape.vectors : 0)
        middle = groups(middle, rest);
      if (!n || *n % kernel.lanes() != 0)
        kernel.forVectors(middle, hi,
                          [&](Value i, Value mask) { store(i, 1, mask); });
    });
    plan.units = [block](const ShapeAlgebra &s, ArrayRef<Dim> dims) {
      Dim blocks = s.ceilDiv(dims.back(), block);
      return s.mul(blocks, product(s, dims.drop_back()));
    };
    return plan;
  }
};
} // namespace

LaunchPlan cpu::emitReduce(Kernel &kernel, ReduceOp op) {
  if (op.getAxes().empty()) {
    // Nothing is combined: a copy.
    if (kernel.root == op.getResult())
      kernel.root = op.getInput();
    op.getResult().replaceAllUsesWith(op.getInput());
    return emitLoop(kernel);
  }
  return ReduceEmitter(kernel, op).emit();
}
