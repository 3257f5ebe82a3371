/*===- test/runtime/runtime_test.c - the library interface --------*- C -*-===*
 *
 * Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

#include "../../runtime/program.h"
#include "models.h"
#include "testing.h"
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define CHECK_ERROR(context, text)                                             \
  CHECK_AS(strcmp(dlc_last_error(context), text) == 0, dlc_last_error(context))

enum { ROWS = 50 };
typedef struct problem {
  float x[ROWS * 3], bias[3];
  int64_t shape[2], bias_shape[1];
  dlc_tensor in[2], out[2];
} problem;

static void make_problem(problem *p, int64_t rows, float first) {
  for (int i = 0; i < ROWS * 3; i++)
    p->x[i] = first + (float)i;
  p->bias[0] = 1, p->bias[1] = 2, p->bias[2] = 3;
  p->shape[0] = rows, p->shape[1] = 3;
  p->bias_shape[0] = 3;
  p->in[0] = (dlc_tensor){p->x, DLC_FLOAT32, 2, p->shape, NULL};
  p->in[1] = (dlc_tensor){p->bias, DLC_FLOAT32, 1, p->bias_shape, NULL};
  memset(p->out, 0, sizeof p->out);
}

static bool is_right(const problem *p) {
  const float *y = p->out[0].data;
  double sum = 0;
  if (p->out[0].rank != 2 || p->out[0].shape[0] != p->shape[0] ||
      p->out[0].shape[1] != 3 || p->out[0].dtype != DLC_FLOAT32)
    return false;
  for (int i = 0; i < p->shape[0] * 3; i++) {
    if (y[i] != 2 * p->x[i] + p->bias[i % 3])
      return false;
    sum += y[i];
  }
  return p->out[1].rank == 0 && *(double *)p->out[1].data == sum;
}

static void test_runs(void) {
  problem p;
  allocator a = {.refuse = -1};
  dlc_options options = {
      .threads = 3, .allocate = allocate, .release = release, .allocator = &a};
  dlc_context *c;
  CHECK(dlc_context_create(&linear, &options, &c) == DLC_OK);
  CHECK(dlc_context_threads(c) == 3);
  CHECK(strcmp(dlc_context_code(c)->cpu, "baseline") == 0);
  for (int64_t rows = 0; rows <= ROWS; rows++) {
    make_problem(&p, rows, 0.5f);
    CHECK(dlc_run(c, p.in, p.out) == DLC_OK && is_right(&p));
  }
  /* Warm, only what the code allocates itself is asked for. */
  int before = a.calls;
  for (int i = 0; i < 10; i++)
    CHECK(dlc_run(c, p.in, p.out) == DLC_OK && is_right(&p));
  CHECK(a.calls - before == 10);
  /* Outputs of an earlier run may be handed in again, whatever their shape. */
  p.shape[0] = 7;
  CHECK(dlc_run(c, p.in, p.out) == DLC_OK && is_right(&p));
  CHECK_ERROR(c, "");
  dlc_context_destroy(c);
  CHECK(a.live == 0 && a.bytes == 0);
  dlc_context_destroy(NULL);
}

/* Rows that are gathered one by one are copied a few times only. */
static void test_grow(void) {
  problem p;
  allocator a = {.refuse = -1};
  dlc_options options = {
      .threads = 1, .allocate = allocate, .release = release, .allocator = &a};
  dlc_context *c;
  CHECK(dlc_context_create(&linear, &options, &c) == DLC_OK);
  make_problem(&p, ROWS, 17);
  CHECK(dlc_run(c, p.in, p.out) == DLC_OK && is_right(&p));
  int before = a.calls;
  CHECK(dlc_run(c, p.in, p.out) == DLC_OK && is_right(&p));
  /* One of the code's own, one for no rows, then 1, 2, 4, ... 64 rows. */
  CHECK(a.calls - before == 9);
  dlc_context_destroy(c);
  CHECK(a.live == 0 && a.bytes == 0);
}

