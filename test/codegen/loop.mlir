// Kernels of pointwise operations and movements.
//
// RUN: dlc-opt %s -split-input-file -pass-pipeline='builtin.module(func.func(dlc-form-clusters,dlc-place-results),dlc-emit-program{isa=avx512},func.func(canonicalize,cse))' | FileCheck %s

// Nothing tells dimensions apart: they are walked as one.
// CHECK-LABEL: func.func @k0
// CHECK:         scf.for
// CHECK:           scf.for %[[I:.*]] = %c0 to %c1600 step %c16
// CHECK:             vector.load
// CHECK:             vector.load
// CHECK:             vector.store
// CHECK-NOT:     mask
func.func @main(%x: tensor<4x8x50xf32>, %y: tensor<4x8x50xf32>) -> tensor<4x8x50xf32> {
  %0 = dlc.add %x, %y : tensor<4x8x50xf32>
  return %0 : tensor<4x8x50xf32>
}

// -----

// Not so where an operand is repeated along some: a row is read at the lanes' index alone.
// CHECK-LABEL: func.func @k0
// CHECK:         scf.for
// CHECK:           scf.for %[[I:.*]] = %c0 to %c64 step %c16
// CHECK:             vector.load %{{.*}}[%[[I]]]
// CHECK:             vector.store
func.func @main(%x: tensor<4x8x64xf32>, %b: tensor<64xf32>) -> tensor<4x8x64xf32> {
  %0 = dlc.broadcast %b : tensor<64xf32> -> tensor<4x8x64xf32>
  %1 = dlc.add %x, %0 : tensor<4x8x64xf32>
  return %1 : tensor<4x8x64xf32>
}

// -----

// One element for all lanes of a row is loaded once and repeated.
// CHECK-LABEL: func.func @k0
// CHECK:         scf.for %[[UNIT:.*]] = %{{.*}} to
// CHECK:           %[[B:.*]] = memref.load %{{.*}}[%[[UNIT]]]
// CHECK:           %[[S:.*]] = vector.broadcast %[[B]] : f32 to vector<16xf32>
// CHECK:           scf.for %{{.*}} = %c0 to %c512 step %c16
// CHECK:             arith.mulf %{{.*}}, %[[S]]
func.func @main(%x: tensor<4x8x64xf32>, %b: tensor<4x1x1xf32>) -> tensor<4x8x64xf32> {
  %0 = dlc.broadcast %b : tensor<4x1x1xf32> -> tensor<4x8x64xf32>
  %1 = dlc.mul %x, %0 : tensor<4x8x64xf32>
  return %1 : tensor<4x8x64xf32>
}

// -----

// Open sizes that may be 1: the index is 0 then.
// CHECK-LABEL: func.func @k0
// CHECK:         %[[ONE:.*]] = arith.cmpi eq, %{{.*}}, %c1
// CHECK:         arith.select %[[ONE]]
// CHECK:         vector.gather
func.func @main(%x: tensor<?xf32>, %y: tensor<4x?xf32>) -> tensor<4x?xf32> {
  %c1 = arith.constant 1 : index
  %n = tensor.dim %y, %c1 : tensor<4x?xf32>
  %0 = dlc.broadcast %x sizes(%n) : tensor<?xf32> -> tensor<4x?xf32>
  %1 = dlc.add %0, %y : tensor<4x?xf32>
  return %1 : tensor<4x?xf32>
}

// -----

// Open sizes that are the same value: no question.
// CHECK-LABEL: func.func @k0
// CHECK-NOT:     vector.gather
// CHECK-NOT:     arith.select
// CHECK:         return
func.func @main(%x: tensor<?xf32>, %y: tensor<4x?xf32>) -> tensor<4x?xf32> {
  %c0 = arith.constant 0 : index
  %n = tensor.dim %x, %c0 : tensor<?xf32>
  %0 = dlc.broadcast %x sizes(%n) : tensor<?xf32> -> tensor<4x?xf32>
  %1 = dlc.add %0, %y : tensor<4x?xf32>
  return %1 : tensor<4x?xf32>
}

// -----

// Rows stay whole under a transpose of the others.
// CHECK-LABEL: func.func @k0
// CHECK-NOT:     vector.gather
// CHECK:         scf.for
// CHECK:           scf.for %{{.*}} = %c0 to %c64 step %c16
// CHECK:             vector.load
// CHECK-NEXT:        vector.store
func.func @main(%x: tensor<3x4x64xf32>) -> tensor<4x3x64xf32> {
  %0 = dlc.transpose %x [1, 0, 2] : tensor<3x4x64xf32> -> tensor<4x3x64xf32>
  return %0 : tensor<4x3x64xf32>
}

