//===----------------------------------------------------------------------===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLC_REDUCTION_TD
#define DLC_REDUCTION_TD

include "dialects/dlc/DlcBase.td"

def Dlc_ReduceKind : I32EnumAttr<"ReduceKind", "an associative operation", [
    I32EnumAttrCase<"sum", 0>, I32EnumAttrCase<"prod", 1>, I32EnumAttrCase<"max", 2>,
    I32EnumAttrCase<"min", 3>, I32EnumAttrCase<"all", 4>, I32EnumAttrCase<"any", 5>]> {
  let cppNamespace = "::dlc";
}

def Dlc_ReduceOp : Dlc_ShapedOp<"reduce"> {
  let summary = "combines all elements along some dimensions, which vanish";
  let description = "Over no element the result is the operation's neutral element. Max and min are NaN if any element is.";
  let arguments = (ins Dlc_ReduceKind:$kind, Dlc_Number:$input, DenseI64ArrayAttr:$axes);
  let results = (outs Dlc_Tensor:$result);
  let assemblyFormat = "$kind $input $axes attr-dict `:` type($input) `->` type($result)";
  let hasVerifier = 1;
}

def Dlc_ArgReduceOp : Dlc_ShapedOp<"arg_reduce"> {
  let summary = "where the greatest or least element of a dimension is";
  let description = "Kind is max or min; of equal elements the first counts, or the last with `last`. The dimension vanishes; the result is i64.";
  let arguments = (ins Dlc_ReduceKind:$kind, Dlc_Number:$input, I64Attr:$axis, UnitAttr:$last);
  let results = (outs Dlc_Tensor:$result);
  let assemblyFormat = "$kind $input `axis` `=` $axis (`last` $last^)? attr-dict `:` type($input) `->` type($result)";
  let hasVerifier = 1;
}

def Dlc_ScanOp : Dlc_ShapedOp<"scan"> {
  let summary = "running combination along a dimension";
  let description = "Element i combines elements 0 to i (0 to i - 1 when exclusive), or i to the end when reverse. Kind is sum or prod.";
  let arguments = (ins Dlc_ReduceKind:$kind, Dlc_Number:$input, I64Attr:$axis, UnitAttr:$exclusive, UnitAttr:$reverse);
  let results = (outs Dlc_Tensor:$result);
  let assemblyFormat = "$kind $input `axis` `=` $axis (`exclusive` $exclusive^)? (`reverse` $reverse^)? attr-dict `:` type($input)  `->` type($result)";
  let hasVerifier = 1;
}

def Dlc_PoolOp : Dlc_ShapedOp<"pool"> {
  let summary = "combines the elements of a sliding window";
  let description = [{
    Input [n, spatial..., c], channels last. Kind is sum or max; elements outside
    of the input do not count. One entry per spatial dimension in every
    list; `pads` holds the low ends, then the high ends, which may be negative.
    Size: floor((d + low + high - dilation * (kernel - 1) - 1) / stride) + 1.
  }];
  let arguments = (ins Dlc_ReduceKind:$kind, Dlc_Number:$input, DenseI64ArrayAttr:$kernel,
                       DenseI64ArrayAttr:$strides, DenseI64ArrayAttr:$dilations, DenseI64ArrayAttr:$pads);
  let results = (outs Dlc_Tensor:$result);
  let assemblyFormat = [{
    $kind $input `kernel` $kernel `strides` $strides `dilations` $dilations `pads` $pads
    attr-dict `:` type($input) `->` type($result)
  }];
  let hasVerifier = 1;
}

#endif // DLC_REDUCTION_TD
