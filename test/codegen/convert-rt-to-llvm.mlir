// Calls into the run time, by the layouts of dlc_frame and dlc_services.
//
// RUN: dlc-opt %s -split-input-file -convert-rt-to-llvm | FileCheck %s

// Inputs, their sizes and the weights are fields of the frame.
// CHECK-LABEL: @frame
// CHECK-SAME:    (%[[FRAME:.*]]: !llvm.ptr)
// CHECK:         %[[INPUTS:.*]] = llvm.getelementptr %[[FRAME]][8]
// CHECK:         %[[X:.*]] = llvm.load %[[INPUTS]]
// CHECK:         llvm.getelementptr %[[X]][16]
// CHECK:         %[[DIMS:.*]] = llvm.getelementptr %[[FRAME]][16]
// CHECK:         %[[LISTS:.*]] = llvm.load %[[DIMS]]
// CHECK:         %[[LIST:.*]] = llvm.getelementptr %[[LISTS]][8]
// CHECK:         %[[D:.*]] = llvm.load %[[LIST]]
// CHECK:         llvm.getelementptr %[[D]][24]
// CHECK:         llvm.getelementptr %[[FRAME]][24]
// CHECK-NOT:     rt.
func.func @frame(%frame: !llvm.ptr) -> (!llvm.ptr, index, !llvm.ptr) {
  %0 = rt.input %frame[2]
  %1 = rt.input_dim %frame[1, 3]
  %2 = rt.weights %frame
  %n = arith.constant 64 : index
  %3 = rt.offset %2[%n]
  return %0, %1, %3 : !llvm.ptr, index, !llvm.ptr
}

// -----

// No memory ends the run; so does an output of the wrong shape.
// CHECK-LABEL: @memory
// CHECK-SAME:    (%[[FRAME:.*]]: !llvm.ptr)
// CHECK:         %[[DIMS:.*]] = llvm.alloca
// CHECK:         llvm.getelementptr %{{.*}}[8]
// CHECK:         %[[ARENA:.*]] = llvm.call %{{.*}}(%[[FRAME]], %{{.*}}) : !llvm.ptr, (!llvm.ptr, i64) -> !llvm.ptr
// CHECK:         %[[NONE:.*]] = llvm.icmp "eq" %[[ARENA]]
// CHECK:         %[[FAILED:.*]] = llvm.mlir.constant(1 : i32)
// CHECK:         cf.cond_br %[[NONE]], ^[[END:.*]], ^[[REST:.*]]
// CHECK:       ^[[END]]:
// CHECK:         return %[[FAILED]]
// CHECK:       ^[[REST]]:
// CHECK:         llvm.getelementptr %{{.*}}[16]
// CHECK:         llvm.call
// CHECK:         cf.cond_br
// CHECK:         llvm.store %{{.*}}, %[[DIMS]] : i64
// CHECK-DAG:     llvm.mlir.constant(3 : i32)
// CHECK-DAG:     llvm.mlir.constant(2 : i32)
// CHECK:         llvm.call %{{.*}}(%[[FRAME]], %{{.*}}, %{{.*}}, %[[DIMS]])
// CHECK:         cf.cond_br
// CHECK:         %[[NULL:.*]] = llvm.mlir.zero
// CHECK:         llvm.call %{{.*}}(%[[FRAME]], %{{.*}}, %{{.*}}, %[[NULL]])
// CHECK-NOT:     rt.
func.func @memory(%frame: !llvm.ptr) -> i32 {
  %n = arith.constant 64 : index
  %0 = rt.arena %frame, %n
  %1 = rt.alloc %frame, %n
  %2 = rt.output %frame[3] (%n, %n)
  %3 = rt.output %frame[4] ()
  %ok = arith.constant 0 : i32
  return %ok : i32
}

// -----

