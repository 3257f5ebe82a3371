// Loops whose iterations depend on nothing of each other take several vectors
// through long chains of steps together.
//
// RUN: dlc-opt %s -pass-pipeline='builtin.module(func.func(dlc-interleave-vectors{ways=2}))' | FileCheck %s

// Equal steps follow each other, and what is stored comes last.
// CHECK-LABEL: func.func @chain
// CHECK:         scf.for %{{.*}} = %c0 to %c64 step %c32
// CHECK-COUNT-2:   vector.load
// CHECK-COUNT-2:   arith.addf
// CHECK-COUNT-10:  arith.mulf
// CHECK-COUNT-10:  arith.addf
// CHECK-COUNT-2:   vector.store
// CHECK-NOT:       dlc.independent
func.func @chain(%x: memref<?xf32>, %y: memref<?xf32>) {
  %c0 = arith.constant 0 : index
  %c16 = arith.constant 16 : index
  %c64 = arith.constant 64 : index
  scf.for %i = %c0 to %c64 step %c16 {
    %0 = vector.load %x[%i] : memref<?xf32>, vector<16xf32>
    %1 = arith.addf %0, %0 : vector<16xf32>
    %2 = arith.mulf %1, %1 : vector<16xf32>
    %3 = arith.mulf %2, %2 : vector<16xf32>
    %4 = arith.mulf %3, %3 : vector<16xf32>
    %5 = arith.mulf %4, %4 : vector<16xf32>
    %6 = arith.mulf %5, %5 : vector<16xf32>
    %7 = arith.addf %6, %6 : vector<16xf32>
    %8 = arith.addf %7, %7 : vector<16xf32>
    %9 = arith.addf %8, %8 : vector<16xf32>
    %10 = arith.addf %9, %9 : vector<16xf32>
    %11 = arith.addf %10, %10 : vector<16xf32>
    vector.store %11, %y[%i] : memref<?xf32>, vector<16xf32>
  } {dlc.independent}
  return
}

// What is no mark's, or short, stays as it is.
// CHECK-LABEL: func.func @short
// CHECK:         scf.for %{{.*}} = %c0 to %c64 step %c16
// CHECK-COUNT-1:   vector.load
// CHECK-NOT:       vector.load
func.func @short(%x: memref<?xf32>, %y: memref<?xf32>) {
  %c0 = arith.constant 0 : index
  %c16 = arith.constant 16 : index
  %c64 = arith.constant 64 : index
  scf.for %i = %c0 to %c64 step %c16 {
    %0 = vector.load %x[%i] : memref<?xf32>, vector<16xf32>
    %1 = arith.addf %0, %0 : vector<16xf32>
    vector.store %1, %y[%i] : memref<?xf32>, vector<16xf32>
  } {dlc.independent}
  return
}

// A loop that carries sums has its vectors already: they only change places.
// CHECK-LABEL: func.func @carried
// CHECK:         scf.for %{{.*}} = %c0 to %c64 step %c32 iter_args
// CHECK-COUNT-2:   vector.load
// CHECK-COUNT-2:   arith.mulf
// CHECK-COUNT-2:   arith.addf
// CHECK-COUNT-2:   vector.store
// CHECK-NEXT:      scf.yield
func.func @carried(%x: memref<?xf32>, %y: memref<?xf32>) -> vector<16xf32> {
  %c0 = arith.constant 0 : index
  %c16 = arith.constant 16 : index
  %c32 = arith.constant 32 : index
  %c64 = arith.constant 64 : index
  %zero = arith.constant dense<0.0> : vector<16xf32>
  %sums:2 = scf.for %i = %c0 to %c64 step %c32 iter_args(%a = %zero, %b = %zero)
      -> (vector<16xf32>, vector<16xf32>) {
    %0 = vector.load %x[%i] : memref<?xf32>, vector<16xf32>
    %1 = arith.mulf %0, %0 : vector<16xf32>
    vector.store %1, %y[%i] : memref<?xf32>, vector<16xf32>
    %2 = arith.addf %a, %1 : vector<16xf32>
    %j = arith.addi %i, %c16 : index
    %3 = vector.load %x[%j] : memref<?xf32>, vector<16xf32>
    %4 = arith.mulf %3, %3 : vector<16xf32>
    vector.store %4, %y[%j] : memref<?xf32>, vector<16xf32>
    %5 = arith.addf %b, %4 : vector<16xf32>
    scf.yield %2, %5 : vector<16xf32>, vector<16xf32>
  } {dlc.independent}
  return %sums#0 : vector<16xf32>
}
