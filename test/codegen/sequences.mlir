// A sequence is a pointer that the run time makes; nothing of one is a kernel's.
//
// RUN: dlc-opt %s -split-input-file -pass-pipeline='builtin.module(func.func(dlc-form-clusters,dlc-place-results),dlc-emit-program{isa=avx512},func.func(canonicalize,cse))' | FileCheck %s

// What is inserted is copied; what is taken out is used where it lies.
// CHECK-LABEL: func.func @dlc_run
// CHECK-SAME:    (%[[FRAME:.*]]: !llvm.ptr)
// CHECK-DAG:     %[[S:.*]] = rt.input %[[FRAME]][0]
// CHECK-DAG:     %[[X:.*]] = rt.input %[[FRAME]][1]
// CHECK-DAG:     %[[N:.*]] = rt.input_dim %[[FRAME]][1, 0]
// CHECK:         %[[T:.*]] = rt.insert %[[FRAME]], %[[X]] of 4(%[[N]]) into %[[S]] at %c0
// CHECK:         %[[LENGTH:.*]] = rt.length %[[FRAME]], %[[T]]
// CHECK:         %[[LAST:.*]] = arith.addi %[[LENGTH]], %c-1
// CHECK:         %[[Y:.*]], %[[M:.*]] = rt.at %[[FRAME]], %[[T]][%[[LAST]]] : index
// CHECK:         %[[OUT:.*]] = rt.output %[[FRAME]][1] (%[[M]])
// CHECK:         rt.launch %[[FRAME]], @k0{{.*}} (%[[Y]], %[[M]], %[[OUT]])
// CHECK:         %[[LESS:.*]] = rt.erase %[[FRAME]], %[[T]] at %[[LAST]]
// CHECK:         rt.give %[[FRAME]][0] %[[LESS]]
func.func @main(%s: !dlc.sequence<tensor<?xf32>>, %x: tensor<?xf32>) -> (!dlc.sequence<tensor<?xf32>>, tensor<?xf32>) {
  %0 = arith.constant 0 : index
  %minus = arith.constant -1 : index
  %t = dlc.sequence_insert %x into %s at %0 : tensor<?xf32>, !dlc.sequence<tensor<?xf32>> -> !dlc.sequence<tensor<?xf32>>
  %n = dlc.sequence_length %t : !dlc.sequence<tensor<?xf32>>
  %last = arith.addi %n, %minus : index
  %y = dlc.sequence_at %t[%last] : !dlc.sequence<tensor<?xf32>> -> tensor<?xf32>
  %z = dlc.neg %y : tensor<?xf32>
  %less = dlc.sequence_erase %t at %last : !dlc.sequence<tensor<?xf32>>
  return %less, %z : !dlc.sequence<tensor<?xf32>>, tensor<?xf32>
}

// -----

// Branches and loops hand the pointer on.
// CHECK-LABEL: func.func @dlc_run
// CHECK-SAME:    (%[[FRAME:.*]]: !llvm.ptr)
// CHECK-DAG:     %[[O:.*]] = rt.input %[[FRAME]][0]
// CHECK-DAG:     %[[NULL:.*]] = llvm.mlir.zero
// CHECK:         %[[HAS:.*]] = llvm.icmp "ne" %[[O]], %[[NULL]]
// CHECK:         %[[START:.*]] = scf.if %[[HAS]] -> (!llvm.ptr)
// CHECK:           scf.yield %[[O]]
// CHECK:         } else {
// CHECK:           %[[EMPTY:.*]] = rt.sequence %[[FRAME]]
// CHECK:           scf.yield %[[EMPTY]]
// CHECK:         scf.while ({{.*}} = %[[START]]) : (index, !llvm.ptr)
// CHECK:           %[[NEXT:.*]] = rt.insert
// CHECK:           scf.yield %{{.*}}, %[[NEXT]]
// CHECK:         rt.give %[[FRAME]][0] %{{.*}}#1
func.func @main(%o: !dlc.optional<!dlc.sequence<tensor<2xf32>>>, %x: tensor<2xf32>) -> !dlc.sequence<tensor<2xf32>> {
  %three = arith.constant 3 : index
  %true = arith.constant true
  %has = dlc.sequence_has %o : !dlc.optional<!dlc.sequence<tensor<2xf32>>>
  %start = scf.if %has -> !dlc.sequence<tensor<2xf32>> {
    %s = dlc.sequence_cast %o : !dlc.optional<!dlc.sequence<tensor<2xf32>>> to !dlc.sequence<tensor<2xf32>>
    scf.yield %s : !dlc.sequence<tensor<2xf32>>
  } else {
    %e = dlc.sequence_make() : () -> !dlc.sequence<tensor<2xf32>>
    scf.yield %e : !dlc.sequence<tensor<2xf32>>
  }
  %all = dlc.loop %three while %true (%start) : (!dlc.sequence<tensor<2xf32>>) -> !dlc.sequence<tensor<2xf32>> {
  ^bb0(%i: index, %s: !dlc.sequence<tensor<2xf32>>):
    %n = dlc.sequence_length %s : !dlc.sequence<tensor<2xf32>>
    %next = dlc.sequence_insert %x into %s at %n : tensor<2xf32>, !dlc.sequence<tensor<2xf32>> -> !dlc.sequence<tensor<2xf32>>
    dlc.yield %true, %next : i1, !dlc.sequence<tensor<2xf32>>
  }
  return %all : !dlc.sequence<tensor<2xf32>>
}

// -----

// An optional tensor is a sequence of one; what holds nothing is null.
// CHECK-LABEL: func.func @dlc_run
// CHECK-SAME:    (%[[FRAME:.*]]: !llvm.ptr)
// CHECK-DAG:     %[[NULL:.*]] = llvm.mlir.zero
// CHECK-DAG:     %[[EMPTY:.*]] = rt.sequence %[[FRAME]]
// CHECK:         %[[ONE:.*]] = rt.insert %[[FRAME]], %{{.*}} of 1() into %[[EMPTY]] at %c0
// CHECK:         rt.give %[[FRAME]][0] %[[ONE]]
// CHECK:         rt.give %[[FRAME]][1] %[[NULL]]
func.func @main(%x: tensor<i8>) -> (!dlc.optional<tensor<i8>>, !dlc.optional<tensor<i8>>) {
  %none = dlc.sequence_none : !dlc.optional<tensor<i8>>
  %o = dlc.sequence_make(%x) : (tensor<i8>) -> !dlc.optional<tensor<i8>>
  return %o, %none : !dlc.optional<tensor<i8>>, !dlc.optional<tensor<i8>>
}
