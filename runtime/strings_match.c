/*===- runtime/strings_match.c - strings that match a pattern -----*- C -*-===*
 *
 * Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*
 *
 * The automaton was made when the model was compiled, over the bytes of UTF-8:
 * the number of classes, the class of each byte, then for each state where it
 * goes by class (-1: nowhere) and whether a string may end in it.
 *
 *===----------------------------------------------------------------------===*/

#include "strings.h"

DLC_STRING_FUNCTION(match) {
  const dlc_call *call = arguments;
  const int64_t *from = call->inputs[0];
  const int32_t *automaton = call->inputs[1];
  int64_t classes = automaton[0];
  const int32_t *class_of = automaton + 1, *states = class_of + 256;
  unsigned char *to = call->result;
  for (int64_t i = 0; i < call->count; i++) {
    dlc_string x = dlc_strings_at(call->strings, from[i]);
    int64_t state = 0;
    for (size_t k = 0; k < x.size && state >= 0; k++)
      state =
          states[state * (classes + 1) + class_of[(unsigned char)x.data[k]]];
    to[i] = state >= 0 && states[state * (classes + 1) + classes];
  }
}
