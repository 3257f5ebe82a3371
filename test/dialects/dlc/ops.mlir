// Every operation survives printing and parsing, in its own form and in the generic one.
//
// RUN: dlc-opt %s | dlc-opt | FileCheck %s
// RUN: dlc-opt %s --mlir-print-op-generic | dlc-opt | FileCheck %s

// CHECK-LABEL: @movement
func.func @movement(%x: tensor<4x8xf32>, %d: tensor<?x8xf32>, %i: tensor<3xi64>, %u: tensor<3x8xf32>, %n: index) {
  // CHECK: %[[C:.*]] = dlc.constant dense<1.000000e+00> : tensor<f32>
  %c = dlc.constant dense<1.0> : tensor<f32>
  // CHECK: dlc.iota 1 : tensor<4x8xi64>
  %0 = dlc.iota 1 : tensor<4x8xi64>
  // CHECK: dlc.iota 0 sizes(%{{.*}}) : tensor<?x8xi64>
  %1 = dlc.iota 0 sizes(%n) : tensor<?x8xi64>
  // CHECK: dlc.reshape %{{.*}} : tensor<4x8xf32> -> tensor<32xf32>
  %2 = dlc.reshape %x : tensor<4x8xf32> -> tensor<32xf32>
  // CHECK: dlc.reshape %{{.*}} sizes(%{{.*}}) : tensor<?x8xf32> -> tensor<?xf32>
  %3 = dlc.reshape %d sizes(%n) : tensor<?x8xf32> -> tensor<?xf32>
  // CHECK: dlc.broadcast %[[C]] : tensor<f32> -> tensor<4x8xf32>
  %4 = dlc.broadcast %c : tensor<f32> -> tensor<4x8xf32>
  // CHECK: dlc.broadcast %{{.*}} sizes(%{{.*}}) : tensor<?x8xf32> -> tensor<2x?x8xf32>
  %5 = dlc.broadcast %d sizes(%n) : tensor<?x8xf32> -> tensor<2x?x8xf32>
  // CHECK: dlc.transpose %{{.*}} [1, 0] : tensor<4x8xf32> -> tensor<8x4xf32>
  %6 = dlc.transpose %x [1, 0] : tensor<4x8xf32> -> tensor<8x4xf32>
  // CHECK: dlc.slice %{{.*}} [0, 7] steps [1, -2] : tensor<4x8xf32> -> tensor<4x4xf32>
  %7 = dlc.slice %x [0, 7] steps [1, -2] : tensor<4x8xf32> -> tensor<4x4xf32>
  // CHECK: dlc.slice %{{.*}} [%{{.*}}, 0] sizes(%{{.*}}) steps [1, 1] : tensor<?x8xf32> -> tensor<?x8xf32>
  %8 = dlc.slice %d [%n, 0] sizes(%n) steps [1, 1] : tensor<?x8xf32> -> tensor<?x8xf32>
  // CHECK: dlc.pad %{{.*}}, %[[C]] low [1, 0] : tensor<4x8xf32>, tensor<f32> -> tensor<6x8xf32>
  %9 = dlc.pad %x, %c low [1, 0] : tensor<4x8xf32>, tensor<f32> -> tensor<6x8xf32>
  // CHECK: dlc.pad %{{.*}}, %[[C]] low [%{{.*}}, 0] sizes(%{{.*}}) {mode = 2 : i32} : tensor<4x8xf32>, tensor<f32> -> tensor<?x8xf32>
  %10 = dlc.pad %x, %c low [%n, 0] sizes(%n) {mode = 2 : i32} : tensor<4x8xf32>, tensor<f32> -> tensor<?x8xf32>
  // CHECK: dlc.concat %{{.*}}, %{{.*}} axis = 0 : (tensor<4x8xf32>, tensor<?x8xf32>) -> tensor<?x8xf32>
  %11 = dlc.concat %x, %d axis = 0 : (tensor<4x8xf32>, tensor<?x8xf32>) -> tensor<?x8xf32>
  // CHECK: dlc.gather %{{.*}}, %{{.*}} axis = 1 : (tensor<4x8xf32>, tensor<3xi64>) -> tensor<4x3xf32>
  %12 = dlc.gather %x, %i axis = 1 : (tensor<4x8xf32>, tensor<3xi64>) -> tensor<4x3xf32>
  // CHECK: dlc.scatter add %{{.*}}, %{{.*}}, %{{.*}} : (tensor<4x8xf32>, tensor<3xi64>, tensor<3x8xf32>) -> tensor<4x8xf32>
  %13 = dlc.scatter add %x, %i, %u : (tensor<4x8xf32>, tensor<3xi64>, tensor<3x8xf32>) -> tensor<4x8xf32>
  return
}

