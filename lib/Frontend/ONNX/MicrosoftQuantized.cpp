//===- MicrosoftQuantized.cpp - com.microsoft: quantised operators -*- C++
//-*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Most are one idea: numbers become real, a function is applied, the result is
// quantised again.

#include "Frontend/Common/Composites.h"
#include "Frontend/ONNX/Ops.h"
#include "Frontend/ONNX/WindowArgs.h"

using namespace mlir;
using namespace dlc;

//===----------------------------------------------------------------------===//
// Real functions of quantised operands
//===----------------------------------------------------------------------===//

/// Scale and zero point (inputs i and i + 1) are scalars or of one element.
static Tensor parameter(TensorBuilder &b, NodeArgs &n, size_t i) {
  Tensor p = n.input(i);
  if (!p)
    return p;
  if (p.rank() > 1 || (p.rank() == 1 && p.shape()[0] != 1))
    return n.error("input " + Twine(i) +
                   ", a scale or a zero point, must be a scalar");
  return b.reshape(b.cast(p, b.f32()), ArrayRef<int64_t>());
}

/// The numbers that input x stands for; its parameters are the inputs behind.
static Tensor realInput(TensorBuilder &b, NodeArgs &n, size_t x) {
  Tensor codes = n.input(x);
  if (codes && !isa<IntegerType>(codes.elementType()))
    return n.error("input " + Twine(x) + " must be integers");
  Tensor value = b.cast(codes, b.f32());
  if (n.has(x + 2))
    value = value - parameter(b, n, x + 2);
  return value * parameter(b, n, x + 1);
}

/// y as input 0's type has it, with the parameters at `scale`.
static Tensor quantizedResult(TensorBuilder &b, NodeArgs &n, Tensor y,
                              size_t scale, size_t typedBy = 0) {
  Tensor like = n.input(typedBy);
  if (!y || !like)
    return {};
  Tensor zero = n.has(scale + 1) ? parameter(b, n, scale + 1) : Tensor();
  return onnx::quantize(b, y / parameter(b, n, scale), zero,
                        like.elementType());
}

static Tensors qLinearAdd(TensorBuilder &b, NodeArgs &n) {
  return quantizedResult(b, n, realInput(b, n, 0) + realInput(b, n, 3), 6);
}

static Tensors qLinearMul(TensorBuilder &b, NodeArgs &n) {
  return quantizedResult(b, n, realInput(b, n, 0) * realInput(b, n, 3), 6);
}

static Tensors qLinearSigmoid(TensorBuilder &b, NodeArgs &n) {
  return quantizedResult(b, n, b.sigmoid(realInput(b, n, 0)), 3);
}

static Tensors qLinearLeakyRelu(TensorBuilder &b, NodeArgs &n) {
  double alpha = n.real("alpha", 0.01);
  Tensor x = realInput(b, n, 0);
  return quantizedResult(b, n, b.select(b.ge(x, 0.0), x, x * alpha), 3);
}

static Tensors qLinearSoftmax(TensorBuilder &b, NodeArgs &n) {
  int64_t version = n.integer("opset", 13);
  Tensor x = realInput(b, n, 0);
  if (!x)
    return x;
  int64_t axis = n.axis("axis", -1, x.rank());
  Ints axes = version >= 13 ? Ints{axis} : axesFrom(x, axis);
  return quantizedResult(b, n, softmax(b, x, axes), 3);
}

static Tensors qLinearWhere(TensorBuilder &b, NodeArgs &n) {
  Tensor y =
      b.select(n.input(0, "condition"), realInput(b, n, 1), realInput(b, n, 4));
  return quantizedResult(b, n, y, 7, /*typedBy=*/1);
}

