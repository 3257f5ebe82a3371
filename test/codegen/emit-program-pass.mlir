// The run function: what it launches, and over how many units.
//
// RUN: dlc-opt %s -split-input-file -pass-pipeline='builtin.module(func.func(dlc-form-clusters,dlc-place-results),dlc-emit-program,func.func(canonicalize,cse))' | FileCheck %s

// Clusters that differ in their operands alone share a kernel.
// CHECK-LABEL: func.func @dlc_run(
// CHECK-SAME:    %[[FRAME:.*]]: !llvm.ptr) -> i32
// CHECK-COUNT-2: rt.launch %[[FRAME]], @k0
// CHECK-NOT:     rt.launch
// CHECK:         return %c0_i32
// CHECK:       func.func @k0(%{{.*}}: !llvm.ptr, %{{.*}}: index, %{{.*}}: index, %{{.*}}: !llvm.ptr)
// CHECK-NOT:   func.func
func.func @main(%x: tensor<8xf32>, %y: tensor<8xf32>) -> (tensor<8xf32>, tensor<8xf32>) {
  %0 = dlc.neg %x : tensor<8xf32>
  %1 = dlc.neg %y : tensor<8xf32>
  return %0, %1 : tensor<8xf32>, tensor<8xf32>
}

// -----

// Arguments of a kernel: memory of the inputs, their open sizes, memory of the output.
// CHECK-LABEL: func.func @dlc_run
// CHECK-DAG:     %[[X:.*]] = rt.input %{{.*}}[0]
// CHECK-DAG:     %[[Y:.*]] = rt.input %{{.*}}[1]
// CHECK-DAG:     %[[M:.*]] = rt.input_dim %{{.*}}[0, 0]
// CHECK-DAG:     %[[N:.*]] = rt.input_dim %{{.*}}[1, 1]
// CHECK:         %[[OUT:.*]] = rt.output %{{.*}}[0] (%[[M]], %[[N]])
// CHECK:         rt.launch {{.*}} (%[[X]], %[[Y]], %[[M]], %[[N]], %[[OUT]]) : !llvm.ptr, !llvm.ptr, index, index, !llvm.ptr
func.func @main(%x: tensor<?x8xf32>, %y: tensor<8x?xf32>) -> tensor<?x?xf32> {
  %0 = dlc.matmul %x, %y : (tensor<?x8xf32>, tensor<8x?xf32>) -> tensor<?x?xf32>
  return %0 : tensor<?x?xf32>
}

// -----

// A reshape costs nothing; the output has the shape that it gives.
// CHECK-LABEL: func.func @dlc_run
// CHECK:         rt.output %{{.*}}[0] (%c4, %c2)
// CHECK:         rt.launch
// CHECK-NOT:     rt.launch
// CHECK:         return
func.func @main(%x: tensor<8xf32>) -> tensor<4x2xf32> {
  %0 = dlc.neg %x : tensor<8xf32>
  %1 = dlc.reshape %0 : tensor<8xf32> -> tensor<4x2xf32>
  return %1 : tensor<4x2xf32>
}

// -----

// Names of the model's nodes tell where a kernel comes from.
// CHECK-LABEL: func.func @dlc_run
// CHECK:         rt.launch {{.*}} at "first+second" kind "loop"
func.func @main(%x: tensor<8xf32>) -> tensor<8xf32> {
  %0 = dlc.neg %x : tensor<8xf32> loc("node 'first' (Neg)")
  %1 = dlc.exp %0 : tensor<8xf32> loc("node 'second' (Exp)")
  return %1 : tensor<8xf32>
}

// -----

// A size that is an element of a tensor.
// CHECK-LABEL: func.func @dlc_run
// CHECK:         %[[V:.*]] = memref.load
// CHECK:         %[[N:.*]] = arith.index_cast %[[V]]
// CHECK:         rt.output %{{.*}}[0] (%[[N]])
func.func @main(%s: tensor<2xi64>) -> tensor<?xi64> {
  %c1 = arith.constant 1 : index
  %v = tensor.extract %s[%c1] : tensor<2xi64>
  %n = arith.index_cast %v : i64 to index
  %0 = dlc.iota 0 sizes(%n) : tensor<?xi64>
  return %0 : tensor<?xi64>
}
