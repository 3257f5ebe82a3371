/*===- test/runtime/pictures.c - a model that decodes images ------*- C -*-===*
 *
 * Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*
 *
 *   pictures FILE   a file of images, each with its size in four bytes in front
 *
 * A line for each: its height, width and the FNV hash of its pixels; or why it
 * is refused.
 *
 *===----------------------------------------------------------------------===*/

#include "../../runtime/image/image.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static const dlc_site site = {"decode", "image", -1, -1};

/* What compiled code does: a call, then a look at the message. */
static int call(dlc_frame *f, dlc_kernel kernel, dlc_strings *strings,
                void *result, int64_t count, const void *order) {
  const void *args[] = {strings,
                        result,
                        (void *)(intptr_t)count,
                        (void *)(intptr_t)f->input_dims[0][0],
                        f->inputs[0],
                        order};
  f->services->parallel(f, kernel, args, 1, 1, &site);
  return strings->message
             ? f->services->fail(f, &site, strings->message, NULL, 0)
             : DLC_OK;
}

static int run(dlc_frame *f) {
  static const int64_t ends[] = {0}, order = DLC_PIXELS_RGB;
  int64_t dims[3] = {0, 0, 3};
  dlc_strings *s = dlc_strings_begin(f, "", ends, 1);
  int status = s ? call(f, dlc_image_size, s, dims, 2, NULL) : DLC_OK;
  if (!s || status != DLC_OK)
    return s ? status : DLC_OUT_OF_MEMORY;
  void *pixels = f->services->output(f, 0, 3, dims);
  return pixels ? call(f, dlc_image_decode, s, pixels, dims[0] * dims[1] * 3,
                       &order)
                : DLC_OUT_OF_MEMORY;
}

static const int64_t in_dims[] = {DLC_SYMBOL(0)},
                     out_dims[] = {DLC_UNKNOWN, DLC_UNKNOWN, 3};
static const dlc_value_info in = {"file", DLC_UINT8, 1, in_dims},
                            out = {"rgb", DLC_UINT8, 3, out_dims};
static const char *const symbols[] = {"n"};
static const dlc_code code = {"baseline", "", run, 0, 0};

static const dlc_model pictures = {
    .abi_version = DLC_ABI_VERSION,
    .num_inputs = 1,
    .num_outputs = 1,
    .num_symbols = 1,
    .num_codes = 1,
    .name = "pictures",
    .target = "x86_64-linux-gnu",
    .compiler = "dlc test",
    .sha256 = "00ff",
    .inputs = &in,
    .outputs = &out,
    .symbols = symbols,
    .codes = &code,
};

static uint64_t hash_of(const unsigned char *data, int64_t size) {
  uint64_t hash = 0xcbf29ce484222325;
  for (int64_t i = 0; i < size; i++)
    hash = (hash ^ data[i]) * 0x100000001b3;
  return hash;
}

static void decode(dlc_context *context, void *data, int64_t size) {
  dlc_tensor file = {data, DLC_UINT8, 1, &size, NULL}, rgb = {0};
  if (dlc_run(context, &file, &rgb) == DLC_OK)
    printf("%" PRId64 " %" PRId64 " %016" PRIx64 "\n", rgb.shape[0],
           rgb.shape[1], hash_of(rgb.data, rgb.shape[0] * rgb.shape[1] * 3));
  else
    printf("%s\n", dlc_last_error(context));
}

int main(int argc, char **argv) {
  FILE *images = argc == 2 ? fopen(argv[1], "rb") : NULL;
  dlc_options options = {.threads = 1};
  dlc_context *context;
  if (!images || dlc_context_create(&pictures, &options, &context) != DLC_OK)
    return 2;
  uint32_t size;
  while (fread(&size, sizeof size, 1, images) == 1) {
    /* Of its own size, so that a sanitizer sees what is read behind it. */
    void *data = malloc(size ? size : 1);
    if (!data || fread(data, 1, size, images) != size)
      return 2;
    decode(context, data, size);
    free(data);
  }
  dlc_context_destroy(context);
  return fclose(images);
}
