// RUN: dlc-opt -import-onnx -split-input-file -verify-diagnostics %s | FileCheck %s

// Four weighted rows of channels.
// CHECK-LABEL: func.func @main
// CHECK: %[[ROWS:.*]] = dlc.reshape %{{.*}} : tensor<2x5x6x3xf32> -> tensor<60x3xf32>
// CHECK-COUNT-4: dlc.gather %[[ROWS]], %{{.*}} axis = 0 : (tensor<60x3xf32>, tensor<2x7x8xi64>) -> tensor<2x7x8x3xf32>
// CHECK-NOT: dlc.gather
// CHECK: dlc.transpose %{{.*}} [0, 3, 1, 2]
func.func @main(%x: tensor<2x3x5x6xf32>, %g: tensor<2x7x8x2xf32>) -> tensor<2x3x7x8xf32> {
  %0 = graph.import %x : tensor<2x3x5x6xf32>
  %1 = graph.import %g : tensor<2x7x8x2xf32>
  %2 = graph.node "onnx.GridSample"(%0, %1) version 22
  %3 = graph.export %2 : tensor<2x3x7x8xf32>
  return %3 : tensor<2x3x7x8xf32>
}

// -----

// CHECK-LABEL: func.func @main
// CHECK: dlc.matmul %{{.*}} -> tensor<2x20x2xf32>
// CHECK: dlc.reshape %{{.*}} : tensor<2x20x2xf32> -> tensor<2x4x5x2xf32>
func.func @main(%t: tensor<2x2x3xf32>) -> tensor<2x4x5x2xf32> {
  %0 = graph.import %t : tensor<2x2x3xf32>
  %s = graph.weight "s" = dense<[2, 3, 4, 5]> : tensor<4xi64>
  %1 = graph.node "onnx.AffineGrid"(%0, %s) version 20
  %2 = graph.export %1 : tensor<2x4x5x2xf32>
  return %2 : tensor<2x4x5x2xf32>
}

// -----

// CHECK-LABEL: func.func @main
// CHECK: dlc.reduce max %{{.*}} [4]
// CHECK: dlc.reduce max %{{.*}} [4]
// CHECK: -> tensor<4x3x2x2xf32>
func.func @main(%x: tensor<1x3x8x8xf32>, %r: tensor<4x5xf32>) -> tensor<4x3x2x2xf32> {
  %0 = graph.import %x : tensor<1x3x8x8xf32>
  %1 = graph.import %r : tensor<4x5xf32>
  %2 = graph.node "onnx.MaxRoiPool"(%0, %1) version 22 {pooled_shape = array<i64: 2, 2>}
  %3 = graph.export %2 : tensor<4x3x2x2xf32>
  return %3 : tensor<4x3x2x2xf32>
}

// -----

func.func @main(%x: tensor<2x3x5x6xf32>, %g: tensor<2x7x8x3xf32>, %r: tensor<4x4xf32>, %i: tensor<4xi64>) -> !graph.value {
  %0 = graph.import %x : tensor<2x3x5x6xf32>
  %1 = graph.import %g : tensor<2x7x8x3xf32>
  %2 = graph.import %r : tensor<4x4xf32>
  %3 = graph.import %i : tensor<4xi64>
  // expected-error @+1 {{an input of shape 2x3x5x6 has no elements at a grid of shape 2x7x8x3}}
  %a = graph.node "onnx.GridSample"(%0, %1) version 22
  // expected-error @+1 {{attribute 'mode' has unknown value 'area'}}
  %b = graph.node "onnx.GridSample"(%0, %1) version 22 {mode = "area"}
  // expected-error @+1 {{a number of bins or samples is out of range}}
  %c = graph.node "onnx.RoiAlign"(%0, %2, %3) version 16 {output_height = 0 : i64}
  // expected-error @+1 {{regions are 5 floats each, of an input of floats}}
  %d = graph.node "onnx.MaxRoiPool"(%0, %2) version 1 {pooled_shape = array<i64: 2, 2>}
  return %d : !graph.value
}
