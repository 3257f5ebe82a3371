//===- Emit.cpp - LLVM modules to object files ------------------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Target/Emit.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Bitcode/BitcodeReader.h"
#include "llvm/Bitcode/BitcodeWriter.h"
#include "llvm/IR/DiagnosticHandler.h"
#include "llvm/IR/DiagnosticPrinter.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/Verifier.h"
#include "llvm/Linker/Linker.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Regex.h"
#include "llvm/Support/ThreadPool.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Target/TargetMachine.h"
#include <mutex>

using namespace llvm;

namespace dlc::target {

LLVMModule::LLVMModule() = default;
LLVMModule::LLVMModule(std::unique_ptr<LLVMContext> c,
                       std::unique_ptr<Module> m)
    : context(std::move(c)), module(std::move(m)) {}
LLVMModule::LLVMModule(LLVMModule &&) noexcept = default;
LLVMModule &LLVMModule::operator=(LLVMModule &&other) noexcept {
  module.reset(); // before the context it lives in
  context = std::move(other.context);
  module = std::move(other.module);
  return *this;
}
LLVMModule::~LLVMModule() = default;

namespace {

// LLVM's own diagnostics, handed to the driver; errors are remembered because
// code generation goes on after them.
class Handler : public DiagnosticHandler {
public:
  Handler(const EmitOptions &options, std::string &firstError)
      : options(options), passed(options.passRemarks),
        missed(options.missedRemarks), firstError(firstError) {}

  bool handleDiagnostics(const DiagnosticInfo &info) override {
    // The code generator's remarks come whether they are wanted or not.
    auto *remark = dyn_cast<DiagnosticInfoOptimizationBase>(&info);
    if (remark && !remark->isEnabled())
      return true;
    std::string text;
    raw_string_ostream os(text);
    DiagnosticPrinterRawOStream printer(os);
    info.print(printer);
    if (remark) {
      bool isMissed = is_contained(
          {DK_OptimizationRemarkMissed, DK_MachineOptimizationRemarkMissed},
          remark->getKind());
      os << (isMissed ? " [-Rpass-missed=" : " [-Rpass=")
         << remark->getPassName() << "]";
    }
    if (info.getSeverity() == DS_Error && firstError.empty()) {
      firstError = text;
    } else if (options.diagnose) {
      static std::mutex mutex;
      std::lock_guard<std::mutex> lock(mutex);
      StringRef message = text;
      message.consume_front("<unknown>:0:0: ");
      options.diagnose(info.getSeverity(), message);
    }
    return true;
  }

  bool isAnalysisRemarkEnabled(StringRef) const override { return false; }
  bool isMissedOptRemarkEnabled(StringRef pass) const override {
    return !options.missedRemarks.empty() && missed.match(pass);
  }
  bool isPassedOptRemarkEnabled(StringRef pass) const override {
    return !options.passRemarks.empty() && passed.match(pass);
  }
  bool isAnyRemarkEnabled() const override {
    return !options.passRemarks.empty() || !options.missedRemarks.empty();
  }

private:
  const EmitOptions &options;
  Regex passed, missed;
  std::string &firstError;
};

// Installs a Handler while it lives.
class HandlerScope {
public:
  HandlerScope(LLVMContext &context, const EmitOptions &options)
      : context(context), previous(context.getDiagnosticHandler()) {
    context.setDiagnosticHandler(std::make_unique<Handler>(options, error));
  }
  ~HandlerScope() { context.setDiagnosticHandler(std::move(previous)); }

  Error take() {
    if (error.empty())
      return Error::success();
    return createStringError(inconvertibleErrorCode(), error);
  }

private:
  LLVMContext &context;
  std::unique_ptr<DiagnosticHandler> previous;
  std::string error;
};

void runOptimizer(Module &module, TargetMachine &machine, unsigned level) {
  // The kernels come vectorised, unrolled and register-tiled by design;
  // LLVM's own tries make them slower and compile several times as long.
  PipelineTuningOptions tuning;
  tuning.LoopVectorization = false;
  tuning.SLPVectorization = false;
  tuning.LoopInterleaving = false;
  tuning.LoopUnrolling = false;

  LoopAnalysisManager loops;
  FunctionAnalysisManager functions;
  CGSCCAnalysisManager callGraph;
  ModuleAnalysisManager modules;
  PassBuilder builder(&machine, tuning);
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(callGraph);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, callGraph, modules);

  const OptimizationLevel levels[] = {
      OptimizationLevel::O0, OptimizationLevel::O1, OptimizationLevel::O2,
      OptimizationLevel::O3};
  OptimizationLevel chosen = levels[std::min(level, 3u)];
  ModulePassManager passes =
      level == 0 ? builder.buildO0DefaultPipeline(chosen)
                 : builder.buildPerModuleDefaultPipeline(chosen);
  passes.run(module, modules);
}

Error emitTo(const EmitJob &job, const EmitOptions &options) {
  std::error_code code;
  raw_fd_ostream os(job.path, code, sys::fs::OF_None);
  if (code)
    return createFileError(job.path, code);
  if (Error error = emit(*job.module, *job.spec, options, os))
    return error;
  os.close();
  if (os.has_error()) {
    code = os.error();
    os.clear_error();
    return createFileError(job.path, code);
  }
  return Error::success();
}

} // namespace

