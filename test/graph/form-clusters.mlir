// Which operations become one kernel.
//
// RUN: dlc-opt -split-input-file -dlc-form-clusters -dlc-place-results %s | FileCheck %s

// CHECK-LABEL: @pointwise
// CHECK:       %[[C:.*]] = dlc.cluster(%{{.*}}) :
// CHECK:         dlc.exp
// CHECK:         dlc.neg
// CHECK:         dlc.yield
// CHECK:       return %[[C]]
func.func @pointwise(%x: tensor<8xf32>) -> tensor<8xf32> {
  %0 = dlc.exp %x : tensor<8xf32>
  %1 = dlc.neg %0 : tensor<8xf32>
  return %1 : tensor<8xf32>
}

// -----

// Equal elements are held in a register, others are read from memory.
// CHECK-LABEL: @constants
// CHECK:       %[[W:.*]] = dlc.constant dense<[1.0
// CHECK:       dlc.cluster(%{{.*}}, %[[W]]) :
// CHECK:         dlc.constant dense<2.0
// CHECK:         dlc.mul
// CHECK:         dlc.add
// CHECK:         dlc.yield
func.func @constants(%x: tensor<2xf32>) -> tensor<2xf32> {
  %two = dlc.constant dense<2.0> : tensor<2xf32>
  %w = dlc.constant dense<[1.0, 3.0]> : tensor<2xf32>
  %0 = dlc.mul %x, %two : tensor<2xf32>
  %1 = dlc.add %0, %w : tensor<2xf32>
  return %1 : tensor<2xf32>
}

// -----

// Two kernels read the exponential: it is computed once.
// CHECK-LABEL: @shared
// CHECK:       %[[E:.*]] = dlc.cluster
// CHECK:         dlc.exp
// CHECK:       dlc.cluster(%[[E]])
// CHECK:         dlc.neg
// CHECK:       dlc.cluster(%[[E]])
// CHECK:         dlc.transpose
func.func @shared(%x: tensor<4x8xf32>) -> (tensor<4x8xf32>, tensor<8x4xf32>) {
  %0 = dlc.exp %x : tensor<4x8xf32>
  %1 = dlc.neg %0 : tensor<4x8xf32>
  %2 = dlc.transpose %0 [1, 0] : tensor<4x8xf32> -> tensor<8x4xf32>
  return %1, %2 : tensor<4x8xf32>, tensor<8x4xf32>
}

// -----

// A movement costs nothing: every kernel that reads it has it.
// CHECK-LABEL: @movement
// CHECK:       dlc.cluster
// CHECK:         dlc.transpose
// CHECK:         dlc.neg
// CHECK:       dlc.cluster
// CHECK:         dlc.transpose
// CHECK:         dlc.exp
func.func @movement(%x: tensor<4x8xf32>) -> (tensor<8x4xf32>, tensor<8x4xf32>) {
  %0 = dlc.transpose %x [1, 0] : tensor<4x8xf32> -> tensor<8x4xf32>
  %1 = dlc.neg %0 : tensor<8x4xf32>
  %2 = dlc.exp %0 : tensor<8x4xf32>
  return %1, %2 : tensor<8x4xf32>, tensor<8x4xf32>
}

// -----

// Bias and activation are the product's epilogue; what computes an operand is not part of it.
// CHECK-LABEL: @epilogue
// CHECK:       %[[N:.*]] = dlc.cluster
// CHECK-NEXT:  ^bb0
// CHECK-NEXT:    dlc.neg
// CHECK-NEXT:    dlc.yield
// CHECK:       dlc.cluster(%[[N]], %{{.*}}, %{{.*}}) :
// CHECK:         dlc.matmul
// CHECK:         dlc.broadcast
// CHECK:         dlc.add
// CHECK:         dlc.max
// CHECK:         dlc.yield
func.func @epilogue(%x: tensor<4x8xf32>, %w: tensor<8x5xf32>, %b: tensor<5xf32>) -> tensor<4x5xf32> {
  %zero = dlc.constant dense<0.0> : tensor<4x5xf32>
  %0 = dlc.neg %x : tensor<4x8xf32>
  %1 = dlc.matmul %0, %w : (tensor<4x8xf32>, tensor<8x5xf32>) -> tensor<4x5xf32>
  %2 = dlc.broadcast %b : tensor<5xf32> -> tensor<4x5xf32>
  %3 = dlc.add %1, %2 : tensor<4x5xf32>
  %4 = dlc.max %3, %zero : tensor<4x5xf32>
  return %4 : tensor<4x5xf32>
}

// -----

// One anchor a kernel.
// CHECK-LABEL: @two_products
// CHECK:       dlc.cluster
// CHECK:         dlc.matmul
// CHECK-NEXT:    dlc.yield
// CHECK:       dlc.cluster
// CHECK:         dlc.matmul
// CHECK-NEXT:    dlc.add
// CHECK-NEXT:    dlc.yield
func.func @two_products(%x: tensor<4x8xf32>, %w: tensor<8x5xf32>, %v: tensor<8x5xf32>) -> tensor<4x5xf32> {
  %0 = dlc.matmul %x, %w : (tensor<4x8xf32>, tensor<8x5xf32>) -> tensor<4x5xf32>
  %1 = dlc.matmul %x, %v : (tensor<4x8xf32>, tensor<8x5xf32>) -> tensor<4x5xf32>
  %2 = dlc.add %0, %1 : tensor<4x5xf32>
  return %2 : tensor<4x5xf32>
}

