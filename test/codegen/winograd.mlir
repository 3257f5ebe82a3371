// Kernels of Winograd's algorithm: the input's transform, products of tiles with
// packed panels, the output's transform with the epilogue.
//
// RUN: dlc-opt %s -split-input-file -pass-pipeline='builtin.module(func.func(dlc-form-clusters,dlc-place-results),dlc-emit-program{isa=avx512},func.func(canonicalize,cse))' | FileCheck %s
// RUN: dlc-opt %s -split-input-file -pass-pipeline='builtin.module(func.func(dlc-form-clusters,dlc-place-results),dlc-emit-program{isa=sse},func.func(canonicalize,cse))' | FileCheck %s --check-prefix=SSE

// 9 tiles of the output in one block, times two panels: two units. The first of
// a thread, or of a block, transforms the input.
// CHECK-LABEL: func.func @dlc_run
// CHECK:       rt.launch %{{.*}}, @k0[%c2, %c1] {{.*}} kind "winograd 4x4 5x64"
// CHECK-LABEL: func.func @k0
// CHECK-SAME:    %{{[a-z0-9]+}}: !llvm.ptr, %[[BEGIN:[a-z0-9]+]]: index,
// CHECK:         scf.for %[[UNIT:.*]] = %[[BEGIN]]
// CHECK:           %[[PANEL:.*]] = arith.remui %[[UNIT]], %c2
// CHECK:           %[[START:.*]] = arith.cmpi eq, %[[PANEL]], %c0
// CHECK:           %[[FIRST:.*]] = arith.cmpi eq, %[[UNIT]], %[[BEGIN]]
// CHECK:           %[[NEW:.*]] = arith.ori %[[START]], %[[FIRST]]
// CHECK:           scf.if %[[NEW]] {
// A row of six pixels: that of the first column and the last three ones may lie
// beside the image, and so may the row. Where all rows are inside, half of the
// tile stays in registers.
// CHECK-COUNT-4:     vector.broadcast {{.*}} : i1 to vector<16xi1>
// CHECK:             scf.if
// CHECK-COUNT-30:      vector.load
// CHECK-COUNT-18:      vector.store
// CHECK-COUNT-30:      vector.load
// CHECK-COUNT-18:      vector.store
// CHECK:             else
// CHECK:             scf.for {{.*}} to %c6
// CHECK:               scf.if {{.*}} -> (vector<16xf32>, vector<16xf32>, vector<16xf32>, vector<16xf32>, vector<16xf32>, vector<16xf32>)
// CHECK-COUNT-6:         vector.load
// CHECK:               else
// CHECK-COUNT-6:       vector.store
// CHECK:             scf.for {{.*}} to %c6
// CHECK-COUNT-6:       vector.load
// CHECK-COUNT-6:       vector.store
// 36 products, of 9 tiles by 32 channels by 64.
// CHECK:           scf.for {{.*}} to %c36 
// CHECK:             scf.for {{.*}} to %c32 {{.*}} iter_args
// CHECK-COUNT-40:      vector.fma
// CHECK-NOT:           vector.fma
// CHECK:               scf.yield
// CHECK-COUNT-20:    vector.store
// CHECK:             scf.for {{.*}} to %c32 {{.*}} iter_args
// CHECK-COUNT-32:      vector.fma
// CHECK-NOT:           vector.fma
// CHECK:               scf.yield
// CHECK-COUNT-16:    vector.store
// The last row of tiles has two rows of pixels, the last column two columns.
// CHECK:           scf.for {{.*}} to %c6
// CHECK-COUNT-6:     vector.load
// CHECK-COUNT-4:     vector.store
// CHECK:           scf.for
// CHECK-COUNT-6:     vector.load
// CHECK:             arith.cmpf olt
// CHECK:             vector.store
// CHECK:             arith.cmpf olt
// CHECK:             vector.store
// CHECK:             scf.if
// CHECK:               arith.cmpf olt
// CHECK:               vector.store
// CHECK:             scf.if
// CHECK:               arith.cmpf olt
// CHECK:               vector.store
// CHECK-NOT:     vector.store
// Vectors of four lanes, without a fused multiply-add.
// SSE-LABEL:   func.func @k0
// SSE-NOT:       fma
// SSE:           scf.for {{.*}} to %c32 {{.*}} iter_args
// SSE-NOT:       vector.fma
// SSE:           arith.mulf {{.*}} : vector<4xf32>
func.func @main(%x: tensor<1x10x10x32xf32>, %k: tensor<2x36x32x64xf32>) -> tensor<1x10x10x128xf32> {
  %zero = dlc.constant dense<0.0> : tensor<1x10x10x128xf32>
  %0 = dlc.conv %x, %k strides [1, 1] dilations [1, 1] pads [1, 1, 1, 1] groups 1 packed 128 winograd 4
    : (tensor<1x10x10x32xf32>, tensor<2x36x32x64xf32>) -> tensor<1x10x10x128xf32>
  %1 = dlc.max %0, %zero : tensor<1x10x10x128xf32>
  return %1 : tensor<1x10x10x128xf32>
}

