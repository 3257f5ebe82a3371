// RUN: dlc-opt -split-input-file -verify-diagnostics %s

func.func @shapes(%a: tensor<4xf32>, %b: tensor<5xf32>) {
  // expected-error @+1 {{all non-scalar operands/results must have the same shape and base type}}
  %0 = "dlc.add"(%a, %b) : (tensor<4xf32>, tensor<5xf32>) -> tensor<4xf32>
  return
}

// -----

// Broadcasts are explicit.
func.func @broadcast(%a: tensor<4xf32>, %b: tensor<f32>) {
  // expected-error @+1 {{all non-scalar operands/results must have the same shape and base type}}
  %0 = "dlc.mul"(%a, %b) : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  return
}

// -----

func.func @float_only(%a: tensor<4xi32>) {
  // expected-error @+1 {{operand #0 must be ranked tensor of floating-point values, but got 'tensor<4xi32>'}}
  %0 = dlc.exp %a : tensor<4xi32>
  return
}

// -----

func.func @integer_only(%a: tensor<4xf32>) {
  // expected-error @+1 {{operand #0 must be ranked tensor of integer values, but got 'tensor<4xf32>'}}
  %0 = dlc.xor %a, %a : tensor<4xf32>
  return
}

// -----

func.func @compare(%a: tensor<4xf32>) {
  // expected-error @+1 {{result #0 must be ranked tensor of 1-bit signless integer values, but got 'tensor<4xf32>'}}
  %0 = dlc.lt %a, %a : tensor<4xf32> -> tensor<4xf32>
  return
}

// -----

func.func @compare_types(%a: tensor<4xf32>, %b: tensor<4xi32>) {
  // expected-error @+1 {{requires all operands to have the same type}}
  %0 = "dlc.eq"(%a, %b) : (tensor<4xf32>, tensor<4xi32>) -> tensor<4xi1>
  return
}

// -----

func.func @condition(%c: tensor<4xi8>, %a: tensor<4xf32>) {
  // expected-error @+1 {{operand #0 must be ranked tensor of 1-bit signless integer values, but got 'tensor<4xi8>'}}
  %0 = dlc.select %c, %a, %a : tensor<4xi8>, tensor<4xf32>
  return
}

// -----

func.func @branches(%c: tensor<4xi1>, %a: tensor<4xf32>, %b: tensor<4xf64>) {
  // expected-error @+1 {{failed to verify that all of {y, z, result} have same type}}
  %0 = "dlc.select"(%c, %a, %b) : (tensor<4xi1>, tensor<4xf32>, tensor<4xf64>) -> tensor<4xf32>
  return
}

// -----

func.func @cast(%a: tensor<4xf32>) {
  // expected-error @+1 {{all non-scalar operands/results must have the same shape and base type}}
  %0 = dlc.cast %a : tensor<4xf32> -> tensor<5xi32>
  return
}

// -----

func.func @bitcast(%a: tensor<4xf32>) {
  // expected-error @+1 {{needs types of one width, not 'tensor<4xf32>' and 'tensor<4xi16>'}}
  %0 = dlc.bitcast %a : tensor<4xf32> -> tensor<4xi16>
  return
}

// -----

func.func @unranked(%a: tensor<*xf32>) {
  // expected-error @+1 {{must be ranked tensor of integer or index or floating-point values, but got 'tensor<*xf32>'}}
  %0 = "dlc.neg"(%a) : (tensor<*xf32>) -> tensor<*xf32>
  return
}

// -----

// Complex numbers are only moved.
func.func @complex(%a: tensor<4xcomplex<f32>>) {
  // expected-error @+1 {{operand #0 must be ranked tensor of integer or index or floating-point values, but got 'tensor<4xcomplex<f32>>'}}
  %0 = dlc.add %a, %a : tensor<4xcomplex<f32>>
  return
}
