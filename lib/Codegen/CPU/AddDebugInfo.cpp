//===- AddDebugInfo.cpp - kernels get names and DWARF -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Codegen/CPU/Passes.h"
#include "Support/Diagnostics.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/SymbolTable.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/BinaryFormat/Dwarf.h"
#include "llvm/Support/Path.h"

namespace dlc::cpu {
#define GEN_PASS_DEF_ADDDEBUGINFO
#include "lib/Codegen/CPU/Passes.h.inc"
} // namespace dlc::cpu

using namespace mlir;
using namespace dlc;

namespace {

class Describer {
public:
  explicit Describer(ModuleOp module)
      : context(module.getContext()), symbols(module),
        place(FileLineColLoc::get(StringAttr::get(context, fileOf(module)), 0,
                                  0)) {
    StringRef path = place.getFilename();
    file = LLVM::DIFileAttr::get(context, llvm::sys::path::filename(path),
                                 llvm::sys::path::parent_path(path));
    unit = LLVM::DICompileUnitAttr::get(
        DistinctAttr::create(UnitAttr::get(context)), llvm::dwarf::DW_LANG_C11,
        file, StringAttr::get(context, "dlc"), /*isOptimized=*/true,
        LLVM::DIEmissionKind::Full);
  }

  LogicalResult describe(LLVM::LLVMFuncOp func) {
    std::string nodes = nodesOf(func.getLoc());
    StringRef symbol = func.getName();
    if (!nodes.empty()) {
      std::string name = (symbol + "." + identifier(nodes)).str();
      if (failed(symbols.rename(func, name)))
        return failure();
    }
    auto subprogram = LLVM::DISubprogramAttr::get(
        context, DistinctAttr::create(UnitAttr::get(context)), unit, file,
        StringAttr::get(context, nodes.empty() ? symbol.str() : nodes),
        /*linkageName=*/StringAttr(), file, /*line=*/0, /*scopeLine=*/0,
        LLVM::DISubprogramFlags::Definition |
            LLVM::DISubprogramFlags::Optimized,
        LLVM::DISubroutineTypeAttr::get(context, {}), /*retainedNodes=*/{},
        /*annotations=*/{});
    // Models have no lines: that of all code is 0.
    func.walk([&](Operation *op) { op->setLoc(place); });
    func->setLoc(FusedLoc::get({place}, subprogram, context));
    return success();
  }

private:
  MLIRContext *context;
  SymbolTable symbols;
  FileLineColLoc place;
  LLVM::DIFileAttr file;
  LLVM::DICompileUnitAttr unit;

  static StringRef fileOf(ModuleOp module) {
    auto at = module.getLoc()->findInstanceOf<FileLineColLoc>();
    return at ? at.getFilename().strref() : StringRef("model");
  }

  /// Names in an object file: what assemblers and profilers take, not too long.
  static std::string identifier(StringRef nodes) {
    constexpr size_t longest = 100;
    std::string name = nodes.take_front(longest).str();
    for (char &c : name)
      if (!llvm::isAlnum(c) && c != '.')
        c = '_';
    return name;
  }
};

struct AddDebugInfo : cpu::impl::AddDebugInfoBase<AddDebugInfo> {
  void runOnOperation() override {
    Describer describer(getOperation());
    for (auto func : getOperation().getOps<LLVM::LLVMFuncOp>())
      if (!func.isExternal() && failed(describer.describe(func)))
        return signalPassFailure();
  }
};

} // namespace
