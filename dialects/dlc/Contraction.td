//===----------------------------------------------------------------------===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLC_CONTRACTION_TD
#define DLC_CONTRACTION_TD

include "dialects/dlc/DlcBase.td"

def Dlc_MatmulOp : Dlc_ShapedOp<"matmul"> {
  let summary = "batched matrix product";
  let description = [{
    lhs [b..., m, k] times rhs [b..., k, n] is [b..., m, n]; both have the same rank,
    and a batch size of one side may be 1. Float elements accumulate in f32 or
    wider; integers in i32 (the result type then is i32).

    With `packed` = n, rhs is in the order a kernel reads it: [b..., panels, k, width],
    column j at panel j / width, place j mod width; columns from n on are zero.

    With `strassen` too, it is what Strassen's algorithm, in Winograd's form and with one level,
    multiplies by: the seven sums of quarters of the matrix [k, n], which has no batches, as
    [panels, 7, k / 2, width]; columns from n on are zero, and lib/Codegen/CPU/Strassen.h has their order.
    m is open, or at least 2.
  }];
  let arguments = (ins Dlc_Number:$lhs, Dlc_Number:$rhs, OptionalAttr<I64Attr>:$packed,
                       UnitAttr:$strassen);
  let results = (outs Dlc_Tensor:$result);
  let assemblyFormat = "$lhs `,` $rhs (`packed` $packed^)? (`strassen` $strassen^)? attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1;
}

def Dlc_ConvOp : Dlc_ShapedOp<"conv"> {
  let summary = "convolution (cross-correlation), channels last";
  let description = [{
    Input [n, spatial..., c], kernel [oc, window..., c / groups], result
    [n, spatial..., oc]; outside of the input is zero. One entry per spatial dimension in
    every list; `pads` holds the low ends, then the high ends. Output channel
    block g (of oc / groups) reads input channel block g. Size: as dlc.pool's.

    With `packed` = oc, the kernel is in the order that it is read:
    [groups, panels, window..., c / groups, width], as dlc.matmul's rhs; of a depthwise
    convolution (c / groups = 1, oc = c): [window..., c].

    With `winograd` = m too, it is what Winograd's F(m x m, 3 x 3) multiplies by: G k G^T of
    each 3 x 3 kernel k, [panels, (m + 2) * (m + 2), c, width]. The convolution has two spatial
    dimensions and neither strides, dilations nor groups.
  }];
  let arguments = (ins Dlc_Number:$input, Dlc_Number:$kernel, DenseI64ArrayAttr:$strides,
                       DenseI64ArrayAttr:$dilations, DenseI64ArrayAttr:$pads, I64Attr:$groups,
                       OptionalAttr<I64Attr>:$packed, OptionalAttr<I64Attr>:$winograd);
  let results = (outs Dlc_Tensor:$result);
  let assemblyFormat = [{
    $input `,` $kernel `strides` $strides `dilations` $dilations `pads` $pads `groups` $groups
    (`packed` $packed^)? (`winograd` $winograd^)? attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
  let extraClassDeclaration = shapedDeclaration # [{
    /// Whether each output channel reads one input channel of its own.
    bool isDepthwise();
    /// Whether the input may be a transposed view of memory: so few channels
    /// cost less where they lie than to bring together.
    bool takesViews();
    /// Whether the input may be computed as it is read: each element once for
    /// all outputs.
    bool takesComputed();
    /// The sizes of the window.
    ::llvm::ArrayRef<int64_t> getWindow();
  }];
}

#endif // DLC_CONTRACTION_TD
