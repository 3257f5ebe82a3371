//===- Compilation.cpp - one model on its way -------------------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Driver/Compilation.h"
#include "Support/Diagnostics.h"
#include "Support/MappedFile.h"
#include "llvm/Support/Path.h"

using namespace llvm;
using namespace mlir;

namespace dlc {

// A result of its own, or a temporary: an object to be linked, or bytes that
// nothing refers to.
Expected<std::string> Compilation::weightsPath() {
  std::string wanted = options.weightsFile;
  if (wanted.empty() && isText(options.emit) && options.output != "-")
    wanted = options.output + ".weights";
  if (!wanted.empty()) {
    auto file = target::OutputFile::create(wanted);
    if (!file)
      return file.takeError();
    results.push_back(std::move(*file));
    return results.back().temporary().str();
  }
  // Beside the output: the system's temporary folder may be in memory.
  StringRef folder = sys::path::parent_path(options.output);
  if (folder.empty() && options.output != "-")
    folder = ".";
  return temps.make(info.ident + ".weights", "o", folder);
}

target::WeightsFile *Compilation::weights() {
  if (weightsFile)
    return weightsFile.get();
  auto path = weightsPath();
  if (!path) {
    (void)error(path.takeError());
    return nullptr;
  }
  bool isObject = options.weightsFile.empty() && !isText(options.emit);
  auto form = isObject ? target::WeightsFile::Form::Object
                       : target::WeightsFile::Form::Raw;
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
  handleAllErrors(
      std::move(error),
      [&](const FileError &file) {
        (void)this->error("'" + file.getFileName() +
                          "': " + describe(file.convertToErrorCode()));
      },
      [&](const ErrorInfoBase &other) { (void)this->error(other.message()); });
  return failure();
}

LogicalResult Compilation::inputError(const Twine &message) {
  return mlir::emitError(fileLocation(context, options.input)) << message;
}

} // namespace dlc
