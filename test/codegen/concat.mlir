// Kernels of concatenations: a unit is one index of the dimensions before the axis.
//
// RUN: dlc-opt %s -split-input-file -pass-pipeline='builtin.module(func.func(dlc-form-clusters,cse,dlc-place-results),dlc-emit-program{isa=avx512},func.func(canonicalize,cse))' | FileCheck %s

// Inputs in memory are copied in one run from the axis on.
// CHECK-LABEL: func.func @k0
// CHECK:         scf.for
// CHECK:           scf.for %{{.*}} = %c0 to %c48 step %c16
// CHECK:             vector.load
// CHECK:           scf.for %{{.*}} = %c0 to %c80 step %c16
// CHECK:             vector.load
func.func @main(%x: tensor<2x3x16xf32>, %y: tensor<2x5x16xf32>) -> tensor<2x8x16xf32> {
  %0 = dlc.concat %x, %y axis = 1 : (tensor<2x3x16xf32>, tensor<2x5x16xf32>) -> tensor<2x8x16xf32>
  return %0 : tensor<2x8x16xf32>
}

// -----

// What is computed goes row by row.
// CHECK-LABEL: func.func @dlc_run
// CHECK:         rt.launch {{.*}} kind "concat"
// CHECK-NOT:     rt.launch
// CHECK-LABEL: func.func @k0
// CHECK:         scf.for
// CHECK:           scf.for %{{.*}} = %c0 to %c48 step %c16
// CHECK:           scf.for %{{.*}} = %c0 to %c5 step %c1
// CHECK:             arith.negf
// CHECK-NOT:     vector.gather
// CHECK:         return
func.func @main(%x: tensor<2x3x16xf32>, %y: tensor<5x2x16xf32>) -> tensor<2x8x16xf32> {
  %t = dlc.transpose %y [1, 0, 2] : tensor<5x2x16xf32> -> tensor<2x5x16xf32>
  %n = dlc.neg %t : tensor<2x5x16xf32>
  %0 = dlc.concat %x, %n axis = 1 : (tensor<2x3x16xf32>, tensor<2x5x16xf32>) -> tensor<2x8x16xf32>
  return %0 : tensor<2x8x16xf32>
}

// -----

// Along the last dimension only what is left over of an input is masked.
// CHECK-LABEL: func.func @k0
// CHECK:         scf.for
// CHECK-COUNT-2:   vector.store
// CHECK:           vector.constant_mask [4]
// CHECK:           vector.maskedload
// CHECK:           vector.maskedstore
// CHECK-NOT:       vector.maskedstore
// CHECK:         return
func.func @main(%x: tensor<4x16xf32>, %y: tensor<4x20xf32>) -> tensor<4x36xf32> {
  %0 = dlc.concat %x, %y axis = 1 : (tensor<4x16xf32>, tensor<4x20xf32>) -> tensor<4x36xf32>
  return %0 : tensor<4x36xf32>
}

// -----

// A concat of concats goes to memory twice.
// CHECK-LABEL: func.func @dlc_run
// CHECK-COUNT-2: rt.launch {{.*}} kind "concat"
func.func @main(%x: tensor<4x16xf32>, %y: tensor<4x16xf32>) -> tensor<4x48xf32> {
  %0 = dlc.concat %x, %y axis = 1 : (tensor<4x16xf32>, tensor<4x16xf32>) -> tensor<4x32xf32>
  %1 = dlc.concat %0, %y axis = 1 : (tensor<4x32xf32>, tensor<4x16xf32>) -> tensor<4x48xf32>
  return %1 : tensor<4x48xf32>
}

// -----

// Open sizes.
// CHECK-LABEL: func.func @dlc_run
// CHECK:         %[[N:.*]] = arith.addi
// CHECK:         rt.output %{{.*}}[0] (%c4, %[[N]])
// CHECK-LABEL: func.func @k0
// CHECK:         scf.if
// CHECK:           vector.maskedstore
// CHECK:         scf.if
// CHECK:           vector.maskedstore
func.func @main(%x: tensor<4x?xf32>, %y: tensor<4x?xf32>) -> tensor<4x?xf32> {
  %0 = dlc.concat %x, %y axis = 1 : (tensor<4x?xf32>, tensor<4x?xf32>) -> tensor<4x?xf32>
  return %0 : tensor<4x?xf32>
}

// -----

