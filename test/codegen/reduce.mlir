// Kernels of reductions over other dimensions.
//
// RUN: dlc-opt %s -split-input-file -pass-pipeline='builtin.module(func.func(dlc-form-clusters,dlc-place-results),dlc-emit-program{isa=avx512},func.func(canonicalize,cse))' | FileCheck %s

// The last dimension stays: it has the lanes.
// CHECK-LABEL: func.func @k0
// CHECK:         scf.for
// CHECK:           scf.for %{{.*}} = %c0 to %c32 step %c16
// CHECK:             scf.for %{{.*}} = %c0 to %c8 step %c1 iter_args({{.*}}) -> (vector<16xf32>)
// CHECK:               vector.load
// CHECK-NEXT:          arith.addf
// CHECK:             vector.store
// CHECK-NOT:     vector.extract
// CHECK:         return
func.func @main(%x: tensor<8x32xf32>) -> tensor<32xf32> {
  %0 = dlc.reduce sum %x [0] : tensor<8x32xf32> -> tensor<32xf32>
  return %0 : tensor<32xf32>
}

// -----

// Some of it is left over: masked loads, but nothing to make neutral.
// CHECK-LABEL: func.func @k0
// CHECK:         vector.constant_mask [4]
// CHECK:         scf.for
// CHECK:           %[[X:.*]] = vector.maskedload
// CHECK-NEXT:      arith.cmpf olt, %{{.*}}, %[[X]]
// CHECK:         vector.maskedstore
func.func @main(%x: tensor<8x20xf32>) -> tensor<20xf32> {
  %0 = dlc.reduce max %x [0] : tensor<8x20xf32> -> tensor<20xf32>
  return %0 : tensor<20xf32>
}

// -----

// It is reduced: the lanes are combined in the end, halves with halves, and those
// beyond the row count for nothing.
// CHECK-LABEL: func.func @k0
// CHECK:         scf.for
// CHECK:           scf.for %{{.*}} = %c0 to %c4 step %c1 iter_args({{.*}}) -> (vector<16xf32>)
// CHECK:             vector.load
// CHECK:             %[[MASK:.*]] = vector.constant_mask [4]
// CHECK:             %[[X:.*]] = vector.maskedload
// CHECK:             arith.select %[[MASK]], %[[X]]
// CHECK:           arith.addf {{.*}} : vector<8xf32>
// CHECK:           arith.addf {{.*}} : vector<4xf32>
// CHECK:           arith.addf {{.*}} : vector<2xf32>
// CHECK:           memref.store
func.func @main(%x: tensor<4x8x20xf32>) -> tensor<8xf32> {
  %0 = dlc.reduce sum %x [0, 2] : tensor<4x8x20xf32> -> tensor<8xf32>
  return %0 : tensor<8xf32>
}

// -----

// No dimension: a copy. Sixteen equal lanes are not to be summed up.
// CHECK-LABEL: func.func @k0
// CHECK-NOT:     arith.addf
// CHECK:         return
func.func @main(%x: tensor<f32>) -> tensor<f32> {
  %0 = dlc.reduce sum %x [] : tensor<f32> -> tensor<f32>
  return %0 : tensor<f32>
}

// -----

// CHECK-LABEL: func.func @k0
// CHECK-NOT:     arith.addf
// CHECK:         return
func.func @main(%x: tensor<4x16xf32>) -> tensor<4x16xf32> {
  %0 = dlc.reduce sum %x [] : tensor<4x16xf32> -> tensor<4x16xf32>
  return %0 : tensor<4x16xf32>
}

// -----

// What is computed from the sum is computed in the same kernel.
// CHECK-LABEL: func.func @k0
// CHECK:         %[[SUM:.*]] = scf.for {{.*}} iter_args
// CHECK:         %[[N:.*]] = arith.negf %[[SUM]]
// CHECK:         vector.store %[[N]]
func.func @main(%x: tensor<8x32xf32>) -> tensor<32xf32> {
  %0 = dlc.reduce sum %x [0] : tensor<8x32xf32> -> tensor<32xf32>
  %1 = dlc.neg %0 : tensor<32xf32>
  return %1 : tensor<32xf32>
}

// -----

// Bools are combined as bits.
// CHECK-LABEL: func.func @k0
// CHECK:         arith.cmpi ne, {{.*}} : vector<16xi8>
// CHECK:         arith.ori {{.*}} : vector<16xi1>
// CHECK:         arith.extui {{.*}} : vector<16xi1> to vector<16xi8>
func.func @main(%x: tensor<8x32xi1>) -> tensor<32xi1> {
  %0 = dlc.reduce any %x [0] : tensor<8x32xi1> -> tensor<32xi1>
  return %0 : tensor<32xi1>
}
