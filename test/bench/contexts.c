/*===- test/bench/contexts.c - two contexts at once --------------*- C -*-===*
 *
 * Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*
 *
 * Linked with the library of a model whose symbol is `model`. Prints the
 * milliseconds of a run with one thread: of one context alone, of two contexts
 * at once, and of two processes with a context each, which is what the hardware
 * allows. Inputs are zeros, of fixed shapes.
 *
 *===----------------------------------------------------------------------===*/

#include <dlc/runtime.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern const dlc_model model;

enum { RUNS = 40, ROUNDS = 5 };

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1e3 + t.tv_nsec * 1e-6;
}

static void *zeros(const dlc_value_info *info, dlc_tensor *tensor) {
  size_t size = dlc_dtype_size(info->dtype);
  for (int32_t i = 0; i < info->rank; i++)
    size *= (size_t)info->dims[i];
  *tensor = (dlc_tensor){.dtype = info->dtype, .rank = info->rank};
  tensor->shape = info->dims;
  tensor->data = calloc(1, size);
  return tensor->data;
}

/* The mean time of a run, all of them in a row. */
static void *run(void *result) {
  dlc_options options = {.threads = 1};
  dlc_context *context;
  dlc_tensor inputs[8] = {0}, outputs[8] = {0};
  if (model.num_inputs > 8 || model.num_outputs > 8 ||
      dlc_context_create(&model, &options, &context) != DLC_OK)
    exit(1);
  for (int32_t i = 0; i < model.num_inputs; i++)
    zeros(&model.inputs[i], &inputs[i]);
  for (int32_t i = 0; i < model.num_outputs; i++)
    zeros(&model.outputs[i], &outputs[i]);
  double start = 0;
  for (int i = -2; i < RUNS; i++) {
    if (i == 0)
      start = now();
    if (dlc_run(context, inputs, outputs) != DLC_OK)
      exit(1);
  }
  *(double *)result = (now() - start) / RUNS;
  dlc_context_destroy(context);
  return NULL;
}

static double least(double x, double y) { return x < y ? x : y; }

int main(void) {
  double alone = 1e9, contexts = 1e9, processes = 1e9;
  for (int i = 0; i < ROUNDS; i++) {
    double each[2];
    run(&each[0]);
    alone = least(alone, each[0]);

    pthread_t other;
    pthread_create(&other, NULL, run, &each[1]);
    run(&each[0]);
    pthread_join(other, NULL);
    contexts = least(contexts, (each[0] + each[1]) / 2);

    int pipes[2];
    if (pipe(pipes))
      return 1;
    pid_t child = fork();
    run(&each[0]);
    if (child == 0) {
      _exit(write(pipes[1], each, sizeof(double)) != sizeof(double));
    }
    if (read(pipes[0], &each[1], sizeof(double)) != sizeof(double))
      return 1;
    waitpid(child, NULL, 0);
    processes = least(processes, (each[0] + each[1]) / 2);
  }
  printf(
      "{\"alone_ms\": %.3f, \"contexts_ms\": %.3f, \"processes_ms\": %.3f}\n",
      alone, contexts, processes);
  return 0;
}
