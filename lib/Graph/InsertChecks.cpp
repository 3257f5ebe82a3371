//===- InsertChecks.cpp - sizes that must agree at run time -----*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// What an operation demands of open sizes, and nothing proves, becomes a
// dlc.check in front of it. Kernels rely on these: with them no kernel leaves
// its operands' memory, whatever sizes the inputs have.

#include "Graph/IntRange.h"
#include "Graph/Passes.h"
#include "dialects/dlc/SizeKey.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "llvm/ADT/TypeSwitch.h"

namespace dlc {
#define GEN_PASS_DEF_INSERTCHECKS
#include "lib/Graph/Passes.h.inc"
} // namespace dlc

using namespace mlir;
using namespace dlc;

namespace {

/// Whether a size can't be negative, as far as a short look tells.
bool isNatural(OpFoldResult size, unsigned depth = 0) {
  if (auto known = getConstantIntValue(size))
    return *known >= 0;
  Operation *op = cast<Value>(size).getDefiningOp();
  if (!op || depth > 8)
    return false;
  auto isNaturalOperand = [&](Value v) {
    return isNatural(getAsOpFoldResult(v), depth + 1);
  };
  if (isa<tensor::DimOp>(op))
    return true;
  if (isa<arith::MaxSIOp>(op))
    return llvm::any_of(op->getOperands(), isNaturalOperand);
  if (isa<arith::SelectOp>(op))
    return llvm::all_of(op->getOperands().drop_front(), isNaturalOperand);
  return isa<arith::AddIOp, arith::MulIOp, arith::MinSIOp, arith::FloorDivSIOp>(
             op) &&
         llvm::all_of(op->getOperands(), isNaturalOperand);
}

/// Whether a size follows from shapes alone, as far as a short look tells, and
/// not from the values of a tensor, which can be anything.
bool isOfShapes(OpFoldResult size, unsigned depth = 0) {
  if (getConstantIntValue(size))
    return true;
  Operation *op = cast<Value>(size).getDefiningOp();
  if (!op || depth > 8)
    return false;
  return isa<tensor::DimOp>(op) ||
         (isa<arith::ArithDialect>(op->getDialect()) &&
          llvm::all_of(op->getOperands(), [&](Value v) {
            return isOfShapes(getAsOpFoldResult(v), depth + 1);
          }));
}

/// What no memory holds is not computed element by element either.
constexpr double mostElements = 1ll << 47;

/// The checks of one operation.
class Checker {
public:
  explicit Checker(Operation *op)
      : b(op), loc(op->getLoc()), op(op), s(loc, &b) {}

  /// `op` ends the body of a loop: what it carries keeps its shape.
  void check(scf::ForOp loop) {
    for (auto [next, init] : llvm::zip(op->getOperands(), loop.getInitArgs()))
      if (auto type = dyn_cast<RankedTensorType>(init.getType()))
        for (int64_t d = 0; d < type.getRank(); ++d)
          equal({next, d}, {init, d},
                "dimension " + Twine(d) +
                    " becomes % where it was %, in a loop");
  }

  void run() {
    if (auto loop = dyn_cast<scf::ForOp>(op->getParentOp());
        loop && op->hasTrait<OpTrait::IsTerminator>())
      return check(loop);
    if (op->getNumResults() != 1 ||
        !isa<RankedTensorType>(op->getResult(0).getType()))
      return;
    llvm::TypeSwitch<Operation *>(op)
        .Case([&](BroadcastOp op) { check(op); })
        .Case([&](ReshapeOp op) { check(op); })
        .Case([&](SliceOp op) { check(op); })
        .Case([&](InsertOp op) { check(op); })
        .Case([&](MatmulOp op) { check(op); })
        .Case([&](ConcatOp op) { check(op); })
        .Case([&](GatherOp op) { check(op); })
        .Case([&](ScatterOp op) {
          markInBounds(op, op.getIndices(), typeOf(op.getData()).getDimSize(0));
          equal({op.getIndices(), 0}, {op.getUpdates(), 0},
                "% indices don't fit % updates");
          equal({op.getData(), 1}, {op.getUpdates(), 1},
                "rows of % elements can't be updated by rows of %");
        })
        .Case([&](ConvOp op) {
          if (!op.getPacked())
            equal({op.getInput(), op.getType().getRank() - 1},
                  s.mul(s.dim(op.getKernel(), op.getType().getRank() - 1),
                        s.constant(op.getGroups())),
                  "% channels don't fit a kernel of %");
          sizesAreNatural();
        })
        .Case([&](PoolOp) { sizesAreNatural(); })
        .Case([&](IotaOp) { sizesAreNatural(); })
        .Case([&](PadOp op) { check(op); })
        .Case([&](ArgReduceOp op) { check(op); })
        .Case([&](PointwiseOpInterface) {
          for (Value other : op->getOperands().drop_front())
            for (int64_t d = 0; d < typeOf(other).getRank(); ++d)
              equal({op->getOperand(0), d}, {other, d},
                    "dimension " + Twine(d) + " is % and %");
        });
  }

private:
  OpBuilder b;
  Location loc;
  Operation *op;
  ShapeAlgebra s;

