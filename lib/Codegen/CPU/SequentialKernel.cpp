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

/// The indices `at` of a line, with `i` put in at the axis.
static Point onLine(ArrayRef<Value> at, int64_t axis, Value i) {
  Point point;
  for (Value v : at)
    point.indices.push_back({v});
  point.indices.insert(point.indices.begin() + axis, Index{i});
  return point;
}

LaunchPlan cpu::emitArgReduce(Kernel &kernel, ArgReduceOp op) {
  IndexMath m = kernel.math();
  ElementEmitter &e = kernel.emitter;
  int64_t axis = op.getAxis();
  Value length = e.size(op.getInput(), axis);
  SmallVector<Value> sizes = e.sizes(op.getResult());
  Type element = op.getInput().getType().getElementType();
  kernel.forUnits([&](Value unit) {
    SmallVector<Value> at = m.delinearize(unit, sizes);
    Scalar first = e.emit(op.getInput(), onLine(at, axis, m.cst(0)), 1);
    Value where = m.loop(
        m.cst(1), length, 1, ValueRange{first.value, m.cst(0)},
        [&](Value i, ValueRange args) {
          e.newPoint();
          ScalarEmitter s(kernel.b, kernel.loc);
          Scalar x = e.emit(op.getInput(), onLine(at, axis, i), 1),
                 best{element, args[0]};
          bool max = op.getKind() == ReduceKind::max;
          Scalar better = max ? s.lt(best, x) : s.lt(x, best);
          if (op.getLast())
            better = s.or_(better, s.eq(best, x));
          Value take = better.value;
          return SmallVector<Value>{
              arith::SelectOp::create(kernel.b, kernel.loc, take, x.value,
                                      args[0]),
              arith::SelectOp::create(kernel.b, kernel.loc, take, i, args[1])};
        })[1];
    e.newPoint();
    Type i64 = kernel.b.getI64Type();
    e.define(op.getResult(), {i64, arith::IndexCastOp::create(
                                       kernel.b, kernel.loc, i64, where)});
    Point point;
    for (Value v : at)
      point.indices.push_back({v});
    e.store(e.emit(kernel.root, point, 1), kernel.output, unit, 1);
    e.undefine(op.getResult());
  });
  LaunchPlan plan;
  plan.kind = "arg_reduce";
  plan.units = [](const ShapeAlgebra &s, ArrayRef<Dim> dims) {
    return product(s, dims);
  };
  return plan;
}

LaunchPlan cpu::emitScan(Kernel &kernel, ScanOp op) {
  IndexMath m = kernel.math();
  ElementEmitter &e = kernel.emitter;
  int64_t axis = op.getAxis();
  SmallVector<Value> sizes = e.sizes(op.getInput()), lines(sizes);
  lines.erase(lines.begin() + axis);
  Value length = sizes[axis];
  Type element = op.getType().getElementType(), type = accumulatorType(element);
  kernel.forUnits([&](Value unit) {
    SmallVector<Value> at = m.delinearize(unit, lines);
    ScalarEmitter s(kernel.b, kernel.loc);
    Value start = neutralElement(s, op.getKind(), type).value;
    m.loop(m.cst(0), length, 1, ValueRange(start),
           [&](Value k, ValueRange args) {
             e.newPoint();
             Value i = op.getReverse() ? m.sub(m.add(length, -1), k) : k;
             Point point = onLine(at, axis, i);
             Scalar x = s.cast(e.emit(op.getInput(), point, 1), type);
             Scalar sum = combine(s, op.getKind(), {type, args[0]}, x);
             e.define(op.getResult(),
                      s.cast(op.getExclusive() ? Scalar{type, args[0]} : sum,
                             element));
             SmallVector<Value> indices;
             for (Index &index : point.indices)
               indices.push_back(index.base);
             e.store(e.emit(kernel.root, point, 1), kernel.output,
                     m.linearize(indices, sizes), 1);
             e.undefine(op.getResult());
             return SmallVector<Value>{sum.value};
           });
    e.newPoint();
  });
  LaunchPlan plan;
  plan.kind = "scan";
  plan.units = [axis](const ShapeAlgebra &s, ArrayRef<Dim> dims) {
    Dim units = s.constant(1);
    for (auto [d, size] : llvm::enumerate(dims))
      if (static_cast<int64_t>(d) != axis)
        units = s.mul(units, size);
    return units;
  };
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
