//===- IndexMath.cpp - folded arithmetic on index values -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Codegen/CPU/IndexMath.h"

#include "mlir/Dialect/Utils/StaticValueUtils.h"

using namespace mlir;
using namespace dlc::cpu;

std::optional<int64_t> dlc::cpu::constantIndex(Value v) {
  return getConstantIntValue(v);
}

Value IndexMath::value(OpFoldResult d) {
  if (auto v = dyn_cast<Value>(d))
    return v;
  return cst(*getConstantIntValue(d));
}

/// Both constant: computes on the host.
static std::optional<std::pair<int64_t, int64_t>> constants(Value x, Value y) {
  auto a = constantIndex(x), b = constantIndex(y);
  if (a && b)
    return std::pair(*a, *b);
  return std::nullopt;
}

Value IndexMath::add(Value x, Value y) {
  return b.createOrFold<arith::AddIOp>(loc, x, y);
}

Value IndexMath::sub(Value x, Value y) {
  return b.createOrFold<arith::SubIOp>(loc, x, y);
}

Value IndexMath::mul(Value x, Value y) {
  if (constantIndex(x) == 1)
    return y;
  if (constantIndex(y) == 1)
    return x;
  return b.createOrFold<arith::MulIOp>(loc, x, y);
}

Value IndexMath::div(Value x, Value y) {
  if (constantIndex(y) == 1)
    return x;
  if (auto c = constants(x, y); c && c->second > 0)
    return cst(c->first / c->second);
  return b.createOrFold<arith::DivUIOp>(loc, x, y);
}

Value IndexMath::rem(Value x, Value y) {
  if (constantIndex(y) == 1)
    return cst(0);
  if (auto c = constants(x, y); c && c->second > 0)
    return cst(c->first % c->second);
  return b.createOrFold<arith::RemUIOp>(loc, x, y);
}

Value IndexMath::ceilDiv(Value x, int64_t y) {
  return div(add(x, y - 1), cst(y));
}

Value IndexMath::min(Value x, Value y) {
  if (auto c = constants(x, y))
    return cst(std::min(c->first, c->second));
  return b.createOrFold<arith::MinSIOp>(loc, x, y);
}

Value IndexMath::max(Value x, Value y) {
  if (auto c = constants(x, y))
    return cst(std::max(c->first, c->second));
  return b.createOrFold<arith::MaxSIOp>(loc, x, y);
}

Value IndexMath::less(Value x, Value y) {
  return b.createOrFold<arith::CmpIOp>(loc, arith::CmpIPredicate::slt, x, y);
}

Value IndexMath::product(ValueRange values) {
  Value p = cst(1);
  for (Value v : values)
    p = mul(p, v);
  return p;
}

Value IndexMath::byteSize(ValueRange sizes, int64_t elementBytes) {
  // Leaves room to add up the sizes of all tensors of a program.
  Value most = cst(int64_t(1) << 48), bytes = cst(elementBytes);
  for (Value size : sizes) {
    if (auto c = constants(bytes, size);
        c &&
        c->second <= *constantIndex(most) / std::max<int64_t>(c->first, 1)) {
      bytes = cst(c->first * c->second);
      continue;
    }
    auto wide = arith::MulUIExtendedOp::create(b, loc, bytes, size);
    Value low = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::ule,
                                      wide.getLow(), most);
    Value fits = arith::AndIOp::create(
        b, loc, low,
        arith::CmpIOp::create(b, loc, arith::CmpIPredicate::eq, wide.getHigh(),
                              cst(0)));
    bytes = arith::SelectOp::create(b, loc, fits, wide.getLow(), most);
  }
  return max(bytes, cst(elementBytes));
}

SmallVector<Value> IndexMath::delinearize(Value linear, ValueRange sizes) {
  SmallVector<Value> indices(sizes.size());
  // Leading sizes of 1 get 0 rather than what is left.
  size_t first = 0;
  while (first + 1 < sizes.size() && constantIndex(sizes[first]) == 1)
    indices[first++] = cst(0);
  for (size_t i = sizes.size(); i-- > first + 1;) {
    indices[i] = rem(linear, sizes[i]);
    linear = div(linear, sizes[i]);
  }
  if (!sizes.empty())
    indices[first] = linear;
  return indices;
}

Value IndexMath::linearize(ValueRange indices, ValueRange sizes) {
  Value linear = cst(0);
  for (auto [index, size] : llvm::zip(indices, sizes))
    linear = add(mul(linear, size), index);
  return linear;
}

void IndexMath::loop(Value lo, Value hi, int64_t step,
                     function_ref<void(Value)> body) {
  loop(lo, hi, step, {}, [&](Value i, ValueRange) {
    body(i);
    return SmallVector<Value>();
  });
}

SmallVector<Value>
IndexMath::loop(Value lo, Value hi, int64_t step, ValueRange init,
                function_ref<SmallVector<Value>(Value, ValueRange)> body) {
  if (auto c = constants(lo, hi)) {
    if (c->first >= c->second)
      return SmallVector<Value>(init);
    if (c->first + step >= c->second)
      return body(lo, init);
  }
  auto forOp = scf::ForOp::create(b, loc, lo, hi, cst(step), init);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(forOp.getBody());
  SmallVector<Value> results =
      body(forOp.getInductionVar(), forOp.getRegionIterArgs());
  if (init.empty()) {
    b.setInsertionPointToEnd(forOp.getBody());
    if (forOp.getBody()->empty() ||
        !forOp.getBody()->back().hasTrait<OpTrait::IsTerminator>())
      scf::YieldOp::create(b, loc);
  } else {
    scf::YieldOp::create(b, loc, results);
  }
  return SmallVector<Value>(forOp.getResults());
}

void IndexMath::ifThen(Value condition, function_ref<void()> body) {
  if (auto c = constantIndex(condition)) {
    if (*c != 0)
      body();
    return;
  }
  auto ifOp = scf::IfOp::create(b, loc, condition, /*withElseRegion=*/false);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(ifOp.thenBlock());
  body();
}
