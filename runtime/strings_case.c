/*===- runtime/strings_case.c - strings in lower and upper case ---*- C -*-===*
 *
 * Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

#include "strings.h"

typedef struct mapping {
  uint32_t first, last;
  int32_t step, distance;
} mapping;

#include "case_mappings.inc"

/* The last range that starts at the code point or before it may hold it. */
static uint32_t map(const mapping *table, size_t count, uint32_t point) {
  size_t low = 0;
  while (count - low > 0) {
    size_t middle = low + (count - low) / 2;
    if (table[middle].first > point)
      count = middle;
    else
      low = middle + 1;
  }
  if (low == 0)
    return point;
  const mapping *m = &table[low - 1];
  bool inside = point <= m->last && (point - m->first) % (uint32_t)m->step == 0;
  return inside ? (uint32_t)((int32_t)point + m->distance) : point;
}

static void map_all(const dlc_call *call, const mapping *table, size_t count) {
  const int64_t *from = call->inputs[0];
  int64_t *to = call->result;
  for (int64_t i = 0; i < call->count; i++) {
    dlc_string x = dlc_strings_at(call->strings, from[i]);
    /* No code point takes more than twice as many bytes as what it maps from.
     */
    char *room = dlc_strings_room(call->strings, 2 * x.size);
    if (!room)
      return;
    size_t size = 0;
    for (const char *at = x.data, *end = at + x.size; at < end;) {
      int32_t point = dlc_utf8_next(&at, end);
      if (point < 0)
        room[size++] = at[-1];
      else
        size += dlc_utf8_write(room + size, map(table, count, (uint32_t)point));
    }
    if ((to[i] = dlc_strings_add(call->strings, room, size)) < 0)
      return;
  }
}

DLC_STRING_FUNCTION(lower) {
  map_all(arguments, to_lower, sizeof to_lower / sizeof *to_lower);
}

DLC_STRING_FUNCTION(upper) {
  map_all(arguments, to_upper, sizeof to_upper / sizeof *to_upper);
}
