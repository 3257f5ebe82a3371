/*===- test/runtime/models.h - models written by hand -------------*- C -*-===*
 *
 * Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

#ifndef DLC_TEST_RUNTIME_MODELS_H
#define DLC_TEST_RUNTIME_MODELS_H

#include "dlc/runtime.h"

/* y = 2 x + bias and "sums/all" = sum(y), for x: float32 [batch, 3]. Refuses
 * an x[0, 0] of 13; uses arena, scratch, alloc and weights. */
extern const dlc_model linear;

/* Outputs equal inputs: one [rows, cols] array of every element type. */
extern const dlc_model copies;

/* twice = in + in, for strings [n]. */
extern const dlc_model words;

/* Of sequences and optionals; see lists.c. */
extern const dlc_model lists;

#endif
