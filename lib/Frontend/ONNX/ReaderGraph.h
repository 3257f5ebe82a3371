//===- ReaderGraph.h - ONNX graphs to the graph dialect ---------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Not an interface: what the parts of the reader (Reader.cpp, ReaderGraph.cpp,
// ReaderAttributes.cpp, ReaderErrors.cpp) share.
//
//===----------------------------------------------------------------------===//

#ifndef DLC_FRONTEND_ONNX_READERGRAPH_H
#define DLC_FRONTEND_ONNX_READERGRAPH_H

#include "Frontend/ONNX/ReaderProto.h"
#include "Frontend/ONNX/ReaderTensor.h"
#include "dialects/graph/Graph.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/StringMap.h"

namespace dlc::onnx {

/// Operator sets by their full name, with their versions.
using Opsets = llvm::MapVector<llvm::StringRef, int64_t>;

/// A local function of the model.
struct Function {
  proto::Function proto;
  Opsets opsets;
};

struct Frame;
/// How deep graphs and function calls may nest.
inline constexpr unsigned kDeepest = 100;
/// What inlining may grow to: calls of calls of calls multiply.
inline constexpr uint64_t kMostNodes = 1 << 21;

struct Scope;

/// An attribute, and where it was written: a graph uses names from there.
struct BoundAttribute {
  proto::Attribute proto;
  Scope *scope;
};

/// The main graph, or a call of a function that is being inlined.
struct Frame {
  const Function *function = nullptr;
  const Frame *caller = nullptr;
  std::optional<mlir::Location> call;
  llvm::DenseMap<llvm::StringRef, BoundAttribute> attributes;
};

/// The names of one graph or function body.
struct Scope {
  Scope(Scope *outer, const Frame *frame, llvm::ArrayRef<proto::Span> nodes)
      : outer(outer), frame(frame), nodes(nodes) {}

  Scope *outer;
  const Frame *frame;
  llvm::ArrayRef<proto::Span> nodes;
  size_t current = 0; // the node that is being read
  llvm::DenseMap<llvm::StringRef, mlir::Value> values;
};

class GraphReader {
public:
  GraphReader(std::shared_ptr<MappedFile> file, mlir::MLIRContext &context);

  mlir::OwningOpRef<mlir::ModuleOp> read();
  std::vector<std::string> externalFiles() const {
    return tensors.externalFiles();
  }

private:
  // Reader.cpp: the model, its interface and its functions.
  mlir::LogicalResult readModel(mlir::ModuleOp module);
  mlir::LogicalResult readOpsets(const proto::Spans &spans, mlir::Location at,
                                 Opsets &opsets);
  mlir::LogicalResult readFunctions(const proto::Spans &spans);
  void setModuleAttributes(mlir::ModuleOp module, const proto::Model &model);
  /// One input or output of the main graph.
  struct Port {
    llvm::StringRef name;
    mlir::Location at;
    mlir::Type type; // null if the file gives none
    mlir::DictionaryAttr attributes;
  };
  mlir::LogicalResult readPort(proto::Span span, llvm::StringRef kind,
                               llvm::SmallVectorImpl<Port> &ports);
  mlir::LogicalResult readInputs(const proto::Graph &graph,
                                 llvm::SmallVectorImpl<Port> &inputs);
  mlir::LogicalResult readMain(proto::Span span);
  mlir::LogicalResult readOutputs(llvm::ArrayRef<Port> outputs, Scope &scope);