static void test_no_memory(void) {
  for (int refuse = 0; refuse < 20; refuse++) {
    problem p;
    allocator a = {.refuse = refuse};
    dlc_options options = {.threads = 2,
                           .allocate = allocate,
                           .release = release,
                           .allocator = &a};
    dlc_context *c;
    make_problem(&p, 9, 15);
    int64_t strides[] = {3, -1};
    p.in[0].strides = strides;
    p.in[0].data = p.x + 2;
    dlc_status status = dlc_context_create(&linear, &options, &c);
    if (status == DLC_OK)
      status = dlc_run(c, p.in, p.out);
    CHECK(status == (a.calls > refuse ? DLC_OUT_OF_MEMORY : DLC_OK));
    dlc_context_destroy(c);
    CHECK(a.live == 0 && a.bytes == 0);
  }
}

static void test_layouts(void) {
  problem p, q;
  dlc_context *c;
  CHECK(dlc_context_create(&linear, NULL, &c) == DLC_OK);
  make_problem(&p, 5, 0);
  make_problem(&q, 5, 0);
  /* Transposed, reversed, broadcast and misaligned inputs. */
  int64_t transposed[] = {1, 5}, reversed[] = {-3, -1}, one[] = {0, 0};
  for (int i = 0; i < 5; i++)
    for (int j = 0; j < 3; j++)
      q.x[j * 5 + i] = p.x[3 * i + j];
  q.in[0].strides = transposed;
  CHECK(dlc_run(c, q.in, p.out) == DLC_OK && is_right(&p));
  for (int i = 0; i < 15; i++)
    q.x[14 - i] = p.x[i];
  q.in[0].data = q.x + 14;
  q.in[0].strides = reversed;
  CHECK(dlc_run(c, q.in, p.out) == DLC_OK && is_right(&p));
  q.in[0].strides = one;
  CHECK(dlc_run(c, q.in, p.out) == DLC_OK &&
        ((float *)p.out[0].data)[14] == 2 * q.x[14] + 3);
  char bytes[sizeof p.x + 1];
  memcpy(bytes + 1, p.x, sizeof p.x);
  q.in[0] = p.in[0];
  q.in[0].data = bytes + 1;
  CHECK(dlc_run(c, q.in, p.out) == DLC_OK && is_right(&p));
  int64_t huge[] = {INT64_MAX / 2, 1};
  q.in[0].strides = huge;
  CHECK(dlc_run(c, q.in, p.out) == DLC_INVALID_ARGUMENT);
  CHECK_ERROR(c, "the strides of input 'x' overflow");

  /* The caller's memory for outputs: dense, and with gaps. */
  float y[30];
  double sum;
  int64_t gaps[] = {1, 10};
  p.out[0] = (dlc_tensor){y, DLC_FLOAT32, 2, p.shape, NULL};
  p.out[1] = (dlc_tensor){&sum, DLC_FLOAT64, 0, NULL, NULL};
  CHECK(dlc_run(c, p.in, p.out) == DLC_OK && is_right(&p));
  CHECK(p.out[0].data == y && p.out[1].data == &sum);
  for (int i = 0; i < 30; i++)
    y[i] = -1;
  p.out[0].strides = gaps;
  CHECK(dlc_run(c, p.in, p.out) == DLC_OK);
  CHECK(y[0] == 2 * p.x[0] + 1 && y[24] == 2 * p.x[14] + 3 && y[5] == -1 &&
        y[9] == -1);
  dlc_context_destroy(c);
}

