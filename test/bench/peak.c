/*===- test/bench/peak.c - what this core can do at most ----------*- C -*-===*
 *
 * Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*
 *
 * peak                   prints the multiply-adds of vectors of WIDTH bytes, in
 *                        GFLOP/s of float32
 * peak READ:WRITTEN...   for each pair of byte counts, prints the nanoseconds
 *                        of a plain loop that streams so much from one buffer
 *                        and to another
 * peak normal:ROWSxWIDTH the same of a loop that reads each row of a matrix,
 *                        then again with a scale and a bias, and writes one
 * peak turned:ROWSxCOLUMNS
 *                        the same of a loop that reads a matrix by blocks of
 *                        128 x 64 and writes as many of 64 x 128
 *
 * Compiled with -DWIDTH=64 or 32: the vectors of AVX-512 or AVX2.
 *
 *===----------------------------------------------------------------------===*/

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef float vector __attribute__((vector_size(WIDTH)));
typedef int32_t bits __attribute__((vector_size(WIDTH)));
enum { LANES = WIDTH / 4, ACCUMULATORS = WIDTH == 64 ? 24 : 12 };

static int64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* Nothing that was computed can be left out. */
static void keep(vector v) { __asm__ volatile("" : : "v"(v)); }

static double gflops(void) {
  vector a[ACCUMULATORS], x, y;
  for (int i = 0; i < ACCUMULATORS; i++)
    a[i] = (vector){0} + (float)i;
  x = (vector){0} + 0.5f;
  y = (vector){0} + 0.25f;
  __asm__ volatile("" : "+v"(x), "+v"(y));
  const int64_t turns = 1 << 16;
  double best = 0;
  for (int repeat = 0; repeat < 200; repeat++) {
    int64_t begin = now();
    for (int64_t t = 0; t < turns; t++)
#pragma clang loop unroll(full)
      for (int i = 0; i < ACCUMULATORS; i++)
        a[i] = __builtin_elementwise_fma(x, y, a[i]);
    double ns = (double)(now() - begin);
    double rate = 2.0 * LANES * ACCUMULATORS * (double)turns / ns;
    best = rate > best ? rate : best;
    for (int i = 0; i < ACCUMULATORS; i++)
      keep(a[i]);
  }
  return best;
}

enum { BLOCK = 512 / WIDTH }; /* vectors */

/* Each of a block's vectors has a sum of its own: no load waits for another. */
static void read_blocks(const vector *from, int64_t blocks, bits *sums) {
  for (int64_t i = 0; i < blocks * BLOCK; i += BLOCK)
#pragma clang loop unroll(full)
    for (int j = 0; j < BLOCK; j++)
      sums[j] ^= (bits)from[i + j];
}

static void write_blocks(vector *to, int64_t blocks, vector value) {
  for (int64_t i = 0; i < blocks * BLOCK; i += BLOCK)
#pragma clang loop unroll(full)
    for (int j = 0; j < BLOCK; j++)
      to[i + j] = value;
}

/* Reads and writes in turn, so that both are under way all the time. */
static void stream(const vector *from, int64_t reads, vector *to,
                   int64_t writes) {
  bits sums[BLOCK] = {0};
  int64_t most = reads > writes ? reads : writes,
          turns = most < 8 ? 1 : most / 8;
  int64_t read = 0, written = 0;
  for (int64_t t = 1; t <= turns; t++) {
    int64_t r = reads * t / turns, w = writes * t / turns;
    read_blocks(from + read * BLOCK, r - read, sums);
    write_blocks(to + written * BLOCK, w - written, (vector){0});
    read = r;
    written = w;
  }
  for (int j = 0; j < BLOCK; j++)
    keep((vector)sums[j]);
}

