//===- ModelObject.h - the dlc_model constant -------------------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLC_TARGET_MODELOBJECT_H
#define DLC_TARGET_MODELOBJECT_H

#include "Target/Emit.h"
#include "Target/ModelInfo.h"

namespace dlc::target {

/// A module that defines the dlc_model of `info`, with all that it points to
/// but the code and the weights.
LLVMModule buildModelModule(const ModelInfo &info, const TargetSpec &spec);

/// The C header of the model: its declaration, the indices of inputs and
/// outputs by name, and in comments their types and shapes.
std::string modelHeader(const ModelInfo &info);

} // namespace dlc::target

#endif // DLC_TARGET_MODELOBJECT_H