// A condition that does not hold: the service gives the status to return.
// CHECK-DAG:   llvm.mlir.global internal constant @[[TEXT:.*]]("size is %\00")
// CHECK-DAG:   llvm.mlir.global internal constant @{{.*}}("node\00")
// CHECK-LABEL: @check
// CHECK:         cf.cond_br %{{.*}}, ^[[END:.*]], ^[[REST:.*]]
// CHECK:       ^[[END]]:
// CHECK:         llvm.mlir.addressof @[[TEXT]]
// CHECK:         llvm.getelementptr %{{.*}}[32]
// CHECK:         %[[STATUS:.*]] = llvm.call
// CHECK:         return %[[STATUS]] : i32
// CHECK:       ^[[REST]]:
func.func @check(%frame: !llvm.ptr, %c: i1, %n: index) -> i32 {
  rt.check %frame, %c, "size is %" (%n) at "node"
  %ok = arith.constant 0 : i32
  return %ok : i32
}

// -----

// A launch fills the slots that a kernel reads; equal sites and texts are one.
// CHECK-COUNT-1: @site1()
// CHECK-NOT:   llvm.mlir.global
// CHECK-LABEL: @dlc_run
// CHECK:         %[[TWO:.*]] = llvm.mlir.constant(2 : i64)
// CHECK:         %[[SLOTS:.*]] = llvm.alloca %[[TWO]] x i64
// CHECK:         llvm.store %{{.*}}, %[[SLOTS]] : !llvm.ptr
// CHECK:         %[[SLOT:.*]] = llvm.getelementptr %[[SLOTS]][8]
// CHECK:         llvm.store %{{.*}}, %[[SLOT]] : i64
// CHECK:         llvm.call %{{.*}}(%{{.*}}, %{{.*}}, %[[SLOTS]], %{{.*}}, %{{.*}}, %{{.*}})
// CHECK:       func.func @kernel(%[[ARGS:[a-z0-9]*]]: !llvm.ptr, {{.*}}, %[[SCRATCH:[a-z0-9]*]]: !llvm.ptr)
// CHECK:         llvm.load %[[ARGS]] : !llvm.ptr -> !llvm.ptr
// CHECK:         %[[SIZE:.*]] = llvm.getelementptr %[[ARGS]][8]
// CHECK:         llvm.load %[[SIZE]] : !llvm.ptr -> i64
// CHECK:         llvm.getelementptr %[[SCRATCH]][64]
// CHECK-NOT:     rt.
// CHECK:         return
func.func @dlc_run(%frame: !llvm.ptr, %n: index) -> i32 {
  %x = rt.input %frame[0]
  rt.launch %frame, @kernel[%n, %n] (%x, %n) : !llvm.ptr, index at "node" kind "loop"
  rt.launch %frame, @kernel[%n, %n] (%x, %n) : !llvm.ptr, index at "node" kind "loop"
  %ok = arith.constant 0 : i32
  return %ok : i32
}
func.func @kernel(%args: !llvm.ptr, %begin: index, %end: index, %scratch: !llvm.ptr) {
  %0 = rt.arg %args[0] : memref<?xf32>
  %1 = rt.arg %args[1] : index
  %2 = rt.scratch %scratch[64] : memref<?xf32>
  %3 = memref.load %0[%1] : memref<?xf32>
  memref.store %3, %2[%begin] : memref<?xf32>
  return
}

// -----

// Rooms are empty at first, and grow by the sixth service.
// CHECK-LABEL: @dlc_run
// CHECK-SAME:  (%[[FRAME:.*]]: !llvm.ptr,
// CHECK:         %[[BYTES:.*]] = llvm.mlir.constant(32 : i64)
// CHECK:         %[[ROOMS:.*]] = llvm.alloca %[[BYTES]] x i8
// CHECK:         "llvm.intr.memset"(%[[ROOMS]]
// CHECK:         %[[SERVICES:.*]] = llvm.load %[[FRAME]]
// CHECK:         %[[AT:.*]] = llvm.getelementptr %[[SERVICES]][40]
// CHECK:         %[[GROW:.*]] = llvm.load %[[AT]]
// CHECK:         %[[DATA:.*]] = llvm.call %[[GROW]](%[[FRAME]], %[[ROOMS]], %{{.*}}, %[[ROOMS]], %{{.*}})
// CHECK:         %[[NONE:.*]] = llvm.icmp "eq" %[[DATA]]
// CHECK:         cf.cond_br %[[NONE]]
func.func @dlc_run(%frame: !llvm.ptr, %n: index) -> i32 {
  %rooms = rt.rooms 2
  %data = rt.grow %frame, %rooms to %n from %rooms[%n]
  rt.launch %frame, @kernel[%n, %n] (%data) : !llvm.ptr at "node" kind "loop"
  %ok = arith.constant 0 : i32
  return %ok : i32
}
func.func @kernel(%args: !llvm.ptr, %begin: index, %end: index, %scratch: !llvm.ptr) {
  return
}

