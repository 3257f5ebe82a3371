//===- ReaderAttributes.cpp - attributes of ONNX nodes ----------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Frontend/ONNX/ReaderGraph.h"
#include "Support/Diagnostics.h"

#include "llvm/Support/Endian.h"

using namespace mlir;
using namespace dlc;
using namespace dlc::onnx;
using Kind = proto::AttributeKind;

//===----------------------------------------------------------------------===//
// Kinds
//===----------------------------------------------------------------------===//

static constexpr StringLiteral kKindNames[] = {
    "undefined",      "float", "int",     "string",  "tensor", "graph",
    "floats",         "ints",  "strings", "tensors", "graphs", "sparse tensor",
    "sparse tensors", "type",  "types"};

static StringRef kindName(Kind kind) {
  size_t index = static_cast<size_t>(kind);
  return index < std::size(kKindNames) ? StringRef(kKindNames[index])
                                       : "unknown";
}

/// The kinds whose fields are there.
static SmallVector<Kind, 2> presentKinds(const proto::Attribute &a) {
  std::pair<bool, Kind> fields[] = {
      {a.f.has_value(), Kind::Float},
      {a.i.has_value(), Kind::Int},
      {a.s.has_value(), Kind::String},
      {a.tensor.has_value(), Kind::Tensor},
      {a.graph.has_value(), Kind::Graph},
      {a.sparse.has_value(), Kind::SparseTensor},
      {a.type.has_value(), Kind::Type},
      {!a.floats.empty(), Kind::Floats},
      {!a.ints.empty(), Kind::Ints},
      {!a.strings.empty(), Kind::Strings},
      {!a.tensors.empty(), Kind::Tensors},
      {!a.graphs.empty(), Kind::Graphs},
      {!a.sparses.empty(), Kind::SparseTensors},
      {!a.types.empty(), Kind::Types},
  };
  SmallVector<Kind, 2> present;
  for (auto [isPresent, kind] : fields)
    if (isPresent)
      present.push_back(kind);
  return present;
}

/// Proto3 writers leave out zeros and empty strings, none leaves out a message.
static bool mayBeAbsent(Kind kind) {
  return kind != Kind::Tensor && kind != Kind::Graph &&
         kind != Kind::SparseTensor && kind != Kind::Type;
}

/// Checks that the attribute holds what it says, and finds out what it is if it
/// does not say.
static LogicalResult settleKind(proto::Attribute &attribute, Location at) {
  SmallVector<Kind, 2> present = presentKinds(attribute);
  auto error = [&] {
    return emitError(at) << "attribute " << quote(attribute.name) << " ";
  };
  if (attribute.kind == Kind::Undefined) {
    if (present.size() != 1)
      return error() << "has no type";
    attribute.kind = present.front();
  }
  int64_t code = static_cast<int64_t>(attribute.kind);
  if (code < 0 || code >= int64_t(std::size(kKindNames)))
    return error() << "has unknown type " << code;
  for (Kind kind : present)
    if (kind != attribute.kind)
      return error() << "is declared as " << kindName(attribute.kind)
                     << " and holds " << kindName(kind);
  if (present.empty() && !mayBeAbsent(attribute.kind))
    return error() << "is declared as " << kindName(attribute.kind)
                   << " and holds nothing";
  return success();
}

//===----------------------------------------------------------------------===//
// References from functions
//===----------------------------------------------------------------------===//

/// Replaces a reference to an attribute of the function by what the call gives;
/// not present if the call gives nothing and there is no default.
LogicalResult GraphReader::resolveReference(BoundAttribute &attribute,
                                            Location at, const Scope &scope,
                                            bool &present) {
  proto::Attribute &proto = attribute.proto;
  present = true;
  if (proto.reference.empty())
    return settleKind(proto, at);
  if (!scope.frame->function)
    return emitError(at) << "attribute " << quote(proto.name)
                         << " refers to an attribute of a function, but is not "
                            "in one";
  auto found = scope.frame->attributes.find(proto.reference);
  present = found != scope.frame->attributes.end();
  if (!present)
    return success();
  const proto::Attribute &given = found->second.proto;
  if (proto.kind != Kind::Undefined && proto.kind != given.kind)
    return emitError(at) << "attribute " << quote(proto.name)
                         << " is declared as " << kindName(proto.kind)
                         << " and refers to " << kindName(given.kind) << " "
                         << quote(proto.reference);
  StringRef name = proto.name;
  attribute = found->second;
  attribute.proto.name = name;
  return success();
}

