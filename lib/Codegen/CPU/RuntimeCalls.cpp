//===- RuntimeCalls.cpp - calls of functions of the run time ----*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Codegen/CPU/RuntimeCalls.h"

#include "dialects/rt/Rt.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

using namespace mlir;
using namespace dlc;
using namespace dlc::cpu;

/// Made when the run starts, whatever asks for it first.
Value RuntimeCalls::tableOf(Value frame) {
  if (table)
    return table;
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(
      &frame.getParentBlock()->getParentOp()->getRegion(0).front());
  auto strings = model->getAttrOfType<ArrayAttr>("dlc.strings");
  if (!strings || strings.empty())
    strings = b.getStrArrayAttr({""});
  return table = rt::StringsOp::create(b, model.getLoc(), frame.getType(),
                                       frame, strings);
}

void RuntimeCalls::declare(StringRef name) {
  if (program.lookupSymbol(name))
    return;
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToEnd(program.getBody());
  Type pointer = LLVM::LLVMPointerType::get(b.getContext()),
       index = b.getIndexType();
  func::FuncOp::create(b, model.getLoc(), name,
                       b.getFunctionType({pointer, index, index, pointer}, {}))
      .setPrivate();
}

void RuntimeCalls::emit(CallOp op, Value frame, ArrayRef<Value> arguments,
                        StringRef site) {
  Location loc = model.getLoc();
  std::string name = ("dlc_" + op.getFunction()).str();
  declare(name);
  SmallVector<Value> args{tableOf(frame)};
  llvm::append_range(args, arguments);
  Value one = arith::ConstantIndexOp::create(b, loc, 1);
  rt::LaunchOp::create(b, loc, frame, name, one, one, args, site,
                       llvm::join(llvm::split(op.getFunction(), '_'), " "),
                       /*flops=*/-1, /*bytes=*/-1);
  rt::ReportedOp::create(b, loc, frame, args.front(), site);
}
