//===- BlockAttention.cpp - scores that stay in the cache -------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
//   %s = dlc.matmul %q, %k                [b..., m, n]
//   %p = softmax of %s, over operations that keep rows apart
//   %y = dlc.matmul %p, %v                [b..., m, d]
// becomes, where %s is too large for a cache,
//   %r = scf.for ... iter_args(%y = ...)  [m, b..., d]
//     the same of some rows, inserted into %y
//   %y = dlc.transpose %r
//
// What is sliced out of the last product in the loop goes up to the queries and
// masks by dlc-raise-slices.
//
//===----------------------------------------------------------------------===//

#include "Graph/Passes.h"

#include "Evaluate/HostTensor.h"

#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Utils/IndexingUtils.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/IRMapping.h"

namespace dlc {
#define GEN_PASS_DEF_BLOCKATTENTION
#include "lib/Graph/Passes.h.inc"
} // namespace dlc

using namespace mlir;
using namespace dlc;

namespace {

/// Scores that are taken as they are, and what blocks of them should take:
/// bytes of a processor's last cache that its cores may share.
constexpr int64_t kLarge = 16 << 20, kBlock = 4 << 20;

/// Rows of a block are some whole tiles.
constexpr int64_t kRows = 12;

/// The operations between two products, and both.
struct Attention {
  MatmulOp last, first;
  llvm::SetVector<Operation *> members;

  RankedTensorType scores() { return last.getLhs().getType(); }
  int64_t rows() { return scores().getShape().drop_back().back(); }

  /// Rows stay apart: dimensions are not mixed but for a reduction of the last.
  bool keepsRows(Operation *op) {
    if (auto reduce = dyn_cast<ReduceOp>(op))
      return reduce.getAxes() ==
             ArrayRef<int64_t>{reduce.getInput().getType().getRank() - 1};
    if (auto reshape = dyn_cast<ReshapeOp>(op)) { // of a row's value
      ArrayRef<int64_t> from = reshape.getInput().getType().getShape(),
                        to = reshape.getType().getShape();
      return to.size() == from.size() + 1 && to.back() == 1 &&
             to.drop_back() == from;
    }
    return isa<PointwiseOpInterface, BroadcastOp>(op) ||
           (isa<MatmulOp>(op) && op->getResult(0).getType() == scores());
  }

  /// Operations behind the first product whose results nothing else reads.
  bool collect() {
    members.insert(last);
    auto isOurs = [&](Operation *op) {
      return op->getBlock() == last->getBlock() && keepsRows(op) &&
             typeOf(op->getResult(0)).hasStaticShape() &&
             llvm::all_of(op->getUsers(), [&](Operation *user) {
               return members.contains(user);
             });
    };
    // From the last operation to the first: users come before what they use.
    for (Operation *op = last->getPrevNode(); op; op = op->getPrevNode()) {
      bool isRead = llvm::any_of(op->getUsers(), [&](Operation *user) {
        return members.contains(user);
      });
      if (!isRead || op->getNumResults() != 1 || !isOurs(op) ||
          (op == last.getRhs().getDefiningOp()))
        continue;
      members.insert(op);
      if (auto product = dyn_cast<MatmulOp>(op)) {
        first = product;
        break;
      }
    }
    return first && isBetween();
  }

  /// Whether the scores are all that the last product has of the first one.
  bool isBetween() {
    return members.contains(last.getLhs().getDefiningOp()) &&
           !first.getPacked() && !last.getPacked();
  }
};

struct BlockAttention : dlc::impl::BlockAttentionBase<BlockAttention> {
  void runOnOperation() override {
    SmallVector<MatmulOp> products;
    getOperation()->walk([&](MatmulOp op) { products.push_back(op); });
    for (MatmulOp op : products) {
      RankedTensorType scores = op.getLhs().getType();
      if (!scores.hasStaticShape() || !op.getType().hasStaticShape() ||
          scores.getRank() < 3 || tensorBytes(scores).value_or(0) <= kLarge ||
          !isa<func::FuncOp>(op->getParentOp()))
        continue;
      Attention attention{op, {}, {}};
      if (attention.collect())
        block(attention);
    }
  }

  /// Rows to the front, where a loop can insert them in place.
  static SmallVector<int64_t> rowsFirst(int64_t rank) {
    SmallVector<int64_t> order{rank - 2};
    for (int64_t d = 0; d < rank; ++d)
      if (d != rank - 2)
        order.push_back(d);
    return order;
  }

  static void block(Attention &attention) {
    MatmulOp last = attention.last;
    Location loc = last.getLoc();
    OpBuilder b(last);
    RankedTensorType type = last.getType();
    int64_t rank = type.getRank(), rows = attention.rows(),
            rowBytes = *tensorBytes(attention.scores()) / rows,
            most = std::max(kRows, kBlock / rowBytes / kRows * kRows),
            count = llvm::divideCeil(rows, most),
            size = std::min(rows, static_cast<int64_t>(llvm::alignTo(
                                      llvm::divideCeil(rows, count), kRows)));
    SmallVector<int64_t> order = rowsFirst(rank),
                         back = invertPermutationVector(order),
                         shape = applyPermutation(type.getShape(), order);
    Type element = type.getElementType();
    Value zero = ConstantOp::create(
        b, loc,
        DenseElementsAttr::get(RankedTensorType::get({}, element),
                               b.getZeroAttr(element)));
    Value init = BroadcastOp::create(
        b, loc, RankedTensorType::get(shape, element), zero, ValueRange());
    auto index = [&](int64_t v) -> Value {
      return arith::ConstantIndexOp::create(b, loc, v);
    };
    auto loop = scf::ForOp::create(
        b, loc, index(0), index(llvm::divideCeil(rows, size)), index(1), init,
        [&](OpBuilder &inner, Location, Value number, ValueRange carried) {
          // Some rows may be computed in two blocks.
          Value at = arith::MinUIOp::create(
              inner, loc,
              arith::MulIOp::create(
                  inner, loc, number,
                  arith::ConstantIndexOp::create(inner, loc, size)),
              arith::ConstantIndexOp::create(inner, loc, rows - size));
          IRMapping mapping;
          for (Operation *op : llvm::reverse(attention.members))
            inner.clone(*op, mapping);
          SmallVector<int64_t> part(type.getShape()), offsets(rank, 0);
          part[rank - 2] = size;
          offsets[rank - 2] = ShapedType::kDynamic;
          Value y = SliceOp::create(
              inner, loc, RankedTensorType::get(part, element),
              mapping.lookup(last.getResult()), at, ValueRange(),
              inner.getDenseI64ArrayAttr(offsets),
              inner.getDenseI64ArrayAttr(SmallVector<int64_t>(rank, 1)));
          y = TransposeOp::create(inner, loc, y, order);
          y = InsertOp::create(inner, loc, init.getType(), y, carried[0], at,
                               0);
          scf::YieldOp::create(inner, loc, y);
        });
    Value whole = TransposeOp::create(b, loc, loop.getResult(0), back);
    last.getResult().replaceAllUsesWith(whole);
    for (Operation *op : attention.members)
      op->erase();
  }
};

} // namespace