LogicalResult GraphReader::resolveAttributes(const proto::Spans &spans,
                                             Location at, Scope &scope,
                                             Attributes &attributes) {
  Names seen;
  for (proto::Span span : spans) {
    BoundAttribute attribute{{}, &scope};
    if (!parse(source, span, attribute.proto))
      return wire(at);
    StringRef name = attribute.proto.name;
    if (name.empty())
      return emitError(at) << "an attribute has no name";
    if (!seen.insert(name).second)
      return emitError(at) << "attribute " << quote(name) << " occurs twice";
    bool present;
    if (failed(resolveReference(attribute, at, scope, present)))
      return failure();
    if (present)
      attributes.push_back(std::move(attribute));
  }
  return success();
}

//===----------------------------------------------------------------------===//
// Values
//===----------------------------------------------------------------------===//

static SmallVector<float> floatsOf(const ProtoChunks &chunks) {
  SmallVector<float> values;
  for (StringRef chunk : chunks)
    for (; chunk.size() >= 4; chunk = chunk.drop_front(4))
      values.push_back(
          llvm::bit_cast<float>(llvm::support::endian::read32le(chunk.data())));
  return values;
}

/// Reads integers; false if they are cut off.
static bool intsOf(ProtoSource &source, const ProtoChunks &chunks,
                   SmallVectorImpl<int64_t> &values) {
  return forEachVarint(source, chunks,
                       [&](uint64_t value) { values.push_back(value); });
}

Attribute GraphReader::readTypeAttribute(proto::Span span, Location at,
                                         const Twine &what) {
  FailureOr<Type> type = tensors.readType(span, at, what);
  if (failed(type))
    return nullptr;
  if (!*type)
    return emitError(at) << what << "the type says nothing", nullptr;
  return TypeAttr::get(*type);
}

/// Lists of anything but graphs.
Attribute GraphReader::readList(const proto::Attribute &attribute,
                                Location at) {
  std::string what = "attribute " + quote(attribute.name) + ": ";
  SmallVector<Attribute> elements;
  auto each = [&](const proto::Spans &spans, auto read) -> Attribute {
    for (proto::Span span : spans) {
      Attribute element = read(span);
      if (!element)
        return nullptr;
      elements.push_back(element);
    }
    return builder.getArrayAttr(elements);
  };
  switch (attribute.kind) {
  case Kind::Strings:
    return each(attribute.strings,
                [&](StringRef s) { return builder.getStringAttr(s); });
  case Kind::Tensors:
    return each(attribute.tensors,
                [&](proto::Span s) { return tensors.readTensor(s, at, what); });
  case Kind::SparseTensors:
    return each(attribute.sparses,
                [&](proto::Span s) { return tensors.readSparse(s, at, what); });
  case Kind::Types:
    return each(attribute.types,
                [&](proto::Span s) { return readTypeAttribute(s, at, what); });
  default:
    return nullptr;
  }
}

/// Anything but graphs. Null after an error.
Attribute GraphReader::readAttribute(const proto::Attribute &attribute,
                                     Location at) {
  std::string what = "attribute " + quote(attribute.name) + ": ";
  switch (attribute.kind) {
  case Kind::Float:
    return builder.getF32FloatAttr(attribute.f.value_or(0));
  case Kind::Int:
    return builder.getI64IntegerAttr(attribute.i.value_or(0));
  case Kind::String:
    return builder.getStringAttr(attribute.s.value_or(""));
  case Kind::Tensor:
    return tensors.readTensor(*attribute.tensor, at, what);
  case Kind::SparseTensor:
    return tensors.readSparse(*attribute.sparse, at, what);
  case Kind::Type:
    return readTypeAttribute(*attribute.type, at, what);
  case Kind::Floats:
    if (!countFixed(source, attribute.floats, 4))
      return (void)wire(at), nullptr;
    return builder.getDenseF32ArrayAttr(floatsOf(attribute.floats));
  case Kind::Ints: {
    SmallVector<int64_t> ints;
    if (!intsOf(source, attribute.ints, ints))
      return (void)wire(at), nullptr;
    return builder.getDenseI64ArrayAttr(ints);
  }
  default:
    return readList(attribute, at);
  }
}

