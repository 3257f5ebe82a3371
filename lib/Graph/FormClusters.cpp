//===- FormClusters.cpp - which operations become one kernel -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Decides for each value whether it goes to memory. Walking the block
// backwards, an operation joins the cluster of its users where the kernel of
// that cluster can compute it in place; else it becomes the root of a cluster
// of its own and its result is stored.
//
//  - Pointwise and movement operations join whatever reads them, unless that
//  would
//    compute something costly more than once.
//  - An anchor (matmul, conv, pool, reduce, ...) joins where only pointwise
//    operations of its own shape lie between it and the root: its epilogue. A
//    cluster has one anchor.
//  - Reductions over the last dimension share a cluster with others of the same
//    rows: softmax and normalisations become one kernel.
//  - What gathers pick from along one dimension joins them, if a kernel can
//  keep
//    the rows of it that it needs: interpolation of two dimensions.
//  - Transposes and slices join the matmul that reads them: it takes strided
//    views. So does a convolution of few channels, which may lie in planes.
//  - A reshape is never computed: it is another view of what is in memory.
//  - The body of a loop is a block like any other: what crosses its border is
//  in memory.

#include "Graph/OutlineCluster.h"
#include "Graph/Passes.h"
#include "Graph/Producers.h"
#include "Graph/Simplify.h"
#include "dialects/dlc/SizeKey.h"

#include "dialects/dlc/Dlc.h"
#include "mlir/Dialect/MemRef/Transforms/Transforms.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

namespace dlc {
#define GEN_PASS_DEF_FORMCLUSTERS
#include "lib/Graph/Passes.h.inc"
} // namespace dlc

using namespace mlir;
using namespace dlc;

namespace {

bool isAnchor(Operation *op) {
  return isa<MatmulOp, ConvOp, PoolOp, ReduceOp, ArgReduceOp, ScanOp, ScatterOp,
             TopKOp, NonZeroOp, NmsOp>(op);
}

bool isMovement(Operation *op) {
  return isa<IotaOp, BroadcastOp, TransposeOp, SliceOp, PadOp, GatherOp,
             ReshapeOp>(op);
}

/// A constant that kernels hold in a register.
bool isSplat(Value v) {
  DenseElementsAttr elements;
  return matchPattern(v, m_Constant(&elements)) && elements.isSplat();
}

/// Adds or drops dimensions of size 1 only.
bool onlyUnitDims(ReshapeOp op) {
  auto significant = [](RankedTensorType type) {
    return llvm::filter_to_vector(
        llvm::seq<int64_t>(0, type.getRank()),
        [&](int64_t d) { return type.getDimSize(d) != 1; });
  };
  RankedTensorType from = op.getInput().getType(), to = op.getType();
  auto x = significant(from), y = significant(to);
  if (x.size() != y.size())
    return false;
  // The number of elements fixes one open size, not two.
  bool fixed = from.getNumDynamicDims() <= 1 && to.getNumDynamicDims() <= 1;
  return llvm::all_of(llvm::zip(x, y), [&](auto pair) {
    auto [d, e] = pair;
    return fixed ? from.getDimSize(d) == to.getDimSize(e)
                 : haveSameSize(op.getInput(), d, op.getResult(), e);
  });
}

/// A table as it lies in a product's panels, for a gather: rows are picked from
/// where they are.
bool isTableInPanels(Operation *op) {
  auto reshape = dyn_cast<ReshapeOp>(op);
  auto turned =
      reshape ? reshape.getInput().getDefiningOp<TransposeOp>() : nullptr;
  return turned && matchPattern(turned.getInput(), m_Constant());
}

struct Cluster {
  Operation *root;
  Operation *anchor = nullptr; ///< or the first reduction of rows
  Value rows =
      {}; ///< what row reductions reduce: a tensor of the space they share
  Operation *gathered = nullptr; ///< what gathers of the cluster pick from
  llvm::SetVector<Operation *> members;
};

class Former {
public:
  explicit Former(Block &block) : block(block) {}

  void run() {
    for (Operation &op : llvm::reverse(block))
      if (isa<DlcDialect>(op.getDialect()) &&
          !isa<ConstantOp, CheckOp, LoopOp, CallOp, YieldOp>(op) &&
          !isInPlace(&op) && !isOnSequences(&op))
        place(&op);
    for (auto &cluster : llvm::reverse(clusters))
      outlineCluster(cluster->root, cluster->members.getArrayRef(),
                     [&](Value operand, Operation *op) {
                       return isSplat(operand) && !readsMemory(op, *cluster);
                     });
    for (Operation &op : llvm::make_early_inc_range(llvm::reverse(block)))
      if (isOpTriviallyDead(&op))
        op.erase();
  }

private:
  Block &block;
  SmallVector<std::unique_ptr<Cluster>> clusters; // roots in reverse order
  llvm::DenseMap<Operation *, llvm::SmallSetVector<Cluster *, 2>> placed;

