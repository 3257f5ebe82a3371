//===- Winograd.h - convolutions by fewer multiplications -------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Winograd's F(m x m, 3 x 3): a tile of m x m pixels of the output takes an
// (m + 2) x (m + 2) tile d of the input, and is
//
//   A^T (sum over channels of (G k G^T) * (B^T d B)) A
//
// with an elementwise product *: (m + 2)^2 multiplications instead of 9 m^2,
// and each of the (m + 2)^2 sums over channels, for many tiles, is a matrix
// product. A. Lavin, S. Gray: Fast Algorithms for Convolutional Neural
// Networks, 2015.

#ifndef LIB_CODEGEN_CPU_WINOGRAD_H
#define LIB_CODEGEN_CPU_WINOGRAD_H

#include "Codegen/CPU/Isa.h"
#include "Codegen/CPU/Num.h"
#include "dialects/dlc/Dlc.h"

namespace dlc::cpu {

/// Whether a convolution, whose kernel is not packed yet, can be computed so.
bool canBeWinograd(ConvOp op);

/// The size of the output tiles, 2 to 4, that a convolution should be computed
/// in; 0: it is better computed directly. Its kernel is not packed yet.
int64_t winogradTile(ConvOp op, const Isa &isa);

/// How many tiles of m x m pixels it then has.
int64_t winogradTiles(ConvOp op, int64_t m);

/// The number of images to choose by. An open one is taken for two: what is
/// best then costs little more than the best for one image, or for many.
int64_t expectedImages(ConvOp op);

/// What a convolution costs with so large output tiles, or directly for 0, in
/// multiply-adds of register tiles: what winogradTile() decides by.
double convolutionCost(ConvOp op, const Isa &isa, int64_t tile);

/// G k G^T of each 3 x 3 kernel, of the value [oc, 3, 3, c], in panels of
/// `width` output channels: [panels, (m + 2)^2, c, width]. Null where there's
/// no memory for it.
mlir::ElementsAttr winogradKernel(mlir::ElementsAttr kernel, int64_t m,
                                  int64_t width);

/// B^T x, of m + 2 elements.
llvm::SmallVector<Num> winogradInput(int64_t m, llvm::ArrayRef<Num> x);
/// A^T x, of m elements.
llvm::SmallVector<Num> winogradOutput(int64_t m, llvm::ArrayRef<Num> x);

} // namespace dlc::cpu

#endif // LIB_CODEGEN_CPU_WINOGRAD_H
