// Kernels of arg_reduce: a unit is a line, walked element by element, or some vectors
// of lines that lie beside each other.
//
// RUN: dlc-opt %s -split-input-file -pass-pipeline='builtin.module(func.func(dlc-form-clusters,dlc-place-results),dlc-emit-program{isa=avx512},func.func(canonicalize,cse))' | FileCheck %s

// The first of equal elements counts.
// CHECK-LABEL: func.func @dlc_run
// CHECK:         rt.launch {{.*}}[%c4, %c1] {{.*}} kind "arg_reduce"
// CHECK-LABEL: func.func @k0
// CHECK:         scf.for %[[I:.*]] = %c1 to %c8 step %c1 iter_args(%[[BEST:.*]] = %{{.*}}, %[[AT:.*]] = %c0_i32)
// CHECK:           %[[HERE:.*]] = arith.index_cast %[[I]] : index to i32
// CHECK:           %[[X:.*]] = memref.load
// CHECK:           %[[BETTER:.*]] = arith.cmpf olt, %[[BEST]], %[[X]]
// CHECK-NOT:       arith.ori
// CHECK:           arith.select %[[BETTER]], %[[X]], %[[BEST]]
// CHECK:           arith.select %[[BETTER]], %[[HERE]], %[[AT]]
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

// -----

// Four vectors of lines at once, then one by one, the last under a mask. Numbers
// are short where the length is known to be; there are as many units as blocks.
// CHECK-LABEL: func.func @dlc_run
// CHECK:         rt.launch {{.*}}[%c14, %c1] {{.*}} kind "arg_reduce"
// CHECK-LABEL: func.func @k0
// CHECK:         scf.for {{.*}} step %c64
// CHECK:           scf.for {{.*}} = %c1 to %c8 step %c1 iter_args
// CHECK-COUNT-4:     vector.load {{.*}} vector<16xf32>
// CHECK:           arith.extsi {{.*}} : vector<16xi32> to vector<16xi64>
// CHECK:           vector.store
// CHECK:         scf.for {{.*}} step %c16
// CHECK:         vector.maskedload
// CHECK:         vector.maskedstore
func.func @main(%x: tensor<7x8x100xf32>) -> tensor<7x100xi64> {
  %0 = dlc.arg_reduce max %x axis = 1 : tensor<7x8x100xf32> -> tensor<7x100xi64>
  return %0 : tensor<7x100xi64>
}
