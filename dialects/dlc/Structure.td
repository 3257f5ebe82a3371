//===----------------------------------------------------------------------===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Operations that hold others.

#ifndef DLC_STRUCTURE_TD
#define DLC_STRUCTURE_TD

include "dialects/dlc/DlcBase.td"
include "mlir/Interfaces/LoopLikeInterface.td"

def Dlc_YieldOp : Dlc_Op<"yield", [Pure, Terminator, ReturnLike, ParentOneOf<["CompositeOp", "ClusterOp", "LoopOp"]>]> {
  let summary = "ends the body of a composite, a cluster or a loop";
  let arguments = (ins Variadic<AnyType>:$values);
  let assemblyFormat = "attr-dict ($values^ `:` type($values))?";
  let builders = [OpBuilder<(ins), [{ build($_builder, $_state, ::mlir::ValueRange()); }]>];
}

def Dlc_CompositeOp : Dlc_Op<"composite", [Pure, IsolatedFromAbove, SingleBlockImplicitTerminator<"YieldOp">]> {
  let summary = "a named function of several operations";
  let description = [{
    The body is what the composite means; the name lets a pass match it as a
    whole. A composite that nothing matches is inlined.
  }];
  let arguments = (ins StrAttr:$name, Variadic<AnyType>:$inputs);
  let results = (outs Variadic<AnyType>:$outputs);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = "$name `(` $inputs `)` attr-dict `:` functional-type($inputs, $outputs) $body";
  let hasRegionVerifier = 1;
}

def Dlc_ClusterOp : Dlc_Op<"cluster", [Pure, IsolatedFromAbove, AttrSizedOperandSegments,
    DeclareOpInterfaceMethods<ReifyRankedShapedTypeOpInterface, ["reifyResultShapes"]>,
    SingleBlockImplicitTerminator<"YieldOp">]> {
  let summary = "operations that become one kernel";
  let description = [{
    Inputs are in memory when the kernel starts and outputs when it ends; nothing
    else of the body ever is, unless a tile at a time. A size that the output type leaves
    open is an operand, in order.
  }];
  let arguments = (ins Variadic<AnyType>:$inputs, Variadic<Index>:$sizes);
  let results = (outs Dlc_Tensor:$output);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = "`(` $inputs `)` (`sizes` `(` $sizes^ `)`)? attr-dict `:` functional-type($inputs, results) $body";
  let hasVerifier = 1;
  let hasRegionVerifier = 1;
  let extraClassDeclaration = [{
    /// What the body yields: the output's elements.
    ::mlir::Value getRoot() { return getBody().front().getTerminator()->getOperand(0); }
  }];
}

def Dlc_LoopOp : Dlc_Op<"loop", [RecursiveMemoryEffects, SingleBlock,
    DeclareOpInterfaceMethods<LoopLikeOpInterface, ["getInitsMutable", "getRegionIterArgs",
      "getYieldedValuesMutable", "getLoopResults"]>]> {
  let summary = "steps that end at a count or by a condition, and may change shapes";
  let description = [{
    For i = 0, 1, ... while i < `trips` and the condition holds, the body takes i
    and what the step before gave, `starts` at first; it yields the next condition
    and as many values of the same types. An open size may differ from step to
    step, other than in `scf.for`: `tensor.dim` of an argument of the body or of a
    result says what it is.

    Where a tensor that the loop carries is joined with others along its first
    dimension (see ConcatOp::isAppend), they are stored behind it in memory that
    grows.
  }];
  let arguments = (ins Index:$trips, I1:$condition, Variadic<AnyType>:$starts);
  let results = (outs Variadic<AnyType>:$outputs);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = "$trips `while` $condition `(` $starts `)` attr-dict `:` functional-type($starts, $outputs) $body";
  let hasRegionVerifier = 1;
  let extraClassDeclaration = [{
    ::mlir::Value getStep() { return getBody().front().getArgument(0); }
    ::mlir::Value getNextCondition();
  }];
}

def Dlc_CheckOp : Dlc_Op<"check"> {
  let summary = "ends the run with an error where a condition does not hold";
  let description = "Each `%` of the message stands for the next of the values.";
  let arguments = (ins I1:$condition, StrAttr:$message, Variadic<Index>:$values);
  let assemblyFormat = "$condition `,` $message (`(` $values^ `)`)? attr-dict";
}

#endif // DLC_STRUCTURE_TD
