// Products of one row, as in attention of one query.
//
// RUN: dlc-opt %s -split-input-file -dlc-canonicalize | FileCheck %s

// A factor of the long side goes to the row.
// CHECK-LABEL: func.func @scaled
// CHECK-SAME:    %[[Q:.*]]: tensor<1x12x1x64xf32>, %[[K:.*]]: tensor<1x12x513x64xf32>
// CHECK-DAG:     %[[ROW:.*]] = dlc.mul %[[Q]], %{{.*}} : tensor<1x12x1x64xf32>
// CHECK-DAG:     %[[T:.*]] = dlc.transpose %[[K]] [0, 1, 3, 2]
// CHECK:         dlc.matmul %[[ROW]], %[[T]]
func.func @scaled(%q: tensor<1x12x1x64xf32>, %k: tensor<1x12x513x64xf32>) -> tensor<1x12x1x513xf32> {
  %c = dlc.constant dense<0.125> : tensor<f32>
  %0 = dlc.broadcast %c : tensor<f32> -> tensor<1x12x513x64xf32>
  %1 = dlc.mul %k, %0 : tensor<1x12x513x64xf32>
  %2 = dlc.transpose %1 [0, 1, 3, 2] : tensor<1x12x513x64xf32> -> tensor<1x12x64x513xf32>
  %3 = dlc.matmul %q, %2 : (tensor<1x12x1x64xf32>, tensor<1x12x64x513xf32>) -> tensor<1x12x1x513xf32>
  return %3 : tensor<1x12x1x513xf32>
}

// -----

// Where there are several rows, to the result, if that is not much larger.
// CHECK-LABEL: func.func @several
// CHECK-SAME:    %[[Q:.*]]: tensor<100x64xf32>, %[[K:.*]]: tensor<64x128xf32>
// CHECK:         %[[Y:.*]] = dlc.matmul %[[Q]], %[[K]]
// CHECK:         dlc.mul %[[Y]],
func.func @several(%q: tensor<100x64xf32>, %k: tensor<64x128xf32>) -> tensor<100x128xf32> {
  %c = dlc.constant dense<0.125> : tensor<f32>
  %0 = dlc.broadcast %c : tensor<f32> -> tensor<64x128xf32>
  %1 = dlc.mul %k, %0 : tensor<64x128xf32>
  %2 = dlc.matmul %q, %1 : (tensor<100x64xf32>, tensor<64x128xf32>) -> tensor<100x128xf32>
  return %2 : tensor<100x128xf32>
}

// -----

// CHECK-LABEL: func.func @outer
// CHECK:         %[[S:.*]] = dlc.mul
// CHECK:         dlc.matmul %{{.*}}, %[[S]]
func.func @outer(%q: tensor<100x2xf32>, %k: tensor<2x100xf32>) -> tensor<100x100xf32> {
  %c = dlc.constant dense<0.125> : tensor<f32>
  %0 = dlc.broadcast %c : tensor<f32> -> tensor<2x100xf32>
  %1 = dlc.mul %k, %0 : tensor<2x100xf32>
  %2 = dlc.matmul %q, %1 : (tensor<100x2xf32>, tensor<2x100xf32>) -> tensor<100x100xf32>
  return %2 : tensor<100x100xf32>
}

// -----

// Heads that share a matrix are rows of one product; nothing is repeated.
// CHECK-LABEL: func.func @repeated
// CHECK-SAME:    %[[P:.*]]: tensor<1x32x1x513xf32>, %[[V:.*]]: tensor<1x4x513x64xf32>
// CHECK:         %[[ROWS:.*]] = dlc.reshape %[[P]] : tensor<1x32x1x513xf32> -> tensor<1x4x8x513xf32>
// CHECK:         %[[Y:.*]] = dlc.matmul %[[ROWS]], %[[V]]
// CHECK:         dlc.reshape %[[Y]] : tensor<1x4x8x64xf32> -> tensor<1x32x1x64xf32>
func.func @repeated(%p: tensor<1x32x1x513xf32>, %v: tensor<1x4x513x64xf32>) -> tensor<1x32x1x64xf32> {
  %0 = dlc.reshape %v : tensor<1x4x513x64xf32> -> tensor<1x4x1x513x64xf32>
  %1 = dlc.broadcast %0 : tensor<1x4x1x513x64xf32> -> tensor<1x4x8x513x64xf32>
  %2 = dlc.reshape %1 : tensor<1x4x8x513x64xf32> -> tensor<1x32x513x64xf32>
  %3 = dlc.matmul %p, %2 : (tensor<1x32x1x513xf32>, tensor<1x32x513x64xf32>) -> tensor<1x32x1x64xf32>
  return %3 : tensor<1x32x1x64xf32>
}

