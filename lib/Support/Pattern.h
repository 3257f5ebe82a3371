//===- Pattern.h - regular expressions in RE2's syntax ----------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLC_SUPPORT_PATTERN_H
#define DLC_SUPPORT_PATTERN_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <memory>
#include <utility>
#include <vector>

namespace dlc {

/// Code points, as ranges (both ends belong to them) in ascending order.
using CodePoints = std::vector<std::pair<uint32_t, uint32_t>>;

/// A part of a regular expression. What is greedy, lazy or captured makes no
/// difference to which texts match as a whole, and is left out.
struct Pattern {
  enum Kind { Points, Sequence, Choice, Repeat, Assertion } kind;
  enum Place { BeginText, EndText, BeginLine, EndLine, WordEdge, NoWordEdge };
  static constexpr int any = -1;

  CodePoints points;                           ///< one of these
  std::vector<std::unique_ptr<Pattern>> parts; ///< one for Repeat
  int least = 0, most = any;                   ///< of Repeat
  Place place = BeginText;                     ///< of Assertion

  explicit Pattern(Kind kind) : kind(kind) {}
};

/// Reads a pattern; what RE2 does not know, or this does not, is an error.
llvm::Expected<std::unique_ptr<Pattern>> parsePattern(llvm::StringRef text);

} // namespace dlc

#endif // DLC_SUPPORT_PATTERN_H
