//===- ProtoReader.cpp - a bounded reader of protobuf's wire format *- C++
//-*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Support/ProtoReader.h"

#include "llvm/ADT/bit.h"
#include "llvm/Support/Endian.h"

using namespace llvm;
using namespace dlc;

void ProtoSource::fail(const char *position, const Twine &text) {
  if (failed())
    return;
  message = (text + " (at byte " + Twine(position - file.begin()) + ")").str();
}

/// Reads a varint at `position`; false if it does not end before `end`, or has
/// more than ten bytes.
static bool readVarint(const char *&position, const char *end,
                       uint64_t &value) {
  value = 0;
  for (unsigned shift = 0; shift < 70 && position != end; shift += 7) {
    uint8_t byte = *position++;
    if (shift < 64)
      value |= uint64_t(byte & 0x7f) << shift;
    if (byte < 0x80)
      return true;
  }
  return false;
}

static StringRef nameOf(ProtoWire wire) {
  switch (wire) {
  case ProtoWire::Varint:
    return "varint";
  case ProtoWire::Fixed64:
    return "fixed 64 bit";
  case ProtoWire::Bytes:
    return "length-delimited";
  case ProtoWire::Fixed32:
    return "fixed 32 bit";
  }
  return "unknown";
}

void ProtoReader::fail(const Twine &text) {
  source.fail(start, Twine(name) + " field " + Twine(number) + ": " + text);
}

bool ProtoReader::next() {
  if (source.failed() || position == end)
    return false;
  start = position;
  uint64_t tag;
  number = 0;
  if (!readVarint(position, end, tag)) {
    source.fail(start, Twine(name) + " ends within a field's tag");
    return false;
  }
  if (tag >> 32 || tag >> 3 == 0) {
    source.fail(start, Twine(name) + " has a field numbered " +
                           Twine(tag >> 3) + ", which protobuf does not allow");
    return false;
  }
  number = tag >> 3;
  wire = static_cast<ProtoWire>(tag & 7);
  return readPayload();
}

/// Finds the bytes of the current field and steps over them.
bool ProtoReader::readPayload() {
  uint64_t size = 0;
  switch (wire) {
  case ProtoWire::Varint: {
    const char *first = position;
    if (!readVarint(position, end, scalar)) {
      fail("the message ends within an integer, or it has over ten bytes");
      return false;
    }
    payload = StringRef(first, position - first);
    return true;
  }
  case ProtoWire::Fixed64:
    size = 8;
    break;
  case ProtoWire::Fixed32:
    size = 4;
    break;
  case ProtoWire::Bytes:
    if (!readVarint(position, end, size)) {
      fail("the message ends within a length");
      return false;
    }
    break;
  default:
    fail("wire type " + Twine(static_cast<unsigned>(wire)) +
         " is a group or unknown");
    return false;
  }
  uint64_t left = end - position;
  if (size > left) {
    fail("truncated, it says " + Twine(size) + " bytes and " + Twine(left) +
         " are left");
    return false;
  }
  payload = StringRef(position, size);
  position += size;
  return true;
}

bool ProtoReader::expect(ProtoWire expected) {
  if (wire == expected)
    return true;
  fail("encoded as " + nameOf(wire) + " where " + nameOf(expected) +
       " is expected");
  return false;
}

uint64_t ProtoReader::varint() {
  return expect(ProtoWire::Varint) ? scalar : 0;
}

float ProtoReader::f32() {
  if (!expect(ProtoWire::Fixed32))
    return 0;
  return bit_cast<float>(support::endian::read32le(payload.data()));
}

StringRef ProtoReader::string() {
  return expect(ProtoWire::Bytes) ? payload : StringRef();
}

void ProtoReader::message(std::optional<StringRef> &value) {
  if (!expect(ProtoWire::Bytes))
    return;
  if (value)
    return fail("occurs twice");
  value = payload;
}

void ProtoReader::repeated(ProtoWire element, ProtoChunks &chunks) {
  if (wire != element && !expect(ProtoWire::Bytes))
    return;
  if (!payload.empty())
    chunks.push_back(payload);
}

bool dlc::forEachVarint(ProtoSource &source, const ProtoChunks &chunks,
                        function_ref<void(uint64_t)> visit) {
  for (StringRef chunk : chunks) {
    const char *position = chunk.begin();
    while (position != chunk.end()) {
      const char *first = position;
      uint64_t value;
      if (!readVarint(position, chunk.end(), value)) {
        source.fail(first, "a packed integer is cut off or has over ten bytes");
        return false;
      }
      visit(value);
    }
  }
  return true;
}

std::optional<uint64_t>
dlc::countFixed(ProtoSource &source, const ProtoChunks &chunks, unsigned size) {
  uint64_t count = 0;
  for (StringRef chunk : chunks) {
    if (chunk.size() % size) {
      source.fail(chunk.begin(), "a packed field of " + Twine(chunk.size()) +
                                     " bytes is no multiple of " + Twine(size));
      return std::nullopt;
    }
    count += chunk.size() / size;
  }
  return count;
}
