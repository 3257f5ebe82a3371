//===- ShapeAlgebra.cpp - sizes, known or computed -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/dlc/ShapeAlgebra.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/TypeUtilities.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace dlc;

int64_t dlc::staticDim(Dim d) {
  if (!d)
    return ShapedType::kDynamic;
  return getConstantIntValue(d).value_or(ShapedType::kDynamic);
}

SmallVector<int64_t> dlc::staticDims(ArrayRef<Dim> dims) {
  return llvm::map_to_vector(dims, staticDim);
}

/// Sizes that overflow stay too large to be a tensor's.
static int64_t saturate(bool overflowed, int64_t value) {
  return overflowed ? std::numeric_limits<int64_t>::max() : value;
}
static int64_t addSizes(int64_t x, int64_t y) {
  int64_t result;
  return saturate(llvm::AddOverflow(x, y, result), result);
}
static int64_t mulSizes(int64_t x, int64_t y) {
  int64_t result;
  return saturate(llvm::MulOverflow(x, y, result), result);
}

Dim ShapeAlgebra::constant(int64_t value) const {
  // The least number marks what is dynamic.
  if (ShapedType::isDynamic(value))
    ++value;
  return IntegerAttr::get(IndexType::get(loc.getContext()), value);
}

Dim ShapeAlgebra::dim(Value tensor, int64_t index) const {
  auto type = cast<RankedTensorType>(tensor.getType());
  if (!type.isDynamicDim(index))
    return constant(type.getDimSize(index));
  SizeRef origin = sizeOrigin(tensor, index);
  tensor = origin.tensor;
  index = origin.dim;
  if (!builder)
    return Dim();
  if (!cache)
    return builder->createOrFold<tensor::DimOp>(loc, tensor, index);
  SmallVector<Dim> &known = cache->dims[tensor];
  known.resize(typeOf(tensor).getRank());
  if (!known[index])
    known[index] = builder->createOrFold<tensor::DimOp>(loc, tensor, index);
  return known[index];
}

SmallVector<Dim> ShapeAlgebra::dims(Value tensor) const {
  SmallVector<Dim> result;
  for (int64_t i = 0, e = cast<RankedTensorType>(tensor.getType()).getRank();
       i < e; ++i)
    result.push_back(dim(tensor, i));
  return result;
}

Value ShapeAlgebra::value(Dim d) const {
  if (auto v = dyn_cast<Value>(d))
    return v;
  return arith::ConstantIndexOp::create(*builder, loc, staticDim(d));
}

template <typename OpT> static OpT definingOp(Dim d) {
  auto v = dyn_cast<Value>(d);
  return v ? v.getDefiningOp<OpT>() : OpT();
}

template <typename ArithOp> Dim ShapeAlgebra::binary(Dim a, Dim b) const {
  if (!a || !b || !builder)
    return Dim();
  if (!cache)
    return builder->createOrFold<ArithOp>(loc, value(a), value(b));
  Dim &known = cache->arithmetic[{TypeID::get<ArithOp>().getAsOpaquePointer(),
                                  a.getOpaqueValue(), b.getOpaqueValue()}];
  if (!known)
    known = getAsOpFoldResult(
        builder->createOrFold<ArithOp>(loc, value(a), value(b)));
  return known;
}

Dim ShapeAlgebra::add(Dim a, Dim b) const {
  int64_t x = staticDim(a), y = staticDim(b);
  if (x == 0)
    return b;
  if (y == 0)
    return a;
  if (!ShapedType::isDynamic(x) && !ShapedType::isDynamic(y))
    return constant(addSizes(x, y));
  if (!ShapedType::isDynamic(x))
    return add(b, a);
  // (v + c) + y is v + (c + y), so that what cancels is seen to.
  if (auto sum = a && builder ? definingOp<arith::AddIOp>(a) : nullptr;
      sum && !ShapedType::isDynamic(y))
    if (auto c = getConstantIntValue(sum.getRhs()))
      return add(sum.getLhs(), constant(addSizes(*c, y)));
  return binary<arith::AddIOp>(a, b);
}

Dim ShapeAlgebra::sub(Dim a, Dim b) const {
  int64_t y = staticDim(b);
  if (y == 0)
    return a;
  if (!ShapedType::isDynamic(y))
    return add(a, constant(-y));
  if (a && a == b)
    return constant(0);
  return binary<arith::SubIOp>(a, b);
}

