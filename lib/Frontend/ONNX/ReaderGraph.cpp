//===- ReaderGraph.cpp - ONNX graphs to the graph dialect -------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Frontend/ONNX/ReaderGraph.h"
#include "Frontend/ONNX/ReaderOrder.h"
#include "Support/Diagnostics.h"

#include "llvm/Support/JSON.h"
#include "llvm/Support/SaveAndRestore.h"

using namespace mlir;
using namespace dlc;
using namespace dlc::onnx;

std::string dlc::onnx::nameOf(const proto::Node &node, size_t index) {
  std::string type = node.opType.take_front(100).str();
  StringRef output = node.outputs.empty() ? "" : node.outputs.front();
  std::string name = node.name.empty() ? "node #" + std::to_string(index) +
                                             " -> " + quote(output)
                                       : "node " + quote(node.name);
  // Not only diagnostics hold it: traces are JSON.
  return llvm::json::fixUTF8(name + " (" + type + ")");
}

Location GraphReader::locationOf(const proto::Node &node, size_t index,
                                 const Frame &frame) {
  Location at = namedLocation(nameOf(node, index), fileLoc);
  return frame.call ? Location(CallSiteLoc::get(at, *frame.call)) : at;
}

//===----------------------------------------------------------------------===//
// Names
//===----------------------------------------------------------------------===//

LogicalResult GraphReader::define(StringRef name, Value value, Location at,
                                  Scope &scope) {
  if (!scope.values.insert({name, value}).second)
    return emitError(at) << "value " << quote(name) << " is defined twice";
  return success();
}

/// One `graph.none` serves a whole block.
Value GraphReader::none() {
  Value &value = nones[builder.getInsertionBlock()];
  if (!value) {
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(builder.getInsertionBlock());
    value = graph::NoneOp::create(builder, fileLoc,
                                  graph::ValueType::get(&context));
  }
  return value;
}

FailureOr<Value> GraphReader::operand(StringRef name, Location at,
                                      Scope &scope) {
  if (name.empty())
    return none();
  for (Scope *inner = &scope; inner; inner = inner->outer)
    if (Value value = inner->values.lookup(name))
      return value;
  return explainMissing(name, at, scope);
}

LogicalResult GraphReader::operands(const proto::Node &node, Location at,
                                    Scope &scope,
                                    SmallVectorImpl<Value> &values) {
  for (StringRef name : node.inputs) {
    FailureOr<Value> value = operand(name, at, scope);
    if (failed(value))
      return failure();
    values.push_back(*value);
  }
  return success();
}

std::optional<int64_t> GraphReader::findVersion(StringRef domain,
                                                const Frame &frame) {
  if (frame.function) {
    auto found = frame.function->opsets.find(domain);
    if (found != frame.function->opsets.end())
      return found->second;
  }
  auto found = opsets.find(domain);
  if (found != opsets.end())
    return found->second;
  return std::nullopt;
}

const Function *GraphReader::findFunction(const proto::Node &node) {
  if (functions.empty())
    return nullptr;
  auto found =
      functions.find(functionKey(node.domain, node.opType, node.overload));
  return found == functions.end() ? nullptr : &found->second;
}

//===----------------------------------------------------------------------===//
// Graphs
//===----------------------------------------------------------------------===//

/// The name of a sparse initializer is that of its values.
static bool sparseName(ProtoSource &source, proto::Span span, StringRef &name) {
  proto::SparseTensor sparse;
  proto::Tensor values;
  if (!parse(source, span, sparse) ||
      (sparse.values && !parse(source, *sparse.values, values)))
    return false;
  name = values.name;
  return true;
}

LogicalResult GraphReader::initializerNames(const proto::Graph &graph,
                                            Names &names) {
  for (proto::Span span : graph.initializers) {
    proto::Tensor tensor;
    if (!parse(source, span, tensor))
      return wire(fileLoc);
    names.insert(tensor.name);
  }
  for (proto::Span span : graph.sparseInitializers) {
    StringRef name;
    if (!sparseName(source, span, name))
      return wire(fileLoc);
    names.insert(name);
  }
  return success();
}

