// RUN: dlc-opt -split-input-file -dlc-sink-reshapes %s | FileCheck %s

// The bias becomes the product's epilogue.
// CHECK-LABEL: @bias
// CHECK:       %[[P:.*]] = dlc.matmul
// CHECK:       %[[B:.*]] = dlc.broadcast %{{.*}} : tensor<8xf32> -> tensor<6x8xf32>
// CHECK:       %[[S:.*]] = dlc.add %[[P]], %[[B]] : tensor<6x8xf32>
// CHECK:       %[[R:.*]] = dlc.reshape %[[S]] : tensor<6x8xf32> -> tensor<2x3x8xf32>
// CHECK:       return %[[R]]
func.func @bias(%x: tensor<6x4xf32>, %w: tensor<4x8xf32>, %bias: tensor<8xf32>) -> tensor<2x3x8xf32> {
  %0 = dlc.matmul %x, %w : (tensor<6x4xf32>, tensor<4x8xf32>) -> tensor<6x8xf32>
  %1 = dlc.reshape %0 : tensor<6x8xf32> -> tensor<2x3x8xf32>
  %2 = dlc.broadcast %bias : tensor<8xf32> -> tensor<2x3x8xf32>
  %3 = dlc.add %1, %2 : tensor<2x3x8xf32>
  return %3 : tensor<2x3x8xf32>
}

// -----

// So do several operations, casts and constants included.
// CHECK-LABEL: @chain
// CHECK:       %[[H:.*]] = dlc.constant dense<5.000000e-01> : tensor<6x8xf32>
// CHECK:       %[[P:.*]] = dlc.matmul
// CHECK:       %[[C:.*]] = dlc.cast %[[P]] : tensor<6x8xi32> -> tensor<6x8xf32>
// CHECK:       dlc.mul %[[C]], %[[H]] : tensor<6x8xf32>
// CHECK:       dlc.reshape
// CHECK-NEXT:  return
func.func @chain(%x: tensor<6x4xi8>, %w: tensor<4x8xi8>) -> tensor<2x3x8xf32> {
  %half = dlc.constant dense<0.5> : tensor<2x3x8xf32>
  %0 = dlc.matmul %x, %w : (tensor<6x4xi8>, tensor<4x8xi8>) -> tensor<6x8xi32>
  %1 = dlc.reshape %0 : tensor<6x8xi32> -> tensor<2x3x8xi32>
  %2 = dlc.cast %1 : tensor<2x3x8xi32> -> tensor<2x3x8xf32>
  %3 = dlc.mul %2, %half : tensor<2x3x8xf32>
  return %3 : tensor<2x3x8xf32>
}

// -----

// The open size comes from what the product reads.
// CHECK-LABEL: @open
// CHECK:       %[[P:.*]] = dlc.matmul
// CHECK:       %[[D:.*]] = tensor.dim %arg0, %{{.*}} : tensor<?x4xf32>
// CHECK:       %[[B:.*]] = dlc.broadcast %{{.*}} sizes(%[[D]]) : tensor<8xf32> -> tensor<?x8xf32>
// CHECK:       %[[S:.*]] = dlc.add %[[P]], %[[B]] : tensor<?x8xf32>
// CHECK:       dlc.reshape %[[S]] sizes(%{{.*}}) : tensor<?x8xf32> -> tensor<?x3x8xf32>
func.func @open(%x: tensor<?x4xf32>, %w: tensor<4x8xf32>, %bias: tensor<8xf32>, %n: index) -> tensor<?x3x8xf32> {
  %0 = dlc.matmul %x, %w : (tensor<?x4xf32>, tensor<4x8xf32>) -> tensor<?x8xf32>
  %1 = dlc.reshape %0 sizes(%n) : tensor<?x8xf32> -> tensor<?x3x8xf32>
  %2 = dlc.broadcast %bias sizes(%n) : tensor<8xf32> -> tensor<?x3x8xf32>
  %3 = dlc.add %1, %2 : tensor<?x3x8xf32>
  return %3 : tensor<?x3x8xf32>
}

// -----

