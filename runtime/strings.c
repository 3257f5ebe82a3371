/*===- runtime/strings.c - the strings of a run -------------------*- C -*-===*
 *
 * Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

#include "strings.h"
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { FEWEST_SLOTS = 64, SMALLEST_CHUNK = 4096 };

/*===----------------------------------------------------------------------===*
 * Memory
 *===----------------------------------------------------------------------===*/

static void *allocate(dlc_strings *s, size_t size) {
  dlc_memory *memory = &s->context->memory;
  void *data = size <= PTRDIFF_MAX
                   ? memory->allocate(memory->self, size, DLC_ALIGNMENT)
                   : NULL;
  if (!data) {
    dlc_context_fail(s->context, DLC_OUT_OF_MEMORY, "no memory for strings");
    s->message = "no memory for strings";
  }
  return data;
}

static void release(dlc_strings *s, void *data, size_t size) {
  dlc_memory *memory = &s->context->memory;
  if (data)
    memory->release(memory->self, data, size);
}

static void release_chunks(dlc_strings *s) {
  while (s->chunks) {
    dlc_string_chunk *chunk = s->chunks;
    s->chunks = chunk->next;
    release(s, chunk, sizeof *chunk + chunk->size);
  }
}

/* A chunk larger than all before it, so that there are few. */
static bool add_chunk(dlc_strings *s, size_t size) {
  if (s->chunks && size < 2 * s->chunks->size)
    size = 2 * s->chunks->size;
  if (size < SMALLEST_CHUNK)
    size = SMALLEST_CHUNK;
  /* A size that does not fit is refused by `allocate`. */
  size_t all =
      size < PTRDIFF_MAX / 4 ? sizeof(dlc_string_chunk) + size : SIZE_MAX;
  dlc_string_chunk *chunk = allocate(s, all);
  if (!chunk)
    return false;
  *chunk = (dlc_string_chunk){s->chunks, size, 0};
  s->chunks = chunk;
  return true;
}

char *dlc_strings_room(dlc_strings *s, size_t size) {
  if ((!s->chunks || s->chunks->size - s->chunks->used < size) &&
      !add_chunk(s, size))
    return NULL;
  return (char *)(s->chunks + 1) + s->chunks->used;
}

void dlc_strings_fail(dlc_strings *s, const char *format, ...) {
  if (s->message)
    return;
  va_list values;
  va_start(values, format);
  vsnprintf(s->text, sizeof s->text, format, values);
  va_end(values);
  s->message = s->text;
}

/*===----------------------------------------------------------------------===*
 * The table
 *===----------------------------------------------------------------------===*/

static uint64_t hash_of(const dlc_strings *s, const char *data, size_t size) {
  uint64_t h = s->seed ^ size, word;
  for (; size >= 8; data += 8, size -= 8) {
    memcpy(&word, data, 8);
    h = (h ^ word) * 0x9e3779b97f4a7c15;
    h ^= h >> 32;
  }
  word = 0;
  memcpy(&word, data, size);
  h = (h ^ word) * 0xbf58476d1ce4e5b9;
  return h ^ h >> 29;
}

static void put(dlc_strings *s, int64_t number) {
  uint64_t at = s->hashes[number] & s->mask;
  while (s->slots[at] >= 0)
    at = (at + 1) & s->mask;
  s->slots[at] = number;
}

/* Entries and slots for `capacity` strings, at most half of the slots. */
static bool resize(dlc_strings *s, int64_t capacity) {
  uint64_t slots = FEWEST_SLOTS;
  while (slots < 2 * (uint64_t)capacity) /* far less than memory can hold */
    slots *= 2;
  size_t each = sizeof(dlc_string) + sizeof(uint64_t);
  dlc_string *entries = allocate(s, (size_t)capacity * each);
  int64_t *table = entries ? allocate(s, slots * sizeof *table) : NULL;
  if (!table) {
    release(s, entries, (size_t)capacity * each);
    return false;
  }
  uint64_t *hashes = (uint64_t *)(entries + capacity);
  if (s->count) {
    memcpy(entries, s->entries, (size_t)s->count * sizeof *entries);
    memcpy(hashes, s->hashes, (size_t)s->count * sizeof *hashes);
  }
  release(s, s->entries, (size_t)s->capacity * each);
  release(s, s->slots, (s->mask + 1) * sizeof *table);
  s->entries = entries, s->hashes = hashes, s->capacity = capacity;
  s->slots = table, s->mask = slots - 1;
  memset(table, -1, slots * sizeof *table);
  for (int64_t i = 0; i < s->count; i++)
    put(s, i);
  return true;
}

static int64_t find(const dlc_strings *s, const char *data, size_t size,
                    uint64_t hash) {
  for (uint64_t at = hash & s->mask;; at = (at + 1) & s->mask) {
    int64_t number = s->slots[at];
    if (number < 0)
      return -1;
    const dlc_string *entry = &s->entries[number];
    if (s->hashes[number] == hash && entry->size == size &&
        (!size || memcmp(entry->data, data, size) == 0))
      return number;
  }
}

/* Text that stays where it is. */
static int64_t append(dlc_strings *s, const char *data, size_t size,
                      uint64_t hash) {
  if (s->count == s->capacity && !resize(s, 2 * s->capacity))
    return -1;
  s->entries[s->count] = (dlc_string){data, size};
  s->hashes[s->count] = hash;
  put(s, s->count);
  return s->count++;
}

int64_t dlc_strings_add(dlc_strings *s, const char *data, size_t size) {
  if (!size)
    return 0;
  uint64_t hash = hash_of(s, data, size);
  int64_t number = find(s, data, size, hash);
  if (number >= 0)
    return number;
  char *room = dlc_strings_room(s, size);
  if (!room)
    return -1;
  if (room != data)
    memcpy(room, data, size);
  s->chunks->used += size;
  return append(s, room, size, hash);
}

