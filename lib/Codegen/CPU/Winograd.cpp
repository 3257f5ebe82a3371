//===- Winograd.cpp - transforms, weights and when to use them -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Codegen/CPU/Winograd.h"

#include "Evaluate/HostTensor.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace dlc;
using namespace dlc::cpu;

//===----------------------------------------------------------------------===//
// The choice
//===----------------------------------------------------------------------===//

bool cpu::canBeWinograd(ConvOp op) {
  auto isOnes = [](ArrayRef<int64_t> list) {
    return list == ArrayRef<int64_t>{1, 1};
  };
  auto isSome = [](int64_t size) { return size > 0; }; // and known
  RankedTensorType input = op.getInput().getType();
  return !op.getPacked() && input.getRank() == 4 &&
         input.getElementType().isF32() && !op.takesViews() &&
         op.getWindow() == ArrayRef<int64_t>{3, 3} && isOnes(op.getStrides()) &&
         isOnes(op.getDilations()) && op.getGroups() == 1 &&
         llvm::all_of(input.getShape().drop_front(), isSome) &&
         matchPattern(op.getKernel(), m_Constant());
}

int64_t cpu::expectedImages(ConvOp op) {
  int64_t images = op.getType().getDimSize(0);
  return ShapedType::isDynamic(images) ? 2 : images;
}

int64_t cpu::winogradTiles(ConvOp op, int64_t m) {
  ArrayRef<int64_t> shape = op.getType().getShape();
  return expectedImages(op) * llvm::divideCeil(shape[1], m) *
         llvm::divideCeil(shape[2], m);
}

double cpu::convolutionCost(ConvOp op, const Isa &isa, int64_t tile) {
  // Measured, on processors with AVX-512. To read a weight from memory, which
  // goes on meanwhile but for an eighth:
  const double weight = 17.0 * isa.lanes() / 16;
  auto products = [&](double rows) {
    return std::max(rows, weight) + weight / 8;
  };
  // To read, transform and store an element of a tile.
  constexpr double transform = 10;
  ArrayRef<int64_t> shape = op.getType().getShape();
  int64_t images = expectedImages(op),
          inputs = op.getInput().getType().getShape().back() / op.getGroups();
  // Lanes that are left over compute, too.
  int64_t outputs = llvm::alignTo(shape.back(), isa.lanes());
  if (!tile) {
    double pixels = images, weights = inputs * outputs;
    for (int64_t size : shape.drop_front().drop_back())
      pixels *= size;
    for (int64_t size : op.getWindow())
      weights *= size;
    return products(pixels) * weights;
  }
  double tiles = winogradTiles(op, tile);
  int64_t matrices = (tile + 2) * (tile + 2),
          elements = llvm::alignTo(inputs, isa.lanes()) + outputs;
  return products(1.05 * tiles) * matrices * inputs * outputs +
         transform * tiles * matrices * elements;
}

int64_t cpu::winogradTile(ConvOp op, const Isa &isa) {
  if (!canBeWinograd(op))
    return 0;
  // More weights, which cores that read them share the memory for, and rounding
  // are not worth it for little.
  double least = 0.9 * convolutionCost(op, isa, 0);
  int64_t best = 0;
  for (int64_t m : {2, 3, 4})
    if (double c = convolutionCost(op, isa, m); c < least) {
      least = 0.9 * c;
      best = m;
    }
  return best;
}

//===----------------------------------------------------------------------===//
// Transforms
//===----------------------------------------------------------------------===//

// The interpolation points are 0, 1, -1, infinity for m = 2, 2 too for m = 3,
// and -2 for m = 4.

static constexpr double kernel2[4][3] = {
    {1, 0, 0}, {0.5, 0.5, 0.5}, {0.5, -0.5, 0.5}, {0, 0, 1}};
static constexpr double kernel3[5][3] = {{1.0 / 2, 0, 0},
                                         {-1.0 / 2, -1.0 / 2, -1.0 / 2},
                                         {-1.0 / 6, 1.0 / 6, -1.0 / 6},
                                         {1.0 / 6, 1.0 / 3, 2.0 / 3},
                                         {0, 0, 1}};
static constexpr double kernel4[6][3] = {{1.0 / 4, 0, 0},
                                         {-1.0 / 6, -1.0 / 6, -1.0 / 6},
                                         {-1.0 / 6, 1.0 / 6, -1.0 / 6},
                                         {1.0 / 24, 1.0 / 12, 1.0 / 6},
                                         {1.0 / 24, -1.0 / 12, 1.0 / 6},
                                         {0, 0, 1}};

