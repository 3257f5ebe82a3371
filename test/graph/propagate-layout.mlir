// RUN: dlc-opt %s -split-input-file -dlc-propagate-layout | FileCheck %s

// conv, batch norm, relu, conv: the transposes between the two vanish.
// CHECK-LABEL: @chain
// CHECK-SAME: (%[[X:.*]]: tensor<1x3x8x8xf32>
// CHECK: %[[T:.*]] = dlc.transpose %[[X]] [0, 2, 3, 1]
// CHECK: dlc.conv %[[T]]
// CHECK-NOT: dlc.transpose
// CHECK: dlc.mul {{.*}} : tensor<1x8x8x4xf32>
// CHECK: dlc.max {{.*}} : tensor<1x8x8x4xf32>
// CHECK: %[[Y:.*]] = dlc.conv
// CHECK: %[[R:.*]] = dlc.transpose %[[Y]] [0, 3, 1, 2]
// CHECK: return %[[R]]
func.func @chain(%x: tensor<1x3x8x8xf32>, %k: tensor<4x3x3x3xf32>, %k2: tensor<4x3x3x4xf32>) -> tensor<1x4x8x8xf32> {
  %s = dlc.constant dense<[[[1.0]], [[2.0]], [[3.0]], [[4.0]]]> : tensor<4x1x1xf32>
  %z = dlc.constant dense<0.0> : tensor<f32>
  %0 = dlc.transpose %x [0, 2, 3, 1] : tensor<1x3x8x8xf32> -> tensor<1x8x8x3xf32>
  %1 = dlc.conv %0, %k strides [1, 1] dilations [1, 1] pads [1, 1, 1, 1] groups 1 : (tensor<1x8x8x3xf32>, tensor<4x3x3x3xf32>) -> tensor<1x8x8x4xf32>
  %2 = dlc.transpose %1 [0, 3, 1, 2] : tensor<1x8x8x4xf32> -> tensor<1x4x8x8xf32>
  %3 = dlc.broadcast %s : tensor<4x1x1xf32> -> tensor<1x4x8x8xf32>
  %4 = dlc.mul %2, %3 : tensor<1x4x8x8xf32>
  %5 = dlc.broadcast %z : tensor<f32> -> tensor<1x4x8x8xf32>
  %6 = dlc.max %4, %5 : tensor<1x4x8x8xf32>
  %7 = dlc.transpose %6 [0, 2, 3, 1] : tensor<1x4x8x8xf32> -> tensor<1x8x8x4xf32>
  %8 = dlc.conv %7, %k2 strides [1, 1] dilations [1, 1] pads [1, 1, 1, 1] groups 1 : (tensor<1x8x8x4xf32>, tensor<4x3x3x4xf32>) -> tensor<1x8x8x4xf32>
  %9 = dlc.transpose %8 [0, 3, 1, 2] : tensor<1x8x8x4xf32> -> tensor<1x4x8x8xf32>
  return %9 : tensor<1x4x8x8xf32>
}

// -----

// A residual sum, and the classifier's mean.
// CHECK-LABEL: @residual
// CHECK: dlc.conv
// CHECK-NOT: dlc.transpose
// CHECK: dlc.add {{.*}} : tensor<?x8x8x4xf32>
// CHECK: dlc.reduce sum {{.*}} [1, 2] : tensor<?x8x8x4xf32> -> tensor<?x4xf32>
// CHECK-NOT: dlc.transpose
// CHECK: return
func.func @residual(%x: tensor<?x8x8x4xf32>, %k: tensor<4x3x3x4xf32>) -> tensor<?x4xf32> {
  %0 = dlc.transpose %x [0, 3, 1, 2] : tensor<?x8x8x4xf32> -> tensor<?x4x8x8xf32>
  %1 = dlc.transpose %0 [0, 2, 3, 1] : tensor<?x4x8x8xf32> -> tensor<?x8x8x4xf32>
  %2 = dlc.conv %1, %k strides [1, 1] dilations [1, 1] pads [1, 1, 1, 1] groups 1 : (tensor<?x8x8x4xf32>, tensor<4x3x3x4xf32>) -> tensor<?x8x8x4xf32>
  %3 = dlc.transpose %2 [0, 3, 1, 2] : tensor<?x8x8x4xf32> -> tensor<?x4x8x8xf32>
  %4 = dlc.add %3, %0 : tensor<?x4x8x8xf32>
  %5 = dlc.reduce sum %4 [2, 3] : tensor<?x4x8x8xf32> -> tensor<?x4xf32>
  return %5 : tensor<?x4xf32>
}

