// RUN: dlc-opt -split-input-file -import-onnx %s | FileCheck %s

// A branch that is known is inlined.
// CHECK-LABEL: func.func @main
// CHECK-NEXT: dlc.neg
// CHECK-NEXT: return
func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = graph.import %x : tensor<4xf32>
  %c = graph.weight "c" = dense<false> : tensor<i1>
  %1 = graph.node "onnx.If"(%c) version 16 "else_branch" {
    %n = graph.node "onnx.Neg"(%0) version 13
    graph.yield %n
  } "then_branch" {
    graph.yield %0
  }
  %2 = graph.export %1 : tensor<4xf32>
  return %2 : tensor<4xf32>
}

// -----

// Sizes in which the branches differ are open. What both hand on does not go
// through them.
// CHECK-LABEL: func.func @main
// CHECK-SAME:  (%[[X:.*]]: tensor<?x4xf32>, %{{.*}}: tensor<i1>)
// CHECK:       %[[IF:.*]]:2 = scf.if %{{.*}} -> (tensor<?x4xf32>, tensor<?x4xf32>) {
// CHECK:         dlc.neg %[[X]]
// CHECK:       } else {
// CHECK:         %[[TWO:.*]] = dlc.concat %[[X]], %[[X]]
// CHECK:         scf.yield %[[TWO]]
// CHECK:       return %[[IF]]#0, %[[X]]
func.func @main(%x: tensor<?x4xf32>, %c: tensor<i1>) -> (tensor<?x4xf32>, tensor<?x4xf32>) {
  %0 = graph.import %x : tensor<?x4xf32>
  %1 = graph.import %c : tensor<i1>
  %2:2 = graph.node "onnx.If"(%1) version 16 "else_branch" {
    %two = graph.node "onnx.Concat"(%0, %0) version 13 {axis = 0 : i64}
    graph.yield %two, %0
  } "then_branch" {
    %n = graph.node "onnx.Neg"(%0) version 13
    graph.yield %n, %0
  }
  %3 = graph.export %2#0 : tensor<?x4xf32>
  %4 = graph.export %2#1 : tensor<?x4xf32>
  return %3, %4 : tensor<?x4xf32>, tensor<?x4xf32>
}

// -----

// What keeps its shape says so. The stack's size is known from the count; not
// where a condition may end the loop: rows are appended then.
// CHECK-LABEL: func.func @main
// CHECK:       dlc.loop %[[N:.*]] while %true{{.*}} : (tensor<2xf32>, tensor<?xf32>, tensor<?x2xf32>, index) ->
// CHECK:       ^bb0(%[[I:.*]]: index, %[[P:.*]]: tensor<2xf32>, %[[Q:.*]]: tensor<?xf32>, %[[S:.*]]: tensor<?x2xf32>, %{{.*}}: index):
// CHECK:         %[[ADD:.*]] = dlc.add %[[P]]
// CHECK:         %[[CAT:.*]] = dlc.concat %[[Q]], %[[P]]
// CHECK:         %[[ALL:.*]] = dlc.insert %{{.*}} into %[[S]] at %[[I]]
// CHECK:         dlc.yield %true{{.*}}, %[[ADD]], %[[CAT]], %[[ALL]]
// CHECK:       dlc.loop %{{.*}} while %true{{.*}} : (tensor<2xf32>, tensor<?x2xf32>, index) ->
// CHECK:       ^bb0(%{{.*}}: index, %[[P:.*]]: tensor<2xf32>, %[[S:.*]]: tensor<?x2xf32>, %{{.*}}: index):
// CHECK:         %[[GO:.*]] = arith.cmpi ne
// CHECK:         %[[ALL:.*]] = dlc.concat %[[S]], %{{.*}} axis = 0
// CHECK:         dlc.yield %[[GO]], %{{.*}}, %[[ALL]]
func.func @main(%x: tensor<2xf32>, %n: tensor<i64>) -> (tensor<?x2xf32>, tensor<?x2xf32>) {
  %0 = graph.import %x : tensor<2xf32>
  %1 = graph.import %n : tensor<i64>
  %none = graph.none
  %2:3 = graph.node "onnx.Loop"(%1, %none, %0, %0) version 13 "body"(%i, %go, %p, %q) {
    %a = graph.node "onnx.Add"(%p, %0) version 14
    %c = graph.node "onnx.Concat"(%q, %p) version 13 {axis = 0 : i64}
    graph.yield %go, %a, %c, %a
  }
  %yes = graph.weight "yes" = dense<true> : tensor<i1>
  %3:2 = graph.node "onnx.Loop"(%1, %yes, %0) version 13 "body"(%i, %go, %p) {
    %a = graph.node "onnx.Add"(%p, %0) version 14
    %s = graph.node "onnx.ReduceSum"(%a, %none) version 13 {keepdims = 0 : i64}
    %w = graph.weight "w" = dense<9.0> : tensor<f32>
    %l = graph.node "onnx.Less"(%s, %w) version 13
    graph.yield %l, %a, %a
  }
  %4 = graph.export %2#2 : tensor<?x2xf32>
  %5 = graph.export %3#1 : tensor<?x2xf32>
  return %4, %5 : tensor<?x2xf32>, tensor<?x2xf32>
}

