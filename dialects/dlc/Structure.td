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

def Dlc_YieldOp : Dlc_Op<"yield", [Pure, Terminator, ReturnLike, ParentOneOf<["CompositeOp", "ClusterOp"]>]> {
  let summary = "ends the body of a composite or a cluster";
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
}

def Dlc_CheckOp : Dlc_Op<"check"> {
  let summary = "ends the run with an error where a condition does not hold";
  let description = "Each `%` of the message stands for the next of the values.";
  let arguments = (ins I1:$condition, StrAttr:$message, Variadic<Index>:$values);
  let assemblyFormat = "$condition `,` $message (`(` $values^ `)`)? attr-dict";
}

#endif // DLC_STRUCTURE_TD
