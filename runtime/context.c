/*===- runtime/context.c - making and ending a context ------------*- C -*-===*
 *
 * Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

#include "internal.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* Why this thread's last dlc_context_create failed: there is no context yet
 * that could keep it. */
static _Thread_local char create_error[DLC_MESSAGE_SIZE];

static void set_message(char *out, const char *format, va_list values) {
  vsnprintf(out, DLC_MESSAGE_SIZE, format, values);
}

__attribute__((format(printf, 2, 3))) static dlc_status
create_failed(dlc_status status, const char *format, ...) {
  va_list values;
  va_start(values, format);
  set_message(create_error, format, values);
  va_end(values);
  return status;
}

dlc_status dlc_context_fail(dlc_context *context, dlc_status status,
                            const char *format, ...) {
  if (context->status == DLC_OK) {
    context->status = status;
    va_list values;
    va_start(values, format);
    set_message(context->error, format, values);
    va_end(values);
  }
  return context->status;
}

const char *dlc_last_error(const dlc_context *context) {
  return context ? context->error : create_error;
}

const dlc_code *dlc_context_code(const dlc_context *context) {
  return context->code;
}

int32_t dlc_context_threads(const dlc_context *context) {
  return context->pool.threads;
}

void dlc_set_trace(dlc_context *context,
                   void (*trace)(void *self, const dlc_event *event),
                   void *self) {
  context->trace = trace;
  context->trace_self = self;
}

/* The first code that this processor can run. */
static dlc_status choose_code(const dlc_model *model, const dlc_code **code) {
  char missing[256] = "";
  for (int32_t i = 0; i < model->num_codes; i++) {
    *code = &model->codes[i];
    if (dlc_cpu_has((*code)->features, missing, sizeof missing))
      return DLC_OK;
  }
  if (model->num_codes <= 0)
    return create_failed(DLC_INVALID_ARGUMENT, "the model holds no code");
  return create_failed(DLC_UNSUPPORTED,
                       "this processor lacks %s, which code compiled for %s "
                       "needs; compile with -march= for this processor",
                       missing, (*code)->cpu);
}

/* The path of a file beside the program. */
static void path_beside_program(char *out, size_t size, const char *name) {
  ssize_t length = *name == '/' ? 0 : readlink("/proc/self/exe", out, size - 1);
  out[length > 0 ? length : 0] = 0;
  char *slash = strrchr(out, '/');
  char *end = slash ? slash + 1 : out;
  snprintf(end, size - (size_t)(end - out), "%s", name);
}

static dlc_status map_weights(dlc_context *context, const char *path) {
  size_t expected = (size_t)context->model->weights_size;
  int file = open(path, O_RDONLY | O_CLOEXEC);
  struct stat status;
  if (file < 0 || fstat(file, &status) < 0) {
    int code = errno;
    if (file >= 0)
      close(file);
    return create_failed(DLC_IO_ERROR, "cannot open weights file '%s': %s",
                         path, strerror(code));
  }
  if (!S_ISREG(status.st_mode) || (uint64_t)status.st_size != expected) {
    close(file);
    return create_failed(
        DLC_IO_ERROR,
        "weights file '%s' is not this model's: it has %lld bytes, expected "
        "%zu",
        path, (long long)status.st_size, expected);
  }
  void *data =
      expected ? mmap(NULL, expected, PROT_READ, MAP_PRIVATE, file, 0) : NULL;
  int code = errno;
  close(file);
  if (data == MAP_FAILED)
    return create_failed(DLC_IO_ERROR, "cannot map weights file '%s': %s", path,
                         strerror(code));
  context->weights = (dlc_buffer){data, expected};
  context->frame.weights = data;
  return DLC_OK;
}

static dlc_status find_weights(dlc_context *context, const char *override) {
  const dlc_model *model = context->model;
  char path[PATH_MAX];
  if (override)
    return map_weights(context, override);
  if (!model->weights && model->weights_file) {
    path_beside_program(path, sizeof path, model->weights_file);
    return map_weights(context, path);
  }
  context->frame.weights = model->weights;
  return DLC_OK;
}

/* The pool of the caller's, or threads of the context's own. */
static dlc_status find_threads(dlc_context *context, const dlc_options *o) {
  if (o && o->pool) {
    context->pool = *o->pool;
    if (!o->pool->run || o->pool->threads < 1 ||
        o->pool->threads > DLC_MAX_THREADS)
      return create_failed(DLC_INVALID_ARGUMENT,
                           "a pool needs a run function and 1 to %d threads",
                           DLC_MAX_THREADS);
    return DLC_OK;
  }
  int32_t threads = o ? o->threads : 0;
  if (threads < 0 || threads > DLC_MAX_THREADS)
    return create_failed(DLC_INVALID_ARGUMENT,
                         "%d threads; expected 1 to %d, or 0 for all cores",
                         threads, DLC_MAX_THREADS);
  if (threads == 0)
    threads = dlc_cpu_count();
  if (threads > 1) {
    context->team = dlc_team_create(&context->memory, threads);
    if (!context->team)
      return create_failed(DLC_OUT_OF_MEMORY, "cannot start %d threads",
                           threads);
  }
  context->pool = (dlc_pool){context->team, threads, dlc_team_run};
  return DLC_OK;
}

