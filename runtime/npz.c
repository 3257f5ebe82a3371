/*===- runtime/npz.c - writing npz archives -----------------------*- C -*-===*
 *
 * Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*
 *
 * Members are stored, and padded so that their elements are 64-byte aligned in
 * the file: a reader can use them where they are mapped. Nothing depends on
 * the time or the place: equal outputs are equal files.
 *
 *===----------------------------------------------------------------------===*/

#include "program.h"
#include <stdio.h>
#include <string.h>

static const uint32_t see_zip64 = 0xffffffff;

/* A record that is put together field by field, little endian. */
typedef struct record {
  unsigned char data[128];
  size_t size;
} record;

static void put(record *r, int bytes, uint64_t value) {
  for (; bytes > 0; bytes--, value >>= 8)
    r->data[r->size++] = (unsigned char)value;
}

typedef struct entry {
  const char *name;
  uint16_t name_length; /* with ".npy" */
  uint32_t crc;
  uint64_t size, offset;
} entry;

static bool is_large(uint64_t value) { return value >= see_zip64; }

static bool needs_zip64(const entry *e) {
  return is_large(e->size) || is_large(e->offset);
}

/* What local header and directory entry have in common. */
static void put_common(record *r, const entry *e) {
  bool ascii = true;
  for (const char *at = e->name; *at; at++)
    ascii &= (signed char)*at >= 0;
  put(r, 2, needs_zip64(e) ? 45 : 20); /* version needed */
  put(r, 2, ascii ? 0 : 1 << 11);      /* names are UTF-8 */
  put(r, 2, 0);                        /* stored */
  put(r, 4, 0x00210000);               /* 1980-01-01 */
  put(r, 4, e->crc);
  for (int i = 0; i < 2; i++) /* packed and unpacked */
    put(r, 4, needs_zip64(e) ? see_zip64 : e->size);
  put(r, 2, e->name_length);
}

static void put_zip64(record *r, const entry *e, bool offset) {
  put(r, 2, 1);
  put(r, 2, offset ? 24 : 16);
  put(r, 8, e->size);
  put(r, 8, e->size);
  if (offset)
    put(r, 8, e->offset);
}

static void write_name(dlc_writer *w, const entry *e) {
  dlc_write(w, e->name, e->name_length - 4u);
  dlc_write(w, ".npy", 4);
}

static void write_local(dlc_writer *w, const entry *e) {
  static const unsigned char zeros[64];
  record r = {.size = 0};
  put(&r, 4, 0x04034b50);
  put_common(&r, e);
  /* A field of unused bytes, as archive aligners write it. */
  size_t zip64 = needs_zip64(e) ? 20 : 0;
  size_t padding = -(e->offset + 30 + e->name_length + zip64 + 4) % 64;
  put(&r, 2, zip64 + 4 + padding);
  dlc_write(w, r.data, r.size);
  write_name(w, e);
  r.size = 0;
  if (zip64)
    put_zip64(&r, e, false);
  put(&r, 2, 0xd935);
  put(&r, 2, padding);
  dlc_write(w, r.data, r.size);
  dlc_write(w, zeros, padding);
}

static void write_directory_entry(dlc_writer *w, const entry *e) {
  record r = {.size = 0};
  put(&r, 4, 0x02014b50);
  put(&r, 2, needs_zip64(e) ? 45 : 20); /* made by */
  put_common(&r, e);
  put(&r, 2, needs_zip64(e) ? 28 : 0);
  put(&r, 2, 0); /* comment */
  put(&r, 2, 0); /* disk */
  put(&r, 2, 0); /* internal attributes */
  put(&r, 4, 0); /* external ones */
  put(&r, 4, needs_zip64(e) ? see_zip64 : e->offset);
  dlc_write(w, r.data, r.size);
  write_name(w, e);
  r.size = 0;
  if (needs_zip64(e))
    put_zip64(&r, e, true);
  dlc_write(w, r.data, r.size);
}

static void write_end(dlc_writer *w, uint64_t count, uint64_t directory) {
  record r = {.size = 0};
  uint64_t end = w->offset, size = end - directory;
  bool zip64 = count >= 0xffff || is_large(end);
  if (zip64) {
    put(&r, 4, 0x06064b50);
    put(&r, 8, 44); /* bytes that follow */
    put(&r, 2, 45);
    put(&r, 2, 45);
    put(&r, 8, 0); /* disks */
    put(&r, 8, count);
    put(&r, 8, count);
    put(&r, 8, size);
    put(&r, 8, directory);
    put(&r, 4, 0x07064b50);
    put(&r, 4, 0);
    put(&r, 8, end);
    put(&r, 4, 1);
  }
  put(&r, 4, 0x06054b50);
  put(&r, 4, 0); /* disks */
  put(&r, 2, zip64 ? 0xffff : count);
  put(&r, 2, zip64 ? 0xffff : count);
  put(&r, 4, zip64 ? see_zip64 : size);
  put(&r, 4, zip64 ? see_zip64 : directory);
  put(&r, 2, 0); /* comment */
  dlc_write(w, r.data, r.size);
}

static bool write_member(dlc_writer *w, entry *e, const dlc_tensor *tensor) {
  dlc_npy_array array;
  if (!dlc_npy_lay(w->program, tensor, &array))
    return false;
  char header[DLC_NPY_HEADER_SIZE];
  size_t header_size = dlc_npy_header(header, tensor, &array);
  size_t length = strlen(e->name) + 4;
  if (length > 0xffff)
    return dlc_error(w->program, "the output's name '%.64s...' is too long",
                     e->name);
  e->name_length = (uint16_t)length;
  e->size = header_size + array.size;
  e->offset = w->offset;
  e->crc = dlc_crc32(dlc_crc32(0, header, header_size), array.data, array.size);
  write_local(w, e);
  dlc_write(w, header, header_size);
  dlc_write(w, array.data, array.size);
  return true;
}

bool dlc_npz_write(dlc_program *program, const char *path) {
  dlc_arrays arrays;
  if (!dlc_list_outputs(program, &arrays))
    return false;
  entry *entries =
      dlc_hold_memory(program, (uint64_t)arrays.count * sizeof(entry));
  dlc_writer w;
  if (!entries || !dlc_writer_open(&w, program, path))
    return false;
  for (int64_t i = 0; i < arrays.count && !w.failed; i++) {
    entries[i].name = arrays.items[i].name;
    w.failed = !write_member(&w, &entries[i], &arrays.items[i].tensor);
  }
  uint64_t directory = w.offset;
  for (int64_t i = 0; i < arrays.count && !w.failed; i++)
    write_directory_entry(&w, &entries[i]);
  write_end(&w, (uint64_t)arrays.count, directory);
  return dlc_writer_close(&w);
}
