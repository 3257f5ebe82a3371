// RUN: dlc-opt -import-onnx -split-input-file -verify-diagnostics %s

// All of a model in one run, each once.
func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = graph.import %x : tensor<4xf32>
  // expected-error @+1 {{'Foo' of domain 'ai.onnx' is not supported in version 13}}
  %1 = graph.node "onnx.Foo"(%0) version 13
  %2 = graph.node "onnx.Foo"(%1) version 13
  // expected-error @+1 {{'Bar' of domain 'com.example' is not supported in version 1}}
  %3 = graph.node "com.example.Bar"(%2) version 1
  // expected-error @+1 {{ONNX Runtime arranged this model for one processor; its level 'extended' is the last}}
  %n = graph.node "com.microsoft.nchwc.ReorderInput"(%3) version 1
  %4 = graph.export %n : tensor<4xf32>
  return %4 : tensor<4xf32>
}

// -----

func.func @main(%x: tensor<4x5xf32>, %y: tensor<3xf32>, %z: tensor<3xi32>) -> tensor<4x5xf32> {
  %0 = graph.import %x : tensor<4x5xf32>
  %1 = graph.import %y : tensor<3xf32>
  %2 = graph.import %z : tensor<3xi32>
  %none = graph.none
  // expected-error @+1 {{shapes 4x5 and 3 can't be broadcast to one}}
  %a = graph.node "onnx.Add"(%0, %1) version 14
  // expected-error @+1 {{operands are of different types, i32 and f32}}
  %b = graph.node "onnx.Add"(%2, %1) version 14
  // expected-error @+1 {{'Add' has 1 inputs, not 2}}
  %c = graph.node "onnx.Add"(%0) version 14
  // expected-error @+1 {{input 0 ('A') is missing}}
  %d = graph.node "onnx.Add"(%none, %0) version 14
  // expected-error @+1 {{attribute 'alpha' must be a float}}
  %e = graph.node "onnx.LeakyRelu"(%0) version 16 {alpha = 1 : i64}
  // expected-error @+1 {{attribute 'beta' is not known to 'LeakyRelu' of version 16}}
  %f = graph.node "onnx.LeakyRelu"(%0) version 16 {beta = 1.0 : f32}
  // expected-error @+1 {{axis 2 is out of range for rank 2}}
  %g = graph.node "onnx.Concat"(%0, %0) version 13 {axis = 2 : i64}
  // expected-error @+1 {{splits into 1099511627776 parts, but has 2 outputs}}
  %parts:2 = graph.node "onnx.Split"(%0) version 18 {num_outputs = 1099511627776 : i64}
  // expected-error @+1 {{the graph 'body' is missing}}
  %h = graph.node "onnx.Loop"(%none, %none, %0) version 13
  // expected-error @+1 {{axes of type tensor<3xi32> don't fit a tensor of rank 2}}
  %i = graph.node "onnx.CumSum"(%0, %2) version 14
  %last = graph.node "onnx.Relu"(%i) version 14
  %4 = graph.export %last : tensor<4x5xf32>
  return %4 : tensor<4x5xf32>
}

// -----

// expected-error @+1 {{output 'y' is declared as 'tensor<4xi32>', but computed as 'tensor<4xf32>'}}
func.func @main(%x: tensor<4xf32>) -> (tensor<4xi32> {graph.name = "y"}) {
  %0 = graph.import %x : tensor<4xf32>
  %1 = graph.node "onnx.Relu"(%0) version 14
  %2 = graph.export %1 : tensor<4xi32>
  return %2 : tensor<4xi32>
}

// -----

// Shapes are not so serious.
// expected-warning @+1 {{output 'y' is declared as 'tensor<5x1xf32>', but computed as 'tensor<4xf32>'}}
func.func @main(%x: tensor<4xf32>) -> (tensor<5x1xf32> {graph.name = "y", graph.dims = ["", ""]}) {
  %0 = graph.import %x : tensor<4xf32>
  %1 = graph.node "onnx.Relu"(%0) version 14
  %2 = graph.export %1 : tensor<5x1xf32>
  return %2 : tensor<5x1xf32>
}

// -----

// expected-error @+1 {{input 's' is of type '!graph.map<i64, tensor<4xf32>>', which is not supported}}
func.func @main(%x: !graph.map<i64, tensor<4xf32>> {graph.name = "s"}) -> tensor<4xf32> {
  %0 = graph.import %x : !graph.map<i64, tensor<4xf32>>
  %1 = graph.node "onnx.Relu"(%0) version 14
  %2 = graph.export %1 : tensor<4xf32>
  return %2 : tensor<4xf32>
}

// -----

