/*===- runtime/benchmark.c - running the model, and how fast ------*- C -*-===*
 *
 * Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

#include "program.h"
#include <inttypes.h>
#include <stdlib.h>

static bool run_once(dlc_program *program) {
  return dlc_run(program->context, program->input_tensors,
                 program->output_tensors) == DLC_OK ||
         dlc_error(program, "%s", dlc_last_error(program->context));
}

static int compare(const void *a, const void *b) {
  int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
  return (x > y) - (x < y);
}

/* The nearest rank: the least sample that `percent` of all do not exceed. */
static int64_t percentile(const int64_t *sorted, int64_t count, int percent) {
  return sorted[(count * percent + 99) / 100 - 1];
}

static bool print_times(dlc_program *program, int64_t *times, int64_t count) {
  double sum = 0;
  for (int64_t i = 0; i < count; i++)
    sum += (double)times[i];
  qsort(times, (size_t)count, sizeof *times, compare);
  int64_t median = times[(count - 1) / 2];
  median += (times[count / 2] - median) / 2;
  dlc_text text = {0};
  dlc_text_add(&text, "{\"model\": ");
  dlc_text_json(&text, program->model->name);
  dlc_text_add(&text,
               ", \"threads\": %d, \"iterations\": %" PRId64
               ", \"latency_ns\": {\"min\": %" PRId64 ", \"median\": %" PRId64
               ", \"mean\": %.0f, \"p90\": %" PRId64 ", \"p99\": %" PRId64
               ", \"max\": %" PRId64 "}}\n",
               dlc_context_threads(program->context), count, times[0], median,
               sum / (double)count, percentile(times, count, 90),
               percentile(times, count, 99), times[count - 1]);
  return dlc_text_print(program, &text);
}

static bool run_timed(dlc_program *program, int64_t *times, int64_t count,
                      dlc_trace *trace) {
  for (int64_t i = 0; i < count; i++) {
    trace->run = i;
    int64_t begin = dlc_now();
    if (!run_once(program))
      return false;
    times[i] = dlc_now() - begin;
  }
  return true;
}

bool dlc_run_program(dlc_program *program) {
  bool timed = program->benchmark > 0;
  int64_t count = timed ? program->benchmark : 1;
  int64_t warmup = program->warmup >= 0 ? program->warmup : timed ? 3 : 0;
  int64_t *times = dlc_hold_memory(program, (uint64_t)count * sizeof(int64_t));
  if (!times)
    return false;
  for (int64_t i = 0; i < warmup; i++)
    if (!run_once(program))
      return false;
  dlc_trace trace = {0};
  bool traced = program->trace || program->tensorboard;
  if (traced)
    dlc_trace_begin(program, &trace);
  bool good = run_timed(program, times, count, &trace);
  if (traced)
    good = dlc_trace_end(program, &trace, good ? times : NULL);
  return good && (!timed || print_times(program, times, count));
}
