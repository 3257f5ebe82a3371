//===- Import.cpp - from graph nodes to the dlc dialect -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Frontend/ONNX/Import.h"

#include "Frontend/Common/TensorDetail.h"
#include "Frontend/ONNX/Ops.h"
#include "Frontend/ONNX/Strings.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace dlc;

namespace {

/// One walk over @main.
class Importer {
public:
  Importer(func::FuncOp main)
      : from(splitMaps(main)), ops(main), into(createFunction(ops, main)),
        b(*(ops.setInsertionPointToStart(into.addEntryBlock()), &ops),
          main.getLoc()) {}

  LogicalResult run();

private:
  /// What holds the keys of an argument that is a map.
  DenseMap<BlockArgument, BlockArgument> keys;
  func::FuncOp from;
  OpBuilder ops;
  func::FuncOp into;
  TensorBuilder b;
  /// Null for what was left out.
  DenseMap<Value, Tensor> values;
  /// Values of nodes that could not be imported; their users say nothing more.
  DenseSet<Value> poisoned;
  unsigned errors = 0;
  unsigned forks = 0;      ///< around what is being imported
  bool blockEnded = false; ///< a fork has imported what was left of it

  func::FuncOp splitMaps(func::FuncOp main);
  static func::FuncOp createFunction(OpBuilder &ops, func::FuncOp main);
  LogicalResult checkSupported();
  LogicalResult importArguments();
  void shareDims();
  void importBlock(Block &block) { importFrom(block, block.begin()); }
  void importFrom(Block &block, Block::iterator first);
  void importOp(Operation *op);
  void importNode(graph::NodeOp node);
  void fork(graph::NodeOp node, Tensor condition, StringRef message);
  Tensors importSide(graph::NodeOp node, StringRef graph, std::string &why);
  Tensors ends(Block &block);
  Tensors importGraph(Region &graph, ArrayRef<Tensor> args);
  Tensor argument(BlockArgument arg);
  LogicalResult importResults();
  Tensors splitMap(unsigned index, Tensor map);
  Tensor asDeclared(unsigned index, Tensor x);
  LogicalResult checkDeclared(unsigned index, Type found);
  void removeDead();
  void poison(Operation *op) {
    poisoned.insert(op->result_begin(), op->result_end());
  }
};

} // namespace

/// The type of an input or output of a compiled model.
static Type passed(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  return tensor && isa<graph::StringType>(tensor.getElementType())
             ? tensor.clone(spelledType(type.getContext()))
             : type;
}

static std::string nameOf(DictionaryAttr attrs, unsigned index) {
  auto name = attrs ? attrs.getAs<StringAttr>(graph::GraphDialect::kName)
                    : StringAttr();
  return name ? name.str() : std::to_string(index);
}

/// What the keys of a map are called beside its values.
static std::string keysName(StringRef name) { return (name + ".keys").str(); }

/// A map that is an argument becomes two: its values, then its keys. Nothing
/// can be asked of a sequence of maps.
func::FuncOp Importer::splitMaps(func::FuncOp main) {
  Builder b(main.getContext());
  for (unsigned i = 0; i < main.getNumArguments(); ++i) {
    BlockArgument values = main.getArgument(i);
    auto map = dyn_cast<graph::MapType>(values.getType());
    auto held = map ? dyn_cast<TensorType>(map.getValueType()) : TensorType();
    // Writers give the single value a shape, or none.
    if (!held || (held.hasStaticShape() && held.getNumElements() != 1))
      continue;
    std::string name = nameOf(main.getArgAttrDict(i), i);
    NamedAttrList attrs;
    attrs.set(graph::GraphDialect::kName, b.getStringAttr(keysName(name)));
    attrs.set(graph::GraphDialect::kDims, b.getStrArrayAttr({name + ".size"}));
    Type vector = RankedTensorType::get(ShapedType::kDynamic, map.getKeyType());
    (void)main.insertArgument(
        i + 1, vector, attrs.getDictionary(b.getContext()), values.getLoc());
    keys[values] = main.getArgument(i + 1);
    values.setType(
        RankedTensorType::get(ShapedType::kDynamic, held.getElementType()));
    attrs.set(graph::GraphDialect::kName, b.getStringAttr(name));
    main.setArgAttrs(i, attrs);
    main.setFunctionType(b.getFunctionType(
        main.getBody().front().getArgumentTypes(), main.getResultTypes()));
  }
  return main;
}

