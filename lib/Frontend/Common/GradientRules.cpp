//===- GradientRules.cpp - the derivative of each operation -----*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Frontend/Common/Composites.h"
#include "Frontend/Common/Gradient.h"
#include "Frontend/Common/TensorDetail.h"
#include <numbers>

using namespace mlir;
using namespace dlc;

//===----------------------------------------------------------------------===//
// Pointwise
//===----------------------------------------------------------------------===//

/// g * d. Where nothing of y comes by this way (one side of a select), d may be
/// infinite: the product is 0 there, and its own derivative by g stays d.
static Tensor times(TensorBuilder &b, Tensor g, Tensor d) {
  Tensor isInfinite = b.not_(b.lt(b.abs(d), HUGE_VAL));
  return g * b.select(b.and_(b.eq(g, 0.0), isInfinite), b.like(0, d), d);
}

namespace {
/// The derivative of y = f(x). Null: 0 wherever there is one.
struct UnaryRow {
  StringLiteral op;
  Tensor (*derivative)(TensorBuilder &b, Tensor x, Tensor y);
};
} // namespace

// clang-format off
static const UnaryRow kUnary[] = {
    {"dlc.abs", [](TensorBuilder &b, Tensor x, Tensor) { return b.sign(x); }},
    {"dlc.acos", [](TensorBuilder &b, Tensor x, Tensor) { return -b.rsqrt(1.0 - b.square(x)); }},
    {"dlc.acosh", [](TensorBuilder &b, Tensor x, Tensor) { return b.rsqrt(x - 1.0) * b.rsqrt(x + 1.0); }},
    {"dlc.asin", [](TensorBuilder &b, Tensor x, Tensor) { return b.rsqrt(1.0 - b.square(x)); }},
    {"dlc.asinh", [](TensorBuilder &b, Tensor x, Tensor) { return b.rsqrt(b.square(x) + 1.0); }},
    {"dlc.atan", [](TensorBuilder &b, Tensor x, Tensor) { return b.reciprocal(b.square(x) + 1.0); }},
    {"dlc.atanh", [](TensorBuilder &b, Tensor x, Tensor) { return b.reciprocal(1.0 - b.square(x)); }},
    {"dlc.ceil", nullptr},
    {"dlc.cos", [](TensorBuilder &b, Tensor x, Tensor) { return -b.sin(x); }},
    {"dlc.cosh", [](TensorBuilder &b, Tensor x, Tensor) { return b.sinh(x); }},
    {"dlc.erf", [](TensorBuilder &b, Tensor x, Tensor) { return b.exp(-b.square(x)) * (2 * std::numbers::inv_sqrtpi); }},
    {"dlc.exp", [](TensorBuilder &, Tensor, Tensor y) { return y; }},
    {"dlc.expm1", [](TensorBuilder &b, Tensor x, Tensor) { return b.exp(x); }},
    {"dlc.floor", nullptr},
    {"dlc.log", [](TensorBuilder &b, Tensor x, Tensor) { return b.reciprocal(x); }},
    {"dlc.log1p", [](TensorBuilder &b, Tensor x, Tensor) { return b.reciprocal(x + 1.0); }},
    {"dlc.neg", [](TensorBuilder &b, Tensor x, Tensor) { return b.like(-1, x); }},
    {"dlc.round", nullptr},
    {"dlc.rsqrt", [](TensorBuilder &, Tensor x, Tensor y) { return y / x * -0.5; }},
    {"dlc.sigmoid", [](TensorBuilder &b, Tensor x, Tensor y) { return y * b.sigmoid(-x); }},
    {"dlc.sign", nullptr},
    {"dlc.sin", [](TensorBuilder &b, Tensor x, Tensor) { return b.cos(x); }},
    {"dlc.sinh", [](TensorBuilder &b, Tensor x, Tensor) { return b.cosh(x); }},
    {"dlc.sqrt", [](TensorBuilder &, Tensor, Tensor y) { return 0.5 / y; }},
    {"dlc.tan", [](TensorBuilder &b, Tensor, Tensor y) { return b.square(y) + 1.0; }},
    {"dlc.tanh", [](TensorBuilder &b, Tensor, Tensor y) { return 1.0 - b.square(y); }},
    {"dlc.trunc", nullptr},
};
// clang-format on

