// RUN: dlc-opt %s --import-onnx --split-input-file | FileCheck %s

// Strings are numbers of the table: what moves and compares them knows no
// difference. Inputs and outputs are converted.

// CHECK:      module attributes {dlc.strings = ["", "b"]}
// CHECK:      func @main(%[[X:.*]]: tensor<?xi128> {dlc.name = "x"}) -> (tensor<?xi1>, tensor<?xi128>, tensor<?xi128>)
// CHECK:      %[[S:.*]] = dlc.call "string_intern"(%[[X]]) sizes(%{{.*}}) : (tensor<?xi128>) -> tensor<?xsi64>
// CHECK:      dlc.eq %[[S]], %{{.*}} : tensor<?xsi64> -> tensor<?xi1>
// CHECK:      dlc.call "string_spell"({{.*}}) sizes({{.*}}) {output = 1 : index} : (tensor<?xsi64>) -> tensor<?xi128>
// CHECK:      dlc.call "string_spell"({{.*}}) sizes({{.*}}) {output = 2 : index} : (tensor<?xsi64>) -> tensor<?xi128>
func.func @main(%a0: tensor<?x!graph.string> {graph.name = "x"}) -> (tensor<?xi1>, tensor<?x!graph.string>, !graph.value) {
  %x = graph.import %a0 : tensor<?x!graph.string>
  %b = graph.weight "b" = dense<"b"> : tensor<1x!graph.string>
  %e = graph.node "onnx.Equal"(%x, %b) version 19
  %y = graph.node "onnx.Where"(%e, %x, %b) version 16
  %0 = graph.export %e : tensor<?xi1>
  %1 = graph.export %y : tensor<?x!graph.string>
  return %0, %1, %y : tensor<?xi1>, tensor<?x!graph.string>, !graph.value
}

// -----

// A label is found by its number, others by the last entry.

// CHECK:      module attributes {dlc.strings = ["", "c", "a"]}
// CHECK-DAG:  dlc.constant dense<[2, 0, 1, 2]> : tensor<4xi64>
// CHECK-DAG:  dlc.bitcast %{{.*}} : tensor<3xsi64> -> tensor<3xi64>
func.func @main(%a0: tensor<3x!graph.string>) -> tensor<3xi64> {
  %x = graph.import %a0 : tensor<3x!graph.string>
  %y = graph.node "ai.onnx.ml.LabelEncoder"(%x) version 2 {keys_strings = ["c", "a"], values_int64s = array<i64: 5, 7>}
  %0 = graph.export %y : tensor<3xi64>
  return %0 : tensor<3xi64>
}

// -----

// How many parts there are at most is known when they are counted.

// CHECK:      %[[N:.*]] = dlc.call "string_split_count"(%[[S:.*]], %{{.*}}, %{{.*}}) : (tensor<3xsi64>, tensor<si64>, tensor<i64>) -> tensor<3xi64>
// CHECK:      tensor.extract
// CHECK:      dlc.call "string_split"(%[[S]], %{{.*}}, %{{.*}}) sizes(%{{.*}}) : (tensor<3xsi64>, tensor<si64>, tensor<i64>) -> tensor<3x?xsi64>
func.func @main(%a0: tensor<3x!graph.string>) -> (tensor<3x?x!graph.string>, tensor<3xi64>) {
  %x = graph.import %a0 : tensor<3x!graph.string>
  %y:2 = graph.node "onnx.StringSplit"(%x) version 20 {delimiter = ","}
  %0 = graph.export %y#0 : tensor<3x?x!graph.string>
  %1 = graph.export %y#1 : tensor<3xi64>
  return %0, %1 : tensor<3x?x!graph.string>, tensor<3xi64>
}

// -----

// CHECK:      dlc.call "string_format_real"
// CHECK:      dlc.call "string_parse_integer"
func.func @main(%a0: tensor<3xf32>) -> tensor<3xi8> {
  %x = graph.import %a0 : tensor<3xf32>
  %t = graph.node "onnx.Cast"(%x) version 13 {to = 8 : i64}
  %y = graph.node "onnx.Cast"(%t) version 13 {to = 3 : i64}
  %0 = graph.export %y : tensor<3xi8>
  return %0 : tensor<3xi8>
}