// -----

// So under a transpose, and with an open length.
// CHECK-LABEL: func.func @open
// CHECK-SAME:    %[[Q:.*]]: tensor<1x32x1x64xf32>, %[[K:.*]]: tensor<1x4x?x64xf32>
// CHECK-DAG:     %[[ROWS:.*]] = dlc.reshape %[[Q]] : tensor<1x32x1x64xf32> -> tensor<1x4x8x64xf32>
// CHECK-DAG:     %[[T:.*]] = dlc.transpose %[[K]] [0, 1, 3, 2] : tensor<1x4x?x64xf32>
// CHECK:         dlc.matmul %[[ROWS]], %[[T]] : {{.*}} -> tensor<1x4x8x?xf32>
func.func @open(%q: tensor<1x32x1x64xf32>, %k: tensor<1x4x?x64xf32>) -> tensor<1x32x1x?xf32> {
  %c2 = arith.constant 2 : index
  %n = tensor.dim %k, %c2 : tensor<1x4x?x64xf32>
  %0 = dlc.reshape %k sizes(%n) : tensor<1x4x?x64xf32> -> tensor<1x4x1x?x64xf32>
  %1 = dlc.broadcast %0 sizes(%n) : tensor<1x4x1x?x64xf32> -> tensor<1x4x8x?x64xf32>
  %2 = dlc.reshape %1 sizes(%n) : tensor<1x4x8x?x64xf32> -> tensor<1x32x?x64xf32>
  %3 = dlc.transpose %2 [0, 1, 3, 2] : tensor<1x32x?x64xf32> -> tensor<1x32x64x?xf32>
  %4 = dlc.matmul %q, %3 : (tensor<1x32x1x64xf32>, tensor<1x32x64x?xf32>) -> tensor<1x32x1x?xf32>
  return %4 : tensor<1x32x1x?xf32>
}

// -----

// And with an open number of rows, which may be one.
// CHECK-LABEL: func.func @open_rows
// CHECK-SAME:    %[[P:.*]]: tensor<1x32x?x513xf32>, %[[V:.*]]: tensor<1x4x513x64xf32>
// CHECK:         %[[M:.*]] = tensor.dim %[[P]]
// CHECK:         %[[N:.*]] = arith.muli %[[M]], %c8
// CHECK:         %[[ROWS:.*]] = dlc.reshape %[[P]] sizes(%[[N]]) : tensor<1x32x?x513xf32> -> tensor<1x4x?x513xf32>
// CHECK:         %[[Y:.*]] = dlc.matmul %[[ROWS]], %[[V]]
// CHECK:         dlc.reshape %[[Y]] sizes(%[[M]]) : tensor<1x4x?x64xf32> -> tensor<1x32x?x64xf32>
func.func @open_rows(%p: tensor<1x32x?x513xf32>, %v: tensor<1x4x513x64xf32>) -> tensor<1x32x?x64xf32> {
  %0 = dlc.reshape %v : tensor<1x4x513x64xf32> -> tensor<1x4x1x513x64xf32>
  %1 = dlc.broadcast %0 : tensor<1x4x1x513x64xf32> -> tensor<1x4x8x513x64xf32>
  %2 = dlc.reshape %1 : tensor<1x4x8x513x64xf32> -> tensor<1x32x513x64xf32>
  %3 = dlc.matmul %p, %2 : (tensor<1x32x?x513xf32>, tensor<1x32x513x64xf32>) -> tensor<1x32x?x64xf32>
  return %3 : tensor<1x32x?x64xf32>
}

// -----

