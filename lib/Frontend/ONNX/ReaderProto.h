//===- ReaderProto.h - the messages of an ONNX file -------------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One struct for each message, with the fields that matter. Repeated messages
// stay spans of bytes until they are needed, so that a struct is never much
// larger than the bytes it came from (see ProtoReader.h). Everything points
// into the file.
//
//===----------------------------------------------------------------------===//

#ifndef DLC_FRONTEND_ONNX_READERPROTO_H
#define DLC_FRONTEND_ONNX_READERPROTO_H

#include "Support/ProtoReader.h"

#include <optional>

namespace dlc::onnx::proto {

using llvm::SmallVector;
using llvm::StringRef;

/// A message that nobody has read yet.
using Span = StringRef;
using Spans = SmallVector<Span, 2>;

struct OpsetId {
  StringRef domain;
  int64_t version = 0;
};

struct StringEntry {
  StringRef key, value;
};

struct Model {
  int64_t irVersion = 0;
  StringRef producerName, producerVersion;
  std::optional<Span> graph;
  Spans opsets, functions;
};

struct Graph {
  StringRef name;
  Spans nodes, initializers, sparseInitializers, inputs, outputs;
};

struct Function {
  StringRef name, domain, overload;
  SmallVector<StringRef, 2> inputs, outputs, attributes;
  Spans defaults, nodes, opsets;
};

struct Node {
  StringRef name, opType, domain, overload;
  SmallVector<StringRef, 4> inputs;
  SmallVector<StringRef, 2> outputs;
  Spans attributes;
};

/// Codes of AttributeProto.AttributeType.
enum class AttributeKind : int32_t {
  Undefined = 0,
  Float = 1,
  Int = 2,
  String = 3,
  Tensor = 4,
  Graph = 5,
  Floats = 6,
  Ints = 7,
  Strings = 8,
  Tensors = 9,
  Graphs = 10,
  SparseTensor = 11,
  SparseTensors = 12,
  Type = 13,
  Types = 14,
};

struct Attribute {
  StringRef name, reference;
  AttributeKind kind = AttributeKind::Undefined;
  std::optional<float> f;
  std::optional<int64_t> i;
  std::optional<StringRef> s;
  std::optional<Span> tensor, graph, sparse, type;
  ProtoChunks floats, ints;
  Spans strings, tensors, graphs, sparses, types;
};

struct Tensor {
  StringRef name;
  int32_t type = 0;
  bool external = false, segmented = false;
  std::optional<StringRef> raw;
  ProtoChunks dims, floats, int32s, int64s, doubles, uint64s;
  Spans strings, externalData;
};

struct SparseTensor {
  std::optional<Span> values, indices;
  ProtoChunks dims;
};

struct ValueInfo {
  StringRef name;
  std::optional<Span> type;
};

struct Type {
  std::optional<Span> tensor, sequence, map, optional, sparse, opaque;
};

/// TypeProto.Tensor.
struct TensorType {
  int32_t element = 0;
  std::optional<Span> shape;
};

/// TypeProto.Sequence and TypeProto.Optional, and the value of TypeProto.Map.
struct NestedType {
  int32_t key = 0;
  std::optional<Span> type;
};

struct Dimension {
  std::optional<int64_t> value;
  StringRef name;
};

/// Each reads one message; false after an error, which is at `source`.
bool parse(ProtoSource &source, Span bytes, Model &model);
bool parse(ProtoSource &source, Span bytes, Graph &graph);
bool parse(ProtoSource &source, Span bytes, Function &function);
bool parse(ProtoSource &source, Span bytes, Node &node);
bool parse(ProtoSource &source, Span bytes, Attribute &attribute);
bool parse(ProtoSource &source, Span bytes, Tensor &tensor);
bool parse(ProtoSource &source, Span bytes, SparseTensor &tensor);
bool parse(ProtoSource &source, Span bytes, ValueInfo &info);
bool parse(ProtoSource &source, Span bytes, Type &type);
bool parse(ProtoSource &source, Span bytes, TensorType &type);
bool parse(ProtoSource &source, Span bytes, OpsetId &opset);
bool parse(ProtoSource &source, Span bytes, StringEntry &entry);
bool parse(ProtoSource &source, Span bytes, Dimension &dimension);
bool parseSequence(ProtoSource &source, Span bytes, NestedType &type);
bool parseMap(ProtoSource &source, Span bytes, NestedType &type);
/// TensorShapeProto: its dimensions.
bool parseShape(ProtoSource &source, Span bytes, Spans &dimensions);

} // namespace dlc::onnx::proto

#endif // DLC_FRONTEND_ONNX_READERPROTO_H
