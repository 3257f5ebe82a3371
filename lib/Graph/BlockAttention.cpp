//===- BlockAttention.cpp - scores that stay in the cache -------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
//   %s = dlc.matmul %q, %k                [b, h..., m, n]
//   %p = softmax of %s, over operations that keep rows apart
//   %y = dlc.matmul %p, %v                [b, h..., m, d]
// becomes, where %s is too large for a cache,
//   %r = scf.for ... iter_args(%y = ...)  [b * m, h..., d]
//     the same of some of the batch, or of some rows of one, inserted into %y
//   %y = dlc.transpose of a reshape of %r
//
// What is sliced out of the last product in the loop goes up to the queries and
// masks by dlc-raise-slices.
//
//===----------------------------------------------------------------------===//

#include "Graph/Passes.h"
#include "Graph/Permute.h"

#include "Evaluate/HostTensor.h"
#include "dialects/dlc/SizeKey.h"

#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
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

/// Scores that are taken as they are, what blocks of them should take, and keys
/// with values that are read again and again: bytes of a processor's last cache
/// that its cores may share.
constexpr int64_t kLarge = 16 << 20, kBlock = 4 << 20, kOperands = 2 << 20;

/// Rows of a block are some whole tiles.
constexpr int64_t kRows = 6;

/// The operations between two products, and both.
struct Attention {
  MatmulOp last, first;
  llvm::SetVector<Operation *> members;

  RankedTensorType scores() { return last.getLhs().getType(); }

  /// Rows stay apart: dimensions are not mixed but for a reduction of the last,
  /// and some rows can be computed alone.
  bool keepsRows(Operation *op) {
    Value result = op->getResult(0);
    int64_t row = scores().getRank() - 2;
    auto hasRows = [&](Value v) {
      return typeOf(v).getRank() > row && haveSameSize(v, row, result, row);
    };
    if (auto reduce = dyn_cast<ReduceOp>(op))
      return reduce.getInput().getType().getRank() == row + 2 &&
             reduce.getAxes() == ArrayRef<int64_t>{row + 1};
    if (auto reshape = dyn_cast<ReshapeOp>(op)) { // of a row's value
      ArrayRef<int64_t> from = reshape.getInput().getType().getShape(),
                        to = reshape.getType().getShape();
      return to.size() == from.size() + 1 && to.back() == 1 &&
             to.drop_back() == from && hasRows(reshape.getInput());
    }
    if (isa<PointwiseOpInterface>(op))
      return llvm::all_of(op->getOperands(), hasRows);
    if (auto repeat = dyn_cast<BroadcastOp>(op)) {
      RankedTensorType from = repeat.getInput().getType();
      int64_t d = from.getRank() - 2; // where it has rows
      return repeat.getType().getRank() == row + 2 &&
             (d < 0 || from.getDimSize(d) == 1 ||
              haveSameSize(repeat.getInput(), d, result, row));
    }
    return isa<MatmulOp>(op) && result.getType() == scores();
  }

  /// Operations behind the first product whose results nothing else reads, and
  /// what repeats masks.
  bool collect() {
    members.insert(last);
    auto isOurs = [&](Operation *op) {
      return op->getBlock() == last->getBlock() && keepsRows(op) &&
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
    if (!first)
      return false;
    addMasks();
    return isBetween();
  }

  /// Sizes of the scores, told by what the first product reads.
  FailureOr<SmallVector<Dim>> sizes(OpBuilder &b) {
    ReifiedRankedShapedTypeDims dims;
    if (failed(reifyResultShapes(b, first, dims)))
      return failure();
    return dims.front();
  }

private:
  /// Masks are repeated anew for each block, wherever else they are read.
  void addMasks() {
    SmallVector<Operation *> found;
    for (Operation *op : members)
      if (isa<PointwiseOpInterface>(op))
        for (Value v : op->getOperands())
          if (auto mask = v.getDefiningOp<BroadcastOp>();
              mask && mask->getBlock() == last->getBlock() && keepsRows(mask))
            found.push_back(mask);
    members.insert(found.begin(), found.end());
  }

  /// Whether the scores are all that the last product has of the first one, and
  /// as many as that takes.
  bool isBetween() {
    Value scores = last.getLhs();
    return members.contains(scores.getDefiningOp()) && !first.getPacked() &&
           !last.getPacked() &&
           llvm::all_of(llvm::seq(last.getType().getRank() - 2), [&](auto d) {
             return haveSameSize(scores, d, last, d);
           });
  }
};

/// How large scores are cut: into parts of the first dimension of the batch, or
/// where one of it is too large, into rows of that. Of open sizes a run tells.
struct Blocks {
  Dim batch, some, batchParts; ///< the first dimension, of a block, blocks
  Dim rows, size, rowParts;    ///< the same of rows

