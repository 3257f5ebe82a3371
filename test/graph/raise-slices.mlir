// RUN: dlc-opt -split-input-file -dlc-raise-slices %s | FileCheck %s

// One row of a product is the product of one row.
// CHECK-LABEL: @rows
// CHECK:       %[[R:.*]] = dlc.slice %arg0 [5, 0] steps [1, 1] : tensor<6x4xf32> -> tensor<1x4xf32>
// CHECK:       %[[Y:.*]] = dlc.matmul %[[R]], %arg1 : (tensor<1x4xf32>, tensor<4x8xf32>) -> tensor<1x8xf32>
// CHECK-NEXT:  return %[[Y]]
func.func @rows(%x: tensor<6x4xf32>, %w: tensor<4x8xf32>) -> tensor<1x8xf32> {
  %0 = dlc.matmul %x, %w : (tensor<6x4xf32>, tensor<4x8xf32>) -> tensor<6x8xf32>
  %1 = dlc.slice %0 [5, 0] steps [1, 1] : tensor<6x8xf32> -> tensor<1x8xf32>
  return %1 : tensor<1x8xf32>
}

// -----

// So are some of its columns, and of its batches: those that are repeated stay.
// CHECK-LABEL: @columns
// CHECK-DAG:   %[[L:.*]] = dlc.slice %arg0 [0, 1, 0] steps [1, 2, 1] : tensor<1x6x4xf32> -> tensor<1x3x4xf32>
// CHECK-DAG:   %[[R:.*]] = dlc.slice %arg1 [1, 0, 2] steps [1, 1, 1] : tensor<2x4x8xf32> -> tensor<1x4x5xf32>
// CHECK:       dlc.matmul %[[L]], %[[R]]
func.func @columns(%x: tensor<1x6x4xf32>, %w: tensor<2x4x8xf32>) -> tensor<1x3x5xf32> {
  %0 = dlc.matmul %x, %w : (tensor<1x6x4xf32>, tensor<2x4x8xf32>) -> tensor<2x6x8xf32>
  %1 = dlc.slice %0 [1, 1, 2] steps [1, 2, 1] : tensor<2x6x8xf32> -> tensor<1x3x5xf32>
  return %1 : tensor<1x3x5xf32>
}

// -----

// The last token, from the residual on: a layer normalisation, whose difference
// from the mean is used twice, and a product of flattened rows of two texts.
// CHECK-LABEL: @last_token
// CHECK:       dlc.slice %arg0 [0, 2, 0] steps [1, 1, 1] : tensor<2x3x4xf32> -> tensor<2x1x4xf32>
// CHECK:       dlc.reduce sum {{.*}} [2] : tensor<2x1x4xf32> -> tensor<2x1xf32>
// CHECK-NOT:   2x3
// CHECK:       dlc.matmul {{.*}} : (tensor<2x4xf32>, tensor<4x8xf32>) -> tensor<2x8xf32>
// CHECK-NOT:   2x3
// CHECK:       return
func.func @last_token(%x: tensor<2x3x4xf32>, %w: tensor<4x8xf32>, %gamma: tensor<4xf32>, %bias: tensor<8xf32>) -> tensor<2x1x8xf32> {
  %sum = dlc.reduce sum %x [2] : tensor<2x3x4xf32> -> tensor<2x3xf32>
  %s = dlc.reshape %sum : tensor<2x3xf32> -> tensor<2x3x1xf32>
  %sb = dlc.broadcast %s : tensor<2x3x1xf32> -> tensor<2x3x4xf32>
  %d = dlc.sub %x, %sb : tensor<2x3x4xf32>
  %sq = dlc.mul %d, %d : tensor<2x3x4xf32>
  %var = dlc.reduce sum %sq [2] : tensor<2x3x4xf32> -> tensor<2x3xf32>
  %v = dlc.reshape %var : tensor<2x3xf32> -> tensor<2x3x1xf32>
  %r = dlc.rsqrt %v : tensor<2x3x1xf32>
  %rb = dlc.broadcast %r : tensor<2x3x1xf32> -> tensor<2x3x4xf32>
  %n = dlc.mul %d, %rb : tensor<2x3x4xf32>
  %g = dlc.broadcast %gamma : tensor<4xf32> -> tensor<2x3x4xf32>
  %y = dlc.mul %n, %g : tensor<2x3x4xf32>
  %flat = dlc.reshape %y : tensor<2x3x4xf32> -> tensor<6x4xf32>
  %p = dlc.matmul %flat, %w : (tensor<6x4xf32>, tensor<4x8xf32>) -> tensor<6x8xf32>
  %rows = dlc.reshape %p : tensor<6x8xf32> -> tensor<2x3x8xf32>
  %b = dlc.broadcast %bias : tensor<8xf32> -> tensor<2x3x8xf32>
  %z = dlc.add %rows, %b : tensor<2x3x8xf32>
  %last = dlc.slice %z [0, 2, 0] steps [1, 1, 1] : tensor<2x3x8xf32> -> tensor<2x1x8xf32>
  return %last : tensor<2x1x8xf32>
}

