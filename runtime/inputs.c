/*===- runtime/inputs.c - the program's inputs --------------------*- C -*-===*
 *
 * Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*
 *
 * Arrays are used where their file is mapped when their layout and alignment
 * permit it. Shapes are checked before anything is unpacked or allocated, so
 * that a small file cannot claim much memory.
 *
 *===----------------------------------------------------------------------===*/

#include "program.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

typedef struct loader {
  dlc_program *program;
  const dlc_model *model;
  bool *given;      /* by input */
  int64_t *symbols; /* -1: not known yet */
  dlc_items *items; /* by input: of sequences */
  int64_t at;       /* of the tensor of a sequence that is being read, or -1 */
  uint64_t most;    /* arrays that the file can have */
  char label[160];
} loader;

static bool is_sequence(const loader *l, int32_t index) {
  return (l->model->inputs[index].dtype & DLC_SEQUENCE) != 0;
}

/* The name of what is being read. */
static const char *label(loader *l, int32_t index) {
  const char *name = l->model->inputs[index].name;
  if (l->at < 0)
    return name;
  snprintf(l->label, sizeof l->label, "%.120s.%" PRId64, name, l->at);
  return l->label;
}

static bool claim(loader *l, int32_t index) {
  if (l->given[index])
    return dlc_error(l->program, "input '%s' is given twice",
                     l->model->inputs[index].name);
  return l->given[index] = true;
}

static const char *type_name(const dlc_npy *npy) {
  for (int32_t type = 1; type < DLC_BFLOAT16; type++)
    if (type != DLC_STRING && dlc_npy_holds(npy, type))
      return dlc_dtype_name(type);
  return npy->descr;
}

static bool check_symbol(loader *l, const char *file, int32_t index,
                         int64_t symbol, int64_t value) {
  if (l->symbols[symbol] < 0)
    l->symbols[symbol] = value;
  return l->symbols[symbol] == value ||
         dlc_error(l->program,
                   "%s: input '%s' has %s = %" PRId64 ", expected %" PRId64
                   " as elsewhere",
                   file, l->model->inputs[index].name,
                   l->model->symbols[symbol], value, l->symbols[symbol]);
}

static bool fits(const loader *l, int32_t index, const dlc_npy *npy) {
  const dlc_value_info *info = &l->model->inputs[index];
  if (is_sequence(l, index) && l->at < 0)
    return npy->rank == 1 && npy->dims[0] == 0;
  if (info->rank < 0)
    return true;
  for (int32_t i = 0; npy->rank == info->rank && i < info->rank; i++)
    if (info->dims[i] >= 0 && info->dims[i] != npy->dims[i])
      return false;
  return npy->rank == info->rank;
}

/* Compares an array with what the model declares. */
static bool check_type(loader *l, const char *file, int32_t index,
                       const dlc_npy *npy) {
  const dlc_value_info *info = &l->model->inputs[index];
  int32_t dtype = DLC_BASE_DTYPE(info->dtype);
  if (!dlc_npy_holds(npy, dtype))
    return dlc_error(l->program, "%s: input '%s' has dtype %s, expected %s%s",
                     file, label(l, index), type_name(npy),
                     dlc_dtype_name(dtype),
                     dlc_dtype_kind(dtype) != 'V' ? ""
                     : dlc_dtype_size(dtype) == 2 ? " (stored as |V2)"
                                                  : " (stored as |V1)");
  if (!fits(l, index, npy)) {
    char found[192], expected[192];
    bool whole = is_sequence(l, index) && l->at < 0;
    return dlc_error(
        l->program, "%s: input '%s' is %s, expected %s%s", file,
        label(l, index),
        dlc_describe(found, sizeof found, NULL, dtype, npy->rank, npy->dims),
        dlc_describe(expected, sizeof expected, l->model->symbols,
                     whole ? info->dtype : dtype, info->rank, info->dims),
        whole ? "; an array of shape [0] is an empty one" : "");
  }
  for (int32_t i = 0; i < info->rank; i++)
    if (info->dims[i] < 0 && info->dims[i] != DLC_UNKNOWN &&
        !check_symbol(l, file, index, -1 - info->dims[i], npy->dims[i]))
      return false;
  return true;
}