  /// Written to by the kernel of the part.
  static bool isInPlace(Operation *op) {
    auto insert = dyn_cast<InsertOp>(op);
    auto concat = dyn_cast<ConcatOp>(op);
    return (insert && insert.isInPlace()) || (concat && concat.isAppend());
  }

  /// The run time's business.
  static bool isOnSequences(Operation *op) {
    return llvm::any_of(op->getOperandTypes(), isSequenceOrOptional) ||
           llvm::any_of(op->getResultTypes(), isSequenceOrOptional);
  }

  /// The clusters that read an operation's result; null where something else
  /// does.
  std::optional<llvm::SmallSetVector<Cluster *, 2>> readers(Operation *op) {
    llvm::SmallSetVector<Cluster *, 2> result;
    for (Operation *user : op->getUsers()) {
      if (isa<tensor::DimOp>(user))
        continue;
      auto it = placed.find(user);
      if (it == placed.end())
        return std::nullopt;
      result.insert(it->second.begin(), it->second.end());
    }
    return result;
  }

  void place(Operation *op) {
    auto in = readers(op);
    if (in && in->empty())
      return; // dead
    if (auto reshape = dyn_cast<ReshapeOp>(op);
        reshape && !(in && joins(reshape, *in)))
      return; // a view: not placed, what it reads goes to memory
    // Kernels need not prove it again.
    if (auto reshape = dyn_cast<ReshapeOp>(op);
        reshape && onlyUnitDims(reshape))
      op->setAttr("unit_dims", UnitAttr::get(op->getContext()));
    if (in && llvm::all_of(*in, [&](Cluster *c) {
          return canJoin(op, *c, in->size() > 1);
        })) {
      for (Cluster *c : *in)
        join(op, *c);
      return;
    }
    auto cluster = std::make_unique<Cluster>();
    cluster->root = op;
    join(op, *cluster);
    clusters.push_back(std::move(cluster));
  }

  void join(Operation *op, Cluster &c) {
    if (isGathered(op, c))
      c.gathered = op;
    c.members.insert(op);
    placed[op].insert(&c);
    if (!isAnchor(op))
      return;
    if (!c.anchor)
      c.anchor = op;
    if (auto reduce = dyn_cast<ReduceOp>(op); reduce && isRowReduction(reduce))
      c.rows = reduce.getInput();
  }

  static bool isRowReduction(ReduceOp op) {
    return op.getAxes() ==
           ArrayRef<int64_t>{op.getInput().getType().getRank() - 1};
  }

  /// A reshape inside of a kernel costs index arithmetic: only where sizes of 1
  /// come and go.
  bool joins(ReshapeOp op, const llvm::SmallSetVector<Cluster *, 2> &in) {
    return (onlyUnitDims(op) || isTableInPanels(op)) &&
           llvm::all_of(
               in, [&](Cluster *c) { return canJoin(op, *c, in.size() > 1); });
  }

  bool canJoin(Operation *op, Cluster &c, bool several) {
    if (isAnchor(op))
      return !several && canJoinAnchor(op, c);
    if (isa<ConcatOp, InsertOp, CompositeOp>(op))
      return false;
    if (!isMovement(op) && several)
      return false;
    if (isGathered(op, c))
      return true;
    for (Operation *user : op->getUsers())
      if (c.members.contains(user) && !canRead(user, op, c))
        return false;
    return isMovement(op) || sharesPoint(op, c);
  }

  /// Whether the elements of `op` that gathers pick from, to compute one row of
  /// the root, can be kept by the kernel.
  bool isGathered(Operation *op, Cluster &c) {
    constexpr int64_t mostBits = 1 << 20, fewestUnits = 16;
    if (!isPointwise(op) || c.anchor || c.gathered || isa<ConcatOp>(c.root))
      return false;
    std::optional<uint64_t> axis;
    for (Operation *user : op->getUsers()) {
      if (isa<tensor::DimOp>(user))
        continue;
      auto gather = dyn_cast<GatherOp>(user);
      if (!gather || gather.getData() != op->getResult(0) ||
          gather.getIndices().getType().getRank() != 1 ||
          (axis && *axis != gather.getAxis()) || !c.members.contains(user) ||
          (user != c.root && !pointwiseToRoot(user, c)))
        return false;
      axis = gather.getAxis();
    }
    if (!axis)
      return false;
    RankedTensorType type = typeOf(op->getResult(0));
    ArrayRef<int64_t> row = type.getShape().drop_front(*axis);
    int64_t units = 1;
    for (int64_t size : type.getShape().take_front(*axis))
      units *= ShapedType::isDynamic(size) ? 1 : size;
    if (units < fewestUnits || ShapedType::isDynamicShape(row))
      return false;
    int64_t bits =
        ShapedType::getNumElements(row) * elementBits(type.getElementType());
    return bits > 0 && bits <= mostBits;
  }

