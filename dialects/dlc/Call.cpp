//===- Call.cpp - functions of the run time, strings -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/dlc/Dlc.h"

#include "llvm/ADT/StringSwitch.h"

using namespace mlir;
using namespace dlc;

bool dlc::isString(Type element) { return element.isSignedInteger(64); }

Type dlc::stringType(MLIRContext *context) {
  return IntegerType::get(context, 64, IntegerType::Signed);
}

Type dlc::spelledType(MLIRContext *context) {
  return IntegerType::get(context, 128);
}

/// How many tensors a function takes; 0: there is none of the name.
static unsigned arity(StringRef function) {
  return llvm::StringSwitch<unsigned>(function)
      .Cases({"string_intern", "string_spell", "string_rank"}, 1)
      .Cases({"string_lower", "string_upper"}, 1)
      .Cases({"string_concat", "string_match"}, 2)
      .Cases({"string_parse_real", "string_parse_integer"}, 2)
      .Cases({"string_format_real", "string_format_integer"}, 2)
      .Cases({"string_split_count", "string_split"}, 3)
      .Case("string_token_count", 3)
      .Case("string_tokens", 4)
      .Case("image_size", 1)
      .Case("image_decode", 2)
      .Default(0);
}

LogicalResult CallOp::verify() {
  unsigned takes = arity(getFunction());
  if (takes == 0)
    return emitOpError("'")
           << getFunction() << "' is no function of the run time";
  if (getInputs().size() != takes)
    return emitOpError("'") << getFunction() << "' takes " << takes
                            << " tensors, not " << getInputs().size();
  Type spelled = spelledType(getContext());
  for (Value input : getInputs())
    if (typeOf(input).getElementType() == spelled &&
        getFunction() != "string_intern")
      return emitOpError("does not take elements of type ") << spelled;
  if ((getType().getElementType() == spelled) !=
      (getFunction() == "string_spell"))
    return emitOpError("does not give elements of type ")
           << getType().getElementType();
  return verifySizes(*this, getType(), getSizes());
}

LogicalResult CallOp::reifyResultShapes(OpBuilder &builder,
                                        ReifiedRankedShapedTypeDims &result) {
  result.push_back(mixedSizes(getType(), getSizes()));
  return success();
}