  /// A size of a tensor, or one computed.
  struct Size {
    OpFoldResult dim = {};
    Value tensor = {};
    int64_t d = 0;
    Size(Value tensor, int64_t d) : tensor(tensor), d(d) {}
    Size(OpFoldResult dim) : dim(dim) {}
  };
  SizeKey key(const Size &x) {
    return x.tensor ? sizeKey(b, x.tensor, x.d) : sizeKey(b, x.dim);
  }
  Value value(const Size &x) {
    return value(x.tensor ? s.dim(x.tensor, x.d) : x.dim);
  }
  Value value(OpFoldResult dim) {
    return getValueOrCreateConstantIndexOp(b, loc, dim);
  }

  Value compare(arith::CmpIPredicate predicate, Value x, Value y) {
    return b.createOrFold<arith::CmpIOp>(loc, predicate, x, y);
  }
  Value isEqual(Value x, Value y) {
    return compare(arith::CmpIPredicate::eq, x, y);
  }

  void require(Value condition, const Twine &message, ValueRange values) {
    if (matchPattern(condition, m_One()))
      return;
    CheckOp::create(b, loc, condition, message.str(), values);
  }

  /// Two known sizes were compared when the operation was built.
  void equal(Size x, Size y, const Twine &message) {
    SizeKey a = key(x), c = key(y);
    if (a == c || (a.isConstant() && c.isConstant()))
      return;
    Value p = value(x), q = value(y);
    require(isEqual(p, q), message, {p, q});
  }

  void natural(OpFoldResult size, int64_t d) {
    if (isNatural(size))
      return;
    Value v = value(size), zero = arith::ConstantIndexOp::create(b, loc, 0);
    require(compare(arith::CmpIPredicate::sge, v, zero),
            "dimension " + Twine(d) + " would have size %", v);
  }

  void sizesAreNatural() {
    ReifiedRankedShapedTypeDims dims;
    if (typeOf(op->getResult(0)).hasStaticShape() ||
        failed(reifyResultShapes(b, op, dims)))
      return;
    for (auto [d, size] : llvm::enumerate(dims[0]))
      natural(size, d);
    if (!llvm::all_of(dims[0], [](auto size) { return isOfShapes(size); }))
      countable(dims[0]);
  }

  /// In floating point, where products don't wrap around.
  void countable(ArrayRef<OpFoldResult> dims) {
    auto real = [&](double x) {
      return arith::ConstantOp::create(b, loc, b.getF64FloatAttr(x));
    };
    Value count = real(1);
    for (OpFoldResult dim : dims) {
      Value size =
          arith::IndexCastOp::create(b, loc, b.getI64Type(), value(dim));
      size = arith::SIToFPOp::create(b, loc, b.getF64Type(), size);
      count = arith::MulFOp::create(b, loc, count, size);
    }
    Value fits = arith::CmpFOp::create(b, loc, arith::CmpFPredicate::OLE, count,
                                       real(mostElements));
    SmallVector<Value> sizes;
    std::string message = "a tensor of size";
    for (OpFoldResult dim : dims) {
      message += sizes.empty() ? " %" : " x %";
      sizes.push_back(value(dim));
    }
    require(fits, message + " is larger than memory can be", sizes);
  }

