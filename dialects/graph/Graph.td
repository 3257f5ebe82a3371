//===- Graph.td - the graph dialect ------------------------*- tablegen -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Foreign nodes held by name. README.md says what was left out and why.
//
//===----------------------------------------------------------------------===//

#ifndef DLC_GRAPH_TD
#define DLC_GRAPH_TD

include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/BuiltinAttributeInterfaces.td"
include "mlir/IR/OpAsmInterface.td"
include "mlir/IR/OpBase.td"
include "mlir/Interfaces/ControlFlowInterfaces.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def Graph_Dialect : Dialect {
  let name = "graph";
  let cppNamespace = "::dlc::graph";
  let summary = "a model as its file says it, before anything is understood";
  let description = [{
    What a reader makes of a model file: nodes by their foreign name, values
    without types, weights where they lie in the mapped file. A reader knows the
    file format and no operator; the import pass that follows knows operators and
    no file format.

    ```mlir
    module attributes {graph.format = "onnx", graph.ir_version = 8 : i64,
                       graph.opsets = {ai.onnx = 17 : i64}} {
      func.func @main(%x: tensor<?x4xf32> {graph.name = "x", graph.dims = ["batch", ""]})
          -> (tensor<?x3xf32> {graph.name = "y", graph.dims = ["batch", ""]}) {
        %0 = graph.import %x : tensor<?x4xf32>
        %w = graph.weight "w" = dense_resource<w> : tensor<4x3xf32>
        %MatMul = graph.node "onnx.MatMul"(%0, %w) version 17
        %1 = graph.export %MatMul : tensor<?x3xf32>
        return %1 : tensor<?x3xf32>
      }
    }
    ```

    Attributes of the module: `graph.format` (the source format), `graph.opsets`
    (operator set to version; the default ONNX domain is `ai.onnx`),
    `graph.ir_version`, `graph.producer`. Attributes of arguments and results of
    `@main`: `graph.name`, the model's own name, and, where the file names a
    dimension, `graph.dims`: one name for each dimension, empty for unnamed ones.
  }];
  let useDefaultTypePrinterParser = 1;
  let extraClassDeclaration = [{
    /// The module's source format, a string.
    static constexpr llvm::StringLiteral kFormat = "graph.format";
    /// A dictionary of operator set to i64 version.
    static constexpr llvm::StringLiteral kOpsets = "graph.opsets";
    static constexpr llvm::StringLiteral kIRVersion = "graph.ir_version";
    static constexpr llvm::StringLiteral kProducer = "graph.producer";
    /// The name a model gives to an input or output, on arguments and results.
    static constexpr llvm::StringLiteral kName = "graph.name";
    /// The names of a tensor's dimensions, absent where none has one.
    static constexpr llvm::StringLiteral kDims = "graph.dims";
  }];
}

//===----------------------------------------------------------------------===//
// Types
//===----------------------------------------------------------------------===//

class Graph_Type<string name, string mnemonic_> : TypeDef<Graph_Dialect, name> {
  let mnemonic = mnemonic_;
}

def Graph_Value : Graph_Type<"Value", "value">,
    BuildableType<"::dlc::graph::ValueType::get($_builder.getContext())"> {
  let summary = "a foreign value whose type nobody has inferred yet";
}

def Graph_String : Graph_Type<"String", "string"> {
  let summary = "the element type of a tensor of strings";
}

def Graph_Sequence : Graph_Type<"Sequence", "sequence"> {
  let summary = "any number of values of one type";
  let parameters = (ins "::mlir::Type":$elementType);
  let builders = [TypeBuilderWithInferredContext<
      (ins "::mlir::Type":$elementType),
      "return $_get(elementType.getContext(), elementType);">];
  let assemblyFormat = "`<` $elementType `>`";
}

def Graph_Optional : Graph_Type<"Optional", "optional"> {
  let summary = "a value or nothing";
  let parameters = (ins "::mlir::Type":$elementType);
  let builders = [TypeBuilderWithInferredContext<
      (ins "::mlir::Type":$elementType),
      "return $_get(elementType.getContext(), elementType);">];
  let assemblyFormat = "`<` $elementType `>`";
}

def Graph_Map : Graph_Type<"Map", "map"> {
  let summary = "values by integer or string keys";
  let parameters = (ins "::mlir::Type":$keyType, "::mlir::Type":$valueType);
  let builders = [TypeBuilderWithInferredContext<
      (ins "::mlir::Type":$keyType, "::mlir::Type":$valueType),
      "return $_get(keyType.getContext(), keyType, valueType);">];
  let assemblyFormat = "`<` $keyType `,` $valueType `>`";
}

//===----------------------------------------------------------------------===//
// Operations
//===----------------------------------------------------------------------===//

