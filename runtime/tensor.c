/*===- runtime/tensor.c - element types, sizes and layouts --------*- C -*-===*
 *
 * Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

#include "internal.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* By dlc_dtype: the size, numpy's kind, numpy's (or ml_dtypes') name. */
static const struct {
  unsigned char size;
  char kind;
  char name[18];
} types[] = {
    [DLC_FLOAT32] = {4, 'f', "float32"},
    [DLC_UINT8] = {1, 'u', "uint8"},
    [DLC_INT8] = {1, 'i', "int8"},
    [DLC_UINT16] = {2, 'u', "uint16"},
    [DLC_INT16] = {2, 'i', "int16"},
    [DLC_INT32] = {4, 'i', "int32"},
    [DLC_INT64] = {8, 'i', "int64"},
    [DLC_STRING] = {sizeof(dlc_string), 'U', "string"},
    [DLC_BOOL] = {1, 'b', "bool"},
    [DLC_FLOAT16] = {2, 'f', "float16"},
    [DLC_FLOAT64] = {8, 'f', "float64"},
    [DLC_UINT32] = {4, 'u', "uint32"},
    [DLC_UINT64] = {8, 'u', "uint64"},
    [DLC_COMPLEX64] = {8, 'c', "complex64"},
    [DLC_COMPLEX128] = {16, 'c', "complex128"},
    [DLC_BFLOAT16] = {2, 'V', "bfloat16"},
    [DLC_FLOAT8E4M3FN] = {1, 'V', "float8_e4m3fn"},
    [DLC_FLOAT8E4M3FNUZ] = {1, 'V', "float8_e4m3fnuz"},
    [DLC_FLOAT8E5M2] = {1, 'V', "float8_e5m2"},
    [DLC_FLOAT8E5M2FNUZ] = {1, 'V', "float8_e5m2fnuz"},
    [DLC_UINT4] = {1, 'V', "uint4"},
    [DLC_INT4] = {1, 'V', "int4"},
    [DLC_FLOAT4E2M1] = {1, 'V', "float4_e2m1fn"},
    [DLC_FLOAT8E8M0] = {1, 'V', "float8_e8m0fnu"},
    [DLC_UINT2] = {1, 'V', "uint2"},
    [DLC_INT2] = {1, 'V', "int2"},
    [DLC_FLOAT6E2M3] = {1, 'V', "float6_e2m3fn"},
    [DLC_FLOAT6E3M2] = {1, 'V', "float6_e3m2fn"},
};

static bool is_known(int32_t dtype) {
  return dtype > 0 && (size_t)dtype < sizeof(types) / sizeof(*types);
}

size_t dlc_dtype_size(int32_t dtype) {
  return is_known(dtype) ? types[dtype].size : 0;
}

const char *dlc_dtype_name(int32_t dtype) {
  return is_known(dtype) ? types[dtype].name : "undefined";
}

char dlc_dtype_kind(int32_t dtype) {
  return is_known(dtype) ? types[dtype].kind : 0;
}

size_t dlc_dtype_alignment(int32_t dtype) {
  size_t size = dlc_dtype_size(dtype);
  if (dtype == DLC_STRING)
    return _Alignof(dlc_string);
  return size ? size : 1;
}

bool dlc_dense_size(int32_t rank, const int64_t *dims, size_t element,
                    size_t *size) {
  /* A zero anywhere makes the product zero, but may not hide an overflow
   * elsewhere: code multiplies in any order. */
  int64_t product = (int64_t)element;
  bool empty = false;
  for (int32_t i = 0; i < rank; i++) {
    if (dims[i] < 0)
      return false;
    if (dims[i] == 0)
      empty = true;
    else if (__builtin_mul_overflow(product, dims[i], &product))
      return false;
  }
  *size = empty ? 0 : (size_t)product;
  return (uint64_t)product <= PTRDIFF_MAX;
}