// Rows of these matrices come in pairs that differ in the signs of the odd
// columns.

static Num times(double factor, Num v, Num to) {
  return mulAdd(v, v.constant(factor), to);
}

SmallVector<Num> cpu::winogradInput(int64_t m, ArrayRef<Num> x) {
  if (m == 2)
    return {x[0] - x[2], x[1] + x[2], x[2] - x[1], x[1] - x[3]};
  if (m == 3) {
    Num odds = x[3] - x[1];
    return {times(2, x[0] - x[2], odds), odds - (x[1] + x[2]),
            times(3, x[1] - x[2], odds), odds, times(-2, odds, x[4] - x[2])};
  }
  auto scaled = [&](double factor, int i, Num to) {
    return times(factor, x[i], to);
  };
  Num even = scaled(-4, 2, x[4]), odd = scaled(-4, 1, x[3]);
  Num evens = x[4] - x[2], odds = x[3] - x[1];
  odds = odds + odds;
  return {scaled(4, 0, scaled(-5, 2, x[4])),
          even + odd,
          even - odd,
          evens + odds,
          evens - odds,
          scaled(4, 1, scaled(-5, 3, x[5]))};
}

SmallVector<Num> cpu::winogradOutput(int64_t m, ArrayRef<Num> x) {
  if (m == 2)
    return {x[0] + x[1] + x[2], x[1] - x[2] - x[3]};
  Num sum = x[1] + x[2], difference = x[1] - x[2];
  if (m == 3)
    return {x[0] + sum + x[3], times(2, x[3], difference),
            times(4, x[3], sum) + x[4]};
  Num sums = x[3] + x[4], differences = x[3] - x[4];
  return {x[0] + sum + sums, times(2, differences, difference),
          times(4, sums, sum), times(8, differences, difference) + x[5]};
}

/// G k G^T of the 3 x 3 kernel whose elements lie `stride` apart.
static void transformKernel(int64_t m, const float *kernel, int64_t stride,
                            double (&to)[36]) {
  const auto *g = m == 2 ? kernel2 : m == 3 ? kernel3 : kernel4;
  int64_t n = m + 2;
  double half[6][3];
  for (int64_t i = 0; i < n; ++i)
    for (int64_t j = 0; j < 3; ++j) {
      half[i][j] = 0;
      for (int64_t k = 0; k < 3; ++k)
        half[i][j] += g[i][k] * kernel[(k * 3 + j) * stride];
    }
  for (int64_t i = 0; i < n; ++i)
    for (int64_t j = 0; j < n; ++j) {
      double sum = 0;
      for (int64_t k = 0; k < 3; ++k)
        sum += half[i][k] * g[j][k];
      to[i * n + j] = sum;
    }
}

ElementsAttr cpu::winogradKernel(ElementsAttr kernel, int64_t m,
                                 int64_t width) {
  auto type = cast<RankedTensorType>(kernel.getShapedType());
  int64_t outputs = type.getDimSize(0), inputs = type.getDimSize(3),
          products = (m + 2) * (m + 2),
          panels = llvm::divideCeil(outputs, width);
  FailureOr<HostTensor> from = HostTensor::get(kernel);
  if (succeeded(from))
    from = from->dense();
  FailureOr<HostTensor> to = HostTensor::allocate(RankedTensorType::get(
      {panels, products, inputs, width}, type.getElementType()));
  if (failed(from) || failed(to))
    return {};
  std::vector<float> own(9 * inputs);
  auto *result = reinterpret_cast<float *>(to->mutableData());
  std::fill_n(result, to->getNumElements(), 0.0f);
  double transformed[36];
  for (int64_t o = 0; o < outputs; ++o) {
    // At no alignment.
    memcpy(own.data(), from->data() + o * own.size() * sizeof(float),
           own.size() * sizeof(float));
    for (int64_t c = 0; c < inputs; ++c) {
      transformKernel(m, own.data() + c, inputs, transformed);
      float *at =
          result + (o / width * products * inputs + c) * width + o % width;
      for (int64_t p = 0; p < products; ++p)
        at[p * inputs * width] = transformed[p];
    }
  }
  return to->toAttr();
}
