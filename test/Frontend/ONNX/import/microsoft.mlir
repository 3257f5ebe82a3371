// Operators of domain com.microsoft.
//
// RUN: dlc-opt -import-onnx -split-input-file %s | FileCheck %s

// An erf's, a tanh's and a sigmoid's.
// CHECK-LABEL: func.func @main
// CHECK: dlc.add
// CHECK: dlc.erf
func.func @main(%a0: tensor<2x8xf32>, %a1: tensor<8xf32>) -> !graph.value {
  %0 = graph.import %a0 : tensor<2x8xf32>
  %1 = graph.import %a1 : tensor<8xf32>
  %r = graph.node "com.microsoft.BiasGelu"(%0, %1) version 1
  return %r : !graph.value
}

// -----

// CHECK-LABEL: func.func @main
// CHECK: dlc.tanh
func.func @main(%a0: tensor<2x8xf32>) -> !graph.value {
  %0 = graph.import %a0 : tensor<2x8xf32>
  %r = graph.node "com.microsoft.FastGelu"(%0) version 1
  return %r : !graph.value
}

// -----

// CHECK-LABEL: func.func @main
// CHECK: dlc.cast %{{.*}} : tensor<2x8xf16> -> tensor<2x8xf32>
// CHECK: dlc.sigmoid
func.func @main(%a0: tensor<2x8xf16>) -> !graph.value {
  %0 = graph.import %a0 : tensor<2x8xf16>
  %r = graph.node "com.microsoft.QuickGelu"(%0) version 1
  return %r : !graph.value
}

// -----

// Batches that come second move to the front.
// CHECK-LABEL: func.func @main
// CHECK: dlc.transpose %{{.*}} [1, 0, 2]
// CHECK: dlc.matmul
// CHECK: dlc.mul
func.func @main(%a0: tensor<4x3x5xf32>, %a1: tensor<3x5x6xf32>) -> !graph.value {
  %0 = graph.import %a0 : tensor<4x3x5xf32>
  %1 = graph.import %a1 : tensor<3x5x6xf32>
  %r = graph.node "com.microsoft.FusedMatMul"(%0, %1) version 1 {transBatchA = 1 : i64, alpha = 2.0 : f32}
  return %r : !graph.value
}

// -----

// The input is channels-last as it is.
// CHECK-LABEL: func.func @main
// CHECK: dlc.conv %{{.*}}tensor<1x8x8x3xf32>
func.func @main(%a0: tensor<1x8x8x3xf32>, %a1: tensor<5x3x3x3xf32>) -> !graph.value {
  %0 = graph.import %a0 : tensor<1x8x8x3xf32>
  %1 = graph.import %a1 : tensor<5x3x3x3xf32>
  %r = graph.node "com.microsoft.NhwcConv"(%0, %1) version 1
  return %r : !graph.value
}

// -----

// CHECK-LABEL: func.func @main
// CHECK: dlc.conv
// CHECK: dlc.add
// CHECK: dlc.select
func.func @main(%a0: tensor<1x3x8x8xf32>, %a1: tensor<5x3x3x3xf32>, %a2: tensor<5xf32>, %a3: tensor<1x5x6x6xf32>) -> !graph.value {
  %0 = graph.import %a0 : tensor<1x3x8x8xf32>
  %1 = graph.import %a1 : tensor<5x3x3x3xf32>
  %2 = graph.import %a2 : tensor<5xf32>
  %3 = graph.import %a3 : tensor<1x5x6x6xf32>
  %r = graph.node "com.microsoft.FusedConv"(%0, %1, %2, %3) version 1 {activation = "LeakyRelu", activation_params = array<f32: 0.1>}
  return %r : !graph.value
}

// -----

// One step for each column.
// CHECK-LABEL: func.func @main
// CHECK: scf.for
// CHECK: dlc.arg_reduce
// CHECK: dlc.gather
func.func @main(%a0: tensor<2x7x7xf32>) -> !graph.value {
  %0 = graph.import %a0 : tensor<2x7x7xf32>
  %r = graph.node "com.microsoft.Inverse"(%0) version 1
  return %r : !graph.value
}