func.func @main(%x: tensor<4xf32>) -> tensor<?x?xf32> {
  %0 = graph.import %x : tensor<4xf32>
  %r = graph.weight "r" = dense<4611686018427387904> : tensor<1xi64>
  // expected-error @+1 {{a tensor of shape 4611686018427387904x4 is no tensor or too large}}
  %1 = graph.node "onnx.Tile"(%0, %r) version 13
  %s = graph.weight "s" = dense<[-9223372036854775808, 2]> : tensor<2xi64>
  // expected-error @+1 {{input 1 ('shape') has the size -9223372036854775807}}
  %2 = graph.node "onnx.Reshape"(%0, %s) version 13
  %3 = graph.export %2 : tensor<?x?xf32>
  return %3 : tensor<?x?xf32>
}

// -----

// What a loop or a branch gives has one type, but for its sizes.
func.func @main(%x: tensor<4xf32>, %n: tensor<i64>, %c: tensor<i1>) -> (tensor<4xf32>) {
  %0 = graph.import %x : tensor<4xf32>
  %1 = graph.import %n : tensor<i64>
  %2 = graph.import %c : tensor<i1>
  %none = graph.none
  // expected-error @+1 {{output 0 is tensor<4xf32> in one branch, but tensor<i64> in the other}}
  %a = graph.node "onnx.If"(%2) version 16 "else_branch" {
    graph.yield %1
  } "then_branch" {
    graph.yield %0
  }
  // expected-error @+1 {{the condition is tensor<i64>, expected one bool}}
  %b = graph.node "onnx.If"(%1) version 16 "else_branch" {
    graph.yield %1
  } "then_branch" {
    graph.yield %0
  }
  // expected-error @+1 {{value 0 that a loop carries is tensor<4xf32> at first, then tensor<i64>}}
  %d = graph.node "onnx.Loop"(%1, %none, %0) version 13 "body"(%i, %go, %s) {
    graph.yield %go, %1
  }
  // expected-error @+1 {{the body gives 1 tensors, expected a condition and 1}}
  %e = graph.node "onnx.Loop"(%1, %none, %0) version 13 "body"(%i, %go, %s) {
    graph.yield %go
  }
  // expected-error @+1 {{the graph 'body' takes 2 inputs, expected 3}}
  %f = graph.node "onnx.Loop"(%1, %none, %0) version 13 "body"(%i, %go) {
    graph.yield %go, %0
  }
  // expected-error @+1 {{the loop never ends: it has neither a trip count nor a condition that changes}}
  %g = graph.node "onnx.Loop"(%none, %none, %0) version 13 "body"(%i, %go, %s) {
    graph.yield %go, %s
  }
  // expected-error @+1 {{attribute 'scan_input_axes' has 2 values, expected 1}}
  %h = graph.node "onnx.Scan"(%0) version 11 {num_scan_inputs = 1 : i64, scan_input_axes = [0, 0]} "body"(%r) {
    graph.yield %r
  }
  // expected-error @+1 {{scan input of type tensor<4xf32> has no such axis}}
  %j = graph.node "onnx.Scan"(%0) version 11 {num_scan_inputs = 1 : i64, scan_input_axes = [1]} "body"(%r) {
    graph.yield %r
  }
  // expected-error @+1 {{1 inputs and 1 outputs don't fit 2 scan inputs}}
  %k = graph.node "onnx.Scan"(%0) version 11 {num_scan_inputs = 2 : i64} "body"(%r) {
    graph.yield %r
  }
  %3 = graph.export %k : tensor<4xf32>
  return %3 : tensor<4xf32>
}

// -----

func.func @main(%x: tensor<4xf32>, %d: tensor<?xf32>, %n: tensor<i64>) -> (tensor<i64>) {
  %0 = graph.import %x : tensor<4xf32>
  %1 = graph.import %n : tensor<i64>
  %2 = graph.import %d : tensor<?xf32>
  %nine = graph.weight "nine" = dense<9> : tensor<i64>
  %scalar = graph.weight "scalar" = dense<1.0> : tensor<f32>
  %s = graph.node "onnx.SequenceConstruct"(%0, %0) version 11
  // expected-error @+1 {{'Relu' does not take input 0, a sequence}}
  %a = graph.node "onnx.Relu"(%s) version 14
  // expected-error @+1 {{position 9 is out of range for a sequence of 2}}
  %b = graph.node "onnx.SequenceAt"(%s, %nine) version 11
  %mixed = graph.node "onnx.SequenceConstruct"(%0, %scalar) version 11
  // expected-error @+1 {{the rank of the sequence's tensors is not known}}
  %c = graph.node "onnx.SequenceAt"(%mixed, %1) version 11
  // expected-error @+1 {{input 0 is of type tensor<4xf32>, expected a sequence}}
  %e = graph.node "onnx.SequenceLength"(%0) version 11
  // expected-error @+1 {{a sequence of tensors of type f32 can't hold tensor<i64>}}
  %f = graph.node "onnx.SequenceInsert"(%s, %1) version 11
  %zero = graph.weight "zero" = dense<0> : tensor<i64>
  // expected-error @+1 {{'split' is not a positive number}}
  %g = graph.node "onnx.SplitToSequence"(%2, %zero) version 11
  %empty = graph.node "onnx.SequenceEmpty"() version 11
  // expected-error @+1 {{an empty sequence has nothing to join}}
  %h = graph.node "onnx.ConcatFromSequence"(%empty) version 11 {axis = 0 : i64}
  %last = graph.node "onnx.SequenceLength"(%h) version 11
  %3 = graph.export %last : tensor<i64>
  return %3 : tensor<i64>
}