// -----

// Through the heads of an attention, to the queries alone.
// CHECK-LABEL: @heads
// CHECK-DAG:   %[[Q:.*]] = dlc.slice %arg0 [0, 0, 5, 0] steps [1, 1, 1, 1] : tensor<1x2x6x4xf32> -> tensor<1x2x1x4xf32>
// CHECK:       dlc.matmul %[[Q]], %arg1 : (tensor<1x2x1x4xf32>, tensor<1x2x4x6xf32>) -> tensor<1x2x1x6xf32>
func.func @heads(%q: tensor<1x2x6x4xf32>, %k: tensor<1x2x4x6xf32>) -> tensor<1x12xf32> {
  %0 = dlc.matmul %q, %k : (tensor<1x2x6x4xf32>, tensor<1x2x4x6xf32>) -> tensor<1x2x6x6xf32>
  %1 = dlc.transpose %0 [0, 2, 1, 3] : tensor<1x2x6x6xf32> -> tensor<1x6x2x6xf32>
  %2 = dlc.reshape %1 : tensor<1x6x2x6xf32> -> tensor<6x12xf32>
  %3 = dlc.slice %2 [5, 0] steps [1, 1] : tensor<6x12xf32> -> tensor<1x12xf32>
  return %3 : tensor<1x12xf32>
}

// -----

// Sizes and places that are only known when the model runs.
// CHECK-LABEL: @open
// CHECK:       %[[X:.*]] = dlc.slice %{{.*}} [%arg2, 0] steps [1, 1] : tensor<?x4xf32> -> tensor<1x4xf32>
// CHECK:       dlc.matmul %[[X]], %arg1 : {{.*}} -> tensor<1x8xf32>
// CHECK-NOT:   dlc.slice
func.func @open(%x: tensor<1x?x4xf32>, %w: tensor<4x8xf32>, %at: index) -> tensor<1x1x8xf32> {
  %c1 = arith.constant 1 : index
  %n = tensor.dim %x, %c1 : tensor<1x?x4xf32>
  %flat = dlc.reshape %x sizes(%n) : tensor<1x?x4xf32> -> tensor<?x4xf32>
  %p = dlc.matmul %flat, %w : (tensor<?x4xf32>, tensor<4x8xf32>) -> tensor<?x8xf32>
  %rows = dlc.reshape %p sizes(%n) : tensor<?x8xf32> -> tensor<1x?x8xf32>
  %last = dlc.slice %rows [0, %at, 0] steps [1, 1, 1] : tensor<1x?x8xf32> -> tensor<1x1x8xf32>
  return %last : tensor<1x1x8xf32>
}

// -----

