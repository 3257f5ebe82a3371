//===- Link.h - objects to the final file -----------------------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// All files are linked by lld, in this process.
//
// A static library holds the model's objects and the members of the run time's
// archives. Two such libraries link into one program: the linker takes the run
// time's members from whichever comes first and leaves the others.
//
//===----------------------------------------------------------------------===//

#ifndef DLC_TARGET_LINK_H
#define DLC_TARGET_LINK_H

#include "Target/OutputFile.h"
#include "Target/TargetSpec.h"
#include "llvm/ADT/ArrayRef.h"

namespace dlc::target {

enum class LinkKind { Executable, Object, Archive, Shared };

struct LinkRequest {
  LinkKind kind = LinkKind::Executable;
  llvm::Triple triple;
  std::string ident;       // the model's symbol
  std::string sysroot;     // empty: the machine's own
  std::string runtimeRoot; // PREFIX/lib/dlc
  bool isStatic = false;
  bool keepSymbols = false;
  unsigned jobs = 0; // threads; 0: all cores
  /// Of the run time, each further one that the objects call.
  std::vector<std::string> archives;
  std::vector<std::string> objects;
  std::string output; // the final name
};

/// The command line for lld; for an archive, that of an equivalent llvm-ar.
/// Files that the link itself needs are made in `temps`.
llvm::Expected<std::vector<std::string>> linkCommand(const LinkRequest &request,
                                                     TempFiles &temps);

/// Writes to `path` what is to become request.output.
llvm::Error link(const LinkRequest &request, llvm::StringRef path,
                 TempFiles &temps);

} // namespace dlc::target

#endif // DLC_TARGET_LINK_H
