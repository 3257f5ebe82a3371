/*===- runtime/image/jpeg2000.c - JPEG 2000, by OpenJPEG ----------*- C -*-===*
 *
 * Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

#include "image.h"
#include <openjpeg.h>
#include <stdlib.h>

typedef struct jpeg2000 {
  dlc_image *image;
  size_t at;
  opj_stream_t *stream;
  opj_codec_t *codec;
  opj_image_t *planes;
  unsigned char *row;
} jpeg2000;

/*===----------------------------------------------------------------------===*
 * The file, and errors
 *===----------------------------------------------------------------------===*/

static OPJ_SIZE_T get_bytes(void *to, OPJ_SIZE_T size, void *self) {
  jpeg2000 *j = self;
  size_t left = j->image->size - j->at;
  if (!left)
    return (OPJ_SIZE_T)-1;
  size = size < left ? size : left;
  memcpy(to, j->image->data + j->at, size);
  j->at += size;
  return size;
}

static OPJ_OFF_T skip(OPJ_OFF_T count, void *self) {
  jpeg2000 *j = self;
  size_t left = j->image->size - j->at;
  if (count < 0)
    return -1;
  count = (size_t)count < left ? count : (OPJ_OFF_T)left;
  j->at += (size_t)count;
  return count;
}

static OPJ_BOOL seek(OPJ_OFF_T at, void *self) {
  jpeg2000 *j = self;
  if (at < 0 || (size_t)at > j->image->size)
    return OPJ_FALSE;
  j->at = (size_t)at;
  return OPJ_TRUE;
}

static void fail(const char *text, void *self) {
  jpeg2000 *j = self;
  size_t size = strcspn(text, "\n");
  dlc_image_fail(j->image, "%.*s", size < 100 ? (int)size : 100, text);
}

static void say_nothing(const char *text, void *self) {}

/*===----------------------------------------------------------------------===*
 * Samples
 *===----------------------------------------------------------------------===*/

/* The sample of 8 bits at a pixel; a plane may have fewer columns and rows. */
static int sample(const jpeg2000 *j, const opj_image_comp_t *c, int64_t x,
                  int64_t y) {
  int64_t column = (j->planes->x0 + x) / c->dx - c->x0,
          row = (j->planes->y0 + y) / c->dy - c->y0;
  column = column < 0 ? 0 : column < c->w ? column : c->w - 1;
  row = row < 0 ? 0 : row < c->h ? row : c->h - 1;
  int64_t value = c->data[row * c->w + column];
  int64_t excess = (int64_t)c->prec - 8;
  value += c->sgnd ? (int64_t)1 << (c->prec - 1) : 0;
  value = excess > 0 ? (value + ((int64_t)1 << (excess - 1))) >> excess
                     : value * (1 << -excess);
  return value < 0 ? 0 : value < 255 ? (int)value : 255;
}

static bool has_planes(const jpeg2000 *j) {
  const opj_image_t *p = j->planes;
  if (p->numcomps < 1 || p->numcomps > 4)
    return false;
  for (uint32_t i = 0; i < p->numcomps; i++) {
    const opj_image_comp_t *c = &p->comps[i];
    if (!c->data || !c->w || !c->h || !c->dx || !c->dy || c->prec < 1 ||
        c->prec > 31)
      return false;
  }
  return true;
}

static unsigned char clipped(int value) {
  return (unsigned char)(value < 0 ? 0 : value < 255 ? value : 255);
}

/* 64 times what a factor of JFIF's makes of chroma, as Pillow rounds it. */
static int share(double factor, int chroma) {
  return (int)(factor * 64 * (chroma - 128) + 0.5);
}

static void to_rgb(unsigned char *ycc) {
  int y = ycc[0], cb = ycc[1], cr = ycc[2];
  ycc[0] = clipped(y + (share(1.402, cr) >> 6));
  ycc[1] = clipped(y + ((share(-0.34414, cb) + share(-0.71414, cr)) >> 6));
  ycc[2] = clipped(y + (share(1.772, cb) >> 6));
}

static void put_rows(jpeg2000 *j) {
  dlc_image *image = j->image;
  const opj_image_t *p = j->planes;
  const opj_image_comp_t *c = p->comps;
  uint32_t count = p->numcomps;
  bool printed = p->color_space == OPJ_CLRSPC_CMYK && count == 4;
  bool unsaid = p->color_space != OPJ_CLRSPC_SRGB &&
                p->color_space != OPJ_CLRSPC_GRAY &&
                p->color_space != OPJ_CLRSPC_CMYK;
  bool ycc =
      count >= 3 && (p->color_space == OPJ_CLRSPC_SYCC ||
                     (unsaid && c[0].dx == 1 && c[0].dy == 1 && c[1].dx != 1));
  dlc_row kind = count <= 2 ? DLC_ROW_GRAY
                 : printed  ? DLC_ROW_CMYK
                            : DLC_ROW_RGB;
  uint32_t used = count <= 2 ? 1 : printed ? 4 : 3;
  for (int64_t y = 0; y < image->height; y++) {
    for (int64_t x = 0; x < image->width; x++) {
      unsigned char *to = j->row + x * used;
      for (uint32_t i = 0; i < used; i++)
        to[i] = (unsigned char)sample(j, &c[i], x, y);
      if (ycc)
        to_rgb(to);
    }
    dlc_image_row(image, y, j->row, kind);
  }
}

/*===----------------------------------------------------------------------===*
 * Decoding
 *===----------------------------------------------------------------------===*/

static bool open_file(jpeg2000 *j) {
  opj_dparameters_t parameters;
  opj_set_default_decoder_parameters(&parameters);
  j->codec =
      opj_create_decompress(j->image->data[0] ? OPJ_CODEC_J2K : OPJ_CODEC_JP2);
  j->stream = opj_stream_create(1 << 16, OPJ_TRUE);
  if (!j->codec || !j->stream)
    return false;
  opj_stream_set_read_function(j->stream, get_bytes);
  opj_stream_set_skip_function(j->stream, skip);
  opj_stream_set_seek_function(j->stream, seek);
  opj_stream_set_user_data(j->stream, j, NULL);
  opj_stream_set_user_data_length(j->stream, j->image->size);
  opj_set_info_handler(j->codec, say_nothing, j);
  opj_set_warning_handler(j->codec, say_nothing, j);
  opj_set_error_handler(j->codec, fail, j);
  return opj_setup_decoder(j->codec, &parameters) &&
         opj_decoder_set_strict_mode(j->codec, OPJ_TRUE);
}

static bool decode(jpeg2000 *j) {
  if (!open_file(j) || !opj_read_header(j->stream, j->codec, &j->planes))
    return false;
  const opj_image_t *p = j->planes;
  if (p->numcomps > 4) {
    dlc_image_fail(j->image, "it has %u components", p->numcomps);
    return false;
  }
  if (!dlc_image_begin(j->image, (int64_t)p->x1 - p->x0,
                       (int64_t)p->y1 - p->y0))
    return true;
  j->row = dlc_image_allocate(j->image, j->image->width, 4);
  if (!j->row || !opj_decode(j->codec, j->stream, j->planes) ||
      !opj_end_decompress(j->codec, j->stream) || !has_planes(j))
    return false;
  put_rows(j);
  return true;
}

void dlc_image_jpeg2000(dlc_image *image) {
  jpeg2000 j = {.image = image};
  if (!decode(&j))
    dlc_image_fail(image, "it is malformed or truncated");
  opj_stream_destroy(j.stream);
  opj_destroy_codec(j.codec);
  opj_image_destroy(j.planes);
  free(j.row);
}
