// Every output has memory of its own: one value returned twice, an input, a
// constant, a view whose shape other kernels compute.

// RUN: rm -rf %t && mkdir %t && cd %t
// RUN: dlc %s -o model
// RUN: %python -c "import numpy as n; n.save('x', n.arange(6, dtype='f').reshape(2, 3)); n.save('n', n.array(3)); n.save('wrong', n.array(4))"
// RUN: ./model --input x=x.npy --input n=n.npy --output a=a.npy --output b=b.npy --output c=c.npy --output d=d.npy --output e=e.npy
// RUN: %python -c "import numpy as n; print(*[n.load(k + '.npy').tolist() for k in 'abcde'])" | FileCheck %s
// CHECK: {{\[\[}}-0.0, -1.0, -2.0], [-3.0, -4.0, -5.0]] {{\[\[}}-0.0, -1.0, -2.0], [-3.0, -4.0, -5.0]] {{\[\[}}0.0, 1.0, 2.0], [3.0, 4.0, 5.0]] [7.0, 7.0] {{\[\[}}-0.0, -1.0], [-2.0, -3.0], [-4.0, -5.0]]
// RUN: not ./model --input x=x.npy --input n=wrong.npy 2>&1 | FileCheck %s --check-prefix=WRONG
// WRONG: view: 6 elements can't be reshaped to 8

#view = loc("view")
func.func @main(%x: tensor<2x3xf32> {dlc.name = "x"}, %n: tensor<i64> {dlc.name = "n"})
    -> (tensor<2x3xf32> {dlc.name = "a"}, tensor<2x3xf32> {dlc.name = "b"}, tensor<2x3xf32> {dlc.name = "c"},
        tensor<2xf32> {dlc.name = "d"}, tensor<?x2xf32> {dlc.name = "e"}) {
  %0 = dlc.neg %x : tensor<2x3xf32>
  %seven = dlc.constant dense<7.0> : tensor<2xf32>
  %abs = dlc.abs %n : tensor<i64>
  %element = tensor.extract %abs[] : tensor<i64>
  %size = arith.index_cast %element : i64 to index
  %1 = dlc.reshape %0 sizes(%size) : tensor<2x3xf32> -> tensor<?x2xf32> loc(#view)
  return %0, %0, %x, %seven, %1 : tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2xf32>, tensor<?x2xf32>
}
