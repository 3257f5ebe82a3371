/*===- runtime/image/image.c - which image it is, and its pixels --*- C -*-===*
 *
 * Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*
 *
 * What alpha, CMYK and colours become follows Pillow's `convert`, which ONNX's
 * reference decodes with.
 *
 *===----------------------------------------------------------------------===*/

#include "image.h"
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* Pillow refuses more, too: it takes them for a bomb. */
#define MOST_PIXELS ((int64_t)178956970)

/*===----------------------------------------------------------------------===*
 * For decoders
 *===----------------------------------------------------------------------===*/

void dlc_image_fail(dlc_image *image, const char *format, ...) {
  if (*image->message)
    return;
  va_list values;
  va_start(values, format);
  vsnprintf(image->message, sizeof image->message, format, values);
  va_end(values);
  /* A library may quote the file. */
  for (char *c = image->message; *c; c++)
    if (*c < ' ' || *c > '~')
      *c = '?';
}

bool dlc_image_begin(dlc_image *image, int64_t width, int64_t height) {
  if (*image->message)
    return false;
  if (width < 1 || height < 1) {
    dlc_image_fail(image, "it has no pixels");
    return false;
  }
  if (height > MOST_PIXELS / width) {
    dlc_image_fail(image,
                   "%" PRId64 " x %" PRId64 " pixels are more than the %" PRId64
                   " that are decoded",
                   width, height, MOST_PIXELS);
    return false;
  }
  image->width = width, image->height = height;
  if (!image->pixels)
    return false;
  if (width * height * (image->order == DLC_PIXELS_GRAY ? 1 : 3) == image->room)
    return true;
  dlc_image_fail(image, "it changed while it was decoded");
  return false;
}

void *dlc_image_allocate(dlc_image *image, int64_t count, int64_t each) {
  int64_t size;
  void *data = NULL;
  if (!__builtin_mul_overflow(count, each, &size) && size > 0 &&
      size <= DLC_IMAGE_MOST_BYTES)
    data = malloc((size_t)size);
  if (!data)
    dlc_image_fail(image, "no memory to decode it");
  return data;
}

/*===----------------------------------------------------------------------===*
 * Pixels
 *===----------------------------------------------------------------------===*/

/* a * b / 255, rounded. */
static int scaled(int a, int b) {
  int t = a * b + 128;
  return ((t >> 8) + t) >> 8;
}

static void to_rgb(unsigned char rgb[3], const unsigned char *from,
                   dlc_row kind) {
  int light = kind == DLC_ROW_CMYK ? 255 - from[3] : 0;
  for (int c = 0; c < 3; c++)
    rgb[c] =
        (unsigned char)(kind == DLC_ROW_GRAY   ? from[0]
                        : kind == DLC_ROW_CMYK ? light - scaled(from[c], light)
                                               : from[c]);
}

/* ITU-R BT.601's luma. */
static unsigned char to_gray(const unsigned char rgb[3]) {
  return (unsigned char)((rgb[0] * 19595 + rgb[1] * 38470 + rgb[2] * 7471 +
                          0x8000) >>
                         16);
}

void dlc_image_row(dlc_image *image, int64_t y, const unsigned char *samples,
                   dlc_row kind) {
  if (y < 0 || y >= image->height)
    return;
  int step = kind == DLC_ROW_CMYK ? 4 : (int)kind;
  int channels = image->order == DLC_PIXELS_GRAY ? 1 : 3;
  unsigned char *to = image->pixels + y * image->width * channels;
  for (int64_t x = 0; x < image->width; x++, samples += step, to += channels) {
    unsigned char rgb[3];
    to_rgb(rgb, samples, kind);
    if (channels == 1) {
      *to = to_gray(rgb);
      continue;
    }
    bool reversed = image->order == DLC_PIXELS_BGR;
    to[0] = rgb[reversed ? 2 : 0];
    to[1] = rgb[1];
    to[2] = rgb[reversed ? 0 : 2];
  }
}

