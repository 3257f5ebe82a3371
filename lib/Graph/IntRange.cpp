//===- IntRange.cpp - between which numbers integers lie --------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Graph/IntRange.h"

#include "dialects/dlc/Dlc.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace dlc;

static IntRange merge(IntRange a, IntRange b) {
  return {std::min(a.low, b.low), std::max(a.high, b.high)};
}

/// Unknown unless both ends are near enough not to wrap in the type.
static IntRange within(IntRange range, Type element) {
  unsigned width = element.getIntOrFloatBitWidth();
  int64_t limit = int64_t(1) << std::min(width - 1, 60u);
  bool isUnsigned = element.isUnsignedInteger();
  if (range.low < (isUnsigned ? 0 : -limit) || range.high >= limit)
    return {};
  return range;
}

static IntRange combine(Operation *op, IntRange a, IntRange b) {
  constexpr int64_t far = IntRange::far;
  return llvm::TypeSwitch<Operation *, IntRange>(op)
      .Case([&](MinOp) {
        return IntRange{std::min(a.low, b.low), std::min(a.high, b.high)};
      })
      .Case([&](MaxOp) {
        return IntRange{std::max(a.low, b.low), std::max(a.high, b.high)};
      })
      .Case([&](AddOp) {
        if (a.low == -far || b.low == -far || a.high == far || b.high == far)
          return IntRange();
        return IntRange{llvm::AddOverflow(a.low, b.low, a.low) ? -far : a.low,
                        llvm::AddOverflow(a.high, b.high, a.high) ? far
                                                                  : a.high};
      })
      .Case([&](SubOp) {
        if (a.low == -far || b.low == -far || a.high == far || b.high == far)
          return IntRange();
        return IntRange{a.low - b.high, a.high - b.low};
      })
      .Case([&](MulOp) {
        int64_t low, high;
        if (a.low < 0 || b.low < 0 || llvm::MulOverflow(a.low, b.low, low) ||
            llvm::MulOverflow(a.high, b.high, high))
          return IntRange();
        return IntRange{low, high};
      })
      .Default([](Operation *) { return IntRange(); });
}

static IntRange ofConstant(ConstantOp op) {
  auto elements = dyn_cast<DenseIntElementsAttr>(op.getValue());
  if (!elements || elements.empty())
    return {};
  IntRange range{IntRange::far, -IntRange::far};
  bool isUnsigned = elements.getElementType().isUnsignedInteger();
  auto take = [&](const APInt &value) {
    if (value.getSignificantBits() > 62 ||
        (isUnsigned && value.getActiveBits() > 62))
      return range = IntRange(), void();
    int64_t v = isUnsigned ? static_cast<int64_t>(value.getZExtValue())
                           : value.getSExtValue();
    range = merge(range, {v, v});
  };
  if (elements.isSplat()) {
    take(elements.getSplatValue<APInt>());
    return range;
  }
  for (const APInt &value : elements.getValues<APInt>())
    take(value);
  return range;
}

IntRange dlc::rangeOf(Value tensor, unsigned depth) {
  Operation *op = tensor.getDefiningOp();
  Type element = typeOf(tensor).getElementType();
  if (!op || depth > 16 || !isa<IntegerType>(element))
    return {};
  if (element.isInteger(1))
    return {0, 1};
  auto of = [&](Value v) { return rangeOf(v, depth + 1); };
  IntRange range =
      llvm::TypeSwitch<Operation *, IntRange>(op)
          .Case([&](ConstantOp op) { return ofConstant(op); })
          .Case([&](IotaOp op) {
            int64_t size = op.getType().getDimSize(op.getDimension());
            return ShapedType::isDynamic(size) ? IntRange{0, IntRange::far}
                                               : IntRange{0, size - 1};
          })
          .Case<BroadcastOp, ReshapeOp, TransposeOp, SliceOp>(
              [&](auto op) { return of(op.getInput()); })
          .Case([&](GatherOp op) { return of(op.getData()); })
          .Case([&](PadOp op) {
            return merge(of(op.getInput()), of(op.getValue()));
          })
          .Case([&](ConcatOp op) {
            IntRange range = of(op.getInputs().front());
            for (Value input : op.getInputs().drop_front())
              range = merge(range, of(input));
            return range;
          })
          .Case([&](SelectOp op) {
            return merge(of(op->getOperand(1)), of(op->getOperand(2)));
          })
          .Case([&](CastOp op) { return of(op->getOperand(0)); })
          .Case<MinOp, MaxOp, AddOp, SubOp, MulOp>([&](auto op) {
            return combine(op, of(op->getOperand(0)), of(op->getOperand(1)));
          })
          .Default([](Operation *) { return IntRange(); });
  bool oneSided = isa<MinOp, MaxOp, IotaOp>(op);
  return oneSided ? range : within(range, element);
}
