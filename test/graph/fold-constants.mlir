// What dlc-fold-constants leaves alone, and what it does with data.
//
// RUN: dlc-opt -split-input-file -dlc-fold-constants %s | FileCheck %s

// CHECK-LABEL: @compact
// CHECK:       dlc.iota
// CHECK:       dlc.broadcast
func.func @compact() -> (tensor<8xf32>, tensor<8xf32>) {
  %one = dlc.constant dense<1.0> : tensor<f32>
  %0 = dlc.iota 0 : tensor<8xf32>
  %1 = dlc.broadcast %one : tensor<f32> -> tensor<8xf32>
  return %0, %1 : tensor<8xf32>, tensor<8xf32>
}

// -----

// CHECK-LABEL: @over_compact
// CHECK-NEXT:  dlc.constant dense<[1.000000e+00, 2.000000e+00, 3.000000e+00]>
// CHECK-NEXT:  return
func.func @over_compact() -> tensor<3xf32> {
  %one = dlc.constant dense<1.0> : tensor<f32>
  %0 = dlc.iota 0 : tensor<3xf32>
  %1 = dlc.broadcast %one : tensor<f32> -> tensor<3xf32>
  %2 = dlc.add %0, %1 : tensor<3xf32>
  return %2 : tensor<3xf32>
}

// -----

// 2 MB out of 8 KB.
// CHECK-LABEL: @grows
// CHECK:       %[[ROW:.*]] = dlc.constant dense_resource<{{.*}}> : tensor<1024xf64>
// CHECK:       dlc.broadcast %[[ROW]]
func.func @grows() -> tensor<256x1024xf64> {
  %a = dlc.iota 0 : tensor<1024xf64>
  %row = dlc.add %a, %a : tensor<1024xf64>
  %0 = dlc.broadcast %row : tensor<1024xf64> -> tensor<256x1024xf64>
  return %0 : tensor<256x1024xf64>
}

// -----

// 10^12 multiplications.
// CHECK-LABEL: @long
// CHECK:       dlc.matmul
func.func @long() -> tensor<8x8xf32> {
  %a = dlc.constant dense<1.0> : tensor<8x15625000000xf32>
  %b = dlc.constant dense<1.0> : tensor<15625000000x8xf32>
  %0 = dlc.matmul %a, %b : (tensor<8x15625000000xf32>, tensor<15625000000x8xf32>) -> tensor<8x8xf32>
  return %0 : tensor<8x8xf32>
}

// -----

// A run-time error stays one.
// CHECK-LABEL: @outside
// CHECK:       dlc.gather
func.func @outside() -> tensor<1xf32> {
  %a = dlc.constant dense<[1.0, 2.0, 3.0]> : tensor<3xf32>
  %i = dlc.constant dense<-1> : tensor<1xi64>
  %0 = dlc.gather %a, %i axis = 0 : (tensor<3xf32>, tensor<1xi64>) -> tensor<1xf32>
  return %0 : tensor<1xf32>
}

// -----

// CHECK-LABEL: @dead
// CHECK-NEXT:  return
func.func @dead() {
  %a = dlc.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %0 = dlc.add %a, %a : tensor<2xf32>
  return
}

// -----

// Weights of bytes that a product reads in every run become numbers once, for
// all their size; a table of bytes that is looked into stays as small.
// CHECK-LABEL: @weights
// CHECK-NOT:   dlc.cast %{{.*}} : tensor<64x8192xi8>
// CHECK:       dlc.matmul
// CHECK:       dlc.cast %{{.*}} : tensor<64x8192xi8>
// CHECK:       dlc.gather
func.func @weights(%x: tensor<2x64xf32>, %i: tensor<2xi64>) -> (tensor<2x8192xf32>, tensor<2x8192xf32>) {
  %row = dlc.constant dense<[[1], [-2], [3], [-4], [5], [-6], [7], [-8]]> : tensor<8x1xi8>
  %rows = dlc.broadcast %row : tensor<8x1xi8> -> tensor<8x65536xi8>
  %w = dlc.reshape %rows : tensor<8x65536xi8> -> tensor<64x8192xi8>
  %half = dlc.constant dense<0.5> : tensor<f32>
  %scale = dlc.broadcast %half : tensor<f32> -> tensor<64x8192xf32>
  %0 = dlc.cast %w : tensor<64x8192xi8> -> tensor<64x8192xf32>
  %1 = dlc.mul %0, %scale : tensor<64x8192xf32>
  %2 = dlc.matmul %x, %1 : (tensor<2x64xf32>, tensor<64x8192xf32>) -> tensor<2x8192xf32>
  %3 = dlc.cast %w : tensor<64x8192xi8> -> tensor<64x8192xf32>
  %4 = dlc.gather %3, %i axis = 0 : (tensor<64x8192xf32>, tensor<2xi64>) -> tensor<2x8192xf32>
  return %2, %4 : tensor<2x8192xf32>, tensor<2x8192xf32>
}

// -----

// Data at alignment 1; a reshape has the data of its operand, a sum its own.
// CHECK-LABEL: @data
// CHECK-DAG:   dlc.constant dense_resource<weight> : tensor<2x2xf32>
// CHECK-DAG:   dlc.constant dense<[2.000000e+00, 4.000000e+00, 6.000000e+00, 8.000000e+00]>
// CHECK:       return
// CHECK:       weight: "0x010000000000803F000000400000404000008040"
func.func @data() -> (tensor<2x2xf32>, tensor<4xf32>) {
  %a = dlc.constant dense_resource<weight> : tensor<4xf32>
  %0 = dlc.reshape %a : tensor<4xf32> -> tensor<2x2xf32>
  %1 = dlc.add %a, %a : tensor<4xf32>
  return %0, %1 : tensor<2x2xf32>, tensor<4xf32>
}

{-# dialect_resources: { builtin: { weight: "0x010000000000803F000000400000404000008040" } } #-}

// -----

// Data of another size than its type says is not looked at.
// CHECK-LABEL: @short
// CHECK:       dlc.neg
func.func @short() -> tensor<4xf32> {
  %a = dlc.constant dense_resource<short> : tensor<4xf32>
  %0 = dlc.neg %a : tensor<4xf32>
  return %0 : tensor<4xf32>
}

{-# dialect_resources: { builtin: { short: "0x010000000000803F" } } #-}