static void test_input_errors(void) {
  problem p;
  dlc_context *c;
  CHECK(dlc_context_create(&linear, NULL, &c) == DLC_OK);
  make_problem(&p, 2, 0);
  CHECK(dlc_run(c, NULL, p.out) == DLC_INVALID_ARGUMENT);
  CHECK_ERROR(c, "dlc_run needs the inputs and the outputs");
  p.in[0].dtype = DLC_FLOAT64;
  CHECK(dlc_run(c, p.in, p.out) == DLC_INVALID_ARGUMENT);
  CHECK_ERROR(c, "input 'x' is float64 [2, 3], expected float32 [batch, 3]");
  p.in[0].dtype = 1000;
  CHECK(dlc_run(c, p.in, p.out) == DLC_INVALID_ARGUMENT);
  CHECK_ERROR(c, "input 'x' is undefined [2, 3], expected float32 [batch, 3]");
  make_problem(&p, 2, 0);
  p.in[0].rank = 1;
  CHECK(dlc_run(c, p.in, p.out) == DLC_INVALID_ARGUMENT);
  CHECK_ERROR(c, "input 'x' is float32 [2], expected float32 [batch, 3]");
  p.in[0].rank = 1000000;
  CHECK(dlc_run(c, p.in, p.out) == DLC_INVALID_ARGUMENT);
  make_problem(&p, 2, 0);
  p.shape[1] = 4;
  CHECK(dlc_run(c, p.in, p.out) == DLC_INVALID_ARGUMENT);
  CHECK_ERROR(c, "input 'x' is float32 [2, 4], expected float32 [batch, 3]");
  make_problem(&p, -1, 0);
  CHECK(dlc_run(c, p.in, p.out) == DLC_INVALID_ARGUMENT);
  make_problem(&p, INT64_MAX / 8, 0);
  CHECK(dlc_run(c, p.in, p.out) == DLC_INVALID_ARGUMENT);
  CHECK_ERROR(c, "input 'x' is larger than memory can be");
  make_problem(&p, 2, 0);
  p.in[1].data = NULL;
  CHECK(dlc_run(c, p.in, p.out) == DLC_INVALID_ARGUMENT);
  CHECK_ERROR(c, "input 'bias' has no data");
  make_problem(&p, 2, 13);
  CHECK(dlc_run(c, p.in, p.out) == DLC_INVALID_ARGUMENT);
  CHECK_ERROR(c, "mul+add: element 0 is 13, of % unlucky");
  CHECK(!p.out[0].data);
  make_problem(&p, 2, 0);
  CHECK(dlc_run(c, p.in, p.out) == DLC_OK && is_right(&p));
  dlc_context_destroy(c);
}

static void test_output_errors(void) {
  problem p;
  dlc_context *c;
  float y[6];
  int64_t wrong[] = {3, 2};
  CHECK(dlc_context_create(&linear, NULL, &c) == DLC_OK);
  make_problem(&p, 2, 0);
  p.out[0] = (dlc_tensor){y, DLC_FLOAT32, 2, wrong, NULL};
  CHECK(dlc_run(c, p.in, p.out) == DLC_INVALID_ARGUMENT);
  CHECK_ERROR(c, "output 'y': the memory given is float32 [3, 2], the result "
                 "is float32 [2, 3]");
  p.out[0].dtype = DLC_INT32;
  CHECK(dlc_run(c, p.in, p.out) == DLC_INVALID_ARGUMENT);
  CHECK_ERROR(c, "output 'y': the memory given is for int32, expected float32");
  p.out[0].dtype = DLC_FLOAT32;
  p.out[0].shape = NULL;
  CHECK(dlc_run(c, p.in, p.out) == DLC_INVALID_ARGUMENT);
  dlc_context_destroy(c);
}

static void test_symbols(void) {
  dlc_context *c;
  enum { COUNT = 18 };
  static char data[256];
  int64_t shape[] = {2, 3}, other[] = {2, 4};
  dlc_tensor in[COUNT], out[COUNT] = {0};
  for (int i = 0; i < COUNT; i++)
    in[i] = (dlc_tensor){data, copies.inputs[i].dtype, 2, shape, NULL};
  CHECK(dlc_context_create(&copies, NULL, &c) == DLC_OK);
  CHECK(dlc_run(c, in, out) == DLC_OK);
  in[4].shape = other;
  CHECK(dlc_run(c, in, out) == DLC_INVALID_ARGUMENT);
  CHECK_ERROR(c, "input 'i2' has cols = 4, but input 'f4' has cols = 3");
  dlc_context_destroy(c);
}