// -----

// A product reads strided views, as long as the rows of the right side are dense.
// CHECK-LABEL: @views
// CHECK:       dlc.cluster(%{{.*}}, %{{.*}}) : (tensor<8x4xf32>, tensor<9x5xf32>)
// CHECK:         dlc.transpose
// CHECK:         dlc.slice
// CHECK:         dlc.matmul
func.func @views(%x: tensor<8x4xf32>, %w: tensor<9x5xf32>) -> tensor<4x5xf32> {
  %0 = dlc.transpose %x [1, 0] : tensor<8x4xf32> -> tensor<4x8xf32>
  %1 = dlc.slice %w [1, 0] steps [1, 1] : tensor<9x5xf32> -> tensor<8x5xf32>
  %2 = dlc.matmul %0, %1 : (tensor<4x8xf32>, tensor<8x5xf32>) -> tensor<4x5xf32>
  return %2 : tensor<4x5xf32>
}

// -----

// CHECK-LABEL: @no_view
// CHECK:       %[[T:.*]] = dlc.cluster
// CHECK:         dlc.transpose
// CHECK-NEXT:    dlc.yield
// CHECK:       dlc.cluster(%{{.*}}, %[[T]])
// CHECK:         dlc.matmul
func.func @no_view(%x: tensor<4x8xf32>, %w: tensor<5x8xf32>) -> tensor<4x5xf32> {
  %0 = dlc.transpose %w [1, 0] : tensor<5x8xf32> -> tensor<8x5xf32>
  %1 = dlc.matmul %x, %0 : (tensor<4x8xf32>, tensor<8x5xf32>) -> tensor<4x5xf32>
  return %1 : tensor<4x5xf32>
}

// -----

// Reductions of the same rows share a kernel: softmax is one.
// CHECK-LABEL: @softmax
// CHECK-COUNT-1: dlc.cluster
// CHECK:         dlc.reduce max
// CHECK:         dlc.exp
// CHECK:         dlc.reduce sum
// CHECK:         dlc.div
// CHECK-NOT:   dlc.cluster
func.func @softmax(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = dlc.reduce max %x [1] : tensor<4x8xf32> -> tensor<4xf32>
  %1 = dlc.reshape %0 : tensor<4xf32> -> tensor<4x1xf32>
  %2 = dlc.broadcast %1 : tensor<4x1xf32> -> tensor<4x8xf32>
  %3 = dlc.sub %x, %2 : tensor<4x8xf32>
  %4 = dlc.exp %3 : tensor<4x8xf32>
  %5 = dlc.reduce sum %4 [1] : tensor<4x8xf32> -> tensor<4xf32>
  %6 = dlc.reshape %5 : tensor<4xf32> -> tensor<4x1xf32>
  %7 = dlc.broadcast %6 : tensor<4x1xf32> -> tensor<4x8xf32>
  %8 = dlc.div %4, %7 : tensor<4x8xf32>
  return %8 : tensor<4x8xf32>
}

// -----

// A reshape is another view of what is in memory.
// CHECK-LABEL: @reshape
// CHECK:       %[[E:.*]] = dlc.cluster
// CHECK:         dlc.exp
// CHECK:       %[[R:.*]] = dlc.reshape %[[E]]
// CHECK:       dlc.cluster(%[[R]])
// CHECK:         dlc.transpose
func.func @reshape(%x: tensor<12xf32>) -> tensor<4x3xf32> {
  %0 = dlc.exp %x : tensor<12xf32>
  %1 = dlc.reshape %0 : tensor<12xf32> -> tensor<3x4xf32>
  %2 = dlc.transpose %1 [1, 0] : tensor<3x4xf32> -> tensor<4x3xf32>
  return %2 : tensor<4x3xf32>
}

// -----

// But for sizes of 1, which kernels see through.
// CHECK-LABEL: @unit_reshape
// CHECK:       dlc.cluster
// CHECK:         dlc.exp
// CHECK:         dlc.reshape
// CHECK:         dlc.neg
// CHECK-NOT:   dlc.cluster
func.func @unit_reshape(%x: tensor<12xf32>) -> tensor<1x12xf32> {
  %0 = dlc.exp %x : tensor<12xf32>
  %1 = dlc.reshape %0 : tensor<12xf32> -> tensor<1x12xf32>
  %2 = dlc.neg %1 : tensor<1x12xf32>
  return %2 : tensor<1x12xf32>
}

// -----

// Nothing is computed again for each element that it is repeated to.
// CHECK-LABEL: @repeated
// CHECK:       %[[E:.*]] = dlc.cluster
// CHECK:         dlc.exp
// CHECK:       dlc.cluster(%[[E]], %{{.*}})
// CHECK-NOT:     dlc.exp
// CHECK:         dlc.broadcast
func.func @repeated(%x: tensor<8xf32>, %y: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = dlc.exp %x : tensor<8xf32>
  %1 = dlc.broadcast %0 : tensor<8xf32> -> tensor<4x8xf32>
  %2 = dlc.add %1, %y : tensor<4x8xf32>
  return %2 : tensor<4x8xf32>
}

// -----

