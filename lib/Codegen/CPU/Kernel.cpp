//===- Kernel.cpp - a kernel under construction -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Codegen/CPU/Kernel.h"

#include "dialects/dlc/ScalarEmitter.h"
#include "dialects/rt/Rt.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/IRMapping.h"

using namespace mlir;
using namespace dlc;
using namespace dlc::cpu;

Dim cpu::product(const ShapeAlgebra &s, ArrayRef<Dim> dims) {
  Dim n = s.constant(1);
  for (Dim d : dims)
    n = s.mul(n, d);
  return n;
}

static MemRefType memoryOf(RankedTensorType type) {
  return MemRefType::get({ShapedType::kDynamic},
                         memoryType(type.getElementType()));
}

bool cpu::needsReport(ClusterOp cluster) {
  return llvm::any_of(cluster.getBody().front(), [](Operation &op) {
    return llvm::isa<GatherOp, ScatterOp>(op) && !op.hasAttr("in_bounds");
  });
}

Kernel::Kernel(ClusterOp cluster, StringRef name, ModuleOp module,
               const Isa &isa)
    : b(module.getContext()), loc(UnknownLoc::get(module.getContext())),
      isa(isa), emitter(b, loc) {
  b.setInsertionPointToEnd(module.getBody());
  Type pointer = LLVM::LLVMPointerType::get(b.getContext()),
       index = b.getIndexType();
  func = func::FuncOp::create(
      b, loc, name, b.getFunctionType({pointer, index, index, pointer}, {}));
  Block *entry = func.addEntryBlock();
  b.setInsertionPointToStart(entry);
  begin = entry->getArgument(1);
  end = entry->getArgument(2);
  scratch = entry->getArgument(3);

  int64_t slot = 0;
  auto arg = [&](Type type) {
    return rt::ArgOp::create(b, loc, type, entry->getArgument(0), slot++);
  };
  SmallVector<Value> inputs;
  for (Value input : cluster.getInputs()) {
    auto tensor = dyn_cast<RankedTensorType>(input.getType());
    inputs.push_back(arg(tensor ? Type(memoryOf(tensor)) : index));
  }
  IRMapping mapping;
  for (auto [input, inner] :
       llvm::zip(inputs, cluster.getBody().getArguments())) {
    auto tensor = dyn_cast<RankedTensorType>(inner.getType());
    if (!tensor) {
      mapping.map(inner, input);
      continue;
    }
    // Stands for the tensor; a tensor.dim of it is the size beside the memory.
    SmallVector<Value> parts{input};
    for (int64_t d = 0, e = tensor.getNumDynamicDims(); d < e; ++d)
      parts.push_back(arg(index));
    Value stand =
        UnrealizedConversionCastOp::create(b, loc, tensor, parts).getResult(0);
    mapping.map(inner, stand);
    emitter.bind(stand, input);
  }
  output = arg(memoryOf(cluster.getType()));
  if (needsReport(cluster))
    emitter.setReport(
        arg(MemRefType::get({ShapedType::kDynamic}, b.getI64Type())));
  for (Operation &op : cluster.getBody().front().without_terminator())
    b.clone(op, mapping);
  root = computed = mapping.lookup(cluster.getRoot());
  if (storesElsewhere(cluster))
    computed = root.getDefiningOp()->getOperand(0);
  Operation *stop = func::ReturnOp::create(b, loc);
  b.setInsertionPoint(stop);
  // Sizes are computed before the loops.
  auto marker = arith::ConstantIndexOp::create(b, loc, 0);
  emitter.setPreamble(marker);
}

/// The size that a stand-in tensor carries beside its memory.
static Value carriedSize(tensor::DimOp op) {
  auto stand = op.getSource().getDefiningOp<UnrealizedConversionCastOp>();
  auto index = op.getConstantIndex();
  auto type = dyn_cast<RankedTensorType>(op.getSource().getType());
  if (!stand || !index || !type)
    return {};
  int64_t part = 1;
  for (int64_t d = 0; d < *index; ++d)
    part += type.isDynamicDim(d);
  return stand.getOperand(part);
}

