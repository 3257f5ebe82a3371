//===- Random.cpp - operators that draw numbers -----------------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// What is drawn depends on the seed alone; where none is given, on the node's
// place in the model. A program gives the same numbers each time it runs.

#include "Frontend/Common/Composites.h"
#include "Frontend/Common/TensorDetail.h"
#include "Frontend/ONNX/Ops.h"
#include "llvm/Support/xxhash.h"

using namespace mlir;
using namespace dlc;

/// The key of a node's own numbers. The seed is a float, or of Dropout an
/// integer.
static uint64_t keyOf(TensorBuilder &b, NodeArgs &n, bool isInteger = false) {
  if (n.hasAttr("seed")) {
    if (isInteger)
      return randomKey(n.integer("seed"));
    return randomKey(llvm::bit_cast<uint64_t>(n.real("seed")));
  }
  std::string place;
  llvm::raw_string_ostream(place) << b.getLoc();
  return randomKey(llvm::xxh3_64bits(place));
}

/// The element type that `dtype` names.
static Type drawnType(TensorBuilder &b, NodeArgs &n, Type otherwise) {
  int64_t code = n.integer("dtype", 0);
  if (code == 0)
    return otherwise;
  Type type = onnx::elementType(b.context(), code);
  if (!type)
    n.error("attribute 'dtype' has unknown type " + Twine(code));
  return type;
}

//===----------------------------------------------------------------------===//
// Distributions
//===----------------------------------------------------------------------===//

static Tensor uniform(TensorBuilder &b, NodeArgs &n, ArrayRef<Dim> shape,
                      Type type) {
  double low = n.real("low", 0), high = n.real("high", 1);
  Tensor u = randomUniform(b, shape, keyOf(b, n), type);
  Tensor drawn = u * (high - low) + low;
  // The upper end itself may come of rounding.
  return low < high ? b.min(drawn, std::nextafter(high, low)) : drawn;
}

static Tensor normal(TensorBuilder &b, NodeArgs &n, ArrayRef<Dim> shape,
                     Type type) {
  double mean = n.real("mean", 0), scale = n.real("scale", 1);
  return randomNormal(b, shape, keyOf(b, n), type) * scale + mean;
}

using Distribution = Tensor (*)(TensorBuilder &, NodeArgs &, ArrayRef<Dim>,
                                Type);

template <Distribution draw>
static Tensor drawAs(TensorBuilder &b, NodeArgs &n, ArrayRef<Dim> shape,
                     Type type) {
  if (!type || n.failed())
    return {};
  if (!isa<FloatType>(type))
    return n.error("numbers of type " + describe(type) + " can't be drawn");
  return b.cast(draw(b, n, shape, wideType(type)), type);
}

template <Distribution draw>
static Tensors drawShape(TensorBuilder &b, NodeArgs &n) {
  std::optional<Ints> shape = n.integers("shape");
  if (!shape || llvm::any_of(*shape, [](int64_t d) { return d < 0; }))
    return n.error("attribute 'shape' must be a list of sizes");
  return drawAs<draw>(b, n, b.dims(*shape), drawnType(b, n, b.f32()));
}

template <Distribution draw>
static Tensors drawLike(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "input");
  if (!x)
    return x;
  return drawAs<draw>(b, n, b.dims(x), drawnType(b, n, x.elementType()));
}

static Tensors bernoulli(TensorBuilder &b, NodeArgs &n) {
  Tensor p = n.input(0, "input");
  if (!p)
    return p;
  if (!p.isFloat())
    return n.error("input 0 must be of a float type");
  Type type = drawnType(b, n, p.elementType()),
       wide = wideType(p.elementType());
  if (!type)
    return Tensor();
  Tensor u = randomUniform(b, b.dims(p), keyOf(b, n), wide);
  return b.cast(b.lt(u, b.cast(p, wide)), type);
}

static Tensors multinomial(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "input");
  int64_t count = n.integer("sample_size", 1);
  if (!x)
    return x;
  Type type = drawnType(b, n, IntegerType::get(b.context(), 32));
  if (!type || x.rank() != 2 || !x.isFloat() || count < 0 ||
      !isa<IntegerType>(type))
    return n.failed()
               ? Tensor()
               : n.error("draws integers by logarithms [batch, classes]");
  // A class counts as often as what is drawn is behind its share.
  Tensor logs = b.cast(x, wideType(x.elementType()));
  Tensor shares = b.scan(ReduceKind::sum, softmax(b, logs, {1}), 1);
  Tensor u = randomUniform(b, {b.dim(x, 0), b.dim(count)}, keyOf(b, n),
                           logs.elementType());
  Tensor behind = b.ge(b.unsqueeze(u, 2), b.unsqueeze(shares, 1));
  Tensor drawn = b.sum(b.cast(behind, b.i64()), {2});
  // The shares may add up to less than 1.
  return b.cast(b.min(drawn, b.fromDim(b.dim(x, 1)) - 1.0), type);
}

//===----------------------------------------------------------------------===//
// Dropout
//===----------------------------------------------------------------------===//

/// Whether the model is trained: null if it is not.
static Tensor isTraining(TensorBuilder &b, NodeArgs &n) {
  Tensor yes = b.scalar(int64_t(1), b.boolean());
  if (n.version() < 7)
    return n.flag("is_test", false) ? Tensor() : yes;
  Tensor given = n.has(2) ? n.input(2) : Tensor();
  if (!given)
    return {};
  if (!given.isBool())
    return n.error("input 2 ('training_mode') must be a bool");
  std::optional<Ints> known = b.constantInts(given);
  if (known && known->size() == 1 && !known->front())
    return {};
  return b.reshape(given, ArrayRef<int64_t>());
}

static Tensors dropout(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "data");
  n.ignore("ratio");
  n.ignore("seed");
  Tensor training = isTraining(b, n);
  if (!x || n.failed())
    return Tensor();
  if (!training) {
    Tensor all = b.full(b.dims(x), b.scalar(int64_t(1), b.boolean()));
    return {x, all};
  }
  Tensor v = b.cast(x, wideType(x.elementType()));
  Tensor ratio = b.like(0.5, v);
  if (n.version() < 12)
    ratio = b.like(n.real("ratio", 0.5), v);
  else if (n.has(1))
    ratio = b.reshape(b.cast(n.input(1), v.elementType()), ArrayRef<int64_t>());
  ratio = b.select(training, ratio, b.like(0, v));
  Tensor u = randomUniform(b, b.dims(x), keyOf(b, n, /*isInteger=*/true),
                           v.elementType());
  Tensor kept = b.ge(u, ratio);
  // With a ratio of 1 nothing is left to be scaled.
  Tensor scale = b.reciprocal(1.0 - ratio);
  Tensor y = b.select(kept, v * scale, b.like(0, v));
  return {b.cast(y, x.elementType()), kept};
}

ArrayRef<OpRow> dlc::onnx::randomOps() {
  static const OpRow rows[] = {
      {"RandomUniform", 1, drawShape<uniform>, {0, 0}},
      {"RandomNormal", 1, drawShape<normal>, {0, 0}},
      {"RandomUniformLike", 1, drawLike<uniform>},
      {"RandomNormalLike", 1, drawLike<normal>},
      {"Bernoulli", 15, bernoulli},
      {"Multinomial", 7, multinomial},
      {"Dropout", 1, dropout, {1, 3}, {1, 2}},
  };
  return rows;
}
