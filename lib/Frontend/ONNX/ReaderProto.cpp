//===- ReaderProto.cpp - the messages of an ONNX file -----------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Field numbers are those of onnx.proto.
//
//===----------------------------------------------------------------------===//

#include "Frontend/ONNX/ReaderProto.h"

using namespace dlc;
using namespace dlc::onnx::proto;

namespace {

/// Stores the current field of a reader; which overload says how it is encoded.
void get(ProtoReader &reader, StringRef &to) { to = reader.string(); }
void get(ProtoReader &reader, std::optional<Span> &to) { reader.message(to); }
void get(ProtoReader &reader, int64_t &to) { to = reader.integer(); }
void get(ProtoReader &reader, std::optional<int64_t> &to) {
  to = reader.integer();
}
void get(ProtoReader &reader, std::optional<float> &to) { to = reader.f32(); }
template <unsigned N>
void get(ProtoReader &reader, SmallVector<StringRef, N> &to) {
  to.push_back(reader.string());
}
/// Enumerators: a code out of range must not wrap around into a known one.
int32_t code(ProtoReader &reader) {
  int64_t value = reader.integer();
  return value == int32_t(value) ? int32_t(value) : -1;
}

/// Calls `field` for each field of a message.
template <typename Fn>
bool fields(ProtoSource &source, Span bytes, const char *name, Fn field) {
  ProtoReader reader(source, bytes, name);
  while (reader.next())
    field(reader, reader.field());
  return !source.failed();
}

} // namespace

