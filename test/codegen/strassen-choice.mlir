// Which products Strassen's algorithm computes.
//
// RUN: dlc-opt %s -split-input-file -dlc-pack-weights -mlir-elide-elementsattrs-if-larger=8 -mlir-elide-resource-strings-if-larger=8 | FileCheck %s
// RUN: dlc-opt %s -split-input-file -dlc-pack-weights=isa=avx2 -mlir-elide-elementsattrs-if-larger=8 -mlir-elide-resource-strings-if-larger=8 | FileCheck %s --check-prefix=AVX2
// RUN: dlc-opt %s -split-input-file -dlc-pack-weights=strassen=false | FileCheck %s --check-prefix=OFF --implicit-check-not=strassen

// Two panels of twice 64 columns, or eight of twice 16.
// CHECK-LABEL: @large
// CHECK:       dlc.constant {{.*}} : tensor<4x7x256x32xf32>
// CHECK:       dlc.matmul {{.*}} packed 256 strassen : (tensor<197x512xf32>, tensor<4x7x256x32xf32>) -> tensor<197x256xf32>
// AVX2-LABEL:  @large
// AVX2:        dlc.matmul {{.*}} packed 256 strassen : (tensor<197x512xf32>, tensor<8x7x256x16xf32>)
// OFF-LABEL:   @large
// OFF:         dlc.matmul {{.*}} packed 256 :
func.func @large(%x: tensor<197x512xf32>) -> tensor<197x256xf32> {
  %w = dlc.constant dense<0.5> : tensor<512x256xf32>
  %0 = dlc.matmul %x, %w : (tensor<197x512xf32>, tensor<512x256xf32>) -> tensor<197x256xf32>
  return %0 : tensor<197x256xf32>
}

// -----

// Of the last panel, 40 columns are left.
// CHECK-LABEL: @uneven
// CHECK:       dlc.matmul {{.*}} packed 1000 strassen : (tensor<197x512xf32>, tensor<16x7x256x32xf32>) -> tensor<197x1000xf32>
func.func @uneven(%x: tensor<197x512xf32>) -> tensor<197x1000xf32> {
  %w = dlc.constant dense<0.5> : tensor<512x1000xf32>
  %0 = dlc.matmul %x, %w : (tensor<197x512xf32>, tensor<512x1000xf32>) -> tensor<197x1000xf32>
  return %0 : tensor<197x1000xf32>
}

// -----

// Few rows would be faster by less than the greater weights are worth, and so
// are short contractions. An odd one has no halves.
// CHECK-LABEL: @rows
// CHECK-NOT:   strassen
func.func @rows(%x: tensor<32x512xf32>) -> tensor<32x256xf32> {
  %w = dlc.constant dense<0.5> : tensor<512x256xf32>
  %0 = dlc.matmul %x, %w : (tensor<32x512xf32>, tensor<512x256xf32>) -> tensor<32x256xf32>
  return %0 : tensor<32x256xf32>
}

// -----

// CHECK-LABEL: @short
// CHECK-NOT:   strassen
func.func @short(%x: tensor<197x32xf32>) -> tensor<197x256xf32> {
  %w = dlc.constant dense<0.5> : tensor<32x256xf32>
  %0 = dlc.matmul %x, %w : (tensor<197x32xf32>, tensor<32x256xf32>) -> tensor<197x256xf32>
  return %0 : tensor<197x256xf32>
}

// -----

// CHECK-LABEL: @odd
// CHECK-NOT:   strassen
func.func @odd(%x: tensor<197x511xf32>) -> tensor<197x256xf32> {
  %w = dlc.constant dense<0.5> : tensor<511x256xf32>
  %0 = dlc.matmul %x, %w : (tensor<197x511xf32>, tensor<511x256xf32>) -> tensor<197x256xf32>
  return %0 : tensor<197x256xf32>
}

// -----

// An infinity would spread to other columns.
// CHECK-LABEL: @infinite
// CHECK-NOT:   strassen
func.func @infinite(%x: tensor<197x512xf32>) -> tensor<197x256xf32> {
  %w = dlc.constant dense<0x7F800000> : tensor<512x256xf32>
  %0 = dlc.matmul %x, %w : (tensor<197x512xf32>, tensor<512x256xf32>) -> tensor<197x256xf32>
  return %0 : tensor<197x256xf32>
}

// -----

// The number of rows is open; weights are not known; other types are exact or
// not computed so.
// CHECK-LABEL: @open
// CHECK-NOT:   strassen
func.func @open(%x: tensor<?x512xf32>) -> tensor<?x256xf32> {
  %w = dlc.constant dense<0.5> : tensor<512x256xf32>
  %0 = dlc.matmul %x, %w : (tensor<?x512xf32>, tensor<512x256xf32>) -> tensor<?x256xf32>
  return %0 : tensor<?x256xf32>
}

// -----

// CHECK-LABEL: @unknown
// CHECK-NOT:   strassen
func.func @unknown(%x: tensor<197x512xf32>, %w: tensor<512x256xf32>) -> tensor<197x256xf32> {
  %0 = dlc.matmul %x, %w : (tensor<197x512xf32>, tensor<512x256xf32>) -> tensor<197x256xf32>
  return %0 : tensor<197x256xf32>
}

// -----

// CHECK-LABEL: @double
// CHECK-NOT:   strassen
func.func @double(%x: tensor<197x512xf64>) -> tensor<197x256xf64> {
  %w = dlc.constant dense<0.5> : tensor<512x256xf64>
  %0 = dlc.matmul %x, %w : (tensor<197x512xf64>, tensor<512x256xf64>) -> tensor<197x256xf64>
  return %0 : tensor<197x256xf64>
}

// -----

// Rows that are open are as many as a short text has tokens; those of a first
// size of an input are a batch, of which there may be few.
// CHECK-LABEL: @open
// CHECK:       dlc.matmul {{.*}} packed 256 strassen : (tensor<?x512xf32>
func.func @open(%x: tensor<1x?x512xf32>) -> tensor<?x256xf32> {
  %w = dlc.constant dense<0.5> : tensor<512x256xf32>
  %c1 = arith.constant 1 : index
  %rows = tensor.dim %x, %c1 : tensor<1x?x512xf32>
  %0 = dlc.reshape %x sizes(%rows) : tensor<1x?x512xf32> -> tensor<?x512xf32>
  %1 = dlc.matmul %0, %w : (tensor<?x512xf32>, tensor<512x256xf32>) -> tensor<?x256xf32>
  return %1 : tensor<?x256xf32>
}

// -----

// CHECK-LABEL: @batch
// CHECK-NOT:   strassen
func.func @batch(%x: tensor<?x512xf32>) -> tensor<?x256xf32> {
  %w = dlc.constant dense<0.5> : tensor<512x256xf32>
  %0 = dlc.matmul %x, %w : (tensor<?x512xf32>, tensor<512x256xf32>) -> tensor<?x256xf32>
  return %0 : tensor<?x256xf32>
}
