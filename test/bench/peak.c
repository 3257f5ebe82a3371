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

static int64_t stream_ns(int64_t read, int64_t written) {
  int64_t reads = (read + 511) / 512, writes = (written + 511) / 512;
  size_t size = (size_t)(reads + 1) * 512, room = (size_t)(writes + 1) * 512;
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
    stream(from, reads, to, writes);
    int64_t ns = now() - begin;
    best = ns < best ? ns : best;
  }
  free(from);
  free(to);
  return best;
}

int main(int argc, char **argv) {
  if (argc == 1)
    printf("%.2f\n", gflops());
  for (int i = 1; i < argc; i++) {
    char *end;
    int64_t read = strtoll(argv[i], &end, 10);
    if (*end != ':')
      return 2;
    printf("%lld\n", (long long)stream_ns(read, strtoll(end + 1, NULL, 10)));
  }
  return 0;
}
