//===- TensorIndices.cpp - tensors of integers as sizes -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Models compute shapes with small tensors of integers. Read back symbolically,
// element by element, such a tensor is arithmetic on sizes again.

#include "Frontend/Common/TensorDetail.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace dlc;

/// Longer tensors are no shapes.
static constexpr int64_t kMaxElements = 1024;
static constexpr unsigned kMaxDepth = 200;

namespace dlc {

class IndexReader {
public:
  explicit IndexReader(TensorBuilder &b) : b(b) {}

  /// The elements, row major; a run-time read where nothing else is known.
  Dims read(Value v, unsigned depth = 0);

  /// Whether a run has to read an element of a tensor.
  bool hasExtracted = false;

private:
  using Read = std::optional<Dims>;

  TensorBuilder &b;
  llvm::DenseMap<Value, Dims> known;

  Read readOp(Operation *op, unsigned depth);
  Read pointwise(Operation *op, unsigned depth);
  Read concat(ConcatOp op, unsigned depth);
  Read gather(GatherOp op, unsigned depth);
  Read reduce(ReduceOp op, unsigned depth);
  Read constant(Value v);
  Dims extract(Value v);
  /// Element i of the result is element source(index of i) of the input.
  Read move(Value input, Value result, unsigned depth,
            llvm::function_ref<int64_t(ArrayRef<int64_t>)> source);

  Dim element(Operation *op, ArrayRef<Dim> args);
  Dim divide(Dim x, Dim y);
  Dim modulo(Dim x, Dim y);
  Dim compare(arith::CmpIPredicate predicate, Dim x, Dim y);
  Dim select(Dim condition, Dim x, Dim y);
};

} // namespace dlc

static bool isReadable(Value v) {
  auto type = dyn_cast<RankedTensorType>(v.getType());
  return type && type.hasStaticShape() &&
         isa<IntegerType>(type.getElementType()) &&
         type.getNumElements() <= kMaxElements;
}

/// Row-major strides.
static Ints stridesOf(ArrayRef<int64_t> shape) {
  Ints strides(shape.size(), 1);
  for (int64_t i = static_cast<int64_t>(shape.size()) - 2; i >= 0; --i)
    strides[i] = strides[i + 1] * shape[i + 1];
  return strides;
}

static Ints delinearize(int64_t linear, ArrayRef<int64_t> shape) {
  Ints index(shape.size());
  for (int64_t i = static_cast<int64_t>(shape.size()) - 1; i >= 0; --i) {
    index[i] = linear % shape[i];
    linear /= shape[i];
  }
  return index;
}

//===----------------------------------------------------------------------===//
// Arithmetic
//===----------------------------------------------------------------------===//

static bool isNatural(Dim d, unsigned depth) {
  if (isKnown(d))
    return staticDim(d) >= 0;
  Operation *op = cast<Value>(d).getDefiningOp();
  if (!op || depth > 8)
    return false;
  if (isa<tensor::DimOp>(op))
    return true;
  auto isNaturalOperand = [&](Value v) {
    return isNatural(getAsOpFoldResult(v), depth + 1);
  };
  if (isa<arith::MaxSIOp>(op))
    return llvm::any_of(op->getOperands(), isNaturalOperand);
  if (isa<arith::SelectOp>(op))
    return llvm::all_of(op->getOperands().drop_front(), isNaturalOperand);
  return isa<arith::AddIOp, arith::MulIOp, arith::MinSIOp, arith::FloorDivSIOp>(
             op) &&
         llvm::all_of(op->getOperands(), isNaturalOperand);
}

bool dlc::isNatural(Dim d) { return ::isNatural(d, 0); }

