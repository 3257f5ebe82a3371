//===- Options.h - what the user asked for ----------------------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The whole command line as one plain value. Nothing else reads options.
//
//===----------------------------------------------------------------------===//

#ifndef DLC_DRIVER_OPTIONS_H
#define DLC_DRIVER_OPTIONS_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace llvm {
class raw_ostream;
} // namespace llvm

namespace dlc {

enum class Emit { Executable, Object, Assembly, Archive, Shared, LLVM, MLIR };
/// Whether the output is text for people rather than something to link.
constexpr bool isText(Emit emit) {
  return emit == Emit::Assembly || emit == Emit::LLVM || emit == Emit::MLIR;
}

enum class Format { Detect, ONNX, MLIR, LLVM };
enum class When { Auto, Always, Never };

/// One dimension of --shape: a size, a name, or left as it is.
struct DimOption {
  int64_t size = -1; // -1: not fixed
  std::string name;
};

struct ShapeOption {
  std::string input;
  std::vector<DimOption> dims;
};

struct FixedDim {
  std::string name;
  int64_t size;
};

struct Options {
  // Output
  Emit emit = Emit::Executable;
  std::string output; // set by the parser to the default if not given
  std::string stage;  // of --emit=mlir; empty: the last one that is MLIR
  std::string weightsFile;
  std::string dependencyFile; // empty: none asked for
  bool isStatic = false;
  // Target
  unsigned optLevel = 3;
  std::vector<std::string> march; // empty: the host, or the triple's baseline
  std::string attributes;
  std::string triple; // empty: the host's
  std::string sysroot;
  bool debugInfo = false;
  bool winograd = true;
  bool strassen = true;
  std::optional<unsigned> tune; // for how many seconds to begin trials
  std::string tuneFile;         // empty: the cost model alone chooses
  std::string tuneInputs;       // an .npz for the trials; empty: random ones
  // Model
  std::string input; // "-" is standard input
  Format format = Format::Detect;
  std::vector<ShapeOption> shapes;
  std::vector<FixedDim> dims;
  std::string signature;
  std::string ident; // set by the parser to the default if not given
  // Looking inside
  bool verbose = false;
  bool dryRun = false;
  bool timeReport = false;
  std::optional<std::string> saveTemps; // a folder
  bool printKernels = false;
  std::string passRemarks, missedRemarks; // regular expressions, or empty
  // General
  unsigned jobs = 0; // 0: one for each core
  When color = When::Auto;
  std::string runtimeDir; // PREFIX/lib/dlc
};

/// Reads the command line. A value is the exit code of a program that is done
/// (--help: 0, wrong usage: 2); without one, `options` is complete. `stages`
/// are the names that --stage= takes.
std::optional<int> parseOptions(llvm::ArrayRef<const char *> args,
                                llvm::ArrayRef<llvm::StringRef> stages,
                                Options &options, llvm::raw_ostream &out,
                                llvm::raw_ostream &err);

/// "dlc 1.2.3", as compiled models name it.
std::string compilerName();

} // namespace dlc

#endif // DLC_DRIVER_OPTIONS_H
