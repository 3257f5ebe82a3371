//===- RowKernel.cpp - reductions over rows, and what uses them -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Codegen/CPU/Kernel.h"
#include "Codegen/CPU/RowSums.h"

#include "dialects/dlc/ScalarEmitter.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace dlc;
using namespace dlc::cpu;

namespace {
/// Softmax, normalisations and reductions over the last dimension, or a
/// reduction over several that are one in memory. A unit is a row; each
/// reduction is a pass over it, and so is what is computed of the results for
/// each element.
///
/// Rows that the nearest cache holds go through the passes as through a
/// pipeline: one loop over the columns takes the last pass of a row, the one
/// before of a row behind it, and so on. Memory and units are at work together,
/// and what combines the lanes of a row, a chain of steps that wait, runs
/// beside other rows' vectors.
struct RowEmitter {
  Kernel &kernel;
  IndexMath m;
  ElementEmitter &e;
  SmallVector<ReduceOp> reductions;
  RankedTensorType space;
  SmallVector<Value> outer;
  int64_t depth; ///< dimensions of a row
  Value length;
  std::optional<int64_t> longest; ///< row there may be, where that is known
  int64_t last;                   ///< pass over the elements
  /// The distance of rows that go through subsequent passes together; 0 where
  /// each row goes through all passes before the next one.
  int64_t apart = 0;

  // The row in hand: its number, its place in `space` and in what is kept.
  Value row, slot;
  SmallVector<Value> at;
  Value finalRow; ///< of the thread's

  /// Values of the whole row that several passes need, kept in scratch memory
  /// or where the result goes.
  struct Kept {
    Value tensor, memory;
    unsigned pass;
  };
  SmallVector<Kept> kept;
  bool isInOutput = false;                           ///< one of them
  static constexpr int64_t kNearestCache = 48 << 10; ///< bytes
  static constexpr int64_t kFewRows = 8;

  /// For rows of any length, or where that is open, of up to `bound` elements.
  explicit RowEmitter(Kernel &kernel, std::optional<int64_t> bound = {})
      : kernel(kernel), m(kernel.math()), e(kernel.emitter) {
    kernel.func.walk([&](ReduceOp op) { reductions.push_back(op); });
    space = reductions[0].getInput().getType();
    SmallVector<Value> sizes = e.sizes(reductions[0].getInput());
    depth = reductions[0].getAxes().size();
    length = m.product(ArrayRef(sizes).take_back(depth));
    longest = isOpen() ? bound : constantIndex(length);
    outer.append(sizes.begin(), sizes.end() - depth);
    last = reductions.size() - !isWhole();
    chooseKept();
    chooseDistance();
  }

  bool isOpen() { return !constantIndex(length); }

  /// Rows go along in a pipeline where there are enough of them, and all that
  /// is in use of them fits into the first-level cache. With one more between
  /// them, what combines a row's lanes has more time.
  void chooseDistance() {
    auto rows = constantIndex(m.product(outer));
    if (!longest || (rows && *rows < kFewRows))
      return;
    for (int64_t distance : {2, 1})
      if (*longest <= longestTogether(distance)) {
        apart = distance;
        return;
      }
  }

