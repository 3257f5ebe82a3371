//===- ElementEmitter.cpp - elements pulled from inputs ---------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Codegen/CPU/ElementEmitter.h"

#include "dialects/dlc/ScalarEmitter.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace dlc;
using namespace dlc::cpu;

Point Point::along(ArrayRef<Value> outer, Value lane) {
  Point point;
  for (Value v : outer)
    point.indices.push_back({v});
  point.indices.push_back({lane, 1, {}});
  return point;
}

/// The same memory of elements of other types of that size.
static Value memoryOf(OpBuilder &b, Location loc, Type element, Value memref) {
  return UnrealizedConversionCastOp::create(
             b, loc, MemRefType::get({ShapedType::kDynamic}, element), memref)
      .getResult(0);
}

/// LLVM takes bfloat16 under a mask apart, and rounds each element once more by
/// a function of the C library. It goes as bits.
static bool goesAsBits(Type element) { return element.isBF16(); }

Value cpu::loadVector(OpBuilder &b, Location loc, int64_t lanes, Value memref,
                      Value offset, Value mask) {
  Type element = cast<MemRefType>(memref.getType()).getElementType();
  auto type = VectorType::get({lanes}, element);
  if (!mask)
    return vector::LoadOp::create(b, loc, type, memref, offset);
  if (goesAsBits(element)) {
    Value bits = loadVector(
        b, loc, lanes, memoryOf(b, loc, b.getI16Type(), memref), offset, mask);
    return arith::BitcastOp::create(b, loc, type, bits);
  }
  Value zero = arith::ConstantOp::create(b, loc, type, b.getZeroAttr(type));
  return vector::MaskedLoadOp::create(b, loc, type, memref, ValueRange(offset),
                                      mask, zero);
}

/// The most neighbours of which one is taken by loads of all.
static constexpr int64_t kMostApart = 4;

/// Whether elements so far apart are sooner loaded with those between them than
/// one by one: all lanes, backwards, too, or as many as a mask's number says.
static bool isLoadedWhole(int64_t step, Type element, Value mask) {
  bool isNear = step >= 2 && step <= kMostApart;
  if (!mask)
    return isNear || step == -1;
  return isNear && !goesAsBits(element) &&
         mask.getDefiningOp<vector::CreateMaskOp>();
}

/// Element offset + l * step for each lane l, by shuffles of vectors. Nothing
/// behind the last of them is read.
static Value loadApart(IndexMath m, int64_t lanes, Value memref, Value offset,
                       int64_t step, Value mask) {
  OpBuilder &b = m.b;
  if (step == -1) {
    Value v =
        loadVector(b, m.loc, lanes, memref, m.sub(offset, m.cst(lanes - 1)));
    auto order = llvm::to_vector(llvm::reverse(llvm::seq<int64_t>(0, lanes)));
    return vector::ShuffleOp::create(b, m.loc, v, v, order);
  }
  Value count; // of elements up to the last
  if (mask) {
    Value some = mask.getDefiningOp<vector::CreateMaskOp>().getOperand(0);
    count = m.sub(m.mul(some, step), m.cst(step - 1));
  }
  Value result;
  for (int64_t i = 0; i < step; ++i) {
    // The last vector ends with the last element.
    int64_t first = i + 1 == step && !mask ? (lanes - 1) * i : lanes * i;
    Value part = mask ? vector::CreateMaskOp::create(
                            b, m.loc, mask.getType(),
                            ValueRange(m.sub(count, m.cst(first))))
                      : Value();
    Value v = loadVector(b, m.loc, lanes, memref, m.add(offset, first), part);
    SmallVector<int64_t> order;
    for (int64_t l = 0; l < lanes; ++l) {
      int64_t at = l * step;
      bool isHere = at / lanes == i;
      order.push_back(isHere ? (result ? lanes : 0) + at - first : l);
    }
    result = vector::ShuffleOp::create(b, m.loc, result ? result : v, v, order);
  }
  return result;
}

//===----------------------------------------------------------------------===//
// Sizes
//===----------------------------------------------------------------------===//