// So do several that read the same.
// CHECK-LABEL: @read_twice
// CHECK:       %[[P:.*]] = dlc.matmul
// CHECK-DAG:   dlc.neg %[[P]] : tensor<6x8xf32>
// CHECK-DAG:   dlc.exp %[[P]] : tensor<6x8xf32>
func.func @read_twice(%x: tensor<6x4xf32>, %w: tensor<4x8xf32>) -> (tensor<2x3x8xf32>, tensor<2x3x8xf32>) {
  %0 = dlc.matmul %x, %w : (tensor<6x4xf32>, tensor<4x8xf32>) -> tensor<6x8xf32>
  %1 = dlc.reshape %0 : tensor<6x8xf32> -> tensor<2x3x8xf32>
  %2 = dlc.neg %1 : tensor<2x3x8xf32>
  %3 = dlc.exp %1 : tensor<2x3x8xf32>
  return %2, %3 : tensor<2x3x8xf32>, tensor<2x3x8xf32>
}

// -----

// What is no pointwise operation reads the reshape: it stays.
// CHECK-LABEL: @read_otherwise
// CHECK:       %[[R:.*]] = dlc.reshape
// CHECK:       dlc.neg %[[R]]
// CHECK:       dlc.transpose %[[R]]
func.func @read_otherwise(%x: tensor<6x4xf32>, %w: tensor<4x8xf32>) -> (tensor<2x3x8xf32>, tensor<3x2x8xf32>) {
  %0 = dlc.matmul %x, %w : (tensor<6x4xf32>, tensor<4x8xf32>) -> tensor<6x8xf32>
  %1 = dlc.reshape %0 : tensor<6x8xf32> -> tensor<2x3x8xf32>
  %2 = dlc.neg %1 : tensor<2x3x8xf32>
  %3 = dlc.transpose %1 [1, 0, 2] : tensor<2x3x8xf32> -> tensor<3x2x8xf32>
  return %2, %3 : tensor<2x3x8xf32>, tensor<3x2x8xf32>
}

// -----

// Towards more dimensions only: two reshaped products would take turns for ever.
// CHECK-LABEL: @flattened
// CHECK:       %[[R:.*]] = dlc.reshape %{{.*}} : tensor<2x3x8xf32> -> tensor<6x8xf32>
// CHECK-NEXT:  dlc.neg %[[R]]
func.func @flattened(%x: tensor<2x3x4xf32>, %w: tensor<1x4x8xf32>) -> tensor<6x8xf32> {
  %0 = dlc.matmul %x, %w : (tensor<2x3x4xf32>, tensor<1x4x8xf32>) -> tensor<2x3x8xf32>
  %1 = dlc.reshape %0 : tensor<2x3x8xf32> -> tensor<6x8xf32>
  %2 = dlc.neg %1 : tensor<6x8xf32>
  return %2 : tensor<6x8xf32>
}

// -----

// A summand that varies along the other dimensions is in memory: it is viewed.
// CHECK-LABEL: @residual
// CHECK:       %[[P:.*]] = dlc.matmul
// CHECK:       %[[V:.*]] = dlc.reshape %{{.*}} : tensor<2x3x8xf32> -> tensor<6x8xf32>
// CHECK:       %[[S:.*]] = dlc.add %[[P]], %[[V]]
// CHECK:       dlc.reshape %[[S]]
func.func @residual(%x: tensor<6x4xf32>, %w: tensor<4x8xf32>, %y: tensor<2x3x8xf32>) -> tensor<2x3x8xf32> {
  %0 = dlc.matmul %x, %w : (tensor<6x4xf32>, tensor<4x8xf32>) -> tensor<6x8xf32>
  %1 = dlc.reshape %0 : tensor<6x8xf32> -> tensor<2x3x8xf32>
  %2 = dlc.add %1, %y : tensor<2x3x8xf32>
  return %2 : tensor<2x3x8xf32>
}

// -----

