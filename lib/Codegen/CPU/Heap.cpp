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

Value cpu::comesBefore(Kernel &kernel, const Found &x, const Found &y,
                       bool rising) {
  ScalarEmitter s(kernel.b, kernel.loc);
  const Scalar &first = rising ? y.value : x.value,
               &last = rising ? x.value : y.value;
  Scalar earlier{kernel.b.getI1Type(), kernel.math().less(x.index, y.index)};
  Scalar isTie = s.not_(isGreater(s, last, first));
  return s.or_(isGreater(s, first, last), s.and_(isTie, earlier)).value;
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
  Found item = find(load(entry));
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
    Found x = find(load(left)), y = find(load(right));
    Value takesRight = above(y, x);
    auto choose = [&](Value whenRight, Value whenLeft) -> Value {
      return arith::SelectOp::create(b, loc, takesRight, whenRight, whenLeft);
    };
    Value child = choose(right, left);
    Found top{{x.value.type, choose(y.value.value, x.value.value)},
              choose(y.index, x.index)};
    Value rises = above(top, item);
    m.ifThen(rises, [&] { store(top.index, hole); });
    Value next = arith::SelectOp::create(b, loc, rises, child, hole);
    scf::YieldOp::create(b, loc, ValueRange{next, rises});
  };
  Value hole =
      scf::WhileOp::create(b, loc, TypeRange{b.getIndexType(), b.getI1Type()},
                           ValueRange{entry, yes}, hasChild, descend)
          .getResult(0);
  kernel.emitter.newPoint();
  store(item.index, hole);
}

void Heap::heapify(Value count) {
  IndexMath m = kernel.math();
  Value half = m.div(count, m.cst(2));
  m.loop(m.cst(0), half, 1,
         [&](Value i) { sink(m.sub(m.add(half, -1), i), count); });
}
