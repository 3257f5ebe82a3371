// Kernels of reductions over the last dimension: a unit is a row.
//
// RUN: dlc-opt %s -split-input-file -pass-pipeline='builtin.module(func.func(dlc-form-clusters,dlc-place-results),dlc-emit-program{isa=avx512},func.func(canonicalize,cse))' | FileCheck %s

// Softmax takes three passes over a row: one loop over the columns takes the
// last pass of a row, the second of the row two behind it and the first of the
// row two behind that one, so that nothing waits for what combines a row's lanes.
// The exponentials, which two passes read, are kept in scratch memory, of five
// rows. The row that is behind the last is the last one again.
// CHECK:       module attributes {{.*}}dlc.scratch = 2560
// CHECK-LABEL: func.func @dlc_run
// CHECK:         rt.launch {{.*}} kind "rows"
// CHECK-NOT:     rt.launch
// CHECK-LABEL: func.func @k0
// CHECK:         %[[OUT:.*]] = rt.arg %arg0[1]
// CHECK:         %[[KEPT:.*]] = rt.scratch %arg3[0]
// CHECK:         %[[LAST:.*]] = arith.subi %arg2, %c1
// The first pass of two rows, then the second one, too.
// CHECK:         scf.for {{.*}} = %c0 to %c2 step %c1 iter_args
// CHECK:           arith.minsi {{.*}}, %[[LAST]]
// CHECK:           scf.for {{.*}} step %c64 iter_args
// CHECK-NOT:         math.exp
// CHECK:         scf.for {{.*}} = %c2 to %c4 step %c1 iter_args
// CHECK:           scf.for {{.*}} step %c64 iter_args
// CHECK-COUNT-4:     math.exp
// CHECK-NOT:         arith.divf
// All three.
// CHECK:         scf.for {{.*}} = %arg1 to %arg2 step %c1 iter_args
// CHECK-COUNT-3:   arith.minsi {{.*}}, %[[LAST]]
// CHECK:           scf.for {{.*}} step %c64 iter_args
// CHECK-COUNT-4:     arith.cmpf ogt
// CHECK-COUNT-2:     arith.cmpf uno
// CHECK-COUNT-4:     vector.store {{.*}}, %[[KEPT]]
// CHECK:             vector.load %[[KEPT]]
// CHECK:             arith.divf
// CHECK:             vector.store {{.*}}, %[[OUT]]
// CHECK:             scf.yield
// CHECK-NEXT:      } {dlc.independent}
// CHECK:           vector.reduction <or>
func.func @main(%x: tensor<32x128xf32>) -> tensor<32x128xf32> {
  %0 = dlc.reduce max %x [1] : tensor<32x128xf32> -> tensor<32xf32>
  %1 = dlc.reshape %0 : tensor<32xf32> -> tensor<32x1xf32>
  %2 = dlc.broadcast %1 : tensor<32x1xf32> -> tensor<32x128xf32>
  %3 = dlc.sub %x, %2 : tensor<32x128xf32>
  %4 = dlc.exp %3 : tensor<32x128xf32>
  %5 = dlc.reduce sum %4 [1] : tensor<32x128xf32> -> tensor<32xf32>
  %6 = dlc.reshape %5 : tensor<32xf32> -> tensor<32x1xf32>
  %7 = dlc.broadcast %6 : tensor<32x1xf32> -> tensor<32x128xf32>
  %8 = dlc.div %4, %7 : tensor<32x128xf32>
  return %8 : tensor<32x128xf32>
}

// -----

