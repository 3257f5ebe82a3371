// RUN: dlc-opt %s | dlc-opt | FileCheck %s
// RUN: dlc-opt %s --mlir-print-op-generic | dlc-opt | FileCheck %s

// CHECK-LABEL: @run
// CHECK-SAME: (%[[FRAME:.*]]: !llvm.ptr)
func.func @run(%frame: !llvm.ptr) -> i32 {
  %n = arith.constant 64 : index
  %true = arith.constant true
  // CHECK: %[[IN:.*]] = rt.input %[[FRAME]][0]
  %in = rt.input %frame[0]
  // CHECK: %[[D:.*]] = rt.input_dim %[[FRAME]][0, 1]
  %d = rt.input_dim %frame[0, 1]
  // CHECK: %[[W:.*]] = rt.weights %[[FRAME]]
  %w = rt.weights %frame
  // CHECK: %[[A:.*]] = rt.arena %[[FRAME]], %[[N:.*]]
  %a = rt.arena %frame, %n
  // CHECK: rt.offset %[[A]][%[[N]]]
  %at = rt.offset %a[%n]
  // CHECK: rt.alloc %[[FRAME]], %[[D]]
  %m = rt.alloc %frame, %d
  // CHECK: %[[ROOMS:.*]] = rt.rooms 2
  %rooms = rt.rooms 2
  // CHECK: rt.grow %[[FRAME]], %[[ROOMS]] to %[[N]] from %[[M:.*]][%[[D]]]
  %g = rt.grow %frame, %rooms to %n from %m[%d]
  // CHECK: %[[OUT:.*]] = rt.output %[[FRAME]][0] (%[[N]], %[[D]])
  %out = rt.output %frame[0] (%n, %d)
  // CHECK: rt.output %[[FRAME]][1] ()
  %scalar = rt.output %frame[1] ()
  // CHECK: %[[S:.*]] = rt.sequence %[[FRAME]]
  %s = rt.sequence %frame
  // CHECK: %[[T:.*]] = rt.insert %[[FRAME]], %[[IN]] of 4(%[[N]], %[[D]]) into %[[S]] at %[[N]]
  %t = rt.insert %frame, %in of 4(%n, %d) into %s at %n
  // CHECK: %[[L:.*]] = rt.length %[[FRAME]], %[[T]]
  %l = rt.length %frame, %t
  // CHECK: rt.at %[[FRAME]], %[[T]][%[[L]]] : index, index
  %item, %rows, %cols = rt.at %frame, %t[%l] : index, index
  // CHECK: rt.at %[[FRAME]], %[[T]][%[[L]]]
  %one = rt.at %frame, %t[%l]
  // CHECK: %[[U:.*]] = rt.erase %[[FRAME]], %[[T]] at %[[L]]
  %u = rt.erase %frame, %t at %l
  // CHECK: rt.give %[[FRAME]][2] %[[U]]
  rt.give %frame[2] %u
  // CHECK: rt.check %[[FRAME]], %{{.*}}, "size % is not %"(%[[N]], %[[D]]) at "node"
  rt.check %frame, %true, "size % is not %" (%n, %d) at "node"
  // CHECK: rt.launch %[[FRAME]], @kernel[%[[N]], %[[D]]] (%[[IN]], %[[W]], %[[D]], %[[OUT]]) : !llvm.ptr, !llvm.ptr, index, !llvm.ptr at "node" kind "loop"
  rt.launch %frame, @kernel[%n, %d] (%in, %w, %d, %out) : !llvm.ptr, !llvm.ptr, index, !llvm.ptr at "node" kind "loop"
  // CHECK: rt.launch {{.*}} at "node" kind "loop" flops 6 bytes 48
  rt.launch %frame, @kernel[%n, %d] (%in) : !llvm.ptr at "node" kind "loop" flops 6 bytes 48
  // CHECK: %[[T:.*]] = rt.strings %[[FRAME]] ["", "a\00b"]
  %strings = rt.strings %frame ["", "a\00b"]
  // CHECK: rt.reported %[[FRAME]], %[[T]] at "node"
  rt.reported %frame, %strings at "node"
  %ok = arith.constant 0 : i32
  return %ok : i32
}

// CHECK-LABEL: func.func @kernel
// CHECK-SAME: (%[[ARGS:[a-z0-9]*]]: !llvm.ptr, {{.*}}, %[[SCRATCH:[a-z0-9]*]]: !llvm.ptr)
func.func @kernel(%args: !llvm.ptr, %begin: index, %end: index, %scratch: !llvm.ptr) {
  // CHECK: rt.arg %[[ARGS]][0] : memref<?xf32>
  %0 = rt.arg %args[0] : memref<?xf32>
  // CHECK: rt.arg %[[ARGS]][1] : index
  %1 = rt.arg %args[1] : index
  // CHECK: rt.scratch %[[SCRATCH]][64] : memref<?xi8>
  %2 = rt.scratch %scratch[64] : memref<?xi8>
  return
}
