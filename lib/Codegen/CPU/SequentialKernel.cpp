//===- SequentialKernel.cpp - what goes element by element: arg_reduce, scan,
// scatter -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Codegen/CPU/Kernel.h"

#include "dialects/dlc/ScalarEmitter.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;
using namespace dlc;
using namespace dlc::cpu;

namespace {
/// Lines along an axis, each element after the one before. If the axis is not
/// the last, lanes are lines beside each other, some vectors of them at once; a
/// unit is such a block, or a line.
struct Lines {
  Kernel &kernel;
  IndexMath m;
  int64_t axis;
  bool isWide;
  SmallVector<Value> outer; ///< sizes of dimensions but for axis and lanes
  Value last, blocks;

  static constexpr int64_t kVectors = 4;

  Lines(Kernel &kernel, Value input, int64_t axis)
      : kernel(kernel), m(kernel.math()), axis(axis),
        outer(kernel.emitter.sizes(input)) {
    isWide = axis + 1 < static_cast<int64_t>(outer.size());
    if (isWide) {
      last = outer.pop_back_val();
      blocks = m.ceilDiv(last, block());
    }
    outer.erase(outer.begin() + axis);
  }

  int64_t block() const { return kVectors * kernel.lanes(); }
  int64_t lanes() const { return isWide ? kernel.lanes() : 1; }

  /// Vectors beside each other, or one element.
  struct Group {
    SmallVector<Value> at; ///< indices of the outer dimensions
    Value column, mask;
    int64_t vectors;
  };

  void forGroups(function_ref<void(const Group &)> body) {
    kernel.forUnits([&](Value unit) {
      if (!isWide)
        return body({m.delinearize(unit, outer), Value(), Value(), 1});
      Value lo = m.mul(m.rem(unit, blocks), block()),
            hi = m.min(m.add(lo, block()), last);
      SmallVector<Value> at = m.delinearize(m.div(unit, blocks), outer);
      Value full = m.mul(m.div(m.sub(hi, lo), m.cst(block())), block()),
            middle = m.add(lo, full);
      m.loop(lo, middle, block(),
             [&](Value i) { body({at, i, Value(), kVectors}); });
      kernel.emitter.newPoint();
      kernel.forVectors(middle, hi,
                        [&](Value i, Value mask) { body({at, i, mask, 1}); });
    });
  }

  /// Element i of the lines of a group's vector; without i that of a tensor
  /// that has no such axis.
  Point pointOf(const Group &group, int64_t vector, Value i) {
    Point point;
    for (Value v : group.at)
      point.indices.push_back({v});
    if (i)
      point.indices.insert(point.indices.begin() + axis, Index{i});
    if (isWide)
      point.indices.push_back(
          {m.add(group.column, vector * kernel.lanes()), 1, {}});
    return point;
  }

  Value splat(Value v) {
    return isWide ? kernel.splat({v.getType(), v}).value : v;
  }
  Scalar splat(Scalar s) { return isWide ? kernel.splat(s) : s; }

  void store(const Point &point, Value mask) {
    SmallVector<Value> indices;
    for (const Index &index : point.indices)
      indices.push_back(index.base);
    ElementEmitter &e = kernel.emitter;
    e.store(e.emit(kernel.root, point, lanes(), mask), kernel.output,
            m.linearize(indices, e.sizes(kernel.root)), lanes(), mask);
  }

  std::function<Dim(const ShapeAlgebra &, ArrayRef<Dim>)>
  units(bool hasAxis) const {
    return [axis = axis, isWide = isWide, block = block(),
            hasAxis](const ShapeAlgebra &s, ArrayRef<Dim> dims) {
      Dim units = s.constant(1);
      for (auto [d, size] : llvm::enumerate(dims)) {
        bool isLast = isWide && d + 1 == dims.size();
        if (!hasAxis || static_cast<int64_t>(d) != axis)
          units = s.mul(units, isLast ? s.ceilDiv(size, block) : size);
      }
      return units;
    };
  }
};
} // namespace

LaunchPlan cpu::emitArgReduce(Kernel &kernel, ArgReduceOp op) {
  IndexMath m = kernel.math();
  ElementEmitter &e = kernel.emitter;
  Lines lines(kernel, op.getInput(), op.getAxis());
  Value length = e.size(op.getInput(), op.getAxis());
  Type element = accumulatorType(op.getInput().getType().getElementType());
  // Vectors of short numbers, where those are enough.
  Type i64 = kernel.b.getI64Type(), place = i64;
  if (auto n = constantIndex(length); n && llvm::isInt<32>(*n))
    place = kernel.b.getI32Type();
  auto placeOf = [&](Value i) {
    return lines.splat(
        arith::IndexCastOp::create(kernel.b, kernel.loc, place, i));
  };
  lines.forGroups([&](const Lines::Group &group) {
    auto input = [&](int64_t vector, Value i) {
      e.newPoint();
      ScalarEmitter s(kernel.b, kernel.loc);
      return lines.splat(
          s.cast(e.emit(op.getInput(), lines.pointOf(group, vector, i),
                        lines.lanes(), group.mask),
                 element));
    };
    SmallVector<Value> init;
    for (int64_t v = 0; v < group.vectors; ++v)
      init.append({input(v, m.cst(0)).value, placeOf(m.cst(0))});
    SmallVector<Value> found =
        m.loop(m.cst(1), length, 1, init, [&](Value i, ValueRange args) {
          ScalarEmitter s(kernel.b, kernel.loc);
          Value here = placeOf(i);
          SmallVector<Value> next;
          for (int64_t v = 0; v < group.vectors; ++v) {
            Scalar x = input(v, i), best{element, args[2 * v]};
            bool max = op.getKind() == ReduceKind::max;
            Scalar better = max ? s.lt(best, x) : s.lt(x, best);
            if (op.getLast())
              better = s.or_(better, s.eq(best, x));
            for (auto [now, before] :
                 {std::pair(x.value, args[2 * v]), {here, args[2 * v + 1]}})
              next.push_back(arith::SelectOp::create(
                  kernel.b, kernel.loc, better.value, now, before));
          }
          return next;
        });
    for (int64_t v = 0; v < group.vectors; ++v) {
      e.newPoint();
      ScalarEmitter s(kernel.b, kernel.loc);
      e.define(op.getResult(), s.cast({place, found[2 * v + 1]}, i64));
      lines.store(lines.pointOf(group, v, Value()), group.mask);
      e.undefine(op.getResult());
    }
    e.newPoint();
  });
  LaunchPlan plan;
  plan.kind = "arg_reduce";
  plan.units = lines.units(/*hasAxis=*/false);
  return plan;
}

