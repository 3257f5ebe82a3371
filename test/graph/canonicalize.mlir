// RUN: dlc-opt %s -split-input-file -dlc-canonicalize | FileCheck %s

// CHECK-LABEL: @neutral
// CHECK-SAME: (%[[X:.*]]: tensor<4xf32>)
// CHECK-NEXT: return %[[X]]
func.func @neutral(%x: tensor<4xf32>) -> tensor<4xf32> {
  %zero = dlc.constant dense<0.0> : tensor<f32>
  %one = dlc.constant dense<1.0> : tensor<4xf32>
  %z = dlc.broadcast %zero : tensor<f32> -> tensor<4xf32>
  %0 = dlc.add %z, %x : tensor<4xf32>
  %1 = dlc.mul %0, %one : tensor<4xf32>
  %2 = dlc.div %1, %one : tensor<4xf32>
  %3 = dlc.neg %2 : tensor<4xf32>
  %4 = dlc.neg %3 : tensor<4xf32>
  %5 = dlc.max %4, %4 : tensor<4xf32>
  return %5 : tensor<4xf32>
}

// -----

// A product with 0 may be a NaN.
// CHECK-LABEL: @zero
// CHECK: %[[F:.*]] = dlc.mul
// CHECK: return %[[F]], %{{.*}} : tensor<4xf32>, tensor<4xi32>
func.func @zero(%x: tensor<4xf32>, %y: tensor<4xi32>) -> (tensor<4xf32>, tensor<4xi32>) {
  %f = dlc.constant dense<0.0> : tensor<4xf32>
  %i = dlc.constant dense<0> : tensor<4xi32>
  %0 = dlc.mul %x, %f : tensor<4xf32>
  %1 = dlc.mul %y, %i : tensor<4xi32>
  return %0, %1 : tensor<4xf32>, tensor<4xi32>
}

// -----

// CHECK-LABEL: @divide
// CHECK: dlc.constant dense<1.250000e-01>
// CHECK: dlc.mul
// CHECK: dlc.div
func.func @divide(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %eight = dlc.constant dense<8.0> : tensor<4xf32>
  %ten = dlc.constant dense<10.0> : tensor<4xf32>
  %0 = dlc.div %x, %eight : tensor<4xf32>
  %1 = dlc.div %x, %ten : tensor<4xf32>
  return %0, %1 : tensor<4xf32>, tensor<4xf32>
}

// -----

// i32 over f64 and back is exact; f32 over f16 is not; i32 over f64 to i8
// saturates.
// CHECK-LABEL: @casts
// CHECK-SAME: (%[[X:.*]]: tensor<4xi32>, %[[Y:.*]]: tensor<4xf32>)
// CHECK: %[[D:.*]] = dlc.cast %[[X]]
// CHECK: %[[N:.*]] = dlc.cast %[[D]] : tensor<4xf64> -> tensor<4xi8>
// CHECK: %[[H:.*]] = dlc.cast %[[Y]]
// CHECK: %[[F:.*]] = dlc.cast %[[H]]
// CHECK: return %[[X]], %[[N]], %[[F]]
func.func @casts(%x: tensor<4xi32>, %y: tensor<4xf32>) -> (tensor<4xi32>, tensor<4xi8>, tensor<4xf32>) {
  %0 = dlc.cast %x : tensor<4xi32> -> tensor<4xf64>
  %1 = dlc.cast %0 : tensor<4xf64> -> tensor<4xi32>
  %2 = dlc.cast %0 : tensor<4xf64> -> tensor<4xi8>
  %3 = dlc.cast %y : tensor<4xf32> -> tensor<4xf16>
  %4 = dlc.cast %3 : tensor<4xf16> -> tensor<4xf32>
  return %1, %2, %4 : tensor<4xi32>, tensor<4xi8>, tensor<4xf32>
}

// -----

// CHECK-LABEL: @select
// CHECK-SAME: (%[[C:.*]]: tensor<4xi1>, %[[X:.*]]: tensor<4xf32>, %[[Y:.*]]: tensor<4xf32>)
// CHECK-NEXT: %[[S:.*]] = dlc.select %[[C]], %[[Y]], %[[X]]
// CHECK-NEXT: return %[[X]], %[[S]]
func.func @select(%c: tensor<4xi1>, %x: tensor<4xf32>, %y: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %true = dlc.constant dense<true> : tensor<4xi1>
  %0 = dlc.select %true, %x, %y : tensor<4xi1>, tensor<4xf32>
  %1 = dlc.not %c : tensor<4xi1>
  %2 = dlc.select %1, %x, %y : tensor<4xi1>, tensor<4xf32>
  return %0, %2 : tensor<4xf32>, tensor<4xf32>
}