// One repeated along inner dimensions would cost index arithmetic: it stays.
// CHECK-LABEL: @other_broadcast
// CHECK:       dlc.reshape %{{.*}} : tensor<6x8xf32> -> tensor<2x3x8xf32>
// CHECK:       dlc.add %{{.*}} : tensor<2x3x8xf32>
func.func @other_broadcast(%x: tensor<6x4xf32>, %w: tensor<4x8xf32>, %y: tensor<2x1x8xf32>) -> tensor<2x3x8xf32> {
  %0 = dlc.matmul %x, %w : (tensor<6x4xf32>, tensor<4x8xf32>) -> tensor<6x8xf32>
  %1 = dlc.reshape %0 : tensor<6x8xf32> -> tensor<2x3x8xf32>
  %2 = dlc.broadcast %y : tensor<2x1x8xf32> -> tensor<2x3x8xf32>
  %3 = dlc.add %1, %2 : tensor<2x3x8xf32>
  return %3 : tensor<2x3x8xf32>
}

// -----

// Two products that are reshaped alike are added before they are.
// CHECK-LABEL: @both
// CHECK:       %[[P:.*]] = dlc.matmul
// CHECK:       %[[Q:.*]] = dlc.matmul
// CHECK:       %[[S:.*]] = dlc.add %[[P]], %[[Q]] : tensor<6x8xf32>
// CHECK:       dlc.reshape %[[S]]
func.func @both(%x: tensor<6x4xf32>, %w: tensor<4x8xf32>, %v: tensor<4x8xf32>) -> tensor<2x3x8xf32> {
  %0 = dlc.matmul %x, %w : (tensor<6x4xf32>, tensor<4x8xf32>) -> tensor<6x8xf32>
  %1 = dlc.reshape %0 : tensor<6x8xf32> -> tensor<2x3x8xf32>
  %2 = dlc.matmul %x, %v : (tensor<6x4xf32>, tensor<4x8xf32>) -> tensor<6x8xf32>
  %3 = dlc.reshape %2 : tensor<6x8xf32> -> tensor<2x3x8xf32>
  %4 = dlc.add %1, %3 : tensor<2x3x8xf32>
  return %4 : tensor<2x3x8xf32>
}

// -----

// With two open sizes, 2x6 and 4x3 may both have become 2x3x2.
// CHECK-LABEL: @two_open
// CHECK:       %[[P:.*]] = dlc.matmul
// CHECK:       %[[Q:.*]] = dlc.matmul
// CHECK-NOT:   dlc.add %[[P]], %[[Q]]
// CHECK-NOT:   dlc.add %[[Q]], %[[P]]
// CHECK:       return
func.func @two_open(%x: tensor<?x4xf32>, %w: tensor<4x?xf32>, %y: tensor<?x4xf32>, %v: tensor<4x?xf32>,
                    %a: index, %b: index) -> tensor<?x3x?xf32> {
  %0 = dlc.matmul %x, %w : (tensor<?x4xf32>, tensor<4x?xf32>) -> tensor<?x?xf32>
  %1 = dlc.reshape %0 sizes(%a, %b) : tensor<?x?xf32> -> tensor<?x3x?xf32>
  %2 = dlc.matmul %y, %v : (tensor<?x4xf32>, tensor<4x?xf32>) -> tensor<?x?xf32>
  %3 = dlc.reshape %2 sizes(%a, %b) : tensor<?x?xf32> -> tensor<?x3x?xf32>
  %4 = dlc.add %1, %3 : tensor<?x3x?xf32>
  return %4 : tensor<?x3x?xf32>
}

// -----

// A pattern that does not match leaves nothing behind, or the pass would never
// come to its end.
// CHECK-LABEL: @open_other_broadcast
// CHECK-NOT:   tensor.dim
// CHECK:       dlc.add %{{.*}} : tensor<2x?x8xf32>
func.func @open_other_broadcast(%x: tensor<?x4xf32>, %w: tensor<4x8xf32>, %y: tensor<2x1x8xf32>, %s: index) -> tensor<2x?x8xf32> {
  %0 = dlc.matmul %x, %w : (tensor<?x4xf32>, tensor<4x8xf32>) -> tensor<?x8xf32>
  %1 = dlc.reshape %0 sizes(%s) : tensor<?x8xf32> -> tensor<2x?x8xf32>
  %2 = dlc.broadcast %y sizes(%s) : tensor<2x1x8xf32> -> tensor<2x?x8xf32>
  %3 = dlc.add %1, %2 : tensor<2x?x8xf32>
  return %3 : tensor<2x?x8xf32>
}

