// RUN: dlc-opt -import-onnx -split-input-file -verify-diagnostics %s | FileCheck %s

// Each step reads the state by a matrix for each head, whichever queries share it.
// CHECK-LABEL: func.func @main
// CHECK: dlc.exp
// CHECK: scf.for
// CHECK: dlc.matmul %{{.*}} : (tensor<?x2x1x4xf32>, tensor<?x2x4x3xf32>) -> tensor<?x2x1x3xf32>
// CHECK: dlc.matmul %{{.*}} : (tensor<?x2x2x4xf32>, tensor<?x2x4x3xf32>) -> tensor<?x2x2x3xf32>
// CHECK: dlc.insert
func.func @main(%q: tensor<?x?x16xf32> {graph.dims = ["n", "t", ""]}, %k: tensor<?x?x8xf32> {graph.dims = ["n", "t", ""]}, %v: tensor<?x?x6xf32> {graph.dims = ["n", "t", ""]}, %g: tensor<?x?x2xf32> {graph.dims = ["n", "t", ""]}) -> (tensor<?x?x12xf32>, tensor<?x2x4x3xf32>) {
  %0 = graph.import %q : tensor<?x?x16xf32>
  %1 = graph.import %k : tensor<?x?x8xf32>
  %2 = graph.import %v : tensor<?x?x6xf32>
  %3 = graph.import %g : tensor<?x?x2xf32>
  %none = graph.none
  %4:2 = graph.node "onnx.LinearAttention"(%0, %1, %2, %none, %3, %3) version 27 {kv_num_heads = 2 : i64, q_num_heads = 4 : i64}
  %5 = graph.export %4#0 : tensor<?x?x12xf32>
  %6 = graph.export %4#1 : tensor<?x2x4x3xf32>
  return %5, %6 : tensor<?x?x12xf32>, tensor<?x2x4x3xf32>
}

// -----

func.func @main(%q: tensor<1x2x16xf32>, %k: tensor<1x2x7xf32>) -> !graph.value {
  %0 = graph.import %q : tensor<1x2x16xf32>
  %1 = graph.import %k : tensor<1x2x7xf32>
  // expected-error @+1 {{update rule 'gated' needs input 'decay'}}
  %a = graph.node "onnx.LinearAttention"(%0, %0, %0) version 27 {kv_num_heads = 2 : i64, q_num_heads = 2 : i64, update_rule = "gated"}
  // expected-error @+1 {{3 query heads do not divide among 2}}
  %b = graph.node "onnx.LinearAttention"(%0, %0, %0) version 27 {kv_num_heads = 2 : i64, q_num_heads = 3 : i64, update_rule = "linear"}
  // expected-error @+1 {{input 'key' of type tensor<1x2x7xf32> does not hold 2 heads of floats}}
  %c = graph.node "onnx.LinearAttention"(%0, %1, %0) version 27 {kv_num_heads = 2 : i64, q_num_heads = 2 : i64, update_rule = "linear"}
  return %c : !graph.value
}

// -----

// Graphs of the caller's stand before and behind the softmax.
// CHECK-LABEL: func.func @main
// CHECK: dlc.abs %{{.*}} : tensor<1x2x3x3xf32>
// CHECK: dlc.exp
// CHECK: dlc.neg %{{.*}} : tensor<1x2x3x3xf32>
// CHECK: dlc.matmul
func.func @main(%x: tensor<1x2x3x4xf32>) -> tensor<1x2x3x4xf32> {
  %0 = graph.import %x : tensor<1x2x3x4xf32>
  %1 = graph.node "ai.onnx.preview.FlexAttention"(%0, %0, %0) version 1 "prob_mod"(%p) {
    %a = graph.node "onnx.Neg"(%p) version 13
    graph.yield %a
  } "score_mod"(%s) {
    %b = graph.node "onnx.Abs"(%s) version 13
    graph.yield %b
  }
  %2 = graph.export %1 : tensor<1x2x3x4xf32>
  return %2 : tensor<1x2x3x4xf32>
}
