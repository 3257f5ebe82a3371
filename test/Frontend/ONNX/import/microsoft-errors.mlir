// Malformed nodes of domain com.microsoft.
//
// RUN: dlc-opt -import-onnx -split-input-file -verify-diagnostics %s

func.func @main(%a0: tensor<2x3xf32>, %a1: tensor<3x4xf32>) -> !graph.value {
  %0 = graph.import %a0 : tensor<2x3xf32>
  %1 = graph.import %a1 : tensor<3x4xf32>
  // expected-error @+1 {{an operand of rank 2 has no batch to transpose}}
  %r = graph.node "com.microsoft.FusedMatMul"(%0, %1) version 1 {transBatchA = 1 : i64}
  return %r : !graph.value
}

// -----

func.func @main(%a0: tensor<2x3xf32>, %a1: tensor<4x5xf32>) -> !graph.value {
  %0 = graph.import %a0 : tensor<2x3xf32>
  %1 = graph.import %a1 : tensor<4x5xf32>
  // expected-error @+1 {{contract}}
  %r = graph.node "com.microsoft.FusedMatMul"(%0, %1) version 1
  return %r : !graph.value
}

// -----

func.func @main(%a0: tensor<2x3x4xf32>) -> !graph.value {
  %0 = graph.import %a0 : tensor<2x3x4xf32>
  // expected-error @+1 {{matrices of shape 3x4 have no inverse}}
  %r = graph.node "com.microsoft.Inverse"(%0) version 1
  return %r : !graph.value
}

// -----

func.func @main(%a0: tensor<1x3x8x8xf32>, %a1: tensor<5x3x3x3xf32>) -> !graph.value {
  %0 = graph.import %a0 : tensor<1x3x8x8xf32>
  %1 = graph.import %a1 : tensor<5x3x3x3xf32>
  // expected-error @+1 {{activation 'Clip' needs 2 parameters}}
  %r = graph.node "com.microsoft.FusedConv"(%0, %1) version 1 {activation = "Clip"}
  return %r : !graph.value
}

// -----

func.func @main(%a0: tensor<1x3x8x8xf32>, %a1: tensor<5x3x3x3xf32>) -> !graph.value {
  %0 = graph.import %a0 : tensor<1x3x8x8xf32>
  %1 = graph.import %a1 : tensor<5x3x3x3xf32>
  // expected-error @+1 {{activation 'Softmax' is not supported}}
  %r = graph.node "com.microsoft.FusedConv"(%0, %1) version 1 {activation = "Softmax"}
  return %r : !graph.value
}

// -----

func.func @main(%a0: tensor<1x8xf32>, %a1: tensor<5x3x3x3xf32>) -> !graph.value {
  %0 = graph.import %a0 : tensor<1x8xf32>
  %1 = graph.import %a1 : tensor<5x3x3x3xf32>
  // expected-error @+1 {{input has rank 2, expected at least 3}}
  %r = graph.node "com.microsoft.NhwcConv"(%0, %1) version 1
  return %r : !graph.value
}

// -----

func.func @main(%a0: tensor<2x4xf32>, %a1: tensor<3x4xf32>, %a2: tensor<4xf32>) -> !graph.value {
  %0 = graph.import %a0 : tensor<2x4xf32>
  %1 = graph.import %a1 : tensor<3x4xf32>
  %2 = graph.import %a2 : tensor<4xf32>
  // expected-error @+1 {{can't be broadcast to one}}
  %r = graph.node "com.microsoft.SkipLayerNormalization"(%0, %1, %2) version 1
  return %r : !graph.value
}

// -----