// -----

// Squeeze and excite.
// CHECK-LABEL: @squeeze_excite
// CHECK-NOT: dlc.transpose
// CHECK: %[[G:.*]] = dlc.sigmoid
// CHECK: %[[B:.*]] = dlc.broadcast %[[G]] : tensor<1x1x1x4xf32> -> tensor<1x8x8x4xf32>
// CHECK: %[[M:.*]] = dlc.mul %{{.*}}, %[[B]]
// CHECK: return %[[M]]
func.func @squeeze_excite(%x: tensor<1x8x8x4xf32>, %k: tensor<4x1x1x4xf32>) -> tensor<1x8x8x4xf32> {
  %0 = dlc.transpose %x [0, 3, 1, 2] : tensor<1x8x8x4xf32> -> tensor<1x4x8x8xf32>
  %1 = dlc.reduce sum %0 [2, 3] : tensor<1x4x8x8xf32> -> tensor<1x4xf32>
  %2 = dlc.reshape %1 : tensor<1x4xf32> -> tensor<1x4x1x1xf32>
  %3 = dlc.transpose %2 [0, 2, 3, 1] : tensor<1x4x1x1xf32> -> tensor<1x1x1x4xf32>
  %4 = dlc.conv %3, %k strides [1, 1] dilations [1, 1] pads [0, 0, 0, 0] groups 1 : (tensor<1x1x1x4xf32>, tensor<4x1x1x4xf32>) -> tensor<1x1x1x4xf32>
  %5 = dlc.transpose %4 [0, 3, 1, 2] : tensor<1x1x1x4xf32> -> tensor<1x4x1x1xf32>
  %6 = dlc.sigmoid %5 : tensor<1x4x1x1xf32>
  %7 = dlc.broadcast %6 : tensor<1x4x1x1xf32> -> tensor<1x4x8x8xf32>
  %8 = dlc.mul %0, %7 : tensor<1x4x8x8xf32>
  %9 = dlc.transpose %8 [0, 2, 3, 1] : tensor<1x4x8x8xf32> -> tensor<1x8x8x4xf32>
  return %9 : tensor<1x8x8x4xf32>
}

// -----

// Concat, slice, pad and gather along a dimension move theirs along.
// CHECK-LABEL: @movement
// CHECK-NOT: dlc.transpose
// CHECK: dlc.slice %{{.*}} [0, 0, 0, 2] steps [1, 1, 2, 1] : tensor<1x8x6x4xf32> -> tensor<1x8x3x2xf32>
// CHECK: dlc.pad {{.*}} low [0, 1, 0, 0] : tensor<1x8x3x2xf32>, tensor<f32> -> tensor<1x10x3x2xf32>
// CHECK: dlc.concat {{.*}} axis = 3
// CHECK: dlc.gather {{.*}} axis = 1
// CHECK-NOT: dlc.transpose
// CHECK: return
func.func @movement(%x: tensor<1x8x6x4xf32>, %i: tensor<20xi64>) -> tensor<1x20x3x4xf32> {
  %z = dlc.constant dense<0.0> : tensor<f32>
  %0 = dlc.transpose %x [0, 3, 1, 2] : tensor<1x8x6x4xf32> -> tensor<1x4x8x6xf32>
  %1 = dlc.slice %0[0, 2, 0, 0] steps [1, 1, 1, 2] : tensor<1x4x8x6xf32> -> tensor<1x2x8x3xf32>
  %2 = dlc.pad %1, %z low [0, 0, 1, 0] : tensor<1x2x8x3xf32>, tensor<f32> -> tensor<1x2x10x3xf32>
  %3 = dlc.concat %2, %2 axis = 1 : (tensor<1x2x10x3xf32>, tensor<1x2x10x3xf32>) -> tensor<1x4x10x3xf32>
  %4 = dlc.gather %3, %i axis = 2 : (tensor<1x4x10x3xf32>, tensor<20xi64>) -> tensor<1x4x20x3xf32>
  %5 = dlc.transpose %4 [0, 2, 3, 1] : tensor<1x4x20x3xf32> -> tensor<1x20x3x4xf32>
  return %5 : tensor<1x20x3x4xf32>
}

