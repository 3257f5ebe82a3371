// RUN: dlc-opt -import-onnx -split-input-file %s | FileCheck %s

// The values are picked by the indices.
// CHECK-LABEL: func.func @main
// CHECK: %[[K:.*]] = arith.constant 2 : index
// CHECK: %[[I:.*]] = dlc.topk %{{.*}}, %[[K]] axis = 0 : tensor<5xf32> -> tensor<2xi64>
// CHECK: dlc.gather %{{.*}}, %[[I]] axis = 0
func.func @main(%x: tensor<5xf32>) -> tensor<2xf32> {
  %0 = graph.import %x : tensor<5xf32>
  %1, %2 = graph.node "onnx.TopK"(%0) version 9 {k = 2 : i64}
  %3 = graph.export %1 : tensor<2xf32>
  return %3 : tensor<2xf32>
}

// -----

// A k that only the running model knows is never more than there are elements.
// CHECK-LABEL: func.func @main
// CHECK: %[[K:.*]] = arith.index_cast
// CHECK: %[[MOST:.*]] = arith.minsi %[[K]]
// CHECK: %[[LEAST:.*]] = arith.maxsi %[[MOST]]
// CHECK: dlc.topk %{{.*}}, %[[LEAST]] axis = 0 least : tensor<5xf32> -> tensor<?xi64>
func.func @main(%x: tensor<5xf32>, %k: tensor<1xi64>) -> tensor<?xi64> {
  %0 = graph.import %x : tensor<5xf32>
  %1 = graph.import %k : tensor<1xi64>
  %2, %3 = graph.node "onnx.TopK"(%0, %1) version 11 {largest = 0 : i64}
  %4 = graph.export %3 : tensor<?xi64>
  return %4 : tensor<?xi64>
}

// -----

// How many there are is a sum; a slice leaves out the rest.
// CHECK-LABEL: func.func @main
// CHECK: %[[ALL:.*]] = dlc.nonzero %[[MASK:.*]] : tensor<6xi1> -> tensor<6xi64>
// CHECK: %[[ONES:.*]] = dlc.cast %[[MASK]]
// CHECK: %[[SUM:.*]] = dlc.reduce sum %[[ONES]]
// CHECK: %[[ELEMENT:.*]] = tensor.extract %[[SUM]][] : tensor<i64>
// CHECK: %[[COUNT:.*]] = arith.index_cast %[[ELEMENT]]
// CHECK: dlc.slice %[[ALL]] [0] sizes(%[[COUNT]]) steps [1] : tensor<6xi64> -> tensor<?xi64>
func.func @main(%x: tensor<2x3xi1>) -> tensor<2x?xi64> {
  %0 = graph.import %x : tensor<2x3xi1>
  %1 = graph.node "onnx.NonZero"(%0) version 13
  %2 = graph.export %1 : tensor<2x?xi64>
  return %2 : tensor<2x?xi64>
}

// -----

// CHECK-LABEL: func.func @main
// CHECK: %[[CORNERS:.*]] = dlc.concat
// CHECK: %[[BOXES:.*]] = dlc.nms %[[CORNERS]], %arg1 overlap %{{.*}} least %{{.*}} limit %{{.*}} : {{.*}} -> tensor<1x2x8xi64>
// CHECK: dlc.slice %[[BOXES]] [0, 0, 0] steps [1, 1, 1] : tensor<1x2x8xi64> -> tensor<1x2x3xi64>
// CHECK: dlc.nonzero
func.func @main(%b: tensor<1x8x4xf32>, %s: tensor<1x2x8xf32>) -> tensor<?x3xi64> {
  %0 = graph.import %b : tensor<1x8x4xf32>
  %1 = graph.import %s : tensor<1x2x8xf32>
  %2 = graph.node "onnx.Constant"() version 13 {value_ints = array<i64: 3>}
  %3 = graph.node "onnx.NonMaxSuppression"(%0, %1, %2) version 11
  %4 = graph.export %3 : tensor<?x3xi64>
  return %4 : tensor<?x3xi64>
}