// A concat is a kernel of its own, with what is computed for it.
// CHECK-LABEL: @concat
// CHECK:       %[[C:.*]] = dlc.cluster
// CHECK:         dlc.neg
// CHECK:         dlc.concat
// CHECK-NEXT:    dlc.yield
// CHECK:       dlc.cluster(%[[C]])
// CHECK:         dlc.exp
func.func @concat(%x: tensor<2x8xf32>, %y: tensor<3x8xf32>) -> tensor<5x8xf32> {
  %0 = dlc.neg %x : tensor<2x8xf32>
  %1 = dlc.concat %0, %y axis = 0 : (tensor<2x8xf32>, tensor<3x8xf32>) -> tensor<5x8xf32>
  %2 = dlc.exp %1 : tensor<5x8xf32>
  return %2 : tensor<5x8xf32>
}

// -----

// Every output has memory of its own: an argument and a second mention are copied.
// CHECK-LABEL: @returned
// CHECK-SAME:  (%[[X:.*]]: tensor<4xf32>)
// CHECK:       %[[N:.*]] = dlc.cluster(%[[X]])
// CHECK:         dlc.neg
// CHECK:       %[[A:.*]] = dlc.cluster(%[[X]])
// CHECK-NEXT:  ^bb0(%[[B:.*]]: tensor<4xf32>):
// CHECK-NEXT:    dlc.yield %[[B]]
// CHECK:       %[[S:.*]] = dlc.cluster(%[[N]])
// CHECK:       return %[[N]], %[[A]], %[[S]]
func.func @returned(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) {
  %0 = dlc.neg %x : tensor<4xf32>
  return %0, %x, %0 : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
}

// -----

// CHECK-LABEL: @returned_constant
// CHECK:       %[[C:.*]] = dlc.constant
// CHECK:       %[[R:.*]] = dlc.cluster(%[[C]])
// CHECK:       return %[[R]]
func.func @returned_constant() -> tensor<2xf32> {
  %0 = dlc.constant dense<[1.0, 2.0]> : tensor<2xf32>
  return %0 : tensor<2xf32>
}

// -----

// Open sizes are computed from those of the arguments.
// CHECK-LABEL: @open
// CHECK-SAME:  (%[[X:.*]]: tensor<?x8xf32>, %[[Y:.*]]: tensor<?x8xf32>)
// CHECK-DAG:   %[[M:.*]] = tensor.dim %[[X]], %c0
// CHECK-DAG:   %[[N:.*]] = tensor.dim %[[Y]], %c0
// CHECK:       %[[S:.*]] = arith.addi %[[M]], %[[N]]
// CHECK:       %[[C:.*]] = dlc.cluster(%[[X]], %[[Y]]) sizes(%[[S]])
// CHECK:         dlc.concat
// CHECK:       dlc.cluster(%[[C]]) sizes(%[[S]])
func.func @open(%x: tensor<?x8xf32>, %y: tensor<?x8xf32>) -> tensor<?x8xf32> {
  %0 = dlc.concat %x, %y axis = 0 : (tensor<?x8xf32>, tensor<?x8xf32>) -> tensor<?x8xf32>
  %1 = dlc.neg %0 : tensor<?x8xf32>
  return %1 : tensor<?x8xf32>
}

// -----

// Rows of two lengths are not one space, though their types are equal.
// CHECK-LABEL: @rows_of_other_tensor
// CHECK:       dlc.cluster
// CHECK:         dlc.reduce sum
// CHECK-NEXT:    dlc.yield
// CHECK:       dlc.cluster
// CHECK-NOT:     dlc.reduce
// CHECK:         dlc.add
func.func @rows_of_other_tensor(%x: tensor<?x?xf32>, %y: tensor<?x?xf32>) -> tensor<?x?xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %n = tensor.dim %x, %c0 : tensor<?x?xf32>
  %m = tensor.dim %y, %c1 : tensor<?x?xf32>
  %0 = dlc.reduce sum %x [1] : tensor<?x?xf32> -> tensor<?xf32>
  %1 = dlc.reshape %0 sizes(%n) : tensor<?xf32> -> tensor<?x1xf32>
  %2 = dlc.broadcast %1 sizes(%n, %m) : tensor<?x1xf32> -> tensor<?x?xf32>
  %3 = dlc.add %2, %y : tensor<?x?xf32>
  return %3 : tensor<?x?xf32>
}

// -----

// CHECK-LABEL: @rows_of_same_tensor
// CHECK-COUNT-1: dlc.cluster
// CHECK:         dlc.reduce sum
// CHECK:         dlc.div
// CHECK-NOT:   dlc.cluster
// CHECK:       return
func.func @rows_of_same_tensor(%x: tensor<?x?xf32>) -> tensor<?x?xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %0 = dlc.exp %x : tensor<?x?xf32>
  %n = tensor.dim %0, %c0 : tensor<?x?xf32>
  %m = tensor.dim %0, %c1 : tensor<?x?xf32>
  %1 = dlc.reduce sum %0 [1] : tensor<?x?xf32> -> tensor<?xf32>
  %2 = dlc.reshape %1 sizes(%n) : tensor<?xf32> -> tensor<?x1xf32>
  %3 = dlc.broadcast %2 sizes(%n, %m) : tensor<?x1xf32> -> tensor<?x?xf32>
  %4 = dlc.div %0, %3 : tensor<?x?xf32>
  return %4 : tensor<?x?xf32>
}

// -----

