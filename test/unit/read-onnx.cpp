//===- read-onnx.cpp - prints what the ONNX reader makes of files *- C++
//-*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
//   read-onnx [--quiet] [--locations] [--round-trip] [--detect] FILE...
//
// --detect says whether the file looks like ONNX, from its first bytes alone.
// --round-trip prints, parses and verifies, and compares with the first print.
// --quiet prints one line a file, for many files (fuzzing).
//
//===----------------------------------------------------------------------===//

#include "Frontend/ONNX/Reader.h"
#include "Support/Diagnostics.h"
#include "dialects/graph/Graph.h"

#include "mlir/IR/AsmState.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Parser/Parser.h"
#include "llvm/Support/CommandLine.h"

using namespace mlir;

static llvm::cl::list<std::string> files(llvm::cl::Positional,
                                         llvm::cl::OneOrMore);
static llvm::cl::opt<bool> quiet("quiet");
static llvm::cl::opt<bool> locations("locations");
static llvm::cl::opt<bool> roundTrip("round-trip");

static llvm::cl::opt<bool> detect("detect");

static std::string print(ModuleOp module) {
  std::string text;
  llvm::raw_string_ostream os(text);
  OpPrintingFlags flags;
  if (locations)
    flags.enableDebugInfo();
  module->print(os, flags);
  return text;
}

static LogicalResult checkRoundTrip(StringRef text) {
  MLIRContext context;
  dlc::DiagnosticPrinter printer(context, llvm::errs());
  context.loadDialect<dlc::graph::GraphDialect, func::FuncDialect>();
  OwningOpRef<ModuleOp> module = parseSourceString<ModuleOp>(text, &context);
  if (!module)
    return failure();
  if (print(*module) != text)
    return emitError(module->getLoc()) << "prints another text when parsed";
  return success();
}

static LogicalResult detectFormat(StringRef path) {
  auto file = dlc::MappedFile::open(path);
  if (!file)
    return failure();
  constexpr size_t kStart = 4096;
  bool found = dlc::onnx::looksLikeONNX((*file)->bytes().take_front(kStart));
  llvm::outs() << path << (found ? ": onnx\n" : ": not onnx\n");
  return success();
}

static LogicalResult read(StringRef path) {
  MLIRContext context(MLIRContext::Threading::DISABLED);
  dlc::DiagnosticPrinter printer(context, llvm::errs());
  OwningOpRef<ModuleOp> module = dlc::onnx::readONNX(path, context);
  if (!module)
    return success(printer.errors() == 1 && quiet);
  if (failed(verify(*module)))
    return failure();
  std::string text = print(*module);
  if (!quiet)
    llvm::outs() << text;
  return roundTrip ? checkRoundTrip(text) : success();
}

int main(int argc, char **argv) {
  llvm::cl::ParseCommandLineOptions(argc, argv);
  for (const std::string &path : files) {
    if (quiet) {
      llvm::outs() << path << "\n";
      llvm::outs().flush();
    }
    if (failed(detect ? detectFormat(path) : read(path)))
      return 1;
  }
}
