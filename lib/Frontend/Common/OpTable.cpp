//===- OpTable.cpp - foreign operators by name and version -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Frontend/Common/OpTable.h"
#include "Frontend/Common/TensorDetail.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace dlc;

//===----------------------------------------------------------------------===//
// Inputs
//===----------------------------------------------------------------------===//

Tensor NodeArgs::error(const Twine &message) {
  bad = true;
  return b.error(message);
}

Tensor NodeArgs::input(size_t i, StringRef what) {
  Tensor x = value(i, what);
  if (!x || !x.isSequence())
    return x;
  return error("input " + Twine(i) + " is of type " +
               describe(x.value().getType()) + ", expected a tensor");
}

Tensor NodeArgs::sequence(size_t i) {
  Tensor x = value(i, "sequence");
  if (!x || isa<SequenceType>(x.value().getType()))
    return x;
  return error("input " + Twine(i) + " is of type " +
               describe(x.value().getType()) + ", expected a sequence");
}

Tensor NodeArgs::map(size_t i) {
  Tensor x = value(i, "map");
  if (!x || x.isMap())
    return x;
  return error("input " + Twine(i) + " is of type " +
               describe(x.value().getType()) + ", expected a map");
}

Tensor NodeArgs::value(size_t i, StringRef what) {
  if (has(i))
    return inputs[i];
  if (!bad)
    error("input " + Twine(i) +
          (what.empty() ? "" : " ('" + what.str() + "')") + " is missing");
  return {};
}

SmallVector<Tensor> NodeArgs::allInputs() {
  SmallVector<Tensor> result;
  for (size_t i = 0; i < std::max<size_t>(inputs.size(), 1); ++i)
    result.push_back(input(i));
  return result;
}

std::optional<Ints> NodeArgs::knownInts(size_t i) {
  if (!has(i) || inputs[i].isSequence())
    return std::nullopt;
  Tensor x = inputs[i];
  if (std::optional<Ints> values = b.constantInts(x))
    return values;
  // Sizes may be known where the tensor that holds them is not.
  if (!isa<IntegerType>(x.elementType()) || !x.type().hasStaticShape())
    return std::nullopt;
  std::optional<Dims> dims = b.indices(x);
  if (!dims || !llvm::all_of(*dims, isKnown))
    return std::nullopt;
  return staticDims(*dims);
}

std::optional<Ints> NodeArgs::constantInts(size_t i, StringRef what) {
  if (!input(i, what))
    return std::nullopt;
  std::optional<Ints> values = knownInts(i);
  if (!values)
    error("input " + Twine(i) + " ('" + what + "') must be constant integers");
  return values;
}

//===----------------------------------------------------------------------===//
// Attributes
//===----------------------------------------------------------------------===//

Attribute NodeArgs::attr(StringRef name, bool required) {
  asked.insert(name);
  Attribute found = node.getNodeAttr(name);
  if (!found && required)
    error("attribute '" + name + "' is missing");
  return found;
}

bool NodeArgs::hasAttr(StringRef name) { return bool(attr(name, false)); }

int64_t NodeArgs::integer(StringRef name, std::optional<int64_t> otherwise) {
  Attribute found = attr(name, !otherwise);
  if (auto value = dyn_cast_if_present<IntegerAttr>(found))
    if (value.getValue().getSignificantBits() <= 64)
      return value.getValue().getSExtValue();
  if (found)
    error("attribute '" + name + "' must be an integer");
  return otherwise.value_or(0);
}

double NodeArgs::real(StringRef name, std::optional<double> otherwise) {
  Attribute found = attr(name, !otherwise);
  if (auto value = dyn_cast_if_present<FloatAttr>(found))
    return value.getValueAsDouble();
  if (found)
    error("attribute '" + name + "' must be a float");
  // As an attribute would have it.
  return static_cast<float>(otherwise.value_or(0));
}

StringRef NodeArgs::string(StringRef name, std::optional<StringRef> otherwise) {
  Attribute found = attr(name, !otherwise);
  if (auto value = dyn_cast_if_present<StringAttr>(found))
    return value.getValue();
  if (found)
    error("attribute '" + name + "' must be a string");
  return otherwise.value_or("");
}

void NodeArgs::refuseChoice(StringRef name, StringRef given,
                            ArrayRef<StringRef> names) {
  error("attribute '" + name + "' is '" + given + "', expected " +
        llvm::join(names.drop_back(), ", ") + " or " + names.back());
}

