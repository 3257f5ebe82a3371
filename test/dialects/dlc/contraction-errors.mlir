// RUN: dlc-opt -split-input-file -verify-diagnostics %s

func.func @rank(%a: tensor<4xf32>, %b: tensor<4x2xf32>) {
  // expected-error @+2 {{needs operands of one rank of at least 2, not 1 and 2}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = dlc.matmul %a, %b : (tensor<4xf32>, tensor<4x2xf32>) -> tensor<2xf32>
  return
}

// -----

func.func @batch(%a: tensor<2x4x8xf32>, %b: tensor<3x8x4xf32>) {
  // expected-error @+2 {{batch dimension 0 is 2 and 3}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = dlc.matmul %a, %b : (tensor<2x4x8xf32>, tensor<3x8x4xf32>) -> tensor<2x4x4xf32>
  return
}

// -----

func.func @contracted(%a: tensor<4x8xf32>, %b: tensor<9x4xf32>) {
  // expected-error @+2 {{contracts a dimension of size 8 with one of size 9}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = dlc.matmul %a, %b : (tensor<4x8xf32>, tensor<9x4xf32>) -> tensor<4x4xf32>
  return
}

// -----

func.func @packed_contracted(%a: tensor<4x8xf32>, %b: tensor<1x9x64xf32>) {
  // expected-error @+2 {{contracts a dimension of size 8 with one of size 9}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = dlc.matmul %a, %b packed 64 : (tensor<4x8xf32>, tensor<1x9x64xf32>) -> tensor<4x64xf32>
  return
}

// -----

func.func @packed_columns(%a: tensor<4x8xf32>, %b: tensor<1x8x64xf32>) {
  // expected-error @+2 {{65 packed columns are not what 1 panels of 64 hold}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = dlc.matmul %a, %b packed 65 : (tensor<4x8xf32>, tensor<1x8x64xf32>) -> tensor<4x65xf32>
  return
}

// -----

func.func @element(%a: tensor<4x8xf32>, %b: tensor<8x4xf16>) {
  // expected-error @+1 {{mixes element types 'f32' and 'f16'}}
  %0 = dlc.matmul %a, %b : (tensor<4x8xf32>, tensor<8x4xf16>) -> tensor<4x4xf32>
  return
}

// -----

func.func @wide(%a: tensor<4x8xi8>, %b: tensor<8x4xi8>) {
  // expected-error @+2 {{inferred type(s) 'tensor<4x4xi32>' are incompatible with return type(s) of operation 'tensor<4x4xi8>'}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = dlc.matmul %a, %b : (tensor<4x8xi8>, tensor<8x4xi8>) -> tensor<4x4xi8>
  return
}

// -----

func.func @conv_rank(%a: tensor<1x8x4xf32>, %k: tensor<2x3x3x4xf32>) {
  // expected-error @+2 {{needs input and kernel of one rank of at least 3, not 3 and 4}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = dlc.conv %a, %k strides [1] dilations [1] pads [0, 0] groups 1 : (tensor<1x8x4xf32>, tensor<2x3x3x4xf32>) -> tensor<1x6x2xf32>
  return
}

// -----

func.func @conv_open_kernel(%a: tensor<1x8x4xf32>, %k: tensor<?x3x4xf32>) {
  // expected-error @+2 {{needs a kernel of known shape}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = dlc.conv %a, %k strides [1] dilations [1] pads [0, 0] groups 1 : (tensor<1x8x4xf32>, tensor<?x3x4xf32>) -> tensor<1x6x2xf32>
  return
}

// -----

func.func @conv_groups(%a: tensor<1x8x4xf32>, %k: tensor<3x3x2xf32>) {
  // expected-error @+2 {{3 output channels do not divide into 2 groups}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = dlc.conv %a, %k strides [1] dilations [1] pads [0, 0] groups 2 : (tensor<1x8x4xf32>, tensor<3x3x2xf32>) -> tensor<1x6x3xf32>
  return
}

// -----

func.func @conv_channels(%a: tensor<1x8x4xf32>, %k: tensor<2x3x3xf32>) {
  // expected-error @+2 {{kernel takes 3 channels in each of 2 groups, the input has 4}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = dlc.conv %a, %k strides [1] dilations [1] pads [0, 0] groups 2 : (tensor<1x8x4xf32>, tensor<2x3x3xf32>) -> tensor<1x6x2xf32>
  return
}

// -----

func.func @conv_lists(%a: tensor<1x8x4xf32>, %k: tensor<2x3x4xf32>) {
  // expected-error @+2 {{kernel, strides, dilations and pads do not fit 1 spatial dimensions}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = dlc.conv %a, %k strides [1, 1] dilations [1] pads [0, 0] groups 1 : (tensor<1x8x4xf32>, tensor<2x3x4xf32>) -> tensor<1x6x2xf32>
  return
}