// CHECK-LABEL: @unary
func.func @unary(%x: tensor<4xf32>, %i: tensor<4xi32>) {
  // CHECK: dlc.abs %{{.*}} : tensor<4xi32>
  %0 = dlc.abs %i : tensor<4xi32>
  // CHECK-COUNT-27: dlc.{{[a-z0-9]+}} %{{.*}} : tensor<4xf32>
  %1 = dlc.acos %x : tensor<4xf32>
  %2 = dlc.acosh %x : tensor<4xf32>
  %3 = dlc.asin %x : tensor<4xf32>
  %4 = dlc.asinh %x : tensor<4xf32>
  %5 = dlc.atan %x : tensor<4xf32>
  %6 = dlc.atanh %x : tensor<4xf32>
  %7 = dlc.ceil %x : tensor<4xf32>
  %8 = dlc.cos %x : tensor<4xf32>
  %9 = dlc.cosh %x : tensor<4xf32>
  %10 = dlc.erf %x : tensor<4xf32>
  %11 = dlc.exp %x : tensor<4xf32>
  %12 = dlc.floor %x : tensor<4xf32>
  %13 = dlc.log %x : tensor<4xf32>
  %14 = dlc.log1p %x : tensor<4xf32>
  %15 = dlc.expm1 %x : tensor<4xf32>
  %16 = dlc.neg %x : tensor<4xf32>
  %17 = dlc.round %x : tensor<4xf32>
  %18 = dlc.rsqrt %x : tensor<4xf32>
  %19 = dlc.sigmoid %x : tensor<4xf32>
  %20 = dlc.sign %x : tensor<4xf32>
  %21 = dlc.sin %x : tensor<4xf32>
  %22 = dlc.sinh %x : tensor<4xf32>
  %23 = dlc.sqrt %x : tensor<4xf32>
  %24 = dlc.tan %x : tensor<4xf32>
  %25 = dlc.tanh %x : tensor<4xf32>
  %26 = dlc.trunc %x : tensor<4xf32>
  %27 = dlc.abs %x : tensor<4xf32>
  // CHECK: dlc.not %{{.*}} : tensor<4xi32>
  %28 = dlc.not %i : tensor<4xi32>
  // CHECK: dlc.is_nan %{{.*}} : tensor<4xf32> -> tensor<4xi1>
  %29 = dlc.is_nan %x : tensor<4xf32> -> tensor<4xi1>
  // CHECK: dlc.is_inf %{{.*}} : tensor<4xf32> -> tensor<4xi1>
  %30 = dlc.is_inf %x : tensor<4xf32> -> tensor<4xi1>
  // CHECK: dlc.bitcast %{{.*}} : tensor<4xf32> -> tensor<4xui32>
  %bits = dlc.bitcast %x : tensor<4xf32> -> tensor<4xui32>
  // CHECK: dlc.cast %{{.*}} : tensor<4xf32> -> tensor<4xui8>
  %31 = dlc.cast %x : tensor<4xf32> -> tensor<4xui8>
  return
}

