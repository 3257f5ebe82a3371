// What the sizes and the indices of a run must fulfil

// RUN: rm -rf %t && mkdir %t && cd %t
// RUN: dlc %s -o model
// RUN: %python -c "import numpy as n; n.save('x', n.ones((3, 4), 'f')); n.save('y', n.ones((3, 4), 'f')); n.save('one', n.ones((1, 4), 'f')); n.save('two', n.ones((2, 4), 'f')); n.save('i', n.array([2, 0, 1])); n.save('far', n.array([0, 7])); n.save('none', n.array([], 'i8')); n.save('before', n.array([-1, 2])); n.save('empty', n.ones((0, 4), 'f'))"

// RUN: ./model --input x=x.npy --input y=y.npy --input i=i.npy
// RUN: ./model --input x=x.npy --input y=one.npy --input i=none.npy
// RUN: ./model --input x=empty.npy --input y=one.npy --input i=none.npy
// RUN: not ./model --input x=x.npy --input y=two.npy --input i=i.npy 2>&1 | FileCheck %s --check-prefix=BROADCAST
// BROADCAST: sum: size 2 of dimension 0 can't be broadcast to 3
// RUN: not ./model --input x=x.npy --input y=y.npy --input i=far.npy 2>&1 | FileCheck %s --check-prefix=INDEX
// INDEX: pick: index 7 is out of range for a dimension of size 3
// RUN: not ./model --input x=x.npy --input y=y.npy --input i=before.npy 2>&1 | FileCheck %s --check-prefix=NEGATIVE
// NEGATIVE: pick: index -1 is out of range for a dimension of size 3
// RUN: not ./model --input x=empty.npy --input y=one.npy --input i=i.npy 2>&1 | FileCheck %s --check-prefix=EMPTY
// EMPTY: pick: index out of range for a dimension of size 0

#sum = loc("sum")
#pick = loc("pick")
#rows = loc("rows")
func.func @main(%x: tensor<?x4xf32> {dlc.name = "x"}, %y: tensor<?x4xf32> {dlc.name = "y"}, %i: tensor<?xi64> {dlc.name = "i"})
    -> (tensor<?x4xf32> {dlc.name = "total"}, tensor<?x4xf32> {dlc.name = "picked"}) {
  %c0 = arith.constant 0 : index
  %n = tensor.dim %x, %c0 : tensor<?x4xf32>
  %0 = dlc.broadcast %y sizes(%n) : tensor<?x4xf32> -> tensor<?x4xf32> loc(#sum)
  %1 = dlc.add %x, %0 : tensor<?x4xf32> loc(#sum)
  %2 = dlc.gather %x, %i axis = 0 : (tensor<?x4xf32>, tensor<?xi64>) -> tensor<?x4xf32> loc(#pick)
  return %1, %2 : tensor<?x4xf32>, tensor<?x4xf32>
}
