//===- Sequence.cpp - sequences and optionals -------------------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Where it is known when a model is compiled how many tensors a sequence holds,
// nothing is left of it but the tensors; else it is one of the run time's.

#include "Frontend/ONNX/Ops.h"

#include "Frontend/Common/TensorDetail.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace dlc;

static bool isNull(Tensor x) { return !x; }

static bool isSequence(Tensor x) {
  return isa<SequenceType>(x.value().getType());
}

Type onnx::sequenceType(Type read) {
  if (auto optional = dyn_cast<graph::OptionalType>(read)) {
    Type held = sequenceType(optional.getElementType());
    auto tensor = dyn_cast<TensorType>(optional.getElementType());
    if (!held && tensor && elementBits(tensor.getElementType()) != 0)
      held = tensor;
    return held && !isa<OptionalType>(held) ? OptionalType::get(held) : Type();
  }
  auto sequence = dyn_cast<graph::SequenceType>(read);
  auto tensor =
      sequence ? dyn_cast<TensorType>(sequence.getElementType()) : TensorType();
  return tensor && elementBits(tensor.getElementType()) != 0
             ? SequenceType::get(tensor)
             : Type();
}

/// A number that only the run knows must be at least 1.
static void requirePositive(TensorBuilder &b, Dim number, StringRef message) {
  Value given = b.indexValue(number), one = b.indexValue(b.dim(1));
  Value holds = b.opBuilder().createOrFold<arith::CmpIOp>(
      b.getLoc(), arith::CmpIPredicate::sge, given, one);
  CheckOp::create(b.opBuilder(), b.getLoc(), holds, message, given);
}

/// The position that input i gives, checked.
static Dim positionAt(TensorBuilder &b, NodeArgs &n, size_t i, Tensor list,
                      bool orBehind = false) {
  Tensor given = n.input(i, "position");
  Dim at = given ? b.index(given) : Dim();
  return at ? b.position(list, at, orBehind) : Dim();
}

static Tensors sequenceEmpty(TensorBuilder &b, NodeArgs &n) {
  Type type = onnx::elementType(b.context(), n.integer("dtype", 1),
                                /*orComplex=*/true);
  if (!type)
    return n.error("attribute 'dtype' names no supported type");
  return b.sequence({}, type);
}

static Tensors sequenceConstruct(TensorBuilder &b, NodeArgs &n) {
  SmallVector<Tensor> all = n.allInputs();
  return n.failed() ? Tensor() : b.sequence(all, all.front().elementType());
}

static Tensors sequenceInsert(TensorBuilder &b, NodeArgs &n) {
  Tensor list = n.sequence(0), x = n.input(1, "tensor");
  if (n.failed())
    return {};
  Dim at = n.has(2) ? positionAt(b, n, 2, list, true) : b.length(list);
  return at ? b.insertItem(list, x, at) : Tensor();
}

static Tensors sequenceErase(TensorBuilder &b, NodeArgs &n) {
  Tensor list = n.sequence(0);
  if (n.failed())
    return {};
  Dim at = n.has(1) ? positionAt(b, n, 1, list) : b.position(list, b.dim(-1));
  return at ? b.eraseItem(list, at) : Tensor();
}

static Tensors sequenceAt(TensorBuilder &b, NodeArgs &n) {
  Tensor list = n.sequence(0);
  Dim at = list ? positionAt(b, n, 1, list) : Dim();
  return at ? b.itemAt(list, at) : Tensor();
}

static Tensors sequenceLength(TensorBuilder &b, NodeArgs &n) {
  Tensor list = n.sequence(0);
  return list ? b.fromDim(b.length(list)) : Tensor();
}

//===----------------------------------------------------------------------===//
// ConcatFromSequence
//===----------------------------------------------------------------------===//

