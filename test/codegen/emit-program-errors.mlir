// RUN: dlc-opt %s -split-input-file -verify-diagnostics -dlc-emit-program

// expected-error @+1 {{has no function @main}}
module {
  func.func @other() {
    return
  }
}

// -----

// expected-error @+1 {{function @main must have one block}}
module {
  func.func private @main(tensor<4xf32>) -> tensor<4xf32>
}

// -----

module {
  func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
    // expected-error @+1 {{'tensor.cast' can't be compiled}}
    %0 = tensor.cast %x : tensor<4xf32> to tensor<?xf32>
    %1 = tensor.cast %0 : tensor<?xf32> to tensor<4xf32>
    return %1 : tensor<4xf32>
  }
}