  Blocks(Attention &attention, ArrayRef<Dim> sizes, const ShapeAlgebra &s)
      : batch(sizes.front()), rows(sizes[sizes.size() - 2]) {
    Dim one = s.constant(1),
        element = s.constant(bytesOf(attention.scores().getElementType())),
        operands = s.constant(0);
    // Of one of the batch.
    auto bytes = [&](ArrayRef<Dim> sizes) {
      Dim product = element;
      for (Dim size : sizes)
        product = s.mul(product, size);
      return product;
    };
    for (MatmulOp op : {attention.first, attention.last}) {
      Value rhs = op.getRhs();
      operands = s.add(operands, bytes(ArrayRef(s.dims(rhs)).drop_front()));
    }
    SmallVector<Dim> row(sizes.drop_front());
    row.erase(row.end() - 2);
    Dim rowBytes = bytes(row), scores = s.mul(rowBytes, rows);

    Dim isLarge = attention.scores().hasStaticShape()
                      ? one
                      : s.min(one, s.floorDiv(s.mul(batch, scores), kLarge));
    auto parts = [&](Dim all, Dim most) {
      return s.max(one, s.mul(isLarge, s.ceilDiv(all, most)));
    };
    auto fits = [&](int64_t cache, Dim bytes) {
      return s.floorDiv(s.constant(cache), bytes);
    };
    some = one;
    if (!isConstantIntValue(batch, 1))
      some = s.ceilDiv(
          batch, parts(batch, s.max(one, s.min(fits(kBlock, scores),
                                               fits(kOperands, operands)))));
    size = rowsOf(s, fits(kBlock, rowBytes), parts);
    batchParts = s.ceilDiv(batch, s.max(one, some));
    rowParts = s.ceilDiv(rows, s.max(one, size));
  }

  bool isOne() const {
    return isConstantIntValue(batchParts, 1) && isConstantIntValue(rowParts, 1);
  }

private:
  static int64_t bytesOf(Type element) {
    return *tensorBytes(RankedTensorType::get({1}, element));
  }

  /// Rows of a block, some whole tiles; where they are known, such that the
  /// last block, which has some of the one before again, computes as few twice
  /// as can be.
  Dim rowsOf(const ShapeAlgebra &s, Dim most,
             function_ref<Dim(Dim, Dim)> parts) const {
    Dim least = parts(rows, s.max(s.constant(kRows), most));
    auto ofParts = [&](Dim n) {
      Dim whole = s.ceilDiv(s.ceilDiv(rows, n), kRows);
      return s.min(rows, s.mul(whole, s.constant(kRows)));
    };
    Dim best = ofParts(least);
    auto known = getConstantIntValue(least);
    if (!known || *known == 1 || !getConstantIntValue(rows))
      return best;
    auto work = [&](Dim size) {
      return staticDim(s.mul(size, s.ceilDiv(rows, size)));
    };
    for (int64_t n = *known + 1; n <= 2 * *known; ++n)
      if (Dim size = ofParts(s.constant(n)); work(size) < work(best))
        best = size;
    return best;
  }
};

/// Emits the loop over blocks in place of the last product.
class Blocked {
public:
  Blocked(Attention &attention, ArrayRef<Dim> sizes, OpBuilder &b)
      : attention(attention), last(attention.last), b(b), loc(last.getLoc()),
        s(loc, &b), rank(last.getType().getRank()), blocks(attention, sizes, s),
        whole(sizes) {
    whole.back() = s.dim(last.getRhs(), rank - 1);
  }