static void unary(Derivation &d) {
  StringRef name = d.op->getName().getStringRef();
  const UnaryRow *row =
      llvm::find_if(kUnary, [&](const UnaryRow &r) { return r.op == name; });
  if (row->derivative)
    d.give(0, times(d.b, d.g, row->derivative(d.b, d.in(0), d.out())));
}

static void add(Derivation &d) {
  d.give(0, d.g);
  d.give(1, d.g);
}

static void sub(Derivation &d) {
  d.give(0, d.g);
  d.give(1, -d.g);
}

static void mul(Derivation &d) {
  if (d.wants(0))
    d.give(0, d.g * d.in(1));
  if (d.wants(1))
    d.give(1, d.g * d.in(0));
}

static void div(Derivation &d) {
  Tensor inverse = d.b.reciprocal(d.in(1));
  d.give(0, times(d.b, d.g, inverse));
  if (d.wants(1))
    d.give(1, times(d.b, -d.g, d.out() * inverse));
}

/// x - y * whole: rem and mod.
static void remainder(Derivation &d) {
  d.give(0, d.g);
  if (d.wants(1))
    d.give(1, d.g * d.b.round((d.out() - d.in(0)) / d.in(1)));
}

static void pow(Derivation &d) {
  TensorBuilder &b = d.b;
  Tensor x = d.in(0), y = d.in(1), none = b.like(0, x);
  if (d.wants(0))
    d.give(0,
           times(b, d.g, b.select(b.eq(y, 0.0), none, y * b.pow(x, y - 1.0))));
  if (d.wants(1))
    d.give(1, times(b, d.g, b.select(b.eq(x, 0.0), none, d.out() * b.log(x))));
}

/// Whether a tensor is a number of the model, of any size.
static bool isBound(TensorBuilder &b, Tensor x) {
  auto repeated = x.value().getDefiningOp<BroadcastOp>();
  return b.constantOf(repeated ? b.wrap(repeated.getInput()) : x).has_value();
}

/// Of two equal elements each counts half, but at a constant bound nothing
/// passes: Relu is flat at 0.
static void extremum(Derivation &d) {
  TensorBuilder &b = d.b;
  bool isMax = isa<MaxOp>(d.op);
  for (size_t i : {0, 1}) {
    if (!d.wants(i))
      continue;
    Tensor mine = d.in(i), other = d.in(1 - i);
    Tensor isMine = isMax ? b.gt(mine, other) : b.lt(mine, other);
    Tensor none = b.like(0, d.g),
           shared = isBound(b, other)
                        ? none
                        : b.select(b.eq(mine, other), d.g * 0.5, none);
    d.give(i, b.select(isMine, d.g, shared));
  }
}

static void select(Derivation &d) {
  Tensor none = d.b.like(0, d.g);
  d.give(1, d.b.select(d.in(0), d.g, none));
  d.give(2, d.b.select(d.in(0), none, d.g));
}

static void cast(Derivation &d) {
  d.give(0, d.b.cast(d.g, d.in(0).elementType()));
}

//===----------------------------------------------------------------------===//
// Movement
//===----------------------------------------------------------------------===//

static void reshape(Derivation &d) {
  d.give(0, d.b.reshape(d.g, d.b.dims(d.in(0))));
}

/// Sums x over what a broadcast of one of these sizes has repeated.
static Tensor sumBack(TensorBuilder &b, Tensor x, ArrayRef<Dim> sizes) {
  return inWideType(b, x, [&](Tensor v) {
    int64_t lead = v.rank() - static_cast<int64_t>(sizes.size());
    v = b.sum(v, llvm::to_vector(llvm::seq<int64_t>(0, lead)));
    for (auto [i, size] : llvm::enumerate(sizes)) {
      if (!v)
        return v;
      Dim from = b.dim(v, i);
      if (from == size || (isKnown(size) && staticDim(size) != 1))
        continue;
      Tensor sum = b.sum(v, {static_cast<int64_t>(i)}, /*keepDims=*/true);
      if (isKnown(size)) {
        v = sum;
        continue;
      }
      // Only a run knows. An empty v has no first element to stand for a sum.
      Dims none(v.rank(), b.dim(0)), more = none, shape = b.dims(v);
      more[i] = b.sizes().sub(b.sizes().max(from, b.dim(1)), from);
      shape[i] = size;
      Tensor isOne = b.eq(b.fromDim(size), 1.0);
      v = b.select(isOne, sum, b.slice(b.pad(v, none, more), none, shape));
    }
    return v;
  });
}

