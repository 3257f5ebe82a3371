//===- ReaderTypes.cpp - ONNX's types ---------------------------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Frontend/ONNX/ReaderTensor.h"
#include "Support/Diagnostics.h"
#include "dialects/graph/Graph.h"

#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Diagnostics.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace dlc;
using namespace dlc::onnx;

//===----------------------------------------------------------------------===//
// Element types
//===----------------------------------------------------------------------===//

template <typename T> static Type plain(MLIRContext *context) {
  return T::get(context);
}
template <typename T> static Type complexOf(MLIRContext *context) {
  return ComplexType::get(T::get(context));
}
template <unsigned bits> static Type signedInt(MLIRContext *context) {
  return IntegerType::get(context, bits);
}
template <unsigned bits> static Type unsignedInt(MLIRContext *context) {
  return IntegerType::get(context, bits, IntegerType::Unsigned);
}

const ElementType *ElementType::find(int64_t code) {
  static constexpr ElementType kRows[] = {
      {1, 32, Floats, plain<Float32Type>},
      {2, 8, Int32s, unsignedInt<8>},
      {3, 8, Int32s, signedInt<8>},
      {4, 16, Int32s, unsignedInt<16>},
      {5, 16, Int32s, signedInt<16>},
      {6, 32, Int32s, signedInt<32>},
      {7, 64, Int64s, signedInt<64>},
      {8, 8, Strings, plain<graph::StringType>},
      {9, 8, Int32s, signedInt<1>},
      {10, 16, Int32s, plain<Float16Type>},
      {11, 64, Doubles, plain<Float64Type>},
      {12, 32, Uint64s, unsignedInt<32>},
      {13, 64, Uint64s, unsignedInt<64>},
      {14, 64, Floats, complexOf<Float32Type>},
      {15, 128, Doubles, complexOf<Float64Type>},
      {16, 16, Int32s, plain<BFloat16Type>},
      {17, 8, Int32s, plain<Float8E4M3FNType>},
      {18, 8, Int32s, plain<Float8E4M3FNUZType>},
      {19, 8, Int32s, plain<Float8E5M2Type>},
      {20, 8, Int32s, plain<Float8E5M2FNUZType>},
      {21, 4, Int32s, unsignedInt<4>},
      {22, 4, Int32s, signedInt<4>},
      {23, 4, Int32s, plain<Float4E2M1FNType>},
      {24, 8, Int32s, plain<Float8E8M0FNUType>},
      {25, 2, Int32s, unsignedInt<2>},
      {26, 2, Int32s, signedInt<2>},
      {27, 6, Int32s, plain<Float6E2M3FNType>},
      {28, 6, Int32s, plain<Float6E3M2FNType>},
  };
  // The codes count from 1 without a gap.
  if (code < 1 || code > int64_t(std::size(kRows)))
    return nullptr;
  return &kRows[code - 1];
}

std::optional<int64_t> dlc::onnx::countElements(ArrayRef<int64_t> shape,
                                                unsigned bits) {
  int64_t count = 1, total = bits;
  bool empty = false;
  for (int64_t dim : shape) {
    if (ShapedType::isDynamic(dim))
      continue;
    // A zero must not hide an overflow: others multiply in another order.
    empty |= dim == 0;
    if (llvm::MulOverflow(total, std::max<int64_t>(dim, 1), total))
      return std::nullopt;
    count *= std::max<int64_t>(dim, 1);
  }
  return empty ? 0 : count;
}

//===----------------------------------------------------------------------===//
// TypeProto
//===----------------------------------------------------------------------===//

InFlightDiagnostic TensorReader::Place::error() const {
  return emitError(at) << what;
}

LogicalResult TensorReader::wire(Place place) {
  if (source.failed())
    return place.error() << "malformed protobuf: " << source.error();
  return success();
}

FailureOr<Type> TensorReader::readType(proto::Span bytes, Location at,
                                       const Twine &what,
                                       SmallVectorImpl<StringRef> *dims,
                                       unsigned depth) {
  constexpr unsigned kDeepest = 16;
  Place place{at, what};
  proto::Type type;
  if (!parse(source, bytes, type))
    return wire(place);
  if (depth > kDeepest)
    return place.error() << "type nests deeper than " << kDeepest << " levels";
  if (type.tensor)
    return readTensorType(*type.tensor, place, dims);
  if (type.map)
    return readMapType(*type.map, place, depth);
  if (type.sparse)
    return place.error() << "sparse tensor types are not supported";
  if (type.opaque)
    return place.error() << "opaque types are not supported";
  if (type.sequence || type.optional) {
    FailureOr<Type> element = readNested(
        type.sequence ? *type.sequence : *type.optional, place, depth);
    if (failed(element))
      return failure();
    return type.sequence ? Type(graph::SequenceType::get(*element))
                         : Type(graph::OptionalType::get(*element));
  }
  return Type();
}

/// The inner type of a sequence or an optional.
FailureOr<Type> TensorReader::readNested(proto::Span bytes, Place place,
                                         unsigned depth) {
  proto::NestedType nested;
  if (!proto::parseSequence(source, bytes, nested))
    return wire(place);
  FailureOr<Type> type = Type();
  if (nested.type)
    type = readType(*nested.type, place.at, place.what, nullptr, depth + 1);
  if (succeeded(type) && !*type)
    return place.error() << "type of the elements is missing";
  return type;
}

FailureOr<Type> TensorReader::readMapType(proto::Span bytes, Place place,
                                          unsigned depth) {
  proto::NestedType nested;
  if (!proto::parseMap(source, bytes, nested))
    return wire(place);
  const ElementType *key = ElementType::find(nested.key);
  if (!key)
    return place.error() << "map has unknown key type " << nested.key;
  FailureOr<Type> value = Type();
  if (nested.type)
    value = readType(*nested.type, place.at, place.what, nullptr, depth + 1);
  if (failed(value))
    return failure();
  if (!*value)
    return place.error() << "map has no value type";
  return Type(graph::MapType::get(key->type(place.at.getContext()), *value));
}

FailureOr<Type> TensorReader::readTensorType(proto::Span bytes, Place place,
                                             SmallVectorImpl<StringRef> *dims) {
  proto::TensorType type;
  if (!parse(source, bytes, type))
    return wire(place);
  if (type.element == 0 && !type.shape)
    return Type();
  const ElementType *element = ElementType::find(type.element);
  if (!element)
    return place.error() << "unknown element type " << type.element;
  Type elementType = element->type(place.at.getContext());
  if (!type.shape)
    return Type(UnrankedTensorType::get(elementType));

  proto::Spans spans;
  SmallVector<int64_t> shape;
  if (!proto::parseShape(source, *type.shape, spans))
    return wire(place);
  for (proto::Span span : spans) {
    proto::Dimension dim;
    if (!parse(source, span, dim))
      return wire(place);
    // Some exporters write -1 for a dimension that they do not know.
    int64_t value = dim.value.value_or(-1);
    if (value < -1)
      return place.error() << "dimension " << shape.size() << " is " << value
                           << ", which is negative";
    shape.push_back(value == -1 ? ShapedType::kDynamic : value);
    if (dims)
      dims->push_back(value == -1 ? dim.name : StringRef());
  }
  if (!countElements(shape, element->bits))
    return place.error() << "the tensor's size overflows 64 bits";
  return Type(RankedTensorType::get(shape, elementType));
}
