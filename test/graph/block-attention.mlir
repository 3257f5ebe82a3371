// RUN: dlc-opt -split-input-file -dlc-block-attention -dlc-raise-slices %s | FileCheck %s

// Scores of 64 MB, in blocks of 60 rows of the queries and of the mask. The last
// block begins where it ends with the last row.
// CHECK-LABEL: @causal
// CHECK:       %[[INIT:.*]] = dlc.broadcast %{{.*}} : tensor<f32> -> tensor<2050x1x8x64xf32>
// CHECK:       %[[LOOP:.*]] = scf.for %[[I:.*]] = %c0 to %c35 step %c1 iter_args(%[[Y:.*]] = %[[INIT]])
// CHECK:         %[[START:.*]] = arith.muli %[[I]], %c60
// CHECK:         %[[AT:.*]] = arith.minui %[[START]], %c1990
// CHECK:         %[[Q:.*]] = dlc.slice %arg0 [0, 0, %[[AT]], 0] steps [1, 1, 1, 1] : tensor<1x8x2050x64xf32> -> tensor<1x8x60x64xf32>
// CHECK:         dlc.matmul %[[Q]], %arg1 : {{.*}} -> tensor<1x8x60x2048xf32>
// CHECK:         dlc.slice %arg3 [0, 0, %[[AT]], 0] steps [1, 1, 1, 1] : tensor<1x1x2050x2048xf32> -> tensor<1x1x60x2048xf32>
// CHECK-NOT:     2050x2048
// CHECK:         %[[P:.*]] = dlc.matmul {{.*}}, %arg2 : {{.*}} -> tensor<1x8x60x64xf32>
// CHECK:         %[[T:.*]] = dlc.transpose %[[P]] [2, 0, 1, 3] : {{.*}} -> tensor<60x1x8x64xf32>
// CHECK:         %[[N:.*]] = dlc.insert %[[T]] into %[[Y]] at %[[AT]] axis = 0
// CHECK:         scf.yield %[[N]]
// CHECK:       dlc.transpose %[[LOOP]] [1, 2, 0, 3] : {{.*}} -> tensor<1x8x2050x64xf32>
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
