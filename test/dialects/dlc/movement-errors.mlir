// RUN: dlc-opt -split-input-file -verify-diagnostics %s

func.func @offsets(%a: tensor<4xf32>) {
  // expected-error @+1 {{has 0 offset operands for 1 open ones}}
  %0 = "dlc.slice"(%a) {operandSegmentSizes = array<i32: 1, 0, 0>,
    static_offsets = array<i64: -9223372036854775808>, steps = array<i64: 1>} : (tensor<4xf32>) -> tensor<2xf32>
  return
}

// -----

func.func @slice_type(%a: tensor<4xf32>) {
  // expected-error @+1 {{changes the element type}}
  %0 = dlc.slice %a [0] steps [1] : tensor<4xf32> -> tensor<4xf16>
  return
}

// -----

func.func @low(%a: tensor<4xf32>, %v: tensor<f32>) {
  // expected-error @+1 {{has 0 low end operands for 1 open ones}}
  %0 = "dlc.pad"(%a, %v) {operandSegmentSizes = array<i32: 1, 1, 0, 0>,
    static_low = array<i64: -9223372036854775808>} : (tensor<4xf32>, tensor<f32>) -> tensor<6xf32>
  return
}

// -----

func.func @pad_type(%a: tensor<4xf32>, %v: tensor<f16>) {
  // expected-error @+1 {{mixes element types}}
  %0 = dlc.pad %a, %v low [1] : tensor<4xf32>, tensor<f16> -> tensor<6xf32>
  return
}

// -----

func.func @insert_rank(%a: tensor<4xf32>, %b: tensor<2x4xf32>, %i: index) {
  // expected-error @+1 {{part of rank 1 into rank 2}}
  %0 = dlc.insert %a into %b at %i axis = 0 : tensor<4xf32> into tensor<2x4xf32>
  return
}

// -----

func.func @insert_type(%a: tensor<1xf32>, %b: tensor<4xf16>, %i: index) {
  // expected-error @+1 {{mixes element types}}
  %0 = dlc.insert %a into %b at %i axis = 0 : tensor<1xf32> into tensor<4xf16>
  return
}

// -----

func.func @insert_axis(%a: tensor<1xf32>, %b: tensor<4xf32>, %i: index) {
  // expected-error @+1 {{axis 1 is out of range for rank 1}}
  %0 = dlc.insert %a into %b at %i axis = 1 : tensor<1xf32> into tensor<4xf32>
  return
}

// -----

func.func @insert_offset(%a: tensor<2xf32>, %b: tensor<4xf32>) {
  %i = arith.constant 3 : index
  // expected-error @+1 {{part does not fit into dimension 0 of size 4}}
  %0 = dlc.insert %a into %b at %i axis = 0 : tensor<2xf32> into tensor<4xf32>
  return
}

// -----

func.func @insert_size(%a: tensor<1x3xf32>, %b: tensor<4x2xf32>, %i: index) {
  // expected-error @+1 {{part does not fit into dimension 1 of size 2}}
  %0 = dlc.insert %a into %b at %i axis = 0 : tensor<1x3xf32> into tensor<4x2xf32>
  return
}

// -----

func.func @bits(%a: tensor<4xf32>) {
  // expected-error @+1 {{operand #0 must be ranked tensor of integer values}}
  %0 = dlc.and %a, %a : tensor<4xf32>
  return
}

// -----

func.func @complex(%a: tensor<4x2xcomplex<f64>>, %i: tensor<3xi64>, %b: tensor<3x2xcomplex<f64>>) {
  // expected-error @+1 {{can't combine complex numbers}}
  %0 = dlc.scatter add %a, %i, %b : (tensor<4x2xcomplex<f64>>, tensor<3xi64>, tensor<3x2xcomplex<f64>>) -> tensor<4x2xcomplex<f64>>
  return
}
