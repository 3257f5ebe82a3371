/*===- runtime/image/streams.c - stderr and stdout of libraries ---*- C -*-===*
 *
 * Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*
 *
 * Static libraries are made for executables: they expect C's streams at a known
 * distance, which no shared library can offer. The linker's --wrap makes them
 * refer to the variables here. Nothing is printed; but the libraries could.
 *
 *===----------------------------------------------------------------------===*/

#include "image.h"
#include <stdio.h>

extern FILE *__real_stderr, *__real_stdout;
FILE *__wrap_stderr, *__wrap_stdout;

void dlc_image_open_streams(void) {
  __atomic_store_n(&__wrap_stderr, __real_stderr, __ATOMIC_RELAXED);
  __atomic_store_n(&__wrap_stdout, __real_stdout, __ATOMIC_RELAXED);
}
