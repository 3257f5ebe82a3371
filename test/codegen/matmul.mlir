// Kernels of matrix products: tiles of rows times vectors held in registers.
//
// RUN: dlc-opt %s -split-input-file -pass-pipeline='builtin.module(func.func(dlc-form-clusters,dlc-place-results),dlc-emit-program{isa=avx512},func.func(canonicalize,cse))' | FileCheck %s

// Six rows of four vectors, two steps an iteration; packed panels need no mask.
// CHECK-LABEL: func.func @dlc_run
// CHECK:         rt.launch {{.*}} kind "matmul 6x64"
// CHECK-LABEL: func.func @k0
// CHECK:         scf.for
// CHECK:           scf.for
// CHECK:             scf.for %{{.*}} = %c0 to %c8 step %c2 iter_args
// CHECK-COUNT-48:      vector.fma
// CHECK-NOT:           vector.fma
// CHECK:               scf.yield
// CHECK-COUNT-24:    vector.store
// CHECK-NOT:     vector.store
// CHECK-NOT:     mask
// CHECK:         return
func.func @main(%x: tensor<12x8xf32>, %w: tensor<1x8x64xf32>) -> tensor<12x64xf32> {
  %0 = dlc.matmul %x, %w packed 64 : (tensor<12x8xf32>, tensor<1x8x64xf32>) -> tensor<12x64xf32>
  return %0 : tensor<12x64xf32>
}

// -----

// A panel that fills the second-level cache is taken in blocks, which stay there
// while all rows pass; they bring in the next. The sums of a block wait in scratch
// memory; those of the last one are the result.
// CHECK-LABEL: func.func @k0
// CHECK:         %[[SUMS:.*]] = rt.scratch
// CHECK:         scf.for
// CHECK:           vector.store %{{.*}}, %[[SUMS]]
// CHECK:         scf.for %{{.*}} = %c0 to %c3000 step %c1000
// CHECK-COUNT-24:  vector.load %[[SUMS]]
// CHECK:           scf.for %{{.*}} = %c0 to %c1000 step %c2 iter_args
// CHECK-COUNT-48:    vector.fma
// CHECK-COUNT-4:     memref.prefetch
// CHECK-COUNT-24:  vector.store %{{.*}}, %[[SUMS]]
// CHECK-COUNT-24: vector.load %[[SUMS]]
// CHECK:         scf.for %{{.*}} = %c0 to %c1000 step %c2 iter_args
// CHECK-NOT:     vector.store %{{.*}}, %[[SUMS]]
// CHECK:         return
func.func @main(%x: tensor<12x4000xf32>, %w: tensor<1x4000x64xf32>) -> tensor<12x64xf32> {
  %0 = dlc.matmul %x, %w packed 64 : (tensor<12x4000xf32>, tensor<1x4000x64xf32>) -> tensor<12x64xf32>
  return %0 : tensor<12x64xf32>
}

// -----

// A right side with dense rows is read where it is. Its second vector is masked,
// the first is not: all its columns are there.
// CHECK-LABEL: func.func @dlc_run
// CHECK:         rt.launch {{.*}} kind "matmul 6x32"
// CHECK-LABEL: func.func @k0
// CHECK:         %[[MASK:.*]] = vector.constant_mask [4]
// CHECK:         scf.for {{.*}} iter_args
// CHECK:           vector.load
// CHECK:           vector.maskedload {{.*}} %[[MASK]]
// CHECK:         vector.store
// CHECK:         vector.maskedstore {{.*}} %[[MASK]]
func.func @main(%x: tensor<6x8xf32>, %w: tensor<8x20xf32>) -> tensor<6x20xf32> {
  %0 = dlc.matmul %x, %w : (tensor<6x8xf32>, tensor<8x20xf32>) -> tensor<6x20xf32>
  return %0 : tensor<6x20xf32>
}

// -----

// 13 rows are 5 and twice 4: no tile of a row or two.
// CHECK-LABEL: func.func @k0
// CHECK:         scf.for {{.*}} iter_args
// CHECK-COUNT-40:  vector.fma
// CHECK-NOT:       vector.fma
// CHECK:         %[[FIRST:.*]] = arith.maxsi %{{.*}}, %c1
// CHECK:         scf.for %{{.*}} = %[[FIRST]] to %{{.*}} step %c1
// CHECK:           scf.for {{.*}} iter_args
// CHECK-COUNT-32:    vector.fma
// CHECK-NOT:         vector.fma
// CHECK:         return
func.func @main(%x: tensor<13x8xf32>, %w: tensor<8x64xf32>) -> tensor<13x64xf32> {
  %0 = dlc.matmul %x, %w : (tensor<13x8xf32>, tensor<8x64xf32>) -> tensor<13x64xf32>
  return %0 : tensor<13x64xf32>
}

