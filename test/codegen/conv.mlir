// Kernels of convolutions: products of pixels with packed panels.
//
// RUN: dlc-opt %s -split-input-file -pass-pipeline='builtin.module(func.func(dlc-form-clusters,dlc-place-results),dlc-emit-program{isa=avx512},func.func(canonicalize,cse))' | FileCheck %s

// A tile is 6 pixels by 4 vectors of channels; the loop takes two channels a turn.
// Pixels of a 1x1 window lie at a constant distance: one address serves the tile.
// CHECK-LABEL: func.func @dlc_run
// CHECK:       rt.launch {{.*}} kind "conv 1x1 6x64"
// CHECK-LABEL: func.func @k0
// CHECK:         scf.for
// CHECK:           scf.for {{.*}} iter_args
// CHECK-COUNT-48:    vector.fma
// CHECK-NOT:         vector.fma
// CHECK:             scf.yield
// CHECK-COUNT-24:  vector.store
// CHECK-NOT:     vector.store
// CHECK-NOT:     mask
func.func @main(%x: tensor<1x6x6x8xf32>, %k: tensor<1x1x1x1x8x64xf32>) -> tensor<1x6x6x64xf32> {
  %0 = dlc.conv %x, %k strides [1, 1] dilations [1, 1] pads [0, 0, 0, 0] groups 1 packed 64
    : (tensor<1x6x6x8xf32>, tensor<1x1x1x1x8x64xf32>) -> tensor<1x6x6x64xf32>
  return %0 : tensor<1x6x6x64xf32>
}

// -----

// The last dimension of the window and the channels are one run.
// CHECK-LABEL: func.func @k0
// CHECK-DAG:     %[[TRIP:.*]] = arith.constant 24 : index
// CHECK:         scf.for
// CHECK:           scf.for {{.*}} to %c3 {{.*}} iter_args
// CHECK:             scf.for {{.*}} to %[[TRIP]] {{.*}} iter_args
// CHECK-COUNT-48:      vector.fma
// CHECK-NOT:           vector.fma
// CHECK:               scf.yield
func.func @main(%x: tensor<1x8x8x8xf32>, %k: tensor<1x1x3x3x8x64xf32>) -> tensor<1x6x6x64xf32> {
  %0 = dlc.conv %x, %k strides [1, 1] dilations [1, 1] pads [0, 0, 0, 0] groups 1 packed 64
    : (tensor<1x8x8x8xf32>, tensor<1x1x3x3x8x64xf32>) -> tensor<1x6x6x64xf32>
  return %0 : tensor<1x6x6x64xf32>
}

// -----

// Neither where the window is dilated.
// CHECK-LABEL: func.func @k0
// CHECK:         scf.for
// CHECK:           scf.for {{.*}} to %c3 {{.*}} iter_args
// CHECK:             scf.for {{.*}} to %c3 {{.*}} iter_args
// CHECK:               scf.for {{.*}} to %c8 {{.*}} iter_args
func.func @main(%x: tensor<1x8x8x8xf32>, %k: tensor<1x1x3x3x8x64xf32>) -> tensor<1x4x4x64xf32> {
  %0 = dlc.conv %x, %k strides [1, 1] dilations [2, 2] pads [0, 0, 0, 0] groups 1 packed 64
    : (tensor<1x8x8x8xf32>, tensor<1x1x3x3x8x64xf32>) -> tensor<1x4x4x64xf32>
  return %0 : tensor<1x4x4x64xf32>
}

// -----

// 20 of 32 channels are written: the second vector of a pixel is masked.
// CHECK-LABEL: func.func @dlc_run
// CHECK:       rt.launch {{.*}} kind "conv 3x3 9x32"
// CHECK-LABEL: func.func @k0
// CHECK-NOT:     vector.maskedload
// CHECK:         vector.fma
// CHECK:         vector.maskedstore
func.func @main(%x: tensor<1x7x7x8xf32>, %k: tensor<1x1x3x3x8x32xf32>) -> tensor<1x3x3x20xf32> {
  %0 = dlc.conv %x, %k strides [2, 2] dilations [1, 1] pads [0, 0, 0, 0] groups 1 packed 20
    : (tensor<1x7x7x8xf32>, tensor<1x1x3x3x8x32xf32>) -> tensor<1x3x3x20xf32>
  return %0 : tensor<1x3x3x20xf32>
}

