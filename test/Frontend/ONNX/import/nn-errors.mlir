// RUN: dlc-opt -import-onnx -split-input-file -verify-diagnostics %s

func.func @main(%x: tensor<1x3x8x8xf32>, %w: tensor<5x3x3xf32>) -> !graph.value {
  %0 = graph.import %x : tensor<1x3x8x8xf32>
  %1 = graph.import %w : tensor<5x3x3xf32>
  // expected-error @+1 {{input has rank 4, its kernel 3}}
  %2 = graph.node "onnx.Conv"(%0, %1) version 11
  return %2 : !graph.value
}

// -----

func.func @main(%x: tensor<1x3x8x8xf32>, %w: tensor<5x3x3x3xf32>) -> !graph.value {
  %0 = graph.import %x : tensor<1x3x8x8xf32>
  %1 = graph.import %w : tensor<5x3x3x3xf32>
  // expected-error @+1 {{attribute 'pads' has 2 entries, expected 4}}
  %2 = graph.node "onnx.Conv"(%0, %1) version 11 {pads = array<i64: 1, 1>}
  return %2 : !graph.value
}

// -----

func.func @main(%x: tensor<1x3x8x8xf32>) -> !graph.value {
  %0 = graph.import %x : tensor<1x3x8x8xf32>
  // expected-error @+1 {{attribute 'strides' has entry 9223372036854775807, which is out of range}}
  %1 = graph.node "onnx.MaxPool"(%0) version 12 {kernel_shape = array<i64: 2, 2>, strides = array<i64: 9223372036854775807, 1>}
  return %1 : !graph.value
}

// -----

func.func @main(%x: tensor<2x1x4xf32>, %w: tensor<1x3x4xf32>, %r: tensor<1x3x3xf32>) -> !graph.value {
  %0 = graph.import %x : tensor<2x1x4xf32>
  %1 = graph.import %w : tensor<1x3x4xf32>
  %2 = graph.import %r : tensor<1x3x3xf32>
  // expected-error @+1 {{attribute 'activations' has unknown function 'Sine'}}
  %3 = graph.node "onnx.RNN"(%0, %1, %2) version 14 {activations = ["Sine"]}
  return %3 : !graph.value
}

// -----

func.func @main(%x: tensor<1x2x4xf32>) -> !graph.value {
  %0 = graph.import %x : tensor<1x2x4xf32>
  // expected-error @+1 {{exactly one of the inputs 'scales' and 'sizes' must be given}}
  %1 = graph.node "onnx.Resize"(%0) version 13
  return %1 : !graph.value
}

// -----

func.func @main(%q: tensor<1x3x7xf32>) -> !graph.value {
  %0 = graph.import %q : tensor<1x3x7xf32>
  // expected-error @+1 {{a hidden size of 7 does not divide among 2 heads}}
  %1 = graph.node "onnx.Attention"(%0, %0, %0) version 23 {kv_num_heads = 7 : i64, q_num_heads = 2 : i64}
  return %1 : !graph.value
}
