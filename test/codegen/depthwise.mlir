// Kernels of depthwise convolutions.
//
// RUN: dlc-opt %s -split-input-file -pass-pipeline='builtin.module(func.func(dlc-form-clusters,dlc-place-results),dlc-emit-program{isa=avx512},func.func(canonicalize,cse))' | FileCheck %s

// Lanes are channels; 8 pixels of two rows share the weights, and what they
// load: 9 weights and four rows of 10 elements, each once. Of an odd row, 3
// weights and 10 elements a row of the window.
// CHECK-LABEL: func.func @dlc_run
// CHECK:       rt.launch {{.*}} kind "depthwise conv 16x16"
// CHECK-LABEL: func.func @k0
// CHECK:         scf.for {{.*}} step %c2
// CHECK-NEXT:      scf.for {{.*}} to %c32 step %c16
// CHECK-NOT:         scf.for
// CHECK-COUNT-49:    vector.load
// CHECK-NOT:         vector.load
// CHECK:             vector.store
// CHECK:         scf.for {{.*}} to %c32 step %c16
// CHECK:           scf.for {{.*}} to %c3 {{.*}} iter_args
// CHECK-COUNT-13:    vector.load
// CHECK-NOT:         vector.load
// CHECK:             scf.yield
// CHECK-COUNT-8:   vector.store
// CHECK-NOT:     mask
func.func @main(%x: tensor<1x10x10x32xf32>, %k: tensor<3x3x32xf32>) -> tensor<1x8x8x32xf32> {
  %0 = dlc.conv %x, %k strides [1, 1] dilations [1, 1] pads [0, 0, 0, 0] groups 32 packed 32
    : (tensor<1x10x10x32xf32>, tensor<3x3x32xf32>) -> tensor<1x8x8x32xf32>
  return %0 : tensor<1x8x8x32xf32>
}

// -----

// Two vectors of channels take all rows before the next two do.
// CHECK-LABEL: func.func @k0
// CHECK:         scf.for %[[FROM:.*]] = %c0 to %c96 step %c32
// CHECK:           %[[TO:.*]] = arith.minsi
// CHECK:           scf.for {{.*}} step %c2
// CHECK:             scf.for {{.*}} = %[[FROM]] to %[[TO]] step %c16
func.func @main(%x: tensor<1x10x10x96xf32>, %k: tensor<3x3x96xf32>) -> tensor<1x8x8x96xf32> {
  %0 = dlc.conv %x, %k strides [1, 1] dilations [1, 1] pads [0, 0, 0, 0] groups 96 packed 96
    : (tensor<1x10x10x96xf32>, tensor<3x3x96xf32>) -> tensor<1x8x8x96xf32>
  return %0 : tensor<1x8x8x96xf32>
}

// -----

// With a stride of 2 two rows would share one of five: a tile is of one.
// Four channels are left over: one masked vector.
// CHECK-LABEL: func.func @k0
// CHECK:         vector.load
// CHECK:         vector.store
// CHECK:         vector.{{constant|create}}_mask
// CHECK:         vector.maskedload
// CHECK:         vector.maskedstore
func.func @main(%x: tensor<1x9x9x20xf32>, %k: tensor<3x3x20xf32>) -> tensor<1x4x4x20xf32> {
  %0 = dlc.conv %x, %k strides [2, 2] dilations [1, 1] pads [0, 0, 0, 0] groups 20 packed 20
    : (tensor<1x9x9x20xf32>, tensor<3x3x20xf32>) -> tensor<1x4x4x20xf32>
  return %0 : tensor<1x4x4x20xf32>
}

// -----

// One dimension: the window is unrolled.
// CHECK-LABEL: func.func @k0
// CHECK-COUNT-24: vector.fma
// CHECK-NOT:      vector.fma
func.func @main(%x: tensor<1x10x16xf32>, %k: tensor<3x16xf32>) -> tensor<1x8x16xf32> {
  %0 = dlc.conv %x, %k strides [1] dilations [1] pads [0, 0] groups 16 packed 16
    : (tensor<1x10x16xf32>, tensor<3x16xf32>) -> tensor<1x8x16xf32>
  return %0 : tensor<1x8x16xf32>
}

// -----

// 8-bit operands of different sign.
// CHECK-LABEL: func.func @k0
// CHECK-SAME:     (%[[ARGS:[a-z0-9]+]]: !llvm.ptr
// CHECK-DAG:      %[[X:.*]] = rt.arg %[[ARGS]][0]
// CHECK-DAG:      %[[K:.*]] = rt.arg %[[ARGS]][1]
// CHECK-DAG:      %[[W:.*]] = vector.load %[[K]]
// CHECK-DAG:      arith.extsi %[[W]] : vector<16xi8> to vector<16xi32>
// CHECK-DAG:      %[[V:.*]] = vector.load %[[X]]
// CHECK-DAG:      arith.extui %[[V]] : vector<16xi8> to vector<16xi32>
func.func @main(%x: tensor<1x10x16xui8>, %k: tensor<3x16xi8>) -> tensor<1x8x16xi32> {
  %0 = dlc.conv %x, %k strides [1] dilations [1] pads [0, 0] groups 16 packed 16
    : (tensor<1x10x16xui8>, tensor<3x16xi8>) -> tensor<1x8x16xi32>
  return %0 : tensor<1x8x16xi32>
}