// -----

// Groups have panels and channels of their own; so few steps are no loop.
// CHECK-LABEL: func.func @dlc_run
// CHECK:       rt.launch {{.*}} kind "conv 1x1 12x16"
// CHECK-LABEL: func.func @k0
// CHECK:         scf.for
// CHECK-NOT:     iter_args
// CHECK-COUNT-48:  vector.fma
// CHECK-NOT:       vector.fma
// CHECK:         return
func.func @main(%x: tensor<1x6x6x8xf32>, %k: tensor<2x1x1x1x4x16xf32>) -> tensor<1x6x6x32xf32> {
  %0 = dlc.conv %x, %k strides [1, 1] dilations [1, 1] pads [0, 0, 0, 0] groups 2 packed 32
    : (tensor<1x6x6x8xf32>, tensor<2x1x1x1x4x16xf32>) -> tensor<1x6x6x32xf32>
  return %0 : tensor<1x6x6x32xf32>
}

// -----

// One dimension.
// CHECK-LABEL: func.func @dlc_run
// CHECK:       rt.launch {{.*}} kind "conv 3 6x64"
// CHECK-LABEL: func.func @k0
// CHECK:         vector.fma
func.func @main(%x: tensor<1x8x8xf32>, %k: tensor<1x1x3x8x64xf32>) -> tensor<1x6x64xf32> {
  %0 = dlc.conv %x, %k strides [1] dilations [1] pads [0, 0] groups 1 packed 64
    : (tensor<1x8x8xf32>, tensor<1x1x3x8x64xf32>) -> tensor<1x6x64xf32>
  return %0 : tensor<1x6x64xf32>
}

// -----

// Three.
// CHECK-LABEL: func.func @dlc_run
// CHECK:       rt.launch {{.*}} kind "conv 3x3x3 4x64"
// CHECK-LABEL: func.func @k0
// CHECK:           scf.for {{.*}} to %c3 {{.*}} iter_args
// CHECK:             scf.for {{.*}} to %c3 {{.*}} iter_args
// CHECK:               scf.for {{.*}} to %c24 {{.*}} iter_args
func.func @main(%x: tensor<1x4x4x4x8xf32>, %k: tensor<1x1x3x3x3x8x64xf32>) -> tensor<1x2x2x2x64xf32> {
  %0 = dlc.conv %x, %k strides [1, 1, 1] dilations [1, 1, 1] pads [0, 0, 0, 0, 0, 0] groups 1 packed 64
    : (tensor<1x4x4x4x8xf32>, tensor<1x1x3x3x3x8x64xf32>) -> tensor<1x2x2x2x64xf32>
  return %0 : tensor<1x2x2x2x64xf32>
}

// -----

// An open number of pixels: whole tiles, then pixels one by one.
// CHECK-LABEL: func.func @k0
// CHECK:         scf.for {{.*}} step %c6
// CHECK-COUNT-48:  vector.fma
// CHECK-COUNT-24:  vector.store
// CHECK:         scf.for {{.*}} step %c1
// CHECK-COUNT-8:   vector.fma
// CHECK-NOT:       vector.fma
func.func @main(%x: tensor<?x?x6x8xf32>, %k: tensor<1x1x1x1x8x64xf32>) -> tensor<?x?x6x64xf32> {
  %0 = dlc.conv %x, %k strides [1, 1] dilations [1, 1] pads [0, 0, 0, 0] groups 1 packed 64
    : (tensor<?x?x6x8xf32>, tensor<1x1x1x1x8x64xf32>) -> tensor<?x?x6x64xf32>
  return %0 : tensor<?x?x6x64xf32>
}

// -----

// 8-bit integers are widened as they are loaded, each in its own way.
// CHECK-LABEL: func.func @k0
// CHECK:         vector.load {{.*}} : memref<?xi8>, vector<16xi8>
// CHECK:         arith.extsi {{.*}} : vector<16xi8> to vector<16xi32>
// CHECK:         memref.load {{.*}} : memref<?xi8>
// CHECK:         arith.extui {{.*}} : i8 to i32
// CHECK:         arith.muli {{.*}} : vector<16xi32>
// CHECK:         vector.store {{.*}} : memref<?xi32>, vector<16xi32>
func.func @main(%x: tensor<1x6x6x8xui8>, %k: tensor<1x1x1x1x8x64xi8>) -> tensor<1x6x6x64xi32> {
  %0 = dlc.conv %x, %k strides [1, 1] dilations [1, 1] pads [0, 0, 0, 0] groups 1 packed 64
    : (tensor<1x6x6x8xui8>, tensor<1x1x1x1x8x64xi8>) -> tensor<1x6x6x64xi32>
  return %0 : tensor<1x6x6x64xi32>
}

