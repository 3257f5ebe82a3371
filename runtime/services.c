/*===- runtime/services.c - what compiled code may ask for --------*- C -*-===*
 *
 * Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

#include "internal.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

int64_t dlc_now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* A launch that is split over threads. */
typedef struct launch {
  dlc_kernel kernel;
  const void *args;
  int64_t count, chunks;
  char *scratch;
  size_t scratch_stride;
} launch;

/* One share of it; the first count % chunks shares have one unit more. */
static void run_chunk(void *data, int64_t chunk, int32_t thread) {
  (void)thread; /* scratch goes by chunk: there are no more of them */
  const launch *l = data;
  int64_t share = l->count / l->chunks, more = l->count % l->chunks;
  int64_t begin = chunk * share + (chunk < more ? chunk : more);
  int64_t end = begin + share + (chunk < more);
  char *scratch =
      l->scratch ? l->scratch + (size_t)chunk * l->scratch_stride : NULL;
  l->kernel(l->args, begin, end, scratch);
}

static int64_t count_chunks(const dlc_context *context, int64_t count,
                            int64_t grain) {
  if (grain < 1)
    grain = 1;
  int64_t chunks = count / grain + (count % grain != 0);
  return chunks < context->pool.threads ? chunks : context->pool.threads;
}

static void parallel(dlc_frame *frame, dlc_kernel kernel, const void *args,
                     int64_t count, int64_t grain, const dlc_site *site) {
  dlc_context *context = dlc_context_of(frame);
  if (count <= 0)
    return;
  int64_t chunks = count_chunks(context, count, grain);
  int64_t begin = context->trace ? dlc_now() : 0;
  if (chunks == 1) {
    kernel(args, 0, count, frame->scratch);
  } else {
    launch l = {kernel, args,           count,
                chunks, frame->scratch, context->scratch_stride};
    context->pool.run(context->pool.self, chunks, run_chunk, &l);
  }
  if (context->trace) {
    dlc_event event = {site, begin, dlc_now(), count, (int32_t)chunks};
    context->trace(context->trace_self, &event);
  }
}

static void no_memory(dlc_context *context, int64_t size, const char *what) {
  dlc_context_fail(context, DLC_OUT_OF_MEMORY,
                   "no memory for %" PRId64 " bytes of %s", size, what);
}

static void *arena(dlc_frame *frame, int64_t size) {
  dlc_context *context = dlc_context_of(frame);
  if (size >= 0 &&
      dlc_buffer_reserve(&context->memory, &context->arena, (size_t)size))
    return context->arena.data;
  no_memory(context, size, "temporaries");
  return NULL;
}

void *dlc_block_alloc(dlc_context *context, dlc_block **blocks, int64_t size) {
  dlc_block *block = NULL;
  size_t bytes = 0;
  if (size >= 0 &&
      !__builtin_add_overflow((size_t)size, sizeof(dlc_block), &bytes) &&
      bytes <= PTRDIFF_MAX)
    block =
        context->memory.allocate(context->memory.self, bytes, DLC_ALIGNMENT);
  if (!block) {
    no_memory(context, size, "temporaries");
    return NULL;
  }
  block->next = *blocks;
  block->size = bytes;
  *blocks = block;
  return block + 1;
}

void dlc_free_blocks(dlc_context *context, dlc_block **blocks) {
  while (*blocks) {
    dlc_block *block = *blocks;
    *blocks = block->next;
    context->memory.release(context->memory.self, block, block->size);
  }
}

static void *alloc(dlc_frame *frame, int64_t size) {
  dlc_context *context = dlc_context_of(frame);
  return dlc_block_alloc(context, &context->blocks, size);
}

/* At least doubled, so that what is copied over all steps of a loop is little
 * beside what they store. */
