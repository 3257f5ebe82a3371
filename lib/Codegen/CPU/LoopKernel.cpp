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

/// The number of trailing dimensions that can be walked as one: those that
/// every operation passes through whole or repeats whole.
static int64_t mergeableDims(Kernel &kernel) {
  int64_t rank = kernel.computedType().getRank();
  if (rank < 2)
    return rank;
  int64_t merged = rank;
  SmallVector<Value> work{kernel.root};
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

LaunchPlan cpu::emitLoop(Kernel &kernel) {
  IndexMath m = kernel.math();
  ElementEmitter &emitter = kernel.emitter;
  RankedTensorType type = kernel.computedType();
  int64_t rank = type.getRank(),
          merged = std::max<int64_t>(mergeableDims(kernel), 0);
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
    kernel.forVectors(lo, hi, [&](Value i, Value mask) {
      Point point;
      for (Value v : rows)
        point.indices.push_back({v});
      for (int64_t d = 1; d < merged; ++d)
        point.indices.push_back({m.cst(0)});
      if (merged > 0)
        point.indices.push_back({i, 1, {}});
      point.linear = m.add(rowStart, i);
      point.linearStep = 1;
      point.space = type;
      Scalar value = emitter.emit(kernel.root, point, kernel.lanes(), mask);
      emitter.store(value, kernel.output, point.linear, kernel.lanes(), mask);
    });
  });

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
    return s.mul(
        rows, s.floorDiv(s.add(inner, s.constant(blockSize - 1)), blockSize));
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
          point.linear = m.add(from, i);
          point.linearStep = 1;
          point.space = inputType;
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
  ArrayRef<int64_t> outer = op.getType().getShape().drop_back(2),
                    low = op.getStaticLow(),
                    inner = op.getInput().getType().getShape();
  int64_t channels = inner.back(),
          row = op.getType().getDimSize(rank - 2) * channels;
  int64_t first = low[rank - 2] * channels,
          last = first + inner[rank - 2] * channels;
  SmallVector<Value> sizes;
  for (int64_t d : outer)
    sizes.push_back(m.cst(d));
  kernel.forUnits([&](Value unit) {
    Value start = m.mul(unit, row);
    auto fill = [&](Value lo, Value hi) {
      kernel.forVectors(lo, hi, [&](Value i, Value mask) {
        Scalar zero = kernel.splat(emitter.emit(op.getValue(), Point(), 1));
        emitter.store(zero, kernel.output, m.add(start, i), kernel.lanes(),
                      mask);
      });
    };
    // Rows of pixels inside of the border have zeros at their ends only.
    Value inside = arith::ConstantIntOp::create(kernel.b, kernel.loc, 1, 1);
    for (auto [d, i] : llvm::enumerate(m.delinearize(unit, sizes))) {
      Value at =
          arith::CmpIOp::create(kernel.b, kernel.loc, arith::CmpIPredicate::ult,
                                m.add(i, -low[d]), m.cst(inner[d]));
      inside = arith::AndIOp::create(kernel.b, kernel.loc, inside, at);
    }
    Value stop = arith::SelectOp::create(kernel.b, kernel.loc, inside,
                                         m.cst(first), m.cst(row));
    Value resume = arith::SelectOp::create(kernel.b, kernel.loc, inside,
                                           m.cst(last), m.cst(row));
    fill(m.cst(0), stop);
    fill(resume, m.cst(row));
  });
  LaunchPlan plan;
  plan.kind = "border";
  plan.grain = std::max<int64_t>(1, 16384 / std::max<int64_t>(1, row));
  int64_t units = 1;
  for (int64_t d : outer)
    units *= d;
  plan.units = [units](const ShapeAlgebra &s, ArrayRef<Dim>) {
    return s.constant(units);
  };
  return plan;
}
