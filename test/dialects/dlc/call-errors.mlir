// RUN: dlc-opt -split-input-file -verify-diagnostics %s

func.func @name(%x: tensor<4xsi64>) {
  // expected-error @+1 {{'string_reverse' is no function of the run time}}
  %0 = dlc.call "string_reverse"(%x) : (tensor<4xsi64>) -> tensor<4xsi64>
  return
}

// -----

func.func @count(%x: tensor<4xsi64>) {
  // expected-error @+1 {{'string_concat' takes 2 tensors, not 1}}
  %0 = dlc.call "string_concat"(%x) : (tensor<4xsi64>) -> tensor<4xsi64>
  return
}

// -----

func.func @taken(%x: tensor<4xi128>) {
  // expected-error @+1 {{does not take elements of type 'i128'}}
  %0 = dlc.call "string_lower"(%x) : (tensor<4xi128>) -> tensor<4xsi64>
  return
}

// -----

func.func @given(%x: tensor<4xsi64>) {
  // expected-error @+1 {{does not give elements of type 'si64'}}
  %0 = dlc.call "string_spell"(%x) : (tensor<4xsi64>) -> tensor<4xsi64>
  return
}

// -----

func.func @sizes(%x: tensor<?xsi64>) {
  // expected-error @+1 {{has 0 size operands, but its result type 'tensor<?xsi64>' leaves 1 open}}
  %0 = dlc.call "string_lower"(%x) : (tensor<?xsi64>) -> tensor<?xsi64>
  return
}
