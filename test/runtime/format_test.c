/*===- test/runtime/format_test.c - damaged files, millions of them - C -*-===*
 *
 * Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*
 *
 * Changes bytes of the files given on the command line and reads the results
 * in memory. Nothing is expected but that it ends; sanitizers do the rest.
 *
 *===----------------------------------------------------------------------===*/

#include "../../runtime/program.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t seed = 1;
static uint32_t pick(uint32_t below) {
  seed = seed * 6364136223846793005u + 1442695040888963407u;
  return (uint32_t)(seed >> 33) % below;
}

static unsigned read_all(dlc_bytes bytes) {
  dlc_npy npy;
  dlc_zip zip;
  dlc_zip_member member;
  unsigned good = !dlc_npy_parse(bytes, &npy);
  if (dlc_zip_open(bytes, &zip))
    return good;
  while (dlc_zip_next(&zip, &member)) {
    if (member.size > 1 << 20)
      continue;
    unsigned char *out = malloc(member.size + 1);
    good += !dlc_zip_read(&member, out) &&
            !dlc_npy_parse((dlc_bytes){out, member.size}, &npy);
    free(out);
  }
  return good;
}

static void damage(unsigned char *data, size_t *size) {
  static const unsigned char nasty[] = {0, 1, 0x7f, 0x80, 0xff, '\'', '(', 'P'};
  for (uint32_t n = 1 + pick(3); n && *size; n--) {
    uint32_t at = pick((uint32_t)*size);
    switch (pick(8)) {
    case 0:
      *size = at; /* truncate */
      break;
    case 1:
      data[at] = nasty[pick(sizeof nasty)];
      break;
    case 2:
      memmove(data + at, data + at + 1, *size - at - 1);
      --*size;
      break;
    default:
      data[at] ^= (unsigned char)(1 << pick(8));
    }
  }
}

int main(int argc, char **argv) {
  int rounds = argc > 1 ? atoi(argv[1]) : 0;
  int passed = 0, failed = 0;
  for (int i = 2; i < argc; i++) {
    static unsigned char data[1 << 16], copy[1 << 16];
    FILE *file = fopen(argv[i], "rb");
    size_t size = file ? fread(data, 1, sizeof data, file) : 0;
    if (file)
      fclose(file);
    if (read_all((dlc_bytes){data, size}))
      passed++;
    else
      failed++, printf("format_test: '%s' cannot be read\n", argv[i]);
    for (int round = 0; round < rounds; round++) {
      size_t left = size;
      memcpy(copy, data, size);
      damage(copy, &left);
      unsigned char *exact = malloc(left + 1); /* so that overruns show */
      memcpy(exact, copy, left);
      read_all((dlc_bytes){exact, left});
      free(exact);
    }
  }
  printf("format_test: %d passed, %d failed\n", passed, failed);
  return failed != 0;
}
