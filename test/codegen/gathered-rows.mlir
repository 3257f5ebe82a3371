// Kernels of gathers from what the kernel computes itself.
//
// RUN: dlc-opt %s -split-input-file -pass-pipeline='builtin.module(func.func(dlc-form-clusters,dlc-place-results),dlc-emit-program{isa=avx512},func.func(canonicalize,cse))' | FileCheck %s

// Interpolation along two dimensions: a row of the first goes to scratch memory, and
// the second picks from there. Factors and indices are loaded before what they are for
// all of.
// CHECK-LABEL: func.func @dlc_run
// CHECK:         kind "gathered rows"
// CHECK-LABEL: func.func @k0
// CHECK:         %[[ROW:.*]] = rt.scratch
// CHECK:         scf.for
// CHECK:           memref.load
// CHECK:           memref.load
// CHECK:           scf.for %{{.*}} = %c0 to %c256 step %c16
// CHECK-NOT:         memref.load
// CHECK:             %[[V:.*]] = arith.addf
// CHECK:             vector.store %[[V]], %[[ROW]]
// CHECK:           scf.for %{{.*}} = %c0 to %c16 step %c1
// CHECK:             memref.load
// CHECK:             scf.for %{{.*}} = %c0 to %c32 step %c16
// CHECK-NOT:           memref.load
// CHECK:               vector.load %[[ROW]]
// CHECK:               vector.load %[[ROW]]
// CHECK:               %[[W:.*]] = arith.addf
// CHECK-NOT:           %[[ROW]]
// CHECK:               vector.store %[[W]]
func.func @main(%x: tensor<1x8x8x32xf32>, %i: tensor<16xi64>, %j: tensor<16xi64>,
                %p: tensor<16x1x1xf32>, %q: tensor<16x1xf32>) -> tensor<1x16x16x32xf32> {
  %0 = dlc.gather %x, %i axis = 1 : (tensor<1x8x8x32xf32>, tensor<16xi64>) -> tensor<1x16x8x32xf32>
  %1 = dlc.gather %x, %j axis = 1 : (tensor<1x8x8x32xf32>, tensor<16xi64>) -> tensor<1x16x8x32xf32>
  %2 = dlc.broadcast %p : tensor<16x1x1xf32> -> tensor<1x16x8x32xf32>
  %3 = dlc.mul %1, %2 : tensor<1x16x8x32xf32>
  %4 = dlc.add %0, %3 : tensor<1x16x8x32xf32>
  %5 = dlc.gather %4, %i axis = 2 : (tensor<1x16x8x32xf32>, tensor<16xi64>) -> tensor<1x16x16x32xf32>
  %6 = dlc.gather %4, %j axis = 2 : (tensor<1x16x8x32xf32>, tensor<16xi64>) -> tensor<1x16x16x32xf32>
  %7 = dlc.broadcast %q : tensor<16x1xf32> -> tensor<1x16x16x32xf32>
  %8 = dlc.mul %6, %7 : tensor<1x16x16x32xf32>
  %9 = dlc.add %5, %8 : tensor<1x16x16x32xf32>
  return %9 : tensor<1x16x16x32xf32>
}

// -----