static Tensors qLinearConcat(TensorBuilder &b, NodeArgs &n) {
  size_t count = n.numInputs();
  if (count < 5 || count % 3 != 2)
    return n.error("has " + Twine(count) +
                   " inputs, expected two and three "
                   "for each operand");
  SmallVector<Tensor> parts;
  for (size_t i = 2; i < count; i += 3)
    parts.push_back(realInput(b, n, i));
  if (llvm::any_of(parts, [](Tensor t) { return !t; }))
    return Tensor();
  int64_t axis = n.axis("axis", std::nullopt, parts.front().rank());
  if (n.failed())
    return Tensor();
  return quantizedResult(b, n, b.concat(parts, axis), 0, /*typedBy=*/2);
}

//===----------------------------------------------------------------------===//
// Pooling
//===----------------------------------------------------------------------===//

Tensor onnx::inChannelsFirst(TensorBuilder &b, NodeArgs &n, Tensor x, bool last,
                             function_ref<Tensor(Tensor)> fn) {
  if (x && x.rank() < 3)
    return n.error("input has rank " + Twine(x.rank()) +
                   ", expected at least 3");
  if (!x)
    return x;
  Tensor y = fn(last ? b.channelsFirst(x) : x);
  return last ? b.channelsLast(y) : y;
}

/// The same for the numbers that input 0 stands for.
static Tensor pooled(TensorBuilder &b, NodeArgs &n,
                     function_ref<Tensor(Tensor)> fn) {
  bool last = n.flag("channels_last", false);
  return onnx::inChannelsFirst(b, n, realInput(b, n, 0), last, fn);
}

static Tensors qLinearAveragePool(TensorBuilder &b, NodeArgs &n) {
  bool countPadding = n.flag("count_include_pad", false);
  Tensor y = pooled(b, n, [&](Tensor x) {
    std::optional<WindowSpec> w = onnx::window(n, x);
    return w ? averagePool(b, x, *w, countPadding) : Tensor();
  });
  return quantizedResult(b, n, y, 3);
}

static Tensors qLinearGlobalAveragePool(TensorBuilder &b, NodeArgs &n) {
  Tensor y = pooled(b, n, [&](Tensor x) {
    return b.mean(x, axesFrom(x, 2), /*keepDims=*/true);
  });
  return quantizedResult(b, n, y, 3);
}

/// Of numbers as they are.
static Tensors nhwcMaxPool(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "x");
  return onnx::inChannelsFirst(b, n, x, /*last=*/true, [&](Tensor x) {
    std::optional<WindowSpec> w = onnx::window(n, x);
    return w ? maxPool(b, x, *w) : Tensor();
  });
}

//===----------------------------------------------------------------------===//
// Packed weights
//===----------------------------------------------------------------------===//

/// Each byte along the last dimension as 8 / bits numbers, the lowest first.
static Tensor unpacked(TensorBuilder &b, Tensor x, int64_t bits) {
  if (!x || bits == 8)
    return x;
  int64_t parts = 8 / bits;
  Dims shape = b.dims(x), wide = shape;
  wide.push_back(b.dim(parts));
  Tensor shift = b.iota({b.dim(parts)}, 0, x.elementType()) * double(bits);
  Tensor all = b.shr(b.broadcastTo(b.unsqueeze(x, {x.rank()}), wide), shift);
  all = b.and_(all, b.like((1 << bits) - 1, all));
  shape.back() = b.sizes().mul(shape.back(), b.dim(parts));
  return b.reshape(all, ArrayRef<Dim>(shape));
}

namespace {
struct BlockedWeights {
  int64_t rows, depth, bits, block, blocks; ///< [rows, depth] in blocks of it
};
} // namespace

