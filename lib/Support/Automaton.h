//===- Automaton.h - patterns as tables -------------------------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLC_SUPPORT_AUTOMATON_H
#define DLC_SUPPORT_AUTOMATON_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <cstdint>
#include <vector>

namespace dlc {

/// A deterministic automaton over the bytes of UTF-8 that accepts the texts
/// that match a pattern in RE2's syntax as a whole: the number of byte classes,
/// the class of each of the 256 bytes, then a row for each state, of which
/// the first one is the start: the next state by class (-1: none), and 1 where
/// a text may end. runtime/strings_match.c walks it.
llvm::Expected<std::vector<int32_t>> makeAutomaton(llvm::StringRef pattern);

} // namespace dlc

#endif // DLC_SUPPORT_AUTOMATON_H
