/*===- runtime/image/bmp.c - Windows' and OS/2's bitmaps ----------*- C -*-===*
 *
 * Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

#include "image.h"
#include <stdlib.h>

enum { FILE_HEADER = 14, CORE_HEADER = 12, INFO_HEADER = 40 };
enum { PLAIN = 0, RLE8 = 1, RLE4 = 2, BIT_FIELDS = 3, ALPHA_BIT_FIELDS = 6 };

typedef struct bitmap {
  dlc_image *image;
  int64_t width, height;
  bool top_down;
  uint32_t bits, compression;
  uint32_t masks[3]; /* red, green, blue; of 16 and 32 bits */
  unsigned char palette[256][3];
  const unsigned char *at, *end; /* of the pixels */
  unsigned char *row;            /* being made, RGB */
  int64_t y;                     /* rows made, in the order of the file */
} bitmap;

static uint32_t get(const unsigned char *from, int bytes) {
  uint32_t value = 0;
  while (bytes--)
    value = value << 8 | from[bytes];
  return value;
}

static void finish_row(bitmap *b) {
  dlc_image_row(b->image, b->top_down ? b->y : b->height - 1 - b->y, b->row,
                DLC_ROW_RGB);
  b->y++;
}

/*===----------------------------------------------------------------------===*
 * Header
 *===----------------------------------------------------------------------===*/

static bool fail(bitmap *b, const char *why) {
  dlc_image_fail(b->image, "%s", why);
  return false;
}

static bool read_palette(bitmap *b, size_t at, size_t count, size_t each) {
  const dlc_image *image = b->image;
  if (count == 0 || count > (size_t)1 << b->bits)
    count = (size_t)1 << b->bits;
  if (at > image->size || count > (image->size - at) / each)
    return fail(b, "its palette is truncated");
  for (size_t i = 0; i < count; i++)
    for (int c = 0; c < 3; c++)
      b->palette[i][c] = image->data[at + i * each + 2 - (size_t)c];
  return true;
}

static bool read_masks(bitmap *b) {
  static const uint32_t usual[2][3] = {{0x7c00, 0x3e0, 0x1f},
                                       {0xff0000, 0xff00, 0xff}};
  memcpy(b->masks, usual[b->bits == 32], sizeof b->masks);
  if (b->compression == PLAIN)
    return true;
  size_t at = FILE_HEADER + INFO_HEADER;
  if (b->image->size < at + 12)
    return fail(b, "its header is truncated");
  for (int c = 0; c < 3; c++) {
    uint32_t mask = b->masks[c] = get(b->image->data + at + 4 * c, 4);
    uint32_t low = mask & -mask;
    if (!mask || (mask / low & (mask / low + 1)))
      return fail(b, "the mask of a colour is not one row of bits");
  }
  return true;
}

static bool is_supported(const bitmap *b) {
  switch (b->compression) {
  case PLAIN:
    return b->bits == 1 || b->bits == 2 || b->bits == 4 || b->bits == 8 ||
           b->bits == 16 || b->bits == 24 || b->bits == 32;
  case RLE8:
    return b->bits == 8 && !b->top_down;
  case RLE4:
    return b->bits == 4 && !b->top_down;
  case BIT_FIELDS:
  case ALPHA_BIT_FIELDS:
    return b->bits == 16 || b->bits == 32;
  default:
    return false;
  }
}

static bool read_header(bitmap *b) {
  const dlc_image *image = b->image;
  const unsigned char *info = image->data + FILE_HEADER;
  if (image->size < FILE_HEADER + CORE_HEADER)
    return fail(b, "its header is truncated");
  size_t header = get(info, 4), colours = 0;
  bool core = header == CORE_HEADER;
  if (!core && header < INFO_HEADER)
    return fail(b, "its header has an unknown size");
  if (header > image->size - FILE_HEADER)
    return fail(b, "its header is truncated");
  if (core) {
    b->width = get(info + 4, 2), b->height = get(info + 6, 2);
    b->bits = get(info + 10, 2);
  } else {
    b->width = (int32_t)get(info + 4, 4), b->height = (int32_t)get(info + 8, 4);
    b->bits = get(info + 14, 2), b->compression = get(info + 16, 4);
    colours = get(info + 32, 4);
    b->top_down = b->height < 0;
    b->height = b->top_down ? -b->height : b->height;
  }
  if (!is_supported(b)) {
    dlc_image_fail(b->image, "%u bits a pixel with compression %u are unknown",
                   b->bits, b->compression);
    return false;
  }
  if (b->bits <= 8)
    return read_palette(b, FILE_HEADER + header, colours, core ? 3 : 4);
  return b->bits == 24 || read_masks(b);
}

