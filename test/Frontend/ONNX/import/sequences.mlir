// RUN: dlc-opt -split-input-file -import-onnx %s | FileCheck %s

// A position that only the run knows may count from the end, and is checked.
// CHECK-LABEL: func.func @main
// CHECK-SAME:  (%[[S:.*]]: !dlc.sequence<tensor<?xf32>>, %{{.*}}: tensor<i64>) -> tensor<?xf32>
// CHECK:       %[[AT:.*]] = arith.index_cast
// CHECK:       %[[N:.*]] = dlc.sequence_length %[[S]]
// CHECK:       %[[NEGATIVE:.*]] = arith.cmpi slt, %[[AT]], %{{.*}}
// CHECK:       %[[FROM:.*]] = arith.select %[[NEGATIVE]]
// CHECK:       dlc.check %{{.*}}, "position % is out of range for a sequence of %"(%[[AT]], %[[N]])
// CHECK:       %[[T:.*]] = dlc.sequence_at %[[S]][%[[FROM]]]
// CHECK:       return %[[T]]
func.func @main(%s: !graph.sequence<tensor<?xf32>>, %i: tensor<i64>) -> tensor<?xf32> {
  %0 = graph.import %s : !graph.sequence<tensor<?xf32>>
  %1 = graph.import %i : tensor<i64>
  %2 = graph.node "onnx.SequenceAt"(%0, %1) version 11
  %3 = graph.export %2 : tensor<?xf32>
  return %3 : tensor<?xf32>
}

// -----

// Of what a loop carries it is found what all steps' tensors have in common.
// CHECK-LABEL: func.func @main
// CHECK-SAME:  -> !dlc.sequence<tensor<?x4xf32>>
// CHECK:       %[[EMPTY:.*]] = dlc.sequence_make() : () -> !dlc.sequence<f32>
// CHECK:       %[[START:.*]] = dlc.sequence_cast %[[EMPTY]] : !dlc.sequence<f32> to !dlc.sequence<tensor<?x4xf32>>
// CHECK:       %[[ALL:.*]]:2 = dlc.loop %{{.*}} while %{{.*}}(%[[START]], %{{.*}})
// CHECK:         %[[NEXT:.*]] = dlc.sequence_insert %{{.*}} into %{{.*}} at %{{.*}} : tensor<?x4xf32>, <tensor<?x4xf32>> -> <tensor<?x4xf32>>
// CHECK:         dlc.yield %{{.*}}, %[[NEXT]], %{{.*}}
// CHECK:       return %[[ALL]]#0
func.func @main(%n: tensor<i64>, %x: tensor<?x4xf32>) -> !graph.sequence<tensor<*xf32>> {
  %0 = graph.import %n : tensor<i64>
  %1 = graph.import %x : tensor<?x4xf32>
  %none = graph.none
  %empty = graph.node "onnx.SequenceEmpty"() version 11
  %2 = graph.node "onnx.Loop"(%0, %none, %empty) version 16 "body"(%i, %go, %s) {
    %t = graph.node "onnx.SequenceInsert"(%s, %1) version 11
    graph.yield %go, %t
  }
  %3 = graph.export %2 : !graph.sequence<tensor<*xf32>>
  return %3 : !graph.sequence<tensor<*xf32>>
}

// -----

// So it is of branches.
// CHECK-LABEL: func.func @main
// CHECK:       scf.if %{{.*}} -> (!dlc.sequence<tensor<?xf32>>)
// CHECK:         %[[A:.*]] = dlc.sequence_make(%{{.*}}) : (tensor<2xf32>) -> !dlc.sequence<tensor<2xf32>>
// CHECK:         %[[B:.*]] = dlc.sequence_cast %[[A]]
// CHECK:         scf.yield %[[B]]
// CHECK:       } else {
// CHECK:         dlc.sequence_make(%{{.*}}, %{{.*}}) : (tensor<3xf32>, tensor<3xf32>)
func.func @main(%c: tensor<i1>, %x: tensor<2xf32>, %y: tensor<3xf32>) -> !graph.value {
  %0 = graph.import %c : tensor<i1>
  %1 = graph.import %x : tensor<2xf32>
  %2 = graph.import %y : tensor<3xf32>
  %3 = graph.node "onnx.If"(%0) version 16 "else_branch" {
    %b = graph.node "onnx.SequenceConstruct"(%2, %2) version 11
    graph.yield %b
  } "then_branch" {
    %a = graph.node "onnx.SequenceConstruct"(%1) version 11
    graph.yield %a
  }
  return %3 : !graph.value
}