static void test_create_errors(void) {
  dlc_context *c;
  dlc_code code = linear.codes[0];
  dlc_model m = linear;
  m.abi_version = 7;
  CHECK(dlc_context_create(&m, NULL, &c) == DLC_UNSUPPORTED && !c);
  m = linear;
  m.codes = &code;
  m.num_codes = 1;
  CHECK(dlc_context_create(&m, NULL, &c) == DLC_UNSUPPORTED && !c);
  CHECK_ERROR(NULL, "this processor lacks martian, avx9, which code compiled "
                    "for martian needs; compile with -march= for this "
                    "processor");
  code.features = "+x87,+sse2,-avx,";
  CHECK(dlc_context_create(&m, NULL, &c) == DLC_OK && c);
  CHECK_ERROR(NULL, "");
  dlc_context_destroy(c);
  CHECK(dlc_context_create(NULL, NULL, &c) == DLC_INVALID_ARGUMENT);
  CHECK(dlc_context_create(&linear, NULL, NULL) == DLC_INVALID_ARGUMENT);
  CHECK_ERROR(NULL, "dlc_context_create needs a model and a place for the "
                    "context");
  dlc_options options = {.threads = -1};
  CHECK(dlc_context_create(&linear, &options, &c) == DLC_INVALID_ARGUMENT);
  options = (dlc_options){.weights_file = "/nonexistent"};
  CHECK(dlc_context_create(&linear, &options, &c) == DLC_IO_ERROR);
  CHECK_ERROR(NULL, "cannot open weights file '/nonexistent': No such file or "
                    "directory");
  options.weights_file = "/dev/null";
  CHECK(dlc_context_create(&linear, &options, &c) == DLC_IO_ERROR);
  dlc_pool pool = {0};
  options = (dlc_options){.pool = &pool};
  CHECK(dlc_context_create(&linear, &options, &c) == DLC_INVALID_ARGUMENT);
}

static void test_weights_file(void) {
  char path[] = "/tmp/dlc-weights-XXXXXX";
  int file = mkstemp(path);
  float weights[16] = {2};
  CHECK(write(file, weights, sizeof weights) == sizeof weights);
  close(file);
  dlc_model m = linear;
  m.weights = NULL;
  m.weights_file = path;
  dlc_context *c;
  problem p;
  make_problem(&p, 3, 0);
  CHECK(dlc_context_create(&m, NULL, &c) == DLC_OK);
  CHECK(dlc_run(c, p.in, p.out) == DLC_OK && is_right(&p));
  dlc_context_destroy(c);
  m.weights_file = "not-beside-the-test";
  CHECK(dlc_context_create(&m, NULL, &c) == DLC_IO_ERROR);
  CHECK(strstr(dlc_last_error(NULL), "/not-beside-the-test'"));
  unlink(path);
}

/* A pool of an embedder's: runs the shares backwards, on its own thread. */
static void run_backwards(void *self, int64_t count,
                          void (*body)(void *, int64_t, int32_t), void *data) {
  ++*(int *)self;
  for (int64_t i = count; i-- > 0;)
    body(data, i, 0);
}

static void count_event(void *self, const dlc_event *event) {
  int *counts = self;
  counts[0]++;
  counts[1] += event->threads;
  counts[2] += event->end >= event->begin && event->site;
}

static void test_pool_and_trace(void) {
  int calls = 0, counts[3] = {0};
  dlc_pool pool = {&calls, 5, run_backwards};
  dlc_options options = {.pool = &pool};
  dlc_context *c;
  problem p;
  make_problem(&p, ROWS, 0);
  CHECK(dlc_context_create(&linear, &options, &c) == DLC_OK);
  dlc_set_trace(c, count_event, counts);
  CHECK(dlc_run(c, p.in, p.out) == DLC_OK && is_right(&p));
  CHECK(calls == 1); /* the other launch has one share */
  CHECK(counts[0] == 2 && counts[1] == 6 && counts[2] == 2);
  dlc_context_destroy(c);
}

static void *run_many(void *argument) {
  dlc_context *c;
  dlc_options options = {.threads = 4};
  problem p;
  bool good = dlc_context_create(&linear, &options, &c) == DLC_OK;
  for (int i = 0; i < 2000 && good; i++) {
    make_problem(&p, 1 + i % ROWS, (float)i);
    if (i == 13)
      good = dlc_run(c, p.in, p.out) == DLC_INVALID_ARGUMENT &&
             strstr(dlc_last_error(c), "unlucky");
    else
      good = dlc_run(c, p.in, p.out) == DLC_OK && is_right(&p);
    if (i % 500 == 0) /* so that the threads fall asleep */
      nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
  }
  dlc_context_destroy(c);
  return good ? argument : NULL;
}

