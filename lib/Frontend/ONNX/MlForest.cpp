//===- MlForest.cpp - decision trees as ai.onnx.ml has them -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Frontend/ONNX/MlForest.h"

#include "Evaluate/Elements.h"
#include "llvm/ADT/StringSwitch.h"
#include <map>

using namespace mlir;
using namespace dlc;
using namespace dlc::onnx;

/// Of trees whose numbers of nodes and targets are multiplied.
constexpr int64_t kMostWeights = int64_t(1) << 28;

int64_t Forest::add(int64_t f, double s, uint8_t t, int64_t y, int64_t n) {
  feature.push_back(f);
  split.push_back(s);
  test.push_back(t);
  yes.push_back(y);
  no.push_back(n);
  return size() - 1;
}

void Forest::setLeaf(int64_t node) {
  feature[node] = 0;
  test[node] = 0;
  yes[node] = no[node] = node;
}

//===----------------------------------------------------------------------===//
// Attributes
//===----------------------------------------------------------------------===//

/// The elements of a tensor attribute.
static std::optional<SmallVector<double>> tensorReals(NodeArgs &n,
                                                      StringRef name) {
  ElementsAttr attr = n.tensor(name);
  if (!attr)
    return std::nullopt;
  FailureOr<HostTensor> tensor = HostTensor::get(attr);
  if (failed(tensor)) {
    n.error("attribute '" + name + "' must be a tensor of numbers");
    return std::nullopt;
  }
  SmallVector<double> values;
  withNumberType(tensor->getElementType(), [&](auto zero) {
    for (auto v : widen<decltype(zero)>(*tensor))
      values.push_back(static_cast<double>(v));
  });
  return values;
}

std::optional<SmallVector<double>> onnx::realList(NodeArgs &n, StringRef name) {
  auto list = n.reals(name);
  auto tensor = tensorReals(n, (name + "_as_tensor").str());
  return tensor ? tensor : list;
}

/// A list of `size` integers in [0, limit).
static std::optional<Ints> indexList(NodeArgs &n, StringRef name, size_t size,
                                     int64_t limit) {
  auto list = n.integers(name);
  if (n.failed())
    return std::nullopt;
  if (!list || list->size() != size) {
    n.error("attribute '" + name + "' has " + Twine(list ? list->size() : 0) +
            " entries, expected " + Twine(size));
    return std::nullopt;
  }
  for (int64_t v : *list)
    if (v < 0 || v >= limit) {
      n.error("attribute '" + name + "' has entry " + Twine(v) +
              ", which is out of range");
      return std::nullopt;
    }
  return list;
}

/// Flags of nodes: a NaN is a yes.
static std::optional<Ints> missingFlags(NodeArgs &n, size_t size) {
  StringRef name = "nodes_missing_value_tracks_true";
  auto list = n.integers(name);
  if (!list || list->empty())
    return Ints(size, 0);
  return indexList(n, name, size, 2);
}

//===----------------------------------------------------------------------===//
// Depth
//===----------------------------------------------------------------------===//

/// Finds the depth; reports nodes that lead to themselves, and with `all` those
/// that no root leads to: there are no other roots, so they do.
static bool measure(NodeArgs &n, Forest &f, bool all) {
  // Of a node once it is known; 0 before; -1 while its children are looked at.
  SmallVector<int64_t> steps(f.size(), 0);
  SmallVector<int64_t> stack(f.roots);
  while (!stack.empty()) {
    int64_t node = stack.back(), yes = f.yes[node], no = f.no[node];
    if (yes == node && no == node)
      steps[node] = 1;
    if (steps[node] > 0) {
      stack.pop_back();
      continue;
    }
    if (steps[node] == -1 && steps[yes] > 0 && steps[no] > 0) {
      steps[node] = std::max(steps[yes], steps[no]) + 1;
      stack.pop_back();
      continue;
    }
    if (steps[node] == -1 || yes == node || no == node || steps[yes] == -1 ||
        steps[no] == -1) {
      n.error("node " + Twine(node) + " of a tree leads back to itself");
      return false;
    }
    steps[node] = -1;
    for (int64_t child : {yes, no})
      if (steps[child] == 0)
        stack.push_back(child);
  }
  for (int64_t node = 0; all && node < f.size(); ++node)
    if (steps[node] == 0) {
      n.error("node " + Twine(node) + " of a tree leads back to itself");
      return false;
    }
  for (int64_t root : f.roots)
    f.depth = std::max(f.depth, steps[root] - 1);
  return true;
}

