//===- SearchKernel.cpp - what looks for elements: topk, nonzero, nms -*- C++
//-*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// What is looked through is in memory, but for the mask of nonzero, of which
// each element is asked for once.

#include "Codegen/CPU/Heap.h"

#include "dialects/dlc/ScalarEmitter.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace dlc;
using namespace dlc::cpu;

/// All sizes but that of the axis.
static Dim unitsWithout(const ShapeAlgebra &s, ArrayRef<Dim> dims,
                        int64_t axis) {
  Dim units = s.constant(1);
  for (auto [d, size] : llvm::enumerate(dims))
    if (static_cast<int64_t>(d) != axis)
      units = s.mul(units, size);
  return units;
}

//===----------------------------------------------------------------------===//
// topk
//===----------------------------------------------------------------------===//

namespace {
/// A unit is a line. The best k elements so far are a heap, in the result's own
/// memory, with the last of them on top; taken apart from the top, it is
/// sorted.
struct TopKEmitter {
  Kernel &kernel;
  TopKOp op;
  IndexMath m;
  ElementEmitter &e;
  int64_t axis;
  SmallVector<Value> outputSizes;
  Value k, length;
  SmallVector<Value> at; ///< the line's place in the other dimensions

  TopKEmitter(Kernel &kernel, TopKOp op)
      : kernel(kernel), op(op), m(kernel.math()), e(kernel.emitter),
        axis(op.getAxis()), outputSizes(e.sizes(op.getResult())),
        k(outputSizes[axis]), length(e.size(op.getInput(), axis)) {}

  Scalar element(Index i, int64_t lanes, Value mask = {}) {
    e.newPoint();
    Point point;
    for (Value v : at)
      point.indices.push_back({v});
    point.indices.insert(point.indices.begin() + axis, i);
    return e.emit(op.getInput(), point, lanes, mask);
  }

  Value comesBefore(const Found &x, const Found &y) {
    return cpu::comesBefore(kernel, x, y, op.getLeast());
  }

  Value place(Value i) {
    SmallVector<Value> indices(at);
    indices.insert(indices.begin() + axis, i);
    return m.linearize(indices, outputSizes);
  }

  /// Lets each element behind the first k replace the last of the best if it is
  /// better. Most are not: a vector of them is compared at a time.
  void scan(Heap &heap) {
    OpBuilder &b = kernel.b;
    Location loc = kernel.loc;
    kernel.forVectors(k, length, [&](Value start, Value mask) {
      ScalarEmitter s(b, loc);
      Scalar last = kernel.splat(heap.element(heap.load(m.cst(0))));
      Scalar x = kernel.splat(element({start, 1, {}}, kernel.lanes(), mask));
      Value better =
          (op.getLeast() ? isGreater(s, last, x) : isGreater(s, x, last)).value;
      if (mask)
        better = arith::AndIOp::create(b, loc, better, mask);
      Value any = vector::ReductionOp::create(b, loc, vector::CombiningKind::OR,
                                              better);
      m.ifThen(any, [&] {
        Value end = m.min(m.add(start, kernel.lanes()), length);
        m.loop(start, end, 1, [&](Value i) {
          m.ifThen(comesBefore(heap.find(i), heap.find(heap.load(m.cst(0)))),
                   [&] {
                     heap.store(i, m.cst(0));
                     heap.sink(m.cst(0), k);
                   });
        });
      });
      e.newPoint();
    });
  }

  LaunchPlan emit() {
    SmallVector<Value> lines(outputSizes);
    lines.erase(lines.begin() + axis);
    Heap heap{
        kernel, kernel.output, [&](Value i) { return place(i); },
        [&](Value i) { return element({i}, 1); },
        [&](const Found &x, const Found &y) { return comesBefore(y, x); }};
    kernel.forUnits([&](Value unit) {
      at = m.delinearize(unit, lines);
      m.loop(m.cst(0), k, 1, [&](Value i) { heap.store(i, i); });
      heap.heapify(k);
      m.ifThen(m.less(m.cst(0), k), [&] { scan(heap); });
      m.loop(m.cst(1), k, 1, [&](Value i) {
        Value end = m.sub(k, i), top = heap.load(m.cst(0));
        heap.store(heap.load(end), m.cst(0));
        heap.store(top, end);
        heap.sink(m.cst(0), end);
      });
      e.newPoint();
    });
    LaunchPlan plan;
    plan.kind = "topk";
    plan.units = [axis = axis](const ShapeAlgebra &s, ArrayRef<Dim> dims) {
      return unitsWithout(s, dims, axis);
    };
    return plan;
  }
};
} // namespace