func.func @main(%a0: tensor<2xi32>, %a2: tensor<9x4xf32>, %a3: tensor<9x4xf32>, %a5: tensor<4xf32>, %a6: tensor<4xf32>) -> !graph.value {
  %0 = graph.import %a0 : tensor<2xi32>
  %1 = graph.none
  %2 = graph.import %a2 : tensor<9x4xf32>
  %3 = graph.import %a3 : tensor<9x4xf32>
  %4 = graph.none
  %5 = graph.import %a5 : tensor<4xf32>
  %6 = graph.import %a6 : tensor<4xf32>
  // expected-error @+1 {{input 'input_ids' has rank 1, expected 2}}
  %r = graph.node "com.microsoft.EmbedLayerNormalization"(%0, %1, %2, %3, %4, %5, %6) version 1
  return %r : !graph.value
}

// -----

func.func @main(%a0: tensor<2x3xf32>, %a2: tensor<9x4xf32>, %a3: tensor<9x4xf32>, %a5: tensor<4xf32>, %a6: tensor<4xf32>) -> !graph.value {
  %0 = graph.import %a0 : tensor<2x3xf32>
  %1 = graph.none
  %2 = graph.import %a2 : tensor<9x4xf32>
  %3 = graph.import %a3 : tensor<9x4xf32>
  %4 = graph.none
  %5 = graph.import %a5 : tensor<4xf32>
  %6 = graph.import %a6 : tensor<4xf32>
  // expected-error @+1 {{input 'word_embedding' must be a matrix, its ids integers}}
  %r = graph.node "com.microsoft.EmbedLayerNormalization"(%0, %1, %2, %3, %4, %5, %6) version 1
  return %r : !graph.value
}

// -----

func.func @main(%a0: tensor<2x5x8xf32>, %a1: tensor<8x24xf32>) -> !graph.value {
  %0 = graph.import %a0 : tensor<2x5x8xf32>
  %1 = graph.import %a1 : tensor<8x24xf32>
  // expected-error @+1 {{attribute 'num_heads' is missing}}
  %r = graph.node "com.microsoft.Attention"(%0, %1) version 1
  return %r : !graph.value
}

// -----

func.func @main(%a0: tensor<2x5x8xf32>, %a1: tensor<8x24xf32>) -> !graph.value {
  %0 = graph.import %a0 : tensor<2x5x8xf32>
  %1 = graph.import %a1 : tensor<8x24xf32>
  // expected-error @+1 {{a hidden size of 8 does not divide among 3 heads}}
  %r = graph.node "com.microsoft.Attention"(%0, %1) version 1 {num_heads = 3 : i64}
  return %r : !graph.value
}

// -----

func.func @main(%a0: tensor<2x5x8xf32>, %a1: tensor<8x25xf32>) -> !graph.value {
  %0 = graph.import %a0 : tensor<2x5x8xf32>
  %1 = graph.import %a1 : tensor<8x25xf32>
  // expected-error @+1 {{a width of 25 does not divide into the hidden sizes of Q, K and V}}
  %r = graph.node "com.microsoft.Attention"(%0, %1) version 1 {num_heads = 2 : i64}
  return %r : !graph.value
}

// -----

func.func @main(%a0: tensor<2x5x8xf32>, %a1: tensor<8x24xf32>) -> !graph.value {
  %0 = graph.import %a0 : tensor<2x5x8xf32>
  %1 = graph.import %a1 : tensor<8x24xf32>
  // expected-error @+1 {{a width of 24 does not divide into the hidden sizes of Q, K and V}}
  %r = graph.node "com.microsoft.Attention"(%0, %1) version 1 {num_heads = 2 : i64, qkv_hidden_sizes = array<i64: 8, 9223372036854775807, 8>}
  return %r : !graph.value
}

// -----

func.func @main(%a0: tensor<2x5x8xf32>, %a1: tensor<8x24xf32>) -> !graph.value {
  %0 = graph.import %a0 : tensor<2x5x8xf32>
  %1 = graph.import %a1 : tensor<8x24xf32>
  // expected-error @+1 {{'do_rotary' and 'past_present_share_buffer' are not supported}}
  %r = graph.node "com.microsoft.Attention"(%0, %1) version 1 {num_heads = 2 : i64, do_rotary = 1 : i64}
  return %r : !graph.value
}

// -----

