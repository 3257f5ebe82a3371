//===- CompositesAttention.cpp - scaled dot product attention ---*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Frontend/Common/Composites.h"
#include "Frontend/Common/TensorDetail.h"
#include <cmath>
#include <limits>

using namespace mlir;
using namespace dlc;

static constexpr double kMinusInfinity =
    -std::numeric_limits<double>::infinity();

/// and, where either may be null.
static Tensor both(TensorBuilder &b, Tensor x, Tensor y) {
  return x && y ? b.and_(x, y) : x ? x : y;
}

/// Which keys a query may look at because of where they are: bool that
/// broadcasts to [batch, heads, queries, keys], or null if all.
static Tensor allowedPositions(TensorBuilder &b, Dim queries, Dim keys,
                               const AttentionSpec &spec) {
  Tensor valid = spec.validKeys;
  if (valid)
    valid = b.unsqueeze(b.cast(valid, b.i64()), {1, 2, 3});
  Tensor key = b.iota({b.dim(1), keys}, 1, b.i64()), allowed;
  if (valid)
    allowed = b.lt(key, valid);
  if (!spec.causal && spec.leftWindow < 0 && spec.rightWindow < 0)
    return allowed;
  Tensor query = b.iota({queries, b.dim(1)}, 0, b.i64());
  if (valid)
    query = query + (valid - b.fromDim(queries, b.i64()));
  else if (spec.firstQuery && staticDim(spec.firstQuery) != 0)
    query = query + b.fromDim(spec.firstQuery, b.i64());
  if (spec.causal)
    allowed = both(b, allowed, b.le(key, query));
  if (spec.leftWindow >= 0)
    allowed = both(b, allowed, b.ge(key, query - double(spec.leftWindow)));
  if (spec.rightWindow >= 0)
    allowed = both(b, allowed, b.le(key, query + double(spec.rightWindow)));
  return allowed;
}

/// A mask that covers fewer keys than there are hides the others.
static Tensor padMask(TensorBuilder &b, Tensor mask, Dim keys) {
  if (!mask || mask.rank() == 0)
    return mask;
  int64_t last = mask.rank() - 1;
  Dim size = b.dim(mask, last);
  if (size == keys)
    return mask;
  Dims low(mask.rank(), b.dim(0)), high = low;
  high[last] = b.sizes().sub(keys, size);
  if (int64_t n = staticDim(high[last]); !ShapedType::isDynamic(n) && n < 0)
    return b.error("the mask covers " + Twine(staticDim(size)) + " keys of " +
                   Twine(staticDim(keys)));
  Tensor value = mask.isBool() ? b.scalar(int64_t(0), b.boolean())
                               : b.like(kMinusInfinity, mask);
  return b.pad(mask, low, high, value);
}

/// Over the last axis; all zero where every element is -inf.
static Tensor maskedSoftmax(TensorBuilder &b, Tensor x) {
  return inWideType(b, x, [&](Tensor v) {
    int64_t last = v.rank() - 1;
    Tensor top = b.reduce(ReduceKind::max, v, last, /*keepDims=*/true);
    Tensor hidden = b.eq(top, kMinusInfinity);
    Type type = x.elementType();
    Tensor e =
        roundedF16(b, b.exp(v - b.select(hidden, b.like(0, v), top)), type);
    Tensor sum = roundedSum(b, e, last, type);
    return e / b.select(hidden, b.like(1, v), sum);
  });
}

/// Query heads that share a head of k; null: reported.
static Dim headsPerKey(TensorBuilder &b, Tensor q, Tensor k, Tensor v) {
  Dim heads = b.dim(q, 1), kv = b.dim(k, 1), values = b.dim(v, 1);
  bool divides = !isKnown(heads) || !isKnown(kv) ||
                 (staticDim(kv) != 0 && staticDim(heads) % staticDim(kv) == 0);
  if (!divides || contradict(kv, values)) {
    b.error(describe({heads}) + " query heads do not divide among " +
            describe({kv}) + " key and " + describe({values}) + " value heads");
    return {};
  }
  b.require(kv, values, "there are % key heads and % value heads");
  return b.quotient({heads}, {b.sizes().max(kv, b.dim(1))});
}

/// [batch, heads, queries, n] as [batch, heads / group, group * queries, n].
static Tensor groupHeads(TensorBuilder &b, Tensor x, Dim group) {
  if (!x || staticDim(group) == 1)
    return x;
  Dims d = b.dims(x);
  d[1] = b.quotient({d[1]}, {b.sizes().max(group, b.dim(1))});
  d[2] = b.sizes().mul(d[2], group);
  return b.reshape(x, ArrayRef<Dim>(d));
}

/// The way back.
static Tensor ungroupHeads(TensorBuilder &b, Tensor x, Tensor q, Dim group) {
  if (!x || staticDim(group) == 1)
    return x;
  Dims d = b.dims(x);
  d[1] = b.dim(q, 1);
  d[2] = b.dim(q, 2);
  return b.reshape(x, ArrayRef<Dim>(d));
}

