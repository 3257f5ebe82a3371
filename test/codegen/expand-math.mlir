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

// 1 + erf x as such: of two polynomials, one in place of erf's two besides that
// of the exponential function, and without cancellation.
// CHECK-LABEL: @one_plus_erf
// CHECK-NOT:     math.erf
// CHECK-COUNT-14: math.fma
// CHECK-NOT:     math.fma
// CHECK:         %[[ABOVE:.*]] = arith.subf %{{.*}}, %[[E:.*]] : vector<16xf32>
// CHECK:         arith.select %{{.*}}, %[[E]], %[[ABOVE]]
func.func @one_plus_erf(%x: vector<16xf32>) -> vector<16xf32> {
  %one = arith.constant dense<1.0> : vector<16xf32>
  %0 = math.erf %x : vector<16xf32>
  %1 = arith.addf %one, %0 : vector<16xf32>
  return %1 : vector<16xf32>
}

// 1 + tanh x is 2 / (1 + e^(-2 x)).
// CHECK-LABEL: @one_plus_tanh
// CHECK-NOT:     math.tanh
// CHECK:         arith.divf %cst, %{{.*}} : f32
// CHECK-NEXT:    return
func.func @one_plus_tanh(%x: f32) -> f32 {
  %one = arith.constant 1.0 : f32
  %0 = math.tanh %x : f32
  %1 = arith.addf %0, %one : f32
  return %1 : f32
}

// 1 / (1 + e^x) is c / (c + c e^x), which does not overflow where it is denormal.
// CHECK-LABEL: @sigmoid
// CHECK-DAG:     %[[C:.*]] = arith.constant 9.31322574E-10 : f32
// CHECK-NOT:     math.exp
// CHECK:         %[[SUM:.*]] = arith.addf %{{.*}}, %[[C]]
// CHECK-NEXT:    %[[INVERSE:.*]] = arith.divf %[[C]], %[[SUM]]
// CHECK:         return %[[INVERSE]]
func.func @sigmoid(%x: f32) -> f32 {
  %one = arith.constant 1.0 : f32
  %0 = math.exp %x : f32
  %1 = arith.addf %one, %0 : f32
  %2 = arith.divf %one, %1 : f32
  return %2 : f32
}

// As GELU is often written, x / sqrt 2.
// CHECK-LABEL: @one_plus_erf_of_quotient
// CHECK-NOT:     arith.divf
// CHECK:         return
func.func @one_plus_erf_of_quotient(%x: vector<16xf32>) -> vector<16xf32> {
  %one = arith.constant dense<1.0> : vector<16xf32>
  %c = arith.constant dense<1.41421354> : vector<16xf32>
  %0 = arith.divf %x, %c : vector<16xf32>
  %1 = math.erf %0 : vector<16xf32>
  %2 = arith.addf %1, %one : vector<16xf32>
  return %2 : vector<16xf32>
}

// Where erf is needed by itself it stays.
// CHECK-LABEL: @erf_and_more
// CHECK:         arith.ori
// CHECK:         arith.addf
// CHECK:         return
func.func @erf_and_more(%x: f32) -> (f32, f32) {
  %one = arith.constant 1.0 : f32
  %0 = math.erf %x : f32
  %1 = arith.addf %0, %one : f32
  return %0, %1 : f32, f32
}