/*===----------------------------------------------------------------------===*
 * Pixels
 *===----------------------------------------------------------------------===*/

static void set_pixel(bitmap *b, int64_t x, uint32_t index) {
  memcpy(b->row + 3 * x, b->palette[index], 3);
}

static unsigned char field(uint32_t pixel, uint32_t mask) {
  uint32_t low = mask & -mask;
  return (unsigned char)((uint64_t)((pixel & mask) / low) * 255 / (mask / low));
}

static void read_plain(bitmap *b) {
  int64_t used = (b->width * b->bits + 7) / 8, stride = (used + 3) / 4 * 4;
  int64_t left = b->end - b->at;
  if (left < used || (left - used) / stride < b->height - 1) {
    fail(b, "it is truncated");
    return;
  }
  for (; b->y < b->height; b->at += stride) {
    for (int64_t x = 0; x < b->width; x++) {
      const unsigned char *from = b->at + x * b->bits / 8;
      unsigned char *to = b->row + 3 * x;
      if (b->bits <= 8) {
        unsigned shift = 8 - b->bits - (unsigned)(x * b->bits % 8);
        set_pixel(b, x, *from >> shift & ((1u << b->bits) - 1));
      } else if (b->bits == 24) {
        to[0] = from[2], to[1] = from[1], to[2] = from[0];
      } else {
        uint32_t pixel = get(from, (int)b->bits / 8);
        for (int c = 0; c < 3; c++)
          to[c] = field(pixel, b->masks[c]);
      }
    }
    finish_row(b);
  }
}

/* What is not said has colour 0. */
static void clear_row(bitmap *b) {
  for (int64_t x = 0; x < b->width; x++)
    set_pixel(b, x, 0);
}

static void next_row(bitmap *b) {
  finish_row(b);
  clear_row(b);
}

/* Runs of one index, or of two by turns. */
static int64_t put_run(bitmap *b, int64_t x, int count, unsigned char value) {
  for (int i = 0; i < count && x < b->width; i++, x++)
    set_pixel(b, x, b->bits == 8 ? value : i % 2 ? value & 15u : value >> 4u);
  return x;
}

static int64_t put_literal(bitmap *b, int64_t x, int count) {
  for (int i = 0; i < count && x < b->width; i++, x++) {
    unsigned char value = b->at[b->bits == 8 ? i : i / 2];
    set_pixel(b, x, b->bits == 8 ? value : i % 2 ? value & 15u : value >> 4u);
  }
  return x;
}

static void read_runs(bitmap *b) {
  int64_t x = 0;
  clear_row(b);
  while (b->y < b->height) {
    if (b->end - b->at < 2) {
      fail(b, "it is truncated");
      return;
    }
    int count = *b->at++, value = *b->at++;
    if (count) {
      x = put_run(b, x, count, (unsigned char)value);
    } else if (value == 0) { /* the end of a row */
      next_row(b);
      x = 0;
    } else if (value == 1) { /* the end */
      while (b->y < b->height)
        next_row(b);
    } else if (value == 2) { /* to the right and up */
      if (b->end - b->at < 2) {
        fail(b, "it is truncated");
        return;
      }
      x += *b->at++;
      x = x < b->width ? x : b->width;
      for (int up = *b->at++; up && b->y < b->height; up--)
        next_row(b);
    } else {
      int bytes = b->bits == 8 ? value : (value + 1) / 2;
      if (b->end - b->at < bytes) {
        fail(b, "it is truncated");
        return;
      }
      x = put_literal(b, x, value);
      b->at += bytes;
      b->at += bytes % 2 && b->at < b->end;
    }
  }
}

void dlc_image_bmp(dlc_image *image) {
  bitmap b = {.image = image};
  if (!read_header(&b) || !dlc_image_begin(image, b.width, b.height))
    return;
  size_t offset = get(image->data + 10, 4);
  b.end = image->data + image->size;
  b.at = offset < image->size ? image->data + offset : b.end;
  b.row = dlc_image_allocate(image, b.width, 3);
  if (b.row && (b.compression == RLE8 || b.compression == RLE4))
    read_runs(&b);
  else if (b.row)
    read_plain(&b);
  free(b.row);
}
