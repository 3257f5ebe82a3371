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

/// Creates a file of a name like `model`, for its owner alone unless
/// `isShared`. The handler of signals knows of it before it is there.
std::error_code createTemporary(const Twine &model, bool isShared,
                                SmallVectorImpl<char> &path) {
  constexpr int attempts = 128;
  std::error_code code;
  for (int i = 0; i < attempts; ++i) {
    sys::fs::createUniquePath(model, path, /*MakeAbsolute=*/false);
    StringRef name(path.data(), path.size());
    sys::RemoveFileOnSignal(name);
    int fd;
    code = sys::fs::openFileForWrite(name, fd, sys::fs::CD_CreateNew,
                                     sys::fs::OF_None, isShared ? 0666 : 0600);
    if (!code)
      return sys::Process::SafelyCloseFileDescriptor(fd);
    sys::DontRemoveFileOnSignal(name);
    if (code != std::errc::file_exists)
      break;
  }
  return code;
}

/// The same in the system's folder for temporary files.
std::error_code createInSystemFolder(const Twine &model,
                                     SmallVectorImpl<char> &path) {
  SmallString<128> folder;
  sys::path::system_temp_directory(/*ErasedOnReboot=*/true, folder);
  sys::path::append(folder, model);
  return createTemporary(folder, /*isShared=*/false, path);
}

} // namespace

OutputFile::OutputFile(StringRef path, StringRef temporary)
    : finalPath(path), temporaryPath(temporary) {}

OutputFile::OutputFile(OutputFile &&other) noexcept
    : finalPath(std::move(other.finalPath)),
      temporaryPath(std::exchange(other.temporaryPath, "")) {}

Expected<OutputFile> OutputFile::create(StringRef path) {
  SmallString<128> temporary;
  std::error_code code;
  if (sys::fs::is_directory(path))
    code = std::make_error_code(std::errc::is_a_directory);
  else if (isSpecialFile(path)) // /dev/null has no place beside it
    code = createInSystemFolder("dlc-%%%%%%%%.tmp", temporary);
  else
    code =
        createTemporary(path + "-%%%%%%%%.tmp", /*isShared=*/true, temporary);
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

Error OutputFile::write(StringRef text) {
  std::error_code code;
  raw_fd_ostream os(temporaryPath, code);
  if (code)
    return createFileError(finalPath, code);
  os << text;
  os.close();
  if (os.has_error()) {
    code = os.error();
    os.clear_error();
    return createFileError(finalPath, code);
  }
  return Error::success();
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
  if (Error error = file->write(text))
    return error;
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
    code = createInSystemFolder("dlc-" + stem + "-%%%%%%%%." + suffix, path);
  } else {
    SmallString<128> model(folder);
    sys::path::append(model, stem + "-%%%%%%%%." + suffix + ".tmp");
    code = createTemporary(model, /*isShared=*/true, path);
  }
  if (code)
    return createFileError(folder.empty() ? "temporary file" : folder, code);
  paths.push_back(path.str().str());
  return paths.back();
}

} // namespace dlc::target
