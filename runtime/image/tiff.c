/*===- runtime/image/tiff.c - TIFF, by libtiff --------------------*- C -*-===*
 *
 * Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*
 *
 * The first image of the file, by strips or tiles. libtiff's own conversion to
 * RGB is for what is rare: it multiplies by alpha and rounds 16 bits another
 * way than all other decoders here.
 *
 *===----------------------------------------------------------------------===*/

#include "image.h"
#include <stdio.h>
#include <stdlib.h>
#include <tiffio.h>

typedef struct tagged {
  dlc_image *image;
  uint64_t at;
  TIFF *file;
  uint32_t width, height; /* before it is turned */
  uint16_t bits, samples, photometric, planes, orientation;
  dlc_row kind;
  int used;                     /* samples of a pixel that are kept */
  bool premultiplied;           /* by the last of them, the alpha */
  unsigned char *kept;          /* [height, width, used] */
  unsigned char *segment;       /* a row or tile as it is in the file */
  uint16_t *red, *green, *blue; /* the palette, libtiff's */
} tagged;

/*===----------------------------------------------------------------------===*
 * The file, and errors
 *===----------------------------------------------------------------------===*/

static tmsize_t get_bytes(thandle_t self, void *to, tmsize_t size) {
  tagged *t = self;
  uint64_t left = t->at < t->image->size ? t->image->size - t->at : 0;
  size_t count = (uint64_t)size < left ? (size_t)size : (size_t)left;
  if (count)
    memcpy(to, t->image->data + t->at, count);
  t->at += count;
  return (tmsize_t)count;
}

static tmsize_t put_bytes(thandle_t self, void *from, tmsize_t size) {
  return 0;
}

static toff_t seek(thandle_t self, toff_t offset, int whence) {
  tagged *t = self;
  t->at = offset + (whence == SEEK_CUR   ? t->at
                    : whence == SEEK_END ? t->image->size
                                         : 0);
  return t->at;
}

static int close_file(thandle_t self) { return 0; }

static toff_t size_of(thandle_t self) { return ((tagged *)self)->image->size; }

static int fail(TIFF *file, void *self, const char *module, const char *format,
                va_list values) {
  char text[DLC_MESSAGE_SIZE];
  vsnprintf(text, sizeof text, format, values);
  dlc_image_fail(self, "%s", text);
  return 1;
}

static int say_nothing(TIFF *file, void *self, const char *module,
                       const char *format, va_list values) {
  return 1;
}

static TIFF *open_file(tagged *t) {
  TIFFOpenOptions *options = TIFFOpenOptionsAlloc();
  if (!options)
    return NULL;
  TIFFOpenOptionsSetMaxSingleMemAlloc(options, DLC_IMAGE_MOST_BYTES);
  TIFFOpenOptionsSetErrorHandlerExtR(options, fail, t->image);
  TIFFOpenOptionsSetWarningHandlerExtR(options, say_nothing, NULL);
  TIFF *file = TIFFClientOpenExt("image", "rm", t, get_bytes, put_bytes, seek,
                                 close_file, size_of, NULL, NULL, options);
  TIFFOpenOptionsFree(options);
  return file;
}

/* These stand for libtiff's codecs of compressions that are hardly met, each of
 * which would bring a library, its encoder included. */
static int refuse(TIFF *file, const char *name) {
  TIFFErrorExtR(file, "", "%s compression is not supported", name);
  return 0;
}
#pragma GCC visibility push(hidden)
int TIFFInitJBIG(TIFF *file, int scheme);
int TIFFInitLERC(TIFF *file, int scheme);
int TIFFInitLZMA(TIFF *file, int scheme);
int TIFFInitWebP(TIFF *file, int scheme);
int TIFFInitZSTD(TIFF *file, int scheme);
#pragma GCC visibility pop
int TIFFInitJBIG(TIFF *file, int scheme) { return refuse(file, "JBIG"); }
int TIFFInitLERC(TIFF *file, int scheme) { return refuse(file, "LERC"); }
int TIFFInitLZMA(TIFF *file, int scheme) { return refuse(file, "LZMA"); }
int TIFFInitWebP(TIFF *file, int scheme) { return refuse(file, "WebP"); }
int TIFFInitZSTD(TIFF *file, int scheme) { return refuse(file, "Zstandard"); }

