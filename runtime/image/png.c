/*===- runtime/image/png.c - PNG, by libpng -----------------------*- C -*-===*
 *
 * Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

#include "image.h"
#include <png.h>
#include <stdlib.h>

typedef struct portable {
  dlc_image *image;
  size_t at;
  png_structp state;
  png_infop info;
  unsigned char *rows; /* one, or all that an interlaced image has */
} portable;

static void stop(png_structp state, png_const_charp why) {
  dlc_image_fail(png_get_error_ptr(state), "%s", why);
  png_longjmp(state, 1);
}

static void say_nothing(png_structp state, png_const_charp what) {}

static void get_bytes(png_structp state, png_bytep to, size_t size) {
  portable *p = png_get_io_ptr(state);
  if (size > p->image->size - p->at)
    png_error(state, "it is truncated");
  memcpy(to, p->image->data + p->at, size);
  p->at += size;
}

/* Gray or RGB, 8 bits each. */
static void make_plain(portable *p) {
  png_set_strip_16(p->state);
  png_set_expand_gray_1_2_4_to_8(p->state);
  png_set_palette_to_rgb(p->state);
  png_set_strip_alpha(p->state);
}

static void read_rows(portable *p) {
  png_set_user_limits(p->state, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
  png_set_read_fn(p->state, p, get_bytes);
  png_read_info(p->state, p->info);
  int64_t width = png_get_image_width(p->state, p->info),
          height = png_get_image_height(p->state, p->info);
  if (!dlc_image_begin(p->image, width, height))
    return;
  make_plain(p);
  int passes = png_set_interlace_handling(p->state);
  png_read_update_info(p->state, p->info);
  int channels = png_get_channels(p->state, p->info);
  int64_t bytes = (int64_t)png_get_rowbytes(p->state, p->info);
  dlc_row kind = channels == 1 ? DLC_ROW_GRAY : DLC_ROW_RGB;
  if (bytes != width * kind) {
    dlc_image_fail(p->image, "its samples are unknown");
    return;
  }
  p->rows = dlc_image_allocate(p->image, passes > 1 ? height : 1, bytes);
  if (!p->rows)
    return;
  for (int pass = 0; pass < passes; pass++)
    for (int64_t y = 0; y < height; y++) {
      unsigned char *row = p->rows + (passes > 1 ? y * bytes : 0);
      png_read_row(p->state, row, NULL);
      if (pass == passes - 1)
        dlc_image_row(p->image, y, row, kind);
    }
  png_read_end(p->state, NULL);
}

/* A function of its own: what is changed between lies outside of it. */
static void attempt(portable *p) {
  if (!setjmp(png_jmpbuf(p->state)))
    read_rows(p);
}

void dlc_image_png(dlc_image *image) {
  portable p = {.image = image};
  p.state =
      png_create_read_struct(PNG_LIBPNG_VER_STRING, image, stop, say_nothing);
  p.info = p.state ? png_create_info_struct(p.state) : NULL;
  if (!p.info)
    dlc_image_fail(image, "no memory to decode it");
  else
    attempt(&p);
  png_destroy_read_struct(&p.state, &p.info, NULL);
  free(p.rows);
}