// -----

// Whole pixels are picked from channels that lie last: not one element after the
// other from planes. One pixel of each row is a slice.
// CHECK-LABEL: @pixels
// CHECK: %[[T:.*]] = dlc.transpose %arg0 [0, 2, 3, 1]
// CHECK: %[[PICKED:.*]] = dlc.gather %[[T]], %arg1 axis = 2
// CHECK: %[[ONE:.*]] = dlc.gather %arg0, %arg2 axis = 3
// CHECK: %[[TURNED:.*]] = dlc.transpose %[[ONE]] [0, 2, 1]
// CHECK: return %[[PICKED]], %[[TURNED]]
func.func @pixels(%x: tensor<1x32x8x6xf32>, %i: tensor<20xi64>, %j: tensor<i64>) -> (tensor<1x8x20x32xf32>, tensor<1x8x32xf32>) {
  %0 = dlc.transpose %x [0, 2, 3, 1] : tensor<1x32x8x6xf32> -> tensor<1x8x6x32xf32>
  %1 = dlc.gather %0, %i axis = 2 : (tensor<1x8x6x32xf32>, tensor<20xi64>) -> tensor<1x8x20x32xf32>
  %2 = dlc.gather %0, %j axis = 2 : (tensor<1x8x6x32xf32>, tensor<i64>) -> tensor<1x8x32xf32>
  return %1, %2 : tensor<1x8x20x32xf32>, tensor<1x8x32xf32>
}

// -----

// Upsampling by repetition: reshape, broadcast, reshape.
// CHECK-LABEL: @repeat
// CHECK-NOT: dlc.transpose
// CHECK: dlc.reshape %{{.*}} : tensor<1x8x6x4xf32> -> tensor<1x8x1x6x4xf32>
// CHECK: dlc.broadcast {{.*}} -> tensor<1x8x2x6x4xf32>
// CHECK: dlc.reshape {{.*}} -> tensor<1x16x6x4xf32>
// CHECK-NEXT: return
func.func @repeat(%x: tensor<1x8x6x4xf32>) -> tensor<1x16x6x4xf32> {
  %0 = dlc.transpose %x [0, 3, 1, 2] : tensor<1x8x6x4xf32> -> tensor<1x4x8x6xf32>
  %1 = dlc.reshape %0 : tensor<1x4x8x6xf32> -> tensor<1x4x8x1x6xf32>
  %2 = dlc.broadcast %1 : tensor<1x4x8x1x6xf32> -> tensor<1x4x8x2x6xf32>
  %3 = dlc.reshape %2 : tensor<1x4x8x2x6xf32> -> tensor<1x4x16x6xf32>
  %4 = dlc.transpose %3 [0, 2, 3, 1] : tensor<1x4x16x6xf32> -> tensor<1x16x6x4xf32>
  return %4 : tensor<1x16x6x4xf32>
}

// -----