bool dlc_is_dense(int32_t rank, const int64_t *dims, const int64_t *strides) {
  if (!strides)
    return true;
  for (int32_t i = 0; i < rank; i++)
    if (dims[i] == 0)
      return true;
  int64_t expected = 1;
  for (int32_t i = rank; i-- > 0; expected *= dims[i])
    if (dims[i] != 1 && strides[i] != expected)
      return false;
  return true;
}

/* One array of a copy: the byte steps of its dims, and how far each dim
 * reaches. */
typedef struct layout {
  int64_t step[DLC_MAX_RANK];
  int64_t reach[DLC_MAX_RANK];
} layout;

static bool find_layout(layout *l, int32_t rank, const int64_t *dims,
                        size_t element, const int64_t *strides) {
  int64_t dense = (int64_t)element;
  for (int32_t i = rank; i-- > 0;) {
    l->step[i] = dense;
    if ((strides &&
         __builtin_mul_overflow(strides[i], (int64_t)element, &l->step[i])) ||
        __builtin_mul_overflow(l->step[i], dims[i] - 1, &l->reach[i]) ||
        __builtin_mul_overflow(dense, dims[i], &dense))
      return false;
  }
  return true;
}

static void copy_row(char *to, int64_t to_step, const char *from,
                     int64_t from_step, int64_t count, size_t element) {
  if (to_step == (int64_t)element && from_step == (int64_t)element)
    memcpy(to, from, (size_t)count * element);
  else
    for (int64_t i = 0; i < count; i++)
      memcpy(to + i * to_step, from + i * from_step, element);
}

bool dlc_copy(int32_t rank, const int64_t *dims, size_t element, void *to,
              const int64_t *to_strides, const void *from,
              const int64_t *from_strides) {
  for (int32_t i = 0; i < rank; i++)
    if (dims[i] == 0)
      return true;
  layout a, b;
  if (!find_layout(&a, rank, dims, element, to_strides) ||
      !find_layout(&b, rank, dims, element, from_strides))
    return false;
  if (rank == 0) {
    memcpy(to, from, element);
    return true;
  }
  int32_t last = rank - 1;
  int64_t index[DLC_MAX_RANK] = {0};
  char *target = to;
  const char *source = from;
  for (;;) {
    copy_row(target, a.step[last], source, b.step[last], dims[last], element);
    int32_t d = last - 1;
    for (; d >= 0 && ++index[d] == dims[d]; d--) {
      index[d] = 0;
      target -= a.reach[d];
      source -= b.reach[d];
    }
    if (d < 0)
      return true;
    target += a.step[d];
    source += b.step[d];
  }
}

const char *dlc_describe(char *out, size_t size, const char *const *symbols,
                         int32_t dtype, int32_t rank, const int64_t *dims) {
  bool known = is_known(DLC_BASE_DTYPE(dtype)) &&
               !(dtype & ~(0xff | DLC_SEQUENCE | DLC_OPTIONAL));
  size_t used = (size_t)snprintf(
      out, size, "%s%s%s%s", known && dtype & DLC_OPTIONAL ? "optional " : "",
      known && dtype & DLC_SEQUENCE ? "sequence of " : "",
      dlc_dtype_name(known ? DLC_BASE_DTYPE(dtype) : 0),
      rank < 0 ? " of any shape" : " [");
  if (rank < 0)
    return out;
  for (int32_t i = 0; i < rank && used < size; i++) {
    char *at = out + used;
    size_t left = size - used;
    const char *comma = i ? ", " : "";
    int n;
    if (dims[i] >= 0 || (dims[i] != DLC_UNKNOWN && !symbols))
      n = snprintf(at, left, "%s%" PRId64, comma, dims[i]);
    else
      n = snprintf(at, left, "%s%s", comma,
                   dims[i] == DLC_UNKNOWN ? "?" : symbols[-1 - dims[i]]);
    used += (size_t)n;
  }
  if (used < size)
    snprintf(out + used, size - used, "]");
  return out;
}
