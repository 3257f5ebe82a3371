// RUN: dlc-opt -import-onnx -split-input-file %s | FileCheck %s

// What is known of an open kernel by an attribute is required: it is a plain
// convolution.
// CHECK: dlc.check {{.*}} "the kernel has a dimension of % where 'kernel_shape' has %"
// CHECK: dlc.reshape {{.*}} -> tensor<5x2x3xf32>
// CHECK: dlc.conv
func.func @main(%x: tensor<?x?x?xf32>, %w: tensor<5x2x?xf32>) -> tensor<?x5x?xf32> {
  %0 = graph.import %x : tensor<?x?x?xf32>
  %1 = graph.import %w : tensor<5x2x?xf32>
  %2 = graph.node "onnx.Conv"(%0, %1) version 11 {kernel_shape = array<i64: 3>}
  %3 = graph.export %2 : tensor<?x5x?xf32>
  return %3 : tensor<?x5x?xf32>
}

// -----

// Any other brings what is under each window together.
// CHECK: dlc.gather {{.*}} axis = 2
// CHECK: dlc.transpose {{.*}} [0, 1, 3, 2]
// CHECK: dlc.check {{.*}} "the input has % channels where the kernel takes %"
// CHECK: dlc.matmul
// CHECK-NOT: dlc.conv
func.func @main(%x: tensor<?x?x?xf32>, %w: tensor<?x?x?xf32>) -> tensor<?x?x?xf32> {
  %0 = graph.import %x : tensor<?x?x?xf32>
  %1 = graph.import %w : tensor<?x?x?xf32>
  %2 = graph.node "onnx.Conv"(%0, %1) version 11 {group = 2 : i64, pads = array<i64: 1, 1>}
  %3 = graph.export %2 : tensor<?x?x?xf32>
  return %3 : tensor<?x?x?xf32>
}

// -----

// Transposed: zeros between the elements, the kernel backwards.
// CHECK: dlc.pad
// CHECK: dlc.slice {{.*}} steps [1, 1, -1]
// CHECK: dlc.matmul
func.func @main(%x: tensor<?x?x?xf32>, %w: tensor<?x?x?xf32>) -> tensor<?x?x?xf32> {
  %0 = graph.import %x : tensor<?x?x?xf32>
  %1 = graph.import %w : tensor<?x?x?xf32>
  %2 = graph.node "onnx.ConvTranspose"(%0, %1) version 11 {strides = array<i64: 2>}
  %3 = graph.export %2 : tensor<?x?x?xf32>
  return %3 : tensor<?x?x?xf32>
}

// -----

// Depthwise: the channels are innermost where phases are interleaved.
// CHECK: dlc.conv {{.*}} groups 6
// CHECK: dlc.transpose {{.*}} -> tensor<?x?x2x6xf32>
func.func @main(%x: tensor<?x6x?xf32>) -> tensor<?x6x?xf32> {
  %0 = graph.import %x : tensor<?x6x?xf32>
  %w = graph.weight "w" = dense<1.0> : tensor<6x1x4xf32>
  %2 = graph.node "onnx.ConvTranspose"(%0, %w) version 11 {group = 6 : i64, strides = array<i64: 2>}
  %3 = graph.export %2 : tensor<?x6x?xf32>
  return %3 : tensor<?x6x?xf32>
}

// -----

// An open head size gives the scale at run time, open heads how many share a key.
// CHECK: dlc.check {{.*}} "there are % key heads and % value heads"
// CHECK: dlc.sqrt {{.*}} tensor<f64>
// CHECK: dlc.matmul
// CHECK: dlc.matmul
func.func @main(%q: tensor<?x?x?x?xf32>, %k: tensor<?x?x?x?xf32>, %v: tensor<?x?x?x?xf32>) -> tensor<?x?x?x?xf32> {
  %0 = graph.import %q : tensor<?x?x?x?xf32>
  %1 = graph.import %k : tensor<?x?x?x?xf32>
  %2 = graph.import %v : tensor<?x?x?x?xf32>
  %3 = graph.node "onnx.Attention"(%0, %1, %2) version 23
  %4 = graph.export %3 : tensor<?x?x?x?xf32>
  return %4 : tensor<?x?x?x?xf32>
}

// -----

