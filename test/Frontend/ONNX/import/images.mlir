// RUN: dlc-opt %s --import-onnx | FileCheck %s

// The file tells how large the image is, and whether it can be decoded.

// CHECK:      %[[SIZE:.*]] = dlc.call "image_size"(%[[X:.*]]) : (tensor<?xui8>) -> tensor<2xi64>
// CHECK-DAG:  %[[ORDER:.*]] = dlc.constant dense<1> : tensor<i64>
// CHECK-DAG:  tensor.extract %[[SIZE]][%c0
// CHECK-DAG:  tensor.extract %[[SIZE]][%c1
// CHECK:      dlc.call "image_decode"(%[[X]], %[[ORDER]]) sizes({{.*}}, {{.*}}) : (tensor<?xui8>, tensor<i64>) -> tensor<?x?x3xui8>
func.func @main(%a0: tensor<?xui8>) -> tensor<?x?x3xui8> {
  %x = graph.import %a0 : tensor<?xui8>
  %y = graph.node "onnx.ImageDecoder"(%x) version 20 {pixel_format = "BGR"}
  %0 = graph.export %y : tensor<?x?x3xui8>
  return %0 : tensor<?x?x3xui8>
}