namespace {
/// Tells the sizes of intermediate tensors by those of the inputs. Each is
/// computed once, behind the operation whose tensor it is of: in a chain of
/// operations every one would ask for its operands' again.
class SizeResolver {
public:
  explicit SizeResolver(Location loc) : loc(loc) {}

  /// Puts the size in the place of an operation that asks for it.
  LogicalResult replace(tensor::DimOp op) {
    FailureOr<Value> size = resolve(op);
    if (failed(size))
      return failure();
    op.replaceAllUsesWith(*size);
    op.erase();
    return success();
  }

private:
  Location loc;
  llvm::DenseMap<std::pair<Value, int64_t>, Value> known;

  FailureOr<Value> resolve(tensor::DimOp op) {
    if (Value size = carriedSize(op))
      return size;
    std::pair<Value, int64_t> key(op.getSource(), *op.getConstantIndex());
    if (Value size = known.lookup(key))
      return size;
    Operation *source = op.getSource().getDefiningOp();
    auto shaped = dyn_cast_or_null<ReifyRankedShapedTypeOpInterface>(source);
    Operation *next = source ? source->getNextNode() : nullptr;
    OpBuilder at(op);
    if (source)
      at.setInsertionPointAfter(source);
    ReifiedRankedShapedTypeDims dims;
    if (!shaped || failed(shaped.reifyResultShapes(at, dims))) {
      emitError(op.getSource().getLoc(),
                "internal error: nothing tells the size of a tensor");
      return failure();
    }
    Value size = IndexMath(at, loc).value(dims[0][key.second]);
    SmallVector<tensor::DimOp> inner;
    for (Operation *o = source->getNextNode(); o != next; o = o->getNextNode())
      if (auto dim = dyn_cast<tensor::DimOp>(o))
        inner.push_back(dim);
    for (tensor::DimOp dim : inner) {
      FailureOr<Value> own = resolve(dim);
      if (failed(own))
        return failure();
      if (size == dim.getResult())
        size = *own;
      dim.replaceAllUsesWith(*own);
      dim.erase();
    }
    return known[key] = size;
  }
};
} // namespace

LogicalResult Kernel::finish() {
  SmallVector<tensor::DimOp> asked;
  func.walk([&](tensor::DimOp op) { asked.push_back(op); });
  SizeResolver resolver(loc);
  for (tensor::DimOp op : asked)
    if (failed(resolver.replace(op)))
      return failure();
  // The tensor operations have served.
  for (Operation &op :
       llvm::make_early_inc_range(llvm::reverse(func.getBody().front())))
    if (op.use_empty() && (llvm::isa<DlcDialect>(op.getDialect()) ||
                           llvm::isa<UnrealizedConversionCastOp>(op)))
      op.erase();
  return success();
}

void Kernel::forUnits(function_ref<void(Value)> body) {
  math().loop(begin, end, 1, [&](Value unit) {
    emitter.newPoint();
    body(unit);
  });
  emitter.newPoint();
}

void Kernel::forRuns(Value length,
                     function_ref<void(Value, Value, Value)> body) {
  IndexMath m = math();
  Value last = m.div(m.add(end, m.sub(length, m.cst(1))), length);
  m.loop(m.div(begin, length), last, 1, [&](Value run) {
    emitter.newPoint();
    Value start = m.mul(run, length);
    Value first = m.sub(m.max(begin, start), start);
    Value stop = m.min(m.sub(end, start), length);
    if (constantIndex(length) == 1) {
      first = m.cst(0);
      stop = m.cst(1);
    }
    body(run, first, stop);
  });
  emitter.newPoint();
}

void Kernel::onceABlock(Value run, Value length, Value panel,
                        function_ref<void()> prepare) {
  IndexMath m = math();
  auto equals = [&](Value x, Value y) -> Value {
    return arith::CmpIOp::create(b, loc, arith::CmpIPredicate::eq, x, y);
  };
  Value isFirst = arith::OrIOp::create(b, loc, equals(panel, m.cst(0)),
                                       equals(run, m.div(begin, length)));
  m.ifThen(isFirst, prepare);
  emitter.newPoint();
}

