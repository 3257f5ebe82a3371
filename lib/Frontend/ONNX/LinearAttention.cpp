//===- LinearAttention.cpp - attention with a state -------------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// A state [batch, heads, key size, value size] takes up each key and value in
// turn; a query reads it. Computed in f32, or wider.

#include "Frontend/Common/Composites.h"
#include "Frontend/Common/TensorDetail.h"
#include "Frontend/ONNX/Ops.h"
#include <cmath>

using namespace mlir;
using namespace dlc;

namespace {
/// Everything with time first, [time, batch, heads, rows, size]: one step is a
/// matrix for each head.
struct LinearAttention {
  Tensor q, k, v; ///< rows: query heads that share a state, 1, 1
  Tensor decay;   ///< a factor for each row of the state, or for all; or null
  Tensor beta;    ///< or null: what is retrieved is not taken off
};
} // namespace

/// [batch, time, heads * rows * size] as above.
static Tensor timeFirst(TensorBuilder &b, Tensor x, Dim heads, int64_t rows) {
  if (!x)
    return x;
  Dims d = b.dims(x);
  Dims split{d[0], d[1], heads, b.dim(rows),
             b.quotient({d[2]}, {heads, b.dim(rows)})};
  Tensor wide = b.cast(x, wideType(x.elementType()));
  return b.transpose(b.reshape(wide, split), {1, 0, 2, 3, 4});
}

/// The state after a step, and what the query reads: [batch, heads, rows,
/// size].
static std::pair<Tensor, Tensor>
step(TensorBuilder &b, const LinearAttention &a, Dim t, Tensor state) {
  auto at = [&](Tensor x) {
    return x ? b.squeeze(b.sliceAxis(x, 0, t, b.dim(1)), 0) : x;
  };
  Tensor k = at(a.k), v = at(a.v);
  if (a.decay)
    state = state * b.transposeLast(at(a.decay));
  if (a.beta)
    v = at(a.beta) * (v - b.matmul(k, state));
  state = state + b.transposeLast(k) * v;
  return {state, b.matmul(at(a.q), state)};
}

/// Whether a gate that a rule needs is there, and none else.
static void checkGate(NodeArgs &n, size_t i, StringRef what, StringRef rule,
                      bool needed) {
  if (n.has(i) != needed)
    n.error("update rule '" + rule + "' " + (needed ? "needs" : "has no") +
            " input '" + what + "'");
}

/// What the last dimension holds must divide into `parts`.
static bool divides(NodeArgs &n, Tensor x, StringRef what, int64_t parts) {
  if (x && x.rank() == 3 && x.isFloat() &&
      (x.type().isDynamicDim(2) || x.shape()[2] % parts == 0))
    return true;
  if (x)
    n.error("input '" + what + "' of type " + describe(x.type()) +
            " does not hold " + Twine(parts) + " heads of floats");
  return false;
}

static std::optional<LinearAttention> linearSpec(TensorBuilder &b,
                                                 NodeArgs &n) {
  int64_t heads = n.integer("q_num_heads"), groups = n.integer("kv_num_heads");
  StringRef rule = n.string("update_rule", "gated_delta");
  double scale = n.real("scale", 0);
  n.ignore("chunk_size"); // how, not what
  bool isGated = rule == "gated" || rule == "gated_delta",
       isDelta = rule == "delta" || rule == "gated_delta";
  if (!isGated && !isDelta && rule != "linear")
    n.error("attribute 'update_rule' has unknown value '" + rule + "'");
  if (heads < 1 || groups < 1 || heads > INT32_MAX || heads % groups != 0)
    n.error(Twine(heads) + " query heads do not divide among " + Twine(groups));
  checkGate(n, 4, "decay", rule, isGated);
  checkGate(n, 5, "beta", rule, isDelta);
  Tensor q = n.input(0, "query"), k = n.input(1, "key"),
         v = n.input(2, "value");
  if (n.failed() || !divides(n, q, "query", heads) ||
      !divides(n, k, "key", groups) || !divides(n, v, "value", groups))
    return std::nullopt;
  Dim states = b.dim(groups);
  LinearAttention a{timeFirst(b, q, states, heads / groups),
                    timeFirst(b, k, states, 1),
                    timeFirst(b, v, states, 1),
                    {},
                    {}};
  a.q = a.q * (scale == 0 && a.q ? 1.0 / b.sqrt(sizeLike(b, b.dim(a.q, 4), a.q))
                                 : b.like(scale, a.q));
  if (isGated && divides(n, n.input(4), "decay", groups))
    a.decay = b.exp(timeFirst(b, n.input(4), states, 1));
  // One for all heads may do.
  if (isDelta && divides(n, n.input(5), "beta", 1)) {
    Dim each = b.dim(n.input(5), 2);
    a.beta =
        timeFirst(b, n.input(5),
                  isKnown(each) && staticDim(each) != 1 ? states : each, 1);
  }
  return n.failed() || !a.q ? std::nullopt : std::optional(a);
}

Tensors dlc::onnx::linearAttention(TensorBuilder &b, NodeArgs &n) {
  std::optional<LinearAttention> a = linearSpec(b, n);
  if (!a)
    return Tensor();
  Dims q = b.dims(a->q);
  Dim size = b.dim(a->v, 4);
  Type type = n.input(0).elementType(), kept = type;
  Dims shape{q[1], q[2], b.dim(a->k, 4), size};
  Tensor state = b.full(shape, b.like(0, a->q));
  if (n.has(3)) {
    Tensor past = n.input(3, "past_state");
    kept = past.elementType();
    state = b.broadcastTo(b.cast(past, a->q.elementType()), shape);
    if (past.rank() != 4 || !state)
      return n.error("input 'past_state' must be of rank 4");
  }
  Dims out{q[0], q[1], q[2], q[3], size};
  Tensor read = b.full(out, b.like(0, a->q));
  Tensors end = b.loop(b.dim(0), q[0], {state, read},
                       [&](Dim t, ArrayRef<Tensor> now) -> Tensors {
                         auto [next, y] = step(b, *a, t, now[0]);
                         return {next, b.insert(b.unsqueeze(y, 0), now[1], t)};
                       });
  if (!end.front())
    return Tensor();
  Tensor y = b.flatten(b.transpose(end.back(), {1, 0, 2, 3, 4}), 2, 5);
  return {b.cast(y, type), b.cast(end.front(), kept)};
}
