//===- MicrosoftAttention.cpp - com.microsoft: attention -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Frontend/Common/Composites.h"
#include "Frontend/Common/TensorDetail.h"
#include "Frontend/ONNX/AttentionArgs.h"
#include "Frontend/ONNX/Ops.h"
#include <limits>

using namespace mlir;
using namespace dlc;
using onnx::splitHeads;

static Tensor optional(NodeArgs &n, size_t i) {
  return n.has(i) ? n.input(i) : Tensor();
}

/// Reports an input that is there and should not be.
static bool lacks(NodeArgs &n, size_t i, StringRef what) {
  if (n.has(i))
    n.error("input '" + what + "' is not supported");
  return !n.has(i);
}

static bool hasRank(NodeArgs &n, Tensor x, int64_t rank, StringRef what) {
  if (x && x.rank() == rank)
    return true;
  if (x)
    n.error("input '" + what + "' has rank " + Twine(x.rank()) + ", expected " +
            Twine(rank));
  return false;
}

static int64_t headCount(NodeArgs &n, StringRef name) {
  int64_t heads = n.integer(name);
  if (!n.failed() && (heads < 1 || heads > INT32_MAX))
    n.error("attribute '" + name + "' is " + Twine(heads) +
            ", expected at least 1");
  return heads;
}

/// [batch, length, heads * size] as [batch, heads, length, size].
static Tensor headsFirst(TensorBuilder &b, NodeArgs &n, Tensor x,
                         int64_t heads) {
  x = x ? splitHeads(b, n, x, heads) : x;
  return x ? b.transpose(x, {0, 2, 1, 3}) : x;
}

/// And back.
static Tensor headsLast(TensorBuilder &b, Tensor y) {
  return y ? b.flatten(b.transpose(y, {0, 2, 1, 3}), 2, 4) : y;
}

//===----------------------------------------------------------------------===//
// Masks
//===----------------------------------------------------------------------===//

/// Which keys count, as integers have it: a number of keys for each batch, with
/// the first one behind them all, or one flag for each key. Bool that
/// broadcasts to [batch, heads, queries, keys].
static Tensor keyMask(TensorBuilder &b, NodeArgs &n, Tensor mask, Tensor q,
                      Dim keys) {
  if (!isa<IntegerType>(mask.elementType()) || mask.rank() < 1 ||
      mask.rank() > 3)
    return n.error("a mask must be integers of rank 1 to 3");
  if (mask.rank() == 3)
    return b.unsqueeze(b.ne(mask, 0.0), {1});
  if (mask.rank() == 2)
    return b.unsqueeze(b.ne(mask, 0.0), {1, 2});
  Dim batch = b.dim(q, 0);
  Tensor key = b.iota({b.dim(1), keys}, 1, b.i64());
  auto part = [&](Dim from) {
    Tensor part = b.sliceAxis(b.cast(mask, b.i64()), 0, from, batch);
    return b.unsqueeze(part, {1});
  };
  Tensor counts = b.lt(key, part(b.dim(0)));
  int64_t size = mask.shape()[0], ofBatch = staticDim(batch);
  if (size == ofBatch || b.dim(mask, 0) == batch)
    return b.unsqueeze(counts, {1, 2});
  if (ShapedType::isDynamic(size) || ShapedType::isDynamic(ofBatch) ||
      size != 2 * ofBatch)
    return n.error("a mask of shape [" + Twine(size) +
                   "] should have one or two numbers for each batch");
  return b.unsqueeze(b.and_(counts, b.ge(key, part(batch))), {1, 2});
}

/// What is added to the scores: `filter` where the mask hides a key, and a
/// bias. Both may be null.
static Tensor addedMask(TensorBuilder &b, NodeArgs &n, Tensor mask, Tensor bias,
                        double filter, Tensor q, Dim keys) {
  Tensor added;
  if (mask) {
    Tensor shown = keyMask(b, n, mask, q, keys);
    if (!shown)
      return shown;
    added = b.select(shown, b.like(0, q), b.like(filter, q));
  }
  if (bias && bias.rank() != 4)
    return n.error("input 'attention_bias' has rank " + Twine(bias.rank()) +
                   ", expected 4");
  return bias ? (added ? added + bias : bias) : added;
}

