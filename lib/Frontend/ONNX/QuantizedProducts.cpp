//===- QuantizedProducts.cpp - products of integers -------------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Operands less their zero points are multiplied as integers; the QLinear forms
// scale the sum to the quantised type of the result.

#include "Frontend/Common/Composites.h"
#include "Frontend/ONNX/Ops.h"
#include "Frontend/ONNX/WindowArgs.h"

using namespace mlir;
using namespace dlc;

/// How a parameter that is a vector lies along its operand.
using Align = function_ref<Tensor(Tensor)>;

/// x less its zero point, as i32 unless that is 0.
static Tensor centred(TensorBuilder &b, NodeArgs &n, Tensor x, Tensor zero,
                      Align align) {
  if (!x || !zero)
    return x;
  if (!isa<IntegerType>(x.elementType()))
    return n.error("quantised operands must be integers");
  // Narrow operands are left alone where they can be.
  if (auto known = b.constantInts(zero);
      known && llvm::all_of(*known, [](int64_t v) { return v == 0; }))
    return x;
  Type i32 = IntegerType::get(b.context(), 32);
  return b.cast(x, i32) - align(b.cast(zero, i32));
}

/// Bytes of either sign are multiplied as they are, others as i32.
static void unify(TensorBuilder &b, Tensor &x, Tensor &y) {
  Type i32 = IntegerType::get(b.context(), 32);
  auto isByte = [](Tensor t) { return t.elementType().isInteger(8); };
  if (!x || !y || (isByte(x) && isByte(y)))
    return;
  x = b.cast(x, i32);
  y = b.cast(y, i32);
}

/// A scale as f32.
static Tensor scale(TensorBuilder &b, NodeArgs &n, size_t i) {
  Tensor s = b.cast(n.input(i), b.f32());
  // Of one element is as good as a scalar.
  bool isOne = s && s.rank() == 1 && s.shape()[0] == 1;
  return isOne ? b.reshape(s, ArrayRef<int64_t>()) : s;
}

/// The sum of products, scaled, in the type of the zero point (input `zero`).
static Tensor rescaled(TensorBuilder &b, NodeArgs &n, Tensor sum, Tensor factor,
                       size_t zero, Align align) {
  Tensor z = n.input(zero, "y_zero_point");
  if (!sum || !factor || !z)
    return {};
  factor = factor / align(scale(b, n, zero - 1));
  return onnx::quantize(b, b.cast(sum, b.f32()) * factor, align(z),
                        z.elementType());
}

//===----------------------------------------------------------------------===//
// Matrices
//===----------------------------------------------------------------------===//

static Tensor zeroPoint(NodeArgs &n, size_t i) {
  return n.has(i) ? n.input(i) : Tensor();
}

static Tensor product(TensorBuilder &b, NodeArgs &n, Tensor x, Tensor xZero,
                      Tensor y, Tensor yZero, Align rows) {
  if (!x || !y)
    return {};
  if (!isa<IntegerType>(x.elementType()) || !isa<IntegerType>(y.elementType()))
    return n.error("inputs A and B must be integers");
  x = centred(b, n, x, xZero, rows);
  y = centred(b, n, y, yZero, [](Tensor t) { return t; });
  unify(b, x, y);
  return x && y ? b.matmul(x, y) : Tensor();
}

/// A vector of parameters of a left operand, or of a result, has one for each
/// row: it is a column.
static auto perRow(TensorBuilder &b) {
  return [&b](Tensor t) {
    bool isVector = t && t.rank() == 1 && t.shape()[0] != 1;
    return isVector ? b.unsqueeze(t, 1) : t;
  };
}

static Tensors matMulInteger(TensorBuilder &b, NodeArgs &n) {
  return product(b, n, n.input(0, "A"), zeroPoint(n, 2), n.input(1, "B"),
                 zeroPoint(n, 3), perRow(b));
}

static Tensors qLinearMatMul(TensorBuilder &b, NodeArgs &n) {
  auto rows = perRow(b);
  Tensor x = n.input(0, "a"), y = n.input(3, "b"), sum;
  if (x && y && (x.isFloat() || y.isFloat())) {
    // Eight-bit floats have a zero point of 0.
    auto number = [&](Tensor t, size_t zero, Align align) {
      return b.cast(t, b.f32()) - align(b.cast(zeroPoint(n, zero), b.f32()));
    };
    sum =
        b.matmul(number(x, 2, rows), number(y, 5, [](Tensor t) { return t; }));
  } else {
    sum = product(b, n, x, zeroPoint(n, 2), y, zeroPoint(n, 5), rows);
  }
  Tensor factor = rows(scale(b, n, 1)) * scale(b, n, 4);
  return rescaled(b, n, sum, factor, 7, rows);
}

/// The sum of products as real numbers of the type of input `like`, with a bias
/// (input `bias`).
static Tensor scaled(TensorBuilder &b, NodeArgs &n, Tensor sum, Tensor factor,
                     size_t bias, size_t like) {
  Tensor y = b.cast(sum, b.f32()) * factor, given = n.input(like);
  if (n.has(bias))
    y = y + b.cast(n.input(bias, "bias"), b.f32());
  return given ? b.cast(y, given.elementType()) : given;
}