static void broadcast(Derivation &d) {
  d.give(0, sumBack(d.b, d.g, d.b.dims(d.in(0))));
}

static void transpose(Derivation &d) {
  ArrayRef<int64_t> permutation = cast<TransposeOp>(d.op).getPermutation();
  Ints inverse(permutation.size());
  for (auto [i, from] : llvm::enumerate(permutation))
    inverse[from] = i;
  d.give(0, d.b.transpose(d.g, inverse));
}

/// x in a tensor of zeros of this shape, where a slice would have taken it
/// from.
static Tensor unslice(TensorBuilder &b, Tensor x, ArrayRef<Dim> shape,
                      ArrayRef<Dim> offsets, ArrayRef<int64_t> steps) {
  ShapeAlgebra s = b.sizes();
  Dims low(offsets), high;
  Ints reversed;
  for (int64_t i = 0; x && i < x.rank(); ++i) {
    int64_t step = std::abs(steps[i]);
    Dim count = b.dim(x, i), reach = s.mul(count, b.dim(step));
    if (steps[i] < 0) {
      reversed.push_back(i);
      low[i] = s.sub(s.add(low[i], b.dim(step)), reach);
    }
    high.push_back(s.sub(shape[i], s.add(low[i], reach)));
  }
  x = reversed.empty() ? x : b.reverse(x, reversed);
  for (int64_t i = 0; x && i < x.rank(); ++i) {
    int64_t step = std::abs(steps[i]);
    if (step == 1)
      continue;
    Dims none(x.rank() + 1, b.dim(0)), more = none;
    more[i + 1] = b.dim(step - 1);
    x = b.flatten(b.pad(b.unsqueeze(x, {i + 1}), none, more), i, i + 2);
  }
  return b.pad(x, low, high);
}

static void slice(Derivation &d) {
  auto op = cast<SliceOp>(d.op);
  d.give(0, unslice(d.b, d.g, d.b.dims(d.in(0)), op.getMixedOffsets(),
                    op.getSteps()));
}

static Tensor zeros(TensorBuilder &b, ArrayRef<Dim> shape, Tensor like) {
  return b.full(shape, b.like(0, like));
}

/// g where padding has repeated elements: numbers, padded alike, say which.
static Tensor padBack(TensorBuilder &b, Tensor g, ArrayRef<Dim> from,
                      ArrayRef<Dim> low, ArrayRef<Dim> high, PadMode mode) {
  Dim count = b.product(from), one = b.dim(1);
  Tensor numbers = b.reshape(b.iota({count}, 0), from);
  Tensor places = b.pad(numbers, low, high, {}, mode);
  Tensor sums = b.scatter(ScatterKind::add, zeros(b, {count, one}, g),
                          b.reshape(places, ArrayRef<Dim>{Dim()}),
                          b.reshape(g, {Dim(), one}));
  return b.reshape(sums, from);
}

static void pad(Derivation &d) {
  TensorBuilder &b = d.b;
  auto op = cast<PadOp>(d.op);
  ShapeAlgebra s = b.sizes();
  Dims from = b.dims(d.in(0)), to = b.dims(d.g), low = op.getMixedLow(), high;
  Dims lessLow, lessHigh;
  for (auto [l, f, t] : llvm::zip(low, from, to)) {
    high.push_back(s.sub(t, s.add(l, f)));
    lessLow.push_back(s.sub(b.dim(0), l));
    lessHigh.push_back(s.sub(b.dim(0), high.back()));
  }
  if (op.getMode() != PadMode::constant)
    return d.give(0, padBack(b, d.g, from, low, high, op.getMode()));
  if (d.wants(0))
    d.give(0, b.pad(d.g, lessLow, lessHigh));
  if (!d.wants(1))
    return;
  Tensor inside = b.full(from, b.scalar(int64_t(1), b.boolean()));
  Tensor outside = b.select(b.pad(inside, low, high), b.like(0, d.g), d.g);
  d.give(1, sumBack(b, outside, {}));
}

static void concat(Derivation &d) {
  int64_t axis = cast<ConcatOp>(d.op).getAxis();
  Dims sizes;
  for (Value v : d.op->getOperands())
    sizes.push_back(d.b.dim(d.b.wrap(v), axis));
  for (auto [i, part] : llvm::enumerate(d.b.split(d.g, axis, sizes)))
    d.give(i, part);
}