/// The mask of a spec; false: reported.
static bool setMask(TensorBuilder &b, NodeArgs &n, AttentionSpec &spec,
                    Tensor mask, Tensor bias, Tensor q, Tensor k) {
  double filter = n.real("mask_filter_value", -10000);
  if (!q || !k || (!mask && !bias))
    return q && k;
  spec.mask = addedMask(b, n, mask, bias, filter, q, b.dim(k, 2));
  return static_cast<bool>(spec.mask);
}

//===----------------------------------------------------------------------===//
// Attention
//===----------------------------------------------------------------------===//

/// The widths of q, k and v within `width`; reports what does not add up.
static std::optional<Ints> hiddenSizes(NodeArgs &n, int64_t width) {
  Ints sizes = n.integers("qkv_hidden_sizes").value_or(Ints());
  if (ShapedType::isDynamic(width)) {
    n.error("the hidden size must be known at compile time");
    return std::nullopt;
  }
  if (sizes.empty() && width % 3 == 0)
    sizes.assign(3, width / 3);
  bool fits = sizes.size() == 3 && llvm::all_of(sizes, [&](int64_t s) {
                return s > 0 && s <= width;
              });
  if (fits && sizes[0] + sizes[1] + sizes[2] == width)
    return sizes;
  n.error("a width of " + Twine(width) +
          " does not divide into the hidden "
          "sizes of Q, K and V");
  return std::nullopt;
}

static Tensor joinStates(TensorBuilder &b, Tensor k, Tensor v) {
  return b.concat({b.unsqueeze(k, {0}), b.unsqueeze(v, {0})}, 0);
}

namespace {
/// The inputs of an Attention: x and w are real, of the type to compute in; the
/// others are numbers of inputs that may be there.
struct AttentionInputs {
  Tensor x, w;
  size_t mask, past, bias;
  Type result = {}; ///< null: that of x
};
} // namespace

static Tensors attend(TensorBuilder &b, NodeArgs &n, AttentionInputs in) {
  Tensor x = in.x, w = in.w;
  int64_t heads = headCount(n, "num_heads");
  AttentionSpec spec;
  spec.causal = n.flag("unidirectional", false);
  spec.scale = n.real("scale", 0);
  n.ignore("rotary_embedding_dim"); // of do_rotary
  if (n.flag("do_rotary", false) || n.flag("past_present_share_buffer", false))
    return n.error("'do_rotary' and 'past_present_share_buffer' are not "
                   "supported");
  if (n.failed() || !hasRank(n, x, 3, "input") || !hasRank(n, w, 2, "weights"))
    return Tensor();
  std::optional<Ints> sizes = hiddenSizes(n, w.shape()[1]);
  Tensor all = b.matmul(x, w);
  Type type = x.elementType(), result = in.result ? in.result : type;
  if (n.has(2))
    all = all + b.cast(n.input(2), type);
  if (!sizes || !all)
    return Tensor();
  Tensors parts = b.split(all, 2, b.dims(*sizes));
  Tensor q = headsFirst(b, n, parts[0], heads),
         k = headsFirst(b, n, parts[1], heads),
         v = headsFirst(b, n, parts[2], heads);
  if (n.has(in.past)) {
    Tensor past = n.input(in.past, "past");
    if (!hasRank(n, past, 5, "past"))
      return Tensor();
    spec.firstQuery = b.dim(past, 3);
    auto state = [&](int64_t i) {
      Tensor part = b.sliceAxis(past, 0, b.dim(i), b.dim(1));
      return b.cast(b.squeeze(part, {0}), type);
    };
    k = b.concat({state(0), k}, 2);
    v = b.concat({state(1), v}, 2);
  }
  if (!setMask(b, n, spec, optional(n, in.mask), optional(n, in.bias), q, k))
    return Tensor();
  Tensors results{b.cast(headsLast(b, attention(b, q, k, v, spec).y), result)};
  if (n.numOutputs() > 1)
    results.push_back(b.cast(joinStates(b, k, v), result));
  return results;
}

static Tensors attentionOp(TensorBuilder &b, NodeArgs &n) {
  if (!lacks(n, 6, "past_sequence_length"))
    return Tensor();
  return attend(b, n,
                {n.input(0, "input"), n.input(1, "weights"), /*mask=*/3,
                 /*past=*/4, /*bias=*/5});
}