LaunchPlan cpu::emitTopK(Kernel &kernel, TopKOp op) {
  return TopKEmitter(kernel, op).emit();
}

//===----------------------------------------------------------------------===//
// nonzero
//===----------------------------------------------------------------------===//

static void fillRest(Kernel &kernel, Value from, Value to) {
  Type i64 = kernel.b.getI64Type();
  kernel.forVectors(from, to, [&](Value i, Value mask) {
    ScalarEmitter s(kernel.b, kernel.loc);
    kernel.emitter.store(kernel.splat(s.constant(i64, -1)), kernel.output, i,
                         kernel.lanes(), mask);
  });
}

LaunchPlan cpu::emitNonZero(Kernel &kernel, NonZeroOp op) {
  IndexMath m = kernel.math();
  ElementEmitter &e = kernel.emitter;
  Value length = e.size(op.getInput(), 0);
  kernel.forUnits([&](Value) {
    // Each index is stored; the next takes its place unless it was one.
    Value count =
        m.loop(m.cst(0), length, 1, ValueRange(m.cst(0)),
               [&](Value i, ValueRange args) {
                 e.newPoint();
                 Scalar x = e.emit(op.getInput(), Point{{{i}}}, 1);
                 memref::StoreOp::create(kernel.b, kernel.loc, toI64(kernel, i),
                                         kernel.output, args[0]);
                 Value next = arith::SelectOp::create(
                     kernel.b, kernel.loc, x.value, m.add(args[0], 1), args[0]);
                 return SmallVector<Value>{next};
               })[0];
    e.newPoint();
    fillRest(kernel, count, length);
  });
  LaunchPlan plan;
  plan.kind = "nonzero";
  plan.units = [](const ShapeAlgebra &s, ArrayRef<Dim>) {
    return s.constant(1);
  };
  return plan;
}

//===----------------------------------------------------------------------===//
// nms
//===----------------------------------------------------------------------===//

namespace {
/// A unit is one class of one batch. Candidates are a heap at the end of the
/// unit's line of the result, with its top last; taking the top frees the place
/// at its other end, so that the chosen boxes, which come from the line's
/// beginning, never meet it.
struct NmsEmitter {
  Kernel &kernel;
  NmsOp op;
  IndexMath m;
  ElementEmitter &e;
  Value length, batch, kind, start;
  Scalar overlap, least;

  NmsEmitter(Kernel &kernel, NmsOp op)
      : kernel(kernel), op(op), m(kernel.math()), e(kernel.emitter),
        length(e.size(op.getResult(), 2)) {}

  Scalar score(Value i) {
    e.newPoint();
    return e.emit(op.getScores(), Point{{{batch}, {kind}, {i}}}, 1);
  }

  /// Of candidates none scores a NaN, so that this is a total order.
  Value comesBefore(const Found &x, const Found &y) {
    ScalarEmitter s(kernel.b, kernel.loc);
    Scalar earlier{kernel.b.getI1Type(), m.less(x.index, y.index)};
    Scalar isTie = s.eq(x.value, y.value);
    return s.or_(s.lt(y.value, x.value), s.and_(isTie, earlier)).value;
  }

  /// Pushes what scores above the least; gives their number.
  Value collect(Heap &heap) {
    return m.loop(m.cst(0), length, 1, ValueRange(m.cst(0)),
                  [&](Value i, ValueRange args) {
                    ScalarEmitter s(kernel.b, kernel.loc);
                    Value takes = s.lt(least, score(i)).value;
                    heap.store(i, args[0]);
                    Value next =
                        arith::SelectOp::create(kernel.b, kernel.loc, takes,
                                                m.add(args[0], 1), args[0]);
                    return SmallVector<Value>{next};
                  })[0];
  }

  using Box = SmallVector<Scalar, 4>;
  Box box(Value i) {
    Box corners;
    for (int64_t c = 0; c < 4; ++c) {
      e.newPoint();
      corners.push_back(
          e.emit(op.getBoxes(), Point{{{batch}, {i}, {m.cst(c)}}}, 1));
    }
    return corners;
  }

