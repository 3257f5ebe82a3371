// Kernels of Strassen's algorithm: sums of the left operand's quarters, seven
// products of tiles with packed panels, and the result's quarters.
//
// RUN: dlc-opt %s -split-input-file -pass-pipeline='builtin.module(func.func(dlc-form-clusters,dlc-place-results),dlc-emit-program{isa=avx512},func.func(canonicalize,cse))' | FileCheck %s

// 23 rows: the halves are 12 rows each and share one. Two tiles of six pairs
// times two panels are four units; a thread sums the left operand up once.
// CHECK-LABEL: func.func @dlc_run
// CHECK:       rt.launch %{{.*}}, @k0[%c4, %{{.*}}] {{.*}} kind "strassen 6x64"
// CHECK-LABEL: func.func @k0
// CHECK-DAG:     %[[ADDED:.*]] = rt.scratch %{{.*}}[0]
// CHECK-DAG:     %[[SUMS:.*]] = rt.scratch %{{.*}}[9216]
// CHECK:         scf.for
// CHECK:           scf.if
// CHECK:             scf.for %{{.*}} = %c0 to %c12
// CHECK:               scf.for %{{.*}} = %c0 to %c32 step %c16
// CHECK-COUNT-4:         vector.load
// CHECK-COUNT-4:         vector.store %{{.*}}, %[[ADDED]]
// A11 B11 starts with zeros, and waits.
// CHECK:           scf.for
// CHECK-NOT:         vector.load
// CHECK:             scf.for %{{.*}} = %c0 to %c32 step %c2 iter_args
// CHECK-COUNT-48:      vector.fma
// CHECK-NOT:           vector.fma
// CHECK:               scf.yield
// CHECK-COUNT-24:    vector.store %{{.*}}, %[[SUMS]]
// A12 B21 is added to it.
// CHECK:           scf.for
// CHECK-COUNT-24:    vector.load %[[SUMS]]
// CHECK:             scf.for %{{.*}} = %c0 to %c32 step %c2 iter_args
// CHECK-COUNT-48:      vector.fma
// CHECK-COUNT-24:    vector.store %{{.*}}, %[[SUMS]]
// C11, with what is fused into it.
// CHECK:           scf.for
// CHECK:             vector.load %[[SUMS]]
// CHECK:             arith.cmpf olt
// CHECK:             vector.store
// S2 T2 and S3 T3, and A22 T4 for C21: its first row is C11's last one.
// CHECK-COUNT-144: vector.fma
// CHECK-NOT:       vector.fma
// CHECK:           %[[OWN:.*]] = arith.cmpi uge
// CHECK:           scf.if %[[OWN]]
// CHECK:             vector.load %[[SUMS]]
// S1 T1 and another make C22.
// CHECK-COUNT-48:  vector.fma
// CHECK:           scf.if
// CHECK-COUNT-2:     vector.load %[[SUMS]]
// CHECK:             arith.addf
// S4 B22 starts with two sums, for C12.
// CHECK-COUNT-24:  arith.addf
// CHECK-COUNT-48:  vector.fma
// CHECK-NOT:       vector.fma
// CHECK:         return
func.func @main(%x: tensor<23x64xf32>, %w: tensor<2x7x32x64xf32>) -> tensor<23x256xf32> {
  %0 = dlc.matmul %x, %w packed 256 strassen : (tensor<23x64xf32>, tensor<2x7x32x64xf32>) -> tensor<23x256xf32>
  %z = dlc.constant dense<0.0> : tensor<23x256xf32>
  %1 = dlc.max %0, %z : tensor<23x256xf32>
  return %1 : tensor<23x256xf32>
}

// -----

// A part of a long panel at a time: the first starts with zeros or sums, the
// others add to what is there. Columns that there aren't are not stored.
// CHECK-LABEL: func.func @k0
// CHECK:         scf.for %{{.*}} = %c0 to %c1000 step %c2 iter_args
// CHECK:         scf.for %{{.*}} = %c1000 to %c3000 step %c1000
// CHECK:           vector.load
// CHECK:           scf.for %{{.*}} = %c0 to %c1000 step %c2 iter_args
// CHECK:         vector.create_mask
// CHECK:         vector.maskedstore
func.func @main(%x: tensor<24x6000xf32>, %w: tensor<2x7x3000x64xf32>) -> tensor<24x200xf32> {
  %0 = dlc.matmul %x, %w packed 200 strassen : (tensor<24x6000xf32>, tensor<2x7x3000x64xf32>) -> tensor<24x200xf32>
  return %0 : tensor<24x200xf32>
}

// -----

// An open number of rows: pairs are rounded up to whole tiles of six, for a
// capacity of 192 pairs; with few rows, four products make the direct form, in
// tiles of six, four, two rows and one.
// CHECK-LABEL: func.func @k0
// CHECK:         rt.scratch %{{.*}}[0]
// CHECK:         %[[MANY:.*]] = arith.cmpi sgt, %[[ROWS:.*]], %c127 : index
// CHECK:         scf.if %[[MANY]]
// CHECK:           scf.if
// CHECK-COUNT-336:   vector.fma
// CHECK-NOT:         vector.fma
// CHECK:         %[[FEW:.*]] = arith.cmpi slt, %[[ROWS]], %c128 : index
// CHECK:         scf.if %[[FEW]]
// CHECK-COUNT-416:   vector.fma
// CHECK-NOT:         vector.fma
// CHECK:         return
func.func @main(%x: tensor<?x64xf32>, %w: tensor<2x7x32x64xf32>) -> tensor<?x256xf32> {
  %0 = dlc.matmul %x, %w packed 256 strassen : (tensor<?x64xf32>, tensor<2x7x32x64xf32>) -> tensor<?x256xf32>
  return %0 : tensor<?x256xf32>
}