// Several open sizes may be proved one by one, too.
// CHECK-LABEL: @rows_of_open_sizes
// CHECK-COUNT-1: dlc.cluster
// CHECK:         dlc.reduce sum
// CHECK:         dlc.reshape
// CHECK:         dlc.div
// CHECK-NOT:   dlc.cluster
// CHECK:       return
func.func @rows_of_open_sizes(%x: tensor<?x?x24xf32>) -> tensor<?x?x24xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %n = tensor.dim %x, %c0 : tensor<?x?x24xf32>
  %m = tensor.dim %x, %c1 : tensor<?x?x24xf32>
  %0 = dlc.reduce sum %x [2] : tensor<?x?x24xf32> -> tensor<?x?xf32>
  %1 = dlc.reshape %0 sizes(%n, %m) : tensor<?x?xf32> -> tensor<?x?x1xf32>
  %2 = dlc.broadcast %1 sizes(%n, %m) : tensor<?x?x1xf32> -> tensor<?x?x24xf32>
  %3 = dlc.div %x, %2 : tensor<?x?x24xf32>
  return %3 : tensor<?x?x24xf32>
}

// -----

// CHECK-LABEL: @two_lengths
// CHECK:       dlc.cluster
// CHECK:         dlc.reduce
// CHECK:       dlc.cluster
// CHECK:         dlc.reduce
// CHECK:       return
func.func @two_lengths(%x: tensor<4x?xf32>, %y: tensor<4x?xf32>) -> tensor<4xf32> {
  %0 = dlc.reduce sum %x [1] : tensor<4x?xf32> -> tensor<4xf32>
  %1 = dlc.reduce max %y [1] : tensor<4x?xf32> -> tensor<4xf32>
  %2 = dlc.add %0, %1 : tensor<4xf32>
  return %2 : tensor<4xf32>
}

// -----

// A root that reorders what is stored is for products alone.
// CHECK-LABEL: @reduction_beside_product
// CHECK:       dlc.cluster
// CHECK:         dlc.reduce sum
// CHECK-NEXT:    dlc.yield
// CHECK:       dlc.cluster
// CHECK:         dlc.matmul
// CHECK:         dlc.transpose
// CHECK-NEXT:    dlc.yield
func.func @reduction_beside_product(%a: tensor<2x3x4xf32>, %b: tensor<2x4x5xf32>, %x: tensor<2x3x5x7xf32>) -> tensor<3x2x5xf32> {
  %0 = dlc.matmul %a, %b : (tensor<2x3x4xf32>, tensor<2x4x5xf32>) -> tensor<2x3x5xf32>
  %1 = dlc.reduce sum %x [3] : tensor<2x3x5x7xf32> -> tensor<2x3x5xf32>
  %2 = dlc.add %0, %1 : tensor<2x3x5xf32>
  %3 = dlc.transpose %2 [1, 0, 2] : tensor<2x3x5xf32> -> tensor<3x2x5xf32>
  return %3 : tensor<3x2x5xf32>
}

// -----

