//===- Reader.cpp - ONNX bytes to the graph dialect -------------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The model as a whole: versions, local functions, and the interface of the
// main graph, which becomes the function @main.
//
//===----------------------------------------------------------------------===//

#include "Frontend/ONNX/Reader.h"
#include "Frontend/ONNX/ReaderGraph.h"
#include "Support/Diagnostics.h"

#include "llvm/Support/JSON.h"

using namespace mlir;
using namespace dlc;
using namespace dlc::onnx;

StringRef dlc::onnx::fullDomain(StringRef domain) {
  return domain.empty() ? "ai.onnx" : domain;
}

std::string dlc::onnx::functionKey(StringRef domain, StringRef name,
                                   StringRef overload) {
  // No separator that a name could contain: lengths in front.
  domain = fullDomain(domain);
  return (Twine(domain.size()) + ":" + domain + Twine(name.size()) + ":" +
          name + overload)
      .str();
}

GraphReader::GraphReader(std::shared_ptr<MappedFile> file, MLIRContext &context)
    : file(std::move(file)), context(context),
      fileLoc(fileLocation(context, this->file->path())),
      source(this->file->bytes()), tensors(this->file, source),
      builder(&context) {}

OwningOpRef<ModuleOp> GraphReader::read() {
  OwningOpRef<ModuleOp> module = ModuleOp::create(fileLoc);
  builder.setInsertionPointToStart(module->getBody());
  if (failed(readModel(*module)))
    return nullptr;
  return module;
}

LogicalResult GraphReader::readModel(ModuleOp module) {
  ArrayRef<char> bytes = file->bytes();
  proto::Model model;
  if (bytes.empty())
    return emitError(fileLoc) << "the file is empty";
  if (!parse(source, proto::Span(bytes.data(), bytes.size()), model))
    return wire(fileLoc);
  if (model.irVersion < kMinIRVersion || model.irVersion > kMaxIRVersion)
    return emitError(fileLoc)
           << "IR version " << model.irVersion << " is not supported; "
           << kMinIRVersion << " to " << kMaxIRVersion << " are";
  if (!model.graph)
    return emitError(fileLoc) << "the model has no graph";
  if (failed(readOpsets(model.opsets, fileLoc, opsets)) ||
      failed(readFunctions(model.functions)))
    return failure();
  setModuleAttributes(module, model);
  return readMain(*model.graph);
}

LogicalResult GraphReader::readOpsets(const proto::Spans &spans, Location at,
                                      Opsets &opsets) {
  for (proto::Span span : spans) {
    proto::OpsetId opset;
    if (!parse(source, span, opset))
      return wire(at);
    StringRef domain = fullDomain(opset.domain);
    auto [known, isNew] = opsets.insert({domain, opset.version});
    if (!isNew && known->second != opset.version)
      return emitError(at) << "operator set " << quote(domain)
                           << " is imported in version " << known->second
                           << " and in version " << opset.version;
    bool isMain = domain == "ai.onnx";
    if (isMain && (opset.version < kMinOpset || opset.version > kMaxOpset))
      return emitError(at) << "operator set " << quote(domain) << " version "
                           << opset.version << " is not supported; "
                           << kMinOpset << " to " << kMaxOpset << " are";
    if (opset.version < 1)
      return emitError(at) << "operator set " << quote(domain)
                           << " has version " << opset.version
                           << "; versions count from 1";
  }
  return success();
}

LogicalResult GraphReader::readFunctions(const proto::Spans &spans) {
  for (proto::Span span : spans) {
    Function function;
    if (!parse(source, span, function.proto))
      return wire(fileLoc);
    const proto::Function &proto = function.proto;
    Location at = namedLocation("function " + quote(proto.name), fileLoc);
    if (proto.name.empty())
      return emitError(fileLoc) << "a function has no name";
    if (failed(readOpsets(proto.opsets, at, function.opsets)))
      return failure();
    std::string key = functionKey(proto.domain, proto.name, proto.overload);
    if (!functions.try_emplace(key, std::move(function)).second)
      return emitError(at) << "is defined twice in domain "
                           << quote(proto.domain);
  }
  return success();
}