// CHECK-LABEL: @binary
func.func @binary(%x: tensor<?xf32>, %y: tensor<?xf32>, %i: tensor<4xi32>) {
  // CHECK: dlc.add %{{.*}}, %{{.*}} : tensor<?xf32>
  %0 = dlc.add %x, %y : tensor<?xf32>
  // CHECK: dlc.sub
  %1 = dlc.sub %x, %y : tensor<?xf32>
  // CHECK: dlc.mul
  %2 = dlc.mul %x, %y : tensor<?xf32>
  // CHECK: dlc.div
  %3 = dlc.div %x, %y : tensor<?xf32>
  // CHECK: dlc.mod
  %4 = dlc.mod %x, %y : tensor<?xf32>
  // CHECK: dlc.rem
  %5 = dlc.rem %x, %y : tensor<?xf32>
  // CHECK: dlc.pow
  %6 = dlc.pow %x, %y : tensor<?xf32>
  // CHECK: dlc.min
  %7 = dlc.min %x, %y : tensor<?xf32>
  // CHECK: dlc.max
  %8 = dlc.max %x, %y : tensor<?xf32>
  // CHECK: dlc.and %{{.*}}, %{{.*}} : tensor<4xi32>
  %9 = dlc.and %i, %i : tensor<4xi32>
  // CHECK: dlc.or
  %10 = dlc.or %i, %i : tensor<4xi32>
  // CHECK: dlc.xor
  %11 = dlc.xor %i, %i : tensor<4xi32>
  // CHECK: dlc.shl
  %12 = dlc.shl %i, %i : tensor<4xi32>
  // CHECK: dlc.shr
  %13 = dlc.shr %i, %i : tensor<4xi32>
  // CHECK: %[[C:.*]] = dlc.eq %{{.*}}, %{{.*}} : tensor<?xf32> -> tensor<?xi1>
  %14 = dlc.eq %x, %y : tensor<?xf32> -> tensor<?xi1>
  // CHECK: dlc.ne
  %15 = dlc.ne %x, %y : tensor<?xf32> -> tensor<?xi1>
  // CHECK: dlc.lt
  %16 = dlc.lt %x, %y : tensor<?xf32> -> tensor<?xi1>
  // CHECK: dlc.le
  %17 = dlc.le %x, %y : tensor<?xf32> -> tensor<?xi1>
  // CHECK: dlc.gt
  %18 = dlc.gt %x, %y : tensor<?xf32> -> tensor<?xi1>
  // CHECK: dlc.ge
  %19 = dlc.ge %x, %y : tensor<?xf32> -> tensor<?xi1>
  // CHECK: dlc.select %[[C]], %{{.*}}, %{{.*}} : tensor<?xi1>, tensor<?xf32>
  %20 = dlc.select %14, %x, %y : tensor<?xi1>, tensor<?xf32>
  return
}

// CHECK-LABEL: @reduction
func.func @reduction(%x: tensor<4x8xf32>, %c: tensor<4x8xi1>, %image: tensor<1x8x8x3xf32>) {
  // CHECK: dlc.reduce sum %{{.*}} [1] : tensor<4x8xf32> -> tensor<4xf32>
  %0 = dlc.reduce sum %x [1] : tensor<4x8xf32> -> tensor<4xf32>
  // CHECK: dlc.reduce any %{{.*}} [0, 1] : tensor<4x8xi1> -> tensor<i1>
  %1 = dlc.reduce any %c [0, 1] : tensor<4x8xi1> -> tensor<i1>
  // CHECK: dlc.arg_reduce max %{{.*}} axis = 1 : tensor<4x8xf32> -> tensor<4xi64>
  %2 = dlc.arg_reduce max %x axis = 1 : tensor<4x8xf32> -> tensor<4xi64>
  // CHECK: dlc.arg_reduce min %{{.*}} axis = 0 last : tensor<4x8xf32> -> tensor<8xi64>
  %3 = dlc.arg_reduce min %x axis = 0 last : tensor<4x8xf32> -> tensor<8xi64>
  // CHECK: dlc.scan sum %{{.*}} axis = 1 : tensor<4x8xf32> -> tensor<4x8xf32>
  %4 = dlc.scan sum %x axis = 1 : tensor<4x8xf32> -> tensor<4x8xf32>
  // CHECK: dlc.scan prod %{{.*}} axis = 0 exclusive reverse : tensor<4x8xf32> -> tensor<4x8xf32>
  %5 = dlc.scan prod %x axis = 0 exclusive reverse : tensor<4x8xf32> -> tensor<4x8xf32>
  // CHECK: dlc.pool max %{{.*}} kernel [2, 2] strides [2, 2] dilations [1, 1] pads [0, 0, 0, 0] : tensor<1x8x8x3xf32> -> tensor<1x4x4x3xf32>
  %6 = dlc.pool max %image kernel [2, 2] strides [2, 2] dilations [1, 1] pads [0, 0, 0, 0] : tensor<1x8x8x3xf32> -> tensor<1x4x4x3xf32>
  return
}

