/*===- runtime/text.c - strings that grow, and JSON ---------------*- C -*-===*
 *
 * Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

#include "program.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Room for size more characters and the terminator. */
static bool reserve(dlc_text *text, size_t size) {
  if (text->failed || text->capacity - text->size > size)
    return !text->failed;
  size_t capacity = (text->size + size + 1) * 2;
  char *data = realloc(text->data, capacity);
  if (data) {
    text->data = data;
    text->capacity = capacity;
  }
  text->failed = !data;
  return !text->failed;
}

void dlc_text_add(dlc_text *text, const char *format, ...) {
  va_list values;
  va_start(values, format);
  int size = vsnprintf(NULL, 0, format, values);
  va_end(values);
  if (size < 0 || !reserve(text, (size_t)size))
    return;
  va_start(values, format);
  vsnprintf(text->data + text->size, (size_t)size + 1, format, values);
  va_end(values);
  text->size += (size_t)size;
}

void dlc_text_bytes(dlc_text *text, const void *data, size_t size) {
  if (!size || !reserve(text, size))
    return;
  memcpy(text->data + text->size, data, size);
  text->size += size;
}

void dlc_text_json(dlc_text *text, const char *string) {
  if (!string) {
    dlc_text_add(text, "null");
    return;
  }
  dlc_text_add(text, "\"");
  for (; *string; string++) {
    unsigned char c = (unsigned char)*string;
    if (c == '"' || c == '\\')
      dlc_text_add(text, "\\%c", c);
    else if (c < ' ' || c == 0x7f)
      dlc_text_add(text, "\\u%04x", c);
    else
      dlc_text_add(text, "%c", c);
  }
  dlc_text_add(text, "\"");
}

bool dlc_text_print(dlc_program *program, dlc_text *text) {
  bool good = text->failed ? dlc_error(program, "no memory for the output")
              : dlc_write_all(STDOUT_FILENO, text->data, text->size)
                  ? true
                  : dlc_error(program, "cannot write to standard output");
  free(text->data);
  *text = (dlc_text){0};
  return good;
}
