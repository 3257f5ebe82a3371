//===- list-onnx-ops.cpp - the importer's op table, for docs ----*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// A line for each row of the table: "onnx.Gemm 13 2-3 1-1", the name, the
// version since which it means this, how many inputs and outputs it takes. A
// row for a version that took the operator away has no counts.

#include "Frontend/ONNX/Ops.h"
#include "llvm/Support/raw_ostream.h"

using namespace dlc;

static void print(OpRow::Count count) {
  llvm::outs() << " " << count.min << "-";
  if (count.max != kMany)
    llvm::outs() << count.max;
}

int main() {
  onnx::opTable().visit(
      [](llvm::StringRef name, llvm::ArrayRef<const OpRow *> rows) {
        for (const OpRow *row : rows) {
          llvm::outs() << name << " " << row->since;
          if (row->build) {
            print(row->inputs);
            print(row->outputs);
          }
          llvm::outs() << "\n";
        }
      });
  return 0;
}
