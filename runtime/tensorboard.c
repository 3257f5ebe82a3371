/*===- runtime/tensorboard.c - times as scalars of TensorBoard -----*- C -*-===*
 *
 * Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*
 *
 * An event file: records (TensorFlow's record format) that hold protobuf
 * messages of type Event, one for each run, with the run's number as the step.
 * Numbers of fields are those of TensorFlow's event.proto and summary.proto.
 *
 *===----------------------------------------------------------------------===*/

#include "program.h"
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { VARINT = 0, FIXED64 = 1, BYTES = 2, FIXED32 = 5 };
enum {
  EVENT_WALL_TIME = 1,
  EVENT_STEP = 2,
  EVENT_VERSION = 3,
  EVENT_SUMMARY = 5
};
enum { SUMMARY_VALUE = 1, VALUE_TAG = 1, VALUE_SIMPLE = 2 };

static void add_varint(dlc_text *text, uint64_t value) {
  unsigned char bytes[10];
  size_t size = 0;
  for (; value > 127; value >>= 7)
    bytes[size++] = (unsigned char)(value | 128);
  bytes[size++] = (unsigned char)value;
  dlc_text_bytes(text, bytes, size);
}

/* A field of fixed size; the format is little-endian, as every target is. */
static void add_fixed(dlc_text *text, unsigned field, unsigned type,
                      const void *value) {
  add_varint(text, field << 3 | type);
  dlc_text_bytes(text, value, type == FIXED64 ? 8 : 4);
}

static void add_bytes(dlc_text *text, unsigned field, const void *data,
                      size_t size) {
  add_varint(text, field << 3 | BYTES);
  add_varint(text, size);
  dlc_text_bytes(text, data, size);
}

/* Adds the scalar PREFIX/NAME to a summary. */
static void add_scalar(dlc_text *summary, const char *prefix, const char *name,
                       int64_t nanoseconds) {
  float milliseconds = (float)((double)nanoseconds / 1e6);
  dlc_text tag = {0}, value = {0};
  dlc_text_add(&tag, "%s/%s", prefix, name);
  add_bytes(&value, VALUE_TAG, tag.data, tag.size);
  add_fixed(&value, VALUE_SIMPLE, FIXED32, &milliseconds);
  add_bytes(summary, SUMMARY_VALUE, value.data, value.size);
  summary->failed |= tag.failed || value.failed;
  free(tag.data);
  free(value.data);
}

/* Castagnoli's checksum, masked so that it can be stored among what it is of.
 */
static uint32_t masked_crc(const void *data, size_t size) {
  const unsigned char *at = data;
  uint32_t crc = ~0u;
  for (; size; size--) {
    crc ^= *at++;
    for (int bit = 0; bit < 8; bit++)
      crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78 : 0);
  }
  crc = ~crc;
  return (crc >> 15 | crc << 17) + 0xa282ead8;
}

static void write_record(dlc_writer *writer, const dlc_text *event) {
  uint64_t size = event->size;
  uint32_t size_crc = masked_crc(&size, sizeof size);
  uint32_t data_crc = masked_crc(event->data, event->size);
  dlc_write(writer, &size, sizeof size);
  dlc_write(writer, &size_crc, sizeof size_crc);
  dlc_write(writer, event->data, event->size);
  dlc_write(writer, &data_crc, sizeof data_crc);
}

/* What launches are grouped by. */
static const char *node_of(const dlc_launch *launch) {
  const dlc_site *site = launch->event.site;
  return site && site->name ? site->name : "other";
}

static const char *kind_of(const dlc_launch *launch) {
  const dlc_site *site = launch->event.site;
  return site && site->kernel ? site->kernel : "other";
}

static int by_node(const void *a, const void *b) {
  return strcmp(node_of(a), node_of(b));
}

static int by_kind(const void *a, const void *b) {
  return strcmp(kind_of(a), kind_of(b));
}

