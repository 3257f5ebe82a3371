//===- Strassen.cpp - weights of Strassen's algorithm and its choice ------===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Codegen/CPU/Strassen.h"

#include "Codegen/CPU/Tile.h"
#include "Evaluate/HostTensor.h"
#include "dialects/dlc/SizeKey.h"
#include "mlir/IR/Matchers.h"
#include <cmath>

using namespace mlir;
using namespace dlc;
using namespace dlc::cpu;

namespace {
/// Times of a product of known columns and steps, in multiply-adds of register
/// tiles for a column and a step. Measured on processors with AVX-512.
struct Cost {
  double perColumn; ///< columns of the panels, for each of the result
  double sums;      ///< of the operand and the result, for a row
  double weight;    ///< to read a weight from memory

  Cost(int64_t columns, int64_t steps, int64_t width, const Isa &isa)
      : perColumn(2.0 * llvm::alignTo(llvm::divideCeil(columns, 2), width) /
                  columns),
        // To add up and store an element of the left operand, for a column, and
        // one of the result, for a step.
        sums(6.0 / columns + 12.0 / steps), weight(2.6 * isa.lanes() / 16) {}

  double direct(int64_t rows) const { return rows + weight; }
  double strassen(int64_t rows) const {
    return (0.875 * rows + 1.75 * weight) * perColumn + rows * sums;
  }
};

/// Whether the rows of a product are as many as a batch, which most often is
/// small: the first size of an input.
bool hasBatchOfRows(MatmulOp op) {
  Block scratch; // outside of the program
  OpBuilder b(op.getContext());
  b.setInsertionPointToEnd(&scratch);
  SizeKey rows = sizeKey(b, op.getLhs(), 0);
  return rows.number == 0 && isa_and_present<BlockArgument>(rows.value);
}
} // namespace

/// The rows to choose by.
static int64_t expectedRows(MatmulOp op) {
  int64_t rows = op.getType().getDimSize(0);
  if (!ShapedType::isDynamic(rows))
    return rows;
  return hasBatchOfRows(op) ? 1 : 128; // the tokens of a short text
}

int64_t cpu::strassenVectors(MatmulOp op, const Isa &isa) {
  RankedTensorType type = op.getType();
  if (op.getPacked() || type.getRank() != 2 || type.isDynamicDim(1) ||
      !type.getElementType().isF32() ||
      isa_and_present<TransposeOp, SliceOp>(op.getLhs().getDefiningOp()) ||
      !matchPattern(op.getRhs(), m_Constant()))
    return 0;
  int64_t rows = expectedRows(op), columns = type.getDimSize(1),
          steps = op.getLhs().getType().getDimSize(1);
  if (rows < 2 || columns < 4 * isa.lanes() || steps < 4 || steps % 4 != 0)
    return 0;
  return panelVectorsOfMany(isa, llvm::divideCeil(columns, 2),
                            type.getElementType());
}

bool cpu::isStrassenFaster(MatmulOp op, const Isa &isa) {
  int64_t rows = expectedRows(op);
  Cost cost(op.getType().getDimSize(1), op.getLhs().getType().getDimSize(1),
            strassenVectors(op, isa) * isa.lanes(), isa);
  // More weights and rounding for little are not worth it.
  return cost.strassen(rows) < 0.94 * cost.direct(rows);
}

int64_t cpu::strassenRows(MatmulOp op, const Isa &isa) {
  RankedTensorType right = op.getRhs().getType();
  Cost cost(*op.getPacked(), 2 * right.getDimSize(2), right.getDimSize(3), isa);
  int64_t rows = 2;
  while (rows < 128 && cost.strassen(rows) > cost.direct(rows))
    ++rows;
  return rows;
}

ElementsAttr cpu::strassenRight(ElementsAttr right, int64_t width) {
  auto type = cast<RankedTensorType>(right.getShapedType());
  int64_t half = type.getDimSize(0) / 2, columns = type.getDimSize(1),
          panels = llvm::divideCeil(columns, 2 * width), each = panels * width;
  FailureOr<HostTensor> from = HostTensor::get(right);
  if (succeeded(from))
    from = from->dense();
  FailureOr<HostTensor> to = HostTensor::allocate(RankedTensorType::get(
      {panels, kStrassenProducts, half, width}, type.getElementType()));
  if (failed(from) || failed(to))
    return {};
  auto *result = reinterpret_cast<float *>(to->mutableData());
  std::vector<float> rows[2] = {std::vector<float>(2 * each),
                                std::vector<float>(2 * each)};
  for (int64_t k = 0; k < half; ++k) {
    // At no alignment.
    for (int64_t i : {0, 1})
      memcpy(rows[i].data(),
             from->data() + (i * half + k) * columns * sizeof(float),
             columns * sizeof(float));
    for (int64_t j = 0; j < each; ++j) {
      double b11 = rows[0][j], b12 = rows[0][each + j], b21 = rows[1][j],
             b22 = rows[1][each + j];
      double t1 = b12 - b11, t2 = b22 - t1, t3 = b22 - b12, t4 = t2 - b21;
      const double values[kStrassenProducts] = {b11, b21, t2, t3, -t4, t1, b22};
      float *at = result + (j / width * kStrassenProducts * half + k) * width +
                  j % width;
      for (double v : values) {
        *at = v;
        if (!std::isfinite(*at))
          return {}; // it would spread to other columns
        at += half * width;
      }
    }
  }
  return to->toAttr();
}