func::FuncOp Importer::createFunction(OpBuilder &ops, func::FuncOp main) {
  SmallVector<Type> inputs;
  for (Type type : main.getArgumentTypes()) {
    Type sequence = onnx::sequenceType(type);
    inputs.push_back(sequence ? sequence : passed(type));
  }
  auto type = ops.getFunctionType(inputs, main.getResultTypes());
  return func::FuncOp::create(ops, main.getLoc(), main.getName(), type);
}

/// Each operator that no row covers is reported once, where it comes first.
LogicalResult Importer::checkSupported() {
  std::set<std::pair<StringRef, int64_t>> seen;
  LogicalResult result = success();
  for (auto node : from.getBody().front().getOps<graph::NodeOp>()) {
    int64_t version = node.getVersion().value_or(0);
    if (onnx::opTable().find(node.getDomain(), node.getOpType(), version) ||
        !seen.insert({node.getOp(), version}).second)
      continue;
    InFlightDiagnostic error = emitError(node.getLoc());
    error << "'" << node.getOpType() << "' of domain '"
          << (node.getDomain() == "onnx" ? "ai.onnx" : node.getDomain())
          << "' is not supported in version " << version;
    // Nor does the model say how its weights lie.
    if (node.getDomain() == "com.microsoft.nchwc")
      error
          << ": ONNX Runtime arranged this model for one processor; its level "
             "'extended' is the last that is of use elsewhere";
    result = failure();
  }
  return result;
}

//===----------------------------------------------------------------------===//
// Arguments
//===----------------------------------------------------------------------===//

LogicalResult Importer::importArguments() {
  LogicalResult result = success();
  for (auto [map, of] : keys)
    for (BlockArgument arg : from.getArguments())
      if (nameOf(from.getArgAttrDict(arg.getArgNumber()), arg.getArgNumber()) ==
              nameOf(from.getArgAttrDict(of.getArgNumber()), 0) &&
          arg != of)
        result =
            emitError(from.getLoc())
            << "input '" << nameOf(from.getArgAttrDict(of.getArgNumber()), 0)
            << "' is not the keys of the map beside it, but has their name";
  for (BlockArgument arg : into.getArguments()) {
    auto type = dyn_cast<RankedTensorType>(arg.getType());
    if (isSequenceOrOptional(arg.getType()) ||
        (type && elementBits(type.getElementType()) != 0))
      continue;
    result =
        emitError(from.getLoc())
        << "input '"
        << nameOf(from.getArgAttrDict(arg.getArgNumber()), arg.getArgNumber())
        << "' is of type " << arg.getType()
        << ", which is not supported; tensors of known rank are, sequences "
           "and optionals of numeric ones, and maps";
  }
  return result;
}

/// Dimensions of one name are one value: that of the first argument with it.
void Importer::shareDims() {
  llvm::StringMap<Dim> symbols;
  for (BlockArgument arg : into.getArguments()) {
    auto names = from.getArgAttrOfType<ArrayAttr>(arg.getArgNumber(),
                                                  graph::GraphDialect::kDims);
    if (isSequenceOrOptional(arg.getType()))
      continue;
    int64_t rank = cast<RankedTensorType>(arg.getType()).getRank();
    if (!names || static_cast<int64_t>(names.size()) != rank)
      continue;
    Dims dims = b.dims(b.wrap(arg));
    for (auto [name, d] : llvm::zip(names, dims)) {
      auto symbol = dyn_cast<StringAttr>(name);
      if (!symbol || symbol.empty())
        continue;
      auto [it, isNew] = symbols.try_emplace(symbol.getValue(), d);
      if (!isNew && !isKnown(d))
        d = it->second;
    }
    b.setDims(arg, dims);
  }
}

