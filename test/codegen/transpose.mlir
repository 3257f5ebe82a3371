// RUN: dlc-opt %s -split-input-file -pass-pipeline='builtin.module(func.func(dlc-form-clusters,dlc-place-results),dlc-emit-program{isa=avx2},func.func(canonicalize,cse))' | FileCheck %s

// Tiles of 8 x 8 are turned in registers: three rounds of eight shuffles.
// CHECK-LABEL: func.func @dlc_run
// CHECK:         rt.launch {{.*}}[%c2, {{.*}}] {{.*}} kind "transpose 8x8"
// CHECK-LABEL: func.func @k0
// CHECK-NOT:     mask
// CHECK-COUNT-8: vector.load {{.*}} vector<8xf32>
// CHECK-COUNT-24: vector.shuffle
// CHECK-COUNT-8: vector.store
// CHECK-NOT:     vector.shuffle
// CHECK:         return
func.func @main(%x: tensor<24x16xf32>) -> tensor<16x24xf32> {
  %0 = dlc.transpose %x [1, 0] : tensor<24x16xf32> -> tensor<16x24xf32>
  return %0 : tensor<16x24xf32>
}

// -----

// At the edges only what there is of a tile is read and stored.
// CHECK-LABEL: func.func @dlc_run
// CHECK:         kind "transpose 8x8"
// CHECK-LABEL: func.func @k0
// CHECK:         vector.load
// CHECK-COUNT-24: vector.shuffle
// CHECK:         vector.store
// Of whole rows a mask of the columns:
// CHECK-COUNT-8: vector.load
// CHECK-COUNT-24: vector.shuffle
// CHECK-COUNT-8: vector.maskedstore
// Of fewer rows those that there are: no store under an empty mask.
// CHECK-COUNT-8: vector.maskedload
// CHECK-COUNT-24: vector.shuffle
// CHECK:         scf.if
// CHECK-NEXT:      arith
// CHECK:           vector.maskedstore
// CHECK-COUNT-7: scf.if
func.func @main(%x: tensor<2x?x13xf32>) -> tensor<13x2x?xf32> {
  %0 = dlc.transpose %x [2, 0, 1] : tensor<2x?x13xf32> -> tensor<13x2x?xf32>
  return %0 : tensor<13x2x?xf32>
}

// -----

// What is computed of a transpose is computed of its tiles, before they are turned
// or behind; of two the first one's tile waits in scratch memory.
// CHECK-LABEL: func.func @dlc_run
// CHECK:         kind "transpose 8x8"
// CHECK-LABEL: func.func @k0
// CHECK:         %[[TILE:.*]] = rt.scratch %arg3[0]
// CHECK-NOT:     vector.gather
// CHECK-COUNT-8: math.absf
// CHECK-COUNT-24: vector.shuffle
// CHECK-COUNT-8: vector.store {{.*}}, %[[TILE]]
// CHECK-COUNT-24: vector.shuffle
// CHECK:         vector.load %[[TILE]][%c0]
// CHECK:         arith.addf
// CHECK:         math.exp
// CHECK:         vector.store
// CHECK:         vector.load %[[TILE]][%c8]
func.func @main(%x: tensor<24x16xf32>, %y: tensor<24x16xf32>) -> tensor<16x24xf32> {
  %0 = dlc.abs %x : tensor<24x16xf32>
  %1 = dlc.transpose %0 [1, 0] : tensor<24x16xf32> -> tensor<16x24xf32>
  %2 = dlc.transpose %y [1, 0] : tensor<24x16xf32> -> tensor<16x24xf32>
  %3 = dlc.add %1, %2 : tensor<16x24xf32>
  %4 = dlc.exp %3 : tensor<16x24xf32>
  return %4 : tensor<16x24xf32>
}

// -----

// Rows that stay rows are copied, and few rows are not worth a tile.
// CHECK-LABEL: func.func @dlc_run
// CHECK-COUNT-2: rt.launch {{.*}} kind "loop"
func.func @main(%x: tensor<4x6x8xf32>, %y: tensor<64x3xf32>) -> (tensor<6x4x8xf32>, tensor<3x64xf32>) {
  %0 = dlc.transpose %x [1, 0, 2] : tensor<4x6x8xf32> -> tensor<6x4x8xf32>
  %1 = dlc.transpose %y [1, 0] : tensor<64x3xf32> -> tensor<3x64xf32>
  return %0, %1 : tensor<6x4x8xf32>, tensor<3x64xf32>
}

// -----

// Planes to a few channels: rows of each are read, and put in each other's gaps by
// shuffles. What is left of a row is stored as far as it goes.
// CHECK-LABEL: func.func @dlc_run
// CHECK:         kind "interleave 8x3"
// CHECK-LABEL: func.func @k0
// CHECK:         scf.for
// CHECK:           scf.for {{.*}} step %c8
// CHECK-COUNT-3:     vector.load
// CHECK:             vector.shuffle {{.*}} [0, 8, 0, 1, 9, 1, 2, 10]
// CHECK-NEXT:        vector.shuffle {{.*}} [0, 1, 8, 3, 4, 9, 6, 7]
// CHECK-COUNT-4:     vector.shuffle
// CHECK-COUNT-3:   vector.maskedload
// CHECK:           scf.if
// CHECK:             vector.maskedstore
// CHECK-NOT:     vector.gather
func.func @main(%x: tensor<3x10x?xf32>) -> tensor<10x?x3xf32> {
  %0 = dlc.transpose %x [1, 2, 0] : tensor<3x10x?xf32> -> tensor<10x?x3xf32>
  return %0 : tensor<10x?x3xf32>
}

