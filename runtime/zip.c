/*===- runtime/zip.c - reading zip archives -----------------------*- C -*-===*
 *
 * Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*
 *
 * Only the central directory is believed: it gives sizes also where the local
 * headers leave them to a data descriptor. Every offset, size and count is
 * checked against the file before it is used.
 *
 *===----------------------------------------------------------------------===*/

#include "program.h"
#include <string.h>

enum {
  END_SIZE = 22,
  END64_SIZE = 56,
  LOCATOR64_SIZE = 20,
  ENTRY_SIZE = 46,
  LOCAL_SIZE = 30,
  COMMENT_MAX = 0xffff
};

static uint64_t get(const unsigned char *at, int bytes) {
  uint64_t value = 0;
  while (bytes-- > 0)
    value = value << 8 | at[bytes];
  return value;
}

/* Whether [offset, offset + size) lies within the file. */
static bool within(dlc_bytes file, uint64_t offset, uint64_t size) {
  return offset <= file.size && size <= file.size - offset;
}

static bool is_at(dlc_bytes file, uint64_t offset, uint64_t size,
                  const char *signature) {
  return within(file, offset, size) &&
         memcmp(file.data + offset, signature, 4) == 0;
}

/* The end record is the last thing in the file but for a comment. */
static bool find_end(dlc_bytes file, uint64_t *end) {
  if (file.size < END_SIZE)
    return false;
  uint64_t at = file.size - END_SIZE;
  for (uint64_t i = 0; i <= COMMENT_MAX && i <= at; i++)
    if (is_at(file, at - i, END_SIZE, "PK\5\6") &&
        get(file.data + at - i + 20, 2) == i) {
      *end = at - i;
      return true;
    }
  return false;
}

const char *dlc_zip_open(dlc_bytes file, dlc_zip *zip) {
  uint64_t end;
  if (!find_end(file, &end))
    return "not an npz file, or a truncated one (no zip directory)";
  uint64_t size = get(file.data + end + 12, 4);
  uint64_t offset = get(file.data + end + 16, 4);
  if (end >= LOCATOR64_SIZE &&
      is_at(file, end - LOCATOR64_SIZE, LOCATOR64_SIZE, "PK\6\7")) {
    uint64_t end64 = get(file.data + end - LOCATOR64_SIZE + 8, 8);
    if (!is_at(file, end64, END64_SIZE, "PK\6\6"))
      return "corrupt zip64 directory";
    size = get(file.data + end64 + 40, 8);
    offset = get(file.data + end64 + 48, 8);
  }
  if (!within(file, offset, size) || offset + size > end)
    return "corrupt zip directory";
  *zip = (dlc_zip){file, offset, offset + size, NULL};
  return NULL;
}

/* Replaces the fields that hold 0xffffffff by those of the zip64 extra. */
static const char *read_zip64(const unsigned char *extra, size_t length,
                              uint64_t *fields[3]) {
  const char *error = "corrupt zip64 sizes";
  bool needed = false;
  for (int i = 0; i < 3; i++)
    needed |= *fields[i] == 0xffffffff;
  if (!needed)
    return NULL;
  while (length >= 4) {
    uint64_t id = get(extra, 2), size = get(extra + 2, 2);
    extra += 4, length -= 4;
    if (size > length)
      return error;
    if (id != 1) {
      extra += size, length -= size;
      continue;
    }
    for (int i = 0; i < 3; i++) {
      if (*fields[i] != 0xffffffff)
        continue;
      if (size < 8)
        return error;
      *fields[i] = get(extra, 8);
      extra += 8, size -= 8;
    }
    return NULL;
  }
  return error;
}

/* Finds the data behind the local header, whose names may differ in length. */
static const char *find_data(dlc_bytes file, uint64_t local, uint64_t packed,
                             dlc_zip_member *member) {
  if (!is_at(file, local, LOCAL_SIZE, "PK\3\4"))
    return "corrupt zip member header";
  uint64_t data = local + LOCAL_SIZE + get(file.data + local + 26, 2) +
                  get(file.data + local + 28, 2);
  if (!within(file, data, packed))
    return "truncated zip member";
  member->packed = (dlc_bytes){file.data + data, packed};
  return NULL;
}

static const char *read_entry(dlc_zip *zip, dlc_zip_member *member) {
  uint64_t left = zip->end - zip->next;
  const unsigned char *entry = zip->file.data + zip->next;
  if (left < ENTRY_SIZE || memcmp(entry, "PK\1\2", 4) != 0)
    return "corrupt zip directory";
  size_t name = get(entry + 28, 2), extra = get(entry + 30, 2);
  uint64_t all = ENTRY_SIZE + name + extra + get(entry + 32, 2);
  if (all > left)
    return "corrupt zip directory";
  zip->next += all;
  uint64_t packed = get(entry + 20, 4), local = get(entry + 42, 4);
  uint64_t method = get(entry + 10, 2);
  member->name = (const char *)entry + ENTRY_SIZE;
  member->name_length = name;
  member->crc = (uint32_t)get(entry + 16, 4);
  member->size = get(entry + 24, 4);
  member->deflated = method == 8;
  uint64_t *fields[] = {&member->size, &packed, &local};
  const char *error = read_zip64(entry + ENTRY_SIZE + name, extra, fields);
  if (error)
    return error;
  if (get(entry + 8, 2) & 1)
    return "encrypted zip members are not supported";
  if (method != 0 && method != 8)
    return "only stored and deflated zip members are supported";
  if (method == 0 && packed != member->size)
    return "corrupt zip member sizes";
  /* No deflate stream grows more than this: a lie about the size. */
  if (method == 8 && member->size / 1032 > packed)
    return "corrupt zip member sizes";
  return find_data(zip->file, local, packed, member);
}

bool dlc_zip_next(dlc_zip *zip, dlc_zip_member *member) {
  if (zip->error || zip->next == zip->end)
    return false;
  zip->error = read_entry(zip, member);
  return !zip->error;
}

const char *dlc_zip_read(const dlc_zip_member *member, void *out) {
  if (!member->deflated) {
    memcpy(out, member->packed.data, member->size);
  } else {
    bool done;
    int64_t size = dlc_inflate(member->packed, out, member->size, &done);
    if (size < 0 || !done || (uint64_t)size != member->size)
      return "corrupt deflated data";
  }
  return dlc_crc32(0, out, member->size) == member->crc ? NULL
                                                        : "wrong checksum";
}