// -----

// A transposed left side and a slice of the right side are views: one kernel.
// CHECK-LABEL: func.func @dlc_run
// CHECK:         rt.launch
// CHECK-NOT:     rt.launch
// CHECK-LABEL: func.func @k0
// CHECK-NOT:     gather
// CHECK:         vector.fma
func.func @main(%x: tensor<8x6xf32>, %w: tensor<9x64xf32>) -> tensor<6x64xf32> {
  %0 = dlc.transpose %x [1, 0] : tensor<8x6xf32> -> tensor<6x8xf32>
  %1 = dlc.slice %w [1, 0] steps [1, 1] : tensor<9x64xf32> -> tensor<8x64xf32>
  %2 = dlc.matmul %0, %1 : (tensor<6x8xf32>, tensor<8x64xf32>) -> tensor<6x64xf32>
  return %2 : tensor<6x64xf32>
}

// -----

// A right side for all batches: its offset does not depend on the batch.
// CHECK-LABEL: func.func @dlc_run
// CHECK:         rt.launch {{.*}}[%c3, %c170]
// CHECK-LABEL: func.func @k0
// CHECK:         scf.for %[[UNIT:.*]] =
// CHECK:           arith.muli %[[UNIT]], %c48
// CHECK:           scf.for %[[K:.*]] = %c0
// CHECK:             %[[AT:.*]] = arith.muli %[[K]], %c64
// CHECK:             vector.load %{{.*}}[%[[AT]]]
func.func @main(%x: tensor<3x6x8xf32>, %w: tensor<1x8x64xf32>) -> tensor<3x6x64xf32> {
  %0 = dlc.matmul %x, %w : (tensor<3x6x8xf32>, tensor<1x8x64xf32>) -> tensor<3x6x64xf32>
  return %0 : tensor<3x6x64xf32>
}

// -----

// f64 takes two registers where f32 takes one: half as many vectors.
// CHECK-LABEL: func.func @dlc_run
// CHECK:         rt.launch {{.*}} kind "matmul 6x32"
// CHECK-LABEL: func.func @k0
// CHECK:         vector.fma {{.*}} : vector<16xf64>
// CHECK:         vector.store {{.*}} : memref<?xf64>, vector<16xf64>
func.func @main(%x: tensor<6x8xf64>, %w: tensor<8x64xf64>) -> tensor<6x64xf64> {
  %0 = dlc.matmul %x, %w : (tensor<6x8xf64>, tensor<8x64xf64>) -> tensor<6x64xf64>
  return %0 : tensor<6x64xf64>
}

// -----

// 8-bit integers are widened as they are loaded, each in its own way.
// CHECK-LABEL: func.func @k0
// CHECK:         arith.extsi {{.*}} : vector<16xi8> to vector<16xi32>
// CHECK:         arith.extui {{.*}} : i8 to i32
// CHECK:         arith.muli {{.*}} : vector<16xi32>
// CHECK:         vector.store {{.*}} : memref<?xi32>, vector<16xi32>
func.func @main(%x: tensor<6x8xui8>, %w: tensor<8x64xi8>) -> tensor<6x64xi32> {
  %0 = dlc.matmul %x, %w : (tensor<6x8xui8>, tensor<8x64xi8>) -> tensor<6x64xi32>
  return %0 : tensor<6x64xi32>
}

// -----

// Narrow floats are multiplied and summed in f32.
// CHECK-LABEL: func.func @k0
// CHECK:         arith.extf {{.*}} : vector<16xf16> to vector<16xf32>
// CHECK:         vector.fma {{.*}} : vector<16xf32>
// CHECK:         arith.truncf {{.*}} : vector<16xf32> to vector<16xf16>
// CHECK:         vector.store {{.*}} : memref<?xf16>, vector<16xf16>
func.func @main(%x: tensor<6x8xf16>, %w: tensor<8x64xf16>) -> tensor<6x64xf16> {
  %0 = dlc.matmul %x, %w : (tensor<6x8xf16>, tensor<8x64xf16>) -> tensor<6x64xf16>
  return %0 : tensor<6x64xf16>
}

