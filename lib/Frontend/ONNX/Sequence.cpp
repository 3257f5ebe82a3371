//===- Sequence.cpp - sequences and optionals -------------------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// How many tensors a sequence holds is known when a model is compiled, or it is
// refused: so nothing of it is left but the tensors. An optional is what it
// holds, or a value that is left out.

#include "Frontend/ONNX/Ops.h"

#include "Frontend/Common/TensorDetail.h"

using namespace mlir;
using namespace dlc;

/// Makes the only output this list.
static Tensors give(NodeArgs &n, const Tensors &list) {
  for (Tensor x : list)
    if (!x)
      return {};
  for (Tensor x : list)
    if (x.elementType() != list.front().elementType())
      return n.error("a sequence of tensors of type " +
                     describe(list.front().elementType()) + " can't hold " +
                     describe(x.type()));
  n.give(0, list);
  return Tensor();
}

/// A place in a list, which may be counted from its end.
static std::optional<size_t> position(NodeArgs &n, size_t i, size_t count) {
  std::optional<Ints> given = n.constantInts(i, "position");
  if (!given)
    return std::nullopt;
  int64_t size = static_cast<int64_t>(count);
  int64_t at = given->size() == 1 ? given->front() : size;
  if (given->size() != 1 || at < -size || at >= size) {
    n.error("position " + Twine(at) + " is out of range for a sequence of " +
            Twine(count));
    return std::nullopt;
  }
  return at < 0 ? at + size : at;
}

static Tensors sequenceEmpty(TensorBuilder &, NodeArgs &n) {
  n.ignore("dtype");
  return give(n, {});
}

static Tensors sequenceConstruct(TensorBuilder &, NodeArgs &n) {
  SmallVector<Tensor> all = n.allInputs();
  return give(n, Tensors(all.begin(), all.end()));
}

static Tensors sequenceInsert(TensorBuilder &, NodeArgs &n) {
  Tensors list = n.list(0);
  Tensor x = n.input(1, "tensor");
  if (n.failed())
    return {};
  // Behind the last one, too.
  std::optional<size_t> at = list.size();
  if (n.has(2)) {
    std::optional<Ints> given = n.constantInts(2, "position");
    if (!given)
      return {};
    if (*given != Ints{static_cast<int64_t>(list.size())})
      at = position(n, 2, list.size());
  }
  if (!at)
    return {};
  list.insert(list.begin() + *at, x);
  return give(n, list);
}

static Tensors sequenceErase(TensorBuilder &, NodeArgs &n) {
  Tensors list = n.list(0);
  std::optional<size_t> at = list.size() - 1;
  if (n.failed())
    return {};
  if (n.has(1))
    at = position(n, 1, list.size());
  else if (list.empty())
    return n.error("the sequence is empty");
  if (!at)
    return {};
  list.erase(list.begin() + *at);
  return give(n, list);
}

static Tensors sequenceAt(TensorBuilder &, NodeArgs &n) {
  Tensors list = n.list(0);
  if (n.failed())
    return {};
  std::optional<size_t> at = position(n, 1, list.size());
  return at ? Tensors(list[*at]) : Tensors();
}

static Tensors sequenceLength(TensorBuilder &b, NodeArgs &n) {
  return b.scalar(static_cast<int64_t>(n.list(0).size()), b.i64());
}

static Tensors concatFromSequence(TensorBuilder &b, NodeArgs &n) {
  Tensors list = n.list(0);
  if (n.failed())
    return {};
  if (list.empty())
    return n.error("an empty sequence has nothing to join");
  bool isNew = n.flag("new_axis", false);
  int64_t rank = list.front().rank() + isNew;
  int64_t axis = n.axis("axis", std::nullopt, rank);
  if (n.failed())
    return {};
  for (Tensor &x : list)
    x = isNew && x.rank() < rank ? b.unsqueeze(x, {axis}) : x;
  return b.concat(list, axis);
}

/// The sizes of the parts along a dimension: given, all the same but for the
/// last, or 1.
static std::optional<Dims> partSizes(TensorBuilder &b, NodeArgs &n, Dim size) {
  if (n.has(1) && n.input(1).rank() == 1) {
    std::optional<Dims> parts = b.indices(n.input(1));
    if (parts) {
      Dim sum = b.dim(0);
      for (Dim part : *parts)
        sum = b.sizes().add(sum, part);
      if (contradict(sum, size))
        return n.error("parts of " + Twine(staticDim(sum)) +
                       " elements don't fit a dimension of size " +
                       Twine(staticDim(size))),
               std::nullopt;
      b.require(sum, size,
                "parts of % elements don't fit a dimension of size %");
    }
    return parts;
  }
  Ints each{1};
  if (n.has(1)) {
    std::optional<Ints> given = n.constantInts(1, "split");
    if (!given)
      return std::nullopt;
    each = *given;
  }
  if (!isKnown(size))
    return n.error("a sequence of as many tensors as a dimension that is not "
                   "known at compile time is not supported"),
           std::nullopt;
  if (each.size() != 1 || each.front() < 1)
    return n.error("'split' is not a positive number"), std::nullopt;
  Dims parts;
  for (int64_t left = staticDim(size); left > 0; left -= each.front())
    parts.push_back(b.dim(std::min(left, each.front())));
  return parts;
}