func.func @main(%a0: tensor<2x5x8xf32>, %a1: tensor<8x24xf32>, %a3: tensor<7xi32>) -> !graph.value {
  %0 = graph.import %a0 : tensor<2x5x8xf32>
  %1 = graph.import %a1 : tensor<8x24xf32>
  %2 = graph.none
  %3 = graph.import %a3 : tensor<7xi32>
  // expected-error @+1 {{a mask of shape [7] should have one or two numbers for each batch}}
  %r = graph.node "com.microsoft.Attention"(%0, %1, %2, %3) version 1 {num_heads = 2 : i64}
  return %r : !graph.value
}

// -----

func.func @main(%a0: tensor<2x5x8xf32>, %a1: tensor<8x24xf32>, %a3: tensor<2x5xf32>) -> !graph.value {
  %0 = graph.import %a0 : tensor<2x5x8xf32>
  %1 = graph.import %a1 : tensor<8x24xf32>
  %2 = graph.none
  %3 = graph.import %a3 : tensor<2x5xf32>
  // expected-error @+1 {{a mask must be integers of rank 1 to 3}}
  %r = graph.node "com.microsoft.Attention"(%0, %1, %2, %3) version 1 {num_heads = 2 : i64}
  return %r : !graph.value
}

// -----

func.func @main(%a0: tensor<2x5x8xf32>) -> !graph.value {
  %0 = graph.import %a0 : tensor<2x5x8xf32>
  // expected-error @+1 {{input 1 ('key') is missing}}
  %r = graph.node "com.microsoft.MultiHeadAttention"(%0) version 1 {num_heads = 2 : i64}
  return %r : !graph.value
}

// -----

func.func @main(%a0: tensor<2x5x2x2x4xf32>) -> !graph.value {
  %0 = graph.import %a0 : tensor<2x5x2x2x4xf32>
  // expected-error @+1 {{packed heads have 2 parts, expected 3}}
  %r = graph.node "com.microsoft.MultiHeadAttention"(%0) version 1 {num_heads = 2 : i64}
  return %r : !graph.value
}

// -----

func.func @main(%a0: tensor<2x5x8xf32>, %a1: tensor<2x5x8xf32>, %a2: tensor<2x5x8xf32>, %a6: tensor<2x2x3x4xf32>) -> !graph.value {
  %0 = graph.import %a0 : tensor<2x5x8xf32>
  %1 = graph.import %a1 : tensor<2x5x8xf32>
  %2 = graph.import %a2 : tensor<2x5x8xf32>
  %3 = graph.none
  %4 = graph.none
  %5 = graph.none
  %6 = graph.import %a6 : tensor<2x2x3x4xf32>
  // expected-error @+1 {{inputs 'past_key' and 'past_value' must come together}}
  %r = graph.node "com.microsoft.MultiHeadAttention"(%0, %1, %2, %3, %4, %5, %6) version 1 {num_heads = 2 : i64}
  return %r : !graph.value
}

// -----

func.func @main(%a0: tensor<2x5x8xf32>, %a1: tensor<2x5x4xf32>, %a2: tensor<2x5x4xf32>, %a5: tensor<2xi32>, %a6: tensor<1xi32>) -> !graph.value {
  %0 = graph.import %a0 : tensor<2x5x8xf32>
  %1 = graph.import %a1 : tensor<2x5x4xf32>
  %2 = graph.import %a2 : tensor<2x5x4xf32>
  %3 = graph.none
  %4 = graph.none
  %5 = graph.import %a5 : tensor<2xi32>
  %6 = graph.import %a6 : tensor<1xi32>
  // expected-error @+1 {{attribute 'kv_num_heads' is 0, expected at least 1}}
  %r = graph.node "com.microsoft.GroupQueryAttention"(%0, %1, %2, %3, %4, %5, %6) version 1 {num_heads = 2 : i64, kv_num_heads = 0 : i64}
  return %r : !graph.value
}

// -----