Value ElementEmitter::size(Value tensor, int64_t dim) {
  Value &cached = sizeCache[{tensor, dim}];
  if (cached)
    return cached;
  OpBuilder::InsertionGuard guard(b);
  if (preamble)
    b.setInsertionPoint(preamble);
  RankedTensorType type = typeOf(tensor);
  Value v;
  if (!type.isDynamicDim(dim))
    v = arith::ConstantIndexOp::create(b, loc, type.getDimSize(dim));
  else
    v = tensor::DimOp::create(b, loc, tensor, dim);
  return sizeCache[{tensor, dim}] = v;
}

SmallVector<Value> ElementEmitter::sizes(Value tensor) {
  SmallVector<Value> result;
  for (int64_t i = 0; i < typeOf(tensor).getRank(); ++i)
    result.push_back(size(tensor, i));
  return result;
}

//===----------------------------------------------------------------------===//
// Lanes
//===----------------------------------------------------------------------===//

Value ElementEmitter::splat(Value v, int64_t lanes) {
  if (lanes == 1 || isa<VectorType>(v.getType()))
    return v;
  return vector::BroadcastOp::create(b, loc, vectorOf(v.getType(), lanes), v);
}

Value ElementEmitter::laneNumbers(int64_t lanes) {
  return vector::StepOp::create(b, loc, vectorOf(b.getIndexType(), lanes));
}

Value ElementEmitter::asVector(const Index &i, int64_t lanes) {
  if (i.irregular)
    return i.irregular;
  if (lanes == 1)
    return i.base;
  Value base = splat(i.base, lanes);
  if (i.step == 0)
    return base;
  Value steps = laneNumbers(lanes);
  if (i.step != 1)
    steps =
        arith::MulIOp::create(b, loc, steps, splat(math().cst(i.step), lanes));
  return arith::AddIOp::create(b, loc, base, steps);
}

Value ElementEmitter::both(Value a, Value c, int64_t lanes) {
  if (!a)
    return c;
  if (!c)
    return a;
  if (a.getType() != c.getType()) {
    a = splat(a, lanes);
    c = splat(c, lanes);
  }
  return arith::AndIOp::create(b, loc, a, c);
}

std::pair<Value, Index> ElementEmitter::clamp(const Index &i, Value size,
                                              int64_t lanes) {
  bool uniform = i.isUniform();
  Value v = uniform ? i.base : asVector(i, lanes);
  auto like = [&](Value x) { return uniform ? x : splat(x, lanes); };
  Value zero = like(math().cst(0)), count = like(size);
  Value inside =
      arith::CmpIOp::create(b, loc, arith::CmpIPredicate::ult, v, count);
  Value last = arith::SubIOp::create(b, loc, count, like(math().cst(1)));
  Value clamped = arith::MaxSIOp::create(
      b, loc, arith::MinSIOp::create(b, loc, v, last), zero);
  Index result;
  if (uniform || lanes == 1)
    result.base = clamped;
  else
    result.irregular = clamped;
  return {inside, result};
}

//===----------------------------------------------------------------------===//
// Loads and stores
//===----------------------------------------------------------------------===//

