// Loops whose results are checked: places that change, rotate and are inserted
// into, loops within loops, carried numbers, no steps at all.

// RUN: rm -rf %t && mkdir %t && cd %t
// RUN: dlc %s -o model
// RUN: %python %S/Inputs/run-loops.py ./model 5
// RUN: %python %S/Inputs/run-loops.py ./model 1
// RUN: %python %S/Inputs/run-loops.py ./model 0

func.func @main(%x: tensor<?x4xf32> {dlc.name = "x"}, %y: tensor<3x4xf32> {dlc.name = "y"})
    -> (tensor<?x4xf32> {dlc.name = "sums"}, tensor<3x4xf32> {dlc.name = "p"}, tensor<3x4xf32> {dlc.name = "q"},
        tensor<3x4xf32> {dlc.name = "columns"}, tensor<3x4xf32> {dlc.name = "rows"}, tensor<3x4xf32> {dlc.name = "nested"},
        tensor<1xi64> {dlc.name = "count"}) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %c3 = arith.constant 3 : index
  %n = tensor.dim %x, %c0 : tensor<?x4xf32>
  %last = arith.subi %n, %c1 : index
  %zero = dlc.constant dense<0.0> : tensor<f32>
  %start = dlc.broadcast %zero : tensor<f32> -> tensor<1x4xf32>
  %all = dlc.broadcast %zero sizes(%n) : tensor<f32> -> tensor<?x4xf32>

  // From the end to the start.
  %sums:2 = scf.for %t = %c0 to %n step %c1 iter_args(%sum = %start, %out = %all) -> (tensor<1x4xf32>, tensor<?x4xf32>) {
    %at = arith.subi %last, %t : index
    %row = dlc.slice %x [%at, 0] steps [1, 1] : tensor<?x4xf32> -> tensor<1x4xf32>
    %next = dlc.add %sum, %row : tensor<1x4xf32>
    %with = dlc.insert %next into %out at %at axis = 0 : tensor<1x4xf32> into tensor<?x4xf32>
    scf.yield %next, %with : tensor<1x4xf32>, tensor<?x4xf32>
  }

  // Two places change, and change places.
  %pq:2 = scf.for %t = %c0 to %n step %c1 iter_args(%p = %y, %q = %y) -> (tensor<3x4xf32>, tensor<3x4xf32>) {
    %e = dlc.neg %p : tensor<3x4xf32>
    %f = dlc.add %q, %e : tensor<3x4xf32>
    scf.yield %q, %f : tensor<3x4xf32>, tensor<3x4xf32>
  }

  // Inserts that copy: along another dimension, and one whose target is read.
  %insert:2 = scf.for %t = %c0 to %c3 step %c2 iter_args(%p = %y, %q = %y) -> (tensor<3x4xf32>, tensor<3x4xf32>) {
    %column = dlc.slice %p [0, 3] steps [1, 1] : tensor<3x4xf32> -> tensor<3x1xf32>
    %a = dlc.insert %column into %p at %t axis = 1 : tensor<3x1xf32> into tensor<3x4xf32>
    %row = dlc.slice %q [1, 0] steps [1, 1] : tensor<3x4xf32> -> tensor<1x4xf32>
    %double = dlc.add %row, %row : tensor<1x4xf32>
    %b = dlc.insert %double into %q at %t axis = 0 : tensor<1x4xf32> into tensor<3x4xf32>
    scf.yield %a, %b : tensor<3x4xf32>, tensor<3x4xf32>
  }

  // The inner loop starts from what the outer one carries.
  %one = dlc.constant dense<1.0> : tensor<f32>
  %ones = dlc.broadcast %one : tensor<f32> -> tensor<3x4xf32>
  %nested:2 = scf.for %t = %c0 to %n step %c1 iter_args(%p = %y, %count = %c0) -> (tensor<3x4xf32>, index) {
    %inner:2 = scf.for %u = %c0 to %t step %c1 iter_args(%r = %p, %k = %count) -> (tensor<3x4xf32>, index) {
      %s = dlc.add %r, %ones : tensor<3x4xf32>
      %l = arith.addi %k, %c1 : index
      scf.yield %s, %l : tensor<3x4xf32>, index
    }
    %m = dlc.add %inner#0, %p : tensor<3x4xf32>
    scf.yield %m, %inner#1 : tensor<3x4xf32>, index
  }
  %i = arith.index_cast %nested#1 : index to i64
  %count = tensor.from_elements %i : tensor<1xi64>
  return %sums#1, %pq#0, %pq#1, %insert#0, %insert#1, %nested#0, %count
      : tensor<?x4xf32>, tensor<3x4xf32>, tensor<3x4xf32>, tensor<3x4xf32>, tensor<3x4xf32>, tensor<3x4xf32>, tensor<1xi64>
}
