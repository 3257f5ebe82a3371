//===- ShareWeights.cpp - tied weights are stored once ----------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Language models often take the words' vectors, which a gather picks, for the
// weights of the last product, too. That one's panels hold each element once,
// so the gather can read them: a row is spread over a panel then, but few rows
// are ever picked. Tables are compared by their elements, since exporters and
// folding make another tensor of the transpose.

#include "Codegen/CPU/ShareWeights.h"

#include "Codegen/CPU/Passes.h"
#include "Evaluate/HostTensor.h"
#include "dialects/dlc/Dlc.h"
#include "mlir/IR/Matchers.h"

namespace dlc::cpu {
#define GEN_PASS_DEF_SHAREWEIGHTS
#include "lib/Codegen/CPU/Passes.h.inc"
} // namespace dlc::cpu

using namespace mlir;
using namespace dlc;

namespace {

/// What is less isn't worth slower gathers.
constexpr int64_t leastBytes = 1 << 16;

/// Whether panels [panels, k, width], or one [k, n], hold the rows [n, k] of a
/// table.
bool holdRows(ElementsAttr panels, ElementsAttr table) {
  FailureOr<HostTensor> from = HostTensor::get(table),
                        packed = HostTensor::get(panels);
  if (failed(from) || failed(packed) || from->isSplat() || packed->isSplat())
    return false;
  int64_t rows = from->getShape()[0], k = from->getShape()[1],
          width = packed->getShape().back(),
          bytes = elementBytes(from->getElementType());
  const char *at = from->data();
  for (int64_t row = 0; row < rows; ++row) {
    const char *panel =
        packed->data() + (row / width * k * width + row % width) * bytes;
    for (int64_t i = 0; i < k; ++i, at += bytes)
      if (memcmp(at, panel + i * width * bytes, bytes) != 0)
        return false;
  }
  return true;
}

/// A matrix of whose rows some are picked, and that nothing else reads.
bool isTable(ConstantOp op) {
  if (op.getType().getRank() != 2 ||
      tensorBytes(op.getType()).value_or(0) < leastBytes)
    return false;
  return llvm::all_of(op->getUses(), [&](OpOperand &use) {
    auto gather = dyn_cast<GatherOp>(use.getOwner());
    return gather && gather.getAxis() == 0 && use.get() == gather.getData() &&
           gather.getIndices() != use.get();
  });
}

/// A product's panels, of which each column is a row of a table.
struct Panels {
  Value value;
  ElementsAttr elements;
  int64_t columns;
};

/// The panels that hold the table's rows, or null.
const Panels *findRows(ArrayRef<Panels> all, ElementsAttr table) {
  auto type = cast<RankedTensorType>(table.getShapedType());
  const auto *found = llvm::find_if(all, [&](const Panels &panels) {
    auto packed = cast<RankedTensorType>(panels.value.getType());
    return packed.getElementType() == type.getElementType() &&
           packed.getDimSize(1) == type.getDimSize(1) &&
           panels.columns == type.getDimSize(0) &&
           holdRows(panels.elements, table);
  });
  return found == all.end() ? nullptr : found;
}

/// The table as it lies in the panels, as operations that a gather's kernel
/// takes in.
Value tableOf(OpBuilder &b, Location loc, const Panels &panels) {
  Value turned = TransposeOp::create(b, loc, panels.value, {0, 2, 1});
  ArrayRef<int64_t> shape = cast<RankedTensorType>(turned.getType()).getShape();
  Type element = getElementTypeOrSelf(turned);
  int64_t rows = shape[0] * shape[1], k = shape[2];
  Value table = ReshapeOp::create(
      b, loc, RankedTensorType::get({rows, k}, element), turned, ValueRange());
  if (rows == panels.columns)
    return table;
  return SliceOp::create(b, loc,
                         RankedTensorType::get({panels.columns, k}, element),
                         table, ValueRange(), ValueRange(),
                         ArrayRef<int64_t>{0, 0}, ArrayRef<int64_t>{1, 1});
}

struct ShareWeights : dlc::cpu::impl::ShareWeightsBase<ShareWeights> {
  void runOnOperation() override {
    SmallVector<Panels> panels;
    getOperation().walk([&](MatmulOp matmul) {
      ElementsAttr right;
      if (matmul.getPacked() && !matmul.getStrassen() &&
          matmul.getRhs().getType().getRank() == 3 &&
          matchPattern(matmul.getRhs(), m_Constant(&right)))
        panels.push_back({matmul.getRhs(), right,
                          static_cast<int64_t>(*matmul.getPacked())});
    });
    for (ConstantOp table : cpu::gatheredTables(getOperation()))
      if (const Panels *found = findRows(panels, table.getValue()))
        replace(table, *found);
  }

private:
  static void replace(ConstantOp table, const Panels &panels) {
    // Loops and branches may read what lies in front of them only.
    Block &entry = table->getParentOfType<func::FuncOp>().front();
    panels.value.getDefiningOp()->moveBefore(&entry, entry.begin());
    for (OpOperand &use : llvm::make_early_inc_range(table->getUses())) {
      OpBuilder b(use.getOwner());
      use.set(tableOf(b, use.getOwner()->getLoc(), panels));
    }
    table.erase();
  }
};

} // namespace

SmallVector<ConstantOp> cpu::gatheredTables(func::FuncOp func) {
  SmallVector<ConstantOp> tables;
  func.walk([&](ConstantOp op) {
    if (isTable(op))
      tables.push_back(op);
  });
  return tables;
}

bool cpu::isTied(MatmulOp op, ArrayRef<ConstantOp> tables) {
  ElementsAttr right;
  RankedTensorType type = op.getRhs().getType();
  return type.getRank() == 2 && !op.getPacked() &&
         matchPattern(op.getRhs(), m_Constant(&right)) &&
         llvm::any_of(tables, [&](ConstantOp table) {
           return table.getType().getElementType() == type.getElementType() &&
                  table.getType().getDimSize(0) == type.getDimSize(1) &&
                  table.getType().getDimSize(1) == type.getDimSize(0) &&
                  holdRows(right, table.getValue());
         });
}