// Few rows go one after the other. The last pass that only reads fetches the
// lines that results go to, and the next row.
// CHECK:       module attributes {{.*}}dlc.scratch = 512
// CHECK-LABEL: func.func @k0
// CHECK:         %[[OUT:.*]] = rt.arg %arg0[1]
// CHECK:         %[[KEPT:.*]] = rt.scratch %arg3[0]
// CHECK:         scf.for {{.*}} = %arg1 to %arg2 step %c1
// CHECK:           scf.for {{.*}} step %c64 iter_args
// CHECK-NOT:         math.exp
// CHECK:           vector.reduction <or>
// CHECK:           scf.for {{.*}} step %c64 iter_args
// CHECK:             memref.prefetch %[[OUT]]{{.*}}, write, locality<3>, data
// CHECK:             memref.prefetch %{{.*}}, read, locality<3>, data
// CHECK-COUNT-4:     vector.store {{.*}}, %[[KEPT]]
// CHECK:             scf.yield
// CHECK-NEXT:      } {dlc.independent}
// CHECK:           scf.for {{.*}} step %c16
// CHECK-NOT:         math.exp
// CHECK:             vector.load %[[KEPT]]
// CHECK:             arith.divf
// CHECK:             vector.store {{.*}}, %[[OUT]]
func.func @main(%x: tensor<4x128xf32>) -> tensor<4x128xf32> {
  %0 = dlc.reduce max %x [1] : tensor<4x128xf32> -> tensor<4xf32>
  %1 = dlc.reshape %0 : tensor<4xf32> -> tensor<4x1xf32>
  %2 = dlc.broadcast %1 : tensor<4x1xf32> -> tensor<4x128xf32>
  %3 = dlc.sub %x, %2 : tensor<4x128xf32>
  %4 = dlc.exp %3 : tensor<4x128xf32>
  %5 = dlc.reduce sum %4 [1] : tensor<4x128xf32> -> tensor<4xf32>
  %6 = dlc.reshape %5 : tensor<4xf32> -> tensor<4x1xf32>
  %7 = dlc.broadcast %6 : tensor<4x1xf32> -> tensor<4x128xf32>
  %8 = dlc.div %4, %7 : tensor<4x128xf32>
  return %8 : tensor<4x128xf32>
}

// -----

// A layer normalisation: mean, variance, result; the difference from the
// mean is sooner computed again than kept, and its square and the sum are one
// operation. Of 100 elements 4 are left over: masked where they are loaded,
// stored and summed, and nowhere else.
// CHECK-LABEL: func.func @dlc_run
// CHECK:         rt.launch {{.*}} kind "rows"
// CHECK-NOT:     rt.launch
// CHECK-LABEL: func.func @k0
// CHECK-NOT:     rt.scratch
// CHECK:         %[[MASK:.*]] = vector.constant_mask [4]
// CHECK:         %[[REST:.*]] = vector.maskedload
// CHECK:         arith.select %[[MASK]], %[[REST]]
// CHECK:         scf.for {{.*}} iter_args
// CHECK:           %[[DIFFERENCE:.*]] = arith.subf
// CHECK:           vector.fma %[[DIFFERENCE]], %[[DIFFERENCE]]
// CHECK:         scf.for %{{.*}} = %c0 to %c96 step %c16
// CHECK:           arith.subf
// CHECK:         vector.maskedstore
func.func @main(%x: tensor<4x100xf32>, %g: tensor<100xf32>) -> tensor<4x100xf32> {
  %n = dlc.constant dense<0.01> : tensor<4x1xf32>
  %e = dlc.constant dense<0.00001> : tensor<4x1xf32>
  %0 = dlc.reduce sum %x [1] : tensor<4x100xf32> -> tensor<4xf32>
  %1 = dlc.reshape %0 : tensor<4xf32> -> tensor<4x1xf32>
  %2 = dlc.mul %1, %n : tensor<4x1xf32>
  %3 = dlc.broadcast %2 : tensor<4x1xf32> -> tensor<4x100xf32>
  %4 = dlc.sub %x, %3 : tensor<4x100xf32>
  %5 = dlc.mul %4, %4 : tensor<4x100xf32>
  %6 = dlc.reduce sum %5 [1] : tensor<4x100xf32> -> tensor<4xf32>
  %7 = dlc.reshape %6 : tensor<4xf32> -> tensor<4x1xf32>
  %8 = dlc.mul %7, %n : tensor<4x1xf32>
  %9 = dlc.add %8, %e : tensor<4x1xf32>
  %10 = dlc.rsqrt %9 : tensor<4x1xf32>
  %11 = dlc.broadcast %10 : tensor<4x1xf32> -> tensor<4x100xf32>
  %12 = dlc.mul %4, %11 : tensor<4x100xf32>
  %13 = dlc.broadcast %g : tensor<100xf32> -> tensor<4x100xf32>
  %14 = dlc.mul %12, %13 : tensor<4x100xf32>
  return %14 : tensor<4x100xf32>
}

// -----

// Narrow floats are summed in f32; four sums at once hide what one waits for.
// CHECK-LABEL: func.func @dlc_run
// CHECK:         rt.launch {{.*}} kind "reduce rows"
// CHECK-LABEL: func.func @k0
// CHECK-COUNT-4: arith.extf {{.*}} : vector<16xf16> to vector<16xf32>
// CHECK-NOT:     arith.extf
// CHECK:         arith.truncf %{{.*}} : f32 to f16
// CHECK:         memref.store
func.func @main(%x: tensor<4x64xf16>) -> tensor<4xf16> {
  %0 = dlc.reduce sum %x [1] : tensor<4x64xf16> -> tensor<4xf16>
  return %0 : tensor<4xf16>
}

