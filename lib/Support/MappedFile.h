//===- MappedFile.h - a file in memory --------------------------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLC_SUPPORT_MAPPEDFILE_H
#define DLC_SUPPORT_MAPPEDFILE_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/ErrorOr.h"
#include "llvm/Support/MemoryBuffer.h"

#include <memory>
#include <string>

namespace dlc {

/// The bytes of a file, mapped. Weights point into it, so it is shared: every
/// resource blob that refers to it holds a reference, and the
/// mapping ends with the last one.
class MappedFile {
public:
  /// Opens `path`; "-" is standard input.
  static llvm::ErrorOr<std::shared_ptr<MappedFile>> open(llvm::StringRef path);

  explicit MappedFile(std::unique_ptr<llvm::MemoryBuffer> buffer)
      : buffer(std::move(buffer)) {}

  /// The path as it was given to `open`.
  llvm::StringRef path() const { return buffer->getBufferIdentifier(); }
  llvm::ArrayRef<char> bytes() const {
    return {buffer->getBufferStart(), buffer->getBufferSize()};
  }
  uint64_t size() const { return buffer->getBufferSize(); }

  /// The SHA-256 of all bytes, in lower case hexadecimal digits.
  std::string sha256() const;

private:
  std::unique_ptr<llvm::MemoryBuffer> buffer;
};

/// What an error code means, in the style of a diagnostic.
std::string describe(std::error_code code);

} // namespace dlc

#endif // DLC_SUPPORT_MAPPEDFILE_H