void GraphReader::setModuleAttributes(ModuleOp module,
                                      const proto::Model &model) {
  using graph::GraphDialect;
  NamedAttrList versions;
  for (auto [domain, version] : opsets)
    versions.append(domain, builder.getI64IntegerAttr(version));
  std::string producer = model.producerName.str();
  if (!model.producerVersion.empty())
    producer += " " + model.producerVersion.str();
  module->setAttr(GraphDialect::kFormat, builder.getStringAttr("onnx"));
  module->setAttr(GraphDialect::kIRVersion,
                  builder.getI64IntegerAttr(model.irVersion));
  module->setAttr(GraphDialect::kOpsets, versions.getDictionary(&context));
  module->setAttr(GraphDialect::kProducer, builder.getStringAttr(producer));
}

//===----------------------------------------------------------------------===//
// The main graph
//===----------------------------------------------------------------------===//

/// Names of inputs and outputs become C strings, keys of archives and JSON.
static bool isText(StringRef name) {
  return !name.contains('\0') && llvm::json::isUTF8(name);
}

LogicalResult GraphReader::readPort(proto::Span span, StringRef kind,
                                    SmallVectorImpl<Port> &ports) {
  using graph::GraphDialect;
  proto::ValueInfo info;
  if (!parse(source, span, info))
    return wire(fileLoc);
  if (info.name.empty())
    return emitError(fileLoc) << kind << " #" << ports.size() << " has no name";
  if (!isText(info.name))
    return emitError(fileLoc) << kind << " #" << ports.size()
                              << " has a name that is no text in UTF-8";
  Location at = namedLocation(kind + " " + quote(info.name), fileLoc);

  SmallVector<StringRef> dims;
  FailureOr<Type> type = Type();
  if (info.type)
    type = tensors.readType(*info.type, at, "", &dims);
  if (failed(type))
    return failure();
  if (!llvm::all_of(dims, isText))
    return emitError(at) << "a dimension has a name that is no text in UTF-8";
  NamedAttrList attributes;
  attributes.append(GraphDialect::kName, builder.getStringAttr(info.name));
  if (llvm::any_of(dims, [](StringRef dim) { return !dim.empty(); }))
    attributes.append(GraphDialect::kDims, builder.getStrArrayAttr(dims));
  ports.push_back({info.name, at, *type, attributes.getDictionary(&context)});
  return success();
}

/// The inputs that a caller gives: up to IR version 3, initializers are listed
/// among the inputs, and later ones may be, as defaults; they are constants
/// here.
LogicalResult GraphReader::readInputs(const proto::Graph &graph,
                                      SmallVectorImpl<Port> &inputs) {
  Names initializers;
  if (failed(initializerNames(graph, initializers)))
    return failure();
  for (proto::Span span : graph.inputs) {
    if (failed(readPort(span, "input", inputs)))
      return failure();
    const Port &input = inputs.back();
    if (initializers.contains(input.name))
      inputs.pop_back();
    else if (!input.type)
      return emitError(input.at) << "the file gives no type";
  }
  return success();
}

LogicalResult GraphReader::readMain(proto::Span span) {
  proto::Graph graph;
  SmallVector<Port> inputs, outputs;
  if (!parse(source, span, graph))
    return wire(fileLoc);
  if (failed(readInputs(graph, inputs)))
    return failure();
  if (graph.outputs.empty())
    return emitError(fileLoc) << "the graph has no outputs";
  for (proto::Span output : graph.outputs)
    if (failed(readPort(output, "output", outputs)))
      return failure();
  // Where a model gives the same value twice PyTorch lists it twice; under one
  // name it is one output.
  Names seen;
  llvm::erase_if(outputs, [&](const Port &output) {
    return !seen.insert(output.name).second;
  });

  SmallVector<Type> inputTypes, outputTypes;
  SmallVector<Attribute> inputAttrs, outputAttrs;
  for (Port &input : inputs) {
    inputTypes.push_back(input.type);
    inputAttrs.push_back(input.attributes);
  }
  for (Port &output : outputs) {
    outputTypes.push_back(output.type ? output.type
                                      : graph::ValueType::get(&context));
    outputAttrs.push_back(output.attributes);
  }
  auto main =
      func::FuncOp::create(builder, fileLoc, "main",
                           builder.getFunctionType(inputTypes, outputTypes));
  main.setArgAttrsAttr(builder.getArrayAttr(inputAttrs));
  main.setResAttrsAttr(builder.getArrayAttr(outputAttrs));
  builder.setInsertionPointToStart(main.addEntryBlock());

  Frame frame;
  Scope scope(/*outer=*/nullptr, &frame, graph.nodes);
  for (auto [input, argument] : llvm::zip(inputs, main.getArguments())) {
    argument.setLoc(input.at);
    Value value = graph::ImportOp::create(
        builder, input.at, graph::ValueType::get(&context), argument);
    if (failed(define(input.name, value, input.at, scope)))
      return failure();
  }
  if (failed(readInitializers(graph, scope)) || failed(readNodes(scope)))
    return failure();
  return readOutputs(outputs, scope);
}