static std::optional<BlockedWeights> blockedWeights(NodeArgs &n) {
  BlockedWeights w;
  w.rows = n.integer("N");
  w.depth = n.integer("K");
  w.bits = n.integer("bits", 4);
  w.block = n.integer("block_size");
  n.ignore("accuracy_level"); // always the wide type
  if (n.integer("weight_prepacked", 0) != 0)
    n.error("attribute 'weight_prepacked' is not supported");
  if (w.bits != 2 && w.bits != 4 && w.bits != 8)
    n.error("attribute 'bits' is " + Twine(w.bits) + ", expected 2, 4 or 8");
  if (w.rows < 1 || w.depth < 1 || w.rows > INT32_MAX || w.depth > INT32_MAX)
    n.error("attributes 'N' and 'K' must be at least 1");
  if (w.block < 16 || w.block > INT32_MAX || !llvm::isPowerOf2_64(w.block))
    n.error("attribute 'block_size' is " + Twine(w.block) +
            ", expected a power of two from 16");
  if (n.failed())
    return std::nullopt;
  w.blocks = llvm::divideCeil(w.depth, w.block);
  return w;
}

/// One of what the blocks have, [rows, blocks, 1], given in any shape.
static Tensor ofBlocks(TensorBuilder &b, Tensor x, const BlockedWeights &w) {
  return b.reshape(x, {w.rows, w.blocks, 1});
}

/// The zero points of the blocks: packed as the weights are, or as floats.
static Tensor blockZeros(TensorBuilder &b, NodeArgs &n, const BlockedWeights &w,
                         Type type) {
  if (!n.has(3))
    return b.scalar(double(1 << (w.bits - 1)), type);
  Tensor zero = n.input(3, "zero_points");
  if (zero && zero.isFloat())
    return ofBlocks(b, b.cast(zero, type), w);
  if (!zero || !zero.elementType().isUnsignedInteger(8))
    return n.error("input 'zero_points' must be uint8 or floats");
  int64_t bytes = llvm::divideCeil(w.blocks * w.bits, 8);
  zero = unpacked(b, b.reshape(zero, {w.rows, bytes}), w.bits);
  zero = b.sliceAxis(zero, 1, b.dim(0), b.dim(w.blocks));
  return ofBlocks(b, b.cast(zero, type), w);
}

static Tensors matMulNBits(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "A"), codes = n.input(1, "B"),
         scales = n.input(2, "scales");
  std::optional<BlockedWeights> w = blockedWeights(n);
  if (!w || !x || !codes || !scales)
    return Tensor();
  if (n.has(4))
    return n.error("input 'g_idx' is not supported");
  if (!x.isFloat() || !codes.elementType().isUnsignedInteger(8))
    return n.error("input 'A' must be floats, 'B' uint8");
  Type wide = wideType(x.elementType());
  codes = b.reshape(codes, {w->rows, w->blocks, w->block * w->bits / 8});
  Tensor weights =
      b.cast(unpacked(b, codes, w->bits), wide) - blockZeros(b, n, *w, wide);
  weights = weights * ofBlocks(b, b.cast(scales, wide), *w);
  weights = b.reshape(weights, {w->rows, w->blocks * w->block});
  weights = b.sliceAxis(weights, 1, b.dim(0), b.dim(w->depth));
  Tensor y = b.matmul(b.cast(x, wide), b.transposeLast(weights));
  if (n.has(5))
    y = y + b.cast(n.input(5, "bias"), wide);
  return b.cast(y, x.elementType());
}

namespace {
struct GatheredBlocks {
  int64_t gathered, quantized, bits, block;
};
} // namespace

static std::optional<GatheredBlocks> gatheredBlocks(NodeArgs &n, Tensor data) {
  GatheredBlocks g;
  g.gathered = n.axis("gather_axis", 0, data.rank());
  g.quantized = n.axis("quantize_axis", 1, data.rank());
  g.block = n.integer("block_size", 128);
  g.bits = n.integer("bits", 4);
  bool isByte = data.elementType().isUnsignedInteger(8);
  if (g.block < 16 || g.block > INT32_MAX || !llvm::isPowerOf2_64(g.block))
    n.error("attribute 'block_size' is " + Twine(g.block) +
            ", expected a power of two from 16");
  if (isByte && g.bits != 2 && g.bits != 4 && g.bits != 8)
    n.error("attribute 'bits' is " + Twine(g.bits) + ", expected 2, 4 or 8");
  if (g.gathered == g.quantized)
    n.error("'gather_axis' and 'quantize_axis' are the same");
  if (isByte && g.quantized != data.rank() - 1)
    n.error("'quantize_axis' of packed data must be the last");
  if (!isa<IntegerType>(data.elementType()))
    n.error("input 'data' must be integers");
  return n.failed() ? std::nullopt : std::optional(g);
}

