//===- Ops.cpp - the ONNX operators by domain -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Frontend/ONNX/Ops.h"
#include "Frontend/ONNX/ReaderTensor.h"
#include "dialects/graph/Graph.h"

#include "mlir/IR/BuiltinTypes.h"

using namespace mlir;
using namespace dlc;

const OpTable &onnx::opTable() {
  static const OpTable table = [] {
    OpTable t;
    for (ArrayRef<OpRow> rows : {arithmeticOps(),
                                 unaryOps(),
                                 activationOps(),
                                 experimentalOps(),
                                 logicOps(),
                                 reductionOps(),
                                 shapeOps(),
                                 movementOps(),
                                 indexingOps(),
                                 searchOps(),
                                 generatorOps(),
                                 windowOps(),
                                 matrixOps(),
                                 normalizationOps(),
                                 attentionOps(),
                                 recurrentOps(),
                                 resizeOps(),
                                 quantizationOps(),
                                 quantizedProductOps(),
                                 lossOps(),
                                 samplingOps(),
                                 unfoldOps(),
                                 signalOps(),
                                 gramOps(),
                                 randomOps(),
                                 microsoftStandardOps(),
                                 controlOps(),
                                 sequenceOps(),
                                 stringOps(),
                                 imageOps()})
      t.add("onnx", rows);
    t.add("ai.onnx.preview", previewOps());
    t.add("ai.onnx.preview.training", trainingOps());
    for (ArrayRef<OpRow> rows :
         {microsoftFusedOps(), microsoftAttentionOps(), microsoftQuantizedOps(),
          microsoftProductOps(), microsoftLinearOps(), microsoftRecurrentOps(),
          microsoftStringOps()})
      t.add("com.microsoft", rows);
    for (ArrayRef<OpRow> rows :
         {mlOps(), mlTreeOps(), mlVectorOps(), mlMapOps()})
      t.add("ai.onnx.ml", rows);
    return t;
  }();
  return table;
}

Type onnx::elementType(MLIRContext *context, int64_t code, bool orComplex) {
  const ElementType *row = ElementType::find(code);
  Type type = row ? row->type(context) : Type();
  bool isNumber = type && !isa<graph::StringType>(type) &&
                  (orComplex || !isa<ComplexType>(type));
  return isNumber ? type : Type();
}
