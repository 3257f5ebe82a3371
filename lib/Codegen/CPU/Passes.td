//===----------------------------------------------------------------------===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Passes from clusters to the LLVM dialect, for CPUs.

#ifndef LIB_CODEGEN_CPU_PASSES_TD
#define LIB_CODEGEN_CPU_PASSES_TD

include "mlir/Pass/PassBase.td"

def PackWeights : Pass<"dlc-pack-weights", "::mlir::func::FuncOp"> {
  let summary = "rearrange operands into the order that kernels read";
  let description = [{
    Right-hand sides of products and kernels of convolutions become panels as
    wide as a register tile (see `packed` of dlc.matmul and dlc.conv);
    convolutions get inputs that hold their padding, but for depthwise ones and
    those of images in planes of known size, whose kernels leave out what lies
    outside of the input. Both are written as
    operations of the dlc dialect, so that dlc-fold-constants does the work for
    weights, and what is not constant becomes a kernel like any other.

    Where it pays, a 3x3 convolution gets the kernel of Winograd's algorithm
    (see `winograd` of dlc.conv), which needs no padding, and a product with a
    constant what Strassen's algorithm multiplies by (see `strassen` of dlc.matmul).
  }];
  let options = [
    Option<"isaName", "isa", "std::string", "\"\"", "avx512 (the default), avx2, sse or neon">,
    Option<"winograd", "winograd", "bool", "true", "allow Winograd's algorithm">,
    Option<"strassen", "strassen", "bool", "true", "allow Strassen's algorithm">,
    Option<"formName", "form", "std::string", "\"\"", "take this form where there is it: direct:2 has panels of two vectors">
  ];
  let dependentDialects = ["::dlc::DlcDialect", "::mlir::arith::ArithDialect", "::mlir::tensor::TensorDialect"];
}

def ShareWeights : Pass<"dlc-share-weights", "::mlir::func::FuncOp"> {
  let summary = "let gathers read the panels of a product with the same weights";
  let description = [{
    A constant table of whose rows gathers pick some, and which packed panels of a
    product hold, too (tied embeddings), is not stored on its own.
  }];
  let dependentDialects = ["::dlc::DlcDialect"];
}

def EmitProgram : Pass<"dlc-emit-program", "::mlir::ModuleOp"> {
  let summary = "replace clusters by the kernels that compute them";
  let description = [{
    The module's @main, which dlc-form-clusters has been through, becomes
    @dlc_run(%frame), which plans memory and launches kernels, and one function
    for each different cluster. For looking at kernels: weights go nowhere, they
    only get offsets. The compiler calls cpu::emitProgram itself.
  }];
  let options = [
    Option<"isaName", "isa", "std::string", "\"\"", "avx512 (the default), avx2, sse or neon">
  ];
  let dependentDialects = [
    "::dlc::rt::RtDialect", "::mlir::LLVM::LLVMDialect", "::mlir::arith::ArithDialect",
    "::mlir::func::FuncDialect", "::mlir::math::MathDialect", "::mlir::memref::MemRefDialect",
    "::mlir::scf::SCFDialect", "::mlir::vector::VectorDialect"
  ];
}

def ExpandMath : Pass<"dlc-expand-math"> {
  let summary = "turn f32 math functions into arithmetic";
  let description = [{
    exp, log, the trigonometric and hyperbolic functions and their inverses, erf
    and pow of 32-bit floats become polynomials, at most 4 units in the last
    place off, of scalars and vectors alike.
  }];
  let options = [
    Option<"hasFma", "fma", "bool", "true", "the target has a fused multiply-add">,
    Option<"hasScale", "scale", "bool", "false", "the target has AVX-512's scalef">
  ];
  let dependentDialects = [
    "::mlir::LLVM::LLVMDialect", "::mlir::arith::ArithDialect", "::mlir::math::MathDialect", "::mlir::scf::SCFDialect",
    "::mlir::vector::VectorDialect"
  ];
}

def InterleaveVectors : Pass<"dlc-interleave-vectors", "::mlir::func::FuncOp"> {
  let summary = "compute several vectors of a loop at once, step by step";
  let description = [{
    What is a long chain of steps for each vector (exp, erf) is computed for several
    of them step by step. A processor looks ahead only some hundred instructions, a
    few vectors, which leaves its units idle.

    It is done in loops marked dlc.independent, whose iterations read nothing that
    others write, which are unrolled where they compute one vector, and between
    stores that are marked so, as the vectors of a tile are.
  }];
  let options = [
    Option<"ways", "ways", "int64_t", "4", "vectors at once; of a tile, whose sums have registers too, half as many">
  ];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::scf::SCFDialect"];
}

def ConvertRtToLLVM : Pass<"convert-rt-to-llvm", "::mlir::ModuleOp"> {
  let summary = "turn calls into the run time into loads, calls and branches";
  let description = [{
    The layouts are those of dlc_frame and dlc_services in include/dlc/runtime.h.
    A call that fails returns its status at once. Names of kernels and messages
    become constants of the module.
  }];
  let dependentDialects = [
    "::mlir::LLVM::LLVMDialect", "::mlir::cf::ControlFlowDialect", "::mlir::arith::ArithDialect",
    "::mlir::func::FuncDialect"
  ];
}

def AddDebugInfo : Pass<"dlc-add-debug-info", "::mlir::ModuleOp"> {
  let summary = "name kernels after their nodes, in symbols and in DWARF";
  let description = [{
    Of each function of the LLVM dialect: its symbol becomes `k3.conv1_relu1`,
    and debug information says "conv1+relu1" of the model's file, by which
    debuggers and profilers show it. A kernel that several nodes share is named
    after the first. Instructions are at line 0: models have no lines.
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect"];
}

#endif // LIB_CODEGEN_CPU_PASSES_TD
