/*===- test/runtime/lists.c - a model of sequences and optionals --*- C -*-===*
 *
 * Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

#include "models.h"
#include <string.h>

#ifdef MAIN_MODEL
#define lists dlc_main_model
extern const dlc_model dlc_main_model;
#endif

static const int64_t open_dim[] = {DLC_UNKNOWN}, two[] = {2};
static const dlc_value_info inputs[] = {
    {"s", DLC_FLOAT32 | DLC_SEQUENCE, 1, open_dim},
    {"o", DLC_FLOAT32 | DLC_OPTIONAL, 1, two},
    {"any", DLC_INT64 | DLC_SEQUENCE | DLC_OPTIONAL, -1, NULL},
};
static const dlc_value_info outputs[] = {
    {"joined", DLC_FLOAT32 | DLC_SEQUENCE, 1, open_dim},
    {"last", DLC_FLOAT32 | DLC_OPTIONAL, 1, open_dim},
    {"rest", DLC_INT64 | DLC_SEQUENCE | DLC_OPTIONAL, -1, NULL},
};

/* Joined: s, with o in front of it if there is one. Last: that of s, or
 * nothing. Rest: any without its first. */
static int run(dlc_frame *f) {
  const dlc_services *services = f->services;
  const dlc_sequence *s = f->inputs[0], *o = f->inputs[1], *any = f->inputs[2];
  const dlc_sequence *joined = s, *last = NULL, *rest = NULL;
  int64_t dims[1], length = services->length(f, s);
  if (o) {
    float x[2]; /* compiled code writes over what it inserts, too */
    const float *data = services->at(f, o, 0, 1, dims);
    if (!data)
      return DLC_INVALID_ARGUMENT;
    memcpy(x, data, sizeof x);
    joined = services->insert(f, s, 0, x, 4, 1, dims);
    memset(x, 0, sizeof x);
  }
  if (length > 0) {
    const void *data = services->at(f, s, length - 1, 1, dims);
    last = data
               ? services->insert(f, services->sequence(f), 0, data, 4, 1, dims)
               : NULL;
    if (!last)
      return DLC_INVALID_ARGUMENT;
  }
  if (any && !(rest = services->erase(f, any, 0)))
    return DLC_INVALID_ARGUMENT;
  if (!joined)
    return DLC_INVALID_ARGUMENT;
  int status = services->give(f, 0, joined);
  if (!status)
    status = services->give(f, 1, last);
  return status ? status : services->give(f, 2, rest);
}

static const dlc_code code = {"baseline", "", run, 0, 0};

const dlc_model lists = {
    .abi_version = DLC_ABI_VERSION,
    .num_inputs = 3,
    .num_outputs = 3,
    .num_codes = 1,
    .name = "lists",
    .target = "x86_64-linux-gnu",
    .compiler = "dlc test",
    .sha256 = "00ff",
    .inputs = inputs,
    .outputs = outputs,
    .codes = &code,
};