// -----

// What is further apart than four elements is gathered.
// CHECK-LABEL: func.func @k0
// CHECK-DAG:     %[[FIVE:.*]] = arith.constant dense<5> : vector<16xindex>
// CHECK-DAG:     %[[LANES:.*]] = vector.step
// CHECK-DAG:     arith.muli %[[LANES]], %[[FIVE]]
// CHECK:         vector.gather
// CHECK:         vector.store
func.func @main(%x: tensor<4x80xf32>) -> tensor<4x16xf32> {
  %0 = dlc.slice %x [0, 0] steps [1, 5] : tensor<4x80xf32> -> tensor<4x16xf32>
  return %0 : tensor<4x16xf32>
}

// -----

// Outside of the input the constant is selected; what is loaded is inside all the same.
// CHECK-LABEL: func.func @k0
// CHECK:         %[[I:.*]] = arith.subi %{{.*}}, %c1
// CHECK:         %[[IN:.*]] = arith.cmpi ult, %[[I]], %c4
// CHECK:         %[[MIN:.*]] = arith.minsi %[[I]], %c3
// CHECK:         arith.maxsi %[[MIN]], %c0
// CHECK:         %[[X:.*]] = vector.load
// CHECK:         arith.select %[[IN]], %[[X]]
func.func @main(%x: tensor<4x16xf32>) -> tensor<6x16xf32> {
  %z = dlc.constant dense<0.0> : tensor<f32>
  %0 = dlc.pad %x, %z low [1, 0] : tensor<4x16xf32>, tensor<f32> -> tensor<6x16xf32>
  %1 = dlc.neg %0 : tensor<6x16xf32>
  return %1 : tensor<6x16xf32>
}

// -----

// Edge: the nearest.
// CHECK-LABEL: func.func @k0
// CHECK:         arith.minsi %{{.*}}, %c3
// CHECK:         arith.maxsi %{{.*}}, %c0
// CHECK-NOT:     arith.select
// CHECK:         vector.store
func.func @main(%x: tensor<4x16xf32>) -> tensor<6x16xf32> {
  %z = dlc.constant dense<0.0> : tensor<f32>
  %0 = dlc.pad %x, %z low [1, 0] {mode = 1 : i32} : tensor<4x16xf32>, tensor<f32> -> tensor<6x16xf32>
  return %0 : tensor<6x16xf32>
}

// -----

// Reflect has period 2 * (size - 1).
// CHECK-LABEL: func.func @k0
// CHECK:         %[[R:.*]] = arith.remsi %{{.*}}, %c6
// CHECK:         %[[P:.*]] = arith.select
// CHECK:         %[[M:.*]] = arith.subi %c6, %[[P]]
// CHECK:         arith.minsi %[[P]], %[[M]]
func.func @main(%x: tensor<4x16xf32>) -> tensor<6x16xf32> {
  %z = dlc.constant dense<0.0> : tensor<f32>
  %0 = dlc.pad %x, %z low [1, 0] {mode = 2 : i32} : tensor<4x16xf32>, tensor<f32> -> tensor<6x16xf32>
  return %0 : tensor<6x16xf32>
}

// -----

// Wrap has the size's.
// CHECK-LABEL: func.func @k0
// CHECK:         arith.remsi %{{.*}}, %c4
func.func @main(%x: tensor<4x16xf32>) -> tensor<6x16xf32> {
  %z = dlc.constant dense<0.0> : tensor<f32>
  %0 = dlc.pad %x, %z low [1, 0] {mode = 3 : i32} : tensor<4x16xf32>, tensor<f32> -> tensor<6x16xf32>
  return %0 : tensor<6x16xf32>
}

// -----

// Rows are gathered whole: one index a row, vectors of the row.
// CHECK-LABEL: func.func @k0
// CHECK:         %[[I:.*]] = memref.load %{{.*}} : memref<?xi64>
// CHECK:         arith.minsi %{{.*}}, %c99
// CHECK:         arith.maxsi %{{.*}}, %c0
// CHECK:         vector.load {{.*}} : memref<?xf32>, vector<16xf32>
// CHECK-NOT:     vector.gather
// CHECK:         return
func.func @main(%x: tensor<100x64xf32>, %i: tensor<5xi64>) -> tensor<5x64xf32> {
  %0 = dlc.gather %x, %i axis = 0 : (tensor<100x64xf32>, tensor<5xi64>) -> tensor<5x64xf32>
  return %0 : tensor<5x64xf32>
}

// -----