// Batches that are not neighbours are not rows of one product.
// CHECK-LABEL: func.func @interleaved
// CHECK:         dlc.matmul %{{.*}} : {{.*}} -> tensor<1x32x1x64xf32>
func.func @interleaved(%p: tensor<1x32x1x513xf32>, %v: tensor<1x4x513x64xf32>) -> tensor<1x32x1x64xf32> {
  %0 = dlc.reshape %v : tensor<1x4x513x64xf32> -> tensor<1x1x4x513x64xf32>
  %1 = dlc.broadcast %0 : tensor<1x1x4x513x64xf32> -> tensor<1x8x4x513x64xf32>
  %2 = dlc.reshape %1 : tensor<1x8x4x513x64xf32> -> tensor<1x32x513x64xf32>
  %3 = dlc.matmul %p, %2 : (tensor<1x32x1x513xf32>, tensor<1x32x513x64xf32>) -> tensor<1x32x1x64xf32>
  return %3 : tensor<1x32x1x64xf32>
}

// -----

// A factor keeps an f16 in range: it stays.
// CHECK-LABEL: func.func @half
// CHECK-SAME:    %[[Q:.*]]: tensor<1x12x1x64xf16>
// CHECK:         dlc.mul %{{.*}} : tensor<1x12x513x64xf16>
// CHECK:         dlc.matmul %[[Q]],
func.func @half(%q: tensor<1x12x1x64xf16>, %k: tensor<1x12x513x64xf16>) -> tensor<1x12x1x513xf16> {
  %c = dlc.constant dense<0.125> : tensor<f16>
  %0 = dlc.broadcast %c : tensor<f16> -> tensor<1x12x513x64xf16>
  %1 = dlc.mul %k, %0 : tensor<1x12x513x64xf16>
  %2 = dlc.transpose %1 [0, 1, 3, 2] : tensor<1x12x513x64xf16> -> tensor<1x12x64x513xf16>
  %3 = dlc.matmul %q, %2 : (tensor<1x12x1x64xf16>, tensor<1x12x64x513xf16>) -> tensor<1x12x1x513xf16>
  return %3 : tensor<1x12x1x513xf16>
}

// -----

// A factor moves with an open batch, which all have, and with an open number of
// rows, which the product has of the operand; not where the product may be larger.
// CHECK-LABEL: func.func @open_batch
// CHECK:         %[[Y:.*]] = dlc.matmul %arg0, %{{.*}} : (tensor<?x4
// CHECK:         dlc.mul %[[Y]]
// CHECK:         %[[S:.*]] = dlc.mul %arg2
// CHECK:         %[[Z:.*]] = dlc.matmul %arg2, %arg3
// CHECK:         dlc.mul %[[Z]]
// CHECK:         dlc.matmul %[[S]], %arg4
func.func @open_batch(%x: tensor<?x4x5x16xf32>, %y: tensor<?x4x16x5xf32>, %a: tensor<?x16xf32>, %b: tensor<16x8xf32>, %c: tensor<16x?xf32>)
    -> (tensor<?x4x5x5xf32>, tensor<?x8xf32>, tensor<?x?xf32>) {
  %c0 = arith.constant 0 : index
  %f = dlc.constant dense<0.5> : tensor<f32>
  %n = tensor.dim %x, %c0 : tensor<?x4x5x16xf32>
  %m = tensor.dim %a, %c0 : tensor<?x16xf32>
  %0 = dlc.reshape %y sizes(%n) : tensor<?x4x16x5xf32> -> tensor<?x4x16x5xf32>
  %1 = dlc.broadcast %f sizes(%n) : tensor<f32> -> tensor<?x4x5x16xf32>
  %2 = dlc.mul %x, %1 : tensor<?x4x5x16xf32>
  %3 = dlc.matmul %2, %0 : (tensor<?x4x5x16xf32>, tensor<?x4x16x5xf32>) -> tensor<?x4x5x5xf32>
  %4 = dlc.broadcast %f sizes(%m) : tensor<f32> -> tensor<?x16xf32>
  %5 = dlc.mul %a, %4 : tensor<?x16xf32>
  %8 = dlc.mul %a, %4 : tensor<?x16xf32>
  %6 = dlc.matmul %5, %b : (tensor<?x16xf32>, tensor<16x8xf32>) -> tensor<?x8xf32>
  %7 = dlc.matmul %8, %c : (tensor<?x16xf32>, tensor<16x?xf32>) -> tensor<?x?xf32>
  return %3, %6, %7 : tensor<?x4x5x5xf32>, tensor<?x8xf32>, tensor<?x?xf32>
}

// -----

