// RUN: dlc-opt -split-input-file -dlc-block-attention -dlc-raise-slices %s | FileCheck %s

// Scores of 128 MB, in blocks of two heads, whose keys and values take 2 MB, and
// of 114 rows of the queries and of the mask. The last block begins where it
// ends with the last row.
// CHECK-LABEL: @causal
// CHECK:       %[[INIT:.*]] = tensor.empty() : tensor<8200x1x2x64xf32>
// CHECK:       %[[LOOP:.*]] = scf.for %[[I:.*]] = %c0 to %c72 step %c1 iter_args(%[[Y:.*]] = %[[INIT]])
// CHECK:         %[[GROUP:.*]] = arith.floordivsi %[[I]], %c18
// CHECK:         %[[HEAD:.*]] = arith.muli %{{.*}}, %c2
// CHECK:         %[[START:.*]] = arith.muli %{{.*}}, %c114
// CHECK:         %[[ROW:.*]] = arith.minsi %[[START]], %c1936
// CHECK:         %[[BEFORE:.*]] = arith.muli %[[GROUP]], %c2050
// CHECK:         %[[AT:.*]] = arith.addi %[[BEFORE]], %[[ROW]]
// CHECK:         %[[Q:.*]] = dlc.slice %arg0 [0, %[[HEAD]], %[[ROW]], 0] steps [1, 1, 1, 1] : tensor<1x8x2050x64xf32> -> tensor<1x2x114x64xf32>
// CHECK:         %[[K:.*]] = dlc.slice %arg1 [0, %[[HEAD]], 0, 0] steps [1, 1, 1, 1] : tensor<1x8x64x2048xf32> -> tensor<1x2x64x2048xf32>
// CHECK:         dlc.matmul %[[Q]], %[[K]] : {{.*}} -> tensor<1x2x114x2048xf32>
// CHECK:         dlc.slice %arg3 [0, 0, %[[ROW]], 0] steps [1, 1, 1, 1] : tensor<1x1x2050x2048xf32> -> tensor<1x1x114x2048xf32>
// CHECK-NOT:     2050x2048
// CHECK:         %[[V:.*]] = dlc.slice %arg2 [0, %[[HEAD]], 0, 0] steps [1, 1, 1, 1] : tensor<1x8x2048x64xf32> -> tensor<1x2x2048x64xf32>
// CHECK:         %[[P:.*]] = dlc.matmul {{.*}}, %[[V]] : {{.*}} -> tensor<1x2x114x64xf32>
// CHECK:         %[[T:.*]] = dlc.transpose %[[P]] [2, 0, 1, 3] : {{.*}} -> tensor<114x1x2x64xf32>
// CHECK:         %[[N:.*]] = dlc.insert %[[T]] into %[[Y]] at %[[AT]] axis = 0
// CHECK:         scf.yield %[[N]]
// CHECK:       %[[SPLIT:.*]] = dlc.reshape %[[LOOP]] : {{.*}} -> tensor<1x4x2050x1x2x64xf32>
// CHECK:       %[[BACK:.*]] = dlc.transpose %[[SPLIT]] [0, 3, 1, 4, 2, 5] : {{.*}} -> tensor<1x1x4x2x2050x64xf32>
// CHECK:       dlc.reshape %[[BACK]] : {{.*}} -> tensor<1x8x2050x64xf32>
// CHECK-NOT:   dlc.matmul
func.func @causal(%q: tensor<1x8x2050x64xf32>, %k: tensor<1x8x64x2048xf32>, %v: tensor<1x8x2048x64xf32>, %mask: tensor<1x1x2050x2048xf32>) -> tensor<1x8x2050x64xf32> {
  %s = dlc.matmul %q, %k : (tensor<1x8x2050x64xf32>, tensor<1x8x64x2048xf32>) -> tensor<1x8x2050x2048xf32>
  %m = dlc.broadcast %mask : tensor<1x1x2050x2048xf32> -> tensor<1x8x2050x2048xf32>
  %a = dlc.add %s, %m : tensor<1x8x2050x2048xf32>
  %max = dlc.reduce max %a [3] : tensor<1x8x2050x2048xf32> -> tensor<1x8x2050xf32>
  %r = dlc.reshape %max : tensor<1x8x2050xf32> -> tensor<1x8x2050x1xf32>
  %b = dlc.broadcast %r : tensor<1x8x2050x1xf32> -> tensor<1x8x2050x2048xf32>
  %d = dlc.sub %a, %b : tensor<1x8x2050x2048xf32>
  %e = dlc.exp %d : tensor<1x8x2050x2048xf32>
  %sum = dlc.reduce sum %e [3] : tensor<1x8x2050x2048xf32> -> tensor<1x8x2050xf32>
  %sr = dlc.reshape %sum : tensor<1x8x2050xf32> -> tensor<1x8x2050x1xf32>
  %sb = dlc.broadcast %sr : tensor<1x8x2050x1xf32> -> tensor<1x8x2050x2048xf32>
  %p = dlc.div %e, %sb : tensor<1x8x2050x2048xf32>
  %y = dlc.matmul %p, %v : (tensor<1x8x2050x2048xf32>, tensor<1x8x2048x64xf32>) -> tensor<1x8x2050x64xf32>
  return %y : tensor<1x8x2050x64xf32>
}

