/*===- runtime/outputs.c - the program's outputs ------------------*- C -*-===*
 *
 * Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

#include "program.h"
#include <inttypes.h>

static bool save_npy(dlc_program *program, const char *path,
                     const dlc_tensor *tensor) {
  dlc_writer writer;
  dlc_npy_array array;
  char header[DLC_NPY_HEADER_SIZE];
  if (!dlc_npy_lay(program, tensor, &array) ||
      !dlc_writer_open(&writer, program, path))
    return false;
  dlc_write(&writer, header, dlc_npy_header(header, tensor, &array));
  dlc_write(&writer, array.data, array.size);
  return dlc_writer_close(&writer);
}

static bool save_named(dlc_program *program, const char *argument) {
  const dlc_model *m = program->model;
  int32_t index;
  const char *path = dlc_split_argument(program, "output", m->outputs,
                                        m->num_outputs, argument, &index);
  if (!path)
    return false;
  const dlc_tensor *tensor = &program->output_tensors[index];
  if (tensor->dtype == DLC_UNDEFINED || (tensor->dtype & DLC_SEQUENCE))
    return dlc_error(program, "output '%s' is %s: '--outputs' can write it",
                     m->outputs[index].name,
                     tensor->dtype ? "a sequence" : "an empty optional");
  return save_npy(program, path, tensor);
}

static void add_element(dlc_text *text, const dlc_tensor *tensor, size_t i) {
  char kind = dlc_dtype_kind(tensor->dtype);
  if (tensor->dtype == DLC_STRING) {
    dlc_text_add(text, " ");
    dlc_text_string(text, ((const dlc_string *)tensor->data)[i]);
  } else if (tensor->dtype == DLC_INT64)
    dlc_text_add(text, " %" PRId64, ((const int64_t *)tensor->data)[i]);
  else if (tensor->dtype == DLC_UINT64)
    dlc_text_add(text, " %" PRIu64, ((const uint64_t *)tensor->data)[i]);
  else if (kind == 'i' || kind == 'u' || kind == 'b')
    dlc_text_add(text, " %.0f", dlc_element(tensor, i));
  else
    dlc_text_add(text, " %g", dlc_element(tensor, i));
  if (tensor->dtype == DLC_COMPLEX64)
    dlc_text_add(text, "%+gi",
                 (double)((const float *)tensor->data)[2 * i + 1]);
  if (tensor->dtype == DLC_COMPLEX128)
    dlc_text_add(text, "%+gi", ((const double *)tensor->data)[2 * i + 1]);
}

static void add_range(dlc_text *text, const dlc_tensor *tensor, size_t count) {
  double low = dlc_element(tensor, 0), high = low, sum = 0;
  for (size_t i = 0; i < count; i++) {
    double value = dlc_element(tensor, i);
    low = value < low ? value : low;
    high = value > high ? value : high;
    sum += value;
  }
  dlc_text_add(text, "  min %g  max %g  mean %g", low, high,
               sum / (double)count);
}

/* One line: name, type, range and the first elements. */
static void summarise(dlc_text *text, const char *name,
                      const dlc_tensor *tensor) {
  enum { SHOWN = 8 };
  char type[192];
  dlc_text_add(text, "%s: %s", name,
               dlc_describe(type, sizeof type, NULL, tensor->dtype,
                            tensor->rank, tensor->shape));
  size_t count = dlc_tensor_count(tensor);
  if (count) {
    if (dlc_dtype_kind(tensor->dtype) != 'c' && tensor->dtype != DLC_STRING)
      add_range(text, tensor, count);
    dlc_text_add(text, "  values");
    for (size_t i = 0; i < count && i < SHOWN; i++)
      add_element(text, tensor, i);
  }
  dlc_text_add(text, count > SHOWN ? " ...\n" : "\n");
}

bool dlc_save_outputs(dlc_program *program) {
  for (int32_t i = 0; i < program->output_args.count; i++)
    if (!save_named(program, program->output_args.items[i]))
      return false;
  if (program->outputs)
    return dlc_npz_write(program, program->outputs);
  if (program->output_args.count || program->benchmark > 0)
    return true;
  dlc_text text = {0};
  dlc_arrays arrays;
  if (!dlc_list_outputs(program, &arrays))
    return false;
  for (int64_t i = 0; i < arrays.count; i++)
    summarise(&text, arrays.items[i].name, &arrays.items[i].tensor);
  return dlc_text_print(program, &text);
}