Scalar ElementEmitter::load(Value tensor, Value memref, const Point &point,
                            int64_t lanes, Value mask) {
  RankedTensorType type = typeOf(tensor);
  Index at;
  int64_t lead = leads.lookup(tensor);
  if (point.linear && point.space == type && lead == 0) {
    at = {point.linear, point.linearStep, {}};
  } else {
    IndexMath m = math();
    SmallVector<Value> dims = sizes(tensor);
    Value stride = m.cst(1);
    at.base = m.cst(0);
    Value lanesOffset; // what is not base + lane * step
    for (int64_t d = type.getRank(); d-- > lead;) {
      const Index &i = point.indices[d];
      auto known = constantIndex(stride);
      if (i.irregular || (i.step != 0 && !known)) {
        Value part = arith::MulIOp::create(b, loc, asVector(i, lanes),
                                           splat(stride, lanes));
        lanesOffset = lanesOffset
                          ? arith::AddIOp::create(b, loc, lanesOffset, part)
                          : part;
      } else {
        at.base = m.add(at.base, m.mul(i.base, stride));
        if (i.step != 0)
          at.step += i.step * *known;
      }
      if (d > 0)
        stride = m.mul(stride, dims[d]);
    }
    if (lanesOffset)
      at.irregular =
          arith::AddIOp::create(b, loc, lanesOffset, asVector(at, lanes));
  }

  Type element = cast<MemRefType>(memref.getType()).getElementType();
  Value v;
  if (lanes == 1) {
    v = memref::LoadOp::create(b, loc, memref,
                               at.irregular ? at.irregular : at.base);
  } else if (at.isUniform()) {
    v = memref::LoadOp::create(b, loc, memref, at.base);
  } else {
    bool asBits = goesAsBits(element);
    VectorType vt = vectorOf(asBits ? b.getI16Type() : element, lanes);
    if (at.step == 1 && !at.irregular) {
      v = loadVector(b, loc, lanes, memref, at.base, mask);
    } else if (!at.irregular && isLoadedWhole(at.step, element, mask)) {
      v = loadApart(math(), lanes, memref, at.base, at.step, mask);
    } else {
      Value on = mask;
      if (!on)
        on = arith::ConstantOp::create(
            b, loc,
            DenseElementsAttr::get(vectorOf(b.getI1Type(), lanes), true));
      Value zero = arith::ConstantOp::create(b, loc, vt, b.getZeroAttr(vt));
      Value from = asBits ? memoryOf(b, loc, b.getI16Type(), memref) : memref;
      v = vector::GatherOp::create(b, loc, vt, from, ValueRange(math().cst(0)),
                                   asVector(at, lanes), on, zero);
      if (asBits)
        v = arith::BitcastOp::create(b, loc, vectorOf(element, lanes), v);
    }
  }
  Type elementType = type.getElementType();
  return ScalarEmitter(b, loc).fromMemory(elementType, v);
}

static bool leavesOneLane(Value mask) {
  auto made = mask.getDefiningOp<vector::CreateMaskOp>();
  return made && isConstantIntValue(made.getOperands().front(), 1);
}

Operation *ElementEmitter::store(Scalar value, Value memref, Value offset,
                                 int64_t lanes, Value mask) {
  Value v = ScalarEmitter(b, loc).toMemory(value);
  if (lanes == 1)
    return memref::StoreOp::create(b, loc, v, memref, offset);
  v = splat(v, lanes);
  if (mask && goesAsBits(getElementTypeOrSelf(v))) {
    Type bits = b.getI16Type();
    v = arith::BitcastOp::create(b, loc, vectorOf(bits, lanes), v);
    memref = memoryOf(b, loc, bits, memref);
  }
  // LLVM 22 makes a masked store of one lane that was narrowed before it one of
  // the wide lane, over what lies behind.
  if (mask && leavesOneLane(mask))
    return memref::StoreOp::create(
        b, loc, vector::ExtractOp::create(b, loc, v, 0), memref, offset);
  if (mask)
    return vector::MaskedStoreOp::create(b, loc, memref, ValueRange(offset),
                                         mask, v);
  return vector::StoreOp::create(b, loc, v, memref, ValueRange(offset));
}

//===----------------------------------------------------------------------===//
// Elements
//===----------------------------------------------------------------------===//

Scalar ElementEmitter::emitConstant(ConstantOp op, int64_t lanes) {
  auto elements = cast<DenseElementsAttr>(op.getValue());
  Type type = elements.getElementType();
  if (isa<FloatType>(type) && !isNarrow(type)) {
    auto attr = FloatAttr::get(type, elements.getSplatValue<APFloat>());
    return {type, arith::ConstantOp::create(b, loc, attr)};
  }
  ScalarEmitter s(b, loc);
  if (isa<ComplexType>(type)) {
    auto value = elements.getSplatValue<std::complex<APFloat>>();
    APInt re = value.real().bitcastToAPInt(),
          im = value.imag().bitcastToAPInt();
    return s.constantBits(type, im.concat(re));
  }
  APInt bits = isa<FloatType>(type)
                   ? elements.getSplatValue<APFloat>().bitcastToAPInt()
                   : elements.getSplatValue<APInt>();
  return s.constantBits(type, bits);
}