std::optional<Ints> NodeArgs::integers(StringRef name) {
  Attribute found = attr(name, false);
  if (!found)
    return std::nullopt;
  if (auto array = dyn_cast<DenseI64ArrayAttr>(found))
    return Ints(array.asArrayRef());
  Ints result;
  auto array = dyn_cast<ArrayAttr>(found);
  for (Attribute item : array ? array.getValue() : ArrayRef<Attribute>()) {
    auto value = dyn_cast<IntegerAttr>(item);
    if (!value || value.getValue().getSignificantBits() > 64) {
      array = {};
      break;
    }
    result.push_back(value.getValue().getSExtValue());
  }
  if (!array)
    error("attribute '" + name + "' must be a list of integers");
  return result;
}

std::optional<SmallVector<double>> NodeArgs::reals(StringRef name) {
  Attribute found = attr(name, false);
  if (!found)
    return std::nullopt;
  SmallVector<double> result;
  if (auto array = dyn_cast<DenseF32ArrayAttr>(found)) {
    result.assign(array.asArrayRef().begin(), array.asArrayRef().end());
    return result;
  }
  auto array = dyn_cast<ArrayAttr>(found);
  for (Attribute item : array ? array.getValue() : ArrayRef<Attribute>()) {
    auto value = dyn_cast<FloatAttr>(item);
    if (!value) {
      array = {};
      break;
    }
    result.push_back(value.getValueAsDouble());
  }
  // An empty list has no kind of its own.
  bool isEmptyList =
      isa<DenseI64ArrayAttr>(found) && cast<DenseI64ArrayAttr>(found).empty();
  if (!array && !isEmptyList)
    error("attribute '" + name + "' must be a list of floats");
  return result;
}

std::optional<SmallVector<StringRef>> NodeArgs::strings(StringRef name) {
  Attribute found = attr(name, false);
  if (!found)
    return std::nullopt;
  SmallVector<StringRef> result;
  auto array = dyn_cast<ArrayAttr>(found);
  for (Attribute item : array ? array.getValue() : ArrayRef<Attribute>()) {
    auto value = dyn_cast<StringAttr>(item);
    if (!value) {
      array = {};
      break;
    }
    result.push_back(value.getValue());
  }
  if (!array)
    error("attribute '" + name + "' must be a list of strings");
  return result;
}

ElementsAttr NodeArgs::tensor(StringRef name) {
  Attribute found = attr(name, false);
  auto value = dyn_cast_if_present<ElementsAttr>(found);
  if (found && (!value || isa<DenseArrayAttr>(found))) {
    error("attribute '" + name + "' must be a tensor");
    return {};
  }
  return value;
}

bool NodeArgs::hasGraph(StringRef name) { return node.getGraph(name); }

Type NodeArgs::type(StringRef name) {
  Attribute found = attr(name, true);
  auto value = dyn_cast_if_present<TypeAttr>(found);
  if (found && !value)
    error("attribute '" + name + "' must be a type");
  return value ? value.getValue() : Type();
}

Tensors NodeArgs::run(StringRef name, ArrayRef<Tensor> args) {
  Tensors given = runAny(name, args);
  for (Tensor x : given)
    if (x && x.isSequence())
      return error("the graph '" + name + "' gives a value of type " +
                   describe(x.value().getType()) + ", expected a tensor"),
             Tensors();
  return given;
}

Tensors NodeArgs::runAny(StringRef name, ArrayRef<Tensor> args) {
  Region *graph = node.getGraph(name);
  if (!graph || graph->empty()) {
    error("the graph '" + name + "' is missing");
    return {};
  }
  if (graph->getNumArguments() != args.size()) {
    error("the graph '" + name + "' takes " + Twine(graph->getNumArguments()) +
          " inputs, expected " + Twine(args.size()));
    return {};
  }
  Tensors given = runGraph(*graph, args);
  for (Tensor x : given)
    if (x && x.isMap())
      return error("the graph '" + name +
                   "' gives a map, which is supported "
                   "as an output of the model only");
  return given;
}

void NodeArgs::checkAttributes() {
  for (NamedAttribute attr : node.getAttrs())
    if (!asked.contains(attr.getName()))
      error("attribute '" + attr.getName().getValue() + "' is not known to '" +
            op() + "' of version " + Twine(version()));
}

