// RUN: dlc-opt -import-onnx -split-input-file %s | FileCheck %s

// Operands are broadcast; one broadcast an operand, none where shapes agree.
// CHECK-LABEL: func.func @main
// CHECK-SAME: (%[[X:.*]]: tensor<2x3xf32> {dlc.name = "x"}, %[[Y:.*]]: tensor<3xf32>
// CHECK-NEXT: %[[B:.*]] = dlc.broadcast %[[Y]] : tensor<3xf32> -> tensor<2x3xf32>
// CHECK-NEXT: %[[R:.*]] = dlc.add %[[X]], %[[B]] : tensor<2x3xf32>
// CHECK-NEXT: return %[[R]]
func.func @main(%x: tensor<2x3xf32> {graph.name = "x"}, %y: tensor<3xf32>) -> (tensor<2x3xf32> {graph.name = "z"}) {
  %0 = graph.import %x : tensor<2x3xf32>
  %1 = graph.import %y : tensor<3xf32>
  %2 = graph.node "onnx.Add"(%0, %1) version 14
  %3 = graph.export %2 : tensor<2x3xf32>
  return %3 : tensor<2x3xf32>
}

// -----

// Dimensions of one name are one value, so nothing is broadcast.
// CHECK-LABEL: func.func @main
// CHECK-SAME: (%[[X:.*]]: tensor<?x3xf32> {dlc.dims = ["n", ""]}, %[[Y:.*]]: tensor<?x3xf32>
// CHECK-NEXT: dlc.mul %[[X]], %[[Y]] : tensor<?x3xf32>
// CHECK-NEXT: return
func.func @main(%x: tensor<?x3xf32> {graph.dims = ["n", ""]}, %y: tensor<?x3xf32> {graph.dims = ["n", ""]}) -> tensor<?x3xf32> {
  %0 = graph.import %x : tensor<?x3xf32>
  %1 = graph.import %y : tensor<?x3xf32>
  %2 = graph.node "onnx.Mul"(%0, %1) version 14
  %3 = graph.export %2 : tensor<?x3xf32>
  return %3 : tensor<?x3xf32>
}

// -----

// Attributes up to version 10, inputs since; constants fold.
// CHECK-LABEL: func.func @main
// CHECK-DAG: dlc.constant dense<6.000000e+00> : tensor<f32>
// CHECK: dlc.max
// CHECK: dlc.min
// CHECK: dlc.max
// CHECK-NOT: dlc.min
// CHECK: return
func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = graph.import %x : tensor<4xf32>
  %1 = graph.node "onnx.Clip"(%0) version 6 {min = 0.0 : f32, max = 6.0 : f32}
  %w = graph.weight "a" = dense<1.0> : tensor<f32>
  %v = graph.weight "b" = dense<2.0> : tensor<f32>
  %s = graph.node "onnx.Add"(%w, %v) version 7
  %2 = graph.node "onnx.Clip"(%1, %s) version 13
  %3 = graph.export %2 : tensor<4xf32>
  return %3 : tensor<4xf32>
}

// -----

// CHECK-LABEL: func.func @main
// CHECK: dlc.mul
// CHECK-NOT: dlc.pow
// CHECK: return
func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = graph.import %x : tensor<4xf32>
  %e = graph.weight "e" = dense<2> : tensor<i64>
  %1 = graph.node "onnx.Pow"(%0, %e) version 15
  %2 = graph.export %1 : tensor<4xf32>
  return %2 : tensor<4xf32>
}
