// RUN: dlc-opt -split-input-file -verify-diagnostics %s

func.func @topk_axis(%x: tensor<4x5xf32>, %k: index) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{axis 2 is out of range for rank 2}}
  %0 = dlc.topk %x, %k axis = 2 : tensor<4x5xf32> -> tensor<4x?xi64>
  return
}

// -----

func.func @topk_k(%x: tensor<4x5xf32>) {
  %k = arith.constant 6 : index
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{k = 6 does not fit a dimension of size 5}}
  %0 = dlc.topk %x, %k axis = 1 : tensor<4x5xf32> -> tensor<4x6xi64>
  return
}

// -----

func.func @topk_type(%x: tensor<4xcomplex<f32>>) {
  %k = arith.constant 2 : index
  // expected-error @+1 {{operand #0 must be ranked tensor of integer or index or floating-point values, but got 'tensor<4xcomplex<f32>>'}}
  %0 = dlc.topk %x, %k axis = 0 : tensor<4xcomplex<f32>> -> tensor<2xi64>
  return
}

// -----

func.func @nonzero_rank(%x: tensor<4x5xi1>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{needs a vector, not rank 2}}
  %0 = dlc.nonzero %x : tensor<4x5xi1> -> tensor<20xi64>
  return
}

// -----

func.func @nms_shapes(%b: tensor<1x8x4xf32>, %s: tensor<1x2x9xf32>, %t: tensor<f32>) {
  %n = arith.constant 3 : index
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{needs boxes of shape [b, n, 4] and scores of [b, c, n]}}
  %0 = dlc.nms %b, %s overlap %t least %t limit %n : (tensor<1x8x4xf32>, tensor<1x2x9xf32>, tensor<f32>, tensor<f32>, index) -> tensor<1x2x9xi64>
  return
}

// -----

func.func @nms_types(%b: tensor<1x8x4xf32>, %s: tensor<1x2x8xf32>, %t: tensor<f64>) {
  %n = arith.constant 3 : index
  // expected-error @+1 {{mixes elements of type 'f32' and 'f64'}}
  %0 = dlc.nms %b, %s overlap %t least %t limit %n : (tensor<1x8x4xf32>, tensor<1x2x8xf32>, tensor<f64>, tensor<f64>, index) -> tensor<1x2x8xi64>
  return
}
