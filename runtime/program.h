/*===- runtime/program.h - what the parts of the program share ----*- C -*-===*
 *
 * Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

#ifndef DLC_RUNTIME_PROGRAM_H
#define DLC_RUNTIME_PROGRAM_H

#include "internal.h"

#pragma GCC visibility push(hidden)

#define DLC_PRINTF(string, values)                                             \
  __attribute__((format(printf, string, values)))

/* Strings of the command line. */
typedef struct dlc_list {
  const char **items;
  int32_t count;
} dlc_list;

/* The program: its command line and what it holds until its end. */
typedef struct dlc_program {
  const dlc_model *model;
  const char *name;
  int status; /* the exit code */

  bool help, info;
  const char *inputs, *outputs, *trace, *tensorboard, *weights;
  int64_t benchmark, warmup;                  /* -1: not given */
  int64_t threads;                            /* 0: not given */
  dlc_list files;                             /* positional */
  dlc_list input_args, output_args, dim_args; /* NAME=VALUE */

  dlc_tensor *input_tensors, *output_tensors;
  dlc_context *context;
  struct dlc_hold *holds;
} dlc_program;

/*===- cli.c --------------------------------------------------------------===*/

/* Prints "PROGRAM: error: ..." and sets exit code 1 (2: wrong usage). Always
 * false, to be returned. */
DLC_PRINTF(2, 3) bool dlc_error(dlc_program *program, const char *format, ...);
DLC_PRINTF(2, 3) bool dlc_usage(dlc_program *program, const char *format, ...);
/* Memory of the program's, freed at its end; NULL is an error, printed. */
void *dlc_hold_memory(dlc_program *program, uint64_t size);

/*===- options.c ----------------------------------------------------------===*/

bool dlc_parse_options(dlc_program *program, int argc, char **argv);
extern const char dlc_help[];
/* A decimal number of [low, high]. */
bool dlc_parse_number(const char *text, int64_t low, int64_t high,
                      int64_t *value);

/*===- file.c -------------------------------------------------------------===*/

typedef struct dlc_bytes {
  const unsigned char *data;
  size_t size;
} dlc_bytes;

/* The whole of a file, mapped when it can be, until the program's end. */
bool dlc_read_file(dlc_program *program, const char *path, dlc_bytes *bytes);

/* A file that appears under its name only when all of it was written. */
typedef struct dlc_writer {
  dlc_program *program;
  const char *path;
  char *temporary; /* NULL: written in place (a pipe, a device) */
  int file;
  bool failed;
  uint64_t offset;
  size_t used;
  unsigned char buffer[4096];
} dlc_writer;

bool dlc_writer_open(dlc_writer *writer, dlc_program *program,
                     const char *path);
void dlc_write(dlc_writer *writer, const void *data, size_t size);
bool dlc_writer_close(dlc_writer *writer);
/* Writes to a descriptor until all is written. */
bool dlc_write_all(int file, const void *data, size_t size);

/*===- text.c -------------------------------------------------------------===*/

/* A string that grows. */
typedef struct dlc_text {
  char *data;
  size_t size, capacity;
  bool failed; /* no memory */
} dlc_text;

DLC_PRINTF(2, 3) void dlc_text_add(dlc_text *text, const char *format, ...);
void dlc_text_bytes(dlc_text *text, const void *data, size_t size);
/* Adds a JSON string; NULL is null. */
void dlc_text_json(dlc_text *text, const char *string);
/* Writes it to standard output and frees it. */
bool dlc_text_print(dlc_program *program, dlc_text *text);

/*===- npy.c --------------------------------------------------------------===*/

/* What the header of an npy file says. */
typedef struct dlc_npy {
  char descr[16]; /* without quotes, cut to size */
  char kind;      /* numpy's: f i u b c V U ... */
  uint64_t width; /* bytes of an element */
  bool swapped, fortran;
  int32_t rank;
  int64_t dims[DLC_MAX_RANK];
  size_t offset; /* of the data */
} dlc_npy;

enum { DLC_NPY_HEADER_MAX = 1 << 16 };

/* Reads a header; NULL, or what is wrong with it. */
const char *dlc_npy_parse(dlc_bytes bytes, dlc_npy *npy);
/* Whether the array's elements are the type's. */
bool dlc_npy_holds(const dlc_npy *npy, int32_t dtype);
/* A tensor's elements as an npy file has them. */
typedef struct dlc_npy_array {
  const void *data;
  size_t size;
  size_t width; /* bytes of an element, or code points of a string */
} dlc_npy_array;
/* Writes a header, padded to 64 bytes; its size. */
enum { DLC_NPY_HEADER_SIZE = 512 };
size_t dlc_npy_header(char out[DLC_NPY_HEADER_SIZE], const dlc_tensor *tensor,
                      const dlc_npy_array *array);

/*===- npy_strings.c ------------------------------------------------------===*/

/* Lays a tensor's elements out; what can't be is an error, printed. */
bool dlc_npy_lay(dlc_program *program, const dlc_tensor *tensor,
                 dlc_npy_array *array);
/* Fills a tensor of strings from a native, row-major npy array. */
bool dlc_take_strings(dlc_program *program, const char *file, const char *name,
                      const dlc_npy *npy, const void *data, dlc_tensor *tensor);
