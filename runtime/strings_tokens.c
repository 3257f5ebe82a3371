/*===- runtime/strings_tokens.c - strings cut by patterns ---------*- C -*-===*
 *
 * Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*
 *
 * The inputs are the strings, the automata of the patterns (how many there are,
 * then the length and the numbers of each, as in strings_match.c) and three
 * numbers: whether what matches separates tokens (else it is one), how many
 * characters a token has at least, whether marks stand around those of a
 * string. Of two patterns the second one cuts what the first one leaves.
 *
 *===----------------------------------------------------------------------===*/

#include "strings.h"

typedef struct tokenizer {
  dlc_strings *strings;
  const int32_t *automata;
  bool separates, marks;
  int64_t least;
  int64_t count;
  int64_t *to, *end; /* NULL: they are only counted */
  bool failed;
} tokenizer;

/* The bytes of the longest text at the front that matches. */
static size_t longest(const int32_t *automaton, dlc_string text) {
  int64_t classes = automaton[0], state = 0;
  const int32_t *class_of = automaton + 1, *states = class_of + 256;
  size_t found = 0;
  for (size_t k = 0; k < text.size; k++) {
    state =
        states[state * (classes + 1) + class_of[(unsigned char)text.data[k]]];
    if (state < 0)
      break;
    if (states[state * (classes + 1) + classes])
      found = k + 1;
  }
  return found;
}

static int64_t characters(dlc_string text) {
  const char *at = text.data, *end = at + text.size;
  int64_t count = 0;
  for (; at < end; count++)
    dlc_utf8_next(&at, end);
  return count;
}

static void put(tokenizer *t, dlc_string token) {
  t->count++;
  if (!t->to || t->to == t->end)
    return;
  *t->to = dlc_strings_add(t->strings, token.data, token.size);
  t->failed |= *t->to++ < 0;
}

/* Cuts by the pattern at `automaton`, then by the `left` ones behind it. */
static void cut(tokenizer *t, const int32_t *automaton, int32_t left,
                dlc_string text) {
  if (!left) {
    if (text.size && characters(text) >= t->least)
      put(t, text);
    return;
  }
  const int32_t *next = automaton + 1 + automaton[0];
  const char *at = text.data, *end = at + text.size, *begin = at;
  while (at < end) {
    size_t size = longest(automaton + 1, (dlc_string){at, (size_t)(end - at)});
    if (!size) {
      dlc_utf8_next(&at, end);
      continue;
    }
    cut(t, next, left - 1,
        t->separates ? (dlc_string){begin, (size_t)(at - begin)}
                     : (dlc_string){at, size});
    begin = at += size;
  }
  if (t->separates)
    cut(t, next, left - 1, (dlc_string){begin, (size_t)(end - begin)});
}

static tokenizer tokenizer_of(const dlc_call *call) {
  const int64_t *numbers = call->inputs[2];
  return (tokenizer){.strings = call->strings,
                     .automata = call->inputs[1],
                     .separates = numbers[0] != 0,
                     .least = numbers[1],
                     .marks = numbers[2] != 0};
}

/* Those of string i. */
static void tokens_of(tokenizer *t, const dlc_call *call, int64_t i) {
  dlc_string x =
      dlc_strings_at(call->strings, ((const int64_t *)call->inputs[0])[i]);
  t->count = 0;
  if (t->marks)
    put(t, (dlc_string){"\x02", 1});
  if (x.size)
    cut(t, t->automata + 1, t->automata[0], x);
  if (t->marks)
    put(t, (dlc_string){"\x03", 1});
}

DLC_STRING_FUNCTION(token_count) {
  const dlc_call *call = arguments;
  tokenizer t = tokenizer_of(call);
  for (int64_t i = 0; i < call->count; i++) {
    tokens_of(&t, call, i);
    ((int64_t *)call->result)[i] = t.count;
  }
}

DLC_STRING_FUNCTION(tokens) {
  const dlc_call *call = arguments;
  if (!call->input_count)
    return;
  tokenizer t = tokenizer_of(call);
  int64_t width = call->count / call->input_count, *row = call->result;
  for (int64_t i = 0; i < call->input_count && !t.failed; i++, row += width) {
    t.to = row;
    t.end = row + width;
    tokens_of(&t, call, i);
    for (; t.to < t.end; t.to++)
      *t.to = *(const int64_t *)call->inputs[3];
  }
}
