// RUN: dlc-opt -split-input-file -dlc-block-attention -dlc-raise-slices %s | FileCheck %s

// Scores of 128 MB, in blocks of 54 rows of the queries and of the mask. The last
// block begins where it ends with the last row.
// CHECK-LABEL: @causal
// CHECK:       %[[INIT:.*]] = tensor.empty() : tensor<2050x8x64xf32>
// CHECK:       %[[LOOP:.*]] = scf.for %[[I:.*]] = %c0 to %c38 step %c1 iter_args(%[[Y:.*]] = %[[INIT]])
// CHECK:         %[[START:.*]] = arith.muli %[[I]], %c54
// CHECK:         %[[AT:.*]] = arith.minsi %[[START]], %c1996
// CHECK:         %[[Q:.*]] = dlc.slice %arg0 [0, 0, %[[AT]], 0] steps [1, 1, 1, 1] : tensor<1x8x2050x64xf32> -> tensor<1x8x54x64xf32>
// CHECK:         dlc.matmul %[[Q]], %arg1 : {{.*}} -> tensor<1x8x54x2048xf32>
// CHECK:         dlc.slice %arg3 [0, 0, %[[AT]], 0] steps [1, 1, 1, 1] : tensor<1x1x2050x2048xf32> -> tensor<1x1x54x2048xf32>
// CHECK-NOT:     2050x2048
// CHECK:         %[[P:.*]] = dlc.matmul {{.*}}, %arg2 : {{.*}} -> tensor<1x8x54x64xf32>
// CHECK:         %[[T:.*]] = dlc.transpose %[[P]] [0, 2, 1, 3] : {{.*}} -> tensor<1x54x8x64xf32>
// CHECK:         %[[ROWS:.*]] = dlc.reshape %[[T]] : {{.*}} -> tensor<54x8x64xf32>
// CHECK:         %[[N:.*]] = dlc.insert %[[ROWS]] into %[[Y]] at %[[AT]] axis = 0
// CHECK:         scf.yield %[[N]]
// CHECK:       %[[ALL:.*]] = dlc.reshape %[[LOOP]] : {{.*}} -> tensor<1x2050x8x64xf32>
// CHECK:       dlc.transpose %[[ALL]] [0, 2, 1, 3] : {{.*}} -> tensor<1x8x2050x64xf32>
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

// Of a batch as many as fill a block with their scores, or a cache with their keys
// and values. The last four are three of those before, too.
// CHECK-LABEL: @batch
// CHECK:       tensor.empty() : tensor<33920x4x64xf32>
// CHECK:       scf.for %[[I:.*]] = %c0 to %c14 step
// CHECK:         %[[START:.*]] = arith.muli %[[I]], %c4
// CHECK:         %[[ONE:.*]] = arith.minsi %[[START]], %c49
// CHECK:         %[[AT:.*]] = arith.muli %[[ONE]], %c640
// CHECK:         dlc.slice %arg0 [%[[ONE]], 0, 0, 0] {{.*}} -> tensor<4x4x640x64xf32>
// CHECK:         dlc.slice %arg1 [%[[ONE]], 0, 0, 0] {{.*}} -> tensor<4x4x64x100xf32>
// CHECK:         dlc.slice %arg2 [%[[ONE]], 0, 0, 0] {{.*}} -> tensor<4x4x100x64xf32>
// CHECK:         dlc.insert %{{.*}} into %{{.*}} at %[[AT]] axis = 0 : tensor<2560x4x64xf32>
func.func @batch(%q: tensor<53x4x640x64xf32>, %k: tensor<53x4x64x100xf32>, %v: tensor<53x4x100x64xf32>) -> tensor<53x4x640x64xf32> {
  %s = dlc.matmul %q, %k : (tensor<53x4x640x64xf32>, tensor<53x4x64x100xf32>) -> tensor<53x4x640x100xf32>
  %e = dlc.exp %s : tensor<53x4x640x100xf32>
  %y = dlc.matmul %e, %v : (tensor<53x4x640x100xf32>, tensor<53x4x100x64xf32>) -> tensor<53x4x640x64xf32>
  return %y : tensor<53x4x640x64xf32>
}

// -----