/* Adds a string between quotes. */
void dlc_text_string(dlc_text *text, dlc_string string);
/* Makes all elements short words. */
void dlc_fill_strings(const dlc_tensor *tensor, uint64_t seed);

/*===- zip.c, npz.c, inflate.c -------------------------------------------===*/

typedef struct dlc_zip_member {
  const char *name; /* not terminated */
  size_t name_length;
  dlc_bytes packed;
  uint64_t size;
  uint32_t crc;
  bool deflated;
} dlc_zip_member;

/* The directory of an archive, read member by member. */
typedef struct dlc_zip {
  dlc_bytes file;
  uint64_t next, end; /* offsets into the directory */
  const char *error;
} dlc_zip;

/* These give NULL, or what is wrong with the archive. */
const char *dlc_zip_open(dlc_bytes file, dlc_zip *zip);
/* The next member; false: the end, or an error, which `zip->error` tells. */
bool dlc_zip_next(dlc_zip *zip, dlc_zip_member *member);
/* All of a member, into member->size bytes. */
const char *dlc_zip_read(const dlc_zip_member *member, void *out);

/* Goes on from `crc`, that of the bytes before, or 0. */
uint32_t dlc_crc32(uint32_t crc, const void *data, size_t size);

/* Decompresses at most `room` bytes; -1: the stream is corrupt. `done`:
 * whether it ended. */
int64_t dlc_inflate(dlc_bytes packed, unsigned char *out, size_t room,
                    bool *done);

/* Writes the outputs as an npz file. */
bool dlc_npz_write(dlc_program *program, const char *path);

/*===- values.c -----------------------------------------------------------===*/

/* The index of a value, or -1; GraphDef names are found with and without
 * ":0". */
int32_t dlc_find_value(const dlc_value_info *values, int32_t count,
                       const char *name, size_t length);
/* Splits NAME=REST at a known name and gives REST; an unknown name is an
 * error, printed. */
const char *dlc_split_argument(dlc_program *program, const char *what,
                               const dlc_value_info *values, int32_t count,
                               const char *argument, int32_t *index);
/* Prints "the model has no WHAT 'NAME'", and the names that it has. */
bool dlc_unknown_value(dlc_program *program, const char *what,
                       const dlc_value_info *values, int32_t count,
                       const char *name, size_t length);
/* The elements and bytes of a tensor that was checked before. */
size_t dlc_tensor_count(const dlc_tensor *tensor);
size_t dlc_tensor_bytes(const dlc_tensor *tensor);
/* An element as a double; of a complex one, the real part. */
double dlc_element(const dlc_tensor *tensor, size_t index);
/* Makes all elements normal floats, or integers 0 and 1. */
void dlc_fill_random(const dlc_tensor *tensor, uint64_t seed);

/*===- lists.c ------------------------------------------------------------===*/

/* The tensors of a sequence, as far as they have been read. */
typedef struct dlc_items {
  dlc_tensor *tensors; /* of no type: not yet */
  int64_t count, capacity;
} dlc_items;

/* Whether a name is that of a tensor of an input that is a sequence. */
bool dlc_find_item(const dlc_model *model, const char *name, size_t length,
                   int32_t *index, int64_t *at);
/* Where the tensor at a position goes; NULL is an error, printed. */
dlc_tensor *dlc_item_place(dlc_program *program, dlc_items *items, int64_t at);
/* Makes them an input; all must be there. */
bool dlc_join_items(dlc_program *program, int32_t index, dlc_items *items);

/* The outputs as arrays with names. */
typedef struct dlc_named {
  const char *name;
  dlc_tensor tensor;
} dlc_named;
typedef struct dlc_arrays {
  const dlc_named *items;
  int64_t count;
} dlc_arrays;
bool dlc_list_outputs(dlc_program *program, dlc_arrays *arrays);

/*===- inputs.c, outputs.c ------------------------------------------------===*/

/* Fills input_tensors from the command line. */
bool dlc_load_inputs(dlc_program *program);
/* Writes what the command line asks for; else prints a summary. */
bool dlc_save_outputs(dlc_program *program);

/*===- info.c, benchmark.c, trace.c, tensorboard.c ------------------------===*/

bool dlc_print_info(dlc_program *program);
/* Runs the model once, or as --benchmark says, and prints its times. */
bool dlc_run_program(dlc_program *program);
/* A launch of a kernel, and in which run. */
typedef struct dlc_launch {
  dlc_event event;
  int64_t run;
} dlc_launch;

/* All launches, in order. */
typedef struct dlc_trace {
  dlc_launch *launches;
  size_t count, capacity;
  int64_t begin;
  int64_t run;
  bool failed; /* no memory */
} dlc_trace;

/* Between the two, each launch is recorded as one of `trace->run`; the second
 * writes the files that the command line asks for. `times`: nanoseconds of each
 * run; NULL: a run failed, and nothing is written. */
void dlc_trace_begin(dlc_program *program, dlc_trace *trace);
bool dlc_trace_end(dlc_program *program, dlc_trace *trace,
                   const int64_t *times);
/* Writes an event file into the folder that --tensorboard names. */
bool dlc_tensorboard_write(dlc_program *program, dlc_trace *trace,
                           const int64_t *times);

#pragma GCC visibility pop

#endif /* DLC_RUNTIME_PROGRAM_H */
