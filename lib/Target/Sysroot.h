//===- Sysroot.h - where the C library and the run time are -----*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLC_TARGET_SYSROOT_H
#define DLC_TARGET_SYSROOT_H

#include "llvm/Support/Error.h"
#include "llvm/TargetParser/Triple.h"
#include <string>
#include <vector>

namespace dlc::target {

/// A C library as the linker needs it.
struct CLibrary {
  bool isMusl = false;
  std::string crtBegin, crtInit, crtEnd; // crt1.o, crti.o, crtn.o
  std::string dynamicLinker;             // empty: linked statically
  std::vector<std::string> searchPaths;
  std::string compilerRuntime; // libgcc.a or the like; empty: none found
};

enum class CrtKind { Pie, Static, Shared };

/// Finds the C library for the triple under `sysroot` in the places where the
/// distributions put it; no compiler is asked.
llvm::Expected<CLibrary> findCLibrary(const llvm::Triple &triple,
                                      llvm::StringRef sysroot, CrtKind kind,
                                      bool musl);

/// An archive of ours, e.g. "libdlc_rt.a", below `root` (PREFIX/lib/dlc).
llvm::Expected<std::string> findRuntimeArchive(const llvm::Triple &triple,
                                               llvm::StringRef root, bool musl,
                                               llvm::StringRef name);

} // namespace dlc::target

#endif // DLC_TARGET_SYSROOT_H