// Rows of one of the batch at a time, whose own scores are large.
// CHECK-LABEL: @both
// CHECK:       tensor.empty() : tensor<6144x64xf32>
// CHECK:       scf.for %[[I:.*]] = %c0 to %c18 step
// CHECK:         arith.floordivsi %[[I]], %c6
// CHECK:         %[[ONE:.*]] = arith.minsi %{{.*}}, %c2
// CHECK:         %[[ROW:.*]] = arith.minsi %{{.*}}, %c1706
// CHECK:         %[[BEFORE:.*]] = arith.muli %[[ONE]], %c2048
// CHECK:         %[[AT:.*]] = arith.addi %[[BEFORE]], %[[ROW]]
// CHECK:         dlc.slice %arg0 [%[[ONE]], %[[ROW]], 0] {{.*}} -> tensor<1x342x64xf32>
// CHECK-NOT:     dlc.slice %arg1
// CHECK:         dlc.insert %{{.*}} into %{{.*}} at %[[AT]] axis = 0
func.func @both(%q: tensor<3x2048x64xf32>, %k: tensor<1x64x2048xf32>, %v: tensor<1x2048x64xf32>) -> tensor<3x2048x64xf32> {
  %s = dlc.matmul %q, %k : (tensor<3x2048x64xf32>, tensor<1x64x2048xf32>) -> tensor<3x2048x2048xf32>
  %e = dlc.exp %s : tensor<3x2048x2048xf32>
  %y = dlc.matmul %e, %v : (tensor<3x2048x2048xf32>, tensor<1x2048x64xf32>) -> tensor<3x2048x64xf32>
  return %y : tensor<3x2048x64xf32>
}

// -----

// What a run tells the sizes of: a block has all where there are less than 16 MB.
// The next layer's mask is repeated for each block, too, but not one that may have
// one row.
// CHECK-LABEL: @open
// CHECK:       %[[ONE:.*]] = dlc.broadcast %arg3
// CHECK:       arith.floordivsi %{{.*}}, %c16777216
// CHECK:       %[[ROWS:.*]] = arith.minsi %[[M:dim[_0-9]*]], %{{.*}}
// CHECK:       %[[INIT:.*]] = tensor.empty(%{{.*}}) : tensor<?x64xf32>
// CHECK:       scf.for %{{.*}} = %c0 to %{{.*}} step %c1 iter_args(%{{.*}} = %[[INIT]])
// CHECK:         %[[HEAD:.*]] = arith.minsi
// CHECK:         %[[AT:.*]] = arith.minsi
// CHECK:         dlc.slice %arg0 [%[[HEAD]], %[[AT]], 0] sizes(%[[SOME:.*]], %[[SIZE:.*]]) steps
// CHECK:         dlc.slice %arg1 [%[[HEAD]], 0, 0] sizes(%[[SOME]]
// CHECK:         dlc.slice %{{.*}} [0, %[[AT]], 0] sizes(%[[SIZE]], %{{.*}}) {{.*}} -> tensor<1x?x?xf32>
// CHECK:         dlc.insert %{{.*}} into
// CHECK:       scf.for
// CHECK:       scf.for
// CHECK:         dlc.slice %[[ONE]] [%{{.*}}, %{{.*}}, 0]
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

// -----

// What comes to the scores need not have rows: it is the same for all of them.
// CHECK-LABEL: @low
// CHECK:       dlc.reduce max
// CHECK:       scf.for
// CHECK-NOT:     dlc.reduce
// CHECK:         dlc.matmul
func.func @low(%q: tensor<8x2048x64xf32>, %k: tensor<8x64x2048xf32>, %v: tensor<8x2048x64xf32>, %t: tensor<5x1xf32>) -> tensor<8x2048x64xf32> {
  %wide = dlc.broadcast %t : tensor<5x1xf32> -> tensor<5x7xf32>
  %most = dlc.reduce max %wide [1] : tensor<5x7xf32> -> tensor<5xf32>
  %sum = dlc.reduce sum %most [0] : tensor<5xf32> -> tensor<f32>
  %all = dlc.broadcast %sum : tensor<f32> -> tensor<8x2048x2048xf32>
  %s = dlc.matmul %q, %k : (tensor<8x2048x64xf32>, tensor<8x64x2048xf32>) -> tensor<8x2048x2048xf32>
  %a = dlc.add %s, %all : tensor<8x2048x2048xf32>
  %y = dlc.matmul %a, %v : (tensor<8x2048x2048xf32>, tensor<8x2048x64xf32>) -> tensor<8x2048x64xf32>
  return %y : tensor<8x2048x64xf32>
}
