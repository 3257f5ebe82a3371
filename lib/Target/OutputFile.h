//===- OutputFile.h - files that appear whole or not at all -----*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLC_TARGET_OUTPUTFILE_H
#define DLC_TARGET_OUTPUTFILE_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <string>
#include <vector>

namespace dlc::target {

/// A result under way: written to a temporary beside its place, which keep()
/// renames. Without keep(), and when a signal ends the program, nothing stays.
class OutputFile {
public:
  static llvm::Expected<OutputFile> create(llvm::StringRef path);
  OutputFile(OutputFile &&other) noexcept;
  ~OutputFile();

  /// Where to write.
  llvm::StringRef temporary() const { return temporaryPath; }
  llvm::StringRef path() const { return finalPath; }

  /// Writes all of it.
  llvm::Error write(llvm::StringRef text);
  llvm::Error keep();

private:
  OutputFile(llvm::StringRef path, llvm::StringRef temporary);
  std::string finalPath, temporaryPath;
};

/// Writes `text` to `path` as an OutputFile; "-" is standard output.
llvm::Error writeText(llvm::StringRef path, llvm::StringRef text);

/// Intermediate files: removed at the end unless they go to a folder that the
/// user named (--save-temps).
class TempFiles {
public:
  TempFiles() = default;
  TempFiles(const TempFiles &) = delete;
  TempFiles &operator=(const TempFiles &) = delete;
  ~TempFiles();

  /// Keeps what make() names from now on, in `directory`.
  llvm::Error saveIn(llvm::StringRef directory);

  /// A new file's path, named after `stem` and `suffix` ("weights", "o"). What
  /// may be too large for the system's own folder has one of its own.
  llvm::Expected<std::string> make(llvm::StringRef stem, llvm::StringRef suffix,
                                   llvm::StringRef folder = "");

private:
  std::string directory;
  bool saving = false;
  std::vector<std::string> paths;
};

} // namespace dlc::target

#endif // DLC_TARGET_OUTPUTFILE_H
