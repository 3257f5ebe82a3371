// Malformed nodes of domain ai.onnx.ml.
//
// RUN: dlc-opt -import-onnx -split-input-file -verify-diagnostics %s

func.func @main(%a0: tensor<2x3xf32>) -> !graph.value {
  %0 = graph.import %a0 : tensor<2x3xf32>
  // expected-error @+1 {{attribute 'scale' has 2 entries for 3 features}}
  %r = graph.node "ai.onnx.ml.Scaler"(%0) version 1 {scale = array<f32: 1.0, 2.0>}
  return %r : !graph.value
}

// -----

func.func @main(%a0: tensor<2x3xf32>) -> !graph.value {
  %0 = graph.import %a0 : tensor<2x3xf32>
  // expected-error @+1 {{attribute 'norm' is 'L3', expected MAX, L1 or L2}}
  %r = graph.node "ai.onnx.ml.Normalizer"(%0) version 1 {norm = "L3"}
  return %r : !graph.value
}

// -----

func.func @main(%a0: tensor<2x3x4xf32>) -> !graph.value {
  %0 = graph.import %a0 : tensor<2x3x4xf32>
  // expected-error @+1 {{input 'X' has rank 3, expected 1 or 2}}
  %r = graph.node "ai.onnx.ml.Normalizer"(%0) version 1 {norm = "L1"}
  return %r : !graph.value
}

// -----

func.func @main(%a0: tensor<2x3xf32>) -> !graph.value {
  %0 = graph.import %a0 : tensor<2x3xf32>
  // expected-error @+1 {{has 2 imputed values of X's type for 3 features}}
  %r = graph.node "ai.onnx.ml.Imputer"(%0) version 1 {imputed_value_floats = array<f32: 1.0, 2.0>}
  return %r : !graph.value
}

// -----

func.func @main(%a0: tensor<2x3xf32>) -> !graph.value {
  %0 = graph.import %a0 : tensor<2x3xf32>
  // expected-error @+1 {{attribute 'inputdimensions' has 2 entries for 1 inputs}}
  %r = graph.node "ai.onnx.ml.FeatureVectorizer"(%0) version 1 {inputdimensions = array<i64: 3, 3>}
  return %r : !graph.value
}

// -----

func.func @main(%a0: tensor<2x3xf32>) -> !graph.value {
  %0 = graph.import %a0 : tensor<2x3xf32>
  // expected-error @+1 {{attribute 'cats_int64s' is missing}}
  %r = graph.node "ai.onnx.ml.OneHotEncoder"(%0) version 1 {cats_strings = ["a"]}
  return %r : !graph.value
}

// -----

func.func @main(%a0: tensor<2x3xi64>) -> !graph.value {
  %0 = graph.import %a0 : tensor<2x3xi64>
  // expected-error @+1 {{input 'X' of type i64 and its keys are not both strings or numbers}}
  %r = graph.node "ai.onnx.ml.LabelEncoder"(%0) version 2 {keys_strings = ["b"], values_strings = ["a"]}
  return %r : !graph.value
}

// -----

func.func @main(%a0: tensor<2x3xi64>) -> !graph.value {
  %0 = graph.import %a0 : tensor<2x3xi64>
  // expected-error @+1 {{has 1 keys and 2 values}}
  %r = graph.node "ai.onnx.ml.LabelEncoder"(%0) version 2 {keys_int64s = array<i64: 1>, values_int64s = array<i64: 1, 2>}
  return %r : !graph.value
}

// -----

func.func @main(%a0: tensor<2x3xi64>) -> !graph.value {
  %0 = graph.import %a0 : tensor<2x3xi64>
  // expected-error @+1 {{attribute 'classes_strings' is missing}}
  %r = graph.node "ai.onnx.ml.LabelEncoder"(%0) version 1
  return %r : !graph.value
}

// -----