LogicalResult GraphReader::readInitializers(const proto::Graph &graph,
                                            Scope &scope) {
  auto add = [&](StringRef name, bool sparse, proto::Span span) {
    Location at = namedLocation("initializer " + quote(name), fileLoc);
    if (name.empty())
      return LogicalResult(emitError(fileLoc) << "an initializer has no name");
    ElementsAttr value = sparse ? tensors.readSparse(span, at, "", name)
                                : tensors.readTensor(span, at, "", name);
    if (!value)
      return failure();
    Value weight = graph::WeightOp::create(
        builder, at, graph::ValueType::get(&context), name, value);
    return define(name, weight, at, scope);
  };
  for (proto::Span span : graph.initializers) {
    proto::Tensor tensor;
    if (!parse(source, span, tensor))
      return wire(fileLoc);
    if (failed(add(tensor.name, /*sparse=*/false, span)))
      return failure();
  }
  for (proto::Span span : graph.sparseInitializers) {
    StringRef name;
    if (!sparseName(source, span, name))
      return wire(fileLoc);
    if (failed(add(name, /*sparse=*/true, span)))
      return failure();
  }
  return success();
}

/// A graph that is an attribute of a node.
LogicalResult GraphReader::readBody(proto::Span span, Location at, Scope &outer,
                                    Region &region) {
  llvm::SaveAndRestore nesting(depth, depth + 1);
  if (depth > kDeepest)
    return emitError(at) << "graphs and functions nest deeper than " << kDeepest
                         << " levels";
  proto::Graph graph;
  Names initializers;
  if (!parse(source, span, graph))
    return wire(at);
  if (failed(initializerNames(graph, initializers)))
    return failure();

  OpBuilder::InsertionGuard guard(builder);
  Block *block = builder.createBlock(&region);
  Scope scope(&outer, outer.frame, graph.nodes);
  for (proto::Span input : graph.inputs) {
    proto::ValueInfo info;
    if (!parse(source, input, info))
      return wire(at);
    if (info.name.empty())
      return emitError(at) << "an input of a graph has no name";
    if (initializers.contains(info.name))
      continue;
    Value value = block->addArgument(graph::ValueType::get(&context), at);
    if (failed(define(info.name, value, at, scope)))
      return failure();
  }
  if (failed(readInitializers(graph, scope)) || failed(readNodes(scope)))
    return failure();

  SmallVector<Value> results;
  for (proto::Span output : graph.outputs) {
    proto::ValueInfo info;
    if (!parse(source, output, info))
      return wire(at);
    if (info.name.empty())
      return emitError(at) << "an output of a graph has no name";
    FailureOr<Value> value = operand(info.name, at, scope);
    if (failed(value))
      return failure();
    results.push_back(*value);
  }
  graph::YieldOp::create(builder, at, results);
  return success();
}

//===----------------------------------------------------------------------===//
// Nodes
//===----------------------------------------------------------------------===//

LogicalResult GraphReader::readNodes(Scope &scope) {
  for (size_t index : NodeNeeds(file->bytes(), scope.nodes).order()) {
    scope.current = index;
    if (failed(readNode(scope.nodes[index], scope)))
      return failure();
  }
  return success();
}

LogicalResult GraphReader::readNode(proto::Span span, Scope &scope) {
  proto::Node node;
  if (!parse(source, span, node))
    return wire(fileLoc);
  Location at = locationOf(node, scope.current, *scope.frame);
  if (++nodeCount > kMostNodes)
    return emitError(at) << "the model has over " << kMostNodes
                         << " nodes when its functions are inlined";
  if (node.opType.empty())
    return emitError(at) << "has no operator type";
  if (const Function *function = findFunction(node))
    return readCall(node, *function, at, scope);
  if (llvm::all_of(node.outputs, [](StringRef name) { return name.empty(); }))
    return emitError(at) << "has no outputs";
  if (node.opType == "Constant" && fullDomain(node.domain) == "ai.onnx")
    return readConstant(node, at, scope);
  return readOperator(node, at, scope);
}

