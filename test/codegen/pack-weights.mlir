// RUN: dlc-opt %s -split-input-file -dlc-pack-weights | FileCheck %s --check-prefixes=CHECK,AVX512
// RUN: dlc-opt %s -split-input-file -dlc-pack-weights=isa=avx512 | FileCheck %s --check-prefixes=CHECK,AVX512
// RUN: dlc-opt %s -split-input-file -dlc-pack-weights=isa=avx2 | FileCheck %s --check-prefixes=CHECK,AVX2
// RUN: dlc-opt %s -split-input-file -dlc-pack-weights=isa=sse | FileCheck %s --check-prefixes=CHECK,SSE
// RUN: dlc-opt %s -split-input-file -dlc-pack-weights=form=direct:1 | FileCheck %s --check-prefixes=ONE
// RUN: not dlc-opt %s -split-input-file -dlc-pack-weights=isa=mmx 2>&1 | FileCheck %s --check-prefix=ISA

// ISA: error: unknown instruction set 'mmx': use avx512, avx2, sse or neon

// Panels of [depth, width], the last one filled up with zeros.
// CHECK-LABEL: @matmul
// CHECK:       dlc.pad {{.*}} tensor<8x100xf32>, tensor<f32> -> tensor<8x[[#COLUMNS:]]xf32>
// AVX512:      dlc.reshape {{.*}} -> tensor<8x[[#PANELS:]]x[[#WIDTH:]]xf32>
// AVX512-NEXT: dlc.transpose {{.*}} [1, 0, 2] : {{.*}} -> tensor<[[#PANELS]]x8x[[#WIDTH]]xf32>
// AVX512-NEXT: dlc.matmul {{.*}} packed 100 :
// AVX2:        dlc.transpose {{.*}} [1, 0, 2] : {{.*}} -> tensor<7x8x16xf32>
// SSE:         dlc.transpose {{.*}} [1, 0, 2] : {{.*}} -> tensor<13x8x8xf32>
// ONE:         dlc.transpose {{.*}} [1, 0, 2] : {{.*}} -> tensor<7x8x16xf32>
func.func @matmul(%x: tensor<64x8xf32>) -> tensor<64x100xf32> {
  %row = dlc.constant dense<2.0> : tensor<8x100xf32>
  %0 = dlc.matmul %x, %row : (tensor<64x8xf32>, tensor<8x100xf32>) -> tensor<64x100xf32>
  return %0 : tensor<64x100xf32>
}

// -----

// What fits needs no zeros.
// CHECK-LABEL: @fits
// CHECK-NOT:   dlc.pad
// CHECK:       dlc.matmul {{.*}} packed 128
func.func @fits(%x: tensor<64x8xf32>) -> tensor<64x128xf32> {
  %w = dlc.constant dense<2.0> : tensor<8x128xf32>
  %0 = dlc.matmul %x, %w : (tensor<64x8xf32>, tensor<8x128xf32>) -> tensor<64x128xf32>
  return %0 : tensor<64x128xf32>
}

// -----

// Batches keep their dimension.
// CHECK-LABEL: @batch
// CHECK:       dlc.transpose {{.*}} [0, 2, 1, 3] :
// CHECK-NEXT:  dlc.matmul {{.*}} packed 64
func.func @batch(%x: tensor<3x10x8xf32>) -> tensor<3x10x64xf32> {
  %w = dlc.constant dense<2.0> : tensor<1x8x64xf32>
  %0 = dlc.matmul %x, %w : (tensor<3x10x8xf32>, tensor<1x8x64xf32>) -> tensor<3x10x64xf32>
  return %0 : tensor<3x10x64xf32>
}

// -----

// Dense rows are read where they are; a transposed right side is rearranged.
// CHECK-LABEL: @computed
// CHECK:       dlc.matmul %{{.*}}, %{{.*}} : (tensor<64x8xf32>, tensor<8x64xf32>)
// CHECK:       dlc.matmul {{.*}} packed 64
func.func @computed(%x: tensor<64x8xf32>, %y: tensor<8x64xf32>, %z: tensor<64x8xf32>) -> (tensor<64x64xf32>, tensor<64x64xf32>) {
  %0 = dlc.matmul %x, %y : (tensor<64x8xf32>, tensor<8x64xf32>) -> tensor<64x64xf32>
  %t = dlc.transpose %z [1, 0] : tensor<64x8xf32> -> tensor<8x64xf32>
  %1 = dlc.matmul %x, %t : (tensor<64x8xf32>, tensor<8x64xf32>) -> tensor<64x64xf32>
  return %0, %1 : tensor<64x64xf32>, tensor<64x64xf32>
}

