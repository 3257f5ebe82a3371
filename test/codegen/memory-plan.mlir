// Where intermediate results lie.
//
// RUN: dlc-opt %s -split-input-file -pass-pipeline='builtin.module(func.func(dlc-form-clusters,dlc-place-results),dlc-emit-program,func.func(canonicalize,cse))' | FileCheck %s

// Of a chain two are live at a time; what is returned is the output's own memory.
// CHECK:       module attributes {dlc.arena = 32768 : i64
// CHECK-LABEL: func.func @dlc_run
// CHECK:         %[[ARENA:.*]] = rt.arena %{{.*}}, %c32768
// CHECK-DAG:     %[[A:.*]] = rt.offset %[[ARENA]][%c0]
// CHECK-DAG:     %[[B:.*]] = rt.offset %[[ARENA]][%c16384]
// CHECK:         rt.launch {{.*}} (%{{.*}}, %[[A]]) :
// CHECK:         rt.launch {{.*}} (%[[A]], %{{.*}}, %[[B]]) :
// CHECK:         rt.launch {{.*}} (%[[B]], %{{.*}}, %[[A]]) :
// CHECK:         %[[OUT:.*]] = rt.output
// CHECK:         rt.launch {{.*}} (%[[A]], %{{.*}}, %[[OUT]]) :
func.func @main(%x: tensor<64x64xf32>) -> tensor<64x64xf32> {
  %1 = dlc.matmul %x, %x : (tensor<64x64xf32>, tensor<64x64xf32>) -> tensor<64x64xf32>
  %2 = dlc.matmul %1, %x : (tensor<64x64xf32>, tensor<64x64xf32>) -> tensor<64x64xf32>
  %3 = dlc.matmul %2, %x : (tensor<64x64xf32>, tensor<64x64xf32>) -> tensor<64x64xf32>
  %4 = dlc.matmul %3, %x : (tensor<64x64xf32>, tensor<64x64xf32>) -> tensor<64x64xf32>
  return %4 : tensor<64x64xf32>
}

// -----

// So with open sizes, in units of their product: the arena's size is computed when
// the run starts.
// CHECK:       module attributes {dlc.arena = -1 : i64
// CHECK-LABEL: func.func @dlc_run
// CHECK:         %[[N:.*]] = arith.maxsi %{{.*}}, %c1
// CHECK:         arith.mului_extended %[[N]], %c512
// CHECK:         %[[ARENA:.*]] = rt.arena
// CHECK-DAG:     %[[A:.*]] = rt.offset %[[ARENA]][%c0]
// CHECK-DAG:     %[[BYTES:.*]] = arith.muli %[[N]], %c256
// CHECK-DAG:     %[[B:.*]] = rt.offset %[[ARENA]][%[[BYTES]]]
// CHECK-NOT:     rt.offset
// CHECK-NOT:     rt.alloc
// CHECK:         return
func.func @main(%x: tensor<?x64xf32>, %w: tensor<64x64xf32>) -> tensor<?x64xf32> {
  %1 = dlc.matmul %x, %w : (tensor<?x64xf32>, tensor<64x64xf32>) -> tensor<?x64xf32>
  %2 = dlc.matmul %1, %w : (tensor<?x64xf32>, tensor<64x64xf32>) -> tensor<?x64xf32>
  %3 = dlc.matmul %2, %w : (tensor<?x64xf32>, tensor<64x64xf32>) -> tensor<?x64xf32>
  %4 = dlc.matmul %3, %w : (tensor<?x64xf32>, tensor<64x64xf32>) -> tensor<?x64xf32>
  return %4 : tensor<?x64xf32>
}

// -----

// A constant is stored once, at a multiple of 64, however often it is read.
// CHECK-LABEL: func.func @dlc_run
// CHECK:         %[[WEIGHTS:.*]] = rt.weights
// CHECK-NOT:     rt.arena
// CHECK:         %[[W:.*]] = rt.offset %[[WEIGHTS]][%c0]
// CHECK:         rt.launch {{.*}} (%{{.*}}, %[[W]], %{{.*}}) :
// CHECK:         %[[V:.*]] = rt.offset %[[WEIGHTS]][%c64]
// CHECK:         rt.launch {{.*}} (%{{.*}}, %[[W]], %[[V]], %{{.*}}) :
func.func @main(%x: tensor<2xf32>) -> (tensor<2xf32>, tensor<2xf32>) {
  %w = dlc.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %v = dlc.constant dense<[1.0, 3.0]> : tensor<2xf32>
  %0 = dlc.add %x, %w : tensor<2xf32>
  %1 = dlc.mul %x, %w : tensor<2xf32>
  %2 = dlc.mul %1, %v : tensor<2xf32>
  return %0, %2 : tensor<2xf32>, tensor<2xf32>
}