static void gather(Derivation &d) {
  TensorBuilder &b = d.b;
  Tensor data = d.in(0), indices = d.in(1);
  int64_t axis = cast<GatherOp>(d.op).getAxis(), many = indices.rank();
  // Rows of all that one index picks.
  Ints order = llvm::to_vector(llvm::seq(axis, axis + many));
  for (int64_t i = 0; i < d.g.rank(); ++i)
    if (i < axis || i >= axis + many)
      order.push_back(i);
  Dims shape = b.dims(data);
  Dim rows = shape[axis];
  shape.erase(shape.begin() + axis);
  Dim row = b.product(shape), count = b.product(b.dims(indices));
  Tensor updates = b.reshape(b.transpose(d.g, order), {count, row});
  Tensor at = b.cast(b.reshape(indices, {count}), b.i64());
  Tensor sums =
      b.scatter(ScatterKind::add, zeros(b, {rows, row}, d.g), at, updates);
  shape.insert(shape.begin(), rows);
  d.give(0, b.moveAxis(b.reshape(sums, shape), 0, axis));
}

static void scatter(Derivation &d) {
  TensorBuilder &b = d.b;
  ScatterKind kind = cast<ScatterOp>(d.op).getKind();
  Tensor at = d.in(1), updates = d.in(2), data = d.g;
  Tensor parts = b.gather(d.g, at, 0);
  if (kind == ScatterKind::none) {
    // The last one that falls on a row is what is there.
    data = b.scatter(kind, data, at, zeros(b, b.dims(updates), d.g));
    Tensor number = b.iota({b.dim(at, 0)}, 0);
    Tensor column = b.unsqueeze(number, {1});
    Dims rows = {b.dim(d.g, 0), b.dim(1)};
    Tensor last = b.scatter(kind, zeros(b, rows, column), at, column);
    parts =
        b.select(b.eq(b.gather(last, at, 0), column), parts, b.like(0, parts));
  } else if (kind != ScatterKind::add) {
    return d.refuse("a scatter by mul, max or min has no derivative");
  }
  d.give(0, data);
  d.give(2, parts);
}

static void insert(Derivation &d) {
  TensorBuilder &b = d.b;
  auto op = cast<InsertOp>(d.op);
  Dims shape = b.dims(d.in(0));
  d.give(0,
         b.sliceAxis(d.g, op.getAxis(), op.getOffset(), shape[op.getAxis()]));
  d.give(1, b.insert(zeros(b, shape, d.g), d.g, op.getOffset(), op.getAxis()));
}

//===----------------------------------------------------------------------===//
// Reductions
//===----------------------------------------------------------------------===//

/// The derivative of a product of a vector's elements by each, along the last
/// dimension: all others multiplied, of which one may be 0.
static Tensor otherFactors(TensorBuilder &b, Tensor x) {
  int64_t axis = x.rank() - 1;
  return b.scan(ReduceKind::prod, x, axis, /*exclusive=*/true) *
         b.scan(ReduceKind::prod, x, axis, /*exclusive=*/true,
                /*reverse=*/true);
}

static void reduce(Derivation &d) {
  TensorBuilder &b = d.b;
  auto op = cast<ReduceOp>(d.op);
  ArrayRef<int64_t> axes = op.getAxes();
  Tensor x = d.in(0), g = b.unsqueeze(d.g, axes);
  Dims shape = b.dims(x);
  if (op.getKind() == ReduceKind::sum)
    return d.give(0, b.broadcastTo(g, shape));
  if (op.getKind() == ReduceKind::prod) {
    Ints order;
    for (int64_t i = 0; i < x.rank(); ++i)
      if (!llvm::is_contained(axes, i))
        order.push_back(i);
    int64_t kept = order.size();
    llvm::append_range(order, axes);
    Ints inverse(order.size());
    for (auto [i, from] : llvm::enumerate(order))
      inverse[from] = i;
    Tensor moved = b.transpose(x, order);
    Tensor others = otherFactors(b, b.flatten(moved, kept, x.rank()));
    others = b.transpose(b.reshape(others, b.dims(moved)), inverse);
    return d.give(0, g * others);
  }
  // Equal elements share.
  Tensor isBest = b.cast(b.eq(x, b.unsqueeze(d.out(), axes)), x.elementType());
  d.give(0, g * (isBest / b.sum(isBest, axes, /*keepDims=*/true)));
}

