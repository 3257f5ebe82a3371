//===- Pipeline.cpp - the whole compiler ------------------------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The compiler from the model's file to the linked program: one row a phase.
// Printing, timing, stopping, verification and the progress line are in the
// loop over the rows, so a phase does nothing but its work.
//
//===----------------------------------------------------------------------===//

#include "Driver/Pipeline.h"
#include "Driver/Phases.h"
#include "Driver/Progress.h"
#include "mlir/IR/Verifier.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"
#include <chrono>

using namespace llvm;
using namespace mlir;

namespace dlc {
namespace {

/// What a phase works on: it is left out where there is nothing of the kind.
enum class On {
  File,  // the model's file
  Model, // Compilation::module, in MLIR
  Code   // the versions' LLVM modules, and files
};

struct Phase {
  StringLiteral name;
  StringLiteral what;
  On on;
  LogicalResult (*run)(Compilation &);
};

// clang-format off
const Phase phases[] = {
    {"read",    "the model's file to graph.node",              On::File,  readModel},
    {"import",  "graph.node to the dlc dialect",               On::Model, importModel},
    {"graph",   "folding and layout on the dlc dialect",       On::Model, optimizeGraph},
    {"cluster", "packed operands, operations to clusters",     On::Model, formClusters},
    {"codegen", "clusters to kernels in the LLVM dialect",     On::Model, generateCode},
    {"llvm",    "the LLVM dialect to LLVM IR",                 On::Model, translateToLLVM},
    {"object",  "LLVM IR to object files",                     On::Code,  makeObjects},
    {"link",    "object files to the output",                  On::Code,  linkOutput},
};
// clang-format on

constexpr StringLiteral lastMLIRPhase = "codegen";

bool isSkipped(const Phase &phase, const Compilation &compilation) {
  if (compilation.options.format == Format::LLVM)
    return phase.on == On::Model;
  return false;
}

StringRef lastPhase(const Options &options) {
  switch (options.emit) {
  case Emit::MLIR:
    return options.stage.empty() ? StringRef(lastMLIRPhase)
                                 : StringRef(options.stage);
  case Emit::LLVM:
  case Emit::Assembly:
    return "object"; // which writes the text
  default:
    return "link";
  }
}

/// All MLIR there is: the model, or one module for each code version.
void forEachModule(Compilation &compilation,
                   llvm::function_ref<void(ModuleOp, StringRef)> visit) {
  if (compilation.module)
    visit(*compilation.module, "");
  for (CodeVersion &code : compilation.codes)
    if (code.module)
      visit(*code.module, code.target.label);
}

LogicalResult verifyModules(const Phase &phase, Compilation &compilation) {
  bool failed = false;
  forEachModule(compilation, [&](ModuleOp module, StringRef) {
    failed |= mlir::verify(module).failed();
  });
  if (failed)
    return compilation.error("internal error: phase '" + phase.name +
                             "' left malformed IR");
  return success();
}

std::string printModules(Compilation &compilation) {
  std::string text;
  raw_string_ostream os(text);
  OpPrintingFlags flags;
  flags.elideLargeResourceString(64).elideLargeElementsAttrs(64);
  if (compilation.options.debugInfo)
    flags.enableDebugInfo(true, false);
  forEachModule(compilation, [&](ModuleOp module, StringRef label) {
    if (!label.empty() && compilation.codes.size() > 1)
      os << "// " << label << "\n";
    module.print(os, flags);
    os << "\n";
  });
  return text;
}

LogicalResult saveModules(const Phase &phase, Compilation &compilation) {
  if (!compilation.options.saveTemps || phase.on == On::Code)
    return success();
  std::string text = printModules(compilation);
  if (text.empty())
    return success();
  auto path = compilation.temps.make(
      compilation.info.ident + "." + phase.name.str(), "mlir");
  if (!path)
    return compilation.error(path.takeError());
  if (llvm::Error error = target::writeText(*path, text))
    return compilation.error(std::move(error));
  return success();
}

struct PhaseTime {
  StringRef name;
  double seconds;
};

void printTimes(ArrayRef<PhaseTime> times, raw_ostream &os) {
  double total = 0;
  for (const PhaseTime &time : times)
    total += time.seconds;
  os << "  seconds      %  phase\n";
  for (const PhaseTime &time : times)
    os << format("%9.4f %6.1f  ", time.seconds,
                 total > 0 ? 100 * time.seconds / total : 0.0)
       << time.name << "\n";
  os << format("%9.4f  100.0  all\n", total);
}

LogicalResult runPhase(const Phase &phase, Compilation &compilation) {
  if (!phase.run)
    return compilation.inputError("this build of dlc lacks the phase '" +
                                  phase.name + "'");
  if (failed(phase.run(compilation)))
    return failure();
  if (failed(verifyModules(phase, compilation)))
    return failure();
  return saveModules(phase, compilation);
}

LogicalResult dryRun(Compilation &compilation) {
  for (const Phase &phase : phases) {
    if (isSkipped(phase, compilation))
      continue;
    errs() << phase.name << ": " << phase.what << "\n";
    if (phase.name == lastPhase(compilation.options))
      break;
  }
  return lastPhase(compilation.options) == "link"
             ? printLinkCommand(compilation)
             : success();
}

} // namespace

std::vector<StringRef> stageNames() {
  std::vector<StringRef> names;
  for (const Phase &phase : phases) {
    names.push_back(phase.name);
    if (phase.name == lastMLIRPhase)
      break;
  }
  return names;
}

LogicalResult runPipeline(Compilation &compilation) {
  const Options &options = compilation.options;
  if (options.dryRun)
    return dryRun(compilation);
  StringRef last = lastPhase(options);
  std::vector<PhaseTime> times;
  unsigned count = 0;
  for (const Phase &phase : phases) {
    count += !isSkipped(phase, compilation);
    if (phase.name == last)
      break;
  }
  Progress progress(compilation.context, count);
  LogicalResult result = success();
  for (const Phase &phase : phases) {
    if (isSkipped(phase, compilation))
      continue;
    if (options.verbose)
      errs() << phase.name << ": " << phase.what << "\n";
    progress.next(phase.name);
    auto start = std::chrono::steady_clock::now();
    result = runPhase(phase, compilation);
    std::chrono::duration<double> taken =
        std::chrono::steady_clock::now() - start;
    times.push_back({phase.name, taken.count()});
    if (failed(result) || phase.name == last)
      break;
  }
  progress.done();
  if (options.timeReport)
    printTimes(times, errs());
  if (failed(result))
    return failure();
  if (options.emit != Emit::MLIR)
    return success();
  return compilation.writeResult(options.output, printModules(compilation));
}

} // namespace dlc
