/*===- runtime/strings_split.c - the parts of strings -------------*- C -*-===*
 *
 * Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

#include "strings.h"

/* What is left of a string, and how. */
typedef struct splitter {
  const char *at, *end;
  dlc_string delimiter; /* empty: any white space */
  int64_t splits;       /* still allowed; negative: any number */
  bool done;
} splitter;

/* As Unicode has it, and Python. */
static bool is_space(int32_t point) {
  return (point >= 9 && point <= 13) || (point >= 28 && point <= 32) ||
         point == 0x85 || point == 0xa0 || point == 0x1680 ||
         (point >= 0x2000 && point <= 0x200a) || point == 0x2028 ||
         point == 0x2029 || point == 0x202f || point == 0x205f ||
         point == 0x3000;
}

/* Where the next white space is (`wanted`), or something else; the end. */
static const char *skip(const char *at, const char *end, bool wanted) {
  while (at < end) {
    const char *next = at;
    if (is_space(dlc_utf8_next(&next, end)) == wanted)
      return at;
    at = next;
  }
  return end;
}

static bool next_word(splitter *s, dlc_string *part) {
  s->at = skip(s->at, s->end, false);
  if (s->at == s->end)
    return false;
  const char *end = s->splits == 0 ? s->end : skip(s->at, s->end, true);
  *part = (dlc_string){s->at, (size_t)(end - s->at)};
  s->at = end;
  s->splits -= s->splits > 0;
  return true;
}

static bool next_part(splitter *s, dlc_string *part) {
  if (!s->delimiter.size)
    return next_word(s, part);
  if (s->done)
    return false;
  size_t left = (size_t)(s->end - s->at);
  const char *found = s->splits && left ? memmem(s->at, left, s->delimiter.data,
                                                 s->delimiter.size)
                                        : NULL;
  const char *end = found ? found : s->end;
  *part = (dlc_string){s->at, (size_t)(end - s->at)};
  s->done = !found;
  s->at = found ? found + s->delimiter.size : s->end;
  s->splits -= s->splits > 0;
  return true;
}

static splitter split_of(const dlc_call *call, int64_t i) {
  dlc_string x =
      dlc_strings_at(call->strings, ((const int64_t *)call->inputs[0])[i]);
  const int64_t *delimiter = call->inputs[1], *most = call->inputs[2];
  const char *data = x.size ? x.data : "";
  return (splitter){data, data + x.size,
                    dlc_strings_at(call->strings, *delimiter), *most, false};
}

DLC_STRING_FUNCTION(split_count) {
  const dlc_call *call = arguments;
  int64_t *counts = call->result;
  for (int64_t i = 0; i < call->count; i++) {
    splitter s = split_of(call, i);
    dlc_string part;
    for (counts[i] = 0; next_part(&s, &part);)
      counts[i]++;
  }
}

DLC_STRING_FUNCTION(split) {
  const dlc_call *call = arguments;
  if (!call->input_count)
    return;
  int64_t width = call->count / call->input_count, *to = call->result;
  for (int64_t i = 0; i < call->input_count; i++) {
    splitter s = split_of(call, i);
    dlc_string part;
    for (int64_t k = 0; k < width; k++, to++)
      if (!next_part(&s, &part))
        *to = 0;
      else if ((*to = dlc_strings_add(call->strings, part.data, part.size)) < 0)
        return;
  }
}
