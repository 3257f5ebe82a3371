// Loops and branches: a tensor crosses their borders as memory and open sizes.
//
// RUN: dlc-opt %s -split-input-file -pass-pipeline='builtin.module(func.func(dlc-form-clusters,dlc-place-results),dlc-emit-program{isa=avx512},func.func(canonicalize,cse))' | FileCheck %s

// Two rooms by turns for what changes its shape, one that grows for what is
// appended: the kernel writes behind what is there.
// CHECK-LABEL: func.func @dlc_run
// CHECK-SAME:  (%[[FRAME:.*]]: !llvm.ptr)
// CHECK:         %[[ROOMS:.*]] = rt.rooms 3
// CHECK:         %[[X:.*]] = rt.input %[[FRAME]][0]
// CHECK:         %[[N:.*]] = rt.input_dim %[[FRAME]][0, 0]
// CHECK:         scf.while ({{.*}}, %[[P:.*]] = %[[X]], %[[SP:.*]] = %[[N]], %[[Q:.*]] = %[[X]], %[[SQ:.*]] = %[[N]], %[[A:.*]] = %{{.*}}, %[[B:.*]] = %{{.*}})
// CHECK:           arith.cmpi slt
// CHECK:           scf.condition
// CHECK:         } do {
// CHECK:         ^bb0(%{{.*}}: index, %[[P:.*]]: !llvm.ptr, %[[SP:.*]]: index, %[[Q:.*]]: !llvm.ptr, %[[SQ:.*]]: index, %[[A:.*]]: !llvm.ptr, %[[B:.*]]: !llvm.ptr):
// CHECK:           %[[KEPT:.*]] = arith.muli %[[SP]], %c16
// CHECK:           %[[ALL:.*]] = rt.grow %[[FRAME]], %{{.*}} to %{{.*}} from %[[P]][%[[KEPT]]]
// CHECK:           %[[TO:.*]] = rt.offset %[[ALL]][%[[KEPT]]]
// CHECK:           rt.launch %[[FRAME]], @k0{{.*}}%[[TO]])
// CHECK:           %[[NEXT:.*]] = rt.grow %[[FRAME]], %[[A]] to %{{.*}} from %[[A]][%c0]
// CHECK:           rt.launch %[[FRAME]], @k1{{.*}}%[[NEXT]])
// CHECK:           scf.yield %{{.*}}, %[[ALL]], %{{.*}}, %[[NEXT]], %{{.*}}, %[[B]], %[[A]]
func.func @main(%x: tensor<?x4xf32>, %c: tensor<1xi64>) -> (tensor<?x4xf32>, tensor<?x4xf32>) {
  %c0 = arith.constant 0 : index
  %true = arith.constant true
  %k = tensor.extract %c[%c0] : tensor<1xi64>
  %n = arith.index_cast %k : i64 to index
  %0:2 = dlc.loop %n while %true (%x, %x) : (tensor<?x4xf32>, tensor<?x4xf32>) -> (tensor<?x4xf32>, tensor<?x4xf32>) {
  ^bb0(%i: index, %p: tensor<?x4xf32>, %q: tensor<?x4xf32>):
    %e = dlc.exp %x : tensor<?x4xf32>
    %all = dlc.concat %p, %e axis = 0 : (tensor<?x4xf32>, tensor<?x4xf32>) -> tensor<?x4xf32>
    %both = dlc.concat %q, %x, %q axis = 0 : (tensor<?x4xf32>, tensor<?x4xf32>, tensor<?x4xf32>) -> tensor<?x4xf32>
    dlc.yield %true, %all, %both : i1, tensor<?x4xf32>, tensor<?x4xf32>
  }
  return %0#0, %0#1 : tensor<?x4xf32>, tensor<?x4xf32>
}

// -----

// A branch gives memory: the argument's own, or that of its kernel, whose size
// is not asked for unless it is taken.
// CHECK-LABEL: func.func @dlc_run
// CHECK-SAME:  (%[[FRAME:.*]]: !llvm.ptr)
// CHECK:         %[[X:.*]] = rt.input %[[FRAME]][0]
// CHECK:         %[[N:.*]] = rt.input_dim %[[FRAME]][0, 0]
// CHECK-NOT:     rt.check
// CHECK:         %[[R:.*]]:2 = scf.if
// CHECK:           rt.check
// CHECK:           %[[M:.*]] = rt.alloc %[[FRAME]]
// CHECK:           rt.launch %[[FRAME]], @k0
// CHECK:           scf.yield %[[M]], %[[LESS:.*]] :
// CHECK:         } else {
// CHECK:           scf.yield %[[X]], %[[N]] :
// CHECK:         rt.launch %[[FRAME]], @k1{{.*}}%[[R]]#0, %[[R]]#1
func.func @main(%x: tensor<?xf32>, %c: tensor<1xi1>) -> tensor<?xf32> {
  %c0 = arith.constant 0 : index
  %c2 = arith.constant 2 : index
  %n = tensor.dim %x, %c0 : tensor<?xf32>
  %go = tensor.extract %c[%c0] : tensor<1xi1>
  %0 = scf.if %go -> tensor<?xf32> {
    %less = arith.subi %n, %c2 : index
    %fits = arith.cmpi sge, %less, %c0 : index
    dlc.check %fits, "dimension 0 would have size %" (%less)
    %s = dlc.slice %x [2] sizes(%less) steps [1] : tensor<?xf32> -> tensor<?xf32>
    scf.yield %s : tensor<?xf32>
  } else {
    scf.yield %x : tensor<?xf32>
  }
  %1 = dlc.neg %0 : tensor<?xf32>
  return %1 : tensor<?xf32>
}
