//===- Graph.cpp - the graph dialect ----------------------------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/graph/Graph.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace dlc::graph;

#include "dialects/graph/GraphDialect.cpp.inc"

void GraphDialect::initialize() {
  addTypes<
#define GET_TYPEDEF_LIST
#include "dialects/graph/GraphTypes.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "dialects/graph/Graph.cpp.inc"
      >();
}

//===----------------------------------------------------------------------===//
// Readable value names
//===----------------------------------------------------------------------===//

void NodeOp::getAsmResultNames(OpAsmSetValueNameFn setName) {
  if (getNumResults())
    setName(getResult(0), getOpType());
}
void NoneOp::getAsmResultNames(OpAsmSetValueNameFn setName) {
  setName(getResult(), "none");
}

/// Names a value as the model does, unless the name begins with a digit, which
/// the parser would take for a number.
static void setModelName(Value value, StringRef name, StringRef otherwise,
                         OpAsmSetValueNameFn setName) {
  bool isName =
      !name.empty() && (llvm::isAlpha(name.front()) || name.front() == '_');
  setName(value, isName ? name : otherwise);
}

void WeightOp::getAsmResultNames(OpAsmSetValueNameFn setName) {
  setModelName(getResult(), getName(), "w", setName);
}

void ImportOp::getAsmResultNames(OpAsmSetValueNameFn setName) {
  StringRef name;
  if (auto arg = dyn_cast<BlockArgument>(getInput()))
    if (auto function = dyn_cast_or_null<FunctionOpInterface>(
            arg.getOwner()->getParentOp()))
      if (auto attr = function.getArgAttrOfType<StringAttr>(
              arg.getArgNumber(), GraphDialect::kName))
        name = attr.getValue();
  setModelName(getResult(), name, "in", setName);
}

//===----------------------------------------------------------------------===//
// graph.node
//===----------------------------------------------------------------------===//

Attribute NodeOp::getNodeAttr(StringRef name) { return getAttrs().get(name); }

Region *NodeOp::getGraph(StringRef name) {
  if (ArrayAttr names = getGraphsAttr())
    for (auto [index, attr] : llvm::enumerate(names))
      if (cast<StringAttr>(attr).getValue() == name)
        return &getBodies()[index];
  return nullptr;
}

LogicalResult NodeOp::verify() {
  StringRef name = getOp();
  auto [domain, type] = name.rsplit('.');
  if (domain.empty() || type.empty())
    return emitOpError("name '")
           << name << "' should be an operator set, a dot and an operator";
  if (getVersion() && *getVersion() < 1)
    return emitOpError("version ") << *getVersion() << " should be at least 1";
  size_t names = getGraphsAttr() ? getGraphsAttr().size() : 0;
  if (names != getBodies().size())
    return emitOpError("has ") << getBodies().size() << " graphs and " << names
                               << " names for them";
  return success();
}

LogicalResult NodeOp::verifyRegions() {
  for (auto [index, body] : llvm::enumerate(getBodies())) {
    if (!body.hasOneBlock())
      return emitOpError("graph #") << index << " should have one block";
    for (BlockArgument arg : body.getArguments())
      if (!isa<ValueType>(arg.getType()))
        return emitOpError("graph #")
               << index << " has an argument of type " << arg.getType()
               << " where every argument is a '!graph.value'";
    if (body.front().empty() || !isa<YieldOp>(body.front().back()))
      return emitOpError("graph #")
             << index << " should end in a 'graph.yield'";
  }
  return success();
}

/// The graphs: `"body"(%i, %x) { ... }`, one after the other.
static ParseResult parseGraphs(OpAsmParser &parser, OperationState &result) {
  SmallVector<Attribute> names;
  std::string name;
  while (succeeded(parser.parseOptionalString(&name))) {
    names.push_back(parser.getBuilder().getStringAttr(name));
    SmallVector<OpAsmParser::Argument> arguments;
    if (parser.parseArgumentList(arguments,
                                 AsmParser::Delimiter::OptionalParen))
      return failure();
    for (OpAsmParser::Argument &argument : arguments)
      argument.type = ValueType::get(parser.getContext());
    if (parser.parseRegion(*result.addRegion(), arguments))
      return failure();
  }
  if (!names.empty())
    result.addAttribute("graphs", parser.getBuilder().getArrayAttr(names));
  return success();
}

ParseResult NodeOp::parse(OpAsmParser &parser, OperationState &result) {
  Builder &builder = parser.getBuilder();
  Type value = ValueType::get(parser.getContext());
  StringAttr op;
  SmallVector<OpAsmParser::UnresolvedOperand> operands;
  if (parser.parseAttribute(op) ||
      parser.parseOperandList(operands, AsmParser::Delimiter::Paren) ||
      parser.resolveOperands(operands, value, result.operands))
    return failure();
  result.addAttribute("op", op);

  int64_t version;
  if (succeeded(parser.parseOptionalKeyword("version"))) {
    if (parser.parseInteger(version))
      return failure();
    result.addAttribute("version", builder.getI64IntegerAttr(version));
  }
  NamedAttrList attrs;
  if (parser.parseOptionalAttrDict(attrs))
    return failure();
  result.addAttribute("attrs", attrs.getDictionary(parser.getContext()));
  result.types.append(parser.getNumResults(), value);
  return failure(parseGraphs(parser, result) ||
                 parser.parseOptionalAttrDictWithKeyword(result.attributes));
}

void NodeOp::print(OpAsmPrinter &printer) {
  printer << ' ';
  printer.printAttributeWithoutType(getOpAttr());
  printer << '(' << getOperands() << ')';
  if (std::optional<int64_t> version = getVersion())
    printer << " version " << *version;
  printer.printOptionalAttrDict(getAttrs().getValue());
  ArrayAttr names = getGraphsAttr();
  for (auto [name, body] : llvm::zip(
           names ? names.getValue() : ArrayRef<Attribute>(), getBodies())) {
    printer << ' ' << name;
    if (body.getNumArguments())
      printer << '(' << body.getArguments() << ')';
    printer << ' ';
    printer.printRegion(body, /*printEntryBlockArgs=*/false);
  }
  printer.printOptionalAttrDictWithKeyword(
      (*this)->getDiscardableAttrDictionary().getValue());
}

#define GET_TYPEDEF_CLASSES
#include "dialects/graph/GraphTypes.cpp.inc"

#define GET_OP_CLASSES
#include "dialects/graph/Graph.cpp.inc"