// The nearest cache does not hold a row of the result, the one that it is picked
// from and two that this is computed from: strips of columns, each for all rows, if
// what strips are picked from is not much more than the row is.
// CHECK-LABEL: func.func @k0
// CHECK:         %[[ROW:.*]] = rt.scratch
// CHECK:         %[[SUM:.*]] = scf.for %{{.*}} = %c0 to %c2 step %c1 iter_args
// CHECK:           scf.for {{.*}} iter_args
// CHECK-COUNT-2:     memref.load %{{.*}} : memref<?xi64>
// CHECK:         arith.cmpi
// CHECK:         %[[WIDTH:.*]] = arith.select %{{.*}}, %c48, %c96
// CHECK:         %[[STRIPS:.*]] = arith.select %{{.*}}, %c2, %c1
// CHECK:         scf.for %{{.*}} = %c0 to %[[STRIPS]] step %c1
// CHECK:           %[[FIRST:.*]] = arith.muli %{{.*}}, %[[WIDTH]]
// CHECK:           %[[STOP:.*]] = arith.minsi
// CHECK:           %[[PICKED:.*]]:2 = scf.for %{{.*}} = %[[FIRST]] to %[[STOP]] step %c1 iter_args
// CHECK:           scf.for %{{.*}} = %arg1 to %arg2
// CHECK:             %[[FROM:.*]] = arith.muli %[[PICKED]]#0, %c64
// CHECK:             %[[TO:.*]] = arith.muli %[[PICKED]]#1, %c64
// CHECK:             scf.for %{{.*}} = %[[FROM]] to
// CHECK:               vector.store {{.*}}, %[[ROW]]
// CHECK:             scf.for %{{.*}} = %[[FIRST]] to %[[STOP]]
// CHECK:               vector.load %[[ROW]]
func.func @main(%x: tensor<1x8x32x64xf32>, %i: tensor<16xi64>, %j: tensor<16xi64>,
                %k: tensor<96xi64>, %l: tensor<96xi64>) -> tensor<1x16x96x64xf32> {
  %0 = dlc.gather %x, %i axis = 1 : (tensor<1x8x32x64xf32>, tensor<16xi64>) -> tensor<1x16x32x64xf32>
  %1 = dlc.gather %x, %j axis = 1 : (tensor<1x8x32x64xf32>, tensor<16xi64>) -> tensor<1x16x32x64xf32>
  %2 = dlc.add %0, %1 : tensor<1x16x32x64xf32>
  %3 = dlc.gather %2, %k axis = 2 : (tensor<1x16x32x64xf32>, tensor<96xi64>) -> tensor<1x16x96x64xf32>
  %4 = dlc.gather %2, %l axis = 2 : (tensor<1x16x32x64xf32>, tensor<96xi64>) -> tensor<1x16x96x64xf32>
  %5 = dlc.add %3, %4 : tensor<1x16x96x64xf32>
  return %5 : tensor<1x16x96x64xf32>
}

// -----

// Few rows would be few units of work, those of an open size have no room, and an
// empty one has no element that a wrong index could be clamped to.
// CHECK-LABEL: func.func @dlc_run
// CHECK-NOT:     gathered rows
// CHECK-LABEL: func.func @k0
func.func @main(%x: tensor<2x8x32xf32>, %y: tensor<64x?xf32>, %z: tensor<64x0xf32>,
                %i: tensor<16xi64>) -> (tensor<2x16x32xf32>, tensor<64x16xf32>, tensor<64x16xf32>) {
  %0 = dlc.neg %x : tensor<2x8x32xf32>
  %1 = dlc.gather %0, %i axis = 1 : (tensor<2x8x32xf32>, tensor<16xi64>) -> tensor<2x16x32xf32>
  %2 = dlc.neg %y : tensor<64x?xf32>
  %3 = dlc.gather %2, %i axis = 1 : (tensor<64x?xf32>, tensor<16xi64>) -> tensor<64x16xf32>
  %4 = dlc.neg %z : tensor<64x0xf32>
  %5 = dlc.gather %4, %i axis = 1 : (tensor<64x0xf32>, tensor<16xi64>) -> tensor<64x16xf32>
  return %1, %3, %5 : tensor<2x16x32xf32>, tensor<64x16xf32>, tensor<64x16xf32>
}

// -----

// One tensor of indices for two dimensions: what is at hand for one of them is not
// taken for the other.
// CHECK-LABEL: func.func @k0
// CHECK:         scf.for
// CHECK:           scf.for
// CHECK-COUNT-2:     memref.load %{{.*}} : memref<?xi64>
// CHECK:             vector.store
func.func @main(%x: tensor<4x8x64xf32>, %i: tensor<4xi64>) -> tensor<4x4x64xf32> {
  %0 = dlc.slice %x [0, 0, 0] steps [1, 2, 1] : tensor<4x8x64xf32> -> tensor<4x4x64xf32>
  %1 = dlc.gather %0, %i axis = 0 : (tensor<4x4x64xf32>, tensor<4xi64>) -> tensor<4x4x64xf32>
  %2 = dlc.gather %0, %i axis = 1 : (tensor<4x4x64xf32>, tensor<4xi64>) -> tensor<4x4x64xf32>
  %3 = dlc.add %1, %2 : tensor<4x4x64xf32>
  return %3 : tensor<4x4x64xf32>
}