/// Graphs become regions; the names in `names` say whose they are.
LogicalResult GraphReader::addGraphs(const BoundAttribute &attribute,
                                     OperationState &state,
                                     SmallVectorImpl<Attribute> &names) {
  const proto::Attribute &proto = attribute.proto;
  proto::Spans spans = proto.graphs;
  if (proto.graph)
    spans.push_back(*proto.graph);
  for (proto::Span span : spans) {
    names.push_back(builder.getStringAttr(proto.name));
    if (failed(readBody(span, state.location, *attribute.scope,
                        *state.addRegion())))
      return failure();
  }
  return success();
}

LogicalResult GraphReader::addAttributes(const Attributes &attributes,
                                         OperationState &state) {
  NamedAttrList attrs;
  SmallVector<Attribute> names;
  for (const BoundAttribute &attribute : attributes) {
    Kind kind = attribute.proto.kind;
    if (kind == Kind::Graph || kind == Kind::Graphs) {
      if (failed(addGraphs(attribute, state, names)))
        return failure();
      continue;
    }
    Attribute value = readAttribute(attribute.proto, state.location);
    if (!value)
      return failure();
    attrs.append(attribute.proto.name, value);
  }
  state.addAttribute("attrs", attrs.getDictionary(&context));
  if (!names.empty())
    state.addAttribute("graphs", builder.getArrayAttr(names));
  return success();
}

//===----------------------------------------------------------------------===//
// Constant
//===----------------------------------------------------------------------===//

/// The value of a Constant node: a scalar or a row for each plain kind.
ElementsAttr GraphReader::readConstantValue(const proto::Attribute &attribute,
                                            Location at, StringRef name) {
  static constexpr std::pair<StringRef, Kind> kValues[] = {
      {"value", Kind::Tensor},        {"sparse_value", Kind::SparseTensor},
      {"value_int", Kind::Int},       {"value_ints", Kind::Ints},
      {"value_float", Kind::Float},   {"value_floats", Kind::Floats},
      {"value_string", Kind::String}, {"value_strings", Kind::Strings}};
  std::pair<StringRef, Kind> found(attribute.name, attribute.kind);
  if (!llvm::is_contained(kValues, found)) {
    emitError(at) << "a constant has no attribute " << quote(attribute.name)
                  << " of type " << kindName(attribute.kind);
    return nullptr;
  }
  std::string what = "attribute " + quote(attribute.name) + ": ";
  auto scalar = [](Type type) { return RankedTensorType::get({}, type); };
  auto row = [](size_t size, Type type) {
    return RankedTensorType::get(int64_t(size), type);
  };
  Type string = graph::StringType::get(&context);
  switch (attribute.kind) {
  case Kind::Tensor:
    return tensors.readTensor(*attribute.tensor, at, what, name);
  case Kind::SparseTensor:
    return tensors.readSparse(*attribute.sparse, at, what, name);
  case Kind::Int:
    return DenseElementsAttr::get(scalar(builder.getI64Type()),
                                  attribute.i.value_or(0));
  case Kind::Float:
    return DenseElementsAttr::get(scalar(builder.getF32Type()),
                                  attribute.f.value_or(0));
  case Kind::String:
    return DenseStringElementsAttr::get(scalar(string),
                                        {attribute.s.value_or("")});
  case Kind::Strings:
    return DenseStringElementsAttr::get(row(attribute.strings.size(), string),
                                        attribute.strings);
  default:
    break;
  }
  Attribute list = readAttribute(attribute, at);
  if (auto ints = dyn_cast_or_null<DenseI64ArrayAttr>(list))
    return DenseElementsAttr::get(row(ints.size(), builder.getI64Type()),
                                  ints.asArrayRef());
  if (auto floats = dyn_cast_or_null<DenseF32ArrayAttr>(list))
    return DenseElementsAttr::get(row(floats.size(), builder.getF32Type()),
                                  floats.asArrayRef());
  return nullptr;
}
