// What is the same in every step is computed before the loop.
//
// RUN: dlc-opt -split-input-file -dlc-hoist-from-loops -dlc-form-clusters -cse -dlc-place-results %s | FileCheck %s

// What is the same in every step is computed once, but for what costs nothing.
// CHECK-LABEL: @hoisted
// CHECK:       dlc.cluster(%{{.*}})
// CHECK:         dlc.exp
// CHECK:       scf.for
// CHECK-NOT:     dlc.exp
// CHECK:         dlc.broadcast
// CHECK:         scf.yield
func.func @hoisted(%x: tensor<2x4xf32>, %y: tensor<4xf32>) -> tensor<2x4xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c9 = arith.constant 9 : index
  %0 = scf.for %t = %c0 to %c9 step %c1 iter_args(%p = %x) -> tensor<2x4xf32> {
    %e = dlc.exp %y : tensor<4xf32>
    %r = dlc.broadcast %e : tensor<4xf32> -> tensor<2x4xf32>
    %s = dlc.add %p, %r : tensor<2x4xf32>
    scf.yield %s : tensor<2x4xf32>
  }
  return %0 : tensor<2x4xf32>
}

// -----

// A gather may fail: it stays in a loop that may take no step. A product of known
// sizes does not.
// CHECK-LABEL: @stays
// CHECK:       dlc.cluster
// CHECK:         dlc.matmul
// CHECK:       dlc.loop
// CHECK:         dlc.cluster
// CHECK:           dlc.gather
func.func @stays(%x: tensor<4x4xf32>, %at: tensor<4xi64>, %n: index, %go: i1) -> tensor<4x4xf32> {
  %0 = dlc.loop %n while %go (%x) : (tensor<4x4xf32>) -> tensor<4x4xf32> {
  ^bb0(%i: index, %p: tensor<4x4xf32>):
    %g = dlc.gather %x, %at axis = 0 : (tensor<4x4xf32>, tensor<4xi64>) -> tensor<4x4xf32>
    %m = dlc.matmul %x, %x : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32>
    %a = dlc.add %g, %m : tensor<4x4xf32>
    %b = dlc.add %a, %p : tensor<4x4xf32>
    dlc.yield %go, %b : i1, tensor<4x4xf32>
  }
  return %0 : tensor<4x4xf32>
}
