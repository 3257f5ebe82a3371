// RUN: dlc-opt %s -split-input-file -dlc-insert-checks | FileCheck %s

// Sizes of one tensor agree with themselves.
// CHECK-LABEL: @proved
// CHECK-NOT: dlc.check
func.func @proved(%x: tensor<?x4xf32>, %y: tensor<1x4xf32>) -> tensor<4x?xf32> {
  %c0 = arith.constant 0 : index
  %n = tensor.dim %x, %c0 : tensor<?x4xf32>
  %0 = dlc.broadcast %y sizes(%n) : tensor<1x4xf32> -> tensor<?x4xf32>
  %1 = dlc.add %x, %0 : tensor<?x4xf32>
  %2 = dlc.reshape %1 sizes(%n) : tensor<?x4xf32> -> tensor<?x2x2xf32>
  %3 = dlc.reshape %2 sizes(%n) : tensor<?x2x2xf32> -> tensor<4x?xf32>
  return %3 : tensor<4x?xf32>
}

// -----

// CHECK-LABEL: @broadcast
// CHECK-SAME: (%[[X:.*]]: tensor<?xf32>, %[[N:.*]]: index)
// CHECK: %[[SIZE:.*]] = tensor.dim %[[X]]
// CHECK: %[[EQUAL:.*]] = arith.cmpi eq, %[[SIZE]], %[[N]]
// CHECK: %[[ONE:.*]] = arith.cmpi eq, %[[SIZE]], %c1
// CHECK: %[[FITS:.*]] = arith.ori %[[EQUAL]], %[[ONE]]
// CHECK: dlc.check %[[FITS]], "size % of dimension 1 can't be broadcast to %"(%[[SIZE]], %[[N]])
func.func @broadcast(%x: tensor<?xf32>, %n: index) -> tensor<2x?xf32> {
  %0 = dlc.broadcast %x sizes(%n) : tensor<?xf32> -> tensor<2x?xf32>
  return %0 : tensor<2x?xf32>
}

// -----

// CHECK-LABEL: @operations
// CHECK: dlc.check {{.*}}, "a dimension of size % is contracted with one of size %"
// CHECK: dlc.matmul
// CHECK: dlc.check {{.*}}, "dimension 1 is % and % in tensors that are joined"
// CHECK: dlc.concat
// CHECK: dlc.check {{.*}}, "% elements can't be reshaped to %"
// CHECK: dlc.reshape
// CHECK: dlc.check {{.*}}, "elements % to % of dimension 0 are taken, whose size is %"
// CHECK: dlc.slice
// CHECK: dlc.check {{.*}}, "dimension 0 is % and %"
// CHECK: dlc.add
func.func @operations(%x: tensor<?x?xf32>, %y: tensor<?x?xf32>) -> (tensor<?x?xf32>, tensor<?x?xf32>, tensor<3xf32>, tensor<2x?xf32>, tensor<?x?xf32>) {
  %0 = dlc.matmul %x, %y : (tensor<?x?xf32>, tensor<?x?xf32>) -> tensor<?x?xf32>
  %1 = dlc.concat %x, %y axis = 0 : (tensor<?x?xf32>, tensor<?x?xf32>) -> tensor<?x?xf32>
  %2 = dlc.reshape %x : tensor<?x?xf32> -> tensor<3xf32>
  %c1 = arith.constant 1 : index
  %n = tensor.dim %x, %c1 : tensor<?x?xf32>
  %3 = dlc.slice %x [5, 0] sizes(%n) steps [1, 1] : tensor<?x?xf32> -> tensor<2x?xf32>
  %4 = dlc.add %x, %y : tensor<?x?xf32>
  return %0, %1, %2, %3, %4 : tensor<?x?xf32>, tensor<?x?xf32>, tensor<3xf32>, tensor<2x?xf32>, tensor<?x?xf32>
}

// -----

// CHECK-LABEL: @indices
// CHECK: dlc.gather %{{.*}}, %{{.*}} axis = 0 {in_bounds}
// CHECK: dlc.gather %{{.*}}, %{{.*}} axis = 0 :
func.func @indices(%x: tensor<5xf32>, %i: tensor<3xi64>) -> (tensor<3xf32>, tensor<3xf32>) {
  %low = dlc.constant dense<0> : tensor<3xi64>
  %high = dlc.constant dense<4> : tensor<3xi64>
  %0 = dlc.max %i, %low : tensor<3xi64>
  %1 = dlc.min %0, %high : tensor<3xi64>
  %2 = dlc.gather %x, %1 axis = 0 : (tensor<5xf32>, tensor<3xi64>) -> tensor<3xf32>
  %3 = dlc.gather %x, %0 axis = 0 : (tensor<5xf32>, tensor<3xi64>) -> tensor<3xf32>
  return %2, %3 : tensor<3xf32>, tensor<3xf32>
}

// -----

// Nothing is the greatest of no elements, nor the nearest to a border.
// CHECK-LABEL: @no_elements
// CHECK: dlc.check %{{.*}}, "dimension 1 of size % has no greatest element"
// CHECK: dlc.arg_reduce
func.func @no_elements(%x: tensor<4x?xf32>) -> tensor<4xi64> {
  %0 = dlc.arg_reduce max %x axis = 1 : tensor<4x?xf32> -> tensor<4xi64>
  return %0 : tensor<4xi64>
}

// -----

// CHECK-LABEL: @nothing_near
// CHECK: dlc.check %{{.*}}, "dimension 0 of size % has no elements to pad with"
// CHECK: dlc.pad
func.func @nothing_near(%x: tensor<?x8xf32>, %c: tensor<f32>, %n: index) -> tensor<?x8xf32> {
  %0 = dlc.pad %x, %c low [1, 0] sizes(%n) {mode = 2 : i32} : tensor<?x8xf32>, tensor<f32> -> tensor<?x8xf32>
  return %0 : tensor<?x8xf32>
}

// -----

// A size that a tensor's values give can be anything: also with none of the
// elements in memory, their number is bounded.
// CHECK-LABEL: @countable
// CHECK-SAME: (%{{.*}}: tensor<1xf32>, %[[N:.*]]: index)
// CHECK: %[[REAL:.*]] = arith.sitofp
// CHECK: arith.mulf
// CHECK: %[[COUNT:.*]] = arith.mulf
// CHECK: %[[FITS:.*]] = arith.cmpf ole, %[[COUNT]]
// CHECK: dlc.check %[[FITS]], "a tensor of size % x % is larger than memory can be"
// CHECK: dlc.broadcast
func.func @countable(%x: tensor<1xf32>, %n: index) -> tensor<f32> {
  %0 = dlc.broadcast %x sizes(%n, %n) : tensor<1xf32> -> tensor<?x?xf32>
  %1 = dlc.reduce sum %0 [0, 1] : tensor<?x?xf32> -> tensor<f32>
  return %1 : tensor<f32>
}
