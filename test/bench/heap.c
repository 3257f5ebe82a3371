/*===- test/bench/heap.c - the peak of a process's heap ----------*- C -*-===*
 *
 * Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*
 *
 * Loaded before the C library (glibc), whose allocator it counts: heap_reset()
 * starts to look for a peak, heap_peak() gives the bytes that the peak was
 * above what was in use then.
 *
 *===----------------------------------------------------------------------===*/

#include <errno.h>
#include <malloc.h>
#include <stdatomic.h>
#include <stddef.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);
void *__libc_memalign(size_t alignment, size_t size);
void __libc_free(void *block);

static atomic_long in_use, peak;
static long base;

static void *counted(void *block) {
  if (!block)
    return block;
  long size = (long)malloc_usable_size(block);
  long now = atomic_fetch_add(&in_use, size) + size, most = atomic_load(&peak);
  while (now > most && !atomic_compare_exchange_weak(&peak, &most, now))
    ;
  return block;
}

static void uncount(void *block) {
  if (block)
    atomic_fetch_sub(&in_use, (long)malloc_usable_size(block));
}

void heap_reset(void) {
  base = atomic_load(&in_use);
  atomic_store(&peak, base);
}
long heap_peak(void) { return atomic_load(&peak) - base; }

void *malloc(size_t size) { return counted(__libc_malloc(size)); }
void *calloc(size_t count, size_t size) {
  return counted(__libc_calloc(count, size));
}
void *realloc(void *old, size_t size) {
  uncount(old);
  void *block = __libc_realloc(old, size);
  /* What could not grow is still there. */
  if (!block && size)
    counted(old);
  return counted(block);
}
void *memalign(size_t alignment, size_t size) {
  return counted(__libc_memalign(alignment, size));
}
void *aligned_alloc(size_t alignment, size_t size) {
  return memalign(alignment, size);
}
int posix_memalign(void **block, size_t alignment, size_t size) {
  *block = memalign(alignment, size);
  return *block ? 0 : ENOMEM;
}
void free(void *block) {
  uncount(block);
  __libc_free(block);
}