  /// The longest rows that may go along in a pipeline.
  int64_t longestTogether(int64_t distance) {
    constexpr unsigned mostSums = 2; // that have registers
    if (last == 0 || reductions.size() > mostSums)
      return 0;
    int64_t ofRows = streams(/*ofAllRows=*/true).size(),
            ofColumns = streams(/*ofAllRows=*/false).size() - ofRows,
            lines =
                (ofRows + kept.size()) * (last * distance + 1) + ofColumns + 1;
    return kNearestCache / (lines * 4);
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
      if (longest) {
        if (*longest * 8 <= kernel.isa.l2 / 4)
          kept.push_back({v, Value(), pass});
      } else if (!isInOutput && fitsOutput(v, pass)) {
        isInOutput = true;
        kept.push_back({v, kernel.output, pass});
      }
    });
  }

  int64_t keptLength() { return llvm::alignTo(*longest, kernel.lanes()); }

  Point pointAt(Value i) {
    SmallVector<Value> outside(at);
    outside.append(depth - 1, m.cst(0));
    Point point = Point::along(outside, i);
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
      bool isScratch = k.memory != kernel.output;
      Value place = !isScratch ? point.linear : slot ? m.add(slot, i) : i;
      if (k.pass < pass) {
        e.define(k.tensor, loadKept(k, getElementTypeOrSelf(k.tensor), place,
                                    isScratch ? Value() : mask));
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

  /// The longest rows of which what the last pass goes through leaves the next
  /// one a place in the first-level cache.
  int64_t longestBeforeNext() {
    int64_t tensors = streams(/*ofAllRows=*/false).size() + 2;
    return kNearestCache / (tensors * 4);
  }

  /// Has memory at work while there is something to compute: fetches the lines
  /// that the row's results go to, and what the next row's first pass reads.
  void fetchAhead(Value i, unsigned pass) {
    if (apart || !isWhole() || pass == 0 || pass + 1 != reductions.size())
      return;
    auto fetch = [&](Value memory, Value at, bool isWrite) {
      constexpr int32_t nearest = 3;
      memref::PrefetchOp::create(kernel.b, kernel.loc, memory, at, isWrite,
                                 nearest, /*isDataCache=*/true);
    };
    Value at = m.add(m.mul(row, length), i);
    if (!isInOutput)
      fetch(kernel.output, at, /*isWrite=*/true);
    if (longest && *longest <= longestBeforeNext())
      for (Value input : streams(/*ofAllRows=*/true))
        fetch(e.getMemory(input), m.add(at, length), /*isWrite=*/false);
  }

  /// A pass over a row.
  struct Stage {
    unsigned pass;
    Value row, slot;
    SmallVector<Value> at;
    SmallVector<Value> results; ///< of the passes before
    /// What is the same for all of the row, computed once.
    SmallVector<std::pair<Value, Scalar>> ofRow = {};
  };

  Stage stageOf(unsigned pass, Value row, Value slot,
                SmallVector<Value> results) {
    return {pass, row, slot, m.delinearize(row, outer), std::move(results)};
  }

  void enter(const Stage &stage) {
    row = stage.row;
    slot = stage.slot;
    at = stage.at;
    for (auto [op, value] : llvm::zip(reductions, stage.results))
      e.define(op.getResult(), {getElementTypeOrSelf(op.getResult()), value});
    for (auto [tensor, value] : stage.ofRow)
      e.define(tensor, value);
  }
  void leave(const Stage &stage) {
    for (auto [tensor, value] : stage.ofRow)
      e.undefine(tensor);
  }

  /// Computes what is repeated along a row, as far as the passes before tell:
  /// in a loop over columns a load would be done anew behind each store.
  void findOfRow(Stage &stage) {
    enter(stage);
    llvm::DenseMap<Value, unsigned> memo;
    kernel.func.walk([&](BroadcastOp op) {
      RankedTensorType from = op.getInput().getType(), to = op.getType();
      auto trailing =
          from.getShape().take_back(std::min(depth, from.getRank()));
      if (to.getShape() != space.getShape() ||
          llvm::any_of(trailing, [](int64_t size) { return size != 1; }) ||
          passOf(op.getInput(), memo) > stage.pass)
        return;
      e.newPoint();
      stage.ofRow.push_back({op, e.emit(op, pointAt(m.cst(0)), 1)});
    });
    e.newPoint();
  }

  /// Takes several rows through their passes, column by column; gives the
  /// reductions' results.
  SmallVector<Value> forColumns(ArrayRef<Stage> stages) {
    SmallVector<RowSum> sums;
    SmallVector<Value> init;
    for (const Stage &stage : stages) {
      if (stage.pass == reductions.size())
        continue;
      sums.push_back(rowSumOf(kernel, reductions[stage.pass]));
      llvm::append_range(init, sums.back().init);
    }
    SmallVector<Stage> rows(stages);
    for (Stage &stage : rows)
      findOfRow(stage);
    auto step = [&](ArrayRef<Value> columns, Value mask, ValueRange carried) {
      SmallVector<Value> next;
      for (auto [number, stage] : llvm::enumerate(rows)) {
        enter(stage);
        if (stage.pass == reductions.size()) {
          for (Value i : columns)
            storeResult(i, mask);
          leave(stage);
          continue;
        }
        RowSum &sum = sums[number];
        SmallVector<Value> x;
        for (auto [w, i] : llvm::enumerate(columns)) {
          constexpr int64_t line = 64 / 4; // elements of 32 bits
          if (!mask && w * kernel.lanes() % line == 0)
            fetchAhead(i, stage.pass);
          x.push_back(addend(stage.pass, sum.neutral, i, mask));
        }
        llvm::append_range(
            next, sum.step(x, carried.slice(next.size(), sum.init.size())));
        leave(stage);
      }
      return next;
    };
    Value done = m.cst(0);
    if (!sums.empty()) {
      int64_t stride = RowSum::kWays * kernel.lanes();
      done = m.mul(m.div(length, m.cst(stride)), stride);
      init =
          m.loop(m.cst(0), done, stride, init, [&](Value i, ValueRange args) {
            SmallVector<Value> columns;
            for (int64_t w = 0; w < RowSum::kWays; ++w)
              columns.push_back(m.add(i, w * kernel.lanes()));
            return step(columns, Value(), args);
          });
      // Rows keep their values in different places.
      if (auto loop = init[0].getDefiningOp<scf::ForOp>(); loop && apart)
        markIndependent(loop.getOperation());
    }
    init = kernel.forVectors(done, length, init,
                             [&](Value i, Value mask, ValueRange args) {
                               return step({i}, mask, args);
                             });
    e.newPoint();
    SmallVector<Value> results;
    ValueRange found(init);
    for (auto [stage, sum] : llvm::zip(stages, sums)) {
      Type element = getElementTypeOrSelf(reductions[stage.pass].getInput());
      ScalarEmitter s(kernel.b, kernel.loc);
      Scalar total{sum.neutral.type,
                   sum.finish(found.take_front(sum.init.size()))};
      found = found.drop_front(sum.init.size());
      results.push_back(s.cast(total, element).value);
    }
    return results;
  }

  /// What a reduction adds at a column.
  Value addend(unsigned pass, Scalar neutral, Value i, Value mask) {
    ScalarEmitter s(kernel.b, kernel.loc);
    Scalar x = kernel.splat(s.cast(
        element(reductions[pass].getInput(), i, mask, pass), neutral.type));
    if (!mask)
      return x.value;
    return arith::SelectOp::create(kernel.b, kernel.loc, mask, x.value,
                                   neutral.value);
  }

  void storeResult(Value i, Value mask) {
    Scalar value = element(kernel.root, i, mask, reductions.size());
    e.store(value, kernel.output, m.add(m.mul(row, length), i), kernel.lanes(),
            mask);
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

  /// Where a row ends in one value, that of the row in hand.
  void storeRowValue() {
    e.newPoint();
    Point point;
    for (Value v : at)
      point.indices.push_back({v});
    while (static_cast<int64_t>(point.indices.size()) <
           kernel.computedType().getRank())
      point.indices.push_back({m.cst(0)});
    e.store(e.emit(kernel.root, point, 1), kernel.output, row, 1);
  }

  /// One row after the other, each through all passes.
  void emitRowByRow() {
    kernel.forUnits([&](Value unit) {
      Stage stage = stageOf(0, unit, Value(), {});
      for (; stage.pass <= last; ++stage.pass)
        llvm::append_range(stage.results, forColumns(stage));
      enter(stage);
      if (!isWhole())
        storeRowValue();
    });
  }

  /// What there is of the rows on their way: for each reduction the results of
  /// those that are behind it, the newest first, and the place of each row in
  /// what is kept.
  struct Pipeline {
    SmallVector<SmallVector<Value>> results;
    SmallVector<Value> slots;

    SmallVector<Value> flat() const {
      SmallVector<Value> all(slots);
      for (ArrayRef<Value> of : results)
        llvm::append_range(all, of);
      return all;
    }
    /// The same with other values.
    Pipeline with(ValueRange values) const {
      Pipeline p = *this;
      auto next = values.begin();
      for (Value &v : p.slots)
        v = *next++;
      for (SmallVector<Value> &of : p.results)
        for (Value &v : of)
          v = *next++;
      return p;
    }
  };

  /// Each row goes a step on: row `newest` into the first pass, those before it
  /// into `passes` - 1 more. Behind the last row there is it again.
  Pipeline advance(const Pipeline &p, Value newest, int64_t passes) {
    SmallVector<Stage> stages;
    for (int64_t pass = 0; pass < passes; ++pass) {
      SmallVector<Value> before;
      for (int64_t of = 0; of < pass; ++of)
        before.push_back(p.results[of][(pass - of) * apart - 1]);
      stages.push_back(
          stageOf(pass, m.min(m.sub(newest, m.cst(pass * apart)), finalRow),
                  p.slots[pass * apart], std::move(before)));
    }
    SmallVector<Value> found = forColumns(stages);
    if (passes > last && !isWhole()) {
      stages.back().results.push_back(found.back());
      enter(stages.back());
      storeRowValue();
    }
    Pipeline next = p;
    std::rotate(next.slots.begin(), next.slots.end() - 1, next.slots.end());
    for (int64_t pass = 0; pass < std::min(last, passes); ++pass) {
      SmallVector<Value> &of = next.results[pass];
      std::rotate(of.begin(), of.end() - 1, of.end());
      of[0] = found[pass];
    }
    return next;
  }

  Pipeline empty() {
    Pipeline p;
    ScalarEmitter s(kernel.b, kernel.loc);
    for (int64_t step = 0; step <= last * apart; ++step)
      p.slots.push_back(m.cst(kept.empty() ? 0 : step * keptLength()));
    for (int64_t pass = 0; pass < last; ++pass) {
      ReduceOp op = reductions[pass];
      Type type = getElementTypeOrSelf(op.getResult());
      Scalar none =
          s.cast(neutralElement(s, op.getKind(), accumulatorType(type)), type);
      p.results.emplace_back((last - pass) * apart, none.value);
    }
    return p;
  }

  void emitPipelined() {
    Pipeline p = empty();
    finalRow = m.sub(kernel.end, m.cst(1));
    auto run = [&](Value first, Value stop, Value ahead, int64_t passes) {
      p = p.with(
          m.loop(first, stop, 1, p.flat(), [&](Value row, ValueRange args) {
            return advance(p.with(args), m.add(row, ahead), passes).flat();
          }));
    };
    for (int64_t pass = 0; pass < last; ++pass)
      run(m.cst(pass * apart), m.cst((pass + 1) * apart), kernel.begin,
          pass + 1);
    run(kernel.begin, kernel.end, m.cst(last * apart), last + 1);
  }

  void emit(LaunchPlan &plan) {
    for (Kept &k : kept)
      if (k.memory != kernel.output)
        k.memory =
            kernel.scratchBuffer(getElementTypeOrSelf(k.tensor),
                                 (last * apart + 1) * keptLength(), plan);
    if (apart)
      emitPipelined();
    else
      emitRowByRow();
    for (ReduceOp op : reductions)
      e.undefine(op.getResult());
  }

  /// Whether rows are such as code for up to `longest` elements is for.
  Value isFor() {
    auto compare = [&](arith::CmpIPredicate how, Value v, int64_t with) {
      return arith::CmpIOp::create(kernel.b, kernel.loc, how, v, m.cst(with))
          .getResult();
    };
    Value fits = compare(arith::CmpIPredicate::sle, length, *longest);
    if (!apart)
      return fits;
    return arith::AndIOp::create(
        kernel.b, kernel.loc, fits,
        compare(arith::CmpIPredicate::sge, m.product(outer), kFewRows));
  }

  /// For each kind of code the longest rows that it is for; none where their
  /// length is known.
  SmallVector<int64_t> bounds() {
    SmallVector<int64_t> all;
    if (!isOpen())
      return all;
    if (apart)
      all.push_back(longestTogether(apart));
    if (isWhole() && (reductions.size() > 1 || !kept.empty()))
      if (int64_t n = longestBeforeNext(); all.empty() || n > all.back())
        all.push_back(n);
    return all;
  }

  LaunchPlan planOf() {
    LaunchPlan plan;
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

/// Of rows whose length a run tells, the code for the first of these bounds
/// that it does not exceed, or for any.
void emitUpTo(Kernel &kernel, ArrayRef<int64_t> bounds, LaunchPlan &plan) {
  if (bounds.empty())
    return RowEmitter(kernel).emit(plan);
  RowEmitter rows(kernel, bounds.front());
  auto choice = scf::IfOp::create(kernel.b, kernel.loc, rows.isFor(),
                                  /*withElseRegion=*/true);
  OpBuilder::InsertionGuard guard(kernel.b);
  kernel.b.setInsertionPointToStart(choice.thenBlock());
  LaunchPlan some = plan, others = plan;
  rows.emit(some);
  kernel.b.setInsertionPointToStart(choice.elseBlock());
  emitUpTo(kernel, bounds.drop_front(), others);
  plan.scratch = std::max(some.scratch, others.scratch);
}
} // namespace

LaunchPlan cpu::emitRows(Kernel &kernel) {
  RowEmitter rows(kernel, /*bound=*/1);
  LaunchPlan plan = rows.planOf();
  emitUpTo(kernel, rows.bounds(), plan);
  markIndependent(kernel.func);
  return plan;
}