static dlc_status find_scratch(dlc_context *context) {
  /* Neighbours are kept off each other's cache lines, prefetched ones too. */
  const size_t apart = 2 * DLC_ALIGNMENT;
  size_t each, all;
  if (context->code->scratch_size <= 0)
    return DLC_OK;
  if (__builtin_add_overflow((size_t)context->code->scratch_size, apart - 1,
                             &each) ||
      __builtin_mul_overflow(each / apart * apart,
                             (size_t)context->pool.threads, &all) ||
      !dlc_buffer_reserve(&context->memory, &context->scratch, all))
    return create_failed(DLC_OUT_OF_MEMORY,
                         "no memory for %lld bytes of scratch a thread",
                         (long long)context->code->scratch_size);
  context->scratch_stride = each / apart * apart;
  context->frame.scratch = context->scratch.data;
  return DLC_OK;
}

/* The context and its arrays are one block; each array is aligned because the
 * ones with the greatest alignment come first. */
static size_t context_bytes(const dlc_model *m) {
  size_t inputs = (size_t)m->num_inputs, symbols = (size_t)m->num_symbols;
  return sizeof(dlc_context) + (size_t)m->num_outputs * sizeof(dlc_output) +
         inputs * (sizeof(dlc_buffer) + 2 * sizeof(void *)) +
         symbols * (sizeof(int64_t) + sizeof(int32_t));
}

static dlc_context *allocate_context(const dlc_model *m, dlc_memory memory) {
  char *at = memory.allocate(memory.self, context_bytes(m), DLC_ALIGNMENT);
  if (!at)
    return NULL;
  memset(at, 0, context_bytes(m));
  dlc_context *context = (dlc_context *)at;
  context->memory = memory;
  context->model = m;
  context->outputs = (dlc_output *)(at += sizeof(dlc_context));
  at += (size_t)m->num_outputs * sizeof(dlc_output);
  context->input_copies = (dlc_buffer *)at;
  at += (size_t)m->num_inputs * sizeof(dlc_buffer);
  context->inputs = (const void **)at;
  at += (size_t)m->num_inputs * sizeof(void *);
  context->input_dims = (const int64_t **)at;
  at += (size_t)m->num_inputs * sizeof(void *);
  context->symbols = (int64_t *)at;
  at += (size_t)m->num_symbols * sizeof(int64_t);
  context->symbol_inputs = (int32_t *)at;
  context->frame.services = &dlc_runtime_services;
  context->frame.inputs = context->inputs;
  context->frame.input_dims = context->input_dims;
  return context;
}

dlc_status dlc_context_create(const dlc_model *model,
                              const dlc_options *options,
                              dlc_context **result) {
  create_error[0] = 0;
  if (!model || !result)
    return create_failed(DLC_INVALID_ARGUMENT,
                         "dlc_context_create needs a model and a place for the "
                         "context");
  *result = NULL;
  if (model->abi_version != DLC_ABI_VERSION)
    return create_failed(DLC_UNSUPPORTED,
                         "the model was compiled for version %d of the run "
                         "time's interface; this is version %d",
                         model->abi_version, DLC_ABI_VERSION);
  const dlc_code *code = NULL;
  dlc_status status = choose_code(model, &code);
  if (status != DLC_OK)
    return status;
  dlc_context *context = allocate_context(model, dlc_memory_of(options));
  if (!context)
    return create_failed(DLC_OUT_OF_MEMORY, "no memory for a context");
  context->code = code;
  status = find_weights(context, options ? options->weights_file : NULL);
  if (status == DLC_OK)
    status = find_threads(context, options);
  if (status == DLC_OK)
    status = find_scratch(context);
  if (status == DLC_OK)
    *result = context;
  else
    dlc_context_destroy(context);
  return status;
}

void dlc_context_destroy(dlc_context *context) {
  if (!context)
    return;
  dlc_memory memory = context->memory;
  const dlc_model *model = context->model;
  dlc_team_destroy(&memory, context->team);
  if (context->drop_strings)
    context->drop_strings(context->strings);
  dlc_free_blocks(context, &context->items);
  dlc_buffer_release(&memory, &context->scratch);
  dlc_buffer_release(&memory, &context->arena);
  for (int32_t i = 0; i < model->num_inputs; i++)
    dlc_buffer_release(&memory, &context->input_copies[i]);
  for (int32_t i = 0; i < model->num_outputs; i++)
    dlc_buffer_release(&memory, &context->outputs[i].own);
  if (context->weights.data)
    munmap(context->weights.data, context->weights.capacity);
  memory.release(memory.self, context, context_bytes(model));
}
