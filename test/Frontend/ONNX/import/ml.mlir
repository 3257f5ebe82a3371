// Operators of domain ai.onnx.ml.
//
// RUN: dlc-opt -import-onnx -split-input-file %s | FileCheck %s

// All trees of all rows take a step at a time.
// CHECK-LABEL: func.func @main
// CHECK: scf.for
// CHECK: dlc.le
// CHECK: dlc.gather
// CHECK: scf.yield
// CHECK: dlc.gather
// CHECK: dlc.reduce
func.func @main(%a0: tensor<2x3xf32>) -> !graph.value {
  %0 = graph.import %a0 : tensor<2x3xf32>
  %r = graph.node "ai.onnx.ml.TreeEnsembleRegressor"(%0) version 1 {nodes_treeids = array<i64: 0, 0, 0>, nodes_nodeids = array<i64: 0, 1, 2>, nodes_featureids = array<i64: 0, 0, 0>, nodes_modes = ["BRANCH_LEQ", "LEAF", "LEAF"], nodes_values = array<f32: 0.5, 0.0, 0.0>, nodes_truenodeids = array<i64: 1, 0, 0>, nodes_falsenodeids = array<i64: 2, 0, 0>, target_treeids = array<i64: 0>, target_nodeids = array<i64: 1>, target_ids = array<i64: 0>, target_weights = array<f32: 1.0>}
  return %r : !graph.value
}

// -----

// Nodes that ask in different ways say how.
// CHECK-LABEL: func.func @main
// CHECK: scf.for
// CHECK: dlc.eq
// CHECK: dlc.gt
// CHECK: dlc.or
// CHECK: scf.yield
func.func @main(%a0: tensor<2x3xf32>) -> !graph.value {
  %0 = graph.import %a0 : tensor<2x3xf32>
  %r = graph.node "ai.onnx.ml.TreeEnsembleRegressor"(%0) version 1 {nodes_treeids = array<i64: 0, 0, 0>, nodes_nodeids = array<i64: 0, 1, 2>, nodes_featureids = array<i64: 0, 0, 0>, nodes_modes = ["BRANCH_GTE", "LEAF", "LEAF"], nodes_values = array<f32: 0.5, 0.0, 0.0>, nodes_truenodeids = array<i64: 1, 0, 0>, nodes_falsenodeids = array<i64: 2, 0, 0>, target_treeids = array<i64: 0>, target_nodeids = array<i64: 1>, target_ids = array<i64: 0>, target_weights = array<f32: 1.0>}
  return %r : !graph.value
}

// -----

// CHECK-LABEL: func.func @main
// CHECK: dlc.matmul
// CHECK: dlc.arg_reduce
// CHECK: dlc.gather
func.func @main(%a0: tensor<2x3xf32>) -> !graph.value {
  %0 = graph.import %a0 : tensor<2x3xf32>
  %r:2 = graph.node "ai.onnx.ml.LinearClassifier"(%0) version 1 {coefficients = array<f32: 1.0, 2.0, 3.0, 4.0, 5.0, 6.0>, classlabels_ints = array<i64: 4, 2>, post_transform = "SOFTMAX"}
  return %r#0 : !graph.value
}

// -----

// Classes that are numbered need no table.
// CHECK-LABEL: func.func @main
// CHECK: dlc.arg_reduce
// CHECK-NOT: dlc.gather
// CHECK: return
func.func @main(%a0: tensor<2x3xf32>) -> !graph.value {
  %0 = graph.import %a0 : tensor<2x3xf32>
  %r:2 = graph.node "ai.onnx.ml.LinearClassifier"(%0) version 1 {coefficients = array<f32: 1.0, 2.0, 3.0, 4.0, 5.0, 6.0>, classlabels_ints = array<i64: 0, 1>}
  return %r#0 : !graph.value
}

// -----

// A category that is unknown is a row that is not there.
// CHECK-LABEL: func.func @main
// CHECK: dlc.eq
// CHECK: dlc.select
// CHECK: dlc.gather
func.func @main(%a0: tensor<3xi64>) -> !graph.value {
  %0 = graph.import %a0 : tensor<3xi64>
  %r = graph.node "ai.onnx.ml.OneHotEncoder"(%0) version 1 {cats_int64s = array<i64: 5, 7>, zeros = 0 : i64}
  return %r : !graph.value
}

// -----

// CHECK-LABEL: func.func @main
// CHECK: dlc.eq
// CHECK: dlc.is_nan
// CHECK: dlc.gather
// CHECK: dlc.select
func.func @main(%a0: tensor<3xf32>) -> !graph.value {
  %0 = graph.import %a0 : tensor<3xf32>
  %r = graph.node "ai.onnx.ml.LabelEncoder"(%0) version 2 {keys_floats = array<f32: 5.0, 7.0>, values_int64s = array<i64: 5, 7>}
  return %r : !graph.value
}

