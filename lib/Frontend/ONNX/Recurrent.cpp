//===- Recurrent.cpp - LSTM, GRU and RNN ------------------------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Frontend/Common/Composites.h"
#include "Frontend/ONNX/Activations.h"
#include "Frontend/ONNX/Ops.h"

using namespace mlir;
using namespace dlc;

//===----------------------------------------------------------------------===//
// Activation functions by name
//===----------------------------------------------------------------------===//

/// The functions of all directions, one after the other. Parameters are handed
/// out in order to the functions that have them.
static SmallVector<Activation>
activations(NodeArgs &n, ArrayRef<StringRef> defaults, size_t directions) {
  SmallVector<StringRef> names;
  if (auto given = n.strings("activations"))
    names = *given;
  else
    for (size_t i = 0; i < directions; ++i)
      names.append(defaults.begin(), defaults.end());
  auto alphas = n.reals("activation_alpha").value_or(SmallVector<double>());
  auto betas = n.reals("activation_beta").value_or(SmallVector<double>());
  SmallVector<Activation> result;
  size_t alphasUsed = 0, betasUsed = 0;
  for (StringRef name : names) {
    const onnx::NamedActivation *found = onnx::findActivation(name);
    if (!found) {
      n.error("attribute 'activations' has unknown function '" + name + "'");
      return {};
    }
    double alpha = found->hasAlpha && alphasUsed < alphas.size()
                       ? alphas[alphasUsed++]
                       : found->alpha;
    double beta = found->hasBeta && betasUsed < betas.size()
                      ? betas[betasUsed++]
                      : found->beta;
    result.push_back([=](TensorBuilder &b, Tensor x) {
      return x ? found->build(b, x, alpha, beta) : x;
    });
  }
  if (result.size() != defaults.size() * directions) {
    n.error("attribute 'activations' has " + Twine(result.size()) +
            " entries, expected " + Twine(defaults.size() * directions));
    return {};
  }
  return result;
}

//===----------------------------------------------------------------------===//
// Layers
//===----------------------------------------------------------------------===//

namespace {
/// What LSTM, GRU and RNN have in common.
class RecurrentLayer {
public:
  RecurrentLayer(TensorBuilder &b, NodeArgs &n, int64_t gates,
                 ArrayRef<StringRef> defaults)
      : b(b), n(n), gates(gates), defaults(defaults.begin(), defaults.end()) {}

  using Cell = RecurrentResult (*)(TensorBuilder &, const RecurrentSpec &);
  /// Inputs from 6 on are LSTM's alone.
  Tensors build(Cell cell, bool hasCell);

  bool inputForget = false, linearBeforeReset = false;
  Tensor w, r; ///< in the place of inputs 1 and 2 where they are given

private:
  TensorBuilder &b;
  NodeArgs &n;
  int64_t gates;
  SmallVector<StringRef> defaults;
  int64_t directions = 1, hidden = 0;
  bool batchFirst = false, firstIsReverse = false;
  SmallVector<Activation> functions;
  Tensor x, lengths;

  bool readInputs();
  void pinWeights();
  bool readLengths();
  /// Input i of one direction, or null.
  Tensor part(size_t i, StringRef what, int64_t rank, int64_t direction);
  Tensor part(Tensor all, int64_t direction);
  Tensor initialState(size_t i, StringRef what, int64_t direction);
  RecurrentSpec direction(int64_t d, bool hasCell);
  Tensor joined(ArrayRef<Tensor> parts, int64_t axis);
};
} // namespace

/// Sizes that follow from attributes but that the types leave open.
void RecurrentLayer::pinWeights() {
  if (hidden < 1 || hidden > INT32_MAX)
    return;
  for (Tensor *x : {&w, &r}) {
    *x = b.pin(*x, 0, directions, "weights are of % directions, expected %");
    *x = b.pin(*x, 1, hidden * gates, "weights have % rows, expected %");
  }
  r = b.pin(r, 2, hidden, "the hidden size is % and %");
}