/* What a normalisation of rows moves. Scale and bias lie behind the matrix. */
static void normal(const vector *from, int64_t rows, vector *to,
                   int64_t width) {
  bits sums[BLOCK] = {0};
  int64_t blocks = width * 4 / 512;
  const vector *scale = from + rows * blocks * BLOCK,
               *bias = scale + blocks * BLOCK;
  for (int64_t r = 0; r < rows; r++) {
    const vector *row = from + r * blocks * BLOCK;
    read_blocks(row, blocks, sums);
    for (int64_t i = 0; i < blocks * BLOCK; i += BLOCK) {
      read_blocks(row + i, 1, sums);
      read_blocks(scale + i, 1, sums);
      read_blocks(bias + i, 1, sums);
      write_blocks(to + r * blocks * BLOCK + i, 1, (vector){0});
    }
  }
  for (int j = 0; j < BLOCK; j++)
    keep((vector)sums[j]);
}

/* What a transpose of a matrix moves, whose blocks a cache holds. */
static void turned(const vector *from, int64_t rows, vector *to,
                   int64_t columns) {
  enum { HIGH = 128, WIDE = 64 };
  bits sums[BLOCK / 2] = {0};
  for (int64_t r = 0; r < rows; r += HIGH)
    for (int64_t c = 0; c < columns; c += WIDE) {
      for (int64_t i = 0; i < HIGH; i++)
#pragma clang loop unroll(full)
        for (int j = 0; j < WIDE / LANES; j++)
          sums[j] ^= (bits)from[((r + i) * columns + c) / LANES + j];
      for (int64_t i = 0; i < WIDE; i++)
        write_blocks(to + ((c + i) * rows + r) / LANES, 1, (vector){0});
    }
  for (int j = 0; j < BLOCK / 2; j++)
    keep((vector)sums[j]);
}

typedef void loop(const vector *from, int64_t reads, vector *to,
                  int64_t writes);

/* Of buffers of so many bytes. */
static int64_t least_ns(loop *run, size_t size, int64_t reads, size_t room,
                        int64_t writes) {
  size_t huge = 2 << 20; /* huge pages, as far as there are */
  vector *from = aligned_alloc(huge, (size + huge - 1) / huge * huge);
  vector *to = aligned_alloc(huge, (room + huge - 1) / huge * huge);
  if (!from || !to)
    exit(1);
  memset(from, 0, size);
  memset(to, 0, room);
  int64_t best = INT64_MAX, end = now() + 100000000;
  for (int repeat = 0; repeat < 5 || now() < end; repeat++) {
    int64_t begin = now();
    run(from, reads, to, writes);
    int64_t ns = now() - begin;
    best = ns < best ? ns : best;
  }
  free(from);
  free(to);
  return best;
}

static int64_t stream_ns(int64_t read, int64_t written) {
  int64_t reads = (read + 511) / 512, writes = (written + 511) / 512;
  return least_ns(stream, (size_t)(reads + 1) * 512, reads,
                  (size_t)(writes + 1) * 512, writes);
}

/* -1 where the argument is none of a matrix, of whole blocks. */
static int64_t matrix_ns(const char *argument) {
  int is_normal = !strncmp(argument, "normal:", 7);
  if (!is_normal && strncmp(argument, "turned:", 7))
    return -1;
  char *end;
  int64_t rows = strtoll(argument + 7, &end, 10);
  int64_t columns = *end == 'x' ? strtoll(end + 1, NULL, 10) : 0;
  if (rows <= 0 || columns <= 0 || columns % (is_normal ? 128 : 64) ||
      (!is_normal && rows % 128))
    return -1;
  size_t size = (size_t)(rows * columns) * 4;
  return least_ns(is_normal ? normal : turned, size + (size_t)columns * 8, rows,
                  size, columns);
}

int main(int argc, char **argv) {
  if (argc == 1)
    printf("%.2f\n", gflops());
  for (int i = 1; i < argc; i++) {
    char *end;
    int64_t read = strtoll(argv[i], &end, 10);
    int64_t ns = *end == ':' && end > argv[i]
                     ? stream_ns(read, strtoll(end + 1, NULL, 10))
                     : matrix_ns(argv[i]);
    if (ns < 0)
      return 2;
    printf("%lld\n", (long long)ns);
  }
  return 0;
}
