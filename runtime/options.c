/*===- runtime/options.c - the program's command line -------------*- C -*-===*
 *
 * Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

#include "program.h"
#include <stddef.h>
#include <string.h>

const char dlc_help[] =
    "usage: %s [options] [FILE.npy ...]\n"
    "\n"
    "Runs the model '%s' on inputs from files and writes or prints its "
    "outputs.\n"
    "\n"
    "  FILE.npy ...            the inputs, in the model's order\n"
    "  --inputs FILE.npz       the inputs, by name\n"
    "  --input NAME=FILE.npy   one input; NAME=random and NAME=zeros make it\n"
    "  --dim NAME=N            a symbolic dimension of inputs that are made\n"
    "  --outputs FILE.npz      write all outputs, by name\n"
    "  --output NAME=FILE.npy  write one output\n"
    "                          (none of the two: print a summary of each)\n"
    "  --benchmark N           time N runs, print JSON; without inputs, on\n"
    "                          random ones\n"
    "  --warmup N              runs before the first that counts\n"
    "  --threads T             threads; default: all cores\n"
    "  --trace FILE.json       write when each kernel ran, for Perfetto\n"
    "  --tensorboard DIR       write the times of runs and kernels, for\n"
    "                          TensorBoard\n"
    "  --weights FILE          take the weights from FILE\n"
    "  --info                  describe the model, in JSON\n"
    "  --help                  print this\n"
    "\n"
    "Exit codes: 0 done, 1 bad data, 2 wrong usage\n";

enum kind { FLAG, STRING, NUMBER, LIST };

/* An option and the field of dlc_program that it sets. */
typedef struct option {
  char name[12]; /* "tensorboard" fills it */
  uint8_t kind;
  uint16_t field;
  int64_t low, high;
} option;

#define FIELD(name) offsetof(dlc_program, name)
static const option options[] = {
    {"help", FLAG, FIELD(help), 0, 0},
    {"info", FLAG, FIELD(info), 0, 0},
    {"inputs", STRING, FIELD(inputs), 0, 0},
    {"outputs", STRING, FIELD(outputs), 0, 0},
    {"trace", STRING, FIELD(trace), 0, 0},
    {"tensorboard", STRING, FIELD(tensorboard), 0, 0},
    {"weights", STRING, FIELD(weights), 0, 0},
    {"benchmark", NUMBER, FIELD(benchmark), 1, 100000000},
    {"warmup", NUMBER, FIELD(warmup), 0, 100000000},
    {"threads", NUMBER, FIELD(threads), 1, DLC_MAX_THREADS},
    {"input", LIST, FIELD(input_args), 0, 0},
    {"output", LIST, FIELD(output_args), 0, 0},
    {"dim", LIST, FIELD(dim_args), 0, 0},
};
#undef FIELD

bool dlc_parse_number(const char *text, int64_t low, int64_t high,
                      int64_t *value) {
  int64_t result = 0;
  const char *at = text;
  for (; *at >= '0' && *at <= '9'; at++)
    if (__builtin_mul_overflow(result, 10, &result) ||
        __builtin_add_overflow(result, *at - '0', &result))
      return false;
  if (at == text || *at || result < low || result > high)
    return false;
  *value = result;
  return true;
}

static const option *find_option(const char *name, size_t length) {
  for (size_t i = 0; i < sizeof options / sizeof *options; i++)
    if (strlen(options[i].name) == length &&
        memcmp(options[i].name, name, length) == 0)
      return &options[i];
  return NULL;
}

static bool set_option(dlc_program *program, const option *o,
                       const char *value) {
  void *field = (char *)program + o->field;
  switch (o->kind) {
  case FLAG:
    *(bool *)field = true;
    return true;
  case STRING:
    if (*(const char **)field)
      return dlc_usage(program, "option '--%s' is given twice", o->name);
    *(const char **)field = value;
    return true;
  case LIST: {
    dlc_list *list = field;
    list->items[list->count++] = value;
    return true;
  }
  default:
    return dlc_parse_number(value, o->low, o->high, field) ||
           dlc_usage(program,
                     "option '--%s' is '%s', expected an integer from %lld to "
                     "%lld",
                     o->name, value, (long long)o->low, (long long)o->high);
  }
}

/* Handles argv[*index], and the value after it. */
static bool parse_option(dlc_program *program, int argc, char **argv,
                         int *index) {
  const char *text = argv[*index];
  size_t dashes = text[1] == '-' ? 2 : 1;
  const char *name = text + dashes, *equals = strchr(name, '=');
  size_t length = equals ? (size_t)(equals - name) : strlen(name);
  const option *o = find_option(name, length);
  if (!o && length == 1 && *name == 'h')
    o = find_option("help", 4);
  if (!o)
    return dlc_usage(program, "unknown option '%s'; see --help", text);
  if (o->kind == FLAG)
    return equals ? dlc_usage(program, "option '--%s' takes no value", o->name)
                  : set_option(program, o, NULL);
  if (!equals && *index + 1 >= argc)
    return dlc_usage(program, "option '--%s' needs a value", o->name);
  return set_option(program, o, equals ? equals + 1 : argv[++*index]);
}

static bool check(dlc_program *program) {
  if (program->files.count > program->model->num_inputs)
    return dlc_usage(program,
                     "%d input files are given; the model has %d "
                     "inputs",
                     program->files.count, program->model->num_inputs);
  return true;
}

bool dlc_parse_options(dlc_program *program, int argc, char **argv) {
  dlc_list *lists[] = {&program->files, &program->input_args,
                       &program->output_args, &program->dim_args};
  for (int i = 0; i < 4; i++) {
    lists[i]->items =
        dlc_hold_memory(program, ((size_t)argc + 1) * sizeof(char *));
    if (!lists[i]->items)
      return false;
  }
  bool ended = false;
  for (int i = 1; i < argc; i++) {
    if (ended || argv[i][0] != '-' || !argv[i][1])
      program->files.items[program->files.count++] = argv[i];
    else if (strcmp(argv[i], "--") == 0)
      ended = true;
    else if (!parse_option(program, argc, argv, &i))
      return false;
  }
  return check(program);
}
