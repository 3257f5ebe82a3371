//===----------------------------------------------------------------------===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Strings are numbers: equal strings of a run have equal ones, so that all that
// moves, selects and compares elements does so with strings, too. What looks
// into a string is a function of the run time.

#ifndef DLC_STRING_TD
#define DLC_STRING_TD

include "dialects/dlc/DlcBase.td"

def Dlc_StringOp : Dlc_Op<"string", [NoMemoryEffect, AttrSizedOperandSegments,
    DeclareOpInterfaceMethods<ReifyRankedShapedTypeOpInterface, ["reifyResultShapes"]>]> {
  let summary = "what a function of the run time makes of strings";
  let description = [{
    Calls `dlc_string_` and the function's name on whole tensors, see
    `runtime/strings.h`. An element of type `si64` is a string: its number in the
    run's table of different strings, the first of which are those of the module's
    attribute `dlc.strings`; number 0 is the empty string. One of type `i128` is
    a string as inputs and outputs have it, a `dlc_string`; only "intern" takes
    it, only "spell" gives it. A size that the result type leaves open is an
    operand, in order.
  }];
  let arguments = (ins StrAttr:$function, Variadic<Dlc_Tensor>:$inputs, Variadic<Index>:$sizes);
  let results = (outs Dlc_Tensor:$result);
  let assemblyFormat = [{
    $function `(` $inputs `)` (`sizes` `(` $sizes^ `)`)? attr-dict
    `:` functional-type($inputs, results)
  }];
  let hasVerifier = 1;
}

#endif // DLC_STRING_TD
