/*===- runtime/trace.c - when each kernel ran ---------------------*- C -*-===*
 *
 * Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*
 *
 * Chrome's trace format, which Perfetto and chrome://tracing open.
 *
 *===----------------------------------------------------------------------===*/

#include "program.h"
#include <inttypes.h>
#include <stdlib.h>

static void record_event(void *self, const dlc_event *event) {
  dlc_trace *trace = self;
  if (trace->count == trace->capacity) {
    size_t capacity = trace->capacity ? 2 * trace->capacity : 1024;
    dlc_launch *launches =
        realloc(trace->launches, capacity * sizeof *trace->launches);
    if (!launches) {
      trace->failed = true;
      return;
    }
    trace->launches = launches;
    trace->capacity = capacity;
  }
  trace->launches[trace->count++] = (dlc_launch){*event, trace->run};
}

void dlc_trace_begin(dlc_program *program, dlc_trace *trace) {
  *trace = (dlc_trace){.begin = dlc_now()};
  dlc_set_trace(program->context, record_event, trace);
}

/* Microseconds with three decimals. */
static void add_time(dlc_text *text, const char *key, int64_t nanoseconds) {
  dlc_text_add(text, ", \"%s\": %" PRId64 ".%03d", key, nanoseconds / 1000,
               (int)(nanoseconds % 1000));
}

static void add_event(dlc_text *text, const dlc_event *event, int64_t origin) {
  const dlc_site *site = event->site;
  dlc_text_add(text, ",\n{\"name\": ");
  dlc_text_json(text, site && site->name ? site->name : "launch");
  dlc_text_add(text, ", \"cat\": ");
  dlc_text_json(text, site && site->kernel ? site->kernel : "kernel");
  dlc_text_add(text, ", \"ph\": \"X\", \"pid\": 1, \"tid\": 1");
  add_time(text, "ts", event->begin - origin);
  add_time(text, "dur", event->end - event->begin);
  dlc_text_add(text, ", \"args\": {\"kernel\": ");
  dlc_text_json(text, site ? site->kernel : NULL);
  if (site && site->flops >= 0)
    dlc_text_add(text, ", \"flops\": %" PRId64, site->flops);
  if (site && site->bytes >= 0)
    dlc_text_add(text, ", \"bytes\": %" PRId64, site->bytes);
  dlc_text_add(text, ", \"count\": %" PRId64 ", \"threads\": %d}}",
               event->count, event->threads);
}

static bool write_trace(dlc_program *program, const dlc_trace *trace) {
  dlc_writer writer;
  if (!dlc_writer_open(&writer, program, program->trace))
    return false;
  dlc_text text = {0};
  dlc_text_add(&text, "{\"traceEvents\": [\n{\"name\": \"process_name\", "
                      "\"ph\": \"M\", \"pid\": 1, \"args\": {\"name\": ");
  dlc_text_json(&text, program->model->name);
  dlc_text_add(&text, "}}");
  for (size_t i = 0; i < trace->count; i++) {
    add_event(&text, &trace->launches[i].event, trace->begin);
    dlc_write(&writer, text.data, text.size);
    text.size = 0;
  }
  dlc_text_add(&text, "\n], \"displayTimeUnit\": \"ns\"}\n");
  if (text.failed && !writer.failed)
    writer.failed = !dlc_error(program, "no memory for the trace");
  dlc_write(&writer, text.data, text.size);
  free(text.data);
  return dlc_writer_close(&writer);
}

bool dlc_trace_end(dlc_program *program, dlc_trace *trace,
                   const int64_t *times) {
  dlc_set_trace(program->context, NULL, NULL);
  bool good = times &&
              (!trace->failed || dlc_error(program, "no memory for the trace"));
  if (good && program->trace)
    good = write_trace(program, trace);
  if (good && program->tensorboard)
    good = dlc_tensorboard_write(program, trace, times);
  free(trace->launches);
  return good;
}