/// Of packed bytes the zero points are packed, too, to whole bytes.
static Tensor gatheredZeros(TensorBuilder &b, NodeArgs &n,
                            const GatheredBlocks &g, Tensor data,
                            Tensor scales) {
  bool isByte = data.elementType().isUnsignedInteger(8);
  if (!n.has(3))
    return isByte ? b.scalar(int64_t(1) << (g.bits - 1), data.elementType())
                  : Tensor();
  Tensor zeros = n.input(3, "zero_points");
  if (!isByte || !zeros)
    return zeros;
  if (zeros.rank() != scales.rank())
    return n.error("input 'zero_points' has rank " + Twine(zeros.rank()) +
                   ", expected " + Twine(scales.rank()));
  zeros = unpacked(b, zeros, g.bits);
  return b.sliceAxis(zeros, g.quantized, b.dim(0), b.dim(scales, g.quantized));
}

static Tensors gatherBlockQuantized(TensorBuilder &b, NodeArgs &n) {
  Tensor data = n.input(0, "data"), indices = n.input(1, "indices"),
         scales = n.input(2, "scales");
  if (!data || !indices || !scales)
    return Tensor();
  if (data.rank() == 0 || scales.rank() != data.rank())
    return n.error("inputs 'data' and 'scales' have rank " +
                   Twine(data.rank()) + " and " + Twine(scales.rank()) +
                   ", expected the same, and no scalars");
  if (!isa<IntegerType>(indices.elementType()) || !scales.isFloat())
    return n.error("input 'indices' must be integers, 'scales' floats");
  std::optional<GatheredBlocks> g = gatheredBlocks(n, data);
  if (!g)
    return Tensor();
  Tensor zeros = gatheredZeros(b, n, *g, data, scales);
  if (n.has(3) && !zeros)
    return zeros;
  if (data.elementType().isUnsignedInteger(8))
    data = unpacked(b, data, g->bits);
  Tensor at = b.wrapIndices(b.cast(indices, b.i64()), b.dim(data, g->gathered));
  auto rows = [&](Tensor t) {
    return t && t.rank() > 0 ? b.gather(t, at, g->gathered) : t;
  };
  bool moves = g->quantized > g->gathered;
  int64_t axis = g->quantized + (moves ? indices.rank() - 1 : 0);
  return b.cast(onnx::dequantize(b, n, rows(data), rows(scales), rows(zeros),
                                 axis, g->block),
                scales.elementType());
}

ArrayRef<OpRow> dlc::onnx::microsoftQuantizedOps() {
  static const OpRow rows[] = {
      {"QLinearAdd", 1, qLinearAdd, {7, 8}},
      {"QLinearMul", 1, qLinearMul, {7, 8}},
      {"QLinearSigmoid", 1, qLinearSigmoid, {4, 5}},
      {"QLinearLeakyRelu", 1, qLinearLeakyRelu, {4, 5}},
      {"QLinearSoftmax", 1, qLinearSoftmax, {5, 5}},
      {"QLinearWhere", 1, qLinearWhere, {8, 9}},
      {"QLinearConcat", 1, qLinearConcat, {5, kMany}},
      {"QLinearAveragePool", 1, qLinearAveragePool, {4, 5}},
      {"QLinearGlobalAveragePool", 1, qLinearGlobalAveragePool, {5, 5}},
      {"NhwcMaxPool", 1, nhwcMaxPool},
      {"MatMulNBits", 1, matMulNBits, {3, 6}},
      {"GatherBlockQuantized", 1, gatherBlockQuantized, {3, 4}},
  };
  return rows;
}
