//===- Logic.cpp - comparisons and operators on bools -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Frontend/Common/TensorDetail.h"
#include "Frontend/ONNX/Ops.h"

using namespace mlir;
using namespace dlc;

template <typename OpT> static Tensors compare(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "A");
  return b.compare<OpT>(x, onnx::secondOperand(b, n, x));
}

template <typename OpT>
static Tensors combine(TensorBuilder &b, NodeArgs &n, bool ofBools) {
  for (Tensor x : n.allInputs())
    if (x && (ofBools ? !x.isBool()
                      : x.isBool() || !isa<IntegerType>(x.elementType())))
      return n.error(Twine("operands must be of ") +
                     (ofBools ? "type bool" : "an integer type") + ", not " +
                     describe(x.elementType()));
  if (n.numInputs() == 1)
    return b.not_(n.input(0));
  return b.binary<OpT>(n.input(0, "A"), onnx::secondOperand(b, n, n.input(0)));
}

template <typename OpT> static Tensors logical(TensorBuilder &b, NodeArgs &n) {
  return combine<OpT>(b, n, /*ofBools=*/true);
}

template <typename OpT> static Tensors bitwise(TensorBuilder &b, NodeArgs &n) {
  return combine<OpT>(b, n, /*ofBools=*/false);
}

static Tensors where(TensorBuilder &b, NodeArgs &n) {
  return b.select(n.input(0, "condition"), n.input(1, "X"), n.input(2, "Y"));
}

ArrayRef<OpRow> onnx::logicOps() {
  static const OpRow rows[] = {
      {"Equal", 1, compare<EqOp>, {2, 2}},
      {"Greater", 1, compare<GtOp>, {2, 2}},
      {"GreaterOrEqual", 12, compare<GeOp>, {2, 2}},
      {"Less", 1, compare<LtOp>, {2, 2}},
      {"LessOrEqual", 12, compare<LeOp>, {2, 2}},
      {"And", 1, logical<AndOp>, {2, 2}},
      {"Or", 1, logical<OrOp>, {2, 2}},
      {"Xor", 1, logical<XorOp>, {2, 2}},
      {"Not", 1, logical<NotOp>},
      {"BitwiseAnd", 18, bitwise<AndOp>, {2, 2}},
      {"BitwiseOr", 18, bitwise<OrOp>, {2, 2}},
      {"BitwiseXor", 18, bitwise<XorOp>, {2, 2}},
      {"BitwiseNot", 18, bitwise<NotOp>},
      {"Where", 9, where, {3, 3}},
  };
  return rows;
}
