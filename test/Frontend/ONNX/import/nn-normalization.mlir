// RUN: dlc-opt -import-onnx -split-input-file %s | FileCheck %s

// Narrow floats are computed in f32.
// CHECK: dlc.cast {{.*}} : tensor<2x8xf16> -> tensor<2x8xf32>
// CHECK: dlc.reduce max {{.*}} [1]
// CHECK: dlc.exp
// CHECK: dlc.reduce sum {{.*}} [1]
// CHECK: dlc.div
// CHECK: dlc.cast {{.*}} -> tensor<2x8xf16>
func.func @main(%x: tensor<2x8xf16>) -> tensor<2x8xf16> {
  %0 = graph.import %x : tensor<2x8xf16>
  %1 = graph.node "onnx.Softmax"(%0) version 13
  %2 = graph.export %1 : tensor<2x8xf16>
  return %2 : tensor<2x8xf16>
}

// -----

// Before version 13 softmax goes over all dimensions from the axis on.
// CHECK: dlc.reduce max {{.*}} [1, 2]
func.func @main(%x: tensor<2x3x4xf32>) -> tensor<2x3x4xf32> {
  %0 = graph.import %x : tensor<2x3x4xf32>
  %1 = graph.node "onnx.Softmax"(%0) version 11
  %2 = graph.export %1 : tensor<2x3x4xf32>
  return %2 : tensor<2x3x4xf32>
}

// -----

// The variance is that of centred elements.
// CHECK: %[[MEAN:.*]] = dlc.reduce sum
// CHECK: %[[CENTRED:.*]] = dlc.sub %arg0
// CHECK: dlc.mul %[[CENTRED]], %[[CENTRED]]
// CHECK: dlc.rsqrt
func.func @main(%x: tensor<?x8xf32>, %s: tensor<8xf32>, %b: tensor<8xf32>) -> tensor<?x8xf32> {
  %0 = graph.import %x : tensor<?x8xf32>
  %1 = graph.import %s : tensor<8xf32>
  %2 = graph.import %b : tensor<8xf32>
  %3 = graph.node "onnx.LayerNormalization"(%0, %1, %2) version 17
  %4 = graph.export %3 : tensor<?x8xf32>
  return %4 : tensor<?x8xf32>
}

// -----

// Of constant parameters one factor and one summand remain.
// CHECK-NOT: dlc.rsqrt
// CHECK: dlc.mul %arg0
// CHECK: dlc.add
// CHECK-NEXT: return
func.func @main(%x: tensor<1x2x4x4xf32>) -> tensor<1x2x4x4xf32> {
  %0 = graph.import %x : tensor<1x2x4x4xf32>
  %s = graph.weight "s" = dense<[1.0, 2.0]> : tensor<2xf32>
  %b = graph.weight "b" = dense<[3.0, 4.0]> : tensor<2xf32>
  %m = graph.weight "m" = dense<[5.0, 6.0]> : tensor<2xf32>
  %v = graph.weight "v" = dense<[7.0, 8.0]> : tensor<2xf32>
  %1 = graph.node "onnx.BatchNormalization"(%0, %s, %b, %m, %v) version 15
  %2 = graph.export %1 : tensor<1x2x4x4xf32>
  return %2 : tensor<1x2x4x4xf32>
}

// -----

// CHECK: dlc.erf
func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = graph.import %x : tensor<4xf32>
  %1 = graph.node "onnx.Gelu"(%0) version 20
  %2 = graph.export %1 : tensor<4xf32>
  return %2 : tensor<4xf32>
}
