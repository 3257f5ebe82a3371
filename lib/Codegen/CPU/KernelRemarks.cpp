//===- KernelRemarks.cpp - what kernels were chosen, what is copied -*- C++
//-*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Codegen/CPU/ControlFlow.h"
#include "Codegen/CPU/Kernel.h"
#include "Codegen/CPU/KernelTable.h"
#include "mlir/IR/Remarks.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;
using namespace dlc;
using namespace dlc::cpu;

namespace {
/// Elements that only change their place on the way from memory to memory.
struct Copy {
  SmallVector<Operation *> steps; ///< what moves them, the last first
  bool isCopy = false;
};
} // namespace

/// Follows a value to what is in memory.
static Copy followCopy(Value v) {
  Copy copy;
  while (Operation *op = v.getDefiningOp()) {
    if (!isa<TransposeOp, SliceOp, PadOp, ReshapeOp, BroadcastOp>(op))
      return copy; // computed on the way
    if (!isa<ReshapeOp>(op))
      copy.steps.push_back(op);
    v = op->getOperand(0);
  }
  copy.isCopy = true;
  return copy;
}

static std::string bytesText(Value tensor) {
  RankedTensorType type = typeOf(tensor);
  if (!type.hasStaticShape())
    return "a tensor whose size is open";
  double bytes = static_cast<double>(elementBytes(type)) *
                 static_cast<double>(type.getNumElements());
  if (bytes < 1e4)
    return llvm::formatv("{0} bytes", static_cast<int64_t>(bytes));
  bool isLarge = bytes >= 1e6;
  return llvm::formatv("{0:F1} {1}", bytes / (isLarge ? 1e6 : 1e3),
                       isLarge ? "MB" : "kB");
}

static void remarkCopy(Location loc, Value moved, StringRef how) {
  remark::missed(loc, remark::RemarkOpts::name("Copy").category("copy"))
      << "copies " << bytesText(moved) << ": " << how;
}

static std::string stepsText(ArrayRef<Operation *> steps) {
  std::string text;
  for (Operation *op : llvm::reverse(steps)) {
    StringRef name = op->getName().stripDialect();
    if (!StringRef(text).ends_with(name))
      text += (text.empty() ? "" : ", ") + name.str();
  }
  return text;
}

static void remarkConcat(ConcatOp concat) {
  for (auto [i, input] : llvm::enumerate(concat.getInputs())) {
    Copy copy = followCopy(input);
    if (copy.isCopy)
      remarkCopy(concat.getLoc(), input,
                 llvm::formatv("part {0} of {1} of a concat", i + 1,
                               concat.getInputs().size())
                     .str());
  }
}

void cpu::remarkKernel(ClusterOp cluster, const KernelRow &row,
                       const Isa &isa) {
  if (!cluster.getContext()->getRemarkEngine())
    return;
  remark::passed(cluster.getLoc(),
                 remark::RemarkOpts::name("Kernel").category("kernel"))
      << "computed by " << row.function << ": " << row.name() << ", "
      << row.shapes << ", " << isa.name;
  if (anchorOf(cluster.getBody().front()))
    return; // an operation moves nothing alone
  Value root = cluster.getRoot();
  if (auto concat = root.getDefiningOp<ConcatOp>())
    return remarkConcat(concat);
  Copy copy = followCopy(root);
  if (!copy.isCopy)
    return;
  bool moves = !copy.steps.empty();
  remarkCopy(moves ? copy.steps.front()->getLoc() : cluster.getLoc(), root,
             moves ? stepsText(copy.steps) : "to where the result is wanted");
}
