//===- WeightsFile.h - the packed weights, on their way to disk -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Weights may be gigabytes, so they are written once, as they are packed, and
// straight into the file that the linker takes: an ELF object whose header and
// tables are filled in around them at the end. Weights that stay beside the
// program are the same stream without an ELF file around it.
//
//===----------------------------------------------------------------------===//

#ifndef DLC_TARGET_WEIGHTSFILE_H
#define DLC_TARGET_WEIGHTSFILE_H

#include "llvm/Support/Error.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/TargetParser/Triple.h"
#include <memory>

namespace dlc::target {

class WeightsFile {
public:
  enum class Form {
    Object, // an ELF object with the section .rodata.dlc_weights
    Raw     // the bytes alone
  };

  /// Where in an object's file the weights start: on a page, so that the
  /// kernels' alignments hold in memory.
  static constexpr uint64_t firstByte = 4096;

  static llvm::Expected<std::unique_ptr<WeightsFile>>
  create(llvm::StringRef path, Form form, const llvm::Triple &triple);
  ~WeightsFile();

  /// Where the bytes go, in order.
  llvm::raw_ostream &stream() { return os; }
  /// Bytes written so far: the offset of the next one.
  uint64_t size() const;
  /// Pads with zeros to a multiple of `alignment`; returns the offset.
  uint64_t align(uint64_t alignment);
  llvm::StringRef path() const { return filePath; }
  Form form() const { return fileForm; }

  /// Completes the file: defines the hidden `symbol` at the first byte (for
  /// an object), writes everything out and closes.
  llvm::Error finish(llvm::StringRef symbol);

private:
  WeightsFile(int fd, llvm::StringRef path, Form form,
              const llvm::Triple &triple);
  void writeTables(llvm::StringRef symbol);

  std::string filePath;
  Form fileForm;
  llvm::Triple triple;
  llvm::raw_fd_ostream os;
  uint64_t start = 0;     // file offset of the first byte
  uint64_t finalSize = 0; // once finished
  bool finished = false;
};

} // namespace dlc::target

#endif // DLC_TARGET_WEIGHTSFILE_H
