/*===- test/runtime/strings_test.c - strings of compiled models ---*- C -*-===*
 *
 * Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

#include "../../runtime/strings.h"
#include "models.h"
#include "testing.h"
#include <stdio.h>
#include <stdlib.h>

static dlc_options with(allocator *a) {
  return (dlc_options){
      .threads = 1, .allocate = allocate, .release = release, .allocator = a};
}

static dlc_string text(const char *s) { return (dlc_string){s, strlen(s)}; }

static bool is(const dlc_tensor *t, int64_t i, const char *s) {
  dlc_string string = ((const dlc_string *)t->data)[i];
  return string.size == strlen(s) && memcmp(string.data, s, string.size) == 0;
}

enum { MANY = 500 };

/* Different ones, equal ones, and one that is longer than all before. */
static void fill(dlc_string *in, char names[MANY][16], char *large,
                 size_t size) {
  for (int i = 0; i < MANY; i++) {
    snprintf(names[i], sizeof names[i], "%d", i % 400);
    in[i] = text(names[i]);
  }
  memset(large, 'x', size);
  in[7] = (dlc_string){large, size};
}

static bool is_twice(const dlc_tensor *out, const dlc_string *in) {
  const dlc_string *y = out->data;
  for (int64_t i = 0; i < out->shape[0]; i++)
    if (y[i].size != 2 * in[i].size ||
        memcmp(y[i].data, in[i].data, in[i].size) != 0 ||
        memcmp(y[i].data + in[i].size, in[i].data, in[i].size) != 0)
      return false;
  return true;
}

static void test_runs(void) {
  static char names[MANY][16], large[10000];
  static dlc_string in[MANY];
  allocator a = {.refuse = -1};
  dlc_options options = with(&a);
  dlc_context *c;
  fill(in, names, large, sizeof large);
  CHECK(dlc_context_create(&words, &options, &c) == DLC_OK);
  int64_t shape[] = {MANY};
  dlc_tensor x = {in, DLC_STRING, 1, shape, NULL}, y = {0};
  for (shape[0] = 0; shape[0] < MANY; shape[0] += 37)
    CHECK(dlc_run(c, &x, &y) == DLC_OK && is_twice(&y, in));
  shape[0] = MANY;
  for (int i = 0; i < 3; i++)
    CHECK(dlc_run(c, &x, &y) == DLC_OK && is_twice(&y, in));
  /* Warm, only what the code itself asks for. */
  int before = a.calls;
  for (int i = 0; i < 5; i++)
    CHECK(dlc_run(c, &x, &y) == DLC_OK && is_twice(&y, in));
  CHECK(a.calls - before == 5);
  dlc_context_destroy(c);
  CHECK(a.live == 0);
}

static void test_no_memory(void) {
  static char names[MANY][16], large[10000];
  static dlc_string in[MANY];
  fill(in, names, large, sizeof large);
  bool done = false;
  for (int refuse = 0; refuse < 60 && !done; refuse++) {
    allocator a = {.refuse = refuse};
    dlc_options options = with(&a);
    dlc_context *c;
    int64_t shape[] = {MANY};
    dlc_tensor x = {in, DLC_STRING, 1, shape, NULL}, y = {0};
    dlc_status status = dlc_context_create(&words, &options, &c);
    for (int i = 0; i < 3 && status == DLC_OK; i++)
      status = dlc_run(c, &x, &y);
    done = a.calls <= refuse;
    CHECK(status == (done ? DLC_OK : DLC_OUT_OF_MEMORY));
    /* The next run has memory again. */
    if (c && !done)
      CHECK(dlc_run(c, &x, &y) == DLC_OK && is_twice(&y, in));
    dlc_context_destroy(c);
    CHECK(a.live == 0);
  }
  CHECK(done);
}

/* Strides, memory of the caller's, text that outlives the inputs. */
static void test_layouts(void) {
  dlc_context *c;
  CHECK(dlc_context_create(&words, NULL, &c) == DLC_OK);
  char bytes[] = "ab";
  dlc_string in[4] = {{bytes, 2}, text("-"), text("c"), text("-")}, own[6];
  int64_t shape[] = {2}, every_other[] = {2}, back[] = {-1};
  dlc_tensor x = {in, DLC_STRING, 1, shape, every_other}, y = {0};
  CHECK(dlc_run(c, &x, &y) == DLC_OK);
  memset(bytes, '?', 2);
  CHECK(is(&y, 0, "abab") && is(&y, 1, "cc"));
  y = (dlc_tensor){own + 1, DLC_STRING, 1, shape, back};
  CHECK(dlc_run(c, &x, &y) == DLC_OK);
  CHECK(own[0].size == 2 && own[1].size == 4 && own[0].data[0] == 'c');
  /* Zeros within a text, and a text of none. */
  in[0] = (dlc_string){"a\0b", 3};
  in[2] = (dlc_string){NULL, 0};
  y = (dlc_tensor){0};
  CHECK(dlc_run(c, &x, &y) == DLC_OK);
  CHECK(((dlc_string *)y.data)[0].size == 6 && is(&y, 1, ""));
  CHECK(memcmp(((dlc_string *)y.data)[0].data, "a\0ba\0b", 6) == 0);
  dlc_context_destroy(c);
}

static void test_errors(void) {
  dlc_context *c;
  CHECK(dlc_context_create(&words, NULL, &c) == DLC_OK);
  static const char *const bad[] = {
      "\x80", "\xc3",     "\xc3(", "\xc0\x80",         "\xed\xa0\x80",
      "\xf5", "\xe2\x82", "\xff",  "\xf0\x80\x80\x80", "\xf4\x90\x80\x80"};
  dlc_string in[2] = {text("fine"), {NULL, 0}};
  int64_t shape[] = {2};
  dlc_tensor x = {in, DLC_STRING, 1, shape, NULL}, y = {0};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    in[1] = text(bad[i]);
    CHECK(dlc_run(c, &x, &y) == DLC_INVALID_ARGUMENT && !y.data);
    CHECK(strcmp(dlc_last_error(c), "string 1 is not UTF-8") == 0);
  }
  in[1] = (dlc_string){NULL, 3};
  CHECK(dlc_run(c, &x, &y) == DLC_INVALID_ARGUMENT);
  in[1] = (dlc_string){"x", SIZE_MAX};
  CHECK(dlc_run(c, &x, &y) == DLC_INVALID_ARGUMENT);
  in[1] = text("\xf4\x8f\xbf\xbf\xee\x80\x80\xdf\xbf");
  CHECK(dlc_run(c, &x, &y) == DLC_OK && is_twice(&y, in));
  x.dtype = DLC_INT64;
  CHECK(dlc_run(c, &x, &y) == DLC_INVALID_ARGUMENT);
  CHECK(strcmp(dlc_last_error(c),
               "input 'in' is int64 [2], expected string [n]") == 0);
  dlc_context_destroy(c);
}

int main(void) {
  test_runs();
  test_no_memory();
  test_layouts();
  test_errors();
  printf("strings_test: %d passed, %d failed\n", passed, failed);
  return failed != 0;
}
