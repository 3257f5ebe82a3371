// RUN: dlc-opt -split-input-file -verify-diagnostics %s

func.func @rank(%args: !llvm.ptr) {
  // expected-error @+1 {{result #0 must be 1D memref of any type values or index, but got 'memref<?x?xf32>'}}
  %0 = rt.arg %args[0] : memref<?x?xf32>
  return
}

// -----

func.func @argument(%frame: !llvm.ptr, %n: index, %x: f32) {
  // expected-error @+1 {{operand #3 must be variadic of pointer or index, but got 'f32'}}
  rt.launch %frame, @kernel[%n, %n] (%x) : f32 at "" kind ""
  return
}
