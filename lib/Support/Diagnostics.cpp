//===- Diagnostics.cpp - locations of models, diagnostics as clang's *- C++
//-*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Support/Diagnostics.h"

#include "mlir/IR/BuiltinAttributes.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/JSON.h"

using namespace mlir;
using namespace dlc;

Location dlc::fileLocation(MLIRContext &context, StringRef path) {
  return FileLineColLoc::get(&context, path, 0, 0);
}

Location dlc::namedLocation(const Twine &what, Location file) {
  return NameLoc::get(StringAttr::get(file.getContext(), what), file);
}

std::string dlc::nodesOf(Location location) {
  std::string text;
  location->walk([&](Location l) {
    auto named = dyn_cast<NameLoc>(l);
    if (!named)
      return WalkResult::advance();
    StringRef name = named.getName();
    // "node 'conv1' (Conv)": the name is enough.
    if (name.consume_front("node '"))
      name = name.take_until([](char c) { return c == '\''; });
    text += (text.empty() ? "" : "+") + name.str();
    return WalkResult::skip();
  });
  return text;
}

std::string dlc::quote(StringRef text) {
  constexpr size_t kLongest = 100;
  if (text.size() <= kLongest)
    return ("'" + text + "'").str();
  return ("'" + text.take_front(kLongest) + "...'").str();
}

//===----------------------------------------------------------------------===//
// Flattening
//===----------------------------------------------------------------------===//

namespace {
/// What a tree of locations says, the file and then names from outside inwards.
struct Place {
  std::string file;
  SmallVector<std::string> names;
  /// Fused locations share their parts, so a tree can be larger than it looks.
  unsigned budget = 1024;

  void add(Location location);
  void addFile(FileLineColLoc location);
  void addFused(FusedLoc location);
};
} // namespace

void Place::add(Location location) {
  if (budget == 0)
    return;
  --budget;
  TypeSwitch<LocationAttr>(location)
      .Case([&](FileLineColLoc at) { addFile(at); })
      .Case([&](NameLoc at) {
        add(at.getChildLoc());
        names.push_back(at.getName().str());
      })
      .Case([&](CallSiteLoc at) {
        add(at.getCaller());
        add(at.getCallee());
      })
      .Case([&](FusedLoc at) { addFused(at); })
      .Case([&](OpaqueLoc at) { add(at.getFallbackLocation()); });
}

void Place::addFile(FileLineColLoc location) {
  // Of an inlined function, the place of the call is what the user looks for.
  if (!file.empty())
    return;
  file = location.getFilename().str();
  if (location.getLine()) {
    file += ":" + std::to_string(location.getLine());
    if (location.getColumn())
      file += ":" + std::to_string(location.getColumn());
  }
}

void Place::addFused(FusedLoc location) {
  constexpr size_t kMostNames = 3;
  SmallVector<std::string> parts;
  for (Location part : location.getLocations()) {
    Place place;
    place.budget = budget;
    place.add(part);
    budget = place.budget;
    if (file.empty())
      file = place.file;
    std::string name = llvm::join(place.names, ": ");
    if (!name.empty() && !llvm::is_contained(parts, name))
      parts.push_back(name);
  }
  if (parts.size() > kMostNames) {
    parts.truncate(kMostNames);
    parts.push_back("...");
  }
  if (!parts.empty())
    names.push_back(llvm::join(parts, ", "));
}

std::string dlc::describe(Location location) {
  Place place;
  place.add(location);
  constexpr size_t kMostNames = 6;
  SmallVector<std::string> &names = place.names;
  if (names.size() > kMostNames) {
    names.erase(names.begin() + kMostNames / 2, names.end() - kMostNames / 2);
    names.insert(names.begin() + kMostNames / 2, "...");
  }
  if (!place.file.empty())
    names.insert(names.begin(), place.file);
  return llvm::join(names, ": ");
}

//===----------------------------------------------------------------------===//
// Printing
//===----------------------------------------------------------------------===//

/// Prints text from a model file: control characters would reach a terminal.
static void printSafely(raw_ostream &os, StringRef text) {
  for (char c : llvm::json::fixUTF8(text)) {
    if ((static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t') ||
        c == 0x7f)
      os << llvm::format("\\x%02x", static_cast<unsigned char>(c));
    else
      os << c;
  }
}

static std::pair<StringRef, raw_ostream::Colors>
severityStyle(DiagnosticSeverity severity) {
  switch (severity) {
  case DiagnosticSeverity::Error:
    return {"error", raw_ostream::RED};
  case DiagnosticSeverity::Warning:
    return {"warning", raw_ostream::MAGENTA};
  case DiagnosticSeverity::Remark:
    return {"remark", raw_ostream::BLUE};
  case DiagnosticSeverity::Note:
    break;
  }
  return {"note", raw_ostream::CYAN};
}

DiagnosticPrinter::DiagnosticPrinter(MLIRContext &context, raw_ostream &os,
                                     bool colour, StringRef tool)
    : context(context), os(os), colour(colour), tool(tool) {
  if (colour)
    os.enable_colors(true);
  handler =
      context.getDiagEngine().registerHandler([this](Diagnostic &diagnostic) {
        if (diagnostic.getSeverity() == DiagnosticSeverity::Error)
          ++errorCount;
        print(diagnostic.getLocation(), diagnostic.getSeverity(),
              diagnostic.str());
        for (Diagnostic &note : diagnostic.getNotes())
          print(note.getLocation(), note.getSeverity(), note.str());
        return success();
      });
}

DiagnosticPrinter::~DiagnosticPrinter() {
  context.getDiagEngine().eraseHandler(handler);
}

void DiagnosticPrinter::print(Location location, DiagnosticSeverity severity,
                              StringRef text) {
  auto [word, wordColour] = severityStyle(severity);
  std::string place = describe(location);
  if (colour)
    os.changeColor(raw_ostream::SAVEDCOLOR, /*Bold=*/true);
  printSafely(os, place.empty() ? tool : place);
  os << ": ";
  if (colour)
    os.changeColor(wordColour, /*Bold=*/true);
  os << word << ": ";
  if (colour)
    os.resetColor();
  bool bold = colour && severity != DiagnosticSeverity::Note;
  if (bold)
    os.changeColor(raw_ostream::SAVEDCOLOR, /*Bold=*/true);
  printSafely(os, text);
  if (bold)
    os.resetColor();
  os << '\n';
}