func.func @main(%a0: tensor<2x5x8xf32>, %a1: tensor<2x5x4xf32>, %a2: tensor<2x5x4xf32>, %a5: tensor<2xi32>, %a6: tensor<1xi32>) -> !graph.value {
  %0 = graph.import %a0 : tensor<2x5x8xf32>
  %1 = graph.import %a1 : tensor<2x5x4xf32>
  %2 = graph.import %a2 : tensor<2x5x4xf32>
  %3 = graph.none
  %4 = graph.none
  %5 = graph.import %a5 : tensor<2xi32>
  %6 = graph.import %a6 : tensor<1xi32>
  // expected-error @+1 {{'smooth_softmax' is not supported}}
  %r = graph.node "com.microsoft.GroupQueryAttention"(%0, %1, %2, %3, %4, %5, %6) version 1 {num_heads = 2 : i64, kv_num_heads = 1 : i64, smooth_softmax = 1 : i64}
  return %r : !graph.value
}

// -----

func.func @main(%a0: tensor<2x5x9xf32>, %a5: tensor<2xi32>, %a6: tensor<1xi32>) -> !graph.value {
  %0 = graph.import %a0 : tensor<2x5x9xf32>
  %1 = graph.none
  %2 = graph.none
  %3 = graph.none
  %4 = graph.none
  %5 = graph.import %a5 : tensor<2xi32>
  %6 = graph.import %a6 : tensor<1xi32>
  // expected-error @+1 {{a packed width of 9 does not divide among 4 heads}}
  %r = graph.node "com.microsoft.GroupQueryAttention"(%0, %1, %2, %3, %4, %5, %6) version 1 {num_heads = 2 : i64, kv_num_heads = 1 : i64}
  return %r : !graph.value
}

// -----

func.func @main(%a0: tensor<2x5x8xf32>, %a1: tensor<2x5x4xf32>, %a2: tensor<2x5x4xf32>, %a5: tensor<2xi32>, %a6: tensor<1xi32>) -> !graph.value {
  %0 = graph.import %a0 : tensor<2x5x8xf32>
  %1 = graph.import %a1 : tensor<2x5x4xf32>
  %2 = graph.import %a2 : tensor<2x5x4xf32>
  %3 = graph.none
  %4 = graph.none
  %5 = graph.import %a5 : tensor<2xi32>
  %6 = graph.import %a6 : tensor<1xi32>
  // expected-error @+1 {{attribute 'k_quant_type': quantised caches are not supported}}
  %r = graph.node "com.microsoft.GroupQueryAttention"(%0, %1, %2, %3, %4, %5, %6) version 1 {num_heads = 2 : i64, kv_num_heads = 1 : i64, k_quant_type = "PER_TENSOR"}
  return %r : !graph.value
}

// -----

func.func @main(%a0: tensor<2x5x8xf32>, %a1: tensor<2x5xi64>, %a2: tensor<9x3xf32>, %a3: tensor<9x3xf32>) -> !graph.value {
  %0 = graph.import %a0 : tensor<2x5x8xf32>
  %1 = graph.import %a1 : tensor<2x5xi64>
  %2 = graph.import %a2 : tensor<9x3xf32>
  %3 = graph.import %a3 : tensor<9x3xf32>
  // expected-error @+1 {{can't rotate 4 elements of a head of size 4 by rows of 3}}
  %r = graph.node "com.microsoft.RotaryEmbedding"(%0, %1, %2, %3) version 1 {num_heads = 2 : i64}
  return %r : !graph.value
}

// -----

func.func @main(%a0: tensor<2x5x8xf32>, %a1: tensor<2x5xi64>, %a2: tensor<9x2xf32>, %a3: tensor<9x2xf32>) -> !graph.value {
  %0 = graph.import %a0 : tensor<2x5x8xf32>
  %1 = graph.import %a1 : tensor<2x5xi64>
  %2 = graph.import %a2 : tensor<9x2xf32>
  %3 = graph.import %a3 : tensor<9x2xf32>
  // expected-error @+1 {{'is_packed_batching' and a 'scale' are not supported}}
  %r = graph.node "com.microsoft.RotaryEmbedding"(%0, %1, %2, %3) version 1 {scale = 2.0 : f32}
  return %r : !graph.value
}

