/*===- runtime/image/pnm.c - portable bitmaps, gray and pixel maps *- C -*-===*
 *
 * Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

#include "image.h"
#include <math.h>
#include <stdlib.h>

typedef struct portable {
  dlc_image *image;
  const unsigned char *at, *end;
  bool text;  /* numbers, not bytes */
  bool black; /* bits, 1 is black */
  int64_t most;
  int channels;
} portable;

static bool is_space(int c) { return c == ' ' || (c >= 9 && c <= 13); }

/* To the end of its line, if there is one. */
static void skip_comment(portable *p) {
  if (p->at < p->end && *p->at == '#')
    while (p->at < p->end && *p->at != '\n' && *p->at != '\r')
      p->at++;
}

static void skip_space(portable *p) {
  for (skip_comment(p); p->at < p->end && is_space(*p->at); skip_comment(p))
    p->at++;
}

/* A number of at most 10 digits; -1: there is none. */
static int64_t number(portable *p, int digits) {
  skip_space(p);
  const unsigned char *start = p->at;
  int64_t value = 0;
  while (p->at < p->end && p->at - start < digits && *p->at >= '0' &&
         *p->at <= '9')
    value = 10 * value + *p->at++ - '0';
  return p->at > start ? value : -1;
}

/* The next sample, as it is in the file; -1: there is none. */
static int64_t sample(portable *p) {
  if (p->text)
    return number(p, p->black ? 1 : 10);
  int bytes = p->most > 255 ? 2 : 1;
  if (p->end - p->at < bytes)
    return -1;
  int64_t value = *p->at++;
  return bytes == 2 ? value << 8 | *p->at++ : value;
}

static bool read_bits(portable *p, unsigned char *row, int64_t count) {
  if (p->end - p->at < (count + 7) / 8)
    return false;
  for (int64_t x = 0; x < count; x++)
    row[x] = p->at[x / 8] >> (7 - x % 8) & 1 ? 0 : 255;
  p->at += (count + 7) / 8;
  return true;
}

static bool read_row(portable *p, unsigned char *row, int64_t count) {
  if (p->black && !p->text)
    return read_bits(p, row, count);
  for (int64_t x = 0; x < count; x++) {
    int64_t value = sample(p);
    if (value < 0 || (p->text && value > p->most))
      return false;
    value = value < p->most ? value : p->most;
    row[x] = p->black ? (value ? 0 : 255)
             : p->most == 255
                 ? (unsigned char)value
                 : (unsigned char)rint((double)value / (double)p->most * 255);
  }
  return true;
}

void dlc_image_pnm(dlc_image *image) {
  int kind = image->data[1] - '0';
  portable p = {.image = image,
                .at = image->data + 2,
                .end = image->data + image->size,
                .text = kind <= 3,
                .black = kind % 3 == 1,
                .most = 1,
                .channels = kind % 3 ? 1 : 3};
  int64_t width = number(&p, 10), height = number(&p, 10);
  if (!p.black)
    p.most = number(&p, 10);
  skip_comment(&p); /* its end is the space that ends the number */
  if (width < 0 || height < 0 || p.most < 1 || p.most > 65535 ||
      p.at == p.end || !is_space(*p.at)) {
    dlc_image_fail(image, "its header is malformed");
    return;
  }
  p.at++;
  if (!dlc_image_begin(image, width, height))
    return;
  dlc_row row = p.channels == 1 ? DLC_ROW_GRAY : DLC_ROW_RGB;
  unsigned char *samples = dlc_image_allocate(image, width, p.channels);
  for (int64_t y = 0; samples && y < height; y++) {
    if (!read_row(&p, samples, width * p.channels)) {
      dlc_image_fail(image, "it is truncated, or a number is malformed");
      break;
    }
    dlc_image_row(image, y, samples, row);
  }
  free(samples);
}