Dim IndexReader::divide(Dim x, Dim y) {
  using P = arith::CmpIPredicate;
  int64_t m = staticDim(x), n = staticDim(y);
  if (n == 0)
    return b.dim(0);
  if (isKnown(x) && isKnown(y))
    return b.dim(n == -1 ? static_cast<int64_t>(0 - static_cast<uint64_t>(m))
                         : m / n);
  if (isKnown(y) && n > 0 && isNatural(x))
    return b.sizes().floorDiv(x, n);
  if (isNatural(x) && isNatural(y))
    return b.quotient({x}, {y});
  // The processor divides neither by 0 nor the least number by -1.
  Dim one = b.dim(1), by = compare(P::sle, y, one);
  Dim isSmall = b.sizes().mul(by, compare(P::sle, b.dim(-1), y));
  Value whole = b.ops.createOrFold<arith::DivSIOp>(
      b.loc, b.indexValue(x), b.indexValue(select(isSmall, one, y)));
  return select(isSmall, b.sizes().mul(x, y), getAsOpFoldResult(whole));
}

Dim IndexReader::modulo(Dim x, Dim y) {
  using P = arith::CmpIPredicate;
  // Python's: x - floor(x / y) * y.
  ShapeAlgebra s = b.sizes();
  if (isKnown(y) && staticDim(y) == 0)
    return b.dim(0);
  if (isKnown(y) && staticDim(y) > 0)
    return s.sub(x, s.mul(s.floorDiv(x, y), y));
  // Of the truncated quotient the remainder has the sign of x.
  Dim rest = s.sub(x, s.mul(divide(x, y), y));
  Dim isWrong = compare(P::ne, compare(P::slt, rest, b.dim(0)),
                        compare(P::slt, y, b.dim(0)));
  isWrong = s.mul(isWrong, compare(P::ne, rest, b.dim(0)));
  return select(isWrong, s.add(rest, y), rest);
}

Dim IndexReader::compare(arith::CmpIPredicate predicate, Dim x, Dim y) {
  int64_t m = staticDim(x), n = staticDim(y);
  using P = arith::CmpIPredicate;
  bool areKnown = isKnown(x) && isKnown(y);
  if (x == y)
    m = n = 0;
  // A size is never the negative number that shapes use as a mark.
  else if (isKnown(y) && n < 0 && isNatural(x))
    m = 0;
  else if (isKnown(x) && m < 0 && isNatural(y))
    n = 0;
  else if (!areKnown) {
    Value bit = b.ops.createOrFold<arith::CmpIOp>(
        b.loc, predicate, b.indexValue(x), b.indexValue(y));
    return b.ops.createOrFold<arith::SelectOp>(
        b.loc, bit, b.indexValue(b.dim(1)), b.indexValue(b.dim(0)));
  }
  switch (predicate) {
  case P::eq:
    return b.dim(m == n);
  case P::ne:
    return b.dim(m != n);
  case P::slt:
    return b.dim(m < n);
  default:
    return b.dim(m <= n);
  }
}

Dim IndexReader::select(Dim condition, Dim x, Dim y) {
  if (x == y)
    return x;
  if (isKnown(condition))
    return staticDim(condition) ? x : y;
  Value bit = b.ops.createOrFold<arith::CmpIOp>(b.loc, arith::CmpIPredicate::ne,
                                                b.indexValue(condition),
                                                b.indexValue(b.dim(0)));
  return b.ops.createOrFold<arith::SelectOp>(b.loc, bit, b.indexValue(x),
                                             b.indexValue(y));
}