/// Of quantised input and weights.
static Tensors quantizedAttention(TensorBuilder &b, NodeArgs &n) {
  auto real = [&](size_t x, size_t scale, size_t zero) {
    return onnx::dequantize(b, n, n.input(x), n.input(scale), optional(n, zero),
                            /*axis=*/1, /*block=*/0);
  };
  Tensor w = n.input(1, "weight"), scale = n.input(3, "input_scale");
  if (!hasRank(n, w, 2, "weight") || !hasRank(n, n.input(0), 3, "input") ||
      !scale)
    return Tensor();
  return attend(b, n,
                {real(0, 3, 6), real(1, 4, 7), /*mask=*/5, /*past=*/8,
                 /*bias=*/9, scale.elementType()});
}

//===----------------------------------------------------------------------===//
// MultiHeadAttention
//===----------------------------------------------------------------------===//

namespace {
struct Heads {
  Tensor q, k, v; ///< [batch, heads, length, size]; null: reported
};
} // namespace

/// Part i of [batch, length, heads, parts, size].
static Tensor packedHeads(TensorBuilder &b, Tensor x, int64_t i) {
  Tensor part = b.squeeze(b.sliceAxis(x, 3, b.dim(i), b.dim(1)), {3});
  return b.transpose(part, {0, 2, 1, 3});
}

static bool hasParts(NodeArgs &n, Tensor x, int64_t parts) {
  if (x.shape()[3] == parts)
    return true;
  n.error("packed heads have " + Twine(x.shape()[3]) + " parts, expected " +
          Twine(parts));
  return false;
}

/// Keys or values: [batch, length, hidden], or heads that come first already.
static Tensor keyHeads(TensorBuilder &b, NodeArgs &n, Tensor x, int64_t heads,
                       StringRef what) {
  if (x && x.rank() == 4)
    return x;
  return hasRank(n, x, 3, what) ? headsFirst(b, n, x, heads) : Tensor();
}

/// Adds a part of the bias, [hidden], to [batch, heads, length, size].
static Tensor withBias(TensorBuilder &b, Tensor x, Tensor bias, Dim &at) {
  if (!x || !bias)
    return x;
  Dim heads = b.dim(x, 1), size = b.dim(x, 3),
      hidden = b.sizes().mul(heads, size);
  Tensor part = b.sliceAxis(bias, 0, at, hidden);
  at = b.sizes().add(at, hidden);
  return x + b.reshape(part, {heads, b.dim(1), size});
}

static Heads multiHeads(TensorBuilder &b, NodeArgs &n, int64_t heads) {
  Tensor q = n.input(0, "query"), key = optional(n, 1), bias = optional(n, 3);
  Heads h;
  if (!q || (bias && !hasRank(n, bias, 1, "bias")))
    return h;
  if (q.rank() == 5) {
    if (!hasParts(n, q, 3))
      return h;
    h = {packedHeads(b, q, 0), packedHeads(b, q, 1), packedHeads(b, q, 2)};
  } else if (!hasRank(n, q, 3, "query")) {
    return h;
  } else if (key && key.rank() == 5) {
    if (!hasParts(n, key, 2))
      return h;
    h = {headsFirst(b, n, q, heads), packedHeads(b, key, 0),
         packedHeads(b, key, 1)};
  } else {
    h = {headsFirst(b, n, q, heads),
         keyHeads(b, n, n.input(1, "key"), heads, "key"),
         keyHeads(b, n, n.input(2, "value"), heads, "value")};
  }
  Dim at = b.dim(0);
  h.q = withBias(b, h.q, bias, at);
  // Keys that come from a cache have their bias.
  bool cached = key && key.rank() == 4;
  h.k = cached ? h.k : withBias(b, h.k, bias, at);
  h.v = cached ? h.v : withBias(b, h.v, bias, at);
  return h;
}