void Kernel::computeAndStore(const Point &point, Value mask) {
  Scalar value = emitter.emit(computed, point, lanes(), mask);
  Value offset = point.linear;
  if (computed != root) {
    IndexMath m = math();
    SmallVector<Value> at;
    if (auto pad = root.getDefiningOp<PadOp>()) {
      for (auto [i, low] : llvm::zip(point.indices, pad.getStaticLow()))
        at.push_back(m.add(i.base, low));
    } else {
      for (int64_t p : cast<TransposeOp>(root.getDefiningOp()).getPermutation())
        at.push_back(point.indices[p].base);
    }
    offset = m.linearize(at, emitter.sizes(root));
  }
  markIndependent(emitter.store(value, output, offset, lanes(), mask));
}

Value Kernel::maskOf(Value count) {
  return vector::CreateMaskOp::create(
      b, loc, VectorType::get({lanes()}, b.getI1Type()), ValueRange(count));
}

SmallVector<Value> Kernel::forVectors(
    Value lo, Value hi, ValueRange init,
    function_ref<SmallVector<Value>(Value, Value, ValueRange)> body) {
  IndexMath m = math();
  Value count = m.sub(hi, lo);
  Value whole = m.mul(m.div(count, m.cst(lanes())), lanes());
  Value middle = m.add(lo, whole);
  SmallVector<Value> carried =
      m.loop(lo, middle, lanes(), init, [&](Value i, ValueRange args) {
        emitter.newPoint();
        return body(i, Value(), args);
      });
  emitter.newPoint();
  auto n = constantIndex(count);
  if (n && *n % lanes() == 0)
    return carried;
  Value rest = m.sub(hi, middle);
  if (n)
    return body(middle, maskOf(rest), carried);
  Value some = m.less(m.cst(0), rest);
  auto ifOp = scf::IfOp::create(b, loc, ValueRange(carried).getTypes(), some,
                                /*withElse=*/!carried.empty());
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(ifOp.thenBlock());
  SmallVector<Value> last = body(middle, maskOf(rest), carried);
  emitter.newPoint();
  if (!carried.empty()) {
    scf::YieldOp::create(b, loc, last);
    b.setInsertionPointToStart(ifOp.elseBlock());
    scf::YieldOp::create(b, loc, carried);
  }
  return SmallVector<Value>(ifOp.getResults());
}

void Kernel::forVectors(Value lo, Value hi,
                        function_ref<void(Value, Value)> body) {
  forVectors(lo, hi, {}, [&](Value i, Value mask, ValueRange) {
    body(i, mask);
    return SmallVector<Value>();
  });
}

Value Kernel::scratchBuffer(Type element, int64_t count, LaunchPlan &plan) {
  Type memory = memoryType(element);
  int64_t bytes = llvm::divideCeil(memory.getIntOrFloatBitWidth(), 8) * count;
  int64_t offset = plan.scratch;
  plan.scratch += llvm::alignTo(bytes, 64);
  return rt::ScratchOp::create(
      b, loc, MemRefType::get({ShapedType::kDynamic}, memory), scratch, offset);
}

Scalar Kernel::splat(Scalar s) {
  if (!llvm::isa<VectorType>(s.value.getType()))
    s.value = vector::BroadcastOp::create(b, loc, vectorType(s.value.getType()),
                                          s.value);
  return s;
}

Value Kernel::multiplyAdd(Value x, Value y, Value z) {
  bool isFloat = llvm::isa<FloatType>(getElementTypeOrSelf(z));
  if (isFloat && isa.hasFma)
    return vector::FMAOp::create(b, loc, x, y, z);
  if (isFloat)
    return arith::AddFOp::create(b, loc, arith::MulFOp::create(b, loc, x, y),
                                 z);
  return arith::AddIOp::create(b, loc, arith::MulIOp::create(b, loc, x, y), z);
}

//===----------------------------------------------------------------------===//
// Reductions
//===----------------------------------------------------------------------===//

Type cpu::accumulatorType(Type element) {
  if (auto f = dyn_cast<FloatType>(element); f && f.getWidth() < 32)
    return Float32Type::get(element.getContext());
  return element;
}

