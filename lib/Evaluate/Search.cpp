//===- Search.cpp - operations that look for elements -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Evaluate/Call.h"
#include "Evaluate/Elements.h"

#include <numeric>

using namespace mlir;
using namespace dlc;

/// A NaN is greater than any number.
template <typename T> static bool isGreater(T a, T b) {
  if constexpr (std::is_same_v<T, double>)
    if (std::isnan(a) || std::isnan(b))
      return std::isnan(a) && !std::isnan(b);
  return a > b;
}

Result dlc::evaluateOp(TopKOp op, const Call &call) {
  const HostTensor &input = call.operands[0];
  int64_t axis = op.getAxis(), size = input.getShape()[axis],
          k = Reader(call.operands[1]).get<int64_t>(0);
  if (k < 0 || k > size || k != call.getType().getDimSize(axis))
    return call.fail("k = " + Twine(k) + " does not fit the shapes");
  Result result = call.allocate();
  if (failed(result))
    return failure();
  int64_t inner = countElements(input.getShape().drop_front(axis + 1)),
          outer = countElements(input.getShape().take_front(axis));
  Writer writer(*result);
  withNumberType(input.getElementType(), [&](auto zero) {
    using T = decltype(zero);
    std::vector<T> values = widen<T>(input);
    std::vector<int64_t> order(size);
    for (int64_t o = 0; o < outer; ++o)
      for (int64_t i = 0; i < inner; ++i) {
        auto at = [&](int64_t n) { return values[(o * size + n) * inner + i]; };
        std::iota(order.begin(), order.end(), 0);
        llvm::stable_sort(order, [&](int64_t a, int64_t b) {
          return op.getLeast() ? isGreater(at(b), at(a))
                               : isGreater(at(a), at(b));
        });
        for (int64_t n = 0; n < k; ++n)
          writer.set((o * k + n) * inner + i, order[n]);
      }
  });
  return result;
}

Result dlc::evaluateOp(NonZeroOp op, const Call &call) {
  Result result = call.allocate();
  if (failed(result))
    return failure();
  Reader reader(call.operands[0]);
  Writer writer(*result);
  int64_t size = result->getNumElements(), count = 0;
  for (int64_t i = 0; i < size; ++i)
    if (reader.get<int64_t>(i))
      writer.set(count++, i);
  for (; count < size; ++count)
    writer.set<int64_t>(count, -1);
  return result;
}

//===----------------------------------------------------------------------===//
// nms
//===----------------------------------------------------------------------===//

/// Whether two boxes have more than `overlap` of what they cover in common.
static bool doOverlap(const double *a, const double *b, double overlap) {
  double common = 1, areaA = 1, areaB = 1;
  for (int d = 0; d < 2; ++d) {
    common *=
        std::max(std::min(a[d + 2], b[d + 2]) - std::max(a[d], b[d]), 0.0);
    areaA *= a[d + 2] - a[d];
    areaB *= b[d + 2] - b[d];
  }
  return common > 0 && common / (areaA + areaB - common) > overlap;
}

Result dlc::evaluateOp(NmsOp op, const Call &call) {
  Result result = call.allocate();
  if (failed(result))
    return failure();
  ArrayRef<int64_t> shape = result->getShape();
  std::vector<double> boxes = widen<double>(call.operands[0]),
                      scores = widen<double>(call.operands[1]);
  double overlap = Reader(call.operands[2]).get<double>(0),
         least = Reader(call.operands[3]).get<double>(0);
  int64_t limit = Reader(call.operands[4]).get<int64_t>(0);
  Writer writer(*result);
  for (int64_t line = 0; line < shape[0] * shape[1]; ++line) {
    const double *score = scores.data() + line * shape[2],
                 *box = boxes.data() + line / shape[1] * shape[2] * 4;
    SmallVector<int64_t> order, chosen;
    for (int64_t i = 0; i < shape[2]; ++i)
      if (score[i] > least)
        order.push_back(i);
    llvm::stable_sort(
        order, [&](int64_t a, int64_t b) { return score[a] > score[b]; });
    for (int64_t i : order) {
      if (static_cast<int64_t>(chosen.size()) >= limit)
        break;
      if (llvm::none_of(chosen, [&](int64_t j) {
            return doOverlap(box + 4 * i, box + 4 * j, overlap);
          }))
        chosen.push_back(i);
    }
    chosen.resize(shape[2], -1);
    for (auto [i, box] : llvm::enumerate(chosen))
      writer.set(line * shape[2] + i, box);
  }
  return result;
}