// -----

// Open columns: strips of whole tiles, then of pixels one by one; in each two
// rows at once, then an odd one.
// CHECK-LABEL: func.func @k0
// CHECK:         scf.for {{.*}} step %c8
// CHECK:           scf.for {{.*}} step %c2
// CHECK-COUNT-144:   vector.fma
// CHECK:           scf.for {{.*}} step %c1
// CHECK-COUNT-24:    vector.fma
// CHECK:         scf.for {{.*}} step %c1
// CHECK:           scf.for {{.*}} step %c2
// CHECK-COUNT-18:    vector.fma
// CHECK:           scf.for {{.*}} step %c1
// CHECK-COUNT-3:     vector.fma
// CHECK-NOT:         vector.fma
func.func @main(%x: tensor<?x10x?x16xf32>, %k: tensor<3x3x16xf32>) -> tensor<?x8x?x16xf32> {
  %0 = dlc.conv %x, %k strides [1, 1] dilations [1, 1] pads [0, 0, 0, 0] groups 16 packed 16
    : (tensor<?x10x?x16xf32>, tensor<3x3x16xf32>) -> tensor<?x8x?x16xf32>
  return %0 : tensor<?x8x?x16xf32>
}

// -----

// What a window has outside of the input is left out. Of 7 columns, which are
// one tile, the first and the last have 2 columns of the window: 19 products for
// 7 pixels and a row of the window. Rows go by two, but for the first, the last
// and an odd one, in one loop.
// CHECK-LABEL: func.func @dlc_run
// CHECK-COUNT-1: rt.launch {{.*}} kind "depthwise conv 14x16"
// CHECK-NOT:     rt.launch
// CHECK-LABEL: func.func @k0
// CHECK:         scf.for {{.*}} = %[[FROM:.*]] to %[[TO:.*]] step %c2
// CHECK-COUNT-114: vector.fma
// CHECK-NOT:       vector.fma
// CHECK:         scf.for %[[I:.*]] = {{.*}} step %c1
// CHECK:           arith.cmpi slt, %[[I]], %[[FROM]]
// CHECK:           scf.for
// CHECK-COUNT-19:    vector.fma
// CHECK-NOT:         vector.fma
func.func @main(%x: tensor<1x7x7x16xf32>, %k: tensor<3x3x16xf32>) -> tensor<1x7x7x16xf32> {
  %0 = dlc.conv %x, %k strides [1, 1] dilations [1, 1] pads [1, 1, 1, 1] groups 16 packed 16
    : (tensor<1x7x7x16xf32>, tensor<3x3x16xf32>) -> tensor<1x7x7x16xf32>
  return %0 : tensor<1x7x7x16xf32>
}

// -----

// Of open columns too, but pixel by pixel, in a loop over what lies inside.
// CHECK-LABEL: func.func @k0
// CHECK:         %[[LO:.*]] = arith.minsi %{{.*}}, %c1
// CHECK:         scf.for {{.*}} = %c0 to %[[LO]] step %c1
// CHECK-COUNT-1:   vector.fma
// CHECK-NOT:       vector.fma
// CHECK:         scf.for {{.*}} = %[[LO]] {{.*}} step %c8
// CHECK-COUNT-24:  vector.fma
// CHECK-NOT:       vector.fma
// CHECK:         scf.for {{.*}} step %c1
// CHECK-COUNT-1:   vector.fma
// CHECK-NOT:       vector.fma
func.func @main(%x: tensor<1x?x16xf32>, %k: tensor<3x16xf32>) -> tensor<1x?x16xf32> {
  %0 = dlc.conv %x, %k strides [1] dilations [1] pads [1, 1] groups 16 packed 16
    : (tensor<1x?x16xf32>, tensor<3x16xf32>) -> tensor<1x?x16xf32>
  return %0 : tensor<1x?x16xf32>
}

// -----

// An image of 12.8 MB is done by one vector of channels, whose elements are a
// line of the cache, and by 128 rows.
// CHECK-LABEL: func.func @k0
// CHECK:         scf.for {{.*}} step %c128
// CHECK:           scf.for {{.*}} to %c32 step %c16
// CHECK:             scf.for {{.*}} step %c8
// CHECK:               scf.for {{.*}} step %c2
func.func @main(%x: tensor<1x224x224x32xf32>, %k: tensor<3x3x32xf32>) -> tensor<1x224x224x32xf32> {
  %0 = dlc.conv %x, %k strides [1, 1] dilations [1, 1] pads [1, 1, 1, 1] groups 32 packed 32
    : (tensor<1x224x224x32xf32>, tensor<3x3x32xf32>) -> tensor<1x224x224x32xf32>
  return %0 : tensor<1x224x224x32xf32>
}