// -----

func.func @conv_stride(%a: tensor<1x8x4xf32>, %k: tensor<2x3x4xf32>) {
  // expected-error @+2 {{kernel, strides and dilations must be positive}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = dlc.conv %a, %k strides [0] dilations [1] pads [0, 0] groups 1 : (tensor<1x8x4xf32>, tensor<2x3x4xf32>) -> tensor<1x6x2xf32>
  return
}

// -----

func.func @conv_window(%a: tensor<1x8x4xf32>, %k: tensor<2x3x4xf32>) {
  // expected-error @+2 {{window of size 9 is larger than padded dimension 1 of size 8}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = dlc.conv %a, %k strides [1] dilations [4] pads [0, 0] groups 1 : (tensor<1x8x4xf32>, tensor<2x3x4xf32>) -> tensor<1x1x2xf32>
  return
}

// -----

func.func @conv_overflow(%a: tensor<1x8x4xf32>, %k: tensor<2x3x4xf32>) {
  // expected-error @+2 {{window of size 9223372036854775807 is larger than padded dimension 1 of size 8}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = dlc.conv %a, %k strides [1] dilations [9223372036854775807] pads [0, 0] groups 1 : (tensor<1x8x4xf32>, tensor<2x3x4xf32>) -> tensor<1x1x2xf32>
  return
}

// -----

func.func @conv_element(%a: tensor<1x8x4xf32>, %k: tensor<2x3x4xf64>) {
  // expected-error @+1 {{mixes element types 'f32' and 'f64'}}
  %0 = dlc.conv %a, %k strides [1] dilations [1] pads [0, 0] groups 1 : (tensor<1x8x4xf32>, tensor<2x3x4xf64>) -> tensor<1x6x2xf32>
  return
}

// -----

func.func @conv_open_channels(%a: tensor<1x8x4xf32>, %k: tensor<2x3x4xf32>) {
  // expected-error @+1 {{needs a result of known channels, not 'tensor<1x6x?xf32>'}}
  %0 = dlc.conv %a, %k strides [1] dilations [1] pads [0, 0] groups 1 : (tensor<1x8x4xf32>, tensor<2x3x4xf32>) -> tensor<1x6x?xf32>
  return
}

// -----

// A packed kernel is [groups, panels, window..., channels, width].
func.func @conv_packed_rank(%a: tensor<1x8x4xf32>, %k: tensor<16xf32>) {
  // expected-error @+2 {{packed kernel of rank 1 does not fit an input of rank 3}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = dlc.conv %a, %k strides [1] dilations [1] pads [0, 0] groups 1 packed 2 : (tensor<1x8x4xf32>, tensor<16xf32>) -> tensor<1x6x2xf32>
  return
}

// -----

func.func @conv_packed_channels(%a: tensor<1x8x4xf32>, %k: tensor<1x1x3x5x16xf32>) {
  // expected-error @+2 {{kernel takes 5 channels in each of 1 groups, the input has 4}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = dlc.conv %a, %k strides [1] dilations [1] pads [0, 0] groups 1 packed 2 : (tensor<1x8x4xf32>, tensor<1x1x3x5x16xf32>) -> tensor<1x6x2xf32>
  return
}

// -----

func.func @conv_packed_outputs(%a: tensor<1x8x4xf32>, %k: tensor<1x1x3x4x16xf32>) {
  // expected-error @+2 {{17 packed output channels are not what 1 groups of 1 panels of 16 hold}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = dlc.conv %a, %k strides [1] dilations [1] pads [0, 0] groups 1 packed 17 : (tensor<1x8x4xf32>, tensor<1x1x3x4x16xf32>) -> tensor<1x6x17xf32>
  return
}

// -----

// A kernel for Winograd's algorithm is [panels, products, channels, width].
func.func @winograd_tile(%a: tensor<1x8x8x4xf32>, %k: tensor<1x49x4x16xf32>) {
  // expected-error @+2 {{knows Winograd's algorithm for tiles of 2 to 4, not of 5}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = dlc.conv %a, %k strides [1, 1] dilations [1, 1] pads [0, 0, 0, 0] groups 1 packed 2 winograd 5 : (tensor<1x8x8x4xf32>, tensor<1x49x4x16xf32>) -> tensor<1x6x6x2xf32>
  return
}

// -----

func.func @winograd_strides(%a: tensor<1x8x8x4xf32>, %k: tensor<1x16x4x16xf32>) {
  // expected-error @+2 {{takes Winograd's algorithm for two dimensions without strides, dilations and groups}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = dlc.conv %a, %k strides [2, 1] dilations [1, 1] pads [0, 0, 0, 0] groups 1 packed 2 winograd 2 : (tensor<1x8x8x4xf32>, tensor<1x16x4x16xf32>) -> tensor<1x3x6x2xf32>
  return
}