// -----

// A single element may have a dimension more in one branch.
// CHECK-LABEL: func.func @main
// CHECK:       scf.if %{{.*}} -> (tensor<1xf32>) {
// CHECK:         dlc.neg
// CHECK:       } else {
// CHECK:         dlc.reshape %{{.*}} : tensor<f32> -> tensor<1xf32>
func.func @main(%x: tensor<1xf32>, %y: tensor<f32>, %c: tensor<i1>) -> tensor<1xf32> {
  %0 = graph.import %x : tensor<1xf32>
  %1 = graph.import %y : tensor<f32>
  %2 = graph.import %c : tensor<i1>
  %3 = graph.node "onnx.If"(%2) version 16 "else_branch" {
    %n = graph.node "onnx.Abs"(%1) version 13
    graph.yield %n
  } "then_branch" {
    %n = graph.node "onnx.Neg"(%0) version 13
    graph.yield %n
  }
  %4 = graph.export %3 : tensor<1xf32>
  return %4 : tensor<1xf32>
}

// -----

// Of a loop without a condition the body's is ignored; in each step drawn numbers
// are others.
// CHECK-LABEL: func.func @main
// CHECK:       dlc.loop %{{.*}} while
// CHECK:       ^bb0(%[[I:.*]]: index,
// CHECK:         arith.index_cast %[[I]]
// CHECK:         dlc.xor
// CHECK:         dlc.yield %true
func.func @main(%x: tensor<2xf32>, %n: tensor<i64>) -> tensor<2xf32> {
  %0 = graph.import %x : tensor<2xf32>
  %1 = graph.import %n : tensor<i64>
  %none = graph.none
  %2 = graph.node "onnx.Loop"(%1, %none, %0) version 13 "body"(%i, %go, %p) {
    %r = graph.node "onnx.RandomUniformLike"(%p) version 1
    %a = graph.node "onnx.Add"(%p, %r) version 14
    %w = graph.weight "w" = dense<2> : tensor<i64>
    %l = graph.node "onnx.Less"(%i, %w) version 13
    graph.yield %l, %a
  }
  %3 = graph.export %2 : tensor<2xf32>
  return %3 : tensor<2xf32>
}

// -----

// A few steps are straight code.
// CHECK-LABEL: func.func @main
// CHECK-NOT:   dlc.loop
// CHECK:       dlc.concat
// CHECK:       dlc.concat
// CHECK-NOT:   dlc.concat
// CHECK:       return %{{.*}} : tensor<6xf32>
func.func @main(%x: tensor<2xf32>) -> (tensor<6xf32>) {
  %0 = graph.import %x : tensor<2xf32>
  %n = graph.weight "n" = dense<2> : tensor<i64>
  %none = graph.none
  %1 = graph.node "onnx.Loop"(%n, %none, %0) version 13 "body"(%i, %go, %p) {
    %c = graph.node "onnx.Concat"(%p, %0) version 13 {axis = 0 : i64}
    graph.yield %go, %c
  }
  %2 = graph.export %1 : tensor<6xf32>
  return %2 : tensor<6xf32>
}

// -----

