// RUN: dlc-opt -import-onnx -split-input-file -verify-diagnostics %s | FileCheck %s

// Before version 7 attributes say whether and from which dimension on the second
// operand is broadcast.
// CHECK-LABEL: func.func @main
// CHECK: %[[C:.*]] = dlc.reshape %{{.*}} : tensor<3xf32> -> tensor<3x1x1xf32>
// CHECK: %[[B:.*]] = dlc.broadcast %[[C]] : tensor<3x1x1xf32> -> tensor<2x3x4x5xf32>
// CHECK: dlc.add %{{.*}}, %[[B]]
// CHECK: dlc.lt
func.func @main(%x: tensor<2x3x4x5xf32>, %c: tensor<3xf32>) -> tensor<2x3x4x5xi1> {
  %0 = graph.import %x : tensor<2x3x4x5xf32>
  %1 = graph.import %c : tensor<3xf32>
  %2 = graph.node "onnx.Add"(%0, %1) version 6 {axis = 1 : i64, broadcast = 1 : i64}
  %3 = graph.node "onnx.Less"(%0, %2) version 1
  %4 = graph.export %3 : tensor<2x3x4x5xi1>
  return %4 : tensor<2x3x4x5xi1>
}

// -----

// Attributes that became inputs, names that became numbers, and slopes of channels.
// CHECK-LABEL: func.func @main
// CHECK: dlc.reshape %{{.*}} : tensor<2x6xf32> -> tensor<2x3x2xf32>
// CHECK: dlc.reshape %{{.*}} : tensor<3xf32> -> tensor<3x1xf32>
// CHECK: dlc.cast %{{.*}} -> tensor<2x3x2xi64>
// CHECK: dlc.concat %{{.*}} axis = 1 : (tensor<2x3x2xi64>, tensor<2x3x2xi64>)
func.func @main(%x: tensor<2x6xf32>, %s: tensor<3xf32>) -> tensor<2x6x2xi64> {
  %0 = graph.import %x : tensor<2x6xf32>
  %1 = graph.import %s : tensor<3xf32>
  %2 = graph.node "onnx.Reshape"(%0) version 1 {shape = array<i64: 0, 3, -1>}
  %3 = graph.node "onnx.PRelu"(%2, %1) version 6
  %4 = graph.node "onnx.Cast"(%3) version 1 {to = "INT64"}
  %5 = graph.node "onnx.Concat"(%4, %4) version 1
  %6 = graph.export %5 : tensor<2x6x2xi64>
  return %6 : tensor<2x6x2xi64>
}

// -----

// One axis is repeated; pads have another name; scales have names of their own.
// CHECK-LABEL: func.func @main
// CHECK: -> tensor<1x1x4x3xf32>
// CHECK: dlc.pad {{.*}} -> tensor<1x1x5x3xf32>
// CHECK: -> tensor<1x1x10x9xf32>
func.func @main(%x: tensor<1x1x2x3xf32>) -> tensor<1x1x10x9xf32> {
  %0 = graph.import %x : tensor<1x1x2x3xf32>
  %t = graph.weight "t" = dense<2> : tensor<i64>
  %1 = graph.node "onnx.Tile"(%0, %t, %t) version 1
  %2 = graph.node "onnx.Pad"(%1) version 1 {paddings = array<i64: 0, 0, 1, 0, 0, 0, 0, 0>}
  %3 = graph.node "onnx.Upsample"(%2) version 1 {height_scale = 2.0 : f32, width_scale = 3.0 : f32}
  %4 = graph.export %3 : tensor<1x1x10x9xf32>
  return %4 : tensor<1x1x10x9xf32>
}

// -----

// In training the statistics are those of the batch.
// CHECK-LABEL: func.func @main
// CHECK: dlc.reduce sum %{{.*}} [0, 2] : tensor<4x3x2xf32> -> tensor<3xf32>
// CHECK: dlc.reduce sum %{{.*}} [0, 2] : tensor<4x3x2xf32> -> tensor<3xf32>
// CHECK: dlc.rsqrt
func.func @main(%x: tensor<4x3x2xf32>, %s: tensor<3xf32>) -> (tensor<4x3x2xf32>, tensor<3xf32>) {
  %0 = graph.import %x : tensor<4x3x2xf32>
  %1 = graph.import %s : tensor<3xf32>
  %2:3 = graph.node "onnx.BatchNormalization"(%0, %1, %1, %1, %1) version 15 {training_mode = 1 : i64}
  %3 = graph.export %2#0 : tensor<4x3x2xf32>
  %4 = graph.export %2#2 : tensor<3xf32>
  return %3, %4 : tensor<4x3x2xf32>, tensor<3xf32>
}

// -----

func.func @main(%x: tensor<2x3xf32>, %y: tensor<3xf32>) -> !graph.value {
  %0 = graph.import %x : tensor<2x3xf32>
  %1 = graph.import %y : tensor<3xf32>
  // expected-error @+1 {{shapes 2x3 and 3 differ, and attribute 'broadcast' is not set}}
  %a = graph.node "onnx.Add"(%0, %1) version 6
  // expected-error @+1 {{a tensor of shape 2x3 does not fit 2x3 from dimension 1 on}}
  %b = graph.node "onnx.Mul"(%0, %0) version 6 {axis = 1 : i64, broadcast = 1 : i64}
  // expected-error @+1 {{attribute 'to' is 'COMPLEX', which is no type}}
  %c = graph.node "onnx.Cast"(%0) version 5 {to = "COMPLEX"}
  // expected-error @+1 {{attribute 'shape' is missing}}
  %d = graph.node "onnx.Reshape"(%0) version 1
  return %d : !graph.value
}
