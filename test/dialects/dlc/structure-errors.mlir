// RUN: dlc-opt -split-input-file -verify-diagnostics %s

func.func @composite_inputs(%a: tensor<4xf32>) {
  // expected-error @+1 {{'dlc.composite' op block arguments do not match the inputs}}
  %0 = dlc.composite "f"(%a) : (tensor<4xf32>) -> tensor<4xf32> {
  ^bb0(%x: tensor<5xf32>):
    %y = dlc.iota 0 : tensor<4xf32>
    dlc.yield %y : tensor<4xf32>
  }
  return
}

// -----

func.func @composite_outputs(%a: tensor<4xf32>) {
  // expected-error @+1 {{'dlc.composite' op yielded values do not match the outputs}}
  %0 = dlc.composite "f"(%a) : (tensor<4xf32>) -> tensor<4xf64> {
  ^bb0(%x: tensor<4xf32>):
    dlc.yield %x : tensor<4xf32>
  }
  return
}

// -----

func.func @composite_count(%a: tensor<4xf32>) {
  // expected-error @+1 {{'dlc.composite' op yielded values do not match the outputs}}
  %0 = dlc.composite "f"(%a) : (tensor<4xf32>) -> tensor<4xf32> {
  ^bb0(%x: tensor<4xf32>):
    dlc.yield %x, %x : tensor<4xf32>, tensor<4xf32>
  }
  return
}

// -----

func.func @isolated(%a: tensor<4xf32>) {
  // expected-note @+1 {{required by region isolation constraints}}
  %0 = dlc.cluster() : () -> tensor<4xf32> {
    // expected-error @+1 {{'dlc.neg' op using value defined outside the region}}
    %1 = dlc.neg %a : tensor<4xf32>
    dlc.yield %1 : tensor<4xf32>
  }
  return
}

// -----

func.func @cluster_inputs(%a: tensor<4xf32>) {
  // expected-error @+1 {{'dlc.cluster' op block arguments do not match the inputs}}
  %0 = dlc.cluster(%a) : (tensor<4xf32>) -> tensor<4xf32> {
  ^bb0:
    %y = dlc.iota 0 : tensor<4xf32>
    dlc.yield %y : tensor<4xf32>
  }
  return
}

// -----

func.func @cluster_output(%a: tensor<4xf32>) {
  // expected-error @+1 {{'dlc.cluster' op yielded value does not match the output}}
  %0 = dlc.cluster(%a) : (tensor<4xf32>) -> tensor<5xf32> {
  ^bb0(%x: tensor<4xf32>):
    dlc.yield %x : tensor<4xf32>
  }
  return
}

// -----

func.func @cluster_sizes(%a: tensor<?xf32>) {
  // expected-error @+1 {{'dlc.cluster' op has 0 size operands, but its result type 'tensor<?xf32>' leaves 1 open}}
  %0 = dlc.cluster(%a) : (tensor<?xf32>) -> tensor<?xf32> {
  ^bb0(%x: tensor<?xf32>):
    dlc.yield %x : tensor<?xf32>
  }
  return
}

// -----

func.func @no_yield(%a: tensor<4xf32>) {
  %0 = "dlc.cluster"(%a) <{operandSegmentSizes = array<i32: 1, 0>}> ({
  ^bb0(%x: tensor<4xf32>):
    // expected-error @+1 {{block with no terminator}}
    %y = dlc.neg %x : tensor<4xf32>
  }) : (tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @stray_yield(%a: tensor<4xf32>) {
  // expected-error @+1 {{'dlc.yield' op expects parent op to be one of 'dlc.composite, dlc.cluster, dlc.loop'}}
  dlc.yield %a : tensor<4xf32>
}

// -----

func.func @loop_arguments(%n: index, %go: i1) {
  // expected-error @+1 {{'dlc.loop' op the body's first argument is not an index}}
  dlc.loop %n while %go () : () -> () {
  ^bb0:
    dlc.yield %go : i1
  }
  return
}

// -----

func.func @loop_yields(%n: index, %go: i1) {
  // expected-error @+1 {{'dlc.loop' op the body's first result is not a condition}}
  dlc.loop %n while %go () : () -> () {
  ^bb0(%i: index):
    dlc.yield
  }
  return
}

// -----

func.func @loop_results(%n: index, %go: i1, %x: tensor<?xf32>) {
  // expected-error @+1 {{'dlc.loop' op 0-th region iter_arg and 0-th loop result have different type}}
  %0 = dlc.loop %n while %go (%x) : (tensor<?xf32>) -> tensor<4xf32> {
  ^bb0(%i: index, %t: tensor<?xf32>):
    dlc.yield %go, %t : i1, tensor<?xf32>
  }
  return
}
