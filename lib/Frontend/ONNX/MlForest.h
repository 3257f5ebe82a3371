//===- MlForest.h - decision trees as ai.onnx.ml has them -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLC_FRONTEND_ONNX_MLFOREST_H
#define DLC_FRONTEND_ONNX_MLFOREST_H

#include "Frontend/ONNX/MlArgs.h"

namespace dlc::onnx {

enum class Aggregate { average, sum, min, max };

/// The nodes of all trees, one list for each of their properties. A leaf leads
/// to itself.
struct Forest {
  /// When a node leads on to `yes`: bits, by how the feature compares with the
  /// split.
  enum Test : uint8_t { less = 1, equal = 2, greater = 4, unordered = 8 };
  struct Weight {
    int64_t node, target;
    double value;
  };

  Ints feature, yes, no, roots;
  llvm::SmallVector<double> split;
  llvm::SmallVector<uint8_t> test;
  llvm::SmallVector<Weight> weights;
  int64_t depth = 0; ///< the most steps from a root to a leaf

  int64_t size() const { return feature.size(); }
  int64_t add(int64_t feature, double split, uint8_t test, int64_t yes,
              int64_t no);
  /// Makes a node a leaf.
  void setLeaf(int64_t node);
};

/// From the attributes that TreeEnsembleClassifier and Regressor share; those
/// of the leaves begin with `stem`. Nothing: reported.
std::optional<Forest> readForest(NodeArgs &n, llvm::StringRef stem,
                                 int64_t targets);
/// From those of TreeEnsemble.
std::optional<Forest> readForest5(NodeArgs &n, int64_t targets);

/// A list of floats, an attribute or, as `name`_as_tensor, a tensor.
std::optional<llvm::SmallVector<double>> realList(NodeArgs &n,
                                                  llvm::StringRef name);

/// The weights of the leaves that rows of features lead to: [rows, targets].
Tensor leafWeights(TensorBuilder &b, NodeArgs &n, const Forest &forest,
                   Tensor x, int64_t targets, Aggregate aggregate);

} // namespace dlc::onnx

#endif // DLC_FRONTEND_ONNX_MLFOREST_H