// -----

// A size that a kernel computes: memory is had when it is known.
// CHECK-LABEL: func.func @dlc_run
// CHECK:         rt.arena %{{.*}}, %c64
// CHECK:         rt.launch {{.*}} kind "reduce rows"
// CHECK:         %[[N:.*]] = arith.index_cast
// CHECK:         arith.mului_extended %[[N]], %c8
// CHECK:         %[[BYTES:.*]] = arith.maxsi
// CHECK:         rt.alloc %{{.*}}, %[[BYTES]]
// CHECK:         rt.output %{{.*}}[0] (%[[N]])
func.func @main(%x: tensor<8xi64>) -> tensor<?xi64> {
  %c0 = arith.constant 0 : index
  %s = dlc.reduce max %x [0] : tensor<8xi64> -> tensor<i64>
  %v = tensor.extract %s[] : tensor<i64>
  %n = arith.index_cast %v : i64 to index
  %0 = dlc.iota 0 sizes(%n) : tensor<?xi64>
  %1 = dlc.scan sum %0 axis = 0 : tensor<?xi64> -> tensor<?xi64>
  %2 = dlc.scan sum %1 axis = 0 : tensor<?xi64> -> tensor<?xi64>
  return %2 : tensor<?xi64>
}

// -----

// A softmax is written over its scores and a sum over the shortcut, which nothing
// reads any more; not over the left side of the product itself.
// CHECK:       module attributes {dlc.arena = 32768 : i64
// CHECK-LABEL: func.func @dlc_run
// CHECK:         %[[ARENA:.*]] = rt.arena %{{.*}}, %c32768
// CHECK-DAG:     %[[A:.*]] = rt.offset %[[ARENA]][%c0]
// CHECK-DAG:     %[[B:.*]] = rt.offset %[[ARENA]][%c16384]
// CHECK:         rt.launch {{.*}} (%{{.*}}, %[[A]]) : {{.*}} "matmul
// CHECK:         rt.launch {{.*}} (%[[A]], %[[A]]) : {{.*}} "rows"
// CHECK:         rt.launch {{.*}} (%[[A]], %{{.*}}, %[[B]]) : {{.*}} "matmul
// CHECK:         rt.launch {{.*}} (%[[B]], %{{.*}}, %[[A]], %[[A]]) : {{.*}} "matmul
// CHECK:         return
func.func @main(%x: tensor<64x64xf32>) -> tensor<64x64xf32> {
  %1 = dlc.matmul %x, %x : (tensor<64x64xf32>, tensor<64x64xf32>) -> tensor<64x64xf32>
  %2 = dlc.reduce max %1 [1] : tensor<64x64xf32> -> tensor<64xf32>
  %3 = dlc.reshape %2 : tensor<64xf32> -> tensor<64x1xf32>
  %4 = dlc.broadcast %3 : tensor<64x1xf32> -> tensor<64x64xf32>
  %5 = dlc.sub %1, %4 : tensor<64x64xf32>
  %6 = dlc.exp %5 : tensor<64x64xf32>
  %7 = dlc.reduce sum %6 [1] : tensor<64x64xf32> -> tensor<64xf32>
  %8 = dlc.reshape %7 : tensor<64xf32> -> tensor<64x1xf32>
  %9 = dlc.broadcast %8 : tensor<64x1xf32> -> tensor<64x64xf32>
  %10 = dlc.div %6, %9 : tensor<64x64xf32>
  %11 = dlc.matmul %10, %x : (tensor<64x64xf32>, tensor<64x64xf32>) -> tensor<64x64xf32>
  %12 = dlc.matmul %11, %x : (tensor<64x64xf32>, tensor<64x64xf32>) -> tensor<64x64xf32>
  %13 = dlc.add %12, %10 : tensor<64x64xf32>
  %14 = dlc.matmul %13, %x : (tensor<64x64xf32>, tensor<64x64xf32>) -> tensor<64x64xf32>
  return %14 : tensor<64x64xf32>
}