  /// Whether `user`, in the cluster, can take the result of `op` unstored.
  bool canRead(Operation *user, Operation *op, Cluster &c) {
    // Only views of matrices in memory.
    if (isa<MatmulOp>(user))
      return (isa<TransposeOp>(op) || isa<SliceOp>(op)) && isView(op, user);
    if (auto conv = dyn_cast<ConvOp>(user))
      return conv.getInput() == op->getResult(0) &&
             (isa<TransposeOp>(op) ? conv.takesViews()
                                   : conv.takesComputed() && isScaling(op));
    if (isa<ScatterOp, TopKOp, NmsOp>(user))
      return false;
    if (auto gather = dyn_cast<GatherOp>(user))
      return gather.getData() != op->getResult(0) ||
             (isa<TransposeOp, SliceOp>(op) && !losesRuns(gather, op)) ||
             isTableInPanels(op);
    if (feedsView(user, c))
      return isa<TransposeOp, SliceOp>(op);
    // Repeating recomputes: not what costs more than a load.
    if (Operation *broadcast = repeats(user, c);
        broadcast && !isa<BroadcastOp>(op))
      return isMovement(op) || isRowValue(op, c) ||
             (pointwiseToRoot(broadcast, c) &&
              comesFromRows(op->getResult(0), broadcast->getResult(0)));
    // Asks for an element of the part wherever it is.
    if (auto insert = dyn_cast<InsertOp>(user))
      return insert.getPart() != op->getResult(0) || isMovement(op);
    // A window reads whole vectors of channels, and each several times.
    if (isa<PoolOp>(user) && movesLast(op))
      return false;
    // A window or a tile reads each element several times.
    if (isa<PoolOp, PadOp>(user))
      return isMovement(op) || (user == c.root && isStoredElsewhere(c.root) &&
                                computesProduct(op));
    return true;
  }

  /// Whether a gather would pick runs of elements one by one, so many that the
  /// transposed data is sooner stored.
  static bool losesRuns(GatherOp gather, Operation *data) {
    RankedTensorType from = gather.getData().getType(), to = gather.getType();
    return movesLast(data) &&
           gather.getAxis() + 1 < static_cast<uint64_t>(from.getRank()) &&
           from.hasStaticShape() && to.hasStaticShape() &&
           to.getNumElements() >= from.getNumElements() / 4;
  }

  /// A transpose whose vectors would be gathered, element by element.
  static bool movesLast(Operation *op) {
    auto transpose = dyn_cast<TransposeOp>(op);
    return transpose && transpose.getPermutation().back() !=
                            transpose.getType().getRank() - 1;
  }

  /// The broadcast that an operation of the cluster is, or that reads it by
  /// another shape; null if there is none.
  static Operation *repeats(Operation *op, Cluster &c) {
    if (isa<BroadcastOp>(op))
      return op;
    if (isa<ReshapeOp>(op))
      for (Operation *user : op->getUsers())
        if (c.members.contains(user))
          if (Operation *broadcast = repeats(user, c))
            return broadcast;
    return nullptr;
  }

  /// A factor for each channel, as squeeze-and-excite ends with. Anything that
  /// costs more would better be computed once for all threads.
  static bool isScaling(Operation *op) {
    return isa<MulOp>(op) && llvm::any_of(op->getOperands(), [](Value v) {
             return v.getDefiningOp<BroadcastOp>();
           });
  }

  /// A root that only says where elements are stored: a zero border around
  /// them, or another order of rows.
  static bool isStoredElsewhere(Operation *root) {
    if (auto pad = dyn_cast<PadOp>(root)) {
      DenseElementsAttr value;
      int64_t rank = pad.getType().getRank();
      auto isWhole = [&](int64_t d) {
        return pad.getStaticLow()[d] == 0 &&
               haveSameSize(pad.getInput(), d, pad.getResult(), d);
      };
      // The number of images may be open, not where pixels lie.
      return pad.getMode() == PadMode::constant && pad.getLow().empty() &&
             rank >= 3 &&
             !ShapedType::isDynamicShape(
                 pad.getType().getShape().drop_front()) &&
             !ShapedType::isDynamicShape(
                 pad.getInput().getType().getShape().drop_front()) &&
             matchPattern(pad.getValue(), m_Constant(&value)) && isWhole(0) &&
             isWhole(rank - 1);
    }
    return isa<TransposeOp>(root) && !movesLast(root);
  }