func.func @main(%a0: tensor<2x3xf32>) -> !graph.value {
  %0 = graph.import %a0 : tensor<2x3xf32>
  // expected-error @+1 {{attribute 'coefficients' has 2 entries for 1 targets of 3 features}}
  %r = graph.node "ai.onnx.ml.LinearRegressor"(%0) version 1 {coefficients = array<f32: 1.0, 2.0>}
  return %r : !graph.value
}

// -----

func.func @main(%a0: tensor<2x3xf32>) -> !graph.value {
  %0 = graph.import %a0 : tensor<2x3xf32>
  // expected-error @+1 {{attribute 'intercepts' has 2 entries, expected 1}}
  %r = graph.node "ai.onnx.ml.LinearRegressor"(%0) version 1 {coefficients = array<f32: 1.0, 2.0, 3.0>, intercepts = array<f32: 1.0, 2.0>}
  return %r : !graph.value
}

// -----

func.func @main(%a0: tensor<2x?xf32>) -> !graph.value {
  %0 = graph.import %a0 : tensor<2x?xf32>
  // expected-error @+1 {{the number of features must be known at compile time}}
  %r = graph.node "ai.onnx.ml.LinearRegressor"(%0) version 1 {coefficients = array<f32: 1.0>}
  return %r : !graph.value
}

// -----

func.func @main(%a0: tensor<2x3xf32>) -> !graph.value {
  %0 = graph.import %a0 : tensor<2x3xf32>
  // expected-error @+1 {{has class labels of both kinds}}
  %r:2 = graph.node "ai.onnx.ml.LinearClassifier"(%0) version 1 {coefficients = array<f32: 1.0, 2.0, 3.0>, classlabels_ints = array<i64: 1, 2>, classlabels_strings = ["a", "b"]}
  return %r#0 : !graph.value
}

// -----

func.func @main(%a0: tensor<2x3xf32>) -> !graph.value {
  %0 = graph.import %a0 : tensor<2x3xf32>
  // expected-error @+1 {{has 1 class labels for one score}}
  %r:2 = graph.node "ai.onnx.ml.LinearClassifier"(%0) version 1 {coefficients = array<f32: 1.0, 2.0, 3.0>, classlabels_ints = array<i64: 1>}
  return %r#0 : !graph.value
}

// -----

func.func @main(%a0: tensor<2x3xf32>) -> !graph.value {
  %0 = graph.import %a0 : tensor<2x3xf32>
  // expected-error @+1 {{attribute 'post_transform' is 'EXP'}}
  %r:2 = graph.node "ai.onnx.ml.LinearClassifier"(%0) version 1 {coefficients = array<f32: 1.0, 2.0, 3.0>, classlabels_ints = array<i64: 1, 2>, post_transform = "EXP"}
  return %r#0 : !graph.value
}

// -----

func.func @main(%a0: tensor<2x3xf32>) -> !graph.value {
  %0 = graph.import %a0 : tensor<2x3xf32>
  // expected-error @+1 {{attribute 'nodes_modes' has entry 'BRANCH_IN', which is unknown}}
  %r = graph.node "ai.onnx.ml.TreeEnsembleRegressor"(%0) version 1 {nodes_treeids = array<i64: 0, 0, 0>, nodes_nodeids = array<i64: 0, 1, 2>, nodes_featureids = array<i64: 0, 0, 0>, nodes_modes = ["BRANCH_IN", "LEAF", "LEAF"], nodes_values = array<f32: 0.5, 0.0, 0.0>, nodes_truenodeids = array<i64: 1, 0, 0>, nodes_falsenodeids = array<i64: 2, 0, 0>, target_treeids = array<i64: 0>, target_nodeids = array<i64: 1>, target_ids = array<i64: 0>, target_weights = array<f32: 1.0>}
  return %r : !graph.value
}

// -----

