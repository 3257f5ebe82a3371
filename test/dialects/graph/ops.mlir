// RUN: dlc-opt %s | dlc-opt | FileCheck %s
// RUN: dlc-opt %s --mlir-print-op-generic | dlc-opt | FileCheck %s

// CHECK: module attributes {graph.format = "onnx", graph.opsets = {ai.onnx = 17 : i64}}
module attributes {graph.format = "onnx", graph.opsets = {ai.onnx = 17 : i64}} {
  // CHECK-LABEL: @main
  // CHECK: %none = graph.none
  // CHECK: %x = graph.import %{{.*}} : tensor<?x4xf32>
  // CHECK: %w = graph.weight "w" = dense<1.000000e+00> : tensor<4x3xf32>
  // CHECK: %Gemm = graph.node "onnx.Gemm"(%x, %w, %none) version 17 {alpha = 5.000000e-01 : f32}
  // CHECK: %Split:2 = graph.node "onnx.Split"(%Gemm) version 17 {axis = 1 : i64}
  // CHECK: graph.node "com.x.Print"(%Split#0)
  // CHECK-NOT: version
  // CHECK: graph.export %Split#1 : tensor<?x3xf32>
  func.func @main(%arg: tensor<?x4xf32> {graph.name = "x", graph.dims = ["batch", ""]}) -> tensor<?x3xf32> {
    %n = graph.none
    %0 = graph.import %arg : tensor<?x4xf32>
    %1 = graph.weight "w" = dense<1.0> : tensor<4x3xf32>
    %2 = graph.node "onnx.Gemm"(%0, %1, %n) version 17 {alpha = 0.5 : f32}
    %3:2 = graph.node "onnx.Split"(%2) version 17 {axis = 1}
    graph.node "com.x.Print"(%3#0)
    %4 = graph.export %3#1 : tensor<?x3xf32>
    return %4 : tensor<?x3xf32>
  }

  // CHECK-LABEL: @regions
  // CHECK: graph.node "onnx.If"(%{{.*}}) version 17 "else_branch" {
  // CHECK-NEXT: graph.yield %{{.*}}
  // CHECK-NEXT: } "then_branch" {
  // CHECK-NEXT: graph.node "onnx.Loop"(%none, %[[C:.*]], %[[C]]) version 17 {scan = 1 : i64} "body"(%[[I:.*]], %{{.*}}, %{{.*}}) {
  // CHECK-NEXT: graph.yield %[[C]], %[[I]]
  // CHECK: } attributes {graph.note = "kept"}
  // CHECK: graph.node "onnx.Empty"() version 1 "loc" {
  // CHECK-NEXT: graph.yield
  // CHECK-NEXT: }
  func.func @regions(%c: !graph.value) -> !graph.value {
    %none = graph.none
    %0 = graph.node "onnx.If"(%c) version 17 "else_branch" {
      graph.yield %c
    } "then_branch" {
      %1 = graph.node "onnx.Loop"(%none, %c, %c) version 17 {scan = 1} "body"(%i, %go, %x) {
        graph.yield %c, %i
      } attributes {graph.note = "kept"}
      graph.yield %1
    }
    graph.node "onnx.Empty"() version 1 "loc" {
      graph.yield
    }
    return %0 : !graph.value
  }

  // A name that is no identifier, strings, and the types of values that are no tensors.
  // CHECK-LABEL: @types
  // CHECK-SAME: !graph.sequence<tensor<2xf32>>, %{{.*}}: !graph.optional<!graph.sequence<tensor<*xf32>>>
  // CHECK-SAME: !graph.map<!graph.string, tensor<f32>>
  // CHECK: %w = graph.weight "1.weight" = dense<["a", "b"]> : tensor<2x!graph.string>
  func.func @types(%a: !graph.sequence<tensor<2xf32>>, %b: !graph.optional<!graph.sequence<tensor<*xf32>>>,
                   %c: !graph.map<!graph.string, tensor<f32>>) {
    %0 = graph.weight "1.weight" = dense<["a", "b"]> : tensor<2x!graph.string>
    return
  }
}
