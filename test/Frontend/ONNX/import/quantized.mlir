// RUN: dlc-opt -import-onnx -split-input-file -verify-diagnostics %s | FileCheck %s

// Integers are multiplied; the sum is scaled, rounded and saturated.
// CHECK-LABEL: func.func @main
// CHECK: %[[SUM:.*]] = dlc.conv %{{.*}} -> tensor<1x4x4x2xi32>
// CHECK: dlc.cast %{{.*}} : tensor<1x2x4x4xi32> -> tensor<1x2x4x4xf32>
// CHECK: dlc.mul
// CHECK: dlc.round
// CHECK: dlc.cast %{{.*}} -> tensor<1x2x4x4xui8>
func.func @main(%x: tensor<1x3x4x4xui8>, %w: tensor<2x3x1x1xi8>, %s: tensor<f32>, %ws: tensor<2xf32>, %z: tensor<ui8>, %wz: tensor<2xi8>) -> tensor<1x2x4x4xui8> {
  %0 = graph.import %x : tensor<1x3x4x4xui8>
  %1 = graph.import %w : tensor<2x3x1x1xi8>
  %2 = graph.import %s : tensor<f32>
  %3 = graph.import %ws : tensor<2xf32>
  %4 = graph.import %z : tensor<ui8>
  %5 = graph.import %wz : tensor<2xi8>
  %6 = graph.node "onnx.QLinearConv"(%0, %2, %4, %1, %3, %5, %2, %4) version 10
  %7 = graph.export %6 : tensor<1x2x4x4xui8>
  return %7 : tensor<1x2x4x4xui8>
}

// -----

// Zero points of 0 leave bytes what they are; those of rows are a column.
// CHECK-LABEL: func.func @main
// CHECK: dlc.matmul %{{.*}} : (tensor<2x3xi8>, tensor<3x4xui8>) -> tensor<2x4xi32>
// CHECK: dlc.reshape %{{.*}} : tensor<2xf32> -> tensor<2x1xf32>
func.func @main(%x: tensor<2x3xi8>, %y: tensor<3x4xui8>, %s: tensor<f32>, %r: tensor<2xf32>) -> tensor<2x4xi8> {
  %0 = graph.import %x : tensor<2x3xi8>
  %1 = graph.import %y : tensor<3x4xui8>
  %2 = graph.import %s : tensor<f32>
  %3 = graph.import %r : tensor<2xf32>
  %z = graph.weight "z" = dense<0> : tensor<i8>
  %u = graph.weight "u" = dense<0> : tensor<ui8>
  %4 = graph.node "onnx.QLinearMatMul"(%0, %3, %z, %1, %2, %u, %2, %z) version 21
  %5 = graph.export %4 : tensor<2x4xi8>
  return %5 : tensor<2x4xi8>
}

// -----

func.func @main(%x: tensor<1x3x4x4xf32>, %w: tensor<2x3x1x1xi8>) -> !graph.value {
  %0 = graph.import %x : tensor<1x3x4x4xf32>
  %1 = graph.import %w : tensor<2x3x1x1xi8>
  // expected-error @+1 {{inputs x and w must be integers}}
  %2 = graph.node "onnx.ConvInteger"(%0, %1) version 10
  return %2 : !graph.value
}