//===----------------------------------------------------------------------===//
// Nodes
//===----------------------------------------------------------------------===//

/// A graph may be asked for several times; what stands for its values is what
/// they were last.
Tensors Importer::importGraph(Region &graph, ArrayRef<Tensor> args) {
  Block &block = graph.front();
  Location around = b.getLoc();
  for (auto [argument, x] : llvm::zip(block.getArguments(), args))
    values[argument] = x;
  graph.walk([&](Operation *op) {
    for (Value result : op->getResults())
      poisoned.erase(result);
  });
  importBlock(block);
  b.setLoc(around);
  return ends(block);
}

/// What the terminator is given.
Tensors Importer::ends(Block &block) {
  Tensors results;
  for (Value given : block.getTerminator()->getOperands())
    results.push_back(poisoned.contains(given) ? Tensor()
                                               : values.lookup(given));
  return results;
}

void Importer::importNode(graph::NodeOp node) {
  if (llvm::any_of(node.getOperands(),
                   [&](Value v) { return poisoned.contains(v); }))
    return poison(node);
  const OpRow *row = onnx::opTable().find(node.getDomain(), node.getOpType(),
                                          node.getVersion().value_or(0));
  if (!row) {
    b.error("'" + node.getOpType() + "' of domain '" +
            (node.getDomain() == "onnx" ? "ai.onnx" : node.getDomain()) +
            "' is not supported");
    return poison(node);
  }
  Tensors inputs;
  for (auto [i, operand] : llvm::enumerate(node.getOperands())) {
    Tensor x = values.lookup(operand);
    bool isText = x && x.isString() && !onnx::takesStrings(node, i),
         isComplex = x && !x.isSequence() && x.isComplex() &&
                     !onnx::takesComplex(node, i);
    if (isText || isComplex) {
      b.error("'" + node.getOpType() + "' does not take " +
              (isText ? "strings" : "complex numbers") + " as input " +
              Twine(i));
      return poison(node);
    }
    inputs.push_back(x);
  }
  unsigned before = errors;
  std::string forked;
  FailureOr<Tensors> results = buildNode(
      *row, b, node, inputs,
      [&](Region &graph, ArrayRef<Tensor> args) {
        return importGraph(graph, args);
      },
      forked);
  if (!forked.empty())
    return fork(node, inputs.front(), forked);
  if (failed(results)) {
    if (errors == before)
      b.error("'" + node.getOpType() + "' can't be imported");
    return poison(node);
  }
  for (auto [i, result] : llvm::enumerate(node.getResults()))
    values[result] = (*results)[i];
}

//===----------------------------------------------------------------------===//
// Forks
//===----------------------------------------------------------------------===//

/// Imports one graph of a node and with its results all that comes behind the
/// node; gives what the block ends with, nothing where that can't be, and
/// `why`.
Tensors Importer::importSide(graph::NodeOp node, StringRef graph,
                             std::string &why) {
  Block &block = *node->getBlock();
  unsigned before = errors;
  ScopedDiagnosticHandler quiet(from.getContext(), [&](Diagnostic &d) {
    bool isError = d.getSeverity() == DiagnosticSeverity::Error;
    if (isError && errors++ == before)
      why = d.str();
    return success(isError);
  });
  Tensors given = importGraph(*node.getGraph(graph), {});
  for (auto [result, x] : llvm::zip(node.getResults(), given))
    values[result] = x;
  Block::iterator rest = std::next(node->getIterator());
  for (Operation &op : llvm::make_range(rest, block.end()))
    for (Value result : op.getResults())
      poisoned.erase(result);
  if (errors == before)
    importFrom(block, rest);
  bool fits = errors == before;
  errors = before;
  return fits ? ends(block) : Tensor();
}

/// In a check's message each % stands for a number.
static std::string misfitText(StringRef graph, StringRef message,
                              StringRef error) {
  std::string text = ("the rest of the model does not fit the '" + graph +
                      "', which is taken (" + message + "): " + error)
                         .str();
  llvm::erase(text, '%');
  return text;
}