Dim ShapeAlgebra::mul(Dim a, Dim b) const {
  int64_t x = staticDim(a), y = staticDim(b);
  if (x == 1)
    return b;
  if (y == 1)
    return a;
  if (!ShapedType::isDynamic(x) && !ShapedType::isDynamic(y))
    return constant(mulSizes(x, y));
  return binary<arith::MulIOp>(a, b);
}

Dim ShapeAlgebra::min(Dim a, Dim b) const {
  int64_t x = staticDim(a), y = staticDim(b);
  if (!ShapedType::isDynamic(x) && !ShapedType::isDynamic(y))
    return constant(std::min(x, y));
  return a && a == b ? a : binary<arith::MinSIOp>(a, b);
}

Dim ShapeAlgebra::max(Dim a, Dim b) const {
  int64_t x = staticDim(a), y = staticDim(b);
  if (!ShapedType::isDynamic(x) && !ShapedType::isDynamic(y))
    return constant(std::max(x, y));
  return a && a == b ? a : binary<arith::MaxSIOp>(a, b);
}

Dim ShapeAlgebra::floorDiv(Dim a, Dim b) const {
  int64_t y = staticDim(b);
  if (!ShapedType::isDynamic(y))
    return floorDiv(a, std::max<int64_t>(y, 1));
  return binary<arith::FloorDivSIOp>(a, max(b, constant(1)));
}

Dim ShapeAlgebra::floorDiv(Dim a, int64_t b) const {
  int64_t x = staticDim(a);
  if (b == 1)
    return a;
  if (!ShapedType::isDynamic(x))
    return constant(llvm::divideFloorSigned(x, b));
  return binary<arith::FloorDivSIOp>(a, constant(b));
}

Dim ShapeAlgebra::ceilDiv(Dim a, int64_t b) const {
  return floorDiv(add(a, constant(b - 1)), b);
}

Dim ShapeAlgebra::ceilDiv(Dim a, Dim b) const {
  return floorDiv(add(a, sub(b, constant(1))), b);
}

std::optional<CutSize> dlc::cutSize(Value size) {
  auto least = size.getDefiningOp<arith::MinSIOp>();
  if (!least)
    return std::nullopt;
  if (auto limit = getConstantIntValue(least.getRhs()))
    return CutSize{least.getLhs(), *limit};
  if (auto limit = getConstantIntValue(least.getLhs()))
    return CutSize{least.getRhs(), *limit};
  return std::nullopt;
}

/// Whether a size is another one, unless that is greater than what is there.
static bool isCutOf(Dim size, Dim whole) {
  auto value = dyn_cast<Value>(size);
  auto cut = value ? cutSize(value) : std::nullopt;
  return cut && Dim(cut->whole) == whole && cut->limit >= 1;
}

Dim ShapeAlgebra::broadcast(Dim a, Dim b) const {
  int64_t x = staticDim(a), y = staticDim(b);
  if (x == 1)
    return b;
  if (y == 1)
    return a;
  if (!ShapedType::isDynamic(x))
    return a;
  if (!ShapedType::isDynamic(y))
    return b;
  if (a && a == b)
    return a;
  if (!builder || !a || !b)
    return Dim();
  // A table cut to a length and what has that length: 1 is cut to 1.
  if (isCutOf(b, a))
    return a;
  if (isCutOf(a, b))
    return b;
  // Sizes are 1 or equal; an empty dimension stays empty against 1.
  std::tuple<const void *, const void *, const void *> key{
      nullptr, a.getOpaqueValue(), b.getOpaqueValue()};
  if (cache)
    if (auto known = cache->arithmetic.find(key);
        known != cache->arithmetic.end())
      return known->second;
  Value one = arith::ConstantIndexOp::create(*builder, loc, 1);
  Value isOne = builder->createOrFold<arith::CmpIOp>(
      loc, arith::CmpIPredicate::eq, value(a), one);
  Dim result =
      builder->createOrFold<arith::SelectOp>(loc, isOne, value(b), value(a));
  if (cache)
    cache->arithmetic[key] = result;
  return result;
}

Dim ShapeAlgebra::same(Dim a, Dim b) const {
  return ShapedType::isDynamic(staticDim(a)) && b ? b : a;
}

LogicalResult ShapeAlgebra::error(const Twine &message) const {
  return emitError(loc, message);
}

