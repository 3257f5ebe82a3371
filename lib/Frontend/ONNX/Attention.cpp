//===- Attention.cpp - attention and rotary embedding -----------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Frontend/Common/Composites.h"
#include "Frontend/Common/TensorDetail.h"
#include "Frontend/ONNX/AttentionArgs.h"
#include "Frontend/ONNX/Ops.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;
using namespace dlc;
using onnx::splitHeads;

Tensor onnx::splitHeads(TensorBuilder &b, NodeArgs &n, Tensor x,
                        int64_t heads) {
  if (x.rank() != 3)
    return n.error("an input of heads has rank " + Twine(x.rank()) +
                   ", expected 3");
  Dim hidden = b.dim(x, 2);
  if (heads < 1 || (isKnown(hidden) && staticDim(hidden) % heads != 0))
    return n.error("a hidden size of " + describe({hidden}) +
                   " does not divide among " + Twine(heads) + " heads");
  return b.reshape(x, {b.dim(x, 0), b.dim(x, 1), b.dim(heads),
                       b.quotient({hidden}, {b.dim(heads)})});
}

bool onnx::checkRotation(NodeArgs &n, Dim size, Dim half, Dim &rotated) {
  if (staticDim(rotated) == 0)
    rotated = size;
  int64_t count = staticDim(rotated);
  bool fits =
      !isKnown(rotated) || (count >= 2 && count % 2 == 0 &&
                            (!isKnown(size) || count <= staticDim(size)) &&
                            (!isKnown(half) || staticDim(half) == count / 2));
  if (!fits)
    n.error("can't rotate " + describe({rotated}) +
            " elements of a head of size " + describe({size}) + " by rows of " +
            describe({half}));
  return fits;
}

static bool sameRank(NodeArgs &n, ArrayRef<Tensor> xs) {
  int64_t rank = xs.front().rank();
  if ((rank == 3 || rank == 4) &&
      llvm::all_of(xs, [&](Tensor x) { return x.rank() == rank; }))
    return true;
  n.error("inputs Q, K and V must all be of rank 3 or all of rank 4");
  return false;
}

/// The type that the softmax is computed in, if one is given.
static Type softmaxType(TensorBuilder &b, NodeArgs &n) {
  if (!n.hasAttr("softmax_precision"))
    return {};
  int64_t code = n.integer("softmax_precision");
  Type type = onnx::elementType(b.context(), code);
  if (!isa_and_present<FloatType>(type))
    n.error("attribute 'softmax_precision' is " + Twine(code) +
            ", which is no float type");
  return type;
}

static AttentionSpec attentionSpec(TensorBuilder &b, NodeArgs &n) {
  AttentionSpec spec;
  spec.causal = n.flag("is_causal", false);
  spec.scale = n.real("scale", 0);
  spec.softcap = n.real("softcap", 0);
  spec.softmaxType = softmaxType(b, n);
  spec.leftWindow = n.integer("left_window_size", -1);
  spec.rightWindow = n.integer("right_window_size", -1);
  spec.mask = n.has(3) ? n.input(3, "attn_mask") : Tensor();
  spec.validKeys = n.has(6) ? n.input(6, "nonpad_kv_seqlen") : Tensor();
  if (spec.validKeys && spec.validKeys.rank() != 1)
    n.error("input 'nonpad_kv_seqlen' has rank " +
            Twine(spec.validKeys.rank()) + ", expected 1");
  return spec;
}

static Tensors attentionOp(TensorBuilder &b, NodeArgs &n) {
  Tensor q = n.input(0, "Q"), k = n.input(1, "K"), v = n.input(2, "V");
  if (!q || !k || !v || !sameRank(n, {q, k, v}))
    return Tensor();
  AttentionSpec spec = attentionSpec(b, n);
  int64_t mode = n.integer("qk_matmul_output_mode", 0);
  bool packed = q.rank() == 3;
  int64_t heads = n.integer("q_num_heads", 0);
  int64_t keyHeads = n.integer("kv_num_heads", 0);
  if (packed) {
    q = b.transpose(splitHeads(b, n, q, heads), {0, 2, 1, 3});
    k = b.transpose(splitHeads(b, n, k, keyHeads), {0, 2, 1, 3});
    v = b.transpose(splitHeads(b, n, v, keyHeads), {0, 2, 1, 3});
  }
  if (n.has(4) != n.has(5))
    return n.error("inputs 'past_key' and 'past_value' must come together");
  if (n.has(4)) {
    Tensor pastKey = n.input(4, "past_key"), past = n.input(5, "past_value");
    if (pastKey.rank() != 4 || past.rank() != 4)
      return n.error("inputs 'past_key' and 'past_value' must be of rank 4");
    spec.firstQuery = b.dim(pastKey, 2);
    k = b.concat({pastKey, k}, 2);
    v = b.concat({past, v}, 2);
  }
  if (n.failed())
    return Tensor();
  // Values may be of another type than queries and keys: the scores' is theirs.
  Type type = q.elementType(), common = commonType(type, v.elementType());
  AttentionResult r = attention(b, b.cast(q, common), b.cast(k, common),
                                b.cast(v, common), spec);
  Tensor y = b.cast(r.y, type);
  if (packed && y) {
    y = b.transpose(y, {0, 2, 1, 3});
    y = b.flatten(y, 2, 4);
  }
  Tensor stages[] = {r.scores, r.capped, r.masked, r.probabilities};
  if (mode < 0 || mode > 3)
    return n.error("attribute 'qk_matmul_output_mode' is " + Twine(mode) +
                   ", expected 0 to 3");
  Tensors results{y};
  Tensor others[] = {k, v, b.cast(stages[mode], type)};
  for (size_t i = 1; i < n.numOutputs(); ++i)
    results.push_back(others[i - 1]);
  return results;
}

