// Types that are stored, not computed in: bytes in memory, converted where a
// number is needed.
//
// RUN: dlc-opt %s -split-input-file -pass-pipeline='builtin.module(func.func(dlc-form-clusters,dlc-place-results),dlc-emit-program{isa=avx512},func.func(canonicalize,cse))' | FileCheck %s

// A code's exponent and mantissa are put where an f32 has them, its sign too;
// 0x7f and 0xff are NaNs.
// CHECK-LABEL: func.func @k0
// CHECK:         %[[CODE:.*]] = vector.load %{{.*}} : memref<?xi8>, vector<16xi8>
// CHECK:         %[[WIDE:.*]] = arith.extui %[[CODE]] : vector<16xi8> to vector<16xi32>
// CHECK:         arith.bitcast %{{.*}} : vector<16xi32> to vector<16xf32>
// CHECK:         arith.mulf
// CHECK-COUNT-2: arith.cmpi eq, %[[WIDE]]
// CHECK:         vector.store %{{.*}} : memref<?xf32>
func.func @main(%x: tensor<640xf8E4M3FN>) -> tensor<640xf32> {
  %0 = dlc.cast %x : tensor<640xf8E4M3FN> -> tensor<640xf32>
  return %0 : tensor<640xf32>
}

// -----

// Under a mask bfloat16 is loaded and stored as bits: LLVM takes it apart.
// CHECK-LABEL: func.func @k0
// CHECK-NOT:     masked{{.*}}bf16
// CHECK:         vector.maskedload {{.*}} : memref<?xi16>, vector<16xi1>, vector<16xi16> into vector<16xi16>
// CHECK-NOT:     masked{{.*}}bf16
// CHECK:         vector.maskedstore {{.*}} : memref<?xi16>
// CHECK:         return
func.func @main(%x: tensor<7xbf16>) -> tensor<7xbf16> {
  %0 = dlc.neg %x : tensor<7xbf16>
  return %0 : tensor<7xbf16>
}

// -----

// What is only moved is not converted.
// CHECK-LABEL: func.func @k0
// CHECK-NOT:     f32
// CHECK:         vector.store %{{.*}} : memref<?xi8>
// CHECK:         return
func.func @main(%x: tensor<16x640xf8E5M2>) -> tensor<640x16xf8E5M2> {
  %0 = dlc.transpose %x [1, 0] : tensor<16x640xf8E5M2> -> tensor<640x16xf8E5M2>
  return %0 : tensor<640x16xf8E5M2>
}

// -----

// Of four bits the sign fills the byte in a register; in memory the upper bits
// are clear.
// CHECK-LABEL: func.func @k0
// CHECK:         %[[BYTE:.*]] = vector.load
// CHECK:         %[[HIGH:.*]] = arith.shli %[[BYTE]]
// CHECK:         %[[X:.*]] = arith.shrsi %[[HIGH]]
// CHECK:         %[[SUM:.*]] = arith.addi %[[X]], %[[X]]
// CHECK:         arith.shrsi
// CHECK:         arith.andi
// CHECK:         vector.store %{{.*}} : memref<?xi8>
func.func @main(%x: tensor<640xi4>) -> tensor<640xi4> {
  %0 = dlc.add %x, %x : tensor<640xi4>
  return %0 : tensor<640xi4>
}

// -----

// One lane alone is stored as what it is: LLVM makes a masked store of it, narrowed
// before, one of the wide lane, over the elements that follow.
// CHECK-LABEL: func.func @k0
// CHECK-NOT:     vector.maskedstore
// CHECK:         %[[ONE:.*]] = vector.extract %{{.*}}[0] : i16 from vector<16xi16>
// CHECK-NEXT:    memref.store %[[ONE]]
// CHECK-NOT:     vector.maskedstore
// CHECK:         return
func.func @main(%x: tensor<?x5x9xui16>, %w: tensor<?x9x1xui16>) -> tensor<?x5x1xui16> {
  %0 = dlc.matmul %x, %w : (tensor<?x5x9xui16>, tensor<?x9x1xui16>) -> tensor<?x5x1xi32>
  %1 = dlc.cast %0 : tensor<?x5x1xi32> -> tensor<?x5x1xui16>
  return %1 : tensor<?x5x1xui16>
}
