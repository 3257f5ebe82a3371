/*===- test/runtime/linear.c - a small model, as if compiled ------*- C -*-===*
 *
 * Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

#include "models.h"
#include <string.h>

#ifdef MAIN_MODEL
#define linear dlc_main_model
extern const dlc_model dlc_main_model;
#endif

typedef struct scale_args {
  const float *x, *bias, *factor;
  float *y;
} scale_args;

static void scale(const void *p, int64_t begin, int64_t end, void *scratch) {
  const scale_args *a = p;
  for (int64_t i = begin; i < end; i++) {
    float *row = scratch; /* as a kernel would: its own memory first */
    for (int j = 0; j < 3; j++)
      row[j] = *a->factor * a->x[3 * i + j] + a->bias[j];
    memcpy(a->y + 3 * i, row, sizeof(float[3]));
  }
}

typedef struct sum_args {
  const float *y;
  int64_t count;
  double *sum;
} sum_args;

static void sum(const void *p, int64_t begin, int64_t end, void *scratch) {
  const sum_args *a = p;
  *a->sum = 0;
  for (int64_t i = 0; i < a->count; i++)
    *a->sum += a->y[i];
}

/* Appends rows one by one, as a loop does. */
static char *gather(dlc_frame *f, const char *from, int64_t rows, int64_t row) {
  dlc_room room = {0};
  char *all = f->services->grow(f, &room, 0, from, 0);
  for (int64_t i = 0; all && i < rows; i++) {
    all = f->services->grow(f, &room, (i + 1) * row, all, i * row);
    if (all)
      memcpy(all + i * row, from + i * row, (size_t)row);
  }
  return all;
}

static int run(dlc_frame *f) {
  static const dlc_site scale_site = {"mul+add", "pointwise", -1, -1};
  static const dlc_site sum_site = {"sum \"all\"", "reduce", 6, 28};
  int64_t batch = f->input_dims[0][0], dims[] = {batch, 3};
  const float *x = f->inputs[0];
  if (batch && x[0] == 13) {
    int64_t values[] = {0, 13};
    return f->services->fail(f, &scale_site, "element % is %, of % unlucky",
                             values, 2);
  }
  float *arena = f->services->arena(f, batch * 12);
  void *block = f->services->alloc(f, batch * 12);
  float *y = f->services->output(f, 0, 2, dims);
  double *all = f->services->output(f, 1, 0, NULL);
  if (!arena || !block || !y || !all)
    return DLC_OUT_OF_MEMORY;
  scale_args a = {x, f->inputs[1], (const float *)f->weights, arena};
  f->services->parallel(f, scale, &a, batch, 4, &scale_site);
  memcpy(block, arena, (size_t)batch * 12);
  if (batch && x[0] == 17) {
    block = gather(f, block, batch, 12);
    if (!block)
      return DLC_OUT_OF_MEMORY;
  }
  memcpy(y, block, (size_t)batch * 12);
  sum_args b = {y, batch * 3, all};
  f->services->parallel(f, sum, &b, 1, 1, &sum_site);
  return DLC_OK;
}

static const float weights[16] = {2};
static const int64_t x_dims[] = {DLC_SYMBOL(0), 3}, bias_dims[] = {3};
static const dlc_value_info inputs[] = {{"x", DLC_FLOAT32, 2, x_dims},
                                        {"bias", DLC_FLOAT32, 1, bias_dims}};
static const dlc_value_info outputs[] = {{"y", DLC_FLOAT32, 2, x_dims},
                                         {"sums/all", DLC_FLOAT64, 0, NULL}};
static const char *const symbols[] = {"batch"};
static const dlc_code codes[] = {
    {"martian", "sse2,martian,avx9", run, -1, 0},
    {"baseline", "", run, -1, 12},
};

const dlc_model linear = {
    .abi_version = DLC_ABI_VERSION,
    .num_inputs = 2,
    .num_outputs = 2,
    .num_symbols = 1,
    .num_codes = 2,
    .name = "linear",
    .target = "x86_64-linux-gnu",
    .compiler = "dlc test",
    .sha256 = "00ff",
    .inputs = inputs,
    .outputs = outputs,
    .symbols = symbols,
    .codes = codes,
    .weights = (const unsigned char *)weights,
    .weights_size = sizeof weights,
};
