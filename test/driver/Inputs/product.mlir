func.func @main(%x: tensor<192x512xf32>) -> tensor<192x256xf32> {
  %w = dlc.constant dense<0.5> : tensor<512x256xf32>
  %0 = dlc.matmul %x, %w : (tensor<192x512xf32>, tensor<512x256xf32>) -> tensor<192x256xf32>
  return %0 : tensor<192x256xf32>
}