// -----

// Open rows: what is left over of four vectors, and of one.
// CHECK-LABEL: func.func @k0
// CHECK:         scf.for
// CHECK:           scf.for {{.*}} step %c64 iter_args
// CHECK:           scf.for {{.*}} step %c16 iter_args
// CHECK:           scf.if
// CHECK:             vector.create_mask
// CHECK:             vector.maskedload
// CHECK:             arith.select
// CHECK:           vector.extract
// CHECK:           memref.store
func.func @main(%x: tensor<?x?xf32>) -> tensor<?xf32> {
  %0 = dlc.reduce max %x [1] : tensor<?x?xf32> -> tensor<?xf32>
  return %0 : tensor<?xf32>
}

// -----

// Rows of an open length, few of them: up to 4096 elements the exponentials are
// kept in scratch memory, and lines are fetched. Longer ones have no place
// there: they lie where the results go, since nothing else is read behind them.
// CHECK:       module attributes {{.*}}dlc.scratch = 16384
// CHECK-LABEL: func.func @dlc_run
// CHECK-LABEL: func.func @k0
// CHECK:         %[[OUT:.*]] = rt.arg %arg0[3]
// CHECK:         %[[SHORT:.*]] = arith.cmpi sle, %{{.*}}, %c4096
// CHECK:         scf.if %[[SHORT]] {
// CHECK:           %[[KEPT:.*]] = rt.scratch %arg3[0]
// CHECK:           scf.for %{{.*}} = %arg1 to %arg2
// CHECK-COUNT-2:     memref.prefetch
// CHECK:             math.exp
// CHECK:             vector.store {{.*}}, %[[KEPT]]
// CHECK:             vector.load %[[KEPT]]
// CHECK:             vector.store {{.*}}, %[[OUT]]
// CHECK:         } else {
// CHECK-NOT:       memref.prefetch
// CHECK:           math.exp
// CHECK:           vector.store {{.*}}, %[[OUT]]
// CHECK:           math.exp
// CHECK:           vector.maskedstore %[[OUT]]
// CHECK-NOT:       math.exp
// CHECK:           vector.load %[[OUT]]
// CHECK:           vector.store {{.*}}, %[[OUT]]
// CHECK:           vector.maskedload %[[OUT]]
// CHECK:           vector.maskedstore %[[OUT]]
func.func @main(%x: tensor<4x?xf32>) -> tensor<4x?xf32> {
  %0 = dlc.reduce max %x [1] : tensor<4x?xf32> -> tensor<4xf32>
  %1 = dlc.reshape %0 : tensor<4xf32> -> tensor<4x1xf32>
  %c1 = arith.constant 1 : index
  %n = tensor.dim %x, %c1 : tensor<4x?xf32>
  %2 = dlc.broadcast %1 sizes(%n) : tensor<4x1xf32> -> tensor<4x?xf32>
  %3 = dlc.sub %x, %2 : tensor<4x?xf32>
  %4 = dlc.exp %3 : tensor<4x?xf32>
  %5 = dlc.reduce sum %4 [1] : tensor<4x?xf32> -> tensor<4xf32>
  %6 = dlc.reshape %5 : tensor<4xf32> -> tensor<4x1xf32>
  %7 = dlc.broadcast %6 sizes(%n) : tensor<4x1xf32> -> tensor<4x?xf32>
  %8 = dlc.div %4, %7 : tensor<4x?xf32>
  return %8 : tensor<4x?xf32>
}

// -----

// What reads its input once more may find it where the results go: nothing is
// kept there.
// CHECK-LABEL: func.func @dlc_run
// CHECK-LABEL: func.func @k0
// CHECK:         math.exp
// CHECK:         scf.for
// CHECK:           math.exp
// CHECK:           arith.mulf
func.func @main(%x: tensor<4x?xf32>) -> tensor<4x?xf32> {
  %c1 = arith.constant 1 : index
  %n = tensor.dim %x, %c1 : tensor<4x?xf32>
  %4 = dlc.exp %x : tensor<4x?xf32>
  %5 = dlc.reduce sum %4 [1] : tensor<4x?xf32> -> tensor<4xf32>
  %6 = dlc.reshape %5 : tensor<4xf32> -> tensor<4x1xf32>
  %7 = dlc.broadcast %6 sizes(%n) : tensor<4x1xf32> -> tensor<4x?xf32>
  %8 = dlc.div %4, %7 : tensor<4x?xf32>
  %9 = dlc.mul %8, %x : tensor<4x?xf32>
  return %9 : tensor<4x?xf32>
}

