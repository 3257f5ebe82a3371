/*===- runtime/strings.h - strings in compiled code ---------------*- C -*-===*
 *
 * Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*
 *
 * Compiled code knows a string by its number in the table of the run: equal
 * strings have equal numbers, the empty one 0. It calls a function of the run
 * time, by name, for whatever looks into a string (dlc.call). These functions
 * are in files of their own, so that a model without strings is linked without
 * them.
 *
 *===----------------------------------------------------------------------===*/

#ifndef DLC_RUNTIME_STRINGS_H
#define DLC_RUNTIME_STRINGS_H

#include "internal.h"
#include <string.h>

#pragma GCC visibility push(hidden)

/* Memory of text, which follows. */
typedef struct dlc_string_chunk {
  struct dlc_string_chunk *next;
  size_t size, used;
} dlc_string_chunk;

/* The strings of a context: the constants of the code, then what the last run
 * made, until the next one starts. */
typedef struct dlc_strings {
  const char *message; /* what a call failed by; compiled code looks at it */
  dlc_context *context;
  dlc_string *entries; /* by number */
  uint64_t *hashes;
  int64_t count, capacity;
  int64_t constants;
  int64_t *slots; /* a hash table of numbers; -1: free */
  uint64_t mask;  /* its size, a power of two, less 1 */
  uint64_t seed;
  dlc_string_chunk *chunks; /* the first is filled */
  char text[DLC_MESSAGE_SIZE];
} dlc_strings;

/* What compiled code passes; row-major, dense arrays. */
typedef struct dlc_call {
  dlc_strings *strings;
  void *result;
  int64_t count;       /* elements of the result */
  int64_t input_count; /* elements of the first input */
  const void *inputs[];
} dlc_call;

/*===- strings.c ----------------------------------------------------------===*/

/* The table at the start of a run. String i of `count` is text[ends[i - 1],
 * ends[i]); the first one is empty. NULL: no memory (recorded). */
dlc_strings *dlc_strings_begin(dlc_frame *frame, const char *text,
                               const int64_t *ends, int64_t count);
/* Room for text of `size` bytes that may become a string; NULL: no memory. */
char *dlc_strings_room(dlc_strings *strings, size_t size);
/* The number of a string, whose text is copied unless it lies in the room; -1:
 * no memory. */
int64_t dlc_strings_add(dlc_strings *strings, const char *data, size_t size);
/* Records why a call failed. */
__attribute__((format(printf, 2, 3))) void
dlc_strings_fail(dlc_strings *strings, const char *format, ...);

static inline dlc_string dlc_strings_at(const dlc_strings *strings,
                                        int64_t number) {
  return strings
      ->entries[(uint64_t)number < (uint64_t)strings->count ? number : 0];
}

/*===- utf8.c -------------------------------------------------------------===*/

/* Whether Unicode has it: no half of a surrogate pair. */
static inline bool dlc_is_code_point(uint32_t point) {
  return point <= 0x10ffff && (point < 0xd800 || point >= 0xe000);
}
/* The code point at *at, behind which it leaves *at; -1: malformed, and *at is
 * the next byte. */
int32_t dlc_utf8_next(const char **at, const char *end);
/* Writes a code point; the bytes written, at most 4. */
size_t dlc_utf8_write(char *out, uint32_t point);
bool dlc_utf8_is_valid(const char *data, size_t size);

/*===- what compiled code calls: kernels of one unit ----------------------===*/

#define DLC_STRING_FUNCTION(name)                                              \
  void dlc_string_##name(const void *arguments, int64_t begin, int64_t end,    \
                         void *scratch)

/* dlc_string -> string, and back. */
DLC_STRING_FUNCTION(intern);
DLC_STRING_FUNCTION(spell);
/* string, string -> string */
DLC_STRING_FUNCTION(concat);
/* string -> its place among the different ones of the tensor in the order of
 * code points */
DLC_STRING_FUNCTION(rank);
/* string -> string, by Unicode's simple mappings */
DLC_STRING_FUNCTION(lower);
DLC_STRING_FUNCTION(upper);
/* string [n], delimiter, most splits (negative: any) -> how many parts [n];
 * the parts [n, k], empty ones behind them */
DLC_STRING_FUNCTION(split_count);
DLC_STRING_FUNCTION(split);
/* string [n], automata of int32, numbers, see strings_tokens.c -> how many
 * tokens [n]; with a fourth input the tokens [n, k], that one behind them */
DLC_STRING_FUNCTION(token_count);
DLC_STRING_FUNCTION(tokens);
/* string, automaton of int32 (see lib/Support/Automaton.h) -> bool */
DLC_STRING_FUNCTION(match);
/* string, significant bits -> double */
DLC_STRING_FUNCTION(parse_real);
/* string, whether unsigned -> int64 */
DLC_STRING_FUNCTION(parse_integer);
/* double, significant bits -> string */
DLC_STRING_FUNCTION(format_real);
/* int64, whether unsigned -> string */
DLC_STRING_FUNCTION(format_integer);

#pragma GCC visibility pop

#endif /* DLC_RUNTIME_STRINGS_H */