// Along the last dimension each lane has an index, within bounds.
// CHECK-LABEL: func.func @k0
// CHECK:         vector.load {{.*}} : memref<?xi64>, vector<16xi64>
// CHECK:         arith.minsi {{.*}} : vector<16xindex>
// CHECK:         arith.maxsi {{.*}} : vector<16xindex>
// CHECK:         vector.gather
func.func @main(%x: tensor<100x64xf32>, %i: tensor<16xi64>) -> tensor<100x16xf32> {
  %0 = dlc.gather %x, %i axis = 1 : (tensor<100x64xf32>, tensor<16xi64>) -> tensor<100x16xf32>
  return %0 : tensor<100x16xf32>
}

// -----

// An iota reads nothing.
// CHECK-LABEL: func.func @k0
// CHECK-NOT:     load
// CHECK:         vector.step
// CHECK:         vector.store {{.*}} : memref<?xi64>, vector<16xi64>
func.func @main() -> tensor<4x16xi64> {
  %0 = dlc.iota 1 : tensor<4x16xi64>
  return %0 : tensor<4x16xi64>
}

// -----

// Bools are bytes in memory and bits in registers.
// CHECK-LABEL: func.func @k0
// CHECK:         %[[LESS:.*]] = arith.cmpf olt
// CHECK:         %[[BYTES:.*]] = arith.extui %[[LESS]] : vector<16xi1> to vector<16xi8>
// CHECK:         vector.store %[[BYTES]]
func.func @main(%x: tensor<16xf32>, %y: tensor<16xf32>) -> tensor<16xi1> {
  %0 = dlc.lt %x, %y : tensor<16xf32> -> tensor<16xi1>
  return %0 : tensor<16xi1>
}

// -----

// Open sizes: a unit is 4096 elements; whole vectors, then one that is masked if anything is left.
// CHECK-LABEL: func.func @dlc_run
// CHECK:         arith.floordivsi %{{.*}}, %c4096
// CHECK-LABEL: func.func @k0
// CHECK:         scf.for
// CHECK:           scf.for {{.*}} step %c16
// CHECK-NOT:         mask
// CHECK:             vector.load
// CHECK-NOT:         mask
// CHECK:           scf.if
// CHECK:             vector.create_mask
// CHECK:             vector.maskedload
// CHECK:             vector.maskedstore
func.func @main(%x: tensor<?x?xf32>) -> tensor<?x?xf32> {
  %0 = dlc.neg %x : tensor<?x?xf32>
  return %0 : tensor<?x?xf32>
}

// -----

// A scalar is one lane of a vector.
// CHECK-LABEL: func.func @k0
// CHECK:         vector.constant_mask [1]
func.func @main(%x: tensor<f32>) -> tensor<f32> {
  %0 = dlc.neg %x : tensor<f32>
  return %0 : tensor<f32>
}

// -----

// Rows of a padded plane are read by whole vectors: the mask keeps lanes that
// are outside from memory.
// CHECK-LABEL: func.func @k0
// CHECK:         %[[IN:.*]] = arith.cmpi ult, %{{.*}} : vector<16xindex>
// CHECK-NOT:     vector.gather
// CHECK:         vector.maskedload %{{.*}}, %[[IN]]
func.func @main(%x: tensor<1x3x32x32xf32>) -> tensor<1x3x34x34xf32> {
  %z = dlc.constant dense<0.0> : tensor<f32>
  %0 = dlc.pad %x, %z low [0, 0, 1, 1] : tensor<1x3x32x32xf32>, tensor<f32> -> tensor<1x3x34x34xf32>
  %1 = dlc.neg %0 : tensor<1x3x34x34xf32>
  return %1 : tensor<1x3x34x34xf32>
}

// -----

// Where a padded tensor is all there is, the ends of a row are filled and what is
// between is copied, without a mask but at its end. Rows outside are filled whole.
// CHECK-LABEL: func.func @k0
// CHECK:         %[[OUT:.*]] = rt.arg %{{.*}}[1]
// CHECK:         %[[INSIDE:.*]] = arith.cmpi ult, %{{.*}}, %c4
// CHECK:         %[[STOP:.*]] = arith.select %[[INSIDE]], %c1, %c42
// CHECK:         %[[RESUME:.*]] = arith.select %[[INSIDE]], %c41, %c42
// CHECK:         scf.for
// CHECK:           vector.store %cst
// CHECK:         scf.for
// CHECK-NOT:       arith.cmpi
// CHECK:           %[[X:.*]] = vector.load
// CHECK:           vector.store %[[X]]
func.func @main(%x: tensor<4x40xf32>) -> tensor<6x42xf32> {
  %z = dlc.constant dense<0.0> : tensor<f32>
  %0 = dlc.pad %x, %z low [1, 1] : tensor<4x40xf32>, tensor<f32> -> tensor<6x42xf32>
  return %0 : tensor<6x42xf32>
}