  static bool isPointwise(Operation *op) {
    return isa<PointwiseOpInterface>(op);
  }

  /// Whether a product and its epilogue end in this operation.
  static bool computesProduct(Operation *op) {
    return hasProducer(op->getResult(0), isPointwise, [](Operation *producer) {
      return isa<MatmulOp, ConvOp>(producer) &&
             hasOneReader(producer->getResult(0));
    });
  }

  /// Whether a value of one element a row is made of a reduction of the rows of
  /// this tensor.
  static bool comesFromRows(Value v, Value space) {
    auto through = [](Operation *op) {
      return isPointwise(op) || isa<ReshapeOp>(op);
    };
    return hasProducer(v, through, [&](Operation *producer) {
      auto reduce = dyn_cast<ReduceOp>(producer);
      return reduce && isRowReduction(reduce) &&
             haveSameSizes(reduce.getInput(), space);
    });
  }

  /// Whether `op` is part of the view that the cluster's kernel takes of an
  /// operand.
  bool feedsView(Operation *op, Cluster &c) {
    return isa<TransposeOp, SliceOp>(op) &&
           llvm::any_of(op->getUsers(), [&](Operation *user) {
             return c.members.contains(user) &&
                    (isa<MatmulOp, ConvOp>(user) || feedsView(user, c));
           });
  }

  /// Whether the kernel loads the operands of `op` itself: a register won't do.
  bool readsMemory(Operation *op, Cluster &c) {
    return isa<MatmulOp, ConvOp>(op) || feedsView(op, c);
  }

  /// A matmul's left operand takes any strides; of the right one, rows must be
  /// dense.
  bool isView(Operation *op, Operation *matmul) {
    auto mm = cast<MatmulOp>(matmul);
    if (mm.getLhs() == mm.getRhs())
      return false;
    if (mm.getRhs() != op->getResult(0))
      return true;
    if (mm.getPacked())
      return false;
    if (auto transpose = dyn_cast<TransposeOp>(op))
      return transpose.getPermutation().back() ==
             transpose.getType().getRank() - 1;
    return cast<SliceOp>(op).getSteps().back() == 1;
  }

  /// A pointwise result that several users read is computed once only if they
  /// all ask for it at the same point.
  bool sharesPoint(Operation *op, Cluster &c) {
    if (hasOneReader(op->getResult(0)))
      return true;
    return llvm::all_of(op->getUsers(),
                        [&](Operation *user) {
                          if (isa<PointwiseOpInterface, tensor::DimOp>(user))
                            return true;
                          auto reduce = dyn_cast<ReduceOp>(user);
                          return reduce && c.rows && isRowReduction(reduce);
                        }) &&
           allAtRoot(op, c);
  }

  enum class Follow { refuse, stop, on };

  /// Follows what reads `op` down to the cluster's root, each operation once;
  /// false where `step` refuses one.
  static bool followUsers(Operation *op, Cluster &c,
                          function_ref<Follow(Operation *)> step) {
    llvm::SmallSetVector<Operation *, 16> work;
    work.insert(op);
    for (size_t i = 0; i < work.size(); ++i)
      for (Operation *user : work[i]->getUsers()) {
        if (isa<tensor::DimOp>(user) || work.contains(user))
          continue;
        Follow next = step(user);
        if (next == Follow::refuse)
          return false;
        if (next == Follow::on && user != c.root)
          work.insert(user);
      }
    return true;
  }

  /// Whether what reads `op` within the cluster lies at the root's own point,
  /// or at the rows'.
  bool allAtRoot(Operation *op, Cluster &c) {
    return followUsers(op, c, [&](Operation *user) {
      if (user == c.root || (isa<ReduceOp>(user) && c.rows))
        return Follow::stop;
      return isPointwise(user) ? Follow::on : Follow::refuse;
    });
  }

  bool isRowValue(Operation *op, Cluster &c) {
    if (!c.rows)
      return false;
    RankedTensorType type = typeOf(op->getResult(0));
    ArrayRef<int64_t> outer = typeOf(c.rows).getShape().drop_back(),
                      shape = type.getShape();
    return shape == outer ||
           (!shape.empty() && shape.back() == 1 && shape.drop_back() == outer);
  }

