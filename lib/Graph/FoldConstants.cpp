//===- FoldConstants.cpp - evaluate operations on constants -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Evaluate/Evaluate.h"
#include "Evaluate/HostTensor.h"
#include "Graph/Passes.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "mlir/IR/RegionKindInterface.h"

namespace dlc {
#define GEN_PASS_DEF_FOLDCONSTANTS
#include "lib/Graph/Passes.h.inc"
} // namespace dlc

using namespace mlir;
using namespace dlc;

/// Results of up to so many elements are always worth having.
static constexpr int64_t kSmall = 4096;
/// Larger ones may exceed what they are made of by so many bytes ...
static constexpr int64_t kGrowth = 1 << 20;
/// ... but not become larger than this.
static constexpr int64_t kLargest = 64 << 20;
/// Multiplications, about a second of them.
static constexpr int64_t kMostWork = 1 << 30;

//===----------------------------------------------------------------------===//
// Data
//===----------------------------------------------------------------------===//

namespace {
/// Counts the operations that hold each resource, to free what none holds.
class DataUsers {
public:
  void add(Operation *op) {
    forEach(op, [&](Blob *blob) { ++users[blob]; });
  }
  void remove(Operation *op) {
    forEach(op, [&](Blob *blob) {
      if (--users[blob] == 0)
        blob->setBlob(AsmResourceBlob({}, /*dataAlignment=*/1, {},
                                      /*dataIsMutable=*/false));
    });
  }

private:
  using Blob = DialectResourceBlobManager::BlobEntry;
  llvm::DenseMap<Blob *, int64_t> users;

  template <typename F> static void forEach(Operation *op, F &&f) {
    op->getAttrDictionary().walk([&](DenseResourceElementsAttr attr) {
      f(attr.getRawHandle().getResource());
    });
  }
};
} // namespace

//===----------------------------------------------------------------------===//
// Worth
//===----------------------------------------------------------------------===//

static int64_t elements(Type type) {
  auto shaped = dyn_cast<ShapedType>(type);
  return shaped && tensorBytes(shaped) ? shaped.getNumElements() : 1;
}

/// How many multiplications or the like one element of the result takes.
static int64_t workPerElement(Operation *op) {
  if (auto matmul = dyn_cast<MatmulOp>(op))
    return matmul.getLhs().getType().getShape().back();
  if (auto conv = dyn_cast<ConvOp>(op)) {
    RankedTensorType kernel = conv.getKernel().getType();
    return elements(kernel) / std::max<int64_t>(kernel.getDimSize(0), 1);
  }
  if (auto pool = dyn_cast<PoolOp>(op))
    return 8 * countElements(pool.getKernel());
  return isa<PointwiseOpInterface, ScanOp, ScatterOp, IotaOp>(op) ? 8 : 0;
}

static int64_t workOf(Operation *op) {
  int64_t work = 0;
  op->walk([&](Operation *inner) {
    if (inner->getNumResults() == 0)
      return;
    int64_t own = llvm::SaturatingMultiply<uint64_t>(
        elements(inner->getResult(0).getType()), workPerElement(inner));
    if (isa<ReduceOp, ArgReduceOp, NonZeroOp>(inner))
      own = 8 * elements(inner->getOperand(0).getType());
    // Ordered, or compared with one another.
    if (isa<TopKOp, NmsOp>(inner))
      own = 256 * elements(inner->getOperand(0).getType());
    work = llvm::SaturatingAdd<uint64_t>(work, own);
  });
  return work;
}

/// Bytes that an attribute takes in memory.
static int64_t bytesOf(ElementsAttr attr) {
  int64_t bytes = tensorBytes(attr.getShapedType()).value_or(0);
  return attr.isSplat() && bytes ? bytes / attr.getNumElements() : bytes;
}

/// Whether one element stands for all of the operands and so of the result.
static bool staysSplat(Operation *op, ArrayRef<ElementsAttr> operands) {
  auto isSplat = [](ElementsAttr attr) { return !attr || attr.isSplat(); };
  return isa<PointwiseOpInterface, ReshapeOp, TransposeOp, SliceOp>(op) &&
         llvm::all_of(operands, isSplat);
}

static bool isSmallEnough(Operation *op, ArrayRef<ElementsAttr> operands) {
  int64_t from = 0, count = 0, to = 0;
  for (ElementsAttr attr : operands)
    from += attr ? bytesOf(attr) : 0;
  for (Type type : op->getResultTypes()) {
    auto shaped = dyn_cast<ShapedType>(type);
    std::optional<int64_t> bytes = shaped ? tensorBytes(shaped) : 8;
    if (!bytes)
      return false;
    to += *bytes;
    count += elements(type);
  }
  // A weight that is padded to whole panels grows a little, however large it
  // is.
  return count <= kSmall || to <= from + from / 16 ||
         to <= std::min(kLargest, from + kGrowth);
}

/// Whether an operand's value is known: a constant, or what could be one but
/// stays as it is.
static bool isKnown(Value value) {
  if (matchPattern(value, m_Constant()))
    return true;
  if (value.getDefiningOp<IotaOp>())
    return elements(value.getType()) <= kSmall;
  auto broadcast = value.getDefiningOp<BroadcastOp>();
  if (!broadcast || !isKnown(broadcast.getInput()))
    return false;
  // Equal elements take the place of one.
  ElementsAttr attr;
  if (matchPattern(broadcast.getInput(), m_Constant(&attr)) && attr.isSplat())
    return true;
  std::optional<int64_t> bytes = tensorBytes(broadcast.getType());
  return bytes && *bytes <= kLargest;
}

