/*===- test/runtime/sequence_test.c - sequences in a program ------*- C -*-===*
 *
 * Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

#include "models.h"
#include "testing.h"
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHECK_ERROR(text)                                                      \
  CHECK_AS(dlc_run(c, p.in, p.out) == DLC_INVALID_ARGUMENT &&                  \
               strcmp(dlc_last_error(c), text) == 0,                           \
           dlc_last_error(c))

enum { MOST = 20, TENSORS = 3 };

/* s holds TENSORS vectors of 1, 2, ... elements; o two; any a scalar and a
 * matrix. */
typedef struct problem {
  float values[MOST], pair[2];
  int64_t lengths[TENSORS], count, two, matrix[2], any_count, numbers[6];
  dlc_tensor tensors[TENSORS], any[2], in[3], out[3];
} problem;

static void make_problem(problem *p, int64_t count) {
  memset(p, 0, sizeof *p);
  for (int i = 0; i < MOST; i++)
    p->values[i] = (float)i;
  for (int i = 0; i < TENSORS; i++) {
    p->lengths[i] = i + 1;
    p->tensors[i] =
        (dlc_tensor){p->values + 5 * i, DLC_FLOAT32, 1, &p->lengths[i], NULL};
  }
  p->pair[0] = -1, p->pair[1] = -2;
  p->count = count, p->two = 2, p->any_count = 2;
  p->matrix[0] = 2, p->matrix[1] = 3;
  for (int i = 0; i < 6; i++)
    p->numbers[i] = 10 * i;
  p->any[0] = (dlc_tensor){p->numbers, DLC_INT64, 0, NULL, NULL};
  p->any[1] = (dlc_tensor){p->numbers, DLC_INT64, 2, p->matrix, NULL};
  p->in[0] =
      (dlc_tensor){p->tensors, DLC_FLOAT32 | DLC_SEQUENCE, 1, &p->count, NULL};
  p->in[1] = (dlc_tensor){p->pair, DLC_FLOAT32, 1, &p->two, NULL};
  p->in[2] =
      (dlc_tensor){p->any, DLC_INT64 | DLC_SEQUENCE, 1, &p->any_count, NULL};
}

static bool is_vector(const dlc_tensor *t, const float *values, int64_t n) {
  return t->dtype == DLC_FLOAT32 && t->rank == 1 && t->shape[0] == n &&
         !t->strides && memcmp(t->data, values, (size_t)n * 4) == 0;
}

static bool is_right(const problem *p, bool has_pair) {
  const dlc_tensor *joined = p->out[0].data, *rest = p->out[2].data;
  if (p->out[0].dtype != (DLC_FLOAT32 | DLC_SEQUENCE) || p->out[0].rank != 1 ||
      p->out[0].shape[0] != p->count + has_pair)
    return false;
  if (has_pair && !is_vector(joined++, (const float[]){-1, -2}, 2))
    return false;
  for (int64_t i = 0; i < p->count; i++)
    if (!is_vector(&joined[i], p->values + 5 * i, i + 1))
      return false;
  if (p->count == 0
          ? p->out[1].dtype != DLC_UNDEFINED || p->out[1].data
          : !is_vector(&p->out[1], p->values + 5 * (p->count - 1), p->count))
    return false;
  return p->out[2].dtype == (DLC_INT64 | DLC_SEQUENCE) &&
         p->out[2].shape[0] == 1 && rest->rank == 2 && rest->shape[1] == 3 &&
         memcmp(rest->data, p->numbers, sizeof p->numbers) == 0;
}

static dlc_context *make_context(allocator *a) {
  dlc_options options = {
      .threads = 1, .allocate = allocate, .release = release, .allocator = a};
  dlc_context *c = NULL;
  *a = (allocator){.refuse = -1};
  CHECK(dlc_context_create(&lists, &options, &c) == DLC_OK);
  return c;
}

static void test_runs(void) {
  problem p;
  allocator a;
  dlc_context *c = make_context(&a);
  for (int64_t count = 0; count <= TENSORS; count++) {
    make_problem(&p, count);
    CHECK(dlc_run(c, p.in, p.out) == DLC_OK && is_right(&p, true));
    /* What a run gave goes with the next, whatever the outputs hold. */
    int live = a.live;
    CHECK(dlc_run(c, p.in, p.out) == DLC_OK && is_right(&p, true));
    CHECK(a.live == live);
    p.in[1] = (dlc_tensor){0};
    CHECK(dlc_run(c, p.in, p.out) == DLC_OK && is_right(&p, false));
    p.in[2] = (dlc_tensor){0};
    CHECK(dlc_run(c, p.in, p.out) == DLC_OK);
    CHECK(p.out[2].dtype == DLC_UNDEFINED && !p.out[2].data);
  }
  dlc_context_destroy(c);
  CHECK(a.live == 0);
}

