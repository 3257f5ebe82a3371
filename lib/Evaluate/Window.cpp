//===- Window.cpp - products, convolutions and pools on the host -*- C++
//-*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/dlc/Window.h"
#include "Evaluate/Call.h"
#include "Evaluate/Combine.h"
#include "Evaluate/Elements.h"

using namespace mlir;
using namespace dlc;

/// Sums of products need no order: unsigned integers compute as signed ones.
template <typename F> static void withSumType(Type type, F &&f) {
  if (isFloatScalar(type))
    f(double());
  else
    f(int64_t());
}

//===----------------------------------------------------------------------===//
// Matmul
//===----------------------------------------------------------------------===//

/// The place of each matrix of a batch, in elements; a size of 1 repeats.
static SmallVector<int64_t> matrixPlaces(ArrayRef<int64_t> shape,
                                         ArrayRef<int64_t> batch) {
  SmallVector<int64_t> strides = rowMajorStrides(shape), places{0};
  for (auto [i, size] : llvm::enumerate(batch)) {
    SmallVector<int64_t> next;
    for (int64_t place : places)
      for (int64_t j = 0; j < size; ++j)
        next.push_back(place + (shape[i] == 1 ? 0 : j * strides[i]));
    places = std::move(next);
  }
  return places;
}

Result dlc::evaluateOp(MatmulOp op, const Call &call) {
  if (op.getPacked())
    return call.fail("a packed operand is for generated code alone");
  Result result = call.allocate();
  if (failed(result))
    return failure();
  const HostTensor &lhs = call.operands[0], &rhs = call.operands[1];
  ArrayRef<int64_t> shape = result->getShape();
  int64_t rank = lhs.getRank(), m = shape[rank - 2], n = shape[rank - 1],
          k = lhs.getShape()[rank - 1];
  SmallVector<int64_t> lhsPlaces =
      matrixPlaces(lhs.getShape(), shape.drop_back(2));
  SmallVector<int64_t> rhsPlaces =
      matrixPlaces(rhs.getShape(), shape.drop_back(2));
  Writer writer(*result);
  withSumType(result->getElementType(), [&](auto zero) {
    using T = decltype(zero);
    std::vector<T> a = widen<T>(lhs), b = widen<T>(rhs), sums(n);
    int64_t at = 0;
    for (auto [lhsPlace, rhsPlace] : llvm::zip_equal(lhsPlaces, rhsPlaces))
      for (int64_t i = 0; i < m; ++i) {
        llvm::fill(sums, zero);
        for (int64_t l = 0; l < k; ++l) {
          T x = a[lhsPlace + i * k + l];
          const T *row = b.data() + rhsPlace + l * n;
          for (int64_t j = 0; j < n; ++j)
            sums[j] = addNumbers(sums[j], multiplyNumbers(x, row[j]));
        }
        for (T sum : sums)
          writer.set(at++, sum);
      }
  });
  return result;
}

//===----------------------------------------------------------------------===//
// Windows
//===----------------------------------------------------------------------===//

/// The next index combination below `sizes`; false after the last one.
static bool advance(MutableArrayRef<int64_t> index, ArrayRef<int64_t> sizes) {
  for (size_t d = index.size(); d-- > 0;) {
    if (++index[d] < sizes[d])
      return true;
    index[d] = 0;
  }
  return false;
}

namespace {
/// What a window sees, by the place of its output among the spatial ones.
struct WindowWalk {
  Window window;
  ArrayRef<int64_t> input, kernel, output; ///< spatial sizes

