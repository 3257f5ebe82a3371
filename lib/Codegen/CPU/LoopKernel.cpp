//===- LoopKernel.cpp - pointwise and movement clusters -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Codegen/CPU/Kernel.h"

using namespace mlir;
using namespace dlc;
using namespace dlc::cpu;

/// Elements of the innermost dimension that are one unit of work.
static constexpr int64_t blockSize = 4096;

int64_t cpu::mergeableDims(Kernel &kernel, Value tensor) {
  int64_t rank = cast<RankedTensorType>(tensor.getType()).getRank();
  if (rank < 2)
    return rank;
  int64_t merged = rank;
  SmallVector<Value> work{tensor};
  llvm::DenseSet<Value> seen;
  while (!work.empty()) {
    Value v = work.pop_back_val();
    if (kernel.emitter.isBound(v) || !seen.insert(v).second)
      continue;
    Operation *op = v.getDefiningOp();
    if (llvm::isa<ConstantOp>(op))
      continue;
    if (llvm::isa<PointwiseOpInterface>(op)) {
      llvm::append_range(work, op->getOperands());
      continue;
    }
    if (auto gather = dyn_cast<GatherOp>(op)) {
      // What is behind the axis is picked whole.
      if (!kernel.emitter.isBound(gather.getData()) ||
          !kernel.emitter.isBound(gather.getIndices()))
        return 1;
      int64_t behind =
          gather.getData().getType().getRank() - 1 - gather.getAxis();
      merged = std::min(merged, std::max<int64_t>(1, behind));
      continue;
    }
    auto broadcast = dyn_cast<BroadcastOp>(op);
    // Below a broadcast there are inputs alone, or the indices would not be the
    // root's.
    if (!broadcast || broadcast.getType().getRank() != rank ||
        (!kernel.emitter.isBound(broadcast.getInput()) &&
         !broadcast.getInput().getDefiningOp<ConstantOp>()))
      return 1;
    RankedTensorType from = broadcast.getInput().getType();
    int64_t lead = rank - from.getRank();
    auto repeats = [&](int64_t d) -> std::optional<bool> {
      if (d < lead || from.getDimSize(d - lead) == 1)
        return true;
      if (ShapedType::isDynamic(from.getDimSize(d - lead)) &&
          !broadcast->hasAttr("equal"))
        return std::nullopt;
      return false;
    };
    std::optional<bool> last = repeats(rank - 1);
    int64_t n = 1;
    while (last && n < merged && repeats(rank - 1 - n) == last)
      ++n;
    merged = std::min(merged, n);
  }
  return merged;
}

namespace {
/// Which values are read, in all that a tensor is computed of, at the tensor's
/// own point alone: elsewhere an index may be another one.
class PointReads {
public:
  PointReads(ElementEmitter &emitter, Value tensor) : tensor(tensor) {
    SmallVector<Value> work{tensor};
    while (!work.empty()) {
      Operation *op = work.pop_back_val().getDefiningOp();
      if (!op || !members.insert(op).second)
        continue;
      for (Value operand : op->getOperands())
        if (!emitter.isBound(operand))
          work.push_back(operand);
    }
  }

  bool areAtPoint(Value v) {
    if (v == tensor)
      return true;
    if (auto it = memo.find(v); it != memo.end())
      return it->second;
    bool result = llvm::all_of(v.getUsers(), [&](Operation *user) {
      return !members.contains(user) || (isa<PointwiseOpInterface>(user) &&
                                         areAtPoint(user->getResult(0)));
    });
    return memo[v] = result;
  }

  /// Whether indices are those of gathers along one axis, and nothing else.
  bool areOfAxis(Value indices, uint64_t axis) {
    return llvm::all_of(indices.getUsers(), [&](Operation *user) {
      auto gather = dyn_cast<GatherOp>(user);
      return !members.contains(user) ||
             (gather && gather.getIndices() == indices &&
              gather.getData() != indices && gather.getAxis() == axis &&
              areAtPoint(gather.getResult()));
    });
  }

private:
  Value tensor;
  llvm::SmallDenseSet<Operation *> members;
  llvm::SmallDenseMap<Value, bool> memo;
};
} // namespace