Dim IndexReader::element(Operation *op, ArrayRef<Dim> x) {
  using P = arith::CmpIPredicate;
  ShapeAlgebra s = b.sizes();
  Type from = typeOf(op->getOperand(0)).getElementType();
  bool isBool = from.isInteger(1);
  return llvm::TypeSwitch<Operation *, Dim>(op)
      .Case<AddOp>([&](auto) { return s.add(x[0], x[1]); })
      .Case<SubOp>([&](auto) { return s.sub(x[0], x[1]); })
      .Case<MulOp>([&](auto) { return s.mul(x[0], x[1]); })
      .Case<DivOp>([&](auto) { return divide(x[0], x[1]); })
      .Case<ModOp>([&](auto) { return modulo(x[0], x[1]); })
      .Case<MinOp>([&](auto) { return s.min(x[0], x[1]); })
      .Case<MaxOp>([&](auto) { return s.max(x[0], x[1]); })
      .Case<NegOp>([&](auto) { return s.sub(b.dim(0), x[0]); })
      .Case<AbsOp>([&](auto) {
        return isNatural(x[0]) ? x[0] : s.max(x[0], s.sub(b.dim(0), x[0]));
      })
      .Case<EqOp>([&](auto) { return compare(P::eq, x[0], x[1]); })
      .Case<NeOp>([&](auto) { return compare(P::ne, x[0], x[1]); })
      .Case<LtOp>([&](auto) { return compare(P::slt, x[0], x[1]); })
      .Case<LeOp>([&](auto) { return compare(P::sle, x[0], x[1]); })
      .Case<GtOp>([&](auto) { return compare(P::slt, x[1], x[0]); })
      .Case<GeOp>([&](auto) { return compare(P::sle, x[1], x[0]); })
      .Case<SelectOp>([&](auto) { return select(x[0], x[1], x[2]); })
      .Case<AndOp>([&](auto) { return isBool ? s.mul(x[0], x[1]) : Dim(); })
      .Case<OrOp>([&](auto) { return isBool ? s.max(x[0], x[1]) : Dim(); })
      .Case<NotOp>([&](auto) { return isBool ? s.sub(b.dim(1), x[0]) : Dim(); })
      .Case<CastOp>([&](CastOp cast) -> Dim {
        Type to = typeOf(cast.getResult()).getElementType();
        if (to.isInteger(1))
          return compare(P::ne, x[0], b.dim(0));
        // What wraps in a narrow type is not arithmetic on sizes.
        bool isWide = to.getIntOrFloatBitWidth() >= 32 || isBool;
        return isWide ? x[0] : Dim();
      })
      .Default([](Operation *) { return Dim(); });
}

//===----------------------------------------------------------------------===//
// Reading
//===----------------------------------------------------------------------===//

IndexReader::Read IndexReader::pointwise(Operation *op, unsigned depth) {
  SmallVector<Dims> args;
  for (Value operand : op->getOperands()) {
    if (!isReadable(operand))
      return std::nullopt;
    args.push_back(read(operand, depth));
  }
  Dims result;
  for (size_t i = 0; i < args.front().size(); ++i) {
    Dims x = llvm::map_to_vector(args, [&](const Dims &arg) { return arg[i]; });
    Dim d = element(op, x);
    if (!d)
      return std::nullopt;
    result.push_back(d);
  }
  return result;
}

IndexReader::Read
IndexReader::move(Value input, Value result, unsigned depth,
                  llvm::function_ref<int64_t(ArrayRef<int64_t>)> source) {
  if (!isReadable(input))
    return std::nullopt;
  Dims from = read(input, depth), to;
  ArrayRef<int64_t> shape = typeOf(result).getShape();
  for (int64_t i = 0, e = typeOf(result).getNumElements(); i < e; ++i) {
    int64_t at = source(delinearize(i, shape));
    if (at < 0 || at >= static_cast<int64_t>(from.size()))
      return std::nullopt;
    to.push_back(from[at]);
  }
  return to;
}

IndexReader::Read IndexReader::concat(ConcatOp op, unsigned depth) {
  SmallVector<Dims> parts;
  for (Value input : op.getInputs()) {
    if (!isReadable(input))
      return std::nullopt;
    parts.push_back(read(input, depth));
  }
  int64_t axis = op.getAxis();
  ArrayRef<int64_t> shape = typeOf(op.getResult()).getShape();
  Dims result;
  for (int64_t i = 0, e = typeOf(op.getResult()).getNumElements(); i < e; ++i) {
    Ints index = delinearize(i, shape);
    size_t part = 0;
    while (index[axis] >= typeOf(op.getInputs()[part]).getDimSize(axis))
      index[axis] -= typeOf(op.getInputs()[part++]).getDimSize(axis);
    Ints strides = stridesOf(typeOf(op.getInputs()[part]).getShape());
    int64_t at = 0;
    for (auto [k, stride] : llvm::zip(index, strides))
      at += k * stride;
    result.push_back(parts[part][at]);
  }
  return result;
}