// -----

// CHECK-LABEL: func.func @main
// CHECK: dlc.add %{{.*}} : tensor<2x5x8xf32>
// CHECK: dlc.reduce
func.func @main(%a0: tensor<2x5x8xf16>, %a1: tensor<2x5x8xf16>, %a2: tensor<8xf16>) -> !graph.value {
  %0 = graph.import %a0 : tensor<2x5x8xf16>
  %1 = graph.import %a1 : tensor<2x5x8xf16>
  %2 = graph.import %a2 : tensor<8xf16>
  %r:4 = graph.node "com.microsoft.SkipLayerNormalization"(%0, %1, %2) version 1
  return %r#0 : !graph.value
}

// -----

// CHECK-LABEL: func.func @main
// CHECK: dlc.rsqrt
func.func @main(%a0: tensor<2x8xf32>, %a1: tensor<8xf32>) -> !graph.value {
  %0 = graph.import %a0 : tensor<2x8xf32>
  %1 = graph.import %a1 : tensor<8xf32>
  %r:2 = graph.node "onnx.SimplifiedLayerNormalization"(%0, %1) version 1
  return %r#0 : !graph.value
}

// -----

// Words, places and segments.
// CHECK-LABEL: func.func @main
// CHECK-COUNT-3: dlc.gather
func.func @main(%a0: tensor<2x3xi32>, %a1: tensor<2x3xi32>, %a2: tensor<9x4xf32>, %a3: tensor<9x4xf32>, %a4: tensor<2x4xf32>, %a5: tensor<4xf32>, %a6: tensor<4xf32>) -> !graph.value {
  %0 = graph.import %a0 : tensor<2x3xi32>
  %1 = graph.import %a1 : tensor<2x3xi32>
  %2 = graph.import %a2 : tensor<9x4xf32>
  %3 = graph.import %a3 : tensor<9x4xf32>
  %4 = graph.import %a4 : tensor<2x4xf32>
  %5 = graph.import %a5 : tensor<4xf32>
  %6 = graph.import %a6 : tensor<4xf32>
  %r = graph.node "com.microsoft.EmbedLayerNormalization"(%0, %1, %2, %3, %4, %5, %6) version 1
  return %r : !graph.value
}

// -----

// Numbers of keys become flags.
// CHECK-LABEL: func.func @main
// CHECK: dlc.matmul
// CHECK: dlc.lt
// CHECK: dlc.matmul
// CHECK: dlc.matmul
func.func @main(%a0: tensor<2x5x8xf32>, %a1: tensor<8x24xf32>, %a2: tensor<24xf32>, %a3: tensor<2xi32>) -> !graph.value {
  %0 = graph.import %a0 : tensor<2x5x8xf32>
  %1 = graph.import %a1 : tensor<8x24xf32>
  %2 = graph.import %a2 : tensor<24xf32>
  %3 = graph.import %a3 : tensor<2xi32>
  %r = graph.node "com.microsoft.Attention"(%0, %1, %2, %3) version 1 {num_heads = 2 : i64}
  return %r : !graph.value
}

// -----

// CHECK-LABEL: func.func @main
// CHECK: dlc.transpose %{{.*}} -> tensor<2x2x7x4xf32>
// CHECK: dlc.matmul
// CHECK: dlc.matmul
func.func @main(%a0: tensor<2x5x8xf32>, %a1: tensor<2x7x2x2x4xf32>) -> !graph.value {
  %0 = graph.import %a0 : tensor<2x5x8xf32>
  %1 = graph.import %a1 : tensor<2x7x2x2x4xf32>
  %r = graph.node "com.microsoft.MultiHeadAttention"(%0, %1) version 1 {num_heads = 2 : i64}
  return %r : !graph.value
}

// -----

