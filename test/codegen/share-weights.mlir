// Gathers read a product's panels where those hold their table.
//
// RUN: %python %S/Inputs/share-weights.py | dlc-opt -dlc-share-weights -mlir-elide-elementsattrs-if-larger=8 | FileCheck %s

// 120 rows are the columns of four panels of 32; what fills the last one up is
// cut off.
// CHECK-LABEL: func.func @tied
// CHECK-NOT:     tensor<120x140xf32>{{$}}
// CHECK:         %[[PANELS:.*]] = dlc.constant {{.*}} : tensor<4x140x32xf32>
// CHECK:         %[[TURNED:.*]] = dlc.transpose %[[PANELS]] [0, 2, 1] : tensor<4x140x32xf32> -> tensor<4x32x140xf32>
// CHECK-NEXT:    %[[ROWS:.*]] = dlc.reshape %[[TURNED]] : tensor<4x32x140xf32> -> tensor<128x140xf32>
// CHECK-NEXT:    %[[TABLE:.*]] = dlc.slice %[[ROWS]] [0, 0] steps [1, 1] : tensor<128x140xf32> -> tensor<120x140xf32>
// CHECK-NEXT:    dlc.gather %[[TABLE]], %{{.*}} axis = 0
// CHECK:         dlc.matmul %{{.*}}, %{{.*}} packed 120

// One element differs.
// CHECK-LABEL: func.func @other
// CHECK:         %[[TABLE:.*]] = dlc.constant {{.*}} : tensor<120x140xf32>
// CHECK-NOT:     dlc.transpose
// CHECK:         dlc.gather %[[TABLE]]

// The table is there anyway: something else reads it.
// CHECK-LABEL: func.func @read
// CHECK:         %[[TABLE:.*]] = dlc.constant {{.*}} : tensor<120x140xf32>
// CHECK-NOT:     dlc.transpose
// CHECK:         dlc.gather %[[TABLE]]