static void scan(Derivation &d) {
  auto op = cast<ScanOp>(d.op);
  if (op.getKind() != ReduceKind::sum)
    return d.refuse("a running product has no derivative");
  d.give(0, d.b.scan(ReduceKind::sum, d.g, op.getAxis(), op.getExclusive(),
                     !op.getReverse()));
}

//===----------------------------------------------------------------------===//
// Products and windows
//===----------------------------------------------------------------------===//

static void matmul(Derivation &d) {
  TensorBuilder &b = d.b;
  Tensor x = d.in(0), y = d.in(1);
  if (d.wants(0))
    d.give(0, sumBack(b, b.matmul(d.g, b.transposeLast(y)), b.dims(x)));
  if (d.wants(1))
    d.give(1, sumBack(b, b.matmul(b.transposeLast(x), d.g), b.dims(y)));
}

/// Each element of a window is an operation of its own here.
constexpr int64_t kMaxTaps = 1024;

/// The elements of a padded x [n, spatial..., c] that one element of the window
/// meets.
namespace {
struct Taps {
  TensorBuilder &b;
  ArrayRef<int64_t> strides, dilations;
  Dims padded; ///< x's sizes with padding
  Dims result; ///< the windows' numbers, n and c around them
  Ints steps;

  Taps(TensorBuilder &b, Tensor padded, Tensor result,
       ArrayRef<int64_t> strides, ArrayRef<int64_t> dilations)
      : b(b), strides(strides), dilations(dilations), padded(b.dims(padded)),
        result(b.dims(result)), steps(padded.rank(), 1) {
    llvm::copy(strides, steps.begin() + 1);
    this->result.back() = this->padded.back();
  }
  Dims offsets(ArrayRef<int64_t> tap) {
    Dims at(padded.size(), b.dim(0));
    for (auto [i, t] : llvm::enumerate(tap))
      at[i + 1] = b.dim(t * dilations[i]);
    return at;
  }
  Tensor take(Tensor x, ArrayRef<int64_t> tap) {
    return b.slice(x, offsets(tap), result, steps);
  }
  Tensor putBack(Tensor x, ArrayRef<int64_t> tap) {
    return unslice(b, x, padded, offsets(tap), steps);
  }
};
} // namespace

/// Calls `visit` with each element's place in a window, row major.
static void forEachTap(ArrayRef<int64_t> window,
                       llvm::function_ref<void(ArrayRef<int64_t>)> visit) {
  Ints tap(window.size(), 0);
  int64_t count = llvm::product_of(window);
  for (int64_t i = 0; i < count; ++i) {
    int64_t left = i;
    for (int64_t k = static_cast<int64_t>(window.size()) - 1; k >= 0; --k) {
      tap[k] = left % window[k];
      left /= window[k];
    }
    visit(tap);
  }
}

/// x [n, spatial..., c] with the ends of each spatial dimension padded; `sign`
/// -1 takes them away.
static Tensor padSpatial(TensorBuilder &b, Tensor x, ArrayRef<int64_t> pads,
                         Tensor value = {}, int64_t sign = 1) {
  if (!x)
    return x;
  int64_t spatial = x.rank() - 2;
  Dims low(x.rank(), b.dim(0)), high = low;
  for (int64_t i = 0; i < spatial; ++i) {
    low[i + 1] = b.dim(sign * pads[i]);
    high[i + 1] = b.dim(sign * pads[spatial + i]);
  }
  return b.pad(x, low, high, value);
}

static bool hasFewTaps(Derivation &d, ArrayRef<int64_t> window) {
  int64_t count = 1;
  for (int64_t size : window)
    if (ShapedType::isDynamic(size) || llvm::MulOverflow(count, size, count) ||
        count > kMaxTaps) {
      d.refuse("a window of more than " + Twine(kMaxTaps) +
               " elements has no derivative");
      return false;
    }
  return true;
}

static Tensor convByInput(Derivation &d, ConvOp op) {
  TensorBuilder &b = d.b;
  Tensor x = d.in(0), kernel = d.in(1);
  WindowSpec w;
  w.kernel = Ints(op.getWindow());
  w.strides = Ints(op.getStrides());
  w.dilations = Ints(op.getDilations());
  w.pads = Ints(op.getPads());
  // As large as any input that gives so many windows; the rest met none.
  Ints more;
  for (int64_t stride : w.strides)
    more.push_back(stride - 1);
  Tensor whole = b.channelsLast(convTranspose(b, b.channelsFirst(d.g),
                                              b.channelsFirst(kernel), {}, w,
                                              more, {}, op.getGroups()));
  return whole ? b.slice(whole, Dims(x.rank(), b.dim(0)), b.dims(x)) : whole;
}

