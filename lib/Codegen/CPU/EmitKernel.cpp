//===- EmitKernel.cpp - from a cluster to its kind of kernel -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Codegen/CPU/Kernel.h"
#include "dialects/dlc/ScalarEmitter.h"

using namespace mlir;
using namespace dlc;
using namespace dlc::cpu;

Operation *cpu::anchorOf(Block &body) {
  for (Operation &op : body)
    if (llvm::isa<MatmulOp, ConvOp, PoolOp, ReduceOp, ArgReduceOp, ScanOp,
                  ScatterOp, TopKOp, NonZeroOp, NmsOp>(op))
      return &op;
  return nullptr;
}

bool cpu::storesElsewhere(ClusterOp cluster) {
  Operation *anchor = anchorOf(cluster.getBody().front());
  return anchor && isa<MatmulOp, ConvOp>(anchor) &&
         isa_and_present<PadOp, TransposeOp>(cluster.getRoot().getDefiningOp());
}

FailureOr<LaunchPlan> cpu::emitBorderKernel(ClusterOp cluster, StringRef name,
                                            ModuleOp module, const Isa &isa) {
  Kernel kernel(cluster, name, module, isa);
  LaunchPlan plan =
      emitBorder(kernel, cast<PadOp>(kernel.root.getDefiningOp()));
  if (failed(kernel.finish()))
    return failure();
  return plan;
}

/// Whether every reduction is over the last dimension of a shared space, or the
/// only one over some that are one in memory.
static bool isRows(Kernel &kernel) {
  bool rows = true;
  int64_t count = 0;
  ReduceOp last;
  kernel.func.walk([&](ReduceOp op) {
    int64_t rank = op.getInput().getType().getRank();
    rows &= op.getAxes() == ArrayRef<int64_t>{rank - 1};
    ++count;
    last = op;
  });
  if (rows || count > 1 || !kernel.emitter.isBound(last.getInput()))
    return rows;
  SmallVector<int64_t> axes(last.getAxes());
  llvm::sort(axes);
  int64_t rank = last.getInput().getType().getRank(), depth = axes.size();
  return depth > 0 && axes == llvm::to_vector(llvm::seq(rank - depth, rank));
}

/// Whether kernels compute with such elements; narrow types are only moved,
/// compared and converted.
static bool hasRegisters(Operation *op, Type element) {
  if (isNarrow(element))
    return !isa<MatmulOp, ConvOp, PoolOp, ReduceOp, ArgReduceOp, ScanOp, TopKOp,
                NmsOp>(op);
  if (auto integer = dyn_cast<IntegerType>(element))
    return llvm::is_contained({1u, 8u, 16u, 32u, 64u, 128u},
                              integer.getWidth());
  if (isa<ComplexType>(element))
    return element ==
               ComplexType::get(Float32Type::get(element.getContext())) ||
           element == ComplexType::get(Float64Type::get(element.getContext()));
  return element.isF16() || element.isBF16() || element.isF32() ||
         element.isF64();
}

/// What no kernel computes is an error of the model's node.
static LogicalResult checkOperation(Operation *op) {
  bool known = isa<PointwiseOpInterface, ConstantOp, IotaOp, PadOp, ConcatOp,
                   InsertOp, TransposeOp, BroadcastOp, ReshapeOp, SliceOp,
                   GatherOp, MatmulOp, ConvOp, PoolOp, ReduceOp, ArgReduceOp,
                   ScanOp, ScatterOp, TopKOp, NonZeroOp, NmsOp, YieldOp>(op) ||
               !isa<DlcDialect>(op->getDialect());
  if (!known)
    return op->emitError("no code can be generated for '")
           << op->getName() << "'";
  auto isFit = [&](Type type) {
    auto tensor = dyn_cast<RankedTensorType>(type);
    return !tensor || hasRegisters(op, tensor.getElementType());
  };
  for (TypeRange types :
       {TypeRange(op->getOperandTypes()), TypeRange(op->getResultTypes())})
    for (Type type : types)
      if (!isFit(type))
        return op->emitError("no code can be generated for a tensor of type ")
               << type;
  return success();
}

FailureOr<LaunchPlan> cpu::emitKernel(ClusterOp cluster, StringRef name,
                                      ModuleOp module, const Isa &isa) {
  for (Operation &op : cluster.getBody().front())
    if (failed(checkOperation(&op)))
      return failure();
  Kernel kernel(cluster, name, module, isa);
  Operation *anchor = anchorOf(kernel.func.getBody().front());
  LaunchPlan plan;
  if (!anchor) {
    auto concat = kernel.root.getDefiningOp<ConcatOp>();
    Value rows = gatheredRows(kernel);
    SmallVector<TransposeOp> turned = tiledTransposes(kernel);
    plan = concat                 ? emitConcat(kernel, concat)
           : rows                 ? emitGatheredRows(kernel, rows)
           : !turned.empty()      ? emitTranspose(kernel, turned)
           : isInterleave(kernel) ? emitInterleave(kernel)
                                  : emitLoop(kernel);
  } else {
    plan =
        TypeSwitch<Operation *, LaunchPlan>(anchor)
            .Case([&](MatmulOp op) {
              return op.getStrassen() ? emitStrassen(kernel, op)
                                      : emitMatmul(kernel, op);
            })
            .Case([&](ConvOp op) {
              return op.getWinograd()   ? emitWinograd(kernel, op)
                     : op.isDepthwise() ? emitDepthwise(kernel, op)
                                        : emitConv(kernel, op);
            })
            .Case([&](PoolOp op) { return emitPool(kernel, op); })
            .Case([&](ReduceOp op) {
              return isRows(kernel) ? emitRows(kernel) : emitReduce(kernel, op);
            })
            .Case([&](ArgReduceOp op) { return emitArgReduce(kernel, op); })
            .Case([&](ScanOp op) { return emitScan(kernel, op); })
            .Case([&](ScatterOp op) { return emitScatter(kernel, op); })
            .Case([&](TopKOp op) { return emitTopK(kernel, op); })
            .Case([&](NonZeroOp op) { return emitNonZero(kernel, op); })
            .Case([&](NmsOp op) { return emitNms(kernel, op); });
  }
  if (failed(kernel.finish()))
    return failure();
  return plan;
}