// A transpose that does not commute with what follows stays where it is.
// CHECK-LABEL: @flatten
// CHECK: dlc.transpose
// CHECK-NEXT: dlc.reshape
func.func @flatten(%x: tensor<1x8x6x4xf32>) -> tensor<1x192xf32> {
  %0 = dlc.transpose %x [0, 3, 1, 2] : tensor<1x8x6x4xf32> -> tensor<1x4x8x6xf32>
  %1 = dlc.reshape %0 : tensor<1x4x8x6xf32> -> tensor<1x192xf32>
  return %1 : tensor<1x192xf32>
}

// -----

// Where an operand has another layout the transposes after it are hoisted, as
// the sum needs one of them only.
// CHECK-LABEL: @mixed
// CHECK-SAME: (%[[X:.*]]: tensor<1x8x6x4xf32>, %[[Y:.*]]: tensor<1x4x8x6xf32>)
// CHECK: %[[T:.*]] = dlc.transpose %[[Y]] [0, 2, 3, 1]
// CHECK: %[[A:.*]] = dlc.add %[[X]], %[[T]]
// CHECK-NEXT: %[[E:.*]] = dlc.exp %[[A]]
// CHECK-NEXT: return %[[E]]
func.func @mixed(%x: tensor<1x8x6x4xf32>, %y: tensor<1x4x8x6xf32>) -> tensor<1x8x6x4xf32> {
  %0 = dlc.transpose %x [0, 3, 1, 2] : tensor<1x8x6x4xf32> -> tensor<1x4x8x6xf32>
  %1 = dlc.add %0, %y : tensor<1x4x8x6xf32>
  %2 = dlc.exp %1 : tensor<1x4x8x6xf32>
  %3 = dlc.transpose %2 [0, 2, 3, 1] : tensor<1x4x8x6xf32> -> tensor<1x8x6x4xf32>
  return %3 : tensor<1x8x6x4xf32>
}

// -----

// The number of all heads is a multiple of the batch's, whatever that is: heads are
// one transpose away from what they are sliced out of.
// CHECK-LABEL: @heads_of_open_batch
// CHECK:       %[[R:.*]] = dlc.reshape %arg0 sizes(%{{.*}}) : tensor<5x?x64xf32> -> tensor<5x?x4x16xf32>
// CHECK:       %[[T:.*]] = dlc.transpose %[[R]] [1, 2, 0, 3]
// CHECK:       return %[[T]]
func.func @heads_of_open_batch(%x: tensor<5x?x64xf32>) -> tensor<?x4x5x16xf32> {
  %c1 = arith.constant 1 : index
  %c4 = arith.constant 4 : index
  %n = tensor.dim %x, %c1 : tensor<5x?x64xf32>
  %all = arith.muli %n, %c4 : index
  %0 = dlc.reshape %x sizes(%all) : tensor<5x?x64xf32> -> tensor<5x?x16xf32>
  %1 = dlc.transpose %0 [1, 0, 2] : tensor<5x?x16xf32> -> tensor<?x5x16xf32>
  %2 = dlc.reshape %1 sizes(%n) : tensor<?x5x16xf32> -> tensor<?x4x5x16xf32>
  return %2 : tensor<?x4x5x16xf32>
}

// -----

// Not where the open size would have to be split elsewhere.
// CHECK-LABEL: @open_batch_split
// CHECK:       dlc.reshape
// CHECK:       dlc.transpose
// CHECK:       dlc.reshape
// CHECK:       return
func.func @open_batch_split(%x: tensor<5x?x16xf32>, %n: index) -> tensor<?x5x32xf32> {
  %c1 = arith.constant 1 : index
  %m = tensor.dim %x, %c1 : tensor<5x?x16xf32>
  %0 = dlc.reshape %x sizes(%m) : tensor<5x?x16xf32> -> tensor<5x?x4x4xf32>
  %1 = dlc.transpose %0 [1, 2, 0, 3] : tensor<5x?x4x4xf32> -> tensor<?x4x5x4xf32>
  %2 = dlc.reshape %1 sizes(%n) : tensor<?x4x5x4xf32> -> tensor<?x5x32xf32>
  return %2 : tensor<?x5x32xf32>
}