// -----

// CHECK-LABEL: @movement
// CHECK-SAME: (%[[X:.*]]: tensor<2x8xf32>, %[[Y:.*]]: tensor<2x4xf32>)
// CHECK-DAG: dlc.slice %[[X]] [0, 5] steps [1, 4]
// CHECK-DAG: dlc.slice %[[Y]] [0, 1] steps [1, 1]
// CHECK-DAG: dlc.concat %[[X]], %[[Y]], %[[Y]] axis = 1
func.func @movement(%x: tensor<2x8xf32>, %y: tensor<2x4xf32>) -> (tensor<2x1xf32>, tensor<2x2xf32>, tensor<2x16xf32>) {
  %0 = dlc.slice %x [0, 1] steps [1, 2] : tensor<2x8xf32> -> tensor<2x4xf32>
  %1 = dlc.slice %0 [0, 2] steps [1, 2] : tensor<2x4xf32> -> tensor<2x1xf32>
  %2 = dlc.concat %x, %y axis = 1 : (tensor<2x8xf32>, tensor<2x4xf32>) -> tensor<2x12xf32>
  %3 = dlc.slice %2 [0, 9] steps [1, 1] : tensor<2x12xf32> -> tensor<2x2xf32>
  %4 = dlc.concat %2, %y axis = 1 : (tensor<2x12xf32>, tensor<2x4xf32>) -> tensor<2x16xf32>
  return %1, %3, %4 : tensor<2x1xf32>, tensor<2x2xf32>, tensor<2x16xf32>
}

// -----

// CHECK-LABEL: @shapes
// CHECK-SAME: (%[[X:.*]]: tensor<1x5x1xf32>, %[[V:.*]]: tensor<5xf32>, %[[S:.*]]: tensor<f32>)
// CHECK-DAG: dlc.reshape %[[X]] : tensor<1x5x1xf32> -> tensor<5x1xf32>
// CHECK-DAG: dlc.reshape %[[X]] : tensor<1x5x1xf32> -> tensor<5x1x1xf32>
// CHECK-DAG: dlc.broadcast %[[V]] : tensor<5xf32> -> tensor<3x2x5xf32>
// CHECK-DAG: dlc.broadcast %[[S]] : tensor<f32> -> tensor<4x3xf32>
func.func @shapes(%x: tensor<1x5x1xf32>, %v: tensor<5xf32>, %s: tensor<f32>) -> (tensor<5x1xf32>, tensor<5x1x1xf32>, tensor<3x2x5xf32>, tensor<4x3xf32>) {
  %0 = dlc.reduce sum %x [0] : tensor<1x5x1xf32> -> tensor<5x1xf32>
  %1 = dlc.transpose %x [1, 0, 2] : tensor<1x5x1xf32> -> tensor<5x1x1xf32>
  %2 = dlc.reshape %v : tensor<5xf32> -> tensor<1x5xf32>
  %3 = dlc.broadcast %2 : tensor<1x5xf32> -> tensor<2x5xf32>
  %4 = dlc.broadcast %3 : tensor<2x5xf32> -> tensor<3x2x5xf32>
  %5 = dlc.broadcast %s : tensor<f32> -> tensor<3x4xf32>
  %6 = dlc.transpose %5 [1, 0] : tensor<3x4xf32> -> tensor<4x3xf32>
  return %0, %1, %4, %6 : tensor<5x1xf32>, tensor<5x1x1xf32>, tensor<3x2x5xf32>, tensor<4x3xf32>
}

// -----

// CHECK-LABEL: @pad_into_conv
// CHECK-NOT: dlc.pad
// CHECK: dlc.conv {{.*}} pads [1, 3, 1, 0]
func.func @pad_into_conv(%x: tensor<1x4x4x2xf32>, %k: tensor<3x3x3x2xf32>) -> tensor<1x4x5x3xf32> {
  %z = dlc.constant dense<0.0> : tensor<f32>
  %0 = dlc.pad %x, %z low [0, 1, 2, 0] : tensor<1x4x4x2xf32>, tensor<f32> -> tensor<1x6x6x2xf32>
  %1 = dlc.conv %0, %k strides [1, 1] dilations [1, 1] pads [0, 1, 0, 0] groups 1 : (tensor<1x6x6x2xf32>, tensor<3x3x3x2xf32>) -> tensor<1x4x5x3xf32>
  return %1 : tensor<1x4x5x3xf32>
}

// -----