/// The ranks of a branch's results depend on the run: what comes behind is
/// imported for each branch. Exporters write such branches where they squeeze a
/// dimension of unknown size; the rest of the model then fits one of the two,
/// and the other one is an error of the run.
void Importer::fork(graph::NodeOp node, Tensor condition, StringRef message) {
  constexpr unsigned kMost = 5;
  std::string atEnd, why;
  Tensors all;
  if (forks < kMost) {
    ++forks;
    auto side = [&](StringRef graph) {
      std::string error;
      Tensors given = importSide(node, graph, error);
      if (!error.empty())
        why = misfitText(graph, message, error);
      return given;
    };
    all = b.branch(
        condition, [&] { return side("then_branch"); },
        [&] { return side("else_branch"); }, &atEnd, &why);
    --forks;
  }
  b.setLoc(node.getLoc());
  if (all.empty() || !llvm::all_of(all, [](Tensor x) { return bool(x); })) {
    b.error(why.empty() ? message : StringRef(why));
    return poison(node);
  }
  for (auto [end, x] :
       llvm::zip(node->getBlock()->getTerminator()->getOperands(), all))
    values[end] = x;
  blockEnded = true;
}

Tensor Importer::argument(BlockArgument arg) {
  Tensor x = b.wrap(into.getArgument(arg.getArgNumber()));
  if (!x.isSequence() && x.elementType() == spelledType(b.context())) {
    std::string name =
        nameOf(from.getArgAttrDict(arg.getArgNumber()), arg.getArgNumber());
    b.setLoc(
        NameLoc::get(StringAttr::get(b.context(), "input '" + name + "'")));
    x = b.callEach("string_intern", {x}, b.stringType());
  }
  BlockArgument of = keys.lookup(arg);
  return of ? b.map(argument(of), x) : x;
}

void Importer::importOp(Operation *op) {
  b.setLoc(op->getLoc());
  if (auto node = dyn_cast<graph::NodeOp>(op))
    return importNode(node);
  if (auto weight = dyn_cast<graph::WeightOp>(op)) {
    values[weight.getResult()] = b.constant(weight.getValue());
    return;
  }
  if (auto import = dyn_cast<graph::ImportOp>(op)) {
    if (auto arg = dyn_cast<BlockArgument>(import.getInput());
        arg && arg.getOwner() == &from.getBody().front()) {
      values[import.getResult()] = argument(arg);
      return;
    }
  }
  if (isa<graph::NoneOp>(op)) {
    values[op->getResult(0)] = Tensor();
    return;
  }
  if (auto exported = dyn_cast<graph::ExportOp>(op)) {
    if (poisoned.contains(exported.getInput()))
      return poison(op);
    Tensor x = values.lookup(exported.getInput());
    auto type = dyn_cast<RankedTensorType>(exported.getResult().getType());
    // A fork goes by what the file says of its outputs.
    if (forks && x && !x.isSequence() && type && type.getRank() != x.rank()) {
      b.error("the model's output is of another rank");
      return poison(op);
    }
    values[exported.getResult()] = x;
    return;
  }
  if (op->hasTrait<OpTrait::IsTerminator>())
    return;
  b.error("'" + op->getName().getStringRef() + "' has no place in a graph");
  poison(op);
}

void Importer::importFrom(Block &block, Block::iterator first) {
  for (Operation &op : llvm::make_range(first, block.end())) {
    importOp(&op);
    if (std::exchange(blockEnded, false))
      return;
  }
}

//===----------------------------------------------------------------------===//
// Results
//===----------------------------------------------------------------------===//