Scalar ElementEmitter::emitIota(IotaOp op, const Point &point, int64_t lanes) {
  const Index &i = point.indices[op.getDimension()];
  Value v = i.isUniform() ? i.base : asVector(i, lanes);
  Type i64 = b.getI64Type();
  v = arith::IndexCastOp::create(
      b, loc, isa<VectorType>(v.getType()) ? Type(vectorOf(i64, lanes)) : i64,
      v);
  ScalarEmitter s(b, loc);
  return s.cast({i64, v}, op.getType().getElementType());
}

bool ElementEmitter::isPadded(PadOp op, int64_t d) {
  Value from = size(op.getInput(), d), to = size(op.getResult(), d);
  bool isSame = from == to || (constantIndex(from) &&
                               constantIndex(from) == constantIndex(to));
  return constantIndex(math().value(op.getMixedLow()[d])) != 0 || !isSame;
}

Index ElementEmitter::throughRepeat(PadOp op, int64_t d, Index i,
                                    int64_t lanes) {
  Value size = this->size(op.getInput(), d);
  if (op.getMode() == PadMode::edge)
    return clamp(i, size, lanes).second;
  bool uniform = i.isUniform() || lanes == 1;
  Value v = uniform ? (i.irregular ? i.irregular : i.base) : asVector(i, lanes);
  auto like = [&](Value x) { return uniform ? x : splat(x, lanes); };
  bool wrap = op.getMode() == PadMode::wrap;
  Value one = math().cst(1);
  // reflect has period 2 * (size - 1), wrap has period size.
  Value period =
      wrap ? size : math().max(math().mul(math().sub(size, one), 2), one);
  Value p = like(period);
  Value r = arith::RemSIOp::create(b, loc, v, p);
  Value negative = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::slt, r,
                                         like(math().cst(0)));
  r = arith::SelectOp::create(b, loc, negative,
                              arith::AddIOp::create(b, loc, r, p), r);
  if (!wrap)
    r = arith::MinSIOp::create(b, loc, r, arith::SubIOp::create(b, loc, p, r));
  Index folded;
  (uniform ? folded.base : folded.irregular) = r;
  return clamp(folded, size, lanes).second;
}

Scalar ElementEmitter::emitPad(PadOp op, const Point &point, int64_t lanes,
                               Value mask) {
  Point at;
  Value inside, loaded = mask;
  ScalarEmitter s(b, loc);
  for (auto [d, low] : llvm::enumerate(op.getMixedLow())) {
    Index i = point.indices[d];
    if (!isPadded(op, d)) {
      at.indices.push_back(i);
      continue;
    }
    Value size = this->size(op.getInput(), d), first = math().value(low);
    if (i.irregular)
      i.irregular =
          arith::SubIOp::create(b, loc, i.irregular, splat(first, lanes));
    else
      i.base = math().sub(i.base, first);
    if (op.getMode() != PadMode::constant) {
      i = throughRepeat(op, d, i, lanes);
    } else {
      auto [in, clamped] = clamp(i, size, lanes);
      inside = both(inside, in, lanes);
      // Lanes that follow each other stay so, for a load and not a gather: no
      // lane that is outside is read.
      if (i.step && !i.irregular && lanes > 1)
        loaded = both(loaded, in, lanes);
      else
        i = clamped;
    }
    at.indices.push_back(i);
  }
  Scalar value = emit(op.getInput(), at, lanes, loaded);
  if (!inside)
    return value;
  Scalar pad = emit(op.getValue(), Point(), 1);
  if (isa<VectorType>(inside.getType())) {
    value.value = splat(value.value, lanes);
    pad.value = splat(pad.value, lanes);
  } else if (isa<VectorType>(value.value.getType())) {
    pad.value = splat(pad.value, lanes);
  }
  return {value.type,
          arith::SelectOp::create(b, loc, inside, value.value, pad.value)};
}

Scalar ElementEmitter::choose(Value condition, Scalar x, Scalar y,
                              int64_t lanes) {
  if (isa<VectorType>(condition.getType()) ||
      isa<VectorType>(x.value.getType()) ||
      isa<VectorType>(y.value.getType())) {
    x.value = splat(x.value, lanes);
    y.value = splat(y.value, lanes);
  }
  return {x.type, arith::SelectOp::create(b, loc, condition, x.value, y.value)};
}

