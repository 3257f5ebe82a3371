/*===- test/runtime/testing.h - what the C tests share ------------*- C -*-===*
 *
 * Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

#ifndef DLC_TEST_TESTING_H
#define DLC_TEST_TESTING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

static int passed, failed;

static void check(bool good, const char *what, const char *file, int line) {
  if (good)
    passed++;
  else
    failed++, printf("%s:%d: failed: %s\n", file, line, what);
}
#define CHECK_AS(x, what) check(x, what, __FILE__, __LINE__)
#define CHECK(x) CHECK_AS(x, #x)

/* Counts, and refuses the n-th request when told to. */
typedef struct allocator {
  int calls, live, refuse;
  size_t bytes; /* of what is live */
} allocator;

static inline void *allocate(void *self, size_t size, size_t alignment) {
  allocator *a = self;
  void *memory;
  if (a->calls++ == a->refuse || posix_memalign(&memory, alignment, size))
    return NULL;
  a->live++;
  a->bytes += size;
  return memory;
}

static inline void release(void *self, void *memory, size_t size) {
  allocator *a = self;
  a->live--;
  a->bytes -= size;
  free(memory);
}

#endif /* DLC_TEST_TESTING_H */