//===----------------------------------------------------------------------===//
// Axes
//===----------------------------------------------------------------------===//

int64_t NodeArgs::axis(StringRef name, std::optional<int64_t> otherwise,
                       int64_t rank) {
  int64_t given = integer(name, otherwise);
  std::optional<Ints> result = axes({given}, rank);
  return result ? result->front() : 0;
}

std::optional<Ints> NodeArgs::axes(ArrayRef<int64_t> given, int64_t rank) {
  Ints result;
  for (int64_t axis : given) {
    if (axis < -rank || axis >= rank) {
      error("axis " + Twine(axis) + " is out of range for rank " + Twine(rank));
      return std::nullopt;
    }
    axis += axis < 0 ? rank : 0;
    if (llvm::is_contained(result, axis)) {
      error("axis " + Twine(axis) + " is given twice");
      return std::nullopt;
    }
    result.push_back(axis);
  }
  return result;
}

std::optional<Ints> NodeArgs::axesOr(StringRef name, size_t i, int64_t rank) {
  std::optional<Ints> given = integers(name);
  if (!given && has(i))
    given = constantInts(i, name);
  return given ? axes(*given, rank) : std::nullopt;
}

//===----------------------------------------------------------------------===//
// Rows
//===----------------------------------------------------------------------===//

void OpTable::add(StringRef domain, ArrayRef<OpRow> added) {
  for (const OpRow &row : added) {
    auto &versions = rows[(domain + "." + row.name).str()];
    versions.push_back(&row);
    llvm::sort(versions, [](const OpRow *a, const OpRow *b) {
      return a->since < b->since;
    });
  }
}

const OpRow *OpTable::find(StringRef domain, StringRef name,
                           int64_t version) const {
  auto it = rows.find((domain + "." + name).str());
  if (it == rows.end())
    return nullptr;
  const OpRow *best = nullptr;
  for (const OpRow *row : it->second)
    if (row->since <= version)
      best = row;
  return best && best->build ? best : nullptr;
}

void OpTable::visit(
    llvm::function_ref<void(StringRef, ArrayRef<const OpRow *>)> visit) const {
  SmallVector<StringRef> names(rows.keys());
  llvm::sort(names);
  for (StringRef name : names)
    visit(name, rows.find(name)->second);
}

static std::string describeCount(OpRow::Count count) {
  std::string from = std::to_string(count.min);
  if (count.max == kMany)
    return "at least " + from;
  return count.min == count.max ? from
                                : from + " to " + std::to_string(count.max);
}

static bool checkCount(TensorBuilder &b, StringRef op, size_t given,
                       OpRow::Count count, StringRef what) {
  if (given >= count.min && given <= count.max)
    return true;
  b.error("'" + op + "' has " + Twine(given) + " " + what + ", not " +
          describeCount(count));
  return false;
}

static bool isSupported(const OpRow &row, Tensor x) {
  if (!x)
    return true;
  if (x.isSequence())
    return x.isMap() ? row.maps : row.sequences;
  return elementBits(x.elementType()) != 0;
}

FailureOr<Tensors> dlc::buildNode(const OpRow &row, TensorBuilder &b,
                                  graph::NodeOp node, Tensors inputs,
                                  NodeArgs::RunGraph runGraph,
                                  std::string &forked) {
  while (!inputs.empty() && !inputs.back())
    inputs.pop_back();
  bool fits =
      checkCount(b, row.name, inputs.size(), row.inputs, "inputs") &&
      checkCount(b, row.name, node.getNumResults(), row.outputs, "outputs");
  if (!fits)
    return failure();
  for (auto [i, x] : llvm::enumerate(inputs)) {
    if (isSupported(row, x))
      continue;
    b.error("'" + row.name + "' does not take input " + Twine(i) +
            (x.isMap()        ? ", a map"
             : x.isSequence() ? ", a sequence or an optional"
                              : " of type " + describe(x.type())));
    return failure();
  }
  NodeArgs args(b, node, inputs, runGraph);
  Tensors results = row.build(b, args);
  forked = args.forkMessage();
  if (args.failed() || results.size() < node.getNumResults())
    return failure();
  for (size_t i = 0; i < node.getNumResults(); ++i)
    if (!results[i] && args.wants(i))
      return failure();
  args.checkAttributes();
  if (args.failed())
    return failure();
  return results;
}
