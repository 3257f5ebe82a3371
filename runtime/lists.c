/*===- runtime/lists.c - sequences and optionals in files ---------*- C -*-===*
 *
 * Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*
 *
 * The tensors of a sequence NAME are the members NAME.0, NAME.1, ... of an npz
 * file; one without tensors is an array NAME of shape [0]. An optional that
 * holds nothing has no member.
 *
 *===----------------------------------------------------------------------===*/

#include "program.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

bool dlc_find_item(const dlc_model *model, const char *name, size_t length,
                   int32_t *index, int64_t *at) {
  size_t digits = 0;
  while (digits < length && name[length - 1 - digits] >= '0' &&
         name[length - 1 - digits] <= '9')
    digits++;
  if (!digits || digits > 9 || digits >= length ||
      name[length - 1 - digits] != '.')
    return false;
  *index = dlc_find_value(model->inputs, model->num_inputs, name,
                          length - 1 - digits);
  if (*index < 0 || !(model->inputs[*index].dtype & DLC_SEQUENCE))
    return false;
  *at = 0;
  for (size_t i = length - digits; i < length; i++)
    *at = *at * 10 + (name[i] - '0');
  return true;
}

dlc_tensor *dlc_item_place(dlc_program *program, dlc_items *items, int64_t at) {
  if (at >= items->capacity) {
    int64_t capacity = at < 8 ? 16 : 2 * at;
    dlc_tensor *tensors =
        dlc_hold_memory(program, (uint64_t)capacity * sizeof *tensors);
    if (!tensors)
      return NULL;
    memset(tensors, 0, (size_t)capacity * sizeof *tensors);
    if (items->count)
      memcpy(tensors, items->tensors, (size_t)items->count * sizeof *tensors);
    items->tensors = tensors;
    items->capacity = capacity;
  }
  if (at >= items->count)
    items->count = at + 1;
  return &items->tensors[at];
}

bool dlc_join_items(dlc_program *program, int32_t index, dlc_items *items) {
  const dlc_value_info *info = &program->model->inputs[index];
  for (int64_t i = 0; i < items->count; i++)
    if (items->tensors[i].dtype == DLC_UNDEFINED)
      return dlc_error(program,
                       "missing tensor '%s.%" PRId64 "' of input '%s', which "
                       "has '%s.%" PRId64 "'",
                       info->name, i, info->name, info->name, items->count - 1);
  program->input_tensors[index] = (dlc_tensor){
      items->tensors, info->dtype & ~DLC_OPTIONAL, 1, &items->count, NULL};
  return true;
}

static const char *item_name(dlc_program *program, const char *name,
                             int64_t at) {
  size_t size = strlen(name) + 24;
  char *text = dlc_hold_memory(program, size);
  if (text)
    snprintf(text, size, "%s.%" PRId64, name, at);
  return text;
}

/* How many arrays an output is in a file. */
static int64_t count_arrays(const dlc_tensor *tensor) {
  if (!(tensor->dtype & DLC_SEQUENCE))
    return tensor->dtype != DLC_UNDEFINED;
  return tensor->shape[0] ? tensor->shape[0] : 1;
}

bool dlc_list_outputs(dlc_program *program, dlc_arrays *arrays) {
  static const int64_t none = 0;
  const dlc_model *m = program->model;
  int64_t count = 0, next = 0;
  for (int32_t i = 0; i < m->num_outputs; i++)
    count += count_arrays(&program->output_tensors[i]);
  dlc_named *items = dlc_hold_memory(program, (uint64_t)count * sizeof *items);
  if (!items)
    return false;
  for (int32_t i = 0; i < m->num_outputs; i++) {
    const dlc_tensor *tensor = &program->output_tensors[i];
    int64_t arrays_of = count_arrays(tensor);
    bool whole = !(tensor->dtype & DLC_SEQUENCE);
    for (int64_t k = 0; k < arrays_of; k++) {
      dlc_named *item = &items[next++];
      *item = (dlc_named){m->outputs[i].name, *tensor};
      if (whole)
        continue;
      item->tensor =
          tensor->shape[0]
              ? ((const dlc_tensor *)tensor->data)[k]
              : (dlc_tensor){(void *)(uintptr_t)&none,
                             DLC_BASE_DTYPE(tensor->dtype), 1, &none, NULL};
      if (tensor->shape[0] && !(item->name = item_name(program, item->name, k)))
        return false;
    }
  }
  *arrays = (dlc_arrays){items, count};
  return true;
}
