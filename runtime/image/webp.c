/*===- runtime/image/webp.c - WebP, by libwebp --------------------*- C -*-===*
 *
 * Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

#include "image.h"
#include <webp/decode.h>
#include <webp/demux.h>

/* Of an animation the first frame. */
void dlc_image_webp(dlc_image *image) {
  WebPBitstreamFeatures features;
  if (WebPGetFeatures(image->data, image->size, &features) != VP8_STATUS_OK) {
    dlc_image_fail(image, "its header is malformed");
    return;
  }
  if (!dlc_image_begin(image, features.width, features.height))
    return;
  WebPData data = {image->data, image->size};
  WebPAnimDecoderOptions options;
  WebPAnimDecoder *decoder = NULL;
  WebPAnimInfo info;
  unsigned char *pixels;
  int time;
  if (WebPAnimDecoderOptionsInit(&options))
    decoder = WebPAnimDecoderNew(&data, &options);
  if (decoder && WebPAnimDecoderGetInfo(decoder, &info) &&
      info.canvas_width == image->width &&
      info.canvas_height == image->height &&
      WebPAnimDecoderGetNext(decoder, &pixels, &time))
    for (int64_t y = 0; y < image->height; y++)
      dlc_image_row(image, y, pixels + 4 * y * image->width, DLC_ROW_RGBA);
  else
    dlc_image_fail(image, "it is malformed or truncated");
  WebPAnimDecoderDelete(decoder);
}