LogicalResult GraphReader::readOperator(const proto::Node &node, Location at,
                                        Scope &scope) {
  StringRef domain = fullDomain(node.domain);
  std::optional<int64_t> version = findVersion(domain, *scope.frame);
  // ONNX Runtime knows its own operators by itself, and tf2onnx relies on it.
  if (!version && domain == "com.microsoft")
    version = 1;
  if (!version)
    return emitError(at) << "operator set " << quote(domain)
                         << " is not imported by the model";
  OperationState state(at, graph::NodeOp::getOperationName());
  SmallVector<Value> values;
  Attributes attributes;
  if (failed(operands(node, at, scope, values)) ||
      failed(resolveAttributes(node.attributes, at, scope, attributes)))
    return failure();
  // What the first versions said of buffers has no meaning.
  if (domain == "ai.onnx" && *version < 6)
    llvm::erase_if(attributes, [](const BoundAttribute &attribute) {
      return attribute.proto.name == "consumed_inputs";
    });
  if (failed(addAttributes(attributes, state)) ||
      (isGradient(node) && failed(addDifferentiated(attributes, state))))
    return failure();
  StringRef prefix = domain == "ai.onnx" ? "onnx" : domain;
  state.addAttribute("op", builder.getStringAttr(prefix + "." + node.opType));
  state.addAttribute("version", builder.getI64IntegerAttr(*version));
  state.addOperands(values);
  state.types.append(node.outputs.size(), graph::ValueType::get(&context));
  Operation *op = builder.create(state);
  for (auto [name, value] : llvm::zip(node.outputs, op->getResults()))
    if (!name.empty() && failed(define(name, value, at, scope)))
      return failure();
  return success();
}

LogicalResult GraphReader::readConstant(const proto::Node &node, Location at,
                                        Scope &scope) {
  Attributes attributes;
  if (failed(resolveAttributes(node.attributes, at, scope, attributes)))
    return failure();
  if (attributes.size() != 1)
    return emitError(at) << "has " << attributes.size()
                         << " attributes where a constant has one, its value";
  if (node.outputs.size() != 1 || !node.inputs.empty())
    return emitError(at) << "has " << node.inputs.size() << " inputs and "
                         << node.outputs.size()
                         << " outputs where a constant has one output";
  StringRef name = node.outputs.front();
  ElementsAttr value = readConstantValue(attributes.front().proto, at, name);
  if (!value)
    return failure();
  return define(name,
                graph::WeightOp::create(
                    builder, at, graph::ValueType::get(&context), name, value),
                at, scope);
}

/// Inlines a local function: its body is read as if it stood here, with names
/// of its own.
LogicalResult GraphReader::readCall(const proto::Node &node,
                                    const Function &function, Location at,
                                    Scope &scope) {
  llvm::SaveAndRestore nesting(depth, depth + 1);
  const proto::Function &proto = function.proto;
  for (const Frame *frame = scope.frame; frame; frame = frame->caller)
    if (frame->function == &function)
      return emitError(at) << "function " << quote(proto.name)
                           << " calls itself";
  if (depth > kDeepest)
    return emitError(at) << "graphs and functions nest deeper than " << kDeepest
                         << " levels";
  if (node.inputs.size() > proto.inputs.size() ||
      node.outputs.size() > proto.outputs.size())
    return emitError(at) << "has " << node.inputs.size() << " inputs and "
                         << node.outputs.size() << " outputs; function "
                         << quote(proto.name) << " has " << proto.inputs.size()
                         << " and " << proto.outputs.size();

  Frame frame;
  frame.function = &function;
  frame.caller = scope.frame;
  frame.call = at;
  Scope body(/*outer=*/nullptr, &frame, proto.nodes);
  SmallVector<Value> values;
  Attributes attributes;
  if (failed(operands(node, at, scope, values)) ||
      failed(resolveAttributes(node.attributes, at, scope, attributes)) ||
      failed(resolveAttributes(proto.defaults, at, body, attributes)))
    return failure();
  values.resize(proto.inputs.size());
  for (auto [name, value] : llvm::zip(proto.inputs, values))
    if (failed(define(name, value ? value : none(), at, body)))
      return failure();
  // What the call gives comes first and hides the defaults.
  for (BoundAttribute &attribute : attributes)
    frame.attributes.insert({attribute.proto.name, attribute});
  if (failed(readNodes(body)))
    return failure();

  for (auto [outer, inner] : llvm::zip(node.outputs, proto.outputs)) {
    Value value = body.values.lookup(inner);
    if (!value)
      return emitError(at) << "output " << quote(inner) << " of function "
                           << quote(proto.name) << " is not computed";
    if (!outer.empty() && failed(define(outer, value, at, scope)))
      return failure();
  }
  return success();
}