// Without axes an open size is taken not to be 1.
// CHECK: dlc.check {{.*}} "a dimension is % at run time: squeezing it needs 'axes'"
// CHECK: dlc.reshape {{.*}} tensor<?x1x3xf32> -> tensor<?x3xf32>
func.func @main(%x: tensor<?x1x3xf32>) -> tensor<?x3xf32> {
  %0 = graph.import %x : tensor<?x1x3xf32>
  %1 = graph.node "onnx.Squeeze"(%0) version 13
  %2 = graph.export %1 : tensor<?x3xf32>
  return %2 : tensor<?x3xf32>
}

// -----

// A vector of open size that stands for one number holds one.
// CHECK: dlc.check {{.*}} "% numbers are given where there must be %"
// CHECK: dlc.topk
func.func @main(%x: tensor<?xf32>, %k: tensor<?xi64>) -> tensor<?xf32> {
  %0 = graph.import %x : tensor<?xf32>
  %1 = graph.import %k : tensor<?xi64>
  %2:2 = graph.node "onnx.TopK"(%0, %1) version 11
  %3 = graph.export %2#0 : tensor<?xf32>
  return %3 : tensor<?xf32>
}

// -----

// Sizes that an attribute gives are those of the weights.
// CHECK: dlc.check {{.*}} "weights have % rows, expected %"
// CHECK: dlc.check {{.*}} "the hidden size is % and %"
func.func @main(%x: tensor<?x?x?xf32>, %w: tensor<?x?x?xf32>, %r: tensor<?x?x?xf32>) -> tensor<?x1x?x5xf32> {
  %0 = graph.import %x : tensor<?x?x?xf32>
  %1 = graph.import %w : tensor<?x?x?xf32>
  %2 = graph.import %r : tensor<?x?x?xf32>
  %3:2 = graph.node "onnx.RNN"(%0, %1, %2) version 14 {hidden_size = 5 : i64}
  %4 = graph.export %3#0 : tensor<?x1x?x5xf32>
  return %4 : tensor<?x1x?x5xf32>
}

// -----

// The last one is a slice, not a look-up. What a tensor tells is looked up.
// CHECK: %[[N:.*]] = tensor.dim %arg0, %{{.*}} : tensor<2x?x3xf32>
// CHECK: %[[LAST:.*]] = arith.addi %[[N]], %{{.*}} : index
// CHECK: dlc.slice %arg0 [0, %[[LAST]], 0] steps [1, 1, 1] : tensor<2x?x3xf32> -> tensor<2x1x3xf32>
// CHECK: dlc.gather %arg0, %{{.*}} axis = 1
func.func @main(%x: tensor<2x?x3xf32>, %i: tensor<i64>) -> (tensor<2x3xf32>, tensor<2x3xf32>) {
  %0 = graph.import %x : tensor<2x?x3xf32>
  %1 = graph.import %i : tensor<i64>
  %last = graph.weight "last" = dense<-1> : tensor<i64>
  %2 = graph.node "onnx.Gather"(%0, %last) version 13 {axis = 1 : i64}
  %3 = graph.node "onnx.Gather"(%0, %1) version 13 {axis = 1 : i64}
  %4 = graph.export %2 : tensor<2x3xf32>
  %5 = graph.export %3 : tensor<2x3xf32>
  return %4, %5 : tensor<2x3xf32>, tensor<2x3xf32>
}

// -----

// Positions of a table, as many as a text has tokens: the sum has the text's size,
// whether that is 1 or not.
// CHECK: %[[N:.*]] = tensor.dim %arg0
// CHECK-NOT: arith.select
// CHECK: dlc.broadcast %{{.*}} sizes(%[[N]]) : tensor<?x3xf32> -> tensor<?x3xf32>
// CHECK-NOT: arith.select
// CHECK: return
func.func @main(%x: tensor<?x3xf32>, %table: tensor<64x3xf32>) -> tensor<?x3xf32> {
  %0 = graph.import %x : tensor<?x3xf32>
  %1 = graph.import %table : tensor<64x3xf32>
  %first = graph.weight "first" = dense<0> : tensor<1xi64>
  %n = graph.node "onnx.Shape"(%0) version 15 {start = 0 : i64, end = 1 : i64}
  %places = graph.node "onnx.Slice"(%1, %first, %n) version 13
  %3 = graph.node "onnx.Add"(%places, %0) version 14
  %4 = graph.node "onnx.Add"(%0, %places) version 14
  %5 = graph.node "onnx.Add"(%3, %4) version 14
  %6 = graph.export %5 : tensor<?x3xf32>
  return %6 : tensor<?x3xf32>
}