// -----

// A gelu, which reads the product more than once: no reshape stays between its
// operations, and sizes are those of what there was.
// CHECK-LABEL: @open_gelu
// CHECK:       %[[P:.*]] = dlc.matmul
// CHECK-NOT:   tensor.dim %[[P]]
// CHECK-NOT:   dlc.reshape
// CHECK:       dlc.mul %[[P]], %[[P]]
// CHECK-NOT:   dlc.reshape
// CHECK:       %[[T:.*]] = dlc.tanh
// CHECK-NOT:   dlc.reshape
// CHECK:       %[[Y:.*]] = dlc.mul {{.*}}, %[[T]]
// CHECK:       %[[R:.*]] = dlc.reshape %[[Y]]
// CHECK:       return %[[R]]
func.func @open_gelu(%x: tensor<?x4xf32>, %w: tensor<4x8xf32>, %half: tensor<f32>, %n: index) -> tensor<1x?x8xf32> {
  %0 = dlc.matmul %x, %w : (tensor<?x4xf32>, tensor<4x8xf32>) -> tensor<?x8xf32>
  %1 = dlc.reshape %0 sizes(%n) : tensor<?x8xf32> -> tensor<1x?x8xf32>
  %2 = dlc.broadcast %half sizes(%n) : tensor<f32> -> tensor<1x?x8xf32>
  %3 = dlc.mul %1, %2 : tensor<1x?x8xf32>
  %4 = dlc.mul %1, %1 : tensor<1x?x8xf32>
  %5 = dlc.mul %4, %1 : tensor<1x?x8xf32>
  %6 = dlc.add %1, %5 : tensor<1x?x8xf32>
  %7 = dlc.tanh %6 : tensor<1x?x8xf32>
  %8 = dlc.mul %3, %7 : tensor<1x?x8xf32>
  return %8 : tensor<1x?x8xf32>
}

// -----

// What is computed from a reduction is computed by its kernel: a mean.
// CHECK-LABEL: @mean
// CHECK:       %[[S:.*]] = dlc.reduce sum
// CHECK:       %[[M:.*]] = dlc.div %[[S]], %{{.*}} : tensor<1x8xf32>
// CHECK:       %[[R:.*]] = dlc.reshape %[[M]]
// CHECK:       return %[[R]]
func.func @mean(%x: tensor<1x7x7x8xf32>, %n: tensor<f32>) -> tensor<1x8x1x1xf32> {
  %0 = dlc.reduce sum %x [1, 2] : tensor<1x7x7x8xf32> -> tensor<1x8xf32>
  %1 = dlc.reshape %0 : tensor<1x8xf32> -> tensor<1x8x1x1xf32>
  %2 = dlc.broadcast %n : tensor<f32> -> tensor<1x8x1x1xf32>
  %3 = dlc.div %1, %2 : tensor<1x8x1x1xf32>
  return %3 : tensor<1x8x1x1xf32>
}

// -----

// Rows are spread again by the same kernel, which knows them with a last dimension of 1.
// CHECK-LABEL: @mean_of_rows
// CHECK:       %[[S:.*]] = dlc.reduce sum
// CHECK:       dlc.reshape %[[S]]
// CHECK:       dlc.div
func.func @mean_of_rows(%x: tensor<4x8xf32>, %n: tensor<f32>) -> tensor<4x1xf32> {
  %0 = dlc.reduce sum %x [1] : tensor<4x8xf32> -> tensor<4xf32>
  %1 = dlc.reshape %0 : tensor<4xf32> -> tensor<4x1xf32>
  %2 = dlc.broadcast %n : tensor<f32> -> tensor<4x1xf32>
  %3 = dlc.div %1, %2 : tensor<4x1xf32>
  return %3 : tensor<4x1xf32>
}
