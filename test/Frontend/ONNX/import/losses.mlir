// RUN: dlc-opt -import-onnx -split-input-file -verify-diagnostics %s | FileCheck %s

// Targets that are left out have no weight, and are never looked up.
// CHECK-LABEL: func.func @main
// CHECK: %[[COUNTS:.*]] = dlc.ne %[[T:.*]], %{{.*}} : tensor<2x6xi64> -> tensor<2x6xi1>
// CHECK: %[[SAFE:.*]] = dlc.select %[[COUNTS]], %[[T]], %{{.*}} : tensor<2x6xi1>, tensor<2x6xi64>
// CHECK: dlc.gather %{{.*}} axis = 0 : (tensor<60xf32>, tensor<2x6xi64>) -> tensor<2x6xf32>
// CHECK: dlc.gather %{{.*}}, %[[SAFE]] axis = 0 : (tensor<5xf32>, tensor<2x6xi64>) -> tensor<2x6xf32>
// CHECK: dlc.reduce sum %{{.*}} [0, 1] : tensor<2x6xf32> -> tensor<f32>
// CHECK: dlc.reduce sum %{{.*}} [0, 1] : tensor<2x6xf32> -> tensor<f32>
// CHECK: dlc.div
func.func @main(%x: tensor<2x5x6xf32>, %t: tensor<2x6xi64>, %w: tensor<5xf32>) -> tensor<f32> {
  %0 = graph.import %x : tensor<2x5x6xf32>
  %1 = graph.import %t : tensor<2x6xi64>
  %2 = graph.import %w : tensor<5xf32>
  %3 = graph.node "onnx.NegativeLogLikelihoodLoss"(%0, %1, %2) version 22 {ignore_index = -1 : i64}
  %4 = graph.export %3 : tensor<f32>
  return %4 : tensor<f32>
}

// -----

// The logarithms of the probabilities are a result, too.
// CHECK-LABEL: func.func @main
// CHECK: dlc.exp
// CHECK: %[[LOG:.*]] = dlc.sub
// CHECK: return %{{.*}}, %[[LOG]] : tensor<3xf32>, tensor<3x5xf32>
func.func @main(%x: tensor<3x5xf32>, %t: tensor<3xi32>) -> (tensor<3xf32>, tensor<3x5xf32>) {
  %0 = graph.import %x : tensor<3x5xf32>
  %1 = graph.import %t : tensor<3xi32>
  %2:2 = graph.node "onnx.SoftmaxCrossEntropyLoss"(%0, %1) version 13 {reduction = "none"}
  %3 = graph.export %2#0 : tensor<3xf32>
  %4 = graph.export %2#1 : tensor<3x5xf32>
  return %3, %4 : tensor<3xf32>, tensor<3x5xf32>
}

// -----

func.func @main(%x: tensor<3x5xf32>, %t: tensor<4xi32>) -> !graph.value {
  %0 = graph.import %x : tensor<3x5xf32>
  %1 = graph.import %t : tensor<4xi32>
  // expected-error @+1 {{targets of shape 4 don't fit scores of shape 3x5}}
  %2 = graph.node "onnx.SoftmaxCrossEntropyLoss"(%0, %1) version 13
  // expected-error @+2 {{targets of shape 4 don't fit scores of shape 3x5}}
  // expected-error @+1 {{attribute 'reduction' is 'max', expected none, mean or sum}}
  %3 = graph.node "onnx.NegativeLogLikelihoodLoss"(%0, %1) version 13 {reduction = "max"}
  return %3 : !graph.value
}
