//===- ControlFlow.cpp - If, Loop and Scan ----------------------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Frontend/ONNX/Ops.h"

#include "Frontend/Common/TensorDetail.h"

using namespace mlir;
using namespace dlc;

static Tensors ifElse(TensorBuilder &b, NodeArgs &n) {
  Tensor condition = n.input(0, "cond");
  if (!condition)
    return {};
  if (!condition.isBool())
    return n.error("the condition is " + describe(condition.type()) +
                   ", expected one bool");
  std::string ranksDiffer;
  Tensors all = b.branch(
      condition, [&] { return n.runAny("then_branch", {}); },
      [&] { return n.runAny("else_branch", {}); }, &ranksDiffer);
  if (!ranksDiffer.empty())
    n.fork(ranksDiffer);
  return all;
}

static Tensors joined(const std::optional<LoopEnd> &end) {
  if (!end)
    return {};
  Tensors all = end->state;
  llvm::append_range(all, end->stacks);
  return all;
}

/// What a body gives, its condition taken off: the state, then rows.
static LoopStep stepOf(Tensors given, size_t states) {
  LoopStep step;
  if (given.size() < states ||
      llvm::is_contained(llvm::map_range(given, [](Tensor x) { return !x; }),
                         true))
    return step;
  step.failed = false;
  step.state.assign(given.begin(), given.begin() + states);
  step.rows.assign(given.begin() + states, given.end());
  return step;
}

static Tensors loop(TensorBuilder &b, NodeArgs &n) {
  Dim trips =
      n.has(0) ? b.index(b.reshape(n.input(0), ArrayRef<int64_t>())) : Dim();
  Tensor condition = n.has(1) ? n.input(1) : Tensor();
  if ((n.has(0) && !trips) || n.failed())
    return {};
  if (condition && !condition.isBool())
    return n.error("the condition is " + describe(condition.type()) +
                   ", expected one bool");
  SmallVector<Tensor> inits;
  for (size_t i = 2; i < n.numInputs(); ++i)
    inits.push_back(n.value(i, "v_initial"));
  if (n.failed())
    return {};
  size_t outputs = n.numOutputs();
  return joined(
      b.iterate(trips, condition, inits, [&](Dim i, ArrayRef<Tensor> state) {
        // There is a step only where the condition holds.
        SmallVector<Tensor> args{b.fromDim(i),
                                 b.scalar(int64_t(1), b.boolean())};
        llvm::append_range(args, state);
        Tensors given = n.runAny("body", args);
        if (given.empty() || !given.front())
          return LoopStep();
        if (given.size() != outputs + 1 || given.front().isSequence() ||
            !given.front().isBool()) {
          n.error("the body gives " + Twine(given.size()) +
                  " tensors, expected a condition and " + Twine(outputs));
          return LoopStep();
        }
        Tensor again = given.front();
        given.erase(given.begin());
        LoopStep step = stepOf(given, state.size());
        // Without a condition the body's is ignored, the standard says; with
        // no count either, nothing else could end the loop.
        step.condition = condition || !trips ? again : Tensor();
        return step;
      }));
}

//===----------------------------------------------------------------------===//
// Scan
//===----------------------------------------------------------------------===//

namespace {
/// Where an input is taken from, or an output goes to.
struct ScanAxis {
  int64_t axis = 0;
  bool reversed = false;
};

struct ScanSpec {
  SmallVector<Tensor> state, inputs;
  SmallVector<ScanAxis> from, to;
  size_t outputs; ///< states and stacks
};
} // namespace

/// Reads one of the attributes that give a number for each of `count`.
static bool perScan(NodeArgs &n, StringRef name, size_t count, Ints &values) {
  values.assign(count, 0);
  if (!n.hasAttr(name))
    return true;
  std::optional<Ints> given = n.integers(name);
  if (!given)
    return false;
  if (given->size() != count)
    return n.error("attribute '" + name + "' has " + Twine(given->size()) +
                   " values, expected " + Twine(count)),
           false;
  values = *given;
  return true;
}

static bool readAxes(NodeArgs &n, StringRef axesName, StringRef directionsName,
                     size_t count, SmallVector<ScanAxis> &result) {
  Ints axes, directions;
  if (!(axesName.empty() || perScan(n, axesName, count, axes)) ||
      !perScan(n, directionsName, count, directions))
    return false;
  axes.resize(count, 0);
  for (auto [axis, direction] : llvm::zip(axes, directions)) {
    if (direction != 0 && direction != 1)
      return n.error("attribute '" + directionsName + "' holds " +
                     Twine(direction) + ", expected 0 or 1"),
             false;
    result.push_back({axis, direction == 1});
  }
  return true;
}

/// Brings the axis of each input to the front.
static bool bringToFront(TensorBuilder &b, NodeArgs &n, ScanSpec &spec) {
  for (auto [x, from] : llvm::zip(spec.inputs, spec.from)) {
    if (!x)
      return false;
    if (from.axis < 0)
      from.axis += x.rank();
    if (from.axis < 0 || from.axis >= x.rank())
      return n.error("scan input of type " + describe(x.type()) +
                     " has no such axis"),
             false;
    x = b.moveAxis(x, from.axis, 0);
    if (from.reversed)
      x = b.reverse(x, {0});
  }
  return true;
}