  bool canJoinAnchor(Operation *op, Cluster &c) {
    // Their results are complete only when the kernel ends.
    if (c.gathered || isa<ScatterOp, TopKOp, NonZeroOp, NmsOp>(op))
      return false;
    if (auto reduce = dyn_cast<ReduceOp>(op);
        reduce && isRowReduction(reduce)) {
      if (c.anchor && (!c.rows || !haveSameSizes(c.rows, reduce.getInput())))
        return false;
      if (leadsToRows(op, c, reduce.getInput()))
        return true;
      if (c.rows)
        return false;
    }
    return !c.anchor && !isa<ConcatOp>(c.root) && pointwiseToRoot(op, c);
  }

  /// Only pointwise operations between the anchor and the root, or a root that
  /// says where a product is stored.
  bool pointwiseToRoot(Operation *op, Cluster &c) {
    return followUsers(op, c, [&](Operation *user) {
      bool fits = user == c.root && isStoredElsewhere(user)
                      ? isa<MatmulOp, ConvOp>(op)
                      : isPointwise(user);
      return fits ? Follow::on : Follow::refuse;
    });
  }

  /// Whether a reduction of rows reaches the root by row values (one a row,
  /// with or without a last dimension of 1), a broadcast back to the row, and
  /// pointwise operations and reductions of it.
  bool leadsToRows(Operation *op, Cluster &c, Value space) {
    ArrayRef<int64_t> shape = typeOf(space).getShape(),
                      outer = shape.drop_back();
    auto isRow = [&](ArrayRef<int64_t> s) {
      return s == outer || (s.size() == shape.size() && s.back() == 1 &&
                            s.drop_back() == outer);
    };
    return followUsers(op, c, [&](Operation *user) {
      if (!c.members.contains(user))
        return Follow::refuse;
      ArrayRef<int64_t> to = typeOf(user->getResult(0)).getShape();
      bool fits = isPointwise(user)      ? isRow(to) || to == shape
                  : isa<ReshapeOp>(user) ? isRow(to)
                  : isa<BroadcastOp>(user)
                      ? haveSameSizes(user->getResult(0), space) &&
                            typeOf(user->getOperand(0)).getRank() ==
                                typeOf(space).getRank()
                  : isa<ReduceOp>(user) ? isRowReduction(cast<ReduceOp>(user))
                                        : false;
      return fits ? Follow::on : Follow::refuse;
    });
  }
};

/// Replaces sizes of intermediate tensors by what they are computed from.
void resolveSizes(func::FuncOp func) {
  RewritePatternSet patterns(func.getContext());
  memref::populateResolveShapedTypeResultDimsPatterns(patterns);
  memref::populateResolveRankedShapedTypeResultDimsPatterns(patterns);
  populateSizeOriginPatterns(patterns);
  tensor::DimOp::getCanonicalizationPatterns(patterns, func.getContext());
  (void)applyPatternsGreedily(func, std::move(patterns));
}

/// Marks the broadcasts whose open sizes are the operand's own, so that kernels
/// need not ask whether the operand's size is 1.
void markEqualBroadcasts(func::FuncOp func) {
  func.walk([&](BroadcastOp op) {
    RankedTensorType from = op.getInput().getType(), to = op.getType();
    if (from.hasStaticShape())
      return;
    OpBuilder b(op);
    SmallVector<OpFoldResult> sizes = mixedSizes(to, op.getSizes());
    int64_t lead = to.getRank() - from.getRank();
    auto isWhole = [&](int64_t d) {
      if (!from.isDynamicDim(d))
        return true;
      SizeKey own = sizeKey(b, op.getInput(), d),
              whole = sizeKey(b, sizes[d + lead]);
      if (own == whole)
        return true;
      // A table cut to a length is as long, or there's an error, or both are 1.
      auto cut = own.number == -1 ? cutSize(own.value) : std::nullopt;
      return cut && cut->limit >= 2 &&
             sizeKey(b, OpFoldResult(cut->whole)) == whole;
    };
    if (llvm::all_of(llvm::seq<int64_t>(0, from.getRank()), isWhole))
      op->setAttr("equal", UnitAttr::get(func.getContext()));
  });
}

struct FormClusters : dlc::impl::FormClustersBase<FormClusters> {
  void runOnOperation() override {
    func::FuncOp func = getOperation();
    if (func.isExternal())
      return;
    markEqualBroadcasts(func);
    SmallVector<Block *> blocks;
    func.walk([&](Block *block) { blocks.push_back(block); });
    for (Block *block : blocks)
      Former(*block).run();
    resolveSizes(func);
  }
};

} // namespace