/*===----------------------------------------------------------------------===*
 * What the samples are
 *===----------------------------------------------------------------------===*/

static bool read_header(tagged *t) {
  TIFF *file = t->file;
  uint16_t compression = 0, format = 0, extras = 0, *extra = NULL, ink = 0;
  if (!TIFFGetField(file, TIFFTAG_IMAGEWIDTH, &t->width) ||
      !TIFFGetField(file, TIFFTAG_IMAGELENGTH, &t->height) ||
      !TIFFGetField(file, TIFFTAG_PHOTOMETRIC, &t->photometric))
    return false;
  TIFFGetFieldDefaulted(file, TIFFTAG_BITSPERSAMPLE, &t->bits);
  TIFFGetFieldDefaulted(file, TIFFTAG_SAMPLESPERPIXEL, &t->samples);
  TIFFGetFieldDefaulted(file, TIFFTAG_PLANARCONFIG, &t->planes);
  TIFFGetFieldDefaulted(file, TIFFTAG_ORIENTATION, &t->orientation);
  TIFFGetFieldDefaulted(file, TIFFTAG_COMPRESSION, &compression);
  TIFFGetFieldDefaulted(file, TIFFTAG_SAMPLEFORMAT, &format);
  TIFFGetFieldDefaulted(file, TIFFTAG_EXTRASAMPLES, &extras, &extra);
  TIFFGetFieldDefaulted(file, TIFFTAG_INKSET, &ink);
  if ((format != SAMPLEFORMAT_UINT && format != SAMPLEFORMAT_VOID) ||
      t->samples > 8) {
    dlc_image_fail(t->image, "%u samples a pixel of format %u are unknown",
                   t->samples, format);
    return false;
  }
  /* libjpeg makes RGB of it, better than libtiff. */
  if (t->photometric == PHOTOMETRIC_YCBCR && compression == COMPRESSION_JPEG &&
      t->planes == PLANARCONFIG_CONTIG &&
      TIFFSetField(file, TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB))
    t->photometric = PHOTOMETRIC_RGB;
  if (t->photometric == PHOTOMETRIC_SEPARATED && ink != INKSET_CMYK)
    t->photometric = UINT16_MAX;
  t->premultiplied = t->photometric == PHOTOMETRIC_RGB && t->samples == 4 &&
                     extras == 1 && extra[0] == EXTRASAMPLE_ASSOCALPHA;
  return true;
}

/* Whether this file knows what to do with the samples; libtiff may. */
static bool is_plain(tagged *t) {
  bool small = t->bits == 1 || t->bits == 2 || t->bits == 4 || t->bits == 8;
  switch (t->photometric) {
  case PHOTOMETRIC_MINISWHITE:
  case PHOTOMETRIC_MINISBLACK:
    t->kind = DLC_ROW_GRAY, t->used = 1;
    return small || t->bits == 16;
  case PHOTOMETRIC_PALETTE:
    t->kind = DLC_ROW_RGB, t->used = 3;
    return small && t->samples == 1 &&
           TIFFGetField(t->file, TIFFTAG_COLORMAP, &t->red, &t->green,
                        &t->blue);
  case PHOTOMETRIC_RGB:
    t->kind = t->premultiplied ? DLC_ROW_RGBA : DLC_ROW_RGB;
    t->used = (int)t->kind;
    return (t->bits == 8 || t->bits == 16) && t->samples >= t->used;
  case PHOTOMETRIC_SEPARATED:
    t->kind = DLC_ROW_CMYK, t->used = 4;
    return (t->bits == 8 || t->bits == 16) && t->samples >= 4;
  default:
    return false;
  }
}

