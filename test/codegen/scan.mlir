// Kernels of scans: a unit is a line, walked element by element, or some vectors of
// lines that lie beside each other.
//
// RUN: dlc-opt %s -split-input-file -pass-pipeline='builtin.module(func.func(dlc-form-clusters,dlc-place-results),dlc-emit-program{isa=avx512},func.func(canonicalize,cse))' | FileCheck %s

// The sum so far includes the element.
// CHECK-LABEL: func.func @dlc_run
// CHECK:         rt.launch {{.*}}[%c4, %c1] {{.*}} kind "scan"
// CHECK-LABEL: func.func @k0
// CHECK:         scf.for %{{.*}} = %c0 to %c8 step %c1 iter_args(%[[SUM:.*]] = %{{.*}})
// CHECK:           %[[X:.*]] = memref.load
// CHECK:           %[[NEXT:.*]] = arith.addf %[[SUM]], %[[X]]
// CHECK:           memref.store %[[NEXT]]
// CHECK:           scf.yield %[[NEXT]]
func.func @main(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = dlc.scan sum %x axis = 1 : tensor<4x8xf32> -> tensor<4x8xf32>
  return %0 : tensor<4x8xf32>
}

// -----

// Or not; from the end; in f32.
// CHECK-LABEL: func.func @k0
// CHECK:         scf.for %[[I:.*]] = %c0 to %c4 step %c1 iter_args(%[[PRODUCT:.*]] = %{{.*}}) -> (vector<16xf32>)
// CHECK:           arith.subi %c3, %[[I]]
// CHECK:           arith.mulf %[[PRODUCT]]
// CHECK:           %[[OUT:.*]] = arith.truncf %[[PRODUCT]] : vector<16xf32> to vector<16xf16>
// CHECK:           vector.maskedstore {{.*}}, %[[OUT]]
func.func @main(%x: tensor<4x8xf16>) -> tensor<4x8xf16> {
  %0 = dlc.scan prod %x axis = 0 exclusive reverse : tensor<4x8xf16> -> tensor<4x8xf16>
  return %0 : tensor<4x8xf16>
}
