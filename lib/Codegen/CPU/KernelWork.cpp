//===- KernelWork.cpp - what kernels compute, move and cost -----*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Codegen/CPU/ControlFlow.h"
#include "Codegen/CPU/Kernel.h"
#include "Codegen/CPU/KernelTable.h"
#include "Codegen/CPU/Tile.h"
#include "Codegen/CPU/Winograd.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace dlc;
using namespace dlc::cpu;

// Counts are doubles: they don't overflow, and what depends on an open size is
// a NaN wherever it goes.

static double product(ArrayRef<int64_t> sizes) {
  double n = 1;
  for (int64_t size : sizes)
    n *= ShapedType::isDynamic(size) ? NAN : static_cast<double>(size);
  return n;
}

static double elementsOf(Value tensor) {
  return product(typeOf(tensor).getShape());
}

static double bytesOf(Value tensor) {
  return elementsOf(tensor) * elementBytes(tensor.getType());
}

static int64_t toCount(double n) {
  return n < 0x1p62 ? static_cast<int64_t>(n) : -1;
}

//===----------------------------------------------------------------------===//
// Work
//===----------------------------------------------------------------------===//

/// The multiply-adds of a convolution as it is computed.
static double multiplyAdds(ConvOp op) {
  ArrayRef<int64_t> shape = op.getType().getShape();
  double inputs = op.getInput().getType().getShape().back() / op.getGroups();
  if (!op.getWinograd())
    return product(shape) * product(op.getWindow()) * inputs;
  int64_t tile = *op.getWinograd();
  double tiles = product(shape.front()) * llvm::divideCeil(shape[1], tile) *
                 llvm::divideCeil(shape[2], tile);
  return tiles * (tile + 2) * (tile + 2) * inputs * shape.back();
}

static double multiplyAdds(MatmulOp op) {
  return elementsOf(op.getResult()) *
         product(op.getLhs().getType().getShape().back()) *
         (op.getStrassen() ? 7.0 / 8 : 1.0);
}

static double flopsOf(Operation *op) {
  return TypeSwitch<Operation *, double>(op)
      .Case([](MatmulOp op) { return 2 * multiplyAdds(op); })
      .Case([](ConvOp op) { return 2 * multiplyAdds(op); })
      .Case([](PoolOp op) {
        return elementsOf(op.getResult()) * product(op.getKernel());
      })
      .Case<ReduceOp, ArgReduceOp, ScanOp>(
          [](auto op) { return elementsOf(op.getInput()); })
      .Case(
          [](PointwiseOpInterface op) { return elementsOf(op->getResult(0)); })
      .Default(0.0);
}

/// What a cluster reads of one of its inputs: not what lies beside a slice.
static double bytesRead(BlockArgument input) {
  double read = 0, whole = bytesOf(input);
  for (Operation *user : input.getUsers()) {
    auto gather = dyn_cast<GatherOp>(user);
    if (isa<SliceOp>(user) || (gather && gather.getData() == input))
      read += bytesOf(user->getResult(0));
    else if (!isa<tensor::DimOp>(user))
      return whole;
  }
  return read < whole ? read : whole;
}

KernelWork cpu::workOf(ClusterOp cluster) {
  double flops = 0, bytes = bytesOf(cluster.getRoot());
  for (Operation &op : cluster.getBody().front())
    flops += flopsOf(&op);
  for (BlockArgument input : cluster.getBody().getArguments())
    if (isa<RankedTensorType>(input.getType()))
      bytes += bytesRead(input);
  return {toCount(flops), toCount(bytes)};
}

KernelWork cpu::borderWorkOf(ClusterOp cluster) {
  Value root = cluster.getRoot();
  return {
      0, toCount(bytesOf(root) - bytesOf(root.getDefiningOp()->getOperand(0)))};
}

//===----------------------------------------------------------------------===//
// Expected cycles
//===----------------------------------------------------------------------===//

