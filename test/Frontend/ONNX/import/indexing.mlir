// RUN: dlc-opt -import-onnx -split-input-file %s | FileCheck %s

// Negative indices count from the end.
// CHECK-LABEL: func.func @main
// CHECK: dlc.lt
// CHECK: %[[I:.*]] = dlc.select
// CHECK: dlc.gather %{{.*}}, %[[I]] axis = 1 : (tensor<4x5xf32>, tensor<2x2xi32>) -> tensor<4x2x2xf32>
func.func @main(%x: tensor<4x5xf32>, %i: tensor<2x2xi32>) -> tensor<4x2x2xf32> {
  %0 = graph.import %x : tensor<4x5xf32>
  %1 = graph.import %i : tensor<2x2xi32>
  %2 = graph.node "onnx.Gather"(%0, %1) version 13 {axis = -1 : i64}
  %3 = graph.export %2 : tensor<4x2x2xf32>
  return %3 : tensor<4x2x2xf32>
}

// -----

// CHECK-LABEL: func.func @main
// CHECK: dlc.scatter add %{{.*}} : (tensor<4x5xf32>, tensor<3xi64>, tensor<3x5xf32>) -> tensor<4x5xf32>
func.func @main(%x: tensor<4x5xf32>, %i: tensor<3x1xi64>, %u: tensor<3x5xf32>) -> tensor<4x5xf32> {
  %0 = graph.import %x : tensor<4x5xf32>
  %1 = graph.import %i : tensor<3x1xi64>
  %2 = graph.import %u : tensor<3x5xf32>
  %3 = graph.node "onnx.ScatterND"(%0, %1, %2) version 18 {reduction = "add"}
  %4 = graph.export %3 : tensor<4x5xf32>
  return %4 : tensor<4x5xf32>
}

// -----

// CHECK-LABEL: func.func @main
// CHECK: dlc.matmul {{.*}} : (tensor<2x3x4xf32>, tensor<2x4x5xf32>) -> tensor<2x3x5xf32>
// CHECK: return {{.*}} : tensor<2x5x3xf32>
func.func @main(%x: tensor<2x3x4xf32>, %y: tensor<4x5x2xf32>) -> tensor<2x5x3xf32> {
  %0 = graph.import %x : tensor<2x3x4xf32>
  %1 = graph.import %y : tensor<4x5x2xf32>
  %2 = graph.node "onnx.Einsum"(%0, %1) version 12 {equation = "bik,kjb->bji"}
  %3 = graph.export %2 : tensor<2x5x3xf32>
  return %3 : tensor<2x5x3xf32>
}

// -----

// CHECK-LABEL: func.func @main
// CHECK: dlc.reduce sum %{{.*}} [1]
// CHECK: dlc.div
// CHECK: dlc.arg_reduce max %{{.*}} axis = 0
func.func @main(%x: tensor<4x5xf32>) -> (tensor<4x1xf32>, tensor<1x5xi64>) {
  %0 = graph.import %x : tensor<4x5xf32>
  %a = graph.weight "a" = dense<-1> : tensor<1xi64>
  %1 = graph.node "onnx.ReduceMean"(%0, %a) version 18
  %2 = graph.node "onnx.ArgMax"(%0) version 13
  %3 = graph.export %1 : tensor<4x1xf32>
  %4 = graph.export %2 : tensor<1x5xi64>
  return %3, %4 : tensor<4x1xf32>, tensor<1x5xi64>
}
