/*===- test/runtime/copies.c - a model of every element type ------*- C -*-===*
 *
 * Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

#include "models.h"
#include <string.h>

#ifdef MAIN_MODEL
#define copies dlc_main_model
extern const dlc_model dlc_main_model;
#endif

static const int64_t dims[] = {DLC_SYMBOL(0), DLC_SYMBOL(1)};
static const dlc_value_info values[] = {
    {"f4", DLC_FLOAT32, 2, dims},
    {"u1", DLC_UINT8, 2, dims},
    {"i1", DLC_INT8, 2, dims},
    {"u2", DLC_UINT16, 2, dims},
    {"i2", DLC_INT16, 2, dims},
    {"i4", DLC_INT32, 2, dims},
    {"i8", DLC_INT64, 2, dims},
    {"b1", DLC_BOOL, 2, dims},
    {"f2", DLC_FLOAT16, 2, dims},
    {"f8", DLC_FLOAT64, 2, dims},
    {"u4", DLC_UINT32, 2, dims},
    {"u8", DLC_UINT64, 2, dims},
    {"c8", DLC_COMPLEX64, 2, dims},
    {"c16", DLC_COMPLEX128, 2, dims},
    {"bf", DLC_BFLOAT16, 2, dims},
    {"q=1", DLC_FLOAT8E5M2, 2, dims},
    {"text", DLC_STRING, 2, dims},
    {"dir/\xc3\xa9:0", DLC_FLOAT32, 2, dims},
};
enum { COUNT = sizeof values / sizeof *values };

static int run(dlc_frame *f) {
  for (int32_t i = 0; i < COUNT; i++) {
    void *out = f->services->output(f, i, 2, f->input_dims[i]);
    if (!out)
      return DLC_OUT_OF_MEMORY;
    memcpy(out, f->inputs[i],
           (size_t)(f->input_dims[i][0] * f->input_dims[i][1]) *
               dlc_dtype_size(values[i].dtype));
  }
  return DLC_OK;
}

static const char *const symbols[] = {"rows", "cols"};
static const dlc_code code = {"baseline", "", run, 0, 0};

const dlc_model copies = {
    .abi_version = DLC_ABI_VERSION,
    .num_inputs = COUNT,
    .num_outputs = COUNT,
    .num_symbols = 2,
    .num_codes = 1,
    .name = "copies",
    .target = "x86_64-linux-gnu",
    .compiler = "dlc test",
    .sha256 = "00ff",
    .inputs = values,
    .outputs = values,
    .symbols = symbols,
    .codes = &code,
};