class Graph_Op<string mnemonic, list<Trait> traits = []>
    : Op<Graph_Dialect, mnemonic, traits>;

/// An op whose results get a readable name in the printed form.
class Graph_NamedOp<string mnemonic, list<Trait> traits = []>
    : Graph_Op<mnemonic, traits # [DeclareOpInterfaceMethods<
          OpAsmOpInterface, ["getAsmResultNames"]>]>;

def Graph_NodeOp : Graph_NamedOp<"node"> {
  let summary = "an operator of the source framework, held by name";
  let description = [{
    `op` is the operator's name behind its operator set: `onnx.Gemm`,
    `ai.onnx.ml.Scaler`. `version` is the version of that operator set that the
    model (or the local function the node was inlined from) imports. `attrs` are
    the node's own attributes; an attribute that is a graph is a region instead,
    printed behind its name. Regions use values from around them directly.

    An operand that is left out is the result of a `graph.none`.

    ```mlir
    %Gemm = graph.node "onnx.Gemm"(%x, %w, %none) version 17 {alpha = 5.0e-01 : f32}
    %Split:2 = graph.node "onnx.Split"(%Gemm) version 17 {axis = 1 : i64}
    %If = graph.node "onnx.If"(%c) version 17 "else_branch" {
      graph.yield %x
    } "then_branch" {
      graph.yield %Gemm
    }
    %Loop = graph.node "onnx.Loop"(%n, %c, %x) version 17 "body"(%i, %go, %a) {
      graph.yield %go, %a
    }
    ```

    How many results there are is what stands before the `=`.
  }];
  let arguments = (ins StrAttr:$op, OptionalAttr<I64Attr>:$version,
                       DefaultValuedAttr<DictionaryAttr, "{}">:$attrs,
                       OptionalAttr<StrArrayAttr>:$graphs,
                       Variadic<Graph_Value>:$operands);
  let results = (outs Variadic<Graph_Value>:$outputs);
  let regions = (region VariadicRegion<AnyRegion>:$bodies);
  let hasCustomAssemblyFormat = 1;
  let hasVerifier = 1;
  let hasRegionVerifier = 1;
  let extraClassDeclaration = [{
    /// The operator's name without its operator set: "Gemm" of "onnx.Gemm".
    llvm::StringRef getOpType() { return getOp().rsplit('.').second; }
    /// The operator set's name: "onnx" of "onnx.Gemm".
    llvm::StringRef getDomain() { return getOp().rsplit('.').first; }
    /// The attribute called `name`, or null.
    mlir::Attribute getNodeAttr(llvm::StringRef name);
    /// The graph called `name`, or null.
    mlir::Region *getGraph(llvm::StringRef name);
  }];
}

def Graph_NoneOp : Graph_NamedOp<"none", [Pure]> {
  let summary = "an operand that is left out";
  let results = (outs Graph_Value:$result);
  let assemblyFormat = "attr-dict";
}

def Graph_WeightOp : Graph_NamedOp<"weight", [Pure]> {
  let summary = "a constant of the model";
  let description = [{
    `name` is the model's own name of the value. A small constant is a dense
    attribute. A large one is a `dense_resource` whose blob is the bytes in the
    mapped file, never copied: alignment 1, little endian, row major, densely
    packed. Elements of 2, 4 and 6 bits, which files pack, are given a byte
    each; a boolean is a byte, 0 or 1.
  }];
  let arguments = (ins StrAttr:$name, ElementsAttr:$value);
  let results = (outs Graph_Value:$result);
  let assemblyFormat = "$name `=` $value attr-dict";
}

def Graph_ImportOp : Graph_NamedOp<"import", [Pure]> {
  let summary = "a typed value enters the graph";
  let arguments = (ins AnyType:$input);
  let results = (outs Graph_Value:$result);
  let assemblyFormat = "$input attr-dict `:` type($input)";
}

def Graph_ExportOp : Graph_Op<"export", [Pure]> {
  let summary = "a value leaves the graph as the type that the file declares";
  let description = [{
    An output that the file gives no type is not exported: `@main` then returns
    the `!graph.value` itself.
  }];
  let arguments = (ins Graph_Value:$input);
  let results = (outs AnyType:$result);
  let assemblyFormat = "$input attr-dict `:` type($result)";
}

def Graph_YieldOp : Graph_Op<"yield", [Terminator, ReturnLike, Pure,
                                       ParentOneOf<["NodeOp"]>]> {
  let summary = "what a node's region gives";
  let arguments = (ins Variadic<Graph_Value>:$operands);
  let assemblyFormat = "($operands^)? attr-dict";
}

#endif // DLC_GRAPH_TD