// -----

// With what is computed of each pixel, and a border.
// CHECK-LABEL: func.func @dlc_run
// CHECK:         kind "interleave 8x3"
func.func @main(%x: tensor<3x10x20xf32>, %mean: tensor<3xf32>) -> tensor<12x22x3xf32> {
  %z = dlc.constant dense<0.0> : tensor<f32>
  %0 = dlc.transpose %x [1, 2, 0] : tensor<3x10x20xf32> -> tensor<10x20x3xf32>
  %1 = dlc.broadcast %mean : tensor<3xf32> -> tensor<10x20x3xf32>
  %2 = dlc.sub %0, %1 : tensor<10x20x3xf32>
  %3 = dlc.pad %2, %z low [1, 1, 0] : tensor<10x20x3xf32>, tensor<f32> -> tensor<12x22x3xf32>
  return %3 : tensor<12x22x3xf32>
}

// -----

// Pixels whose channels lie side by side stay as they are.
// CHECK-LABEL: func.func @dlc_run
// CHECK:         kind "loop"
func.func @main(%x: tensor<10x20x3xf32>) -> tensor<10x20x3xf32> {
  %0 = dlc.neg %x : tensor<10x20x3xf32>
  return %0 : tensor<10x20x3xf32>
}

// -----

// Elements that come twice each: what is loaded once is shuffled and stored twice.
// CHECK-LABEL: func.func @dlc_run
// CHECK:         kind "interleave 8x2"
// CHECK-LABEL: func.func @k0
// CHECK:         %[[X:.*]] = vector.load
// CHECK-NOT:     vector.load
// CHECK:         %[[L:.*]] = vector.shuffle %[[X]], %[[X]] [0, 8, 1, 9, 2, 10, 3, 11]
// CHECK:         vector.store %[[L]]
// CHECK:         %[[H:.*]] = vector.shuffle %[[X]], %[[X]] [4, 12, 5, 13, 6, 14, 7, 15]
// CHECK:         vector.store %[[H]]
func.func @main(%x: tensor<1x3x16x24xf32>) -> tensor<1x3x16x2x24x2xf32> {
  %0 = dlc.reshape %x : tensor<1x3x16x24xf32> -> tensor<1x3x16x1x24x1xf32>
  %1 = dlc.broadcast %0 : tensor<1x3x16x1x24x1xf32> -> tensor<1x3x16x2x24x2xf32>
  return %1 : tensor<1x3x16x2x24x2xf32>
}

// -----

// The same of open sizes.
// CHECK-LABEL: func.func @dlc_run
// CHECK:         kind "interleave 8x2"
func.func @main(%x: tensor<?x3x?x?xf32>) -> tensor<?x3x?x2x?x2xf32> {
  %c0 = arith.constant 0 : index
  %c2 = arith.constant 2 : index
  %c3 = arith.constant 3 : index
  %n = tensor.dim %x, %c0 : tensor<?x3x?x?xf32>
  %h = tensor.dim %x, %c2 : tensor<?x3x?x?xf32>
  %w = tensor.dim %x, %c3 : tensor<?x3x?x?xf32>
  %0 = dlc.reshape %x sizes(%n, %h, %w) : tensor<?x3x?x?xf32> -> tensor<?x3x?x1x?x1xf32>
  %1 = dlc.broadcast %0 sizes(%n, %h, %w) : tensor<?x3x?x1x?x1xf32> -> tensor<?x3x?x2x?x2xf32>
  return %1 : tensor<?x3x?x2x?x2xf32>
}

// -----

// Rows of the output that lie 4 kB apart: tiles are put together in scratch memory
// and stored row by row. A row of 1056 elements is in other lines of the cache.
// CHECK-LABEL: func.func @dlc_run
// CHECK:         kind "transpose by blocks 8x8"
// CHECK:         kind "transpose 8x8"
// CHECK-LABEL: func.func @k0
// CHECK:         %[[BLOCK:.*]] = rt.scratch
// CHECK:         scf.for
// CHECK:           scf.for %{{.*}} = %c0 to %c128 step %c8
// CHECK:             scf.for %{{.*}} = %c0 to %c64 step %c8
// CHECK-COUNT-8:       vector.load
// CHECK:               vector.shuffle
// CHECK-COUNT-8:       vector.store %{{.*}}, %[[BLOCK]]
// CHECK:           scf.for %{{.*}} = %c0 to %c64 step %c1
// CHECK:             scf.for %{{.*}} = %c0 to %c128 step %c8
// CHECK:               %[[V:.*]] = vector.load %[[BLOCK]]
// CHECK-NOT:           %[[BLOCK]]
// CHECK:               vector.store %[[V]]
// CHECK-NOT:     masked
// CHECK:         return
func.func @main(%x: tensor<1024x256xf32>, %y: tensor<1056x256xf32>) -> (tensor<256x1024xf32>, tensor<256x1056xf32>) {
  %0 = dlc.transpose %x [1, 0] : tensor<1024x256xf32> -> tensor<256x1024xf32>
  %1 = dlc.transpose %y [1, 0] : tensor<1056x256xf32> -> tensor<256x1056xf32>
  return %0, %1 : tensor<256x1024xf32>, tensor<256x1056xf32>
}