// The last row of a softmax whose sizes a run tells: two slices of its scores are
// the same, though each names the size of a row by another value.
// CHECK-LABEL: @open_softmax
// CHECK:       %[[Q:.*]] = dlc.slice %arg0 [%arg2, 0]
// CHECK:       dlc.matmul %[[Q]], %arg1 : {{.*}} -> tensor<1x?xf32>
// CHECK-NOT:   dlc.matmul
// CHECK-NOT:   tensor<?x?xf32>
// CHECK:       return
func.func @open_softmax(%q: tensor<?x4xf32>, %k: tensor<4x?xf32>, %at: index) -> tensor<1x?xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %m = tensor.dim %q, %c0 : tensor<?x4xf32>
  %n = tensor.dim %k, %c1 : tensor<4x?xf32>
  %0 = dlc.matmul %q, %k : (tensor<?x4xf32>, tensor<4x?xf32>) -> tensor<?x?xf32>
  %1 = dlc.reduce max %0 [1] : tensor<?x?xf32> -> tensor<?xf32>
  %2 = dlc.reshape %1 sizes(%m) : tensor<?xf32> -> tensor<?x1xf32>
  %3 = dlc.broadcast %2 sizes(%m, %n) : tensor<?x1xf32> -> tensor<?x?xf32>
  %4 = dlc.sub %0, %3 : tensor<?x?xf32>
  %5 = dlc.slice %4 [%at, 0] sizes(%n) steps [1, 1] : tensor<?x?xf32> -> tensor<1x?xf32>
  return %5 : tensor<1x?xf32>
}

// -----

// Another part is used, too; or all of it.
// CHECK-LABEL: @parts
// CHECK:       dlc.matmul {{.*}} -> tensor<6x8xf32>
// CHECK:       dlc.matmul {{.*}} -> tensor<6x8xf32>
func.func @parts(%x: tensor<6x4xf32>, %w: tensor<4x8xf32>) -> (tensor<1x8xf32>, tensor<1x8xf32>, tensor<1x8xf32>, tensor<6x8xf32>) {
  %0 = dlc.matmul %x, %w : (tensor<6x4xf32>, tensor<4x8xf32>) -> tensor<6x8xf32>
  %1 = dlc.slice %0 [5, 0] steps [1, 1] : tensor<6x8xf32> -> tensor<1x8xf32>
  %2 = dlc.slice %0 [4, 0] steps [1, 1] : tensor<6x8xf32> -> tensor<1x8xf32>
  %3 = dlc.matmul %x, %w : (tensor<6x4xf32>, tensor<4x8xf32>) -> tensor<6x8xf32>
  %4 = dlc.slice %3 [5, 0] steps [1, 1] : tensor<6x8xf32> -> tensor<1x8xf32>
  return %1, %2, %4, %3 : tensor<1x8xf32>, tensor<1x8xf32>, tensor<1x8xf32>, tensor<6x8xf32>
}

// -----

// A reduced dimension has no part that would do, and what is no product nor
// reduction is as well computed as it is read.
// CHECK-LABEL: @others
// CHECK:       dlc.exp {{.*}} : tensor<6x4xf32>
// CHECK:       dlc.slice
// CHECK:       dlc.matmul {{.*}} -> tensor<6x4xf32>
// CHECK:       dlc.reshape
// CHECK:       dlc.slice
func.func @others(%x: tensor<6x4xf32>, %w: tensor<4x4xf32>) -> (tensor<1x4xf32>, tensor<1xf32>) {
  %0 = dlc.exp %x : tensor<6x4xf32>
  %1 = dlc.slice %0 [5, 0] steps [1, 1] : tensor<6x4xf32> -> tensor<1x4xf32>
  %2 = dlc.matmul %x, %w : (tensor<6x4xf32>, tensor<4x4xf32>) -> tensor<6x4xf32>
  %3 = dlc.reshape %2 : tensor<6x4xf32> -> tensor<24xf32>
  %4 = dlc.slice %3 [7] steps [1] : tensor<24xf32> -> tensor<1xf32>
  return %1, %4 : tensor<1x4xf32>, tensor<1xf32>
}
