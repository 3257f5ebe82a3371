//===- Arithmetic.cpp - pointwise and reducing operations -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Evaluate/Call.h"
#include "Evaluate/Combine.h"
#include "Evaluate/Elements.h"

using namespace mlir;
using namespace dlc;

//===----------------------------------------------------------------------===//
// Pointwise
//===----------------------------------------------------------------------===//

/// Elements [0, count), each computed from the operands' at the same place.
static void applyEach(PointwiseOpInterface op, ArrayRef<HostTensor> operands,
                      HostTensor &result, int64_t count) {
  ScalarEvaluator algebra;
  SmallVector<Reader> readers;
  SmallVector<Scalar> args(operands.size());
  for (auto [operand, arg] : llvm::zip(operands, args)) {
    readers.emplace_back(operand);
    arg.type = operand.getElementType();
  }
  Writer writer(result);
  for (int64_t i = 0; i < count; ++i) {
    for (auto [reader, arg] : llvm::zip_equal(readers, args))
      reader.read(i, arg);
    writer.write(i, op.apply(algebra, args));
  }
}

Result dlc::evaluateOp(PointwiseOpInterface op, const Call &call) {
  RankedTensorType type = call.getType();
  auto isSplat = [](const HostTensor &t) { return t.isSplat(); };
  if (!llvm::all_of(call.operands, isSplat)) {
    Result result = call.allocate();
    if (succeeded(result))
      applyEach(op, call.operands, *result, type.getNumElements());
    return result;
  }
  Result one =
      HostTensor::allocate(RankedTensorType::get({}, type.getElementType()));
  if (failed(one))
    return failure();
  applyEach(op, call.operands, *one, 1);
  return HostTensor::splat(type, one->data());
}

//===----------------------------------------------------------------------===//
// Reductions
//===----------------------------------------------------------------------===//

/// Where the first element of each row lies, if a tensor is walked along some
/// dimensions only: all index combinations of the others, in order.
static SmallVector<int64_t> placesAlong(ArrayRef<int64_t> shape,
                                        ArrayRef<int64_t> strides,
                                        ArrayRef<int64_t> axes) {
  SmallVector<int64_t> places{0};
  for (int64_t axis : axes) {
    SmallVector<int64_t> next;
    next.reserve(places.size() * shape[axis]);
    for (int64_t place : places)
      for (int64_t i = 0; i < shape[axis]; ++i)
        next.push_back(place + i * strides[axis]);
    places = std::move(next);
  }
  return places;
}

static SmallVector<int64_t> otherAxes(int64_t rank, ArrayRef<int64_t> axes) {
  return llvm::filter_to_vector(llvm::seq<int64_t>(0, rank), [&](int64_t i) {
    return !llvm::is_contained(axes, i);
  });
}

Result dlc::evaluateOp(ReduceOp op, const Call &call) {
  const HostTensor &input = call.operands[0];
  Result result = call.allocate();
  if (failed(result))
    return failure();
  SmallVector<int64_t> strides = rowMajorStrides(input.getShape());
  SmallVector<int64_t> starts = placesAlong(
      input.getShape(), strides, otherAxes(input.getRank(), op.getAxes()));
  // In memory order, whatever order the axes are given in.
  SmallVector<int64_t> axes(op.getAxes());
  llvm::sort(axes);
  SmallVector<int64_t> places = placesAlong(input.getShape(), strides, axes);
  Reader reader(input);
  Writer writer(*result);
  withNumberType(input.getElementType(), [&](auto zero) {
    using T = decltype(zero);
    for (auto [i, start] : llvm::enumerate(starts)) {
      T total = neutral<T>(op.getKind(), input.getElementType());
      for (int64_t place : places)
        total = combine(op.getKind(), total, reader.get<T>(start + place));
      writer.set(i, total);
    }
  });
  return result;
}

/// Whether x takes the place of the best so far. A NaN is beyond everything.
template <typename T> static bool isBetter(ReduceKind kind, T x, T best) {
  if constexpr (std::is_same_v<T, double>)
    if (std::isnan(x) || std::isnan(best))
      return std::isnan(x) && !std::isnan(best);
  return kind == ReduceKind::max ? x > best : x < best;
}

template <typename T>
static int64_t findBest(ArgReduceOp op, const Reader &reader, int64_t start,
                        int64_t step, int64_t size) {
  int64_t best = 0;
  for (int64_t i = 1; i < size; ++i) {
    T x = reader.get<T>(start + i * step),
      y = reader.get<T>(start + best * step);
    bool takes = op.getLast() ? !isBetter(op.getKind(), y, x)
                              : isBetter(op.getKind(), x, y);
    best = takes ? i : best;
  }
  return best;
}

Result dlc::evaluateOp(ArgReduceOp op, const Call &call) {
  const HostTensor &input = call.operands[0];
  Result result = call.allocate();
  if (failed(result))
    return failure();
  int64_t axis = op.getAxis(), size = input.getShape()[axis];
  SmallVector<int64_t> strides = rowMajorStrides(input.getShape());
  SmallVector<int64_t> starts =
      placesAlong(input.getShape(), strides, otherAxes(input.getRank(), axis));
  if (size == 0 && !starts.empty())
    return call.fail("no element to find");
  Reader reader(input);
  Writer writer(*result);
  withNumberType(input.getElementType(), [&](auto zero) {
    for (auto [i, start] : llvm::enumerate(starts))
      writer.set(
          i, findBest<decltype(zero)>(op, reader, start, strides[axis], size));
  });
  return result;
}

Result dlc::evaluateOp(ScanOp op, const Call &call) {
  const HostTensor &input = call.operands[0];
  Result result = call.allocate();
  if (failed(result))
    return failure();
  int64_t axis = op.getAxis(), size = input.getShape()[axis];
  SmallVector<int64_t> strides = rowMajorStrides(input.getShape());
  SmallVector<int64_t> starts =
      placesAlong(input.getShape(), strides, otherAxes(input.getRank(), axis));
  Reader reader(input);
  Writer writer(*result);
  withNumberType(input.getElementType(), [&](auto zero) {
    using T = decltype(zero);
    for (int64_t start : starts) {
      T total = neutral<T>(op.getKind(), input.getElementType());
      for (int64_t i = 0; i < size; ++i) {
        int64_t place =
            start + (op.getReverse() ? size - 1 - i : i) * strides[axis];
        T next = combine(op.getKind(), total, reader.get<T>(place));
        writer.set(place, op.getExclusive() ? total : next);
        total = next;
      }
    }
  });
  return result;
}
