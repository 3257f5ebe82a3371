// Loops whose iterations depend on nothing of each other take several vectors
// through long chains of steps together.
//
// RUN: dlc-opt %s -pass-pipeline='builtin.module(func.func(dlc-interleave-vectors{ways=2}))' | FileCheck %s
// RUN: dlc-opt %s -pass-pipeline='builtin.module(func.func(dlc-interleave-vectors{ways=4}))' | FileCheck %s --check-prefix=TILE

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

// The vectors of a tile go two by two, up to what isn't marked.
// CHECK-LABEL: func.func @tile
// CHECK:         arith.addf
// CHECK-COUNT-9: arith.mulf
// CHECK:         vector.store
// CHECK:         arith.addf
// TILE-LABEL:  func.func @tile
// TILE-COUNT-2:  arith.addf
// TILE-COUNT-18: arith.mulf
// TILE-COUNT-2:  vector.store
// TILE:          arith.addf
// TILE-COUNT-9:  arith.mulf
// TILE:          vector.store
// TILE-NOT:      dlc.independent
func.func @tile(%a: vector<16xf32>, %b: vector<16xf32>, %c: vector<16xf32>, %y: memref<?xf32>) {
  %c0 = arith.constant 0 : index
  %c16 = arith.constant 16 : index
  %c32 = arith.constant 32 : index
  %p0 = arith.addf %a, %a : vector<16xf32>
  %p1 = arith.mulf %p0, %p0 : vector<16xf32>
  %p2 = arith.mulf %p1, %p1 : vector<16xf32>
  %p3 = arith.mulf %p2, %p2 : vector<16xf32>
  %p4 = arith.mulf %p3, %p3 : vector<16xf32>
  %p5 = arith.mulf %p4, %p4 : vector<16xf32>
  %p6 = arith.mulf %p5, %p5 : vector<16xf32>
  %p7 = arith.mulf %p6, %p6 : vector<16xf32>
  %p8 = arith.mulf %p7, %p7 : vector<16xf32>
  %p9 = arith.mulf %p8, %p8 : vector<16xf32>
  vector.store %p9, %y[%c0] {dlc.independent} : memref<?xf32>, vector<16xf32>
  %q0 = arith.addf %b, %b : vector<16xf32>
  %q1 = arith.mulf %q0, %q0 : vector<16xf32>
  %q2 = arith.mulf %q1, %q1 : vector<16xf32>
  %q3 = arith.mulf %q2, %q2 : vector<16xf32>
  %q4 = arith.mulf %q3, %q3 : vector<16xf32>
  %q5 = arith.mulf %q4, %q4 : vector<16xf32>
  %q6 = arith.mulf %q5, %q5 : vector<16xf32>
  %q7 = arith.mulf %q6, %q6 : vector<16xf32>
  %q8 = arith.mulf %q7, %q7 : vector<16xf32>
  %q9 = arith.mulf %q8, %q8 : vector<16xf32>
  vector.store %q9, %y[%c16] {dlc.independent} : memref<?xf32>, vector<16xf32>
  %r0 = arith.addf %c, %c : vector<16xf32>
  %r1 = arith.mulf %r0, %r0 : vector<16xf32>
  %r2 = arith.mulf %r1, %r1 : vector<16xf32>
  %r3 = arith.mulf %r2, %r2 : vector<16xf32>
  %r4 = arith.mulf %r3, %r3 : vector<16xf32>
  %r5 = arith.mulf %r4, %r4 : vector<16xf32>
  %r6 = arith.mulf %r5, %r5 : vector<16xf32>
  %r7 = arith.mulf %r6, %r6 : vector<16xf32>
  %r8 = arith.mulf %r7, %r7 : vector<16xf32>
  %r9 = arith.mulf %r8, %r8 : vector<16xf32>
  vector.store %r9, %y[%c32] : memref<?xf32>, vector<16xf32>
  return
}

// What an operation with a region reads isn't moved behind it.
// TILE-LABEL:  func.func @branch
// TILE:          %[[SUM:.*]] = arith.addf
// TILE:          scf.if
// TILE:            arith.mulf %[[SUM]]
// TILE:          vector.store
// TILE:          vector.store
func.func @branch(%a: vector<16xf32>, %c: i1, %y: memref<?xf32>) {
  %c0 = arith.constant 0 : index
  %c16 = arith.constant 16 : index
  %0 = arith.addf %a, %a : vector<16xf32>
  %1 = scf.if %c -> vector<16xf32> {
    %2 = arith.mulf %0, %0 : vector<16xf32>
    scf.yield %2 : vector<16xf32>
  } else {
    scf.yield %a : vector<16xf32>
  }
  %p0 = arith.mulf %1, %a : vector<16xf32>
  %p1 = arith.mulf %p0, %a : vector<16xf32>
  %p2 = arith.mulf %p1, %a : vector<16xf32>
  %p3 = arith.mulf %p2, %a : vector<16xf32>
  %p4 = arith.mulf %p3, %a : vector<16xf32>
  %p5 = arith.mulf %p4, %a : vector<16xf32>
  %p6 = arith.mulf %p5, %a : vector<16xf32>
  %p7 = arith.mulf %p6, %a : vector<16xf32>
  %p8 = arith.mulf %p7, %a : vector<16xf32>
  %p9 = arith.mulf %p8, %a : vector<16xf32>
  %p10 = arith.mulf %p9, %a : vector<16xf32>
  %p11 = arith.mulf %p10, %a : vector<16xf32>
  vector.store %p11, %y[%c0] {dlc.independent} : memref<?xf32>, vector<16xf32>
  %q0 = arith.mulf %1, %a : vector<16xf32>
  %q1 = arith.mulf %q0, %a : vector<16xf32>
  %q2 = arith.mulf %q1, %a : vector<16xf32>
  %q3 = arith.mulf %q2, %a : vector<16xf32>
  %q4 = arith.mulf %q3, %a : vector<16xf32>
  %q5 = arith.mulf %q4, %a : vector<16xf32>
  %q6 = arith.mulf %q5, %a : vector<16xf32>
  %q7 = arith.mulf %q6, %a : vector<16xf32>
  %q8 = arith.mulf %q7, %a : vector<16xf32>
  %q9 = arith.mulf %q8, %a : vector<16xf32>
  %q10 = arith.mulf %q9, %a : vector<16xf32>
  %q11 = arith.mulf %q10, %a : vector<16xf32>
  vector.store %q11, %y[%c16] {dlc.independent} : memref<?xf32>, vector<16xf32>
  return
}