/// q times k transposed times scale. In narrow types both operands take their
/// share of the scale, so that the product stays in range.
static Tensor scaledProduct(TensorBuilder &b, Tensor q, Tensor k, double scale,
                            Dim group) {
  Type type = q.elementType();
  Tensor factor;
  if (scale == 0 && !isKnown(b.dim(q, 3)))
    factor = 1.0 / b.sqrt(b.fromDim(b.dim(q, 3), b.opBuilder().getF64Type()));
  else if (scale == 0)
    scale = 1 / std::sqrt(double(q.shape()[3]));
  if (wideType(type) == type)
    q = q * (factor ? b.cast(factor, type) : b.like(scale, q));
  else {
    factor =
        factor ? b.cast(b.sqrt(factor), type) : b.like(std::sqrt(scale), q);
    q = q * factor;
    k = k * factor;
  }
  return b.matmul(groupHeads(b, q, group), b.transposeLast(k));
}

AttentionResult dlc::attention(TensorBuilder &b, Tensor q, Tensor k, Tensor v,
                               const AttentionSpec &spec) {
  if (!q || !k || !v)
    return {};
  if (q.rank() != 4 || k.rank() != 4 || v.rank() != 4) {
    b.error("attention needs operands of rank 4");
    return {};
  }
  Dim group = headsPerKey(b, q, k, v);
  if (!group)
    return {};
  AttentionResult r;
  r.scores =
      ungroupHeads(b, scaledProduct(b, q, k, spec.scale, group), q, group);
  r.capped = r.scores;
  if (spec.softcap > 0)
    r.capped = b.tanh(r.scores / spec.softcap) * spec.softcap;

  Dim queries = b.dim(q, 2), keys = b.dim(k, 2);
  Tensor mask = padMask(b, spec.mask, keys);
  if (spec.mask && !mask)
    return {};
  Tensor allowed = allowedPositions(b, queries, keys, spec);
  r.masked = r.capped;
  if (mask && mask.isBool())
    allowed = both(b, allowed, mask);
  else if (mask)
    r.masked = r.masked + b.cast(mask, q.elementType());
  if (allowed)
    r.masked = b.select(allowed, r.masked, b.like(kMinusInfinity, q));

  // Without a mask, a query sees at least one key.
  bool mayHideAll = mask || spec.validKeys || spec.leftWindow >= 0 ||
                    spec.rightWindow >= 0 || spec.scoreMod;
  Tensor logits = r.masked;
  if (spec.softmaxType)
    logits = b.cast(logits, spec.softmaxType);
  if (spec.scoreMod)
    logits = spec.scoreMod(logits);
  Tensor p = mayHideAll ? maskedSoftmax(b, logits) : softmax(b, logits, 3);
  if (spec.probMod)
    p = spec.probMod(p);
  r.probabilities = b.cast(p, q.elementType());
  r.y = ungroupHeads(b, b.matmul(groupHeads(b, r.probabilities, group), v), q,
                     group);
  return r;
}

//===----------------------------------------------------------------------===//
// Rotary embedding
//===----------------------------------------------------------------------===//

Tensor dlc::rotaryEmbedding(TensorBuilder &b, Tensor x,
                            const RotarySpec &spec) {
  if (!x || !spec.cos || !spec.sin)
    return {};
  Dim half = b.quotient({spec.rotated}, {b.dim(2)}), size = b.dim(x, 3);
  Tensor cos = b.unsqueeze(spec.cos, spec.headAxis);
  Tensor sin = b.unsqueeze(spec.sin, spec.headAxis);
  Tensor turned = b.sliceAxis(x, 3, b.dim(0), spec.rotated);
  Dims shape = b.dims(x);
  shape[3] = spec.rotated;
  // Pairs are elements i and i + half, or 2 i and 2 i + 1: [half, 2].
  Dims pairs = shape;
  int64_t pairAxis = spec.interleaved ? 4 : 3;
  pairs[3] = half;
  pairs.insert(pairs.begin() + pairAxis, b.dim(2));
  turned = b.reshape(turned, ArrayRef<Dim>(pairs));
  auto element = [&](int64_t i) {
    return b.squeeze(b.sliceAxis(turned, pairAxis, b.dim(i), b.dim(1)),
                     pairAxis);
  };
  Tensor first = element(0), second = element(1);
  Tensor parts[] = {
      b.unsqueeze(cos * first - sin * second, pairAxis),
      b.unsqueeze(sin * first + cos * second, pairAxis),
  };
  Tensor y = b.reshape(b.concat(parts, pairAxis), ArrayRef<Dim>(shape));
  if (spec.rotated == size)
    return y;
  return b.concat(
      {y, b.sliceAxis(x, 3, spec.rotated, b.sizes().sub(size, spec.rotated))},
      3);
}