// New tokens go behind those that the caches have.
// CHECK-LABEL: func.func @main
// CHECK-COUNT-2: dlc.gather
// CHECK: dlc.matmul
// CHECK: dlc.matmul
func.func @main(%a0: tensor<2x1x8xf32>, %a1: tensor<2x1x4xf32>, %a2: tensor<2x1x4xf32>, %a3: tensor<2x1x6x4xf32>, %a4: tensor<2x1x6x4xf32>, %a5: tensor<2xi32>, %a6: tensor<1xi32>) -> !graph.value {
  %0 = graph.import %a0 : tensor<2x1x8xf32>
  %1 = graph.import %a1 : tensor<2x1x4xf32>
  %2 = graph.import %a2 : tensor<2x1x4xf32>
  %3 = graph.import %a3 : tensor<2x1x6x4xf32>
  %4 = graph.import %a4 : tensor<2x1x6x4xf32>
  %5 = graph.import %a5 : tensor<2xi32>
  %6 = graph.import %a6 : tensor<1xi32>
  %r:3 = graph.node "com.microsoft.GroupQueryAttention"(%0, %1, %2, %3, %4, %5, %6) version 1 {num_heads = 2 : i64, kv_num_heads = 1 : i64}
  return %r#0 : !graph.value
}

// -----

// CHECK-LABEL: func.func @main
// CHECK: dlc.add %{{.*}} : tensor<1x5xi64>
// CHECK-COUNT-2: dlc.gather
func.func @main(%a0: tensor<2x5x8xf32>, %a1: tensor<1xi64>, %a2: tensor<9x2xf32>, %a3: tensor<9x2xf32>) -> !graph.value {
  %0 = graph.import %a0 : tensor<2x5x8xf32>
  %1 = graph.import %a1 : tensor<1xi64>
  %2 = graph.import %a2 : tensor<9x2xf32>
  %3 = graph.import %a3 : tensor<9x2xf32>
  %r = graph.node "com.microsoft.RotaryEmbedding"(%0, %1, %2, %3) version 1 {num_heads = 2 : i64}
  return %r : !graph.value
}

// -----

// Two numbers a byte.
// CHECK-LABEL: func.func @main
// CHECK: dlc.shr %{{.*}} : tensor<4x3x8x2xui8>
// CHECK: dlc.slice %{{.*}} tensor<4x48xf32> -> tensor<4x40xf32>
// CHECK: dlc.matmul
func.func @main(%a0: tensor<2x40xf32>, %a1: tensor<4x3x8xui8>, %a2: tensor<4x3xf32>) -> !graph.value {
  %0 = graph.import %a0 : tensor<2x40xf32>
  %1 = graph.import %a1 : tensor<4x3x8xui8>
  %2 = graph.import %a2 : tensor<4x3xf32>
  %r = graph.node "com.microsoft.MatMulNBits"(%0, %1, %2) version 1 {N = 4 : i64, K = 40 : i64, block_size = 16 : i64}
  return %r : !graph.value
}

// -----

// CHECK-LABEL: func.func @main
// CHECK-COUNT-2: dlc.reduce
// CHECK: dlc.matmul %{{.*}} -> tensor<2x4xi32>
func.func @main(%a0: tensor<2x3xf32>, %a1: tensor<3x4xui8>, %a2: tensor<f32>) -> !graph.value {
  %0 = graph.import %a0 : tensor<2x3xf32>
  %1 = graph.import %a1 : tensor<3x4xui8>
  %2 = graph.import %a2 : tensor<f32>
  %r = graph.node "com.microsoft.DynamicQuantizeMatMul"(%0, %1, %2) version 1
  return %r : !graph.value
}

// -----