// -----

// CHECK-LABEL: func.func @main
// CHECK: dlc.is_nan
// CHECK: dlc.select
func.func @main(%a0: tensor<3x2xf32>) -> !graph.value {
  %0 = graph.import %a0 : tensor<3x2xf32>
  %r = graph.node "ai.onnx.ml.Imputer"(%0) version 1 {imputed_value_floats = array<f32: 5.0, 7.0>, replaced_value_float = 0x7FC00000 : f32}
  return %r : !graph.value
}

// -----

// CHECK-LABEL: func.func @main
// CHECK: dlc.pad
// CHECK: dlc.slice
// CHECK: dlc.concat
func.func @main(%a0: tensor<3x2xf32>, %a1: tensor<3x4xi64>) -> !graph.value {
  %0 = graph.import %a0 : tensor<3x2xf32>
  %1 = graph.import %a1 : tensor<3x4xi64>
  %r = graph.node "ai.onnx.ml.FeatureVectorizer"(%0, %1) version 1 {inputdimensions = array<i64: 3, 1>}
  return %r : !graph.value
}

// -----

// Distances are those of differences.
// CHECK-LABEL: func.func @main
// CHECK: dlc.sub
// CHECK: dlc.reduce
// CHECK: dlc.exp
// CHECK: dlc.matmul
func.func @main(%a0: tensor<2x3xf32>) -> !graph.value {
  %0 = graph.import %a0 : tensor<2x3xf32>
  %r = graph.node "ai.onnx.ml.SVMRegressor"(%0) version 1 {kernel_params = array<f32: 0.5, 0.0, 2.0>, rho = array<f32: 0.1>, kernel_type = "RBF", coefficients = array<f32: 1.0>, n_supports = 1 : i64, support_vectors = array<f32: 1.0, 2.0, 3.0>}
  return %r : !graph.value
}

// -----

// Each pair of classes votes.
// CHECK-LABEL: func.func @main
// CHECK-COUNT-2: dlc.matmul
// CHECK: dlc.gt
// CHECK: dlc.matmul
// CHECK: dlc.arg_reduce
func.func @main(%a0: tensor<2x3xf32>) -> !graph.value {
  %0 = graph.import %a0 : tensor<2x3xf32>
  %r:2 = graph.node "ai.onnx.ml.SVMClassifier"(%0) version 1 {kernel_params = array<f32: 0.5, 0.0, 2.0>, rho = array<f32: 0.1>, classlabels_ints = array<i64: 0, 1>, vectors_per_class = array<i64: 1, 1>, support_vectors = array<f32: 1.0, 2.0, 3.0, 4.0, 5.0, 6.0>, coefficients = array<f32: 1.0, 2.0>}
  return %r#0 : !graph.value
}

// -----

// A map is two to the outside: its values and its keys.
// CHECK-LABEL: func.func @main
// CHECK-SAME: (%[[V:.*]]: tensor<?xf32> {dlc.dims = ["m.size"], dlc.name = "m"}, %[[K:.*]]: tensor<?x{{.*}}> {dlc.dims = ["m.size"], dlc.name = "m.keys"}, %[[X:.*]]: tensor<?x2xf32> {dlc.name = "x"})
// CHECK-SAME: -> (tensor<?x2xf32> {dlc.name = "p"}, tensor<2xi64> {dlc.name = "p.keys"}, tensor<1x2xf32> {dlc.name = "y"})
// CHECK: %[[G:.*]] = dlc.gather
// CHECK: %[[Y:.*]] = dlc.reshape %[[G]] : tensor<2xf32> -> tensor<1x2xf32>
// CHECK: return %[[X]], %{{.*}}, %[[Y]]
func.func @main(%m: !graph.map<!graph.string, tensor<f32>> {graph.name = "m"}, %x: tensor<?x2xf32> {graph.name = "x"})
    -> (!graph.sequence<!graph.map<i64, tensor<f32>>> {graph.name = "p"}, !graph.value {graph.name = "y"}) {
  %0 = graph.import %m : !graph.map<!graph.string, tensor<f32>>
  %1 = graph.import %x : tensor<?x2xf32>
  %p = graph.node "ai.onnx.ml.ZipMap"(%1) version 1 {classlabels_int64s = array<i64: 4, 5>}
  %y = graph.node "ai.onnx.ml.DictVectorizer"(%0) version 1 {string_vocabulary = ["a", "b"]}
  %2 = graph.export %p : !graph.sequence<!graph.map<i64, tensor<f32>>>
  return %2, %y : !graph.sequence<!graph.map<i64, tensor<f32>>>, !graph.value
}
