//===- ExpandMath.h - math functions as arithmetic -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Every function here takes and gives f32, on scalars and vectors, errs by at
// most 4 units in the last place (test/unit/ulp measures it), and treats zeros,
// infinities, NaNs and denormal numbers as C's does. f64 is left to libm.

#ifndef CODEGEN_CPU_EXPANDMATH_H
#define CODEGEN_CPU_EXPANDMATH_H

#include "Codegen/CPU/Num.h"
#include <memory>

namespace mlir {
class Pass;
class RewritePatternSet;
} // namespace mlir

namespace dlc::cpu {

/// `hasFma`: whether the target has a fused multiply-add instruction.
/// `hasScale`: whether it has AVX-512's scalef.
void populateExpandMathPatterns(mlir::RewritePatternSet &patterns, bool hasFma,
                                bool hasScale);

// MathExp.cpp
Num expandExp(Num x);
Num expandExpm1(Num x);
Num expandTanh(Num x);
Num expandErf(Num x);
Num expandOnePlusErf(Num x); ///< below 1/4 it errs by at most 2^-23
Num expandOnePlusTanh(Num x);
Num expandInverseOnePlusExp(Num x); ///< 1 / (1 + e^x)
Num exp2Reduced(Num f);             ///< 2^f for |f| up to a half
// MathLog.cpp
Num expandLog(Num x);
Num expandLog1p(Num x);
Num expandAsinh(Num x);
Num expandAcosh(Num x);
Num expandAtanh(Num x);
// MathTrig.cpp
Num expandSin(Num x);
Num expandCos(Num x);
Num expandTan(Num x);
Num expandAsin(Num x);
Num expandAcos(Num x);
Num expandAtan(Num x);
// MathPow.cpp
Num expandPow(Num x, Num y);
Num expandRem(Num x, Num y);

} // namespace dlc::cpu

#endif // CODEGEN_CPU_EXPANDMATH_H