// Real numbers in between.
// CHECK-LABEL: func.func @main
// CHECK: dlc.add
// CHECK: dlc.round
// CHECK: dlc.cast %{{.*}} : tensor<2x3xf32> -> tensor<2x3xui8>
func.func @main(%a0: tensor<2x3xui8>, %a1: tensor<f32>, %a2: tensor<ui8>, %a3: tensor<2x3xui8>, %a4: tensor<f32>, %a5: tensor<ui8>, %a6: tensor<f32>, %a7: tensor<ui8>) -> !graph.value {
  %0 = graph.import %a0 : tensor<2x3xui8>
  %1 = graph.import %a1 : tensor<f32>
  %2 = graph.import %a2 : tensor<ui8>
  %3 = graph.import %a3 : tensor<2x3xui8>
  %4 = graph.import %a4 : tensor<f32>
  %5 = graph.import %a5 : tensor<ui8>
  %6 = graph.import %a6 : tensor<f32>
  %7 = graph.import %a7 : tensor<ui8>
  %r = graph.node "com.microsoft.QLinearAdd"(%0, %1, %2, %3, %4, %5, %6, %7) version 1
  return %r : !graph.value
}

// -----

// CHECK-LABEL: func.func @main
// CHECK: dlc.reduce
// CHECK: dlc.cast %{{.*}} -> tensor<2x1x1x3xi8>
func.func @main(%a0: tensor<2x8x8x3xi8>, %a1: tensor<f32>, %a2: tensor<i8>, %a3: tensor<f32>, %a4: tensor<i8>) -> !graph.value {
  %0 = graph.import %a0 : tensor<2x8x8x3xi8>
  %1 = graph.import %a1 : tensor<f32>
  %2 = graph.import %a2 : tensor<i8>
  %3 = graph.import %a3 : tensor<f32>
  %4 = graph.import %a4 : tensor<i8>
  %r = graph.node "com.microsoft.QLinearGlobalAveragePool"(%0, %1, %2, %3, %4) version 1 {channels_last = 1 : i64}
  return %r : !graph.value
}

// -----

// The activation is applied to the product.
// CHECK-LABEL: func.func @main
// CHECK: %[[P:.*]] = dlc.matmul
// CHECK: dlc.tanh %[[P]]
func.func @main(%a0: tensor<2x3xf32>, %a1: tensor<3x4xf32>) -> !graph.value {
  %0 = graph.import %a0 : tensor<2x3xf32>
  %1 = graph.import %a1 : tensor<3x4xf32>
  %r = graph.node "com.microsoft.FusedGemm"(%0, %1) version 1 {activation = "Tanh"}
  return %r : !graph.value
}

// -----

// Without a scale of its own the result is real.
// CHECK-LABEL: func.func @main
// CHECK: dlc.matmul %{{.*}} : (tensor<2x3xi32>, tensor<3x4xi32>) -> tensor<2x4xi32>
// CHECK: dlc.cast %{{.*}} : tensor<2x4xi32> -> tensor<2x4xf32>
func.func @main(%a0: tensor<2x3xui8>, %a1: tensor<f32>, %a2: tensor<ui8>, %a3: tensor<3x4xi8>, %a4: tensor<i8>) -> !graph.value {
  %0 = graph.import %a0 : tensor<2x3xui8>
  %1 = graph.import %a1 : tensor<f32>
  %2 = graph.import %a2 : tensor<ui8>
  %3 = graph.import %a3 : tensor<3x4xi8>
  %4 = graph.import %a4 : tensor<i8>
  %r = graph.node "com.microsoft.QGemm"(%0, %1, %2, %3, %1, %4) version 1
  return %r : !graph.value
}

// -----

// The rows are gathered before they become real.
// CHECK-LABEL: func.func @main
// CHECK: dlc.gather %{{.*}} : (tensor<8x32xui8>, tensor<3xi64>) -> tensor<3x32xui8>
// CHECK: dlc.cast %{{.*}} : tensor<3x32xui8> -> tensor<3x32xf32>
func.func @main(%a0: tensor<8x32xui8>, %a1: tensor<3xi64>, %a2: tensor<8x2xf32>) -> !graph.value {
  %0 = graph.import %a0 : tensor<8x32xui8>
  %1 = graph.import %a1 : tensor<3xi64>
  %2 = graph.import %a2 : tensor<8x2xf32>
  %r = graph.node "com.microsoft.GatherBlockQuantized"(%0, %1, %2) version 1 {block_size = 16 : i64, bits = 8 : i64}
  return %r : !graph.value
}
