// RUN: dlc-opt -split-input-file -verify-diagnostics %s

func.func @axis(%a: tensor<4x8xf32>) {
  // expected-error @+2 {{axis 2 is out of range for rank 2 or repeated}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = dlc.reduce sum %a [2] : tensor<4x8xf32> -> tensor<4xf32>
  return
}

// -----

func.func @repeated(%a: tensor<4x8xf32>) {
  // expected-error @+2 {{axis 1 is out of range for rank 2 or repeated}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = dlc.reduce sum %a [1, 1] : tensor<4x8xf32> -> tensor<4xf32>
  return
}

// -----

func.func @shape(%a: tensor<4x8xf32>) {
  // expected-error @+2 {{inferred type(s) 'tensor<4xf32>' are incompatible with return type(s) of operation 'tensor<8xf32>'}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = dlc.reduce sum %a [1] : tensor<4x8xf32> -> tensor<8xf32>
  return
}

// -----

func.func @logical(%a: tensor<4x8xf32>) {
  // expected-error @+1 {{'all' does not apply to 'f32'}}
  %0 = dlc.reduce all %a [1] : tensor<4x8xf32> -> tensor<4xf32>
  return
}

// -----

func.func @of_bools(%a: tensor<4x8xi1>) {
  // expected-error @+1 {{'sum' does not apply to 'i1'}}
  %0 = dlc.reduce sum %a [1] : tensor<4x8xi1> -> tensor<4xi1>
  return
}

// -----

func.func @arg_axis(%a: tensor<4x8xf32>) {
  // expected-error @+2 {{axis 5 is out of range for rank 2}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = dlc.arg_reduce max %a axis = 5 : tensor<4x8xf32> -> tensor<4xi64>
  return
}

// -----

func.func @arg_kind(%a: tensor<4x8xf32>) {
  // expected-error @+1 {{kind must be max or min}}
  %0 = dlc.arg_reduce sum %a axis = 1 : tensor<4x8xf32> -> tensor<4xi64>
  return
}

// -----

func.func @arg_type(%a: tensor<4x8xf32>) {
  // expected-error @+2 {{inferred type(s) 'tensor<4xi64>' are incompatible with return type(s) of operation 'tensor<4xi32>'}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = dlc.arg_reduce max %a axis = 1 : tensor<4x8xf32> -> tensor<4xi32>
  return
}

// -----

func.func @scan_axis(%a: tensor<4x8xf32>) {
  // expected-error @+2 {{axis -1 is out of range for rank 2}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = dlc.scan sum %a axis = -1 : tensor<4x8xf32> -> tensor<4x8xf32>
  return
}

// -----

func.func @scan_kind(%a: tensor<4x8xf32>) {
  // expected-error @+1 {{kind must be sum or prod}}
  %0 = dlc.scan max %a axis = 1 : tensor<4x8xf32> -> tensor<4x8xf32>
  return
}

// -----

func.func @pool_rank(%a: tensor<4x8xf32>) {
  // expected-error @+2 {{needs an input of rank 3 or more, not 2}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = dlc.pool max %a kernel [] strides [] dilations [] pads [] : tensor<4x8xf32> -> tensor<4x8xf32>
  return
}

// -----

func.func @pool_scalar(%a: tensor<f32>) {
  // expected-error @+2 {{needs an input of rank 3 or more, not 0}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = dlc.pool max %a kernel [] strides [] dilations [] pads [] : tensor<f32> -> tensor<f32>
  return
}

// -----

func.func @pool_lists(%a: tensor<1x8x4xf32>) {
  // expected-error @+2 {{kernel, strides, dilations and pads do not fit 1 spatial dimensions}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = dlc.pool max %a kernel [2] strides [1] dilations [1] pads [0] : tensor<1x8x4xf32> -> tensor<1x7x4xf32>
  return
}

// -----

func.func @pool_pads(%a: tensor<1x8x4xf32>) {
  // expected-error @+2 {{window of size 2 is larger than padded dimension 1 of size 0}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = dlc.pool max %a kernel [2] strides [1] dilations [1] pads [-4, -4] : tensor<1x8x4xf32> -> tensor<1x7x4xf32>
  return
}

// -----

func.func @pool_kind(%a: tensor<1x8x4xf32>) {
  // expected-error @+1 {{kind must be max or sum}}
  %0 = dlc.pool prod %a kernel [2] strides [1] dilations [1] pads [0, 0] : tensor<1x8x4xf32> -> tensor<1x7x4xf32>
  return
}
