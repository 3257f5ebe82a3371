//===----------------------------------------------------------------------===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Movement operations: each element of the result is one of an operand (or a
// constant), found by index arithmetic alone.

#ifndef DLC_MOVEMENT_TD
#define DLC_MOVEMENT_TD

include "dialects/dlc/DlcBase.td"

def Dlc_ConstantOp : Dlc_Op<"constant", [Pure, ConstantLike, AllTypesMatch<["value", "result"]>]> {
  let summary = "a tensor known at compile time";
  let description = "Weights are resource blobs that point into the mapped model file.";
  let arguments = (ins ElementsAttr:$value);
  let results = (outs Dlc_Tensor:$result);
  let assemblyFormat = "attr-dict $value";
  let hasFolder = 1;
}

def Dlc_IotaOp : Dlc_Op<"iota", [Pure, DeclareOpInterfaceMethods<ReifyRankedShapedTypeOpInterface, ["reifyResultShapes"]>]> {
  let summary = "each element is its own index along a dimension";
  let description = "A size that the result type leaves open is an operand, in order.";
  let arguments = (ins I64Attr:$dimension, Variadic<Index>:$sizes);
  let results = (outs Dlc_Number:$result);
  let assemblyFormat = "$dimension (`sizes` `(` $sizes^ `)`)? attr-dict `:` type($result)";
  let hasVerifier = 1;
}

def Dlc_ReshapeOp : Dlc_Op<"reshape", [Pure, DeclareOpInterfaceMethods<ReifyRankedShapedTypeOpInterface, ["reifyResultShapes"]>]> {
  let summary = "the same elements in row-major order under another shape";
  let description = "A size that the result type leaves open is an operand, in order. The number of elements must agree.";
  let arguments = (ins Dlc_Tensor:$input, Variadic<Index>:$sizes);
  let results = (outs Dlc_Tensor:$result);
  let assemblyFormat = "$input (`sizes` `(` $sizes^ `)`)? attr-dict `:` type($input) `->` type($result)";
  let hasFolder = 1;
  let hasVerifier = 1;
}

def Dlc_BroadcastOp : Dlc_Op<"broadcast", [Pure, DeclareOpInterfaceMethods<ReifyRankedShapedTypeOpInterface, ["reifyResultShapes"]>]> {
  let summary = "repeats dimensions of size 1 and adds leading ones";
  let description = [{
    Shapes are aligned at their last dimensions (numpy's rule, ONNX "Broadcasting
    in ONNX"): a size of the input is 1 or the result's. A size that the result
    type leaves open is an operand, in order.
  }];
  let arguments = (ins Dlc_Tensor:$input, Variadic<Index>:$sizes);
  let results = (outs Dlc_Tensor:$result);
  let assemblyFormat = "$input (`sizes` `(` $sizes^ `)`)? attr-dict `:` type($input) `->` type($result)";
  let hasFolder = 1;
  let hasVerifier = 1;
}

def Dlc_TransposeOp : Dlc_ShapedOp<"transpose"> {
  let summary = "permutes dimensions";
  let description = "Dimension i of the result is dimension permutation[i] of the input.";
  let arguments = (ins Dlc_Tensor:$input, DenseI64ArrayAttr:$permutation);
  let results = (outs Dlc_Tensor:$result);
  let assemblyFormat = "$input $permutation attr-dict `:` type($input) `->` type($result)";
  let hasFolder = 1;
}

def Dlc_SliceOp : Dlc_Op<"slice", [Pure, AttrSizedOperandSegments,
    DeclareOpInterfaceMethods<ReifyRankedShapedTypeOpInterface, ["reifyResultShapes"]>]> {
  let summary = "a regular part of a tensor";
  let description = [{
    Element i of the result, along each dimension, is element offset + i * step
    of the input; a step may be negative. The caller clamps: every index must be
    in bounds. An offset of the static list that is ShapedType::kDynamic is an operand, in
    order; so is a size that the result type leaves open.
  }];
  let arguments = (ins Dlc_Tensor:$input, Variadic<Index>:$offsets, Variadic<Index>:$sizes,
                       DenseI64ArrayAttr:$static_offsets, DenseI64ArrayAttr:$steps);
  let results = (outs Dlc_Tensor:$result);
  let assemblyFormat = [{
    $input custom<DynamicIndexList>($offsets, $static_offsets) (`sizes` `(` $sizes^ `)`)?
    `steps` $steps attr-dict `:` type($input) `->` type($result)
  }];
  let extraClassDeclaration = [{
    ::llvm::SmallVector<::mlir::OpFoldResult> getMixedOffsets();
  }];
  let hasFolder = 1;
  let hasVerifier = 1;
}

def Dlc_PadMode : I32EnumAttr<"PadMode", "what lies outside of a tensor", [
    I32EnumAttrCase<"constant", 0>, I32EnumAttrCase<"edge", 1>,
    I32EnumAttrCase<"reflect", 2>, I32EnumAttrCase<"wrap", 3>]> {
  let cppNamespace = "::dlc";
}

def Dlc_PadOp : Dlc_Op<"pad", [Pure, AttrSizedOperandSegments,
    DeclareOpInterfaceMethods<ReifyRankedShapedTypeOpInterface, ["reifyResultShapes"]>]> {
  let summary = "adds elements around a tensor";
  let description = [{
    Element i of the result is element i - low of the input where there is one;
    elsewhere it is `value` (a 0-d tensor), the nearest element (edge), the mirror
    image (reflect) or the periodic continuation (wrap). `static_low` that is
    ShapedType::kDynamic is an operand, in order; so is a size that the result type leaves open.
  }];
  let arguments = (ins Dlc_Tensor:$input, Dlc_Tensor:$value, Variadic<Index>:$low, Variadic<Index>:$sizes,
                       DenseI64ArrayAttr:$static_low,
                       DefaultValuedAttr<Dlc_PadMode, "::dlc::PadMode::constant">:$mode);
  let results = (outs Dlc_Tensor:$result);
  let assemblyFormat = [{
    $input `,` $value `low` custom<DynamicIndexList>($low, $static_low) (`sizes` `(` $sizes^ `)`)?
    attr-dict `:` type($input) `,` type($value) `->` type($result)
  }];
  let extraClassDeclaration = [{
    ::llvm::SmallVector<::mlir::OpFoldResult> getMixedLow();
  }];
  let hasVerifier = 1;
}

def Dlc_ConcatOp : Dlc_ShapedOp<"concat"> {
  let summary = "joins tensors along a dimension";
  let arguments = (ins Variadic<Dlc_Tensor>:$inputs, I64Attr:$axis);
  let results = (outs Dlc_Tensor:$result);
  let assemblyFormat = "$inputs `axis` `=` $axis attr-dict `:` functional-type(operands, results)";
  let extraClassDeclaration = shapedDeclaration # [{
    /// Whether this is what a dlc.loop carries with one tensor more behind it, to
    /// be stored in place.
    bool isAppend();
  }];
  let hasFolder = 1;
  let hasVerifier = 1;
}

