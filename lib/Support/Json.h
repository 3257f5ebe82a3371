//===- Json.h - JSON that is not trusted ------------------------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LIB_SUPPORT_JSON_H
#define LIB_SUPPORT_JSON_H

#include "llvm/Support/JSON.h"

namespace dlc {

/// LLVM's parser, which calls itself, but for nesting that no file of ours has.
llvm::Expected<llvm::json::Value> parseJson(llvm::StringRef text);

} // namespace dlc

#endif // LIB_SUPPORT_JSON_H