// A reshape of a slice is a slice of what lies in memory.
// CHECK-LABEL: @reshape_of_slice
// CHECK:       %[[R:.*]] = dlc.reshape %{{.*}} : tensor<197x3x768xf32> -> tensor<197x36x64xf32>
// CHECK:       dlc.slice %[[R]] [0, 12, 0] steps [1, 1, 1] : tensor<197x36x64xf32> -> tensor<197x12x64xf32>
func.func @reshape_of_slice(%x: tensor<197x3x768xf32>) -> tensor<197x12x64xf32> {
  %0 = dlc.slice %x [0, 1, 0] steps [1, 1, 1] : tensor<197x3x768xf32> -> tensor<197x1x768xf32>
  %1 = dlc.reshape %0 : tensor<197x1x768xf32> -> tensor<197x12x64xf32>
  return %1 : tensor<197x12x64xf32>
}

// -----

// So where the sizes behind the cut differ; not where it is within a row, across
// dimensions or of every second element.
// CHECK-LABEL: @reshapes_of_slices
// CHECK:       dlc.reshape %{{.*}} : tensor<4x2304xf32> -> tensor<2x2x36x64xf32>
// CHECK:       dlc.slice {{.*}} -> tensor<2x2x12x64xf32>
// CHECK:       dlc.slice %{{.*}} [0, 100]
// CHECK:       dlc.slice %{{.*}} [0, 0] steps [1, 1] : {{.*}} -> tensor<4x1152xf32>
// CHECK:       dlc.slice %{{.*}} [0, 0] steps [1, 2]
func.func @reshapes_of_slices(%x: tensor<4x2304xf32>) -> (tensor<2x2x12x64xf32>, tensor<4x12x64xf32>, tensor<2x2304xf32>, tensor<4x3x384xf32>) {
  %0 = dlc.slice %x [0, 768] steps [1, 1] : tensor<4x2304xf32> -> tensor<4x768xf32>
  %1 = dlc.reshape %0 : tensor<4x768xf32> -> tensor<2x2x12x64xf32>
  %2 = dlc.slice %x [0, 100] steps [1, 1] : tensor<4x2304xf32> -> tensor<4x768xf32>
  %3 = dlc.reshape %2 : tensor<4x768xf32> -> tensor<4x12x64xf32>
  %4 = dlc.slice %x [0, 0] steps [1, 1] : tensor<4x2304xf32> -> tensor<4x1152xf32>
  %5 = dlc.reshape %4 : tensor<4x1152xf32> -> tensor<2x2304xf32>
  %6 = dlc.slice %x [0, 0] steps [1, 2] : tensor<4x2304xf32> -> tensor<4x1152xf32>
  %7 = dlc.reshape %6 : tensor<4x1152xf32> -> tensor<4x3x384xf32>
  return %1, %3, %5, %7 : tensor<2x2x12x64xf32>, tensor<4x12x64xf32>, tensor<2x2304xf32>, tensor<4x3x384xf32>
}

// -----

// Sizes in front of the cut may be open, and other values for the same sizes: keys
// packed between queries and values. Not where what is cut is open.
// CHECK-LABEL: @reshapes_of_open_slices
// CHECK:       %[[R:.*]] = dlc.reshape %arg0 {{.*}} : tensor<?x?x192xf32> -> tensor<?x?x12x16xf32>
// CHECK:       dlc.slice %[[R]] [0, 0, 4, 0] {{.*}} : tensor<?x?x12x16xf32> -> tensor<?x?x4x16xf32>
// CHECK:       %[[F:.*]] = dlc.reshape %arg0 {{.*}} : tensor<?x?x192xf32> -> tensor<?x12x16xf32>
// CHECK:       dlc.slice %[[F]] [0, 8, 0] {{.*}} : tensor<?x12x16xf32> -> tensor<?x4x16xf32>
// CHECK:       dlc.slice %arg1 [0, 0] sizes(%arg2)
// CHECK:       dlc.slice %arg1 [%arg2, 0]
func.func @reshapes_of_open_slices(%x: tensor<?x?x192xf32>, %y: tensor<?x8xf32>, %s: index, %t: index)
    -> (tensor<?x?x4x16xf32>, tensor<?x4x16xf32>, tensor<?x2x4xf32>, tensor<16xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %m = tensor.dim %x, %c0 : tensor<?x?x192xf32>
  %n = tensor.dim %x, %c1 : tensor<?x?x192xf32>
  %0 = dlc.slice %x [0, 0, 64] sizes(%m, %n) steps [1, 1, 1] : tensor<?x?x192xf32> -> tensor<?x?x64xf32>
  %1 = dlc.reshape %0 sizes(%m, %n) : tensor<?x?x64xf32> -> tensor<?x?x4x16xf32>
  %2 = dlc.slice %x [0, 0, 128] sizes(%m, %n) steps [1, 1, 1] : tensor<?x?x192xf32> -> tensor<?x?x64xf32>
  %3 = dlc.reshape %2 sizes(%t) : tensor<?x?x64xf32> -> tensor<?x4x16xf32>
  %4 = dlc.slice %y [0, 0] sizes(%s) steps [1, 1] : tensor<?x8xf32> -> tensor<?x8xf32>
  %5 = dlc.reshape %4 sizes(%s) : tensor<?x8xf32> -> tensor<?x2x4xf32>
  %6 = dlc.slice %y [%s, 0] steps [1, 1] : tensor<?x8xf32> -> tensor<2x8xf32>
  %7 = dlc.reshape %6 : tensor<2x8xf32> -> tensor<16xf32>
  return %1, %3, %5, %7 : tensor<?x?x4x16xf32>, tensor<?x4x16xf32>, tensor<?x2x4xf32>, tensor<16xf32>
}

