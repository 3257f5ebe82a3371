/*===- runtime/sequence.c - sequences and optionals ---------------*- C -*-===*
 *
 * Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

/* Sequences are immutable. One that was made by an insertion at the end of
 * another shares its list of tensors, as long as nothing else was put there, so
 * that a loop of insertions copies little. What a tensor is made of is copied
 * once, when it is inserted. */

#include "internal.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

typedef struct item {
  const void *data;
  const int64_t *dims;
  int32_t rank;
  bool borrowed; /* the caller's memory */
} item;

typedef struct list {
  int64_t used, capacity;
  item items[];
} list;

struct dlc_sequence {
  int64_t length;
  list *list; /* NULL: of no tensors */
};

/* Code may read an element of an empty tensor, where it clamps an index, and
 * does not use it. */
static const int64_t nothing[8];

static void *allocate(dlc_context *context, uint64_t size) {
  return dlc_block_alloc(context, &context->items,
                         size <= PTRDIFF_MAX ? (int64_t)size : -1);
}

static const dlc_sequence *sequence_of(dlc_context *context, list *items,
                                       int64_t length) {
  dlc_sequence *result = allocate(context, sizeof *result);
  if (result)
    *result = (dlc_sequence){length, items};
  return result;
}

static list *list_of(dlc_context *context, int64_t capacity) {
  uint64_t size;
  if (__builtin_mul_overflow((uint64_t)capacity, sizeof(item), &size) ||
      __builtin_add_overflow(size, sizeof(list), &size))
    size = UINT64_MAX;
  list *result = allocate(context, size);
  if (result)
    *result = (list){0, capacity};
  return result;
}

static bool out_of_range(dlc_context *context, int64_t at, int64_t length) {
  dlc_context_fail(context, DLC_INVALID_ARGUMENT,
                   "position %" PRId64 " is out of range for a sequence of "
                   "%" PRId64,
                   at, length);
  return false;
}

static int64_t length_of(const dlc_sequence *s) { return s ? s->length : 0; }

static bool is_within(dlc_context *context, int64_t at, int64_t length) {
  return (at >= 0 && at < length) || out_of_range(context, at, length);
}

static const dlc_sequence *insert_item(dlc_context *context,
                                       const dlc_sequence *from, int64_t at,
                                       item x) {
  int64_t length = length_of(from);
  list *old = length ? from->list : NULL, *items = old;
  if (at < 0 || at > length) {
    out_of_range(context, at, length);
    return NULL;
  }
  if (!old || at != length || old->used != length || length == old->capacity) {
    int64_t twice = length < 4 ? 8 : 2 * length;
    if (!(items = list_of(context, twice)))
      return NULL;
    if (at > 0)
      memcpy(items->items, old->items, (size_t)at * sizeof(item));
    if (at < length)
      memcpy(items->items + at + 1, old->items + at,
             (size_t)(length - at) * sizeof(item));
  }
  items->items[at] = x;
  items->used = length + 1;
  return sequence_of(context, items, length + 1);
}

/* A tensor that lies in memory of the context's; its data is copied where
 * strides are of no concern. */
static bool make_item(dlc_context *context, item *x, size_t element,
                      int32_t rank, const int64_t *dims, const int64_t *strides,
                      const void *data) {
  size_t size;
  if (!dlc_dense_size(rank, dims, element, &size))
    return dlc_context_fail(context, DLC_INVALID_ARGUMENT,
                            "a tensor of a sequence is larger than memory can "
                            "be"),
           false;
  /* The data comes first, for its alignment. */
  size_t begin = (size + 7) / 8 * 8;
  char *memory = allocate(context, begin + (size_t)rank * sizeof(int64_t));
  if (!memory)
    return false;
  int64_t *shape = (int64_t *)(void *)(memory + begin);
  for (int32_t i = 0; i < rank; i++)
    shape[i] = dims[i];
  if (size && !dlc_copy(rank, dims, element, memory, NULL, data, strides))
    return dlc_context_fail(context, DLC_INVALID_ARGUMENT,
                            "the strides of a tensor of a sequence overflow"),
           false;
  *x = (item){size ? memory : (const void *)nothing, shape, rank, false};
  return true;
}