// Of a core with two vector units, two loads a cycle, and what was measured of
// memory on processors with AVX-512.
static constexpr double unitsOfCore = 2, loadsOfCore = 2, latency = 4;
static constexpr double weightBytes = 10;  ///< a cycle, from memory
static constexpr double cacheBytes = 20;   ///< a cycle, from outer caches
static constexpr double loopOfTile = 1.08; ///< what else a tile's loop has

/// The cycles of a step of a register tile by those of its multiply-adds alone.
static double tileOverhead(const LaunchPlan &plan, const Isa &isa) {
  double vectors = std::max<double>(1, plan.columns / isa.lanes()),
         rows = std::max<double>(1, plan.rows);
  double multiplies = rows * vectors / unitsOfCore;
  return std::max({multiplies * loopOfTile, (rows + vectors) / loadsOfCore,
                   latency}) /
         multiplies;
}

/// The share of columns of the panels that a result has.
static double columnWaste(int64_t columns, int64_t width) {
  if (ShapedType::isDynamic(columns) || width <= 0 || columns <= 0)
    return 1;
  return static_cast<double>(llvm::alignTo(columns, width)) / columns;
}

/// Vector instructions that an element of a pointwise operation takes.
static double instructions(Operation *op) {
  return TypeSwitch<Operation *, double>(op)
      .Case<ExpOp, SigmoidOp>([](auto) { return 14.0; })
      .Case<DivOp, SqrtOp, RsqrtOp, ModOp, RemOp>([](auto) { return 10.0; })
      .Case<TanhOp, ErfOp, LogOp, Log1pOp, Expm1Op, SinOp, CosOp>(
          [](auto) { return 20.0; })
      .Case<PowOp, TanOp, AsinOp, AcosOp, AtanOp, SinhOp, CoshOp>(
          [](auto) { return 40.0; })
      .Default(1.0);
}

/// The cycles of an operation's arithmetic, whatever moves meanwhile.
static double cyclesOf(Operation *op, const LaunchPlan &plan, const Isa &isa) {
  double each = isa.lanes() * unitsOfCore;
  if (auto matmul = dyn_cast<MatmulOp>(op))
    return multiplyAdds(matmul) / each * tileOverhead(plan, isa) *
           columnWaste(matmul.getType().getShape().back(), plan.columns);
  if (auto conv = dyn_cast<ConvOp>(op)) {
    if (conv.isDepthwise()) // a load feeds each
      return multiplyAdds(conv) / isa.lanes() / loadsOfCore;
    int64_t columns = conv.getType().getShape().back() / conv.getGroups();
    double isKnown = elementsOf(conv.getResult()) * 0 + 1;
    return convolutionCost(conv, isa, conv.getWinograd().value_or(0)) / each *
           tileOverhead(plan, isa) * columnWaste(columns, plan.columns) *
           isKnown;
  }
  return flopsOf(op) * instructions(op) / each;
}

/// Weights come from memory once a run; all else was written before.
static double memoryCycles(ClusterOp cluster) {
  Block &body = cluster.getBody().front();
  double cycles = bytesOf(cluster.getRoot()) / cacheBytes;
  for (auto [outer, input] :
       llvm::zip(cluster.getInputs(), body.getArguments()))
    if (isa<RankedTensorType>(input.getType()))
      cycles += bytesRead(input) / (matchPattern(sourceOf(outer), m_Constant())
                                        ? weightBytes
                                        : cacheBytes);
  return cycles;
}

double cpu::expectedCycles(const KernelWork &work) {
  return work.bytes < 0 ? -1 : work.bytes / cacheBytes;
}

double cpu::expectedCycles(ClusterOp cluster, const LaunchPlan &plan,
                           const Isa &isa) {
  double cycles = 0, memory = memoryCycles(cluster);
  for (Operation &op : cluster.getBody().front())
    cycles += cyclesOf(&op, plan, isa);
  if (std::isnan(cycles) || std::isnan(memory))
    return -1;
  return std::max(cycles, memory);
}