UniformValues::UniformValues(Kernel &kernel, Value tensor,
                             ArrayRef<Value> outer)
    : emitter(kernel.emitter) {
  int64_t rank = cast<RankedTensorType>(tensor.getType()).getRank(),
          count = outer.size();
  emitter.newPoint();
  Point point;
  for (int64_t d = 0; d < rank; ++d)
    point.indices.push_back({d < count ? outer[d] : kernel.math().cst(0)});
  PointReads reads(emitter, tensor);
  SmallVector<Value> work{tensor};
  llvm::DenseSet<Value> seen;
  while (!work.empty()) {
    Value v = work.pop_back_val();
    if (emitter.isBound(v) || !seen.insert(v).second)
      continue;
    Operation *op = v.getDefiningOp();
    if (isa<PointwiseOpInterface>(op)) {
      llvm::append_range(work, op->getOperands());
    } else if (auto broadcast = dyn_cast<BroadcastOp>(op)) {
      Value input = broadcast.getInput();
      ArrayRef<int64_t> from =
          cast<RankedTensorType>(input.getType()).getShape();
      bool isUniform = llvm::all_of(
          from.take_back(std::min<int64_t>(rank - count, from.size())),
          [](int64_t size) { return size == 1; });
      if (isUniform && emitter.isBound(input) && reads.areAtPoint(v))
        define(v, kernel.splat(emitter.emit(v, point, 1)));
    } else if (auto gather = dyn_cast<GatherOp>(op)) {
      Value indices = gather.getIndices();
      int64_t axis = gather.getAxis();
      if (axis < count && emitter.isBound(indices) &&
          cast<RankedTensorType>(indices.getType()).getRank() == 1 &&
          reads.areOfAxis(indices, axis) && seen.insert(indices).second)
        define(indices, emitter.emit(indices, Point{{{outer[axis]}}}, 1));
    }
  }
}

UniformValues::~UniformValues() {
  for (Value v : defined)
    emitter.undefine(v);
  emitter.newPoint();
}

void UniformValues::define(Value tensor, Scalar value) {
  emitter.define(tensor, value);
  defined.push_back(tensor);
}

/// The number of trailing dimensions of a padded root that are walked as one:
/// from the last on that is padded, if what is padded lies so; 0 if the root is
/// no such.
static int64_t paddedDims(Kernel &kernel) {
  auto pad = kernel.root.getDefiningOp<PadOp>();
  if (!pad || pad.getMode() != PadMode::constant)
    return 0;
  int64_t rank = pad.getType().getRank(), dims = 1;
  while (dims < rank && !kernel.emitter.isPadded(pad, rank - dims))
    ++dims;
  return dims == 1 || kernel.emitter.isBound(pad.getInput()) ? dims : 0;
}

namespace {
/// A row of a padded tensor, [lo, hi) of it: fill, what is padded, fill.
struct PaddedRow {
  Kernel &kernel;
  /// The element of the row that is the first of what is padded, and how many
  /// of it there are.
  Value first, count;
  /// Whether there are any: the row's leading coordinates are inside.
  Value inside;

  /// `at` are the coordinates before those of the row.
  PaddedRow(Kernel &kernel, ArrayRef<Value> at, ArrayRef<Value> low,
            ArrayRef<Value> sizes, Value first, Value count)
      : kernel(kernel), first(first), count(count) {
    OpBuilder &b = kernel.b;
    IndexMath m = kernel.math();
    inside = arith::ConstantIntOp::create(b, kernel.loc, 1, 1);
    for (auto [i, before, size] : llvm::zip(at, low, sizes)) {
      Value is = arith::CmpIOp::create(b, kernel.loc, arith::CmpIPredicate::ult,
                                       m.sub(i, before), size);
      inside = arith::AndIOp::create(b, kernel.loc, inside, is);
    }
  }