// -----

func.func @winograd_channels(%a: tensor<1x8x8x4xf32>, %k: tensor<1x16x5x16xf32>) {
  // expected-error @+2 {{kernel takes 5 channels, the input has 4}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = dlc.conv %a, %k strides [1, 1] dilations [1, 1] pads [0, 0, 0, 0] groups 1 packed 2 winograd 2 : (tensor<1x8x8x4xf32>, tensor<1x16x5x16xf32>) -> tensor<1x6x6x2xf32>
  return
}

// -----

func.func @winograd_products(%a: tensor<1x8x8x4xf32>, %k: tensor<1x16x4x16xf32>) {
  // expected-error @+2 {{2 packed output channels are not what 1 panels of 16 products and 16 columns hold}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = dlc.conv %a, %k strides [1, 1] dilations [1, 1] pads [0, 0, 0, 0] groups 1 packed 2 winograd 4 : (tensor<1x8x8x4xf32>, tensor<1x16x4x16xf32>) -> tensor<1x6x6x2xf32>
  return
}

// -----

func.func @winograd_not_packed(%a: tensor<1x8x8x4xf32>, %k: tensor<1x16x4x16xf32>) {
  // expected-error @+2 {{packed output channels are not what}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = dlc.conv %a, %k strides [1, 1] dilations [1, 1] pads [0, 0, 0, 0] groups 1 winograd 2 : (tensor<1x8x8x4xf32>, tensor<1x16x4x16xf32>) -> tensor<1x6x6x2xf32>
  return
}

// -----

func.func @winograd_open(%a: tensor<1x?x8x4xf32>, %k: tensor<1x16x4x16xf32>) {
  // expected-error @+1 {{takes Winograd's algorithm for images of f32 of known size that are not empty, not 'tensor<1x?x8x4xf32>'}}
  %0 = dlc.conv %a, %k strides [1, 1] dilations [1, 1] pads [0, 0, 0, 0] groups 1 packed 2 winograd 2 : (tensor<1x?x8x4xf32>, tensor<1x16x4x16xf32>) -> tensor<1x?x6x2xf32>
  return
}

// -----

// What Strassen's algorithm multiplies by is [panels, 7, k / 2, width].
func.func @strassen_batches(%a: tensor<2x4x8xf32>, %b: tensor<2x7x4x16xf32>) {
  // expected-error @+2 {{takes Strassen's algorithm for matrices and seven products of known panels}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = dlc.matmul %a, %b packed 40 strassen : (tensor<2x4x8xf32>, tensor<2x7x4x16xf32>) -> tensor<2x4x40xf32>
  return
}

// -----

func.func @strassen_products(%a: tensor<4x8xf32>, %b: tensor<2x6x4x16xf32>) {
  // expected-error @+2 {{40 packed columns are not what twice 2 panels of 6 products and 16 columns hold}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = dlc.matmul %a, %b packed 40 strassen : (tensor<4x8xf32>, tensor<2x6x4x16xf32>) -> tensor<4x40xf32>
  return
}

// -----

// The left half would not be full.
func.func @strassen_columns(%a: tensor<4x8xf32>, %b: tensor<1x7x4x16xf32>) {
  // expected-error @+2 {{15 packed columns are not what twice 1 panels of 7 products and 16 columns hold}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = dlc.matmul %a, %b packed 15 strassen : (tensor<4x8xf32>, tensor<1x7x4x16xf32>) -> tensor<4x15xf32>
  return
}

// -----

func.func @strassen_not_packed(%a: tensor<4x8xf32>, %b: tensor<1x7x4x16xf32>) {
  // expected-error @+2 {{packed columns are not what twice 1 panels}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = dlc.matmul %a, %b strassen : (tensor<4x8xf32>, tensor<1x7x4x16xf32>) -> tensor<4x32xf32>
  return
}

// -----

func.func @strassen_steps(%a: tensor<4x9xf32>, %b: tensor<1x7x4x16xf32>) {
  // expected-error @+2 {{contracts a dimension of size 9 with one of size 8}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = dlc.matmul %a, %b packed 32 strassen : (tensor<4x9xf32>, tensor<1x7x4x16xf32>) -> tensor<4x32xf32>
  return
}

// -----

func.func @strassen_row(%a: tensor<1x8xf32>, %b: tensor<1x7x4x16xf32>) {
  // expected-error @+1 {{takes Strassen's algorithm for two or more rows of f32, not 'tensor<1x8xf32>'}}
  %0 = dlc.matmul %a, %b packed 32 strassen : (tensor<1x8xf32>, tensor<1x7x4x16xf32>) -> tensor<1x32xf32>
  return
}