// -----

// Few channels are read where they are, in planes: the input is a view.
// CHECK-LABEL: func.func @dlc_run
// CHECK-NOT:     kind "loop"
// CHECK:         rt.launch {{.*}} kind "conv 3x3 6x64"
// CHECK-LABEL: func.func @k0
// CHECK:         scf.for {{.*}} to %c3 {{.*}} iter_args
// CHECK:           scf.for {{.*}} to %c3 {{.*}} iter_args
// CHECK-COUNT-72:    vector.fma
// CHECK-NOT:         vector.fma
// CHECK:             scf.yield
func.func @main(%x: tensor<1x3x8x8xf32>, %k: tensor<1x1x3x3x3x64xf32>) -> tensor<1x6x6x64xf32> {
  %0 = dlc.transpose %x [0, 2, 3, 1] : tensor<1x3x8x8xf32> -> tensor<1x8x8x3xf32>
  %1 = dlc.conv %0, %k strides [1, 1] dilations [1, 1] pads [0, 0, 0, 0] groups 1 packed 64
    : (tensor<1x8x8x3xf32>, tensor<1x1x3x3x3x64xf32>) -> tensor<1x6x6x64xf32>
  return %1 : tensor<1x6x6x64xf32>
}

// -----

// Padding of planes is left out: rows of the window by a shorter loop, columns in
// tiles at the edges, where the first element of the window's row has a pixel
// less, and the last one, too.
// CHECK-LABEL: func.func @dlc_run
// CHECK-COUNT-1: rt.launch {{.*}} kind "conv 3x3 6x64"
// CHECK-NOT:     rt.launch
// CHECK-LABEL: func.func @k0
// CHECK:         scf.for {{.*}} = %[[LO:.*]] to %[[HI:.*]] step %c1 iter_args
// CHECK-COUNT-60:  vector.fma
// CHECK:           scf.for {{.*}} = %c1 to %c3 {{.*}} iter_args
// CHECK-COUNT-72:    vector.fma
// CHECK:         scf.for {{.*}} = %c6 to %c18 step %c6
// CHECK:           scf.for {{.*}} = %[[LO]] to %[[HI]] step %c1 iter_args
// CHECK:             scf.for {{.*}} = %c0 to %c3 {{.*}} iter_args
// CHECK-COUNT-72:      vector.fma
// CHECK:         scf.for {{.*}} = %[[LO]] to %[[HI]] step %c1 iter_args
// CHECK:           scf.for {{.*}} = %c0 to %c2 {{.*}} iter_args
// CHECK-COUNT-72:    vector.fma
// CHECK-COUNT-60:  vector.fma
// CHECK-NOT:       vector.fma
func.func @main(%x: tensor<1x3x8x24xf32>, %k: tensor<1x1x3x3x3x64xf32>) -> tensor<1x8x24x64xf32> {
  %0 = dlc.transpose %x [0, 2, 3, 1] : tensor<1x3x8x24xf32> -> tensor<1x8x24x3xf32>
  %1 = dlc.conv %0, %k strides [1, 1] dilations [1, 1] pads [1, 1, 1, 1] groups 1 packed 64
    : (tensor<1x8x24x3xf32>, tensor<1x1x3x3x3x64xf32>) -> tensor<1x8x24x64xf32>
  return %1 : tensor<1x8x24x64xf32>
}

// -----

