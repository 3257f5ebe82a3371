//===- TransposeKernel.cpp - blocks turned in registers ---------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Where the last dimension of the result is not that of the input, elements
// would be gathered one by one. Here square blocks of as many vectors as a
// vector has elements are loaded, turned in registers and stored.

#include "Codegen/CPU/Kernel.h"
#include "dialects/dlc/ScalarEmitter.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace dlc;
using namespace dlc::cpu;

TransposeOp cpu::turnedInRegisters(Kernel &kernel) {
  auto op = kernel.root.getDefiningOp<TransposeOp>();
  if (!op || !kernel.emitter.isBound(op.getInput()) ||
      !op.getType().hasStaticShape() || kernel.lanes() < 8)
    return {};
  RankedTensorType from = op.getInput().getType();
  int64_t rank = from.getRank();
  if (rank < 2 || op.getPermutation().back() == rank - 1 ||
      memoryType(from.getElementType()).getIntOrFloatBitWidth() != 32)
    return {};
  // Of less than half a block most would be for nothing.
  int64_t least = kernel.lanes() / 2;
  if (from.getShape().back() < least || op.getType().getShape().back() < least)
    return {};
  return op;
}

namespace {
struct TransposeEmitter {
  Kernel &kernel;
  TransposeOp op;
  IndexMath m;
  int64_t rank, lanes;
  /// The dimensions of the result: the one along which the input is dense.
  int64_t dense;
  SmallVector<int64_t> from, to; ///< strides, by dimension of the result
  Value input;
  VectorType type;

  TransposeEmitter(Kernel &kernel, TransposeOp op)
      : kernel(kernel), op(op), m(kernel.math()), rank(op.getType().getRank()),
        lanes(kernel.lanes()), from(rank), to(rank, 1) {
    ArrayRef<int64_t> p = op.getPermutation(),
                      inner = op.getInput().getType().getShape();
    dense = llvm::find(p, rank - 1) - p.begin();
    SmallVector<int64_t> strides(rank, 1);
    for (int64_t d = rank - 1; d-- > 0;) {
      strides[d] = strides[d + 1] * inner[d + 1];
      to[d] = to[d + 1] * op.getType().getDimSize(d + 1);
    }
    for (int64_t d = 0; d < rank; ++d)
      from[d] = strides[p[d]];
    input = kernel.emitter.getMemory(op.getInput());
    type = cast<VectorType>(
        kernel.vectorType(memoryType(op.getType().getElementType())));
  }

  Value load(Value at, int64_t count) {
    OpBuilder &b = kernel.b;
    if (count == lanes)
      return vector::LoadOp::create(b, kernel.loc, type, input, at);
    Value zero =
        arith::ConstantOp::create(b, kernel.loc, type, b.getZeroAttr(type));
    return vector::MaskedLoadOp::create(b, kernel.loc, type, input,
                                        ValueRange(at),
                                        kernel.maskOf(m.cst(count)), zero);
  }

  void store(Value v, Value at, int64_t count) {
    if (count == lanes) {
      vector::StoreOp::create(kernel.b, kernel.loc, v, kernel.output, at);
      return;
    }
    vector::MaskedStoreOp::create(kernel.b, kernel.loc, kernel.output,
                                  ValueRange(at), kernel.maskOf(m.cst(count)),
                                  v);
  }

  /// Lane i of the result is that of `x` or, from `lanes` on, of `y`.
  Value shuffle(Value x, Value y, function_ref<int64_t(int64_t)> lane) {
    SmallVector<int64_t> mask;
    for (int64_t i = 0; i < lanes; ++i)
      mask.push_back(lane(i));
    return vector::ShuffleOp::create(kernel.b, kernel.loc, x, y, mask);
  }

  /// Exchanges, of rows `distance` apart, parts of vectors that are so far
  /// apart: what is above the diagonal of four blocks for what is below.
  void exchange(MutableArrayRef<Value> rows, int64_t distance) {
    for (int64_t i = 0; i < lanes; ++i) {
      if (i & distance)
        continue;
      Value x = rows[i], y = rows[i + distance];
      rows[i] = shuffle(x, y, [&](int64_t j) {
        return j & distance ? lanes + j - distance : j;
      });
      rows[i + distance] = shuffle(x, y, [&](int64_t j) {
        return j & distance ? lanes + j : j + distance;
      });
    }
  }

  /// Turns a block of which `height` rows of `width` elements are there.
  void turn(Value source, Value target, int64_t height, int64_t width) {
    SmallVector<Value> rows;
    for (int64_t i = 0; i < lanes; ++i)
      rows.push_back(i < height ? load(m.add(source, i * from[rank - 1]), width)
                                : rows.back());
    for (int64_t distance = 1; distance < lanes; distance *= 2)
      exchange(rows, distance);
    for (int64_t i = 0; i < width; ++i)
      store(rows[i], m.add(target, i * to[dense]), height);
  }

  /// All blocks along the result's last dimension, of so many of its rows.
  void emitLine(Value source, Value target, int64_t width) {
    int64_t size = op.getType().getShape().back(), whole = size / lanes * lanes;
    m.loop(m.cst(0), m.cst(whole), lanes, [&](Value i) {
      turn(m.add(source, m.mul(i, from[rank - 1])), m.add(target, i), lanes,
           width);
    });
    if (whole != size)
      turn(m.add(source, whole * from[rank - 1]), m.add(target, whole),
           size - whole, width);
  }

  LaunchPlan emit() {
    int64_t size = op.getType().getDimSize(dense),
            blocks = llvm::divideCeil(size, lanes), whole = size / lanes;
    SmallVector<Value> sizes;
    SmallVector<int64_t> dims;
    int64_t units = blocks;
    for (int64_t d = 0; d < rank - 1; ++d)
      if (d != dense) {
        dims.push_back(d);
        sizes.push_back(m.cst(op.getType().getDimSize(d)));
        units *= op.getType().getDimSize(d);
      }
    kernel.forUnits([&](Value unit) {
      Value block = m.rem(unit, m.cst(blocks));
      Value source = m.mul(block, lanes),
            target = m.mul(block, lanes * to[dense]);
      for (auto [d, i] :
           llvm::zip(dims, m.delinearize(m.div(unit, m.cst(blocks)), sizes))) {
        source = m.add(source, m.mul(i, from[d]));
        target = m.add(target, m.mul(i, to[d]));
      }
      if (whole == blocks)
        return emitLine(source, target, lanes);
      m.ifThen(m.less(block, m.cst(whole)),
               [&] { emitLine(source, target, lanes); });
      m.ifThen(m.less(m.cst(whole - 1), block),
               [&] { emitLine(source, target, size % lanes); });
    });
    LaunchPlan plan;
    plan.kind = "transpose";
    plan.grain = std::max<int64_t>(
        1,
        16384 / (lanes * std::max<int64_t>(1, op.getType().getShape().back())));
    plan.units = [units](const ShapeAlgebra &s, ArrayRef<Dim>) {
      return s.constant(units);
    };
    return plan;
  }
};
} // namespace

LaunchPlan cpu::emitTranspose(Kernel &kernel, TransposeOp op) {
  return TransposeEmitter(kernel, op).emit();
}