static Tensor convByKernel(Derivation &d, ConvOp op) {
  TensorBuilder &b = d.b;
  Tensor kernel = d.in(1), x = padSpatial(b, d.in(0), op.getPads());
  if (!x)
    return x;
  int64_t last = x.rank() - 1, groups = op.getGroups();
  // [groups, a channel of a group, all places]
  auto grouped = [&](Tensor t) {
    Dim channels = b.dim(t, last);
    Dim each = b.sizes().floorDiv(channels, groups);
    Tensor rows = b.reshape(t, {Dim(), b.dim(groups), each});
    return b.transpose(rows, {1, 2, 0});
  };
  Taps taps(b, x, d.g, op.getStrides(), op.getDilations());
  Tensor g = grouped(d.g);
  SmallVector<Tensor> each;
  forEachTap(op.getWindow(), [&](ArrayRef<int64_t> tap) {
    Tensor met = taps.take(x, tap);
    Tensor product =
        met ? b.matmul(g, b.transposeLast(grouped(met))) : Tensor();
    each.push_back(product ? b.unsqueeze(product, {2}) : product);
  });
  return b.reshape(b.concat(each, 2), b.dims(kernel));
}

static void conv(Derivation &d) {
  auto op = cast<ConvOp>(d.op);
  if (!hasFewTaps(d, op.getWindow()))
    return;
  if (d.wants(0))
    d.give(0, convByInput(d, op));
  if (d.wants(1))
    d.give(1, convByKernel(d, op));
}

/// A maximum goes back to the first element of its window that is it.
static void pool(Derivation &d) {
  TensorBuilder &b = d.b;
  auto op = cast<PoolOp>(d.op);
  if (!hasFewTaps(d, op.getKernel()))
    return;
  bool isMax = op.getKind() == ReduceKind::max;
  Tensor outside =
      isMax ? b.like(-std::numeric_limits<double>::infinity(), d.g) : Tensor();
  Tensor x = padSpatial(b, d.in(0), op.getPads(), outside);
  if (!x)
    return;
  Taps taps(b, x, d.g, op.getStrides(), op.getDilations());
  Tensor sum, isTaken;
  forEachTap(op.getKernel(), [&](ArrayRef<int64_t> tap) {
    Tensor share = d.g;
    if (isMax) {
      Tensor isBest = b.eq(taps.take(x, tap), d.out());
      Tensor isFirst = isTaken ? b.and_(isBest, b.not_(isTaken)) : isBest;
      isTaken = isTaken ? b.or_(isTaken, isBest) : isBest;
      share = b.select(isFirst, share, b.like(0, share));
    }
    Tensor placed = taps.putBack(share, tap);
    sum = sum ? sum + placed : placed;
  });
  d.give(0, padSpatial(b, sum, op.getPads(), {}, -1));
}

//===----------------------------------------------------------------------===//
// The table
//===----------------------------------------------------------------------===//

namespace {
struct Row {
  StringLiteral op;
  DerivativeRule rule;
};
} // namespace

static const Row kRows[] = {
    {"dlc.add", add},
    {"dlc.sub", sub},
    {"dlc.mul", mul},
    {"dlc.div", div},
    {"dlc.mod", remainder},
    {"dlc.rem", remainder},
    {"dlc.pow", pow},
    {"dlc.min", extremum},
    {"dlc.max", extremum},
    {"dlc.select", select},
    {"dlc.cast", cast},
    {"dlc.reshape", reshape},
    {"dlc.broadcast", broadcast},
    {"dlc.transpose", transpose},
    {"dlc.slice", slice},
    {"dlc.pad", pad},
    {"dlc.concat", concat},
    {"dlc.gather", gather},
    {"dlc.scatter", scatter},
    {"dlc.insert", insert},
    {"dlc.reduce", reduce},
    {"dlc.scan", scan},
    {"dlc.matmul", matmul},
    {"dlc.conv", conv},
    {"dlc.pool", pool},
};

DerivativeRule dlc::findDerivative(StringRef op) {
  for (const Row &row : kRows)
    if (row.op == op)
      return row.rule;
  auto isOp = [&](const UnaryRow &row) { return row.op == op; };
  return llvm::any_of(kUnary, isOp) ? unary : nullptr;
}
