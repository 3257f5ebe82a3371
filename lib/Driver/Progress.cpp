//===- Progress.cpp - a sign of life on a terminal --------------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Driver/Progress.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;
using namespace std::chrono;

namespace dlc {

Progress::Progress(mlir::MLIRContext &context, unsigned phases)
    : context(context), phases(phases),
      active(sys::Process::StandardErrIsDisplayed()),
      start(steady_clock::now()) {
  if (!active)
    return;
  // Runs before the handler that prints, and leaves the diagnostic to it.
  handler = context.getDiagEngine().registerHandler([this](mlir::Diagnostic &) {
    std::lock_guard<std::mutex> lock(mutex);
    clear();
    return failure();
  });
  thread = std::thread([this] {
    std::unique_lock<std::mutex> lock(mutex);
    auto due = start + seconds(2);
    while (!wake.wait_until(lock, due, [this] { return stopped; })) {
      show();
      due = steady_clock::now() + milliseconds(200);
    }
  });
}

void Progress::next(StringRef phase) {
  std::lock_guard<std::mutex> lock(mutex);
  ++number;
  name = phase.str();
}

void Progress::show() {
  double taken = duration<double>(steady_clock::now() - start).count();
  errs() << "\r\033[K[" << number << "/" << phases << "] " << name
         << format(" %.0f s", taken);
  errs().flush();
  shown = true;
}

void Progress::clear() {
  if (shown)
    errs() << "\r\033[K";
  shown = false;
}

void Progress::done() {
  if (!active)
    return;
  active = false;
  {
    std::lock_guard<std::mutex> lock(mutex);
    stopped = true;
    clear();
  }
  wake.notify_all();
  thread.join();
  context.getDiagEngine().eraseHandler(handler);
}

} // namespace dlc
