//===- CompositesRecurrent.cpp - LSTM, GRU and plain recurrence -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// What the inputs contribute to the gates is one product for all steps; a step
// multiplies the hidden state alone. A few steps are unrolled, many or unknown
// ones are a loop.

#include "Frontend/Common/Composites.h"

using namespace mlir;
using namespace dlc;

namespace {
class Recurrence {
public:
  Recurrence(TensorBuilder &b, const RecurrentSpec &spec)
      : b(b), spec(spec), h(spec.h), c(spec.c) {}

  /// Runs `step`, which takes the inputs' part of the gates, [batch, gates *
  /// hidden], and gives the next hidden state; it may replace `c`.
  template <typename Step> RecurrentResult run(Tensor bias, Step step) {
    if (!spec.x || !spec.weight || !spec.recurrent || !h)
      return {};
    inputs = b.matmul(spec.x, b.transposeLast(spec.weight));
    if (bias)
      inputs = inputs + bias;
    findRunning();
    int64_t steps = spec.x.shape()[0];
    // An open size is negative.
    return steps < 1 || steps > kMostUnrolled ? looped(step)
                                              : unrolled(steps, step);
  }

  /// Gate i of those lying beside one another.
  Tensor gate(Tensor gates, int64_t i, int64_t count = 1) {
    return b.sliceAxis(gates, 1, b.dim(i * spec.hidden),
                       b.dim(count * spec.hidden));
  }
  Tensor activate(size_t i, Tensor x) {
    if (x && spec.clip)
      x = b.clamp(x, b.like(-*spec.clip, x), b.like(*spec.clip, x));
    return spec.activations[i](b, x);
  }
  /// Rows of gates [i, i + count), turned for a product from the right.
  Tensor recurrentOf(int64_t i, int64_t count) {
    return b.transposeLast(b.sliceAxis(
        spec.recurrent, 0, b.dim(i * spec.hidden), b.dim(count * spec.hidden)));
  }

  TensorBuilder &b;
  const RecurrentSpec &spec;
  Tensor h, c;

private:
  static constexpr int64_t kMostUnrolled = 16;

  Tensor inputs; ///< what they contribute to the gates: [steps, batch, ...]
  Tensor
      running; ///< which sequences have not ended: [steps, batch, 1]; or null

  void findRunning() {
    if (!spec.lengths)
      return;
    Tensor times = b.iota({b.dim(spec.x, 0), b.dim(1), b.dim(1)}, 0,
                          spec.lengths.elementType());
    running = b.gt(b.unsqueeze(spec.lengths, {0, 2}), times);
  }

  template <typename Step> RecurrentResult unrolled(int64_t steps, Step step) {
    SmallVector<Tensor> outputs(steps);
    for (int64_t i = 0; i < steps; ++i) {
      int64_t t = spec.reverse ? steps - 1 - i : i;
      outputs[t] = at(b.dim(t), step);
      if (!outputs[t])
        return {};
    }
    return {b.concat(outputs, 0), h, c};
  }

  template <typename Step> RecurrentResult looped(Step step) {
    Dim steps = b.dim(spec.x, 0);
    SmallVector<Tensor> state{h};
    if (c)
      state.push_back(c);
    state.push_back(b.full({steps, b.dim(spec.x, 1), b.dim(spec.hidden)},
                           b.like(0, inputs)));
    Tensors end = b.loop(
        b.dim(0), steps, state, [&](Dim i, ArrayRef<Tensor> now) -> Tensors {
          h = now.front();
          if (c)
            c = now[1];
          Dim t = spec.reverse
                      ? b.sizes().sub(b.sizes().sub(steps, b.dim(1)), i)
                      : i;
          Tensor output = b.insert(at(t, step), now.back(), t);
          return c ? Tensors{h, c, output} : Tensors{h, output};
        });
    if (!end.front())
      return {};
    return {end.back(), end.front(), c ? end[1] : Tensor()};
  }

