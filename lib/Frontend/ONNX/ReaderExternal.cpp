//===- ReaderExternal.cpp - data beside an ONNX file ------------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Frontend/ONNX/ReaderTensor.h"
#include "Support/Diagnostics.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

using namespace llvm;
using namespace dlc;
using namespace dlc::onnx;

namespace path = llvm::sys::path;
namespace fs = llvm::sys::fs;

ExternalData::ExternalData(StringRef model)
    : folder(path::parent_path(model).str()) {
  if (folder.empty())
    folder = ".";
}

/// True if `location` climbs out of its folder by its text alone.
static bool climbsOut(StringRef location) {
  int depth = 0;
  for (auto part = path::begin(location), end = path::end(location);
       part != end; ++part) {
    depth += *part == ".." ? -1 : *part == "." ? 0 : 1;
    if (depth < 0)
      return true;
  }
  return false;
}

/// True if `file` lies in `folder`; both are real paths.
static bool liesIn(StringRef file, StringRef folder) {
  if (!file.consume_front(folder))
    return false;
  return folder.ends_with("/") || file.starts_with("/");
}

std::shared_ptr<MappedFile> ExternalData::open(StringRef location,
                                               std::string &error) {
  std::shared_ptr<MappedFile> &known = files[location];
  if (known)
    return known;
  std::string name = quote(location);
  auto fail = [&](const Twine &text) {
    error = ("external data file " + name + " " + text).str();
    return nullptr;
  };
  if (location.contains('\0'))
    return fail("has a zero byte in its name");
  if (path::is_absolute(location))
    return fail("is an absolute path; it should be relative to the model");
  if (climbsOut(location))
    return fail("lies outside of the model's folder");

  SmallString<128> full(folder), realFile, realFolder;
  path::append(full, location);
  std::error_code code = fs::real_path(full, realFile);
  if (!code)
    code = fs::real_path(folder, realFolder);
  if (code)
    return fail("cannot be opened: " + describe(code));
  if (!liesIn(realFile, realFolder))
    return fail("is a link to outside of the model's folder");
  // A pipe would block.
  if (!fs::is_regular_file(realFile))
    return fail("is not a regular file");
  ErrorOr<std::shared_ptr<MappedFile>> opened = MappedFile::open(realFile);
  if (!opened)
    return fail("cannot be opened: " + describe(opened.getError()));
  return known = *opened;
}

std::vector<std::string> ExternalData::opened() const {
  std::vector<std::string> names;
  for (const auto &[location, file] : files)
    if (file) {
      SmallString<128> full(folder == "." ? "" : folder);
      path::append(full, location);
      names.push_back(full.str().str());
    }
  llvm::sort(names);
  return names;
}

std::optional<ExternalData::Range>
ExternalData::find(ProtoSource &source, const proto::Spans &entries,
                   uint64_t size, std::string &error) {
  StringRef location, offsetText = "0", lengthText;
  for (proto::Span bytes : entries) {
    proto::StringEntry entry;
    if (!parse(source, bytes, entry)) {
      error = source.error();
      return std::nullopt;
    }
    if (entry.key == "location")
      location = entry.value;
    else if (entry.key == "offset")
      offsetText = entry.value;
    else if (entry.key == "length")
      lengthText = entry.value;
  }
  auto fail = [&](const Twine &text) {
    error = text.str();
    return std::nullopt;
  };
  uint64_t offset = 0, length = size;
  if (location.empty())
    return fail("external data has no location");
  if (offsetText.getAsInteger(10, offset))
    return fail("external data offset " + quote(offsetText) +
                " is not a number");
  if (!lengthText.empty() && lengthText.getAsInteger(10, length))
    return fail("external data length " + quote(lengthText) +
                " is not a number");
  if (length != size)
    return fail("external data has " + Twine(length) +
                " bytes where the type needs " + Twine(size));
  std::shared_ptr<MappedFile> file = open(location, error);
  if (!file)
    return std::nullopt;
  if (offset > file->size() || size > file->size() - offset)
    return fail("external data file " + quote(location) + " has " +
                Twine(file->size()) + " bytes; the data are " + Twine(size) +
                " bytes from " + Twine(offset) + " on");
  return Range{file, file->bytes().slice(offset, size)};
}
