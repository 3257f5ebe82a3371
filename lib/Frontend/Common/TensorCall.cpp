//===- TensorCall.cpp - functions of the run time, strings -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Frontend/Common/TensorDetail.h"

#include "llvm/Support/ConvertUTF.h"

using namespace mlir;
using namespace dlc;

/// The number of a constant in the run's table.
int64_t TensorBuilder::numberOf(StringRef string) {
  if (stringValues.empty() && !string.empty())
    numberOf("");
  auto [it, isNew] = stringNumbers.try_emplace(string, stringValues.size());
  if (isNew)
    stringValues.push_back(ops.getStringAttr(string));
  return it->second;
}

ArrayAttr TensorBuilder::stringTable() {
  return stringValues.size() > 1 ? ops.getArrayAttr(stringValues) : ArrayAttr();
}

Tensor TensorBuilder::strings(ArrayRef<StringRef> values) {
  Ints numbers;
  for (StringRef value : values) {
    const auto *at = reinterpret_cast<const llvm::UTF8 *>(value.data());
    if (!llvm::isLegalUTF8String(&at, at + value.size()))
      return error("string " + Twine(numbers.size()) +
                   " of a constant is not UTF-8");
    numbers.push_back(numberOf(value));
  }
  int64_t count = numbers.size();
  return constant(DenseElementsAttr::get(
      RankedTensorType::get({count}, stringType()), ArrayRef(numbers)));
}

Tensor TensorBuilder::string(StringRef value) {
  return reshape(strings({value}), ArrayRef<int64_t>());
}

Tensor TensorBuilder::call(StringRef function, ArrayRef<Tensor> inputs,
                           ArrayRef<Dim> shape, Type elementType) {
  SmallVector<Value> values;
  for (Tensor x : inputs) {
    if (!x)
      return {};
    values.push_back(x.value());
  }
  return finish(CallOp::create(ops, loc, typeOf(shape, elementType), function,
                               values, openSizes(shape)),
                shape);
}

Tensor TensorBuilder::callEach(StringRef function, ArrayRef<Tensor> inputs,
                               Type elementType) {
  std::optional<Dims> shape = broadcastShape(inputs);
  if (!shape)
    return {};
  SmallVector<Tensor> wide;
  for (Tensor x : inputs)
    wide.push_back(broadcastTo(x, *shape));
  return call(function, wide, *shape, elementType);
}