// -----

// Multiples of one open size share memory, whatever they are multiples by: a third
// tensor lies where the first two were.
// CHECK-LABEL: func.func @dlc_run
// CHECK:         %[[N:.*]] = arith.maxsi %{{.*}}, %c1
// CHECK:         arith.mului_extended %[[N]], %c1536
// CHECK:         %[[ARENA:.*]] = rt.arena
// CHECK-DAG:     %[[C0:.*]] = rt.offset %[[ARENA]][%c0]
// CHECK-DAG:     %[[O1:.*]] = arith.muli %[[N]], %c1024
// CHECK-DAG:     %[[C1:.*]] = rt.offset %[[ARENA]][%[[O1]]]
// CHECK:         rt.launch {{.*}} (%{{.*}}, %[[C0]]) : {{.*}} "matmul
// CHECK:         rt.launch {{.*}} (%[[C0]], %{{.*}}, %[[C1]]) : {{.*}} "matmul
// CHECK:         rt.launch {{.*}} (%[[C1]], %{{.*}}, %[[C0]]) : {{.*}} "matmul
// CHECK:         return
func.func @main(%x: tensor<?x64xf32>, %w: tensor<64x64xf32>, %v: tensor<64x128xf32>, %u: tensor<128x256xf32>) -> tensor<?x64xf32> {
  %1 = dlc.matmul %x, %w : (tensor<?x64xf32>, tensor<64x64xf32>) -> tensor<?x64xf32>
  %2 = dlc.matmul %1, %v : (tensor<?x64xf32>, tensor<64x128xf32>) -> tensor<?x128xf32>
  %3 = dlc.matmul %2, %u : (tensor<?x128xf32>, tensor<128x256xf32>) -> tensor<?x256xf32>
  %4 = dlc.reduce sum %3 [1] : tensor<?x256xf32> -> tensor<?xf32>
  %5 = dlc.scan sum %4 axis = 0 : tensor<?xf32> -> tensor<?xf32>
  %c0 = arith.constant 0 : index
  %n = tensor.dim %x, %c0 : tensor<?x64xf32>
  %6 = dlc.reshape %5 sizes(%n) : tensor<?xf32> -> tensor<?x1xf32>
  %7 = dlc.broadcast %6 sizes(%n) : tensor<?x1xf32> -> tensor<?x64xf32>
  return %7 : tensor<?x64xf32>
}

// -----

// A sum is written over the shortcut where sizes are open, too.
// CHECK-LABEL: func.func @dlc_run
// CHECK:         %[[X:.*]] = rt.input %{{.*}}[0]
// CHECK:         rt.launch {{.*}} (%[[X]], %{{.*}}, %{{.*}}, %[[A:[0-9]+]]) : {{.*}} "matmul
// CHECK:         rt.launch {{.*}} (%[[A]], %{{.*}}, %{{.*}}, %[[B:[0-9]+]]) : {{.*}} "matmul
// CHECK:         rt.launch {{.*}} (%[[B]], %{{.*}}, %[[A]], {{.*}}, %[[A]]) : {{.*}} "matmul
// CHECK:         rt.launch {{.*}} (%[[A]], {{.*}}) : {{.*}} "matmul
func.func @main(%x: tensor<?x64xf32>, %w: tensor<64x64xf32>) -> tensor<?x64xf32> {
  %1 = dlc.matmul %x, %w : (tensor<?x64xf32>, tensor<64x64xf32>) -> tensor<?x64xf32>
  %2 = dlc.matmul %1, %w : (tensor<?x64xf32>, tensor<64x64xf32>) -> tensor<?x64xf32>
  %3 = dlc.matmul %2, %w : (tensor<?x64xf32>, tensor<64x64xf32>) -> tensor<?x64xf32>
  %4 = dlc.add %3, %1 : tensor<?x64xf32>
  %5 = dlc.matmul %4, %w : (tensor<?x64xf32>, tensor<64x64xf32>) -> tensor<?x64xf32>
  return %5 : tensor<?x64xf32>
}
