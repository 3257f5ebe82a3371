/*===- runtime/file.c - reading and writing whole files -----------*- C -*-===*
 *
 * Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

#include "program.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* A pipe: read in pieces, each as large as all before it. */
static bool read_stream(dlc_program *program, const char *path, int file,
                        dlc_bytes *bytes) {
  size_t capacity = 1 << 16, size = 0;
  unsigned char *data = dlc_hold_memory(program, capacity);
  while (data) {
    ssize_t n = read(file, data + size, capacity - size);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return dlc_error(program, "cannot read '%s': %s", path, strerror(errno));
    if (n == 0) {
      *bytes = (dlc_bytes){data, size};
      return true;
    }
    size += (size_t)n;
    if (size == capacity) {
      unsigned char *larger = dlc_hold_memory(program, capacity *= 2);
      if (larger)
        memcpy(larger, data, size);
      data = larger;
    }
  }
  return false;
}

static bool read_open_file(dlc_program *program, const char *path, int file,
                           dlc_bytes *bytes) {
  struct stat status;
  if (fstat(file, &status) < 0)
    return dlc_error(program, "cannot read '%s': %s", path, strerror(errno));
  if (S_ISDIR(status.st_mode))
    return dlc_error(program, "cannot read '%s': it is a directory", path);
  if (!S_ISREG(status.st_mode) || status.st_size == 0)
    return read_stream(program, path, file, bytes);
  size_t size = (size_t)status.st_size;
  void *data = mmap(NULL, size, PROT_READ, MAP_PRIVATE, file, 0);
  if (data == MAP_FAILED)
    return dlc_error(program, "cannot map '%s': %s", path, strerror(errno));
  *bytes = (dlc_bytes){data, size};
  return true;
}

bool dlc_read_file(dlc_program *program, const char *path, dlc_bytes *bytes) {
  int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0)
    return dlc_error(program, "cannot open '%s': %s", path, strerror(errno));
  bool good = read_open_file(program, path, file, bytes);
  close(file);
  return good;
}

bool dlc_write_all(int file, const void *data, size_t size) {
  const char *at = data;
  while (size) {
    ssize_t n = write(file, at, size);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return false;
    at += n;
    size -= (size_t)n;
  }
  return true;
}

/* Tells the first failure; dlc_writer_close takes the temporary away. */
static bool fail(dlc_writer *w) {
  if (!w->failed)
    dlc_error(w->program, "cannot write '%s': %s", w->path, strerror(errno));
  w->failed = true;
  return false;
}

bool dlc_writer_open(dlc_writer *w, dlc_program *program, const char *path) {
  w->program = program;
  w->path = path;
  w->temporary = NULL;
  w->failed = false;
  w->offset = w->used = 0;
  w->file = -1;
  struct stat status;
  if (stat(path, &status) == 0 && !S_ISREG(status.st_mode)) {
    w->file = open(path, O_WRONLY | O_CLOEXEC);
    return w->file >= 0 || fail(w);
  }
  size_t size = strlen(path) + 32;
  w->temporary = dlc_hold_memory(program, size);
  if (!w->temporary)
    return false;
  snprintf(w->temporary, size, "%s.tmp%ld", path, (long)getpid());
  unlink(w->temporary); /* of a process that had this number before */
  w->file = open(w->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  return w->file >= 0 || fail(w);
}

static void flush(dlc_writer *w) {
  if (!w->failed && !dlc_write_all(w->file, w->buffer, w->used))
    fail(w);
  w->used = 0;
}

void dlc_write(dlc_writer *w, const void *data, size_t size) {
  w->offset += size;
  if (size > sizeof w->buffer - w->used)
    flush(w);
  if (size > sizeof w->buffer) {
    if (!w->failed && !dlc_write_all(w->file, data, size))
      fail(w);
    return;
  }
  memcpy(w->buffer + w->used, data, size);
  w->used += size;
}

bool dlc_writer_close(dlc_writer *w) {
  flush(w);
  if (close(w->file) < 0)
    fail(w);
  if (!w->failed && w->temporary && rename(w->temporary, w->path) < 0)
    fail(w);
  if (w->failed && w->temporary)
    unlink(w->temporary);
  return !w->failed;
}