/*===----------------------------------------------------------------------===*
 * Formats
 *===----------------------------------------------------------------------===*/

/* Those that dlc was built without have no decoder. */
#ifndef DLC_HAS_JPEG
#define dlc_image_jpeg NULL
#endif
#ifndef DLC_HAS_JPEG2000
#define dlc_image_jpeg2000 NULL
#endif
#ifndef DLC_HAS_PNG
#define dlc_image_png NULL
#endif
#ifndef DLC_HAS_TIFF
#define dlc_image_tiff NULL
#endif
#ifndef DLC_HAS_WEBP
#define dlc_image_webp NULL
#endif

typedef struct image_format {
  const char *name, *library;
  void (*decode)(dlc_image *);
  size_t at, size; /* of the bytes that tell it */
  const char *mark;
} image_format;

static const image_format formats[] = {
    {"BMP", "", dlc_image_bmp, 0, 2, "BM"},
    {"JPEG", "libjpeg-turbo", dlc_image_jpeg, 0, 3, "\xff\xd8\xff"},
    {"JPEG 2000", "OpenJPEG", dlc_image_jpeg2000, 0, 4, "\xff\x4f\xff\x51"},
    {"JPEG 2000", "OpenJPEG", dlc_image_jpeg2000, 0, 8, "\0\0\0\14jP  "},
    {"PNG", "libpng", dlc_image_png, 0, 8, "\x89PNG\r\n\x1a\n"},
    {"PNM", "", dlc_image_pnm, 0, 2, "P1"},
    {"PNM", "", dlc_image_pnm, 0, 2, "P2"},
    {"PNM", "", dlc_image_pnm, 0, 2, "P3"},
    {"PNM", "", dlc_image_pnm, 0, 2, "P4"},
    {"PNM", "", dlc_image_pnm, 0, 2, "P5"},
    {"PNM", "", dlc_image_pnm, 0, 2, "P6"},
    {"TIFF", "libtiff", dlc_image_tiff, 0, 4, "II*\0"},
    {"TIFF", "libtiff", dlc_image_tiff, 0, 4, "MM\0*"},
    {"TIFF", "libtiff", dlc_image_tiff, 0, 4, "II+\0"},
    {"TIFF", "libtiff", dlc_image_tiff, 0, 4, "MM\0+"},
    {"WebP", "libwebp", dlc_image_webp, 8, 4, "WEBP"},
};

static const image_format *format_of(const dlc_image *image) {
  for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
    const image_format *f = &formats[i];
    if (image->size >= f->at + f->size &&
        memcmp(image->data + f->at, f->mark, f->size) == 0)
      return f;
  }
  return NULL;
}

static bool decode(dlc_image *image, dlc_strings *strings) {
  const image_format *format = format_of(image);
  if (!format) {
    dlc_strings_fail(strings,
                     "the %zu bytes are no BMP, JPEG, JPEG 2000, PNG, "
                     "PNM, TIFF or WebP image",
                     image->size);
    return false;
  }
  dlc_image_open_streams();
  if (format->decode)
    format->decode(image);
  else
    dlc_image_fail(image, "dlc was built without %s", format->library);
  if (*image->message)
    dlc_strings_fail(strings, "the %s image cannot be decoded: %s",
                     format->name, image->message);
  return !*image->message;
}

static dlc_image image_of(const dlc_call *call) {
  return (dlc_image){.data = call->inputs[0],
                     .size = (size_t)call->input_count};
}

DLC_IMAGE_FUNCTION(size) {
  const dlc_call *call = arguments;
  dlc_image image = image_of(call);
  int64_t *to = call->result;
  bool done = decode(&image, call->strings);
  to[0] = done ? image.height : 0;
  to[1] = done ? image.width : 0;
}

DLC_IMAGE_FUNCTION(decode) {
  const dlc_call *call = arguments;
  dlc_image image = image_of(call);
  image.pixels = call->result;
  image.room = call->count;
  image.order = (dlc_pixels) * (const int64_t *)call->inputs[1];
  decode(&image, call->strings);
}