func.func @main(%a0: tensor<2x3xf32>) -> !graph.value {
  %0 = graph.import %a0 : tensor<2x3xf32>
  // expected-error @+1 {{a tree asks for feature 3 of 3}}
  %r = graph.node "ai.onnx.ml.TreeEnsembleRegressor"(%0) version 1 {nodes_treeids = array<i64: 0, 0, 0>, nodes_nodeids = array<i64: 0, 1, 2>, nodes_featureids = array<i64: 3, 0, 0>, nodes_modes = ["BRANCH_LEQ", "LEAF", "LEAF"], nodes_values = array<f32: 0.5, 0.0, 0.0>, nodes_truenodeids = array<i64: 1, 0, 0>, nodes_falsenodeids = array<i64: 2, 0, 0>, target_treeids = array<i64: 0>, target_nodeids = array<i64: 1>, target_ids = array<i64: 0>, target_weights = array<f32: 1.0>}
  return %r : !graph.value
}

// -----

func.func @main(%a0: tensor<2x3xf32>) -> !graph.value {
  %0 = graph.import %a0 : tensor<2x3xf32>
  // expected-error @+1 {{attribute 'nodes_featureids' has entry -1, which is out of range}}
  %r = graph.node "ai.onnx.ml.TreeEnsembleRegressor"(%0) version 1 {nodes_treeids = array<i64: 0, 0, 0>, nodes_nodeids = array<i64: 0, 1, 2>, nodes_featureids = array<i64: -1, 0, 0>, nodes_modes = ["BRANCH_LEQ", "LEAF", "LEAF"], nodes_values = array<f32: 0.5, 0.0, 0.0>, nodes_truenodeids = array<i64: 1, 0, 0>, nodes_falsenodeids = array<i64: 2, 0, 0>, target_treeids = array<i64: 0>, target_nodeids = array<i64: 1>, target_ids = array<i64: 0>, target_weights = array<f32: 1.0>}
  return %r : !graph.value
}

// -----

func.func @main(%a0: tensor<2x3xf32>) -> !graph.value {
  %0 = graph.import %a0 : tensor<2x3xf32>
  // expected-error @+1 {{tree 0 has no node 7}}
  %r = graph.node "ai.onnx.ml.TreeEnsembleRegressor"(%0) version 1 {nodes_treeids = array<i64: 0, 0, 0>, nodes_nodeids = array<i64: 0, 1, 2>, nodes_featureids = array<i64: 0, 0, 0>, nodes_modes = ["BRANCH_LEQ", "LEAF", "LEAF"], nodes_values = array<f32: 0.5, 0.0, 0.0>, nodes_truenodeids = array<i64: 7, 0, 0>, nodes_falsenodeids = array<i64: 2, 0, 0>, target_treeids = array<i64: 0>, target_nodeids = array<i64: 1>, target_ids = array<i64: 0>, target_weights = array<f32: 1.0>}
  return %r : !graph.value
}

// -----

func.func @main(%a0: tensor<2x3xf32>) -> !graph.value {
  %0 = graph.import %a0 : tensor<2x3xf32>
  // expected-error @+1 {{node 0 of a tree leads back to itself}}
  %r = graph.node "ai.onnx.ml.TreeEnsembleRegressor"(%0) version 1 {nodes_treeids = array<i64: 0, 0, 0>, nodes_nodeids = array<i64: 0, 1, 2>, nodes_featureids = array<i64: 0, 0, 0>, nodes_modes = ["BRANCH_LEQ", "LEAF", "LEAF"], nodes_values = array<f32: 0.5, 0.0, 0.0>, nodes_truenodeids = array<i64: 0, 0, 0>, nodes_falsenodeids = array<i64: 2, 0, 0>, target_treeids = array<i64: 0>, target_nodeids = array<i64: 1>, target_ids = array<i64: 0>, target_weights = array<f32: 1.0>}
  return %r : !graph.value
}

// -----