// -----

func.func @main(%a0: tensor<2x32xf32>, %a1: tensor<4x2x8xui8>, %a2: tensor<4x2xf32>) -> !graph.value {
  %0 = graph.import %a0 : tensor<2x32xf32>
  %1 = graph.import %a1 : tensor<4x2x8xui8>
  %2 = graph.import %a2 : tensor<4x2xf32>
  // expected-error @+1 {{attribute 'block_size' is 17, expected a power of two from 16}}
  %r = graph.node "com.microsoft.MatMulNBits"(%0, %1, %2) version 1 {N = 4 : i64, K = 32 : i64, block_size = 17 : i64}
  return %r : !graph.value
}

// -----

func.func @main(%a0: tensor<2x32xf32>, %a1: tensor<4x2x8xui8>, %a2: tensor<4x2xf32>) -> !graph.value {
  %0 = graph.import %a0 : tensor<2x32xf32>
  %1 = graph.import %a1 : tensor<4x2x8xui8>
  %2 = graph.import %a2 : tensor<4x2xf32>
  // expected-error @+1 {{attribute 'bits' is 3, expected 2, 4 or 8}}
  %r = graph.node "com.microsoft.MatMulNBits"(%0, %1, %2) version 1 {N = 4 : i64, K = 32 : i64, block_size = 16 : i64, bits = 3 : i64}
  return %r : !graph.value
}

// -----

func.func @main(%a0: tensor<2x32xf32>, %a1: tensor<4x2x8xui8>, %a2: tensor<4x2xf32>) -> !graph.value {
  %0 = graph.import %a0 : tensor<2x32xf32>
  %1 = graph.import %a1 : tensor<4x2x8xui8>
  %2 = graph.import %a2 : tensor<4x2xf32>
  // expected-error @+1 {{attributes 'N' and 'K' must be at least 1}}
  %r = graph.node "com.microsoft.MatMulNBits"(%0, %1, %2) version 1 {N = 0 : i64, K = 32 : i64, block_size = 16 : i64}
  return %r : !graph.value
}

// -----

func.func @main(%a0: tensor<2x32xf32>, %a1: tensor<4x2x8xui8>, %a2: tensor<4x3xf32>) -> !graph.value {
  %0 = graph.import %a0 : tensor<2x32xf32>
  %1 = graph.import %a1 : tensor<4x2x8xui8>
  %2 = graph.import %a2 : tensor<4x3xf32>
  // expected-error @+1 {{can't be reshaped}}
  %r = graph.node "com.microsoft.MatMulNBits"(%0, %1, %2) version 1 {N = 4 : i64, K = 32 : i64, block_size = 16 : i64}
  return %r : !graph.value
}

// -----

func.func @main(%a0: tensor<2x32xf32>, %a1: tensor<4x2x8xf32>, %a2: tensor<4x2xf32>) -> !graph.value {
  %0 = graph.import %a0 : tensor<2x32xf32>
  %1 = graph.import %a1 : tensor<4x2x8xf32>
  %2 = graph.import %a2 : tensor<4x2xf32>
  // expected-error @+1 {{input 'A' must be floats, 'B' uint8}}
  %r = graph.node "com.microsoft.MatMulNBits"(%0, %1, %2) version 1 {N = 4 : i64, K = 32 : i64, block_size = 16 : i64}
  return %r : !graph.value
}

// -----