  void emit(Value lo, Value hi, function_ref<void(Value, Value)> fill,
            function_ref<void(Value, Value)> copy) {
    IndexMath m = kernel.math();
    auto within = [&](Value i) {
      i = m.min(m.max(i, lo), hi);
      return arith::SelectOp::create(kernel.b, kernel.loc, inside, i, hi)
          .getResult();
    };
    Value stop = within(first), resume = within(m.add(first, count));
    fill(lo, stop);
    if (copy)
      copy(stop, resume);
    fill(resume, hi);
  }
};
} // namespace

/// [lo, hi) of a padded root's row, as walked by emitLoop.
static void emitPaddedRow(Kernel &kernel, PadOp pad, ArrayRef<Value> at,
                          Value rowStart, Value lo, Value hi) {
  IndexMath m = kernel.math();
  ElementEmitter &emitter = kernel.emitter;
  SmallVector<Value> low, sizes = emitter.sizes(pad.getInput());
  for (OpFoldResult v : pad.getMixedLow())
    low.push_back(m.value(v));
  int64_t outer = at.size();
  Value tail = m.product(ArrayRef(sizes).drop_front(outer + 1));
  PaddedRow row(kernel, at, low, sizes, m.mul(low[outer], tail),
                m.mul(sizes[outer], tail));
  auto store = [&](Scalar value, Value i, Value mask) {
    emitter.store(value, kernel.output, m.add(rowStart, i), kernel.lanes(),
                  mask);
  };
  auto fill = [&](Value from, Value to) {
    kernel.forVectors(from, to, [&](Value i, Value mask) {
      store(emitter.emit(pad.getValue(), Point(), 1), i, mask);
    });
  };
  row.emit(lo, hi, fill, [&](Value from, Value to) {
    SmallVector<Value> lead;
    for (auto [i, before] : llvm::zip(at, low))
      lead.push_back(m.sub(i, before));
    Value start = m.mul(m.linearize(lead, sizes), row.count);
    kernel.forVectors(from, to, [&](Value i, Value mask) {
      Value lane = m.sub(i, row.first);
      Point point = Point::along(lead, lane);
      while (static_cast<int64_t>(point.indices.size()) <
             pad.getType().getRank())
        point.indices.insert(point.indices.end() - 1, {m.cst(0)});
      point.liesAt(m.add(start, lane), pad.getInput().getType());
      store(emitter.emit(pad.getInput(), point, kernel.lanes(), mask), i, mask);
    });
  });
}

/// [lo, hi) of the last dimension of a root whose border repeats elements: what
/// is not of the border lies together. `at` are the other coordinates.
static void emitRepeatedRow(Kernel &kernel, PadOp pad, ArrayRef<Value> at,
                            Value rowStart, Value lo, Value hi) {
  IndexMath m = kernel.math();
  ElementEmitter &emitter = kernel.emitter;
  int64_t last = at.size();
  SmallVector<OpFoldResult> low = pad.getMixedLow();
  Value first = m.value(low[last]),
        behind = m.add(first, emitter.size(pad.getInput(), last));
  SmallVector<Index> outside;
  for (int64_t d = 0; d < last; ++d)
    outside.push_back(
        emitter.isPadded(pad, d)
            ? emitter.throughRepeat(pad, d, {m.sub(at[d], m.value(low[d]))}, 1)
            : Index{at[d]});
  auto emitAt = [&](Value i, Index lane, int64_t lanes, Value mask) {
    Point point{outside};
    point.indices.push_back(lane);
    Scalar value = emitter.emit(pad.getInput(), point, lanes, mask);
    emitter.store(value, kernel.output, m.add(rowStart, i), lanes, mask);
  };
  auto inside = [&](Value from, Value to) {
    kernel.forVectors(from, to, [&](Value i, Value mask) {
      emitAt(i, {m.sub(i, first), 1, {}}, kernel.lanes(), mask);
    });
  };
  // It is narrow, and elements lie anywhere.
  auto border = [&](Value from, Value to) {
    m.loop(from, to, 1, [&](Value i) {
      emitter.newPoint();
      emitAt(i, emitter.throughRepeat(pad, last, {m.sub(i, first)}, 1), 1,
             Value());
    });
    emitter.newPoint();
  };
  if (!emitter.isPadded(pad, last))
    return inside(lo, hi);
  auto within = [&](Value i) { return m.min(m.max(i, lo), hi); };
  Value start = within(first), stop = within(behind);
  border(lo, start);
  inside(start, stop);
  border(stop, hi);
}

