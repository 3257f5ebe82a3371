//===- TargetSpec.h - what machine the code is for --------------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A TargetSpec is the user's -target, -march and -mattr once they are checked:
// everything that a TargetMachine needs, as plain values.
//
// The run time compares a list of features with CPUID before it enters the
// code. For that list to be complete the code is compiled without the few x86
// extensions that LLVM uses on its own and that the list doesn't name.
//
//===----------------------------------------------------------------------===//

#ifndef DLC_TARGET_TARGETSPEC_H
#define DLC_TARGET_TARGETSPEC_H

#include "llvm/Support/Error.h"
#include "llvm/TargetParser/Triple.h"
#include <memory>
#include <string>
#include <vector>

namespace llvm {
class TargetMachine;
} // namespace llvm

namespace dlc::target {

struct TargetSpec {
  llvm::Triple triple;
  std::string cpu;      // LLVM's name
  std::string features; // LLVM's form: "+avx2,-gfni"
  std::string label;    // for people: "znver4", "x86-64-v4", "rv64gcv"
  unsigned optLevel = 3;
};

/// Makes all of LLVM's targets available; cheap when called again.
void initializeTargets();

/// The triple of the machine that the compiler runs on.
llvm::Triple hostTriple();

/// Checks the names that a user gave. An empty `triple` is the host, an empty
/// `arch` the host's processor, or a generic one for another architecture.
/// `arch` is what -march= or -mcpu= take, `attrs` what -mattr= takes.
llvm::Expected<TargetSpec> resolveTarget(llvm::StringRef triple,
                                         llvm::StringRef arch,
                                         llvm::StringRef attrs,
                                         unsigned optLevel);

/// Whether objects can be made and linked: LLVM has many more targets, which
/// can be had as text.
bool canLink(const llvm::Triple &triple);

/// What a processor must have to run the code, e.g. "avx2,fma": the `features`
/// of dlc_code. Empty for architectures that the run time doesn't check.
std::string requiredFeatures(const TargetSpec &spec);

std::unique_ptr<llvm::TargetMachine>
createTargetMachine(const TargetSpec &spec);

} // namespace dlc::target

#endif // DLC_TARGET_TARGETSPEC_H
