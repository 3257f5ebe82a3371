// Kernels of pooling: lanes are channels.
//
// RUN: dlc-opt %s -split-input-file -pass-pipeline='builtin.module(func.func(dlc-form-clusters,dlc-place-results),dlc-emit-program{isa=avx512},func.func(canonicalize,cse))' | FileCheck %s

// A whole window is read without a loop. Numbers are compared without a look at
// NaNs, which are found two at a time. At the edges the window is cut to what
// lies inside of the input: no element needs a check.
// CHECK-LABEL: func.func @dlc_run
// CHECK:         rt.launch {{.*}} kind "pool"
// CHECK-LABEL: func.func @k0
// CHECK:         scf.for
// CHECK:           scf.for %{{.*}} = %c0 to %c4
// CHECK:             scf.if
// CHECK-NEXT:          scf.for %{{.*}} = %c0 to %c32 step %c16
// CHECK-COUNT-9:         vector.load
// CHECK-COUNT-8:         arith.cmpf ogt, {{.*}} : vector<16xf32>
// CHECK-COUNT-5:         arith.cmpf uno
// CHECK-NOT:             arith.cmpf
// CHECK:                 vector.store
// CHECK:             } else {
// CHECK-NEXT:          scf.for %{{.*}} = %c0 to %c32 step %c16
// CHECK:                 scf.for {{.*}} iter_args
// CHECK:                   scf.for {{.*}} iter_args
// CHECK-NOT:                 scf.if
// CHECK:                     vector.load
// CHECK:                 vector.store
// CHECK-NOT:     mask
// CHECK:         return
func.func @main(%x: tensor<1x8x8x32xf32>) -> tensor<1x4x4x32xf32> {
  %0 = dlc.pool max %x kernel [3, 3] strides [2, 2] dilations [1, 1] pads [1, 1, 1, 1] : tensor<1x8x8x32xf32> -> tensor<1x4x4x32xf32>
  return %0 : tensor<1x4x4x32xf32>
}

// -----

// The rows that a window spans fill the first-level cache: strips of them are
// done downwards, image by image, so that what the next row reads again is
// there.
// CHECK-LABEL: func.func @k0
// CHECK:         scf.for %[[IMAGE:.*]] = %{{.*}} to %{{.*}} step %c1
// CHECK:           scf.for %[[X:.*]] = %c0 to %c56 step %c14
// CHECK:             scf.for
// CHECK:               arith.addi %[[X]], %c14
// CHECK:               scf.for %{{.*}} = %[[X]] to
// CHECK-NEXT:            arith.muli
func.func @main(%x: tensor<2x112x112x64xf32>) -> tensor<2x56x56x64xf32> {
  %0 = dlc.pool max %x kernel [3, 3] strides [2, 2] dilations [1, 1] pads [1, 1, 1, 1] : tensor<2x112x112x64xf32> -> tensor<2x56x56x64xf32>
  return %0 : tensor<2x56x56x64xf32>
}

// -----

// Integers; 4 channels are left over.
// CHECK-LABEL: func.func @k0
// CHECK:         arith.maxsi {{.*}} : vector<16xi8>
// CHECK:         vector.store
// CHECK:         vector.constant_mask [4]
// CHECK:         vector.maskedload
// CHECK:         vector.maskedstore
func.func @main(%x: tensor<1x8x20xi8>) -> tensor<1x7x20xi8> {
  %0 = dlc.pool max %x kernel [2] strides [1] dilations [1] pads [0, 0] : tensor<1x8x20xi8> -> tensor<1x7x20xi8>
  return %0 : tensor<1x7x20xi8>
}

// -----

// Three dimensions, summed in f32; the division is part of it.
// CHECK-LABEL: func.func @k0
// CHECK-NOT:     iter_args
// CHECK:         arith.extf
// CHECK-COUNT-7: arith.addf {{.*}} : vector<16xf32>
// CHECK:         arith.truncf
// CHECK:         arith.mulf {{.*}} : vector<16xf32>
// CHECK:         arith.truncf
// CHECK:         vector.store
func.func @main(%x: tensor<1x4x4x4x16xf16>) -> tensor<1x2x2x2x16xf16> {
  %c = dlc.constant dense<0.125> : tensor<1x2x2x2x16xf16>
  %0 = dlc.pool sum %x kernel [2, 2, 2] strides [2, 2, 2] dilations [1, 1, 1] pads [0, 0, 0, 0, 0, 0] : tensor<1x4x4x4x16xf16> -> tensor<1x2x2x2x16xf16>
  %1 = dlc.mul %0, %c : tensor<1x2x2x2x16xf16>
  return %1 : tensor<1x2x2x2x16xf16>
}

// -----

// Large windows: of the columns first, whose sums are in scratch memory, then of
// these along the row; what reaches beyond the input has loops of its own.
// CHECK:       module attributes {{.*}}dlc.scratch = 20480
// CHECK-LABEL: func.func @dlc_run
// CHECK:         rt.launch {{.*}} kind "pool"
// CHECK-LABEL: func.func @k0
// CHECK:         %[[BETWEEN:.*]] = rt.scratch %arg3[0]
// CHECK:         scf.if
// CHECK:           scf.for %{{.*}} = %c0 to %c20
// CHECK-COUNT-5:     vector.load
// CHECK:             vector.store {{.*}}, %[[BETWEEN]]
// CHECK:         } else {
// CHECK:           scf.for {{.*}} iter_args
// CHECK:         scf.for %{{.*}} = %c0 to %c20
// CHECK:           scf.if
// CHECK-COUNT-5:     vector.load %[[BETWEEN]]
// CHECK:             vector.store
func.func @main(%x: tensor<1x20x20x256xf32>) -> tensor<1x20x20x256xf32> {
  %0 = dlc.pool max %x kernel [5, 5] strides [1, 1] dilations [1, 1] pads [2, 2, 2, 2] : tensor<1x20x20x256xf32> -> tensor<1x20x20x256xf32>
  return %0 : tensor<1x20x20x256xf32>
}
