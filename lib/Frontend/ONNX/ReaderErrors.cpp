//===- ReaderErrors.cpp - why a name of an ONNX graph has no value *- C++
//-*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Frontend/ONNX/ReaderGraph.h"
#include "Frontend/ONNX/ReaderOrder.h"
#include "Support/Diagnostics.h"

using namespace mlir;
using namespace dlc;
using namespace dlc::onnx;

LogicalResult GraphReader::wire(Location at) {
  return emitError(at) << "malformed protobuf: " << source.error();
}

/// A name without a value is wrong altogether, or, nodes being in order, held
/// up by a cycle.
LogicalResult GraphReader::explainMissing(StringRef name, Location at,
                                          const Scope &scope) {
  for (const Scope *inner = &scope; inner; inner = inner->outer)
    if (NodeNeeds(file->bytes(), inner->nodes).gives(name))
      return emitError(at) << "value " << quote(name)
                           << " depends on itself: the graph has a cycle";
  return emitError(at) << "value " << quote(name) << " is not defined";
}
