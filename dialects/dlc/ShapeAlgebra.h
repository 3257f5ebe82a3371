//===- ShapeAlgebra.h - sizes, known or computed -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// An op states its result's shape once, over OpFoldResults. With a builder the
// arithmetic becomes (folded) `arith` operations on index values: sizes at run
// time. Without one, what isn't known comes out dynamic: static inference.

#ifndef DIALECTS_DLC_SHAPEALGEBRA_H
#define DIALECTS_DLC_SHAPEALGEBRA_H

#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include <map>
#include <tuple>

namespace dlc {

/// Every value of the dialect but an index is a ranked tensor.
inline mlir::RankedTensorType typeOf(mlir::Value tensor) {
  return mlir::cast<mlir::RankedTensorType>(tensor.getType());
}

/// A size or offset: an attribute, an index value, or null where unknown.
using Dim = mlir::OpFoldResult;

/// Sizes and arithmetic on them that stand in one block already, so that equal
/// sizes are equal values while it is being built.
struct SizeCache {
  llvm::DenseMap<mlir::Value, llvm::SmallVector<Dim>> dims;
  /// By operation and operands.
  std::map<std::tuple<const void *, const void *, const void *>, Dim>
      arithmetic;
};

class ShapeAlgebra {
public:
  explicit ShapeAlgebra(mlir::Location loc, mlir::OpBuilder *builder = nullptr,
                        SizeCache *cache = nullptr)
      : loc(loc), builder(builder), cache(cache) {}

  mlir::Location getLoc() const { return loc; }
  Dim constant(int64_t value) const;
  /// Size `index` of a ranked tensor.
  Dim dim(mlir::Value tensor, int64_t index) const;
  llvm::SmallVector<Dim> dims(mlir::Value tensor) const;

  Dim add(Dim a, Dim b) const;
  Dim sub(Dim a, Dim b) const;
  Dim mul(Dim a, Dim b) const;
  Dim min(Dim a, Dim b) const;
  Dim max(Dim a, Dim b) const;
  Dim floorDiv(Dim a, int64_t b) const;
  /// Rounds down; b must be positive.
  Dim floorDiv(Dim a, Dim b) const;
  Dim ceilDiv(Dim a, int64_t b) const;
  /// Rounds up; of sizes, and b must be positive.
  Dim ceilDiv(Dim a, Dim b) const;
  /// Where one of two sizes is 1 the other, else either.
  Dim broadcast(Dim a, Dim b) const;
  /// The one of two equal sizes of which more is known.
  Dim same(Dim a, Dim b) const;

  mlir::LogicalResult error(const llvm::Twine &message) const;

private:
  mlir::Location loc;
  mlir::OpBuilder *builder;
  SizeCache *cache;

  template <typename ArithOp> Dim binary(Dim a, Dim b) const;
  mlir::Value value(Dim d) const;
};

/// min(whole, limit): what a table of `limit` rows has when it is sliced to a
/// length.
struct CutSize {
  mlir::Value whole;
  int64_t limit;
};
std::optional<CutSize> cutSize(mlir::Value size);

/// The constant that a dim is, or ShapedType::kDynamic.
int64_t staticDim(Dim d);
llvm::SmallVector<int64_t> staticDims(llvm::ArrayRef<Dim> dims);

/// What an scf.for starts from in place of a value that it carries (an argument
/// of its body, or its result), which has the same shape; null for any other
/// value.
mlir::Value loopInit(mlir::Value carried);

/// A tensor and one of its dimensions.
struct SizeRef {
  mlir::Value tensor;
  int64_t dim;

  bool operator==(const SizeRef &other) const {
    return tensor == other.tensor && dim == other.dim;
  }
};
/// Where an open size comes from: what a loop starts from in place of what it
/// carries, and the first of the function's inputs with a dimension of the same
/// name, which a run checks to be of the same size. Itself where neither is.
SizeRef sizeOrigin(mlir::Value tensor, int64_t dim);

/// Types that may stand for one another: one is a refinement of the other.
bool areCompatibleTypes(mlir::TypeRange a, mlir::TypeRange b);

/// A number of elements: the product of the known sizes, and the open ones, of
/// products their factors.
struct ElementCount {
  int64_t known = 1;
  llvm::SmallVector<mlir::Value> open; ///< in an order of no meaning

  ElementCount(mlir::RankedTensorType type, mlir::ValueRange openSizes);
  bool operator==(const ElementCount &other) const {
    return known == other.known && open == other.open;
  }
};

/// For ops with one result whose open sizes are operands, in order.
llvm::SmallVector<Dim> mixedSizes(mlir::RankedTensorType type,
                                  mlir::ValueRange sizes);
/// Checks that there are as many operands as open sizes.
mlir::LogicalResult verifySizes(mlir::Operation *op,
                                mlir::RankedTensorType type,
                                mlir::ValueRange sizes);
mlir::LogicalResult reifySameShape(mlir::Operation *op,
                                   mlir::OpBuilder &builder,
                                   mlir::ReifiedRankedShapedTypeDims &result);

template <typename OpT>
mlir::LogicalResult inferFromShape(std::optional<mlir::Location> location,
                                   typename OpT::Adaptor adaptor,
                                   llvm::SmallVectorImpl<mlir::Type> &types) {
  mlir::MLIRContext *context = adaptor.getOperands().front().getContext();
  ShapeAlgebra s(location.value_or(mlir::UnknownLoc::get(context)));
  llvm::SmallVector<Dim> dims;
  if (failed(OpT::shape(s, adaptor, dims)))
    return mlir::failure();
  types.push_back(
      mlir::RankedTensorType::get(staticDims(dims), OpT::elementType(adaptor)));
  return mlir::success();
}

template <typename OpT>
mlir::LogicalResult reifyFromShape(OpT op, mlir::OpBuilder &builder,
                                   mlir::ReifiedRankedShapedTypeDims &result) {
  ShapeAlgebra s(op.getLoc(), &builder);
  llvm::SmallVector<Dim> dims;
  if (failed(OpT::shape(s, typename OpT::Adaptor(op), dims)))
    return mlir::failure();
  // What the result's own type knows counts for more.
  auto type = mlir::cast<mlir::RankedTensorType>(op->getResult(0).getType());
  for (auto [i, size] : llvm::enumerate(type.getShape()))
    if (!mlir::ShapedType::isDynamic(size))
      dims[i] = builder.getIndexAttr(size);
  result.push_back(std::move(dims));
  return mlir::success();
}

} // namespace dlc

#endif // DIALECTS_DLC_SHAPEALGEBRA_H
