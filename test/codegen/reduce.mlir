// Kernels of reductions over other dimensions.
//
// RUN: dlc-opt %s -split-input-file -pass-pipeline='builtin.module(func.func(dlc-form-clusters,dlc-place-results),dlc-emit-program{isa=avx512},func.func(canonicalize,cse))' | FileCheck %s

// The last dimension stays: it has the lanes. Two vectors that lie side by side
// are summed together, four rows with sums of their own, which are added in the end.
// CHECK-LABEL: func.func @k0
// CHECK:         scf.for
// CHECK:           %[[SUMS:.*]]:8 = scf.for %{{.*}} = %c0 to %c8 step %c4 iter_args
// CHECK:             vector.load
// CHECK-NEXT:        arith.addf
// CHECK-COUNT-7:     vector.load
// CHECK-NOT:         vector.load
// CHECK:             scf.yield
// CHECK:           arith.addf %[[SUMS]]#0, %[[SUMS]]#2
// CHECK-COUNT-2:   vector.store
// CHECK-NOT:     vector.extract
// CHECK:         return
func.func @main(%x: tensor<8x32xf32>) -> tensor<32xf32> {
  %0 = dlc.reduce sum %x [0] : tensor<8x32xf32> -> tensor<32xf32>
  return %0 : tensor<32xf32>
}

// -----

// Rows beyond a multiple of what is unrolled.
// CHECK-LABEL: func.func @k0
// CHECK:         scf.for %{{.*}} = %c0 to %c48 step %c2 iter_args
// CHECK:         vector.load
// CHECK:         vector.store
func.func @main(%x: tensor<49x64xf32>) -> tensor<64xf32> {
  %0 = dlc.reduce sum %x [0] : tensor<49x64xf32> -> tensor<64xf32>
  return %0 : tensor<64xf32>
}

// -----

// Dimensions of memory that follow each other are one; of long rows as many vectors
// are summed together as there are registers for.
// CHECK-LABEL: func.func @k0
// CHECK:         scf.for
// CHECK:           scf.for %{{.*}} = %{{.*}} step %c256
// CHECK:             %[[SUMS:.*]]:16 = scf.for %{{.*}} = %c0 to %c49 step %c1 iter_args
// CHECK-COUNT-16:      vector.load
// CHECK-NOT:           scf.for
// CHECK:               scf.yield
// CHECK-NOT:         arith.addf
// CHECK-COUNT-16:    vector.store
// CHECK-NOT:     masked
// CHECK:         return
func.func @main(%x: tensor<1x7x7x512xf32>) -> tensor<1x512xf32> {
  %0 = dlc.reduce sum %x [1, 2] : tensor<1x7x7x512xf32> -> tensor<1x512xf32>
  return %0 : tensor<1x512xf32>
}

// -----

// 24 vectors are two groups of 12; of 17, the second group is shorter.
// CHECK-LABEL: func.func @k0
// CHECK:         step %c192
// CHECK:         :12 = scf.for
// CHECK-NOT:     scf.for
// CHECK:         return
// CHECK-LABEL: func.func @k1
// CHECK:         step %c144
// CHECK:         :9 = scf.for
// CHECK:         step %c128
// CHECK:         :8 = scf.for
// CHECK-NOT:     masked
// CHECK:         return
func.func @main(%x: tensor<8x384xf32>, %y: tensor<8x272xf32>) -> (tensor<384xf32>, tensor<272xf32>) {
  %0 = dlc.reduce sum %x [0] : tensor<8x384xf32> -> tensor<384xf32>
  %1 = dlc.reduce sum %y [0] : tensor<8x272xf32> -> tensor<272xf32>
  return %0, %1 : tensor<384xf32>, tensor<272xf32>
}

// -----

// Where it is computed, each index is asked for.
// CHECK-LABEL: func.func @k0
// CHECK:         scf.for %{{.*}} = %c0 to %c5 step %c1
// CHECK:           scf.for %{{.*}} = %c0 to %c6 step %c2
func.func @main(%x: tensor<7x64xf32>) -> tensor<64xf32> {
  %0 = dlc.broadcast %x : tensor<7x64xf32> -> tensor<5x7x64xf32>
  %1 = dlc.exp %0 : tensor<5x7x64xf32>
  %2 = dlc.reduce sum %1 [0, 1] : tensor<5x7x64xf32> -> tensor<64xf32>
  return %2 : tensor<64xf32>
}

// -----

// Some of it is left over: masked loads, but nothing to make neutral.
// CHECK-LABEL: func.func @k0
// CHECK:         vector.constant_mask [4]
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
// CHECK:         %[[N:.*]] = arith.negf
// CHECK:         vector.store %[[N]]
func.func @main(%x: tensor<8x16xf32>) -> tensor<16xf32> {
  %0 = dlc.reduce sum %x [0] : tensor<8x16xf32> -> tensor<16xf32>
  %1 = dlc.neg %0 : tensor<16xf32>
  return %1 : tensor<16xf32>
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