// -----

// Where a row ends in one value, that is behind the last reduction.
// CHECK-LABEL: func.func @k0
// CHECK:         scf.for {{.*}} = %c0 to %c2 step %c1 iter_args
// CHECK-NOT:       math.log
// CHECK:         scf.for {{.*}} = %arg1 to %arg2 step %c1 iter_args
// CHECK-COUNT-2:   arith.minsi
// CHECK:           scf.for {{.*}} step %c64 iter_args
// CHECK-NOT:         math.log
// CHECK:           } {dlc.independent}
// CHECK:           math.log
// CHECK:           memref.store
func.func @main(%x: tensor<32x128xf32>) -> tensor<32xf32> {
  %0 = dlc.reduce max %x [1] : tensor<32x128xf32> -> tensor<32xf32>
  %1 = dlc.reshape %0 : tensor<32xf32> -> tensor<32x1xf32>
  %2 = dlc.broadcast %1 : tensor<32x1xf32> -> tensor<32x128xf32>
  %3 = dlc.sub %x, %2 : tensor<32x128xf32>
  %4 = dlc.exp %3 : tensor<32x128xf32>
  %5 = dlc.reduce sum %4 [1] : tensor<32x128xf32> -> tensor<32xf32>
  %6 = dlc.log %5 : tensor<32xf32>
  return %6 : tensor<32xf32>
}

// -----

// Dimensions that follow each other in memory are one row: 1000 elements are 15
// times four vectors, two and a masked one.
// CHECK-LABEL: func.func @dlc_run
// CHECK:         rt.launch {{.*}}[%c3, %{{.*}}] {{.*}} kind "reduce rows"
// CHECK-LABEL: func.func @k0
// CHECK:         scf.for {{.*}} = %c0 to %c960 step %c64 iter_args
// CHECK-COUNT-4:   vector.load
// CHECK:         scf.for {{.*}} = %c960 to %c992 step %c16 iter_args
// CHECK:         vector.maskedload
// CHECK:         memref.store
func.func @main(%x: tensor<3x10x20x5xf32>) -> tensor<3x1x1x1xf32> {
  %0 = dlc.reduce max %x [1, 2, 3] : tensor<3x10x20x5xf32> -> tensor<3xf32>
  %1 = dlc.reshape %0 : tensor<3xf32> -> tensor<3x1x1x1xf32>
  return %1 : tensor<3x1x1x1xf32>
}

// -----

// Where there are enough of them, those that the nearest cache holds in all
// passes at once go along in a pipeline: of a mean and what uses it, the input
// of three rows and the result are in use, 3072 elements of each. What is
// longer and has nothing kept goes row by row.
// CHECK-LABEL: func.func @dlc_run
// CHECK-LABEL: func.func @k0
// CHECK-DAG:     %[[SHORT:.*]] = arith.cmpi sle, %{{.*}}, %c3072
// CHECK-DAG:     %[[MANY:.*]] = arith.cmpi sge, %{{.*}}, %c8
// CHECK:         %[[BOTH:.*]] = arith.andi %[[SHORT]], %[[MANY]]
// CHECK:         scf.if %[[BOTH]] {
// CHECK:           %[[LAST:.*]] = arith.subi %arg2, %c1
// CHECK:           scf.for {{.*}} = %c0 to %c2 step %c1 iter_args
// CHECK:           scf.for {{.*}} = %arg1 to %arg2 step %c1 iter_args
// CHECK-COUNT-2:     arith.minsi {{.*}}, %[[LAST]]
// CHECK:         } else {
// CHECK:           scf.for {{.*}} = %arg1 to %arg2 step %c1 {
// CHECK-NOT:         arith.minsi
// CHECK-NOT:         scf.if {{.*}} else
func.func @main(%x: tensor<?x?xf32>) -> tensor<?x?xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %m = tensor.dim %x, %c0 : tensor<?x?xf32>
  %n = tensor.dim %x, %c1 : tensor<?x?xf32>
  %0 = dlc.reduce sum %x [1] : tensor<?x?xf32> -> tensor<?xf32>
  %1 = dlc.reshape %0 sizes(%m) : tensor<?xf32> -> tensor<?x1xf32>
  %2 = dlc.broadcast %1 sizes(%m, %n) : tensor<?x1xf32> -> tensor<?x?xf32>
  %3 = dlc.sub %x, %2 : tensor<?x?xf32>
  return %3 : tensor<?x?xf32>
}
