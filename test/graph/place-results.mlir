// What a loop carries has kernels of its own; an insert that nothing else sees stays.
//
// RUN: dlc-opt -split-input-file -dlc-hoist-from-loops -dlc-form-clusters -cse -dlc-place-results %s | FileCheck %s

// CHECK-LABEL: @running_sums
// CHECK-SAME:  (%[[X:.*]]: tensor<?x4xf32>)
// CHECK:       %[[N:.*]] = tensor.dim %[[X]], %c0
// CHECK:       %[[START:.*]] = dlc.cluster() : () -> tensor<1x4xf32>
// CHECK:       %[[ALL:.*]] = dlc.cluster(%[[N]]) sizes(%[[N]])
// CHECK:       %[[LOOP:.*]]:2 = scf.for %[[T:.*]] = %c0 to %[[N]] step %c1
// CHECK-SAME:      iter_args(%[[SUM:.*]] = %[[START]], %[[OUT:.*]] = %[[ALL]])
// CHECK:         %[[NEXT:.*]] = dlc.cluster(%[[X]], %[[T]], %[[SUM]])
// CHECK:           dlc.slice
// CHECK:           dlc.add
// The sum goes to two places.
// CHECK:         %[[COPY:.*]] = dlc.cluster(%[[NEXT]])
// CHECK:           dlc.yield
// CHECK:         %[[WITH:.*]] = dlc.insert %[[COPY]] into %[[OUT]] at %[[T]] axis = 0
// CHECK:         scf.yield %[[NEXT]], %[[WITH]]
// CHECK:       %[[R:.*]] = dlc.cluster(%[[LOOP]]#1) sizes(%[[N]])
// CHECK:       return %[[R]]
func.func @running_sums(%x: tensor<?x4xf32>) -> tensor<?x4xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %n = tensor.dim %x, %c0 : tensor<?x4xf32>
  %zero = dlc.constant dense<0.0> : tensor<f32>
  %start = dlc.broadcast %zero : tensor<f32> -> tensor<1x4xf32>
  %all = dlc.broadcast %zero sizes(%n) : tensor<f32> -> tensor<?x4xf32>
  %0:2 = scf.for %t = %c0 to %n step %c1 iter_args(%sum = %start, %out = %all) -> (tensor<1x4xf32>, tensor<?x4xf32>) {
    %row = dlc.slice %x [%t, 0] steps [1, 1] : tensor<?x4xf32> -> tensor<1x4xf32>
    %next = dlc.add %sum, %row : tensor<1x4xf32>
    %with = dlc.insert %next into %out at %t axis = 0 : tensor<1x4xf32> into tensor<?x4xf32>
    scf.yield %next, %with : tensor<1x4xf32>, tensor<?x4xf32>
  }
  return %0#1 : tensor<?x4xf32>
}

// -----

// Two places start from one value, and an argument is not written to.
// CHECK-LABEL: @starts
// CHECK-SAME:  (%[[X:.*]]: tensor<4xf32>, %{{.*}}: tensor<4xf32>)
// CHECK:       %[[A:.*]] = dlc.cluster(%[[X]])
// CHECK:       %[[B:.*]] = dlc.cluster(%[[X]])
// CHECK:       scf.for {{.*}} iter_args(%[[P:.*]] = %[[A]], %[[Q:.*]] = %[[B]])
// CHECK:         %[[E:.*]] = dlc.cluster(%[[P]])
// CHECK:           dlc.exp
// CHECK:         %[[S:.*]] = dlc.cluster(%[[Q]])
// CHECK:         scf.yield %[[S]], %[[E]]
func.func @starts(%x: tensor<4xf32>, %y: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c9 = arith.constant 9 : index
  %0:2 = scf.for %t = %c0 to %c9 step %c1 iter_args(%p = %x, %q = %x) -> (tensor<4xf32>, tensor<4xf32>) {
    %e = dlc.exp %p : tensor<4xf32>
    scf.yield %q, %e : tensor<4xf32>, tensor<4xf32>
  }
  return %0#0, %0#1 : tensor<4xf32>, tensor<4xf32>
}