func.func @main(%a0: tensor<2x3xf32>, %a1: tensor<f32>, %a2: tensor<ui8>, %a3: tensor<2x3xui8>, %a4: tensor<f32>, %a5: tensor<ui8>, %a6: tensor<f32>, %a7: tensor<ui8>) -> !graph.value {
  %0 = graph.import %a0 : tensor<2x3xf32>
  %1 = graph.import %a1 : tensor<f32>
  %2 = graph.import %a2 : tensor<ui8>
  %3 = graph.import %a3 : tensor<2x3xui8>
  %4 = graph.import %a4 : tensor<f32>
  %5 = graph.import %a5 : tensor<ui8>
  %6 = graph.import %a6 : tensor<f32>
  %7 = graph.import %a7 : tensor<ui8>
  // expected-error @+1 {{input 0 must be integers}}
  %r = graph.node "com.microsoft.QLinearAdd"(%0, %1, %2, %3, %4, %5, %6, %7) version 1
  return %r : !graph.value
}

// -----

func.func @main(%a0: tensor<2x3xui8>, %a1: tensor<3xf32>, %a2: tensor<ui8>, %a3: tensor<2x3xui8>, %a4: tensor<f32>, %a5: tensor<ui8>, %a6: tensor<f32>, %a7: tensor<ui8>) -> !graph.value {
  %0 = graph.import %a0 : tensor<2x3xui8>
  %1 = graph.import %a1 : tensor<3xf32>
  %2 = graph.import %a2 : tensor<ui8>
  %3 = graph.import %a3 : tensor<2x3xui8>
  %4 = graph.import %a4 : tensor<f32>
  %5 = graph.import %a5 : tensor<ui8>
  %6 = graph.import %a6 : tensor<f32>
  %7 = graph.import %a7 : tensor<ui8>
  // expected-error @+1 {{input 1, a scale or a zero point, must be a scalar}}
  %r = graph.node "com.microsoft.QLinearAdd"(%0, %1, %2, %3, %4, %5, %6, %7) version 1
  return %r : !graph.value
}

// -----

func.func @main(%a0: tensor<f32>, %a1: tensor<ui8>, %a2: tensor<2x3xui8>, %a3: tensor<f32>, %a4: tensor<ui8>, %a5: tensor<2x3xui8>) -> !graph.value {
  %0 = graph.import %a0 : tensor<f32>
  %1 = graph.import %a1 : tensor<ui8>
  %2 = graph.import %a2 : tensor<2x3xui8>
  %3 = graph.import %a3 : tensor<f32>
  %4 = graph.import %a4 : tensor<ui8>
  %5 = graph.import %a5 : tensor<2x3xui8>
  // expected-error @+1 {{has 6 inputs, expected two and three for each operand}}
  %r = graph.node "com.microsoft.QLinearConcat"(%0, %1, %2, %3, %4, %5) version 1 {axis = 0 : i64}
  return %r : !graph.value
}

// -----

func.func @main(%a0: tensor<f32>, %a1: tensor<ui8>, %a2: tensor<2x3xui8>, %a3: tensor<f32>, %a4: tensor<ui8>) -> !graph.value {
  %0 = graph.import %a0 : tensor<f32>
  %1 = graph.import %a1 : tensor<ui8>
  %2 = graph.import %a2 : tensor<2x3xui8>
  %3 = graph.import %a3 : tensor<f32>
  %4 = graph.import %a4 : tensor<ui8>
  // expected-error @+1 {{axis}}
  %r = graph.node "com.microsoft.QLinearConcat"(%0, %1, %2, %3, %4) version 1 {axis = 5 : i64}
  return %r : !graph.value
}

// -----

func.func @main(%a0: tensor<2x3xui8>, %a1: tensor<f32>, %a2: tensor<ui8>, %a3: tensor<f32>, %a4: tensor<ui8>) -> !graph.value {
  %0 = graph.import %a0 : tensor<2x3xui8>
  %1 = graph.import %a1 : tensor<f32>
  %2 = graph.import %a2 : tensor<ui8>
  %3 = graph.import %a3 : tensor<f32>
  %4 = graph.import %a4 : tensor<ui8>
  // expected-error @+1 {{input has rank 2, expected at least 3}}
  %r = graph.node "com.microsoft.QLinearGlobalAveragePool"(%0, %1, %2, %3, %4) version 1
  return %r : !graph.value
}

