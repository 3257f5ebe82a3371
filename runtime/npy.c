/*===- runtime/npy.c - headers of numpy's array files -------------*- C -*-===*
 *
 * Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*
 *
 * A header is a Python dict of three keys, in any order:
 *   {'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }
 *
 *===----------------------------------------------------------------------===*/

#include "program.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

typedef struct cursor {
  const char *at, *end;
} cursor;

static void skip_space(cursor *c) {
  while (c->at < c->end && (*c->at == ' ' || *c->at == '\n' || *c->at == '\t'))
    c->at++;
}

static bool accept(cursor *c, const char *token) {
  skip_space(c);
  size_t length = strlen(token);
  if (length > (size_t)(c->end - c->at) || memcmp(c->at, token, length) != 0)
    return false;
  c->at += length;
  return true;
}

static bool parse_number(cursor *c, int64_t *value) {
  skip_space(c);
  const char *begin = c->at;
  *value = 0;
  for (; c->at < c->end && *c->at >= '0' && *c->at <= '9'; c->at++)
    if (__builtin_mul_overflow(*value, 10, value) ||
        __builtin_add_overflow(*value, *c->at - '0', value))
      return false;
  bool any = c->at != begin;
  accept(c, "L"); /* Python 2 */
  return any;
}

static const char *parse_shape(cursor *c, dlc_npy *npy) {
  const char *error = "its header has no valid shape";
  npy->rank = 0;
  if (!accept(c, "("))
    return error;
  while (!accept(c, ")")) {
    if (npy->rank == DLC_MAX_RANK)
      return "it has more than 16 dimensions";
    if (!parse_number(c, &npy->dims[npy->rank++]))
      return error;
    if (accept(c, ","))
      continue;
    return accept(c, ")") ? NULL : error;
  }
  return NULL;
}

static const char *parse_descr(cursor *c, dlc_npy *npy) {
  skip_space(c);
  if (c->at < c->end && *c->at == '[')
    return "structured arrays are not supported";
  if (c->at == c->end || (*c->at != '\'' && *c->at != '"'))
    return "its header has no valid dtype";
  char quote = *c->at++;
  const char *close = memchr(c->at, quote, (size_t)(c->end - c->at));
  if (!close)
    return "its header has no valid dtype";
  snprintf(npy->descr, sizeof npy->descr, "%.*s",
           close - c->at > 15 ? 15 : (int)(close - c->at), c->at);
  cursor type = {c->at, close};
  c->at = close + 1;
  npy->swapped = type.at < type.end && *type.at == '>';
  if (type.at < type.end && strchr("<>|=", *type.at))
    type.at++;
  if (type.at == type.end)
    return "its header has no valid dtype";
  int64_t width;
  npy->kind = *type.at++;
  npy->width = parse_number(&type, &width) ? (uint64_t)width : 0;
  if (npy->kind == 'U' && __builtin_mul_overflow(npy->width, 4, &npy->width))
    return "its header has no valid dtype";
  return NULL;
}

static const char *parse_key(cursor *c, dlc_npy *npy, unsigned *seen) {
  unsigned key;
  const char *error = NULL;
  if (accept(c, "'descr'") && accept(c, ":")) {
    key = 1;
    error = parse_descr(c, npy);
  } else if (accept(c, "'fortran_order'") && accept(c, ":")) {
    key = 2;
    npy->fortran = accept(c, "True");
    if (!npy->fortran && !accept(c, "False"))
      return "its header has no valid fortran_order";
  } else if (accept(c, "'shape'") && accept(c, ":")) {
    key = 4;
    error = parse_shape(c, npy);
  } else {
    return "its header is corrupt";
  }
  if (*seen & key)
    return "its header is corrupt";
  *seen |= key;
  return error;
}

static const char *parse_dict(cursor *c, dlc_npy *npy) {
  unsigned seen = 0;
  if (!accept(c, "{"))
    return "its header is corrupt";
  while (!accept(c, "}")) {
    const char *error = parse_key(c, npy, &seen);
    if (error)
      return error;
    if (!accept(c, ",") && (skip_space(c), c->at == c->end || *c->at != '}'))
      return "its header is corrupt";
  }
  skip_space(c);
  return seen == 7 && c->at == c->end ? NULL : "its header is corrupt";
}

const char *dlc_npy_parse(dlc_bytes bytes, dlc_npy *npy) {
  const unsigned char *d = bytes.data;
  *npy = (dlc_npy){0};
  if (bytes.size < 10 || memcmp(d, "\x93NUMPY", 6) != 0)
    return bytes.size ? "it is not an npy file" : "it is empty";
  if (d[6] < 1 || d[6] > 3)
    return "its npy version is not 1, 2 or 3";
  size_t start = d[6] == 1 ? 10 : 12;
  if (bytes.size < start)
    return "it is truncated";
  size_t length = d[8] | (size_t)d[9] << 8;
  if (d[6] > 1)
    length |= (size_t)d[10] << 16 | (size_t)d[11] << 24;
  if (length > DLC_NPY_HEADER_MAX)
    return "its header is too long";
  if (length > bytes.size - start)
    return "it is truncated";
  npy->offset = start + length;
  cursor c = {(const char *)d + start, (const char *)d + npy->offset};
  return parse_dict(&c, npy);
}

bool dlc_npy_holds(const dlc_npy *npy, int32_t dtype) {
  if (dtype == DLC_STRING)
    return (npy->kind == 'U' || npy->kind == 'S') && npy->width;
  return npy->kind == dlc_dtype_kind(dtype) &&
         npy->width == dlc_dtype_size(dtype);
}

size_t dlc_npy_header(char out[DLC_NPY_HEADER_SIZE], const dlc_tensor *tensor,
                      const dlc_npy_array *array) {
  char kind = dlc_dtype_kind(tensor->dtype);
  size_t width = array->width;
  size_t used = 10;
  used += (size_t)sprintf(
      out + used,
      "{'descr': '%c%c%zu', 'fortran_order': False, "
      "'shape': (",
      (width == 1 && kind != 'U') || kind == 'V' ? '|' : '<', kind, width);
  for (int32_t i = 0; i < tensor->rank; i++)
    used += (size_t)sprintf(out + used, i ? ", %" PRId64 : "%" PRId64,
                            tensor->shape[i]);
  used += (size_t)sprintf(out + used, tensor->rank == 1 ? ",), }" : "), }");
  size_t size = (used + 1 + 63) / 64 * 64;
  memset(out + used, ' ', size - used);
  out[size - 1] = '\n';
  memcpy(out, "\x93NUMPY\1", 8); /* version 1.0: with the terminator */
  out[8] = (char)((size - 10) & 255);
  out[9] = (char)((size - 10) >> 8);
  return size;
}
