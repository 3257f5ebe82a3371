//===- Ops.cpp - the ONNX operators by domain -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Frontend/ONNX/Ops.h"

#include "mlir/IR/BuiltinTypes.h"

using namespace mlir;
using namespace dlc;

const OpTable &onnx::opTable() {
  static const OpTable table = [] {
    OpTable t;
    for (ArrayRef<OpRow> rows : {arithmeticOps(), unaryOps(), activationOps(),
                                 logicOps(), reductionOps(), shapeOps(),
                                 movementOps(), indexingOps(), generatorOps()})
      t.add("onnx", rows);
    return t;
  }();
  return table;
}

Type onnx::elementType(MLIRContext *context, int64_t code) {
  auto integer = [&](unsigned bits, bool isUnsigned = false) -> Type {
    return IntegerType::get(context, bits,
                            isUnsigned ? IntegerType::Unsigned
                                       : IntegerType::Signless);
  };
  switch (code) {
  case 1:
    return Float32Type::get(context);
  case 2:
    return integer(8, true);
  case 3:
    return integer(8);
  case 4:
    return integer(16, true);
  case 5:
    return integer(16);
  case 6:
    return integer(32);
  case 7:
    return integer(64);
  case 9:
    return integer(1);
  case 10:
    return Float16Type::get(context);
  case 11:
    return Float64Type::get(context);
  case 12:
    return integer(32, true);
  case 13:
    return integer(64, true);
  case 16:
    return BFloat16Type::get(context);
  case 17:
    return Float8E4M3FNType::get(context);
  case 18:
    return Float8E4M3FNUZType::get(context);
  case 19:
    return Float8E5M2Type::get(context);
  case 20:
    return Float8E5M2FNUZType::get(context);
  case 21:
    return integer(4, true);
  case 22:
    return integer(4);
  case 23:
    return Float4E2M1FNType::get(context);
  case 24:
    return Float8E8M0FNUType::get(context);
  case 25:
    return integer(2, true);
  case 26:
    return integer(2);
  default:
    return {};
  }
}