def Dlc_GatherOp : Dlc_ShapedOp<"gather"> {
  let summary = "picks slices of a dimension by index";
  let description = [{
    result[i..., j..., k...] = data[i..., indices[j...], k...], with i the dimensions
    before `axis` and k those behind. Indices (i32 or i64) that lie outside of
    [0, size) are a run-time error; the frontend makes negative ones positive.
  }];
  let arguments = (ins Dlc_Tensor:$data, RankedTensorOf<[I32, I64]>:$indices, I64Attr:$axis);
  let results = (outs Dlc_Tensor:$result);
  let assemblyFormat = "$data `,` $indices `axis` `=` $axis attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1;
}

def Dlc_ScatterKind : I32EnumAttr<"ScatterKind", "how an update meets the element it falls on", [
    I32EnumAttrCase<"none", 0>, I32EnumAttrCase<"add", 1>, I32EnumAttrCase<"mul", 2>,
    I32EnumAttrCase<"max", 3>, I32EnumAttrCase<"min", 4>]> {
  let cppNamespace = "::dlc";
}

def Dlc_ScatterOp : Dlc_ShapedOp<"scatter"> {
  let summary = "writes rows of a tensor by index";
  let description = [{
    The result is data [n, r] with rows indices[m] combined with updates [m, r], in
    order of m. Indices outside of [0, n) are a run-time error. Complex numbers are
    replaced only.
  }];
  let arguments = (ins Dlc_Tensor:$data, RankedTensorOf<[I64]>:$indices, Dlc_Tensor:$updates, Dlc_ScatterKind:$kind);
  let results = (outs Dlc_Tensor:$result);
  let assemblyFormat = "$kind $data `,` $indices `,` $updates attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1;
}

def Dlc_InsertOp : Dlc_Op<"insert", [Pure, AllTypesMatch<["into", "result"]>,
    DeclareOpInterfaceMethods<ReifyRankedShapedTypeOpInterface, ["reifyResultShapes"]>]> {
  let summary = "replaces a slice of a tensor";
  let description = [{
    The result is `into` but for the elements [offset, offset + size of part) of
    dimension `axis`, which are those of `part`. The caller clamps: the slice must
    be in bounds. Other dimensions agree.

    Where a loop carries `into` and the result, and nothing else reads either, the
    slice is stored in place (see isInPlace).
  }];
  let arguments = (ins Dlc_Tensor:$part, Dlc_Tensor:$into, Index:$offset, I64Attr:$axis);
  let results = (outs Dlc_Tensor:$result);
  let assemblyFormat = [{
    $part `into` $into `at` $offset `axis` `=` $axis attr-dict `:` type($part) `into` type($into)
  }];
  let extraClassDeclaration = [{
    /// Whether a loop's buffer can take the slice and stay where it is.
    bool isInPlace();
  }];
  let hasVerifier = 1;
}

#endif // DLC_MOVEMENT_TD
