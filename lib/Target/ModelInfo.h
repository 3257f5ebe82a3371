//===- ModelInfo.h - what a compiled model says of itself -------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The compiler's side of dlc_model in dlc/runtime.h, field by field.
//
//===----------------------------------------------------------------------===//

#ifndef DLC_TARGET_MODELINFO_H
#define DLC_TARGET_MODELINFO_H

#include <cstdint>
#include <string>
#include <vector>

namespace dlc::target {

struct ValueInfo {
  std::string name;
  int32_t dtype = 0;         // dlc_dtype, with flags
  std::vector<int64_t> dims; // fixed, DLC_SYMBOL(k) or DLC_UNKNOWN
  bool isRanked = true;      // else a sequence of tensors of any rank
};

struct CodeInfo {
  std::string cpu;
  std::string features;
  std::string runSymbol; // int run(dlc_frame *)
  int64_t arenaSize = 0; // -1: depends on symbolic dims
  int64_t scratchSize = 0;
};

struct ModelInfo {
  std::string ident; // the C identifier of the dlc_model object
  std::string name;  // of the model, for people
  std::string triple;
  std::string compiler;
  std::string sha256;
  std::string source; // the model file's name, for the header's comment
  int32_t flags = 0;
  std::vector<ValueInfo> inputs, outputs;
  std::vector<std::string> symbols;
  std::vector<CodeInfo> codes; // the best first
  std::string weightsSymbol;   // empty: no weights, or weightsFile
  std::string weightsFile;     // beside the program; empty: embedded
  int64_t weightsSize = 0;
};

/// The name of the model object in an executable, which libdlc_main.a runs.
inline constexpr char mainModelSymbol[] = "dlc_main_model";

/// Makes a C identifier of any text: "resnet-50.v1" becomes "resnet_50_v1".
std::string makeIdentifier(const std::string &text);

/// The dlc_dtype of numpy's name for a type; 0 when there is none.
int32_t dtypeFromName(const std::string &name);
/// The inverse; "?" for what is no dlc_dtype.
const char *dtypeName(int32_t dtype);

} // namespace dlc::target

#endif // DLC_TARGET_MODELINFO_H
