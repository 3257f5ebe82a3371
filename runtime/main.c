/*===- runtime/main.c - the start of a compiled program -----------*- C -*-===*
 *
 * Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

#include "dlc/runtime.h"

extern const dlc_model dlc_main_model;

int main(int argc, char **argv) {
  return dlc_main(argc, argv, &dlc_main_model);
}