/// Joined one after the other; the tensor of each step must fit those before.
static Tensor concatAll(TensorBuilder &b, NodeArgs &n, Tensor list,
                        int64_t axis, bool isNew) {
  Dim count = b.length(list);
  requirePositive(b, count, "an empty sequence has nothing to join");
  Tensor first = b.itemAt(list, b.dim(0));
  auto asRows = [&](Tensor x) {
    return isNew ? b.unsqueeze(x, {0}) : b.moveAxis(x, axis, 0);
  };
  Dims sizes = first ? b.dims(first) : Dims();
  Tensor start = asRows(first);
  if (!start)
    return {};
  Dims none = b.dims(start);
  none.front() = b.dim(0);
  start = b.slice(start, Dims(none.size(), b.dim(0)), none);
  std::optional<LoopEnd> end =
      b.iterate(count, Tensor(), {start}, [&](Dim i, ArrayRef<Tensor> state) {
        LoopStep step;
        Tensor x = b.itemAt(list, i);
        if (!x)
          return step;
        // Checked before anything is computed of it.
        Dims own = b.dims(x);
        for (auto [d, size] : llvm::enumerate(own)) {
          if (!isNew && static_cast<int64_t>(d) == axis)
            continue;
          b.require(sizes[d], size,
                    "tensors to join have % and % elements along a dimension");
          size = sizes[d];
        }
        Tensor rows = asRows(b.reshape(x, own));
        if (!rows)
          return step;
        step.state.push_back(b.concat({state.front(), rows}, 0));
        step.failed = !step.state.front();
        return step;
      });
  return end ? b.moveAxis(end->state.front(), 0, axis) : Tensor();
}

static Tensors concatFromSequence(TensorBuilder &b, NodeArgs &n) {
  Tensor list = n.sequence(0);
  if (n.failed())
    return {};
  bool isNew = n.flag("new_axis", false);
  std::optional<Tensors> items = b.itemsOf(list);
  auto type = dyn_cast<RankedTensorType>(tensorsOf(list.value().getType()));
  if (items && items->empty())
    return n.error("an empty sequence has nothing to join");
  if (!type && !items)
    return n.error("the rank of the sequence's tensors is not known");
  int64_t rank = (items ? items->front().rank() : type.getRank()) + isNew;
  int64_t axis = n.axis("axis", std::nullopt, rank);
  if (n.failed())
    return {};
  if (!items)
    return concatAll(b, n, list, axis, isNew);
  for (Tensor &x : *items)
    x = isNew && x.rank() < rank ? b.unsqueeze(x, {axis}) : x;
  return b.concat(*items, axis);
}

//===----------------------------------------------------------------------===//
// SplitToSequence
//===----------------------------------------------------------------------===//

namespace {
struct Splitter {
  TensorBuilder &b;
  NodeArgs &n;
  Tensor x;
  int64_t axis;
  bool keeps;

  Tensor split();

private:
  /// More tensors than a program handles one by one.
  static constexpr int64_t most = 256;

  Dim size() { return b.dim(x, axis); }
  Tensor part(Dim from, Dim length) {
    Tensor part = b.sliceAxis(x, axis, from, length);
    return keeps ? part : b.squeeze(part, {axis});
  }
  Tensor intoGiven(ArrayRef<Dim> parts);
  Tensor intoListed(Tensor parts);
  Tensor intoEqual(Dim each);
};
} // namespace

static std::string misfit() {
  return "parts of % elements don't fit a dimension of size %";
}

/// Parts of sizes that are known one by one.
Tensor Splitter::intoGiven(ArrayRef<Dim> parts) {
  Dim sum = b.dim(0);
  Tensors list;
  for (Dim length : parts) {
    if (isKnown(length) && staticDim(length) < 0)
      return n.error("'split' has the negative size " +
                     Twine(staticDim(length)));
    list.push_back(part(sum, length));
    sum = b.sizes().add(sum, length);
  }
  if (contradict(sum, size()))
    return n.error("parts of " + Twine(staticDim(sum)) +
                   " elements don't fit a dimension of size " +
                   Twine(staticDim(size())));
  b.require(sum, size(), misfit());
  return b.sequence(list, x.elementType());
}