IndexReader::Read IndexReader::gather(GatherOp op, unsigned depth) {
  std::optional<Ints> indices = b.constantInts(b.wrap(op.getIndices()));
  if (!indices)
    return std::nullopt;
  int64_t axis = op.getAxis(), count = typeOf(op.getIndices()).getRank();
  Ints inner = stridesOf(typeOf(op.getIndices()).getShape()),
       outer = stridesOf(typeOf(op.getData()).getShape());
  return move(op.getData(), op.getResult(), depth,
              [&](ArrayRef<int64_t> index) -> int64_t {
                int64_t entry = 0, at = 0;
                for (int64_t i = 0; i < count; ++i)
                  entry += index[axis + i] * inner[i];
                int64_t row = (*indices)[entry];
                if (row < 0 || row >= typeOf(op.getData()).getDimSize(axis))
                  return -1;
                for (int64_t i = 0; i < typeOf(op.getData()).getRank(); ++i)
                  at += outer[i] * (i < axis    ? index[i]
                                    : i == axis ? row
                                                : index[i + count - 1]);
                return at;
              });
}

IndexReader::Read IndexReader::reduce(ReduceOp op, unsigned depth) {
  if (!isReadable(op.getInput()))
    return std::nullopt;
  ShapeAlgebra s = b.sizes();
  bool isProduct = op.getKind() == ReduceKind::prod;
  if (!isProduct && op.getKind() != ReduceKind::sum)
    return std::nullopt;
  Dims from = read(op.getInput(), depth);
  Dims result(typeOf(op.getResult()).getNumElements(), b.dim(isProduct));
  ArrayRef<int64_t> shape = typeOf(op.getInput()).getShape();
  Ints strides = stridesOf(typeOf(op.getResult()).getShape());
  for (auto [i, d] : llvm::enumerate(from)) {
    Ints index = delinearize(i, shape);
    int64_t at = 0, next = 0;
    for (int64_t axis = 0, e = shape.size(); axis < e; ++axis)
      if (!llvm::is_contained(op.getAxes(), axis))
        at += index[axis] * strides[next++];
    result[at] = isProduct ? s.mul(result[at], d) : s.add(result[at], d);
  }
  return result;
}

IndexReader::Read IndexReader::constant(Value v) {
  std::optional<Ints> values = b.constantInts(b.wrap(v));
  return values ? Read(b.dims(*values)) : std::nullopt;
}

IndexReader::Read IndexReader::readOp(Operation *op, unsigned depth) {
  Value result = op->getResult(0);
  auto strides = [](Value v) { return stridesOf(typeOf(v).getShape()); };
  return llvm::TypeSwitch<Operation *, Read>(op)
      .Case([&](tensor::FromElementsOp from) {
        return llvm::map_to_vector(from.getElements(), [&](Value v) -> Dim {
          if (auto cast = v.getDefiningOp<arith::IndexCastOp>())
            return getAsOpFoldResult(cast.getIn());
          return getAsOpFoldResult(b.ops.createOrFold<arith::IndexCastOp>(
              b.loc, b.ops.getIndexType(), v));
        });
      })
      .Case([&](ReshapeOp reshape) -> Read {
        if (!isReadable(reshape.getInput()))
          return std::nullopt;
        return read(reshape.getInput(), depth);
      })
      .Case([&](BroadcastOp op) {
        Ints from = strides(op.getInput());
        ArrayRef<int64_t> shape = typeOf(op.getInput()).getShape();
        return move(op.getInput(), result, depth, [&](ArrayRef<int64_t> index) {
          int64_t at = 0, lead = index.size() - shape.size();
          for (size_t i = 0; i < shape.size(); ++i)
            at += shape[i] == 1 ? 0 : index[i + lead] * from[i];
          return at;
        });
      })
      .Case([&](TransposeOp op) {
        Ints from = strides(op.getInput());
        return move(op.getInput(), result, depth, [&](ArrayRef<int64_t> index) {
          int64_t at = 0;
          for (auto [i, p] : llvm::enumerate(op.getPermutation()))
            at += index[i] * from[p];
          return at;
        });
      })
      .Case([&](SliceOp op) -> Read {
        if (!op.getOffsets().empty())
          return std::nullopt;
        Ints from = strides(op.getInput());
        return move(op.getInput(), result, depth, [&](ArrayRef<int64_t> index) {
          int64_t at = 0;
          for (size_t i = 0; i < index.size(); ++i)
            at += from[i] *
                  (op.getStaticOffsets()[i] + index[i] * op.getSteps()[i]);
          return at;
        });
      })
      .Case([&](IotaOp op) -> Read {
        Dims values;
        ArrayRef<int64_t> shape = typeOf(result).getShape();
        for (int64_t i = 0, e = typeOf(result).getNumElements(); i < e; ++i)
          values.push_back(b.dim(delinearize(i, shape)[op.getDimension()]));
        return values;
      })
      .Case([&](ConcatOp op) { return concat(op, depth); })
      .Case([&](GatherOp op) { return gather(op, depth); })
      .Case([&](ReduceOp op) { return reduce(op, depth); })
      .Case([&](PointwiseOpInterface) { return pointwise(op, depth); })
      .Default([](Operation *) { return std::nullopt; });
}

