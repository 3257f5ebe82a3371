// RUN: dlc-opt %s -pass-pipeline='builtin.module(func.func(dlc-form-clusters,dlc-place-results),dlc-emit-program,func.func(canonicalize,cse))' | FileCheck %s
// RUN: dlc-opt %s -pass-pipeline='builtin.module(func.func(dlc-form-clusters,dlc-place-results),dlc-emit-program,convert-rt-to-llvm)' | FileCheck %s --check-prefix=LLVM

// A function of the run time is launched as a kernel of one unit, on whole
// tensors: the table, the result, how many elements it and the first input
// have, the inputs. The message of what failed ends the run. What only moves
// strings is a kernel like any other.

module attributes {dlc.strings = ["", "ab", "c"]} {
// CHECK-LABEL: func.func @dlc_run
// CHECK-SAME:    (%[[FRAME:.*]]: !llvm.ptr)
// CHECK:         %[[TABLE:.*]] = rt.strings %[[FRAME]] ["", "ab", "c"]
// CHECK:         rt.launch %[[FRAME]], @dlc_string_intern[%c1, %c1] (%[[TABLE]], %[[S:.*]], %[[N:.*]], %[[N]], %[[X:.*]]) : {{.*}} kind "string intern"
// CHECK:         rt.reported %[[FRAME]], %[[TABLE]] at
// CHECK:         rt.launch %[[FRAME]], @k0
// CHECK:         %[[OUT:.*]] = rt.output %[[FRAME]][0] (%[[N]], %c2)
// CHECK:         rt.launch %[[FRAME]], @dlc_string_spell[%c1, %c1] (%[[TABLE]], %[[OUT]], {{.*}}
// CHECK:       func.func private @dlc_string_intern(!llvm.ptr, index, index, !llvm.ptr)

// LLVM-DAG:    llvm.mlir.global internal constant @string_ends(dense<[0, 2, 3]> : tensor<3xi64>)
// LLVM-DAG:    llvm.mlir.global internal constant @{{.*}}("abc\00")
// LLVM-DAG:    llvm.func @dlc_strings_begin(!llvm.ptr, !llvm.ptr, !llvm.ptr, i64) -> !llvm.ptr
// LLVM:        llvm.call @dlc_strings_begin(
func.func @main(%x: tensor<?xi128>) -> tensor<?x2xi128> {
  %c0 = arith.constant 0 : index
  %n = tensor.dim %x, %c0 : tensor<?xi128>
  %0 = dlc.call "string_intern"(%x) sizes(%n) : (tensor<?xi128>) -> tensor<?xsi64>
  %1 = dlc.reshape %0 sizes(%n) : tensor<?xsi64> -> tensor<?x1xsi64>
  %2 = dlc.broadcast %1 sizes(%n) : tensor<?x1xsi64> -> tensor<?x2xsi64>
  %3 = dlc.call "string_spell"(%2) sizes(%n) : (tensor<?x2xsi64>) -> tensor<?x2xi128>
  return %3 : tensor<?x2xi128>
}
}
