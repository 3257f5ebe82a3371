// RUN: dlc-opt -import-onnx -split-input-file %s | FileCheck %s

// The bias is added where channels are last.
// CHECK: dlc.transpose %arg0 [0, 2, 3, 1]
// CHECK: dlc.conv {{.*}} strides [2, 2] dilations [1, 1] pads [1, 1, 1, 1] groups 1 {{.*}} -> tensor<1x4x4x5xf32>
// CHECK: dlc.add {{.*}} : tensor<1x4x4x5xf32>
// CHECK: dlc.transpose {{.*}} [0, 3, 1, 2]
func.func @main(%x: tensor<1x3x8x8xf32>, %w: tensor<5x3x3x3xf32>, %b: tensor<5xf32>) -> tensor<1x5x4x4xf32> {
  %0 = graph.import %x : tensor<1x3x8x8xf32>
  %1 = graph.import %w : tensor<5x3x3x3xf32>
  %2 = graph.import %b : tensor<5xf32>
  %3 = graph.node "onnx.Conv"(%0, %1, %2) version 11 {pads = array<i64: 1, 1, 1, 1>, strides = array<i64: 2, 2>}
  %4 = graph.export %3 : tensor<1x5x4x4xf32>
  return %4 : tensor<1x5x4x4xf32>
}

// -----

// SAME_UPPER puts the odd element behind.
// CHECK: dlc.conv {{.*}} pads [0, 1] {{.*}} -> tensor<1x4x1xf32>
func.func @main(%x: tensor<1x2x8xf32>, %w: tensor<1x2x3xf32>) -> tensor<1x1x4xf32> {
  %0 = graph.import %x : tensor<1x2x8xf32>
  %1 = graph.import %w : tensor<1x2x3xf32>
  %2 = graph.node "onnx.Conv"(%0, %1) version 11 {auto_pad = "SAME_UPPER", strides = array<i64: 2>}
  %3 = graph.export %2 : tensor<1x1x4xf32>
  return %3 : tensor<1x1x4xf32>
}

// -----

// Of an unknown size it is padded beforehand.
// CHECK: dlc.pad
// CHECK: dlc.conv {{.*}} pads [0, 0]
func.func @main(%x: tensor<1x2x?xf32>, %w: tensor<1x2x3xf32>) -> tensor<1x1x?xf32> {
  %0 = graph.import %x : tensor<1x2x?xf32>
  %1 = graph.import %w : tensor<1x2x3xf32>
  %2 = graph.node "onnx.Conv"(%0, %1) version 11 {auto_pad = "SAME_LOWER", strides = array<i64: 2>}
  %3 = graph.export %2 : tensor<1x1x?xf32>
  return %3 : tensor<1x1x?xf32>
}

// -----

// Where kernel and stride agree a transposed convolution is a product whose
// channels are dealt out over the image.
// CHECK: dlc.conv {{.*}} strides [1, 1] dilations [1, 1] pads [0, 0, 0, 0] groups 1 : {{.*}} -> tensor<1x4x4x24xf32>
// CHECK: dlc.reshape {{.*}} -> tensor<1x4x4x1x2x2x6xf32>
// CHECK: dlc.transpose {{.*}} [0, 1, 4, 2, 5, 3, 6]
// CHECK: dlc.reshape {{.*}} -> tensor<1x8x8x6xf32>
// CHECK-NOT: dlc.slice
func.func @main(%x: tensor<1x3x4x4xf32>, %w: tensor<3x6x2x2xf32>) -> tensor<1x6x8x8xf32> {
  %0 = graph.import %x : tensor<1x3x4x4xf32>
  %1 = graph.import %w : tensor<3x6x2x2xf32>
  %2 = graph.node "onnx.ConvTranspose"(%0, %1) version 11 {strides = array<i64: 2, 2>}
  %3 = graph.export %2 : tensor<1x6x8x8xf32>
  return %3 : tensor<1x6x8x8xf32>
}

// -----

// The window that ceil_mode adds is paid for by padding behind.
// CHECK: dlc.pool max {{.*}} kernel [3, 3] strides [2, 2] dilations [1, 1] pads [0, 0, 1, 1]
func.func @main(%x: tensor<1x2x4x4xf32>) -> tensor<1x2x2x2xf32> {
  %0 = graph.import %x : tensor<1x2x4x4xf32>
  %1 = graph.node "onnx.MaxPool"(%0) version 12 {ceil_mode = 1 : i64, kernel_shape = array<i64: 3, 3>, strides = array<i64: 2, 2>}
  %2 = graph.export %1 : tensor<1x2x2x2xf32>
  return %2 : tensor<1x2x2x2xf32>
}

// -----

// Of one channel: along the columns, a row being the channels, then along the
// rows.
// CHECK: dlc.pool max {{.*}} kernel [3, 1] strides [2, 1] dilations [1, 1] pads [1, 0, 0, 0] : tensor<?x?x1x?xf32>
// CHECK: dlc.transpose {{.*}} [0, 2, 1]
// CHECK: dlc.pool max {{.*}} kernel [5, 1] strides [1, 1] dilations [1, 1] pads [2, 0, 2, 0] : tensor<?x?x1x?xf32>
// CHECK: dlc.transpose {{.*}} [0, 2, 1]
func.func @main(%x: tensor<?x1x?x?xf32>) -> tensor<?x1x?x?xf32> {
  %0 = graph.import %x : tensor<?x1x?x?xf32>
  %1 = graph.node "onnx.MaxPool"(%0) version 12 {kernel_shape = array<i64: 3, 5>, strides = array<i64: 2, 1>, pads = array<i64: 1, 2, 0, 2>}
  %2 = graph.export %1 : tensor<?x1x?x?xf32>
  return %2 : tensor<?x1x?x?xf32>
}

// -----

// Elements that are padding do not count: corners are divided by 4.
// CHECK: dlc.pool sum
// CHECK: dlc.constant dense<{{.*}}4.0{{.*}}6.0{{.*}}> : tensor<1x3x3x1xf32>
// CHECK: dlc.div
func.func @main(%x: tensor<1x1x3x3xf32>) -> tensor<1x1x3x3xf32> {
  %0 = graph.import %x : tensor<1x1x3x3xf32>
  %1 = graph.node "onnx.AveragePool"(%0) version 19 {kernel_shape = array<i64: 3, 3>, pads = array<i64: 1, 1, 1, 1>}
  %2 = graph.export %1 : tensor<1x1x3x3xf32>
  return %2 : tensor<1x1x3x3xf32>
}