/// Of the sizes that a tensor lists.
Tensor Splitter::intoListed(Tensor parts) {
  Tensors starts{b.sequence({}, x.elementType()),
                 b.scalar(int64_t(0), b.i64())};
  std::optional<LoopEnd> end = b.iterate(
      b.dim(parts, 0), Tensor(), starts, [&](Dim i, ArrayRef<Tensor> state) {
        LoopStep step;
        Dim from = b.index(state[1]),
            length = b.index(b.sliceAxis(parts, 0, i, b.dim(1)));
        Tensor x = from && length ? part(from, length) : Tensor();
        if (!x)
          return step;
        step.state = {b.insertItem(state[0], x, b.length(state[0])),
                      b.fromDim(b.sizes().add(from, length))};
        step.failed = !step.state[0] || !step.state[1];
        return step;
      });
  Dim sum = end ? b.index(end->state[1]) : Dim();
  if (!sum)
    return {};
  b.require(sum, size(), misfit());
  return end->state[0];
}

/// All of one size, but for the last.
Tensor Splitter::intoEqual(Dim each) {
  ShapeAlgebra s = b.sizes();
  if (isKnown(each) && staticDim(each) < 1)
    return n.error("'split' is not a positive number");
  if (isKnown(each) && isKnown(size()) &&
      llvm::divideCeil(staticDim(size()), staticDim(each)) <= most) {
    Dims parts;
    for (int64_t left = staticDim(size()); left > 0; left -= staticDim(each))
      parts.push_back(b.dim(std::min(left, staticDim(each))));
    return intoGiven(parts);
  }
  if (!isKnown(each)) {
    requirePositive(b, each, "'split' is %, not a positive number");
    // Divisions come before the check where they may.
    each = s.max(each, b.dim(1));
  }
  // Of no more than the whole.
  bool single = isKnown(each) && staticDim(each) == 1;
  if (!single)
    each = s.min(each, s.max(size(), b.dim(1)));
  Dim count = s.floorDiv(s.sub(s.add(size(), each), b.dim(1)), each);
  std::optional<LoopEnd> end = b.iterate(
      count, Tensor(), {b.sequence({}, x.elementType())},
      [&](Dim i, ArrayRef<Tensor> state) {
        LoopStep step;
        Dim from = s.mul(i, each);
        // What is left is never less than one.
        Tensor x = part(from, single ? each : s.min(each, s.sub(size(), from)));
        if (!x)
          return step;
        step.state = {b.insertItem(state[0], x, b.length(state[0]))};
        step.failed = !step.state[0];
        return step;
      });
  return end ? end->state[0] : Tensor();
}

/// The number that a list of open length repeats.
static std::optional<int64_t> repeatedIn(TensorBuilder &b, Tensor list) {
  auto fill = list.value().getDefiningOp<BroadcastOp>();
  std::optional<Ints> value =
      fill ? b.constantInts(b.wrap(fill.getInput())) : std::nullopt;
  return value && value->size() == 1 ? std::optional(value->front())
                                     : std::nullopt;
}

Tensor Splitter::split() {
  if (!n.has(1))
    return intoEqual(b.dim(1));
  Tensor given = n.input(1, "split");
  if (!given)
    return {};
  if (given.rank() != 1) {
    Dim each = b.index(given);
    return each ? intoEqual(each) : Tensor();
  }
  if (given.type().isDynamicDim(0)) {
    std::optional<int64_t> each = repeatedIn(b, given);
    if (!each || *each < 1)
      return intoListed(given);
    b.require(b.sizes().mul(b.dim(given, 0), b.dim(*each)), size(), misfit());
    return intoEqual(b.dim(*each));
  }
  if (given.shape()[0] > most)
    return intoListed(given);
  std::optional<Dims> parts = b.indices(given);
  return parts ? intoGiven(*parts) : Tensor();
}

static Tensors splitToSequence(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0);
  if (!x)
    return {};
  int64_t axis = n.axis("axis", 0, x.rank());
  bool keeps = n.flag("keepdims", true) || n.has(1);
  if (n.failed())
    return {};
  return Splitter{b, n, x, axis, keeps}.split();
}

//===----------------------------------------------------------------------===//
// SequenceMap
//===----------------------------------------------------------------------===//

using MapStep = llvm::function_ref<Tensors(Dim)>;