Value dlc::loopInit(Value carried) {
  OpOperand *init = nullptr;
  if (auto arg = dyn_cast<BlockArgument>(carried)) {
    if (auto loop =
            dyn_cast_if_present<scf::ForOp>(arg.getOwner()->getParentOp()))
      init = loop.getTiedLoopInit(arg);
  } else if (auto loop = carried.getDefiningOp<scf::ForOp>()) {
    init = loop.getTiedLoopInit(cast<OpResult>(carried));
  }
  return init ? init->get() : Value();
}

/// The name of an input's size; empty for none.
static StringRef nameOfSize(func::FuncOp func, unsigned input, int64_t dim) {
  auto names = func.getArgAttrOfType<ArrayAttr>(input, "dlc.dims");
  auto name = names && dim < static_cast<int64_t>(names.size())
                  ? dyn_cast<StringAttr>(names[dim])
                  : StringAttr();
  return name ? name.getValue() : StringRef();
}

SizeRef dlc::sizeOrigin(Value tensor, int64_t dim) {
  while (Value init = loopInit(tensor))
    tensor = init;
  auto arg = dyn_cast<BlockArgument>(tensor);
  auto func =
      arg ? dyn_cast_if_present<func::FuncOp>(arg.getOwner()->getParentOp())
          : func::FuncOp();
  if (!func || !arg.getOwner()->isEntryBlock())
    return {tensor, dim};
  StringRef name = nameOfSize(func, arg.getArgNumber(), dim);
  if (name.empty())
    return {tensor, dim};
  for (BlockArgument first : func.getArguments()) {
    auto type = dyn_cast<RankedTensorType>(first.getType());
    for (int64_t d = 0, e = type ? type.getRank() : 0; d < e; ++d)
      if (type.isDynamicDim(d) &&
          nameOfSize(func, first.getArgNumber(), d) == name)
        return {first, d};
  }
  return {tensor, dim};
}

bool dlc::areCompatibleTypes(TypeRange a, TypeRange b) {
  return a.size() == b.size() && llvm::all_of(llvm::zip(a, b), [](auto pair) {
           auto [x, y] = pair;
           return getElementTypeOrSelf(x) == getElementTypeOrSelf(y) &&
                  succeeded(verifyCompatibleShape(x, y));
         });
}

ElementCount::ElementCount(RankedTensorType type, ValueRange openSizes) {
  for (int64_t size : type.getShape())
    known *= ShapedType::isDynamic(size) ? 1 : size;
  SmallVector<Value> factors(openSizes);
  while (!factors.empty()) {
    Value size = factors.pop_back_val();
    if (auto product = size.getDefiningOp<arith::MulIOp>())
      llvm::append_range(factors, product->getOperands());
    else if (auto n = getConstantIntValue(size))
      known *= *n;
    else
      open.push_back(size);
  }
  llvm::sort(open, [](Value x, Value y) {
    return x.getAsOpaquePointer() < y.getAsOpaquePointer();
  });
}

SmallVector<Dim> dlc::mixedSizes(RankedTensorType type, ValueRange sizes) {
  return getMixedValues(type.getShape(), sizes, type.getContext());
}

LogicalResult dlc::verifySizes(Operation *op, RankedTensorType type,
                               ValueRange sizes) {
  if (static_cast<size_t>(type.getNumDynamicDims()) == sizes.size())
    return success();
  return op->emitOpError("has ")
         << sizes.size() << " size operands, but its result type " << type
         << " leaves " << type.getNumDynamicDims() << " open";
}

LogicalResult dlc::reifySameShape(Operation *op, OpBuilder &builder,
                                  ReifiedRankedShapedTypeDims &result) {
  ShapeAlgebra s(op->getLoc(), &builder);
  auto type = cast<RankedTensorType>(op->getResult(0).getType());
  SmallVector<Dim> dims;
  for (auto [i, size] : llvm::enumerate(type.getShape())) {
    Dim d = s.dim(op->getOperand(0), i);
    for (Value operand : op->getOperands().drop_front())
      if (ShapedType::isDynamic(staticDim(d)) &&
          !cast<RankedTensorType>(operand.getType()).isDynamicDim(i))
        d = s.dim(operand, i);
    dims.push_back(ShapedType::isDynamic(size) ? d : s.constant(size));
  }
  result.push_back(std::move(dims));
  return success();
}