// -----

// Padding goes into the input, so that no step of the kernel needs a check.
// CHECK-LABEL: @conv
// CHECK:       dlc.pad %{{.*}} low [0, 1, 2, 0] : tensor<1x8x8x4xf32>, tensor<f32> -> tensor<1x10x12x4xf32>
// AVX512:      dlc.transpose {{.*}} [0, 1, 3, 4, 5, 2] : {{.*}} -> tensor<1x1x3x5x4x16xf32>
// AVX2:        dlc.transpose {{.*}} [0, 1, 3, 4, 5, 2] : {{.*}} -> tensor<1x1x3x5x4x16xf32>
// CHECK:       dlc.conv {{.*}} pads [0, 0, 0, 0] groups 1 packed 10
func.func @conv(%x: tensor<1x8x8x4xf32>, %k: tensor<10x3x5x4xf32>) -> tensor<1x8x8x10xf32> {
  %0 = dlc.conv %x, %k strides [1, 1] dilations [1, 1] pads [1, 2, 1, 2] groups 1
    : (tensor<1x8x8x4xf32>, tensor<10x3x5x4xf32>) -> tensor<1x8x8x10xf32>
  return %0 : tensor<1x8x8x10xf32>
}

// -----

// Each group has panels of its own.
// CHECK-LABEL: @grouped
// CHECK:       -> tensor<2x1x3x4x[[#WIDTH:]]xf32>
// CHECK:       dlc.conv {{.*}} groups 2 packed 10
func.func @grouped(%x: tensor<1x8x8xf32>, %k: tensor<10x3x4xf32>) -> tensor<1x6x10xf32> {
  %0 = dlc.conv %x, %k strides [1] dilations [1] pads [0, 0] groups 2
    : (tensor<1x8x8xf32>, tensor<10x3x4xf32>) -> tensor<1x6x10xf32>
  return %0 : tensor<1x6x10xf32>
}

// -----

// Channels last, whatever the register width; padding is left to the kernel.
// CHECK-LABEL: @depthwise
// CHECK-NOT:   dlc.pad
// CHECK:       dlc.reshape {{.*}} : tensor<20x3x3x1xf32> -> tensor<20x3x3xf32>
// CHECK-NEXT:  dlc.transpose {{.*}} [1, 2, 0] : tensor<20x3x3xf32> -> tensor<3x3x20xf32>
// CHECK-NEXT:  dlc.conv {{.*}} pads [1, 1, 1, 1] groups 20 packed 20
func.func @depthwise(%x: tensor<1x6x6x20xf32>, %k: tensor<20x3x3x1xf32>) -> tensor<1x6x6x20xf32> {
  %0 = dlc.conv %x, %k strides [1, 1] dilations [1, 1] pads [1, 1, 1, 1] groups 20
    : (tensor<1x6x6x20xf32>, tensor<20x3x3x1xf32>) -> tensor<1x6x6x20xf32>
  return %0 : tensor<1x6x6x20xf32>
}

// -----

// The padding of an image in planes is left to the kernel where sizes are known,
// the number of images aside.
// CHECK-LABEL: @planes
// CHECK:       dlc.transpose %arg0
// CHECK-NOT:   dlc.pad %arg0
// CHECK:       dlc.conv {{.*}} pads [1, 1, 1, 1] {{.*}} packed 10
// CHECK-LABEL: @open_planes
// CHECK:       dlc.pad %arg0
// CHECK:       dlc.conv {{.*}} pads [0, 0, 0, 0] {{.*}} packed 10
func.func @planes(%x: tensor<?x3x8x8xf32>, %k: tensor<10x3x3x3xf32>) -> tensor<?x8x8x10xf32> {
  %0 = dlc.transpose %x [0, 2, 3, 1] : tensor<?x3x8x8xf32> -> tensor<?x8x8x3xf32>
  %1 = dlc.conv %0, %k strides [1, 1] dilations [1, 1] pads [1, 1, 1, 1] groups 1
    : (tensor<?x8x8x3xf32>, tensor<10x3x3x3xf32>) -> tensor<?x8x8x10xf32>
  return %1 : tensor<?x8x8x10xf32>
}
func.func @open_planes(%x: tensor<1x3x?x8xf32>, %k: tensor<10x3x3x3xf32>) -> tensor<1x?x8x10xf32> {
  %0 = dlc.transpose %x [0, 2, 3, 1] : tensor<1x3x?x8xf32> -> tensor<1x?x8x3xf32>
  %1 = dlc.conv %0, %k strides [1, 1] dilations [1, 1] pads [1, 1, 1, 1] groups 1
    : (tensor<1x?x8x3xf32>, tensor<10x3x3x3xf32>) -> tensor<1x?x8x10xf32>
  return %1 : tensor<1x?x8x10xf32>
}

