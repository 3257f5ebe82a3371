/*===- runtime/npy_strings.c - strings as numpy stores them -------*- C -*-===*
 *
 * Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*
 *
 * '<U5' has five code points of four bytes each an element, '|S5' five bytes,
 * which must be UTF-8; zeros at the end are not part of a string.
 *
 *===----------------------------------------------------------------------===*/

#include "program.h"
#include "strings.h"
#include <stdio.h>

static uint32_t point_at(const unsigned char *element, uint64_t i) {
  uint32_t point;
  memcpy(&point, element + 4 * i, 4);
  return point;
}

/* The bytes of an element as UTF-8, written where `out` is not NULL; SIZE_MAX:
 * *bad is no code point, or begins no UTF-8. */
static size_t decode(const dlc_npy *npy, const unsigned char *element,
                     char *out, uint32_t *bad) {
  uint64_t unit = npy->kind == 'U' ? 4 : 1, count = npy->width / unit;
  static const unsigned char zero[4];
  while (count && memcmp(element + (count - 1) * unit, zero, unit) == 0)
    count--;
  if (unit == 1) {
    const char *at = (const char *)element, *end = at + count;
    while (at < end) {
      *bad = (unsigned char)*at;
      if (dlc_utf8_next(&at, end) < 0)
        return SIZE_MAX;
    }
    if (out)
      memcpy(out, element, count);
    return count;
  }
  size_t size = 0;
  for (uint64_t i = 0; i < count; i++) {
    char bytes[4];
    uint32_t point = *bad = point_at(element, i);
    if (!dlc_is_code_point(point))
      return SIZE_MAX;
    size += dlc_utf8_write(out ? out + size : bytes, point);
  }
  return size;
}

bool dlc_take_strings(dlc_program *program, const char *file, const char *name,
                      const dlc_npy *npy, const void *data,
                      dlc_tensor *tensor) {
  size_t count = dlc_tensor_count(tensor), total = 0;
  uint32_t bad = 0;
  for (size_t i = 0; i < count; i++) {
    const unsigned char *element = (const unsigned char *)data + i * npy->width;
    size_t size = decode(npy, element, NULL, &bad);
    if (size == SIZE_MAX)
      return dlc_error(
          program, "%s: input '%s': string %zu holds 0x%x, which is no %s",
          file, name, i, bad, npy->kind == 'U' ? "code point" : "UTF-8");
    total += size; /* at most what the file has */
  }
  dlc_string *strings = dlc_hold_memory(program, count * sizeof *strings);
  char *text = strings ? dlc_hold_memory(program, total) : NULL;
  if (!text)
    return false;
  for (size_t i = 0; i < count; i++) {
    const unsigned char *element = (const unsigned char *)data + i * npy->width;
    strings[i] = (dlc_string){text, decode(npy, element, text, &bad)};
    text += strings[i].size;
  }
  tensor->data = strings;
  return true;
}

static size_t count_points(dlc_string s) {
  size_t count = 0;
  for (size_t i = 0; i < s.size; i++)
    count += ((unsigned char)s.data[i] & 0xc0) != 0x80;
  return count;
}

bool dlc_npy_lay(dlc_program *program, const dlc_tensor *tensor,
                 dlc_npy_array *array) {
  size_t size = dlc_tensor_bytes(tensor);
  *array = (dlc_npy_array){tensor->data, size, dlc_dtype_size(tensor->dtype)};
  if (tensor->dtype != DLC_STRING)
    return true;
  const dlc_string *strings = tensor->data;
  size_t count = dlc_tensor_count(tensor), longest = 1;
  for (size_t i = 0; i < count; i++) {
    size_t points = count_points(strings[i]);
    longest = points > longest ? points : longest;
  }
  if (__builtin_mul_overflow(count, 4 * longest, &size))
    return dlc_error(program, "the output's strings are too long for an npy "
                              "file");
  uint32_t *points = dlc_hold_memory(program, size);
  if (!points)
    return false;
  memset(points, 0, size);
  *array = (dlc_npy_array){points, size, longest};
  for (size_t i = 0; i < count; i++, points += longest) {
    const char *at = strings[i].data, *end = at + strings[i].size;
    for (size_t k = 0; at < end && k < longest; k++)
      points[k] = (uint32_t)dlc_utf8_next(&at, end);
  }
  return true;
}

/* Long ones are cut. */
void dlc_text_string(dlc_text *text, dlc_string string) {
  enum { SHOWN = 60 };
  const char *at = string.data, *end = at + string.size;
  bool cut = string.size > SHOWN;
  dlc_text_add(text, "\"");
  while (at < end && !(cut && at - string.data >= SHOWN)) {
    const char *start = at;
    int32_t point = dlc_utf8_next(&at, end);
    if (point == '"' || point == '\\')
      dlc_text_add(text, "\\%c", (char)point);
    else if (point < ' ' || (point >= 0x7f && point < 0xa0))
      dlc_text_add(text, "\\u%04x", (unsigned)point);
    else
      dlc_text_bytes(text, start, (size_t)(at - start));
  }
  dlc_text_add(text, cut ? "\"..." : "\"");
}

void dlc_fill_strings(const dlc_tensor *tensor, uint64_t seed) {
  static const char words[8][6] = {"",    "a",    "on",    "the",
                                   "dog", "tree", "green", "house"};
  dlc_string *strings = tensor->data;
  for (size_t i = 0; i < dlc_tensor_count(tensor); i++) {
    seed = seed * 6364136223846793005 + 1442695040888963407;
    const char *word = words[seed >> 61];
    strings[i] = (dlc_string){word, strlen(word)};
  }
}
