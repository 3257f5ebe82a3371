//===- OutputFile.cpp - files that appear whole or not at all ---*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Target/OutputFile.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/Signals.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace dlc::target {
namespace {

bool isSpecialFile(StringRef path) {
  sys::fs::file_status status;
  return !sys::fs::status(path, status) && sys::fs::exists(status) &&
         !sys::fs::is_regular_file(status);
}

} // namespace

OutputFile::OutputFile(StringRef path, StringRef temporary)
    : finalPath(path), temporaryPath(temporary) {
  sys::RemoveFileOnSignal(temporaryPath);
}

OutputFile::OutputFile(OutputFile &&other) noexcept
    : finalPath(std::move(other.finalPath)),
      temporaryPath(std::exchange(other.temporaryPath, "")) {}

Expected<OutputFile> OutputFile::create(StringRef path) {
  SmallString<128> temporary;
  std::error_code code;
  if (sys::fs::is_directory(path))
    code = std::make_error_code(std::errc::is_a_directory);
  else if (isSpecialFile(path)) // /dev/null has no place beside it
    code = sys::fs::createTemporaryFile("dlc", "tmp", temporary);
  else
    code = sys::fs::createUniqueFile(path + "-%%%%%%%%.tmp", temporary);
  if (code)
    return createFileError(path, code);
  return OutputFile(path, temporary);
}

OutputFile::~OutputFile() {
  if (temporaryPath.empty())
    return;
  sys::fs::remove(temporaryPath);
  sys::DontRemoveFileOnSignal(temporaryPath);
}

Error OutputFile::keep() {
  std::error_code code;
  if (isSpecialFile(finalPath)) {
    int fd;
    code = sys::fs::openFileForWrite(finalPath, fd);
    if (!code) {
      code = sys::fs::copy_file(temporaryPath, fd);
      sys::Process::SafelyCloseFileDescriptor(fd);
    }
  } else {
    code = sys::fs::rename(temporaryPath, finalPath);
    if (!code) {
      sys::DontRemoveFileOnSignal(temporaryPath);
      temporaryPath.clear();
    }
  }
  return code ? createFileError(finalPath, code) : Error::success();
}

Error writeText(StringRef path, StringRef text) {
  if (path == "-") {
    outs() << text;
    outs().flush();
    return Error::success();
  }
  Expected<OutputFile> file = OutputFile::create(path);
  if (!file)
    return file.takeError();
  std::error_code code;
  raw_fd_ostream os(file->temporary(), code);
  if (code)
    return createFileError(path, code);
  os << text;
  os.close();
  if (os.has_error()) {
    code = os.error();
    os.clear_error();
    return createFileError(path, code);
  }
  return file->keep();
}

TempFiles::~TempFiles() {
  for (const std::string &path : paths) {
    sys::fs::remove(path);
    sys::DontRemoveFileOnSignal(path);
  }
}

Error TempFiles::saveIn(StringRef folder) {
  saving = true;
  directory = folder.str();
  if (std::error_code code = sys::fs::create_directories(folder))
    return createFileError(folder, code);
  return Error::success();
}

Expected<std::string> TempFiles::make(StringRef stem, StringRef suffix,
                                      StringRef folder) {
  SmallString<128> path;
  if (saving) {
    path = directory;
    sys::path::append(path, stem + "." + suffix);
    return path.str().str();
  }
  std::error_code code;
  if (folder.empty()) {
    code = sys::fs::createTemporaryFile("dlc-" + stem, suffix, path);
  } else {
    SmallString<128> model(folder);
    sys::path::append(model, stem + "-%%%%%%%%." + suffix + ".tmp");
    code = sys::fs::createUniqueFile(model, path);
  }
  if (code)
    return createFileError(folder.empty() ? "temporary file" : folder, code);
  paths.push_back(path.str().str());
  sys::RemoveFileOnSignal(path);
  return paths.back();
}

} // namespace dlc::target