static void *grow(dlc_frame *frame, dlc_room *room, int64_t size,
                  const void *from, int64_t kept) {
  if (!room->data || size < 0 || size > room->capacity) {
    int64_t doubled =
        room->capacity > INT64_MAX / 2 ? INT64_MAX : 2 * room->capacity;
    int64_t capacity = size < 0 || size > doubled ? size : doubled;
    void *data = alloc(frame, capacity);
    if (!data)
      return NULL;
    *room = (dlc_room){data, capacity};
  }
  if (kept > 0 && from != room->data)
    memcpy(room->data, from, (size_t)kept);
  return room->data;
}

/* The caller's memory, when the code can write to it as it is. */
static bool can_write_to(const dlc_tensor *t, int32_t dtype) {
  return dlc_is_dense(t->rank, t->shape, t->strides) &&
         (uintptr_t)t->data % dlc_dtype_alignment(dtype) == 0;
}

static bool check_result(dlc_context *context, const dlc_value_info *info,
                         const dlc_tensor *result, int32_t rank,
                         const int64_t *dims) {
  size_t bytes = (size_t)rank * sizeof(int64_t);
  if (result->rank == rank &&
      (!rank || memcmp(result->shape, dims, bytes) == 0))
    return true;
  char found[192], expected[192];
  dlc_context_fail(
      context, DLC_INVALID_ARGUMENT,
      "output '%s': the memory given is %s, the result is %s", info->name,
      dlc_describe(found, sizeof found, NULL, info->dtype, result->rank,
                   result->shape),
      dlc_describe(expected, sizeof expected, NULL, info->dtype, rank, dims));
  return false;
}

static void *output(dlc_frame *frame, int32_t index, int32_t rank,
                    const int64_t *dims) {
  dlc_context *context = dlc_context_of(frame);
  size_t size;
  if (index < 0 || index >= context->model->num_outputs || rank < 0 ||
      rank > DLC_MAX_RANK) {
    dlc_context_fail(context, DLC_INVALID_ARGUMENT,
                     "the code asks for output %d of rank %d", index, rank);
    return NULL;
  }
  const dlc_value_info *info = &context->model->outputs[index];
  const dlc_tensor *result = &context->results[index];
  dlc_output *out = &context->outputs[index];
  if (!dlc_dense_size(rank, dims, dlc_dtype_size(info->dtype), &size)) {
    char found[192];
    dlc_context_fail(
        context, DLC_INVALID_ARGUMENT, "output '%s' is too large: %s",
        info->name,
        dlc_describe(found, sizeof found, NULL, info->dtype, rank, dims));
    return NULL;
  }
  if (out->given && !check_result(context, info, result, rank, dims))
    return NULL;
  out->rank = rank;
  for (int32_t i = 0; i < rank; i++)
    out->dims[i] = dims[i];
  if (out->given && can_write_to(result, info->dtype))
    return out->data = result->data;
  if (!dlc_buffer_reserve(&context->memory, &out->own, size)) {
    no_memory(context, (int64_t)size, info->name);
    return NULL;
  }
  return out->data = out->own.data;
}

static int fail(dlc_frame *frame, const dlc_site *site, const char *format,
                const int64_t *values, int32_t count) {
  char text[DLC_MESSAGE_SIZE];
  size_t used = 0;
  int32_t next = 0;
  for (; *format && used + 1 < sizeof text; format++) {
    if (*format != '%' || next == count) {
      text[used++] = *format;
      continue;
    }
    int n =
        snprintf(text + used, sizeof text - used, "%" PRId64, values[next++]);
    used += (size_t)n;
    if (used >= sizeof text)
      used = sizeof text - 1;
  }
  text[used] = 0;
  dlc_context_fail(dlc_context_of(frame), DLC_INVALID_ARGUMENT, "%s%s%s",
                   site ? site->name : "", site ? ": " : "", text);
  return DLC_INVALID_ARGUMENT;
}

const dlc_services dlc_runtime_services = {
    .parallel = parallel,
    .arena = arena,
    .alloc = alloc,
    .output = output,
    .fail = fail,
    .grow = grow,
    .sequence = dlc_sequence_empty,
    .insert = dlc_sequence_insert,
    .erase = dlc_sequence_erase,
    .length = dlc_sequence_length,
    .at = dlc_sequence_at,
    .give = dlc_sequence_give,
};
