// Which convolutions Winograd's algorithm computes, and in what tiles.
//
// RUN: dlc-opt %s -split-input-file -dlc-pack-weights -mlir-elide-elementsattrs-if-larger=8 -mlir-elide-resource-strings-if-larger=8 | FileCheck %s
// RUN: dlc-opt %s -split-input-file -dlc-pack-weights=isa=avx2 -mlir-elide-elementsattrs-if-larger=8 -mlir-elide-resource-strings-if-larger=8 | FileCheck %s --check-prefix=AVX2
// RUN: dlc-opt %s -split-input-file -dlc-pack-weights=winograd=false | FileCheck %s --check-prefix=OFF --implicit-check-not=winograd

// The input is read where it is: it gets no border. Six by six products of 64
// channels with a panel of 64, or of 16.
// CHECK-LABEL: @large
// CHECK-NOT:   dlc.pad
// CHECK:       dlc.constant {{.*}} : tensor<1x36x64x64xf32>
// CHECK:       dlc.conv {{.*}} pads [1, 1, 1, 1] groups 1 packed 64 winograd 4 : (tensor<1x56x56x64xf32>, tensor<1x36x64x64xf32>) -> tensor<1x56x56x64xf32>
// AVX2-LABEL:  @large
// AVX2:        dlc.conv {{.*}} packed 64 winograd 4 : (tensor<1x56x56x64xf32>, tensor<4x36x64x16xf32>)
// OFF-LABEL:   @large
// OFF:         dlc.pad
// OFF:         dlc.conv {{.*}} pads [0, 0, 0, 0] groups 1 packed 64 :
func.func @large(%x: tensor<1x56x56x64xf32>) -> tensor<1x56x56x64xf32> {
  %k = dlc.constant dense<0.5> : tensor<64x3x3x64xf32>
  %0 = dlc.conv %x, %k strides [1, 1] dilations [1, 1] pads [1, 1, 1, 1] groups 1
    : (tensor<1x56x56x64xf32>, tensor<64x3x3x64xf32>) -> tensor<1x56x56x64xf32>
  return %0 : tensor<1x56x56x64xf32>
}

// -----

// Few pixels: tiles of 2 x 2 waste less, and have fewer weights to read.
// CHECK-LABEL: @small
// CHECK:       dlc.conv {{.*}} packed 512 winograd 2 : (tensor<1x7x7x512xf32>, tensor<16x16x512x32xf32>)
// OFF-LABEL:   @small
func.func @small(%x: tensor<1x7x7x512xf32>) -> tensor<1x7x7x512xf32> {
  %k = dlc.constant dense<0.5> : tensor<512x3x3x512xf32>
  %0 = dlc.conv %x, %k strides [1, 1] dilations [1, 1] pads [1, 1, 1, 1] groups 1
    : (tensor<1x7x7x512xf32>, tensor<512x3x3x512xf32>) -> tensor<1x7x7x512xf32>
  return %0 : tensor<1x7x7x512xf32>
}

// -----

// Tiles of 4 x 4 would save little, since the last ones are half empty, and have
// half as many weights more.
// CHECK-LABEL: @middle
// CHECK:       dlc.conv {{.*}} packed 256 winograd 3 : (tensor<1x14x14x256xf32>, tensor<4x25x256x64xf32>)
// OFF-LABEL:   @middle
func.func @middle(%x: tensor<1x14x14x256xf32>) -> tensor<1x14x14x256xf32> {
  %k = dlc.constant dense<0.5> : tensor<256x3x3x256xf32>
  %0 = dlc.conv %x, %k strides [1, 1] dilations [1, 1] pads [1, 1, 1, 1] groups 1
    : (tensor<1x14x14x256xf32>, tensor<256x3x3x256xf32>) -> tensor<1x14x14x256xf32>
  return %0 : tensor<1x14x14x256xf32>
}

// -----

// An open number of images.
// CHECK-LABEL: @images
// CHECK:       dlc.conv {{.*}} packed 64 winograd 4
// OFF-LABEL:   @images
func.func @images(%x: tensor<?x56x56x64xf32>) -> tensor<?x56x56x64xf32> {
  %k = dlc.constant dense<0.5> : tensor<64x3x3x64xf32>
  %0 = dlc.conv %x, %k strides [1, 1] dilations [1, 1] pads [1, 1, 1, 1] groups 1
    : (tensor<?x56x56x64xf32>, tensor<64x3x3x64xf32>) -> tensor<?x56x56x64xf32>
  return %0 : tensor<?x56x56x64xf32>
}

// -----

// It is taken for two: larger tiles where their weights serve some images, not
// where they serve few tiles of each.
// CHECK-LABEL: @few_images
// CHECK:       dlc.conv {{.*}} packed 256 winograd 3
// CHECK:       dlc.conv {{.*}} packed 512 winograd 2
// OFF-LABEL:   @few_images
func.func @few_images(%x: tensor<?x14x14x256xf32>, %y: tensor<?x7x7x512xf32>) -> (tensor<?x14x14x256xf32>, tensor<?x7x7x512xf32>) {
  %k = dlc.constant dense<0.5> : tensor<256x3x3x256xf32>
  %l = dlc.constant dense<0.5> : tensor<512x3x3x512xf32>
  %0 = dlc.conv %x, %k strides [1, 1] dilations [1, 1] pads [1, 1, 1, 1] groups 1
    : (tensor<?x14x14x256xf32>, tensor<256x3x3x256xf32>) -> tensor<?x14x14x256xf32>
  %1 = dlc.conv %y, %l strides [1, 1] dilations [1, 1] pads [1, 1, 1, 1] groups 1
    : (tensor<?x7x7x512xf32>, tensor<512x3x3x512xf32>) -> tensor<?x7x7x512xf32>
  return %0, %1 : tensor<?x14x14x256xf32>, tensor<?x7x7x512xf32>
}

