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