// A factor for each channel of what a 1x1 convolution reads is applied to the
// pixels of a chunk, by the first panel that reads them, in scratch memory.
// CHECK-LABEL: func.func @dlc_run
// CHECK-NOT:     kind "loop"
// CHECK:         rt.launch {{.*}} kind "conv 1x1 6x64"
// CHECK-LABEL: func.func @k0
// CHECK:         %[[SCALED:.*]] = rt.scratch
// CHECK:         %[[ZERO:.*]] = arith.cmpi eq, %{{.*}}, %c0
// CHECK:         %[[START:.*]] = arith.cmpi eq
// CHECK:         %[[FIRST:.*]] = arith.ori %[[ZERO]], %[[START]]
// CHECK:         scf.if %[[FIRST]]
// CHECK:           scf.for
// CHECK:             arith.mulf
// CHECK:             vector.store %{{.*}}, %[[SCALED]]
// CHECK:         memref.load %[[SCALED]]
// CHECK:         vector.fma
func.func @main(%x: tensor<1x6x6x32xf32>, %s: tensor<1x1x1x32xf32>, %k: tensor<1x2x1x1x32x64xf32>) -> tensor<1x6x6x128xf32> {
  %0 = dlc.broadcast %s : tensor<1x1x1x32xf32> -> tensor<1x6x6x32xf32>
  %1 = dlc.mul %x, %0 : tensor<1x6x6x32xf32>
  %2 = dlc.conv %1, %k strides [1, 1] dilations [1, 1] pads [0, 0, 0, 0] groups 1 packed 128
    : (tensor<1x6x6x32xf32>, tensor<1x2x1x1x32x64xf32>) -> tensor<1x6x6x128xf32>
  return %2 : tensor<1x6x6x128xf32>
}

// -----

// The border around an open number of images: its rows are those of each.
// CHECK-LABEL: func.func @dlc_run
// CHECK:         %[[N:.*]] = rt.input_dim %{{.*}}[0, 0]
// CHECK:         %[[ROWS:.*]] = arith.muli %[[N]], %c8
// CHECK:         rt.launch %{{.*}}, @k0_border[%[[ROWS]], %c{{[0-9]+}}]
// CHECK:         rt.launch %{{.*}}, @k0[
func.func @main(%x: tensor<?x6x6x32xf32>, %k: tensor<1x1x1x1x32x64xf32>) -> tensor<?x8x8x64xf32> {
  %c0 = arith.constant 0 : index
  %zero = dlc.constant dense<0.0> : tensor<f32>
  %n = tensor.dim %x, %c0 : tensor<?x6x6x32xf32>
  %0 = dlc.conv %x, %k strides [1, 1] dilations [1, 1] pads [0, 0, 0, 0] groups 1 packed 64
    : (tensor<?x6x6x32xf32>, tensor<1x1x1x1x32x64xf32>) -> tensor<?x6x6x64xf32>
  %1 = dlc.pad %0, %zero low [0, 1, 1, 0] sizes(%n) : tensor<?x6x6x64xf32>, tensor<f32> -> tensor<?x8x8x64xf32>
  return %1 : tensor<?x8x8x64xf32>
}

// -----

// A panel of more than the second-level cache is read row by row of the window:
// the first starts with zeros, the others with what is there.
// CHECK-LABEL: func.func @k0
// CHECK:         %[[SUMS:.*]] = rt.scratch %{{.*}}[0]
// CHECK:         scf.for
// CHECK-NOT:       vector.load %[[SUMS]]
// CHECK:           scf.for %{{.*}} = %c0 to %c1536 step %c2 iter_args
// CHECK:           vector.store %{{.*}}, %[[SUMS]]
// CHECK:         scf.for
// CHECK:           vector.load %[[SUMS]]
// CHECK:           scf.for %{{.*}} = %c0 to %c1536 step %c2 iter_args
// CHECK:           vector.store %{{.*}}, %[[SUMS]]
// CHECK:         scf.for
// CHECK:           vector.load %[[SUMS]]
// CHECK:           scf.for %{{.*}} = %c0 to %c1536 step %c2 iter_args
// CHECK-NOT:       vector.store %{{.*}}, %[[SUMS]]
// CHECK:           vector.store
// CHECK:         return
func.func @main(%x: tensor<1x16x16x512xf32>, %k: tensor<1x8x3x3x512x64xf32>) -> tensor<1x7x7x512xf32> {
  %0 = dlc.conv %x, %k strides [2, 2] dilations [1, 1] pads [0, 0, 0, 0] groups 1 packed 512
    : (tensor<1x16x16x512xf32>, tensor<1x8x3x3x512x64xf32>) -> tensor<1x7x7x512xf32>
  return %0 : tensor<1x7x7x512xf32>
}
