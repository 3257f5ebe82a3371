//===- LinkOutput.cpp - the last phase --------------------------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Driver/Phases.h"
#include "Target/Link.h"
#include "Target/ModelObject.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Program.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;
using namespace mlir;

namespace dlc {
namespace {

target::LinkKind linkKind(Emit emit) {
  switch (emit) {
  case Emit::Object:
    return target::LinkKind::Object;
  case Emit::Archive:
    return target::LinkKind::Archive;
  case Emit::Shared:
    return target::LinkKind::Shared;
  default:
    return target::LinkKind::Executable;
  }
}

target::LinkRequest linkRequest(const Compilation &compilation) {
  const Options &options = compilation.options;
  target::LinkRequest request;
  request.kind = linkKind(options.emit);
  request.triple = compilation.codes.front().target.triple;
  request.ident = compilation.info.ident;
  request.sysroot = options.sysroot;
  request.runtimeRoot = options.runtimeDir;
  request.isStatic = options.isStatic;
  request.keepSymbols = options.debugInfo || options.saveTemps.has_value();
  request.jobs = options.jobs;
  request.objects = compilation.objects;
  request.archives = compilation.archives;
  request.output = options.output;
  return request;
}

void printCommand(ArrayRef<std::string> command, raw_ostream &os) {
  for (const std::string &arg : command) {
    os << " ";
    sys::printArg(os, arg, /*Quote=*/true);
  }
  os << "\n";
}

// "lib/libresnet50.a" is declared in "lib/resnet50.h".
std::string headerPath(StringRef output) {
  StringRef stem = sys::path::stem(output);
  stem.consume_front("lib");
  if (stem.empty())
    stem = sys::path::stem(output);
  SmallString<128> path(sys::path::parent_path(output));
  sys::path::append(path, stem + ".h");
  return path.str().str();
}

} // namespace

LogicalResult linkOutput(Compilation &compilation) {
  target::LinkRequest request = linkRequest(compilation);
  if (compilation.options.verbose) {
    auto command = target::linkCommand(request, compilation.temps);
    if (!command)
      return compilation.error(command.takeError());
    printCommand(*command, errs());
  }
  auto place = compilation.addResult(request.output);
  if (!place)
    return compilation.error(place.takeError());
  if (llvm::Error error = target::link(request, *place, compilation.temps))
    return compilation.error(std::move(error));
  if (request.kind == target::LinkKind::Executable)
    return success();
  return compilation.writeResult(headerPath(request.output),
                                 target::modelHeader(compilation.info));
}

LogicalResult printLinkCommand(Compilation &compilation) {
  target::LinkRequest request = linkRequest(compilation);
  request.objects = {request.ident + ".model.o", request.ident + ".0.o",
                     request.ident + ".weights.o"};
  auto command = target::linkCommand(request, compilation.temps);
  if (!command)
    return compilation.error(command.takeError());
  printCommand(*command, errs());
  return success();
}

} // namespace dlc
