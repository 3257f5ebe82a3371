// RUN: dlc-opt -import-onnx -split-input-file -verify-diagnostics %s | FileCheck %s

// Small transforms are a product, larger ones one of each factor.
// CHECK-LABEL: func.func @main
// CHECK-COUNT-2: dlc.matmul %{{.*}} : (tensor<2x8xf64>, tensor<8x8xf64>) -> tensor<2x8xf64>
// CHECK-NOT: dlc.matmul
// CHECK: return
func.func @main(%x: tensor<2x8x1xf32>) -> tensor<2x5x2xf32> {
  %0 = graph.import %x : tensor<2x8x1xf32>
  %1 = graph.node "onnx.DFT"(%0) version 20 {onesided = 1 : i64}
  %2 = graph.export %1 : tensor<2x5x2xf32>
  return %2 : tensor<2x5x2xf32>
}

// -----

// CHECK-LABEL: func.func @main
// CHECK-COUNT-2: dlc.matmul %{{.*}} -> tensor<4x64xf64>
// CHECK-COUNT-4: dlc.matmul %{{.*}} -> tensor<128x2xf64>
// CHECK-NOT: dlc.matmul
func.func @main(%x: tensor<2x128x1xf32>) -> tensor<2x128x2xf32> {
  %0 = graph.import %x : tensor<2x128x1xf32>
  %1 = graph.node "onnx.DFT"(%0) version 17
  %2 = graph.export %1 : tensor<2x128x2xf32>
  return %2 : tensor<2x128x2xf32>
}

// -----

// What is constant folds.
// CHECK-LABEL: func.func @main
// CHECK-NEXT: dlc.constant dense<[0.000000e+00, 5.000000e-01, 1.000000e+00, 5.000000e-01]> : tensor<4xf32>
// CHECK-NEXT: return
func.func @main() -> tensor<4xf32> {
  %n = graph.weight "n" = dense<4> : tensor<i64>
  %1 = graph.node "onnx.HannWindow"(%n) version 17
  %2 = graph.export %1 : tensor<4xf32>
  return %2 : tensor<4xf32>
}

// -----

// Each number is made of its place and the key.
// CHECK-LABEL: func.func @main
// CHECK: dlc.iota
// CHECK-COUNT-5: dlc.mul %{{.*}} : tensor<?x4xui64>
// CHECK: dlc.shr
// CHECK: dlc.cast %{{.*}} : tensor<?x4xui64> -> tensor<?x4xf32>
// CHECK: dlc.lt
func.func @main(%x: tensor<?x4xf32>) -> tensor<?x4xf32> {
  %0 = graph.import %x : tensor<?x4xf32>
  %1 = graph.node "onnx.Bernoulli"(%0) version 22 {seed = 1.0 : f32}
  %2 = graph.export %1 : tensor<?x4xf32>
  return %2 : tensor<?x4xf32>
}

// -----

// CHECK-LABEL: func.func @main
// CHECK: scf.for
// CHECK: dlc.arg_reduce max
func.func @main(%x: tensor<3x5x5xf32>) -> tensor<3xf32> {
  %0 = graph.import %x : tensor<3x5x5xf32>
  %1 = graph.node "onnx.Det"(%0) version 22
  %2 = graph.export %1 : tensor<3xf32>
  return %2 : tensor<3xf32>
}

// -----

// New tensors come before new states.
// CHECK-LABEL: func.func @main
// CHECK: return %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}} : tensor<2xf32>, tensor<3xf32>, tensor<2xf32>, tensor<3xf32>
func.func @main(%r: tensor<f32>, %t: tensor<i64>, %x: tensor<2xf32>, %y: tensor<3xf32>) -> (tensor<2xf32>, tensor<3xf32>, tensor<2xf32>, tensor<3xf32>) {
  %0 = graph.import %r : tensor<f32>
  %1 = graph.import %t : tensor<i64>
  %2 = graph.import %x : tensor<2xf32>
  %3 = graph.import %y : tensor<3xf32>
  %4:4 = graph.node "ai.onnx.preview.training.Adagrad"(%0, %1, %2, %3, %2, %3, %2, %3) version 1 {decay_factor = 0.1 : f32}
  %5 = graph.export %4#0 : tensor<2xf32>
  %6 = graph.export %4#1 : tensor<3xf32>
  %7 = graph.export %4#2 : tensor<2xf32>
  %8 = graph.export %4#3 : tensor<3xf32>
  return %5, %6, %7, %8 : tensor<2xf32>, tensor<3xf32>, tensor<2xf32>, tensor<3xf32>
}

// -----

func.func @main(%x: tensor<2x8x3xf32>, %y: tensor<2x8x1xf32>, %z: tensor<3x4xf32>) -> !graph.value {
  %0 = graph.import %x : tensor<2x8x3xf32>
  %1 = graph.import %y : tensor<2x8x1xf32>
  %2 = graph.import %z : tensor<3x4xf32>
  %zero = graph.weight "zero" = dense<0> : tensor<i64>
  // expected-error @+1 {{is no signal: its last dimension must hold one or two floats}}
  %a = graph.node "onnx.DFT"(%0) version 20
  // expected-error @+1 {{the axis must be one, and not the last one}}
  %b = graph.node "onnx.DFT"(%1) version 17 {axis = 2 : i64}
  // expected-error @+1 {{the length of the transform must be positive}}
  %c = graph.node "onnx.DFT"(%1, %zero) version 17
  // expected-error @+1 {{the step and the length of a frame must be positive}}
  %d = graph.node "onnx.STFT"(%1, %zero) version 17
  // expected-error @+1 {{holds no square matrices of floats}}
  %e = graph.node "onnx.Det"(%2) version 11
  // expected-error @+1 {{attribute 'shape' must be a list of sizes}}
  %f = graph.node "onnx.RandomUniform"() version 22 {shape = array<i64: -1>}
  // expected-error @+1 {{numbers of type i32 can't be drawn}}
  %g = graph.node "onnx.RandomNormal"() version 22 {dtype = 6 : i64, shape = array<i64: 4>}
  // expected-error @+1 {{has 6 inputs, expected 2 and 3 for each tensor}}
  %h:2 = graph.node "ai.onnx.preview.training.Adagrad"(%2, %2, %2, %2, %2, %2) version 1
  return %g : !graph.value
}
