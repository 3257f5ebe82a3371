/*===- runtime/crc32.c - the checksum of zip archives --------------*- C -*-===*
 *
 * Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*
 *
 * The checksum is the remainder of the bytes as a polynomial over GF(2), bits
 * reflected. Arrays of a model's state are tens of megabytes, so where the
 * processor multiplies polynomials, blocks are folded to one with the same
 * remainder first (Gopal et al., "Fast CRC Computation for Generic Polynomials
 * Using PCLMULQDQ Instruction", 2009).
 *
 *===----------------------------------------------------------------------===*/

#include "program.h"
#include <string.h>

/* Eight bytes at a time: tables[k][b] is the effect of byte b with k more
 * bytes after it. Takes and gives the remainder itself, not inverted. */
static uint32_t by_tables(uint32_t crc, const unsigned char *at, size_t size) {
  static const uint32_t polynomial = 0xedb88320;
  uint32_t tables[8][256];
  for (uint32_t b = 0; b < 256; b++) {
    uint32_t value = b;
    for (int k = 0; k < 8; k++)
      value = value >> 1 ^ (value & 1 ? polynomial : 0);
    tables[0][b] = value;
  }
  for (uint32_t b = 0; b < 256; b++)
    for (int k = 1; k < 8; k++)
      tables[k][b] = tables[k - 1][b] >> 8 ^ tables[0][tables[k - 1][b] & 255];
  for (; size >= 8; size -= 8, at += 8) {
    uint64_t word;
    memcpy(&word, at, 8);
    word ^= crc;
    crc = 0;
    for (int k = 0; k < 8; k++)
      crc ^= tables[7 - k][word >> 8 * k & 255];
  }
  for (; size; size--)
    crc = crc >> 8 ^ tables[0][(crc ^ *at++) & 255];
  return crc;
}

#if defined(__x86_64__)
#include <cpuid.h>
#include <wmmintrin.h>

enum { LANES = 4, LANE = sizeof(__m128i), BLOCK = LANES * LANE };

static bool can_fold(void) {
  unsigned eax, ebx, ecx, edx;
  return __get_cpuid(1, &eax, &ebx, &ecx, &edx) && (ecx & bit_PCLMUL);
}

/* `by` holds the remainders of the powers by which the halves move ahead. */
__attribute__((target("pclmul"))) static __m128i fold(__m128i lane, __m128i by,
                                                      __m128i next) {
  __m128i low = _mm_clmulepi64_si128(lane, by, 0x00);
  __m128i high = _mm_clmulepi64_si128(lane, by, 0x11);
  return _mm_xor_si128(_mm_xor_si128(low, high), next);
}

/* Of a whole number of blocks, at least one. */
__attribute__((target("pclmul"))) static uint32_t
by_folding(uint32_t crc, const unsigned char *at, size_t size) {
  const __m128i by_block = _mm_set_epi64x(0x1c6e41596, 0x154442bd4);
  const __m128i by_lane = _mm_set_epi64x(0x0ccaa009e, 0x1751997d0);
  __m128i lanes[LANES];
  memcpy(lanes, at, BLOCK);
  lanes[0] = _mm_xor_si128(lanes[0], _mm_cvtsi32_si128((int)crc));
  for (at += BLOCK, size -= BLOCK; size; at += BLOCK, size -= BLOCK)
    for (int i = 0; i < LANES; i++)
      lanes[i] = fold(lanes[i], by_block,
                      _mm_loadu_si128((const __m128i *)(at + i * LANE)));
  for (int i = 1; i < LANES; i++)
    lanes[0] = fold(lanes[0], by_lane, lanes[i]);
  unsigned char rest[LANE];
  memcpy(rest, lanes, LANE);
  return by_tables(0, rest, LANE);
}
#else
enum { BLOCK = 1 };

static bool can_fold(void) { return false; }

static uint32_t by_folding(uint32_t crc, const unsigned char *at, size_t size) {
  return by_tables(crc, at, size);
}
#endif

uint32_t dlc_crc32(uint32_t crc, const void *data, size_t size) {
  const unsigned char *at = data;
  size_t blocks = can_fold() ? size / BLOCK * BLOCK : 0;
  crc = ~crc;
  if (blocks)
    crc = by_folding(crc, at, blocks);
  return ~by_tables(crc, at + blocks, size - blocks);
}