static void test_contexts_in_threads(void) {
  pthread_t threads[3];
  int mark;
  for (int i = 0; i < 3; i++)
    CHECK(pthread_create(&threads[i], NULL, run_many, &mark) == 0);
  for (int i = 0; i < 3; i++) {
    void *result = NULL;
    pthread_join(threads[i], &result);
    CHECK(result == &mark);
  }
}

static void test_fork(void) {
  dlc_options options = {.threads = 4};
  dlc_context *c;
  problem p;
  make_problem(&p, ROWS, 0);
  CHECK(dlc_context_create(&linear, &options, &c) == DLC_OK);
  pid_t child = fork();
  if (child == 0) {
    bool good = dlc_run(c, p.in, p.out) == DLC_OK && is_right(&p);
    dlc_context_destroy(c);
    _exit(good ? 0 : 1);
  }
  int status = 1;
  CHECK(waitpid(child, &status, 0) == child && status == 0);
  CHECK(dlc_run(c, p.in, p.out) == DLC_OK && is_right(&p));
  dlc_context_destroy(c);
}

static void test_idle(void) {
  dlc_options options = {.threads = 4};
  dlc_context *c;
  problem p;
  make_problem(&p, ROWS, 0);
  CHECK(dlc_context_create(&linear, &options, &c) == DLC_OK);
  CHECK(dlc_run(c, p.in, p.out) == DLC_OK);
  clock_t before = clock();
  nanosleep(&(struct timespec){.tv_nsec = 100000000}, NULL);
  CHECK(clock() - before < CLOCKS_PER_SEC / 50);
  dlc_context_destroy(c);
}

static void test_dtypes(void) {
  CHECK(dlc_dtype_size(DLC_FLOAT32) == 4 && dlc_dtype_size(DLC_INT2) == 1 &&
        dlc_dtype_size(DLC_FLOAT6E3M2) == 1);
  CHECK(dlc_dtype_size(DLC_STRING) == sizeof(dlc_string) &&
        dlc_dtype_size(-1) == 0);
  CHECK(dlc_dtype_size(29) == 0 && dlc_dtype_size(DLC_COMPLEX128) == 16);
  CHECK(strcmp(dlc_dtype_name(DLC_FLOAT8E4M3FNUZ), "float8_e4m3fnuz") == 0);
  CHECK(strcmp(dlc_dtype_name(0), "undefined") == 0);
}

/* The definition: a bit at a time. */
static uint32_t crc_by_bits(uint32_t crc, const unsigned char *at, size_t n) {
  for (crc = ~crc; n; n--) {
    crc ^= *at++;
    for (int bit = 0; bit < 8; bit++)
      crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc;
}

static void test_crc32(void) {
  unsigned char bytes[400];
  for (unsigned i = 0; i < sizeof bytes; i++)
    bytes[i] = (unsigned char)(i * i * 37 + i);
  CHECK(dlc_crc32(0, "123456789", 9) == 0xcbf43926);
  unsigned wrong = 0;
  for (size_t n = 0; n < sizeof bytes; n++) {
    uint32_t whole = crc_by_bits(0, bytes, n);
    wrong += dlc_crc32(0, bytes, n) != whole;
    wrong += dlc_crc32(dlc_crc32(0, bytes, n / 3), bytes + n / 3, n - n / 3) !=
             whole;
  }
  CHECK(wrong == 0);
}

int main(void) {
  test_crc32();
  test_dtypes();
  test_runs();
  test_grow();
  test_no_memory();
  test_layouts();
  test_input_errors();
  test_output_errors();
  test_symbols();
  test_create_errors();
  test_weights_file();
  test_pool_and_trace();
  test_contexts_in_threads();
  test_fork();
  test_idle();
  printf("runtime_test: %d passed, %d failed\n", passed, failed);
  return failed != 0;
}
