//===- Dlc.h - the core tensor dialect -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DIALECTS_DLC_DLC_H
#define DIALECTS_DLC_DLC_H

#include "dialects/dlc/ScalarAlgebra.h"
#include "dialects/dlc/SequenceTypes.h"
#include "dialects/dlc/ShapeAlgebra.h"
#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/Interfaces/ControlFlowInterfaces.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/LoopLikeInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "dialects/dlc/DlcDialect.h.inc"
#include "dialects/dlc/DlcEnums.h.inc"
#include "dialects/dlc/DlcInterfaces.h.inc"

#define GET_TYPEDEF_CLASSES
#include "dialects/dlc/DlcTypes.h.inc"

#define GET_OP_CLASSES
#include "dialects/dlc/DlcOps.h.inc"

namespace dlc {

/// Whether elements of this type are strings, see CallOp.
bool isString(mlir::Type element);
/// Their type, and the one that strings of inputs and outputs have.
mlir::Type stringType(mlir::MLIRContext *context);
mlir::Type spelledType(mlir::MLIRContext *context);

} // namespace dlc

#endif // DIALECTS_DLC_DLC_H
