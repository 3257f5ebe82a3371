//===- Images.cpp - operators on image files --------------------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Frontend/Common/TensorDetail.h"
#include "Frontend/ONNX/Ops.h"

using namespace mlir;
using namespace dlc;

static Tensors imageDecoder(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "encoded_stream");
  StringRef format = n.string("pixel_format", "RGB");
  if (n.failed())
    return Tensor();
  if (x.rank() != 1 || !x.elementType().isUnsignedInteger(8))
    return n.error("input 'encoded_stream' of type " + describe(x.type()) +
                   " is no vector of bytes");
  // In the order of dlc_pixels, runtime/image/image.h.
  const StringRef formats[] = {"RGB", "BGR", "Grayscale"};
  const StringRef *found = llvm::find(formats, format);
  if (found == std::end(formats))
    return n.error("attribute 'pixel_format' is '" + format +
                   "', expected RGB, BGR or Grayscale");
  int64_t order = found - formats;
  std::optional<Dims> shape =
      b.indices(b.call("image_size", {x}, {b.dim(2)}, b.i64()));
  if (!shape)
    return Tensor();
  shape->push_back(b.dim(format == "Grayscale" ? 1 : 3));
  return b.call("image_decode", {x, b.scalar(order, b.i64())}, *shape,
                x.elementType());
}

ArrayRef<OpRow> onnx::imageOps() {
  static const OpRow rows[] = {{"ImageDecoder", 20, imageDecoder}};
  return rows;
}
