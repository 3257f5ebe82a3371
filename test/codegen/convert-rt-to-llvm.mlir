// The layouts are those of dlc_frame and dlc_services in include/dlc/runtime.h.
//
// RUN: dlc-opt %s -split-input-file -convert-rt-to-llvm | FileCheck %s

// CHECK-LABEL: @frame
// CHECK-SAME:  (%[[FRAME:.*]]: !llvm.ptr)
// CHECK-NOT:   rt.
func.func @frame(%frame: !llvm.ptr) -> (!llvm.ptr, index, !llvm.ptr, !llvm.ptr) {
  %0 = rt.input %frame[2]
  %1 = rt.input_dim %frame[1, 3]
  %2 = rt.weights %frame
  %n = arith.constant 64 : index
  %3 = rt.offset %2[%n]
  return %0, %1, %2, %3 : !llvm.ptr, index, !llvm.ptr, !llvm.ptr
}