  /// One step: [1, batch, hidden].
  template <typename Step> Tensor at(Dim t, Step step) {
    Tensor oldC = c;
    Tensor next = step(b.squeeze(b.sliceAxis(inputs, 0, t, b.dim(1)), 0));
    return next ? b.unsqueeze(keepPastEnd(t, next, oldC), 0) : next;
  }

  /// Makes `next` the hidden state, but for sequences that have ended before
  /// step t: their states stay. Gives the step's output, 0 for those. A reverse
  /// layer passes their steps first, so that it starts at their ends.
  Tensor keepPastEnd(Dim t, Tensor next, Tensor oldC) {
    if (!running) {
      h = next;
      return next;
    }
    Tensor now = b.squeeze(b.sliceAxis(running, 0, t, b.dim(1)), 0);
    h = b.select(now, next, h);
    if (c)
      c = b.select(now, c, oldC);
    return b.select(now, next, b.like(0, next));
  }
};
} // namespace

/// x + y, where either may be null.
static Tensor sumOf(Tensor x, Tensor y) { return x && y ? x + y : x ? x : y; }

RecurrentResult dlc::lstm(TensorBuilder &b, const RecurrentSpec &spec) {
  if (!spec.c || !spec.recurrent)
    return {};
  Recurrence r(b, spec);
  Tensor recurrent = b.transposeLast(spec.recurrent);
  // What a gate sees of the cell state.
  auto peep = [&](int64_t i, Tensor gate, Tensor cell) {
    if (!spec.peephole)
      return gate;
    return gate + cell * b.sliceAxis(spec.peephole, 0, b.dim(i * spec.hidden),
                                     b.dim(spec.hidden));
  };
  return r.run(sumOf(spec.weightBias, spec.recurrentBias), [&](Tensor inputs) {
    Tensor gates = inputs + b.matmul(r.h, recurrent);
    Tensor i = r.activate(0, peep(0, r.gate(gates, 0), r.c));
    Tensor f = spec.inputForget ? 1.0 - i
                                : r.activate(0, peep(2, r.gate(gates, 2), r.c));
    r.c = f * r.c + i * r.activate(1, r.gate(gates, 3));
    Tensor o = r.activate(0, peep(1, r.gate(gates, 1), r.c));
    return o * spec.activations[2](b, r.c);
  });
}

RecurrentResult dlc::gru(TensorBuilder &b, const RecurrentSpec &spec) {
  if (!spec.recurrent)
    return {};
  Recurrence r(b, spec);
  bool linear = spec.linearBeforeReset;
  Tensor all = linear ? r.recurrentOf(0, 3) : r.recurrentOf(0, 2);
  Tensor last = linear ? Tensor() : r.recurrentOf(2, 1);
  Tensor bias =
      linear ? spec.weightBias : sumOf(spec.weightBias, spec.recurrentBias);
  return r.run(bias, [&](Tensor inputs) {
    Tensor hidden = b.matmul(r.h, all);
    if (linear && spec.recurrentBias)
      hidden = hidden + spec.recurrentBias;
    Tensor z = r.activate(0, r.gate(inputs, 0) + r.gate(hidden, 0));
    Tensor reset = r.activate(0, r.gate(inputs, 1) + r.gate(hidden, 1));
    Tensor past =
        linear ? reset * r.gate(hidden, 2) : b.matmul(reset * r.h, last);
    Tensor candidate = r.activate(1, r.gate(inputs, 2) + past);
    return (1.0 - z) * candidate + z * r.h;
  });
}

RecurrentResult dlc::rnn(TensorBuilder &b, const RecurrentSpec &spec) {
  if (!spec.recurrent)
    return {};
  Recurrence r(b, spec);
  Tensor recurrent = b.transposeLast(spec.recurrent);
  return r.run(sumOf(spec.weightBias, spec.recurrentBias), [&](Tensor inputs) {
    return r.activate(0, inputs + b.matmul(r.h, recurrent));
  });
}
