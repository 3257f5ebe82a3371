//===- Compilation.cpp - one model on its way -------------------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Driver/Compilation.h"
#include "Support/Diagnostics.h"
#include "llvm/Support/Path.h"

using namespace llvm;
using namespace mlir;

namespace dlc {

target::WeightsFile *Compilation::weights() {
  if (weightsFile)
    return weightsFile.get();
  // Beside the output: the system's temporary folder may be in memory.
  StringRef folder = sys::path::parent_path(options.output);
  if (folder.empty() && options.output != "-")
    folder = ".";
  auto form = options.weightsFile.empty() ? target::WeightsFile::Form::Object
                                          : target::WeightsFile::Form::Raw;
  auto path = temps.make(info.ident + ".weights",
                         options.weightsFile.empty() ? "o" : "bin", folder);
  if (!path) {
    (void)error(path.takeError());
    return nullptr;
  }
  auto file =
      target::WeightsFile::create(*path, form, codes.front().target.triple);
  if (!file) {
    (void)error(file.takeError());
    return nullptr;
  }
  weightsFile = std::move(*file);
  return weightsFile.get();
}

LogicalResult Compilation::error(const Twine &message) {
  return mlir::emitError(UnknownLoc::get(&context)) << message;
}

LogicalResult Compilation::error(llvm::Error error) {
  return this->error(toString(std::move(error)));
}

LogicalResult Compilation::inputError(const Twine &message) {
  return mlir::emitError(fileLocation(context, options.input)) << message;
}

} // namespace dlc
