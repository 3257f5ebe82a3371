// RUN: dlc-opt -import-onnx -split-input-file -verify-diagnostics %s | FileCheck %s

// What overlaps is added; what lies in the padding is cut off.
// CHECK-LABEL: func.func @main
// CHECK: dlc.scatter add %{{.*}} : (tensor<49x3xf32>, tensor<225xi64>, tensor<225x3xf32>) -> tensor<49x3xf32>
// CHECK: dlc.slice %{{.*}} [0, 0, 1, 1] steps [1, 1, 1, 1] : tensor<1x3x7x7xf32> -> tensor<1x3x5x5xf32>
func.func @main(%x: tensor<1x27x25xf32>) -> tensor<1x3x5x5xf32> {
  %0 = graph.import %x : tensor<1x27x25xf32>
  %s = graph.weight "s" = dense<5> : tensor<2xi64>
  %k = graph.weight "k" = dense<3> : tensor<2xi64>
  %1 = graph.node "onnx.Col2Im"(%0, %s, %k) version 18 {pads = array<i64: 1, 1, 1, 1>}
  %2 = graph.export %1 : tensor<1x3x5x5xf32>
  return %2 : tensor<1x3x5x5xf32>
}

// -----

// Indices of a pooling put its results back.
// CHECK-LABEL: func.func @main
// CHECK: dlc.pool max
// CHECK: dlc.scatter none
func.func @main(%x: tensor<1x1x4x4xf32>) -> tensor<1x1x4x4xf32> {
  %0 = graph.import %x : tensor<1x1x4x4xf32>
  %1:2 = graph.node "onnx.MaxPool"(%0) version 12 {kernel_shape = array<i64: 2, 2>, strides = array<i64: 2, 2>}
  %2 = graph.node "onnx.MaxUnpool"(%1#0, %1#1) version 11 {kernel_shape = array<i64: 2, 2>, strides = array<i64: 2, 2>}
  %3 = graph.export %2 : tensor<1x1x4x4xf32>
  return %3 : tensor<1x1x4x4xf32>
}

// -----

// CHECK-LABEL: func.func @main
// CHECK-COUNT-4: dlc.gather
// CHECK: dlc.matmul %{{.*}} : (tensor<1x1x2x4xf32>, tensor<1x1x4x9xf32>) -> tensor<1x1x2x9xf32>
func.func @main(%x: tensor<1x1x4x4xf32>, %w: tensor<2x1x2x2xf32>, %o: tensor<1x8x3x3xf32>) -> tensor<1x2x3x3xf32> {
  %0 = graph.import %x : tensor<1x1x4x4xf32>
  %1 = graph.import %w : tensor<2x1x2x2xf32>
  %2 = graph.import %o : tensor<1x8x3x3xf32>
  %3 = graph.node "onnx.DeformConv"(%0, %1, %2) version 22
  %4 = graph.export %3 : tensor<1x2x3x3xf32>
  return %4 : tensor<1x2x3x3xf32>
}

// -----

func.func @main(%x: tensor<1x27x24xf32>, %o: tensor<1x7x3x3xf32>, %y: tensor<1x1x4x4xf32>) -> !graph.value {
  %0 = graph.import %x : tensor<1x27x24xf32>
  %1 = graph.import %o : tensor<1x7x3x3xf32>
  %2 = graph.import %y : tensor<1x1x4x4xf32>
  %s = graph.weight "s" = dense<5> : tensor<2xi64>
  %k = graph.weight "k" = dense<3> : tensor<2xi64>
  // expected-error @+1 {{a tensor of shape 1x27x24 does not hold the windows of an image of 5x5}}
  %a = graph.node "onnx.Col2Im"(%0, %s, %k) version 18 {pads = array<i64: 1, 1, 1, 1>}
  // expected-error @+1 {{input of shape 1x1x4x4, kernel 1x1x4x4 and offsets 1x7x3x3 don't fit}}
  %b = graph.node "onnx.DeformConv"(%2, %2, %1) version 22
  // expected-error @+1 {{output 'Indices' of windows longer than 128 is not supported}}
  %c:2 = graph.node "onnx.MaxPool"(%2) version 12 {kernel_shape = array<i64: 1, 200>, pads = array<i64: 0, 199, 0, 0>}
  %d = graph.node "onnx.Relu"(%c#1) version 14
  return %d : !graph.value
}
