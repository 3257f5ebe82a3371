//===- View.cpp - strided views of a kernel's inputs -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Codegen/CPU/View.h"

using namespace mlir;
using namespace dlc;
using namespace dlc::cpu;

View cpu::viewOf(Kernel &kernel, Value tensor) {
  IndexMath m = kernel.math();
  if (Value memory = kernel.emitter.getMemory(tensor)) {
    SmallVector<Value> sizes = kernel.emitter.sizes(tensor);
    View view{memory, m.cst(0), SmallVector<Value>(sizes.size())};
    Value stride = m.cst(1);
    for (int64_t d = sizes.size(); d-- > 0;) {
      view.strides[d] = stride;
      stride = m.mul(stride, sizes[d]);
    }
    return view;
  }
  if (auto op = tensor.getDefiningOp<TransposeOp>()) {
    View from = viewOf(kernel, op.getInput());
    View view{from.memory, from.offset, {}};
    for (int64_t p : op.getPermutation())
      view.strides.push_back(from.strides[p]);
    return view;
  }
  auto op = cast<SliceOp>(tensor.getDefiningOp());
  View view = viewOf(kernel, op.getInput());
  for (auto [d, offset, step] :
       llvm::enumerate(op.getMixedOffsets(), op.getSteps())) {
    view.offset = m.add(view.offset, m.mul(m.value(offset), view.strides[d]));
    view.strides[d] = m.mul(view.strides[d], step);
  }
  return view;
}
