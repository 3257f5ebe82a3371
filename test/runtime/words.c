/*===- test/runtime/words.c - a model of strings ------------------*- C -*-===*
 *
 * Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

#include "../../runtime/strings.h"
#include "models.h"

#ifdef MAIN_MODEL
#define words dlc_main_model
extern const dlc_model dlc_main_model;
#endif

static const int64_t dims[] = {DLC_SYMBOL(0)};
static const dlc_value_info in = {"in", DLC_STRING, 1, dims},
                            out = {"twice", DLC_STRING, 1, dims};

/* What compiled code does: a call, then a look at the message. */
static int call(dlc_frame *f, dlc_kernel kernel, dlc_strings *strings,
                void *result, int64_t count, const void *x, const void *y) {
  const void *args[] = {
      strings, result, (void *)(intptr_t)count, (void *)(intptr_t)count, x, y};
  f->services->parallel(f, kernel, args, 1, 1, NULL);
  return strings->message
             ? f->services->fail(f, NULL, strings->message, NULL, 0)
             : DLC_OK;
}

static int run(dlc_frame *f) {
  static const int64_t ends[] = {0, 1};
  int64_t n = f->input_dims[0][0];
  dlc_strings *s = dlc_strings_begin(f, "a", ends, 2);
  int64_t *x = f->services->alloc(f, 16 * n);
  if (!s || !x)
    return DLC_OUT_OF_MEMORY;
  int status = call(f, dlc_string_intern, s, x, n, f->inputs[0], NULL);
  if (status == DLC_OK)
    status = call(f, dlc_string_concat, s, x + n, n, x, x);
  void *result =
      status == DLC_OK ? f->services->output(f, 0, 1, f->input_dims[0]) : NULL;
  if (!result)
    return status == DLC_OK ? DLC_OUT_OF_MEMORY : status;
  return call(f, dlc_string_spell, s, result, n, x + n, NULL);
}

static const char *const symbols[] = {"n"};
static const dlc_code code = {"baseline", "", run, 0, 0};

const dlc_model words = {
    .abi_version = DLC_ABI_VERSION,
    .num_inputs = 1,
    .num_outputs = 1,
    .num_symbols = 1,
    .num_codes = 1,
    .name = "words",
    .target = "x86_64-linux-gnu",
    .compiler = "dlc test",
    .sha256 = "00ff",
    .inputs = &in,
    .outputs = &out,
    .symbols = symbols,
    .codes = &code,
};