/*===----------------------------------------------------------------------===*
 * Samples
 *===----------------------------------------------------------------------===*/

/* Sample i of a row, 8 bits of it; the index of a palette as it is. */
static unsigned sample(const tagged *t, const unsigned char *row, uint64_t i) {
  if (t->bits == 8)
    return row[i];
  if (t->bits == 16)
    return ((const uint16_t *)(const void *)row)[i] >> 8;
  uint64_t at = i * t->bits;
  unsigned most = (1u << t->bits) - 1,
           value = row[at / 8] >> (8 - t->bits - at % 8) & most;
  return t->photometric == PHOTOMETRIC_PALETTE ? value : value * 255 / most;
}

/* Keeps `count` pixels of a row from (x, y) on; of one plane, or of all. */
static void keep(tagged *t, const unsigned char *row, uint32_t x, uint32_t y,
                 uint32_t count, int plane) {
  bool planar = t->planes == PLANARCONFIG_SEPARATE;
  unsigned char *to = t->kept + ((uint64_t)y * t->width + x) * t->used;
  for (uint32_t i = 0; i < count; i++, to += t->used) {
    if (t->photometric == PHOTOMETRIC_PALETTE) {
      unsigned index = sample(t, row, i);
      to[0] = (unsigned char)(t->red[index] >> 8);
      to[1] = (unsigned char)(t->green[index] >> 8);
      to[2] = (unsigned char)(t->blue[index] >> 8);
    } else if (planar) {
      to[plane] = (unsigned char)sample(t, row, i);
    } else {
      for (int c = 0; c < t->used; c++)
        to[c] = (unsigned char)sample(t, row, (uint64_t)i * t->samples + c);
    }
    if (t->photometric == PHOTOMETRIC_MINISWHITE)
      *to = (unsigned char)(255 - *to);
  }
}

static bool read_tiles(tagged *t, int plane) {
  uint32_t width = 0, height = 0;
  TIFFGetField(t->file, TIFFTAG_TILEWIDTH, &width);
  TIFFGetField(t->file, TIFFTAG_TILELENGTH, &height);
  tmsize_t row = TIFFTileRowSize(t->file);
  if (!width || !height || row <= 0)
    return false;
  for (uint64_t y = 0; y < t->height; y += height)
    for (uint64_t x = 0; x < t->width; x += width) {
      if (TIFFReadTile(t->file, t->segment, (uint32_t)x, (uint32_t)y, 0,
                       (uint16_t)plane) < 0)
        return false;
      uint64_t columns = t->width - x < width ? t->width - x : width;
      for (uint64_t i = 0; i < height && y + i < t->height; i++)
        keep(t, t->segment + i * (uint64_t)row, (uint32_t)x, (uint32_t)(y + i),
             (uint32_t)columns, plane);
    }
  return true;
}

static bool read_strips(tagged *t, int plane) {
  for (uint32_t y = 0; y < t->height; y++) {
    if (TIFFReadScanline(t->file, t->segment, y, (uint16_t)plane) < 0)
      return false;
    keep(t, t->segment, 0, y, t->width, plane);
  }
  return true;
}

static bool read_samples(tagged *t) {
  bool tiled = TIFFIsTiled(t->file);
  int planes = t->planes == PLANARCONFIG_SEPARATE ? t->used : 1;
  if (t->photometric == PHOTOMETRIC_PALETTE)
    planes = 1;
  uint64_t size = tiled ? TIFFTileSize64(t->file) : TIFFScanlineSize64(t->file);
  /* What libtiff gives for a row must hold what is taken from it. */
  uint64_t width = t->width;
  if (tiled) {
    uint32_t tile = 0;
    TIFFGetField(t->file, TIFFTAG_TILEWIDTH, &tile);
    width = tile;
  }
  uint64_t row = tiled ? TIFFTileRowSize64(t->file) : size;
  uint64_t each = t->planes == PLANARCONFIG_SEPARATE ? 1 : t->samples;
  if (size > (uint64_t)DLC_IMAGE_MOST_BYTES || row > size ||
      row < (width * each * t->bits + 7) / 8)
    return false;
  t->segment = dlc_image_allocate(t->image, (int64_t)size, 1);
  if (!t->segment)
    return false;
  memset(t->segment, 0, size);
  for (int plane = 0; plane < planes; plane++)
    if (!(tiled ? read_tiles(t, plane) : read_strips(t, plane)))
      return false;
  return true;
}

