// A loop over kernels: two buffers by turns for what a step changes, one for what
// it only inserts into, which nothing fills before.
//
// RUN: dlc-opt %s -pass-pipeline='builtin.module(func.func(dlc-form-clusters,dlc-place-results),dlc-emit-program,func.func(canonicalize,cse))' | FileCheck %s
// RUN: dlc -x mlir --emit=llvm %s -o - | FileCheck --check-prefix=LLVM %s

// CHECK-LABEL: func.func @dlc_run
// CHECK-DAG:     %[[X:.*]] = rt.input %{{.*}}[0]
// CHECK-DAG:     %[[N:.*]] = rt.input_dim %{{.*}}[0, 0]
// CHECK:         %[[ARENA:.*]] = rt.arena
// CHECK-DAG:     %[[SUM:.*]] = rt.offset %[[ARENA]][%c0]
// CHECK-DAG:     %[[OTHER:.*]] = rt.offset %[[ARENA]][%c64]
// CHECK-DAG:     %[[ALL:.*]] = rt.offset %[[ARENA]][%c128]
// CHECK-DAG:     rt.launch {{.*}} (%[[SUM]])
// CHECK:         scf.for %[[T:.*]] = %c0 to %[[N]] step %c1 iter_args(%[[NOW:.*]] = %[[SUM]], %[[NEXT:.*]] = %[[OTHER]])
// CHECK-NEXT:      rt.launch {{.*}} (%[[X]], %[[T]], %[[NOW]], %[[N]], %[[NEXT]])
// CHECK-NEXT:      %[[BYTES:.*]] = arith.muli %[[T]], %c16
// CHECK-NEXT:      %[[ROW:.*]] = rt.offset %[[ALL]][%[[BYTES]]]
// CHECK-NEXT:      rt.launch {{.*}} (%[[NEXT]], %[[ROW]])
// CHECK-NEXT:      scf.yield %[[NEXT]], %[[NOW]]
// CHECK:         %[[OUT:.*]] = rt.output
// CHECK:         rt.launch {{.*}} (%[[ALL]], %[[N]], %[[OUT]])

// LLVM: define{{.*}}dlc_run(
// LLVM: phi ptr
func.func @main(%x: tensor<?x4xf32>) -> tensor<?x4xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %n = tensor.dim %x, %c0 : tensor<?x4xf32>
  %zero = dlc.constant dense<0.0> : tensor<f32>
  %start = dlc.broadcast %zero : tensor<f32> -> tensor<1x4xf32>
  %all = tensor.empty(%n) : tensor<?x4xf32>
  %0:2 = scf.for %t = %c0 to %n step %c1 iter_args(%sum = %start, %out = %all) -> (tensor<1x4xf32>, tensor<?x4xf32>) {
    %row = dlc.slice %x [%t, 0] steps [1, 1] : tensor<?x4xf32> -> tensor<1x4xf32>
    %next = dlc.add %sum, %row : tensor<1x4xf32>
    %with = dlc.insert %next into %out at %t axis = 0 : tensor<1x4xf32> into tensor<?x4xf32>
    scf.yield %next, %with : tensor<1x4xf32>, tensor<?x4xf32>
  }
  return %0#1 : tensor<?x4xf32>
}