// CHECK-LABEL: @contraction
func.func @contraction(%a: tensor<2x4x8xf32>, %b: tensor<1x8x5xf32>, %p: tensor<1x1x8x16xf32>, %x: tensor<1x8x8x3xui8>,
                       %k: tensor<5x3x3x3xi8>, %image: tensor<1x8x8x3xf32>, %q: tensor<1x1x3x3x3x16xf32>, %u: tensor<1x36x3x16xf32>) {
  // CHECK: dlc.matmul %{{.*}}, %{{.*}} : (tensor<2x4x8xf32>, tensor<1x8x5xf32>) -> tensor<2x4x5xf32>
  %0 = dlc.matmul %a, %b : (tensor<2x4x8xf32>, tensor<1x8x5xf32>) -> tensor<2x4x5xf32>
  // CHECK: dlc.matmul %{{.*}}, %{{.*}} packed 5 : (tensor<2x4x8xf32>, tensor<1x1x8x16xf32>) -> tensor<2x4x5xf32>
  %1 = dlc.matmul %a, %p packed 5 : (tensor<2x4x8xf32>, tensor<1x1x8x16xf32>) -> tensor<2x4x5xf32>
  // CHECK: dlc.conv %{{.*}}, %{{.*}} strides [2, 1] dilations [1, 2] pads [1, 0, 1, 0] groups 1 : (tensor<1x8x8x3xui8>, tensor<5x3x3x3xi8>) -> tensor<1x4x4x5xi32>
  %2 = dlc.conv %x, %k strides [2, 1] dilations [1, 2] pads [1, 0, 1, 0] groups 1 : (tensor<1x8x8x3xui8>, tensor<5x3x3x3xi8>) -> tensor<1x4x4x5xi32>
  // CHECK: dlc.conv %{{.*}}, %{{.*}} strides [1, 1] dilations [1, 1] pads [0, 0, 0, 0] groups 1 packed 5 : (tensor<1x8x8x3xf32>, tensor<1x1x3x3x3x16xf32>) -> tensor<1x6x6x5xf32>
  %3 = dlc.conv %image, %q strides [1, 1] dilations [1, 1] pads [0, 0, 0, 0] groups 1 packed 5 : (tensor<1x8x8x3xf32>, tensor<1x1x3x3x3x16xf32>) -> tensor<1x6x6x5xf32>
  // CHECK: dlc.conv %{{.*}}, %{{.*}} strides [1, 1] dilations [1, 1] pads [0, 0, 0, 0] groups 1 packed 5 winograd 4 : (tensor<1x8x8x3xf32>, tensor<1x36x3x16xf32>) -> tensor<1x6x6x5xf32>
  %4 = dlc.conv %image, %u strides [1, 1] dilations [1, 1] pads [0, 0, 0, 0] groups 1 packed 5 winograd 4 : (tensor<1x8x8x3xf32>, tensor<1x36x3x16xf32>) -> tensor<1x6x6x5xf32>
  return
}

// CHECK-LABEL: @strassen
func.func @strassen(%a: tensor<7x8xf32>, %s: tensor<2x7x4x16xf32>) {
  // CHECK: dlc.matmul %{{.*}}, %{{.*}} packed 40 strassen : (tensor<7x8xf32>, tensor<2x7x4x16xf32>) -> tensor<7x40xf32>
  %0 = dlc.matmul %a, %s packed 40 strassen : (tensor<7x8xf32>, tensor<2x7x4x16xf32>) -> tensor<7x40xf32>
  return
}

