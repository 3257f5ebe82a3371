/*===- runtime/strings_numbers.c - numbers in strings -------------*- C -*-===*
 *
 * Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

#include "strings.h"
#include <inttypes.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { LONGEST = 1024 }; /* of a number that is read */

/* Numbers have a point, whatever the program's locale has. */
typedef struct plain {
  locale_t own, before;
} plain;

static bool begin_plain(dlc_strings *s, plain *p) {
  p->own = newlocale(LC_NUMERIC_MASK, "C", (locale_t)0);
  if (p->own)
    p->before = uselocale(p->own);
  else
    dlc_strings_fail(s, "no memory for a locale");
  return p->own;
}

static void end_plain(plain *p) {
  uselocale(p->before);
  freelocale(p->own);
}

/*===----------------------------------------------------------------------===*
 * Reading
 *===----------------------------------------------------------------------===*/

static bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

/* A copy with a terminator and without blanks around; false: too long, or
 * nothing. */
static bool take(dlc_string x, char out[LONGEST]) {
  while (x.size && is_blank(x.data[0]))
    x.data++, x.size--;
  while (x.size && is_blank(x.data[x.size - 1]))
    x.size--;
  if (!x.size || x.size >= LONGEST)
    return false;
  memcpy(out, x.data, x.size);
  out[x.size] = 0;
  return strlen(out) == x.size;
}

static bool is_word(const char *text, const char *word) {
  for (; *text && *word; text++, word++)
    if ((*text | 32) != *word)
      return false;
  return !*text && !*word;
}

static bool read_real(const char *text, int64_t bits, void *out) {
  double *value = out;
  const char *word = text + (*text == '+' || *text == '-');
  double sign = *text == '-' ? -1 : 1;
  if (is_word(word, "inf") || is_word(word, "infinity")) {
    *value = sign * (double)INFINITY;
    return true;
  }
  if (is_word(word, "nan")) {
    *value = (double)NAN;
    return true;
  }
  /* No other words, and no hexadecimal numbers. */
  if (text[strspn(text, "+-.0123456789eE")])
    return false;
  char *end;
  /* Rounded once. */
  *value = bits == 24 ? (double)strtof(text, &end) : strtod(text, &end);
  return end != text && !*end;
}

static void fail_number(const dlc_call *call, dlc_string x) {
  /* The message may be cut within a code point, and has other limits. */
  int size = x.size > 60 ? 60 : (int)x.size;
  while (size && (size_t)size < x.size &&
         ((unsigned char)x.data[size] & 0xc0) == 0x80)
    size--;
  dlc_strings_fail(call->strings, "'%.*s'%s is not a number", size,
                   x.size ? x.data : "", (size_t)size < x.size ? "..." : "");
}

/* What is no integer is cut, what is out of range goes to its end. */
static bool read_integer(const char *text, int64_t is_unsigned, void *out) {
  int64_t *value = out;
  char *end;
  double real;
  if (!text[strspn(text, "+-0123456789")]) {
    *value = is_unsigned && *text != '-' ? (int64_t)strtoull(text, &end, 10)
                                         : strtoll(text, &end, 10);
    return end != text && !*end;
  }
  if (!read_real(text, 53, &real) || real != real)
    return false;
  double limit = is_unsigned ? 0x1p64 : 0x1p63;
  if (real >= limit)
    *value = is_unsigned ? -1 : INT64_MAX;
  else if (real <= -0x1p63)
    *value = INT64_MIN;
  else
    *value = real >= 0x1p63 ? (int64_t)(uint64_t)real : (int64_t)real;
  return true;
}

/* Each string becomes a number of eight bytes; `parameter` is the call's second
 * input. */
static void parse_all(const dlc_call *call,
                      bool read(const char *text, int64_t parameter,
                                void *value)) {
  const int64_t *from = call->inputs[0], *parameter = call->inputs[1];
  int64_t *to = call->result;
  plain p;
  if (!begin_plain(call->strings, &p))
    return;
  for (int64_t i = 0; i < call->count; i++) {
    dlc_string x = dlc_strings_at(call->strings, from[i]);
    char text[LONGEST];
    if (take(x, text) && read(text, *parameter, &to[i]))
      continue;
    fail_number(call, x);
    break;
  }
  end_plain(&p);
}

DLC_STRING_FUNCTION(parse_real) { parse_all(arguments, read_real); }

DLC_STRING_FUNCTION(parse_integer) { parse_all(arguments, read_integer); }

/*===----------------------------------------------------------------------===*
 * Writing
 *===----------------------------------------------------------------------===*/

/* A number rounded to so many significant bits. */
static double rounded(double x, int64_t bits) {
  int exponent;
  if (bits == 24)
    return (double)(float)x;
  double mantissa = frexp(x, &exponent);
  int digits = bits >= 53 ? 53 : (int)bits;
  return ldexp(nearbyint(ldexp(mantissa, digits)), exponent - digits);
}

/* The fewest digits that say which number it is: 1.5, 1e-05, 12345.0. */
static size_t write_real(char *out, size_t size, double x, int64_t bits) {
  if (x != x)
    return (size_t)snprintf(out, size, "nan");
  if (x - x != 0)
    return (size_t)snprintf(out, size, x < 0 ? "-inf" : "inf");
  char digits[40] = "";
  for (int precision = 0; precision < 17; precision++) {
    snprintf(digits, sizeof digits, "%.*e", precision, x);
    if (rounded(strtod(digits, NULL), bits) == x)
      break;
  }
  char *mark = strchr(digits, 'e');
  int exponent = (int)strtol(mark + 1, NULL, 10);
  double magnitude = fabs(x);
  if (magnitude >= 1e16 || (magnitude < 1e-4 && x != 0))
    return (size_t)snprintf(out, size, "%s", digits);
  int decimals = (int)(mark - digits) - (x < 0 || (x == 0 && digits[0] == '-'));
  decimals = (decimals > 1 ? decimals - 2 : 0) - exponent;
  /* Digits beyond the shortest ones are zeros, not the number's own. */
  return (size_t)snprintf(out, size, "%.*f", decimals < 1 ? 1 : decimals,
                          strtod(digits, NULL));
}

static bool give(const dlc_call *call, int64_t i, const char *text,
                 size_t size) {
  int64_t number = dlc_strings_add(call->strings, text, size);
  ((int64_t *)call->result)[i] = number;
  return number >= 0;
}

DLC_STRING_FUNCTION(format_real) {
  const dlc_call *call = arguments;
  const double *from = call->inputs[0];
  const int64_t *bits = call->inputs[1];
  plain p;
  if (!begin_plain(call->strings, &p))
    return;
  for (int64_t i = 0; i < call->count; i++) {
    char text[64];
    size_t size = write_real(text, sizeof text, from[i], *bits);
    if (!give(call, i, text, size))
      break;
  }
  end_plain(&p);
}

DLC_STRING_FUNCTION(format_integer) {
  const dlc_call *call = arguments;
  const int64_t *from = call->inputs[0], *is_unsigned = call->inputs[1];
  for (int64_t i = 0; i < call->count; i++) {
    char text[32];
    int size = *is_unsigned
                   ? snprintf(text, sizeof text, "%" PRIu64, (uint64_t)from[i])
                   : snprintf(text, sizeof text, "%" PRId64, from[i]);
    if (!give(call, i, text, (size_t)size))
      return;
  }
}
