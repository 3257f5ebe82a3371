/*===- runtime/image/image.h - images in compiled code ------------*- C -*-===*
 *
 * Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*
 *
 * A decoder reads a file's header, says the size (dlc_image_begin) and hands
 * out rows as they lie in the file, if they are asked for; what is wanted of
 * them is image.c's business. The file is not trusted: libraries check what
 * they read, and no row is written beyond the size that was said.
 *
 *===----------------------------------------------------------------------===*/

#ifndef DLC_RUNTIME_IMAGE_H
#define DLC_RUNTIME_IMAGE_H

#include "../strings.h"

#pragma GCC visibility push(hidden)

/* No library is asked for more memory in one piece. */
#define DLC_IMAGE_MOST_BYTES ((int64_t)1 << 31)

typedef enum dlc_pixels {
  DLC_PIXELS_RGB,
  DLC_PIXELS_BGR,
  DLC_PIXELS_GRAY
} dlc_pixels;

typedef struct dlc_image {
  const unsigned char *data;
  size_t size;
  int64_t height, width;
  unsigned char *pixels; /* NULL: only the size is asked for */
  int64_t room;          /* bytes there */
  dlc_pixels order;
  char message[DLC_MESSAGE_SIZE]; /* why it failed, or empty */
} dlc_image;

/* Samples of a pixel in a row, a byte each. */
typedef enum dlc_row {
  DLC_ROW_GRAY = 1,
  DLC_ROW_RGB = 3,
  DLC_ROW_RGBA = 4,
  DLC_ROW_CMYK = 5 /* of 4 samples */
} dlc_row;

/* Keeps the first reason. */
__attribute__((format(printf, 2, 3))) void
dlc_image_fail(dlc_image *image, const char *format, ...);
/* Whether rows are to follow; else it was all that was wanted, or failed. */
bool dlc_image_begin(dlc_image *image, int64_t width, int64_t height);
void dlc_image_row(dlc_image *image, int64_t y, const unsigned char *samples,
                   dlc_row kind);
/* NULL: failed. */
void *dlc_image_allocate(dlc_image *image, int64_t count, int64_t each);

/* Before a library is called. */
void dlc_image_open_streams(void);

void dlc_image_bmp(dlc_image *image);
void dlc_image_jpeg(dlc_image *image);
void dlc_image_jpeg2000(dlc_image *image);
void dlc_image_png(dlc_image *image);
void dlc_image_pnm(dlc_image *image);
void dlc_image_tiff(dlc_image *image);
void dlc_image_webp(dlc_image *image);

/*===- what compiled code calls: kernels of one unit ----------------------===*/

#define DLC_IMAGE_FUNCTION(name)                                               \
  void dlc_image_##name(const void *arguments, int64_t begin, int64_t end,     \
                        void *scratch)

/* The bytes of a file -> its height and width, int64 [2] */
DLC_IMAGE_FUNCTION(size);
/* The bytes of a file, dlc_pixels as int64 -> uint8 [height, width, 1 or 3] */
DLC_IMAGE_FUNCTION(decode);

#pragma GCC visibility pop

#endif /* DLC_RUNTIME_IMAGE_H */
