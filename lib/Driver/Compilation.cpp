//===- Compilation.cpp - one model on its way -------------------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Driver/Compilation.h"
#include "Support/Diagnostics.h"
#include "Support/MappedFile.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

using namespace llvm;
using namespace mlir;

namespace dlc {

Expected<std::string> Compilation::addResult(StringRef path) {
  for (const std::string &file : dependencies)
    if (sys::fs::equivalent(path, file))
      return createStringError("the output '" + path + "' would overwrite '" +
                               file + "', which is part of the model");
  for (const target::OutputFile &result : results)
    if (sys::path::remove_leading_dotslash(result.path()) ==
        sys::path::remove_leading_dotslash(path))
      return createStringError("two outputs are named '" + path +
                               "'; give them different names");
  auto file = target::OutputFile::create(path);
  if (!file)
    return file.takeError();
  results.push_back(std::move(*file));
  return results.back().temporary().str();
}

LogicalResult Compilation::writeResult(StringRef path, StringRef text) {
  if (path == "-") {
    if (llvm::Error failure = target::writeText(path, text))
      return error(std::move(failure));
    return success();
  }
  auto place = addResult(path);
  if (!place)
    return error(place.takeError());
  if (llvm::Error failure = results.back().write(text))
    return error(std::move(failure));
  return success();
}

// A result of its own, or a temporary: an object to be linked, or bytes that
// nothing refers to.
Expected<std::string> Compilation::weightsPath() {
  std::string wanted = options.weightsFile;
  if (wanted.empty() && isText(options.emit) && options.output != "-")
    wanted = options.output + ".weights";
  if (!wanted.empty())
    return addResult(wanted);
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