// -----

// Sequences are the run time's; it says where a tensor lies, and how large it is.
// CHECK-LABEL: @sequences
// CHECK-SAME:    (%[[FRAME:.*]]: !llvm.ptr, %[[X:.*]]: !llvm.ptr)
// CHECK:         %[[DIMS:.*]] = llvm.alloca
// CHECK:         llvm.getelementptr %{{.*}}[48]
// CHECK:         %[[EMPTY:.*]] = llvm.call %{{.*}}(%[[FRAME]]) : !llvm.ptr, (!llvm.ptr) -> !llvm.ptr
// CHECK:         llvm.store %{{.*}}, %[[DIMS]] : i64
// CHECK:         llvm.getelementptr %{{.*}}[56]
// CHECK:         %[[S:.*]] = llvm.call %{{.*}}(%[[FRAME]], %[[EMPTY]], %{{.*}}, %[[X]], %{{.*}}, %{{.*}}, %[[DIMS]])
// CHECK:         cf.cond_br
// CHECK:         llvm.getelementptr %{{.*}}[72]
// CHECK:         llvm.call %{{.*}}(%[[FRAME]], %[[S]]) : !llvm.ptr, (!llvm.ptr, !llvm.ptr) -> i64
// CHECK:         llvm.getelementptr %{{.*}}[80]
// CHECK:         %[[DATA:.*]] = llvm.call %{{.*}}(%[[FRAME]], %[[S]], %{{.*}}, %{{.*}}, %[[DIMS]])
// CHECK:         %[[NONE:.*]] = llvm.icmp "eq" %[[DATA]]
// CHECK:         cf.cond_br %[[NONE]]
// CHECK:         llvm.load %[[DIMS]] : !llvm.ptr -> i64
// CHECK:         llvm.getelementptr %{{.*}}[64]
// CHECK:         %[[LESS:.*]] = llvm.call %{{.*}}(%[[FRAME]], %[[S]], %{{.*}}) : !llvm.ptr, (!llvm.ptr, !llvm.ptr, i64) -> !llvm.ptr
// CHECK:         llvm.getelementptr %{{.*}}[88]
// CHECK:         %[[STATUS:.*]] = llvm.call %{{.*}}(%[[FRAME]], %{{.*}}, %[[LESS]]) : !llvm.ptr, (!llvm.ptr, i32, !llvm.ptr) -> i32
// CHECK:         %[[FAILED:.*]] = llvm.icmp "ne" %[[STATUS]]
// CHECK:         cf.cond_br %[[FAILED]], ^[[END:.*]], ^
// CHECK:       ^[[END]]:
// CHECK:         return %[[STATUS]]
// CHECK-NOT:     rt.
func.func @sequences(%frame: !llvm.ptr, %x: !llvm.ptr) -> i32 {
  %n = arith.constant 64 : index
  %0 = rt.sequence %frame
  %1 = rt.insert %frame, %x of 4(%n) into %0 at %n
  %2 = rt.length %frame, %1
  %data, %d = rt.at %frame, %1[%2] : index
  %3 = rt.erase %frame, %1 at %d
  rt.give %frame[2] %3
  %ok = arith.constant 0 : i32
  return %ok : i32
}