// -----

// So few channels that they are read where they are, or few pixels.
// CHECK-LABEL: @channels
// CHECK:       dlc.conv {{.*}} packed 2048 :
// CHECK:       dlc.conv {{.*}} packed 64 :
// OFF-LABEL:   @channels
func.func @channels(%x: tensor<1x56x56x3xf32>, %y: tensor<1x3x3x64xf32>) -> (tensor<1x56x56x2048xf32>, tensor<1x3x3x64xf32>) {
  %k = dlc.constant dense<0.5> : tensor<2048x3x3x3xf32>
  %l = dlc.constant dense<0.5> : tensor<64x3x3x64xf32>
  %0 = dlc.conv %x, %k strides [1, 1] dilations [1, 1] pads [1, 1, 1, 1] groups 1
    : (tensor<1x56x56x3xf32>, tensor<2048x3x3x3xf32>) -> tensor<1x56x56x2048xf32>
  %1 = dlc.conv %y, %l strides [1, 1] dilations [1, 1] pads [1, 1, 1, 1] groups 1
    : (tensor<1x3x3x64xf32>, tensor<64x3x3x64xf32>) -> tensor<1x3x3x64xf32>
  return %0, %1 : tensor<1x56x56x2048xf32>, tensor<1x3x3x64xf32>
}

// -----

// Strides, dilations, groups, other windows.
// CHECK-LABEL: @forms
// CHECK-NOT:   winograd
// OFF-LABEL:   @forms
func.func @forms(%x: tensor<1x58x58x64xf32>) -> (tensor<1x28x28x64xf32>, tensor<1x54x54x64xf32>, tensor<1x56x56x64xf32>, tensor<1x54x54x64xf32>) {
  %k = dlc.constant dense<0.5> : tensor<64x3x3x64xf32>
  %g = dlc.constant dense<0.5> : tensor<64x3x3x32xf32>
  %w = dlc.constant dense<0.5> : tensor<64x5x5x64xf32>
  %0 = dlc.conv %x, %k strides [2, 2] dilations [1, 1] pads [0, 0, 0, 0] groups 1
    : (tensor<1x58x58x64xf32>, tensor<64x3x3x64xf32>) -> tensor<1x28x28x64xf32>
  %1 = dlc.conv %x, %k strides [1, 1] dilations [2, 2] pads [0, 0, 0, 0] groups 1
    : (tensor<1x58x58x64xf32>, tensor<64x3x3x64xf32>) -> tensor<1x54x54x64xf32>
  %2 = dlc.conv %x, %g strides [1, 1] dilations [1, 1] pads [0, 0, 0, 0] groups 2
    : (tensor<1x58x58x64xf32>, tensor<64x3x3x32xf32>) -> tensor<1x56x56x64xf32>
  %3 = dlc.conv %x, %w strides [1, 1] dilations [1, 1] pads [0, 0, 0, 0] groups 1
    : (tensor<1x58x58x64xf32>, tensor<64x5x5x64xf32>) -> tensor<1x54x54x64xf32>
  return %0, %1, %2, %3 : tensor<1x28x28x64xf32>, tensor<1x54x54x64xf32>, tensor<1x56x56x64xf32>, tensor<1x54x54x64xf32>
}

// -----

// Open sizes of the image, other elements, a kernel that is not constant.
// CHECK-LABEL: @operands
// CHECK-NOT:   winograd
// OFF-LABEL:   @operands
func.func @operands(%x: tensor<1x?x58x64xf32>, %y: tensor<1x58x58x64xf64>, %z: tensor<1x58x58x64xf32>, %c: tensor<64x3x3x64xf32>)
    -> (tensor<1x?x56x64xf32>, tensor<1x56x56x64xf64>, tensor<1x56x56x64xf32>) {
  %k = dlc.constant dense<0.5> : tensor<64x3x3x64xf32>
  %d = dlc.constant dense<0.5> : tensor<64x3x3x64xf64>
  %0 = dlc.conv %x, %k strides [1, 1] dilations [1, 1] pads [0, 0, 0, 0] groups 1
    : (tensor<1x?x58x64xf32>, tensor<64x3x3x64xf32>) -> tensor<1x?x56x64xf32>
  %1 = dlc.conv %y, %d strides [1, 1] dilations [1, 1] pads [0, 0, 0, 0] groups 1
    : (tensor<1x58x58x64xf64>, tensor<64x3x3x64xf64>) -> tensor<1x56x56x64xf64>
  %2 = dlc.conv %z, %c strides [1, 1] dilations [1, 1] pads [0, 0, 0, 0] groups 1
    : (tensor<1x58x58x64xf32>, tensor<64x3x3x64xf32>) -> tensor<1x56x56x64xf32>
  return %0, %1, %2 : tensor<1x?x56x64xf32>, tensor<1x56x56x64xf64>, tensor<1x56x56x64xf32>
}