  void check(BroadcastOp op) {
    sizesAreNatural();
    RankedTensorType from = op.getInput().getType(), to = op.getType();
    SmallVector<OpFoldResult> sizes = mixedSizes(to, op.getSizes());
    int64_t lead = to.getRank() - from.getRank();
    for (int64_t d = 0; d < from.getRank(); ++d) {
      Size x{op.getInput(), d}, y{sizes[d + lead]};
      SizeKey a = key(x), c = key(y);
      if (a == c || (a.isConstant() && (a.number == 1 || c.isConstant())))
        continue;
      Value p = value(x), q = value(y);
      Value fits = isEqual(p, q);
      if (!a.isConstant())
        fits = b.createOrFold<arith::OrIOp>(
            loc, fits, isEqual(p, arith::ConstantIndexOp::create(b, loc, 1)));
      require(fits,
              "size % of dimension " + Twine(d + lead) +
                  " can't be broadcast to %",
              {p, q});
    }
  }

  /// The constant factor of some sizes, and the keys of the others.
  std::pair<int64_t, SmallVector<SizeKey>>
  factors(ArrayRef<OpFoldResult> sizes) {
    std::pair<int64_t, SmallVector<SizeKey>> result{1, {}};
    for (OpFoldResult size : sizes) {
      SizeKey k = key(size);
      if (k.isConstant())
        result.first *= k.number;
      else
        result.second.push_back(k);
    }
    return result;
  }

  void check(ReshapeOp op) {
    RankedTensorType from = op.getInput().getType(), to = op.getType();
    if (from.hasStaticShape() && to.hasStaticShape())
      return;
    sizesAreNatural();
    SmallVector<OpFoldResult> x = s.dims(op.getInput()),
                              y = mixedSizes(to, op.getSizes());
    auto a = factors(x), c = factors(y);
    if (a.first == c.first && a.second.size() == c.second.size() &&
        std::is_permutation(a.second.begin(), a.second.end(), c.second.begin()))
      return;
    auto product = [&](ArrayRef<OpFoldResult> sizes) {
      OpFoldResult n = s.constant(1);
      for (OpFoldResult size : sizes)
        n = s.mul(n, size);
      return value(n);
    };
    Value p = product(x), q = product(y);
    require(isEqual(p, q), "% elements can't be reshaped to %", {p, q});
  }

  void check(SliceOp op) {
    sizesAreNatural();
    SmallVector<OpFoldResult> sizes = mixedSizes(op.getType(), op.getSizes());
    for (auto [d, offset, step] :
         llvm::enumerate(op.getMixedOffsets(), op.getSteps())) {
      SizeKey from = key(Size(op.getInput(), d)), to = key(sizes[d]),
              first = key(offset);
      if (from.isConstant() && to.isConstant() && first.isConstant())
        continue;
      if (from == to && step == 1 && first == SizeKey())
        continue;
      Value in = value(Size(op.getInput(), d)), count = value(sizes[d]),
            begin = value(offset);
      Value last = value(s.add(
          offset, s.mul(s.sub(sizes[d], s.constant(1)), s.constant(step))));
      using P = arith::CmpIPredicate;
      Value fits = b.createOrFold<arith::AndIOp>(
          loc, compare(P::ult, begin, in), compare(P::ult, last, in));
      fits = b.createOrFold<arith::OrIOp>(
          loc, fits, isEqual(count, arith::ConstantIndexOp::create(b, loc, 0)));
      require(fits,
              "elements % to % of dimension " + Twine(d) +
                  " are taken, whose size is %",
              {begin, last, in});
    }
  }

  void check(InsertOp op) {
    int64_t axis = op.getAxis();
    for (int64_t d = 0; d < op.getType().getRank(); ++d)
      if (d != axis)
        equal({op.getPart(), d}, {op.getInto(), d},
              "dimension " + Twine(d) +
                  " is % in a tensor that is inserted into one where it is %");
    OpFoldResult size = s.dim(op.getPart(), axis);
    Value into = value(Size(op.getInto(), axis)), first = op.getOffset();
    Value room = value(s.sub(into, size));
    using P = arith::CmpIPredicate;
    Value zero = arith::ConstantIndexOp::create(b, loc, 0);
    Value fits = b.createOrFold<arith::AndIOp>(
        loc, compare(P::sge, first, zero), compare(P::sle, first, room));
    require(fits,
            "% elements are inserted at % of dimension " + Twine(axis) +
                ", whose size is %",
            {value(size), first, into});
  }