/* Reads a header and checks that an array of `size` bytes has all it says. */
static bool check_header(loader *l, const char *file, int32_t index,
                         dlc_bytes head, uint64_t size, dlc_npy *npy) {
  const char *error = dlc_npy_parse(head, npy);
  if (error)
    return dlc_error(l->program, "%s: cannot read input '%s': %s", file,
                     label(l, index), error);
  if (!check_type(l, file, index, npy))
    return false;
  size_t bytes;
  if (!dlc_dense_size(npy->rank, npy->dims, npy->width, &bytes))
    return dlc_error(l->program, "%s: input '%s' is larger than memory can be",
                     file, label(l, index));
  if (bytes > size - npy->offset)
    return dlc_error(l->program,
                     "%s: input '%s' is truncated: %zu bytes of data, expected "
                     "%zu",
                     file, label(l, index), (size_t)(size - npy->offset),
                     bytes);
  return true;
}

static void swap_bytes(unsigned char *data, size_t size, size_t unit) {
  for (unsigned char *at = data; at < data + size; at += unit)
    for (size_t i = 0; i < unit / 2; i++) {
      unsigned char byte = at[i];
      at[i] = at[unit - 1 - i];
      at[unit - 1 - i] = byte;
    }
}

/* A native, row-major, aligned copy of elements whose numbers have `unit`
 * bytes. */
static bool convert(loader *l, const dlc_npy *npy, size_t unit,
                    dlc_tensor *tensor) {
  int64_t strides[DLC_MAX_RANK], stride = 1;
  size_t size = dlc_tensor_count(tensor) * npy->width;
  for (int32_t i = 0; i < npy->rank; i++) {
    strides[i] = stride;
    stride *= npy->dims[i];
  }
  void *copy = dlc_hold_memory(l->program, size);
  if (!copy)
    return false;
  dlc_copy(npy->rank, npy->dims, npy->width, copy, NULL, tensor->data,
           npy->fortran ? strides : NULL);
  if (npy->swapped)
    swap_bytes(copy, size, unit);
  tensor->data = copy;
  return true;
}

static bool check_bools(loader *l, const char *file, const dlc_tensor *tensor) {
  const unsigned char *at = tensor->data, *end = at + dlc_tensor_bytes(tensor);
  while (at < end && *at <= 1)
    at++;
  return at == end ||
         dlc_error(l->program, "%s: it holds a bool that is %d, not 0 or 1",
                   file, *at);
}

/* Takes an npy file's bytes as an input. */
static bool take_array(loader *l, const char *file, int32_t index,
                       dlc_bytes bytes, dlc_tensor *tensor) {
  dlc_npy npy;
  if (!check_header(l, file, index, bytes, bytes.size, &npy))
    return false;
  int64_t *shape = dlc_hold_memory(l->program, sizeof npy.dims);
  if (!shape)
    return false;
  memcpy(shape, npy.dims, sizeof npy.dims);
  *tensor = (dlc_tensor){(void *)(uintptr_t)(bytes.data + npy.offset),
                         DLC_BASE_DTYPE(l->model->inputs[index].dtype),
                         npy.rank, shape, NULL};
  size_t unit = npy.kind == 'U'   ? 4
                : npy.kind == 'S' ? 1
                : npy.kind == 'c' ? npy.width / 2
                                  : dlc_dtype_alignment(tensor->dtype);
  bool usable = (uintptr_t)tensor->data % unit == 0 &&
                (!npy.fortran || npy.rank < 2) && (!npy.swapped || unit == 1);
  if (!usable && !convert(l, &npy, unit, tensor))
    return false;
  if (tensor->dtype == DLC_STRING)
    return dlc_take_strings(l->program, file, l->model->inputs[index].name,
                            &npy, tensor->data, tensor);
  return tensor->dtype != DLC_BOOL || check_bools(l, file, tensor);
}

/* The bytes of an archive's member: where they are, or unpacked. */
static bool unpack(loader *l, const char *file, int32_t index,
                   const dlc_zip_member *member, dlc_bytes *bytes) {
  const char *name = label(l, index);
  if (!member->deflated) {
    *bytes = member->packed;
    return dlc_crc32(0, bytes->data, bytes->size) == member->crc ||
           dlc_error(l->program, "%s: cannot read input '%s': wrong checksum",
                     file, name);
  }
  size_t head = DLC_NPY_HEADER_MAX + 12;
  head = member->size < head ? member->size : head;
  unsigned char *data = dlc_hold_memory(l->program, head);
  if (!data)
    return false;
  bool done;
  int64_t unpacked = dlc_inflate(member->packed, data, head, &done);
  dlc_npy npy;
  if (unpacked < 0)
    return dlc_error(l->program,
                     "%s: cannot read input '%s': corrupt deflated data", file,
                     name);
  if (!check_header(l, file, index, (dlc_bytes){data, (size_t)unpacked},
                    member->size, &npy) ||
      !(data = dlc_hold_memory(l->program, member->size)))
    return false;
  const char *error = dlc_zip_read(member, data);
  *bytes = (dlc_bytes){data, member->size};
  return !error || dlc_error(l->program, "%s: cannot read input '%s': %s", file,
                             name, error);
}