/*===----------------------------------------------------------------------===*
 * Services
 *===----------------------------------------------------------------------===*/

const dlc_sequence *dlc_sequence_empty(dlc_frame *frame) {
  (void)frame;
  static const dlc_sequence empty = {0, NULL};
  return &empty;
}

const dlc_sequence *dlc_sequence_insert(dlc_frame *frame,
                                        const dlc_sequence *from, int64_t at,
                                        const void *data, int64_t element,
                                        int32_t rank, const int64_t *dims) {
  item x;
  if (!make_item(dlc_context_of(frame), &x, (size_t)element, rank, dims, NULL,
                 data))
    return NULL;
  return insert_item(dlc_context_of(frame), from, at, x);
}

const dlc_sequence *dlc_sequence_erase(dlc_frame *frame,
                                       const dlc_sequence *from, int64_t at) {
  dlc_context *context = dlc_context_of(frame);
  int64_t length = length_of(from);
  if (!is_within(context, at, length))
    return NULL;
  list *items = from->list;
  if (at != length - 1) {
    if (!(items = list_of(context, length)))
      return NULL;
    memcpy(items->items, from->list->items, (size_t)at * sizeof(item));
    memcpy(items->items + at, from->list->items + at + 1,
           (size_t)(length - 1 - at) * sizeof(item));
    items->used = length - 1;
  }
  return sequence_of(context, items, length - 1);
}

int64_t dlc_sequence_length(dlc_frame *frame, const dlc_sequence *sequence) {
  (void)frame;
  return length_of(sequence);
}

const void *dlc_sequence_at(dlc_frame *frame, const dlc_sequence *sequence,
                            int64_t at, int32_t rank, int64_t *dims) {
  if (!is_within(dlc_context_of(frame), at, length_of(sequence)))
    return NULL;
  const item *x = &sequence->list->items[at];
  if (x->rank != rank) {
    dlc_context_fail(dlc_context_of(frame), DLC_INVALID_ARGUMENT,
                     "the code asks for a tensor of rank %d where there is one "
                     "of rank %d",
                     rank, x->rank);
    return NULL;
  }
  for (int32_t i = 0; i < rank; i++)
    dims[i] = x->dims[i];
  return x->data;
}

/*===----------------------------------------------------------------------===*
 * Inputs
 *===----------------------------------------------------------------------===*/

static bool fits(const dlc_value_info *info, const dlc_tensor *given) {
  if (given->dtype != DLC_BASE_DTYPE(info->dtype) || given->rank < 0 ||
      given->rank > DLC_MAX_RANK || (given->rank && !given->shape) ||
      (info->rank >= 0 && given->rank != info->rank))
    return false;
  for (int32_t i = 0; i < given->rank; i++)
    if (given->shape[i] < 0 || (info->rank >= 0 && info->dims[i] >= 0 &&
                                info->dims[i] != given->shape[i]))
      return false;
  return true;
}

/* Appends a tensor of the caller's, copied only where code can't read it as it
 * is. */
static const dlc_sequence *append_input(dlc_context *context,
                                        const dlc_sequence *to,
                                        const dlc_value_info *info,
                                        const dlc_tensor *given) {
  char place[32] = "", found[192], expected[192];
  int32_t base = DLC_BASE_DTYPE(info->dtype);
  if (info->dtype & DLC_SEQUENCE)
    snprintf(place, sizeof place, ", tensor %" PRId64 ",", to->length);
  if (!fits(info, given)) {
    bool valid = given->rank >= 0 && given->rank <= DLC_MAX_RANK &&
                 (!given->rank || given->shape);
    dlc_context_fail(context, DLC_INVALID_ARGUMENT,
                     "input '%s'%s is %s, expected %s", info->name, place,
                     dlc_describe(found, sizeof found, NULL, given->dtype,
                                  valid ? given->rank : 0, given->shape),
                     dlc_describe(expected, sizeof expected, NULL, base,
                                  info->rank, info->dims));
    return NULL;
  }
  size_t element = dlc_dtype_size(base), size = 1;
  bool sized = dlc_dense_size(given->rank, given->shape, element, &size);
  if (sized && size && !given->data) {
    dlc_context_fail(context, DLC_INVALID_ARGUMENT, "input '%s'%s has no data",
                     info->name, place);
    return NULL;
  }
  item x = {size ? given->data : nothing, given->shape, given->rank, true};
  bool readable = sized &&
                  dlc_is_dense(given->rank, given->shape, given->strides) &&
                  (uintptr_t)x.data % dlc_dtype_alignment(base) == 0;
  if (!readable && !make_item(context, &x, element, given->rank, given->shape,
                              given->strides, given->data))
    return NULL;
  return insert_item(context, to, to->length, x);
}

