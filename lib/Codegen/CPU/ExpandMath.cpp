//===- ExpandMath.cpp - math functions as arithmetic -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Codegen/CPU/ExpandMath.h"
#include "Codegen/CPU/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Matchers.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

using namespace mlir;

namespace dlc::cpu {

#define GEN_PASS_DEF_EXPANDMATH
#include "lib/Codegen/CPU/Passes.h.inc"

namespace {

/// Replaces an f32 operation by what a function builds of its operands.
template <typename Op, auto expand> struct Expand : OpRewritePattern<Op> {
  Expand(MLIRContext *context, bool hasFma, bool hasScale)
      : OpRewritePattern<Op>(context), hasFma(hasFma), hasScale(hasScale) {}
  bool hasFma, hasScale;

  LogicalResult matchAndRewrite(Op op,
                                PatternRewriter &rewriter) const override {
    if (!getElementTypeOrSelf(op.getType()).isF32())
      return rewriter.notifyMatchFailure(op, "is not f32");
    NumContext context{rewriter, op.getLoc(), hasFma, hasScale};
    Num result;
    if constexpr (Op::template hasTrait<OpTrait::OneOperand>())
      result = expand(Num{&context, op->getOperand(0)});
    else
      result = expand(Num{&context, op->getOperand(0)},
                      Num{&context, op->getOperand(1)});
    rewriter.replaceOp(op, result.v);
    return success();
  }
};

/// The sum with 1 that alone uses a function's result; null if there's none.
arith::AddFOp sumWithOne(Operation *op) {
  auto sum = op->hasOneUse() ? dyn_cast<arith::AddFOp>(*op->user_begin())
                             : arith::AddFOp();
  if (!sum)
    return nullptr;
  bool isLeft = sum.getLhs() == op->getResult(0);
  return matchPattern(isLeft ? sum.getRhs() : sum.getLhs(), m_OneFloat())
             ? sum
             : nullptr;
}

/// Replaces 1 + f(x), of which GELU is made, in fewer steps than f and without
/// the cancellation that the sum has near -1.
template <typename Op, auto expand>
struct ExpandOnePlus : OpRewritePattern<Op> {
  ExpandOnePlus(MLIRContext *context, bool hasFma, bool hasScale)
      : OpRewritePattern<Op>(context, /*benefit=*/2), hasFma(hasFma),
        hasScale(hasScale) {}
  bool hasFma, hasScale;

  LogicalResult matchAndRewrite(Op op,
                                PatternRewriter &rewriter) const override {
    arith::AddFOp sum = sumWithOne(op);
    if (!sum || !getElementTypeOrSelf(op.getType()).isF32())
      return rewriter.notifyMatchFailure(op, "is not in a sum with 1");
    NumContext context{rewriter, op.getLoc(), hasFma, hasScale};
    Num x{&context, op.getOperand()};
    // What a last place more or less is to x, the result doesn't show.
    APFloat divisor(1.0f);
    if (auto quotient = x.v.getDefiningOp<arith::DivFOp>();
        quotient &&
        matchPattern(quotient.getRhs(), m_ConstantFloat(&divisor)) &&
        divisor.isNormal())
      x = x.with(quotient.getLhs()) * (1 / divisor.convertToDouble());
    rewriter.replaceOp(sum, expand(x).v);
    rewriter.eraseOp(op);
    return success();
  }
};

/// Replaces 1 / (1 + e^x), the sigmoid of -x: denormal results are right, too.
struct ExpandInverseOnePlusExp : OpRewritePattern<math::ExpOp> {
  ExpandInverseOnePlusExp(MLIRContext *context, bool hasFma, bool hasScale)
      : OpRewritePattern(context, /*benefit=*/2), hasFma(hasFma),
        hasScale(hasScale) {}
  bool hasFma, hasScale;

  LogicalResult matchAndRewrite(math::ExpOp op,
                                PatternRewriter &rewriter) const override {
    arith::AddFOp sum = sumWithOne(op);
    auto quotient = sum && sum->hasOneUse()
                        ? dyn_cast<arith::DivFOp>(*sum->user_begin())
                        : arith::DivFOp();
    if (!quotient || !getElementTypeOrSelf(op.getType()).isF32() ||
        !matchPattern(quotient.getLhs(), m_OneFloat()) ||
        quotient.getRhs() != sum.getResult())
      return rewriter.notifyMatchFailure(op, "is not in 1 / (1 + e^x)");
    NumContext context{rewriter, op.getLoc(), hasFma, hasScale};
    Num inverse = expandInverseOnePlusExp(Num{&context, op.getOperand()});
    rewriter.replaceOp(quotient, inverse.v);
    rewriter.eraseOp(sum);
    rewriter.eraseOp(op);
    return success();
  }
};

struct ExpandMath : impl::ExpandMathBase<ExpandMath> {
  using ExpandMathBase::ExpandMathBase;

  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    populateExpandMathPatterns(patterns, hasFma, hasScale);
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};

} // namespace

void populateExpandMathPatterns(RewritePatternSet &patterns, bool hasFma,
                                bool hasScale) {
  patterns.add<
      Expand<math::ExpOp, expandExp>, Expand<math::ExpM1Op, expandExpm1>,
      Expand<math::TanhOp, expandTanh>, Expand<math::ErfOp, expandErf>,
      Expand<math::LogOp, expandLog>, Expand<math::Log1pOp, expandLog1p>,
      Expand<math::AsinhOp, expandAsinh>, Expand<math::AcoshOp, expandAcosh>,
      Expand<math::AtanhOp, expandAtanh>, Expand<math::SinOp, expandSin>,
      Expand<math::CosOp, expandCos>, Expand<math::TanOp, expandTan>,
      Expand<math::AsinOp, expandAsin>, Expand<math::AcosOp, expandAcos>,
      Expand<math::AtanOp, expandAtan>, Expand<math::PowFOp, expandPow>>(
      patterns.getContext(), hasFma, hasScale);
  patterns.add<ExpandOnePlus<math::ErfOp, expandOnePlusErf>,
               ExpandOnePlus<math::TanhOp, expandOnePlusTanh>>(
      patterns.getContext(), hasFma, hasScale);
  patterns.add<ExpandInverseOnePlusExp>(patterns.getContext(), hasFma,
                                        hasScale);
  // Exact only with fused steps; else it is libm's.
  if (hasFma)
    patterns.add<Expand<arith::RemFOp, expandRem>>(patterns.getContext(),
                                                   hasFma, hasScale);
}

} // namespace dlc::cpu
