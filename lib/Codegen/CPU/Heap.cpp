//===- Heap.cpp - a heap of indices in a kernel's output -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Codegen/CPU/Heap.h"

#include "dialects/dlc/ScalarEmitter.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;
using namespace dlc;
using namespace dlc::cpu;

Value cpu::toI64(Kernel &kernel, Value index) {
  return arith::IndexCastOp::create(kernel.b, kernel.loc, kernel.b.getI64Type(),
                                    index);
}

Value cpu::toIndex(Kernel &kernel, Value i64) {
  return arith::IndexCastOp::create(kernel.b, kernel.loc,
                                    kernel.b.getIndexType(), i64);
}

Scalar cpu::isGreater(ScalarAlgebra &s, const Scalar &x, const Scalar &y) {
  Scalar greater = s.lt(y, x);
  if (!isa<FloatType>(x.type))
    return greater;
  return s.or_(greater, s.and_(s.ne(x, x), s.eq(y, y)));
}

Value cpu::comesBefore(Kernel &kernel, const Scalar &x, Value i,
                       const Scalar &y, Value j, bool rising) {
  ScalarEmitter s(kernel.b, kernel.loc);
  Type i1 = kernel.b.getI1Type();
  Scalar first = rising ? isGreater(s, y, x) : isGreater(s, x, y);
  Scalar last = rising ? isGreater(s, x, y) : isGreater(s, y, x);
  Scalar earlier{i1, kernel.math().less(i, j)};
  return s.or_(first, s.and_(s.not_(last), earlier)).value;
}

Value Heap::load(Value entry) {
  return toIndex(kernel, memref::LoadOp::create(kernel.b, kernel.loc, memory,
                                                place(entry)));
}

void Heap::store(Value index, Value entry) {
  memref::StoreOp::create(kernel.b, kernel.loc, toI64(kernel, index), memory,
                          place(entry));
}

void Heap::sink(Value entry, Value count) {
  OpBuilder &b = kernel.b;
  Location loc = kernel.loc;
  IndexMath m = kernel.math();
  Value item = load(entry);
  Value yes = arith::ConstantIntOp::create(b, loc, 1, 1);
  auto hasChild = [&](OpBuilder &, Location, ValueRange args) {
    Value child = m.add(m.mul(args[0], 2), 1);
    Value more = arith::AndIOp::create(b, loc, args[1], m.less(child, count));
    scf::ConditionOp::create(b, loc, more, args);
  };
  auto descend = [&](OpBuilder &, Location, ValueRange args) {
    Value hole = args[0], left = m.add(m.mul(hole, 2), 1);
    // The last entry may have no sibling, then it is its own.
    Value right = m.min(m.add(left, 1), m.add(count, -1));
    Value x = load(left), y = load(right);
    Value takesRight = above(y, x);
    Value child = arith::SelectOp::create(b, loc, takesRight, right, left);
    Value top = arith::SelectOp::create(b, loc, takesRight, y, x);
    Value rises = above(top, item);
    m.ifThen(rises, [&] { store(top, hole); });
    Value next = arith::SelectOp::create(b, loc, rises, child, hole);
    scf::YieldOp::create(b, loc, ValueRange{next, rises});
  };
  Value hole =
      scf::WhileOp::create(b, loc, TypeRange{b.getIndexType(), b.getI1Type()},
                           ValueRange{entry, yes}, hasChild, descend)
          .getResult(0);
  kernel.emitter.newPoint();
  store(item, hole);
}

void Heap::heapify(Value count) {
  IndexMath m = kernel.math();
  Value half = m.div(count, m.cst(2));
  m.loop(m.cst(0), half, 1,
         [&](Value i) { sink(m.sub(m.add(half, -1), i), count); });
}