// Each value has two users: to follow every path would take 2^48 steps.
// CHECK-LABEL: @diamonds
// CHECK-COUNT-1: dlc.cluster
// CHECK:       return
func.func @diamonds(%x: tensor<8xf32>) -> tensor<8xf32> {
  %s0 = dlc.sin %x : tensor<8xf32>
  %a0 = dlc.add %x, %s0 : tensor<8xf32>
  %s1 = dlc.sin %a0 : tensor<8xf32>
  %a1 = dlc.add %a0, %s1 : tensor<8xf32>
  %s2 = dlc.sin %a1 : tensor<8xf32>
  %a2 = dlc.add %a1, %s2 : tensor<8xf32>
  %s3 = dlc.sin %a2 : tensor<8xf32>
  %a3 = dlc.add %a2, %s3 : tensor<8xf32>
  %s4 = dlc.sin %a3 : tensor<8xf32>
  %a4 = dlc.add %a3, %s4 : tensor<8xf32>
  %s5 = dlc.sin %a4 : tensor<8xf32>
  %a5 = dlc.add %a4, %s5 : tensor<8xf32>
  %s6 = dlc.sin %a5 : tensor<8xf32>
  %a6 = dlc.add %a5, %s6 : tensor<8xf32>
  %s7 = dlc.sin %a6 : tensor<8xf32>
  %a7 = dlc.add %a6, %s7 : tensor<8xf32>
  %s8 = dlc.sin %a7 : tensor<8xf32>
  %a8 = dlc.add %a7, %s8 : tensor<8xf32>
  %s9 = dlc.sin %a8 : tensor<8xf32>
  %a9 = dlc.add %a8, %s9 : tensor<8xf32>
  %s10 = dlc.sin %a9 : tensor<8xf32>
  %a10 = dlc.add %a9, %s10 : tensor<8xf32>
  %s11 = dlc.sin %a10 : tensor<8xf32>
  %a11 = dlc.add %a10, %s11 : tensor<8xf32>
  %s12 = dlc.sin %a11 : tensor<8xf32>
  %a12 = dlc.add %a11, %s12 : tensor<8xf32>
  %s13 = dlc.sin %a12 : tensor<8xf32>
  %a13 = dlc.add %a12, %s13 : tensor<8xf32>
  %s14 = dlc.sin %a13 : tensor<8xf32>
  %a14 = dlc.add %a13, %s14 : tensor<8xf32>
  %s15 = dlc.sin %a14 : tensor<8xf32>
  %a15 = dlc.add %a14, %s15 : tensor<8xf32>
  %s16 = dlc.sin %a15 : tensor<8xf32>
  %a16 = dlc.add %a15, %s16 : tensor<8xf32>
  %s17 = dlc.sin %a16 : tensor<8xf32>
  %a17 = dlc.add %a16, %s17 : tensor<8xf32>
  %s18 = dlc.sin %a17 : tensor<8xf32>
  %a18 = dlc.add %a17, %s18 : tensor<8xf32>
  %s19 = dlc.sin %a18 : tensor<8xf32>
  %a19 = dlc.add %a18, %s19 : tensor<8xf32>
  %s20 = dlc.sin %a19 : tensor<8xf32>
  %a20 = dlc.add %a19, %s20 : tensor<8xf32>
  %s21 = dlc.sin %a20 : tensor<8xf32>
  %a21 = dlc.add %a20, %s21 : tensor<8xf32>
  %s22 = dlc.sin %a21 : tensor<8xf32>
  %a22 = dlc.add %a21, %s22 : tensor<8xf32>
  %s23 = dlc.sin %a22 : tensor<8xf32>
  %a23 = dlc.add %a22, %s23 : tensor<8xf32>
  %s24 = dlc.sin %a23 : tensor<8xf32>
  %a24 = dlc.add %a23, %s24 : tensor<8xf32>
  %s25 = dlc.sin %a24 : tensor<8xf32>
  %a25 = dlc.add %a24, %s25 : tensor<8xf32>
  %s26 = dlc.sin %a25 : tensor<8xf32>
  %a26 = dlc.add %a25, %s26 : tensor<8xf32>
  %s27 = dlc.sin %a26 : tensor<8xf32>
  %a27 = dlc.add %a26, %s27 : tensor<8xf32>
  %s28 = dlc.sin %a27 : tensor<8xf32>
  %a28 = dlc.add %a27, %s28 : tensor<8xf32>
  %s29 = dlc.sin %a28 : tensor<8xf32>
  %a29 = dlc.add %a28, %s29 : tensor<8xf32>
  %s30 = dlc.sin %a29 : tensor<8xf32>
  %a30 = dlc.add %a29, %s30 : tensor<8xf32>
  %s31 = dlc.sin %a30 : tensor<8xf32>
  %a31 = dlc.add %a30, %s31 : tensor<8xf32>
  %s32 = dlc.sin %a31 : tensor<8xf32>
  %a32 = dlc.add %a31, %s32 : tensor<8xf32>
  %s33 = dlc.sin %a32 : tensor<8xf32>
  %a33 = dlc.add %a32, %s33 : tensor<8xf32>
  %s34 = dlc.sin %a33 : tensor<8xf32>
  %a34 = dlc.add %a33, %s34 : tensor<8xf32>
  %s35 = dlc.sin %a34 : tensor<8xf32>
  %a35 = dlc.add %a34, %s35 : tensor<8xf32>
  %s36 = dlc.sin %a35 : tensor<8xf32>
  %a36 = dlc.add %a35, %s36 : tensor<8xf32>
  %s37 = dlc.sin %a36 : tensor<8xf32>
  %a37 = dlc.add %a36, %s37 : tensor<8xf32>
  %s38 = dlc.sin %a37 : tensor<8xf32>
  %a38 = dlc.add %a37, %s38 : tensor<8xf32>
  %s39 = dlc.sin %a38 : tensor<8xf32>
  %a39 = dlc.add %a38, %s39 : tensor<8xf32>
  %s40 = dlc.sin %a39 : tensor<8xf32>
  %a40 = dlc.add %a39, %s40 : tensor<8xf32>
  %s41 = dlc.sin %a40 : tensor<8xf32>
  %a41 = dlc.add %a40, %s41 : tensor<8xf32>
  %s42 = dlc.sin %a41 : tensor<8xf32>
  %a42 = dlc.add %a41, %s42 : tensor<8xf32>
  %s43 = dlc.sin %a42 : tensor<8xf32>
  %a43 = dlc.add %a42, %s43 : tensor<8xf32>
  %s44 = dlc.sin %a43 : tensor<8xf32>
  %a44 = dlc.add %a43, %s44 : tensor<8xf32>
  %s45 = dlc.sin %a44 : tensor<8xf32>
  %a45 = dlc.add %a44, %s45 : tensor<8xf32>
  %s46 = dlc.sin %a45 : tensor<8xf32>
  %a46 = dlc.add %a45, %s46 : tensor<8xf32>
  %s47 = dlc.sin %a46 : tensor<8xf32>
  %a47 = dlc.add %a46, %s47 : tensor<8xf32>
  return %a47 : tensor<8xf32>
}

// -----

// Where the sizes are the same value, a broadcast does not stretch.
// CHECK-LABEL: @equal
// CHECK:       dlc.broadcast %{{.*}} sizes(%{{.*}}) {equal} : tensor<?xf32> -> tensor<4x?xf32>
func.func @equal(%x: tensor<?xf32>, %y: tensor<4x?xf32>) -> tensor<4x?xf32> {
  %c0 = arith.constant 0 : index
  %n = tensor.dim %x, %c0 : tensor<?xf32>
  %0 = dlc.broadcast %x sizes(%n) : tensor<?xf32> -> tensor<4x?xf32>
  %1 = dlc.add %0, %y : tensor<4x?xf32>
  return %1 : tensor<4x?xf32>
}

// -----

// CHECK-LABEL: @perhaps_equal
// CHECK-NOT:   {equal}
// CHECK:       return
func.func @perhaps_equal(%x: tensor<?xf32>, %y: tensor<4x?xf32>) -> tensor<4x?xf32> {
  %c1 = arith.constant 1 : index
  %n = tensor.dim %y, %c1 : tensor<4x?xf32>
  %0 = dlc.broadcast %x sizes(%n) : tensor<?xf32> -> tensor<4x?xf32>
  %1 = dlc.add %0, %y : tensor<4x?xf32>
  return %1 : tensor<4x?xf32>
}