bool RecurrentLayer::readInputs() {
  x = n.input(0, "X");
  w = w ? w : n.input(1, "W");
  r = r ? r : n.input(2, "R");
  StringRef direction = n.string("direction", "forward");
  if (direction != "forward" && direction != "reverse" &&
      direction != "bidirectional")
    n.error("attribute 'direction' is '" + direction +
            "', expected forward, reverse or bidirectional");
  directions = direction == "bidirectional" ? 2 : 1;
  firstIsReverse = direction == "reverse";
  batchFirst = n.flag("layout", false);
  n.ignore("output_sequence");
  functions = activations(n, defaults, directions);
  if (!x || !w || !r || n.failed())
    return false;
  if (x.rank() != 3 || w.rank() != 3 || r.rank() != 3) {
    n.error("inputs X, W and R must be of rank 3");
    return false;
  }
  hidden = n.integer("hidden_size", r.shape()[2]);
  pinWeights();
  ArrayRef<int64_t> of = w.shape(), past = r.shape();
  if (hidden < 1 || hidden > INT32_MAX || of[0] != directions ||
      of[1] != hidden * gates || past[0] != directions ||
      past[1] != hidden * gates || past[2] != hidden) {
    n.error("inputs W and R must be of shapes [" + Twine(directions) + ", " +
            Twine(gates) + " * hidden_size, input size or hidden_size] with " +
            "hidden_size " + Twine(hidden));
    return false;
  }
  if (batchFirst)
    x = b.transpose(x, {1, 0, 2});
  return readLengths();
}

/// Lengths that are all the full one are as good as none.
bool RecurrentLayer::readLengths() {
  if (!n.has(4))
    return true;
  lengths = n.input(4, "sequence_lens");
  if (lengths.rank() != 1) {
    n.error("input 'sequence_lens' has rank " + Twine(lengths.rank()) +
            ", expected 1");
    return false;
  }
  auto known = b.constantInts(lengths);
  if (known && llvm::all_equal(*known) && !known->empty() &&
      known->front() == x.shape()[0])
    lengths = {};
  return true;
}

Tensor RecurrentLayer::part(size_t i, StringRef what, int64_t rank,
                            int64_t direction) {
  if (!n.has(i))
    return {};
  Tensor all = n.input(i, what);
  if (all.rank() != rank)
    return n.error("input '" + what + "' has rank " + Twine(all.rank()) +
                   ", expected " + Twine(rank));
  return part(all, direction);
}

Tensor RecurrentLayer::part(Tensor all, int64_t direction) {
  return b.squeeze(b.sliceAxis(all, 0, b.dim(direction), b.dim(1)), 0);
}

Tensor RecurrentLayer::initialState(size_t i, StringRef what,
                                    int64_t direction) {
  if (!n.has(i))
    return b.full({b.dim(x, 1), b.dim(hidden)}, b.like(0, x));
  Tensor all = n.input(i, what);
  if (all.rank() != 3)
    return n.error("input '" + what + "' has rank " + Twine(all.rank()) +
                   ", expected 3");
  int64_t axis = batchFirst ? 1 : 0;
  return b.squeeze(b.sliceAxis(all, axis, b.dim(direction), b.dim(1)), axis);
}

RecurrentSpec RecurrentLayer::direction(int64_t d, bool hasCell) {
  RecurrentSpec s;
  s.x = x;
  s.hidden = hidden;
  s.lengths = lengths;
  s.inputForget = inputForget;
  s.linearBeforeReset = linearBeforeReset;
  s.reverse = firstIsReverse || d == 1;
  s.weight = part(w, d);
  s.recurrent = part(r, d);
  if (Tensor bias = part(3, "B", 2, d)) {
    bias = b.pin(bias, 0, 2 * gates * hidden, "bias has size %, expected %");
    if (bias.shape()[0] != 2 * gates * hidden) {
      n.error("input 'B' must be of shape [directions, " +
              Twine(2 * gates * hidden) + "]");
      return s;
    }
    Dim size = b.dim(gates * hidden);
    s.weightBias = b.sliceAxis(bias, 0, b.dim(0), size);
    s.recurrentBias = b.sliceAxis(bias, 0, size, size);
  }
  s.h = initialState(5, "initial_h", d);
  if (hasCell) {
    s.c = initialState(6, "initial_c", d);
    s.peephole = b.pin(part(7, "P", 2, d), 0, 3 * hidden,
                       "peepholes have size %, expected %");
    if (s.peephole && s.peephole.shape()[0] != 3 * hidden)
      n.error("input 'P' must be of shape [directions, " + Twine(3 * hidden) +
              "]");
  }
  if (n.hasAttr("clip"))
    s.clip = n.real("clip");
  ArrayRef<Activation> all = functions;
  s.activations =
      llvm::to_vector(all.slice(d * defaults.size(), defaults.size()));
  return s;
}

