/*===- runtime/image/jpeg.c - JPEG, by libjpeg-turbo --------------*- C -*-===*
 *
 * Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

#include "image.h"
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

#include <jpeglib.h>

#include <jerror.h>

/* Each scan of a progressive image goes over all of it; no encoder makes as
 * many. */
enum { MOST_SCANS = 500 };

typedef struct jpeg {
  struct jpeg_error_mgr errors; /* libjpeg's, so it comes first */
  struct jpeg_progress_mgr progress;
  struct jpeg_decompress_struct state;
  dlc_image *image;
  unsigned char *row;
  jmp_buf out;
} jpeg;

static void stop(j_common_ptr state) {
  jpeg *j = (jpeg *)state->err;
  char text[JMSG_LENGTH_MAX];
  state->err->format_message(state, text);
  dlc_image_fail(j->image, "%s", text);
  longjmp(j->out, 1);
}

/* Damage stops; oddities that leave all pixels as they were meant do not. */
static void warn(j_common_ptr state, int level) {
  if (level >= 0)
    return;
  switch (state->err->msg_code) {
  case JWRN_HIT_MARKER:
  case JWRN_HUFF_BAD_CODE:
  case JWRN_ARITH_BAD_CODE:
  case JWRN_JPEG_EOF:
  case JWRN_MUST_RESYNC:
  case JWRN_NOT_SEQUENTIAL:
    stop(state);
  default:;
  }
}

static void say_nothing(j_common_ptr state) {}

static void count_scans(j_common_ptr state) {
  jpeg *j = (jpeg *)state->err;
  if (j->state.input_scan_number <= MOST_SCANS)
    return;
  dlc_image_fail(j->image, "it has more than %d scans", MOST_SCANS);
  longjmp(j->out, 1);
}

static void read_rows(jpeg *j) {
  j_decompress_ptr s = &j->state;
  jpeg_create_decompress(s);
  s->progress = &j->progress;
  jpeg_mem_src(s, j->image->data, j->image->size);
  jpeg_read_header(s, TRUE);
  if (!dlc_image_begin(j->image, s->image_width, s->image_height))
    return;
  bool printed = s->num_components == 4;
  if (s->num_components != 1 && s->num_components != 3 && !printed) {
    dlc_image_fail(j->image, "it has %d components", s->num_components);
    return;
  }
  s->out_color_space = printed                  ? JCS_CMYK
                       : s->num_components == 1 ? JCS_GRAYSCALE
                                                : JCS_RGB;
  j->row = dlc_image_allocate(j->image, s->image_width, s->num_components);
  if (!j->row)
    return;
  jpeg_start_decompress(s);
  while (s->output_scanline < s->output_height) {
    int64_t y = s->output_scanline;
    jpeg_read_scanlines(s, &j->row, 1);
    /* As Adobe has it, and all others: 255 is no ink. */
    for (int64_t i = 0; printed && i < 4 * j->image->width; i++)
      j->row[i] = (unsigned char)(255 - j->row[i]);
    dlc_image_row(j->image, y, j->row,
                  printed                  ? DLC_ROW_CMYK
                  : s->num_components == 1 ? DLC_ROW_GRAY
                                           : DLC_ROW_RGB);
  }
  jpeg_finish_decompress(s);
}

/* A function of its own: what is changed between lies outside of it. */
static void attempt(jpeg *j) {
  if (!setjmp(j->out))
    read_rows(j);
}

void dlc_image_jpeg(dlc_image *image) {
  jpeg j;
  memset(&j, 0, sizeof j);
  j.image = image;
  j.state.err = jpeg_std_error(&j.errors);
  j.errors.error_exit = stop;
  j.errors.emit_message = warn;
  j.errors.output_message = say_nothing;
  j.progress.progress_monitor = count_scans;
  attempt(&j);
  jpeg_destroy_decompress(&j.state);
  free(j.row);
}
