/*===- runtime/inflate.c - the deflate format, RFC 1951 -----------*- C -*-===*
 *
 * Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

#include "program.h"
#include <string.h>

enum { MAX_BITS = 15, FAST_BITS = 10, LITERALS = 288, DISTANCES = 32 };
enum { END_OF_BLOCK = 256 };

typedef struct stream {
  const unsigned char *in, *in_end;
  unsigned char *out, *out_begin, *out_end;
  uint64_t bits; /* the next ones, lowest first */
  int count;
  bool corrupt, full;
} stream;

/* A canonical Huffman code. Codes of up to FAST_BITS bits are looked up at
 * once (symbol << 4 | length; 0: none); longer ones by counting. */
typedef struct code {
  uint16_t fast[1 << FAST_BITS];
  uint16_t counts[MAX_BITS + 1]; /* codes of each length */
  uint16_t symbols[LITERALS];    /* in the order of their codes */
} code;

static void refill(stream *s) {
  while (s->count <= 56 && s->in < s->in_end) {
    s->bits |= (uint64_t)*s->in++ << s->count;
    s->count += 8;
  }
}

static uint32_t take(stream *s, int n) {
  if (s->count < n)
    refill(s);
  if (s->count < n) {
    s->corrupt = true;
    return 0;
  }
  uint32_t value = (uint32_t)(s->bits & ((1ull << n) - 1));
  s->bits >>= n;
  s->count -= n;
  return value;
}

static uint32_t reverse(uint32_t value, int bits) {
  uint32_t result = 0;
  for (int i = 0; i < bits; i++)
    result |= (value >> i & 1) << (bits - 1 - i);
  return result;
}

/* False: the lengths are no prefix code. A code may be incomplete only when it
 * has a single symbol. */
static bool make_code(code *c, const uint8_t *lengths, int symbols) {
  uint16_t offsets[MAX_BITS + 2] = {0};
  uint32_t next[MAX_BITS + 2] = {0};
  memset(c, 0, sizeof *c);
  for (int i = 0; i < symbols; i++)
    c->counts[lengths[i]]++;
  int used = symbols - c->counts[0];
  c->counts[0] = 0;
  int32_t left = 1; /* codes that are still free */
  for (int n = 1; n <= MAX_BITS; n++) {
    left = left * 2 - c->counts[n];
    if (left < 0)
      return false;
    offsets[n + 1] = (uint16_t)(offsets[n] + c->counts[n]);
    next[n + 1] = (next[n] + c->counts[n]) << 1;
  }
  if (left > 0 && used > 1)
    return false;
  for (int i = 0; i < symbols; i++) {
    int n = lengths[i];
    if (!n)
      continue;
    c->symbols[offsets[n]++] = (uint16_t)i;
    uint32_t bits = reverse(next[n]++, n);
    for (uint32_t j = bits; n <= FAST_BITS && j < 1 << FAST_BITS; j += 1u << n)
      c->fast[j] = (uint16_t)(i << 4 | n);
  }
  return true;
}

static int decode(stream *s, const code *c) {
  refill(s);
  uint32_t entry = c->fast[s->bits & ((1 << FAST_BITS) - 1)];
  if (entry && (int)(entry & 15) <= s->count) {
    s->bits >>= entry & 15;
    s->count -= entry & 15;
    return (int)(entry >> 4);
  }
  int32_t value = 0, first = 0, index = 0;
  for (int n = 1; n <= MAX_BITS && n <= s->count; n++) {
    value |= (int32_t)(s->bits >> (n - 1) & 1);
    int32_t count = c->counts[n];
    if (value - first < count) {
      s->bits >>= n;
      s->count -= n;
      return c->symbols[index + value - first];
    }
    index += count;
    first = (first + count) << 1;
    value <<= 1;
  }
  s->corrupt = true;
  return END_OF_BLOCK;
}

static void copy_stored(stream *s) {
  take(s, s->count & 7);
  uint32_t length = take(s, 16), inverted = take(s, 16);
  if (s->corrupt || length != (inverted ^ 0xffff)) {
    s->corrupt = true;
    return;
  }
  for (; length && s->count; length--) { /* what was read ahead */
    if (s->out == s->out_end) {
      s->full = true;
      return;
    }
    *s->out++ = (unsigned char)take(s, 8);
  }
  size_t n = length, room = (size_t)(s->out_end - s->out);
  if (n > (size_t)(s->in_end - s->in)) {
    s->corrupt = true;
    return;
  }
  s->full = n > room;
  n = n > room ? room : n;
  memcpy(s->out, s->in, n);
  s->out += n;
  s->in += n;
}

static void copy_match(stream *s, uint32_t length, uint32_t distance) {
  if (distance > (size_t)(s->out - s->out_begin)) {
    s->corrupt = true;
    return;
  }
  size_t room = (size_t)(s->out_end - s->out);
  if (length > room) {
    s->full = true;
    length = (uint32_t)room;
  }
  const unsigned char *from = s->out - distance;
  for (uint32_t i = 0; i < length; i++) /* may overlap: byte by byte */
    s->out[i] = from[i];
  s->out += length;
}

