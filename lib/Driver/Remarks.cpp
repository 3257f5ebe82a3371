//===- Remarks.cpp - what passes did and could not do -----------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Driver/Remarks.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/Remarks.h"

using namespace mlir;

namespace dlc {
namespace {

class Printer : public remark::detail::MLIRRemarkStreamerBase {
  void streamOptimizationRemark(const remark::detail::Remark &remark) override {
    bool isMissed = remark.getRemarkType() == llvm::remarks::Type::Missed;
    auto diagnostic = emitRemark(remark.getLocation());
    for (const auto &part : remark.getArgs())
      diagnostic << part.val;
    diagnostic << (isMissed ? " [-Rpass-missed=" : " [-Rpass=")
               << remark.getCategoryName() << "]";
  }
};

} // namespace

void enableRemarks(MLIRContext &context, const Options &options) {
  if (options.passRemarks.empty() && options.missedRemarks.empty())
    return;
  remark::RemarkCategories wanted;
  if (!options.passRemarks.empty())
    wanted.passed = options.passRemarks;
  if (!options.missedRemarks.empty())
    wanted.missed = options.missedRemarks;
  // Fails only where a streamer is given that can't be had.
  (void)remark::enableOptimizationRemarks(
      context, std::make_unique<Printer>(),
      std::make_unique<remark::RemarkEmittingPolicyAll>(), wanted);
}

} // namespace dlc