// -----

func.func @main(%a0: tensor<2x3xi32>, %a1: tensor<3x4xui8>, %a2: tensor<f32>) -> !graph.value {
  %0 = graph.import %a0 : tensor<2x3xi32>
  %1 = graph.import %a1 : tensor<3x4xui8>
  %2 = graph.import %a2 : tensor<f32>
  // expected-error @+1 {{input 'x' must be a float}}
  %r = graph.node "com.microsoft.DynamicQuantizeMatMul"(%0, %1, %2) version 1
  return %r : !graph.value
}

// -----

func.func @main(%a0: tensor<2x3xf32>, %a1: tensor<3x4xui8>, %a2: tensor<f32>, %a3: tensor<f32>) -> !graph.value {
  %0 = graph.import %a0 : tensor<2x3xf32>
  %1 = graph.import %a1 : tensor<3x4xui8>
  %2 = graph.import %a2 : tensor<f32>
  %3 = graph.import %a3 : tensor<f32>
  // expected-error @+1 {{inputs A and B must be integers}}
  %r = graph.node "com.microsoft.MatMulIntegerToFloat"(%0, %1, %2, %3) version 1
  return %r : !graph.value
}

// -----

func.func @main(%a0: tensor<2x3xf32>, %a1: tensor<2x3x1xf32>, %a2: tensor<4x3xf32>) -> !graph.value {
  %0 = graph.import %a0 : tensor<2x3xf32>
  %1 = graph.import %a1 : tensor<2x3x1xf32>
  %2 = graph.import %a2 : tensor<4x3xf32>
  // expected-error @+1 {{inputs A and B have rank 2 and 3, expected 2}}
  %a = graph.node "com.microsoft.CDist"(%0, %1) version 1
  // expected-error @+1 {{attribute 'metric' is 'cosine'}}
  %b = graph.node "com.microsoft.CDist"(%0, %2) version 1 {metric = "cosine"}
  return %a : !graph.value
}

// -----

func.func @main(%a0: tensor<8x16xui8>, %a1: tensor<3xi64>, %a2: tensor<8x2xf32>) -> !graph.value {
  %0 = graph.import %a0 : tensor<8x16xui8>
  %1 = graph.import %a1 : tensor<3xi64>
  %2 = graph.import %a2 : tensor<8x2xf32>
  // expected-error @+1 {{attribute 'block_size' is 8, expected a power of two from 16}}
  %a = graph.node "com.microsoft.GatherBlockQuantized"(%0, %1, %2) version 1 {block_size = 8 : i64}
  // expected-error @+1 {{'quantize_axis' of packed data must be the last}}
  %b = graph.node "com.microsoft.GatherBlockQuantized"(%0, %1, %2) version 1 {block_size = 16 : i64, gather_axis = 1 : i64, quantize_axis = 0 : i64}
  // expected-error @+1 {{'gather_axis' and 'quantize_axis' are the same}}
  %c = graph.node "com.microsoft.GatherBlockQuantized"(%0, %1, %2) version 1 {block_size = 16 : i64, gather_axis = 1 : i64}
  return %a : !graph.value
}

// -----

func.func @main(%a0: tensor<2x3xui8>, %a1: tensor<f32>, %a2: tensor<ui8>, %a3: tensor<3x4xi8>, %a4: tensor<i8>) -> !graph.value {
  %0 = graph.import %a0 : tensor<2x3xui8>
  %1 = graph.import %a1 : tensor<f32>
  %2 = graph.import %a2 : tensor<ui8>
  %3 = graph.import %a3 : tensor<3x4xi8>
  %4 = graph.import %a4 : tensor<i8>
  %n = graph.none
  // expected-error @+1 {{inputs 'y_scale' and 'y_zero_point' must come together}}
  %r = graph.node "com.microsoft.QGemm"(%0, %1, %2, %3, %1, %4, %n, %1) version 1
  return %r : !graph.value
}
