//===- ModelInfo.cpp - what a compiled model says of itself -----*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Target/ModelInfo.h"
#include "dlc/runtime.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"

namespace dlc::target {
namespace {

struct DtypeName {
  int32_t dtype;
  const char *name;
};

// numpy's and ml_dtypes' names, as the run time has them.
constexpr DtypeName dtypeNames[] = {
    {DLC_FLOAT32, "float32"},
    {DLC_UINT8, "uint8"},
    {DLC_INT8, "int8"},
    {DLC_UINT16, "uint16"},
    {DLC_INT16, "int16"},
    {DLC_INT32, "int32"},
    {DLC_INT64, "int64"},
    {DLC_STRING, "string"},
    {DLC_BOOL, "bool"},
    {DLC_FLOAT16, "float16"},
    {DLC_FLOAT64, "float64"},
    {DLC_UINT32, "uint32"},
    {DLC_UINT64, "uint64"},
    {DLC_COMPLEX64, "complex64"},
    {DLC_COMPLEX128, "complex128"},
    {DLC_BFLOAT16, "bfloat16"},
    {DLC_FLOAT8E4M3FN, "float8_e4m3fn"},
    {DLC_FLOAT8E4M3FNUZ, "float8_e4m3fnuz"},
    {DLC_FLOAT8E5M2, "float8_e5m2"},
    {DLC_FLOAT8E5M2FNUZ, "float8_e5m2fnuz"},
    {DLC_UINT4, "uint4"},
    {DLC_INT4, "int4"},
    {DLC_FLOAT4E2M1, "float4_e2m1fn"},
    {DLC_FLOAT8E8M0, "float8_e8m0fnu"},
    {DLC_UINT2, "uint2"},
    {DLC_INT2, "int2"},
    {DLC_FLOAT6E2M3, "float6_e2m3fn"},
    {DLC_FLOAT6E3M2, "float6_e3m2fn"},
};

// The words of C11 and C++20 that a model's stem might be.
bool isKeyword(llvm::StringRef word) {
  return llvm::StringSwitch<bool>(word)
      .Cases({"auto", "break", "case", "char", "const", "continue"}, true)
      .Cases({"default", "do", "double", "else", "enum", "extern"}, true)
      .Cases({"float", "for", "goto", "if", "inline", "int", "long"}, true)
      .Cases({"register", "restrict", "return", "short", "signed"}, true)
      .Cases({"sizeof", "static", "struct", "switch", "typedef"}, true)
      .Cases({"union", "unsigned", "void", "volatile", "while"}, true)
      .Cases({"and", "bool", "catch", "class", "compl", "concept"}, true)
      .Cases({"delete", "explicit", "export", "false", "friend"}, true)
      .Cases({"mutable", "namespace", "new", "not", "operator", "or"}, true)
      .Cases({"private", "protected", "public", "requires", "this"}, true)
      .Cases({"template", "throw", "true", "try", "typename"}, true)
      .Cases({"using", "virtual", "xor", "main", "asm"}, true)
      .Default(false);
}

} // namespace

std::string makeIdentifier(const std::string &text) {
  std::string ident;
  for (char c : text)
    ident += llvm::isAlnum(c) ? c : '_';
  if (ident.empty() || llvm::isDigit(ident.front()) || isKeyword(ident))
    ident = "model_" + ident;
  return ident;
}

int32_t dtypeFromName(const std::string &name) {
  for (const DtypeName &entry : dtypeNames)
    if (name == entry.name)
      return entry.dtype;
  return DLC_UNDEFINED;
}

const char *dtypeName(int32_t dtype) {
  for (const DtypeName &entry : dtypeNames)
    if (dtype == entry.dtype)
      return entry.name;
  return "?";
}

} // namespace dlc::target
