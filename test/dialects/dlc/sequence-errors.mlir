// RUN: dlc-opt -split-input-file -verify-diagnostics %s

func.func @make(%x: tensor<2xf32>) {
  // expected-error @+1 {{'dlc.sequence_make' op '!dlc.sequence<tensor<3xf32>>' can't hold 'tensor<2xf32>'}}
  %0 = dlc.sequence_make(%x) : (tensor<2xf32>) -> !dlc.sequence<tensor<3xf32>>
  return
}

// -----

func.func @make_optional(%x: tensor<2xf32>) {
  // expected-error @+1 {{'dlc.sequence_make' op an optional tensor is made of one tensor}}
  %0 = dlc.sequence_make(%x, %x) : (tensor<2xf32>, tensor<2xf32>) -> !dlc.optional<tensor<2xf32>>
  return
}

// -----

func.func @insert(%s: !dlc.sequence<tensor<?xf32>>, %x: tensor<2x2xf32>, %i: index) {
  // expected-error @+1 {{'dlc.sequence_insert' op '!dlc.sequence<tensor<?xf32>>' can't hold 'tensor<2x2xf32>'}}
  %0 = dlc.sequence_insert %x into %s at %i : tensor<2x2xf32>, !dlc.sequence<tensor<?xf32>> -> !dlc.sequence<tensor<?xf32>>
  return
}

// -----

func.func @insert_element(%s: !dlc.sequence<tensor<*xf32>>, %x: tensor<2xf64>, %i: index) {
  // expected-error @+1 {{'dlc.sequence_insert' op '!dlc.sequence<tensor<*xf32>>' can't hold 'tensor<2xf64>'}}
  %0 = dlc.sequence_insert %x into %s at %i : tensor<2xf64>, !dlc.sequence<tensor<*xf32>> -> !dlc.sequence<tensor<*xf32>>
  return
}

// -----

func.func @at(%s: !dlc.sequence<tensor<?xf32>>, %i: index) {
  // expected-error @+1 {{'dlc.sequence_at' op '!dlc.sequence<tensor<?xf32>>' does not hold 'tensor<4xf32>'}}
  %0 = dlc.sequence_at %s[%i] : !dlc.sequence<tensor<?xf32>> -> tensor<4xf32>
  return
}

// -----

func.func @at_nested(%s: !dlc.optional<!dlc.sequence<tensor<?xf32>>>, %i: index) {
  // expected-error @+1 {{does not hold 'tensor<?xf32>'}}
  %0 = dlc.sequence_at %s[%i] : !dlc.optional<!dlc.sequence<tensor<?xf32>>> -> tensor<?xf32>
  return
}

// -----

func.func @cast(%s: !dlc.sequence<tensor<?xf32>>) {
  // expected-error @+1 {{'dlc.sequence_cast' op '!dlc.sequence<tensor<?xf32>>' is no '!dlc.sequence<tensor<4xf32>>'}}
  %0 = dlc.sequence_cast %s : !dlc.sequence<tensor<?xf32>> to !dlc.sequence<tensor<4xf32>>
  return
}

// -----

func.func @cast_tensor(%s: !dlc.optional<tensor<?xf32>>) {
  // expected-error @+1 {{is no '!dlc.sequence<tensor<?xf32>>'}}
  %0 = dlc.sequence_cast %s : !dlc.optional<tensor<?xf32>> to !dlc.sequence<tensor<?xf32>>
  return
}

// -----

func.func @map_of_scalars(%k: tensor<i64>, %v: tensor<2xf32>) {
  // expected-error @+1 {{'dlc.map_make' op keys are a vector, values a vector or a matrix}}
  %0 = dlc.map_make %k, %v : tensor<i64>, tensor<2xf32> -> !dlc.map<tensor<i64>, tensor<2xf32>>
  return
}

// -----

func.func @map_type(%k: tensor<2xi64>, %v: tensor<2xf32>) {
  // expected-error @+1 {{'dlc.map_make' op gives '!dlc.map<tensor<2xi64>, tensor<2xf64>>' of 'tensor<2xi64>' and 'tensor<2xf32>'}}
  %0 = dlc.map_make %k, %v : tensor<2xi64>, tensor<2xf32> -> !dlc.map<tensor<2xi64>, tensor<2xf64>>
  return
}