static Tensors rotaryEmbeddingOp(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "X");
  Tensor cos = n.input(1, "cos_cache"), sin = n.input(2, "sin_cache");
  Tensor ids = n.has(3) ? n.input(3, "position_ids") : Tensor();
  bool interleaved = n.flag("interleaved", false);
  int64_t heads = n.integer("num_heads", 0);
  Dim rotated = b.dim(n.integer("rotary_embedding_dim", 0));
  if (!x || !cos || !sin)
    return Tensor();
  if (x.rank() != 3 && x.rank() != 4)
    return n.error("input 'X' has rank " + Twine(x.rank()) +
                   ", expected 3 or 4");
  if (ids) {
    cos = b.gather(cos, ids, 0);
    sin = b.gather(sin, ids, 0);
  }
  if (!cos || !sin || cos.rank() != 3 || sin.rank() != 3)
    return n.error("the caches must be of rank 2 with position_ids of rank 2, "
                   "or of rank 3");
  Dims shape = b.dims(x);
  bool packed = x.rank() == 3;
  if (packed)
    x = splitHeads(b, n, x, heads);
  if (!x)
    return Tensor();
  if (!onnx::checkRotation(n, b.dim(x, 3), b.dim(cos, 2), rotated))
    return Tensor();
  Tensor y = rotaryEmbedding(
      b, x, {cos, sin, rotated, /*headAxis=*/packed ? 2 : 1, interleaved});
  return packed ? b.reshape(y, ArrayRef<Dim>(shape)) : y;
}

ArrayRef<OpRow> dlc::onnx::attentionOps() {
  static const OpRow rows[] = {
      {"Attention", 23, attentionOp, {3, 7}, {1, 4}},
      {"LinearAttention", 27, linearAttention, {3, 6}, {1, 2}},
      {"RotaryEmbedding", 23, rotaryEmbeddingOp, {3, 4}},
  };
  return rows;
}

/// Attention between functions of the caller's.
static Tensors flexAttention(TensorBuilder &b, NodeArgs &n) {
  Tensor q = n.input(0, "Q"), k = n.input(1, "K"), v = n.input(2, "V");
  AttentionSpec spec;
  spec.scale = n.real("scale", 0);
  spec.softmaxType = softmaxType(b, n);
  if (!q || !k || !v || n.failed())
    return Tensor();
  if (!spec.softmaxType)
    spec.softmaxType = wideType(q.elementType());
  // What a graph gives has the shape and the type of what it takes.
  auto modify = [&](StringRef name) {
    return [&n, name](Tensor x) -> Tensor {
      Tensors y = x ? n.run(name, {x}) : Tensors();
      if (y.size() != 1 || !y.front())
        return n.failed() || !x
                   ? Tensor()
                   : n.error("graph '" + name + "' must give one tensor");
      if (failed(verifyCompatibleShape(x.type(), y.front().type())) ||
          x.elementType() != y.front().elementType())
        return n.error("graph '" + name + "' makes " + describe(x.type()) +
                       " to " + describe(y.front().type()));
      return y.front();
    };
  };
  if (n.hasGraph("score_mod"))
    spec.scoreMod = modify("score_mod");
  if (n.hasGraph("prob_mod"))
    spec.probMod = modify("prob_mod");
  return attention(b, q, k, v, spec).y;
}

ArrayRef<OpRow> dlc::onnx::previewOps() {
  static const OpRow rows[] = {{"FlexAttention", 1, flexAttention, {3, 3}}};
  return rows;
}