static Tensors multiHeadAttention(TensorBuilder &b, NodeArgs &n) {
  int64_t heads = headCount(n, "num_heads");
  AttentionSpec spec;
  spec.causal = n.flag("unidirectional", false);
  spec.scale = n.real("scale", 0);
  if (!lacks(n, 8, "past_sequence_length") || !lacks(n, 9, "cache_indirection"))
    return Tensor();
  Heads h = n.failed() ? Heads() : multiHeads(b, n, heads);
  if (!h.q || !h.k || !h.v)
    return Tensor();
  if (n.has(6) != n.has(7))
    return n.error("inputs 'past_key' and 'past_value' must come together");
  if (n.has(6)) {
    Tensor pastKey = n.input(6), pastValue = n.input(7);
    if (!hasRank(n, pastKey, 4, "past_key") ||
        !hasRank(n, pastValue, 4, "past_value"))
      return Tensor();
    spec.firstQuery = b.dim(pastKey, 2);
    h.k = b.concat({pastKey, h.k}, 2);
    h.v = b.concat({pastValue, h.v}, 2);
  }
  if (!setMask(b, n, spec, optional(n, 4), optional(n, 5), h.q, h.k))
    return Tensor();
  AttentionResult r = attention(b, h.q, h.k, h.v, spec);
  Tensors results{headsLast(b, r.y)};
  Tensor others[] = {h.k, h.v, r.masked};
  for (size_t i = 1; i < n.numOutputs(); ++i)
    results.push_back(others[i - 1]);
  return results;
}

//===----------------------------------------------------------------------===//
// Rotary embedding
//===----------------------------------------------------------------------===//

/// Rows of a cache [positions, size / 2] at `ids` [batch, length].
static Tensor cacheRows(TensorBuilder &b, NodeArgs &n, Tensor cache, Tensor ids,
                        StringRef what) {
  return hasRank(n, cache, 2, what) ? b.gather(cache, ids, 0) : Tensor();
}

static Tensors rotaryEmbeddingOp(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "input"), ids = n.input(1, "position_ids");
  Tensor cos = n.input(2, "cos_cache"), sin = n.input(3, "sin_cache");
  bool interleaved = n.flag("interleaved", false);
  int64_t heads = n.integer("num_heads", 0);
  Dim rotated = b.dim(n.integer("rotary_embedding_dim", 0));
  if (n.flag("is_packed_batching", false) || n.real("scale", 1) != 1)
    return n.error("'is_packed_batching' and a 'scale' are not supported");
  if (!x || !ids || !cos || !sin)
    return Tensor();
  bool packed = x.rank() == 3;
  if (!packed && x.rank() != 4)
    return n.error("input has rank " + Twine(x.rank()) + ", expected 3 or 4");
  // One position is that of the first element.
  Dim length = b.dim(x, packed ? 1 : 2);
  if (ids.rank() == 1)
    ids = b.unsqueeze(ids, {0}) +
          b.iota({b.dim(1), length}, 1, ids.elementType());
  if (!hasRank(n, ids, 2, "position_ids"))
    return Tensor();
  int64_t half = cos.rank() == 2 ? cos.shape()[1] : 0;
  int64_t hidden = x.shape().back();
  if (packed && heads == 0 && half > 0 && !ShapedType::isDynamic(hidden))
    heads = hidden / (2 * half);
  Dims shape = b.dims(x);
  if (packed)
    x = splitHeads(b, n, x, heads);
  cos = cacheRows(b, n, cos, ids, "cos_cache");
  sin = cacheRows(b, n, sin, ids, "sin_cache");
  if (!x || !cos || !sin ||
      !onnx::checkRotation(n, b.dim(x, 3), b.dim(cos, 2), rotated))
    return Tensor();
  Tensor y = rotaryEmbedding(
      b, x, {cos, sin, rotated, /*headAxis=*/packed ? 2 : 1, interleaved});
  return packed ? b.reshape(y, ArrayRef<Dim>(shape)) : y;
}

//===----------------------------------------------------------------------===//
// GroupQueryAttention
//===----------------------------------------------------------------------===//

namespace {
/// Where the new tokens of each batch are: all i64.
struct Tokens {
  Tensor past;  ///< [batch, 1]: tokens before the new ones
  Tensor total; ///< [batch, 1]: with the new ones
  Dim length;   ///< of the caches when they have them
};
} // namespace

/// Rows [0, past) of a cache, then those of the new tokens.
static Tensor appended(TensorBuilder &b, NodeArgs &n, Tensor cache,
                       Tensor fresh, const Tokens &t) {
  if (!cache || !fresh)
    return fresh;
  Dim old = b.dim(cache, 2);
  Tensor all = b.concat({cache, fresh}, 2);
  if (!all)
    return all;
  Dims shape = b.dims(all);
  Tensor j = b.iota({b.dim(1), t.length}, 1, b.i64());
  Tensor size = b.fromDim(old), last = b.fromDim(shape[2]) - 1.0;
  Tensor row = b.min(b.select(b.lt(j, t.past), j, j - t.past + size), last);
  // Of all batches and heads.
  Dim rows = b.sizes().mul(shape[0], shape[1]);
  Tensor head =
      b.reshape(b.iota({rows}, 0, b.i64()), {shape[0], shape[1], b.dim(1)});
  Tensor at = head * b.fromDim(shape[2]) + b.unsqueeze(row, {1});
  // There are no more tokens than the cache holds.
  at = b.guard(at, b.unsqueeze(t.past, {1}), b.sizes().add(old, b.dim(1)));
  Tensor flat = b.reshape(all, {b.sizes().mul(rows, shape[2]), shape[3]});
  return b.gather(flat, at, 0);
}