/* One scalar for each group of a run's launches. */
static void add_groups(dlc_text *summary, const char *prefix,
                       dlc_launch *launches, size_t count,
                       const char *name(const dlc_launch *),
                       int order(const void *, const void *)) {
  qsort(launches, count, sizeof *launches, order);
  for (size_t i = 0; i < count;) {
    const char *group = name(&launches[i]);
    int64_t time = 0;
    for (; i < count && strcmp(name(&launches[i]), group) == 0; i++)
      time += launches[i].event.end - launches[i].event.begin;
    add_scalar(summary, prefix, group, time);
  }
}

static void add_run(dlc_text *event, dlc_launch *launches, size_t count,
                    int64_t run, int64_t time, double wall_time) {
  dlc_text summary = {0};
  add_scalar(&summary, "milliseconds", "run", time);
  add_groups(&summary, "milliseconds by kernel", launches, count, kind_of,
             by_kind);
  add_groups(&summary, "milliseconds by node", launches, count, node_of,
             by_node);
  add_fixed(event, EVENT_WALL_TIME, FIXED64, &wall_time);
  add_varint(event, EVENT_STEP << 3 | VARINT);
  add_varint(event, (uint64_t)run);
  add_bytes(event, EVENT_SUMMARY, summary.data, summary.size);
  event->failed |= summary.failed;
  free(summary.data);
}

static void add_version(dlc_text *event, double wall_time) {
  static const char version[] = "brain.Event:2";
  add_fixed(event, EVENT_WALL_TIME, FIXED64, &wall_time);
  add_bytes(event, EVENT_VERSION, version, sizeof version - 1);
}

static void write_events(dlc_writer *writer, dlc_trace *trace,
                         const int64_t *times, double wall_time) {
  dlc_text event = {0};
  add_version(&event, wall_time);
  write_record(writer, &event);
  size_t begin = 0;
  for (int64_t run = 0; run <= trace->run && !event.failed; run++) {
    size_t end = begin;
    while (end < trace->count && trace->launches[end].run == run)
      end++;
    event.size = 0;
    wall_time += (double)times[run] / 1e9;
    add_run(&event, trace->launches + begin, end - begin, run, times[run],
            wall_time);
    if (!event.failed)
      write_record(writer, &event);
    begin = end;
  }
  if (event.failed && !writer->failed)
    writer->failed = !dlc_error(writer->program, "no memory for the events");
  free(event.data);
}

/* Makes a folder and those above it. */
static bool make_folder(dlc_program *program, char *path) {
  for (char *at = path + 1; *at; at++)
    if (*at == '/') {
      *at = '\0';
      mkdir(path, 0777); /* that of the whole path tells what is wrong */
      *at = '/';
    }
  return mkdir(path, 0777) == 0 || errno == EEXIST ||
         dlc_error(program, "cannot make the folder '%s': %s", path,
                   strerror(errno));
}

bool dlc_tensorboard_write(dlc_program *program, dlc_trace *trace,
                           const int64_t *times) {
  char host[65] = "host";
  gethostname(host, sizeof host - 1);
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  double wall_time = (double)now.tv_sec + (double)now.tv_nsec / 1e9 -
                     (double)(dlc_now() - trace->begin) / 1e9;
  dlc_text path = {0};
  dlc_text_add(&path, "%s", program->tensorboard);
  dlc_writer writer;
  bool good = !path.failed && make_folder(program, path.data);
  /* The process keeps files of programs that start together apart. */
  dlc_text_add(&path, "/events.out.tfevents.%" PRId64 ".%s.%d",
               (int64_t)now.tv_sec, host, (int)getpid());
  if (path.failed)
    good = dlc_error(program, "no memory for the events");
  if (good && dlc_writer_open(&writer, program, path.data)) {
    write_events(&writer, trace, times, wall_time);
    good = dlc_writer_close(&writer);
  } else {
    good = false;
  }
  free(path.data);
  return good;
}
