// RUN: dlc-opt %s -split-input-file -dlc-fold-batch-norm | FileCheck %s

// (conv + bias) * scale + shift: weights scaled channel by channel, one bias.
// CHECK-LABEL: @conv
// CHECK-DAG: %[[K:.*]] = dlc.constant {{.*}}2.000000e+00{{.*}}1.200000e+01{{.*}} : tensor<2x1x1x1xf32>
// CHECK-DAG: %[[B:.*]] = dlc.constant dense<[1.200000e+01, 1.070000e+02]> : tensor<2xf32>
// CHECK: %[[C:.*]] = dlc.conv %{{.*}}, %[[K]]
// CHECK: %[[S:.*]] = dlc.broadcast %[[B]]
// CHECK: %[[R:.*]] = dlc.add %[[C]], %[[S]]
// CHECK: return %[[R]]
func.func @conv(%x: tensor<?x4x4x1xf32>, %n: index) -> tensor<?x4x4x2xf32> {
  %k = dlc.constant dense<[[[[1.0]]], [[[3.0]]]]> : tensor<2x1x1x1xf32>
  %b = dlc.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %s = dlc.constant dense<[[[[2.0, 4.0]]]]> : tensor<1x1x1x2xf32>
  %t = dlc.constant dense<[10.0, 99.0]> : tensor<2xf32>
  %0 = dlc.conv %x, %k strides [1, 1] dilations [1, 1] pads [0, 0, 0, 0] groups 1 : (tensor<?x4x4x1xf32>, tensor<2x1x1x1xf32>) -> tensor<?x4x4x2xf32>
  %1 = dlc.broadcast %b sizes(%n) : tensor<2xf32> -> tensor<?x4x4x2xf32>
  %2 = dlc.add %0, %1 : tensor<?x4x4x2xf32>
  %3 = dlc.broadcast %s sizes(%n) : tensor<1x1x1x2xf32> -> tensor<?x4x4x2xf32>
  %4 = dlc.mul %2, %3 : tensor<?x4x4x2xf32>
  %5 = dlc.broadcast %t sizes(%n) : tensor<2xf32> -> tensor<?x4x4x2xf32>
  %6 = dlc.add %4, %5 : tensor<?x4x4x2xf32>
  return %6 : tensor<?x4x4x2xf32>
}

// -----

// CHECK-LABEL: @matmul
// CHECK: dlc.constant dense<{{\[\[}}5.000000e-01, 2.000000e+00], [1.500000e+00, 4.000000e+00]]>
// CHECK: dlc.matmul
// CHECK-NEXT: return
func.func @matmul(%x: tensor<3x2xf32>) -> tensor<3x2xf32> {
  %w = dlc.constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %s = dlc.constant dense<[2.0, 1.0]> : tensor<2xf32>
  %0 = dlc.matmul %x, %w : (tensor<3x2xf32>, tensor<2x2xf32>) -> tensor<3x2xf32>
  %1 = dlc.broadcast %s : tensor<2xf32> -> tensor<3x2xf32>
  %2 = dlc.div %0, %1 : tensor<3x2xf32>
  return %2 : tensor<3x2xf32>
}

// -----

// What else reads the product must not see it scaled.
// CHECK-LABEL: @two_uses
// CHECK: dlc.mul
func.func @two_uses(%x: tensor<3x2xf32>) -> (tensor<3x2xf32>, tensor<3x2xf32>) {
  %w = dlc.constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %s = dlc.constant dense<[2.0, 1.0]> : tensor<2xf32>
  %0 = dlc.matmul %x, %w : (tensor<3x2xf32>, tensor<2x2xf32>) -> tensor<3x2xf32>
  %1 = dlc.broadcast %s : tensor<2xf32> -> tensor<3x2xf32>
  %2 = dlc.mul %0, %1 : tensor<3x2xf32>
  return %0, %2 : tensor<3x2xf32>, tensor<3x2xf32>
}

// -----

// A factor that depends on more than the channel stays.
// CHECK-LABEL: @per_row
// CHECK: dlc.mul
func.func @per_row(%x: tensor<2x2xf32>) -> tensor<2x2xf32> {
  %w = dlc.constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %s = dlc.constant dense<[[2.0], [1.0]]> : tensor<2x1xf32>
  %0 = dlc.matmul %x, %w : (tensor<2x2xf32>, tensor<2x2xf32>) -> tensor<2x2xf32>
  %1 = dlc.broadcast %s : tensor<2x1xf32> -> tensor<2x2xf32>
  %2 = dlc.mul %0, %1 : tensor<2x2xf32>
  return %2 : tensor<2x2xf32>
}
