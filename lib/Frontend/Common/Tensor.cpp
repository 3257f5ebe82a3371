//===- Tensor.cpp - the tensor expression builder -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Frontend/Common/TensorDetail.h"

#include "Evaluate/Evaluate.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "llvm/Support/Endian.h"

using namespace mlir;
using namespace dlc;

/// Results above this size are left to the folding pass.
static constexpr int64_t kMaxFoldedElements = 4096;

Tensor TensorBuilder::error(const Twine &message) {
  emitError(loc, message);
  return {};
}

//===----------------------------------------------------------------------===//
// Building and folding
//===----------------------------------------------------------------------===//

ElementsAttr TensorBuilder::evaluateNow(Operation *op) {
  auto type = cast<RankedTensorType>(op->getResult(0).getType());
  if (!type.hasStaticShape() || type.getNumElements() > kMaxFoldedElements ||
      isa<BroadcastOp>(op))
    return {};
  SmallVector<ElementsAttr> operands;
  for (Value operand : op->getOperands()) {
    if (!isa<RankedTensorType>(operand.getType()))
      return {};
    std::optional<ElementsAttr> value = constantOf(wrap(operand));
    if (!value)
      return {};
    operands.push_back(*value);
  }
  FailureOr<ElementsAttr> result = evaluate(op, operands);
  return succeeded(result) ? *result : ElementsAttr();
}

/// Whether the op takes operands of these types, as its definition says; the
/// reason is reported if not.
static bool takesOperands(TensorBuilder &b, Operation *op) {
  if (op->getNumRegions()) // not filled yet
    return true;
  std::string why;
  {
    ScopedDiagnosticHandler handler(op->getContext(),
                                    [&](Diagnostic &diagnostic) {
                                      why = diagnostic.str();
                                      return success();
                                    });
    if (succeeded(op->getName().getRegisteredInfo()->verifyInvariants(op)))
      return true;
  }
  // "'dlc.sqrt' op operand #0 must be ..."
  StringRef reason = why;
  reason.consume_front(("'" + op->getName().getStringRef() + "' op ").str());
  b.error(reason);
  return false;
}

Tensor TensorBuilder::finish(Operation *op, ArrayRef<Dim> dims) {
  // typeOf has reported sizes that differ.
  if (cast<RankedTensorType>(op->getResult(0).getType()).getShape() !=
          ArrayRef<int64_t>(staticDims(dims)) ||
      !takesOperands(*this, op)) {
    op->erase();
    return {};
  }
  if (ElementsAttr value = evaluateNow(op)) {
    op->erase();
    return constant(value);
  }
  SmallVector<OpFoldResult> folded;
  if (succeeded(op->fold(folded)) && folded.size() == 1)
    if (auto value = dyn_cast<Value>(folded.front());
        value && value.getType() == op->getResult(0).getType()) {
      op->erase();
      return wrap(value);
    }
  setDims(op->getResult(0), dims);
  return wrap(op->getResult(0));
}

void TensorBuilder::setDims(Value x, ArrayRef<Dim> dims) {
  auto type = dyn_cast<RankedTensorType>(x.getType());
  if (type && !type.hasStaticShape())
    cache.dims[x].assign(dims.begin(), dims.end());
}

//===----------------------------------------------------------------------===//
// Constants
//===----------------------------------------------------------------------===//

Tensor TensorBuilder::constant(ElementsAttr value) {
  if (auto text = dyn_cast<DenseStringElementsAttr>(value)) {
    // Of equal strings the attribute holds one.
    SmallVector<StringRef> values =
        llvm::to_vector(text.getValues<StringRef>());
    Tensor row = strings(values);
    return row ? reshape(row, text.getType().getShape()) : row;
  }
  return wrap(ConstantOp::create(ops, loc, value));
}

Tensor TensorBuilder::scalar(double value, Type elementType) {
  if (auto type = dyn_cast<FloatType>(elementType)) {
    APFloat rounded(value);
    bool losesInfo;
    rounded.convert(type.getFloatSemantics(), APFloat::rmNearestTiesToEven,
                    &losesInfo);
    return constant(
        DenseElementsAttr::get(RankedTensorType::get({}, type), rounded));
  }
  if (auto type = dyn_cast<ComplexType>(elementType)) {
    ElementsAttr real = *constantOf(scalar(value, type.getElementType()));
    auto part = real.getValues<APFloat>()[0];
    return constant(DenseElementsAttr::get(
        RankedTensorType::get({}, type),
        std::complex<APFloat>(part, APFloat::getZero(part.getSemantics()))));
  }
  if (!isa<IntegerType>(elementType))
    return error("no scalar of element type " + Twine(describe(elementType)));
  // Beyond i64 a double saturates, as dlc.cast does.
  double limit = 9223372036854775807.0;
  int64_t integer = value != value    ? 0
                    : value >= limit  ? INT64_MAX
                    : value <= -limit ? INT64_MIN
                                      : static_cast<int64_t>(value);
  return scalar(integer, elementType);
}

