//===- ReaderTensor.cpp - ONNX's tensors ------------------------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Frontend/ONNX/ReaderTensor.h"
#include "Support/Diagnostics.h"
#include "dialects/graph/Graph.h"

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "llvm/Support/Endian.h"

using namespace mlir;
using namespace dlc;
using namespace dlc::onnx;

/// Constants of fewer bytes become plain attributes, which folding can use.
constexpr uint64_t kSmall = 1024;

/// What a sparse tensor may grow to: a file of some bytes can ask for anything.
constexpr uint64_t kLargestSparse = 1ull << 30;

static uint64_t byteSize(const ElementType &element, int64_t count) {
  // `countElements` has checked that the number of bits does not overflow.
  return (uint64_t(count) * element.bits + 7) / 8;
}

//===----------------------------------------------------------------------===//
// Attributes from bytes
//===----------------------------------------------------------------------===//

/// Element `index` of packed elements of under 8 bits, the first one lowest.
static uint8_t unpack(ArrayRef<char> data, int64_t index, unsigned bits) {
  uint64_t bit = uint64_t(index) * bits, byte = bit / 8;
  unsigned window = uint8_t(data[byte]);
  if (byte + 1 < data.size())
    window |= unsigned(uint8_t(data[byte + 1])) << 8;
  return (window >> (bit % 8)) & ((1u << bits) - 1);
}

/// Elements of under 8 bits, each in a byte of its own.
static AsmResourceBlob unpackAll(ArrayRef<char> data, int64_t count,
                                 unsigned bits) {
  AsmResourceBlob blob = HeapAsmResourceBlob::allocate(count, 16);
  MutableArrayRef<char> bytes = blob.getMutableData();
  for (int64_t i = 0; i != count; ++i)
    bytes[i] = char(unpack(data, i, bits));
  return blob;
}

static ElementsAttr denseAttr(RankedTensorType type, ArrayRef<char> data) {
  if (type.getElementType().isInteger(1)) {
    SmallVector<bool> bools;
    for (char c : data)
      bools.push_back(c != 0);
    return DenseElementsAttr::get(type, ArrayRef<bool>(bools));
  }
  return DenseElementsAttr::getFromRawBuffer(type, data);
}

/// Booleans are bytes of 0 or 1; files have been seen with others.
static void normaliseBools(AsmResourceBlob &blob) {
  ArrayRef<char> data = blob.getData();
  if (llvm::all_of(data, [](char c) { return c == 0 || c == 1; }))
    return;
  AsmResourceBlob copy = HeapAsmResourceBlob::allocate(data.size(), 1);
  llvm::transform(data, copy.getMutableData().begin(),
                  [](char c) { return char(c != 0); });
  blob = std::move(copy);
}

ElementsAttr TensorReader::attrOf(const Checked &tensor, AsmResourceBlob blob,
                                  StringRef name) {
  if (tensor.element->bits < 8)
    blob = unpackAll(blob.getData(), tensor.count, tensor.element->bits);
  if (blob.getData().size() < kSmall)
    return denseAttr(tensor.type, blob.getData());
  if (tensor.type.getElementType().isInteger(1))
    normaliseBools(blob);
  // Distinct names from the start: making one unique takes time.
  std::string unnamed = "unnamed" + std::to_string(tensors.size());
  if (name.empty())
    name = tensor.proto.name.empty() ? unnamed : tensor.proto.name;
  return DenseResourceElementsAttr::get(tensor.type, name, std::move(blob));
}

/// A blob that keeps the file it lies in mapped.
AsmResourceBlob TensorReader::mapped(ArrayRef<char> bytes,
                                     std::shared_ptr<MappedFile> owner) {
  return UnmanagedAsmResourceBlob::allocateWithAlign(
      bytes, /*align=*/1,
      [owner = std::move(owner)](void *, size_t, size_t) {});
}

//===----------------------------------------------------------------------===//
// Type and size
//===----------------------------------------------------------------------===//

LogicalResult TensorReader::readShape(const ProtoChunks &dims, Place place,
                                      SmallVectorImpl<int64_t> &shape) {
  if (!forEachVarint(source, dims, [&](uint64_t v) { shape.push_back(v); }))
    return wire(place);
  for (auto [index, dim] : llvm::enumerate(shape))
    if (dim < 0)
      return place.error() << "dimension " << index << " is " << dim
                           << ", which is negative";
  return success();
}

LogicalResult TensorReader::check(proto::Span bytes, Place place,
                                  Checked &tensor) {
  if (!parse(source, bytes, tensor.proto))
    return wire(place);
  tensor.element = ElementType::find(tensor.proto.type);
  if (!tensor.element)
    return place.error() << "unknown element type " << tensor.proto.type;
  if (tensor.proto.segmented)
    return place.error() << "tensors in segments are not supported";
  SmallVector<int64_t> shape;
  if (failed(readShape(tensor.proto.dims, place, shape)))
    return failure();
  std::optional<int64_t> count = countElements(shape, tensor.element->bits);
  if (!count)
    return place.error() << "the tensor's size overflows 64 bits";
  tensor.count = *count;
  tensor.type =
      RankedTensorType::get(shape, tensor.element->type(place.at.getContext()));
  return success();
}