LaunchPlan cpu::emitLoop(Kernel &kernel) {
  IndexMath m = kernel.math();
  ElementEmitter &emitter = kernel.emitter;
  RankedTensorType type = kernel.computedType();
  int64_t rank = type.getRank(), padded = paddedDims(kernel),
          merged = padded > 0 ? padded : mergeableDims(kernel, kernel.root);
  auto repeated = dyn_cast_or_null<PadOp>(kernel.root.getDefiningOp());
  if (repeated && (repeated.getMode() == PadMode::constant || merged != 1))
    repeated = {};
  int64_t outer = rank - merged;
  SmallVector<Value> sizes = emitter.sizes(kernel.root);
  Value inner = m.product(ArrayRef(sizes).drop_front(outer));
  Value blocks = m.ceilDiv(inner, blockSize);

  kernel.forUnits([&](Value unit) {
    Value row = m.div(unit, blocks);
    Value lo = m.mul(m.rem(unit, blocks), blockSize);
    Value hi = m.min(m.add(lo, blockSize), inner);
    if (constantIndex(inner) && *constantIndex(inner) <= blockSize)
      hi = inner;
    SmallVector<Value> rows =
        m.delinearize(row, ArrayRef(sizes).take_front(outer));
    Value rowStart = m.mul(row, inner);
    if (repeated)
      return emitRepeatedRow(kernel, repeated, rows, rowStart, lo, hi);
    if (padded > 0)
      return emitPaddedRow(kernel, cast<PadOp>(kernel.root.getDefiningOp()),
                           rows, rowStart, lo, hi);
    UniformValues uniform(kernel, kernel.root, rows);
    kernel.forVectors(lo, hi, [&](Value i, Value mask) {
      Point point;
      for (Value v : rows)
        point.indices.push_back({v});
      for (int64_t d = 1; d < merged; ++d)
        point.indices.push_back({m.cst(0)});
      if (merged > 0)
        point.indices.push_back({i, 1, {}});
      point.liesAt(m.add(rowStart, i), type);
      Scalar value = emitter.emit(kernel.root, point, kernel.lanes(), mask);
      emitter.store(value, kernel.output, point.linear, kernel.lanes(), mask);
    });
  });

  markIndependent(kernel.func);

  LaunchPlan plan;
  plan.kind = "loop";
  plan.grain = 4;
  if (type.hasStaticShape()) {
    int64_t n = 1;
    for (int64_t d = outer; d < rank; ++d)
      n *= type.getDimSize(d);
    plan.grain = std::max<int64_t>(
        1, 4 * blockSize / std::max<int64_t>(1, std::min(n, blockSize)));
  }
  plan.units = [outer](const ShapeAlgebra &s, ArrayRef<Dim> dims) {
    Dim rows = product(s, dims.take_front(outer)),
        inner = product(s, dims.drop_front(outer));
    return s.mul(rows, s.ceilDiv(inner, blockSize));
  };
  return plan;
}