/// Whether a file may say this of a map, or of a sequence of maps.
static bool isDeclaredMap(Type declared, Tensor keys, Tensor values) {
  auto sequence = dyn_cast<graph::SequenceType>(declared);
  auto map =
      dyn_cast<graph::MapType>(sequence ? sequence.getElementType() : declared);
  auto held = map ? dyn_cast<TensorType>(map.getValueType()) : TensorType();
  auto isOf = [](Tensor x, Type type) {
    return x.isString() ? isa<graph::StringType>(type)
                        : x.elementType() == type;
  };
  return isa<graph::ValueType>(declared) ||
         (held && isOf(keys, map.getKeyType()) &&
          isOf(values, held.getElementType()) &&
          values.rank() == (sequence ? 2 : 1));
}

/// A map that is a result becomes two, as an argument does.
Tensors Importer::splitMap(unsigned index, Tensor map) {
  Tensor keys = b.keysOf(map), values = b.valuesOf(map);
  Type declared = from.getResultTypes()[index];
  if (!isDeclaredMap(declared, keys, values))
    return map;
  std::string name = keysName(nameOf(from.getResultAttrDict(index), index));
  for (unsigned i = 0; i < from.getNumResults(); ++i)
    if (nameOf(from.getResultAttrDict(i), i) == name)
      return b.error("output '" + name +
                     "' is not the keys of the map beside "
                     "it, but has their name");
  SmallVector<Type> types(from.getResultTypes());
  types[index] = graph::ValueType::get(b.context());
  from.setFunctionType(ops.getFunctionType(from.getArgumentTypes(), types));
  auto attrs = ops.getDictionaryAttr(
      ops.getNamedAttr(graph::GraphDialect::kName, ops.getStringAttr(name)));
  (void)from.insertResult(index + 1, types[index], attrs);
  return {values, keys};
}

/// An optional where one is declared, what it holds where that is.
Tensor Importer::asDeclared(unsigned index, Tensor x) {
  Type declared = from.getResultTypes()[index];
  if (x.isMap())
    return x; // an error to come
  if (isa<graph::OptionalType>(declared))
    return b.optional(x);
  // Nothing was put into it.
  if (Type type = onnx::sequenceType(declared);
      type && isa<NoneType>(scalarOf(x.value().getType())))
    return b.sequence({}, scalarOf(type));
  return isa<graph::ValueType>(declared) ? x : b.heldBy(x);
}

/// Whether there are values of both types.
static bool areCompatible(Type declared, Type found) {
  if (isa<SequenceType, OptionalType>(found))
    return declared.getTypeID() == found.getTypeID() &&
           !sequenceIn(declared) == !sequenceIn(found) &&
           areCompatible(tensorsOf(declared), tensorsOf(found));
  if (!isa<RankedTensorType>(declared) || !isa<RankedTensorType>(found))
    return scalarOf(declared) == scalarOf(found);
  return areCompatibleTypes({declared}, {found});
}

LogicalResult Importer::checkDeclared(unsigned index, Type found) {
  Type declared = passed(from.getResultTypes()[index]),
       sequence = onnx::sequenceType(declared);
  if (isa<graph::ValueType, UnrankedTensorType>(declared) ||
      areCompatible(sequence ? sequence : declared, found))
    return success();
  auto type = dyn_cast<RankedTensorType>(declared),
       other = dyn_cast<RankedTensorType>(found);
  bool onlyShape =
      type && other && type.getElementType() == other.getElementType();
  InFlightDiagnostic diagnostic =
      onlyShape ? emitWarning(from.getLoc()) : emitError(from.getLoc());
  diagnostic << "output '" << nameOf(from.getResultAttrDict(index), index)
             << "' is declared as " << declared << ", but computed as "
             << found;
  if (!onlyShape)
    return diagnostic;
  // Some converters are not exact, and ONNX Runtime is not strict.
  from.removeResultAttr(
      index, StringAttr::get(from.getContext(), graph::GraphDialect::kDims));
  return success();
}

/// The reader's attributes under the dlc dialect's name.
static DictionaryAttr renamed(DictionaryAttr attrs) {
  NamedAttrList list;
  for (NamedAttribute attr : attrs) {
    StringRef name = attr.getName();
    if (name == graph::GraphDialect::kName)
      name = "dlc.name";
    else if (name == graph::GraphDialect::kDims)
      name = "dlc.dims";
    list.set(name, attr.getValue());
  }
  return list.getDictionary(attrs.getContext());
}

