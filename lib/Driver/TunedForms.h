//===- TunedForms.h - what --tune has measured ------------------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLC_DRIVER_TUNEDFORMS_H
#define DLC_DRIVER_TUNEDFORMS_H

#include "Codegen/CPU/Forms.h"
#include "llvm/Support/Error.h"
#include <map>
#include <mutex>
#include <string>

namespace dlc {

/// The forms of products and convolutions that were measured to be the fastest,
/// for each processor. In a file:
///
///   {"znver4": {"gflops": 140.2, "forms": {
///      "matmul 128x768 * 768x3072 f32":
///        {"best": "strassen:4", "us": {"direct:4": 4410.2, ...}}}}}
class TunedForms {
public:
  struct Entry {
    std::string best;                 ///< the form's name
    std::map<std::string, double> us; ///< of a launch, by form
  };
  struct Processor {
    double gflops = 0; ///< float32, of one core, at most
    std::map<std::string, Entry> entries;
  };
  std::map<std::string, Processor> processors;

  /// What an operation could be computed as, and is.
  struct Choice {
    llvm::SmallVector<cpu::Form> forms;
    cpu::Form taken;
  };
  /// The choices of a compile, by key.
  std::map<std::string, Choice> choices;
  /// Where nothing is known: the number of the form to take, as far as an
  /// operation has so many.
  size_t trial = 0;

  /// Adds what the file has; none is the same as an empty one.
  llvm::Error read(llvm::StringRef path);
  llvm::Error write(llvm::StringRef path) const;
  /// Adds what others know; of what both do, they know better.
  void add(const std::map<std::string, Processor> &others);

  cpu::FormChooser chooser(const std::string &processor);
  struct Measured {
    double us = -1; ///< of the form that was taken; -1: not known
    double gflops = 0;
  };
  Measured measured(const std::string &processor, const std::string &key) const;

private:
  const Entry *find(const std::string &processor, const std::string &key) const;

  std::mutex mutex; // functions are packed at the same time
};

/// A processor's name in the file: what -march= names, -mattr=, and the level
/// of optimization, on which times depend, too.
std::string processorName(llvm::StringRef label, llvm::StringRef attributes,
                          unsigned optLevel);

} // namespace dlc

#endif // DLC_DRIVER_TUNEDFORMS_H