/* Outputs are the context's own, and may be the next run's inputs. */
static void test_ownership(void) {
  problem p;
  allocator a;
  dlc_context *c = make_context(&a);
  make_problem(&p, 2);
  CHECK(dlc_run(c, p.in, p.out) == DLC_OK);
  memset(p.values, 0, sizeof p.values);
  memset(p.lengths, 0, sizeof p.lengths);
  for (int64_t n = 3; n < 40; n++) {
    p.in[0] = p.out[0];
    CHECK(dlc_run(c, p.in, p.out) == DLC_OK);
    const dlc_tensor *joined = p.out[0].data;
    CHECK(p.out[0].shape[0] == n + 1);
    CHECK(is_vector(&joined[n - 1], (const float[]){0}, 1));
    CHECK(is_vector(&joined[n], (const float[]){5, 6}, 2));
  }
  dlc_context_destroy(c);
  CHECK(a.live == 0);
}

static void test_layouts(void) {
  problem p;
  allocator a;
  dlc_context *c = make_context(&a);
  make_problem(&p, 1);
  /* Every other element, backwards, and unaligned. */
  static float spread[] = {6, 0, 5, 0};
  int64_t stride = -2;
  p.lengths[0] = 2;
  p.tensors[0] =
      (dlc_tensor){spread + 2, DLC_FLOAT32, 1, &p.lengths[0], &stride};
  CHECK(dlc_run(c, p.in, p.out) == DLC_OK);
  CHECK(is_vector(&p.out[1], (const float[]){5, 6}, 2));
  char bytes[12];
  memcpy(bytes + 1, p.values, 8);
  p.tensors[0] = (dlc_tensor){bytes + 1, DLC_FLOAT32, 1, &p.lengths[0], NULL};
  CHECK(dlc_run(c, p.in, p.out) == DLC_OK);
  CHECK(is_vector(&p.out[1], (const float[]){0, 1}, 2));
  p.lengths[0] = 0;
  p.tensors[0].data = NULL;
  CHECK(dlc_run(c, p.in, p.out) == DLC_OK && p.out[1].shape[0] == 0);
  dlc_context_destroy(c);
}

static void test_errors(void) {
  problem p;
  allocator a;
  dlc_context *c = make_context(&a);
  make_problem(&p, 2);
  p.tensors[1].dtype = DLC_INT32;
  CHECK_ERROR("input 's', tensor 1, is int32 [2], expected float32 [?]");
  p.tensors[1] = (dlc_tensor){p.values, DLC_FLOAT32, 2, p.matrix, NULL};
  CHECK_ERROR("input 's', tensor 1, is float32 [2, 3], expected float32 [?]");
  p.tensors[1].rank = -1;
  CHECK_ERROR("input 's', tensor 1, is float32 [], expected float32 [?]");
  p.tensors[1] = (dlc_tensor){NULL, DLC_FLOAT32, 1, &p.two, NULL};
  CHECK_ERROR("input 's', tensor 1, has no data");
  static const int64_t huge = INT64_MAX / 2;
  p.tensors[1] = (dlc_tensor){p.values, DLC_FLOAT32, 1, &huge, NULL};
  CHECK_ERROR("a tensor of a sequence is larger than memory can be");
  make_problem(&p, -1);
  CHECK_ERROR("input 's' is a sequence: it needs data, a shape of one "
              "dimension and no strides");
  make_problem(&p, 1);
  p.in[0].data = NULL;
  CHECK_ERROR("input 's' is a sequence: it needs data, a shape of one "
              "dimension and no strides");
  p.in[0] = p.tensors[0];
  CHECK_ERROR("input 's' is float32 [], expected sequence of float32 [?]");
  p.in[0] = (dlc_tensor){0};
  CHECK_ERROR("input 's' is undefined [], expected sequence of float32 [?]");
  make_problem(&p, 1);
  p.in[1].shape = p.lengths;
  CHECK_ERROR("input 'o' is float32 [1], expected float32 [2]");
  make_problem(&p, 1);
  p.any_count = 0;
  CHECK_ERROR("position 0 is out of range for a sequence of 0");
  make_problem(&p, 1);
  p.in[2].dtype = DLC_INT32 | DLC_SEQUENCE;
  CHECK_ERROR("input 'any' is sequence of int32 [], expected optional sequence "
              "of int64 of any shape");
  dlc_context_destroy(c);
  CHECK(a.live == 0);
}

static void test_no_memory(void) {
  for (int refuse = 1; refuse < 30; refuse++) {
    problem p;
    allocator a;
    dlc_context *c = make_context(&a);
    make_problem(&p, 2);
    a.refuse = refuse;
    dlc_status status = dlc_run(c, p.in, p.out);
    CHECK(status == (a.calls > refuse ? DLC_OUT_OF_MEMORY : DLC_OK));
    CHECK(status != DLC_OK || is_right(&p, true));
    a.refuse = -1;
    CHECK(dlc_run(c, p.in, p.out) == DLC_OK && is_right(&p, true));
    dlc_context_destroy(c);
    CHECK(a.live == 0);
  }
}

int main(void) {
  test_runs();
  test_ownership();
  test_layouts();
  test_errors();
  test_no_memory();
  printf("sequence_test: %d passed, %d failed\n", passed, failed);
  return failed != 0;
}