// A column times a row has no sums; rows times a column are sums over rows.
// CHECK-LABEL: func.func @column_row
// CHECK:         %[[X:.*]] = dlc.broadcast %arg0
// CHECK:         %[[Y:.*]] = dlc.broadcast %arg1
// CHECK:         dlc.mul %[[X]], %[[Y]] : tensor<?x5x7xf32>
func.func @column_row(%x: tensor<?x5x1xf32>, %y: tensor<1x1x7xf32>) -> tensor<?x5x7xf32> {
  %0 = dlc.matmul %x, %y : (tensor<?x5x1xf32>, tensor<1x1x7xf32>) -> tensor<?x5x7xf32>
  return %0 : tensor<?x5x7xf32>
}
// CHECK-LABEL: func.func @rows_column
// CHECK:         %[[ROW:.*]] = dlc.reshape %arg1 {{.*}}: tensor<64x1xf32> -> tensor<1x64xf32>
// CHECK:         %[[ROWS:.*]] = dlc.broadcast %[[ROW]]
// CHECK:         %[[P:.*]] = dlc.mul %arg0, %[[ROWS]] : tensor<?x64xf32>
// CHECK:         %[[S:.*]] = dlc.reduce sum %[[P]] [1]
// CHECK:         dlc.reshape %[[S]]
func.func @rows_column(%x: tensor<?x64xf32>, %y: tensor<64x1xf32>) -> tensor<?x1xf32> {
  %0 = dlc.matmul %x, %y : (tensor<?x64xf32>, tensor<64x1xf32>) -> tensor<?x1xf32>
  return %0 : tensor<?x1xf32>
}
// Narrow floats are summed in wider ones, and columns that are turned lie apart.
// CHECK-LABEL: func.func @products
// CHECK-COUNT-2: dlc.matmul
func.func @products(%x: tensor<9x64xf16>, %y: tensor<64x1xf16>, %z: tensor<64x9xf32>, %w: tensor<64x1xf32>) -> (tensor<9x1xf16>, tensor<9x1xf32>) {
  %0 = dlc.matmul %x, %y : (tensor<9x64xf16>, tensor<64x1xf16>) -> tensor<9x1xf16>
  %1 = dlc.transpose %z [1, 0] : tensor<64x9xf32> -> tensor<9x64xf32>
  %2 = dlc.matmul %1, %w : (tensor<9x64xf32>, tensor<64x1xf32>) -> tensor<9x1xf32>
  return %0, %2 : tensor<9x1xf16>, tensor<9x1xf32>
}

// -----

// What may not fit at run time, or be repeated on either side, stays a product,
// which checks that.
// CHECK-LABEL: func.func @may_not_fit
// CHECK-COUNT-5: dlc.matmul
// CHECK-NOT:     dlc.matmul
func.func @may_not_fit(%x: tensor<?x1xf32>, %y: tensor<?x7xf32>, %z: tensor<5x64xf32>, %c: tensor<?x1xf32>,
                       %p: tensor<?x?x64xf32>, %q: tensor<?x64x1xf32>, %r: tensor<3x64x1xf32>, %s: tensor<?x5x1xf32>, %t: tensor<?x1x4xf32>)
    -> (tensor<?x7xf32>, tensor<5x1xf32>, tensor<?x?x1xf32>, tensor<3x?x1xf32>, tensor<?x5x4xf32>) {
  %0 = dlc.matmul %x, %y : (tensor<?x1xf32>, tensor<?x7xf32>) -> tensor<?x7xf32>
  %1 = dlc.matmul %z, %c : (tensor<5x64xf32>, tensor<?x1xf32>) -> tensor<5x1xf32>
  %2 = dlc.matmul %p, %q : (tensor<?x?x64xf32>, tensor<?x64x1xf32>) -> tensor<?x?x1xf32>
  %3 = dlc.matmul %p, %r : (tensor<?x?x64xf32>, tensor<3x64x1xf32>) -> tensor<3x?x1xf32>
  %4 = dlc.matmul %s, %t : (tensor<?x5x1xf32>, tensor<?x1x4xf32>) -> tensor<?x5x4xf32>
  return %0, %1, %2, %3, %4 : tensor<?x7xf32>, tensor<5x1xf32>, tensor<?x?x1xf32>, tensor<3x?x1xf32>, tensor<?x5x4xf32>
}