// CHECK-LABEL: @structure
func.func @structure(%x: tensor<4xf32>, %d: tensor<?xf32>, %n: index) {
  // CHECK:      dlc.composite "twice"(%{{.*}}) : (tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  // CHECK-NEXT: ^bb0(%[[X:.*]]: tensor<4xf32>):
  // CHECK-NEXT:   %[[Y:.*]] = dlc.add %[[X]], %[[X]] : tensor<4xf32>
  // CHECK-NEXT:   dlc.yield %[[Y]], %[[X]] : tensor<4xf32>, tensor<4xf32>
  %0:2 = dlc.composite "twice"(%x) : (tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  ^bb0(%a: tensor<4xf32>):
    %1 = dlc.add %a, %a : tensor<4xf32>
    dlc.yield %1, %a : tensor<4xf32>, tensor<4xf32>
  }
  // CHECK:      dlc.cluster(%{{.*}}) sizes(%{{.*}}) : (tensor<?xf32>) -> tensor<?xf32> {
  // CHECK-NEXT: ^bb0(%[[X:.*]]: tensor<?xf32>):
  // CHECK-NEXT:   dlc.yield %[[X]] : tensor<?xf32>
  %2 = dlc.cluster(%d) sizes(%n) : (tensor<?xf32>) -> tensor<?xf32> {
  ^bb0(%a: tensor<?xf32>):
    dlc.yield %a : tensor<?xf32>
  }
  return
}

// CHECK-LABEL: func.func @loop
func.func @loop(%n: index, %go: i1, %x: tensor<?x4xf32>) -> tensor<?x4xf32> {
  // CHECK:      dlc.loop %{{.*}} while %{{.*}}(%{{.*}}, %{{.*}}) : (tensor<?x4xf32>, index) -> (tensor<?x4xf32>, index) {
  // CHECK-NEXT: ^bb0(%{{.*}}: index, %{{.*}}: tensor<?x4xf32>, %{{.*}}: index):
  %0:2 = dlc.loop %n while %go (%x, %n) : (tensor<?x4xf32>, index) -> (tensor<?x4xf32>, index) {
  ^bb0(%i: index, %t: tensor<?x4xf32>, %k: index):
    %all = dlc.concat %t, %x axis = 0 : (tensor<?x4xf32>, tensor<?x4xf32>) -> tensor<?x4xf32>
    // CHECK: dlc.yield %{{.*}}, %{{.*}}, %{{.*}} : i1, tensor<?x4xf32>, index
    dlc.yield %go, %all, %i : i1, tensor<?x4xf32>, index
  }
  return %0#0 : tensor<?x4xf32>
}

// CHECK-LABEL: func.func @strings
func.func @strings(%n: index, %x: tensor<?xi128>, %d: tensor<si64>, %i: tensor<i64>) -> tensor<?x4xi128> {
  // CHECK: dlc.call "string_intern"(%{{.*}}) sizes(%{{.*}}) : (tensor<?xi128>) -> tensor<?xsi64>
  %0 = dlc.call "string_intern"(%x) sizes(%n) : (tensor<?xi128>) -> tensor<?xsi64>
  // CHECK: dlc.call "string_split"(%{{.*}}, %{{.*}}, %{{.*}}) sizes(%{{.*}}) : (tensor<?xsi64>, tensor<si64>, tensor<i64>) -> tensor<?x4xsi64>
  %1 = dlc.call "string_split"(%0, %d, %i) sizes(%n) : (tensor<?xsi64>, tensor<si64>, tensor<i64>) -> tensor<?x4xsi64>
  %2 = dlc.call "string_spell"(%1) sizes(%n) : (tensor<?x4xsi64>) -> tensor<?x4xi128>
  return %2 : tensor<?x4xi128>
}
