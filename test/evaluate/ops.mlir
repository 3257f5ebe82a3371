// Every operation of the dialect folds. See numpy-cases.py for values at length.
//
// RUN: dlc-opt -split-input-file -dlc-fold-constants %s | FileCheck %s

// CHECK-LABEL: @pointwise
// CHECK-NEXT:  dlc.constant dense<[1.100000e+01, 2.200000e+01]> : tensor<2xf32>
// CHECK-NEXT:  dlc.constant dense<[true, false]> : tensor<2xi1>
// CHECK-NEXT:  return
func.func @pointwise() -> (tensor<2xf32>, tensor<2xi1>) {
  %a = dlc.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %b = dlc.constant dense<[10.0, 20.0]> : tensor<2xf32>
  %two = dlc.constant dense<2.0> : tensor<f32>
  %twos = dlc.broadcast %two : tensor<f32> -> tensor<2xf32>
  %0 = dlc.add %a, %b : tensor<2xf32>
  %1 = dlc.lt %a, %twos : tensor<2xf32> -> tensor<2xi1>
  return %0, %1 : tensor<2xf32>, tensor<2xi1>
}

// -----

// CHECK-LABEL: @bits
// CHECK-NEXT:  dlc.constant dense<[1065353216, -2147483648]> : tensor<2xi32>
// CHECK-NEXT:  dlc.constant dense<[1.000000e+00, -0.000000e+00]> : tensor<2xf32>
// CHECK-NEXT:  dlc.constant dense<1.562500e-02> : tensor<f16>
// CHECK-NEXT:  dlc.constant dense<4294967295> : tensor<ui32>
// CHECK-NEXT:  return
func.func @bits() -> (tensor<2xi32>, tensor<2xf32>, tensor<f16>, tensor<ui32>) {
  %a = dlc.constant dense<[1.0, -0.0]> : tensor<2xf32>
  %0 = dlc.bitcast %a : tensor<2xf32> -> tensor<2xi32>
  %1 = dlc.bitcast %0 : tensor<2xi32> -> tensor<2xf32>
  %b = dlc.constant dense<9216> : tensor<i16>
  %2 = dlc.bitcast %b : tensor<i16> -> tensor<f16>
  %c = dlc.constant dense<-1> : tensor<i32>
  %3 = dlc.bitcast %c : tensor<i32> -> tensor<ui32>
  return %0, %1, %2, %3 : tensor<2xi32>, tensor<2xf32>, tensor<f16>, tensor<ui32>
}

// -----

// One element is computed, and stands for all.
// CHECK-LABEL: @equal_elements
// CHECK-NEXT:  dlc.constant dense<3.000000e+00> : tensor<100000x1000x1000xf32>
// CHECK-NEXT:  return
func.func @equal_elements() -> tensor<100000x1000x1000xf32> {
  %a = dlc.constant dense<1.0> : tensor<f32>
  %b = dlc.constant dense<2.0> : tensor<f32>
  %c = dlc.broadcast %a : tensor<f32> -> tensor<100000x1000x1000xf32>
  %d = dlc.broadcast %b : tensor<f32> -> tensor<100000x1000x1000xf32>
  %0 = dlc.add %c, %d : tensor<100000x1000x1000xf32>
  return %0 : tensor<100000x1000x1000xf32>
}

// -----

