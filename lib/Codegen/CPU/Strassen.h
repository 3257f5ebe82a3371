//===- Strassen.h - matrix products by fewer multiplications ----*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// One level of Strassen's algorithm in Winograd's form: with both operands and
// the result in four quarters,
//
//   S1 = A21 + A22, S2 = S1 - A11, S3 = A11 - A21, S4 = A12 - S2
//   T1 = B12 - B11, T2 = B22 - T1, T3 = B22 - B12, T4 = T2 - B21
//   U2 = A11 B11 + S2 T2, U3 = U2 + S3 T3
//   C11 = A11 B11 + A12 B21, C21 = U3 - A22 T4
//   C22 = U3 + S1 T1,        C12 = U2 + S1 T1 + S4 B22
//
// take seven products of quarters instead of eight. V. Strassen: Gaussian
// Elimination is not Optimal, 1969; N. Higham: Accuracy and Stability of
// Numerical Algorithms, 2002, chapter 23.

#ifndef LIB_CODEGEN_CPU_STRASSEN_H
#define LIB_CODEGEN_CPU_STRASSEN_H

#include "Codegen/CPU/Isa.h"
#include "dialects/dlc/Dlc.h"

namespace dlc::cpu {

/// The products of quarters.
constexpr int64_t kStrassenProducts = 7;

/// The vectors of the panels that a product, whose right operand is not packed
/// yet, can be computed with by Strassen's algorithm; 0: it can't.
int64_t strassenVectors(MatmulOp op, const Isa &isa);

/// Whether such a product is better computed so than directly.
bool isStrassenFaster(MatmulOp op, const Isa &isa);

/// The fewest rows for which a product, with what strassenRight() makes, is
/// faster by Strassen's algorithm than in the direct form.
int64_t strassenRows(MatmulOp op, const Isa &isa);

/// What the seven products take of the right operand [k, n], in their order in
/// the kernel, in panels of `width` columns: B11, B21, T2, T3, -T4, T1, B22 as
/// [panels, 7, k / 2, width]. The left half has all columns of the panels, the
/// right one what is left, and zeros. Null where there's no memory for it, or
/// where a sum is not finite.
mlir::ElementsAttr strassenRight(mlir::ElementsAttr right, int64_t width);

} // namespace dlc::cpu

#endif // LIB_CODEGEN_CPU_STRASSEN_H