//===----------------------------------------------------------------------===//
// TreeEnsembleClassifier and Regressor
//===----------------------------------------------------------------------===//

static std::optional<uint8_t> testOf(StringRef mode) {
  using F = Forest;
  return llvm::StringSwitch<std::optional<uint8_t>>(mode)
      .Case("LEAF", 0)
      .Case("BRANCH_LEQ", F::less | F::equal)
      .Case("BRANCH_LT", F::less)
      .Case("BRANCH_GTE", F::greater | F::equal)
      .Case("BRANCH_GT", F::greater)
      .Case("BRANCH_EQ", F::equal)
      .Case("BRANCH_NEQ", F::less | F::greater | F::unordered)
      .Default(std::nullopt);
}

using NodeKeys = std::map<std::pair<int64_t, int64_t>, int64_t>;

/// Where the nodes (tree, id) are in the lists.
static std::optional<NodeKeys> nodeKeys(NodeArgs &n, const Ints &trees,
                                        const Ints &ids) {
  NodeKeys keys;
  for (size_t i = 0; i < trees.size(); ++i)
    if (!keys.try_emplace({trees[i], ids[i]}, i).second) {
      n.error("node " + Twine(ids[i]) + " of tree " + Twine(trees[i]) +
              " is there twice");
      return std::nullopt;
    }
  return keys;
}

/// The weights of the leaves.
static bool readWeights(NodeArgs &n, Forest &f, const NodeKeys &keys,
                        StringRef stem, int64_t targets) {
  auto values = realList(n, (stem + "_weights").str());
  size_t count = values ? values->size() : 0;
  auto trees = indexList(n, (stem + "_treeids").str(), count, INT64_MAX),
       ids = indexList(n, (stem + "_nodeids").str(), count, INT64_MAX),
       which = indexList(n, (stem + "_ids").str(), count, targets);
  if (!trees || !ids || !which)
    return false;
  for (size_t i = 0; i < count; ++i) {
    auto node = keys.find({(*trees)[i], (*ids)[i]});
    if (node == keys.end() || f.yes[node->second] != node->second) {
      n.error("node " + Twine((*ids)[i]) + " of tree " + Twine((*trees)[i]) +
              ", which has a weight, is no leaf");
      return false;
    }
    f.weights.push_back({node->second, (*which)[i], (*values)[i]});
  }
  return true;
}

/// Each tree has one node to which no other leads.
static bool findRoots(NodeArgs &n, Forest &f, const Ints &trees) {
  std::vector<bool> isChild(f.size(), false);
  for (int64_t i = 0; i < f.size(); ++i)
    if (f.yes[i] != i || f.no[i] != i)
      isChild[f.yes[i]] = isChild[f.no[i]] = true;
  std::map<int64_t, int64_t> roots;
  for (int64_t i = 0; i < f.size(); ++i) {
    roots.try_emplace(trees[i], 0);
    if (!isChild[i]) {
      ++roots[trees[i]];
      f.roots.push_back(i);
    }
  }
  for (auto [tree, count] : roots)
    if (count != 1) {
      n.error("tree " + Twine(tree) + " has " + Twine(count) +
              " roots, expected 1");
      return false;
    }
  return true;
}

