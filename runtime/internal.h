/*===- runtime/internal.h - what the run time's core shares -------*- C -*-===*
 *
 * Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

#ifndef DLC_RUNTIME_INTERNAL_H
#define DLC_RUNTIME_INTERNAL_H

#include "dlc/runtime.h"
#include <stdbool.h>

#pragma GCC visibility push(hidden)

enum { DLC_ALIGNMENT = 64, DLC_MAX_THREADS = 1024, DLC_MESSAGE_SIZE = 768 };

/*===- memory.c -----------------------------------------------------------===*/

typedef struct dlc_memory {
  void *(*allocate)(void *self, size_t size, size_t alignment);
  void (*release)(void *self, void *memory, size_t size);
  void *self;
} dlc_memory;

/* Memory that grows and is kept from run to run. */
typedef struct dlc_buffer {
  void *data;
  size_t capacity;
} dlc_buffer;

/* The caller's allocator, or the C library's. */
dlc_memory dlc_memory_of(const dlc_options *options);
/* Makes room for size bytes; what the buffer held is lost. */
bool dlc_buffer_reserve(const dlc_memory *memory, dlc_buffer *buffer,
                        size_t size);
void dlc_buffer_release(const dlc_memory *memory, dlc_buffer *buffer);

/*===- tensor.c -----------------------------------------------------------===*/

/* numpy's kind of the type ('f', 'i', 'u', 'b', 'c', 'V'; 0: none). */
char dlc_dtype_kind(int32_t dtype);
/* The alignment that the type's elements need: compiled code moves each as one
 * number, also a complex one. */
size_t dlc_dtype_alignment(int32_t dtype);
/* The bytes of a dense array; false: a negative dim, or more than fits. */
bool dlc_dense_size(int32_t rank, const int64_t *dims, size_t element,
                    size_t *size);
/* Whether the strides, in elements, are row-major. */
bool dlc_is_dense(int32_t rank, const int64_t *dims, const int64_t *strides);
/* Copies elements between two layouts; strides count elements, and NULL is
 * row-major. False: an offset overflows. */
bool dlc_copy(int32_t rank, const int64_t *dims, size_t element, void *to,
              const int64_t *to_strides, const void *from,
              const int64_t *from_strides);
/* Writes a type for messages: "float32 [batch, 3, ?]". */
const char *dlc_describe(char *out, size_t size, const char *const *symbols,
                         int32_t dtype, int32_t rank, const int64_t *dims);

/*===- cpu.c --------------------------------------------------------------===*/

/* Whether this processor and system have all of a list of LLVM's features.
 * Writes the first ones that they lack. */
bool dlc_cpu_has(const char *features, char *missing, size_t size);
/* The cores that this process may use. */
int32_t dlc_cpu_count(void);

/*===- pool.c -------------------------------------------------------------===*/

typedef struct dlc_team dlc_team;

/* Starts threads - 1 threads; NULL: the system refused. */
dlc_team *dlc_team_create(const dlc_memory *memory, int32_t threads);
void dlc_team_destroy(const dlc_memory *memory, dlc_team *team);
/* A dlc_pool's run, for count <= threads: the caller does the first index. */
void dlc_team_run(void *team, int64_t count,
                  void (*body)(void *data, int64_t index, int32_t thread),
                  void *data);
/* Called at the start of a run: a forked child has no threads but its own. */
void dlc_team_check_fork(dlc_team *team);

/*===- context.c ----------------------------------------------------------===*/

/* One output's state in a run. */
typedef struct dlc_output {
  dlc_buffer own;
  void *data;        /* where the code writes; NULL: not asked for yet */
  dlc_tensor tensor; /* of a sequence or an optional: what is handed out */
  bool given;        /* the result goes to memory of the caller's */
  int32_t rank;
  int64_t dims[DLC_MAX_RANK];
} dlc_output;

/* A block of dlc_services.alloc; the memory follows it. */
typedef struct dlc_block {
  _Alignas(DLC_ALIGNMENT) struct dlc_block *next;
  size_t size;
} dlc_block;

/* The frame comes first: compiled code hands it back to the services. */
struct dlc_context {
  dlc_frame frame;
  const dlc_model *model;
  const dlc_code *code;
  dlc_memory memory;
  dlc_team *team; /* NULL: one thread, or a pool of the caller's */
  dlc_pool pool;

  dlc_buffer scratch; /* scratch_stride bytes for each thread */
  size_t scratch_stride;
  dlc_buffer arena;
  dlc_block *blocks; /* of this run */
  dlc_block
      *items; /* of sequences: of this run, or of what the last one gave */
  dlc_buffer weights; /* a mapped file; no data: embedded */

  const void **inputs; /* the arrays behind the frame */
  const int64_t **input_dims;
  dlc_buffer *input_copies; /* of the inputs that were not dense */
  int64_t *symbols;         /* values of this run; -1: not known yet */
  int32_t *symbol_inputs;   /* the input that gave the value */
  dlc_output *outputs;
  const dlc_tensor *results;   /* the caller's outputs */
  struct dlc_strings *strings; /* of a model that has some; see strings.h */
  void (*drop_strings)(struct dlc_strings *);

  void (*trace)(void *self, const dlc_event *event);
  void *trace_self;
  dlc_status status;
  char error[DLC_MESSAGE_SIZE];
};

static inline dlc_context *dlc_context_of(dlc_frame *frame) {
  return (dlc_context *)frame; /* its first member */
}

/* Records the first error of a run and returns its status. */
__attribute__((format(printf, 3, 4))) dlc_status dlc_context_fail(
    dlc_context *context, dlc_status status, const char *format, ...);

/*===- sequence.c ---------------------------------------------------------===*/

static inline bool dlc_is_sequence(int32_t dtype) {
  return (dtype & (DLC_SEQUENCE | DLC_OPTIONAL)) != 0;
}

/* Makes an input that is a sequence or an optional what code can read. */
dlc_status dlc_bind_sequence(dlc_context *context, int32_t index,
                             const dlc_tensor *given);

/* The services of their names. */
const dlc_sequence *dlc_sequence_empty(dlc_frame *frame);
const dlc_sequence *dlc_sequence_insert(dlc_frame *frame,
                                        const dlc_sequence *from, int64_t at,
                                        const void *data, int64_t element,
                                        int32_t rank, const int64_t *dims);
const dlc_sequence *dlc_sequence_erase(dlc_frame *frame,
                                       const dlc_sequence *from, int64_t at);
int64_t dlc_sequence_length(dlc_frame *frame, const dlc_sequence *sequence);
const void *dlc_sequence_at(dlc_frame *frame, const dlc_sequence *sequence,
                            int64_t at, int32_t rank, int64_t *dims);
int dlc_sequence_give(dlc_frame *frame, int32_t index,
                      const dlc_sequence *sequence);

/*===- run.c, services.c --------------------------------------------------===*/

extern const dlc_services dlc_runtime_services;
/* Memory that is freed with the others of its list; NULL: none, recorded. */
void *dlc_block_alloc(dlc_context *context, dlc_block **blocks, int64_t size);
void dlc_free_blocks(dlc_context *context, dlc_block **blocks);
int64_t dlc_now(void);

#pragma GCC visibility pop

#endif /* DLC_RUNTIME_INTERNAL_H */