  void emit() {
    if (blocks.isOne())
      return;
    // Rows to the front, where a loop can insert them in place.
    SmallVector<int64_t> order{0, rank - 2};
    llvm::append_range(order, llvm::seq<int64_t>(1, rank - 2));
    order.push_back(rank - 1);
    Value init =
        tensor::EmptyOp::create(b, loc, joined(whole, order), elementType());
    auto loop = scf::ForOp::create(
        b, loc, value(s.constant(0)),
        value(s.mul(blocks.batchParts, blocks.rowParts)), value(s.constant(1)),
        init,
        [&](OpBuilder &inner, Location, Value number, ValueRange carried) {
          OpBuilder::InsertionGuard guard(b);
          b.setInsertionPointToStart(inner.getInsertionBlock());
          SmallVector<Dim> sizes = whole;
          Dim at;
          Value y = part(number, sizes, at);
          y = TransposeOp::create(b, loc, y, order);
          y = reshaped(b, y, joined(sizes, order));
          y = InsertOp::create(b, loc, init.getType(), y, carried[0], value(at),
                               0);
          scf::YieldOp::create(b, loc, y);
        });
    Value y = reshaped(b, loop.getResult(0),
                       applyPermutation(ArrayRef<Dim>(whole), order));
    y = TransposeOp::create(b, loc, y, invertPermutationVector(order));
    last.getResult().replaceAllUsesWith(y);
    for (Operation *op : attention.members)
      if (op->use_empty())
        op->erase();
  }

private:
  Attention &attention;
  MatmulOp last;
  OpBuilder &b;
  Location loc;
  ShapeAlgebra s;
  int64_t rank;
  Blocks blocks;
  SmallVector<Dim> whole; ///< sizes of the last product

  Type elementType() { return last.getType().getElementType(); }
  Value value(Dim d) { return getValueOrCreateConstantIndexOp(b, loc, d); }

  /// Sizes in another order, the first two as one.
  SmallVector<Dim> joined(ArrayRef<Dim> sizes, ArrayRef<int64_t> order) {
    SmallVector<Dim> all = applyPermutation(sizes, order);
    all[1] = s.mul(all[0], all[1]);
    all.erase(all.begin());
    return all;
  }

  /// Block `number` of the last product, its sizes, and where its rows go.
  Value part(Value number, SmallVectorImpl<Dim> &sizes, Dim &at) {
    // Some of the last block may be in the one before, too.
    auto start = [&](Dim number, Dim parts, Dim size, Dim all) -> Dim {
      if (isConstantIntValue(parts, 1))
        return s.constant(0);
      return s.min(s.mul(number, size), s.sub(all, size));
    };
    Dim one = number, row = number;
    if (isConstantIntValue(blocks.rowParts, 1)) {
      row = s.constant(0);
    } else if (!isConstantIntValue(blocks.batchParts, 1)) {
      one = s.floorDiv(number, blocks.rowParts);
      row = s.sub(number, s.mul(one, blocks.rowParts));
    }
    SmallVector<Dim> offsets(rank, s.constant(0));
    offsets[0] = start(one, blocks.batchParts, blocks.some, blocks.batch);
    offsets[rank - 2] = start(row, blocks.rowParts, blocks.size, blocks.rows);
    sizes[0] = blocks.some;
    sizes[rank - 2] = blocks.size;
    at = s.add(s.mul(offsets[0], blocks.rows), offsets[rank - 2]);
    IRMapping mapping;
    for (Operation *op : llvm::reverse(attention.members))
      b.clone(*op, mapping);
    return sliced(b, loc, mapping.lookup(last.getResult()), offsets, sizes);
  }
};

struct BlockAttention : dlc::impl::BlockAttentionBase<BlockAttention> {
  void runOnOperation() override {
    SmallVector<MatmulOp> products;
    getOperation()->walk([&](MatmulOp op) { products.push_back(op); });
    for (MatmulOp op : products) {
      if (!isa<func::FuncOp>(op->getParentOp()) || !mayBeLarge(op.getLhs()))
        continue;
      Attention attention{op, {}, {}};
      if (!attention.collect())
        continue;
      OpBuilder b(op);
      if (FailureOr<SmallVector<Dim>> sizes = attention.sizes(b);
          succeeded(sizes))
        Blocked(attention, *sizes, b).emit();
    }
  }

  /// Whether scores are large, or of an open number of tokens.
  static bool mayBeLarge(TypedValue<RankedTensorType> scores) {
    RankedTensorType type = scores.getType();
    if (type.getRank() < 3)
      return false;
    if (type.hasStaticShape())
      return tensorBytes(type).value_or(0) > kLarge;
    return type.isDynamicDim(type.getRank() - 2);
  }
};

} // namespace
