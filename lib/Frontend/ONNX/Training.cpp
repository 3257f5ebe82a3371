//===- Training.cpp - gradients, steps of optimisers ------------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Of the domain ai.onnx.preview.training. Each optimiser takes the learning
// rate, how often it was run, then all tensors, their gradients and one or two
// lists of states; it gives the new tensors and states in the same order.

#include "Frontend/Common/Gradient.h"
#include "Frontend/Common/TensorDetail.h"
#include "Frontend/ONNX/Ops.h"

using namespace mlir;
using namespace dlc;

namespace {
/// One tensor's step.
struct Step {
  Tensor rate, count, x, gradient;
  SmallVector<Tensor, 2> states;
};
} // namespace

/// The new tensor and states.
using Update = Tensors (*)(TensorBuilder &, NodeArgs &, const Step &);

template <Update update, int64_t states>
static Tensors optimise(TensorBuilder &b, NodeArgs &n) {
  SmallVector<Tensor> all = n.allInputs();
  constexpr int64_t lists = 2 + states;
  if (n.failed())
    return Tensor();
  int64_t count = (static_cast<int64_t>(all.size()) - 2) / lists;
  if (static_cast<int64_t>(all.size()) != 2 + count * lists)
    return n.error("has " + Twine(all.size()) + " inputs, expected 2 and " +
                   Twine(lists) + " for each tensor");
  double norm = n.real("norm_coefficient", 0);
  Tensors results((1 + states) * count);
  for (int64_t i = 0; i < count; ++i) {
    auto listed = [&](int64_t list) { return all[2 + list * count + i]; };
    Step step{all[0], all[1], listed(0), listed(1), {}};
    for (int64_t list = 2; list < lists; ++list)
      step.states.push_back(listed(list));
    Type type = step.x.elementType();
    auto scalar = [&](Tensor t) {
      return b.reshape(b.cast(t, type), ArrayRef<int64_t>());
    };
    step.rate = scalar(step.rate);
    step.count = scalar(step.count);
    step.gradient = step.gradient + step.x * norm;
    Tensors made = update(b, n, step);
    for (auto [list, tensor] : llvm::enumerate(made))
      results[list * count + i] = tensor;
  }
  return results;
}

static Tensors adagrad(TensorBuilder &b, NodeArgs &n, const Step &s) {
  double decay = n.real("decay_factor", 0), epsilon = n.real("epsilon", 1e-6);
  Tensor rate = s.rate / (s.count * decay + 1.0);
  Tensor squares = s.states[0] + b.square(s.gradient);
  Tensor step = rate * s.gradient / (b.sqrt(squares) + epsilon);
  return {s.x - step, squares};
}

static Tensors adam(TensorBuilder &b, NodeArgs &n, const Step &s) {
  double alpha = n.real("alpha", 0.9), beta = n.real("beta", 0.999),
         epsilon = n.real("epsilon", 1e-6),
         after = n.real("norm_coefficient_post", 0);
  Tensor momentum = s.states[0] * alpha + s.gradient * (1 - alpha);
  Tensor squares = s.states[1] * beta + b.square(s.gradient) * (1 - beta);
  auto left = [&](double factor) {
    return 1.0 - b.pow(b.like(factor, s.count), s.count);
  };
  Tensor corrected = s.rate * b.sqrt(left(beta)) / left(alpha);
  Tensor rate = b.select(b.gt(s.count, 0.0), corrected, s.rate);
  Tensor x = s.x - rate * momentum / (b.sqrt(squares) + epsilon);
  return {after == 0 ? x : x * (1 - after), momentum, squares};
}

static Tensors momentum(TensorBuilder &b, NodeArgs &n, const Step &s) {
  double alpha = n.real("alpha"), beta = n.real("beta");
  StringRef mode = n.string("mode");
  if (mode != "standard" && mode != "nesterov")
    return n.error("attribute 'mode' is '" + mode +
                   "', expected standard or nesterov");
  Tensor share =
      b.select(b.gt(s.count, 0.0), b.like(beta, s.count), b.like(1, s.count));
  Tensor velocity = s.states[0] * alpha + s.gradient * share;
  Tensor step = mode == "standard" ? velocity : s.gradient + velocity * alpha;
  return {s.x - s.rate * step, velocity};
}

/// The reader has made a graph of the tensors that the attributes name.
static Tensors gradientOf(TensorBuilder &b, NodeArgs &n) {
  SmallVector<Tensor> inputs = n.allInputs();
  auto names = n.strings("xs").value_or(SmallVector<StringRef>());
  auto fixed = n.strings("zs").value_or(SmallVector<StringRef>());
  n.ignore("y");
  if (n.failed())
    return Tensor();
  if (inputs.size() != names.size() + fixed.size())
    return n.error("has " + Twine(inputs.size()) + " inputs for " +
                   Twine(names.size()) + " names in 'xs' and " +
                   Twine(fixed.size()) + " in 'zs'");
  if (n.numOutputs() > names.size())
    return n.error("has " + Twine(n.numOutputs()) + " outputs for " +
                   Twine(names.size()) + " names in 'xs'");
  SmallVector<Tensor> xs;
  for (auto [i, x] : llvm::enumerate(inputs))
    if (i < names.size())
      xs.push_back(x = independent(b, x));
  Tensors y = n.run("y", inputs);
  return y.size() == 1 ? gradient(b, y.front(), xs) : Tensor();
}

ArrayRef<OpRow> dlc::onnx::trainingOps() {
  static const OpRow rows[] = {
      {"Gradient", 1, gradientOf, {1, kMany}, {1, kMany}},
      {"Adagrad", 1, optimise<adagrad, 1>, {5, kMany}, {2, kMany}},
      {"Adam", 1, optimise<adam, 2>, {6, kMany}, {3, kMany}},
      {"Momentum", 1, optimise<momentum, 1>, {5, kMany}, {2, kMany}},
  };
  return rows;
}