//===----------------------------------------------------------------------===//
// Data
//===----------------------------------------------------------------------===//

std::optional<AsmResourceBlob>
TensorReader::readExternal(const Checked &tensor, uint64_t size, Place place) {
  std::string error;
  std::optional<ExternalData::Range> range =
      externalData.find(source, tensor.proto.externalData, size, error);
  if (!range) {
    place.error() << error;
    return std::nullopt;
  }
  return mapped(range->bytes, range->file);
}

/// Floats and doubles lie in the file as the tensor needs them: one packed run,
/// the usual case, is used where it is.
std::optional<AsmResourceBlob>
TensorReader::readFixed(const ProtoChunks &chunks, unsigned width,
                        uint64_t size, Place place) {
  std::optional<uint64_t> count = countFixed(source, chunks, width);
  if (!count) {
    (void)wire(place);
    return std::nullopt;
  }
  if (*count * width != size) {
    place.error() << "has " << *count * width
                  << " bytes of data where its type needs " << size;
    return std::nullopt;
  }
  if (chunks.size() == 1)
    return mapped(chunks.front(), file);
  AsmResourceBlob blob = HeapAsmResourceBlob::allocate(size, 16);
  char *to = blob.getMutableData().data();
  for (StringRef chunk : chunks)
    to = std::copy(chunk.begin(), chunk.end(), to);
  return blob;
}

std::optional<AsmResourceBlob>
TensorReader::readVarints(const ProtoChunks &chunks, const ElementType &element,
                          int64_t count, uint64_t size, Place place) {
  // Elements of 2 and 4 bits share one varint a byte; those of 6 bits do not.
  bool shared = element.bits == 2 || element.bits == 4;
  uint64_t needed = shared ? size : count, found = 0;
  if (!forEachVarint(source, chunks, [&](uint64_t) { ++found; })) {
    (void)wire(place);
    return std::nullopt;
  }
  if (found != needed) {
    place.error() << "has " << found << " values where its type needs "
                  << needed;
    return std::nullopt;
  }
  AsmResourceBlob blob = HeapAsmResourceBlob::allocate(size, 16);
  MutableArrayRef<char> data = blob.getMutableData();
  llvm::fill(data, 0);
  uint64_t bit = 0;
  unsigned step = shared ? 8 : element.bits;
  forEachVarint(source, chunks, [&](uint64_t value) {
    if (step == 6) {
      uint64_t byte = bit / 8, window = (value & 0x3f) << (bit % 8);
      data[byte] |= char(window);
      if (window >> 8)
        data[byte + 1] |= char(window >> 8);
    } else {
      for (unsigned i = 0; i != step / 8; ++i)
        data[bit / 8 + i] = char(value >> (8 * i));
    }
    bit += step;
  });
  return blob;
}

std::optional<AsmResourceBlob>
TensorReader::readField(const Checked &tensor, uint64_t size, Place place) {
  const proto::Tensor &proto = tensor.proto;
  switch (tensor.element->field) {
  case ElementType::Floats:
    return readFixed(proto.floats, 4, size, place);
  case ElementType::Doubles:
    return readFixed(proto.doubles, 8, size, place);
  case ElementType::Int32s:
    return readVarints(proto.int32s, *tensor.element, tensor.count, size,
                       place);
  case ElementType::Int64s:
    return readVarints(proto.int64s, *tensor.element, tensor.count, size,
                       place);
  case ElementType::Uint64s:
    return readVarints(proto.uint64s, *tensor.element, tensor.count, size,
                       place);
  case ElementType::Strings:
    break;
  }
  return std::nullopt;
}

/// How many of the fields for data hold some.
static unsigned countFields(const proto::Tensor &tensor) {
  unsigned count =
      !tensor.strings.empty() + (tensor.raw && !tensor.raw->empty());
  for (const ProtoChunks *chunks :
       {&tensor.floats, &tensor.int32s, &tensor.int64s, &tensor.doubles,
        &tensor.uint64s})
    count += !chunks->empty();
  return count;
}

/// The elements as a blob, see graph.weight; not for strings.
std::optional<AsmResourceBlob> TensorReader::readData(const Checked &tensor,
                                                      Place place) {
  uint64_t size = byteSize(*tensor.element, tensor.count);
  if (tensor.proto.external)
    return readExternal(tensor, size, place);
  if (countFields(tensor.proto) > 1) {
    place.error() << "has data in more than one field";
    return std::nullopt;
  }
  // Some writers leave an empty raw_data beside the field that holds the data.
  const std::optional<StringRef> &raw = tensor.proto.raw;
  if (!raw || (raw->empty() && size))
    return readField(tensor, size, place);
  if (raw->size() != size) {
    place.error() << "has " << raw->size()
                  << " bytes of data where its type needs " << size;
    return std::nullopt;
  }
  return mapped(*raw, file);
}

