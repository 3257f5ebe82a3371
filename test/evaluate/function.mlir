// RUN: evaluate-function %s | FileCheck %s

// CHECK-LABEL: arguments:
// CHECK-NEXT:  dense<[4.000000e+00, 6.000000e+00]> : tensor<2xf32>
// CHECK-NEXT:  dense<[2.000000e+00, 1.000000e+00]> : tensor<2xf32>
func.func @arguments(%a: tensor<2xf32>, %b: tensor<2xf32>) -> (tensor<2xf32>, tensor<2xf32>)
    attributes {arguments = [dense<[1.0, 2.0]> : tensor<2xf32>, dense<[3.0, 4.0]> : tensor<2xf32>]} {
  %sum = dlc.add %a, %b : tensor<2xf32>
  %flip = dlc.slice %a [1] steps [-1] : tensor<2xf32> -> tensor<2xf32>
  return %sum, %flip : tensor<2xf32>, tensor<2xf32>
}

// Index arithmetic goes by the folders of its own operations.
// CHECK-LABEL: indices:
// CHECK-NEXT:  dense<[30, 40]> : tensor<2xi32>
// CHECK-NEXT:  dense<[1, 4]> : tensor<2xindex>
func.func @indices(%a: tensor<4xi32>) -> (tensor<2xi32>, tensor<2xindex>)
    attributes {arguments = [dense<[10, 20, 30, 40]> : tensor<4xi32>]} {
  %zero = arith.constant 0 : index
  %half = arith.constant 2 : index
  %size = tensor.dim %a, %zero : tensor<4xi32>
  %start = arith.subi %size, %half : index
  %slice = dlc.slice %a [%start] steps [1] : tensor<4xi32> -> tensor<2xi32>
  %one = arith.floordivsi %size, %size : index
  %shape = tensor.from_elements %one, %size : tensor<2xindex>
  return %slice, %shape : tensor<2xi32>, tensor<2xindex>
}

// CHECK-LABEL: nested:
// CHECK-NEXT:  dense<[3, 5]> : tensor<2xi64>
// CHECK-NEXT:  dense<[2, 3]> : tensor<2xi64>
func.func @nested(%a: tensor<2xi64>) -> (tensor<2xi64>, tensor<2xi64>)
    attributes {arguments = [dense<[1, 2]> : tensor<2xi64>]} {
  %0:2 = dlc.composite "outer"(%a) : (tensor<2xi64>) -> (tensor<2xi64>, tensor<2xi64>) {
  ^bb0(%x: tensor<2xi64>):
    %one = dlc.constant dense<1> : tensor<2xi64>
    %y = dlc.cluster(%x, %one) : (tensor<2xi64>, tensor<2xi64>) -> tensor<2xi64> {
    ^bb0(%p: tensor<2xi64>, %q: tensor<2xi64>):
      %r = dlc.add %p, %q : tensor<2xi64>
      dlc.yield %r : tensor<2xi64>
    }
    %z = dlc.add %x, %y : tensor<2xi64>
    dlc.yield %z, %y : tensor<2xi64>, tensor<2xi64>
  }
  return %0#0, %0#1 : tensor<2xi64>, tensor<2xi64>
}

// CHECK-LABEL: outside:
// CHECK-NEXT:  failed: index 3 is outside of 0 to 2
func.func @outside() -> tensor<1xf32> {
  %a = dlc.constant dense<[1.0, 2.0, 3.0]> : tensor<3xf32>
  %i = dlc.constant dense<3> : tensor<1xi64>
  %0 = dlc.gather %a, %i axis = 0 : (tensor<3xf32>, tensor<1xi64>) -> tensor<1xf32>
  return %0 : tensor<1xf32>
}

// CHECK-LABEL: leaves:
// CHECK-NEXT:  failed: the slice leaves dimension 0
func.func @leaves() -> tensor<2xf32> {
  %a = dlc.constant dense<[1.0, 2.0, 3.0]> : tensor<3xf32>
  %start = arith.constant 2 : index
  %0 = dlc.slice %a [%start] steps [1] : tensor<3xf32> -> tensor<2xf32>
  return %0 : tensor<2xf32>
}

// CHECK-LABEL: far:
// CHECK-NEXT:  failed: the slice leaves dimension 0
func.func @far() -> tensor<2xf32> {
  %a = dlc.constant dense<[1.0, 2.0, 3.0]> : tensor<3xf32>
  %start = arith.constant 9223372036854775807 : index
  %0 = dlc.slice %a [%start] steps [9223372036854775807] : tensor<3xf32> -> tensor<2xf32>
  return %0 : tensor<2xf32>
}

// CHECK-LABEL: nothing_to_repeat:
// CHECK-NEXT:  failed: nothing of dimension 0 to repeat
func.func @nothing_to_repeat() -> tensor<2xf32> {
  %a = dlc.constant dense<> : tensor<0xf32>
  %v = dlc.constant dense<0.0> : tensor<f32>
  %0 = dlc.pad %a, %v low [1] {mode = 1 : i32} : tensor<0xf32>, tensor<f32> -> tensor<2xf32>
  return %0 : tensor<2xf32>
}

// CHECK-LABEL: wrong_argument:
// CHECK-NEXT:  failed: argument 0 is not of its type
func.func @wrong_argument(%a: tensor<2xf32>) -> tensor<2xf32>
    attributes {arguments = [dense<1.0> : tensor<3xf32>]} {
  return %a : tensor<2xf32>
}

