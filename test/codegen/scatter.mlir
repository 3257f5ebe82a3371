// Kernels of scatters: one unit, so that updates keep their order.
//
// RUN: dlc-opt %s -split-input-file -pass-pipeline='builtin.module(func.func(dlc-form-clusters,dlc-place-results),dlc-emit-program{isa=avx512},func.func(canonicalize,cse))' | FileCheck %s

// A copy, then the updates; an index that is out of bounds writes nothing.
// CHECK-LABEL: func.func @dlc_run
// CHECK:         rt.launch {{.*}}[%c1, %c1] {{.*}} kind "scatter"
// CHECK-LABEL: func.func @k0
// CHECK:         scf.for %{{.*}} = %c0 to %c10
// CHECK:           vector.store
// CHECK:           vector.maskedstore
// CHECK:         scf.for %{{.*}} = %c0 to %c3
// CHECK:           %[[I:.*]] = arith.index_cast
// CHECK:           %[[IN:.*]] = arith.cmpi ult, %[[I]], %c10
// CHECK:           scf.if %[[IN]]
// CHECK:             memref.store
func.func @main(%x: tensor<10x20xf32>, %i: tensor<3xi64>, %u: tensor<3x20xf32>) -> tensor<10x20xf32> {
  %0 = dlc.scatter none %x, %i, %u : (tensor<10x20xf32>, tensor<3xi64>, tensor<3x20xf32>) -> tensor<10x20xf32>
  return %0 : tensor<10x20xf32>
}

// -----

// Bools are bytes in memory.
// CHECK-LABEL: func.func @k0
// CHECK:         memref.load {{.*}} : memref<?xi8>
// CHECK:         %[[OLD:.*]] = memref.load %[[OUT:.*]][%{{.*}}] : memref<?xi8>
// CHECK:         %[[BIT:.*]] = arith.cmpi ne, %[[OLD]], %{{.*}} : i8
// CHECK:         %[[NEW:.*]] = arith.{{[a-z]+}} {{.*}}%[[BIT]]{{.*}} : i1
// CHECK:         %[[BYTE:.*]] = arith.extui %[[NEW]] : i1 to i8
// CHECK:         memref.store %[[BYTE]], %[[OUT]]
func.func @main(%x: tensor<10x16xi1>, %i: tensor<3xi64>, %u: tensor<3x16xi1>) -> tensor<10x16xi1> {
  %0 = dlc.scatter max %x, %i, %u : (tensor<10x16xi1>, tensor<3xi64>, tensor<3x16xi1>) -> tensor<10x16xi1>
  return %0 : tensor<10x16xi1>
}
