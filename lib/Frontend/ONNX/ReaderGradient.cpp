//===- ReaderGradient.cpp - the graph that Gradient names -------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Gradient says what it differentiates by the names of tensors: a graph from
// those in `xs` and `zs` to `y`. Names are the reader's: it makes of them a
// graph of the node's own, which takes what the node's inputs are.

#include "Frontend/Common/Gradient.h"
#include "Frontend/ONNX/ReaderGraph.h"
#include "Support/Diagnostics.h"

#include "mlir/IR/IRMapping.h"

using namespace mlir;
using namespace dlc;
using namespace dlc::onnx;

bool dlc::onnx::isGradient(const proto::Node &node) {
  return node.opType == "Gradient" && node.domain == "ai.onnx.preview.training";
}

LogicalResult GraphReader::namedValues(const BoundAttribute &attribute,
                                       Location at,
                                       SmallVectorImpl<Value> &values) {
  proto::Spans names = attribute.proto.strings;
  if (attribute.proto.s)
    names.push_back(*attribute.proto.s);
  for (StringRef name : names) {
    if (name.empty())
      return emitError(at) << "attribute " << quote(attribute.proto.name)
                           << " holds an empty name";
    FailureOr<Value> value = operand(name, at, *attribute.scope);
    if (failed(value))
      return failure();
    values.push_back(*value);
  }
  return success();
}

LogicalResult GraphReader::addDifferentiated(const Attributes &attributes,
                                             OperationState &state) {
  Location at = state.location;
  SmallVector<Value> xs, zs, ys;
  std::pair<StringRef, SmallVector<Value> *> lists[] = {
      {"xs", &xs}, {"zs", &zs}, {"y", &ys}};
  for (auto [name, values] : lists)
    for (const BoundAttribute &attribute : attributes)
      if (attribute.proto.name == name &&
          failed(namedValues(attribute, at, *values)))
        return failure();
  if (ys.size() != 1 || xs.empty() || !state.regions.empty())
    return emitError(at) << "attributes 'xs' and 'y' must name tensors";

  Block *block = new Block;
  state.addRegion()->push_back(block);
  state.addAttribute("graphs", builder.getStrArrayAttr({"y"}));
  IRMapping mapping;
  xs.append(zs);
  for (Value x : xs) {
    if (mapping.contains(x))
      return emitError(at) << "attributes 'xs' and 'zs' name a tensor twice";
    mapping.map(x, block->addArgument(graph::ValueType::get(&context), at));
  }
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToEnd(block);
  auto isMapped = [&](Value v) { return mapping.contains(v); };
  for (Operation *op : operationsBehind(ys.front(), isMapped)) {
    // With all that derivatives in it hold: each would be copied again.
    op->walk([&](Operation *) { ++nodeCount; });
    if (nodeCount > kMostNodes)
      return emitError(at) << "the model has over " << kMostNodes
                           << " nodes with those that are differentiated";
    // What depends on none of the tensors is there already.
    if (llvm::any_of(usedBy(op), isMapped))
      builder.clone(*op, mapping);
  }
  graph::YieldOp::create(builder, at, mapping.lookupOrDefault(ys.front()));
  return success();
}
