// A concat of a computed part and of one in memory, and a transposed output.
func.func @main(%x: tensor<4x8xf32>, %y: tensor<4x16xf32>) -> (tensor<4x24xf32>, tensor<16x4xf32>) {
  %a = dlc.abs %x : tensor<4x8xf32> loc("node 'a' (Abs)"("model.onnx":0:0))
  %b = dlc.concat %a, %y axis = 1 : (tensor<4x8xf32>, tensor<4x16xf32>) -> tensor<4x24xf32> loc("node 'b' (Concat)"("model.onnx":0:0))
  %c = dlc.transpose %y [1, 0] : tensor<4x16xf32> -> tensor<16x4xf32> loc("node 'c' (Transpose)"("model.onnx":0:0))
  return %b, %c : tensor<4x24xf32>, tensor<16x4xf32>
}