static Tensors matMulIntegerToFloat(TensorBuilder &b, NodeArgs &n) {
  Tensor sum = product(b, n, n.input(0, "A"), zeroPoint(n, 4), n.input(1, "B"),
                       zeroPoint(n, 5), [](Tensor t) { return t; });
  return scaled(b, n, sum, scale(b, n, 2) * scale(b, n, 3), 6, 2);
}

static Tensors dynamicQuantizeMatMul(TensorBuilder &b, NodeArgs &n) {
  Tensors x = onnx::dynamicQuantizeLinear(b, n);
  if (x.size() != 3)
    return Tensor();
  Tensor sum = product(b, n, x[0], x[2], n.input(1, "B"), zeroPoint(n, 3),
                       [](Tensor t) { return t; });
  return scaled(b, n, sum, x[1] * scale(b, n, 2), 4, 2);
}

/// The scales and zero points of A and B lie behind each, C is of their
/// product.
static Tensors qGemm(TensorBuilder &b, NodeArgs &n) {
  double alpha = n.real("alpha", 1);
  bool transX = n.flag("transA", false), transY = n.flag("transB", false);
  Tensor x = n.input(0, "A"), y = n.input(3, "B");
  if (x && y && (x.rank() != 2 || y.rank() != 2))
    return n.error("inputs A and B have rank " + Twine(x.rank()) + " and " +
                   Twine(y.rank()) + ", expected 2");
  auto same = [](Tensor t) { return t; };
  Tensor sum = product(b, n, transX ? b.transposeLast(x) : x, zeroPoint(n, 2),
                       transY ? b.transposeLast(y) : y, zeroPoint(n, 5), same);
  if (n.has(6))
    sum = sum + n.input(6, "C");
  Tensor factor = scale(b, n, 1) * scale(b, n, 4) * alpha;
  if (n.has(7) && n.has(8))
    return rescaled(b, n, sum, factor, 8, same);
  if (n.has(7) || n.has(8))
    return n.error("inputs 'y_scale' and 'y_zero_point' must come together");
  return b.cast(sum, b.f32()) * factor;
}

//===----------------------------------------------------------------------===//
// Convolutions
//===----------------------------------------------------------------------===//

static Tensor convolution(TensorBuilder &b, NodeArgs &n, Tensor x, size_t xZero,
                          Tensor w, size_t wZero, Tensor bias) {
  if (!x || !w)
    return {};
  if (!isa<IntegerType>(x.elementType()) || !isa<IntegerType>(w.elementType()))
    return n.error("inputs x and w must be integers");
  x = centred(b, n, x, zeroPoint(n, xZero), [](Tensor t) { return t; });
  w = centred(b, n, w, zeroPoint(n, wZero), [&](Tensor t) {
    bool isVector = t && t.rank() == 1;
    return isVector ? perChannel(b, t, w.rank() - 1) : t;
  });
  unify(b, x, w);
  return onnx::convolve(b, n, x, w, bias);
}

static Tensors convInteger(TensorBuilder &b, NodeArgs &n) {
  return convolution(b, n, n.input(0, "x"), 2, n.input(1, "w"), 3, {});
}

static Tensor qLinearConv(TensorBuilder &b, NodeArgs &n, Tensor x) {
  Tensor w = n.input(3, "w");
  Tensor bias = n.has(8) ? n.input(8, "B") : Tensor();
  Tensor sum = convolution(b, n, x, 2, w, 5, bias);
  if (!sum)
    return sum;
  auto channels = [&](Tensor t) {
    bool isVector = t && t.rank() == 1 && t.shape()[0] != 1;
    return isVector ? perChannel(b, t, sum.rank() - 2) : t;
  };
  Tensor factor = scale(b, n, 1) * channels(scale(b, n, 4));
  return rescaled(b, n, sum, factor, 7, channels);
}

static Tensors qLinearConv(TensorBuilder &b, NodeArgs &n) {
  return qLinearConv(b, n, n.input(0, "x"));
}

/// With attribute `channels_last`; the kernel is the standard's.
static Tensors microsoftQLinearConv(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "x");
  return onnx::inChannelsFirst(b, n, x, n.flag("channels_last", false),
                               [&](Tensor x) { return qLinearConv(b, n, x); });
}

ArrayRef<OpRow> dlc::onnx::quantizedProductOps() {
  static const OpRow rows[] = {
      {"MatMulInteger", 10, matMulInteger, {2, 4}},
      {"QLinearMatMul", 10, qLinearMatMul, {8, 8}},
      {"ConvInteger", 10, convInteger, {2, 4}},
      {"QLinearConv", 10, qLinearConv, {8, 9}},
  };
  return rows;
}

ArrayRef<OpRow> dlc::onnx::microsoftProductOps() {
  static const OpRow rows[] = {
      {"MatMulIntegerToFloat", 1, matMulIntegerToFloat, {4, 7}},
      {"DynamicQuantizeMatMul", 1, dynamicQuantizeMatMul, {3, 5}},
      {"QGemm", 1, qGemm, {6, 9}},
      {"QLinearConv", 1, microsoftQLinearConv, {8, 9}},
  };
  return rows;
}
