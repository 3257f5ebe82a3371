/*===- runtime/utf8.c - text as code points -----------------------*- C -*-===*
 *
 * Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

#include "strings.h"

int32_t dlc_utf8_next(const char **at, const char *end) {
  const unsigned char *s = (const unsigned char *)*at;
  size_t left = (size_t)(end - *at);
  *at += 1;
  if (s[0] < 0x80)
    return s[0];
  /* Longer forms than needed, surrogates and what is above U+10FFFF are none.
   */
  static const struct {
    unsigned char low, high;
    int32_t least;
  } forms[] = {{0xc0, 0xdf, 0x80}, {0xe0, 0xef, 0x800}, {0xf0, 0xf7, 0x10000}};
  for (size_t more = 1; more <= 3; more++) {
    if (s[0] < forms[more - 1].low || s[0] > forms[more - 1].high)
      continue;
    if (left <= more)
      return -1;
    int32_t point = s[0] - forms[more - 1].low;
    for (size_t i = 1; i <= more; i++) {
      if ((s[i] & 0xc0) != 0x80)
        return -1;
      point = point << 6 | (s[i] & 0x3f);
    }
    if (point < forms[more - 1].least || !dlc_is_code_point((uint32_t)point))
      return -1;
    *at += more;
    return point;
  }
  return -1;
}

size_t dlc_utf8_write(char *out, uint32_t point) {
  if (point < 0x80) {
    out[0] = (char)point;
    return 1;
  }
  size_t more = point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
  static const unsigned char lead[] = {0, 0xc0, 0xe0, 0xf0};
  for (size_t i = more; i > 0; i--, point >>= 6)
    out[i] = (char)(0x80 | (point & 0x3f));
  out[0] = (char)(lead[more] | point);
  return more + 1;
}

bool dlc_utf8_is_valid(const char *data, size_t size) {
  const char *end = data + size;
  while (data < end)
    if (dlc_utf8_next(&data, end) < 0)
      return false;
  return true;
}