// -----

// What is behind the last padded dimension belongs to the row.
// CHECK-LABEL: func.func @dlc_run
// CHECK:       rt.launch {{.*}}[%c6, 
// CHECK-LABEL: func.func @k0
// CHECK:         arith.select %{{.*}}, %c3, %c63
// CHECK:         arith.select %{{.*}}, %c60, %c63
func.func @main(%x: tensor<4x19x3xf32>) -> tensor<6x21x3xf32> {
  %z = dlc.constant dense<0.0> : tensor<f32>
  %0 = dlc.pad %x, %z low [1, 1, 0] : tensor<4x19x3xf32>, tensor<f32> -> tensor<6x21x3xf32>
  return %0 : tensor<6x21x3xf32>
}

// -----

// A reshape that form-clusters found to add and drop sizes of 1 alone costs no
// division, wherever sizes are open.
// CHECK-LABEL: func.func @k0
// CHECK:         scf.for
// CHECK:           scf.for
// CHECK-NOT:       arith.div
// CHECK-NOT:       vector.gather
// CHECK:           vector.load
// CHECK:           arith.mulf
func.func @main(%x: tensor<?x6x32xf32>, %s: tensor<?x32x1xf32>) -> tensor<?x6x32xf32> {
  %c0 = arith.constant 0 : index
  %n = tensor.dim %x, %c0 : tensor<?x6x32xf32>
  %0 = dlc.reshape %s sizes(%n) : tensor<?x32x1xf32> -> tensor<?x1x32xf32>
  %1 = dlc.broadcast %0 sizes(%n) : tensor<?x1x32xf32> -> tensor<?x6x32xf32>
  %2 = dlc.mul %x, %1 : tensor<?x6x32xf32>
  return %2 : tensor<?x6x32xf32>
}

// -----

// A border that repeats elements: they are picked one by one, and what lies between
// is copied by vectors. Rows that are of the border as a whole are found once.
// CHECK-LABEL: func.func @dlc_run
// CHECK:         kind "loop"
// CHECK-LABEL: func.func @k0
// CHECK:         arith.remsi
// CHECK:         scf.for {{.*}} step %c1 {
// CHECK:           arith.remsi
// CHECK:           memref.load
// CHECK:           memref.store
// CHECK:         scf.for {{.*}} step %c16 {
// CHECK-NOT:       arith.remsi
// CHECK:           vector.load
// CHECK:           vector.store
// CHECK:         scf.for {{.*}} step %c1 {
// CHECK:           arith.remsi
func.func @main(%x: tensor<8x70xf32>) -> tensor<12x80xf32> {
  %z = dlc.constant dense<0.0> : tensor<f32>
  %0 = dlc.pad %x, %z low [2, 5] {mode = 2 : i32} : tensor<8x70xf32>, tensor<f32> -> tensor<12x80xf32>
  return %0 : tensor<12x80xf32>
}

// -----

// Every third element: by shuffles of three vectors, of which the last ends with
// the last element that is asked for; the four left over are within ten.
// CHECK-LABEL: func.func @k0
// CHECK-NOT:     vector.gather
// CHECK-COUNT-3: vector.load
// CHECK:         vector.shuffle {{.*}} [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 19, 22, 25, 28, 31]
// CHECK-NEXT:    vector.store
// CHECK:         %[[REST:.*]] = vector.constant_mask [4]
// CHECK:         %[[READ:.*]] = vector.constant_mask [10]
// CHECK:         vector.maskedload %{{.*}}, %[[READ]]
// CHECK-NOT:     vector.gather
// CHECK:         vector.maskedstore %{{.*}}, %[[REST]]
func.func @main(%x: tensor<4x60xf32>) -> tensor<4x20xf32> {
  %0 = dlc.slice %x [0, 1] steps [1, 3] : tensor<4x60xf32> -> tensor<4x20xf32>
  return %0 : tensor<4x20xf32>
}

// -----

// Backwards.
// CHECK-LABEL: func.func @k0
// CHECK-NOT:     vector.gather
// CHECK:         %[[X:.*]] = vector.load
// CHECK:         %[[Y:.*]] = vector.shuffle %[[X]], %[[X]] [15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0]
// CHECK:         vector.store %[[Y]]
func.func @main(%x: tensor<4x32xf32>) -> tensor<4x32xf32> {
  %0 = dlc.slice %x [0, 31] steps [1, -1] : tensor<4x32xf32> -> tensor<4x32xf32>
  return %0 : tensor<4x32xf32>
}