// -----

// CHECK-LABEL: @dead
// CHECK-NEXT:  return
func.func @dead(%x: tensor<4xf32>) {
  %0 = dlc.neg %x : tensor<4xf32>
  return
}

// -----

// CHECK-LABEL: func.func private @declared
func.func private @declared(tensor<4xf32>) -> tensor<4xf32>

// -----

// A scatter's result is complete when its kernel ends, and no sooner.
// CHECK-LABEL: @scatter_first
// CHECK:       %[[S:.*]] = dlc.cluster
// CHECK:         dlc.scatter
// CHECK-NEXT:    dlc.yield
// CHECK:       dlc.cluster(%[[S]])
// CHECK:         dlc.exp
func.func @scatter_first(%x: tensor<5x4xf32>, %i: tensor<2xi64>, %u: tensor<2x4xf32>) -> tensor<5x4xf32> {
  %0 = dlc.scatter none %x, %i, %u : (tensor<5x4xf32>, tensor<2xi64>, tensor<2x4xf32>) -> tensor<5x4xf32>
  %1 = dlc.exp %0 : tensor<5x4xf32>
  return %1 : tensor<5x4xf32>
}

// -----

// A factor for each channel is applied as a 1x1 convolution reads.
// CHECK-LABEL: @excited
// CHECK:       dlc.cluster(%arg1, %arg0, %arg2)
// CHECK:         dlc.broadcast
// CHECK:         dlc.mul
// CHECK:         dlc.conv
// CHECK-NOT:   dlc.cluster
// CHECK:       return
func.func @excited(%x: tensor<1x6x6x32xf32>, %s: tensor<1x1x1x32xf32>, %k: tensor<1x1x1x1x32x64xf32>) -> tensor<1x6x6x64xf32> {
  %0 = dlc.broadcast %s : tensor<1x1x1x32xf32> -> tensor<1x6x6x32xf32>
  %1 = dlc.mul %x, %0 : tensor<1x6x6x32xf32>
  %2 = dlc.conv %1, %k strides [1, 1] dilations [1, 1] pads [0, 0, 0, 0] groups 1 packed 64
    : (tensor<1x6x6x32xf32>, tensor<1x1x1x1x32x64xf32>) -> tensor<1x6x6x64xf32>
  return %2 : tensor<1x6x6x64xf32>
}

// -----

// Not what costs more, nor what a larger window reads several times.
// CHECK-LABEL: @not_excited
// CHECK:       dlc.cluster
// CHECK:         dlc.exp
// CHECK:       dlc.cluster
// CHECK:         dlc.conv
// CHECK:       dlc.cluster
// CHECK:         dlc.mul
// CHECK:       dlc.cluster
// CHECK:         dlc.conv
func.func @not_excited(%x: tensor<1x6x6x32xf32>, %s: tensor<1x1x1x32xf32>, %k: tensor<1x1x1x1x32x64xf32>, %w: tensor<1x1x3x3x32x64xf32>) -> (tensor<1x6x6x64xf32>, tensor<1x4x4x64xf32>) {
  %0 = dlc.exp %x : tensor<1x6x6x32xf32>
  %1 = dlc.conv %0, %k strides [1, 1] dilations [1, 1] pads [0, 0, 0, 0] groups 1 packed 64
    : (tensor<1x6x6x32xf32>, tensor<1x1x1x1x32x64xf32>) -> tensor<1x6x6x64xf32>
  %2 = dlc.broadcast %s : tensor<1x1x1x32xf32> -> tensor<1x6x6x32xf32>
  %3 = dlc.mul %x, %2 : tensor<1x6x6x32xf32>
  %4 = dlc.conv %3, %w strides [1, 1] dilations [1, 1] pads [0, 0, 0, 0] groups 1 packed 64
    : (tensor<1x6x6x32xf32>, tensor<1x1x3x3x32x64xf32>) -> tensor<1x4x4x64xf32>
  return %1, %4 : tensor<1x6x6x64xf32>, tensor<1x4x4x64xf32>
}

// -----

// So where the number of images is open: asking for a size reads no element.
// CHECK-LABEL: @excited_open
// CHECK-COUNT-1: dlc.cluster
// CHECK:         dlc.reshape %{{.*}} {unit_dims}
// CHECK:         dlc.broadcast
// CHECK:         dlc.mul
// CHECK:         dlc.conv
// CHECK-NOT:   dlc.cluster
// CHECK:       return
func.func @excited_open(%x: tensor<?x6x6x32xf32>, %s: tensor<?x32x1x1xf32>, %k: tensor<1x1x1x1x32x64xf32>) -> tensor<?x6x6x64xf32> {
  %c0 = arith.constant 0 : index
  %n = tensor.dim %x, %c0 : tensor<?x6x6x32xf32>
  %0 = dlc.reshape %s sizes(%n) : tensor<?x32x1x1xf32> -> tensor<?x1x1x32xf32>
  %1 = dlc.broadcast %0 sizes(%n) : tensor<?x1x1x32xf32> -> tensor<?x6x6x32xf32>
  %2 = dlc.mul %x, %1 : tensor<?x6x6x32xf32>
  %m = tensor.dim %2, %c0 : tensor<?x6x6x32xf32>
  %3 = dlc.conv %2, %k strides [1, 1] dilations [1, 1] pads [0, 0, 0, 0] groups 1 packed 64
    : (tensor<?x6x6x32xf32>, tensor<1x1x1x1x32x64xf32>) -> tensor<?x6x6x64xf32>
  %zero = dlc.constant dense<0.0> : tensor<f32>
  %4 = dlc.broadcast %zero sizes(%m) : tensor<f32> -> tensor<?x6x6x64xf32>
  %5 = dlc.max %3, %4 : tensor<?x6x6x64xf32>
  return %5 : tensor<?x6x6x64xf32>
}

