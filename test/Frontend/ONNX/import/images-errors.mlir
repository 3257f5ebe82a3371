// RUN: dlc-opt %s --import-onnx --split-input-file --verify-diagnostics

func.func @main(%a0: tensor<?xui8>) -> !graph.value {
  %x = graph.import %a0 : tensor<?xui8>
  // expected-error @+1 {{attribute 'pixel_format' is 'RGBA', expected RGB, BGR or Grayscale}}
  %y = graph.node "onnx.ImageDecoder"(%x) version 20 {pixel_format = "RGBA"}
  return %y : !graph.value
}

// -----

func.func @main(%a0: tensor<?x4xui8>) -> !graph.value {
  %x = graph.import %a0 : tensor<?x4xui8>
  // expected-error @+1 {{input 'encoded_stream' of type tensor<?x4xui8> is no vector of bytes}}
  %y = graph.node "onnx.ImageDecoder"(%x) version 20
  return %y : !graph.value
}

// -----

func.func @main(%a0: tensor<?xi8>) -> !graph.value {
  %x = graph.import %a0 : tensor<?xi8>
  // expected-error @+1 {{input 'encoded_stream' of type tensor<?xi8> is no vector of bytes}}
  %y = graph.node "onnx.ImageDecoder"(%x) version 20
  return %y : !graph.value
}
