//===- ModelObject.cpp - the dlc_model constant -----------------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Target/ModelObject.h"
#include "dlc/runtime.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/DerivedTypes.h"
#include "llvm/IR/GlobalVariable.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"

using namespace llvm;

namespace dlc::target {
namespace {

// Builds constants of C's layout: one anonymous struct type a record, whose
// fields LLVM lays out as the platform's C compiler does.
class Builder {
public:
  Builder(Module &module)
      : module(module), context(module.getContext()),
        pointerType(PointerType::getUnqual(context)) {}

  Constant *i32(int64_t value) {
    return ConstantInt::get(Type::getInt32Ty(context), value, true);
  }
  Constant *i64(int64_t value) {
    return ConstantInt::get(Type::getInt64Ty(context), value, true);
  }
  Constant *null() { return ConstantPointerNull::get(pointerType); }

  Constant *string(StringRef text) {
    return constant(ConstantDataArray::getString(context, text));
  }

  Constant *record(ArrayRef<Constant *> fields) {
    return ConstantStruct::getAnon(context, fields);
  }

  // A pointer to the elements; NULL when there are none.
  Constant *array(ArrayRef<Constant *> elements) {
    if (elements.empty())
      return null();
    Type *type = elements.front()->getType();
    return constant(
        ConstantArray::get(ArrayType::get(type, elements.size()), elements));
  }

  // A symbol that another object of the same program defines.
  Constant *external(StringRef name, bool isFunction) {
    if (GlobalValue *known = module.getNamedValue(name))
      return known;
    GlobalValue *value;
    if (isFunction)
      value = Function::Create(
          FunctionType::get(Type::getInt32Ty(context), {pointerType}, false),
          GlobalValue::ExternalLinkage, name, module);
    else
      value = new GlobalVariable(module, Type::getInt8Ty(context), true,
                                 GlobalValue::ExternalLinkage, nullptr, name);
    value->setVisibility(GlobalValue::HiddenVisibility);
    value->setDSOLocal(true);
    return value;
  }

private:
  Constant *constant(Constant *value) {
    auto *global =
        new GlobalVariable(module, value->getType(), true,
                           GlobalValue::PrivateLinkage, value, "dlc_constant");
    global->setUnnamedAddr(GlobalValue::UnnamedAddr::Global);
    return global;
  }

  Module &module;
  LLVMContext &context;
  PointerType *pointerType;
};

Constant *values(Builder &build, ArrayRef<ValueInfo> infos) {
  SmallVector<Constant *> records;
  for (const ValueInfo &info : infos) {
    SmallVector<Constant *> dims;
    for (int64_t dim : info.dims)
      dims.push_back(build.i64(dim));
    records.push_back(build.record(
        {build.string(info.name), build.i32(info.dtype),
         build.i32(info.isRanked ? info.dims.size() : -1), build.array(dims)}));
  }
  return build.array(records);
}

Constant *codes(Builder &build, ArrayRef<CodeInfo> infos) {
  SmallVector<Constant *> records;
  for (const CodeInfo &info : infos)
    records.push_back(
        build.record({build.string(info.cpu), build.string(info.features),
                      build.external(info.runSymbol, true),
                      build.i64(info.arenaSize), build.i64(info.scratchSize)}));
  return build.array(records);
}

Constant *model(Builder &build, const ModelInfo &info) {
  SmallVector<Constant *> symbols;
  for (const std::string &symbol : info.symbols)
    symbols.push_back(build.string(symbol));
  return build.record({
      build.i32(DLC_ABI_VERSION),
      build.i32(info.inputs.size()),
      build.i32(info.outputs.size()),
      build.i32(info.symbols.size()),
      build.i32(info.codes.size()),
      build.i32(info.flags),
      build.string(info.name),
      build.string(info.triple),
      build.string(info.compiler),
      build.string(info.sha256),
      values(build, info.inputs),
      values(build, info.outputs),
      build.array(symbols),
      codes(build, info.codes),
      info.weightsSymbol.empty() ? build.null()
                                 : build.external(info.weightsSymbol, false),
      build.i64(info.weightsSize),
      info.weightsFile.empty() ? build.null() : build.string(info.weightsFile),
  });
}

} // namespace

LLVMModule buildModelModule(const ModelInfo &info, const TargetSpec &spec) {
  auto context = std::make_unique<LLVMContext>();
  auto module = std::make_unique<Module>(info.ident, *context);
  applyTarget(*module, spec);
  Builder build(*module);
  Constant *value = model(build, info);
  auto *object =
      new GlobalVariable(*module, value->getType(), true,
                         GlobalValue::ExternalLinkage, value, info.ident);
  object->setDSOLocal(true);
  return {std::move(context), std::move(module)};
}

} // namespace dlc::target