/// Whether a value is made, with constants alone and in a few steps, into what
/// convolutions and products read over and over.
static bool becomesWeight(Value value, unsigned steps = 8) {
  auto isRead = [&](OpOperand &use) {
    Operation *user = use.getOwner();
    if (auto conv = dyn_cast<ConvOp>(user))
      return use.get() == conv.getKernel();
    if (isa<MatmulOp>(user))
      return true;
    auto isConstant = [&](Value v) { return v == use.get() || isKnown(v); };
    return isa<PointwiseOpInterface, ReshapeOp, TransposeOp>(user) &&
           llvm::all_of(user->getOperands(), isConstant) &&
           becomesWeight(user->getResult(0), steps - 1);
  };
  return steps > 0 && !value.use_empty() &&
         llvm::all_of(value.getUses(), isRead);
}

/// Whether a weight of bytes becomes numbers to compute with. No kernel takes
/// bytes, so that every run would do it.
static bool widensWeight(Operation *op) {
  if (!isa<CastOp>(op))
    return false;
  Type from = getElementTypeOrSelf(op->getOperand(0));
  std::optional<int64_t> bytes =
      tensorBytes(cast<ShapedType>(op->getResult(0).getType()));
  return from.isInteger(8) && bytes && *bytes <= kLargest &&
         becomesWeight(op->getResult(0));
}

static bool isWorthIt(Operation *op, ArrayRef<ElementsAttr> operands) {
  // These are compact, and say more than their elements. Of broadcasts small
  // ones of integers fold, which tend to be shapes and indices.
  bool isIndices = isa<IntegerType>(getElementTypeOrSelf(op->getResult(0))) &&
                   elements(op->getResult(0).getType()) <= kSmall;
  if (isa<ConstantOp, IotaOp>(op) ||
      (isa<BroadcastOp>(op) && (operands[0].isSplat() || !isIndices)))
    return false;
  return staysSplat(op, operands) ||
         ((isSmallEnough(op, operands) || widensWeight(op)) &&
          workOf(op) <= kMostWork);
}

//===----------------------------------------------------------------------===//
// Folding
//===----------------------------------------------------------------------===//

static ElementsAttr knownValue(Value value) {
  Attribute attr;
  if (matchPattern(value, m_Constant(&attr)))
    return dyn_cast<ElementsAttr>(attr);
  Operation *op = value.getDefiningOp();
  SmallVector<ElementsAttr> operands(op->getNumOperands());
  if (auto broadcast = dyn_cast<BroadcastOp>(op))
    operands[0] = knownValue(broadcast.getInput());
  return evaluate(op, operands).value_or(ElementsAttr());
}

static bool isCandidate(Operation *op) {
  if (isa<tensor::ExtractOp, tensor::FromElementsOp>(op))
    return true;
  return isa_and_nonnull<DlcDialect>(op->getDialect()) &&
         op->getNumResults() != 0 && !isa<LoopOp>(op);
}

/// The values of all operands (null for those of a scalar type, which the
/// evaluator finds itself); false if one isn't known.
static bool knownValues(Operation *op, SmallVectorImpl<ElementsAttr> &values) {
  if (!llvm::all_of(op->getOperands(), isKnown))
    return false;
  for (Value operand : op->getOperands()) {
    values.emplace_back();
    if (!isa<ShapedType>(operand.getType()))
      continue;
    values.back() = knownValue(operand);
    if (!values.back())
      return false;
  }
  return true;
}

static Value materialize(OpBuilder &builder, Location loc, Type type,
                         ElementsAttr value) {
  if (isa<RankedTensorType>(type))
    return ConstantOp::create(builder, loc, type, value);
  // A scalar came as a tensor of rank 0.
  auto scalar = cast<TypedAttr>(*value.value_begin<Attribute>());
  return arith::ConstantOp::create(builder, loc, scalar);
}

namespace {
struct FoldConstants : dlc::impl::FoldConstantsBase<FoldConstants> {
  using FoldConstantsBase::FoldConstantsBase;

  void runOnOperation() override {
    users = DataUsers();
    if (!keepData)
      getOperation().walk([&](Operation *op) { users.add(op); });
    for (Region &region : getOperation()->getRegions())
      visit(region);
  }

private:
  DataUsers users;

  void visit(Region &region) {
    bool hasOrder = mayHaveSSADominance(region);
    for (Block &block : region)
      for (Operation &op : llvm::make_early_inc_range(block)) {
        if (hasOrder && (eraseIfDead(&op) || fold(&op)))
          continue;
        for (Region &inner : op.getRegions())
          visit(inner);
      }
  }

  bool fold(Operation *op) {
    SmallVector<ElementsAttr> operands, results;
    if (!isCandidate(op) || !knownValues(op, operands) ||
        !isWorthIt(op, operands) || failed(evaluate(op, operands, results)))
      return false;
    OpBuilder builder(op);
    for (auto [old, value] : llvm::zip_equal(op->getResults(), results)) {
      Value constant = materialize(builder, op->getLoc(), old.getType(), value);
      if (!keepData)
        users.add(constant.getDefiningOp());
      old.replaceAllUsesWith(constant);
    }
    eraseIfDead(op);
    return true;
  }

  /// Erases an operation without uses, and then what only it used.
  bool eraseIfDead(Operation *first) {
    llvm::SetVector<Operation *> candidates;
    candidates.insert(first);
    bool erased = false;
    while (!candidates.empty()) {
      Operation *op = candidates.pop_back_val();
      bool isOurs = isa<arith::ConstantOp>(op) || isCandidate(op);
      if (!isOurs || !isOpTriviallyDead(op))
        continue;
      erased |= op == first;
      for (Value operand : op->getOperands())
        if (Operation *source = operand.getDefiningOp())
          candidates.insert(source);
      if (!keepData)
        op->walk([&](Operation *inner) { users.remove(inner); });
      op->erase();
    }
    return erased;
  }
};
} // namespace