  void markInBounds(Operation *op, Value indices, int64_t size) {
    IntRange range = rangeOf(indices);
    if (!ShapedType::isDynamic(size) && range.low >= 0 && range.high < size)
      op->setAttr("in_bounds", b.getUnitAttr());
  }

  /// No element is read of an empty dimension: either it has elements, or none
  /// of the result's is asked for.
  void hasElements(Size x, ArrayRef<OpFoldResult> result,
                   const Twine &message) {
    SizeKey k = key(x);
    if (k.isConstant() && k.number > 0)
      return;
    OpFoldResult count = s.constant(1);
    for (OpFoldResult d : result)
      count = s.mul(count, d);
    Value n = value(x), zero = arith::ConstantIndexOp::create(b, loc, 0);
    Value fits = b.createOrFold<arith::OrIOp>(
        loc, compare(arith::CmpIPredicate::ne, n, zero),
        isEqual(value(count), zero));
    require(fits, message, n);
  }

  void check(GatherOp op) {
    int64_t axis = op.getAxis();
    markInBounds(op, op.getIndices(), typeOf(op.getData()).getDimSize(axis));
    hasElements({op.getData(), axis}, s.dims(op.getIndices()),
                "index out of range for a dimension of size %");
  }

  void check(ArgReduceOp op) {
    SmallVector<OpFoldResult> result = s.dims(op.getInput());
    int64_t axis = op.getAxis();
    result.erase(result.begin() + axis);
    hasElements({op.getInput(), axis}, result,
                "dimension " + Twine(axis) + " of size % has no " +
                    (op.getKind() == ReduceKind::max ? "greatest" : "least") +
                    " element");
  }

  void check(PadOp op) {
    sizesAreNatural();
    ReifiedRankedShapedTypeDims dims;
    if (op.getMode() == PadMode::constant ||
        failed(reifyResultShapes(b, op, dims)))
      return;
    for (int64_t d = 0; d < op.getType().getRank(); ++d)
      hasElements({op.getInput(), d}, dims[0],
                  "dimension " + Twine(d) +
                      " of size % has no elements to pad with");
  }

  void check(MatmulOp op) {
    int64_t rank = op.getType().getRank();
    bool packed = op.getPacked().has_value();
    equal({op.getLhs(), rank - 1}, {op.getRhs(), rank - 2 + packed},
          "a dimension of size % is contracted with one of size %");
    for (int64_t d = 0; d < rank - 2; ++d) {
      SizeKey x = key({op.getLhs(), d}), y = key({op.getRhs(), d});
      if (x == y || x == SizeKey{Value(), 1} || y == SizeKey{Value(), 1})
        continue;
      Value p = value({op.getLhs(), d}), q = value({op.getRhs(), d}),
            one = arith::ConstantIndexOp::create(b, loc, 1);
      Value ones =
          b.createOrFold<arith::OrIOp>(loc, isEqual(p, one), isEqual(q, one));
      require(b.createOrFold<arith::OrIOp>(loc, isEqual(p, q), ones),
              "batch dimension " + Twine(d) + " is % and %", {p, q});
    }
  }

  void check(ConcatOp op) {
    for (Value other : op.getInputs().drop_front())
      for (int64_t d = 0; d < op.getType().getRank(); ++d)
        if (d != static_cast<int64_t>(op.getAxis()))
          equal({op.getInputs().front(), d}, {other, d},
                "dimension " + Twine(d) +
                    " is % and % in tensors that are joined");
  }
};

struct InsertChecks : dlc::impl::InsertChecksBase<InsertChecks> {
  void runOnOperation() override {
    SmallVector<Operation *> ops;
    getOperation().walk<WalkOrder::PreOrder>([&](Operation *op) {
      if (isa<DlcDialect>(op->getDialect()) || isa<scf::YieldOp>(op))
        ops.push_back(op);
      bool isWhole = isa<CompositeOp, ClusterOp>(op);
      return isWhole ? WalkResult::skip() : WalkResult::advance();
    });
    for (Operation *op : ops)
      Checker(op).run();
  }
};

} // namespace