Scalar cpu::neutralElement(ScalarAlgebra &s, ReduceKind kind, Type type) {
  auto integer = dyn_cast<IntegerType>(type);
  bool isUnsigned =
      integer && (integer.isUnsigned() || integer.getWidth() == 1);
  auto least = [&] {
    return s.constant(type, !integer ? -HUGE_VAL
                            : isUnsigned
                                ? 0
                                : -std::ldexp(1.0, integer.getWidth() - 1));
  };
  // No double is the greatest 64-bit integer.
  auto most = [&] {
    return integer ? s.not_(least()) : s.constant(type, HUGE_VAL);
  };
  switch (kind) {
  case ReduceKind::sum:
  case ReduceKind::any:
    return s.constant(type, 0);
  case ReduceKind::prod:
  case ReduceKind::all:
    return s.constant(type, 1);
  case ReduceKind::max:
    return least();
  case ReduceKind::min:
    return most();
  }
  llvm_unreachable("a reduction of no kind");
}

Scalar cpu::combine(ScalarAlgebra &s, ReduceKind kind, const Scalar &x,
                    const Scalar &y) {
  switch (kind) {
  case ReduceKind::sum:
    return s.add(x, y);
  case ReduceKind::prod:
    return s.mul(x, y);
  case ReduceKind::max:
    return s.max(x, y);
  case ReduceKind::min:
    return s.min(x, y);
  case ReduceKind::all:
    return s.and_(x, y);
  case ReduceKind::any:
    return s.or_(x, y);
  }
  llvm_unreachable("a reduction of no kind");
}

bool Extreme::covers(ReduceKind kind, Type type) {
  return isa<FloatType>(type) &&
         llvm::is_contained({ReduceKind::max, ReduceKind::min}, kind);
}

Value Extreme::join(Value acc, Value x) {
  auto predicate = kind == ReduceKind::max ? arith::CmpFPredicate::OGT
                                           : arith::CmpFPredicate::OLT;
  Value isBeyond = arith::CmpFOp::create(b, loc, predicate, x, acc);
  return arith::SelectOp::create(b, loc, isBeyond, x, acc);
}

Value Extreme::noteNans(Value noted, ArrayRef<Value> values) {
  // One comparison tells of two.
  for (size_t i = 0; i < values.size(); i += 2) {
    Value other = values[std::min(i + 1, values.size() - 1)];
    Value isNan = arith::CmpFOp::create(b, loc, arith::CmpFPredicate::UNO,
                                        values[i], other);
    noted = noted ? Value(arith::OrIOp::create(b, loc, noted, isNan)) : isNan;
  }
  return noted;
}

Value Extreme::finish(Value acc, Value noted) {
  TypedAttr nan =
      FloatAttr::get(getElementTypeOrSelf(acc.getType()), std::nan(""));
  if (auto vector = dyn_cast<VectorType>(acc.getType()))
    nan = DenseElementsAttr::get(vector, Attribute(nan));
  return arith::SelectOp::create(b, loc, noted,
                                 arith::ConstantOp::create(b, loc, nan), acc);
}

Value cpu::combineLanes(OpBuilder &b, Location loc, Value x,
                        function_ref<Value(Value, Value)> combine) {
  auto type = dyn_cast<VectorType>(x.getType());
  if (!type)
    return x;
  // Halves against halves; the order is the same on every run.
  int64_t n = type.getNumElements();
  while (n > 1) {
    n /= 2;
    auto half = [&](int64_t from) -> Value {
      return vector::ExtractStridedSliceOp::create(
          b, loc, x, ArrayRef<int64_t>{from}, ArrayRef<int64_t>{n},
          ArrayRef<int64_t>{1});
    };
    Value low = half(0), high = half(n);
    x = combine(low, high);
  }
  return vector::ExtractOp::create(b, loc, x, ArrayRef<int64_t>{0});
}

Scalar cpu::combineLanes(OpBuilder &b, Location loc, ReduceKind kind,
                         Scalar x) {
  ScalarEmitter s(b, loc);
  return {x.type, combineLanes(b, loc, x.value, [&](Value low, Value high) {
            return combine(s, kind, {x.type, low}, {x.type, high}).value;
          })};
}