// -----

// No reshape to the sizes that there are; it stays where they may differ.
// CHECK-LABEL: @same_reshape
// CHECK:       %[[E:.*]] = dlc.exp %arg0
// CHECK:       %[[R:.*]] = dlc.reshape %arg0 sizes(%arg1) : tensor<?x8xf32> -> tensor<?x8xf32>
// CHECK:       return %[[E]], %[[R]]
func.func @same_reshape(%x: tensor<?x8xf32>, %s: index) -> (tensor<?x8xf32>, tensor<?x8xf32>) {
  %c0 = arith.constant 0 : index
  %0 = dlc.exp %x : tensor<?x8xf32>
  %n = tensor.dim %0, %c0 : tensor<?x8xf32>
  %1 = dlc.reshape %0 sizes(%n) : tensor<?x8xf32> -> tensor<?x8xf32>
  %2 = dlc.reshape %x sizes(%s) : tensor<?x8xf32> -> tensor<?x8xf32>
  return %1, %2 : tensor<?x8xf32>, tensor<?x8xf32>
}

// -----

// The division of a softmax is by a number of at least 1: its inverse serves the row.
// CHECK-LABEL: @softmax
// CHECK:       %[[E:.*]] = dlc.exp
// CHECK:       %[[S:.*]] = dlc.reshape %{{.*}} : tensor<4xf32> -> tensor<4x1xf32>
// CHECK:       %[[I:.*]] = dlc.div %{{.*}}, %[[S]] : tensor<4x1xf32>
// CHECK:       %[[F:.*]] = dlc.broadcast %[[I]]
// CHECK:       dlc.mul %[[E]], %[[F]]
func.func @softmax(%x: tensor<4x9xf32>) -> tensor<4x9xf32> {
  %0 = dlc.reduce max %x [1] : tensor<4x9xf32> -> tensor<4xf32>
  %1 = dlc.reshape %0 : tensor<4xf32> -> tensor<4x1xf32>
  %2 = dlc.broadcast %1 : tensor<4x1xf32> -> tensor<4x9xf32>
  %3 = dlc.sub %x, %2 : tensor<4x9xf32>
  %4 = dlc.exp %3 : tensor<4x9xf32>
  %5 = dlc.reduce sum %4 [1] : tensor<4x9xf32> -> tensor<4xf32>
  %6 = dlc.reshape %5 : tensor<4xf32> -> tensor<4x1xf32>
  %7 = dlc.broadcast %6 : tensor<4x1xf32> -> tensor<4x9xf32>
  %8 = dlc.div %4, %7 : tensor<4x9xf32>
  return %8 : tensor<4x9xf32>
}

// -----

// Without the greatest taken away a sum may be anything.
// CHECK-LABEL: @no_softmax
// CHECK:       dlc.div %{{.*}}, %{{.*}} : tensor<4x9xf32>
func.func @no_softmax(%x: tensor<4x9xf32>) -> tensor<4x9xf32> {
  %0 = dlc.exp %x : tensor<4x9xf32>
  %1 = dlc.reduce sum %0 [1] : tensor<4x9xf32> -> tensor<4xf32>
  %2 = dlc.reshape %1 : tensor<4xf32> -> tensor<4x1xf32>
  %3 = dlc.broadcast %2 : tensor<4x1xf32> -> tensor<4x9xf32>
  %4 = dlc.div %0, %3 : tensor<4x9xf32>
  return %4 : tensor<4x9xf32>
}