// -----

// A product is stored within its border where the number of images is open; not
// where images may be added, or where pixels lie is open.
// CHECK-LABEL: @bordered
// CHECK-COUNT-1: dlc.cluster
// CHECK:         dlc.conv
// CHECK-NEXT:    dlc.pad
// CHECK-NOT:   dlc.cluster
// CHECK:       return
func.func @bordered(%x: tensor<?x6x6x32xf32>, %k: tensor<1x1x1x1x32x64xf32>) -> tensor<?x8x8x64xf32> {
  %c0 = arith.constant 0 : index
  %zero = dlc.constant dense<0.0> : tensor<f32>
  %n = tensor.dim %x, %c0 : tensor<?x6x6x32xf32>
  %0 = dlc.conv %x, %k strides [1, 1] dilations [1, 1] pads [0, 0, 0, 0] groups 1 packed 64
    : (tensor<?x6x6x32xf32>, tensor<1x1x1x1x32x64xf32>) -> tensor<?x6x6x64xf32>
  %1 = dlc.pad %0, %zero low [0, 1, 1, 0] sizes(%n) : tensor<?x6x6x64xf32>, tensor<f32> -> tensor<?x8x8x64xf32>
  return %1 : tensor<?x8x8x64xf32>
}

// -----

// CHECK-LABEL: @more_images
// CHECK:       dlc.cluster
// CHECK:         dlc.conv
// CHECK-NEXT:    dlc.yield
// CHECK:       dlc.cluster
// CHECK:         dlc.pad
func.func @more_images(%x: tensor<?x6x6x32xf32>, %k: tensor<1x1x1x1x32x64xf32>, %n: index) -> tensor<?x8x8x64xf32> {
  %zero = dlc.constant dense<0.0> : tensor<f32>
  %0 = dlc.conv %x, %k strides [1, 1] dilations [1, 1] pads [0, 0, 0, 0] groups 1 packed 64
    : (tensor<?x6x6x32xf32>, tensor<1x1x1x1x32x64xf32>) -> tensor<?x6x6x64xf32>
  %1 = dlc.pad %0, %zero low [0, 1, 1, 0] sizes(%n) : tensor<?x6x6x64xf32>, tensor<f32> -> tensor<?x8x8x64xf32>
  return %1 : tensor<?x8x8x64xf32>
}

// -----

// CHECK-LABEL: @open_pixels
// CHECK:       dlc.cluster
// CHECK:         dlc.conv
// CHECK-NEXT:    dlc.yield
// CHECK:       dlc.cluster
// CHECK:         dlc.pad
func.func @open_pixels(%x: tensor<1x?x6x32xf32>, %k: tensor<1x1x1x1x32x64xf32>) -> tensor<1x?x8x64xf32> {
  %c1 = arith.constant 1 : index
  %zero = dlc.constant dense<0.0> : tensor<f32>
  %n = tensor.dim %x, %c1 : tensor<1x?x6x32xf32>
  %0 = dlc.conv %x, %k strides [1, 1] dilations [1, 1] pads [0, 0, 0, 0] groups 1 packed 64
    : (tensor<1x?x6x32xf32>, tensor<1x1x1x1x32x64xf32>) -> tensor<1x?x6x64xf32>
  %1 = dlc.pad %0, %zero low [0, 0, 1, 0] sizes(%n) : tensor<1x?x6x64xf32>, tensor<f32> -> tensor<1x?x8x64xf32>
  return %1 : tensor<1x?x8x64xf32>
}

// -----

// The batch of a product of two batches of the same size is of that size: its rows
// share a kernel.
// CHECK-LABEL: @softmax_of_open_product
// CHECK-COUNT-2: dlc.cluster
// CHECK:         dlc.reduce max
// CHECK:         dlc.reduce sum
// CHECK:         dlc.div
// CHECK-NOT:   dlc.cluster
// CHECK:       return
func.func @softmax_of_open_product(%x: tensor<?x9x24xf32>) -> tensor<?x9x9xf32> {
  %c0 = arith.constant 0 : index
  %n = tensor.dim %x, %c0 : tensor<?x9x24xf32>
  %t = dlc.transpose %x [0, 2, 1] : tensor<?x9x24xf32> -> tensor<?x24x9xf32>
  %s = dlc.matmul %x, %t : (tensor<?x9x24xf32>, tensor<?x24x9xf32>) -> tensor<?x9x9xf32>
  %0 = dlc.reduce max %s [2] : tensor<?x9x9xf32> -> tensor<?x9xf32>
  %1 = dlc.reshape %0 sizes(%n) : tensor<?x9xf32> -> tensor<?x9x1xf32>
  %2 = dlc.broadcast %1 sizes(%n) : tensor<?x9x1xf32> -> tensor<?x9x9xf32>
  %3 = dlc.sub %s, %2 : tensor<?x9x9xf32>
  %4 = dlc.exp %3 : tensor<?x9x9xf32>
  %5 = dlc.reduce sum %4 [2] : tensor<?x9x9xf32> -> tensor<?x9xf32>
  %6 = dlc.reshape %5 sizes(%n) : tensor<?x9xf32> -> tensor<?x9x1xf32>
  %7 = dlc.broadcast %6 sizes(%n) : tensor<?x9x1xf32> -> tensor<?x9x9xf32>
  %8 = dlc.div %4, %7 : tensor<?x9x9xf32>
  return %8 : tensor<?x9x9xf32>
}