LogicalResult Importer::importResults() {
  LogicalResult result = success();
  SmallVector<Value> returned;
  Operation *end = from.getBody().front().getTerminator();
  unsigned i = 0;
  for (Value operand : end->getOperands()) {
    Tensor given = values.lookup(operand);
    if (!given) {
      result = emitError(from.getLoc())
               << "output '" << nameOf(from.getResultAttrDict(i), i)
               << "' is not computed";
      ++i;
      continue;
    }
    b.setLoc(end->getLoc());
    for (Tensor tensor : given.isMap() ? splitMap(i, given) : Tensors(given)) {
      tensor = asDeclared(i, tensor);
      if (tensor && tensor.isString()) {
        tensor = b.callEach("string_spell", {tensor}, spelledType(b.context()));
        // Each output has memory of its own.
        tensor.value().getDefiningOp()->setAttr("output", ops.getIndexAttr(i));
      }
      if (!tensor || failed(checkDeclared(i, tensor.value().getType())))
        result = failure();
      else
        returned.push_back(tensor.value());
      ++i;
    }
  }
  if (failed(result))
    return failure();
  func::ReturnOp::create(ops, end->getLoc(), returned);
  into.setFunctionType(ops.getFunctionType(into.getArgumentTypes(),
                                           ValueRange(returned).getTypes()));
  for (unsigned i = 0; i < from.getNumArguments(); ++i)
    if (DictionaryAttr attrs = from.getArgAttrDict(i))
      into.setArgAttrs(i, renamed(attrs));
  for (unsigned i = 0; i < from.getNumResults(); ++i)
    if (DictionaryAttr attrs = from.getResultAttrDict(i))
      into.setResultAttrs(i, renamed(attrs));
  return success();
}

/// Folding and reading sizes leave what nothing uses any more.
void Importer::removeDead() {
  for (Operation &op :
       llvm::make_early_inc_range(llvm::reverse(into.getBody().front())))
    if (isOpTriviallyDead(&op))
      op.erase();
}

LogicalResult Importer::run() {
  ScopedDiagnosticHandler count(from.getContext(), [&](Diagnostic &d) {
    errors += d.getSeverity() == DiagnosticSeverity::Error;
    return failure(); // printed by whoever prints the others
  });
  if (failed(checkSupported()) || failed(importArguments())) {
    into.erase();
    return failure();
  }
  shareDims();
  importBlock(from.getBody().front());
  if (errors != 0 || failed(importResults())) {
    into.erase();
    return failure();
  }
  removeDead();
  if (ArrayAttr strings = b.stringTable())
    from->getParentOfType<ModuleOp>()->setAttr("dlc.strings", strings);
  from.erase();
  return success();
}

LogicalResult dlc::importONNX(ModuleOp module) {
  auto main = module.lookupSymbol<func::FuncOp>("main");
  if (!main || main.isExternal() || !main.getBody().hasOneBlock())
    return emitError(module.getLoc()) << "there is no graph '@main' to import";
  return Importer(main).run();
}

namespace {
struct ImportONNXPass : PassWrapper<ImportONNXPass, OperationPass<ModuleOp>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(ImportONNXPass)

  StringRef getArgument() const final { return "import-onnx"; }
  StringRef getDescription() const final {
    return "Lower a graph of ONNX nodes to the dlc dialect";
  }
  void getDependentDialects(DialectRegistry &registry) const final {
    registry.insert<DlcDialect, arith::ArithDialect, scf::SCFDialect,
                    tensor::TensorDialect, func::FuncDialect>();
  }
  void runOnOperation() final {
    if (failed(importONNX(getOperation())))
      signalPassFailure();
  }
};
} // namespace

std::unique_ptr<Pass> dlc::createImportONNXPass() {
  return std::make_unique<ImportONNXPass>();
}

void dlc::registerImportONNXPass() { PassRegistration<ImportONNXPass>(); }