// CHECK-LABEL: @movement
// CHECK-DAG:   dlc.constant dense<{{\[}}[1, 3], [2, 4]]> : tensor<2x2xi8>
// CHECK-DAG:   dlc.constant dense<[1, 2, 3, 4]> : tensor<4xi8>
// CHECK-DAG:   dlc.constant dense<{{\[}}[1, 2], [1, 2], [1, 2]]> : tensor<3x2xi8>
// CHECK-DAG:   dlc.constant dense<{{\[}}[2, 1]]> : tensor<1x2xi8>
// CHECK-DAG:   dlc.constant dense<{{\[}}[7, 1, 2], [7, 3, 4]]> : tensor<2x3xi8>
// CHECK-DAG:   dlc.constant dense<{{\[}}[1, 2], [3, 4], [1, 3], [2, 4]]> : tensor<4x2xi8>
// CHECK-DAG:   dlc.constant dense<{{\[}}[3, 4]]> : tensor<1x2xi8>
// CHECK-DAG:   dlc.constant dense<{{\[}}[1, 2], [6, 8]]> : tensor<2x2xi8>
// CHECK-NOT:   dlc.{{[^c]}}
// CHECK:       return
func.func @movement() -> (tensor<2x2xi8>, tensor<4xi8>, tensor<3x2xi8>, tensor<1x2xi8>,
                          tensor<2x3xi8>, tensor<4x2xi8>, tensor<1x2xi8>, tensor<2x2xi8>) {
  %a = dlc.constant dense<[[1, 2], [3, 4]]> : tensor<2x2xi8>
  %row = dlc.constant dense<[1, 2]> : tensor<2xi8>
  %seven = dlc.constant dense<7> : tensor<i8>
  %one = dlc.constant dense<1> : tensor<1xi64>
  %update = dlc.constant dense<[[3, 4]]> : tensor<1x2xi8>
  %zero = arith.constant 0 : index
  %0 = dlc.transpose %a [1, 0] : tensor<2x2xi8> -> tensor<2x2xi8>
  %1 = dlc.reshape %a : tensor<2x2xi8> -> tensor<4xi8>
  %2 = dlc.broadcast %row : tensor<2xi8> -> tensor<3x2xi8>
  %3 = dlc.slice %a [%zero, 1] steps [1, -1] : tensor<2x2xi8> -> tensor<1x2xi8>
  %4 = dlc.pad %a, %seven low [0, 1] : tensor<2x2xi8>, tensor<i8> -> tensor<2x3xi8>
  %5 = dlc.concat %a, %0 axis = 0 : (tensor<2x2xi8>, tensor<2x2xi8>) -> tensor<4x2xi8>
  %6 = dlc.gather %a, %one axis = 0 : (tensor<2x2xi8>, tensor<1xi64>) -> tensor<1x2xi8>
  %7 = dlc.scatter add %a, %one, %update : (tensor<2x2xi8>, tensor<1xi64>, tensor<1x2xi8>) -> tensor<2x2xi8>
  return %0, %1, %2, %3, %4, %5, %6, %7
      : tensor<2x2xi8>, tensor<4xi8>, tensor<3x2xi8>, tensor<1x2xi8>,
        tensor<2x3xi8>, tensor<4x2xi8>, tensor<1x2xi8>, tensor<2x2xi8>
}

// -----

// CHECK-LABEL: @reductions
// CHECK-DAG:   dlc.constant dense<[4, 6]> : tensor<2xi32>
// CHECK-DAG:   dlc.constant dense<1> : tensor<2xi64>
// CHECK-DAG:   dlc.constant dense<{{\[}}[1, 2], [4, 6]]> : tensor<2x2xi32>
// CHECK-DAG:   dlc.constant dense<{{\[\[}}[3], [7]]]> : tensor<1x2x1xi32>
// CHECK-NOT:   dlc.{{[^c]}}
// CHECK:       return
func.func @reductions() -> (tensor<2xi32>, tensor<2xi64>, tensor<2x2xi32>, tensor<1x2x1xi32>) {
  %a = dlc.constant dense<[[1, 2], [3, 4]]> : tensor<2x2xi32>
  %0 = dlc.reduce sum %a [0] : tensor<2x2xi32> -> tensor<2xi32>
  %1 = dlc.arg_reduce max %a axis = 1 : tensor<2x2xi32> -> tensor<2xi64>
  %2 = dlc.scan sum %a axis = 0 : tensor<2x2xi32> -> tensor<2x2xi32>
  %3 = dlc.reshape %a : tensor<2x2xi32> -> tensor<1x4x1xi32>
  %4 = dlc.pool sum %3 kernel [2] strides [2] dilations [1] pads [0, 0] : tensor<1x4x1xi32> -> tensor<1x2x1xi32>
  return %0, %1, %2, %4 : tensor<2xi32>, tensor<2xi64>, tensor<2x2xi32>, tensor<1x2x1xi32>
}

