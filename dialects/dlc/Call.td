//===----------------------------------------------------------------------===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// What is not worth compiling is a function of the run time: whatever looks into
// a string, or into the file of an image. Strings themselves are numbers: equal
// ones of a run have equal numbers, so that all that moves, selects and compares
// elements does so with strings, too.

#ifndef DLC_CALL_TD
#define DLC_CALL_TD

include "dialects/dlc/DlcBase.td"

def Dlc_CallOp : Dlc_Op<"call", [NoMemoryEffect, AttrSizedOperandSegments,
    DeclareOpInterfaceMethods<ReifyRankedShapedTypeOpInterface, ["reifyResultShapes"]>]> {
  let summary = "what a function of the run time makes of tensors";
  let description = [{
    Calls `dlc_` and the function's name on whole tensors: those of strings are in
    `runtime/strings.h`, those of images in `runtime/image/image.h`. It may fail,
    which ends the run. A size that the result type leaves open is an operand, in
    order.

    An element of type `si64` is a string: its number in the run's table of
    different strings, the first of which are those of the module's attribute
    `dlc.strings`; number 0 is the empty string. One of type `i128` is a string as
    inputs and outputs have it, a `dlc_string`; only "string_intern" takes it, only
    "string_spell" gives it.
  }];
  let arguments = (ins StrAttr:$function, Variadic<Dlc_Tensor>:$inputs, Variadic<Index>:$sizes);
  let results = (outs Dlc_Tensor:$result);
  let assemblyFormat = [{
    $function `(` $inputs `)` (`sizes` `(` $sizes^ `)`)? attr-dict
    `:` functional-type($inputs, results)
  }];
  let hasVerifier = 1;
}

#endif // DLC_CALL_TD