/* Alpha taken out of the colours again. */
static void divide(tagged *t) {
  unsigned char *p = t->kept, *end = p + (uint64_t)t->width * t->height * 4;
  for (; p < end; p += 4)
    for (int c = 0; c < 3 && p[3]; c++) {
      int value = p[c] * 255 / p[3];
      p[c] = (unsigned char)(value < 255 ? value : 255);
    }
}

/* By libtiff's own conversion, which would turn it, too. */
static bool read_converted(tagged *t) {
  char why[1024];
  uint32_t *pixels = (uint32_t *)(void *)t->kept;
  if (!TIFFRGBAImageOK(t->file, why)) {
    dlc_image_fail(t->image, "%s", why);
    return false;
  }
  if (!TIFFReadRGBAImageOriented(t->file, t->width, t->height, pixels,
                                 t->orientation, 1))
    return false;
  for (uint64_t i = 0; i < (uint64_t)t->width * t->height; i++) {
    uint32_t pixel = pixels[i];
    t->kept[4 * i] = (unsigned char)TIFFGetR(pixel);
    t->kept[4 * i + 1] = (unsigned char)TIFFGetG(pixel);
    t->kept[4 * i + 2] = (unsigned char)TIFFGetB(pixel);
    t->kept[4 * i + 3] = (unsigned char)TIFFGetA(pixel);
  }
  return true;
}

/* Orientations are numbered 1 to 8: 5 and above exchange columns and rows, and
 * say then where the first row and column of the file are. */
static void put_rows(tagged *t) {
  bool turned = t->orientation >= 5;
  bool right = t->orientation == 2 || t->orientation == 3 ||
               t->orientation == 6 || t->orientation == 7;
  bool bottom = t->orientation == 3 || t->orientation == 4 ||
                t->orientation == 7 || t->orientation == 8;
  dlc_image *image = t->image;
  unsigned char *row = dlc_image_allocate(image, image->width, t->used);
  for (int64_t y = 0; row && y < image->height; y++) {
    int64_t v = bottom ? image->height - 1 - y : y;
    for (int64_t x = 0; x < image->width; x++) {
      int64_t u = right ? image->width - 1 - x : x;
      int64_t from = turned ? u * t->width + v : v * t->width + u;
      memcpy(row + x * t->used, t->kept + from * t->used, (size_t)t->used);
    }
    dlc_image_row(image, y, row, t->kind);
  }
  free(row);
}

static bool decode(tagged *t) {
  t->file = open_file(t);
  if (!t->file || !read_header(t))
    return false;
  if (t->orientation < 1 || t->orientation > 8)
    t->orientation = 1;
  bool turned = t->orientation >= 5;
  if (!dlc_image_begin(t->image, turned ? t->height : t->width,
                       turned ? t->width : t->height))
    return true;
  bool plain = is_plain(t);
  if (!plain)
    t->kind = DLC_ROW_RGBA, t->used = 4;
  t->kept =
      dlc_image_allocate(t->image, (int64_t)t->width * t->height, t->used);
  if (!t->kept || !(plain ? read_samples(t) : read_converted(t)))
    return false;
  if (t->premultiplied)
    divide(t);
  put_rows(t);
  return true;
}

void dlc_image_tiff(dlc_image *image) {
  tagged t = {.image = image};
  if (!decode(&t))
    dlc_image_fail(image, "it is malformed or truncated");
  if (t.file)
    TIFFClose(t.file);
  free(t.kept);
  free(t.segment);
}