// -----

// Memory that a loop fills is there without a kernel; each loop has its own.
// CHECK-LABEL: @empty
// CHECK:       %[[FIRST:.*]] = tensor.empty() : tensor<4x4xf32>
// CHECK-NEXT:  scf.for {{.*}} iter_args(%{{.*}} = %[[FIRST]])
// CHECK:       %[[SECOND:.*]] = tensor.empty() : tensor<4x4xf32>
// CHECK-NEXT:  scf.for {{.*}} iter_args(%{{.*}} = %[[SECOND]])
func.func @empty(%row: tensor<1x4xf32>) -> (tensor<4x4xf32>, tensor<4x4xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c4 = arith.constant 4 : index
  %x = tensor.empty() : tensor<4x4xf32>
  %0 = scf.for %t = %c0 to %c4 step %c1 iter_args(%p = %x) -> (tensor<4x4xf32>) {
    %a = dlc.insert %row into %p at %t axis = 0 : tensor<1x4xf32> into tensor<4x4xf32>
    scf.yield %a : tensor<4x4xf32>
  }
  %1 = scf.for %t = %c0 to %c4 step %c1 iter_args(%p = %x) -> (tensor<4x4xf32>) {
    %n = dlc.neg %row : tensor<1x4xf32>
    %a = dlc.insert %n into %p at %t axis = 0 : tensor<1x4xf32> into tensor<4x4xf32>
    scf.yield %a : tensor<4x4xf32>
  }
  return %0, %1 : tensor<4x4xf32>, tensor<4x4xf32>
}

// -----

// An insert that is read, or along another dimension, is a kernel that copies.
// CHECK-LABEL: @not_in_place
// CHECK:       scf.for
// CHECK:         dlc.cluster
// CHECK:           dlc.insert
// CHECK:         dlc.cluster
// CHECK:           dlc.insert
// CHECK:         dlc.cluster
// CHECK:           dlc.neg
// CHECK:         scf.yield
func.func @not_in_place(%x: tensor<4x4xf32>, %row: tensor<1x4xf32>, %column: tensor<4x1xf32>)
    -> (tensor<4x4xf32>, tensor<4x4xf32>, tensor<4x4xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c4 = arith.constant 4 : index
  %0:3 = scf.for %t = %c0 to %c4 step %c1 iter_args(%p = %x, %q = %x, %r = %x)
      -> (tensor<4x4xf32>, tensor<4x4xf32>, tensor<4x4xf32>) {
    %a = dlc.insert %row into %p at %t axis = 0 : tensor<1x4xf32> into tensor<4x4xf32>
    %b = dlc.insert %column into %q at %t axis = 1 : tensor<4x1xf32> into tensor<4x4xf32>
    %c = dlc.neg %p : tensor<4x4xf32>
    scf.yield %a, %b, %c : tensor<4x4xf32>, tensor<4x4xf32>, tensor<4x4xf32>
  }
  return %0#0, %0#1, %0#2 : tensor<4x4xf32>, tensor<4x4xf32>, tensor<4x4xf32>
}

// -----

