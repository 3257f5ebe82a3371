/*===- runtime/values.c - names, elements and made-up arrays ------*- C -*-===*
 *
 * Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

#include "program.h"
#include <stdlib.h>
#include <string.h>

static bool same(const char *a, size_t a_length, const char *b,
                 size_t b_length) {
  return a_length == b_length && memcmp(a, b, a_length) == 0;
}

/* The length without a ":0" at the end. */
static size_t without_port(const char *name, size_t length) {
  return length > 2 && memcmp(name + length - 2, ":0", 2) == 0 ? length - 2
                                                               : length;
}

int32_t dlc_find_value(const dlc_value_info *values, int32_t count,
                       const char *name, size_t length) {
  for (int32_t i = 0; i < count; i++)
    if (same(values[i].name, strlen(values[i].name), name, length))
      return i;
  length = without_port(name, length);
  for (int32_t i = 0; i < count; i++) {
    const char *known = values[i].name;
    if (same(known, without_port(known, strlen(known)), name, length))
      return i;
  }
  return -1;
}

bool dlc_unknown_value(dlc_program *program, const char *what,
                       const dlc_value_info *values, int32_t count,
                       const char *name, size_t length) {
  dlc_text text = {0};
  for (int32_t i = 0; i < count; i++)
    dlc_text_add(&text, "%s'%s'", i ? ", " : "", values[i].name);
  dlc_error(program, "the model has no %s '%.*s'; its %ss are %s", what,
            (int)(length > 500 ? 500 : length), name, what,
            text.size ? text.data : "none");
  free(text.data);
  return false;
}

const char *dlc_split_argument(dlc_program *program, const char *what,
                               const dlc_value_info *values, int32_t count,
                               const char *argument, int32_t *index) {
  size_t longest = 0;
  *index = -1;
  for (int32_t i = 0; i < count; i++) {
    size_t length = strlen(values[i].name);
    if (strncmp(argument, values[i].name, length) == 0 &&
        argument[length] == '=' && (*index < 0 || length > longest)) {
      *index = i;
      longest = length;
    }
  }
  if (*index >= 0)
    return argument + longest + 1;
  const char *equals = strchr(argument, '=');
  if (!equals) {
    dlc_usage(program, "option '--%s' is '%s', expected NAME=FILE.npy", what,
              argument);
    return NULL;
  }
  size_t length = (size_t)(equals - argument);
  *index = dlc_find_value(values, count, argument, length);
  if (*index >= 0)
    return equals + 1;
  dlc_unknown_value(program, what, values, count, argument, length);
  return NULL;
}

size_t dlc_tensor_bytes(const dlc_tensor *tensor) {
  size_t bytes = 0;
  dlc_dense_size(tensor->rank, tensor->shape, dlc_dtype_size(tensor->dtype),
                 &bytes);
  return bytes;
}

size_t dlc_tensor_count(const dlc_tensor *tensor) {
  return dlc_tensor_bytes(tensor) / dlc_dtype_size(tensor->dtype);
}

static float half_to_float(uint16_t half) {
  uint32_t exponent = half >> 10 & 31, mantissa = half & 0x3ff;
  uint32_t sign = (uint32_t)(half & 0x8000) << 16, bits;
  float value;
  if (exponent == 0) { /* a subnormal: a multiple of 2^-24 */
    value = (float)mantissa * 0x1p-24f;
    return sign ? -value : value;
  }
  bits = sign | (exponent == 31 ? 255 : exponent + 112) << 23 | mantissa << 13;
  memcpy(&value, &bits, sizeof value);
  return value;
}

/* To the nearest; for the moderate values of random arrays only. */
static uint16_t float_to_half(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  uint32_t sign = bits >> 16 & 0x8000, exponent = bits >> 23 & 255;
  if (exponent <= 112)
    return (uint16_t)sign;
  return (uint16_t)(sign | ((bits & 0x7fffffff) - (112u << 23) + 0x1000) >> 13);
}

static float bfloat_to_float(uint16_t bfloat) {
  uint32_t bits = (uint32_t)bfloat << 16;
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

double dlc_element(const dlc_tensor *tensor, size_t i) {
  const void *d = tensor->data;
  switch (tensor->dtype) {
  case DLC_FLOAT32:
    return ((const float *)d)[i];
  case DLC_FLOAT64:
    return ((const double *)d)[i];
  case DLC_FLOAT16:
    return half_to_float(((const uint16_t *)d)[i]);
  case DLC_BFLOAT16:
    return bfloat_to_float(((const uint16_t *)d)[i]);
  case DLC_INT8:
    return ((const int8_t *)d)[i];
  case DLC_INT16:
    return ((const int16_t *)d)[i];
  case DLC_INT32:
    return ((const int32_t *)d)[i];
  case DLC_INT64:
    return (double)((const int64_t *)d)[i];
  case DLC_UINT16:
    return ((const uint16_t *)d)[i];
  case DLC_UINT32:
    return ((const uint32_t *)d)[i];
  case DLC_UINT64:
    return (double)((const uint64_t *)d)[i];
  case DLC_COMPLEX64:
    return ((const float *)d)[2 * i];
  case DLC_COMPLEX128:
    return ((const double *)d)[2 * i];
  default: /* one byte */
    return ((const uint8_t *)d)[i];
  }
}

/* The splitmix64 generator. */
static uint64_t next_random(uint64_t *state) {
  uint64_t x = *state += 0x9e3779b97f4a7c15;
  x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
  x = (x ^ x >> 27) * 0x94d049bb133111eb;
  return x ^ x >> 31;
}

/* Nearly normal: the sum of four uniform numbers, of variance 1. */
static float next_normal(uint64_t *state) {
  uint64_t x = next_random(state);
  int32_t sum = 0;
  for (int i = 0; i < 4; i++)
    sum += (int32_t)(x >> 16 * i & 0xffff);
  return (float)(sum - 2 * 0xffff) * (1.7320508f / 0x10000);
}

void dlc_fill_random(const dlc_tensor *tensor, uint64_t seed) {
  size_t count = dlc_tensor_count(tensor), width;
  if (tensor->dtype == DLC_STRING) {
    dlc_fill_strings(tensor, seed);
    return;
  }
  char kind = dlc_dtype_kind(tensor->dtype);
  if (tensor->dtype == DLC_COMPLEX64 || tensor->dtype == DLC_COMPLEX128)
    count *= 2;
  width = dlc_tensor_bytes(tensor) / (count ? count : 1);
  for (size_t i = 0; i < count; i++) {
    char *element = (char *)tensor->data + i * width;
    if (tensor->dtype == DLC_FLOAT16 || tensor->dtype == DLC_BFLOAT16) {
      float value = next_normal(&seed);
      uint32_t bits;
      memcpy(&bits, &value, sizeof bits);
      uint16_t half = tensor->dtype == DLC_FLOAT16 ? float_to_half(value)
                                                   : (uint16_t)(bits >> 16);
      memcpy(element, &half, sizeof half);
    } else if ((kind == 'f' || kind == 'c') && width == sizeof(float)) {
      float value = next_normal(&seed);
      memcpy(element, &value, sizeof value);
    } else if (kind == 'f' || kind == 'c') {
      double value = next_normal(&seed);
      memcpy(element, &value, sizeof value);
    } else { /* little endian: the first byte is the lowest */
      memset(element, 0, width);
      *element = (char)(next_random(&seed) & 1);
    }
  }
}
