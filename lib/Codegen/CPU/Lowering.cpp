//===- Lowering.cpp - from kernels to the LLVM dialect -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Codegen/CPU/Codegen.h"
#include "Codegen/CPU/Passes.h"
#include "mlir/Conversion/Passes.h"
#include "mlir/Dialect/Arith/Transforms/Passes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;
using namespace dlc;

void cpu::buildLowering(OpPassManager &pm, const Isa &isa) {
  OpPassManager &kernels = pm.nest<func::FuncOp>();
  kernels.addPass(createCanonicalizerPass());
  kernels.addPass(createCSEPass());
  kernels.addPass(createLoopInvariantCodeMotionPass());
  kernels.addPass(createExpandMath({isa.hasFma, isa.hasScale}));
  // bfloat16 is converted with shifts: few processors have an instruction for
  // it (which takes denormal numbers for 0), and C libraries no function.
  kernels.addPass(arith::createArithExpandOpsPass({/*includeBf16=*/true}));
  kernels.addPass(createCSEPass());
  kernels.addPass(createLoopInvariantCodeMotionPass());
  kernels.addPass(createInterleaveVectors({isa.registers / 4}));
  // First: calls into the run time may end the run, from within a loop too.
  pm.nest<func::FuncOp>().addPass(createSCFToControlFlowPass());
  pm.addPass(createConvertRtToLLVM());
  // What becomes calls of the C library takes vectors apart.
  pm.addPass(createConvertMathToLLVMPass());
  pm.addPass(createConvertMathToLibmPass());
  pm.addPass(createConvertVectorToLLVMPass());
  pm.addPass(createFinalizeMemRefToLLVMConversionPass());
  pm.addPass(createConvertFuncToLLVMPass());
  pm.addPass(createConvertControlFlowToLLVMPass());
  pm.addPass(createConvertIndexToLLVMPass());
  pm.addPass(createArithToLLVMConversionPass());
  pm.addPass(createReconcileUnrealizedCastsPass());
}

SmallVector<OwningOpRef<ModuleOp>> cpu::splitModule(ModuleOp module) {
  // What a module costs is little beside a few kernels; more of them would
  // level out less between threads.
  constexpr size_t kernelsEach = 4;
  // The run function with its data is the first part; kernels go where there is
  // least yet.
  SmallVector<OwningOpRef<ModuleOp>> result;
  SmallVector<size_t> weight;
  auto isKernel = [](Operation &op) {
    auto func = dyn_cast<LLVM::LLVMFuncOp>(op);
    return func && !func.isExternal() && func.getName() != "dlc_run";
  };
  size_t parts = llvm::divideCeil(llvm::count_if(*module.getBody(), isKernel),
                                  kernelsEach);
  for (size_t i = 0; i < std::max<size_t>(parts, 1); ++i) {
    result.push_back(ModuleOp::create(module.getLoc()));
    weight.push_back(0);
  }
  for (Operation &op : *module.getBody()) {
    if (!isKernel(op)) {
      if (auto func = dyn_cast<LLVM::LLVMFuncOp>(op);
          func && func.isExternal()) {
        for (auto &part : result)
          part->push_back(op.clone());
        continue;
      }
      result[0]->push_back(op.clone());
      continue;
    }
    size_t size = 0;
    op.walk([&](Operation *) { ++size; });
    size_t least =
        std::min_element(weight.begin(), weight.end()) - weight.begin();
    weight[least] += size;
    result[least]->push_back(op.clone());
    if (least == 0)
      continue;
    // Declared where it is launched from.
    auto func = cast<LLVM::LLVMFuncOp>(op);
    OpBuilder b = OpBuilder::atBlockBegin(result[0]->getBody());
    LLVM::LLVMFuncOp::create(b, module.getLoc(), func.getName(),
                             func.getFunctionType());
  }
  return result;
}