/// Element by element; `isKnown`: each is.
static Tensors mapOver(TensorBuilder &b, Dim count, bool isKnown,
                       size_t outputs, MapStep step) {
  Tensors empty(outputs, b.sequence({}, NoneType::get(b.context())));
  if (!isKnown) {
    std::optional<LoopEnd> end =
        b.iterate(count, Tensor(), empty, [&](Dim i, ArrayRef<Tensor> state) {
          LoopStep next;
          Tensors given = step(i);
          for (auto [list, x] : llvm::zip(state, given))
            next.state.push_back(b.insertItem(list, x, b.length(list)));
          next.failed =
              given.empty() ||
              llvm::is_contained(llvm::map_range(next.state, isNull), true);
          return next;
        });
    return end ? end->state : Tensors();
  }
  Tensors lists = empty;
  for (int64_t i = 0; i < staticDim(count); ++i) {
    Tensors given = step(b.dim(i));
    if (given.empty())
      return {};
    for (auto [list, x] : llvm::zip(lists, given))
      if (!(list = b.insertItem(list, x, b.dim(i))))
        return {};
  }
  return lists;
}

/// The body for each element by itself.
static Tensors sequenceMap(TensorBuilder &b, NodeArgs &n) {
  SmallVector<Tensor> inputs;
  for (size_t i = 0; i < n.numInputs(); ++i)
    inputs.push_back(i == 0 ? n.sequence(i) : n.value(i));
  if (n.failed())
    return {};
  Dim count = b.length(inputs.front());
  bool isKnown = b.itemsOf(inputs.front()).has_value();
  for (Tensor x : ArrayRef(inputs).drop_front()) {
    if (!isSequence(x))
      continue;
    isKnown &= b.itemsOf(x).has_value();
    Dim other = b.length(x);
    if (contradict(count, other))
      return n.error("sequences of " + Twine(staticDim(count)) + " and " +
                     Twine(staticDim(other)) + " tensors");
    b.require(count, other, "sequences of % and % tensors");
    count = b.sizes().same(count, other);
  }
  size_t outputs = n.numOutputs();
  auto step = [&](Dim i) {
    SmallVector<Tensor> args;
    for (Tensor x : inputs)
      args.push_back(isSequence(x) ? b.itemAt(x, i) : x);
    if (llvm::any_of(args, isNull))
      return Tensors();
    Tensors given = n.run("body", args);
    if (!given.empty() && given.size() != outputs)
      n.error("the body gives " + Twine(given.size()) + " tensors, expected " +
              Twine(outputs));
    return n.failed() || llvm::any_of(given, isNull) ? Tensors() : given;
  };
  return mapOver(b, count, isKnown, n.numOutputs(), step);
}

//===----------------------------------------------------------------------===//
// Optionals
//===----------------------------------------------------------------------===//

static Tensors makeOptional(TensorBuilder &b, NodeArgs &n) {
  if (n.has(0)) {
    n.ignore("type");
    return b.optional(n.value(0));
  }
  Type read = n.type("type");
  if (!read)
    return {};
  Type type = onnx::sequenceType(graph::OptionalType::get(read));
  return type ? b.none(type)
              : n.error("an optional of type " + describe(read) +
                        " is not supported");
}

static Tensors getElement(TensorBuilder &b, NodeArgs &n) {
  if (!n.has(0))
    return n.error("the optional is empty");
  return b.heldBy(n.value(0));
}

static Tensors hasElement(TensorBuilder &b, NodeArgs &n) {
  if (!n.has(0) || !isa<OptionalType>(n.value(0).value().getType()))
    return b.scalar(int64_t(n.has(0)), b.boolean());
  OpBuilder &ops = b.opBuilder();
  Value one = b.indexValue(b.dim(1)), zero = b.indexValue(b.dim(0));
  Value there = ops.createOrFold<arith::SelectOp>(
      b.getLoc(), b.isThere(n.value(0)), one, zero);
  return b.ne(b.fromDim(getAsOpFoldResult(there)), 0.0);
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
      {"Optional", 15, makeOptional, {0, 1}, {1, 1}, true},
      {"OptionalGetElement", 15, getElement, {0, 1}, {1, 1}, true},
      {"OptionalHasElement", 15, hasElement, {0, 1}, {1, 1}, true},
  };
  return rows;
}
