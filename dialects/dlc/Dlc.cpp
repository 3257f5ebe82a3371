//===- Dlc.cpp - the core tensor dialect -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/dlc/Dlc.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/DialectImplementation.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/Interfaces/ViewLikeInterface.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace dlc;

#include "dialects/dlc/DlcDialect.cpp.inc"
#include "dialects/dlc/DlcEnums.cpp.inc"
#include "dialects/dlc/DlcInterfaces.cpp.inc"

#define GET_TYPEDEF_CLASSES
#include "dialects/dlc/DlcTypes.cpp.inc"

#define GET_OP_CLASSES
#include "dialects/dlc/DlcOps.cpp.inc"

void DlcDialect::initialize() {
  addTypes<
#define GET_TYPEDEF_LIST
#include "dialects/dlc/DlcTypes.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "dialects/dlc/DlcOps.cpp.inc"
      >();
}

Operation *DlcDialect::materializeConstant(OpBuilder &builder, Attribute value,
                                           Type type, Location loc) {
  if (auto elements = dyn_cast<ElementsAttr>(value);
      elements && elements.getType() == type)
    return ConstantOp::create(builder, loc, elements);
  return arith::ConstantOp::materialize(builder, value, type, loc);
}

unsigned dlc::elementBits(Type element) {
  auto complex = dyn_cast<ComplexType>(element);
  if (complex)
    element = complex.getElementType();
  unsigned bits = element.isIntOrFloat() ? element.getIntOrFloatBitWidth() : 0;
  return complex ? 2 * bits : bits;
}

LogicalResult BitcastOp::verify() {
  unsigned bits = elementBits(typeOf(getX()).getElementType());
  if (bits != 0 && bits == elementBits(getType().getElementType()))
    return success();
  return emitOpError("needs types of one width, not ")
         << getX().getType() << " and " << getType();
}