ElementsAttr TensorReader::readStrings(const Checked &tensor, Place place) {
  const proto::Spans &strings = tensor.proto.strings;
  if (tensor.proto.external || tensor.proto.raw)
    return place.error() << "strings are neither raw nor external data",
           nullptr;
  if (int64_t(strings.size()) != tensor.count)
    return place.error() << "has " << strings.size()
                         << " strings where its type needs " << tensor.count,
           nullptr;
  return DenseStringElementsAttr::get(tensor.type, strings);
}

ElementsAttr TensorReader::readTensor(proto::Span bytes, Location at,
                                      const Twine &what, StringRef name) {
  // Inlining meets the constants of a function again and again.
  ElementsAttr &known = tensors[bytes.data()];
  if (known)
    return known;
  Place place{at, what};
  Checked tensor;
  if (failed(check(bytes, place, tensor)))
    return nullptr;
  if (tensor.element->field == ElementType::Strings)
    return known = readStrings(tensor, place);
  std::optional<AsmResourceBlob> blob = readData(tensor, place);
  if (!blob)
    return nullptr;
  return known = attrOf(tensor, std::move(*blob), name);
}

//===----------------------------------------------------------------------===//
// Sparse tensors
//===----------------------------------------------------------------------===//

/// Writes the values where the indices say: one linear index a value, or one
/// row of indices.
LogicalResult TensorReader::scatter(const Checked &values,
                                    const Checked &indices,
                                    ArrayRef<int64_t> shape,
                                    AsmResourceBlob &dense, Place place) {
  std::optional<AsmResourceBlob> from = readData(values, place);
  std::optional<AsmResourceBlob> where =
      from ? readData(indices, place) : std::nullopt;
  if (!where)
    return failure();
  unsigned width = values.element->bits / 8;
  uint64_t total = dense.getData().size() / width;
  bool linear = indices.type.getRank() == 1;
  const char *index = where->getData().data();
  auto next = [&] {
    int64_t value = llvm::support::endian::read64le(index);
    index += 8;
    return value;
  };
  for (int64_t i = 0; i != values.count; ++i) {
    uint64_t position = linear ? next() : 0;
    for (int64_t dim : shape.take_front(linear ? 0 : shape.size())) {
      int64_t value = next();
      if (value < 0 || value >= dim)
        return place.error() << "sparse index " << value << " of value " << i
                             << " is outside of a dimension of " << dim;
      position = position * dim + value;
    }
    if (position >= total)
      return place.error() << "sparse index " << int64_t(position)
                           << " of value " << i << " is outside of " << total
                           << " elements";
    std::copy_n(from->getData().data() + i * width, width,
                dense.getMutableData().data() + position * width);
  }
  return success();
}

ElementsAttr TensorReader::readSparse(proto::Span bytes, Location at,
                                      const Twine &what, StringRef name) {
  Place place{at, what};
  auto fail = [&](const Twine &text) {
    place.error() << text;
    return nullptr;
  };
  proto::SparseTensor sparse;
  SmallVector<int64_t> shape;
  Checked values, indices;
  if (!parse(source, bytes, sparse))
    return (void)wire(place), nullptr;
  if (!sparse.values || !sparse.indices)
    return fail("sparse tensor has no values or no indices");
  if (failed(readShape(sparse.dims, place, shape)) ||
      failed(check(*sparse.values, place, values)) ||
      failed(check(*sparse.indices, place, indices)))
    return nullptr;
  if (values.element->field == ElementType::Strings || values.element->bits < 8)
    return fail("sparse tensors of this element type are not supported");
  if (values.type.getRank() != 1)
    return fail("sparse values should be one row of values");
  bool linear = indices.type.getShape() == values.type.getShape();
  int64_t rows[] = {values.count, int64_t(shape.size())};
  if (!indices.type.getElementType().isSignlessInteger(64) ||
      (!linear && indices.type.getShape() != ArrayRef<int64_t>(rows)))
    return fail("sparse indices should be int64 and one a value, or one row of "
                "them a value");
  std::optional<int64_t> count = countElements(shape, values.element->bits);
  if (!count || byteSize(*values.element, *count) > kLargestSparse)
    return fail("sparse tensor is over " + Twine(kLargestSparse >> 30) +
                " GiB when dense");

  size_t size = byteSize(*values.element, *count);
  // Memory from calloc is only touched where values are.
  void *memory = std::calloc(std::max<size_t>(size, 1), 1);
  if (!memory)
    return fail("no memory for " + Twine(size) + " bytes");
  AsmResourceBlob dense(
      ArrayRef<char>(static_cast<char *>(memory), size), 16,
      [](void *data, size_t, size_t) { std::free(data); },
      /*dataIsMutable=*/true);
  if (failed(scatter(values, indices, shape, dense, place)))
    return nullptr;
  values.type = RankedTensorType::get(shape, values.type.getElementType());
  values.count = *count;
  return attrOf(values, std::move(dense), name);
}
