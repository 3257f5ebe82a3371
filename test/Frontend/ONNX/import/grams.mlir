// RUN: dlc-opt -import-onnx -split-input-file -verify-diagnostics %s | FileCheck %s

// Single numbers are counted once, pairs at each distance.
// CHECK-LABEL: func.func @main
// CHECK: dlc.reduce sum %{{.*}} [1] : tensor<2x?x2xi64> -> tensor<2x2xi64>
// CHECK: dlc.reduce sum %{{.*}} [1] : tensor<2x?x1xi64> -> tensor<2x1xi64>
// CHECK: dlc.reduce sum %{{.*}} [1] : tensor<2x?x1xi64> -> tensor<2x1xi64>
// CHECK-NOT: dlc.reduce
// CHECK: dlc.scatter add %{{.*}} : (tensor<3x2xf32>, tensor<3xi64>, tensor<3x2xf32>) -> tensor<3x2xf32>
func.func @main(%x: tensor<2x?xi32>) -> tensor<2x3xf32> {
  %0 = graph.import %x : tensor<2x?xi32>
  %1 = graph.node "onnx.TfIdfVectorizer"(%0) version 9 {max_gram_length = 2 : i64, max_skip_count = 1 : i64, min_gram_length = 1 : i64, mode = "TF", ngram_counts = array<i64: 0, 2>, ngram_indexes = array<i64: 2, 0, 1>, pool_int64s = array<i64: 4, 5, 7, 8>}
  %2 = graph.export %1 : tensor<2x3xf32>
  return %2 : tensor<2x3xf32>
}

// -----

func.func @main(%x: tensor<2x9xi32>) -> !graph.value {
  %0 = graph.import %x : tensor<2x9xi32>
  // expected-error @+1 {{attribute 'ngram_indexes' has 2 entries for 3 grams}}
  %a = graph.node "onnx.TfIdfVectorizer"(%0) version 9 {max_gram_length = 2 : i64, max_skip_count = 1 : i64, min_gram_length = 1 : i64, mode = "TF", ngram_counts = array<i64: 0, 2>, ngram_indexes = array<i64: 2, 0>, pool_int64s = array<i64: 4, 5, 7, 8>}
  // expected-error @+1 {{attribute 'ngram_counts' does not divide the pool}}
  %b = graph.node "onnx.TfIdfVectorizer"(%0) version 9 {max_gram_length = 2 : i64, max_skip_count = 1 : i64, min_gram_length = 1 : i64, mode = "TF", ngram_counts = array<i64: 0, 3>, ngram_indexes = array<i64: 2, 0>, pool_int64s = array<i64: 4, 5, 7, 8>}
  return %b : !graph.value
}