LogicalResult GraphReader::readOutputs(ArrayRef<Port> outputs, Scope &scope) {
  SmallVector<Value> values;
  for (const Port &output : outputs) {
    Value value = scope.values.lookup(output.name);
    if (!value)
      return emitError(output.at) << "no node computes it";
    if (output.type)
      value = graph::ExportOp::create(builder, output.at, output.type, value);
    values.push_back(value);
  }
  func::ReturnOp::create(builder, fileLoc, values);
  return success();
}

//===----------------------------------------------------------------------===//
// The interface
//===----------------------------------------------------------------------===//

OwningOpRef<ModuleOp> dlc::onnx::readONNX(std::shared_ptr<MappedFile> file,
                                          MLIRContext &context,
                                          std::vector<std::string> *external) {
  context.loadDialect<graph::GraphDialect, func::FuncDialect>();
  GraphReader reader(std::move(file), context);
  OwningOpRef<ModuleOp> module = reader.read();
  if (external)
    *external = reader.externalFiles();
  return module;
}

OwningOpRef<ModuleOp> dlc::onnx::readONNX(StringRef path,
                                          MLIRContext &context) {
  llvm::ErrorOr<std::shared_ptr<MappedFile>> file = MappedFile::open(path);
  if (file)
    return readONNX(*file, context);
  emitError(fileLocation(context, path)) << describe(file.getError());
  return nullptr;
}

/// Producers are short and readable; in other formats' files, the field of this
/// number holds a message.
static bool isProducer(StringRef text) {
  return text.size() < 256 &&
         llvm::all_of(text, [](char c) { return uint8_t(c) >= 0x20; });
}

/// A varint; nothing if it does not end before `end`.
static std::optional<uint64_t> smallVarint(const char *&position,
                                           const char *end) {
  uint64_t value = 0;
  for (unsigned shift = 0; shift < 64 && position != end; shift += 7) {
    uint8_t byte = *position++;
    value |= uint64_t(byte & 0x7f) << shift;
    if (byte < 0x80)
      return value;
  }
  return std::nullopt;
}

bool dlc::onnx::looksLikeONNX(ArrayRef<char> bytes) {
  const char *position = bytes.begin(), *end = bytes.end();
  bool hasVersion = false, hasGraph = false;
  while (position != end) {
    std::optional<uint64_t> tag = smallVarint(position, end);
    std::optional<uint64_t> value = smallVarint(position, end);
    // The start of a longer file, or a truncated one, is still ONNX.
    if (!tag || !value)
      return hasVersion;
    bool isText = (*tag & 7) == 2, isNumber = (*tag & 7) == 0;
    uint64_t left = end - position;
    StringRef text(position, isText ? std::min(*value, left) : 0);
    switch (*tag >> 3) {
    case 1: // ir_version
      if (!isNumber || *value == 0 || *value > 1000)
        return false;
      hasVersion = true;
      break;
    case 5: // model_version
      if (!isNumber)
        return false;
      break;
    case 2: // producer_name
      if (!isText || !isProducer(text))
        return false;
      break;
    case 7: // graph
      hasGraph = true;
      [[fallthrough]];
    case 3:
    case 4:
    case 6:
    case 8:
    case 14:
    case 20:
    case 25:
    case 26:
      if (!isText)
        return false;
      break;
    default:
      return false;
    }
    if (isText && *value > left)
      return hasVersion;
    position += text.size();
  }
  return hasVersion || hasGraph;
}