static bool readNodes(NodeArgs &n, Forest &f, const Ints &trees,
                      const NodeKeys &keys) {
  size_t count = trees.size();
  auto feature = indexList(n, "nodes_featureids", count, INT32_MAX);
  auto yes = indexList(n, "nodes_truenodeids", count, INT64_MAX),
       no = indexList(n, "nodes_falsenodeids", count, INT64_MAX);
  auto missing = missingFlags(n, count);
  auto split = realList(n, "nodes_values");
  auto modes = n.strings("nodes_modes");
  n.ignore("nodes_hitrates");
  n.ignore("nodes_hitrates_as_tensor");
  if (!feature || !yes || !no || !missing || n.failed())
    return false;
  if (!split || !modes || split->size() != count || modes->size() != count) {
    n.error("attributes 'nodes_values' and 'nodes_modes' must have " +
            Twine(count) + " entries");
    return false;
  }
  for (size_t i = 0; i < count; ++i) {
    std::optional<uint8_t> test = testOf((*modes)[i]);
    if (!test) {
      n.error("attribute 'nodes_modes' has entry '" + (*modes)[i] +
              "', which is unknown");
      return false;
    }
    bool isLeaf = (*modes)[i] == "LEAF";
    auto to = keys.find({trees[i], (*yes)[i]}),
         other = keys.find({trees[i], (*no)[i]});
    if (!isLeaf && (to == keys.end() || other == keys.end())) {
      n.error("tree " + Twine(trees[i]) + " has no node " +
              Twine(to == keys.end() ? (*yes)[i] : (*no)[i]));
      return false;
    }
    uint8_t nan = (*missing)[i] ? Forest::unordered : 0;
    int64_t node = f.add((*feature)[i], (*split)[i], *test | nan,
                         isLeaf ? 0 : to->second, isLeaf ? 0 : other->second);
    if (isLeaf)
      f.setLeaf(node);
  }
  return true;
}

std::optional<Forest> onnx::readForest(NodeArgs &n, StringRef stem,
                                       int64_t targets) {
  auto trees = n.integers("nodes_treeids");
  if (!trees || trees->empty()) {
    n.error("attribute 'nodes_treeids' is missing");
    return std::nullopt;
  }
  auto ids = indexList(n, "nodes_nodeids", trees->size(), INT64_MAX);
  auto keys = ids ? nodeKeys(n, *trees, *ids) : std::nullopt;
  Forest f;
  if (!keys || !readNodes(n, f, *trees, *keys) ||
      !readWeights(n, f, *keys, stem, targets) || !findRoots(n, f, *trees) ||
      !measure(n, f, /*all=*/true))
    return std::nullopt;
  return f;
}

//===----------------------------------------------------------------------===//
// TreeEnsemble
//===----------------------------------------------------------------------===//

/// A set is a chain of nodes, each of which asks for one of its members. The
/// members of all sets are one list, each set of which ends in a NaN.
static void addMembers(Forest &f, int64_t node, ArrayRef<double> members,
                       uint8_t nan) {
  int64_t feature = f.feature[node], yes = f.yes[node], no = f.no[node];
  f.split[node] = members.empty() ? 0 : members.front();
  f.test[node] = (members.empty() ? 0 : Forest::equal) | nan;
  for (double member : members.drop_front(members.empty() ? 0 : 1)) {
    f.no[node] = f.add(feature, member, Forest::equal, yes, no);
    node = f.no[node];
  }
}

static bool expandSets(NodeArgs &n, Forest &f, ArrayRef<int64_t> sets) {
  auto members = tensorReals(n, "membership_values");
  ArrayRef<double> rest =
      members ? ArrayRef<double>(*members) : ArrayRef<double>();
  for (int64_t node : sets) {
    size_t end = 0;
    while (end < rest.size() && !std::isnan(rest[end]))
      ++end;
    if (end == rest.size()) {
      n.error("attribute 'membership_values' has fewer sets than nodes");
      return false;
    }
    addMembers(f, node, rest.take_front(end), f.test[node]);
    rest = rest.drop_front(end + 1);
  }
  return true;
}

