//===- TunedForms.cpp - what --tune has measured ----------------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Driver/TunedForms.h"

#include "Support/Json.h"
#include "Target/OutputFile.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include <cmath>

using namespace llvm;

namespace dlc {

/// No other number can be written again.
static bool isFinite(double x, json::Path path) {
  if (std::isfinite(x))
    return true;
  path.report("expected finite number");
  return false;
}

// A wrong form costs time, but none can be wrong: a name that is no form, or
// none of the operation's, is passed over.
static bool fromJSON(const json::Value &value, TunedForms::Entry &entry,
                     json::Path path) {
  json::ObjectMapper o(value, path);
  if (!o || !o.map("best", entry.best) || !o.map("us", entry.us))
    return false;
  for (const auto &[form, us] : entry.us)
    if (!isFinite(us, path.field("us").field(form)))
      return false;
  return true;
}

static bool fromJSON(const json::Value &value, TunedForms::Processor &to,
                     json::Path path) {
  json::ObjectMapper o(value, path);
  return o && o.map("gflops", to.gflops) &&
         isFinite(to.gflops, path.field("gflops")) &&
         o.map("forms", to.entries);
}

static Error inFile(StringRef path, Error error) {
  return createStringError(
      "'" + path + "' in '--tune-file=': " + toString(std::move(error)));
}

Error TunedForms::read(StringRef path) {
  auto file = MemoryBuffer::getFile(path, /*IsText=*/true,
                                    /*RequiresNullTerminator=*/false,
                                    /*IsVolatile=*/true);
  if (!file)
    return file.getError() == std::errc::no_such_file_or_directory
               ? Error::success()
               : inFile(path, errorCodeToError(file.getError()));
  auto value = parseJson((*file)->getBuffer());
  if (!value)
    return inFile(path, value.takeError());
  json::Path::Root root("the file");
  std::map<std::string, Processor> read;
  if (!fromJSON(*value, read, root))
    return inFile(path, root.getError());
  add(read);
  return Error::success();
}

void TunedForms::add(const std::map<std::string, Processor> &others) {
  for (const auto &[name, from] : others) {
    Processor &to = processors[name];
    if (from.gflops > 0) // 0: nothing was measured
      to.gflops = from.gflops;
    for (const auto &[key, entry] : from.entries)
      to.entries[key] = entry;
  }
}

Error TunedForms::write(StringRef path) const {
  std::string text;
  raw_string_ostream os(text);
  json::OStream json(os, /*IndentSize=*/1);
  auto number = [&](StringRef name, double x) {
    json.attributeBegin(name);
    json.rawValue(formatv("{0:F3}", x).str());
    json.attributeEnd();
  };
  json.object([&] {
    for (const auto &[name, processor] : processors)
      json.attributeObject(name, [&] {
        number("gflops", processor.gflops);
        json.attributeObject("forms", [&] {
          for (const auto &[key, entry] : processor.entries)
            json.attributeObject(key, [&] {
              json.attribute("best", entry.best);
              json.attributeObject("us", [&] {
                for (const auto &[form, us] : entry.us)
                  number(form, us);
              });
            });
        });
      });
  });
  os << "\n";
  StringRef folder = sys::path::parent_path(path);
  if (!folder.empty())
    if (std::error_code code = sys::fs::create_directories(folder))
      return inFile(path, errorCodeToError(code));
  auto file = target::OutputFile::create(path);
  if (!file)
    return file.takeError();
  if (Error error = file->write(text))
    return error;
  return file->keep();
}

const TunedForms::Entry *TunedForms::find(const std::string &processor,
                                          const std::string &key) const {
  auto known = processors.find(processor);
  if (known == processors.end())
    return nullptr;
  auto entry = known->second.entries.find(key);
  return entry == known->second.entries.end() ? nullptr : &entry->second;
}

TunedForms::Measured TunedForms::measured(const std::string &processor,
                                          const std::string &key) const {
  const Entry *entry = find(processor, key);
  auto choice = choices.find(key);
  if (!entry || choice == choices.end())
    return {};
  auto us = entry->us.find(choice->second.taken.name());
  if (us == entry->us.end())
    return {};
  return {us->second, processors.at(processor).gflops};
}

cpu::FormChooser TunedForms::chooser(const std::string &processor) {
  return [this, processor](StringRef key, ArrayRef<cpu::Form> forms) {
    std::lock_guard<std::mutex> lock(mutex);
    cpu::Form form = forms[trial < forms.size() ? trial : 0];
    if (const Entry *entry = find(processor, key.str()))
      if (std::optional<cpu::Form> best = cpu::Form::parse(entry->best))
        if (is_contained(forms, *best))
          form = *best;
    choices[key.str()] = {SmallVector<cpu::Form>(forms), form};
    return form;
  };
}

std::string processorName(StringRef label, StringRef attributes,
                          unsigned optLevel) {
  std::string level = optLevel == 3 ? "" : " -O" + std::to_string(optLevel);
  return (label + (attributes.empty() ? "" : " ") + attributes + level).str();
}

} // namespace dlc