Scalar ElementEmitter::emitConcat(ConcatOp op, const Point &point,
                                  int64_t lanes, Value mask) {
  int64_t axis = op.getAxis();
  Scalar result;
  Value start = math().cst(0);
  for (Value input : op.getInputs()) {
    Value size = this->size(input, axis);
    Point at{point.indices};
    Index i = point.indices[axis];
    if (i.irregular)
      i.irregular =
          arith::SubIOp::create(b, loc, i.irregular, splat(start, lanes));
    else
      i.base = math().sub(i.base, start);
    auto [inside, clamped] = clamp(i, size, lanes);
    at.indices[axis] = clamped;
    Scalar part = emit(input, at, lanes, mask);
    result = result.value ? choose(inside, part, result, lanes) : part;
    start = math().add(start, size);
  }
  return result;
}

Scalar ElementEmitter::emitInsert(InsertOp op, const Point &point,
                                  int64_t lanes, Value mask) {
  int64_t axis = op.getAxis();
  Index i = point.indices[axis];
  if (i.irregular)
    i.irregular = arith::SubIOp::create(b, loc, i.irregular,
                                        splat(op.getOffset(), lanes));
  else
    i.base = math().sub(i.base, op.getOffset());
  auto [inside, clamped] = clamp(i, size(op.getPart(), axis), lanes);
  Point at{point.indices};
  at.indices[axis] = clamped;
  Scalar part = emit(op.getPart(), at, lanes, mask);
  return choose(inside, part, emit(op.getInto(), point, lanes, mask), lanes);
}

static bool sameIndices(ArrayRef<Index> a, ArrayRef<Index> b) {
  return a.size() == b.size() && llvm::all_of(llvm::zip(a, b), [](auto p) {
           auto &[x, y] = p;
           return x.base == y.base && x.step == y.step &&
                  x.irregular == y.irregular;
         });
}

Scalar ElementEmitter::emit(Value tensor, const Point &point, int64_t lanes,
                            Value mask) {
  if (auto it = known.find(tensor); it != known.end())
    return it->second;
  for (auto &[indices, value] : cache[tensor])
    if (sameIndices(indices, point.indices))
      return value;
  Scalar value = compute(tensor, point, lanes, mask);
  cache[tensor].push_back({point.indices, value});
  return value;
}

Scalar ElementEmitter::compute(Value tensor, const Point &point, int64_t lanes,
                               Value mask) {
  if (Value memref = memory.lookup(tensor))
    return load(tensor, memref, point, lanes, mask);
  Operation *op = tensor.getDefiningOp();
  if (auto pointwise = dyn_cast<PointwiseOpInterface>(op)) {
    SmallVector<Scalar> args;
    for (Value operand : op->getOperands()) {
      Point at = point;
      // Another element type is still the same space.
      if (point.linear && typeOf(operand).getShape() == point.space.getShape())
        at.space = typeOf(operand);
      args.push_back(emit(operand, at, lanes, mask));
    }
    ScalarEmitter s(b, loc);
    return pointwise.apply(s, args);
  }
  return TypeSwitch<Operation *, Scalar>(op)
      .Case([&](ConstantOp op) { return emitConstant(op, lanes); })
      .Case([&](IotaOp op) { return emitIota(op, point, lanes); })
      .Case([&](PadOp op) { return emitPad(op, point, lanes, mask); })
      .Case([&](ConcatOp op) { return emitConcat(op, point, lanes, mask); })
      .Case([&](InsertOp op) { return emitInsert(op, point, lanes, mask); })
      .Case([&](TransposeOp op) {
        Point at;
        at.indices.resize(point.indices.size());
        for (auto [i, p] : llvm::enumerate(op.getPermutation()))
          at.indices[p] = point.indices[i];
        return emit(op.getInput(), at, lanes, mask);
      })
      .Case([&](BroadcastOp op) {
        return emit(op.getInput(), throughBroadcast(op, point, lanes), lanes,
                    mask);
      })
      .Case([&](ReshapeOp op) {
        return emit(op.getInput(), throughReshape(op, point, lanes), lanes,
                    mask);
      })
      .Case([&](SliceOp op) {
        return emit(op.getInput(), throughSlice(op, point, lanes), lanes, mask);
      })
      .Case([&](GatherOp op) {
        return emit(op.getData(), throughGather(op, point, lanes, mask), lanes,
                    mask);
      });
}
