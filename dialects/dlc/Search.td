//===----------------------------------------------------------------------===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Operations that tell where elements are. Their results hold indices, in as many
// elements as there can ever be: what is left of those is -1, so that how many
// there are is a sum, and what they are a slice.

#ifndef DLC_SEARCH_TD
#define DLC_SEARCH_TD

include "dialects/dlc/DlcBase.td"

def Dlc_TopKOp : Dlc_ShapedOp<"topk"> {
  let summary = "where the greatest or least elements of a dimension are, in order";
  let description = [{
    The dimension gets the size `k`, which is at most its old one. Its first element
    is the index of the greatest element of the input (the least, with `least`), and so
    on; of equal elements the one of lower index comes first. A NaN is greater
    than any number. With all elements it is a stable sort.
  }];
  let arguments = (ins Dlc_Number:$input, Index:$k, I64Attr:$axis, UnitAttr:$least);
  let results = (outs Dlc_Tensor:$result);
  let assemblyFormat = [{
    $input `,` $k `axis` `=` $axis (`least` $least^)? attr-dict `:` type($input) `->` type($result)
  }];
}

def Dlc_NonZeroOp : Dlc_ShapedOp<"nonzero"> {
  let summary = "where the true elements of a vector are";
  let description = "Their indices in rising order, then -1 for each element that is false.";
  let arguments = (ins RankedTensorOf<[I1]>:$input);
  let results = (outs RankedTensorOf<[I64]>:$result);
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
}

def Dlc_NmsOp : Dlc_ShapedOp<"nms"> {
  let summary = "the best of the boxes that overlap";
  let description = [{
    Boxes [b, n, 4] are given by two opposite corners: the lower ends of both
    dimensions, then the higher ones. For each batch and class of scores [b, c, n],
    boxes whose score is above `least_score` are taken in falling order of score, of
    equal ones that of lower index first; a box is chosen if the area it has in common
    with none of those chosen before is more than `overlap` times the area that both
    cover, until `limit` are chosen. The result [b, c, n] holds the indices of the
    chosen boxes in that order, then -1.
  }];
  let arguments = (ins Dlc_Float:$boxes, Dlc_Float:$scores, Dlc_Float:$overlap, Dlc_Float:$least_score, Index:$limit);
  let results = (outs RankedTensorOf<[I64]>:$result);
  let assemblyFormat = [{
    $boxes `,` $scores `overlap` $overlap `least` $least_score `limit` $limit attr-dict
    `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

#endif // DLC_SEARCH_TD