// -----

// CHECK-LABEL: @contractions
// CHECK-DAG:   dlc.constant dense<{{\[}}[7.000000e+00, 1.000000e+01], [1.500000e+01, 2.200000e+01]]> : tensor<2x2xf16>
// CHECK-DAG:   dlc.constant dense<{{\[\[}}[3], [5], [3]]]> : tensor<1x3x1xi32>
// CHECK-NOT:   dlc.{{[^c]}}
// CHECK:       return
func.func @contractions() -> (tensor<2x2xf16>, tensor<1x3x1xi32>) {
  %a = dlc.constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf16>
  %x = dlc.constant dense<[[[1], [2], [3]]]> : tensor<1x3x1xi8>
  %w = dlc.constant dense<1> : tensor<1x2x1xi8>
  %0 = dlc.matmul %a, %a : (tensor<2x2xf16>, tensor<2x2xf16>) -> tensor<2x2xf16>
  %1 = dlc.conv %x, %w strides [1] dilations [1] pads [0, 1] groups 1 : (tensor<1x3x1xi8>, tensor<1x2x1xi8>) -> tensor<1x3x1xi32>
  return %0, %1 : tensor<2x2xf16>, tensor<1x3x1xi32>
}

// -----

// CHECK-LABEL: @structure
// CHECK-DAG:   dlc.constant dense<[2, 4]> : tensor<2xi16>
// CHECK-DAG:   dlc.constant dense<[3, 5]> : tensor<2xi16>
// CHECK-NOT:   dlc.composite
// CHECK:       return
func.func @structure() -> (tensor<2xi16>, tensor<2xi16>) {
  %a = dlc.constant dense<[1, 2]> : tensor<2xi16>
  %0:2 = dlc.composite "twice"(%a) : (tensor<2xi16>) -> (tensor<2xi16>, tensor<2xi16>) {
  ^bb0(%x: tensor<2xi16>):
    %one = dlc.constant dense<1> : tensor<2xi16>
    %y = dlc.add %x, %x : tensor<2xi16>
    %z = dlc.add %y, %one : tensor<2xi16>
    dlc.yield %y, %z : tensor<2xi16>, tensor<2xi16>
  }
  return %0#0, %0#1 : tensor<2xi16>, tensor<2xi16>
}

// -----

// Inside of a body that isn't constant, what is constant folds.
// CHECK-LABEL: @inside
// CHECK:       dlc.composite "addition"
// CHECK-NEXT:  ^bb0(%[[X:.*]]: tensor<2xf32>):
// CHECK-NEXT:    %[[C:.*]] = dlc.constant dense<[2.000000e+00, 4.000000e+00]>
// CHECK-NEXT:    dlc.add %[[X]], %[[C]]
func.func @inside(%a: tensor<2xf32>) -> tensor<2xf32> {
  %0 = dlc.composite "addition"(%a) : (tensor<2xf32>) -> tensor<2xf32> {
  ^bb0(%x: tensor<2xf32>):
    %one = dlc.constant dense<[1.0, 2.0]> : tensor<2xf32>
    %two = dlc.add %one, %one : tensor<2xf32>
    %y = dlc.add %x, %two : tensor<2xf32>
    dlc.yield %y : tensor<2xf32>
  }
  return %0 : tensor<2xf32>
}

// -----