func.func @main(%a0: tensor<2x3xf32>) -> !graph.value {
  %0 = graph.import %a0 : tensor<2x3xf32>
  // expected-error @+1 {{node 1 of a tree leads back to itself}}
  %r = graph.node "ai.onnx.ml.TreeEnsembleRegressor"(%0) version 1 {nodes_treeids = array<i64: 0, 0, 0>, nodes_nodeids = array<i64: 0, 1, 2>, nodes_featureids = array<i64: 0, 0, 0>, nodes_modes = ["BRANCH_LEQ", "BRANCH_LEQ", "LEAF"], nodes_values = array<f32: 0.5, 0.0, 0.0>, nodes_truenodeids = array<i64: 1, 1, 0>, nodes_falsenodeids = array<i64: 2, 2, 0>, target_treeids = array<i64: 0>, target_nodeids = array<i64: 1>, target_ids = array<i64: 0>, target_weights = array<f32: 1.0>}
  return %r : !graph.value
}

// -----

func.func @main(%a0: tensor<2x3xf32>) -> !graph.value {
  %0 = graph.import %a0 : tensor<2x3xf32>
  // expected-error @+1 {{node 1 of tree 0 is there twice}}
  %r = graph.node "ai.onnx.ml.TreeEnsembleRegressor"(%0) version 1 {nodes_treeids = array<i64: 0, 0, 0>, nodes_nodeids = array<i64: 0, 1, 1>, nodes_featureids = array<i64: 0, 0, 0>, nodes_modes = ["BRANCH_LEQ", "LEAF", "LEAF"], nodes_values = array<f32: 0.5, 0.0, 0.0>, nodes_truenodeids = array<i64: 1, 0, 0>, nodes_falsenodeids = array<i64: 2, 0, 0>, target_treeids = array<i64: 0>, target_nodeids = array<i64: 1>, target_ids = array<i64: 0>, target_weights = array<f32: 1.0>}
  return %r : !graph.value
}

// -----

func.func @main(%a0: tensor<2x3xf32>) -> !graph.value {
  %0 = graph.import %a0 : tensor<2x3xf32>
  // expected-error @+1 {{node 0 of tree 0, which has a weight, is no leaf}}
  %r = graph.node "ai.onnx.ml.TreeEnsembleRegressor"(%0) version 1 {nodes_treeids = array<i64: 0, 0, 0>, nodes_nodeids = array<i64: 0, 1, 2>, nodes_featureids = array<i64: 0, 0, 0>, nodes_modes = ["BRANCH_LEQ", "LEAF", "LEAF"], nodes_values = array<f32: 0.5, 0.0, 0.0>, nodes_truenodeids = array<i64: 1, 0, 0>, nodes_falsenodeids = array<i64: 2, 0, 0>, target_treeids = array<i64: 0>, target_nodeids = array<i64: 0>, target_ids = array<i64: 0>, target_weights = array<f32: 1.0>}
  return %r : !graph.value
}

// -----

func.func @main(%a0: tensor<2x3xf32>) -> !graph.value {
  %0 = graph.import %a0 : tensor<2x3xf32>
  // expected-error @+1 {{attribute 'target_ids' has entry 1, which is out of range}}
  %r = graph.node "ai.onnx.ml.TreeEnsembleRegressor"(%0) version 1 {nodes_treeids = array<i64: 0, 0, 0>, nodes_nodeids = array<i64: 0, 1, 2>, nodes_featureids = array<i64: 0, 0, 0>, nodes_modes = ["BRANCH_LEQ", "LEAF", "LEAF"], nodes_values = array<f32: 0.5, 0.0, 0.0>, nodes_truenodeids = array<i64: 1, 0, 0>, nodes_falsenodeids = array<i64: 2, 0, 0>, target_treeids = array<i64: 0>, target_nodeids = array<i64: 1>, target_ids = array<i64: 1>, target_weights = array<f32: 1.0>}
  return %r : !graph.value
}

// -----

