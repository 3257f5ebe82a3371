// A view that is smaller than what it views ends the run, before anything is written behind it

// RUN: rm -rf %t && mkdir %t && cd %t
// RUN: dlc %s -o model
// RUN: %python -c "import numpy as n; n.save('x', n.ones(1 << 20, 'f')); n.save('k', n.array(6)); n.save('far', n.array(1 << 20))"

// RUN: ./model --input x=x.npy --input k=k.npy
// RUN: not ./model --input x=x.npy --input k=far.npy 2>&1 | FileCheck %s
// CHECK: view: 1048576 elements can't be reshaped to 6

func.func @main(%x: tensor<?xf32> {dlc.name = "x"}, %k: tensor<i64> {dlc.name = "k"}) -> (tensor<6xf32> {dlc.name = "y"}) {
  %extracted = tensor.extract %k[] : tensor<i64>
  %n = arith.index_cast %extracted : i64 to index
  %part = dlc.slice %x [0] sizes(%n) steps [1] : tensor<?xf32> -> tensor<?xf32>
  %e = dlc.exp %part : tensor<?xf32>
  %v = dlc.reshape %e : tensor<?xf32> -> tensor<6xf32> loc("view")
  return %v : tensor<6xf32>
}