  // ReaderGraph.cpp: graphs and nodes.
  using Names = llvm::DenseSet<llvm::StringRef>;
  mlir::LogicalResult initializerNames(const proto::Graph &graph, Names &names);
  mlir::LogicalResult readInitializers(const proto::Graph &graph, Scope &scope);
  mlir::LogicalResult readNodes(Scope &scope);
  mlir::LogicalResult readNode(proto::Span span, Scope &scope);
  mlir::LogicalResult readOperator(const proto::Node &node, mlir::Location at,
                                   Scope &scope);
  mlir::LogicalResult readConstant(const proto::Node &node, mlir::Location at,
                                   Scope &scope);
  mlir::LogicalResult readCall(const proto::Node &node,
                               const Function &function, mlir::Location at,
                               Scope &scope);
  mlir::LogicalResult readBody(proto::Span span, mlir::Location at,
                               Scope &outer, mlir::Region &region);
  mlir::FailureOr<mlir::Value> operand(llvm::StringRef name, mlir::Location at,
                                       Scope &scope);
  mlir::LogicalResult operands(const proto::Node &node, mlir::Location at,
                               Scope &scope,
                               llvm::SmallVectorImpl<mlir::Value> &values);
  mlir::LogicalResult define(llvm::StringRef name, mlir::Value value,
                             mlir::Location at, Scope &scope);
  mlir::Value none();
  const Function *findFunction(const proto::Node &node);
  std::optional<int64_t> findVersion(llvm::StringRef domain,
                                     const Frame &frame);
  mlir::Location locationOf(const proto::Node &node, size_t index,
                            const Frame &frame);

  // ReaderAttributes.cpp
  using Attributes = llvm::SmallVector<BoundAttribute, 4>;
  mlir::LogicalResult resolveAttributes(const proto::Spans &spans,
                                        mlir::Location at, Scope &scope,
                                        Attributes &attributes);
  mlir::LogicalResult resolveReference(BoundAttribute &attribute,
                                       mlir::Location at, const Scope &scope,
                                       bool &present);
  mlir::LogicalResult addAttributes(const Attributes &attributes,
                                    mlir::OperationState &state);
  mlir::LogicalResult addGraphs(const BoundAttribute &attribute,
                                mlir::OperationState &state,
                                llvm::SmallVectorImpl<mlir::Attribute> &names);
  mlir::Attribute readAttribute(const proto::Attribute &attribute,
                                mlir::Location at);
  mlir::Attribute readList(const proto::Attribute &attribute,
                           mlir::Location at);
  mlir::Attribute readTypeAttribute(proto::Span span, mlir::Location at,
                                    const llvm::Twine &what);
  mlir::ElementsAttr readConstantValue(const proto::Attribute &attribute,
                                       mlir::Location at, llvm::StringRef name);

  // ReaderGradient.cpp
  mlir::LogicalResult namedValues(const BoundAttribute &attribute,
                                  mlir::Location at,
                                  llvm::SmallVectorImpl<mlir::Value> &values);
  mlir::LogicalResult addDifferentiated(const Attributes &attributes,
                                        mlir::OperationState &state);

  // ReaderErrors.cpp
  mlir::LogicalResult explainMissing(llvm::StringRef name, mlir::Location at,
                                     const Scope &scope);
  mlir::LogicalResult wire(mlir::Location at);

  std::shared_ptr<MappedFile> file;
  mlir::MLIRContext &context;
  mlir::Location fileLoc;
  ProtoSource source;
  TensorReader tensors;
  mlir::OpBuilder builder;
  Opsets opsets;
  llvm::StringMap<Function> functions; // by functionKey
  llvm::DenseMap<mlir::Block *, mlir::Value> nones;
  uint64_t nodeCount = 0;
  unsigned depth = 0;
};

/// The full name of a domain: the empty one is "ai.onnx".
llvm::StringRef fullDomain(llvm::StringRef domain);

/// Whether a node's attributes name tensors.
bool isGradient(const proto::Node &node);

/// Names a node as diagnostics do: "node 'conv1' (Conv)".
std::string nameOf(const proto::Node &node, size_t index);

/// What identifies a local function.
std::string functionKey(llvm::StringRef domain, llvm::StringRef name,
                        llvm::StringRef overload);

} // namespace dlc::onnx

#endif // DLC_FRONTEND_ONNX_READERGRAPH_H