// -----

// Scores that fit in a cache, or that something else reads.
// CHECK-LABEL: @small
// CHECK-NOT:   scf.for
func.func @small(%q: tensor<8x128x64xf32>, %k: tensor<8x64x128xf32>, %v: tensor<8x128x64xf32>) -> tensor<8x128x64xf32> {
  %s = dlc.matmul %q, %k : (tensor<8x128x64xf32>, tensor<8x64x128xf32>) -> tensor<8x128x128xf32>
  %e = dlc.exp %s : tensor<8x128x128xf32>
  %y = dlc.matmul %e, %v : (tensor<8x128x128xf32>, tensor<8x128x64xf32>) -> tensor<8x128x64xf32>
  return %y : tensor<8x128x64xf32>
}

// -----

// CHECK-LABEL: @read
// CHECK-NOT:   scf.for
func.func @read(%q: tensor<8x2048x64xf32>, %k: tensor<8x64x2048xf32>, %v: tensor<8x2048x64xf32>) -> (tensor<8x2048x64xf32>, tensor<8x2048x2048xf32>) {
  %s = dlc.matmul %q, %k : (tensor<8x2048x64xf32>, tensor<8x64x2048xf32>) -> tensor<8x2048x2048xf32>
  %e = dlc.exp %s : tensor<8x2048x2048xf32>
  %y = dlc.matmul %e, %v : (tensor<8x2048x2048xf32>, tensor<8x2048x64xf32>) -> tensor<8x2048x64xf32>
  return %y, %e : tensor<8x2048x64xf32>, tensor<8x2048x2048xf32>
}

// -----

// Rows are mixed between the products.
// CHECK-LABEL: @mixed
// CHECK-NOT:   scf.for
func.func @mixed(%q: tensor<8x2048x64xf32>, %k: tensor<8x64x2048xf32>, %v: tensor<8x2048x64xf32>) -> tensor<8x2048x64xf32> {
  %s = dlc.matmul %q, %k : (tensor<8x2048x64xf32>, tensor<8x64x2048xf32>) -> tensor<8x2048x2048xf32>
  %t = dlc.transpose %s [0, 2, 1] : tensor<8x2048x2048xf32> -> tensor<8x2048x2048xf32>
  %y = dlc.matmul %t, %v : (tensor<8x2048x2048xf32>, tensor<8x2048x64xf32>) -> tensor<8x2048x64xf32>
  return %y : tensor<8x2048x64xf32>
}

// -----

// One head's keys and values are for all: they are read once for a block, and
// all heads are in it.
// CHECK-LABEL: @shared
// CHECK:       tensor.empty() : tensor<2048x8x64xf32>
// CHECK:       scf.for %[[I:.*]] = %c0 to %c57 step
// CHECK-NOT:     dlc.slice %arg1
// CHECK:         dlc.slice %arg0 [0, %{{.*}}, 0] {{.*}} -> tensor<8x36x64xf32>
// CHECK-NOT:     dlc.slice %arg{{[12]}}
// CHECK:         dlc.insert
func.func @shared(%q: tensor<8x2048x64xf32>, %k: tensor<1x64x2048xf32>, %v: tensor<1x2048x64xf32>) -> tensor<8x2048x64xf32> {
  %s = dlc.matmul %q, %k : (tensor<8x2048x64xf32>, tensor<1x64x2048xf32>) -> tensor<8x2048x2048xf32>
  %e = dlc.exp %s : tensor<8x2048x2048xf32>
  %y = dlc.matmul %e, %v : (tensor<8x2048x2048xf32>, tensor<1x2048x64xf32>) -> tensor<8x2048x64xf32>
  return %y : tensor<8x2048x64xf32>
}

// -----