// -----

// An optional is asked for what it holds once it has been checked.
// CHECK-LABEL: func.func @main
// CHECK-SAME:  (%[[O:.*]]: !dlc.optional<tensor<2xf32>>, %[[P:.*]]: !dlc.optional<!dlc.sequence<tensor<*xf32>>>)
// CHECK:       %[[HAS:.*]] = dlc.sequence_has %[[O]]
// CHECK:       dlc.check %[[HAS]], "the optional is empty"
// CHECK:       %[[X:.*]] = dlc.sequence_at %[[O]][%{{.*}}]
// CHECK:       dlc.check
// CHECK:       %[[S:.*]] = dlc.sequence_cast %[[P]]
// CHECK:       return %[[X]], %[[S]]
func.func @main(%o: !graph.optional<tensor<2xf32>>, %p: !graph.optional<!graph.sequence<tensor<*xf32>>>) -> (tensor<2xf32>, !graph.sequence<tensor<*xf32>>) {
  %0 = graph.import %o : !graph.optional<tensor<2xf32>>
  %1 = graph.import %p : !graph.optional<!graph.sequence<tensor<*xf32>>>
  %2 = graph.node "onnx.OptionalGetElement"(%0) version 18
  %3 = graph.node "onnx.OptionalGetElement"(%1) version 18
  %4 = graph.export %2 : tensor<2xf32>
  %5 = graph.export %3 : !graph.sequence<tensor<*xf32>>
  return %4, %5 : tensor<2xf32>, !graph.sequence<tensor<*xf32>>
}

// -----

// Nothing is left of an optional that is known.
// CHECK-LABEL: func.func @main
// CHECK-SAME:  (%[[X:.*]]: tensor<2xf32>)
// CHECK-DAG:   %[[YES:.*]] = dlc.constant dense<true>
// CHECK-DAG:   %[[NO:.*]] = dlc.constant dense<false>
// CHECK:       return %[[X]], %[[YES]], %[[NO]]
func.func @main(%x: tensor<2xf32>) -> (tensor<2xf32>, tensor<i1>, tensor<i1>) {
  %0 = graph.import %x : tensor<2xf32>
  %1 = graph.node "onnx.Optional"(%0) version 16
  %2 = graph.node "onnx.OptionalGetElement"(%1) version 16
  %3 = graph.node "onnx.OptionalHasElement"(%1) version 16
  %4 = graph.node "onnx.Optional"() version 16 {type = tensor<2xf32>}
  %5 = graph.node "onnx.OptionalHasElement"(%4) version 16
  %6 = graph.export %2 : tensor<2xf32>
  %7 = graph.export %3 : tensor<i1>
  %8 = graph.export %5 : tensor<i1>
  return %6, %7, %8 : tensor<2xf32>, tensor<i1>, tensor<i1>
}

// -----

// As many parts as only the run knows; as many calls as tensors.
// CHECK-LABEL: func.func @main
// CHECK-SAME:  -> !dlc.sequence<tensor<2xi64>>
// CHECK:       dlc.check %{{.*}}, "'split' is %, not a positive number"
// CHECK:       %[[PARTS:.*]]:2 = dlc.loop
// CHECK:         %[[PART:.*]] = dlc.slice
// CHECK:         dlc.sequence_insert %[[PART]]
// CHECK:       %[[SHAPES:.*]]:2 = dlc.loop
// CHECK:         dlc.sequence_at %[[PARTS]]#0
// CHECK:         dlc.sequence_insert
// CHECK:       return %[[SHAPES]]#0
func.func @main(%x: tensor<?x3xf32>, %n: tensor<i64>) -> !graph.sequence<tensor<2xi64>> {
  %0 = graph.import %x : tensor<?x3xf32>
  %1 = graph.import %n : tensor<i64>
  %2 = graph.node "onnx.SplitToSequence"(%0, %1) version 11
  %3 = graph.node "onnx.SequenceMap"(%2) version 17 "body"(%t) {
    %s = graph.node "onnx.Shape"(%t) version 15
    graph.yield %s
  }
  %4 = graph.export %3 : !graph.sequence<tensor<2xi64>>
  return %4 : !graph.sequence<tensor<2xi64>>
}