  /// Calls f(tap, pixel) for the taps that lie on the input: both count in
  /// row-major order.
  template <typename F> void forEachTap(ArrayRef<int64_t> at, F &&f) const {
    SmallVector<int64_t> tap(kernel.size(), 0);
    int64_t number = 0;
    do {
      int64_t pixel = 0;
      bool isInside = true;
      for (size_t d = 0; d < tap.size(); ++d) {
        int64_t x = at[d] * window.strides[d] - window.pads[d] +
                    tap[d] * window.dilations[d];
        isInside &= x >= 0 && x < input[d];
        pixel = pixel * input[d] + x;
      }
      if (isInside)
        f(number, pixel);
      ++number;
    } while (advance(tap, kernel));
  }

  /// Calls f(place) for each place of the output, in order.
  template <typename F> void forEachOutput(F &&f) const {
    SmallVector<int64_t> at(output.size(), 0);
    if (llvm::is_contained(output, 0))
      return;
    do
      f(ArrayRef<int64_t>(at));
    while (advance(at, output));
  }
};
} // namespace

static ArrayRef<int64_t> spatial(const HostTensor &tensor) {
  return tensor.getShape().drop_front().drop_back();
}

Result dlc::evaluateOp(PoolOp op, const Call &call) {
  Result result = call.allocate();
  if (failed(result))
    return failure();
  const HostTensor &input = call.operands[0];
  WindowWalk walk{{op.getStrides(), op.getDilations(), op.getPads()},
                  spatial(input),
                  op.getKernel(),
                  spatial(*result)};
  int64_t channels = input.getShape().back(),
          image = countElements(walk.input) * channels, at = 0;
  Reader reader(input);
  Writer writer(*result);
  withNumberType(input.getElementType(), [&](auto zero) {
    using T = decltype(zero);
    std::vector<T> totals(channels);
    for (int64_t n = 0; n < input.getShape().front(); ++n)
      walk.forEachOutput([&](ArrayRef<int64_t> place) {
        llvm::fill(totals, neutral<T>(op.getKind(), input.getElementType()));
        walk.forEachTap(place, [&](int64_t, int64_t pixel) {
          for (int64_t c = 0; c < channels; ++c)
            totals[c] =
                combine(op.getKind(), totals[c],
                        reader.get<T>(n * image + pixel * channels + c));
        });
        for (T total : totals)
          writer.set(at++, total);
      });
  });
  return result;
}

template <typename T> static T dot(const T *a, const T *b, int64_t n) {
  T sum = 0;
  for (int64_t i = 0; i < n; ++i)
    sum = addNumbers(sum, multiplyNumbers(a[i], b[i]));
  return sum;
}

Result dlc::evaluateOp(ConvOp op, const Call &call) {
  if (op.getPacked())
    return call.fail("a packed kernel is for generated code alone");
  Result result = call.allocate();
  if (failed(result))
    return failure();
  const HostTensor &input = call.operands[0], &kernel = call.operands[1];
  WindowWalk walk{{op.getStrides(), op.getDilations(), op.getPads()},
                  spatial(input),
                  spatial(kernel),
                  spatial(*result)};
  int64_t channels = input.getShape().back(), in = kernel.getShape().back(),
          out = kernel.getShape().front(), taps = countElements(walk.kernel),
          perGroup = out / static_cast<int64_t>(op.getGroups()),
          image = countElements(walk.input) * channels, at = 0;
  Writer writer(*result);
  withSumType(result->getElementType(), [&](auto zero) {
    using T = decltype(zero);
    std::vector<T> x = widen<T>(input), w = widen<T>(kernel), sums(out);
    for (int64_t n = 0; n < input.getShape().front(); ++n)
      walk.forEachOutput([&](ArrayRef<int64_t> place) {
        llvm::fill(sums, zero);
        walk.forEachTap(place, [&](int64_t tap, int64_t pixel) {
          const T *row = x.data() + n * image + pixel * channels;
          for (int64_t o = 0; o < out; ++o)
            sums[o] =
                addNumbers(sums[o], dot(row + o / perGroup * in,
                                        w.data() + (o * taps + tap) * in, in));
        });
        for (T sum : sums)
          writer.set(at++, sum);
      });
  });
  return result;
}