// -----

// expected-error @+1 {{input 's' is of type '!graph.sequence<!graph.map<i64, tensor<f32>>>', which is not supported}}
func.func @main(%s: !graph.sequence<!graph.map<i64, tensor<f32>>> {graph.name = "s"}) -> (tensor<f32>) {
  %0 = graph.import %s : !graph.sequence<!graph.map<i64, tensor<f32>>>
  %1 = graph.export %0 : tensor<f32>
  return %1 : tensor<f32>
}

// -----

// expected-error @+1 {{output 'y' is declared as '!graph.sequence<tensor<2xf32>>', but computed as '!dlc.sequence<tensor<3xf32>>'}}
func.func @main(%s: !graph.sequence<tensor<3xf32>> {graph.name = "s"}) -> (!graph.sequence<tensor<2xf32>> {graph.name = "y"}) {
  %0 = graph.import %s : !graph.sequence<tensor<3xf32>>
  %1 = graph.export %0 : !graph.sequence<tensor<2xf32>>
  return %1 : !graph.sequence<tensor<2xf32>>
}

// -----

func.func @main(%s: !graph.sequence<tensor<?xf32>>, %c: tensor<i1>, %x: tensor<?xi64>) -> (tensor<i64>) {
  %0 = graph.import %s : !graph.sequence<tensor<?xf32>>
  %1 = graph.import %c : tensor<i1>
  %2 = graph.import %x : tensor<?xi64>
  %none = graph.none
  // expected-error @+1 {{'If' does not take input 0, a sequence or an optional}}
  %a = graph.node "onnx.If"(%0) version 16 "else_branch" {
    graph.yield %0
  } "then_branch" {
    graph.yield %0
  }
  // expected-error @+1 {{output 0 is tensor<?xi64> in one branch, but !dlc.sequence<tensor<?xf32>> in the other}}
  %b = graph.node "onnx.If"(%1) version 16 "else_branch" {
    graph.yield %0
  } "then_branch" {
    graph.yield %2
  }
  // expected-error @+1 {{input 0 is of type !dlc.sequence<tensor<?xf32>>, expected a tensor}}
  %d = graph.node "onnx.Loop"(%0, %1) version 16 "body"(%i, %go) {
    graph.yield %go
  }
  // expected-error @+1 {{a sequence can't be a scan output}}
  %e = graph.node "onnx.Loop"(%none, %1) version 16 "body"(%i, %go) {
    graph.yield %go, %0
  }
  // expected-error @+1 {{the graph 'body' gives a value of type !dlc.sequence<tensor<?xf32>>, expected a tensor}}
  %f = graph.node "onnx.SequenceMap"(%0) version 17 "body"(%t) {
    graph.yield %0
  }
  %length = graph.node "onnx.SequenceLength"(%0) version 11
  %3 = graph.export %length : tensor<i64>
  return %3 : tensor<i64>
}

// -----

// Nothing comes behind the branches that could take either rank.
func.func @main(%x: tensor<?x?xf32>, %c: tensor<i1>) -> !graph.value {
  %0 = graph.import %x : tensor<?x?xf32>
  %1 = graph.import %c : tensor<i1>
  %axes = graph.weight "axes" = dense<1> : tensor<1xi64>
  // expected-error @+1 {{output 0 is tensor<?xf32> in one branch, but tensor<?x?xf32> in the other}}
  %2 = graph.node "onnx.If"(%1) version 16 "else_branch" {
    graph.yield %0
  } "then_branch" {
    %5 = graph.node "onnx.Squeeze"(%0, %axes) version 16
    graph.yield %5
  }
  %3 = graph.node "onnx.Neg"(%2) version 16
  return %3 : !graph.value
}
