//===- GatheredRows.cpp - gathers from what is computed ---------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Interpolation of two dimensions is a weighted sum of rows, and then one of
// elements of these. A unit is a row: it is computed once, in scratch memory
// that a near cache holds, and all elements are picked from there.
//
// Where the nearest cache does not hold a row and what it is computed from, a
// strip of columns is done for all rows before the next one, if indices of a
// strip are of elements that lie together, as those of interpolation are.

#include "Codegen/CPU/Kernel.h"
#include "Codegen/CPU/Window.h"

using namespace mlir;
using namespace dlc;
using namespace dlc::cpu;

Value cpu::gatheredRows(Kernel &kernel) {
  Value rows;
  kernel.func.walk([&](GatherOp op) {
    if (op.getData().getDefiningOp<PointwiseOpInterface>())
      rows = op.getData();
  });
  return rows;
}

/// Computes a tensor at one index of its first dimensions, the `unit`-th, and
/// at `columns` of the next; `store` takes the values and where they are behind
/// the first dimensions.
static void
forElements(Kernel &kernel, Value tensor, Value unit, ArrayRef<Value> lead,
            Span columns,
            function_ref<void(Scalar value, Value offset, Value mask)> store) {
  IndexMath m = kernel.math();
  ElementEmitter &e = kernel.emitter;
  auto type = cast<RankedTensorType>(tensor.getType());
  int64_t behind = type.getRank() - lead.size(),
          merged = std::min(mergeableDims(kernel, tensor), behind);
  SmallVector<Value> sizes = e.sizes(tensor);
  ArrayRef<Value> own = ArrayRef(sizes).take_back(behind),
                  middle = own.drop_back(merged);
  Value inner = m.product(own.take_back(merged)),
        start = m.mul(unit, m.product(own));
  bool isOneRow = middle.empty();
  Value each = m.product(isOneRow ? own.drop_front() : middle.drop_front());
  Span all{m.mul(columns.first, each), m.mul(columns.last, each)},
      rows = isOneRow ? Span{m.cst(0), m.cst(1)} : all,
      elements = isOneRow ? all : Span{m.cst(0), inner};
  m.loop(rows.first, rows.last, 1, [&](Value row) {
    SmallVector<Value> at(lead);
    llvm::append_range(at, m.delinearize(row, middle));
    UniformValues uniform(kernel, tensor, at);
    at.append(merged - 1, m.cst(0));
    kernel.forVectors(elements.first, elements.last, [&](Value i, Value mask) {
      Point point = Point::along(at, i);
      Value offset = m.add(m.mul(row, inner), i);
      point.liesAt(m.add(start, offset), type);
      store(e.emit(tensor, point, kernel.lanes(), mask), offset, mask);
    });
  });
  e.newPoint();
}

namespace {
struct GatheredRowsEmitter {
  Kernel &kernel;
  Value rows;
  IndexMath m;
  ElementEmitter &e;
  RankedTensorType type, result;
  SmallVector<GatherOp> gathers;
  int64_t axis, count; ///< elements of a row
  SmallVector<Value> sizes;
  Value memory;
  LaunchPlan plan;

  GatheredRowsEmitter(Kernel &kernel, Value rows)
      : kernel(kernel), rows(rows), m(kernel.math()), e(kernel.emitter),
        type(cast<RankedTensorType>(rows.getType())),
        result(cast<RankedTensorType>(kernel.root.getType())) {
    for (Operation *user : rows.getUsers())
      if (auto gather = dyn_cast<GatherOp>(user))
        gathers.push_back(gather);
    axis = gathers.back().getAxis();
    count = ShapedType::getNumElements(type.getShape().drop_front(axis));
    sizes = e.sizes(kernel.root);
    memory = kernel.scratchBuffer(type.getElementType(),
                                  llvm::alignTo(count, kernel.lanes()), plan);
  }

