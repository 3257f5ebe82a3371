/*===- runtime/run.c - one run of a model -------------------------*- C -*-===*
 *
 * Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

#include "internal.h"
#include <inttypes.h>

static dlc_status input_mismatch(dlc_context *context, int32_t index,
                                 const dlc_tensor *given) {
  const dlc_model *model = context->model;
  const dlc_value_info *info = &model->inputs[index];
  int32_t rank = given->rank < 0 || given->rank > DLC_MAX_RANK || !given->shape
                     ? 0
                     : given->rank;
  char found[192], expected[192];
  return dlc_context_fail(
      context, DLC_INVALID_ARGUMENT, "input '%s' is %s, expected %s",
      info->name,
      dlc_describe(found, sizeof found, NULL, given->dtype, rank, given->shape),
      dlc_describe(expected, sizeof expected, model->symbols, info->dtype,
                   info->rank, info->dims));
}

/* A symbol's first dim in a run gives its value; all others must agree. */
static dlc_status bind_symbol(dlc_context *context, int32_t input,
                              int64_t symbol, int64_t value) {
  const dlc_model *model = context->model;
  if (context->symbols[symbol] < 0) {
    context->symbols[symbol] = value;
    context->symbol_inputs[symbol] = input;
  }
  if (context->symbols[symbol] == value)
    return DLC_OK;
  return dlc_context_fail(
      context, DLC_INVALID_ARGUMENT,
      "input '%s' has %s = %" PRId64 ", but input '%s' has %s = %" PRId64,
      model->inputs[input].name, model->symbols[symbol], value,
      model->inputs[context->symbol_inputs[symbol]].name,
      model->symbols[symbol], context->symbols[symbol]);
}

static dlc_status check_input(dlc_context *context, int32_t index,
                              const dlc_tensor *given) {
  const dlc_value_info *info = &context->model->inputs[index];
  if (given->dtype != info->dtype || given->rank != info->rank ||
      (given->rank && !given->shape))
    return input_mismatch(context, index, given);
  for (int32_t i = 0; i < info->rank; i++) {
    int64_t declared = info->dims[i], found = given->shape[i];
    if (found < 0 || (declared >= 0 && found != declared))
      return input_mismatch(context, index, given);
    if (declared < 0 && declared != DLC_UNKNOWN &&
        bind_symbol(context, index, -1 - declared, found) != DLC_OK)
      return context->status;
  }
  return DLC_OK;
}

/* Compiled code reads dense, aligned arrays; others are copied first. */
static dlc_status bind_input(dlc_context *context, int32_t index,
                             const dlc_tensor *given) {
  const char *name = context->model->inputs[index].name;
  if (dlc_is_sequence(context->model->inputs[index].dtype))
    return dlc_bind_sequence(context, index, given);
  size_t element = dlc_dtype_size(given->dtype), size;
  if (check_input(context, index, given) != DLC_OK)
    return context->status;
  if (!element)
    return dlc_context_fail(context, DLC_UNSUPPORTED,
                            "input '%s': arrays of %s are not supported", name,
                            dlc_dtype_name(given->dtype));
  if (!dlc_dense_size(given->rank, given->shape, element, &size))
    return dlc_context_fail(context, DLC_INVALID_ARGUMENT,
                            "input '%s' is larger than memory can be", name);
  if (size && !given->data)
    return dlc_context_fail(context, DLC_INVALID_ARGUMENT,
                            "input '%s' has no data", name);
  context->input_dims[index] = given->shape;
  /* Code may read an element of an empty tensor, where it clamps an index, and
     does not use it. */
  static const int64_t none[8];
  if (!size) {
    context->inputs[index] = none;
    return DLC_OK;
  }
  context->inputs[index] = given->data;
  if (dlc_is_dense(given->rank, given->shape, given->strides) &&
      (uintptr_t)given->data % dlc_dtype_alignment(given->dtype) == 0)
    return DLC_OK;
  dlc_buffer *copy = &context->input_copies[index];
  if (!dlc_buffer_reserve(&context->memory, copy, size))
    return dlc_context_fail(context, DLC_OUT_OF_MEMORY,
                            "no memory for a dense copy of input '%s'", name);
  if (!dlc_copy(given->rank, given->shape, element, copy->data, NULL,
                given->data, given->strides))
    return dlc_context_fail(context, DLC_INVALID_ARGUMENT,
                            "the strides of input '%s' overflow", name);
  context->inputs[index] = copy->data;
  return DLC_OK;
}

