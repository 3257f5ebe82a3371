// RUN: dlc-opt %s | dlc-opt | FileCheck %s
// RUN: dlc-opt %s --mlir-print-op-generic | dlc-opt | FileCheck %s
// RUN: dlc-opt %s -canonicalize | FileCheck %s --check-prefix=FOLD

// CHECK-LABEL: @sequences
// CHECK-SAME: (%[[S:.*]]: !dlc.sequence<tensor<?xf32>>, %[[X:.*]]: tensor<4xf32>, %[[I:.*]]: index)
func.func @sequences(%s: !dlc.sequence<tensor<?xf32>>, %x: tensor<4xf32>, %i: index)
    -> (!dlc.sequence<tensor<*xf32>>, !dlc.sequence<tensor<?xf32>>, tensor<?xf32>, index) {
  // CHECK: %[[A:.*]] = dlc.sequence_insert %[[X]] into %[[S]] at %[[I]] : tensor<4xf32>, <tensor<?xf32>> -> <tensor<?xf32>>
  %a = dlc.sequence_insert %x into %s at %i : tensor<4xf32>, !dlc.sequence<tensor<?xf32>> -> !dlc.sequence<tensor<?xf32>>
  // CHECK: %[[E:.*]] = dlc.sequence_erase %[[A]] at %[[I]] : <tensor<?xf32>>
  %e = dlc.sequence_erase %a at %i : !dlc.sequence<tensor<?xf32>>
  // CHECK: dlc.sequence_at %[[E]][%[[I]]] : !dlc.sequence<tensor<?xf32>> -> tensor<?xf32>
  %t = dlc.sequence_at %e[%i] : !dlc.sequence<tensor<?xf32>> -> tensor<?xf32>
  // CHECK: dlc.sequence_length %[[E]] : <tensor<?xf32>>
  %n = dlc.sequence_length %e : !dlc.sequence<tensor<?xf32>>
  // CHECK: dlc.sequence_cast %[[S]] : !dlc.sequence<tensor<?xf32>> to !dlc.sequence<tensor<*xf32>>
  %c = dlc.sequence_cast %s : !dlc.sequence<tensor<?xf32>> to !dlc.sequence<tensor<*xf32>>
  return %c, %e, %t, %n : !dlc.sequence<tensor<*xf32>>, !dlc.sequence<tensor<?xf32>>, tensor<?xf32>, index
}

// CHECK-LABEL: @optionals
// FOLD-LABEL: @optionals
func.func @optionals(%o: !dlc.optional<!dlc.sequence<tensor<2xf32>>>) -> (i1, !dlc.sequence<tensor<2xf32>>, !dlc.optional<tensor<*xi64>>) {
  // CHECK: dlc.sequence_none : <tensor<*xi64>>
  %none = dlc.sequence_none : !dlc.optional<tensor<*xi64>>
  // CHECK: dlc.sequence_has %{{.*}} : <!dlc.sequence<tensor<2xf32>>>
  // FOLD: dlc.sequence_has
  %b = dlc.sequence_has %o : !dlc.optional<!dlc.sequence<tensor<2xf32>>>
  // CHECK: dlc.sequence_cast %{{.*}} : !dlc.optional<!dlc.sequence<tensor<2xf32>>> to !dlc.sequence<tensor<2xf32>>
  %s = dlc.sequence_cast %o : !dlc.optional<!dlc.sequence<tensor<2xf32>>> to !dlc.sequence<tensor<2xf32>>
  return %b, %s, %none : i1, !dlc.sequence<tensor<2xf32>>, !dlc.optional<tensor<*xi64>>
}

// What is known of a sequence folds, and nothing is left of it.
// FOLD-LABEL: @known
// FOLD-SAME: (%[[X:.*]]: tensor<2xf32>, %[[Y:.*]]: tensor<2xf32>)
// FOLD-DAG:  %[[TWO:.*]] = arith.constant 2 : index
// FOLD-DAG:  %[[YES:.*]] = arith.constant true
// FOLD-DAG:  %[[NO:.*]] = arith.constant false
// FOLD-NEXT: return %[[Y]], %[[TWO]], %[[YES]], %[[YES]], %[[NO]], %[[X]]
func.func @known(%x: tensor<2xf32>, %y: tensor<2xf32>) -> (tensor<2xf32>, index, i1, i1, i1, tensor<2xf32>) {
  %zero = arith.constant 0 : index
  %one = arith.constant 1 : index
  // CHECK: dlc.sequence_make(%{{.*}}, %{{.*}}) : (tensor<2xf32>, tensor<2xf32>) -> !dlc.sequence<tensor<2xf32>>
  %s = dlc.sequence_make(%x, %y) : (tensor<2xf32>, tensor<2xf32>) -> !dlc.sequence<tensor<2xf32>>
  %t = dlc.sequence_at %s[%one] : !dlc.sequence<tensor<2xf32>> -> tensor<2xf32>
  %n = dlc.sequence_length %s : !dlc.sequence<tensor<2xf32>>
  // CHECK: dlc.sequence_make(%{{.*}}) : (tensor<2xf32>) -> !dlc.optional<tensor<2xf32>>
  %o = dlc.sequence_make(%x) : (tensor<2xf32>) -> !dlc.optional<tensor<2xf32>>
  %b = dlc.sequence_has %o : !dlc.optional<tensor<2xf32>>
  %os = dlc.sequence_cast %s : !dlc.sequence<tensor<2xf32>> to !dlc.optional<!dlc.sequence<tensor<2xf32>>>
  %c = dlc.sequence_has %os : !dlc.optional<!dlc.sequence<tensor<2xf32>>>
  %none = dlc.sequence_none : !dlc.optional<tensor<2xf32>>
  %d = dlc.sequence_has %none : !dlc.optional<tensor<2xf32>>
  %u = dlc.sequence_at %o[%zero] : !dlc.optional<tensor<2xf32>> -> tensor<2xf32>
  return %t, %n, %b, %c, %d, %u : tensor<2xf32>, index, i1, i1, i1, tensor<2xf32>
}

// A position out of range stays for the run to find.
// FOLD-LABEL: @range
// FOLD:       dlc.sequence_at
func.func @range(%x: tensor<2xf32>) -> tensor<2xf32> {
  %nine = arith.constant 9 : index
  // CHECK: dlc.sequence_make() : () -> !dlc.sequence<none>
  %empty = dlc.sequence_make() : () -> !dlc.sequence<none>
  // CHECK: dlc.sequence_make() : () -> !dlc.sequence<f32>
  %floats = dlc.sequence_make() : () -> !dlc.sequence<f32>
  %s = dlc.sequence_make(%x) : (tensor<2xf32>) -> !dlc.sequence<tensor<2xf32>>
  %t = dlc.sequence_at %s[%nine] : !dlc.sequence<tensor<2xf32>> -> tensor<2xf32>
  return %t : tensor<2xf32>
}

// CHECK-LABEL: @maps
func.func @maps(%k: tensor<2xi64>, %v: tensor<?x2xf32>) -> !dlc.map<tensor<2xi64>, tensor<?x2xf32>> {
  // CHECK: dlc.map_make %{{.*}}, %{{.*}} : tensor<2xi64>, tensor<?x2xf32> -> <tensor<2xi64>, tensor<?x2xf32>>
  %m = dlc.map_make %k, %v : tensor<2xi64>, tensor<?x2xf32> -> !dlc.map<tensor<2xi64>, tensor<?x2xf32>>
  return %m : !dlc.map<tensor<2xi64>, tensor<?x2xf32>>
}