/// Whether each query sees each key: [batch, 1, queries, keys].
static Tensor visibleKeys(TensorBuilder &b, const Tokens &t, Dim queries,
                          Dim keys, bool causal, int64_t window) {
  Tensor key = b.iota({b.dim(1), b.dim(1), b.dim(1), keys}, 3, b.i64());
  if (!causal)
    return b.lt(key, b.unsqueeze(t.total, {2, 3}));
  Tensor place = b.iota({b.dim(1), b.dim(1), queries, b.dim(1)}, 2, b.i64()) +
                 b.unsqueeze(t.past, {2, 3});
  Tensor shown = b.le(key, place);
  if (window >= 0)
    shown = b.and_(shown, b.gt(key, place - double(window)));
  return shown;
}

static bool checkGroupAttributes(NodeArgs &n) {
  for (StringRef name : {"k_quant_type", "v_quant_type"})
    if (n.string(name, "NONE") != "NONE")
      n.error("attribute '" + name + "': quantised caches are not supported");
  if (n.integer("smooth_softmax", -1) == 1)
    n.error("'smooth_softmax' is not supported");
  for (StringRef name :
       {"kv_cache_bit_width", "qk_output", "sliding_window_cache"})
    if (n.integer(name, 0) != 0)
      n.error("attribute '" + name + "' is not supported");
  bool fits = lacks(n, 11, "head_sink");
  fits &= lacks(n, 12, "k_scale") && lacks(n, 13, "v_scale");
  return fits && lacks(n, 16, "query_seqlens") && !n.failed();
}

/// q, k and v with their heads first, as given or packed into the query.
static Heads groupHeads(TensorBuilder &b, NodeArgs &n, int64_t heads,
                        int64_t keyHeads) {
  Tensor q = n.input(0, "query");
  if (!hasRank(n, q, 3, "query"))
    return {};
  if (n.has(1) || n.has(2))
    return {headsFirst(b, n, q, heads),
            headsFirst(b, n, n.input(1, "key"), keyHeads),
            headsFirst(b, n, n.input(2, "value"), keyHeads)};
  int64_t width = q.shape()[2], all = heads + 2 * keyHeads;
  if (ShapedType::isDynamic(width) || width % all != 0) {
    n.error("a packed width of " + Twine(width) + " does not divide among " +
            Twine(all) + " heads");
    return {};
  }
  Tensor h = headsFirst(b, n, q, all);
  Tensors parts = b.split(h, 1, b.dims({heads, keyHeads, keyHeads}));
  if (parts.size() != 3)
    return {};
  return {parts[0], parts[1], parts[2]};
}

/// Turns queries and keys by where their tokens are.
static bool rotate(TensorBuilder &b, NodeArgs &n, Heads &h, const Tokens &t) {
  bool interleaved = n.flag("rotary_interleaved", false);
  if (!n.flag("do_rotary", false))
    return true;
  Tensor ids = b.iota({b.dim(1), b.dim(h.q, 2)}, 1, b.i64()) + t.past;
  if (n.has(9))
    ids = n.input(9, "position_ids");
  Tensor cos = cacheRows(b, n, n.input(7, "cos_cache"), ids, "cos_cache");
  Tensor sin = cacheRows(b, n, n.input(8, "sin_cache"), ids, "sin_cache");
  if (!cos || !sin || cos.rank() != 3)
    return false;
  Dim rotated = b.sizes().mul(b.dim(cos, 2), b.dim(2));
  if (!onnx::checkRotation(n, b.dim(h.q, 3), b.dim(cos, 2), rotated))
    return false;
  for (Tensor *x : {&h.q, &h.k})
    *x = rotaryEmbedding(b, *x,
                         {cos, sin, rotated, /*headAxis=*/1, interleaved});
  return h.q && h.k;
}