/* What can be said about the caller's outputs before the code has run. */
static dlc_status check_output(dlc_context *context, int32_t index,
                               const dlc_tensor *given) {
  const dlc_value_info *info = &context->model->outputs[index];
  dlc_output *out = &context->outputs[index];
  out->data = NULL;
  out->given = false;
  if (dlc_is_sequence(info->dtype))
    return DLC_OK;
  /* What the context gave in an earlier run is not the caller's memory. */
  out->given = given->data && given->data != out->own.data;
  if (!out->given)
    return DLC_OK;
  if (given->dtype != info->dtype)
    return dlc_context_fail(context, DLC_INVALID_ARGUMENT,
                            "output '%s': the memory given is for %s, "
                            "expected %s",
                            info->name, dlc_dtype_name(given->dtype),
                            dlc_dtype_name(info->dtype));
  if (given->rank < 0 || given->rank > DLC_MAX_RANK ||
      (given->rank && !given->shape))
    return dlc_context_fail(context, DLC_INVALID_ARGUMENT,
                            "output '%s': the memory given has no valid shape",
                            info->name);
  return DLC_OK;
}

static dlc_status bind(dlc_context *context, const dlc_tensor *inputs,
                       const dlc_tensor *outputs) {
  const dlc_model *model = context->model;
  for (int32_t i = 0; i < model->num_symbols; i++)
    context->symbols[i] = -1;
  for (int32_t i = 0; i < model->num_inputs; i++)
    if (bind_input(context, i, &inputs[i]) != DLC_OK)
      return context->status;
  for (int32_t i = 0; i < model->num_outputs; i++)
    if (check_output(context, i, &outputs[i]) != DLC_OK)
      return context->status;
  context->results = outputs;
  return DLC_OK;
}

/* Copies to memory of the caller's that the code could not write to. */
static dlc_status copy_result(dlc_context *context, int32_t index,
                              const dlc_tensor *result) {
  const dlc_output *out = &context->outputs[index];
  const dlc_value_info *info = &context->model->outputs[index];
  if (!out->data)
    return dlc_context_fail(context, DLC_INVALID_ARGUMENT,
                            "the code gave no output '%s'", info->name);
  if (!out->given || result->data == out->data)
    return DLC_OK;
  if (!dlc_copy(out->rank, out->dims, dlc_dtype_size(info->dtype), result->data,
                result->strides, out->data, NULL))
    return dlc_context_fail(context, DLC_INVALID_ARGUMENT,
                            "the strides of output '%s' overflow", info->name);
  return DLC_OK;
}

static void hand_out(const dlc_context *context, int32_t index,
                     dlc_tensor *result) {
  const dlc_output *out = &context->outputs[index];
  if (out->given)
    return;
  *result = dlc_is_sequence(context->model->outputs[index].dtype)
                ? out->tensor
                : (dlc_tensor){out->data, context->model->outputs[index].dtype,
                               out->rank, out->dims, NULL};
}

static bool gives_sequences(const dlc_model *model) {
  for (int32_t i = 0; i < model->num_outputs; i++)
    if (dlc_is_sequence(model->outputs[i].dtype))
      return true;
  return false;
}

static dlc_status run(dlc_context *context, const dlc_tensor *inputs,
                      dlc_tensor *outputs) {
  const dlc_model *model = context->model;
  if (bind(context, inputs, outputs) != DLC_OK)
    return context->status;
  int result = context->code->run(&context->frame);
  dlc_free_blocks(context, &context->blocks);
  if (result != DLC_OK)
    dlc_context_fail(context, (dlc_status)result, "the model failed");
  for (int32_t i = 0; i < model->num_outputs && context->status == DLC_OK; i++)
    copy_result(context, i, &outputs[i]);
  for (int32_t i = 0; i < model->num_outputs && context->status == DLC_OK; i++)
    hand_out(context, i, &outputs[i]);
  return context->status;
}

dlc_status dlc_run(dlc_context *context, const dlc_tensor *inputs,
                   dlc_tensor *outputs) {
  if (!context)
    return DLC_INVALID_ARGUMENT;
  const dlc_model *model = context->model;
  context->status = DLC_OK;
  context->error[0] = 0;
  if ((!inputs && model->num_inputs) || (!outputs && model->num_outputs))
    return dlc_context_fail(context, DLC_INVALID_ARGUMENT,
                            "dlc_run needs the inputs and the outputs");
  if (context->team)
    dlc_team_check_fork(context->team);
  /* What the last run gave may be an input of this one. */
  dlc_block *before = context->items;
  context->items = NULL;
  dlc_status status = run(context, inputs, outputs);
  dlc_free_blocks(context, &before);
  if (status != DLC_OK || !gives_sequences(model))
    dlc_free_blocks(context, &context->items);
  return status;
}
