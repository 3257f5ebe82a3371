//===- SequenceTypes.h - the types of sequences and optionals ---*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DIALECTS_DLC_SEQUENCETYPES_H
#define DIALECTS_DLC_SEQUENCETYPES_H

#include "mlir/IR/BuiltinTypes.h"

namespace dlc {

bool isSequenceOrOptional(mlir::Type type);
/// The sequence's type, or that of what an optional holds; null for an optional
/// tensor and whatever is no sequence.
mlir::Type sequenceIn(mlir::Type type);
/// The type of a sequence's tensors, or of an optional's: ranked, unranked, or
/// of no tensor yet a scalar or none.
mlir::Type tensorsOf(mlir::Type type);
/// The element type of those.
mlir::Type scalarOf(mlir::Type type);

/// The type of both; null where there is none. Of tensors, sequences and
/// optionals; each tensor of either type is one of the result.
mlir::Type joinTypes(mlir::Type a, mlir::Type b);
/// A sequence's or optional's type that says nothing of its tensors but what
/// elements they have.
mlir::Type openedType(mlir::Type type);

} // namespace dlc

#endif // DIALECTS_DLC_SEQUENCETYPES_H
