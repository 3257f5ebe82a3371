// RUN: dlc-opt --dlc-expand-math %s | FileCheck %s
// RUN: dlc-opt --dlc-expand-math=fma=false %s | FileCheck %s --check-prefix=NOFMA

// How exact the results are, test/unit/ulp measures.

// CHECK-LABEL: @exp
// CHECK-NOT: math.exp
// CHECK: math.fma {{.*}} : vector<16xf32>
// NOFMA-LABEL: @exp
// NOFMA-NOT: math.fma
// NOFMA: arith.mulf {{.*}} : vector<16xf32>
func.func @exp(%x: vector<16xf32>) -> vector<16xf32> {
  %0 = math.exp %x : vector<16xf32>
  return %0 : vector<16xf32>
}

// Scalars as vectors.
// CHECK-LABEL: @pow
// CHECK-NOT: math.powf
// CHECK: math.fma {{.*}} : f32
func.func @pow(%x: f32, %y: f32) -> f32 {
  %0 = math.powf %x, %y : f32
  return %0 : f32
}

// 64-bit floats are libm's.
// CHECK-LABEL: @double
// CHECK: math.tanh {{.*}} : f64
func.func @double(%x: f64) -> f64 {
  %0 = math.tanh %x : f64
  return %0 : f64
}

// With AVX-512's vscalef, 2^n is applied to whole vectors in one step.
// RUN: dlc-opt %s -dlc-expand-math=scale=true | FileCheck %s --check-prefix=SCALE
// SCALE-LABEL: func.func @whole
// SCALE-NOT:     arith.shli
// SCALE:         llvm.call_intrinsic "llvm.x86.avx512.mask.scalef.ps.512"
// SCALE-NOT:     arith.shli
// SCALE:         return
// SCALE-LABEL: func.func @half
// SCALE-NOT:     scalef
// SCALE:         return
func.func @whole(%x: vector<16xf32>) -> vector<16xf32> {
  %0 = math.exp %x : vector<16xf32>
  return %0 : vector<16xf32>
}
func.func @half(%x: vector<8xf32>) -> vector<8xf32> {
  %0 = math.exp %x : vector<8xf32>
  return %0 : vector<8xf32>
}