LaunchPlan cpu::emitConcat(Kernel &kernel, ConcatOp op) {
  // A unit is one index of the dimensions before the axis; each input fills its
  // stretch of what is behind it.
  IndexMath m = kernel.math();
  ElementEmitter &emitter = kernel.emitter;
  RankedTensorType type = op.getType();
  int64_t axis = op.getAxis(), rank = type.getRank();
  SmallVector<Value> sizes = emitter.sizes(op.getResult());
  SmallVector<SmallVector<Value>> inputSizes;
  for (Value input : op.getInputs())
    inputSizes.push_back(emitter.sizes(input));

  kernel.forUnits([&](Value unit) {
    SmallVector<Value> lead =
        m.delinearize(unit, ArrayRef(sizes).take_front(axis));
    Value start = m.mul(unit, m.product(ArrayRef(sizes).drop_front(axis)));
    for (auto [input, own] : llvm::zip(op.getInputs(), inputSizes)) {
      auto inputType = cast<RankedTensorType>(input.getType());
      if (axis == rank - 1 || emitter.isBound(input)) {
        // From the axis on, an input in memory is one run.
        Value count = m.product(ArrayRef(own).drop_front(axis));
        Value from = m.mul(unit, count);
        kernel.forVectors(m.cst(0), count, [&](Value i, Value mask) {
          Point point;
          for (Value v : lead)
            point.indices.push_back({v});
          for (int64_t d = axis; d < rank - 1; ++d)
            point.indices.push_back({m.cst(0)});
          point.indices.push_back({i, 1, {}});
          point.liesAt(m.add(from, i), inputType);
          Scalar value = emitter.emit(input, point, kernel.lanes(), mask);
          emitter.store(value, kernel.output, m.add(start, i), kernel.lanes(),
                        mask);
        });
        start = m.add(start, count);
        continue;
      }
      SmallVector<Value> middle(own.begin() + axis, own.end() - 1);
      Value rows = m.product(middle), row = own.back();
      m.loop(m.cst(0), rows, 1, [&](Value r) {
        SmallVector<Value> at = m.delinearize(r, middle);
        kernel.forVectors(m.cst(0), row, [&](Value i, Value mask) {
          Point point;
          for (Value v : lead)
            point.indices.push_back({v});
          for (Value v : at)
            point.indices.push_back({v});
          point.indices.push_back({i, 1, {}});
          Scalar value = emitter.emit(input, point, kernel.lanes(), mask);
          Value offset = m.add(m.add(start, m.mul(r, row)), i);
          emitter.store(value, kernel.output, offset, kernel.lanes(), mask);
        });
      });
      start = m.add(start, m.mul(rows, row));
    }
  });

  LaunchPlan plan;
  plan.kind = "concat";
  plan.units = [axis](const ShapeAlgebra &s, ArrayRef<Dim> dims) {
    return product(s, dims.take_front(axis));
  };
  return plan;
}

LaunchPlan cpu::emitBorder(Kernel &kernel, PadOp op) {
  // A unit is one index of all dimensions but the last two: a row of pixels.
  IndexMath m = kernel.math();
  ElementEmitter &emitter = kernel.emitter;
  int64_t rank = op.getType().getRank();
  int64_t channels = op.getType().getShape().back(),
          row = op.getType().getDimSize(rank - 2) * channels;
  SmallVector<Value> low, inner = emitter.sizes(op.getInput()),
                          outer = emitter.sizes(op.getResult());
  outer.pop_back_n(2);
  for (int64_t d : op.getStaticLow())
    low.push_back(m.cst(d));
  kernel.forUnits([&](Value unit) {
    Value start = m.mul(unit, row);
    auto fill = [&](Value lo, Value hi) {
      kernel.forVectors(lo, hi, [&](Value i, Value mask) {
        Scalar zero = kernel.splat(emitter.emit(op.getValue(), Point(), 1));
        emitter.store(zero, kernel.output, m.add(start, i), kernel.lanes(),
                      mask);
      });
    };
    PaddedRow(kernel, m.delinearize(unit, outer), low, inner,
              m.mul(low[rank - 2], channels), m.mul(inner[rank - 2], channels))
        .emit(m.cst(0), m.cst(row), fill, {});
  });
  LaunchPlan plan;
  plan.kind = "border";
  plan.grain = std::max<int64_t>(1, 16384 / std::max<int64_t>(1, row));
  ArrayRef<int64_t> padded = op.getType().getShape().drop_back(2).drop_front();
  int64_t rows = ShapedType::getNumElements(padded);
  plan.units = [rows](const ShapeAlgebra &s, ArrayRef<Dim> dims) {
    return s.mul(dims.front(), s.constant(rows));
  };
  return plan;
}
