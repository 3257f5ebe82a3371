/*===- two_models.c - two models in one program, two threads -------*- C -*-===*
 *
 * Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*
 *
 * Each thread runs one model several times on inputs from NAME.in.I, and writes
 * the outputs to NAME.out.I; all runs must give the same bytes. Shapes are
 * those that the models declare. See programs.py.
 *
 *===----------------------------------------------------------------------===*/

#include "first.h"
#include "second.h"
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RUNS = 20, MOST = 8 };

typedef struct job {
  const dlc_model *model;
  const char *error; /* NULL: all went well */
} job;

static size_t bytes_of(const dlc_value_info *value) {
  size_t size = dlc_dtype_size(value->dtype);
  for (int d = 0; d < value->rank; ++d)
    size *= (size_t)value->dims[d];
  return size;
}

static FILE *open_array(const dlc_model *model, const char *what, int i,
                        const char *mode) {
  char path[256];
  snprintf(path, sizeof path, "%s.%s.%d", model->name, what, i);
  return fopen(path, mode);
}

/* A tensor of the declared shape; its memory is read from the file, if any. */
static int make_tensor(const dlc_value_info *value, FILE *file,
                       dlc_tensor *tensor) {
  size_t size = bytes_of(value);
  tensor->data = calloc(1, size);
  tensor->dtype = value->dtype;
  tensor->rank = value->rank;
  tensor->shape = value->dims;
  tensor->strides = NULL;
  if (!tensor->data || !file)
    return tensor->data != NULL;
  int read = fread(tensor->data, 1, size, file) == size;
  fclose(file);
  return read;
}

static const char *run_all(const dlc_model *model, dlc_context *context) {
  static const char failed[] = "no memory, or a file is missing";
  dlc_tensor inputs[MOST], outputs[MOST], again[MOST];
  if (model->num_inputs > MOST || model->num_outputs > MOST)
    return "too many inputs or outputs";
  for (int i = 0; i < model->num_inputs; ++i) {
    FILE *file = open_array(model, "in", i, "rb");
    if (!file || !make_tensor(&model->inputs[i], file, &inputs[i]))
      return failed;
  }
  for (int i = 0; i < model->num_outputs; ++i)
    if (!make_tensor(&model->outputs[i], NULL, &outputs[i]) ||
        !make_tensor(&model->outputs[i], NULL, &again[i]))
      return failed;
  if (dlc_run(context, inputs, outputs) != DLC_OK)
    return dlc_last_error(context);
  for (int run = 1; run < RUNS; ++run) {
    if (dlc_run(context, inputs, again) != DLC_OK)
      return dlc_last_error(context);
    for (int i = 0; i < model->num_outputs; ++i)
      if (memcmp(outputs[i].data, again[i].data,
                 bytes_of(&model->outputs[i])) != 0)
        return "two runs differ";
  }
  for (int i = 0; i < model->num_inputs; ++i)
    free(inputs[i].data);
  for (int i = 0; i < model->num_outputs; ++i) {
    FILE *file = open_array(model, "out", i, "wb");
    size_t size = bytes_of(&model->outputs[i]);
    if (!file || fwrite(outputs[i].data, 1, size, file) != size ||
        fclose(file) != 0)
      return failed;
    free(outputs[i].data);
    free(again[i].data);
  }
  return NULL;
}

static void *run_job(void *argument) {
  job *self = argument;
  dlc_options options = {.threads = 2};
  dlc_context *context;
  if (dlc_context_create(self->model, &options, &context) != DLC_OK) {
    self->error = "no context";
    return NULL;
  }
  self->error = run_all(self->model, context);
  if (self->error)
    fprintf(stderr, "%s: %s\n", self->model->name, self->error);
  dlc_context_destroy(context);
  return NULL;
}

int main(void) {
  job jobs[2] = {{&first, NULL}, {&second, NULL}};
  pthread_t threads[2];
  for (int i = 0; i < 2; ++i)
    if (pthread_create(&threads[i], NULL, run_job, &jobs[i]))
      return 1;
  for (int i = 0; i < 2; ++i)
    pthread_join(threads[i], NULL);
  return jobs[0].error || jobs[1].error ? 1 : 0;
}