  /// How many columns of the result are in a strip; nothing if whole rows are
  /// as good, or memory is what is waited for, which takes long runs best.
  std::optional<int64_t> stripWidth() {
    constexpr int64_t cache = 40 << 10, fewest = 4, mostBytes = 16 << 20;
    if (!result.hasStaticShape() || 4 * result.getNumElements() > mostBytes)
      return std::nullopt;
    // The row, and two that it is computed from.
    int64_t width = result.getDimSize(axis),
            bytes = 4 * (3 * count + ShapedType::getNumElements(
                                         result.getShape().drop_front(axis))),
            strips = llvm::divideCeil(bytes, cache);
    int64_t each = llvm::divideCeil(width, std::max<int64_t>(1, strips));
    if (strips <= 1 || each < fewest)
      return std::nullopt;
    return each;
  }

  /// The columns of the rows that those of the result are picked from.
  Span pickedFrom(Span columns) {
    SmallVector<Value> found = m.loop(
        columns.first, columns.last, 1, {e.sizes(rows)[axis], m.cst(0)},
        [&](Value column, ValueRange args) {
          Value least = args[0], behind = args[1];
          for (GatherOp op : gathers) {
            e.newPoint();
            Point point;
            point.indices.assign(result.getRank(), {m.cst(0)});
            point.indices[axis] = {column};
            Value picked =
                e.throughGather(op, point, 1, Value()).indices[axis].base;
            least = m.min(least, picked);
            behind = m.max(behind, m.add(picked, 1));
          }
          e.newPoint();
          return SmallVector<Value>{least, behind};
        });
    return {found[0], found[1]};
  }

  void forUnit(Value unit, Span picked, Span columns) {
    SmallVector<Value> lead =
        m.delinearize(unit, ArrayRef(sizes).take_front(axis));
    auto storeTo = [&](Value to, Value first) {
      return [&, to, first](Scalar value, Value offset, Value mask) {
        e.store(value, to, m.add(first, offset), kernel.lanes(), mask);
      };
    };
    Value length = m.product(ArrayRef(sizes).drop_front(axis));
    forElements(kernel, rows, unit, lead, picked, storeTo(memory, m.cst(0)));
    e.bindPart(rows, memory, axis);
    forElements(kernel, kernel.root, unit, lead, columns,
                storeTo(kernel.output, m.mul(unit, length)));
    e.unbind(rows);
  }

  /// Strips of `width` columns, or one if they had more than half of what they
  /// are picked from in common.
  void emitStrips(int64_t width) {
    Value all = sizes[axis];
    auto strip = [&](Value number, Value width) -> Span {
      Value first = m.mul(number, width);
      return {first, m.min(m.add(first, width), all)};
    };
    int64_t most = llvm::divideCeil(result.getDimSize(axis), width);
    Value sum = m.loop(m.cst(0), m.cst(most), 1, {m.cst(0)},
                       [&](Value number, ValueRange args) {
                         Span picked = pickedFrom(strip(number, m.cst(width)));
                         return SmallVector<Value>{
                             m.add(args[0], m.sub(picked.last, picked.first))};
                       })[0];
    Value isApart = m.less(m.mul(sum, 2), m.mul(e.sizes(rows)[axis], 3));
    auto choose = [&](Value x, Value y) -> Value {
      return arith::SelectOp::create(kernel.b, kernel.loc, isApart, x, y);
    };
    Value each = choose(m.cst(width), all);
    m.loop(m.cst(0), choose(m.cst(most), m.cst(1)), 1, [&](Value number) {
      Span columns = strip(number, each), picked = pickedFrom(columns);
      kernel.forUnits([&](Value unit) { forUnit(unit, picked, columns); });
    });
  }

  LaunchPlan emit() {
    if (auto width = stripWidth())
      emitStrips(*width);
    else
      kernel.forUnits([&](Value unit) {
        forUnit(unit, {m.cst(0), e.sizes(rows)[axis]}, {m.cst(0), sizes[axis]});
      });
    plan.kind = "gathered rows";
    plan.grain = std::max<int64_t>(1, 16384 / std::max<int64_t>(1, count));
    plan.units = [axis = axis](const ShapeAlgebra &s, ArrayRef<Dim> dims) {
      return product(s, dims.take_front(axis));
    };
    return plan;
  }
};
} // namespace

LaunchPlan cpu::emitGatheredRows(Kernel &kernel, Value rows) {
  return GatheredRowsEmitter(kernel, rows).emit();
}