/* Where an array that is a tensor of a sequence, or stands for an empty one,
 * goes; NULL is an error, printed. */
static dlc_tensor *claim_item(loader *l, int32_t index, dlc_tensor *empty) {
  const char *name = l->model->inputs[index].name;
  dlc_tensor *place =
      l->at < 0 ? empty : dlc_item_place(l->program, &l->items[index], l->at);
  if (place && place->dtype != DLC_UNDEFINED) {
    dlc_error(l->program, "input '%s.%" PRId64 "' is given twice", name, l->at);
    return NULL;
  }
  l->given[index] = true;
  return place;
}

static bool load_member(loader *l, const char *file,
                        const dlc_zip_member *member) {
  const dlc_model *m = l->model;
  dlc_bytes bytes;
  dlc_tensor empty = {NULL, DLC_UNDEFINED, 0, NULL, NULL};
  size_t length = member->name_length;
  if (length >= 4 && memcmp(member->name + length - 4, ".npy", 4) == 0)
    length -= 4;
  int32_t i = dlc_find_value(m->inputs, m->num_inputs, member->name, length);
  l->at = -1;
  bool known = i >= 0 || (dlc_find_item(m, member->name, length, &i, &l->at) &&
                          (uint64_t)l->at < l->most);
  if (!known)
    return dlc_unknown_value(l->program, "input", m->inputs, m->num_inputs,
                             member->name, length);
  dlc_tensor *place = &l->program->input_tensors[i];
  if (is_sequence(l, i))
    place = claim_item(l, i, &empty);
  else if (!claim(l, i))
    return false;
  bool taken = place && unpack(l, file, i, member, &bytes) &&
               take_array(l, file, i, bytes, place);
  l->at = -1;
  return taken;
}

static bool load_npz(loader *l, const char *file) {
  dlc_bytes bytes;
  dlc_zip zip;
  dlc_zip_member member;
  if (!dlc_read_file(l->program, file, &bytes))
    return false;
  const char *error = dlc_zip_open(bytes, &zip);
  if (error)
    return dlc_error(l->program, "cannot read '%s': %s", file, error);
  l->most = zip.end / 46 + 1; /* bytes that each takes at least */
  while (dlc_zip_next(&zip, &member))
    if (!load_member(l, file, &member))
      return false;
  return !zip.error ||
         dlc_error(l->program, "cannot read '%s': %s", file, zip.error);
}

/* Sequences come in one npz file. */
static bool is_single(loader *l, int32_t index) {
  const char *name = l->model->inputs[index].name;
  return !is_sequence(l, index) ||
         dlc_error(
             l->program,
             "input '%s' is a sequence: its tensors are the arrays '%s.0', "
             "'%s.1', ... of an npz file that '--inputs' names",
             name, name, name);
}

static bool load_npy(loader *l, const char *file, int32_t index) {
  dlc_bytes bytes;
  return is_single(l, index) && claim(l, index) &&
         dlc_read_file(l->program, file, &bytes) &&
         take_array(l, file, index, bytes, &l->program->input_tensors[index]);
}

/* NAME=N of --dim. */
static bool set_dim(loader *l, const char *argument) {
  const char *equals = strchr(argument, '=');
  size_t length = equals ? (size_t)(equals - argument) : 0;
  int64_t value;
  if (!equals || !dlc_parse_number(equals + 1, 0, INT64_MAX, &value))
    return dlc_usage(l->program, "option '--dim' is '%s', expected NAME=N",
                     argument);
  for (int32_t i = 0; i < l->model->num_symbols; i++)
    if (strlen(l->model->symbols[i]) == length &&
        memcmp(l->model->symbols[i], argument, length) == 0) {
      l->symbols[i] = value;
      return true;
    }
  return dlc_error(l->program,
                   "the model has no symbolic dimension '%.*s'; see --info",
                   (int)length, argument);
}

static int64_t made_dim(const loader *l, int64_t declared) {
  if (declared >= 0)
    return declared;
  if (declared == DLC_UNKNOWN || l->symbols[-1 - declared] < 0)
    return 1;
  return l->symbols[-1 - declared];
}