func.func @main(%a0: tensor<2x3xf32>) -> !graph.value {
  %0 = graph.import %a0 : tensor<2x3xf32>
  // expected-error @+1 {{attributes 'nodes_values' and 'nodes_modes' must have 3 entries}}
  %r = graph.node "ai.onnx.ml.TreeEnsembleRegressor"(%0) version 1 {nodes_treeids = array<i64: 0, 0, 0>, nodes_nodeids = array<i64: 0, 1, 2>, nodes_featureids = array<i64: 0, 0, 0>, nodes_modes = ["BRANCH_LEQ", "LEAF", "LEAF"], nodes_values = array<f32: 0.5>, nodes_truenodeids = array<i64: 1, 0, 0>, nodes_falsenodeids = array<i64: 2, 0, 0>, target_treeids = array<i64: 0>, target_nodeids = array<i64: 1>, target_ids = array<i64: 0>, target_weights = array<f32: 1.0>}
  return %r : !graph.value
}

// -----

func.func @main(%a0: tensor<2x3xf32>) -> !graph.value {
  %0 = graph.import %a0 : tensor<2x3xf32>
  // expected-error @+1 {{attribute 'aggregate_function' is 'MEDIAN'}}
  %r = graph.node "ai.onnx.ml.TreeEnsembleRegressor"(%0) version 1 {nodes_treeids = array<i64: 0, 0, 0>, nodes_nodeids = array<i64: 0, 1, 2>, nodes_featureids = array<i64: 0, 0, 0>, nodes_modes = ["BRANCH_LEQ", "LEAF", "LEAF"], nodes_values = array<f32: 0.5, 0.0, 0.0>, nodes_truenodeids = array<i64: 1, 0, 0>, nodes_falsenodeids = array<i64: 2, 0, 0>, target_treeids = array<i64: 0>, target_nodeids = array<i64: 1>, target_ids = array<i64: 0>, target_weights = array<f32: 1.0>, aggregate_function = "MEDIAN"}
  return %r : !graph.value
}

// -----

func.func @main(%a0: tensor<2x3xf32>) -> !graph.value {
  %0 = graph.import %a0 : tensor<2x3xf32>
  // expected-error @+1 {{attribute 'base_values' has 2 entries, expected 1}}
  %r = graph.node "ai.onnx.ml.TreeEnsembleRegressor"(%0) version 1 {nodes_treeids = array<i64: 0, 0, 0>, nodes_nodeids = array<i64: 0, 1, 2>, nodes_featureids = array<i64: 0, 0, 0>, nodes_modes = ["BRANCH_LEQ", "LEAF", "LEAF"], nodes_values = array<f32: 0.5, 0.0, 0.0>, nodes_truenodeids = array<i64: 1, 0, 0>, nodes_falsenodeids = array<i64: 2, 0, 0>, target_treeids = array<i64: 0>, target_nodeids = array<i64: 1>, target_ids = array<i64: 0>, target_weights = array<f32: 1.0>, base_values = array<f32: 1.0, 2.0>}
  return %r : !graph.value
}

// -----

func.func @main(%a0: tensor<2x3xf32>) -> !graph.value {
  %0 = graph.import %a0 : tensor<2x3xf32>
  // expected-error @+1 {{attribute 'nodes_treeids' is missing}}
  %r = graph.node "ai.onnx.ml.TreeEnsembleRegressor"(%0) version 1
  return %r : !graph.value
}

// -----

func.func @main(%a0: tensor<2x3xf32>) -> !graph.value {
  %0 = graph.import %a0 : tensor<2x3xf32>
  // expected-error @+1 {{has 1 class labels, expected at least 2}}
  %r:2 = graph.node "ai.onnx.ml.TreeEnsembleClassifier"(%0) version 1 {classlabels_int64s = array<i64: 1>}
  return %r#0 : !graph.value
}

// -----

func.func @main(%a0: tensor<2x3xf32>) -> !graph.value {
  %0 = graph.import %a0 : tensor<2x3xf32>
  // expected-error @+1 {{attribute 'leaf_targetids' has entry 1, which is out of range}}
  %r = graph.node "ai.onnx.ml.TreeEnsemble"(%0) version 5 {leaf_weights = dense<1.0> : tensor<1xf32>, leaf_targetids = array<i64: 1>}
  return %r : !graph.value
}