/// Stacks the directions along a new axis.
Tensor RecurrentLayer::joined(ArrayRef<Tensor> parts, int64_t axis) {
  SmallVector<Tensor> stacked;
  for (Tensor t : parts)
    stacked.push_back(b.unsqueeze(t, axis));
  return stacked.size() == 1 ? stacked.front() : b.concat(stacked, axis);
}

Tensors RecurrentLayer::build(Cell cell, bool hasCell) {
  if (!readInputs())
    return Tensor();
  SmallVector<Tensor> ys, hs, cs;
  for (int64_t d = 0; d < directions; ++d) {
    RecurrentSpec spec = direction(d, hasCell);
    if (n.failed())
      return Tensor();
    RecurrentResult r = cell(b, spec);
    if (!r.y)
      return Tensor();
    ys.push_back(r.y);
    hs.push_back(r.h);
    cs.push_back(r.c);
  }
  // Y is [steps, directions, batch, hidden], or [batch, steps, directions,
  // hidden]; states are [directions, batch, hidden] or batch first.
  Tensor y = joined(ys, 1);
  Tensors results{batchFirst ? b.transpose(y, {2, 0, 1, 3}) : y};
  results.push_back(joined(hs, batchFirst ? 1 : 0));
  if (hasCell)
    results.push_back(joined(cs, batchFirst ? 1 : 0));
  results.truncate(std::min(results.size(), n.numOutputs()));
  return results;
}

static Tensors lstmOp(TensorBuilder &b, NodeArgs &n) {
  RecurrentLayer layer(b, n, 4, {"Sigmoid", "Tanh", "Tanh"});
  layer.inputForget = n.flag("input_forget", false);
  return layer.build(lstm, /*hasCell=*/true);
}

static Tensors gruOp(TensorBuilder &b, NodeArgs &n) {
  RecurrentLayer layer(b, n, 3, {"Sigmoid", "Tanh"});
  layer.linearBeforeReset = n.flag("linear_before_reset", false);
  return layer.build(gru, /*hasCell=*/false);
}

static Tensors rnnOp(TensorBuilder &b, NodeArgs &n) {
  RecurrentLayer layer(b, n, 1, {"Tanh"});
  return layer.build(rnn, /*hasCell=*/false);
}

/// Weights [directions, size, gates * hidden] as LSTM has them: real, the last
/// two dimensions swapped. The scale, [directions] or [directions, gates *
/// hidden], and the zero point are the inputs from `scale` on.
static Tensor realWeights(TensorBuilder &b, NodeArgs &n, size_t i,
                          size_t scale) {
  Tensor codes = n.input(i);
  if (codes && (codes.rank() != 3 || !isa<IntegerType>(codes.elementType())))
    return n.error("input " + Twine(i) + " must be integers of rank 3");
  auto spread = [&](size_t i) -> Tensor {
    Tensor p = n.input(i);
    if (p && p.rank() != 1 && p.rank() != 2)
      return n.error("input " + Twine(i) + " has rank " + Twine(p.rank()) +
                     ", expected 1 or 2");
    p = b.cast(p, b.f32());
    return p && p.rank() == 1 ? b.unsqueeze(p, {1, 2}) : b.unsqueeze(p, {1});
  };
  Tensor value = b.cast(codes, b.f32());
  if (n.has(scale + 1))
    value = value - spread(scale + 1);
  value = value * spread(scale);
  return value ? b.transposeLast(value) : value;
}

/// The activations are not quantised, which only makes the result more exact.
static Tensors quantizedLstm(TensorBuilder &b, NodeArgs &n) {
  RecurrentLayer layer(b, n, 4, {"Sigmoid", "Tanh", "Tanh"});
  layer.inputForget = n.flag("input_forget", false);
  layer.w = realWeights(b, n, 1, 8);
  layer.r = realWeights(b, n, 2, 10);
  if (!layer.w || !layer.r)
    return Tensor();
  return layer.build(lstm, /*hasCell=*/true);
}

ArrayRef<OpRow> dlc::onnx::microsoftRecurrentOps() {
  static const OpRow rows[] = {
      {"DynamicQuantizeLSTM", 1, quantizedLstm, {9, 12}, {0, 3}},
  };
  return rows;
}

ArrayRef<OpRow> dlc::onnx::recurrentOps() {
  static const OpRow rows[] = {
      {"LSTM", 1, lstmOp, {3, 8}, {0, 3}},
      {"GRU", 1, gruOp, {3, 6}, {0, 2}},
      {"RNN", 1, rnnOp, {3, 6}, {0, 2}},
  };
  return rows;
}
