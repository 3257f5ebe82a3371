//===- EmitProgramPass.cpp - the program of a model, to look at -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Codegen/CPU/Codegen.h"
#include "Codegen/CPU/Passes.h"
#include "dialects/dlc/Dlc.h"
#include "dialects/rt/Rt.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

namespace dlc::cpu {
#define GEN_PASS_DEF_EMITPROGRAM
#include "lib/Codegen/CPU/Passes.h.inc"
} // namespace dlc::cpu

using namespace mlir;
using namespace dlc;
using namespace dlc::cpu;

FailureOr<Isa> cpu::isaOfOption(Location loc, StringRef name) {
  if (name.empty() || name == "avx512")
    return Isa::avx512();
  if (name == "avx2")
    return Isa::avx2();
  if (name == "sse")
    return Isa::sse();
  if (name == "neon")
    return Isa::neon();
  return emitError(loc) << "unknown instruction set '" << name
                        << "': use avx512, avx2, sse or neon";
}

namespace {

struct EmitProgram : dlc::cpu::impl::EmitProgramBase<EmitProgram> {
  using EmitProgramBase::EmitProgramBase;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    FailureOr<Isa> target = isaOfOption(module.getLoc(), isaName);
    if (failed(target))
      return signalPassFailure();
    auto main = module.lookupSymbol<func::FuncOp>("main");
    if (!main || !main.getBody().hasOneBlock()) {
      module.emitError(main ? "function @main must have one block"
                            : "has no function @main");
      return signalPassFailure();
    }
    int64_t end = 0;
    auto sink = [&](ElementsAttr elements) -> FailureOr<int64_t> {
      int64_t bits = elementBits(elements.getElementType());
      int64_t offset = end,
              bytes = llvm::divideCeil(bits, 8) * elements.getNumElements();
      end = llvm::alignTo(end + bytes, 64);
      return offset;
    };
    CodeNeeds needs;
    auto program = emitProgram(module, *target, sink, needs);
    if (failed(program))
      return signalPassFailure();
    module.getBodyRegion().takeBody((*program)->getBodyRegion());
    Builder b(module.getContext());
    module->setAttr("dlc.arena", b.getI64IntegerAttr(needs.arena));
    module->setAttr("dlc.scratch", b.getI64IntegerAttr(needs.scratch));
  }
};

} // namespace
