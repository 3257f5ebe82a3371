// RUN: dlc-opt -import-onnx -split-input-file %s | FileCheck %s

// Four query heads share two of keys: no head is repeated in memory.
// CHECK: dlc.reshape {{.*}} -> tensor<1x2x6x8xf32>
// CHECK: dlc.matmul {{.*}} -> tensor<1x2x6x5xf32>
// CHECK: dense<{{\[\[}}true, false, false, false, false], [true, true,
// CHECK: dlc.select
// CHECK: dlc.exp
// CHECK: dlc.matmul {{.*}} -> tensor<1x2x6x8xf32>
func.func @main(%q: tensor<1x4x3x8xf32>, %k: tensor<1x2x5x8xf32>, %v: tensor<1x2x5x8xf32>) -> tensor<1x4x3x8xf32> {
  %0 = graph.import %q : tensor<1x4x3x8xf32>
  %1 = graph.import %k : tensor<1x2x5x8xf32>
  %2 = graph.import %v : tensor<1x2x5x8xf32>
  %3 = graph.node "onnx.Attention"(%0, %1, %2) version 23 {is_causal = 1 : i64}
  %4 = graph.export %3 : tensor<1x4x3x8xf32>
  return %4 : tensor<1x4x3x8xf32>
}

// -----

// The inputs of all steps are one product; each step multiplies the state.
// CHECK: dlc.matmul {{.*}} -> tensor<{{.*}}12xf32>
// CHECK-COUNT-2: dlc.matmul {{.*}} -> tensor<?x12xf32>
// CHECK-NOT: dlc.matmul
func.func @main(%x: tensor<2x?x4xf32>, %w: tensor<1x12x4xf32>, %r: tensor<1x12x3xf32>) -> tensor<2x1x?x3xf32> {
  %0 = graph.import %x : tensor<2x?x4xf32>
  %1 = graph.import %w : tensor<1x12x4xf32>
  %2 = graph.import %r : tensor<1x12x3xf32>
  %3 = graph.node "onnx.LSTM"(%0, %1, %2) version 14 {hidden_size = 3 : i64}
  %4 = graph.export %3 : tensor<2x1x?x3xf32>
  return %4 : tensor<2x1x?x3xf32>
}

// -----

// Doubling sizes repeats elements, of all dimensions at once and whatever the sizes.
// CHECK-NOT: dlc.gather
// CHECK: dlc.broadcast {{.*}} -> tensor<1x2x?x2x?x2xf32>
// CHECK-NOT: dlc.broadcast
func.func @main(%x: tensor<1x2x?x?xf32>) -> tensor<1x2x?x?xf32> {
  %0 = graph.import %x : tensor<1x2x?x?xf32>
  %none = graph.none
  %s = graph.weight "s" = dense<[1.0, 1.0, 2.0, 2.0]> : tensor<4xf32>
  %1 = graph.node "onnx.Resize"(%0, %none, %s) version 13 {mode = "nearest"}
  %2 = graph.export %1 : tensor<1x2x?x?xf32>
  return %2 : tensor<1x2x?x?xf32>
}

// -----

// Known sizes give constant taps and weights.
// CHECK: dlc.gather {{.*}}tensor<1x1x2xf32>, tensor<4xi64>
// CHECK: dlc.gather {{.*}}tensor<1x1x2xf32>, tensor<4xi64>
// CHECK-NOT: dlc.floor
func.func @main(%x: tensor<1x1x2xf32>) -> tensor<1x1x4xf32> {
  %0 = graph.import %x : tensor<1x1x2xf32>
  %none = graph.none
  %s = graph.weight "s" = dense<[1.0, 1.0, 2.0]> : tensor<3xf32>
  %1 = graph.node "onnx.Resize"(%0, %none, %s) version 13 {mode = "linear"}
  %2 = graph.export %1 : tensor<1x1x4xf32>
  return %2 : tensor<1x1x4xf32>
}

// -----

// CHECK: dlc.div
// CHECK: dlc.round
// CHECK: dlc.cast {{.*}} -> tensor<4xui8>
func.func @main(%x: tensor<4xf32>) -> tensor<4xui8> {
  %0 = graph.import %x : tensor<4xf32>
  %s = graph.weight "s" = dense<0.5> : tensor<f32>
  %z = graph.weight "z" = dense<128> : tensor<ui8>
  %1 = graph.node "onnx.QuantizeLinear"(%0, %s, %z) version 13
  %2 = graph.export %1 : tensor<4xui8>
  return %2 : tensor<4xui8>
}

// -----

// A filter whose width only the running model knows is a product with all weights.
// CHECK: dlc.reduce sum {{.*}} [0] : tensor<?x?xf32> -> tensor<?xf32>
// CHECK: dlc.matmul {{.*}}, tensor<?x?xf32>)
func.func @main(%x: tensor<1x1x4x8xf32>, %s: tensor<1xf32>) -> tensor<1x1x4x?xf32> {
  %0 = graph.import %x : tensor<1x1x4x8xf32>
  %1 = graph.import %s : tensor<1xf32>
  %none = graph.none
  %2 = graph.node "onnx.Resize"(%0, %none, %1) version 18 {antialias = 1 : i64, axes = array<i64: 3>, mode = "linear"}
  %3 = graph.export %2 : tensor<1x1x4x?xf32>
  return %3 : tensor<1x1x4x?xf32>
}