void scopeSymbols(ArrayRef<Module *> modules, StringRef prefix) {
  StringSet<> defined;
  for (Module *module : modules)
    for (GlobalValue &value : module->global_values())
      if (!value.isDeclaration() && !value.hasLocalLinkage() &&
          !value.getName().starts_with("llvm."))
        defined.insert(value.getName());
  for (Module *module : modules)
    for (GlobalValue &value : module->global_values())
      if (!value.hasLocalLinkage() && defined.contains(value.getName())) {
        value.setName(prefix + "." + value.getName());
        value.setVisibility(GlobalValue::HiddenVisibility);
        value.setDSOLocal(true);
      }
}

void applyTarget(Module &module, const TargetSpec &spec) {
  auto machine = createTargetMachine(spec);
  if (!machine)
    return;
  module.setTargetTriple(spec.triple);
  module.setDataLayout(machine->createDataLayout());
  if (module.getPICLevel() == PICLevel::NotPIC) // a flag can be set only once
    module.setPICLevel(PICLevel::BigPIC);
  for (Function &function : module) {
    if (function.isDeclaration())
      continue;
    if (!function.hasFnAttribute("target-cpu"))
      function.addFnAttr("target-cpu", spec.cpu);
    if (!function.hasFnAttribute("target-features") && !spec.features.empty())
      function.addFnAttr("target-features", spec.features);
    function.setDoesNotThrow(); // and needs no unwind tables
  }
}

Error optimize(Module &module, const TargetSpec &spec,
               const EmitOptions &options) {
  auto machine = createTargetMachine(spec);
  if (!machine)
    return createStringError("no code generator for " + spec.triple.str());
  applyTarget(module, spec);
  std::string broken;
  raw_string_ostream os(broken);
  if (verifyModule(module, &os))
    return createStringError("internal error: malformed LLVM IR in '" +
                             module.getName() +
                             "': " + StringRef(broken).trim());
  HandlerScope handler(module.getContext(), options);
  runOptimizer(module, *machine, spec.optLevel);
  return handler.take();
}

Error emit(Module &module, const TargetSpec &spec, const EmitOptions &options,
           raw_pwrite_stream &os) {
  if (Error error = optimize(module, spec, options))
    return error;
  auto machine = createTargetMachine(spec);
  HandlerScope handler(module.getContext(), options);
  legacy::PassManager passes;
  CodeGenFileType type = options.kind == EmitKind::Assembly
                             ? CodeGenFileType::AssemblyFile
                             : CodeGenFileType::ObjectFile;
  if (machine->addPassesToEmitFile(passes, os, nullptr, type))
    return createStringError("target '" + spec.triple.str() +
                             "' cannot write this kind of file");
  passes.run(module);
  return handler.take();
}

Error emitAll(ArrayRef<EmitJob> jobs, const EmitOptions &options) {
  std::vector<Error> errors;
  for (size_t i = 0; i < jobs.size(); ++i)
    errors.push_back(Error::success());
  {
    DefaultThreadPool pool(hardware_concurrency(options.jobs));
    for (auto [job, error] : zip_equal(jobs, errors)) {
      cantFail(std::move(error));
      pool.async([&job = job, &error = error, &options] {
        error = emitTo(job, options);
      });
    }
    pool.wait();
  }
  Error first = Error::success();
  for (Error &error : errors) {
    if (first)
      consumeError(std::move(error));
    else
      first = std::move(error);
  }
  return first;
}

Expected<LLVMModule> mergeModules(ArrayRef<Module *> modules) {
  LLVMModule merged;
  merged.context = std::make_unique<LLVMContext>();
  merged.module = std::make_unique<Module>("dlc", *merged.context);
  if (!modules.empty()) {
    merged.module->setTargetTriple(modules.front()->getTargetTriple());
    merged.module->setDataLayout(modules.front()->getDataLayout());
  }
  Linker linker(*merged.module);
  for (Module *module : modules) {
    // Contexts share nothing: a module crosses over as bitcode.
    SmallVector<char, 0> bitcode;
    raw_svector_ostream os(bitcode);
    WriteBitcodeToFile(*module, os);
    auto copy = parseBitcodeFile(
        MemoryBufferRef(StringRef(bitcode.data(), bitcode.size()), "module"),
        *merged.context);
    if (!copy)
      return copy.takeError();
    if (linker.linkInModule(std::move(*copy)))
      return createStringError("internal error: modules do not link");
  }
  return merged;
}

} // namespace dlc::target
