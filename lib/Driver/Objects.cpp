//===- Objects.cpp - LLVM modules to what the linker takes ------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Driver/Phases.h"
#include "Target/ModelObject.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;
using namespace mlir;

namespace dlc {
namespace {

// With the small code model no reference may span 2 GiB; larger weights stay in
// a file beside the program.
constexpr int64_t largestEmbedded = 2000LL << 20;

target::EmitOptions emitOptions(Compilation &compilation) {
  target::EmitOptions options;
  options.jobs = compilation.options.jobs;
  options.passRemarks = compilation.options.passRemarks;
  options.missedRemarks = compilation.options.missedRemarks;
  options.diagnose = [&](llvm::DiagnosticSeverity severity, StringRef text) {
    Location unknown = UnknownLoc::get(&compilation.context);
    if (severity == DS_Error)
      emitError(unknown) << text;
    else if (severity == DS_Warning)
      emitWarning(unknown) << text;
    else
      emitRemark(unknown) << text;
  };
  return options;
}

// Names that no other model, and no other version of this one, has.
std::string scopeOf(const CodeVersion &code, const Compilation &compilation) {
  if (compilation.codes.size() == 1)
    return compilation.info.ident;
  return compilation.info.ident + "." + code.target.label;
}

std::vector<Module *> modulesOf(CodeVersion &code) {
  std::vector<Module *> modules;
  for (target::LLVMModule &module : code.modules)
    modules.push_back(module.module.get());
  return modules;
}

LogicalResult scopeCode(CodeVersion &code, Compilation &compilation) {
  bool defined = any_of(code.modules, [&](target::LLVMModule &module) {
    Function *run = module.module->getFunction(code.runSymbol);
    return run && !run->isDeclaration() && !run->hasLocalLinkage();
  });
  if (!defined)
    return compilation.error("internal error: no module defines '" +
                             code.runSymbol + "'");
  std::string scope = scopeOf(code, compilation);
  target::scopeSymbols(modulesOf(code), scope);
  for (target::LLVMModule &module : code.modules)
    target::applyTarget(*module.module, code.target);

  target::CodeInfo info;
  info.cpu = code.target.label;
  info.features = target::requiredFeatures(code.target);
  info.runSymbol = scope + "." + code.runSymbol;
  info.arenaSize = code.arenaSize;
  info.scratchSize = code.scratchSize;
  compilation.info.codes.push_back(std::move(info));
  return success();
}

// Decoders of images are in an archive of their own: they bring libraries
// along.
void findArchives(Compilation &compilation) {
  for (CodeVersion &code : compilation.codes)
    for (Module *module : modulesOf(code))
      for (Function &function : *module)
        if (function.isDeclaration() &&
            function.getName().starts_with("dlc_image_")) {
          compilation.archives = {"libdlc_image.a"};
          return;
        }
}

// Large weights were written as an object like all others: the bytes are copied
// out of it.
LogicalResult putBesides(Compilation &compilation, StringRef object) {
  SmallString<128> path(compilation.options.output);
  path += ".weights";
  auto bytes = MemoryBuffer::getFileSlice(object, compilation.info.weightsSize,
                                          target::WeightsFile::firstByte);
  if (!bytes)
    return compilation.error(createFileError(object, bytes.getError()));
  compilation.info.weightsFile = sys::path::filename(path).str();
  return compilation.writeResult(path, (*bytes)->getBuffer());
}

LogicalResult finishWeights(Compilation &compilation) {
  target::ModelInfo &info = compilation.info;
  if (!compilation.hasWeights())
    return success();
  target::WeightsFile &weights = *compilation.weights();
  std::string symbol = info.ident + ".weights";
  if (llvm::Error error = weights.finish(symbol))
    return compilation.error(std::move(error));
  info.weightsSize = weights.size();
  const std::string &wanted = compilation.options.weightsFile;
  if (!wanted.empty()) {
    info.weightsFile = sys::path::filename(wanted).str();
    return success();
  }
  if (isText(compilation.options.emit)) {
    info.weightsSymbol = symbol;
    return success();
  }
  if (info.weightsSize > largestEmbedded)
    return putBesides(compilation, weights.path());
  info.weightsSymbol = symbol;
  compilation.objects.push_back(weights.path().str());
  return success();
}

void finishInfo(Compilation &compilation) {
  target::ModelInfo &info = compilation.info;
  info.triple = compilation.codes.front().target.triple.str();
  info.compiler = compilerName();
  if (compilation.sourceHash.valid())
    info.sha256 = compilation.sourceHash.get();
  info.source = sys::path::filename(compilation.options.input).str();
  if (info.name.empty())
    info.name = info.ident;
}

// The model's constant, under the name that the output's kind gives it.
target::LLVMModule modelModule(const Compilation &compilation) {
  target::ModelInfo info = compilation.info;
  if (compilation.options.emit == Emit::Executable)
    info.ident = target::mainModelSymbol;
  return target::buildModelModule(info, compilation.codes.front().target);
}

LogicalResult saveIR(Compilation &compilation, Module &module, StringRef stem) {
  auto path = compilation.temps.make(stem, "ll");
  if (!path)
    return compilation.error(path.takeError());
  std::string text;
  raw_string_ostream os(text);
  module.print(os, nullptr);
  if (llvm::Error error = target::writeText(*path, text))
    return compilation.error(std::move(error));
  return success();
}

// The weights beside an assembly file, as the assembler is to take them in.
std::string weightsDirective(const Compilation &compilation) {
  const target::ModelInfo &info = compilation.info;
  const Triple &triple = compilation.codes.front().target.triple;
  if (info.weightsSymbol.empty() || compilation.options.output == "-" ||
      !triple.isOSBinFormatELF())
    return "";
  std::string text;
  raw_string_ostream os(text);
  os << "\t.section .rodata.dlc_weights,\"a\"\n\t.p2align 12\n\t.hidden "
     << info.weightsSymbol << "\n\t.globl " << info.weightsSymbol << "\n"
     << info.weightsSymbol << ":\n\t.incbin \"";
  os.write_escaped(sys::path::filename(compilation.options.output))
      << ".weights\"\n";
  return text;
}

// The one text of all modules, for -S and --emit=llvm; only the former can be
// put together again with the weights.
LogicalResult writeAsText(Compilation &compilation, target::LLVMModule &model) {
  std::vector<Module *> modules;
  for (CodeVersion &code : compilation.codes)
    for (Module *module : modulesOf(code))
      modules.push_back(module);
  modules.push_back(model.module.get());
  auto merged = target::mergeModules(modules);
  if (!merged)
    return compilation.error(merged.takeError());
  SmallString<0> text;
  raw_svector_ostream os(text);
  const target::TargetSpec &spec = compilation.codes.front().target;
  target::EmitOptions options = emitOptions(compilation);
  options.kind = target::EmitKind::Assembly;
  llvm::Error error = compilation.options.emit == Emit::LLVM
                          ? target::optimize(*merged->module, spec, options)
                          : target::emit(*merged->module, spec, options, os);
  if (error)
    return compilation.error(std::move(error));
  if (compilation.options.emit == Emit::LLVM)
    merged->module->print(os, nullptr);
  else
    os << weightsDirective(compilation);
  return compilation.writeResult(compilation.options.output, text);
}

LogicalResult addJob(Compilation &compilation, Module *module,
                     const target::TargetSpec &spec, const Twine &name,
                     std::vector<target::EmitJob> &jobs) {
  std::string stem = compilation.info.ident + "." + name.str();
  auto path = compilation.temps.make(stem, "o");
  if (!path)
    return compilation.error(path.takeError());
  if (compilation.options.saveTemps &&
      failed(saveIR(compilation, *module, stem)))
    return failure();
  module->setSourceFileName(stem);
  compilation.objects.push_back(*path);
  jobs.push_back({module, &spec, *path});
  return success();
}

} // namespace

LogicalResult makeObjects(Compilation &compilation) {
  if (failed(finishWeights(compilation)))
    return failure();
  for (CodeVersion &code : compilation.codes)
    if (failed(scopeCode(code, compilation)))
      return failure();
  findArchives(compilation);
  finishInfo(compilation);
  target::LLVMModule model = modelModule(compilation);
  Emit emit = compilation.options.emit;
  if (emit == Emit::LLVM || emit == Emit::Assembly)
    return writeAsText(compilation, model);

  std::vector<target::EmitJob> jobs;
  if (failed(addJob(compilation, model.module.get(),
                    compilation.codes.front().target, "model", jobs)))
    return failure();
  unsigned number = 0;
  for (CodeVersion &code : compilation.codes)
    for (Module *module : modulesOf(code))
      if (failed(
              addJob(compilation, module, code.target, Twine(number++), jobs)))
        return failure();
  if (llvm::Error error = target::emitAll(jobs, emitOptions(compilation)))
    return compilation.error(std::move(error));
  return success();
}

} // namespace dlc
