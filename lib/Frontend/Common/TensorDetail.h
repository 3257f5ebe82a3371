//===- TensorDetail.h - what the builder's own files share -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLC_FRONTEND_COMMON_TENSORDETAIL_H
#define DLC_FRONTEND_COMMON_TENSORDETAIL_H

#include "Frontend/Common/Tensor.h"
#include <string>

namespace dlc {

/// A type as text, for messages.
std::string describe(mlir::Type type);
/// Sizes as text, "2x?x3".
std::string describe(llvm::ArrayRef<Dim> dims);
std::string describe(llvm::ArrayRef<int64_t> shape);

inline bool isKnown(Dim d) {
  return !mlir::ShapedType::isDynamic(staticDim(d));
}
/// Whether a size is provably not negative.
bool isNatural(Dim d);
/// Whether both sizes are constants, and different ones.
inline bool contradict(Dim a, Dim b) {
  return isKnown(a) && isKnown(b) && staticDim(a) != staticDim(b);
}

/// A type of x's elements.
mlir::RankedTensorType typeLike(llvm::ArrayRef<int64_t> shape, Tensor x);
/// A tensor as one of a type that says less of its sizes.
mlir::Value asType(TensorBuilder &b, Tensor x, mlir::RankedTensorType type);
/// The same, or a sequence as one of another type.
mlir::Value asType(TensorBuilder &b, Tensor x, mlir::Type type);
/// Of a sequence none.
Dims dimsOf(TensorBuilder &b, Tensor x);
/// A single bool as a scalar; null if it is none, which is reported.
mlir::Value conditionOf(TensorBuilder &b, Tensor x);
/// Whether a size is the same value in and around a region.
bool isOutside(Dim d, mlir::Region &region);

template <typename OpT>
Tensor TensorBuilder::shaped(mlir::ValueRange operands,
                             const typename OpT::Properties &properties) {
  ShapeAlgebra s = sizes();
  typename OpT::Adaptor adaptor(operands, mlir::DictionaryAttr(), properties);
  Dims dims;
  if (failed(OpT::shape(s, adaptor, dims)))
    return {};
  mlir::Type type = typeOf(dims, OpT::elementType(adaptor));
  return finish(
      OpT::create(ops, loc, mlir::TypeRange{type}, operands, properties), dims);
}

} // namespace dlc

#endif // DLC_FRONTEND_COMMON_TENSORDETAIL_H
