//===- ReaderOrder.h - which nodes come before which ------------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLC_FRONTEND_ONNX_READERORDER_H
#define DLC_FRONTEND_ONNX_READERORDER_H

#include "Frontend/ONNX/ReaderProto.h"
#include "llvm/ADT/DenseMap.h"
#include <vector>

namespace dlc::onnx {

/// Which nodes of one graph need which: for their inputs, and for what the
/// graphs in their attributes take from around them. A node that does not parse
/// needs nothing: reading it tells why.
class NodeNeeds {
public:
  NodeNeeds(llvm::ArrayRef<char> file, llvm::ArrayRef<proto::Span> spans);

  /// As they are in the file, but each node behind those that it needs. The
  /// standard demands that order of a file; some converters do not keep it.
  /// What a cycle holds up comes last, a node of the cycle first.
  std::vector<size_t> order() const;

  /// Whether a node of this graph gives the value.
  bool gives(llvm::StringRef name) const { return producers.contains(name); }

private:
  size_t nodeOfCycle(const std::vector<bool> &placed, size_t from) const;

  std::vector<llvm::SmallVector<size_t, 4>> needs;
  llvm::DenseMap<llvm::StringRef, size_t> producers;
};

} // namespace dlc::onnx

#endif // DLC_FRONTEND_ONNX_READERORDER_H
