// Kernels of transposes: square blocks are turned in registers.
//
// RUN: dlc-opt %s -split-input-file -pass-pipeline='builtin.module(func.func(dlc-form-clusters,dlc-place-results),dlc-emit-program{isa=avx512},func.func(canonicalize,cse))' | FileCheck %s

// Four exchanges of 16 vectors; whole blocks need no mask.
// CHECK-LABEL: func.func @dlc_run
// CHECK:         rt.launch {{.*}}[%c8, %c8] {{.*}} kind "transpose"
// CHECK-LABEL: func.func @k0
// CHECK-COUNT-16: vector.load
// CHECK-NOT:     vector.load
// CHECK-COUNT-64: vector.shuffle
// CHECK-NOT:     vector.shuffle
// CHECK-COUNT-16: vector.store
// CHECK-NOT:     mask
// CHECK:         return
func.func @main(%x: tensor<4x128x32xf32>) -> tensor<4x32x128xf32> {
  %0 = dlc.transpose %x [0, 2, 1] : tensor<4x128x32xf32> -> tensor<4x32x128xf32>
  return %0 : tensor<4x32x128xf32>
}

// -----

// What is left over at the end: 5 rows of whole vectors, and rows of 3 elements.
// CHECK-LABEL: func.func @k0
// CHECK:         scf.if
// CHECK-COUNT-16:  vector.load
// CHECK-COUNT-5:   vector.load
// CHECK-NOT:       vector.load
// CHECK-COUNT-16:  vector.maskedstore
// CHECK:         scf.if
// CHECK-COUNT-16:  vector.maskedload
// CHECK-COUNT-3:   vector.store
// CHECK-NOT:       vector.store
// CHECK-COUNT-5:   vector.maskedload
// CHECK-COUNT-3:   vector.maskedstore
// CHECK-NOT:       vector.maskedstore
// CHECK:         return
func.func @main(%x: tensor<21x19xf32>) -> tensor<19x21xf32> {
  %0 = dlc.transpose %x [1, 0] : tensor<21x19xf32> -> tensor<19x21xf32>
  return %0 : tensor<19x21xf32>
}

// -----

// Not of short rows, and not of other elements.
// CHECK-LABEL: func.func @dlc_run
// CHECK-COUNT-2: kind "loop"
func.func @main(%x: tensor<64x3xf32>, %y: tensor<64x64xf64>) -> (tensor<3x64xf32>, tensor<64x64xf64>) {
  %0 = dlc.transpose %x [1, 0] : tensor<64x3xf32> -> tensor<3x64xf32>
  %1 = dlc.transpose %y [1, 0] : tensor<64x64xf64> -> tensor<64x64xf64>
  return %0, %1 : tensor<3x64xf32>, tensor<64x64xf64>
}
