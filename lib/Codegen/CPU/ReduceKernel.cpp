//===- ReduceKernel.cpp - reductions, row by row or over any dimensions -*- C++
//-*-===//
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
/// Softmax, normalisations and single reductions over the last dimension: a
/// unit is a row; each reduction is a pass over it.
struct RowEmitter {
  Kernel &kernel;
  IndexMath m;
  ElementEmitter &e;
  SmallVector<ReduceOp> reductions;
  RankedTensorType space;
  SmallVector<Value> outer;
  Value length, row;
  SmallVector<Value> at;
  LaunchPlan plan;

  /// Values of the whole row that several passes need, kept in scratch memory.
  struct Kept {
    Value tensor, memory;
    unsigned pass;
  };
  SmallVector<Kept> kept;
  /// Accumulators that hide the latency of one.
  static constexpr int64_t kWays = 4;

  explicit RowEmitter(Kernel &kernel)
      : kernel(kernel), m(kernel.math()), e(kernel.emitter) {
    kernel.func.walk([&](ReduceOp op) { reductions.push_back(op); });
    space = reductions[0].getInput().getType();
    SmallVector<Value> sizes = e.sizes(reductions[0].getInput());
    length = sizes.pop_back_val();
    outer = sizes;
    chooseKept();
  }

  /// The first pass in which a value of the row is computed: the last pass
  /// whose result it needs, plus one; counted from 0, the pass after the last
  /// reduction writes the result.
  unsigned passOf(Value v, llvm::DenseMap<Value, unsigned> &memo) {
    if (e.isBound(v) || !v.getDefiningOp())
      return 0;
    if (auto it = memo.find(v); it != memo.end())
      return it->second;
    unsigned pass = 0;
    for (Value operand : v.getDefiningOp()->getOperands())
      if (llvm::isa<RankedTensorType>(operand.getType()))
        pass = std::max(pass, passOf(operand, memo));
    if (auto reduce = v.getDefiningOp<ReduceOp>())
      pass = std::max<unsigned>(pass, llvm::find(reductions, reduce) -
                                          reductions.begin()) +
             1;
    return memo[v] = pass;
  }

  void chooseKept() {
    if (!constantIndex(length))
      return;
    llvm::DenseMap<Value, unsigned> memo;
    kernel.func.walk([&](PointwiseOpInterface op) {
      Value v = op->getResult(0);
      auto type = cast<RankedTensorType>(v.getType());
      if (v == kernel.root || type.getShape() != space.getShape() ||
          v.hasOneUse())
        return;
      int64_t bytes = *constantIndex(length) * 8;
      if (bytes > kernel.isa.l2 / 4)
        return;
      kept.push_back(
          {v,
           kernel.scratchBuffer(
               type.getElementType(),
               llvm::alignTo(*constantIndex(length), kernel.lanes()), plan),
           passOf(v, memo)});
    });
  }

  Point pointAt(Value i) {
    Point point = Point::along(at, i);
    point.linear = m.add(m.mul(row, length), i);
    point.linearStep = 1;
    point.space = space;
    return point;
  }

  /// Computes `tensor` at i within a pass, through what earlier passes kept.
  Scalar element(Value tensor, Value i, Value mask, unsigned pass) {
    e.newPoint();
    Point point = pointAt(i);
    for (Kept &k : kept) {
      Type element =
          cast<RankedTensorType>(k.tensor.getType()).getElementType();
      if (k.pass < pass) {
        Type memory = memoryType(element);
        Value v = vector::LoadOp::create(
            kernel.b, kernel.loc, cast<VectorType>(kernel.vectorType(memory)),
            k.memory, i);
        ScalarEmitter s(kernel.b, kernel.loc);
        e.define(k.tensor, s.fromMemory(element, v));
      } else if (k.pass == pass) {
        Scalar value =
            e.emit(k.tensor, withType(point, k.tensor), kernel.lanes(), mask);
        e.store(value, k.memory, i, kernel.lanes());
        e.define(k.tensor, kernel.splat(value));
      }
    }
    Scalar value =
        e.emit(tensor, withType(point, tensor), kernel.lanes(), mask);
    for (Kept &k : kept)
      e.undefine(k.tensor);
    return value;
  }