// -----

// An open number of rows: whole tiles, then rows one by one.
// CHECK-LABEL: func.func @k0
// CHECK:         scf.for {{.*}} step %c6
// CHECK-COUNT-48:  vector.fma
// CHECK:         scf.for {{.*}} step %c1 {
// CHECK-COUNT-8:   vector.fma
// CHECK-NOT:       vector.fma
// CHECK:         return
func.func @main(%x: tensor<?x8xf32>, %w: tensor<8x64xf32>) -> tensor<?x64xf32> {
  %0 = dlc.matmul %x, %w : (tensor<?x8xf32>, tensor<8x64xf32>) -> tensor<?x64xf32>
  return %0 : tensor<?x64xf32>
}

// -----

// Open columns: every vector may be the last. An open depth: one step at a time.
// CHECK-LABEL: func.func @k0
// CHECK-COUNT-4: vector.create_mask
// CHECK:         scf.for {{.*}} step %c1 iter_args
// CHECK-COUNT-4:   vector.maskedload
// CHECK-COUNT-24:  vector.fma
// CHECK-NOT:       vector.fma
// CHECK:         vector.maskedstore
func.func @main(%x: tensor<6x?xf32>, %w: tensor<?x?xf32>) -> tensor<6x?xf32> {
  %0 = dlc.matmul %x, %w : (tensor<6x?xf32>, tensor<?x?xf32>) -> tensor<6x?xf32>
  return %0 : tensor<6x?xf32>
}

// -----

// Open batches that may be 1 on one side: the stride is 0 then.
// CHECK-LABEL: func.func @k0
// CHECK:         %[[ONE:.*]] = arith.cmpi eq, %{{.*}}, %c1
// CHECK:         arith.select %[[ONE]], %c0, %{{.*}} : index
func.func @main(%x: tensor<?x6x8xf32>, %w: tensor<?x8x64xf32>) -> tensor<?x6x64xf32> {
  %0 = dlc.matmul %x, %w : (tensor<?x6x8xf32>, tensor<?x8x64xf32>) -> tensor<?x6x64xf32>
  return %0 : tensor<?x6x64xf32>
}

// -----

// One row leaves the registers to the panel.
// CHECK-LABEL: func.func @k0
// CHECK:         scf.for {{.*}} step %c2 iter_args
// CHECK-COUNT-16:  vector.fma
// CHECK-NOT:       vector.fma
// CHECK:         return
func.func @main(%x: tensor<1x8xf32>, %w: tensor<2x8x128xf32>) -> tensor<1x256xf32> {
  %0 = dlc.matmul %x, %w packed 256 : (tensor<1x8xf32>, tensor<2x8x128xf32>) -> tensor<1x256xf32>
  return %0 : tensor<1x256xf32>
}

// -----

// A unit is a tile, so that threads get equal shares of few panels: 33 tiles, and
// not one panel. A thread does its part of the run of tiles that share a panel.
// CHECK-LABEL: func.func @dlc_run
// CHECK:         rt.launch {{.*}}[%c34, %c1]
// CHECK-LABEL: func.func @k0
// CHECK-SAME:    %[[BEGIN:arg1]]: index, %[[END:arg2]]: index
// CHECK:         scf.for %[[SHARED:.*]] =
// CHECK:           %[[START:.*]] = arith.muli %[[SHARED]], %c17
// CHECK:           %[[FROM:.*]] = arith.maxsi %[[BEGIN]], %[[START]]
// CHECK:           %[[LEFT:.*]] = arith.subi %[[END]], %[[START]]
// CHECK:           arith.minsi %[[LEFT]], %c17
// Chunks are equal: 33 tiles are 17 and 16, not 28 and 5.
// CHECK:           arith.addi
// CHECK:           %[[LAST:.*]] = arith.minsi %{{.*}}, %c33
// CHECK-NEXT:      scf.for %{{.*}} to %[[LAST]] step
func.func @main(%x: tensor<198x768xf32>, %w: tensor<1x768x64xf32>) -> tensor<198x64xf32> {
  %0 = dlc.matmul %x, %w packed 64 : (tensor<198x768xf32>, tensor<1x768x64xf32>) -> tensor<198x64xf32>
  return %0 : tensor<198x64xf32>
}