// -----

// Open sizes of the input: so is that of what holds its padding.
// CHECK-LABEL: @open
// CHECK:       %[[D:.*]] = tensor.dim %{{.*}}, %c1
// CHECK:       %[[S:.*]] = arith.addi %[[D]], %c2
// CHECK:       dlc.pad %{{.*}} low [0, 1, 0] sizes(%{{.*}}, %[[S]])
// CHECK:       dlc.conv {{.*}} packed 10
func.func @open(%x: tensor<?x?x4xf32>, %k: tensor<10x3x4xf32>) -> tensor<?x?x10xf32> {
  %0 = dlc.conv %x, %k strides [1] dilations [1] pads [1, 1] groups 1
    : (tensor<?x?x4xf32>, tensor<10x3x4xf32>) -> tensor<?x?x10xf32>
  return %0 : tensor<?x?x10xf32>
}

// -----

// Packing twice is packing once.
// CHECK-LABEL: @packed
// CHECK-NEXT:  dlc.matmul
// CHECK-NEXT:  return
func.func @packed(%x: tensor<4x8xf32>, %w: tensor<1x8x64xf32>) -> tensor<4x64xf32> {
  %0 = dlc.matmul %x, %w packed 64 : (tensor<4x8xf32>, tensor<1x8x64xf32>) -> tensor<4x64xf32>
  return %0 : tensor<4x64xf32>
}

// -----

// One row times a transposed matrix reads the matrix as it lies.
// CHECK-LABEL: @row
// CHECK-SAME:  %[[Q:.*]]: tensor<2x1x64xf32>, %[[K:.*]]: tensor<2x513x64xf32>
// CHECK:       %[[ROW:.*]] = dlc.broadcast %[[Q]] : tensor<2x1x64xf32> -> tensor<2x513x64xf32>
// CHECK:       %[[P:.*]] = dlc.mul %[[ROW]], %[[K]]
// CHECK:       %[[S:.*]] = dlc.reduce sum %[[P]] [2]
// CHECK:       dlc.reshape %[[S]] : tensor<2x513xf32> -> tensor<2x1x513xf32>
func.func @row(%q: tensor<2x1x64xf32>, %k: tensor<2x513x64xf32>) -> tensor<2x1x513xf32> {
  %0 = dlc.transpose %k [0, 2, 1] : tensor<2x513x64xf32> -> tensor<2x64x513xf32>
  %1 = dlc.matmul %q, %0 : (tensor<2x1x64xf32>, tensor<2x64x513xf32>) -> tensor<2x1x513xf32>
  return %1 : tensor<2x1x513xf32>
}

// -----

// So with an open length, but not where sums would be rounded on their way.
// CHECK-LABEL: @open_row
// CHECK:       dlc.reduce sum %{{.*}} [2] : tensor<2x?x64xf32> -> tensor<2x?xf32>
// CHECK:       dlc.matmul
func.func @open_row(%q: tensor<2x1x64xf32>, %k: tensor<2x?x64xf32>, %p: tensor<1x64xbf16>, %r: tensor<9x64xbf16>) -> (tensor<2x1x?xf32>, tensor<1x9xbf16>) {
  %0 = dlc.transpose %k [0, 2, 1] : tensor<2x?x64xf32> -> tensor<2x64x?xf32>
  %1 = dlc.matmul %q, %0 : (tensor<2x1x64xf32>, tensor<2x64x?xf32>) -> tensor<2x1x?xf32>
  %2 = dlc.transpose %r [1, 0] : tensor<9x64xbf16> -> tensor<64x9xbf16>
  %3 = dlc.matmul %p, %2 : (tensor<1x64xbf16>, tensor<64x9xbf16>) -> tensor<1x9xbf16>
  return %1, %3 : tensor<2x1x?xf32>, tensor<1x9xbf16>
}