  static Point withType(Point point, Value tensor) {
    auto type = cast<RankedTensorType>(tensor.getType());
    if (type.getShape() == point.space.getShape())
      point.space = type;
    return point;
  }

  /// Covers the row, four vectors at a time and then one by one. `step` takes
  /// the elements there are, `neutral` where there are none, to all that is
  /// carried on.
  SmallVector<Value>
  forRow(ReduceOp op, unsigned pass, Scalar neutral, ValueRange init,
         function_ref<SmallVector<Value>(ArrayRef<Value>, ValueRange)> step) {
    ScalarEmitter s(kernel.b, kernel.loc);
    auto elementAt = [&](Value i, Value mask) -> Value {
      Scalar x = kernel.splat(
          s.cast(element(op.getInput(), i, mask, pass), neutral.type));
      if (!mask)
        return x.value;
      return arith::SelectOp::create(kernel.b, kernel.loc, mask, x.value,
                                     neutral.value);
    };
    int64_t stride = kWays * kernel.lanes();
    Value whole = m.mul(m.div(length, m.cst(stride)), stride);
    SmallVector<Value> carried =
        m.loop(m.cst(0), whole, stride, init, [&](Value i, ValueRange args) {
          SmallVector<Value> x;
          for (int64_t w = 0; w < kWays; ++w)
            x.push_back(elementAt(m.add(i, w * kernel.lanes()), Value()));
          return step(x, args);
        });
    carried = kernel.forVectors(whole, length, carried,
                                [&](Value i, Value mask, ValueRange args) {
                                  return step({elementAt(i, mask)}, args);
                                });
    e.newPoint();
    return carried;
  }

  void reduce(ReduceOp op, unsigned pass) {
    ScalarEmitter s(kernel.b, kernel.loc);
    Type from = op.getInput().getType().getElementType(),
         type = accumulatorType(from);
    Scalar neutral = kernel.splat(neutralElement(s, op.getKind(), type));
    Scalar total{type, Extreme::covers(op.getKind(), type)
                           ? extremeOf(op, pass, neutral)
                           : combined(op, pass, neutral)};
    e.define(op.getResult(), s.cast(total, from));
  }

  Value combined(ReduceOp op, unsigned pass, Scalar neutral) {
    ScalarEmitter s(kernel.b, kernel.loc);
    Type type = neutral.type;
    auto join = [&](Value x, Value y) {
      return combine(s, op.getKind(), {type, x}, {type, y}).value;
    };
    SmallVector<Value> sums(kWays, neutral.value);
    sums = forRow(op, pass, neutral, sums,
                  [&](ArrayRef<Value> x, ValueRange args) {
                    SmallVector<Value> next(args);
                    for (auto [sum, v] : llvm::zip(next, x))
                      sum = join(sum, v);
                    return next;
                  });
    Value sum = join(join(sums[0], sums[1]), join(sums[2], sums[3]));
    return combineLanes(kernel.b, kernel.loc, sum, join);
  }

  Value extremeOf(ReduceOp op, unsigned pass, Scalar neutral) {
    OpBuilder &b = kernel.b;
    Extreme extreme{b, kernel.loc, op.getKind()};
    auto flags = VectorType::get({kernel.lanes()}, b.getI1Type());
    SmallVector<Value> init(kWays, neutral.value);
    init.push_back(
        arith::ConstantOp::create(b, kernel.loc, flags, b.getZeroAttr(flags)));
    SmallVector<Value> found = forRow(
        op, pass, neutral, init, [&](ArrayRef<Value> x, ValueRange args) {
          SmallVector<Value> next(args);
          for (auto [acc, v] : llvm::zip(next, x))
            acc = extreme.join(acc, v);
          next.back() = extreme.noteNans(next.back(), x);
          return next;
        });
    auto join = [&](Value x, Value y) { return extreme.join(x, y); };
    Value most = join(join(found[0], found[1]), join(found[2], found[3]));
    most = combineLanes(b, kernel.loc, most, join);
    Value isNan = vector::ReductionOp::create(
        b, kernel.loc, vector::CombiningKind::OR, found.back());
    return extreme.finish(most, isNan);
  }