// What kernels compute goes straight to its stretch of the first dimension that
// is not 1, of an output or of the arena; nothing is copied.
// CHECK-LABEL: func.func @dlc_run
// CHECK-DAG:     %[[WHOLE:.*]] = rt.output %{{.*}}[0]
// CHECK-DAG:     %[[FIRST:.*]] = rt.offset %[[WHOLE]][%c0]
// CHECK-DAG:     %[[NEXT:.*]] = rt.offset %[[WHOLE]][%c192]
// CHECK-DAG:     rt.launch {{.*}} (%{{.*}}, %{{.*}}, %[[FIRST]])
// CHECK-DAG:     rt.launch {{.*}} (%{{.*}}, %{{.*}}, %[[NEXT]])
// CHECK-NOT:     concat
// CHECK:         return
func.func @main(%x: tensor<3x16xf32>, %y: tensor<5x16xf32>, %w: tensor<16x16xf32>) -> tensor<1x8x16xf32> {
  %0 = dlc.matmul %x, %w : (tensor<3x16xf32>, tensor<16x16xf32>) -> tensor<3x16xf32>
  %1 = dlc.matmul %y, %w : (tensor<5x16xf32>, tensor<16x16xf32>) -> tensor<5x16xf32>
  %2 = dlc.reshape %0 : tensor<3x16xf32> -> tensor<1x3x16xf32>
  %3 = dlc.reshape %1 : tensor<5x16xf32> -> tensor<1x5x16xf32>
  %4 = dlc.concat %2, %3 axis = 1 : (tensor<1x3x16xf32>, tensor<1x5x16xf32>) -> tensor<1x8x16xf32>
  return %4 : tensor<1x8x16xf32>
}

// -----

// So where the parts' sizes are open, and the result's are the same: a cache that
// grows by what a run brings, stacked.
// CHECK-LABEL: func.func @dlc_run
// CHECK-DAG:     %[[N:.*]] = rt.input_dim %{{.*}}[0, 0]
// CHECK-DAG:     %[[WHOLE:.*]] = rt.output %{{.*}}[0] (%c2, %[[N]], %c16)
// CHECK-DAG:     %[[BYTES:.*]] = arith.muli %[[N]], %c64
// CHECK-DAG:     %[[NEXT:.*]] = rt.offset %[[WHOLE]][%[[BYTES]]]
// CHECK-DAG:     rt.launch {{.*}}, %[[NEXT]])
// CHECK-NOT:     concat
// CHECK:         return
func.func @main(%x: tensor<?x16xf32>, %w: tensor<16x16xf32>, %v: tensor<16x16xf32>) -> tensor<2x?x16xf32> {
  %c0 = arith.constant 0 : index
  %n = tensor.dim %x, %c0 : tensor<?x16xf32>
  %0 = dlc.matmul %x, %w : (tensor<?x16xf32>, tensor<16x16xf32>) -> tensor<?x16xf32>
  %1 = dlc.matmul %x, %v : (tensor<?x16xf32>, tensor<16x16xf32>) -> tensor<?x16xf32>
  %2 = dlc.reshape %0 sizes(%n) : tensor<?x16xf32> -> tensor<1x?x16xf32>
  %3 = dlc.reshape %1 sizes(%n) : tensor<?x16xf32> -> tensor<1x?x16xf32>
  %4 = dlc.concat %2, %3 axis = 0 : (tensor<1x?x16xf32>, tensor<1x?x16xf32>) -> tensor<2x?x16xf32>
  return %4 : tensor<2x?x16xf32>
}

// -----

// Not where sizes differ: nobody says where the second part starts before the
// first is computed.
// CHECK-LABEL: func.func @dlc_run
// CHECK:         rt.launch {{.*}} kind "concat"
// CHECK:         return
func.func @main(%x: tensor<?x16xf32>, %y: tensor<?x16xf32>, %w: tensor<16x16xf32>) -> tensor<?x16xf32> {
  %0 = dlc.matmul %x, %w : (tensor<?x16xf32>, tensor<16x16xf32>) -> tensor<?x16xf32>
  %1 = dlc.matmul %y, %w : (tensor<?x16xf32>, tensor<16x16xf32>) -> tensor<?x16xf32>
  %2 = dlc.concat %0, %1 axis = 0 : (tensor<?x16xf32>, tensor<?x16xf32>) -> tensor<?x16xf32>
  return %2 : tensor<?x16xf32>
}