// -----

// No padding and whole tiles: no pixel needs a check. 20 channels are a whole
// vector and a part of one; 40 output channels a panel of three vectors.
// CHECK-LABEL: func.func @dlc_run
// CHECK:       rt.launch %{{.*}}, @k0[%c1, %c1] {{.*}} kind "winograd 2x2 8x48"
// CHECK-LABEL: func.func @k0
// CHECK-NOT:     arith.select
// CHECK:         vector.load
// CHECK:         vector.maskedload
// CHECK-NOT:     arith.select
// CHECK:         scf.for {{.*}} to %c16{{.*}} {
// CHECK-COUNT-48:  vector.fma
// CHECK:         vector.create_mask
// CHECK-COUNT-2: vector.maskedstore
// CHECK-NOT:     scf.if
// SSE-LABEL:   func.func @k0
func.func @main(%x: tensor<1x10x10x20xf32>, %k: tensor<1x16x20x48xf32>) -> tensor<1x8x8x40xf32> {
  %0 = dlc.conv %x, %k strides [1, 1] dilations [1, 1] pads [0, 0, 0, 0] groups 1 packed 40 winograd 2
    : (tensor<1x10x10x20xf32>, tensor<1x16x20x48xf32>) -> tensor<1x8x8x40xf32>
  return %0 : tensor<1x8x8x40xf32>
}

// -----

// Tiles of 3 x 3 of 25 products; rows that share x3 - x1 are transformed together.
// CHECK-LABEL: func.func @dlc_run
// CHECK:       rt.launch %{{.*}}, @k0[%c2, %c1] {{.*}} kind "winograd 3x3 5x64"
// CHECK-LABEL: func.func @k0
// CHECK-DAG:     %[[TWO:.*]] = arith.constant dense<2.0{{.*}}> : vector<16xf32>
// CHECK-DAG:     %[[THREE:.*]] = arith.constant dense<3.0{{.*}}> : vector<16xf32>
// CHECK-COUNT-5: vector.load
// CHECK:         %[[ODDS:.*]] = arith.subf
// CHECK:         math.fma %{{.*}}, %[[TWO]], %[[ODDS]]
// CHECK:         math.fma %{{.*}}, %[[THREE]], %[[ODDS]]
// CHECK:         scf.for {{.*}} to %c25{{.*}} {
// CHECK-COUNT-20:  vector.fma
// SSE-LABEL:   func.func @k0
func.func @main(%x: tensor<1x11x11x32xf32>, %k: tensor<2x25x32x64xf32>) -> tensor<1x9x9x128xf32> {
  %0 = dlc.conv %x, %k strides [1, 1] dilations [1, 1] pads [0, 0, 0, 0] groups 1 packed 128 winograd 3
    : (tensor<1x11x11x32xf32>, tensor<2x25x32x64xf32>) -> tensor<1x9x9x128xf32>
  return %0 : tensor<1x9x9x128xf32>
}

// -----

// An open number of images: blocks of tiles of whole or parts of images. The
// weights don't fit in the cache: those of the next product are fetched ahead. Of
// the rows of a block only the tiles are multiplied that there are.
// CHECK-LABEL: func.func @dlc_run
// CHECK:       %[[N:.*]] = rt.input_dim
// CHECK:       arith.muli %[[N]], %c16
// CHECK:       rt.launch
// CHECK-LABEL: func.func @k0
// CHECK:         %[[COUNT:.*]] = arith.minsi %{{.*}}, %c36
// CHECK:         %[[UP:.*]] = arith.addi %[[COUNT]], %c5
// CHECK:         %[[ROWS:.*]] = arith.divui %[[UP]], %c6
// CHECK:         %[[TILES:.*]] = arith.minsi %[[ROWS]], %c6
// CHECK:         scf.for {{.*}} = %c0 to %[[TILES]]
// CHECK:         scf.for {{.*}} iter_args
// CHECK-COUNT-48:  vector.fma
// CHECK:           memref.prefetch {{.*}} read, locality<2>, data
// CHECK:           scf.yield
// SSE-LABEL:   func.func @k0
func.func @main(%x: tensor<?x14x14x256xf32>, %k: tensor<4x36x256x64xf32>) -> tensor<?x14x14x256xf32> {
  %0 = dlc.conv %x, %k strides [1, 1] dilations [1, 1] pads [1, 1, 1, 1] groups 1 packed 256 winograd 4
    : (tensor<?x14x14x256xf32>, tensor<4x36x256x64xf32>) -> tensor<?x14x14x256xf32>
  return %0 : tensor<?x14x14x256xf32>
}
