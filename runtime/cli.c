/*===- runtime/cli.c - the compiled model as a program ------------*- C -*-===*
 *
 * Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

#include "program.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Memory of the program's; it follows this header. */
typedef struct dlc_hold {
  _Alignas(DLC_ALIGNMENT) struct dlc_hold *next;
} dlc_hold;

static void report(const dlc_program *program, const char *format,
                   va_list values) {
  char text[2048];
  int n = vsnprintf(text, sizeof text, format, values);
  size_t size = n < 0                     ? 0
                : (size_t)n < sizeof text ? (size_t)n
                                          : sizeof text - 1;
  dlc_text line = {0};
  dlc_text_add(&line, "%s: error: %.*s\n", program->name, (int)size, text);
  dlc_write_all(STDERR_FILENO, line.data, line.size);
  free(line.data);
}

bool dlc_error(dlc_program *program, const char *format, ...) {
  va_list values;
  va_start(values, format);
  report(program, format, values);
  va_end(values);
  program->status = 1;
  return false;
}

bool dlc_usage(dlc_program *program, const char *format, ...) {
  va_list values;
  va_start(values, format);
  report(program, format, values);
  va_end(values);
  program->status = 2;
  return false;
}

void *dlc_hold_memory(dlc_program *program, uint64_t size) {
  void *memory = NULL;
  if (size > PTRDIFF_MAX - sizeof(dlc_hold) ||
      posix_memalign(&memory, DLC_ALIGNMENT, sizeof(dlc_hold) + size)) {
    dlc_error(program, "no memory for %llu bytes", (unsigned long long)size);
    return NULL;
  }
  dlc_hold *hold = memory;
  hold->next = program->holds;
  program->holds = hold;
  return hold + 1;
}

static void release_holds(dlc_program *program) {
  while (program->holds) {
    dlc_hold *hold = program->holds;
    program->holds = hold->next;
    free(hold);
  }
}

static bool create_context(dlc_program *program) {
  dlc_options options = {.threads = (int32_t)program->threads,
                         .weights_file = program->weights};
  return dlc_context_create(program->model, &options, &program->context) ==
             DLC_OK ||
         dlc_error(program, "%s", dlc_last_error(NULL));
}

static bool print_help(dlc_program *program) {
  dlc_text text = {0};
  dlc_text_add(&text, dlc_help, program->name, program->model->name);
  return dlc_text_print(program, &text);
}

static bool run(dlc_program *program, int argc, char **argv) {
  if (!dlc_parse_options(program, argc, argv))
    return false;
  if (program->help)
    return print_help(program);
  if (program->info)
    return dlc_print_info(program);
  return dlc_load_inputs(program) && create_context(program) &&
         dlc_run_program(program) && dlc_save_outputs(program);
}

int dlc_main(int argc, char **argv, const dlc_model *model) {
  const char *path = argc > 0 && *argv[0] ? argv[0] : model->name;
  const char *slash = strrchr(path, '/');
  dlc_program program = {.model = model,
                         .name = slash ? slash + 1 : path,
                         .benchmark = -1,
                         .warmup = -1};
  run(&program, argc, argv);
  dlc_context_destroy(program.context);
  release_holds(&program);
  return program.status;
}
