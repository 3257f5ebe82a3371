// RUN: dlc-opt %s --split-input-file --verify-diagnostics

func.func @name() {
  // expected-error@+1 {{name 'Gemm' should be an operator set, a dot and an operator}}
  graph.node "Gemm"()
  return
}

// -----

func.func @version() {
  // expected-error@+1 {{version 0 should be at least 1}}
  graph.node "onnx.Gemm"() version 0
  return
}

// -----

func.func @names() {
  // expected-error@+1 {{has 1 graphs and 0 names for them}}
  "graph.node"() <{op = "onnx.If", attrs = {}}> ({
    "graph.yield"() : () -> ()
  }) : () -> ()
  return
}

// -----

func.func @argument() {
  // expected-error@+1 {{graph #0 has an argument of type 'i32' where every argument is a '!graph.value'}}
  "graph.node"() <{op = "onnx.If", attrs = {}, graphs = ["body"]}> ({
  ^bb0(%x: i32):
    "graph.yield"() : () -> ()
  }) : () -> ()
  return
}

// -----

func.func @empty() {
  // expected-error@+1 {{graph #0 should have one block}}
  "graph.node"() <{op = "onnx.If", attrs = {}, graphs = ["body"]}> ({
  }) : () -> ()
  return
}

// -----

func.func @terminator() {
  graph.node "onnx.If"() "body" {
    // expected-error@+1 {{block with no terminator}}
    graph.none
  }
  return
}

// -----

func.func @yield(%x: !graph.value) {
  // expected-error@+1 {{expects parent op 'graph.node'}}
  graph.yield %x
}

// -----

func.func @operand(%x: f32) {
  // expected-note@-1 {{prior use here}}
  // expected-error@+1 {{expects different type than prior uses: '!graph.value' vs 'f32'}}
  graph.node "onnx.Relu"(%x)
  return
}
