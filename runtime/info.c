/*===- runtime/info.c - what a model is, in JSON ------------------*- C -*-===*
 *
 * Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

#include "program.h"
#include <inttypes.h>

static void add_field(dlc_text *text, const char *name, const char *value) {
  dlc_text_add(text, "  \"%s\": ", name);
  dlc_text_json(text, value);
  dlc_text_add(text, ",\n");
}

/* A fixed dim is a number, a symbolic one its name, an unknown one null. */
static void add_dim(dlc_text *text, const dlc_model *model, int64_t dim) {
  if (dim >= 0)
    dlc_text_add(text, "%" PRId64, dim);
  else
    dlc_text_json(text, dim == DLC_UNKNOWN ? NULL : model->symbols[-1 - dim]);
}

static void add_values(dlc_text *text, const dlc_model *model, const char *name,
                       const dlc_value_info *values, int32_t count) {
  dlc_text_add(text, "  \"%s\": [", name);
  for (int32_t i = 0; i < count; i++) {
    dlc_text_add(text, "%s\n    {\"name\": ", i ? "," : "");
    dlc_text_json(text, values[i].name);
    dlc_text_add(text, ", \"dtype\": \"%s\"",
                 dlc_dtype_name(DLC_BASE_DTYPE(values[i].dtype)));
    if (values[i].dtype & DLC_SEQUENCE)
      dlc_text_add(text, ", \"sequence\": true");
    if (values[i].dtype & DLC_OPTIONAL)
      dlc_text_add(text, ", \"optional\": true");
    if (values[i].rank < 0) {
      dlc_text_add(text, ", \"shape\": null}");
      continue;
    }
    dlc_text_add(text, ", \"shape\": [");
    for (int32_t d = 0; d < values[i].rank; d++) {
      dlc_text_add(text, d ? ", " : "");
      add_dim(text, model, values[i].dims[d]);
    }
    dlc_text_add(text, "]}");
  }
  dlc_text_add(text, count ? "\n  ],\n" : "],\n");
}

static void add_codes(dlc_text *text, const dlc_model *model) {
  dlc_text_add(text, "  \"code\": [");
  for (int32_t i = 0; i < model->num_codes; i++) {
    char missing[256];
    const dlc_code *code = &model->codes[i];
    bool supported = dlc_cpu_has(code->features, missing, sizeof missing);
    dlc_text_add(text, "%s\n    {\"cpu\": ", i ? "," : "");
    dlc_text_json(text, code->cpu);
    dlc_text_add(text, ", \"features\": ");
    dlc_text_json(text, code->features);
    dlc_text_add(text, ", \"supported\": %s}", supported ? "true" : "false");
  }
  dlc_text_add(text, model->num_codes ? "\n  ]\n}\n" : "]\n}\n");
}

/* The code that would run here; the last, which asks for the least, when the
 * processor can run none. */
static const dlc_code *chosen_code(const dlc_model *model) {
  const dlc_code *code = NULL;
  char missing[256];
  for (int32_t i = 0; i < model->num_codes; i++) {
    code = &model->codes[i];
    if (dlc_cpu_has(code->features, missing, sizeof missing))
      break;
  }
  return code;
}

bool dlc_print_info(dlc_program *program) {
  const dlc_model *m = program->model;
  const dlc_code *code = chosen_code(m);
  dlc_text text = {0};
  dlc_text_add(&text, "{\n");
  add_field(&text, "model", m->name);
  add_field(&text, "version", m->compiler);
  add_field(&text, "target", m->target);
  add_field(&text, "cpu", code ? code->cpu : NULL);
  add_field(&text, "sha256", m->sha256);
  add_values(&text, m, "inputs", m->inputs, m->num_inputs);
  add_values(&text, m, "outputs", m->outputs, m->num_outputs);
  dlc_text_add(&text, "  \"memory\": {\"arena\": ");
  if (code && code->arena_size >= 0)
    dlc_text_add(&text, "%" PRId64, code->arena_size);
  else
    dlc_text_add(&text, "null"); /* it depends on symbolic dims */
  dlc_text_add(&text, ", \"weights\": %" PRId64 "},\n", m->weights_size);
  if (m->weights_file)
    add_field(&text, "weights_file", m->weights_file);
  add_codes(&text, m);
  return dlc_text_print(program, &text);
}
