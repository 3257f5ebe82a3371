//===- HostTensor.cpp - a tensor in the compiler's own memory -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Evaluate/HostTensor.h"

#include "dialects/dlc/ScalarEvaluator.h"
#include "mlir/IR/AsmState.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "llvm/Support/MathExtras.h"
#include <new>

using namespace mlir;
using namespace dlc;

/// Above it a tensor becomes a resource: attributes are hashed, and live as
/// long as the context.
static constexpr int64_t kLargestInline = 1024;
/// No host has more; sizes below it can be added without overflow.
static constexpr int64_t kMostBytes = int64_t(1) << 42;

//===----------------------------------------------------------------------===//
// Sizes
//===----------------------------------------------------------------------===//

int64_t dlc::elementBytes(Type type) {
  if (type.isIndex())
    return 8;
  return llvm::divideCeil(elementBits(type), 8);
}

std::optional<int64_t> dlc::tensorBytes(ShapedType type) {
  Type element = type.getElementType();
  if (!type.hasStaticShape() ||
      (!isScalarType(element) && !isa<ComplexType>(element)))
    return std::nullopt;
  int64_t total = elementBytes(element);
  // Sizes beside a 0 must not overflow either: they are counted elsewhere.
  for (int64_t size : type.getShape())
    if (llvm::MulOverflow(total, std::max<int64_t>(size, 1), total) ||
        total > kMostBytes)
      return std::nullopt;
  return llvm::is_contained(type.getShape(), 0) ? 0 : total;
}

int64_t dlc::countElements(ArrayRef<int64_t> shape) {
  int64_t count = 1;
  for (int64_t size : shape)
    count *= size;
  return count;
}

SmallVector<int64_t> dlc::rowMajorStrides(ArrayRef<int64_t> shape) {
  SmallVector<int64_t> strides(shape.size(), 1);
  for (size_t i = shape.size(); i-- > 1;)
    strides[i - 1] = strides[i] * shape[i];
  return strides;
}

//===----------------------------------------------------------------------===//
// Making tensors
//===----------------------------------------------------------------------===//

FailureOr<HostTensor> HostTensor::allocate(RankedTensorType type) {
  std::optional<int64_t> size = tensorBytes(type);
  if (!size)
    return failure();
  HostTensor tensor;
  tensor.type = type;
  tensor.storage.reset(new (std::nothrow) char[std::max<int64_t>(*size, 1)]);
  if (!tensor.storage)
    return failure();
  tensor.bytes = tensor.storage.get();
  return tensor;
}

FailureOr<HostTensor> HostTensor::splat(RankedTensorType type,
                                        const char *element) {
  if (!tensorBytes(type))
    return failure();
  auto scalar = RankedTensorType::get({}, type.getElementType());
  FailureOr<HostTensor> tensor = allocate(scalar);
  if (failed(tensor))
    return failure();
  memcpy(tensor->mutableData(), element, elementBytes(type.getElementType()));
  tensor->type = type;
  tensor->splatted = true;
  return tensor;
}

FailureOr<HostTensor> HostTensor::getIndex(MLIRContext *context,
                                           int64_t value) {
  FailureOr<HostTensor> tensor =
      allocate(RankedTensorType::get({}, IndexType::get(context)));
  if (succeeded(tensor))
    memcpy(tensor->mutableData(), &value, sizeof(value));
  return tensor;
}

/// How bools lie in an attribute is its own affair: read through its iterator.
static FailureOr<HostTensor> getBools(RankedTensorType type,
                                      DenseElementsAttr attr) {
  if (attr.isSplat() && type.getNumElements() != 0) {
    char element = attr.getSplatValue<bool>();
    return HostTensor::splat(type, &element);
  }
  FailureOr<HostTensor> tensor = HostTensor::allocate(type);
  if (succeeded(tensor))
    llvm::copy(attr.getValues<bool>(), tensor->mutableData());
  return tensor;
}

FailureOr<HostTensor> HostTensor::get(ElementsAttr attr) {
  auto type = dyn_cast<RankedTensorType>(attr.getType());
  if (!type)
    return failure();
  std::optional<int64_t> size = tensorBytes(type);
  if (!size)
    return failure();
  HostTensor tensor;
  tensor.type = type;
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(attr)) {
    AsmResourceBlob *blob = resource.getRawHandle().getBlob();
    if (!blob || static_cast<int64_t>(blob->getData().size()) != *size)
      return failure();
    tensor.bytes = blob->getData().data();
    tensor.source = resource;
    return tensor;
  }
  auto dense = dyn_cast<DenseElementsAttr>(attr);
  if (!dense || isa<DenseStringElementsAttr>(attr))
    return failure();
  if (type.getElementType().isInteger(1))
    return getBools(type, dense);
  tensor.bytes = dense.getRawData().data();
  tensor.splatted = dense.isSplat() && type.getNumElements() != 0;
  return tensor;
}

FailureOr<HostTensor> HostTensor::dense() const {
  if (!splatted)
    return *this;
  FailureOr<HostTensor> result = allocate(type);
  if (failed(result))
    return failure();
  int64_t size = elementBytes(getElementType());
  char *to = result->mutableData();
  for (int64_t i = 0, e = getNumElements(); i < e; ++i)
    memcpy(to + i * size, bytes, size);
  return result;
}

HostTensor HostTensor::withType(RankedTensorType newType) const {
  HostTensor result = *this;
  result.type = newType;
  return result;
}

//===----------------------------------------------------------------------===//
// Attributes
//===----------------------------------------------------------------------===//

static DenseElementsAttr inlineAttr(RankedTensorType type,
                                    ArrayRef<char> bytes) {
  if (!type.getElementType().isInteger(1))
    return DenseElementsAttr::getFromRawBuffer(type, bytes);
  auto bools = llvm::map_to_vector(bytes, [](char c) { return c != 0; });
  return DenseElementsAttr::get(type, ArrayRef<bool>(bools));
}

ElementsAttr HostTensor::toAttr() const {
  if (source)
    return type == source.getType()
               ? source
               : DenseResourceElementsAttr::get(type, source.getRawHandle());
  int64_t count = getNumElements(), element = elementBytes(getElementType()),
          size = count * element;
  // All elements are equal where each is equal to the next.
  bool isUniform = count > 0 && (splatted || memcmp(bytes, bytes + element,
                                                    size - element) == 0);
  if (isUniform)
    return inlineAttr(type, ArrayRef(bytes, element));
  if (size <= kLargestInline)
    return inlineAttr(type, ArrayRef(bytes, size));
  // Without storage the bytes are another attribute's: the context keeps them.
  AsmResourceBlob::DeleterFn deleter;
  if (storage)
    deleter = [owner = storage](void *, size_t, size_t) mutable {
      owner.reset();
    };
  AsmResourceBlob blob(ArrayRef(bytes, size), /*dataAlignment=*/8,
                       std::move(deleter), /*dataIsMutable=*/false);
  return DenseResourceElementsAttr::get(type, "folded", std::move(blob));
}