static bool check_sequence(dlc_context *context, const dlc_value_info *info,
                           const dlc_tensor *given) {
  char found[192], expected[192];
  if (given->dtype == (info->dtype & ~DLC_OPTIONAL)) {
    if (given->rank == 1 && given->shape && given->shape[0] >= 0 &&
        (given->data || !given->shape[0]) && !given->strides)
      return true;
    dlc_context_fail(context, DLC_INVALID_ARGUMENT,
                     "input '%s' is a sequence: it needs data, a shape of one "
                     "dimension and no strides",
                     info->name);
    return false;
  }
  dlc_context_fail(
      context, DLC_INVALID_ARGUMENT, "input '%s' is %s, expected %s",
      info->name,
      dlc_describe(found, sizeof found, NULL, given->dtype, 0, NULL),
      dlc_describe(expected, sizeof expected, NULL, info->dtype, info->rank,
                   info->dims));
  return false;
}

dlc_status dlc_bind_sequence(dlc_context *context, int32_t index,
                             const dlc_tensor *given) {
  const dlc_value_info *info = &context->model->inputs[index];
  const dlc_sequence *all = dlc_sequence_empty(&context->frame);
  context->inputs[index] = NULL;
  context->input_dims[index] = NULL;
  if ((info->dtype & DLC_OPTIONAL) && given->dtype == DLC_UNDEFINED)
    return DLC_OK;
  if (info->dtype & DLC_SEQUENCE) {
    if (!check_sequence(context, info, given))
      return context->status;
    const dlc_tensor *tensors = given->data;
    for (int64_t i = 0; all && i < given->shape[0]; i++)
      all = append_input(context, all, info, &tensors[i]);
  } else {
    all = append_input(context, all, info, given);
  }
  context->inputs[index] = all;
  return context->status;
}

/*===----------------------------------------------------------------------===*
 * Outputs
 *===----------------------------------------------------------------------===*/

/* What the caller is given is the context's own. */
static bool give_item(dlc_context *context, const item *x, int32_t dtype,
                      dlc_tensor *to) {
  item own = *x;
  if (x->borrowed && !make_item(context, &own, dlc_dtype_size(dtype), x->rank,
                                x->dims, NULL, x->data))
    return false;
  *to = (dlc_tensor){(void *)own.data, dtype, own.rank, own.dims, NULL};
  return true;
}

int dlc_sequence_give(dlc_frame *frame, int32_t index,
                      const dlc_sequence *sequence) {
  dlc_context *context = dlc_context_of(frame);
  const dlc_value_info *info = &context->model->outputs[index];
  dlc_output *out = &context->outputs[index];
  int32_t base = DLC_BASE_DTYPE(info->dtype);
  out->tensor = (dlc_tensor){NULL, DLC_UNDEFINED, 0, NULL, NULL};
  out->data = out; /* something has been given */
  if (!sequence)
    return DLC_OK;
  int64_t length = sequence->length;
  dlc_tensor *tensors =
      allocate(context, (uint64_t)(length + 1) * sizeof *tensors);
  if (!tensors)
    return context->status;
  for (int64_t i = 0; i < length; i++)
    if (!give_item(context, &sequence->list->items[i], base, &tensors[i]))
      return context->status;
  out->dims[0] = length;
  out->tensor =
      (info->dtype & DLC_SEQUENCE)
          ? (dlc_tensor){tensors, base | DLC_SEQUENCE, 1, out->dims, NULL}
      : length ? tensors[0]
               : out->tensor;
  return DLC_OK;
}