/// The tests of modes 0 to 5; the sixth is a set's.
static constexpr uint8_t kTests[] = {Forest::less | Forest::equal,
                                     Forest::less,
                                     Forest::greater | Forest::equal,
                                     Forest::greater,
                                     Forest::equal,
                                     Forest::less | Forest::greater |
                                         Forest::unordered,
                                     0};

static bool readNodes5(NodeArgs &n, Forest &f, int64_t leaves) {
  auto modes = tensorReals(n, "nodes_modes"),
       splits = tensorReals(n, "nodes_splits");
  size_t count = splits ? splits->size() : 0;
  int64_t most = std::max<int64_t>(count, leaves);
  auto feature = indexList(n, "nodes_featureids", count, INT32_MAX),
       yes = indexList(n, "nodes_truenodeids", count, most),
       no = indexList(n, "nodes_falsenodeids", count, most),
       yesLeaf = indexList(n, "nodes_trueleafs", count, 2),
       noLeaf = indexList(n, "nodes_falseleafs", count, 2);
  auto missing = missingFlags(n, count);
  n.ignore("nodes_hitrates");
  if (!feature || !yes || !no || !yesLeaf || !noLeaf || !missing || n.failed())
    return false;
  if (!modes || modes->size() != count || count == 0) {
    n.error("attributes 'nodes_modes' and 'nodes_splits' must have one entry "
            "for each node");
    return false;
  }
  Ints sets;
  for (size_t i = 0; i < count; ++i) {
    double mode = (*modes)[i];
    auto fits = [&](int64_t node, bool leaf) {
      return node < (leaf ? leaves : int64_t(count));
    };
    if (!(mode >= 0 && mode <= 6) || !fits((*yes)[i], (*yesLeaf)[i]) ||
        !fits((*no)[i], (*noLeaf)[i])) {
      n.error("node " + Twine(i) + " has an unknown mode or leads nowhere");
      return false;
    }
    uint8_t nan = (*missing)[i] ? Forest::unordered : 0;
    // Leaves lie behind the nodes.
    f.add((*feature)[i], (*splits)[i], kTests[int(mode)] | nan,
          (*yes)[i] + ((*yesLeaf)[i] ? int64_t(count) : 0),
          (*no)[i] + ((*noLeaf)[i] ? int64_t(count) : 0));
    if (mode == 6)
      sets.push_back(i);
  }
  for (int64_t leaf = 0; leaf < leaves; ++leaf)
    f.setLeaf(f.add(0, 0, 0, 0, 0));
  return expandSets(n, f, sets);
}

std::optional<Forest> onnx::readForest5(NodeArgs &n, int64_t targets) {
  auto weights = tensorReals(n, "leaf_weights");
  size_t leaves = weights ? weights->size() : 0;
  auto which = indexList(n, "leaf_targetids", leaves, targets);
  Forest f;
  if (!which || !readNodes5(n, f, leaves))
    return std::nullopt;
  auto roots = n.integers("tree_roots");
  int64_t nodes = tensorReals(n, "nodes_splits")->size();
  if (!roots || roots->empty() ||
      llvm::any_of(*roots, [&](int64_t r) { return r < 0 || r >= nodes; })) {
    n.error("attribute 'tree_roots' is missing or out of range");
    return std::nullopt;
  }
  f.roots = *roots;
  for (size_t i = 0; i < leaves; ++i)
    f.weights.push_back({nodes + int64_t(i), (*which)[i], (*weights)[i]});
  return measure(n, f, /*all=*/false) ? std::optional(f) : std::nullopt;
}

//===----------------------------------------------------------------------===//
// Evaluation: all trees of all rows take a step at a time
//===----------------------------------------------------------------------===//