static bool normalizeHeads(TensorBuilder &b, NodeArgs &n, Heads &h) {
  double epsilon = n.real("qk_norm_epsilon", 1e-6);
  double keyEpsilon = n.real("k_norm_epsilon", epsilon);
  if (n.has(14) != n.has(15)) {
    n.error("inputs 'q_norm_weight' and 'k_norm_weight' must come together");
    return false;
  }
  if (n.has(14)) {
    h.q = rmsNorm(b, h.q, {3}, n.input(14), epsilon);
    h.k = rmsNorm(b, h.k, {3}, n.input(15), keyEpsilon);
  }
  return h.q && h.k;
}

/// Where tokens are by inputs 5 and 6: what each batch has without one, and
/// what the longest has.
static std::optional<Tokens> tokensOf(TensorBuilder &b, NodeArgs &n, Tensor q) {
  Tensor lengths = n.input(5, "seqlens_k");
  Tensor total = n.input(6, "total_sequence_length");
  if (!lengths || !total)
    return std::nullopt;
  Dim batch = b.dim(q, 0);
  Tokens t;
  t.total = b.reshape(b.cast(lengths, b.i64()), {batch, b.dim(1)}) + 1.0;
  t.past = b.max(t.total - b.fromDim(b.dim(q, 2)), 0.0);
  t.length = b.dim(q, 2);
  Tensor cache = optional(n, 3);
  if (cache && hasRank(n, cache, 4, "past_key")) {
    Dim longest = b.index(total);
    t.length = longest ? b.sizes().max(longest, b.dim(cache, 2)) : Dim();
  }
  return t.past && t.length ? std::optional(t) : std::nullopt;
}

static Tensors groupQueryAttention(TensorBuilder &b, NodeArgs &n) {
  int64_t heads = headCount(n, "num_heads"),
          keyHeads = headCount(n, "kv_num_heads");
  int64_t window = n.integer("local_window_size", -1);
  bool causal = n.flag("causal", true);
  AttentionSpec spec;
  spec.scale = n.real("scale", 0);
  spec.softcap = n.real("softcap", 0);
  if (!checkGroupAttributes(n))
    return Tensor();
  if (n.has(3) != n.has(4))
    return n.error("inputs 'past_key' and 'past_value' must come together");
  Heads h = groupHeads(b, n, heads, keyHeads);
  if (!h.q || !h.k || !h.v || !normalizeHeads(b, n, h))
    return Tensor();
  std::optional<Tokens> t = tokensOf(b, n, h.q);
  if (!t || !rotate(b, n, h, *t))
    return Tensor();
  if (n.has(3)) {
    Tensor pastKey = n.input(3), pastValue = n.input(4);
    if (!hasRank(n, pastKey, 4, "past_key") ||
        !hasRank(n, pastValue, 4, "past_value"))
      return Tensor();
    h.k = appended(b, n, pastKey, h.k, *t);
    h.v = appended(b, n, pastValue, h.v, *t);
  }
  if (!h.k || !h.v)
    return Tensor();
  spec.mask = visibleKeys(b, *t, b.dim(h.q, 2), b.dim(h.k, 2), causal, window);
  if (n.has(10)) {
    double hidden = -std::numeric_limits<double>::infinity();
    Tensor bias = n.input(10, "attention_bias");
    spec.mask = b.select(spec.mask, bias, b.like(hidden, bias));
  }
  Tensors results{headsLast(b, attention(b, h.q, h.k, h.v, spec).y)};
  Tensor others[] = {h.k, h.v};
  if (n.numOutputs() > 3)
    return n.error("output 'output_qk' is not supported");
  for (size_t i = 1; i < n.numOutputs(); ++i)
    results.push_back(others[i - 1]);
  return results;
}

ArrayRef<OpRow> dlc::onnx::microsoftAttentionOps() {
  static const OpRow rows[] = {
      {"Attention", 1, attentionOp, {2, 7}, {1, 2}},
      {"QAttention", 1, quantizedAttention, {5, 9}, {1, 2}},
      {"MultiHeadAttention", 1, multiHeadAttention, {1, 10}, {1, 4}},
      {"GroupQueryAttention", 1, groupQueryAttention, {7, 17}, {1, 4}},
      {"RotaryEmbedding", 1, rotaryEmbeddingOp, {4, 4}},
  };
  return rows;
}