// -----

func.func @main(%a0: tensor<2x3xf32>) -> !graph.value {
  %0 = graph.import %a0 : tensor<2x3xf32>
  // expected-error @+1 {{attribute 'membership_values' has fewer sets than nodes}}
  %r = graph.node "ai.onnx.ml.TreeEnsemble"(%0) version 5 {leaf_weights = dense<1.0> : tensor<1xf32>, leaf_targetids = array<i64: 0>, nodes_splits = dense<0.0> : tensor<1xf32>, nodes_modes = dense<6> : tensor<1xui8>, nodes_featureids = array<i64: 0>, nodes_truenodeids = array<i64: 0>, nodes_falsenodeids = array<i64: 0>, nodes_trueleafs = array<i64: 1>, nodes_falseleafs = array<i64: 1>, tree_roots = array<i64: 0>}
  return %r : !graph.value
}

// -----

func.func @main(%a0: tensor<2x3xf32>) -> !graph.value {
  %0 = graph.import %a0 : tensor<2x3xf32>
  // expected-error @+1 {{node 0 of a tree leads back to itself}}
  %r = graph.node "ai.onnx.ml.TreeEnsemble"(%0) version 5 {leaf_weights = dense<1.0> : tensor<1xf32>, leaf_targetids = array<i64: 0>, nodes_splits = dense<0.0> : tensor<1xf32>, nodes_modes = dense<0> : tensor<1xui8>, nodes_featureids = array<i64: 0>, nodes_truenodeids = array<i64: 0>, nodes_falsenodeids = array<i64: 0>, nodes_trueleafs = array<i64: 0>, nodes_falseleafs = array<i64: 1>, tree_roots = array<i64: 0>}
  return %r : !graph.value
}

// -----

func.func @main(%a0: tensor<2x3xf32>) -> !graph.value {
  %0 = graph.import %a0 : tensor<2x3xf32>
  // expected-error @+1 {{tree 0 has 3 roots, expected 1}}
  %r = graph.node "ai.onnx.ml.TreeEnsembleRegressor"(%0) version 1 {nodes_treeids = array<i64: 0, 0, 0>, nodes_nodeids = array<i64: 0, 1, 2>, nodes_featureids = array<i64: 0, 0, 0>, nodes_modes = ["LEAF", "LEAF", "LEAF"], nodes_values = array<f32: 0.5, 0.0, 0.0>, nodes_truenodeids = array<i64: 1, 0, 0>, nodes_falsenodeids = array<i64: 2, 0, 0>, target_treeids = array<i64: 0>, target_nodeids = array<i64: 1>, target_ids = array<i64: 0>, target_weights = array<f32: 1.0>}
  return %r : !graph.value
}

// -----

func.func @main(%a0: tensor<2x3xf32>) -> !graph.value {
  %0 = graph.import %a0 : tensor<2x3xf32>
  // expected-error @+1 {{attribute 'kernel_type' is 'COSINE', expected LINEAR, POLY, RBF or SIGMOID}}
  %r = graph.node "ai.onnx.ml.SVMRegressor"(%0) version 1 {kernel_type = "COSINE"}
  return %r : !graph.value
}

// -----

func.func @main(%a0: tensor<2x3xf32>) -> !graph.value {
  %0 = graph.import %a0 : tensor<2x3xf32>
  // expected-error @+1 {{attribute 'kernel_params' has 1 entries, expected 3}}
  %r = graph.node "ai.onnx.ml.SVMRegressor"(%0) version 1 {kernel_params = array<f32: 0.5>}
  return %r : !graph.value
}

// -----

func.func @main(%a0: tensor<2x3xf32>) -> !graph.value {
  %0 = graph.import %a0 : tensor<2x3xf32>
  // expected-error @+1 {{attribute 'support_vectors' has 0 entries, expected 3}}
  %r = graph.node "ai.onnx.ml.SVMRegressor"(%0) version 1 {kernel_params = array<f32: 0.5, 0.0, 2.0>, rho = array<f32: 0.1>, coefficients = array<f32: 1.0>, n_supports = 1 : i64}
  return %r : !graph.value
}

