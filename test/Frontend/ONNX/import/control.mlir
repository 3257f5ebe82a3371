// RUN: dlc-opt -import-onnx %s | FileCheck %s

// A branch that is known is inlined.
// CHECK-LABEL: func.func @main
// CHECK-NEXT: dlc.neg
// CHECK-NEXT: return
func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = graph.import %x : tensor<4xf32>
  %c = graph.weight "c" = dense<false> : tensor<i1>
  %1 = graph.node "onnx.If"(%c) version 16 "else_branch" {
    %n = graph.node "onnx.Neg"(%0) version 13
    graph.yield %n
  } "then_branch" {
    graph.yield %0
  }
  %2 = graph.export %1 : tensor<4xf32>
  return %2 : tensor<4xf32>
}