static Tensors splitToSequence(TensorBuilder &b, NodeArgs &n) {
  // More tensors than any program handles one by one.
  constexpr size_t most = 4096;
  Tensor x = n.input(0);
  if (!x)
    return {};
  int64_t axis = n.axis("axis", 0, x.rank());
  bool keeps = n.flag("keepdims", true) || n.has(1);
  if (n.failed())
    return {};
  if (int64_t size = x.shape()[axis]; !n.has(1) && size > int64_t(most))
    return n.error("a sequence of " + Twine(size) + " tensors is too long");
  std::optional<Dims> parts = partSizes(b, n, b.dim(x, axis));
  if (!parts)
    return {};
  if (parts->size() > most)
    return n.error("a sequence of " + Twine(parts->size()) +
                   " tensors is too long");
  Tensors list = b.split(x, axis, *parts);
  for (Tensor &part : list)
    part = keeps ? part : b.squeeze(part, {axis});
  return give(n, list);
}

/// The body for each element by itself.
static Tensors sequenceMap(TensorBuilder &b, NodeArgs &n) {
  size_t count = n.list(0).size();
  SmallVector<Tensors> outputs(n.numOutputs());
  for (size_t k = 0; !n.failed() && k < count; ++k) {
    SmallVector<Tensor> args;
    for (size_t i = 0; i < n.numInputs(); ++i) {
      Tensors list = n.isList(i) ? n.list(i) : Tensors(count, n.input(i));
      if (list.size() != count)
        return n.error("sequences of " + Twine(count) + " and " +
                       Twine(list.size()) + " tensors");
      args.push_back(list[k]);
    }
    Tensors given = n.run("body", args);
    if (given.size() != outputs.size() ||
        llvm::any_of(given, [](Tensor x) { return !x; }))
      return {};
    for (auto [output, x] : llvm::zip(outputs, given))
      output.push_back(x);
  }
  for (auto [i, output] : llvm::enumerate(outputs))
    n.give(i, output);
  return Tensors(outputs.size(), Tensor());
}

/// Hands on what it is given: a tensor, a sequence or nothing.
static Tensors passOn(TensorBuilder &, NodeArgs &n) {
  if (n.hasAttr("type"))
    n.ignore("type");
  if (n.isList(0))
    return give(n, n.list(0));
  return n.has(0) ? n.input(0) : Tensor();
}

static Tensors getElement(TensorBuilder &b, NodeArgs &n) {
  if (!n.has(0))
    return n.error("the optional is empty");
  return passOn(b, n);
}

static Tensors hasElement(TensorBuilder &b, NodeArgs &n) {
  return b.scalar(int64_t(n.has(0)), b.boolean());
}

ArrayRef<OpRow> onnx::sequenceOps() {
  static const OpRow rows[] = {
      {"SequenceEmpty", 11, sequenceEmpty, {0, 0}, {1, 1}, true},
      {"SequenceConstruct", 11, sequenceConstruct, {1, kMany}, {1, 1}},
      {"SequenceInsert", 11, sequenceInsert, {2, 3}, {1, 1}, true},
      {"SequenceErase", 11, sequenceErase, {1, 2}, {1, 1}, true},
      {"SequenceAt", 11, sequenceAt, {2, 2}, {1, 1}, true},
      {"SequenceLength", 11, sequenceLength, {1, 1}, {1, 1}, true},
      {"ConcatFromSequence", 11, concatFromSequence, {1, 1}, {1, 1}, true},
      {"SplitToSequence", 11, splitToSequence, {1, 2}, {1, 1}},
      {"SequenceMap", 17, sequenceMap, {1, kMany}, {1, kMany}, true},
      {"Optional", 15, passOn, {0, 1}, {1, 1}, true},
      {"OptionalGetElement", 15, getElement, {0, 1}, {1, 1}, true},
      {"OptionalHasElement", 15, hasElement, {0, 1}, {1, 1}, true},
  };
  return rows;
}
