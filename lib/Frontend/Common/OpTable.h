//===- OpTable.h - foreign operators by name and version --------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// An operator is a row: its name, the version of its operator set since which
// it means this, how many inputs and outputs it takes, and a short function
// that builds it. The function reads its attributes from NodeArgs:
//
//   static Tensors leakyRelu(TensorBuilder &b, NodeArgs &n) {
//     Tensor x = n.input(0);
//     return b.select(b.ge(x, 0.0), x, x * n.real("alpha", 0.01));
//   }
//   static const OpRow rows[] = {{"LeakyRelu", 6, leakyRelu, {1, 1}}, ...};

#ifndef DLC_FRONTEND_COMMON_OPTABLE_H
#define DLC_FRONTEND_COMMON_OPTABLE_H

#include "Frontend/Common/Tensor.h"
#include "dialects/graph/Graph.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"

namespace dlc {

/// The inputs and attributes of a node. A getter that finds something wrong
/// reports it, gives a value that is safe to go on with, and makes the node
/// fail when its function has returned. An attribute for which the function
/// has not asked is reported as unknown.
class NodeArgs {
public:
  /// Builds the nodes of a graph where its arguments are these. What fails is
  /// null.
  using RunGraph =
      llvm::function_ref<Tensors(mlir::Region &, llvm::ArrayRef<Tensor>)>;

  NodeArgs(TensorBuilder &builder, graph::NodeOp node,
           llvm::ArrayRef<Tensor> inputs, RunGraph runGraph)
      : b(builder), node(node), inputs(inputs), runGraph(runGraph) {}

  llvm::StringRef op() { return node.getOpType(); }
  int64_t version() { return node.getVersion().value_or(0); }
  size_t numOutputs() { return node.getNumResults(); }
  /// Whether anything uses this output.
  bool wants(size_t output) {
    return output < numOutputs() && !node.getResult(output).use_empty();
  }

  /// Inputs as given, omitted ones (null) included; trailing ones cut off.
  llvm::ArrayRef<Tensor> all() { return inputs; }
  size_t numInputs() { return inputs.size(); }
  bool has(size_t i) { return i < inputs.size() && inputs[i]; }
  /// A tensor that must be there; `what` is the standard's name for it.
  Tensor input(size_t i, llvm::StringRef what = {});
  /// The same for a sequence, a map, and for what may be either or an optional.
  Tensor sequence(size_t i);
  Tensor map(size_t i);
  Tensor value(size_t i, llvm::StringRef what = {});
  /// All inputs, none of which may be omitted; at least one.
  llvm::SmallVector<Tensor> allInputs();
  /// The integers of an input, if they are known at compile time.
  std::optional<Ints> knownInts(size_t i);
  /// The integers of an input that must be known at compile time.
  std::optional<Ints> constantInts(size_t i, llvm::StringRef what);

  bool hasAttr(llvm::StringRef name);
  int64_t integer(llvm::StringRef name, std::optional<int64_t> otherwise = {});
  bool flag(llvm::StringRef name, bool otherwise) {
    return integer(name, otherwise) != 0;
  }
  double real(llvm::StringRef name, std::optional<double> otherwise = {});
  llvm::StringRef string(llvm::StringRef name,
                         std::optional<llvm::StringRef> otherwise = {});
  /// A string attribute that must be one of these names; what it stands for.
  template <typename T>
  std::optional<T> choice(llvm::StringRef name, llvm::StringRef otherwise,
                          llvm::ArrayRef<std::pair<llvm::StringRef, T>> of) {
    llvm::StringRef given = string(name, otherwise);
    for (const auto &[text, value] : of)
      if (text == given)
        return value;
    refuseChoice(name, given, llvm::to_vector(llvm::make_first_range(of)));
    return std::nullopt;
  }
  std::optional<Ints> integers(llvm::StringRef name);
  std::optional<llvm::SmallVector<double>> reals(llvm::StringRef name);
  std::optional<llvm::SmallVector<llvm::StringRef>>
  strings(llvm::StringRef name);
  mlir::ElementsAttr tensor(llvm::StringRef name);
  mlir::Type type(llvm::StringRef name);
  /// An attribute that has no influence on the result.
  void ignore(llvm::StringRef name) { asked.insert(name); }
  bool hasGraph(llvm::StringRef name);
  /// What the graph of this name gives; nothing if there is none, or if it does
  /// not take so many arguments. Tensors only: a sequence is an error.
  Tensors run(llvm::StringRef name, llvm::ArrayRef<Tensor> args);
  /// The same, of values of any kind but maps.
  Tensors runAny(llvm::StringRef name, llvm::ArrayRef<Tensor> args);

  /// The results of two graphs have different ranks, as the message says: what
  /// comes behind the node is to be imported for each of them.
  void fork(llvm::StringRef message) {
    bad = true;
    forked = message.str();
  }
  llvm::StringRef forkMessage() const { return forked; }

  /// An axis attribute, made positive.
  int64_t axis(llvm::StringRef name, std::optional<int64_t> otherwise,
               int64_t rank);
  /// Makes axes positive; reports those out of [-rank, rank) and repeated ones.
  std::optional<Ints> axes(llvm::ArrayRef<int64_t> given, int64_t rank);
  /// Axes from attribute `name` or, as later versions have it, constant input
  /// i.
  std::optional<Ints> axesOr(llvm::StringRef name, size_t i, int64_t rank);

  /// Reports at the node; makes it fail. Gives null.
  Tensor error(const llvm::Twine &message);
  bool failed() const { return bad; }
  /// Reports attributes that nobody asked for.
  void checkAttributes();

private:
  mlir::Attribute attr(llvm::StringRef name, bool required);
  void refuseChoice(llvm::StringRef name, llvm::StringRef given,
                    llvm::ArrayRef<llvm::StringRef> names);

  TensorBuilder &b;
  graph::NodeOp node;
  llvm::ArrayRef<Tensor> inputs;
  RunGraph runGraph;
  llvm::StringSet<> asked;
  bool bad = false;
  std::string forked;
};

inline constexpr unsigned kMany = ~0u;

struct OpRow {
  /// How many, from and to.
  struct Count {
    unsigned min, max;
  };
  llvm::StringLiteral name;
  int64_t since;
  Tensors (*build)(TensorBuilder &, NodeArgs &);
  Count inputs = {1, 1};
  Count outputs = {1, 1};
  bool sequences = false; ///< takes them, too, and optionals
  bool maps = false;      ///< takes them
};

class OpTable {
public:
  void add(llvm::StringRef domain, llvm::ArrayRef<OpRow> rows);
  /// The row of the greatest version that is not above `version`, or null.
  const OpRow *find(llvm::StringRef domain, llvm::StringRef name,
                    int64_t version) const;
  /// Calls `visit` with each operator's "domain.name" and its rows, by name and
  /// ascending versions.
  void
  visit(llvm::function_ref<void(llvm::StringRef, llvm::ArrayRef<const OpRow *>)>
            visit) const;

private:
  /// By "domain.name", ascending versions.
  llvm::StringMap<llvm::SmallVector<const OpRow *, 2>> rows;
};

/// Builds a node by its row: checks the number of inputs and outputs, calls the
/// function, checks attributes. Failure is reported, but for that of a node
/// that forks, whose message `forked` gets.
mlir::FailureOr<Tensors> buildNode(const OpRow &row, TensorBuilder &b,
                                   graph::NodeOp node, Tensors inputs,
                                   NodeArgs::RunGraph runGraph,
                                   std::string &forked);

} // namespace dlc

#endif // DLC_FRONTEND_COMMON_OPTABLE_H
