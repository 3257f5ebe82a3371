//===- Progress.h - a sign of life on a terminal ----------------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLC_DRIVER_PROGRESS_H
#define DLC_DRIVER_PROGRESS_H

#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/MLIRContext.h"
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace dlc {

/// Shows on a terminal which phase a compile is in, once it has taken two
/// seconds. The line gives way to diagnostics and is gone at the end.
class Progress {
public:
  Progress(mlir::MLIRContext &context, unsigned phases);
  ~Progress() { done(); }

  void next(llvm::StringRef phase);
  void done();

private:
  void show();
  void clear();

  mlir::MLIRContext &context;
  unsigned phases;
  bool active;
  mlir::DiagnosticEngine::HandlerID handler = 0;
  std::chrono::steady_clock::time_point start;
  std::mutex mutex; // of all below
  std::condition_variable wake;
  bool stopped = false;
  bool shown = false;
  unsigned number = 0;
  std::string name;
  std::thread thread;
};

} // namespace dlc

#endif // DLC_DRIVER_PROGRESS_H
