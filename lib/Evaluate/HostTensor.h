//===- HostTensor.h - a tensor in the compiler's own memory -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LIB_EVALUATE_HOSTTENSOR_H
#define LIB_EVALUATE_HOSTTENSOR_H

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include <memory>

namespace dlc {

/// Bytes that an element takes: a whole number, bools and 4-bit types one.
int64_t elementBytes(mlir::Type type);
/// Bytes of all elements, or nothing if the type isn't static, has elements
/// that the evaluator does not know, or is larger than any tensor may be.
std::optional<int64_t> tensorBytes(mlir::ShapedType type);
/// The number of elements of a static shape.
int64_t countElements(llvm::ArrayRef<int64_t> shape);
llvm::SmallVector<int64_t> rowMajorStrides(llvm::ArrayRef<int64_t> shape);

/// Immutable once made; copies share the bytes. Elements are dense, row-major,
/// one after another, at no alignment; of a splat there is only one.
class HostTensor {
public:
  HostTensor() = default;
  /// Room for a dense tensor. Fails where `tensorBytes` knows no size or
  /// there's no memory.
  static mlir::FailureOr<HostTensor> allocate(mlir::RankedTensorType type);
  static mlir::FailureOr<HostTensor> splat(mlir::RankedTensorType type,
                                           const char *element);
  /// A view of an attribute's bytes, which must outlive the tensor.
  static mlir::FailureOr<HostTensor> get(mlir::ElementsAttr attr);
  static mlir::FailureOr<HostTensor> getIndex(mlir::MLIRContext *context,
                                              int64_t value);

  mlir::RankedTensorType getType() const { return type; }
  mlir::Type getElementType() const { return type.getElementType(); }
  llvm::ArrayRef<int64_t> getShape() const { return type.getShape(); }
  int64_t getRank() const { return type.getRank(); }
  int64_t getNumElements() const { return type.getNumElements(); }

  bool isSplat() const { return splatted; }
  const char *data() const { return bytes; }
  /// For who has just allocated the tensor.
  char *mutableData() { return storage.get(); }

  /// The same tensor with every element in memory.
  mlir::FailureOr<HostTensor> dense() const;
  /// The same bytes under a type with as many elements of the same width.
  HostTensor withType(mlir::RankedTensorType newType) const;

  /// A small tensor or one of equal elements becomes a DenseElementsAttr, any
  /// other one a resource. Nothing large is copied: a resource takes over the
  /// bytes, and a view of a resource gives that resource again.
  mlir::ElementsAttr toAttr() const;

private:
  mlir::RankedTensorType type;
  std::shared_ptr<char[]> storage; ///< null for a view
  const char *bytes = nullptr;
  bool splatted = false;
  mlir::DenseResourceElementsAttr source; ///< what a view is of
};

} // namespace dlc

#endif // LIB_EVALUATE_HOSTTENSOR_H