static Tensors scanOver(TensorBuilder &b, NodeArgs &n, const ScanSpec &spec,
                        Dim trips) {
  std::optional<LoopEnd> end = b.iterate(
      trips, Tensor(), spec.state, [&](Dim i, ArrayRef<Tensor> state) {
        SmallVector<Tensor> args(state);
        for (Tensor x : spec.inputs)
          args.push_back(b.squeeze(b.sliceAxis(x, 0, i, b.dim(1)), {0}));
        Tensors given = n.run("body", args);
        if (!given.empty() && given.size() != spec.outputs) {
          n.error("the body gives " + Twine(given.size()) +
                  " tensors, expected " + Twine(spec.outputs));
          return LoopStep();
        }
        return stepOf(given, state.size());
      });
  if (!end)
    return {};
  for (auto [stack, to] : llvm::zip(end->stacks, spec.to)) {
    if (to.reversed)
      stack = b.reverse(stack, {0});
    int64_t axis = to.axis < 0 ? to.axis + stack.rank() : to.axis;
    if (axis < 0 || axis >= stack.rank())
      return n.error("scan output of type " + describe(stack.type()) +
                     " has no axis " + Twine(to.axis));
    stack = b.moveAxis(stack, 0, axis);
  }
  return joined(end);
}

/// The steps are as many as all inputs have rows.
static Dim countOf(TensorBuilder &b, NodeArgs &n, ArrayRef<Tensor> inputs,
                   int64_t axis) {
  Dim count = b.dim(inputs.front(), axis);
  for (Tensor x : inputs.drop_front()) {
    Dim other = b.dim(x, axis);
    if (contradict(count, other)) {
      n.error("scan inputs have " + Twine(staticDim(count)) + " and " +
              Twine(staticDim(other)) + " elements along their axes");
      return {};
    }
    b.require(count, other,
              "scan inputs have % and % elements along their axes");
    count = b.sizes().same(count, other);
  }
  return count;
}

static bool readCounts(NodeArgs &n, size_t first, ScanSpec &spec) {
  int64_t scans = n.integer("num_scan_inputs");
  int64_t states = static_cast<int64_t>(n.numInputs() - first) - scans;
  spec.outputs = n.numOutputs();
  if (n.failed())
    return false;
  if (scans < 1 || states < 0 || states > static_cast<int64_t>(spec.outputs))
    return n.error(Twine(n.numInputs() - first) + " inputs and " +
                   Twine(spec.outputs) + " outputs don't fit " + Twine(scans) +
                   " scan inputs"),
           false;
  for (size_t i = first; i < n.numInputs(); ++i)
    (i < first + states ? spec.state : spec.inputs)
        .push_back(n.input(i, "initial_state_and_scan_inputs"));
  return !n.failed();
}

static Tensors scan9(TensorBuilder &b, NodeArgs &n) {
  ScanSpec spec;
  if (!readCounts(n, 0, spec) ||
      !readAxes(n, "scan_input_axes", "scan_input_directions",
                spec.inputs.size(), spec.from) ||
      !readAxes(n, "scan_output_axes", "scan_output_directions",
                spec.outputs - spec.state.size(), spec.to) ||
      !bringToFront(b, n, spec))
    return {};
  Dim trips = countOf(b, n, spec.inputs, 0);
  return trips ? scanOver(b, n, spec, trips) : Tensors();
}

/// Each element of a batch by itself, as many of its rows as its length says.
static Tensors scan8(TensorBuilder &b, NodeArgs &n) {
  ScanSpec spec;
  if (!readCounts(n, 1, spec) ||
      !readAxes(n, "", "directions", spec.inputs.size(), spec.from))
    return {};
  for (Tensor x : llvm::concat<Tensor>(spec.state, spec.inputs))
    if (x.rank() < 1)
      return n.error("an input of type " + describe(x.type()) +
                     " has no batch dimension");
  for (Tensor x : spec.inputs)
    if (x.rank() < 2)
      return n.error("a scan input of type " + describe(x.type()) +
                     " has no sequence dimension");
  spec.to.resize(spec.outputs - spec.state.size());
  SmallVector<Tensor> all(spec.state);
  llvm::append_range(all, spec.inputs);
  Dim batch = countOf(b, n, all, 0), steps = countOf(b, n, spec.inputs, 1);
  if (!batch || !steps)
    return {};
  auto one = [&](Tensor x, Dim i) {
    return b.squeeze(b.sliceAxis(x, 0, i, b.dim(1)), {0});
  };
  std::optional<LoopEnd> end =
      b.iterate(batch, Tensor(), {}, [&](Dim i, ArrayRef<Tensor>) {
        ScanSpec inner = spec;
        for (Tensor &x : inner.state)
          x = one(x, i);
        for (auto [x, from] : llvm::zip(inner.inputs, inner.from)) {
          x = one(x, i);
          x = from.reversed ? b.reverse(x, {0}) : x;
        }
        Dim length = n.has(0) ? b.index(one(n.input(0), i)) : steps;
        Tensors given = length ? scanOver(b, n, inner, length) : Tensors();
        for (size_t k = spec.state.size(); n.has(0) && k < given.size(); ++k) {
          Dims low(given[k].rank(), b.dim(0)), high = low;
          high.front() = b.sizes().sub(steps, length);
          given[k] = b.pad(given[k], low, high);
        }
        return stepOf(given, given.empty() ? 1 : 0);
      });
  return joined(end);
}

ArrayRef<OpRow> onnx::controlOps() {
  static const OpRow rows[] = {
      {"If", 1, ifElse, {1, 1}, {0, kMany}},
      {"Loop", 1, loop, {0, kMany}, {0, kMany}, true},
      {"Scan", 8, scan8, {2, kMany}, {1, kMany}},
      {"Scan", 9, scan9, {1, kMany}, {1, kMany}},
  };
  return rows;
}
