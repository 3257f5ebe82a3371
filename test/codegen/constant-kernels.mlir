// Weights of equal elements are in memory where a kernel reads them there.

// RUN: rm -rf %t && mkdir %t && cd %t
// RUN: dlc %s -o model
// RUN: %python -c "import numpy as n; n.save('x', n.ones((1, 4, 4, 2), 'f'))"
// RUN: ./model --input x=x.npy --output conv=conv.npy --output depthwise=depthwise.npy --output product=product.npy
// RUN: %python -c "import numpy as n; print(*[(a.shape, a.min(), a.max()) for a in map(n.load, ('conv.npy', 'depthwise.npy', 'product.npy'))])" | FileCheck %s
// CHECK: ((1, 3, 3, 3), {{.*}}4.0{{.*}}, {{.*}}4.0{{.*}}) ((1, 3, 3, 2), {{.*}}2.0{{.*}}, {{.*}}2.0{{.*}}) ((1, 4, 4, 5), {{.*}}1.0{{.*}}, {{.*}}1.0{{.*}})

func.func @main(%x: tensor<1x4x4x2xf32> {dlc.name = "x"})
    -> (tensor<1x3x3x3xf32> {dlc.name = "conv"}, tensor<1x3x3x2xf32> {dlc.name = "depthwise"}, tensor<1x4x4x5xf32> {dlc.name = "product"}) {
  %w = dlc.constant dense<0.5> : tensor<3x2x2x2xf32>
  %0 = dlc.conv %x, %w strides [1, 1] dilations [1, 1] pads [0, 0, 0, 0] groups 1
    : (tensor<1x4x4x2xf32>, tensor<3x2x2x2xf32>) -> tensor<1x3x3x3xf32>
  %d = dlc.constant dense<0.5> : tensor<2x2x2x1xf32>
  %1 = dlc.conv %x, %d strides [1, 1] dilations [1, 1] pads [0, 0, 0, 0] groups 2
    : (tensor<1x4x4x2xf32>, tensor<2x2x2x1xf32>) -> tensor<1x3x3x2xf32>
  %m = dlc.constant dense<0.5> : tensor<1x4x2x5xf32>
  %2 = dlc.matmul %x, %m : (tensor<1x4x4x2xf32>, tensor<1x4x2x5xf32>) -> tensor<1x4x4x5xf32>
  return %0, %1, %2 : tensor<1x3x3x3xf32>, tensor<1x3x3x2xf32>, tensor<1x4x4x5xf32>
}
