// RUN: dlc-opt --dlc-expand-math %s | FileCheck %s
// RUN: dlc-opt --dlc-expand-math=fma=false %s | FileCheck %s --check-prefix=NOFMA
// RUN: dlc-opt --dlc-expand-math=scale=true %s | FileCheck %s --check-prefix=SCALE

// How exact the results are, test/unit/ulp measures.

// CHECK-LABEL: @exp
// CHECK-NOT: math.exp
// CHECK: math.fma {{.*}} : vector<16xf32>
// NOFMA-LABEL: @exp
// NOFMA-NOT: math.fma
// NOFMA: arith.mulf {{.*}} : vector<16xf32>
// AVX-512 has an instruction for x 2^n, of vectors.
// SCALE-LABEL: @exp
// SCALE: llvm.call_intrinsic "llvm.x86.avx512.mask.scalef.ps.512"
// SCALE-NOT: arith.shli
// SCALE-LABEL: @pow
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