// What is appended is stored in place, what changes its shape has a kernel, and
// neither changes what the loop starts from.
// CHECK-LABEL: @appends
// CHECK-SAME:  (%[[X:.*]]: tensor<?x4xf32>, %[[N:.*]]: index, %[[GO:.*]]: i1)
// CHECK:       %[[LOOP:.*]]:2 = dlc.loop %[[N]] while %[[GO]](%[[X]], %[[X]])
// CHECK-NEXT:  ^bb0(%{{.*}}: index, %[[P:.*]]: tensor<?x4xf32>, %[[Q:.*]]: tensor<?x4xf32>):
// CHECK:         %[[PART:.*]] = dlc.cluster(%[[X]])
// CHECK:           dlc.exp
// CHECK:         %[[ALL:.*]] = dlc.concat %[[P]], %[[PART]] axis = 0
// CHECK:         %[[BOTH:.*]] = dlc.cluster(%[[P]], %[[Q]])
// CHECK:           dlc.concat
// CHECK:         dlc.yield %[[GO]], %[[ALL]], %[[BOTH]]
// CHECK:       %[[R:.*]] = dlc.cluster(%[[LOOP]]#0)
func.func @appends(%x: tensor<?x4xf32>, %n: index, %go: i1) -> (tensor<?x4xf32>, tensor<?x4xf32>) {
  %0:2 = dlc.loop %n while %go (%x, %x) : (tensor<?x4xf32>, tensor<?x4xf32>) -> (tensor<?x4xf32>, tensor<?x4xf32>) {
  ^bb0(%i: index, %p: tensor<?x4xf32>, %q: tensor<?x4xf32>):
    %e = dlc.exp %x : tensor<?x4xf32>
    %all = dlc.concat %p, %e axis = 0 : (tensor<?x4xf32>, tensor<?x4xf32>) -> tensor<?x4xf32>
    %both = dlc.concat %p, %q axis = 0 : (tensor<?x4xf32>, tensor<?x4xf32>) -> tensor<?x4xf32>
    dlc.yield %go, %all, %both : i1, tensor<?x4xf32>, tensor<?x4xf32>
  }
  return %0#0, %0#1 : tensor<?x4xf32>, tensor<?x4xf32>
}

// -----

// A kernel whose result may turn out larger than its view does not write to the view's place:
// that they agree is only checked behind it.
// CHECK-LABEL: @views
// CHECK:       %[[E:.*]] = dlc.cluster{{.*}} -> tensor<?xf32>
// CHECK:         dlc.exp
// CHECK:       %[[V:.*]] = dlc.reshape %[[E]] : tensor<?xf32> -> tensor<6xf32>
// CHECK:       dlc.loop
// CHECK:         %[[F:.*]] = dlc.cluster{{.*}} -> tensor<?xf32>
// CHECK:         %[[W:.*]] = dlc.reshape %[[F]] : tensor<?xf32> -> tensor<6xf32>
// CHECK:         %[[NEXT:.*]] = dlc.cluster(%[[W]])
// CHECK:         dlc.yield %{{.*}}, %[[NEXT]]
// CHECK:       %[[R:.*]] = dlc.cluster(%[[V]])
// CHECK:       return %[[R]]
func.func @views(%x: tensor<?xf32>, %k: tensor<i64>, %s: tensor<6xf32>, %go: i1) -> (tensor<6xf32>, tensor<6xf32>) {
  %extracted = tensor.extract %k[] : tensor<i64>
  %n = arith.index_cast %extracted : i64 to index
  %part = dlc.slice %x [0] sizes(%n) steps [1] : tensor<?xf32> -> tensor<?xf32>
  %e = dlc.exp %part : tensor<?xf32>
  %v = dlc.reshape %e : tensor<?xf32> -> tensor<6xf32>
  %0 = dlc.loop %n while %go (%s) : (tensor<6xf32>) -> tensor<6xf32> {
  ^bb0(%i: index, %p: tensor<6xf32>):
    %t = dlc.slice %x [0] sizes(%i) steps [1] : tensor<?xf32> -> tensor<?xf32>
    %f = dlc.neg %t : tensor<?xf32>
    %w = dlc.reshape %f : tensor<?xf32> -> tensor<6xf32>
    dlc.yield %go, %w : i1, tensor<6xf32>
  }
  return %v, %0 : tensor<6xf32>, tensor<6xf32>
}

// -----

// Where only the inputs' sizes decide, that is checked when the run starts.
// CHECK-LABEL: @inputs
// CHECK:       %[[E:.*]] = dlc.cluster
// CHECK:         dlc.exp
// CHECK:       %[[V:.*]] = dlc.reshape %[[E]]
// CHECK-NEXT:  return %[[V]]
func.func @inputs(%x: tensor<?xf32>) -> tensor<6xf32> {
  %e = dlc.exp %x : tensor<?xf32>
  %v = dlc.reshape %e : tensor<?xf32> -> tensor<6xf32>
  return %v : tensor<6xf32>
}
