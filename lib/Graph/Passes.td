//===----------------------------------------------------------------------===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Passes on the dlc dialect.

#ifndef LIB_GRAPH_PASSES_TD
#define LIB_GRAPH_PASSES_TD

include "mlir/Pass/PassBase.td"

def FoldConstants : Pass<"dlc-fold-constants", "::mlir::ModuleOp"> {
  let summary = "evaluate operations on constants";
  let description = [{
    An operation of the dlc dialect whose operands are all constants becomes a
    constant, composites included. Not so where that costs more than it gains:
    iota and a broadcast of equal elements stay as they are (an operation over
    them folds all the same); so does what makes a large tensor out of small
    ones, and what takes long to compute. An operation that would fail at run
    time (an index out of bounds) stays too.

    A reshape shares its operand's data. Data that no operation of the module
    holds any more is freed at once, so that folding chains over large weights
    keeps one copy; `keep-data` is for a caller who has attributes of the module
    elsewhere.
  }];
  let options = [
    Option<"keepData", "keep-data", "bool", "false",
           "do not free the data of constants that have gone">
  ];
  let dependentDialects = ["::dlc::DlcDialect", "::mlir::arith::ArithDialect"];
}

def InsertChecks : Pass<"dlc-insert-checks", "::mlir::func::FuncOp"> {
  let summary = "check at run time what operations demand of open sizes";
  let description = [{
    Sizes that must agree for a broadcast, a reshape, a product and so on, and that
    nothing proves equal, are compared before anything is computed.
  }];
  let dependentDialects = ["::dlc::DlcDialect", "::mlir::arith::ArithDialect", "::mlir::tensor::TensorDialect"];
}

def FormClusters : Pass<"dlc-form-clusters", "::mlir::func::FuncOp"> {
  let summary = "group operations into kernels";
  let description = [{
    Every dlc operation ends up in a dlc.cluster, but for constants and reshapes, which
    are views. What a cluster yields goes to memory, nothing else does.
  }];
  let dependentDialects = ["::dlc::DlcDialect", "::mlir::arith::ArithDialect", "::mlir::tensor::TensorDialect"];
}

def PlaceResults : Pass<"dlc-place-results", "::mlir::func::FuncOp"> {
  let summary = "give outputs and what loops carry a kernel each";
  let description = [{
    What is returned, what a loop starts from, what its body yields and what is
    inserted in place becomes the result of a dlc.cluster that fills that place
    alone: a copy where it is an argument, a constant, or has a place already. To
    be run after dlc-form-clusters and the last CSE, which takes two places for
    one.
  }];
  let dependentDialects = ["::dlc::DlcDialect", "::mlir::tensor::TensorDialect"];
}

def HoistFromLoops : Pass<"dlc-hoist-from-loops", "::mlir::func::FuncOp"> {
  let summary = "compute once what is the same in every step of a loop";
  let description = [{
    Not so a broadcast, an iota and a slice: they cost nothing within a kernel,
    but memory in front of the loop.
  }];
}

def PropagateLayout : Pass<"dlc-propagate-layout"> {
  let summary = "move transposes until they cancel";
  let description = [{
    The frontends wrap a channels-last operation into transposes. Transposes
    sink below pointwise operations, reductions and movements; they meet their
    inverses and vanish. Those of constants become constants, those that only
    move dimensions of size 1 reshapes.
  }];
  let dependentDialects = ["::dlc::DlcDialect", "::mlir::arith::ArithDialect", "::mlir::tensor::TensorDialect"];
}

def FoldBatchNorm : Pass<"dlc-fold-batch-norm"> {
  let summary = "fold factors and summands of output channels into weights";
  let description = [{
    Behind a channels-last convolution or a matmul with constant weights, products
    with and sums of constants that depend on the channel alone go into the
    weights and a single bias. To be run after dlc-propagate-layout.
  }];
  let dependentDialects = ["::dlc::DlcDialect", "::mlir::arith::ArithDialect", "::mlir::tensor::TensorDialect"];
}

def Canonicalize : Pass<"dlc-canonicalize"> {
  let summary = "simplify operations of the dlc dialect";
  let description = [{
    Identities of arithmetic that hold for every element, and of movements: two
    reshapes are one, a slice of the only part of a concat that it touches is a
    slice of that part, a constant of equal elements moves for free, and so on.
    Folds of the dialects themselves apply as well.
  }];
  let dependentDialects = ["::dlc::DlcDialect", "::mlir::arith::ArithDialect", "::mlir::tensor::TensorDialect"];
}

def InlineComposites : Pass<"dlc-inline-composites"> {
  let summary = "replace composites by their bodies";
}

def BlockAttention : Pass<"dlc-block-attention"> {
  let summary = "compute large scores block by block of rows";
  let description = [{
    Two products with a softmax between, whose scores would not stay in any cache, become
    a loop over parts of the batch, or over blocks of one's rows where those of one are
    too large. Of open sizes a run tells how many a block has: all of them where they are
    few. dlc-raise-slices makes the operations in the loop compute these alone.
  }];
  let dependentDialects = ["::dlc::DlcDialect", "::mlir::arith::ArithDialect", "::mlir::scf::SCFDialect", "::mlir::tensor::TensorDialect"];
}

def RaiseSlices : Pass<"dlc-raise-slices"> {
  let summary = "compute only what is sliced out";
  let description = [{
    A slice of the one part of a result that is used becomes slices of what that part is
    computed of: over products, reductions and what stands between them and the slice.
    A language model of which only the last token is asked for computes one row where it
    computed all.
  }];
  let dependentDialects = ["::dlc::DlcDialect", "::mlir::arith::ArithDialect", "::mlir::tensor::TensorDialect"];
}

def SinkReshapes : Pass<"dlc-sink-reshapes"> {
  let summary = "move reshapes below pointwise operations";
  let description = [{
    A product of flattened rows is reshaped back before its bias is added; below the
    pointwise operations the reshape is a view of memory, and they become the
    product's epilogue. The same holds of a reduction whose sizes of 1 are put back.
  }];
  let dependentDialects = ["::dlc::DlcDialect", "::mlir::arith::ArithDialect", "::mlir::tensor::TensorDialect"];
}

#endif // LIB_GRAPH_PASSES_TD