// -----

// Two batches of sizes that nothing proves equal: the product's is one of them.
// CHECK-LABEL: @softmax_of_two_batches
// CHECK:         dlc.reduce max
// CHECK-NEXT:    dlc.yield
func.func @softmax_of_two_batches(%x: tensor<?x9x24xf32>, %y: tensor<?x24x9xf32>) -> tensor<?x9x9xf32> {
  %c0 = arith.constant 0 : index
  %n = tensor.dim %x, %c0 : tensor<?x9x24xf32>
  %s = dlc.matmul %x, %y : (tensor<?x9x24xf32>, tensor<?x24x9xf32>) -> tensor<?x9x9xf32>
  %0 = dlc.reduce max %s [2] : tensor<?x9x9xf32> -> tensor<?x9xf32>
  %1 = dlc.reshape %0 sizes(%n) : tensor<?x9xf32> -> tensor<?x9x1xf32>
  %2 = dlc.broadcast %1 sizes(%n) : tensor<?x9x1xf32> -> tensor<?x9x9xf32>
  %3 = dlc.sub %s, %2 : tensor<?x9x9xf32>
  return %3 : tensor<?x9x9xf32>
}

// -----

// What is repeated is computed once, though it is reshaped first.
// CHECK-LABEL: @excited_by_sigmoid
// CHECK:       %[[S:.*]] = dlc.cluster
// CHECK:         dlc.sigmoid
// CHECK-NEXT:    dlc.yield
// CHECK:       dlc.cluster(%[[S]]
// CHECK:         dlc.reshape
// CHECK:         dlc.broadcast
// CHECK:         dlc.mul
// CHECK-NEXT:    dlc.conv
func.func @excited_by_sigmoid(%x: tensor<1x6x6x32xf32>, %s: tensor<1x32x1x1xf32>, %k: tensor<1x1x1x1x32x64xf32>) -> tensor<1x6x6x64xf32> {
  %0 = dlc.sigmoid %s : tensor<1x32x1x1xf32>
  %1 = dlc.reshape %0 : tensor<1x32x1x1xf32> -> tensor<1x1x1x32xf32>
  %2 = dlc.broadcast %1 : tensor<1x1x1x32xf32> -> tensor<1x6x6x32xf32>
  %3 = dlc.mul %x, %2 : tensor<1x6x6x32xf32>
  %4 = dlc.conv %3, %k strides [1, 1] dilations [1, 1] pads [0, 0, 0, 0] groups 1 packed 64
    : (tensor<1x6x6x32xf32>, tensor<1x1x1x1x32x64xf32>) -> tensor<1x6x6x64xf32>
  return %4 : tensor<1x6x6x64xf32>
}

// -----

// What a window would gather is transposed in memory first.
// CHECK-LABEL: @pool
// CHECK:       dlc.cluster
// CHECK:         dlc.transpose
// CHECK:         dlc.yield
// CHECK:       dlc.cluster
// CHECK:         dlc.pool
// CHECK:         dlc.yield
func.func @pool(%x: tensor<1x80x16x16xf32>) -> tensor<1x16x16x80xf32> {
  %0 = dlc.transpose %x [0, 2, 3, 1] : tensor<1x80x16x16xf32> -> tensor<1x16x16x80xf32>
  %1 = dlc.pool max %0 kernel [3, 3] strides [1, 1] dilations [1, 1] pads [1, 1, 1, 1] : tensor<1x16x16x80xf32> -> tensor<1x16x16x80xf32>
  return %1 : tensor<1x16x16x80xf32>
}

// -----

// Pixels are picked whole from a transpose that is stored; few of many are picked
// where they lie.
// CHECK-LABEL: @pixels
// CHECK:       %[[T:.*]] = dlc.cluster(%arg0)
// CHECK:         dlc.transpose
// CHECK-NEXT:    dlc.yield
// CHECK:       dlc.cluster(%[[T]], %arg1)
// CHECK-NEXT:    ^bb0
// CHECK-NEXT:    dlc.gather
// CHECK-LABEL: @few_pixels
// CHECK:       dlc.cluster
// CHECK-NEXT:    ^bb0
// CHECK-NEXT:    dlc.transpose
// CHECK-NEXT:    dlc.gather
func.func @pixels(%x: tensor<32x48xf32>, %i: tensor<20xi64>) -> tensor<20x32xf32> {
  %0 = dlc.transpose %x [1, 0] : tensor<32x48xf32> -> tensor<48x32xf32>
  %1 = dlc.gather %0, %i axis = 0 : (tensor<48x32xf32>, tensor<20xi64>) -> tensor<20x32xf32>
  return %1 : tensor<20x32xf32>
}
func.func @few_pixels(%x: tensor<32x100xf32>, %i: tensor<20xi64>) -> tensor<20x32xf32> {
  %0 = dlc.transpose %x [1, 0] : tensor<32x100xf32> -> tensor<100x32xf32>
  %1 = dlc.gather %0, %i axis = 0 : (tensor<100x32xf32>, tensor<20xi64>) -> tensor<20x32xf32>
  return %1 : tensor<20x32xf32>
}