// Nothing is left of a sequence but its tensors.
// CHECK-LABEL: func.func @main
// CHECK-SAME:  (%[[X:.*]]: tensor<2xf32>, %[[Y:.*]]: tensor<3xf32>)
// CHECK-NEXT:  %[[N:.*]] = dlc.neg %[[X]]
// CHECK-NEXT:  %[[ALL:.*]] = dlc.concat %[[Y]], %[[X]], %[[N]] axis = 0
// CHECK-NEXT:  return %[[ALL]]
func.func @main(%x: tensor<2xf32>, %y: tensor<3xf32>) -> (tensor<7xf32>) {
  %0 = graph.import %x : tensor<2xf32>
  %1 = graph.import %y : tensor<3xf32>
  %first = graph.weight "first" = dense<0> : tensor<i64>
  %2 = graph.node "onnx.Neg"(%0) version 13
  %3 = graph.node "onnx.SequenceConstruct"(%0, %2) version 11
  %4 = graph.node "onnx.SequenceInsert"(%3, %1, %first) version 11
  %5 = graph.node "onnx.Identity"(%4) version 16
  %6 = graph.node "onnx.ConcatFromSequence"(%5) version 11 {axis = 0 : i64}
  %7 = graph.export %6 : tensor<7xf32>
  return %7 : tensor<7xf32>
}

// -----

// A condition on sizes that are known is none.
// CHECK-LABEL: func.func @main
// CHECK-NOT:   scf.if
// CHECK:       return %{{.*}} : tensor<?x4xf32>
func.func @main(%x: tensor<?x1x4xf32>) -> !graph.value {
  %0 = graph.import %x : tensor<?x1x4xf32>
  %one = graph.weight "one" = dense<1> : tensor<i64>
  %axes = graph.weight "axes" = dense<1> : tensor<1xi64>
  %1 = graph.node "onnx.Shape"(%0) version 16
  %2 = graph.node "onnx.Gather"(%1, %one) version 16
  %3 = graph.node "onnx.Equal"(%2, %one) version 16
  %4 = graph.node "onnx.If"(%3) version 16 "else_branch" {
    graph.yield %0
  } "then_branch" {
    %5 = graph.node "onnx.Squeeze"(%0, %axes) version 16
    graph.yield %5
  }
  return %4 : !graph.value
}

// -----

// Branches of two ranks: what comes behind is in both of them, but for what the
// model's outputs don't fit, which is an error of the run.
// CHECK-LABEL: func.func @main
// CHECK-SAME:  (%[[X:.*]]: tensor<?x?xf32>, %[[C:.*]]: tensor<i1>)
// CHECK:       %[[IF:.*]] = scf.if %{{.*}} -> (tensor<f32>) {
// CHECK:         dlc.neg %{{.*}} : tensor<?xf32>
// CHECK:       } else {
// CHECK:         dlc.neg %[[X]] : tensor<?x?xf32>
// CHECK:       return %[[IF]]
func.func @main(%x: tensor<?x?xf32>, %c: tensor<i1>) -> tensor<f32> {
  %0 = graph.import %x : tensor<?x?xf32>
  %1 = graph.import %c : tensor<i1>
  %axes = graph.weight "axes" = dense<1> : tensor<1xi64>
  %2 = graph.node "onnx.If"(%1) version 16 "else_branch" {
    graph.yield %0
  } "then_branch" {
    %5 = graph.node "onnx.Squeeze"(%0, %axes) version 16
    graph.yield %5
  }
  %3 = graph.node "onnx.Neg"(%2) version 16
  %4 = graph.node "onnx.ReduceSum"(%3) version 16 {keepdims = 0 : i64}
  %r = graph.export %4 : tensor<f32>
  return %r : tensor<f32>
}

// -----

// CHECK-LABEL: func.func @main
// CHECK:       dlc.check %{{.*}}, "the rest of the model does not fit the 'else_branch', which is taken (output 0 is tensor<?xf32> in one branch, but tensor<?x?xf32> in the other): the model's output is of another rank"
// CHECK-NOT:   scf.if
// CHECK:       return %{{.*}} : tensor<?xf32>
func.func @main(%x: tensor<?x?xf32>, %c: tensor<i1>) -> tensor<?xf32> {
  %0 = graph.import %x : tensor<?x?xf32>
  %1 = graph.import %c : tensor<i1>
  %axes = graph.weight "axes" = dense<1> : tensor<1xi64>
  %2 = graph.node "onnx.If"(%1) version 16 "else_branch" {
    graph.yield %0
  } "then_branch" {
    %5 = graph.node "onnx.Squeeze"(%0, %axes) version 16
    graph.yield %5
  }
  %3 = graph.node "onnx.Neg"(%2) version 16
  %r = graph.export %3 : tensor<?xf32>
  return %r : tensor<?xf32>
}
