// RUN: dlc-opt -split-input-file -dlc-inline-composites %s | FileCheck %s

// CHECK-LABEL: @results
// CHECK-SAME:  (%[[X:.*]]: tensor<4xf32>)
// CHECK-NEXT:  %[[N:.*]] = dlc.neg %[[X]]
// CHECK-NEXT:  return %[[N]], %[[X]]
func.func @results(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %0:2 = dlc.composite "f"(%x) : (tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  ^bb0(%a: tensor<4xf32>):
    %1 = dlc.neg %a : tensor<4xf32>
    dlc.yield %1, %a : tensor<4xf32>, tensor<4xf32>
  }
  return %0#0, %0#1 : tensor<4xf32>, tensor<4xf32>
}

// -----

// CHECK-LABEL: @nested
// CHECK-NOT:   dlc.composite
// CHECK:       %[[A:.*]] = dlc.exp
// CHECK-NEXT:  %[[B:.*]] = dlc.log %[[A]]
// CHECK-NEXT:  return %[[B]]
func.func @nested(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = dlc.composite "outer"(%x) : (tensor<4xf32>) -> tensor<4xf32> {
  ^bb0(%a: tensor<4xf32>):
    %1 = dlc.composite "inner"(%a) : (tensor<4xf32>) -> tensor<4xf32> {
    ^bb0(%b: tensor<4xf32>):
      %2 = dlc.exp %b : tensor<4xf32>
      dlc.yield %2 : tensor<4xf32>
    }
    %3 = dlc.log %1 : tensor<4xf32>
    dlc.yield %3 : tensor<4xf32>
  }
  return %0 : tensor<4xf32>
}

// -----

// One that gives nothing disappears.
// CHECK-LABEL: @nothing
// CHECK-NEXT:  return
func.func @nothing() {
  dlc.composite "f"() : () -> () {
    dlc.yield
  }
  return
}
