//===- ReadLLVM.cpp - LLVM IR and a description, for tests ------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// dlc -x llvm model.json: enters the pipeline behind code generation, so that
// everything from there to the running program can be tested alone.
//
//   {"modules": ["a.ll"], "run": "dlc_run", "arena": 0, "scratch": 0,
//    "inputs": [{"name": "x", "dtype": "float32", "dims": [1, "batch", null]}],
//    "outputs": [...], "weights": "file"}
//
//===----------------------------------------------------------------------===//

#include "Driver/Phases.h"
#include "Support/Json.h"
#include "Support/MappedFile.h"
#include "dlc/runtime.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/IRReader/IRReader.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/SourceMgr.h"

using namespace llvm;
using namespace mlir;

namespace dlc {
namespace {

class Reader {
public:
  Reader(Compilation &compilation) : compilation(compilation) {}
  LogicalResult read();

private:
  LogicalResult error(const Twine &message) {
    return compilation.inputError(message);
  }
  std::string besides(StringRef file);
  LogicalResult readValues(const json::Object &object, StringRef key,
                           std::vector<target::ValueInfo> &values);
  FailureOr<int64_t> readDim(const json::Value &value);
  LogicalResult readModules(const json::Object &object, CodeVersion &code);
  LogicalResult readWeights(StringRef name);

  Compilation &compilation;
};

// Files are named relative to the description.
std::string Reader::besides(StringRef file) {
  SmallString<128> path(file);
  if (sys::path::is_relative(file)) {
    path = sys::path::parent_path(compilation.options.input);
    sys::path::append(path, file);
  }
  compilation.dependencies.push_back(path.str().str());
  return path.str().str();
}

FailureOr<int64_t> Reader::readDim(const json::Value &value) {
  if (auto size = value.getAsInteger(); size && *size >= 0)
    return *size;
  if (value.kind() == json::Value::Null)
    return DLC_UNKNOWN;
  auto name = value.getAsString();
  if (!name)
    return failure();
  std::vector<std::string> &symbols = compilation.info.symbols;
  size_t index = find(symbols, *name) - symbols.begin();
  if (index == symbols.size())
    symbols.push_back(name->str());
  return DLC_SYMBOL(index);
}

LogicalResult Reader::readValues(const json::Object &object, StringRef key,
                                 std::vector<target::ValueInfo> &values) {
  const json::Array *array = object.getArray(key);
  if (!array)
    return error("expected a list '" + key + "'");
  for (const json::Value &element : *array) {
    const json::Object *entry = element.getAsObject();
    if (!entry || !entry->getString("name") || !entry->getString("dtype") ||
        !entry->getArray("dims"))
      return error("expected name, dtype and dims in '" + key + "'");
    target::ValueInfo value;
    value.name = entry->getString("name")->str();
    value.dtype = target::dtypeFromName(entry->getString("dtype")->str());
    if (!value.dtype)
      return error("unknown dtype '" + *entry->getString("dtype") + "'");
    for (const json::Value &element : *entry->getArray("dims")) {
      FailureOr<int64_t> dim = readDim(element);
      if (failed(dim))
        return error("malformed dimension of '" + value.name + "'");
      value.dims.push_back(*dim);
    }
    values.push_back(std::move(value));
  }
  return success();
}

LogicalResult Reader::readModules(const json::Object &object,
                                  CodeVersion &code) {
  const json::Array *names = object.getArray("modules");
  if (!names || names->empty())
    return error("expected a list 'modules'");
  for (const json::Value &name : *names) {
    if (!name.getAsString())
      return error("expected names of files in 'modules'");
    std::string path = besides(*name.getAsString());
    auto context = std::make_unique<LLVMContext>();
    SMDiagnostic diagnostic;
    auto module = parseIRFile(path, diagnostic, *context);
    if (!module)
      return error("'" + path + "': line " + Twine(diagnostic.getLineNo()) +
                   ": " + diagnostic.getMessage());
    code.modules.push_back({std::move(context), std::move(module)});
  }
  code.runSymbol = object.getString("run").value_or("dlc_run").str();
  code.arenaSize = object.getInteger("arena").value_or(0);
  code.scratchSize = object.getInteger("scratch").value_or(0);
  return success();
}

LogicalResult Reader::readWeights(StringRef name) {
  std::string path = besides(name);
  auto file = MappedFile::open(path);
  if (!file)
    return error("'" + path + "': " + describe(file.getError()));
  target::WeightsFile *weights = compilation.weights();
  if (!weights)
    return failure();
  weights->stream().write((*file)->bytes().data(), (*file)->size());
  return success();
}

LogicalResult Reader::read() {
  auto file = MappedFile::open(compilation.options.input);
  if (!file)
    return error(describe(file.getError()));
  compilation.info.sha256 = (*file)->sha256();
  auto value = parseJson(StringRef((*file)->bytes().data(), (*file)->size()));
  if (!value)
    return error(toString(value.takeError()));
  const json::Object *object = value->getAsObject();
  if (!object)
    return error("expected an object");
  if (failed(readValues(*object, "inputs", compilation.info.inputs)) ||
      failed(readValues(*object, "outputs", compilation.info.outputs)))
    return failure();
  for (CodeVersion &code : compilation.codes)
    if (failed(readModules(*object, code)))
      return failure();
  if (auto name = object->getString("weights"))
    return readWeights(*name);
  return success();
}

} // namespace

LogicalResult readLLVM(Compilation &compilation) {
  return Reader(compilation).read();
}

} // namespace dlc
