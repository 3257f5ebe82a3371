//===- Compile.cpp - the program dlc ----------------------------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Driver/Compile.h"
#include "Driver/Pipeline.h"
#include "Driver/Register.h"
#include "Driver/Remarks.h"
#include "Driver/Tune.h"
#include "Support/Diagnostics.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/PrettyStackTrace.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/Signals.h"
#include "llvm/Support/raw_ostream.h"
#include <csignal>

using namespace llvm;
using namespace mlir;

namespace dlc {
namespace {

bool useColour(When when) {
  if (when != When::Auto)
    return when == When::Always;
  return sys::Process::StandardErrHasColors() && !::getenv("NO_COLOR");
}

// The versions that -march= asks for, those that need most first: at start the
// first that the processor can run is taken.
LogicalResult resolveTargets(Compilation &compilation) {
  const Options &options = compilation.options;
  std::vector<std::string> names = options.march;
  if (names.empty())
    names.push_back("");
  std::vector<size_t> needs; // how many features each of the codes needs
  for (const std::string &name : names) {
    auto spec = target::resolveTarget(options.triple, name, options.attributes,
                                      options.optLevel);
    if (!spec)
      return compilation.error(spec.takeError());
    CodeVersion code;
    code.target = std::move(*spec);
    size_t count = llvm::count(target::requiredFeatures(code.target), ',');
    auto place = std::upper_bound(needs.begin(), needs.end(), count,
                                  std::greater<size_t>());
    compilation.codes.insert(
        compilation.codes.begin() + (place - needs.begin()), std::move(code));
    needs.insert(place, count);
  }
  return success();
}

// A make rule; spaces and the like in names are escaped as make reads them.
std::string dependencyRule(const Compilation &compilation) {
  auto escaped = [](StringRef name) {
    std::string text;
    for (char c : name) {
      if (c == ' ' || c == '#' || c == '\\')
        text += '\\';
      else if (c == '$')
        text += '$';
      text += c;
    }
    return text;
  };
  std::string rule = escaped(compilation.options.output) + ":";
  for (const std::string &file : compilation.dependencies)
    if (file != "-")
      rule += " \\\n  " + escaped(file);
  return rule + "\n";
}

LogicalResult run(Compilation &compilation) {
  const Options &options = compilation.options;
  const Triple &triple = compilation.codes.front().target.triple;
  if (!isText(options.emit) && !target::canLink(triple))
    return compilation.error("target '" + triple.str() +
                             "' is not supported; dlc links ELF files for "
                             "x86-64, AArch64 and 64-bit RISC-V, and gives -S "
                             "and --emit=llvm for the others");
  if (options.saveTemps)
    if (llvm::Error error = compilation.temps.saveIn(*options.saveTemps))
      return compilation.error(std::move(error));
  if (failed(runPipeline(compilation)))
    return failure();
  if (compilation.tuned && !options.tune && sys::fs::exists(options.tuneFile))
    compilation.dependencies.push_back(options.tuneFile);
  if (!options.dependencyFile.empty() && !options.dryRun &&
      failed(compilation.writeResult(options.dependencyFile,
                                     dependencyRule(compilation))))
    return failure();
  for (target::OutputFile &result : compilation.results)
    if (llvm::Error error = result.keep())
      return compilation.error(std::move(error));
  return success();
}

} // namespace

/// With `kernels` it is a trial: only errors are said.
static int compileOnce(const Options &options, TunedForms *tuned,
                       std::vector<cpu::KernelRow> *kernels = nullptr) {
  DialectRegistry registry;
  registerAllDialects(registry);
  MLIRContext context(registry, options.jobs == 1
                                    ? MLIRContext::Threading::DISABLED
                                    : MLIRContext::Threading::ENABLED);
  // Phases build operations of dialects that no file has named.
  context.loadAllAvailableDialects();
  DiagnosticPrinter printer(context, errs(), useColour(options.color));
  enableRemarks(context, options);
  if (kernels) // asked before the printer
    context.getDiagEngine().registerHandler([](Diagnostic &diagnostic) {
      return success(diagnostic.getSeverity() !=
                     mlir::DiagnosticSeverity::Error);
    });
  Compilation compilation(options, context, tuned);
  compilation.info.ident = options.ident;
  if (failed(resolveTargets(compilation)))
    return 2;
  if (failed(run(compilation)))
    return 1;
  if (kernels)
    *kernels = std::move(compilation.codes.front().kernels);
  return 0;
}

int compileTrial(const Options &options, TunedForms &tuned,
                 std::vector<cpu::KernelRow> &kernels) {
  return compileOnce(options, &tuned, &kernels);
}

int compile(const Options &options) {
  if (options.tuneFile.empty())
    return compileOnce(options, nullptr);
  TunedForms tuned;
  if (Error error = tuned.read(options.tuneFile)) {
    errs() << "dlc: error: " << toString(std::move(error)) << "\n";
    return 1;
  }
  if (options.tune && !options.dryRun)
    if (int code = tune(options, tuned))
      return code;
  return compileOnce(options, &tuned);
}

// LLVM removes temporary files at a signal, also at one that nohup or a shell
// has this program ignore: it would go on without them.
static void keepIgnoredSignals() {
  constexpr int signals[] = {SIGHUP, SIGINT, SIGTERM};
  std::vector<int> ignored;
  sys::unregisterHandlers();
  for (int number : signals) {
    struct sigaction action;
    if (!::sigaction(number, nullptr, &action) && action.sa_handler == SIG_IGN)
      ignored.push_back(number);
  }
  sys::SetInterruptFunction(nullptr); // registers them again
  for (int number : ignored)
    ::signal(number, SIG_IGN);
}

int driverMain(ArrayRef<const char *> args) {
  keepIgnoredSignals();
  setBugReportMsg("dlc: error: internal error: the compiler crashed; please "
                  "report it with the model and these lines\n");
  Options options;
  if (auto code = parseOptions(args, stageNames(), options, outs(), errs()))
    return *code;
  return compile(options);
}

} // namespace dlc