// What a run tells the sizes of: a block has rows of 2 MB, all of them where
// there are fewer than 16 MB; the next layer's mask is repeated for each block,
// too, but not one that may have one row.
// CHECK-LABEL: @open
// CHECK:       %[[ONE:.*]] = dlc.broadcast %arg3
// CHECK:       arith.floordivsi %c2097152, %{{.*}}
// CHECK:       arith.floordivsi %{{.*}}, %c16777216
// CHECK-NEXT:  arith.minsi %{{.*}}, %c1
// CHECK:       %[[ROWS:.*]] = arith.minsi %[[M:.*]], %{{.*}}
// CHECK:       %[[INIT:.*]] = tensor.empty(%[[M]]) : tensor<?x8x64xf32>
// CHECK:       scf.for %[[I:.*]] = %c0 to %{{.*}} step %c1 iter_args(%{{.*}} = %[[INIT]])
// CHECK:         %[[START:.*]] = arith.muli %[[I]], %[[ROWS]]
// CHECK:         %[[LAST:.*]] = arith.subi %[[M]], %[[ROWS]]
// CHECK:         %[[AT:.*]] = arith.minsi %[[START]], %[[LAST]]
// CHECK:         dlc.slice %arg0 [0, %[[AT]], 0] sizes(%[[ROWS]])
// CHECK:         dlc.slice %{{.*}} [0, %[[AT]], 0] sizes(%[[ROWS]], %{{.*}}) {{.*}} -> tensor<1x?x?xf32>
// CHECK:         dlc.insert %{{.*}} into %{{.*}} at %[[AT]] axis = 0
// CHECK:       dlc.transpose %{{.*}} [1, 0, 2] : tensor<?x8x64xf32> -> tensor<8x?x64xf32>
// CHECK:       scf.for
// CHECK:       scf.for
// CHECK:         dlc.slice %[[ONE]] [0, %{{.*}}, 0]
func.func @open(%q: tensor<8x?x64xf32>, %k: tensor<8x64x?xf32>, %v: tensor<8x?x64xf32>, %mask: tensor<1x?x?xf32> {dlc.dims = ["", "m", "n"]}) -> tensor<8x?x64xf32> {
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %m = tensor.dim %q, %c1 : tensor<8x?x64xf32>
  %n = tensor.dim %k, %c2 : tensor<8x64x?xf32>
  %one = dlc.broadcast %mask sizes(%m, %n) : tensor<1x?x?xf32> -> tensor<8x?x?xf32>
  %b = dlc.slice %mask [0, 0, 0] sizes(%m, %n) steps [1, 1, 1] : tensor<1x?x?xf32> -> tensor<1x?x?xf32>
  %all = dlc.broadcast %b sizes(%m, %n) : tensor<1x?x?xf32> -> tensor<8x?x?xf32>
  %s = dlc.matmul %q, %k : (tensor<8x?x64xf32>, tensor<8x64x?xf32>) -> tensor<8x?x?xf32>
  %a = dlc.add %s, %all : tensor<8x?x?xf32>
  %y = dlc.matmul %a, %v : (tensor<8x?x?xf32>, tensor<8x?x64xf32>) -> tensor<8x?x64xf32>
  %t = dlc.matmul %y, %k : (tensor<8x?x64xf32>, tensor<8x64x?xf32>) -> tensor<8x?x?xf32>
  %d = dlc.mul %t, %all : tensor<8x?x?xf32>
  %z = dlc.matmul %d, %v : (tensor<8x?x?xf32>, tensor<8x?x64xf32>) -> tensor<8x?x64xf32>
  %u = dlc.matmul %z, %k : (tensor<8x?x64xf32>, tensor<8x64x?xf32>) -> tensor<8x?x?xf32>
  %f = dlc.mul %u, %one : tensor<8x?x?xf32>
  %w = dlc.matmul %f, %v : (tensor<8x?x?xf32>, tensor<8x?x64xf32>) -> tensor<8x?x64xf32>
  return %w : tensor<8x?x64xf32>
}

// -----

// The rows' sums are read elsewhere, repeated: so the scores are computed anyway.
// CHECK-LABEL: @sums
// CHECK-NOT:   scf.for
func.func @sums(%q: tensor<8x2048x64xf32>, %k: tensor<8x64x2048xf32>, %v: tensor<8x2048x64xf32>) -> (tensor<8x2048x64xf32>, tensor<8x2048x2048xf32>) {
  %s = dlc.matmul %q, %k : (tensor<8x2048x64xf32>, tensor<8x64x2048xf32>) -> tensor<8x2048x2048xf32>
  %sum = dlc.reduce sum %s [2] : tensor<8x2048x2048xf32> -> tensor<8x2048xf32>
  %r = dlc.reshape %sum : tensor<8x2048xf32> -> tensor<8x2048x1xf32>
  %b = dlc.broadcast %r : tensor<8x2048x1xf32> -> tensor<8x2048x2048xf32>
  %p = dlc.div %s, %b : tensor<8x2048x2048xf32>
  %y = dlc.matmul %p, %v : (tensor<8x2048x2048xf32>, tensor<8x2048x64xf32>) -> tensor<8x2048x64xf32>
  return %y, %b : tensor<8x2048x64xf32>, tensor<8x2048x2048xf32>
}

// -----

// The values are of more heads than the scores.
// CHECK-LABEL: @more
// CHECK-NOT:   scf.for
func.func @more(%q: tensor<1x4096x64xf32>, %k: tensor<1x64x2048xf32>, %v: tensor<8x2048x64xf32>) -> tensor<8x4096x64xf32> {
  %s = dlc.matmul %q, %k : (tensor<1x4096x64xf32>, tensor<1x64x2048xf32>) -> tensor<1x4096x2048xf32>
  %e = dlc.exp %s : tensor<1x4096x2048xf32>
  %y = dlc.matmul %e, %v : (tensor<1x4096x2048xf32>, tensor<8x2048x64xf32>) -> tensor<8x4096x64xf32>
  return %y : tensor<8x4096x64xf32>
}
