//===- ReaderErrors.cpp - why a name of an ONNX graph has no value *- C++
//-*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Frontend/ONNX/ReaderGraph.h"
#include "Support/Diagnostics.h"

using namespace mlir;
using namespace dlc;
using namespace dlc::onnx;

LogicalResult GraphReader::wire(Location at) {
  return emitError(at) << "malformed protobuf: " << source.error();
}

namespace {
/// The nodes of one graph, parsed all at once. A node that does not parse stays
/// empty: it comes later and is not what the error is about.
struct NodeList {
  NodeList(ArrayRef<char> file, ArrayRef<proto::Span> spans)
      : nodes(spans.size()) {
    for (auto [index, span] : llvm::enumerate(spans)) {
      ProtoSource source(file);
      parse(source, span, nodes[index]);
      for (StringRef output : nodes[index].outputs)
        if (!output.empty())
          producers.insert({output, index});
    }
  }

  /// True if node `from` needs a value of node `to`, directly or not.
  bool reaches(size_t from, size_t to) const {
    SmallVector<size_t> stack = {from};
    llvm::DenseSet<size_t> seen;
    while (!stack.empty()) {
      size_t node = stack.pop_back_val();
      if (node == to)
        return true;
      if (!seen.insert(node).second)
        continue;
      for (StringRef input : nodes[node].inputs) {
        auto found = producers.find(input);
        if (found != producers.end())
          stack.push_back(found->second);
      }
    }
    return false;
  }

  std::vector<proto::Node> nodes;
  llvm::DenseMap<StringRef, size_t> producers;
};
} // namespace

/// A name without a value is wrong altogether, or defined later, or part of a
/// cycle.
LogicalResult GraphReader::explainMissing(StringRef name, Location at,
                                          const Scope &scope) {
  for (const Scope *inner = &scope; inner; inner = inner->outer) {
    NodeList list(file->bytes(), inner->nodes);
    auto found = list.producers.find(name);
    if (found == list.producers.end())
      continue;
    size_t producer = found->second;
    if (list.reaches(producer, inner->current))
      return emitError(at) << "value " << quote(name)
                           << " depends on itself: the graph has a cycle";
    InFlightDiagnostic diagnostic =
        emitError(at) << "uses value " << quote(name)
                      << " before it is defined; nodes should be in "
                         "topological order";
    diagnostic.attachNote(
        locationOf(list.nodes[producer], producer, *inner->frame))
        << quote(name) << " is defined here";
    return diagnostic;
  }
  return emitError(at) << "value " << quote(name) << " is not defined";
}
