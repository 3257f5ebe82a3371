// RUN: dlc-opt %s --import-onnx --split-input-file --verify-diagnostics

func.func @main(%a0: tensor<4x!graph.string>) -> !graph.value {
  %x = graph.import %a0 : tensor<4x!graph.string>
  // expected-error @+1 {{'Add' does not take strings as input 0}}
  %y = graph.node "onnx.Add"(%x, %x) version 14
  return %y : !graph.value
}

// -----

// Numbers of strings are no indices.
func.func @main(%a0: tensor<4x!graph.string>, %a1: tensor<3xf32>) -> !graph.value {
  %x = graph.import %a0 : tensor<4x!graph.string>
  %d = graph.import %a1 : tensor<3xf32>
  // expected-error @+1 {{'Gather' does not take strings as input 1}}
  %y = graph.node "onnx.Gather"(%d, %x) version 13
  return %y : !graph.value
}

// -----

func.func @main(%a0: tensor<4x!graph.string>, %a1: tensor<4xi64>) -> !graph.value {
  %x = graph.import %a0 : tensor<4x!graph.string>
  %i = graph.import %a1 : tensor<4xi64>
  // expected-error @+1 {{'ScatterElements' does not take strings as input 0}}
  %y = graph.node "onnx.ScatterElements"(%x, %i, %x) version 18 {reduction = "add"}
  return %y : !graph.value
}

// -----

func.func @main(%a0: tensor<4x!graph.string>, %a1: tensor<4xi64>) -> !graph.value {
  %x = graph.import %a0 : tensor<4x!graph.string>
  %i = graph.import %a1 : tensor<4xi64>
  // expected-error @+1 {{operands are of different types, si64 and i64}}
  %y = graph.node "onnx.Equal"(%x, %i) version 19
  return %y : !graph.value
}

// -----

func.func @main(%a0: tensor<4xi64>) -> !graph.value {
  %x = graph.import %a0 : tensor<4xi64>
  // expected-error @+1 {{input 0 of type i64 is no string tensor}}
  %y = graph.node "onnx.StringConcat"(%x, %x) version 20
  return %y : !graph.value
}

// -----

func.func @main(%a0: tensor<2x4x!graph.string>) -> !graph.value {
  %x = graph.import %a0 : tensor<2x4x!graph.string>
  // expected-error @+1 {{input 'X' of type tensor<2x4xsi64> is no row of strings}}
  %y = graph.node "onnx.StringNormalizer"(%x) version 10
  return %y : !graph.value
}

// -----

func.func @main(%a0: tensor<4x!graph.string>) -> !graph.value {
  %x = graph.import %a0 : tensor<4x!graph.string>
  // expected-error @+1 {{attribute 'case_change_action' is 'TITLE', expected NONE, LOWER or UPPER}}
  %y = graph.node "onnx.StringNormalizer"(%x) version 10 {case_change_action = "TITLE"}
  return %y : !graph.value
}

// -----

func.func @main(%a0: tensor<4x!graph.string>) -> !graph.value {
  %x = graph.import %a0 : tensor<4x!graph.string>
  // expected-error @+1 {{attribute 'pattern': 'a(b' at 3: ')' is missing}}
  %y = graph.node "onnx.RegexFullMatch"(%x) version 20 {pattern = "a(b"}
  return %y : !graph.value
}

// -----

func.func @main() -> !graph.value {
  // expected-error @+1 {{string 1 of a constant is not UTF-8}}
  %x = graph.weight "x" = dense<["a", "\C3("]> : tensor<2x!graph.string>
  return %x : !graph.value
}

// -----

func.func @main(%a0: tensor<2x!graph.string>) -> !graph.value {
  %0 = graph.import %a0 : tensor<2x!graph.string>
  // expected-error @+1 {{pattern '\b\w+' looks at what is around a token, which is not supported}}
  %r = graph.node "com.microsoft.Tokenizer"(%0) version 1 {mark = 0 : i64, mincharnum = 1 : i64, pad_value = "", tokenexp = "\\b\\w+"}
  return %r : !graph.value
}

// -----

func.func @main(%a0: tensor<2x!graph.string>) -> !graph.value {
  %0 = graph.import %a0 : tensor<2x!graph.string>
  // expected-error @+1 {{needs either 'separators' or 'tokenexp', and a positive 'mincharnum'}}
  %r = graph.node "com.microsoft.Tokenizer"(%0) version 1 {mark = 0 : i64, mincharnum = 1 : i64, pad_value = ""}
  return %r : !graph.value
}