Tensor TensorBuilder::scalar(int64_t value, Type elementType) {
  auto type = dyn_cast<IntegerType>(elementType);
  if (!type)
    return scalar(static_cast<double>(value), elementType);
  APInt bits(64, value, /*isSigned=*/true);
  bits = type.isInteger(1) ? APInt(1, value != 0)
                           : bits.sextOrTrunc(type.getWidth());
  return constant(
      DenseElementsAttr::get(RankedTensorType::get({}, type), bits));
}

Tensor TensorBuilder::full(ArrayRef<Dim> shape, Tensor value) {
  return broadcastTo(value, shape);
}

Tensor TensorBuilder::ints(ArrayRef<int64_t> values) {
  auto type =
      RankedTensorType::get({static_cast<int64_t>(values.size())}, i64());
  return constant(DenseElementsAttr::get(type, values));
}

Tensor TensorBuilder::fromDims(ArrayRef<Dim> values, Type elementType) {
  SmallVector<int64_t> known = staticDims(values);
  Tensor result;
  if (!llvm::is_contained(known, ShapedType::kDynamic)) {
    result = ints(known);
  } else {
    SmallVector<Value> elements;
    for (Dim d : values)
      elements.push_back(
          ops.createOrFold<arith::IndexCastOp>(loc, i64(), indexValue(d)));
    auto type =
        RankedTensorType::get({static_cast<int64_t>(values.size())}, i64());
    result = wrap(tensor::FromElementsOp::create(ops, loc, type, elements));
  }
  return elementType ? cast(result, elementType) : result;
}

Tensor TensorBuilder::fromDim(Dim value, Type elementType) {
  return reshape(fromDims({value}, elementType), ArrayRef<int64_t>());
}

std::optional<ElementsAttr> TensorBuilder::constantOf(Tensor x) {
  if (!x)
    return std::nullopt;
  if (auto op = x.value().getDefiningOp<ConstantOp>())
    return op.getValue();
  auto op = x.value().getDefiningOp<BroadcastOp>();
  if (!op || !x.type().hasStaticShape())
    return std::nullopt;
  std::optional<ElementsAttr> inner = constantOf(wrap(op.getInput()));
  if (!inner)
    return std::nullopt;
  if (auto dense = dyn_cast<DenseElementsAttr>(*inner);
      dense && dense.isSplat())
    return dense.resizeSplat(x.type());
  if (x.type().getNumElements() > kMaxFoldedElements)
    return std::nullopt;
  FailureOr<ElementsAttr> value = evaluate(op, {*inner});
  return succeeded(value) ? std::optional(*value) : std::nullopt;
}

/// The elements of a resource blob of integers, which may lie unaligned.
static std::optional<Ints> readBlob(DenseResourceElementsAttr attr) {
  AsmResourceBlob *blob = attr.getRawHandle().getBlob();
  Type type = attr.getElementType();
  if (!blob || !type.isIntOrFloat() || !isa<IntegerType>(type))
    return std::nullopt;
  unsigned width = type.getIntOrFloatBitWidth();
  ArrayRef<char> data = blob->getData();
  size_t count = attr.getNumElements(), bytes = width / 8;
  if ((width != 8 && width != 16 && width != 32 && width != 64) ||
      data.size() / bytes < count)
    return std::nullopt;
  Ints result;
  for (size_t i = 0; i < count; ++i) {
    uint64_t raw = 0;
    for (size_t k = 0; k < bytes; ++k)
      raw |= uint64_t(uint8_t(data[i * bytes + k])) << (8 * k);
    result.push_back(type.isUnsignedInteger() ? static_cast<int64_t>(raw)
                                              : llvm::SignExtend64(raw, width));
  }
  return result;
}

