//===- ReaderOrder.cpp - which nodes come before which ----------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Frontend/ONNX/ReaderOrder.h"
#include "Frontend/ONNX/ReaderGraph.h"
#include <queue>

using namespace dlc;
using namespace dlc::onnx;
using Names = llvm::DenseSet<llvm::StringRef>;

static void addNeeds(llvm::ArrayRef<char> file, const proto::Node &node,
                     unsigned depth, Names &names);

/// The names that a graph takes from around it.
static void addOuterNames(llvm::ArrayRef<char> file, proto::Span span,
                          unsigned depth, Names &names) {
  ProtoSource source(file);
  proto::Graph graph;
  if (depth > kDeepest || !parse(source, span, graph))
    return; // reported when it is read
  Names used, own;
  for (proto::Span input : graph.inputs)
    if (proto::ValueInfo info; parse(source, input, info))
      own.insert(info.name);
  for (proto::Span weight : graph.initializers)
    if (proto::Tensor tensor; parse(source, weight, tensor))
      own.insert(tensor.name);
  for (proto::Span output : graph.outputs)
    if (proto::ValueInfo info; parse(source, output, info))
      used.insert(info.name);
  for (proto::Span inner : graph.nodes)
    if (proto::Node node; parse(source, inner, node)) {
      addNeeds(file, node, depth, used);
      own.insert(node.outputs.begin(), node.outputs.end());
    }
  for (llvm::StringRef name : used)
    if (!own.contains(name))
      names.insert(name);
}

static void addNeeds(llvm::ArrayRef<char> file, const proto::Node &node,
                     unsigned depth, Names &names) {
  names.insert(node.inputs.begin(), node.inputs.end());
  ProtoSource source(file);
  for (proto::Span span : node.attributes) {
    proto::Attribute attribute;
    if (!parse(source, span, attribute))
      return;
    if (isGradient(node)) {
      names.insert(attribute.strings.begin(), attribute.strings.end());
      names.insert(attribute.s.value_or(""));
    }
    if (attribute.graph)
      addOuterNames(file, *attribute.graph, depth + 1, names);
    for (proto::Span graph : attribute.graphs)
      addOuterNames(file, graph, depth + 1, names);
  }
}

NodeNeeds::NodeNeeds(llvm::ArrayRef<char> file,
                     llvm::ArrayRef<proto::Span> spans)
    : needs(spans.size()) {
  std::vector<proto::Node> nodes(spans.size());
  for (auto [index, span] : llvm::enumerate(spans)) {
    ProtoSource source(file);
    if (!parse(source, span, nodes[index]))
      continue;
    for (llvm::StringRef output : nodes[index].outputs)
      if (!output.empty())
        producers.insert({output, index});
  }
  for (auto [index, node] : llvm::enumerate(nodes)) {
    Names names;
    addNeeds(file, node, /*depth=*/0, names);
    for (llvm::StringRef name : names)
      if (auto found = producers.find(name); found != producers.end())
        needs[index].push_back(found->second);
  }
}

/// What holds a node up is a cycle, or held up by one.
size_t NodeNeeds::nodeOfCycle(const std::vector<bool> &placed,
                              size_t from) const {
  llvm::DenseSet<size_t> seen;
  size_t node = from;
  while (seen.insert(node).second)
    node = *llvm::find_if(needs[node], [&](size_t n) { return !placed[n]; });
  return node;
}

std::vector<size_t> NodeNeeds::order() const {
  std::vector<llvm::SmallVector<size_t, 2>> users(needs.size());
  std::vector<size_t> missing(needs.size()), result;
  std::priority_queue<size_t, std::vector<size_t>, std::greater<>> ready;
  for (auto [index, list] : llvm::enumerate(needs)) {
    missing[index] = list.size();
    for (size_t need : list)
      users[need].push_back(index);
    if (list.empty())
      ready.push(index);
  }
  std::vector<bool> placed(needs.size());
  while (!ready.empty()) {
    size_t node = ready.top();
    ready.pop();
    result.push_back(node);
    placed[node] = true;
    for (size_t user : users[node])
      if (--missing[user] == 0)
        ready.push(user);
  }
  if (result.size() == needs.size())
    return result;
  size_t first =
      nodeOfCycle(placed, llvm::find(placed, false) - placed.begin());
  result.push_back(first);
  placed[first] = true;
  for (size_t node = 0; node < placed.size(); ++node)
    if (!placed[node])
      result.push_back(node);
  return result;
}