// CHECK-LABEL: @scalars
// CHECK-DAG:   arith.constant 5 : index
// CHECK-DAG:   dlc.constant dense<[5, 3]> : tensor<2xindex>
// CHECK-NOT:   tensor.
// CHECK:       return
func.func @scalars() -> (index, tensor<2xindex>) {
  %a = dlc.constant dense<[4, 5]> : tensor<2xi64>
  %one = arith.constant 1 : index
  %three = arith.constant 3 : index
  %0 = dlc.cast %a : tensor<2xi64> -> tensor<2xindex>
  %1 = tensor.extract %0[%one] : tensor<2xindex>
  %2 = tensor.from_elements %1, %three : tensor<2xindex>
  return %1, %2 : index, tensor<2xindex>
}

// -----

// Small floats and integers take a byte.
// CHECK-LABEL: @narrow
// CHECK-DAG:   dlc.constant dense<[2.000000e+00, -5.000000e-01]> : tensor<2xf8E5M2>
// CHECK-DAG:   dlc.constant dense<[-8, 6]> : tensor<2xi4>
// CHECK-DAG:   dlc.constant dense<[8, 0]> : tensor<2xui4>
// CHECK-DAG:   dlc.constant dense<[3.000000e+00, 6.499200e+04]> : tensor<2xf16>
// CHECK:       return
func.func @narrow() -> (tensor<2xf8E5M2>, tensor<2xi4>, tensor<2xui4>, tensor<2xf16>) {
  %a = dlc.constant dense<[1.0, -0.25]> : tensor<2xf8E5M2>
  %b = dlc.constant dense<[4, 3]> : tensor<2xi4>
  %c = dlc.constant dense<[4, 8]> : tensor<2xui4>
  %d = dlc.constant dense<[3.0, 65000.0]> : tensor<2xf32>
  %0 = dlc.add %a, %a : tensor<2xf8E5M2>
  %1 = dlc.add %b, %b : tensor<2xi4>
  %2 = dlc.add %c, %c : tensor<2xui4>
  %3 = dlc.cast %d : tensor<2xf32> -> tensor<2xf16>
  return %0, %1, %2, %3 : tensor<2xf8E5M2>, tensor<2xi4>, tensor<2xui4>, tensor<2xf16>
}

// -----

// CHECK-LABEL: @insert
// CHECK-DAG:   dlc.constant dense<{{\[}}[1, 2], [7, 8], [5, 6]]> : tensor<3x2xi8>
// CHECK-DAG:   dlc.constant dense<{{\[}}[1, 9], [3, 9], [5, 9]]> : tensor<3x2xi8>
// At an unknown place.
// CHECK:       dlc.insert
// CHECK:       return
func.func @insert(%any: index) -> (tensor<3x2xi8>, tensor<3x2xi8>, tensor<3x2xi8>) {
  %a = dlc.constant dense<[[1, 2], [3, 4], [5, 6]]> : tensor<3x2xi8>
  %row = dlc.constant dense<[[7, 8]]> : tensor<1x2xi8>
  %column = dlc.constant dense<9> : tensor<3x1xi8>
  %one = arith.constant 1 : index
  %0 = dlc.insert %row into %a at %one axis = 0 : tensor<1x2xi8> into tensor<3x2xi8>
  %1 = dlc.insert %column into %a at %one axis = 1 : tensor<3x1xi8> into tensor<3x2xi8>
  %2 = dlc.insert %row into %a at %any axis = 0 : tensor<1x2xi8> into tensor<3x2xi8>
  return %0, %1, %2 : tensor<3x2xi8>, tensor<3x2xi8>, tensor<3x2xi8>
}

// -----

