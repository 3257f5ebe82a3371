// RUN: dlc-opt -import-onnx -split-input-file %s | FileCheck %s

// A shape computed with small tensors is arithmetic on sizes again, and
// products cancel: [n, s, 12, -1] of [n, s, 768] is [n, s, 12, 64].
// CHECK-LABEL: func.func @main
// CHECK-SAME: %[[X:.*]]: tensor<?x?x768xf32>
// CHECK-DAG: %[[N:.*]] = tensor.dim %[[X]], %c0
// CHECK-DAG: %[[S:.*]] = tensor.dim %[[X]], %c1
// CHECK: %[[R:.*]] = dlc.reshape %[[X]] sizes(%[[N]], %[[S]]) : tensor<?x?x768xf32> -> tensor<?x?x12x64xf32>
// CHECK-NEXT: dlc.transpose %[[R]] [0, 2, 1, 3] : tensor<?x?x12x64xf32> -> tensor<?x12x?x64xf32>
func.func @main(%x: tensor<?x?x768xf32> {graph.dims = ["n", "s", ""]}) -> tensor<?x12x?x64xf32> {
  %0 = graph.import %x : tensor<?x?x768xf32>
  %shape = graph.node "onnx.Shape"(%0) version 13
  %i0 = graph.weight "i0" = dense<0> : tensor<i64>
  %i1 = graph.weight "i1" = dense<1> : tensor<i64>
  %n = graph.node "onnx.Gather"(%shape, %i0) version 13
  %s = graph.node "onnx.Gather"(%shape, %i1) version 13
  %axes = graph.weight "axes" = dense<0> : tensor<1xi64>
  %n1 = graph.node "onnx.Unsqueeze"(%n, %axes) version 13
  %s1 = graph.node "onnx.Unsqueeze"(%s, %axes) version 13
  %h = graph.weight "h" = dense<[12, -1]> : tensor<2xi64>
  %to = graph.node "onnx.Concat"(%n1, %s1, %h) version 13 {axis = 0 : i64}
  %1 = graph.node "onnx.Reshape"(%0, %to) version 14
  %2 = graph.node "onnx.Transpose"(%1) version 13 {perm = array<i64: 0, 2, 1, 3>}
  %3 = graph.export %2 : tensor<?x12x?x64xf32>
  return %3 : tensor<?x12x?x64xf32>
}

// -----

// PyTorch's expand: a size is never -1.
// CHECK-LABEL: func.func @main
// CHECK-SAME: %[[X:.*]]: tensor<1x4xf32>, %[[Y:.*]]: tensor<?xf32>
// CHECK: %[[N:.*]] = tensor.dim %[[Y]]
// CHECK-NEXT: dlc.broadcast %[[X]] sizes(%[[N]]) : tensor<1x4xf32> -> tensor<?x4xf32>
// CHECK-NEXT: return
func.func @main(%x: tensor<1x4xf32>, %y: tensor<?xf32>) -> tensor<?x4xf32> {
  %0 = graph.import %x : tensor<1x4xf32>
  %1 = graph.import %y : tensor<?xf32>
  %n = graph.node "onnx.Shape"(%1) version 13
  %minus = graph.weight "m" = dense<-1> : tensor<1xi64>
  %to = graph.node "onnx.Concat"(%n, %minus) version 13 {axis = 0 : i64}
  %two = graph.weight "two" = dense<2> : tensor<1xi64>
  %ones = graph.node "onnx.ConstantOfShape"(%two) version 9 {value = dense<1> : tensor<1xi64>}
  %mones = graph.node "onnx.Mul"(%ones, %minus) version 14
  %eq = graph.node "onnx.Equal"(%to, %mones) version 13
  %where = graph.node "onnx.Where"(%eq, %ones, %to) version 9
  %2 = graph.node "onnx.Expand"(%0, %where) version 13
  %3 = graph.export %2 : tensor<?x4xf32>
  return %3 : tensor<?x4xf32>
}

// -----

// Bounds are clamped as the standard says.
// CHECK-LABEL: func.func @main
// CHECK: dlc.slice %{{.*}}[9, 0] steps [-2, 1] : tensor<10x20xf32> -> tensor<5x20xf32>
// CHECK: dlc.slice %{{.*}}[0, 17] steps [1, 1] : tensor<5x20xf32> -> tensor<5x3xf32>
func.func @main(%x: tensor<10x20xf32>) -> tensor<5x3xf32> {
  %0 = graph.import %x : tensor<10x20xf32>
  %s = graph.weight "s" = dense<100> : tensor<1xi64>
  %e = graph.weight "e" = dense<-9223372036854775808> : tensor<1xi64>
  %a = graph.weight "a" = dense<0> : tensor<1xi64>
  %t = graph.weight "t" = dense<-2> : tensor<1xi64>
  %1 = graph.node "onnx.Slice"(%0, %s, %e, %a, %t) version 13
  %2 = graph.node "onnx.Slice"(%1) version 1 {starts = array<i64: -3>, ends = array<i64: 9223372036854775807>, axes = array<i64: 1>}
  %3 = graph.export %2 : tensor<5x3xf32>
  return %3 : tensor<5x3xf32>
}

// -----

// The size of a slice of an open dimension.
// CHECK-LABEL: func.func @main
// CHECK: dlc.slice %{{.*}}[0] sizes(%[[D:.*]]) steps [1]
func.func @main(%x: tensor<?xf32>) -> tensor<?xf32> {
  %0 = graph.import %x : tensor<?xf32>
  %s = graph.weight "s" = dense<0> : tensor<1xi64>
  %e = graph.weight "e" = dense<-1> : tensor<1xi64>
  %1 = graph.node "onnx.Slice"(%0, %s, %e) version 13
  %3 = graph.export %1 : tensor<?xf32>
  return %3 : tensor<?xf32>
}

// -----

// A shape from the outside is read at run time.
// CHECK-LABEL: func.func @main
// CHECK: tensor.extract
// CHECK: dlc.reshape
func.func @main(%x: tensor<6xf32>, %s: tensor<2xi64>) -> tensor<?x?xf32> {
  %0 = graph.import %x : tensor<6xf32>
  %1 = graph.import %s : tensor<2xi64>
  %2 = graph.node "onnx.Reshape"(%0, %1) version 13
  %3 = graph.export %2 : tensor<?x?xf32>
  return %3 : tensor<?x?xf32>
}
