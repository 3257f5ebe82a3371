/*===- runtime/memory.c - the allocator behind a context ----------*- C -*-===*
 *
 * Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

#include "internal.h"
#include <stdlib.h>
#include <sys/mman.h>

enum { HUGE_PAGE = 2 << 20, HUGE_FROM = 4 << 20 };

static void *system_allocate(void *self, size_t size, size_t alignment) {
  (void)self;
  if (size >= HUGE_FROM)
    alignment = HUGE_PAGE;
  void *memory;
  if (posix_memalign(&memory, alignment, size))
    return NULL;
  if (size >= HUGE_FROM) /* a hint: that it is refused does not matter */
    madvise(memory, size, MADV_HUGEPAGE);
  return memory;
}

static void system_release(void *self, void *memory, size_t size) {
  (void)self, (void)size;
  free(memory);
}

dlc_memory dlc_memory_of(const dlc_options *options) {
  if (options && options->allocate && options->release)
    return (dlc_memory){options->allocate, options->release,
                        options->allocator};
  return (dlc_memory){system_allocate, system_release, NULL};
}

bool dlc_buffer_reserve(const dlc_memory *memory, dlc_buffer *buffer,
                        size_t size) {
  if (buffer->data && buffer->capacity >= size)
    return true;
  if (size > PTRDIFF_MAX - DLC_ALIGNMENT)
    return false;
  /* Never empty, so that memory of no bytes still has an address. */
  size = size ? (size + DLC_ALIGNMENT - 1) / DLC_ALIGNMENT * DLC_ALIGNMENT
              : DLC_ALIGNMENT;
  dlc_buffer_release(memory, buffer);
  buffer->data = memory->allocate(memory->self, size, DLC_ALIGNMENT);
  buffer->capacity = buffer->data ? size : 0;
  return buffer->data != NULL;
}

void dlc_buffer_release(const dlc_memory *memory, dlc_buffer *buffer) {
  if (buffer->data)
    memory->release(memory->self, buffer->data, buffer->capacity);
  *buffer = (dlc_buffer){NULL, 0};
}