  LaunchPlan emit() {
    bool whole = kernel.computedType().getShape() == space.getShape() &&
                 !isRowValue(kernel.root);
    kernel.forUnits([&](Value unit) {
      row = unit;
      at = m.delinearize(unit, outer);
      for (auto [pass, op] : llvm::enumerate(reductions))
        reduce(op, pass);
      if (whole) {
        kernel.forVectors(m.cst(0), length, [&](Value i, Value mask) {
          Scalar value = element(kernel.root, i, mask, reductions.size());
          e.store(value, kernel.output, m.add(m.mul(row, length), i),
                  kernel.lanes(), mask);
        });
      } else {
        e.newPoint();
        Point point;
        for (Value v : at)
          point.indices.push_back({v});
        while (static_cast<int64_t>(point.indices.size()) <
               kernel.computedType().getRank())
          point.indices.push_back({m.cst(0)});
        e.store(e.emit(kernel.root, point, 1), kernel.output, row, 1);
      }
      for (ReduceOp op : reductions)
        e.undefine(op.getResult());
    });
    plan.kind = reductions.size() > 1 ? "rows" : "reduce rows";
    int64_t n = constantIndex(length).value_or(256);
    plan.grain = std::max<int64_t>(1, 4096 / std::max<int64_t>(n, 1));
    int64_t rank = outer.size();
    plan.units = [rank](const ShapeAlgebra &s, ArrayRef<Dim> dims) {
      return product(s, dims.take_front(rank));
    };
    return plan;
  }

  /// Whether a value is one a row: the root of a cluster that ends in a
  /// reduction.
  bool isRowValue(Value v) {
    auto type = cast<RankedTensorType>(v.getType());
    int64_t rank = space.getRank();
    return type.getRank() == rank - 1 ||
           (type.getRank() == rank && type.getShape().back() == 1 &&
            space.getShape().back() != 1);
  }
};
} // namespace

LaunchPlan cpu::emitRows(Kernel &kernel) { return RowEmitter(kernel).emit(); }

//===----------------------------------------------------------------------===//
// Reductions over any dimensions
//===----------------------------------------------------------------------===//

namespace {
/// Lanes are along the last dimension that stays, or, where that is not the
/// input's last, along the last that is reduced.
struct ReduceEmitter {
  Kernel &kernel;
  ReduceOp op;
  IndexMath m;
  ElementEmitter &e;
  SmallVector<int64_t> axes, kept;
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
    outputSizes = e.sizes(op.getResult());
    element = op.getInput().getType().getElementType();
    type = accumulatorType(element);
  }

  bool lanesStay() { return !kept.empty() && kept.back() == rank - 1; }

  /// Accumulators that are at hand together: of `vectors` neighbours along the
  /// last dimension, where the lanes stay, each `ways` times, so that what is
  /// added next needs not wait.
  struct Shape {
    int64_t vectors = 1, ways = 1;
  };

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
    constexpr int64_t block = 64, accumulators = 8;
    // Vectors: a block's, or what is left of them.
    int64_t together = std::min<int64_t>(4, block / kernel.lanes());
    if (auto n = constantIndex(outputSizes.back()))
      while (together > 1 && together * kernel.lanes() > *n)
        together /= 2;
    Value last = outputSizes.back(), blocks = m.ceilDiv(last, block);
    SmallVector<Value> rows(outputSizes.begin(), outputSizes.end() - 1);
    kernel.forUnits([&](Value unit) {
      Value row = m.div(unit, blocks), lo = m.mul(m.rem(unit, blocks), block);
      SmallVector<Value> at = m.delinearize(row, rows);
      auto store = [&](Value i, int64_t vectors, Value mask) {
        // In one order, wherever an element is: equal ones have equal sums.
        SmallVector<Scalar> found =
            totals(Point::along(at, i).indices,
                   {vectors, accumulators / together}, mask);
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
      int64_t wide = together * kernel.lanes();
      Value middle = m.add(lo, m.mul(m.div(m.sub(hi, lo), m.cst(wide)), wide));
      m.loop(lo, middle, wide, [&](Value i) { store(i, together, Value()); });
      kernel.forVectors(middle, hi,
                        [&](Value i, Value mask) { store(i, 1, mask); });
    });
    plan.units = [](const ShapeAlgebra &s, ArrayRef<Dim> dims) {
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