// -----

func.func @main(%a0: tensor<2x3xf32>) -> !graph.value {
  %0 = graph.import %a0 : tensor<2x3xf32>
  // expected-error @+1 {{attribute 'n_supports' is -1}}
  %r = graph.node "ai.onnx.ml.SVMRegressor"(%0) version 1 {kernel_params = array<f32: 0.5, 0.0, 2.0>, rho = array<f32: 0.1>, coefficients = array<f32: 1.0>, n_supports = -1 : i64}
  return %r : !graph.value
}

// -----

func.func @main(%a0: tensor<2x3xf32>) -> !graph.value {
  %0 = graph.import %a0 : tensor<2x3xf32>
  // expected-error @+1 {{has 1 class labels, expected 2 to 1024}}
  %r:2 = graph.node "ai.onnx.ml.SVMClassifier"(%0) version 1 {kernel_params = array<f32: 0.5, 0.0, 2.0>, rho = array<f32: 0.1>, classlabels_ints = array<i64: 1>}
  return %r#0 : !graph.value
}

// -----

func.func @main(%a0: tensor<2x3xf32>) -> !graph.value {
  %0 = graph.import %a0 : tensor<2x3xf32>
  // expected-error @+1 {{attribute 'vectors_per_class' has entry 9223372036854775807, which is out of range}}
  %r:2 = graph.node "ai.onnx.ml.SVMClassifier"(%0) version 1 {kernel_params = array<f32: 0.5, 0.0, 2.0>, rho = array<f32: 0.1>, classlabels_ints = array<i64: 1, 2>, vectors_per_class = array<i64: 9223372036854775807, 1>}
  return %r#0 : !graph.value
}

// -----

func.func @main(%a0: tensor<2x3xf32>) -> !graph.value {
  %0 = graph.import %a0 : tensor<2x3xf32>
  // expected-error @+1 {{attribute 'vectors_per_class' has 1 entries, expected 2}}
  %r:2 = graph.node "ai.onnx.ml.SVMClassifier"(%0) version 1 {kernel_params = array<f32: 0.5, 0.0, 2.0>, rho = array<f32: 0.1>, classlabels_ints = array<i64: 1, 2>, vectors_per_class = array<i64: 1>}
  return %r#0 : !graph.value
}

// -----

func.func @main(%a0: tensor<2x3xf32>) -> !graph.value {
  %0 = graph.import %a0 : tensor<2x3xf32>
  // expected-error @+1 {{attribute 'coefficients' has 1 entries, expected 2}}
  %r:2 = graph.node "ai.onnx.ml.SVMClassifier"(%0) version 1 {kernel_params = array<f32: 0.5, 0.0, 2.0>, rho = array<f32: 0.1>, classlabels_ints = array<i64: 1, 2>, vectors_per_class = array<i64: 1, 1>, support_vectors = array<f32: 1.0, 2.0, 3.0, 4.0, 5.0, 6.0>, coefficients = array<f32: 1.0>}
  return %r#0 : !graph.value
}

// -----

func.func @main(%a0: tensor<2x3xf32>) -> !graph.value {
  %0 = graph.import %a0 : tensor<2x3xf32>
  // expected-error @+1 {{attribute 'prob_b' has 0 entries, expected 1}}
  %r:2 = graph.node "ai.onnx.ml.SVMClassifier"(%0) version 1 {kernel_params = array<f32: 0.5, 0.0, 2.0>, rho = array<f32: 0.1>, classlabels_ints = array<i64: 1, 2>, vectors_per_class = array<i64: 1, 1>, support_vectors = array<f32: 1.0, 2.0, 3.0, 4.0, 5.0, 6.0>, coefficients = array<f32: 1.0, 2.0>, prob_a = array<f32: 1.0>}
  return %r#0 : !graph.value
}