static bool make_input(loader *l, int32_t index, bool random) {
  const dlc_value_info *info = &l->model->inputs[index];
  int32_t dtype = DLC_BASE_DTYPE(info->dtype), rank = info->rank;
  if (!is_single(l, index))
    return false;
  rank = rank < 0 ? 0 : rank;
  int64_t *shape = dlc_hold_memory(l->program, (size_t)rank * sizeof(int64_t));
  size_t size;
  if (!shape)
    return false;
  for (int32_t i = 0; i < rank; i++)
    shape[i] = made_dim(l, info->dims[i]);
  if (!dlc_dtype_size(dtype))
    return dlc_error(l->program, "input '%s': arrays of %s are not supported",
                     info->name, dlc_dtype_name(dtype));
  if (!dlc_dense_size(rank, shape, dlc_dtype_size(dtype), &size))
    return dlc_error(l->program, "input '%s' is larger than memory can be",
                     info->name);
  void *data = dlc_hold_memory(l->program, size);
  if (!data)
    return false;
  memset(data, 0, size);
  dlc_tensor *tensor = &l->program->input_tensors[index];
  *tensor = (dlc_tensor){data, dtype, rank, shape, NULL};
  if (random)
    dlc_fill_random(tensor, (uint64_t)index);
  return true;
}

/* NAME=random and NAME=zeros wait until files have told symbolic dims. */
static bool load_named(loader *l, bool made) {
  dlc_program *p = l->program;
  for (int32_t i = 0; i < p->input_args.count; i++) {
    int32_t index;
    const char *source =
        dlc_split_argument(p, "input", l->model->inputs, l->model->num_inputs,
                           p->input_args.items[i], &index);
    if (!source)
      return false;
    bool random = strcmp(source, "random") == 0;
    if ((random || strcmp(source, "zeros") == 0) != made)
      continue;
    if (made ? !claim(l, index) || !make_input(l, index, random)
             : !load_npy(l, source, index))
      return false;
  }
  return true;
}

static bool load_missing(loader *l) {
  dlc_program *p = l->program;
  const dlc_model *m = l->model;
  bool none = !p->inputs && !p->files.count && !p->input_args.count;
  for (int32_t i = 0; i < m->num_inputs; i++) {
    const dlc_value_info *info = &m->inputs[i];
    char expected[192];
    if (l->given[i]) {
      if (is_sequence(l, i) && !dlc_join_items(p, i, &l->items[i]))
        return false;
      continue;
    }
    if (info->dtype & DLC_OPTIONAL)
      continue; /* it holds nothing */
    if (none && p->benchmark > 0) {
      if (!make_input(l, i, true))
        return false;
    } else {
      dlc_error(p, "missing input '%s', expected %s", info->name,
                dlc_describe(expected, sizeof expected, m->symbols, info->dtype,
                             info->rank, info->dims));
    }
  }
  return p->status == 0;
}

static bool load_all(loader *l) {
  dlc_program *p = l->program;
  for (int32_t i = 0; i < p->dim_args.count; i++)
    if (!set_dim(l, p->dim_args.items[i]))
      return false;
  if (p->inputs && !load_npz(l, p->inputs))
    return false;
  for (int32_t i = 0; i < p->files.count; i++)
    if (!load_npy(l, p->files.items[i], i))
      return false;
  return load_named(l, false) && load_named(l, true) && load_missing(l);
}

bool dlc_load_inputs(dlc_program *program) {
  const dlc_model *m = program->model;
  size_t inputs = (size_t)m->num_inputs, outputs = (size_t)m->num_outputs;
  loader l = {
      program,
      m,
      dlc_hold_memory(program, inputs * sizeof(bool)),
      dlc_hold_memory(program, (size_t)m->num_symbols * sizeof(int64_t)),
      dlc_hold_memory(program, inputs * sizeof(dlc_items)),
      -1,
      0,
      ""};
  program->input_tensors =
      dlc_hold_memory(program, inputs * sizeof(dlc_tensor));
  program->output_tensors =
      dlc_hold_memory(program, outputs * sizeof(dlc_tensor));
  if (!l.given || !l.symbols || !l.items || !program->input_tensors ||
      !program->output_tensors)
    return false;
  memset(l.given, 0, inputs * sizeof(bool));
  memset(l.items, 0, inputs * sizeof(dlc_items));
  memset(program->input_tensors, 0, inputs * sizeof(dlc_tensor));
  memset(program->output_tensors, 0, outputs * sizeof(dlc_tensor));
  for (int32_t i = 0; i < m->num_symbols; i++)
    l.symbols[i] = -1;
  return load_all(&l);
}
