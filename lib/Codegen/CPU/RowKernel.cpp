//===- RowKernel.cpp - reductions over rows, and what uses them -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Codegen/CPU/Kernel.h"

#include "dialects/dlc/ScalarEmitter.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
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
  /// Rows that take each pass together, one after the other: what combines the
  /// lanes of one row, which is a chain of steps that wait, runs beside the
  /// next row's vectors.
  int64_t together = 1;
  Value inBlock;              ///< the row's number among them
  SmallVector<Value> results; ///< of each reduction, where there are several

  /// Values of the whole row that several passes need, kept in scratch memory
  /// or where the result goes.
  struct Kept {
    Value tensor, memory;
    unsigned pass;
  };
  SmallVector<Kept> kept;
  bool isInOutput = false; ///< one of them
  /// Accumulators that hide the latency of one.
  static constexpr int64_t kWays = 4;

  explicit RowEmitter(Kernel &kernel)
      : kernel(kernel), m(kernel.math()), e(kernel.emitter) {
    kernel.func.walk([&](ReduceOp op) { reductions.push_back(op); });
    space = reductions[0].getInput().getType();
    SmallVector<Value> sizes = e.sizes(reductions[0].getInput());
    length = sizes.pop_back_val();
    outer = sizes;
    chooseBlock();
    chooseKept();
  }

  void chooseBlock() {
    constexpr int64_t elements = 2048, most = 8; // what the nearest cache holds
    if (auto n = constantIndex(length); n && *n > 0)
      together = std::clamp<int64_t>(elements / *n, 1, most);
    if (auto rows = constantIndex(m.product(outer)))
      together = std::min(together, std::max<int64_t>(1, *rows));
    if (reductions.size() == 1 && !isWhole())
      together = 1; // nothing waits for the sum
    if (together == 1)
      return;
    for (ReduceOp op : reductions)
      results.push_back(kernel.scratchBuffer(
          op.getResult().getType().getElementType(), together, plan));
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

  /// Whether a value is sooner computed again than stored and loaded.
  bool isOneStep(Operation *op) {
    return isa<AddOp, SubOp, MulOp>(op) &&
           llvm::all_of(op->getOperands(), [&](Value v) {
             while (isa_and_nonnull<BroadcastOp, ReshapeOp>(v.getDefiningOp()))
               v = v.getDefiningOp()->getOperand(0);
             return e.isBound(v) ||
                    cast<RankedTensorType>(v.getType()).getShape() !=
                        space.getShape();
           });
  }

  /// Whether a value may be kept where the row's results go: its pass is the
  /// last to read inputs, which may lie there, too.
  bool fitsOutput(Value v, unsigned pass) {
    if (!isWhole() || v.getType() != kernel.root.getType())
      return false;
    SmallVector<Value> next{kernel.root};
    for (ReduceOp op : ArrayRef(reductions).drop_front(pass + 1))
      next.push_back(op.getInput());
    while (!next.empty()) {
      Value tensor = next.pop_back_val();
      if (e.isBound(tensor))
        return false;
      Operation *op = tensor.getDefiningOp();
      if (tensor != v && op && !isa<ReduceOp>(op))
        llvm::append_range(next, op->getOperands());
    }
    return true;
  }

  void chooseKept() {
    llvm::DenseMap<Value, unsigned> memo;
    kernel.func.walk([&](PointwiseOpInterface op) {
      Value v = op->getResult(0);
      auto type = cast<RankedTensorType>(v.getType());
      if (v == kernel.root || type.getShape() != space.getShape() ||
          v.hasOneUse() || isOneStep(op))
        return;
      unsigned pass = passOf(v, memo);
      if (pass == reductions.size())
        return; // the last pass alone reads it
      // Scratch memory stays in the nearest cache, but has one size.
      if (auto n = constantIndex(length)) {
        if (*n * 8 <= kernel.isa.l2 / 4)
          kept.push_back({v,
                          kernel.scratchBuffer(type.getElementType(),
                                               together * keptLength(), plan),
                          pass});
      } else if (!isInOutput && fitsOutput(v, pass)) {
        isInOutput = true;
        kept.push_back({v, kernel.output, pass});
      }
    });
  }

  int64_t keptLength() {
    return llvm::alignTo(*constantIndex(length), kernel.lanes());
  }

  Point pointAt(Value i) {
    Point point = Point::along(at, i);
    point.liesAt(m.add(m.mul(row, length), i), space);
    return point;
  }

  Scalar loadKept(const Kept &k, Type element, Value place, Value mask) {
    OpBuilder &b = kernel.b;
    Value v = loadVector(b, kernel.loc, kernel.lanes(), k.memory, place, mask);
    return ScalarEmitter(b, kernel.loc).fromMemory(element, v);
  }

  /// Computes `tensor` at i within a pass, through what earlier passes kept.
  Scalar element(Value tensor, Value i, Value mask, unsigned pass) {
    e.newPoint();
    Point point = pointAt(i);
    for (Kept &k : kept) {
      if (k.pass > pass)
        continue;
      Type type = cast<RankedTensorType>(k.tensor.getType()).getElementType();
      bool isScratch = k.memory != kernel.output;
      Value place = !isScratch     ? point.linear
                    : together > 1 ? m.add(m.mul(inBlock, keptLength()), i)
                                   : i;
      if (k.pass < pass) {
        e.define(k.tensor,
                 loadKept(k, type, place, isScratch ? Value() : mask));
        continue;
      }
      Scalar value =
          e.emit(k.tensor, withType(point, k.tensor), kernel.lanes(), mask);
      e.store(value, k.memory, place, kernel.lanes(),
              isScratch ? Value() : mask);
      e.define(k.tensor, kernel.splat(value));
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
          for (int64_t w = 0; w < kWays; ++w) {
            constexpr int64_t line = 64 / 4; // elements of 32 bits
            Value at = m.add(i, w * kernel.lanes());
            if (w * kernel.lanes() % line == 0)
              fetchAhead(at, pass);
            x.push_back(elementAt(at, Value()));
          }
          return step(x, args);
        });
    carried = kernel.forVectors(whole, length, carried,
                                [&](Value i, Value mask, ValueRange args) {
                                  return step({elementAt(i, mask)}, args);
                                });
    e.newPoint();
    return carried;
  }

  /// The inputs that have an element for each of the row.
  SmallVector<Value> streams(bool ofAllRows) {
    SmallVector<Value> found;
    kernel.func.walk([&](UnrealizedConversionCastOp stand) {
      auto type = dyn_cast<RankedTensorType>(stand.getType(0));
      if (type && type.getRank() > 0 &&
          (ofAllRows ? type.getShape() == space.getShape()
                     : type.getShape().back() == space.getShape().back()))
        found.push_back(stand.getResult(0));
    });
    return found;
  }

  /// Whether what the last pass goes through leaves the next rows a place in
  /// the first-level cache.
  bool isNextAtHand() {
    constexpr int64_t cache = 48 << 10;
    int64_t tensors = streams(/*ofAllRows=*/false).size() + 2;
    auto n = constantIndex(length);
    return n && tensors * *n * together * 4 <= cache;
  }

  /// Has memory at work while there is something to compute: fetches the lines
  /// that the row's results go to, and what the next rows' first pass reads.
  void fetchAhead(Value i, unsigned pass) {
    if (!isWhole() || pass == 0 || pass + 1 != reductions.size())
      return;
    auto fetch = [&](Value memory, Value at, bool isWrite) {
      constexpr int32_t nearest = 3;
      memref::PrefetchOp::create(kernel.b, kernel.loc, memory, at, isWrite,
                                 nearest, /*isDataCache=*/true);
    };
    Value at = m.add(m.mul(row, length), i);
    if (!isInOutput)
      fetch(kernel.output, at, /*isWrite=*/true);
    if (isNextAtHand())
      for (Value input : streams(/*ofAllRows=*/true))
        fetch(e.getMemory(input), m.add(at, m.mul(length, together)),
              /*isWrite=*/false);
  }

  void reduce(ReduceOp op, unsigned pass) {
    ScalarEmitter s(kernel.b, kernel.loc);
    Type from = op.getInput().getType().getElementType(),
         type = accumulatorType(from);
    Scalar neutral = kernel.splat(neutralElement(s, op.getKind(), type));
    Scalar total{type, Extreme::covers(op.getKind(), type)
                           ? extremeOf(op, pass, neutral)
                           : combined(op, pass, neutral)};
    total = s.cast(total, from);
    if (together > 1)
      e.store(total, results[pass], inBlock, 1);
    else
      e.define(op.getResult(), total);
  }

  Value combined(ReduceOp op, unsigned pass, Scalar neutral) {
    ScalarEmitter s(kernel.b, kernel.loc);
    Type type = neutral.type;
    auto join = [&](Value x, Value y) {
      // As one operation it is rounded once.
      if (auto mul = y.getDefiningOp<arith::MulFOp>();
          mul && op.getKind() == ReduceKind::sum)
        return kernel.multiplyAdd(mul.getLhs(), mul.getRhs(), x);
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

  /// One pass over each of the rows [first, stop), with the results of the
  /// passes before it at hand.
  void forBlock(Value first, Value stop, unsigned pass,
                function_ref<void()> body) {
    m.loop(first, stop, 1, [&](Value number) {
      e.newPoint();
      row = number;
      inBlock = m.sub(number, first);
      at = m.delinearize(number, outer);
      ScalarEmitter s(kernel.b, kernel.loc);
      for (unsigned before = 0; before < pass; ++before) {
        Value found = memref::LoadOp::create(kernel.b, kernel.loc,
                                             results[before], inBlock);
        auto result = reductions[before].getResult();
        e.define(result,
                 s.fromMemory(result.getType().getElementType(), found));
      }
      body();
    });
    e.newPoint();
  }

  /// Whether the result is rows as long, or one value of each where the cluster
  /// ends in a reduction.
  bool isWhole() {
    auto type = cast<RankedTensorType>(kernel.root.getType());
    int64_t rank = space.getRank();
    bool isRowValue = type.getRank() == rank - 1 ||
                      (type.getRank() == rank && type.getShape().back() == 1 &&
                       space.getShape().back() != 1);
    return kernel.computedType().getShape() == space.getShape() && !isRowValue;
  }

  /// What is behind the last reduction: the row's elements, or its one.
  void finish() {
    if (isWhole()) {
      kernel.forVectors(m.cst(0), length, [&](Value i, Value mask) {
        Scalar value = element(kernel.root, i, mask, reductions.size());
        e.store(value, kernel.output, m.add(m.mul(row, length), i),
                kernel.lanes(), mask);
      });
      return;
    }
    e.newPoint();
    Point point;
    for (Value v : at)
      point.indices.push_back({v});
    while (static_cast<int64_t>(point.indices.size()) <
           kernel.computedType().getRank())
      point.indices.push_back({m.cst(0)});
    e.store(e.emit(kernel.root, point, 1), kernel.output, row, 1);
  }

  LaunchPlan emit() {
    if (together == 1) {
      kernel.forUnits([&](Value unit) {
        row = unit;
        at = m.delinearize(unit, outer);
        for (auto [pass, op] : llvm::enumerate(reductions))
          reduce(op, pass);
        finish();
      });
    } else {
      m.loop(kernel.begin, kernel.end, together, [&](Value first) {
        Value stop = m.min(m.add(first, together), kernel.end);
        for (auto [pass, op] : llvm::enumerate(reductions))
          forBlock(first, stop, pass,
                   [&, pass = pass, op = op] { reduce(op, pass); });
        forBlock(first, stop, reductions.size(), [&] { finish(); });
      });
    }
    for (ReduceOp op : reductions)
      e.undefine(op.getResult());
    markIndependent(kernel.func);
    plan.kind = reductions.size() > 1 ? "rows" : "reduce rows";
    int64_t n = constantIndex(length).value_or(256);
    plan.grain = std::max<int64_t>(1, 4096 / std::max<int64_t>(n, 1));
    int64_t rank = outer.size();
    plan.units = [rank](const ShapeAlgebra &s, ArrayRef<Dim> dims) {
      return product(s, dims.take_front(rank));
    };
    return plan;
  }
};
} // namespace

LaunchPlan cpu::emitRows(Kernel &kernel) { return RowEmitter(kernel).emit(); }