static void inflate_codes(stream *s, const code *literals,
                          const code *distances) {
  static const uint16_t length_base[] = {
      3,  4,  5,  6,  7,  8,  9,  10, 11,  13,  15,  17,  19,  23, 27,
      31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258};
  static const uint8_t length_bits[] = {0, 0, 0, 0, 0, 0, 0, 0, 1, 1,
                                        1, 1, 2, 2, 2, 2, 3, 3, 3, 3,
                                        4, 4, 4, 4, 5, 5, 5, 5, 0};
  static const uint16_t distance_base[] = {
      1,    2,    3,    4,    5,    7,    9,    13,    17,    25,
      33,   49,   65,   97,   129,  193,  257,  385,   513,   769,
      1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577};
  while (!s->corrupt && !s->full) {
    int symbol = decode(s, literals);
    if (symbol == END_OF_BLOCK)
      return;
    if (symbol < END_OF_BLOCK) {
      if (s->out == s->out_end)
        s->full = true;
      else
        *s->out++ = (unsigned char)symbol;
      continue;
    }
    symbol -= END_OF_BLOCK + 1;
    if (symbol >= 29) {
      s->corrupt = true;
      return;
    }
    uint32_t length = length_base[symbol] + take(s, length_bits[symbol]);
    int far = decode(s, distances);
    if (s->corrupt || far >= 30) {
      s->corrupt = true;
      return;
    }
    uint32_t distance =
        distance_base[far] + take(s, far < 4 ? 0 : (far - 2) / 2);
    if (!s->corrupt)
      copy_match(s, length, distance);
  }
}

static void inflate_fixed(stream *s, code *literals, code *distances) {
  uint8_t lengths[LITERALS];
  memset(lengths, 8, 144);
  memset(lengths + 144, 9, 112);
  memset(lengths + 256, 7, 24);
  memset(lengths + 280, 8, 8);
  make_code(literals, lengths, LITERALS);
  memset(lengths, 5, DISTANCES);
  make_code(distances, lengths, DISTANCES);
  inflate_codes(s, literals, distances);
}

/* The lengths of both codes, themselves run-length and Huffman coded. */
static bool read_lengths(stream *s, const code *c, uint8_t *lengths,
                         uint32_t total) {
  uint32_t i = 0;
  while (i < total && !s->corrupt) {
    int symbol = decode(s, c);
    if (s->corrupt)
      return false;
    if (symbol < 16) {
      lengths[i++] = (uint8_t)symbol;
      continue;
    }
    if (symbol > 18 || (symbol == 16 && i == 0))
      return false;
    uint8_t value = symbol == 16 ? lengths[i - 1] : 0;
    uint32_t repeat = symbol == 16   ? 3 + take(s, 2)
                      : symbol == 17 ? 3 + take(s, 3)
                                     : 11 + take(s, 7);
    if (repeat > total - i)
      return false;
    memset(lengths + i, value, repeat);
    i += repeat;
  }
  return !s->corrupt;
}

static void inflate_dynamic(stream *s, code *literals, code *distances) {
  static const uint8_t order[] = {16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
                                  11, 4,  12, 3, 13, 2, 14, 1, 15};
  uint8_t lengths[LITERALS + DISTANCES] = {0};
  uint32_t num_literals = 257 + take(s, 5), num_distances = 1 + take(s, 5);
  uint32_t num_lengths = 4 + take(s, 4);
  for (uint32_t i = 0; i < num_lengths; i++)
    lengths[order[i]] = (uint8_t)take(s, 3);
  bool good = !s->corrupt && num_literals <= 286 && num_distances <= 30 &&
              make_code(literals, lengths, 19);
  memset(lengths, 0, 19);
  good = good &&
         read_lengths(s, literals, lengths, num_literals + num_distances) &&
         lengths[END_OF_BLOCK] &&
         make_code(literals, lengths, (int)num_literals) &&
         make_code(distances, lengths + num_literals, (int)num_distances);
  if (good)
    inflate_codes(s, literals, distances);
  else
    s->corrupt = true;
}

int64_t dlc_inflate(dlc_bytes packed, unsigned char *out, size_t room,
                    bool *done) {
  stream s = {.in = packed.data,
              .in_end = packed.data + packed.size,
              .out = out,
              .out_begin = out,
              .out_end = out + room};
  code literals, distances;
  bool last = false;
  while (!last && !s.corrupt && !s.full) {
    last = take(&s, 1);
    switch (take(&s, 2)) {
    case 0:
      copy_stored(&s);
      break;
    case 1:
      inflate_fixed(&s, &literals, &distances);
      break;
    case 2:
      inflate_dynamic(&s, &literals, &distances);
      break;
    default:
      s.corrupt = true;
    }
  }
  *done = last && !s.corrupt && !s.full;
  return s.corrupt ? -1 : s.out - out;
}
