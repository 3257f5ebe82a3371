//===- ProtoReader.h - a bounded reader of protobuf's wire format *- C++
//-*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A message is read field by field, in place:
//
//   ProtoReader reader(source, bytes, "NodeProto");
//   while (reader.next())
//     switch (reader.field()) {
//     case 1: inputs.push_back(reader.string()); break;
//     case 3: name = reader.string(); break;
//     }
//   return !source.failed();
//
// Nothing in the file is trusted: `next` has checked that the whole field lies
// within its message before anyone asks for its value. The first error sticks
// to the source, every reader of that source then ends, and values asked for
// after it are zero or empty. Fields that nobody asks for are skipped.
//
// Nested messages are spans of bytes until somebody reads them, so that what a
// file costs in memory is bounded by its size and nesting costs no stack here.
//
//===----------------------------------------------------------------------===//

#ifndef DLC_SUPPORT_PROTOREADER_H
#define DLC_SUPPORT_PROTOREADER_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/ADT/Twine.h"

#include <cstdint>
#include <optional>
#include <string>

namespace dlc {

/// A file that is read as protobuf, and the first thing found wrong in it.
class ProtoSource {
public:
  explicit ProtoSource(llvm::ArrayRef<char> file) : file(file) {}

  bool failed() const { return !message.empty(); }
  /// What is wrong, and at which byte of the file.
  const std::string &error() const { return message; }
  /// Notes an error at `position`, which lies in the file; keeps the first one.
  void fail(const char *position, const llvm::Twine &text);

private:
  llvm::ArrayRef<char> file;
  std::string message;
};

/// How a field is encoded; the other codes (groups) are rejected.
enum class ProtoWire : uint8_t {
  Varint = 0,
  Fixed64 = 1,
  Bytes = 2,
  Fixed32 = 5
};

/// A repeated scalar field where it lies: each chunk is a packed run, or one
/// element that stands alone.
using ProtoChunks = llvm::SmallVector<llvm::StringRef, 1>;

class ProtoReader {
public:
  /// `name` is the message's type, for diagnostics.
  ProtoReader(ProtoSource &source, llvm::StringRef message, const char *name)
      : source(source), name(name), position(message.begin()),
        end(message.end()) {}

  /// Goes to the next field; false at the end and after an error.
  bool next();
  uint32_t field() const { return number; }

  // The value of the current field.
  uint64_t varint();
  int64_t integer() { return static_cast<int64_t>(varint()); }
  float f32();
  llvm::StringRef string();
  /// A message that may occur once; protobuf would merge a second one.
  void message(std::optional<llvm::StringRef> &value);
  /// One occurrence of a repeated scalar whose elements are encoded as `wire`.
  void repeated(ProtoWire wire, ProtoChunks &chunks);

  /// Notes an error at the current field.
  void fail(const llvm::Twine &text);

private:
  bool expect(ProtoWire expected);
  bool readPayload();

  ProtoSource &source;
  const char *name;
  const char *position;
  const char *end;
  const char *start = nullptr; // of the current field
  uint32_t number = 0;
  ProtoWire wire = ProtoWire::Varint;
  uint64_t scalar = 0;
  llvm::StringRef payload;
};

/// Decodes varints; false, with an error at `source`, if the last one is cut
/// off.
bool forEachVarint(ProtoSource &source, const ProtoChunks &chunks,
                   llvm::function_ref<void(uint64_t)> visit);

/// Number of elements of `size` bytes each; fails if a chunk is no multiple.
std::optional<uint64_t> countFixed(ProtoSource &source,
                                   const ProtoChunks &chunks, unsigned size);

} // namespace dlc

#endif // DLC_SUPPORT_PROTOREADER_H
