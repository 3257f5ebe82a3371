//===- MappedFile.cpp - a file in memory ------------------------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Support/MappedFile.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/SHA256.h"

using namespace llvm;
using namespace dlc;

ErrorOr<std::shared_ptr<MappedFile>> MappedFile::open(StringRef path) {
  // A device may have no end.
  sys::fs::file_status status;
  if (path != "-" && !sys::fs::status(path, status) &&
      (status.type() == sys::fs::file_type::character_file ||
       status.type() == sys::fs::file_type::block_file))
    return std::make_error_code(std::errc::not_supported);
  // A terminating zero would make LLVM copy files whose size is a multiple of
  // the page size.
  ErrorOr<std::unique_ptr<MemoryBuffer>> buffer =
      path == "-" ? MemoryBuffer::getSTDIN()
                  : MemoryBuffer::getFile(path, /*IsText=*/false,
                                          /*RequiresNullTerminator=*/false);
  if (!buffer)
    return buffer.getError();
  return std::make_shared<MappedFile>(std::move(*buffer));
}

std::string MappedFile::sha256() const {
  std::array<uint8_t, 32> hash = SHA256::hash(arrayRefFromStringRef(
      StringRef(buffer->getBufferStart(), buffer->getBufferSize())));
  return toHex(hash, /*LowerCase=*/true);
}

std::string dlc::describe(std::error_code code) {
  std::string text = code.message();
  if (!text.empty())
    text[0] = toLower(text[0]);
  return text;
}
