//===- match-pattern.cpp - texts that match patterns, for the tests -*- C++
//-*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Standard input holds a pattern and a text by turns, each ended by a zero
// byte. For each pair a line says whether the text matches, or what is wrong
// with the pattern.

#include "Support/Automaton.h"

#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"

/// Walks the table as its description says.
static bool matches(llvm::ArrayRef<int32_t> table, llvm::StringRef text) {
  int32_t classes = table[0], state = 0;
  llvm::ArrayRef<int32_t> classOf = table.slice(1, 256),
                          states = table.drop_front(257);
  for (unsigned char byte : text) {
    state = states[state * (classes + 1) + classOf[byte]];
    if (state < 0)
      return false;
  }
  return states[state * (classes + 1) + classes];
}

int main() {
  auto input = llvm::MemoryBuffer::getSTDIN();
  if (!input)
    return 1;
  llvm::StringRef rest = (*input)->getBuffer();
  while (!rest.empty()) {
    auto [pattern, behind] = rest.split('\0');
    auto [text, next] = behind.split('\0');
    rest = next;
    auto table = dlc::makeAutomaton(pattern);
    if (!table)
      llvm::outs() << "error: " << llvm::toString(table.takeError()) << "\n";
    else
      llvm::outs() << matches(*table, text) << "\n";
  }
}