  Value doOverlap(const Box &x, const Box &y) {
    ScalarEmitter s(kernel.b, kernel.loc);
    Scalar zero = s.constant(overlap.type, 0);
    auto common = [&](int d) {
      return s.max(s.sub(s.min(x[d + 2], y[d + 2]), s.max(x[d], y[d])), zero);
    };
    auto area = [&](const Box &b) {
      return s.mul(s.sub(b[2], b[0]), s.sub(b[3], b[1]));
    };
    Scalar both = s.mul(common(0), common(1));
    Scalar all = s.sub(s.add(area(x), area(y)), both);
    return s.and_(s.lt(zero, both), s.lt(overlap, s.div(both, all))).value;
  }

  /// Whether the box overlaps one of the first `count` chosen ones.
  Value overlapsChosen(Value i, Value count) {
    OpBuilder &b = kernel.b;
    Location loc = kernel.loc;
    Box candidate = box(i);
    Value no = arith::ConstantIntOp::create(b, loc, 0, 1);
    auto isLeft = [&](OpBuilder &, Location, ValueRange args) {
      Value free = arith::XOrIOp::create(
          b, loc, args[1], arith::ConstantIntOp::create(b, loc, 1, 1));
      Value more = arith::AndIOp::create(b, loc, free, m.less(args[0], count));
      scf::ConditionOp::create(b, loc, more, args);
    };
    auto compare = [&](OpBuilder &, Location, ValueRange args) {
      Value j = toIndex(kernel, memref::LoadOp::create(b, loc, kernel.output,
                                                       m.add(start, args[0])));
      Value hit = doOverlap(candidate, box(j));
      scf::YieldOp::create(b, loc, ValueRange{m.add(args[0], 1), hit});
    };
    Value hit =
        scf::WhileOp::create(b, loc, TypeRange{b.getIndexType(), b.getI1Type()},
                             ValueRange{m.cst(0), no}, isLeft, compare)
            .getResult(1);
    e.newPoint();
    return hit;
  }

  /// Takes candidates from the heap until it is empty or there are enough;
  /// gives the number of those chosen.
  Value choose(Heap &heap, Value candidates) {
    OpBuilder &b = kernel.b;
    Location loc = kernel.loc;
    Value limit = op.getLimit();
    auto isLeft = [&](OpBuilder &, Location, ValueRange args) {
      Value more = arith::AndIOp::create(b, loc, m.less(m.cst(0), args[0]),
                                         m.less(args[1], limit));
      scf::ConditionOp::create(b, loc, more, args);
    };
    auto take = [&](OpBuilder &, Location, ValueRange args) {
      Value left = m.add(args[0], -1), count = args[1];
      Value best = heap.load(m.cst(0));
      heap.store(heap.load(left), m.cst(0));
      heap.sink(m.cst(0), left);
      Value hit = overlapsChosen(best, count);
      // What is not chosen, the next one or -1 replaces.
      memref::StoreOp::create(b, loc, toI64(kernel, best), kernel.output,
                              m.add(start, count));
      Value next = arith::SelectOp::create(b, loc, hit, count, m.add(count, 1));
      scf::YieldOp::create(b, loc, ValueRange{left, next});
    };
    Type index = b.getIndexType();
    Value count =
        scf::WhileOp::create(b, loc, TypeRange{index, index},
                             ValueRange{candidates, m.cst(0)}, isLeft, take)
            .getResult(1);
    e.newPoint();
    return count;
  }

  LaunchPlan emit() {
    Value classes = e.size(op.getResult(), 1);
    Heap heap{
        kernel, kernel.output,
        [&](Value i) { return m.sub(m.add(start, m.add(length, -1)), i); },
        [&](Value i) { return score(i); },
        [&](const Found &x, const Found &y) { return comesBefore(x, y); }};
    kernel.forUnits([&](Value unit) {
      batch = m.div(unit, classes);
      kind = m.rem(unit, classes);
      start = m.mul(unit, length);
      overlap = e.emit(op.getOverlap(), Point(), 1);
      least = e.emit(op.getLeastScore(), Point(), 1);
      Value candidates = collect(heap);
      e.newPoint();
      heap.heapify(candidates);
      Value count = choose(heap, candidates);
      fillRest(kernel, m.add(start, count), m.add(start, length));
    });
    LaunchPlan plan;
    plan.kind = "nms";
    plan.units = [](const ShapeAlgebra &s, ArrayRef<Dim> dims) {
      return unitsWithout(s, dims, 2);
    };
    return plan;
  }
};
} // namespace

LaunchPlan cpu::emitNms(Kernel &kernel, NmsOp op) {
  return NmsEmitter(kernel, op).emit();
}