Dims IndexReader::extract(Value v) {
  hasExtracted = true;
  Tensor wide = b.cast(b.wrap(v), b.i64());
  Dims result;
  for (int64_t i = 0, e = wide.type().getNumElements(); i < e; ++i) {
    SmallVector<Value> at;
    for (int64_t k : delinearize(i, wide.shape()))
      at.push_back(b.indexValue(b.dim(k)));
    Value element = tensor::ExtractOp::create(b.ops, b.loc, wide.value(), at);
    result.push_back(b.ops.createOrFold<arith::IndexCastOp>(
        b.loc, b.ops.getIndexType(), element));
  }
  return result;
}

Dims IndexReader::read(Value v, unsigned depth) {
  if (auto it = known.find(v); it != known.end())
    return it->second;
  Read result = constant(v);
  if (!result && v.getDefiningOp() && depth < kMaxDepth)
    result = readOp(v.getDefiningOp(), depth + 1);
  Dims dims = result ? *result : extract(v);
  known[v] = dims;
  return dims;
}

std::optional<Dims> TensorBuilder::indices(Tensor x) {
  if (!x)
    return std::nullopt;
  if (!isReadable(x.value())) {
    error("a tensor of type " + describe(x.type()) +
          " can't give sizes: it must hold a known, small number of integers");
    return std::nullopt;
  }
  return IndexReader(*this).read(x.value());
}

Dim TensorBuilder::index(Tensor x) {
  if (x && x.rank() == 1)
    x = pin(x, 0, 1, "% numbers are given where there must be %");
  std::optional<Dims> all = indices(x);
  if (!all)
    return {};
  if (all->size() == 1)
    return all->front();
  error("a tensor of type " + describe(x.type()) + " is not a single number");
  return {};
}

Dim TensorBuilder::indexOfShapes(Tensor x) {
  if (!x || !isReadable(x.value()) || x.type().getNumElements() != 1)
    return {};
  IndexReader reader(*this);
  Dims only = reader.read(x.value());
  return reader.hasExtracted ? Dim() : only.front();
}

Dim TensorBuilder::counted(Tensor x) {
  if (!x)
    return {};
  if (std::optional<Ints> known = constantInts(x); known && known->size() == 1)
    return dim(known->front());
  if (x.rank() == 1)
    x = pin(x, 0, 1, "% numbers are given where there must be %");
  if (!x)
    return {};
  SmallVector<Value> at(x.rank(), indexValue(dim(0)));
  Value element =
      tensor::ExtractOp::create(ops, loc, cast(x, i64()).value(), at);
  return ops.createOrFold<arith::IndexCastOp>(loc, ops.getIndexType(), element);
}
