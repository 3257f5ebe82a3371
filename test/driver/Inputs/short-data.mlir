module attributes {graph.format = "onnx", graph.ir_version = 8 : i64, graph.opsets = {ai.onnx = 17 : i64}, graph.producer = ""} {
  func.func @main() -> (tensor<4xf32> {graph.name = "y"}) {
    %w = graph.weight "w" = dense_resource<w> : tensor<4xf32>
    %y = graph.export %w : tensor<4xf32>
    return %y : tensor<4xf32>
  }
}
{-#
  dialect_resources: {
    builtin: {
      w: "0x040000000000803F"
    }
  }
#-}
