// RUN: dlc-opt --dlc-add-debug-info --mlir-print-debuginfo %s | FileCheck %s --check-prefix=INFO
// RUN: dlc-opt --dlc-add-debug-info --mlir-print-debuginfo --mlir-print-local-scope %s | FileCheck %s

// A kernel's symbol and its debug information name the nodes that it computes;
// all code is at line 0 of the model's file.

// INFO-DAG: #[[FILE:.*]] = #llvm.di_file<"model.onnx" in "some">
// INFO-DAG: #[[UNIT:.*]] = #llvm.di_compile_unit<{{.*}}file = #[[FILE]]{{.*}}emissionKind = Full
// INFO-DAG: di_subprogram<{{.*}}compileUnit = #[[UNIT]]{{.*}}name = "conv 1+relu1", file = #[[FILE]]
// INFO-DAG: di_subprogram<{{.*}}name = "dlc_run"
// CHECK: llvm.func @dlc_run
// CHECK: addressof @k0.conv_1_relu1
// CHECK: llvm.func @k0.conv_1_relu1
// CHECK-NEXT: llvm.return loc("some/model.onnx":0:0)
// CHECK: llvm.func @other()
#file = loc("some/model.onnx":0:0)
#conv = loc("node 'conv 1' (Conv)"(#file))
#relu = loc("node 'relu1' (Relu)"(#file))
module {
  llvm.func @dlc_run() {
    %0 = llvm.mlir.addressof @k0 : !llvm.ptr
    llvm.return
  } loc(#file)
  llvm.func @k0() {
    llvm.return loc(#relu)
  } loc(fused[#conv, #relu])
  llvm.func @other()
} loc(#file)
