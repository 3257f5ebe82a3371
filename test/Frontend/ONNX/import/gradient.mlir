// RUN: dlc-opt -split-input-file -import-onnx %s | FileCheck %s

// The tensors that a gradient is by are opaque while it is found, also a
// constant; behind it they are what they were.
// CHECK-LABEL: func.func @main
// CHECK-SAME:  (%[[X:.*]]: tensor<2x?xf32>)
// CHECK-NOT:   unrealized_conversion_cast
// CHECK:       dlc.mul
// CHECK-DAG:   %[[A:.*]] = dlc.reduce sum %{{.*}} [0, 1]
// CHECK-DAG:   %[[B:.*]] = dlc.reduce sum %{{.*}} [0, 1]
// CHECK:       %[[SUM:.*]] = dlc.add %[[A]], %[[B]]
// CHECK:       return %[[SUM]]
func.func @main(%x: tensor<2x?xf32>) -> tensor<f32> {
  %0 = graph.import %x : tensor<2x?xf32>
  %w = graph.weight "w" = dense<3.0> : tensor<f32>
  %1 = graph.node "ai.onnx.preview.training.Gradient"(%w) version 1 {xs = ["w"], y = "y"} "y"(%v) {
    %a = graph.node "onnx.Mul"(%v, %0) version 13
    %b = graph.node "onnx.Mul"(%a, %v) version 13
    graph.yield %b
  }
  %2 = graph.export %1 : tensor<f32>
  return %2 : tensor<f32>
}

// -----

// Integers pass nothing on.
// CHECK-LABEL: func.func @main
// CHECK-NEXT:  %[[ZERO:.*]] = dlc.constant dense<0.000000e+00> : tensor<f32>
// CHECK-NEXT:  %[[ALL:.*]] = dlc.broadcast %[[ZERO]]
// CHECK-NEXT:  return %[[ALL]]
func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = graph.import %x : tensor<4xf32>
  %1 = graph.node "ai.onnx.preview.training.Gradient"(%0) version 1 {xs = ["x"], y = "y"} "y"(%v) {
    %a = graph.node "onnx.Cast"(%v) version 13 {to = 7 : i64}
    %b = graph.node "onnx.Cast"(%a) version 13 {to = 1 : i64}
    graph.yield %b
  }
  %2 = graph.export %1 : tensor<4xf32>
  return %2 : tensor<4xf32>
}