LaunchPlan cpu::emitScan(Kernel &kernel, ScanOp op) {
  IndexMath m = kernel.math();
  ElementEmitter &e = kernel.emitter;
  Lines lines(kernel, op.getInput(), op.getAxis());
  Value length = e.size(op.getInput(), op.getAxis());
  Type element = op.getType().getElementType(), type = accumulatorType(element);
  lines.forGroups([&](const Lines::Group &group) {
    ScalarEmitter s(kernel.b, kernel.loc);
    Value start = lines.splat(neutralElement(s, op.getKind(), type)).value;
    m.loop(
        m.cst(0), length, 1, SmallVector<Value>(group.vectors, start),
        [&](Value k, ValueRange args) {
          Value i = op.getReverse() ? m.sub(m.add(length, -1), k) : k;
          SmallVector<Value> sums;
          for (int64_t v = 0; v < group.vectors; ++v) {
            e.newPoint();
            Point point = lines.pointOf(group, v, i);
            Scalar x = lines.splat(s.cast(
                e.emit(op.getInput(), point, lines.lanes(), group.mask), type));
            Scalar sum = combine(s, op.getKind(), {type, args[v]}, x);
            e.define(op.getResult(),
                     s.cast(op.getExclusive() ? Scalar{type, args[v]} : sum,
                            element));
            lines.store(point, group.mask);
            e.undefine(op.getResult());
            sums.push_back(sum.value);
          }
          e.newPoint();
          return sums;
        });
  });
  LaunchPlan plan;
  plan.kind = "scan";
  plan.units = lines.units(/*hasAxis=*/true);
  return plan;
}

LaunchPlan cpu::emitScatter(Kernel &kernel, ScatterOp op) {
  // One unit: updates that meet are combined in their order.
  IndexMath m = kernel.math();
  ElementEmitter &e = kernel.emitter;
  Value rows = e.size(op.getData(), 0), width = e.size(op.getData(), 1);
  Value updates = e.size(op.getIndices(), 0);
  Type element = op.getType().getElementType();
  auto at = [&](Value r, Value i) {
    Point point;
    point.indices = {{r}, {i, 1, {}}};
    return point;
  };
  kernel.forUnits([&](Value) {
    m.loop(m.cst(0), rows, 1, [&](Value r) {
      kernel.forVectors(m.cst(0), width, [&](Value i, Value mask) {
        Scalar x = e.emit(op.getData(), at(r, i), kernel.lanes(), mask);
        e.store(x, kernel.output, m.add(m.mul(r, width), i), kernel.lanes(),
                mask);
      });
    });
    m.loop(m.cst(0), updates, 1, [&](Value u) {
      e.newPoint();
      Scalar index = e.emit(op.getIndices(), Point{{{u}}}, 1);
      Value r = arith::IndexCastOp::create(
          kernel.b, kernel.loc, kernel.b.getIndexType(), index.value);
      Value inside = arith::CmpIOp::create(kernel.b, kernel.loc,
                                           arith::CmpIPredicate::ult, r, rows);
      if (!op->hasAttr("in_bounds"))
        e.reportOutside(inside, r, rows, Value());
      m.ifThen(inside, [&] {
        Value start = m.mul(r, width);
        m.loop(m.cst(0), width, 1, [&](Value i) {
          e.newPoint();
          ScalarEmitter s(kernel.b, kernel.loc);
          Scalar x = e.emit(op.getUpdates(), at(u, i), 1);
          if (op.getKind() != ScatterKind::none) {
            Value old = memref::LoadOp::create(kernel.b, kernel.loc,
                                               kernel.output, m.add(start, i));
            Scalar y = s.fromMemory(element, old);
            switch (op.getKind()) {
            case ScatterKind::add:
              x = s.add(y, x);
              break;
            case ScatterKind::mul:
              x = s.mul(y, x);
              break;
            case ScatterKind::max:
              x = s.max(y, x);
              break;
            default:
              x = s.min(y, x);
              break;
            }
          }
          e.store(x, kernel.output, m.add(start, i), 1);
        });
      });
      e.newPoint();
    });
  });
  LaunchPlan plan;
  plan.kind = "scatter";
  plan.units = [](const ShapeAlgebra &s, ArrayRef<Dim>) {
    return s.constant(1);
  };
  return plan;
}