std::optional<Ints> TensorBuilder::constantInts(Tensor x) {
  std::optional<ElementsAttr> value = constantOf(x);
  if (!value)
    return std::nullopt;
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(*value))
    return readBlob(resource);
  auto dense = dyn_cast<DenseIntElementsAttr>(*value);
  if (!dense)
    return std::nullopt;
  bool isUnsigned = dense.getElementType().isUnsignedInteger() ||
                    dense.getElementType().isInteger(1);
  Ints result;
  for (const APInt &v : dense.getValues<APInt>())
    result.push_back(isUnsigned ? v.zextOrTrunc(64).getSExtValue()
                                : v.sextOrTrunc(64).getSExtValue());
  return result;
}

std::optional<SmallVector<double>> TensorBuilder::constantFloats(Tensor x) {
  std::optional<ElementsAttr> value = constantOf(x);
  if (!value)
    return std::nullopt;
  SmallVector<double> result;
  if (auto dense = dyn_cast<DenseFPElementsAttr>(*value)) {
    for (APFloat v : dense.getValues<APFloat>()) {
      bool losesInfo;
      v.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven,
                &losesInfo);
      result.push_back(v.convertToDouble());
    }
    return result;
  }
  std::optional<Ints> integers = constantInts(x);
  if (!integers)
    return std::nullopt;
  result.assign(integers->begin(), integers->end());
  return result;
}

//===----------------------------------------------------------------------===//
// Sizes
//===----------------------------------------------------------------------===//

RankedTensorType TensorBuilder::typeOf(ArrayRef<Dim> dims, Type element) {
  constexpr int64_t widest = 128;
  int64_t bits = widest;
  SmallVector<int64_t> shape = staticDims(dims);
  for (int64_t &size : shape) {
    if (ShapedType::isDynamic(size))
      continue;
    if (size < 0 || llvm::MulOverflow(bits, std::max<int64_t>(size, 1), bits)) {
      error("a tensor of shape " + describe(dims) +
            " is no tensor or too large");
      return RankedTensorType::get(Ints(dims.size(), 0), element);
    }
  }
  return RankedTensorType::get(shape, element);
}

Dims TensorBuilder::dims(ArrayRef<int64_t> values) {
  return llvm::map_to_vector(values, [&](int64_t v) { return dim(v); });
}

Value TensorBuilder::indexValue(Dim d) {
  if (auto value = dyn_cast<Value>(d))
    return value;
  return arith::ConstantIndexOp::create(ops, loc, staticDim(d));
}

SmallVector<Value> TensorBuilder::openSizes(ArrayRef<Dim> dims) {
  SmallVector<Value> result;
  for (Dim d : dims)
    if (ShapedType::isDynamic(staticDim(d)))
      result.push_back(llvm::cast<Value>(d));
  return result;
}

Dim TensorBuilder::product(ArrayRef<Dim> values) {
  // Constants are gathered in one factor, so that products compare.
  Dim known = dim(1), open = dim(1);
  for (Dim d : values)
    (ShapedType::isDynamic(staticDim(d)) ? open : known) =
        sizes().mul(ShapedType::isDynamic(staticDim(d)) ? open : known, d);
  return sizes().mul(open, known);
}

/// Splits a product into its constant and its other factors.
static void factors(Dim d, int64_t &known, SmallVectorImpl<Value> &open) {
  if (int64_t v = staticDim(d); !ShapedType::isDynamic(v)) {
    if (llvm::MulOverflow(known, v, known))
      known = 0;
    return;
  }
  Value value = llvm::cast<Value>(d);
  if (auto mul = value.getDefiningOp<arith::MulIOp>()) {
    factors(getAsOpFoldResult(mul.getLhs()), known, open);
    factors(getAsOpFoldResult(mul.getRhs()), known, open);
    return;
  }
  open.push_back(value);
}

Dim TensorBuilder::quotient(ArrayRef<Dim> numerator,
                            ArrayRef<Dim> denominator) {
  int64_t over = 1, under = 1;
  SmallVector<Value> overs, unders;
  for (Dim d : numerator)
    factors(d, over, overs);
  for (Dim d : denominator)
    factors(d, under, unders);
  SmallVector<Value> kept;
  for (Value v : overs) {
    if (auto *it = llvm::find(unders, v); it != unders.end())
      unders.erase(it);
    else
      kept.push_back(v);
  }
  if (under != 0 && over % under == 0) {
    over /= under;
    under = 1;
  }
  Dims top = {dim(over)}, bottom = {dim(under)};
  llvm::append_range(top, kept);
  llvm::append_range(bottom, unders);
  Dim divisor = product(bottom);
  if (staticDim(divisor) == 0)
    return dim(0);
  return sizes().floorDiv(product(top), divisor);
}