namespace dlc::onnx::proto {

bool parse(ProtoSource &source, Span bytes, Model &model) {
  return fields(source, bytes, "ModelProto", [&](ProtoReader &r, uint32_t f) {
    switch (f) {
    case 1:
      return get(r, model.irVersion);
    case 2:
      return get(r, model.producerName);
    case 3:
      return get(r, model.producerVersion);
    case 7:
      return get(r, model.graph);
    case 8:
      return get(r, model.opsets);
    case 25:
      return get(r, model.functions);
    }
  });
}

bool parse(ProtoSource &source, Span bytes, Graph &graph) {
  return fields(source, bytes, "GraphProto", [&](ProtoReader &r, uint32_t f) {
    switch (f) {
    case 1:
      return get(r, graph.nodes);
    case 2:
      return get(r, graph.name);
    case 5:
      return get(r, graph.initializers);
    case 11:
      return get(r, graph.inputs);
    case 12:
      return get(r, graph.outputs);
    case 15:
      return get(r, graph.sparseInitializers);
    }
  });
}

bool parse(ProtoSource &source, Span bytes, Function &function) {
  return fields(source, bytes, "FunctionProto",
                [&](ProtoReader &r, uint32_t f) {
                  switch (f) {
                  case 1:
                    return get(r, function.name);
                  case 4:
                    return get(r, function.inputs);
                  case 5:
                    return get(r, function.outputs);
                  case 6:
                    return get(r, function.attributes);
                  case 7:
                    return get(r, function.nodes);
                  case 9:
                    return get(r, function.opsets);
                  case 10:
                    return get(r, function.domain);
                  case 11:
                    return get(r, function.defaults);
                  case 13:
                    return get(r, function.overload);
                  }
                });
}

bool parse(ProtoSource &source, Span bytes, Node &node) {
  return fields(source, bytes, "NodeProto", [&](ProtoReader &r, uint32_t f) {
    switch (f) {
    case 1:
      return get(r, node.inputs);
    case 2:
      return get(r, node.outputs);
    case 3:
      return get(r, node.name);
    case 4:
      return get(r, node.opType);
    case 5:
      return get(r, node.attributes);
    case 7:
      return get(r, node.domain);
    case 8:
      return get(r, node.overload);
    }
  });
}

bool parse(ProtoSource &source, Span bytes, Attribute &attribute) {
  return fields(source, bytes, "AttributeProto",
                [&](ProtoReader &r, uint32_t f) {
                  switch (f) {
                  case 1:
                    return get(r, attribute.name);
                  case 2:
                    return get(r, attribute.f);
                  case 3:
                    return get(r, attribute.i);
                  case 4:
                    attribute.s = r.string();
                    return;
                  case 5:
                    return get(r, attribute.tensor);
                  case 6:
                    return get(r, attribute.graph);
                  case 7:
                    return r.repeated(ProtoWire::Fixed32, attribute.floats);
                  case 8:
                    return r.repeated(ProtoWire::Varint, attribute.ints);
                  case 9:
                    return get(r, attribute.strings);
                  case 10:
                    return get(r, attribute.tensors);
                  case 11:
                    return get(r, attribute.graphs);
                  case 14:
                    return get(r, attribute.type);
                  case 15:
                    return get(r, attribute.types);
                  case 20:
                    attribute.kind = AttributeKind(code(r));
                    return;
                  case 21:
                    return get(r, attribute.reference);
                  case 22:
                    return get(r, attribute.sparse);
                  case 23:
                    return get(r, attribute.sparses);
                  }
                });
}

bool parse(ProtoSource &source, Span bytes, Tensor &tensor) {
  return fields(source, bytes, "TensorProto", [&](ProtoReader &r, uint32_t f) {
    switch (f) {
    case 1:
      return r.repeated(ProtoWire::Varint, tensor.dims);
    case 2:
      tensor.type = code(r);
      return;
    case 3:
      tensor.segmented = true;
      return;
    case 4:
      return r.repeated(ProtoWire::Fixed32, tensor.floats);
    case 5:
      return r.repeated(ProtoWire::Varint, tensor.int32s);
    case 6:
      return get(r, tensor.strings);
    case 7:
      return r.repeated(ProtoWire::Varint, tensor.int64s);
    case 8:
      return get(r, tensor.name);
    case 9:
      tensor.raw = r.string();
      return;
    case 10:
      return r.repeated(ProtoWire::Fixed64, tensor.doubles);
    case 11:
      return r.repeated(ProtoWire::Varint, tensor.uint64s);
    case 13:
      return get(r, tensor.externalData);
    case 14:
      tensor.external = r.varint() == 1;
      return;
    }
  });
}

bool parse(ProtoSource &source, Span bytes, SparseTensor &tensor) {
  return fields(source, bytes, "SparseTensorProto",
                [&](ProtoReader &r, uint32_t f) {
                  switch (f) {
                  case 1:
                    return get(r, tensor.values);
                  case 2:
                    return get(r, tensor.indices);
                  case 3:
                    return r.repeated(ProtoWire::Varint, tensor.dims);
                  }
                });
}

bool parse(ProtoSource &source, Span bytes, ValueInfo &info) {
  return fields(source, bytes, "ValueInfoProto",
                [&](ProtoReader &r, uint32_t f) {
                  switch (f) {
                  case 1:
                    return get(r, info.name);
                  case 2:
                    return get(r, info.type);
                  }
                });
}

bool parse(ProtoSource &source, Span bytes, Type &type) {
  return fields(source, bytes, "TypeProto", [&](ProtoReader &r, uint32_t f) {
    switch (f) {
    case 1:
      return get(r, type.tensor);
    case 4:
      return get(r, type.sequence);
    case 5:
      return get(r, type.map);
    case 7:
      return get(r, type.opaque);
    case 8:
      return get(r, type.sparse);
    case 9:
      return get(r, type.optional);
    }
  });
}

bool parse(ProtoSource &source, Span bytes, TensorType &type) {
  return fields(source, bytes, "TypeProto.Tensor",
                [&](ProtoReader &r, uint32_t f) {
                  switch (f) {
                  case 1:
                    type.element = code(r);
                    return;
                  case 2:
                    return get(r, type.shape);
                  }
                });
}

bool parse(ProtoSource &source, Span bytes, OpsetId &opset) {
  return fields(source, bytes, "OperatorSetIdProto",
                [&](ProtoReader &r, uint32_t f) {
                  switch (f) {
                  case 1:
                    return get(r, opset.domain);
                  case 2:
                    return get(r, opset.version);
                  }
                });
}

bool parse(ProtoSource &source, Span bytes, StringEntry &entry) {
  return fields(source, bytes, "StringStringEntryProto",
                [&](ProtoReader &r, uint32_t f) {
                  switch (f) {
                  case 1:
                    return get(r, entry.key);
                  case 2:
                    return get(r, entry.value);
                  }
                });
}

bool parse(ProtoSource &source, Span bytes, Dimension &dimension) {
  return fields(source, bytes, "TensorShapeProto.Dimension",
                [&](ProtoReader &r, uint32_t f) {
                  switch (f) {
                  case 1:
                    return get(r, dimension.value);
                  case 2:
                    return get(r, dimension.name);
                  }
                });
}

bool parseSequence(ProtoSource &source, Span bytes, NestedType &type) {
  return fields(source, bytes, "TypeProto.Sequence",
                [&](ProtoReader &r, uint32_t f) {
                  if (f == 1)
                    get(r, type.type);
                });
}

bool parseMap(ProtoSource &source, Span bytes, NestedType &type) {
  return fields(source, bytes, "TypeProto.Map",
                [&](ProtoReader &r, uint32_t f) {
                  switch (f) {
                  case 1:
                    type.key = code(r);
                    return;
                  case 2:
                    return get(r, type.type);
                  }
                });
}

bool parseShape(ProtoSource &source, Span bytes, Spans &dimensions) {
  return fields(source, bytes, "TensorShapeProto",
                [&](ProtoReader &r, uint32_t f) {
                  if (f == 1)
                    get(r, dimensions);
                });
}

} // namespace dlc::onnx::proto