// CHECK-LABEL: missing_argument:
// CHECK-NEXT:  failed: the body is not one block with an argument for each input
func.func @missing_argument(%a: tensor<2xf32>) -> tensor<2xf32> {
  return %a : tensor<2xf32>
}

// CHECK-LABEL: dynamic:
// CHECK-NEXT:  failed: the type of result 0 is dynamic or not supported
func.func @dynamic(%a: tensor<2xf32>) -> tensor<?xf32>
    attributes {arguments = [dense<1.0> : tensor<2xf32>]} {
  %size = arith.constant 2 : index
  %0 = dlc.reshape %a sizes(%size) : tensor<2xf32> -> tensor<?xf32>
  return %0 : tensor<?xf32>
}

// CHECK-LABEL: enormous:
// CHECK-NEXT:  failed: the type of result 0 is dynamic or not supported
func.func @enormous() -> tensor<4294967296x4294967296x4294967296xf32> {
  %0 = dlc.iota 0 : tensor<4294967296x4294967296x4294967296xf32>
  return %0 : tensor<4294967296x4294967296x4294967296xf32>
}

// CHECK-LABEL: foreign:
// CHECK-NEXT:  failed: not an operation of the dlc dialect
func.func @foreign(%a: tensor<2xf32>) -> tensor<2xf32>
    attributes {arguments = [dense<1.0> : tensor<2xf32>]} {
  %0 = arith.addf %a, %a : tensor<2xf32>
  return %0 : tensor<2xf32>
}

// CHECK-LABEL: no_data:
// CHECK-NEXT:  failed: a constant without data
func.func @no_data() -> tensor<2xf32> {
  %0 = dlc.constant dense_resource<absent> : tensor<2xf32>
  return %0 : tensor<2xf32>
}

// A loop over what is around it: running sums, and the sum of all.
// CHECK-LABEL: loop:
// CHECK-NEXT:  dense<{{\[}}[1, 2], [4, 6], [9, 12]]> : tensor<3x2xi32>
// CHECK-NEXT:  dense<{{\[}}[9, 12]]> : tensor<1x2xi32>
func.func @loop(%x: tensor<3x2xi32>, %start: tensor<1x2xi32>) -> (tensor<3x2xi32>, tensor<1x2xi32>)
    attributes {arguments = [dense<[[1, 2], [3, 4], [5, 6]]> : tensor<3x2xi32>, dense<0> : tensor<1x2xi32>]} {
  %zero = arith.constant 0 : index
  %one = arith.constant 1 : index
  %three = arith.constant 3 : index
  %0:2 = scf.for %t = %zero to %three step %one iter_args(%all = %x, %sum = %start)
      -> (tensor<3x2xi32>, tensor<1x2xi32>) {
    %row = dlc.slice %x [%t, 0] steps [1, 1] : tensor<3x2xi32> -> tensor<1x2xi32>
    %next = dlc.add %sum, %row : tensor<1x2xi32>
    %with = dlc.insert %next into %all at %t axis = 0 : tensor<1x2xi32> into tensor<3x2xi32>
    scf.yield %with, %next : tensor<3x2xi32>, tensor<1x2xi32>
  }
  return %0#0, %0#1 : tensor<3x2xi32>, tensor<1x2xi32>
}

// Steps until the condition fails, here after three; a branch that sees what is
// around it.
// CHECK-LABEL: while:
// CHECK-NEXT:  dense<[8, 16]> : tensor<2xi32>
// CHECK-NEXT:  dense<3> : tensor<i64>
func.func @while(%x: tensor<2xi32>) -> (tensor<2xi32>, tensor<i64>)
    attributes {arguments = [dense<[1, 2]> : tensor<2xi32>]} {
  %two = arith.constant 2 : index
  %many = arith.constant 10 : index
  %true = arith.constant true
  %zero = dlc.constant dense<0> : tensor<i64>
  %one = dlc.constant dense<1> : tensor<i64>
  %0:2 = dlc.loop %many while %true(%x, %zero) : (tensor<2xi32>, tensor<i64>) -> (tensor<2xi32>, tensor<i64>) {
  ^bb0(%i: index, %state: tensor<2xi32>, %count: tensor<i64>):
    %again = arith.cmpi slt, %i, %two : index
    %next = scf.if %again -> (tensor<2xi32>) {
      %twice = dlc.add %state, %state : tensor<2xi32>
      scf.yield %twice : tensor<2xi32>
    } else {
      %both = dlc.add %state, %state : tensor<2xi32>
      scf.yield %both : tensor<2xi32>
    }
    %more = dlc.add %count, %one : tensor<i64>
    dlc.yield %again, %next, %more : i1, tensor<2xi32>, tensor<i64>
  }
  return %0#0, %0#1 : tensor<2xi32>, tensor<i64>
}

// CHECK-LABEL: check:
// CHECK-NEXT:  failed: 2 is not 3
func.func @check(%x: tensor<2xi32>) -> tensor<2xi32> attributes {arguments = [dense<[1, 2]> : tensor<2xi32>]} {
  %false = arith.constant false
  %two = arith.constant 2 : index
  %three = arith.constant 3 : index
  dlc.check %false, "% is not %"(%two, %three)
  return %x : tensor<2xi32>
}
