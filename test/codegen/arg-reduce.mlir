// Kernels of arg_reduce: a unit is a line, walked element by element.
//
// RUN: dlc-opt %s -split-input-file -pass-pipeline='builtin.module(func.func(dlc-form-clusters,dlc-place-results),dlc-emit-program{isa=avx512},func.func(canonicalize,cse))' | FileCheck %s

// The first of equal elements counts.
// CHECK-LABEL: func.func @dlc_run
// CHECK:         rt.launch {{.*}}[%c4, %c1] {{.*}} kind "arg_reduce"
// CHECK-LABEL: func.func @k0
// CHECK:         scf.for %[[I:.*]] = %c1 to %c8 step %c1 iter_args(%[[BEST:.*]] = %{{.*}}, %[[AT:.*]] = %c0)
// CHECK:           %[[X:.*]] = memref.load
// CHECK:           %[[BETTER:.*]] = arith.cmpf olt, %[[BEST]], %[[X]]
// CHECK-NOT:       arith.ori
// CHECK:           arith.select %[[BETTER]], %[[X]], %[[BEST]]
// CHECK:           arith.select %[[BETTER]], %[[I]], %[[AT]]
// CHECK:         memref.store {{.*}} : memref<?xi64>
func.func @main(%x: tensor<4x8xf32>) -> tensor<4xi64> {
  %0 = dlc.arg_reduce max %x axis = 1 : tensor<4x8xf32> -> tensor<4xi64>
  return %0 : tensor<4xi64>
}

// -----

// Or the last.
// CHECK-LABEL: func.func @k0
// CHECK:         %[[BETTER:.*]] = arith.cmpf olt
// CHECK:         %[[EQUAL:.*]] = arith.cmpf oeq
// CHECK:         arith.ori %[[BETTER]], %[[EQUAL]]
func.func @main(%x: tensor<4x8xf32>) -> tensor<8xi64> {
  %0 = dlc.arg_reduce min %x axis = 0 last : tensor<4x8xf32> -> tensor<8xi64>
  return %0 : tensor<8xi64>
}