/// Whether features lead on to `yes` at nodes [rows, trees].
static Tensor takesYes(TensorBuilder &b, const Forest &f, Tensor nodes,
                       Tensor value) {
  Tensor split =
      b.gather(floats(b, f.split, {f.size()}, value.elementType()), nodes, 0);
  // What no node asks for is not asked for.
  uint8_t any = 0, all = 15;
  for (int64_t i = 0; i < f.size(); ++i)
    if (f.yes[i] != i || f.no[i] != i) {
      any |= f.test[i];
      all &= f.test[i];
    }
  if (any == all && any == (Forest::less | Forest::equal))
    return b.le(value, split);
  if (any == all && any == Forest::less)
    return b.lt(value, split);
  Ints tests(f.test.begin(), f.test.end());
  Tensor test = b.gather(b.ints(tests), nodes, 0), result;
  auto when = [&](Forest::Test bit, Tensor holds) {
    if (!(any & bit))
      return;
    if (!(all & bit))
      holds = b.and_(holds, b.ne(b.and_(test, b.like(bit, test)), 0.0));
    result = result ? b.or_(result, holds) : holds;
  };
  when(Forest::less, b.lt(value, split));
  when(Forest::equal, b.eq(value, split));
  when(Forest::greater, b.gt(value, split));
  when(Forest::unordered, b.or_(b.isNan(value), b.isNan(split)));
  return result ? result : b.ne(value, value);
}

/// A table [nodes, targets] of the leaves' weights. What a leaf does not have
/// is 0, or what does not count for an extreme.
static Tensor weightTable(TensorBuilder &b, const Forest &f, int64_t targets,
                          Aggregate aggregate, Type type) {
  double none = aggregate == Aggregate::min   ? HUGE_VAL
                : aggregate == Aggregate::max ? -HUGE_VAL
                                              : 0;
  SmallVector<double> table(f.size() * targets, none);
  for (const Forest::Weight &w : f.weights) {
    double &entry = table[w.node * targets + w.target];
    if (aggregate == Aggregate::min)
      entry = std::min(entry, w.value);
    else if (aggregate == Aggregate::max)
      entry = std::max(entry, w.value);
    else
      entry += w.value;
  }
  return floats(b, table, {f.size(), targets}, type);
}

Tensor onnx::leafWeights(TensorBuilder &b, NodeArgs &n, const Forest &f,
                         Tensor x, int64_t targets, Aggregate aggregate) {
  int64_t count = x.shape()[1], trees = f.roots.size();
  for (int64_t feature : f.feature)
    if (feature >= count)
      return n.error("a tree asks for feature " + Twine(feature) + " of " +
                     Twine(count));
  if (targets > kMostWeights / f.size())
    return n.error("trees of " + Twine(f.size()) + " nodes and " +
                   Twine(targets) + " targets are too large");
  Dim rows = b.dim(x, 0);
  Tensor flat = b.flatten(x, 0, 2);
  Tensor row = b.iota({rows, b.dim(1)}, 0, b.i64()) * double(count);
  Ints next;
  for (int64_t i = 0; i < f.size(); ++i)
    next.append({f.no[i], f.yes[i]});
  Tensor start = b.broadcastTo(b.ints(f.roots), {rows, b.dim(trees)});
  auto step = [&](Dim, ArrayRef<Tensor> state) -> Tensors {
    Tensor at = state[0], feature = b.gather(b.ints(f.feature), at, 0);
    Tensor yes = takesYes(b, f, at, b.gather(flat, row + feature, 0));
    return b.gather(b.ints(next), at * 2.0 + b.cast(yes, b.i64()), 0);
  };
  Tensor leaves = b.loop(b.dim(0), b.dim(f.depth), {start}, step)[0];
  Tensor table = weightTable(b, f, targets, aggregate, x.elementType());
  Tensor all = b.gather(table, leaves, 0); // [rows, trees, targets]
  if (aggregate == Aggregate::sum || aggregate == Aggregate::average) {
    Tensor sum = b.sum(all, {1});
    return aggregate == Aggregate::sum ? sum : sum / double(trees);
  }
  bool least = aggregate == Aggregate::min;
  Tensor best = b.reduce(least ? ReduceKind::min : ReduceKind::max, all, {1});
  return b.select(b.eq(best, least ? HUGE_VAL : -HUGE_VAL), b.like(0, best),
                  best);
}