// -----

func.func @main(%a0: tensor<2x3xf32>) -> !graph.value {
  %0 = graph.import %a0 : tensor<2x3xf32>
  // expected-error @+1 {{has 2 class labels for 3 columns}}
  %r = graph.node "ai.onnx.ml.ZipMap"(%0) version 1 {classlabels_int64s = array<i64: 1, 2>}
  return %r : !graph.value
}

// -----

func.func @main(%a0: tensor<2x3xf32>) -> !graph.value {
  %0 = graph.import %a0 : tensor<2x3xf32>
  %m = graph.node "ai.onnx.ml.ZipMap"(%0) version 1 {classlabels_int64s = array<i64: 1, 2, 3>}
  // expected-error @+1 {{'Identity' does not take input 0, a map}}
  %r = graph.node "onnx.Identity"(%m) version 16
  return %r : !graph.value
}

// -----

func.func @main(%a0: tensor<2x3xf32>) -> !graph.value {
  %0 = graph.import %a0 : tensor<2x3xf32>
  // expected-error @+1 {{input 0 is of type tensor<2x3xf32>, expected a map}}
  %r = graph.node "ai.onnx.ml.DictVectorizer"(%0) version 1 {int64_vocabulary = array<i64: 1>}
  return %r : !graph.value
}

// -----

func.func @main(%a0: tensor<i1>, %a1: tensor<2x3xf32>) -> !graph.value {
  %0 = graph.import %a0 : tensor<i1>
  %1 = graph.import %a1 : tensor<2x3xf32>
  // expected-error @+1 {{the graph 'then_branch' gives a map, which is supported as an output of the model only}}
  %r = graph.node "onnx.If"(%0) version 16 "else_branch" {
    graph.yield %1
  } "then_branch" {
    %m = graph.node "ai.onnx.ml.ZipMap"(%1) version 1 {classlabels_int64s = array<i64: 1, 2, 3>}
    graph.yield %m
  }
  return %r : !graph.value
}

// -----

// The file declares another type of keys.
// expected-error @+1 {{output '0' is declared as '!graph.sequence<!graph.map<!graph.string, tensor<f32>>>', but computed as '!dlc.map<tensor<3xi64>, tensor<2x3xf32>>'}}
func.func @main(%a0: tensor<2x3xf32>) -> !graph.sequence<!graph.map<!graph.string, tensor<f32>>> {
  %0 = graph.import %a0 : tensor<2x3xf32>
  %m = graph.node "ai.onnx.ml.ZipMap"(%0) version 1 {classlabels_int64s = array<i64: 1, 2, 3>}
  %r = graph.export %m : !graph.sequence<!graph.map<!graph.string, tensor<f32>>>
  return %r : !graph.sequence<!graph.map<!graph.string, tensor<f32>>>
}

// -----

// expected-error @+1 {{input 'm.keys' is not the keys of the map beside it, but has their name}}
func.func @main(%m: !graph.map<i64, tensor<f32>> {graph.name = "m"}, %k: tensor<2xi64> {graph.name = "m.keys"}) -> !graph.value {
  %0 = graph.import %m : !graph.map<i64, tensor<f32>>
  %r = graph.node "ai.onnx.ml.DictVectorizer"(%0) version 1 {int64_vocabulary = array<i64: 1>}
  return %r : !graph.value
}

// -----

// expected-error @+1 {{input '0' is of type '!graph.sequence<!graph.map<i64, tensor<f32>>>', which is not supported}}
func.func @main(%m: !graph.sequence<!graph.map<i64, tensor<f32>>>) -> !graph.value {
  %0 = graph.import %m : !graph.sequence<!graph.map<i64, tensor<f32>>>
  %r = graph.node "ai.onnx.ml.DictVectorizer"(%0) version 1 {int64_vocabulary = array<i64: 1>}
  return %r : !graph.value
}
