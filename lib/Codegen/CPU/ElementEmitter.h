//===- ElementEmitter.h - elements pulled from inputs -----------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// A kernel decides in which order a cluster's elements are computed. What an
// element is, this class answers: asked for a value at an index, it walks the
// cluster's operations backwards, mapping the index through each movement
// operation and applying each pointwise one, down to loads from the inputs or
// to values the kernel has at hand (the accumulators of a tile, the sum of a
// row).
//
// An index is the place of `lanes` neighbouring elements, one per vector lane.
// Along a dimension lane l is at base + l * step; where that does not hold (a
// reshape that cuts a vector in two, a gather), the lanes are a vector of their
// own. One lane stands for scalars.

#ifndef LIB_CODEGEN_CPU_ELEMENTEMITTER_H
#define LIB_CODEGEN_CPU_ELEMENTEMITTER_H

#include "Codegen/CPU/IndexMath.h"
#include "dialects/dlc/Dlc.h"

namespace dlc::cpu {

/// Where the lanes are along one dimension.
struct Index {
  mlir::Value base = {};
  int64_t step = 0;
  mlir::Value irregular =
      {}; ///< vector<lanes x index>, instead of base and step

  bool isUniform() const { return !irregular && step == 0; }
};

/// Where the lanes are in a tensor. `linear`, where set, is the row-major
/// offset of the first lane in any tensor of the shape `space`.
struct Point {
  llvm::SmallVector<Index> indices = {};
  mlir::Value linear = {};
  int64_t linearStep = 0;
  mlir::RankedTensorType space = {};

  /// Lanes along the last dimension, from `lane` on.
  static Point along(llvm::ArrayRef<mlir::Value> outer, mlir::Value lane);
  /// Sets the row-major offset in tensors of the type's shape.
  void liesAt(mlir::Value offset, mlir::RankedTensorType type) {
    linear = offset;
    linearStep = 1;
    space = type;
  }
};

/// Neighbouring elements of a memref; zeros where the mask, if any, is off.
mlir::Value loadVector(mlir::OpBuilder &b, mlir::Location loc, int64_t lanes,
                       mlir::Value memref, mlir::Value offset,
                       mlir::Value mask = {});

class ElementEmitter {
public:
  ElementEmitter(mlir::OpBuilder &b, mlir::Location loc) : b(b), loc(loc) {}

  /// Elements of an input (or any tensor in memory, row-major) are loaded.
  void bind(mlir::Value tensor, mlir::Value memref) { memory[tensor] = memref; }
  /// The same for a part of a tensor: there is one index of its first `lead`
  /// dimensions, whatever it is.
  void bindPart(mlir::Value tensor, mlir::Value memref, int64_t lead) {
    memory[tensor] = memref;
    leads[tensor] = lead;
  }
  void unbind(mlir::Value tensor) {
    memory.erase(tensor);
    leads.erase(tensor);
  }
  /// The value of a tensor at the current point, whatever the index.
  void define(mlir::Value tensor, Scalar value) { known[tensor] = value; }
  void undefine(mlir::Value tensor) { known.erase(tensor); }
  bool isBound(mlir::Value tensor) const { return memory.contains(tensor); }
  mlir::Value getMemory(mlir::Value tensor) const {
    return memory.lookup(tensor);
  }

  /// Forgets what was computed at other points; call when the insertion point
  /// or the indices change.
  void newPoint() { cache.clear(); }

  /// The elements of `tensor` at the point; lanes whose mask bit is off are
  /// unspecified.
  Scalar emit(mlir::Value tensor, const Point &point, int64_t lanes,
              mlir::Value mask = {});
  /// Where a gather takes the elements from that it has at the point.
  Point throughGather(GatherOp op, const Point &point, int64_t lanes,
                      mlir::Value mask);
  /// Whether a pad has a border along dimension d, or may have one.
  bool isPadded(PadOp op, int64_t d);
  /// Where a padded tensor, whose border repeats elements of it, has what is at
  /// i of dimension d, counted from where the tensor begins.
  Index throughRepeat(PadOp op, int64_t d, Index i, int64_t lanes);
  /// Stores elements to row-major memory at a linear offset; gives the store.
  mlir::Operation *store(Scalar value, mlir::Value memref, mlir::Value offset,
                         int64_t lanes, mlir::Value mask = {});

  /// Sizes of a tensor, as values that dominate the kernel's loops.
  llvm::SmallVector<mlir::Value> sizes(mlir::Value tensor);
  mlir::Value size(mlir::Value tensor, int64_t dim);
  /// Where code for sizes goes: the end of the entry block's preamble.
  void setPreamble(mlir::Operation *before) { preamble = before; }

  /// Where indices that lie outside of a dimension are reported: i64s, whether
  /// there was one, it, the size.
  void setReport(mlir::Value memref) { report = memref; }
  /// Reports the index v (of each lane, where it is a vector) unless it is
  /// inside.
  void reportOutside(mlir::Value inside, mlir::Value v, mlir::Value size,
                     mlir::Value mask);

  IndexMath math() { return {b, loc}; }

private:
  mlir::OpBuilder &b;
  mlir::Location loc;
  mlir::Operation *preamble = nullptr;
  mlir::Value report;
  llvm::DenseMap<mlir::Value, mlir::Value> memory;
  llvm::DenseMap<mlir::Value, int64_t> leads; ///< of what is bound in part
  llvm::DenseMap<mlir::Value, Scalar> known;
  llvm::DenseMap<mlir::Value,
                 std::vector<std::pair<llvm::SmallVector<Index>, Scalar>>>
      cache;
  llvm::DenseMap<std::pair<mlir::Value, int64_t>, mlir::Value> sizeCache;

  Scalar compute(mlir::Value tensor, const Point &point, int64_t lanes,
                 mlir::Value mask);
  Scalar load(mlir::Value tensor, mlir::Value memref, const Point &point,
              int64_t lanes, mlir::Value mask);
  Scalar emitConstant(ConstantOp op, int64_t lanes);
  Scalar emitIota(IotaOp op, const Point &point, int64_t lanes);
  Scalar emitPad(PadOp op, const Point &point, int64_t lanes, mlir::Value mask);
  Scalar emitConcat(ConcatOp op, const Point &point, int64_t lanes,
                    mlir::Value mask);
  Scalar emitInsert(InsertOp op, const Point &point, int64_t lanes,
                    mlir::Value mask);
  /// Where `condition` (per lane or for all) holds x, elsewhere y.
  Scalar choose(mlir::Value condition, Scalar x, Scalar y, int64_t lanes);
  Point throughBroadcast(BroadcastOp op, const Point &point, int64_t lanes);
  Point throughReshape(ReshapeOp op, const Point &point, int64_t lanes);
  Point throughSlice(SliceOp op, const Point &point, int64_t lanes);

  static mlir::VectorType vectorOf(mlir::Type element, int64_t lanes) {
    return mlir::VectorType::get({lanes}, element);
  }
  mlir::Value asVector(const Index &i, int64_t lanes);
  mlir::Value splat(mlir::Value v, int64_t lanes);
  mlir::Value laneNumbers(int64_t lanes);
  /// Whether 0 <= i < size, per lane unless uniform; and the index clamped into
  /// it.
  std::pair<mlir::Value, Index> clamp(const Index &i, mlir::Value size,
                                      int64_t lanes);
  mlir::Value both(mlir::Value a, mlir::Value b, int64_t lanes);
};

} // namespace dlc::cpu

#endif // LIB_CODEGEN_CPU_ELEMENTEMITTER_H
