//===- Json.cpp - JSON that is not trusted ----------------------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Support/Json.h"

using namespace llvm;

static bool isTooDeep(StringRef text) {
  constexpr int deepest = 100;
  int depth = 0;
  bool inString = false;
  for (size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '"')
      inString = !inString;
    else if (inString)
      i += c == '\\'; // what follows ends no string
    else if (c == '[' || c == '{')
      ++depth;
    else if (c == ']' || c == '}')
      --depth;
    if (depth > deepest)
      return true;
  }
  return false;
}

Expected<json::Value> dlc::parseJson(StringRef text) {
  if (isTooDeep(text))
    return createStringError("the JSON is nested too deeply");
  return json::parse(text);
}