static void drop(dlc_strings *s) {
  if (!s)
    return;
  release_chunks(s);
  release(s, s->entries,
          (size_t)s->capacity * (sizeof(dlc_string) + sizeof(uint64_t)));
  release(s, s->slots, (s->mask + 1) * sizeof *s->slots);
  release(s, s, sizeof *s);
}

/* The last ones first: what was put in before them is as if they had never
 * been. */
static bool forget_last_run(dlc_strings *s) {
  s->message = NULL;
  while (s->count > s->constants) {
    int64_t number = --s->count;
    uint64_t at = s->hashes[number] & s->mask;
    while (s->slots[at] != number)
      at = (at + 1) & s->mask;
    s->slots[at] = -1;
  }
  /* One chunk will do for a run that makes as much text, sooner or later. */
  if (s->chunks && s->chunks->next) {
    size_t size = 0;
    for (dlc_string_chunk *c = s->chunks; c; c = c->next)
      size += c->size;
    release_chunks(s);
    return add_chunk(s, size);
  }
  if (s->chunks)
    s->chunks->used = 0;
  return true;
}

static bool add_constants(dlc_strings *s, const char *text, const int64_t *ends,
                          int64_t count) {
  if (!resize(s, count < 32 ? 64 : 2 * count))
    return false;
  int64_t start = 0;
  for (int64_t i = 0; i < count; start = ends[i++]) {
    size_t size = (size_t)(ends[i] - start);
    append(s, text + start, size, hash_of(s, text + start, size));
  }
  s->constants = count;
  return true;
}

dlc_strings *dlc_strings_begin(dlc_frame *frame, const char *text,
                               const int64_t *ends, int64_t count) {
  dlc_context *context = dlc_context_of(frame);
  if (context->strings)
    return forget_last_run(context->strings) ? context->strings : NULL;
  dlc_strings none = {.context = context};
  dlc_strings *s = allocate(&none, sizeof *s);
  if (!s)
    return NULL;
  *s = none;
  s->seed = (uint64_t)dlc_now() * 0x9e3779b97f4a7c15 ^ (uint64_t)(uintptr_t)s;
  if (!add_constants(s, text, ends, count)) {
    drop(s);
    return NULL;
  }
  context->strings = s;
  context->drop_strings = drop;
  return s;
}

/*===----------------------------------------------------------------------===*
 * Functions
 *===----------------------------------------------------------------------===*/

DLC_STRING_FUNCTION(intern) {
  const dlc_call *call = arguments;
  const dlc_string *from = call->inputs[0];
  int64_t *to = call->result;
  for (int64_t i = 0; i < call->count; i++) {
    if ((from[i].size && !from[i].data) || from[i].size > PTRDIFF_MAX ||
        !dlc_utf8_is_valid(from[i].data, from[i].size)) {
      dlc_strings_fail(call->strings, "string %" PRId64 " is not UTF-8", i);
      return;
    }
    if ((to[i] = dlc_strings_add(call->strings, from[i].data, from[i].size)) <
        0)
      return;
  }
}

DLC_STRING_FUNCTION(spell) {
  const dlc_call *call = arguments;
  const int64_t *from = call->inputs[0];
  dlc_string *to = call->result;
  for (int64_t i = 0; i < call->count; i++)
    to[i] = dlc_strings_at(call->strings, from[i]);
}

DLC_STRING_FUNCTION(concat) {
  const dlc_call *call = arguments;
  dlc_strings *s = call->strings;
  const int64_t *x = call->inputs[0], *y = call->inputs[1];
  int64_t *to = call->result;
  for (int64_t i = 0; i < call->count; i++) {
    dlc_string a = dlc_strings_at(s, x[i]), b = dlc_strings_at(s, y[i]);
    char *room = dlc_strings_room(s, a.size + b.size);
    if (!room)
      return;
    if (a.size)
      memcpy(room, a.data, a.size);
    if (b.size)
      memcpy(room + a.size, b.data, b.size);
    if ((to[i] = dlc_strings_add(s, room, a.size + b.size)) < 0)
      return;
  }
}

typedef struct ranked {
  dlc_string string;
  int64_t number;
} ranked;

/* UTF-8 has the order of code points. */
static int compare(const void *left, const void *right) {
  const dlc_string *a = &((const ranked *)left)->string,
                   *b = &((const ranked *)right)->string;
  size_t common = a->size < b->size ? a->size : b->size;
  int order = common ? memcmp(a->data, b->data, common) : 0;
  return order ? order : (a->size > b->size) - (a->size < b->size);
}

DLC_STRING_FUNCTION(rank) {
  const dlc_call *call = arguments;
  dlc_strings *s = call->strings;
  const int64_t *from = call->inputs[0];
  int64_t *to = call->result, used = 0;
  size_t known = (size_t)s->count;
  int64_t *ranks = allocate(s, known * sizeof *ranks);
  ranked *order = ranks ? allocate(s, known * sizeof *order) : NULL;
  if (order) {
    memset(ranks, -1, known * sizeof *ranks);
    for (int64_t i = 0; i < call->count; i++)
      if (ranks[from[i]] < 0) { /* seen for the first time */
        ranks[from[i]] = 0;
        order[used++] = (ranked){s->entries[from[i]], from[i]};
      }
    qsort(order, (size_t)used, sizeof *order, compare);
    for (int64_t i = 0; i < used; i++)
      ranks[order[i].number] = i;
    for (int64_t i = 0; i < call->count; i++)
      to[i] = ranks[from[i]];
  }
  release(s, order, known * sizeof *order);
  release(s, ranks, known * sizeof *ranks);
}