// CHECK-LABEL: @no_elements
// CHECK-DAG:   dlc.constant dense<> : tensor<0x2xf32>
// CHECK-DAG:   dlc.constant dense<0.000000e+00> : tensor<2xf32>
// CHECK-DAG:   dlc.constant dense<> : tensor<0xf32>
// CHECK-DAG:   dlc.constant dense<> : tensor<2x0xi1>
// CHECK:       return
func.func @no_elements() -> (tensor<0x2xf32>, tensor<2xf32>, tensor<0xf32>, tensor<2x0xi1>) {
  %a = dlc.constant dense<> : tensor<2x0xf32>
  %ones = dlc.constant dense<1.0> : tensor<4xf32>
  %0 = dlc.transpose %a [1, 0] : tensor<2x0xf32> -> tensor<0x2xf32>
  %1 = dlc.reduce sum %a [1] : tensor<2x0xf32> -> tensor<2xf32>
  %2 = dlc.slice %ones [9] steps [1] : tensor<4xf32> -> tensor<0xf32>
  %3 = dlc.is_nan %a : tensor<2x0xf32> -> tensor<2x0xi1>
  return %0, %1, %2, %3 : tensor<0x2xf32>, tensor<2xf32>, tensor<0xf32>, tensor<2x0xi1>
}

// -----

// Of equal elements the first comes first; a NaN is greater than any number.
// CHECK-LABEL: @topk
// CHECK-NEXT:  dlc.constant dense<[1, 3, 0]> : tensor<3xi64>
// CHECK-NEXT:  dlc.constant dense<{{\[}}[1, 2], [0, 0]]> : tensor<2x2xi64>
// CHECK-NEXT:  return
func.func @topk() -> (tensor<3xi64>, tensor<2x2xi64>) {
  %a = dlc.constant dense<[2.0, 0x7FC00000, 1.0, 3.0, 2.0]> : tensor<5xf32>
  %b = dlc.constant dense<[[5, 1], [4, 7], [9, 0]]> : tensor<3x2xi32>
  %2 = arith.constant 2 : index
  %3 = arith.constant 3 : index
  %0 = dlc.topk %a, %3 axis = 0 : tensor<5xf32> -> tensor<3xi64>
  %1 = dlc.topk %b, %2 axis = 0 least : tensor<3x2xi32> -> tensor<2x2xi64>
  return %0, %1 : tensor<3xi64>, tensor<2x2xi64>
}

// -----

// CHECK-LABEL: @nonzero
// CHECK-NEXT:  dlc.constant dense<[1, 2, 4, -1, -1]> : tensor<5xi64>
// CHECK-NEXT:  return
func.func @nonzero() -> tensor<5xi64> {
  %a = dlc.constant dense<[false, true, true, false, true]> : tensor<5xi1>
  %0 = dlc.nonzero %a : tensor<5xi1> -> tensor<5xi64>
  return %0 : tensor<5xi64>
}

// -----

// Box 0 overlaps box 1; box 3 scores too little.
// CHECK-LABEL: @nms
// CHECK-NEXT:  dlc.constant dense<{{\[}}{{\[}}[1, 2, -1, -1]]]> : tensor<1x1x4xi64>
// CHECK-NEXT:  return
func.func @nms() -> tensor<1x1x4xi64> {
  %boxes = dlc.constant dense<[[[0.0, 0.0, 2.0, 2.0], [0.0, 0.0, 2.0, 1.9], [3.0, 3.0, 4.0, 4.0], [7.0, 7.0, 8.0, 8.0]]]> : tensor<1x4x4xf32>
  %scores = dlc.constant dense<[[[0.5, 0.9, 0.5, 0.1]]]> : tensor<1x1x4xf32>
  %overlap = dlc.constant dense<0.5> : tensor<f32>
  %least = dlc.constant dense<0.1> : tensor<f32>
  %limit = arith.constant 4 : index
  %0 = dlc.nms %boxes, %scores overlap %overlap least %least limit %limit : (tensor<1x4x4xf32>, tensor<1x1x4xf32>, tensor<f32>, tensor<f32>, index) -> tensor<1x1x4xi64>
  return %0 : tensor<1x1x4xi64>
}
