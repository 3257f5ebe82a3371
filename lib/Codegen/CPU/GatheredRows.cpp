//===- GatheredRows.cpp - gathers from what is computed ---------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Interpolation of two dimensions is a weighted sum of rows, and then one of
// elements of these. A unit is a row: it is computed once, in scratch memory
// that a near cache holds, and all elements are picked from there.

#include "Codegen/CPU/Kernel.h"

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

/// Computes a tensor at one index of its first dimensions, the `unit`-th;
/// `store` takes the values and where they are behind these dimensions.
static void
forElements(Kernel &kernel, Value tensor, Value unit, ArrayRef<Value> lead,
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
  m.loop(m.cst(0), m.product(middle), 1, [&](Value row) {
    SmallVector<Value> at(lead);
    llvm::append_range(at, m.delinearize(row, middle));
    UniformValues uniform(kernel, tensor, at);
    at.append(merged - 1, m.cst(0));
    kernel.forVectors(m.cst(0), inner, [&](Value i, Value mask) {
      Point point = Point::along(at, i);
      Value offset = m.add(m.mul(row, inner), i);
      point.liesAt(m.add(start, offset), type);
      store(e.emit(tensor, point, kernel.lanes(), mask), offset, mask);
    });
  });
  e.newPoint();
}

LaunchPlan cpu::emitGatheredRows(Kernel &kernel, Value rows) {
  IndexMath m = kernel.math();
  ElementEmitter &e = kernel.emitter;
  auto type = cast<RankedTensorType>(rows.getType());
  int64_t axis = 0;
  for (Operation *user : rows.getUsers())
    if (auto gather = dyn_cast<GatherOp>(user))
      axis = gather.getAxis();
  int64_t count = ShapedType::getNumElements(type.getShape().drop_front(axis));
  LaunchPlan plan;
  Value memory = kernel.scratchBuffer(
      type.getElementType(), llvm::alignTo(count, kernel.lanes()), plan);
  SmallVector<Value> sizes = e.sizes(kernel.root);
  Value length = m.product(ArrayRef(sizes).drop_front(axis));
  kernel.forUnits([&](Value unit) {
    SmallVector<Value> lead =
        m.delinearize(unit, ArrayRef(sizes).take_front(axis));
    auto storeTo = [&](Value to, Value first) {
      return [&, to, first](Scalar value, Value offset, Value mask) {
        e.store(value, to, m.add(first, offset), kernel.lanes(), mask);
      };
    };
    forElements(kernel, rows, unit, lead, storeTo(memory, m.cst(0)));
    e.bindPart(rows, memory, axis);
    forElements(kernel, kernel.root, unit, lead,
                storeTo(kernel.output, m.mul(unit, length)));
    e.unbind(rows);
  });
  plan.kind = "gathered rows";
  plan.grain = std::max<int64_t>(1, 16384 / std::max<int64_t>(1, count));
  plan.units = [axis](const ShapeAlgebra &s, ArrayRef<Dim> dims) {
    return product(s, dims.take_front(axis));
  };
  return plan;
}
