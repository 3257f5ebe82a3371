//===- evaluate-function.cpp - evaluates the functions of a file -*- C++
//-*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Prints what each function returns, or why it can't be evaluated. Arguments
// come from the function's attribute `arguments`, an array of elements.

#include "Evaluate/Evaluate.h"
#include "dialects/dlc/Dlc.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/AsmState.h"
#include "mlir/Parser/Parser.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;

static void evaluate(func::FuncOp function) {
  SmallVector<ElementsAttr> arguments, results;
  if (auto array = function->getAttrOfType<ArrayAttr>("arguments"))
    for (Attribute value : array)
      arguments.push_back(dyn_cast<ElementsAttr>(value));
  llvm::outs() << function.getName() << ":\n";
  std::string reason;
  if (failed(dlc::evaluateFunction(function, arguments, results, &reason)))
    llvm::outs() << "  failed: " << reason << "\n";
  for (ElementsAttr value : results)
    llvm::outs() << "  " << value << "\n";
}

int main(int argc, char **argv) {
  MLIRContext context;
  context.loadDialect<dlc::DlcDialect, func::FuncDialect, arith::ArithDialect,
                      tensor::TensorDialect>();
  if (argc != 2)
    return 2;
  auto module = parseSourceFile<ModuleOp>(argv[1], &context);
  if (!module)
    return 1;
  for (auto function : module->getOps<func::FuncOp>())
    evaluate(function);
  return 0;
}
