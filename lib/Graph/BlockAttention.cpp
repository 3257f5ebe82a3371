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
// Keys and values are read anew for each block of rows: where no cache holds
// them, either, a block is of some heads alone, and %r [b / g, m, g, d].
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
constexpr int64_t kLarge = 16 << 20, kBlock = 2 << 20, kOperands = 2 << 20;

/// Rows of a block are some whole tiles.
constexpr int64_t kRows = 6;

/// The operations between two products, and both.
struct Attention {
  MatmulOp last, first;
  llvm::SetVector<Operation *> members;

  RankedTensorType scores() { return last.getLhs().getType(); }

  bool hasStaticShapes() {
    return scores().hasStaticShape() && last.getType().hasStaticShape() &&
           first.getRhs().getType().hasStaticShape();
  }

  /// Rows stay apart: dimensions are not mixed but for a reduction of the last,
  /// and some rows can be computed alone.
  bool keepsRows(Operation *op) {
    Value result = op->getResult(0);
    int64_t row = scores().getRank() - 2;
    auto hasRows = [&](Value v) {
      return typeOf(v).getRank() > row && haveSameSize(v, row, result, row);
    };
    if (auto reduce = dyn_cast<ReduceOp>(op))
      return reduce.getAxes() ==
             ArrayRef<int64_t>{reduce.getInput().getType().getRank() - 1};
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
      return d < 0 || from.getDimSize(d) == 1 ||
             haveSameSize(repeat.getInput(), d, result, row);
    }
    return isa<MatmulOp>(op) && result.getType() == scores();
  }

  /// Operations whose results nothing else reads, but for what repeats a mask,
  /// which is repeated anew for each block.
  bool collect() {
    members.insert(last);
    auto isOurs = [&](Operation *op) {
      return op->getBlock() == last->getBlock() && keepsRows(op) &&
             (isa<BroadcastOp>(op) ||
              llvm::all_of(op->getUsers(), [&](Operation *user) {
                return members.contains(user);
              }));
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
  SmallVector<Dim> sizes(OpBuilder &b) {
    ReifiedRankedShapedTypeDims dims;
    if (failed(reifyResultShapes(b, first, dims)))
      return {};
    return dims.front();
  }

private:
  /// What is repeated before the first product.
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

  /// Whether something else reads what is computed of the scores.
  bool isReadElsewhere(Operation *op) {
    return op != last && members.contains(op->getOperand(0).getDefiningOp()) &&
           llvm::any_of(op->getUsers(), [&](Operation *user) {
             return !members.contains(user);
           });
  }

  /// Whether the scores are all that the last product has of the first one, and
  /// as many as that takes.
  bool isBetween() {
    Value scores = last.getLhs();
    return members.contains(scores.getDefiningOp()) && !first.getPacked() &&
           !last.getPacked() &&
           llvm::none_of(members,
                         [&](Operation *op) { return isReadElsewhere(op); }) &&

           llvm::all_of(llvm::seq(last.getType().getRank() - 2), [&](auto d) {
             return haveSameSize(scores, d, last, d);
           });
  }
};

/// How large scores are cut: into groups of each batch dimension, and rows. Of
/// open sizes the batch stays whole, and a run tells how many rows a block has.
struct Blocks {
  SmallVector<Dim> batch, group; ///< sizes of batch dimensions, and of parts
  int64_t groups = 1;            ///< blocks of the batch dimensions
  Dim rows, size, parts;         ///< rows, those of a block, blocks of rows

  Blocks(Attention &attention, ArrayRef<Dim> sizes, const ShapeAlgebra &s) {
    rows = sizes[sizes.size() - 2];
    batch.assign(sizes.begin(), sizes.end() - 2);
    group = batch;
    RankedTensorType scores = attention.scores();
    bool isOpen = !attention.hasStaticShapes();
    if (!isOpen)
      groupBatch(attention, s);
    Dim rowBytes =
        s.mul(sizes.back(), s.constant(bytesOf(scores.getElementType())));
    for (Dim part : group)
      rowBytes = s.mul(rowBytes, part);
    if (isOpen)
      size = openRows(rowBytes, s);
    else
      size = s.constant(
          rowsOf(*getConstantIntValue(rows), *getConstantIntValue(rowBytes)));
    parts = s.ceilDiv(rows, size);
  }

  bool isOne() const { return groups == 1 && isConstantIntValue(parts, 1); }

private:
  static int64_t bytesOf(Type element) {
    return *tensorBytes(RankedTensorType::get({1}, element));
  }

  /// As many of the batch, from its last dimension on, as operands of products
  /// that a cache holds.
  void groupBatch(Attention &attention, const ShapeAlgebra &s) {
    SmallVector<int64_t> all = staticDims(batch), some(all.size(), 1);
    for (int64_t d = all.size() - 1; d >= 0; --d) {
      for (int64_t n = 2; n <= all[d]; ++n) {
        if (all[d] % n != 0)
          continue;
        int64_t before = std::exchange(some[d], n);
        if (operandBytes(attention, some) <= kOperands)
          continue;
        some[d] = before;
        break;
      }
      groups *= all[d] / some[d];
      group[d] = s.constant(some[d]);
      if (some[d] < all[d]) {
        for (int64_t outer : llvm::seq(d)) {
          groups *= all[outer];
          group[outer] = s.constant(1);
        }
        break;
      }
    }
  }

  /// Of what every block of rows reads.
  static int64_t operandBytes(Attention &attention, ArrayRef<int64_t> group) {
    int64_t bytes = 0;
    for (MatmulOp op : {attention.first, attention.last}) {
      RankedTensorType type = op.getRhs().getType();
      int64_t all = *tensorBytes(type);
      for (auto [d, part] : llvm::enumerate(group))
        if (type.getDimSize(d) != 1)
          all = all / type.getDimSize(d) * part;
      bytes += all;
    }
    return bytes;
  }

  /// Rows of a block: such that the last one, which has some of the one before
  /// again, computes as few twice as can be.
  static int64_t rowsOf(int64_t rows, int64_t rowBytes) {
    if (rows * rowBytes <= kBlock)
      return rows;
    int64_t least = llvm::divideCeil(rows, std::max(kRows, kBlock / rowBytes)),
            best = 0, bestWork = 0;
    for (int64_t n = least; n <= 2 * least; ++n) {
      int64_t part = std::min<int64_t>(
          rows, llvm::alignTo(llvm::divideCeil(rows, n), kRows));
      int64_t work = part * llvm::divideCeil(rows, part);
      if (!best || work < bestWork) {
        best = part;
        bestWork = work;
      }
    }
    return best;
  }

  /// The same for sizes that a run tells; all rows where the scores are few.
  Dim openRows(Dim rowBytes, const ShapeAlgebra &s) const {
    Dim most =
            s.max(s.constant(kRows), s.floorDiv(s.constant(kBlock), rowBytes)),
        isLarge =
            s.min(s.floorDiv(s.mul(rows, rowBytes), kLarge), s.constant(1)),
        count = s.max(s.mul(isLarge, s.ceilDiv(rows, most)), s.constant(1));
    return s.min(rows, s.mul(s.ceilDiv(s.ceilDiv(rows, count), kRows),
                             s.constant(kRows)));
  }
};

/// Emits the loop over blocks in place of the last product.
class Blocked {
public:
  Blocked(Attention &attention)
      : attention(attention), last(attention.last), b(attention.last),
        loc(last.getLoc()), s(loc, &b), rank(last.getType().getRank()),
        whole(attention.sizes(b)), blocks(attention, whole, s) {
    whole.back() = s.dim(last.getRhs(), rank - 1);
  }

  void emit() {
    if (blocks.isOne())
      return;
    // Rows to the front, where a loop can insert them in place.
    SmallVector<int64_t> order{rank - 2};
    SmallVector<Dim> shape{s.mul(s.constant(blocks.groups), blocks.rows)};
    llvm::append_range(order, llvm::seq<int64_t>(0, rank - 2));
    llvm::append_range(shape, blocks.group);
    order.push_back(rank - 1);
    shape.push_back(whole.back());
    Value init = tensor::EmptyOp::create(b, loc, shape, elementType());
    auto loop = scf::ForOp::create(
        b, loc, value(s.constant(0)),
        value(s.mul(s.constant(blocks.groups), blocks.parts)),
        value(s.constant(1)), init,
        [&](OpBuilder &inner, Location, Value number, ValueRange carried) {
          OpBuilder::InsertionGuard guard(b);
          b.setInsertionPointToStart(inner.getInsertionBlock());
          Dim at;
          Value y = TransposeOp::create(b, loc, part(number, at), order);
          y = InsertOp::create(b, loc, init.getType(), y, carried[0], value(at),
                               0);
          scf::YieldOp::create(b, loc, y);
        });
    last.getResult().replaceAllUsesWith(back(loop.getResult(0), order));
    for (Operation *op : attention.members)
      if (op->use_empty())
        op->erase();
  }

private:
  Attention &attention;
  MatmulOp last;
  OpBuilder b;
  Location loc;
  ShapeAlgebra s;
  int64_t rank;
  SmallVector<Dim> whole; ///< sizes of the last product
  Blocks blocks;

  Type elementType() { return last.getType().getElementType(); }
  Value value(Dim d) { return getValueOrCreateConstantIndexOp(b, loc, d); }

  /// Block `number` of the last product, and where its rows go.
  Value part(Value number, Dim &at) {
    SmallVector<Dim> offsets(rank, s.constant(0)), sizes = whole;
    auto rest = [&](Dim v, Dim n) {
      return s.sub(v, s.mul(s.floorDiv(v, n), n));
    };
    Dim row = number, group = s.constant(0);
    if (blocks.groups > 1) {
      group = s.floorDiv(row, blocks.parts);
      row = rest(row, blocks.parts);
      int64_t behind = blocks.groups;
      for (auto [d, all, part] : llvm::enumerate(blocks.batch, blocks.group)) {
        int64_t count = staticDim(all) / staticDim(part);
        behind /= count;
        offsets[d] =
            s.mul(rest(s.floorDiv(group, behind), s.constant(count)), part);
        sizes[d] = part;
      }
    }
    // Some rows may be computed in two blocks.
    row = isConstantIntValue(blocks.parts, 1)
              ? s.constant(0)
              : s.min(s.mul(row, blocks.size), s.sub(blocks.rows, blocks.size));
    offsets[rank - 2] = row;
    sizes[rank - 2] = blocks.size;
    at = s.add(s.mul(group, blocks.rows), row);
    IRMapping mapping;
    for (Operation *op : llvm::reverse(attention.members))
      b.clone(*op, mapping);
    return SliceOp::create(
        b, loc, dlc::typeOf(sizes, elementType()),
        mapping.lookup(last.getResult()), openSizes(offsets), openSizes(sizes),
        b.getDenseI64ArrayAttr(staticDims(offsets)),
        b.getDenseI64ArrayAttr(SmallVector<int64_t>(rank, 1)));
  }

  /// The last product of what the loop leaves.
  Value back(Value y, ArrayRef<int64_t> order) {
    if (blocks.groups == 1)
      return TransposeOp::create(b, loc, y, invertPermutationVector(order));
    // [b / g..., m, g..., d] to [b / g, g, ..., m, d]
    SmallVector<int64_t> shape, back;
    int64_t batch = rank - 2;
    for (int64_t d = 0; d < batch; ++d) {
      shape.push_back(staticDim(blocks.batch[d]) / staticDim(blocks.group[d]));
      llvm::append_values(back, d, batch + 1 + d);
    }
    shape.push_back(staticDim(blocks.rows));
    llvm::append_range(shape, staticDims(blocks.group));
    shape.push_back(staticDim(whole.back()));
    llvm::append_values(back, batch, 2 * batch + 1);
    y = ReshapeOp::create(b, loc, RankedTensorType::get(shape, elementType()),
                          y, ValueRange());
    y = TransposeOp::create(b, loc, y, back);
    return ReshapeOp::create(b, loc, last.getType(), y, ValueRange());
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
      if (attention.collect())
        Blocked(attention).emit();
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
