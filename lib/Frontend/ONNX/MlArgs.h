//===- MlArgs.h - what operators of ai.onnx.ml share -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLC_FRONTEND_ONNX_MLARGS_H
#define DLC_FRONTEND_ONNX_MLARGS_H

#include "Frontend/Common/OpTable.h"

namespace dlc::onnx {

/// A constant of floats (f32 or f64).
Tensor floats(TensorBuilder &b, llvm::ArrayRef<double> values,
              llvm::ArrayRef<int64_t> shape, mlir::Type type);

/// X as floats, [rows, features]; a vector is one row. Null: reported.
Tensor features(TensorBuilder &b, NodeArgs &n);

enum class PostTransform { none, softmax, logistic, softmaxZero, probit };
/// Attribute `post_transform`; nothing: reported.
std::optional<PostTransform> postTransform(NodeArgs &n);
/// Applied to rows of scores.
Tensor transformed(TensorBuilder &b, Tensor scores, PostTransform transform);

/// The scores of two classes from that of the second, [rows, 1]: its complement
/// to 1, which no other transform than a probit changes, or its negative.
Tensor twoClasses(TensorBuilder &b, Tensor score, PostTransform transform,
                  bool complement);

/// The names of classes: numbers or strings.
struct ClassLabels {
  Ints numbers;
  llvm::SmallVector<llvm::StringRef> strings;
  size_t size() const { return numbers.size() + strings.size(); }
};
/// Attribute `ints` or classlabels_strings; nothing: reported.
std::optional<ClassLabels> classLabels(NodeArgs &n, llvm::StringRef ints);
/// Labels at indices, a vector.
Tensor labelsAt(TensorBuilder &b, const ClassLabels &labels, Tensor at);

} // namespace dlc::onnx

#endif // DLC_FRONTEND_ONNX_MLARGS_H
