//===- TargetSpec.cpp - what machine the code is for ------------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Target/TargetSpec.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/Target/TargetOptions.h"
#include "llvm/TargetParser/AArch64TargetParser.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/RISCVISAInfo.h"
#include <mutex>

using namespace llvm;

namespace dlc::target {
namespace {

Error makeError(const Twine &message) {
  return createStringError(inconvertibleErrorCode(), message);
}

// What the run time checks by CPUID, by LLVM's names.
constexpr StringLiteral checkedOnX86[] = {
    "sse3",         "ssse3",
    "sse4.1",       "sse4.2",
    "popcnt",       "avx",
    "avx2",         "fma",
    "bmi",          "bmi2",
    "lzcnt",        "movbe",
    "f16c",         "avx512f",
    "avx512cd",     "avx512dq",
    "avx512bw",     "avx512vl",
    "avx512vnni",   "avx512bf16",
    "avx512fp16",   "avx512ifma",
    "avx512vbmi",   "avx512vbmi2",
    "avx512bitalg", "avx512vpopcntdq",
    "avxvnni",      "amx-tile",
    "amx-int8",     "amx-bf16",
    "amx-fp16",
};

// What LLVM would use unasked, and what is not worth a check of its own.
constexpr StringLiteral unusedOnX86[] = {
    "gfni",    "sse4a",       "xop",          "fma4",         "tbm",
    "avx10.1", "avx10.2",     "egpr",         "ppx",          "push2pop2",
    "ndd",     "ccmp",        "nf",           "cf",           "zu",
    "avxifma", "avxvnniint8", "avxvnniint16", "avxneconvert",
};

std::string nearest(StringRef name, ArrayRef<std::string> candidates) {
  unsigned best = std::max<unsigned>(2, name.size() / 3) + 1;
  std::string result;
  for (const std::string &candidate : candidates) {
    unsigned distance = name.edit_distance(candidate, true, best);
    if (distance < best) {
      best = distance;
      result = candidate;
    }
  }
  return result;
}

Error unknownName(const Twine &what, StringRef name,
                  ArrayRef<std::string> candidates) {
  std::string near = nearest(name, candidates);
  return makeError("unknown " + what + " '" + name + "'" +
                   (near.empty() ? "" : "; did you mean '" + near + "'?"));
}

Expected<const Target *> findTarget(const Triple &triple) {
  initializeTargets();
  std::string error;
  if (const Target *target = TargetRegistry::lookupTarget(triple, error))
    return target;
  return makeError("unknown target '" + triple.str() +
                   "'; expected an LLVM triple such as 'x86_64-linux-gnu' or "
                   "'aarch64-linux-gnu'");
}

std::unique_ptr<MCSubtargetInfo> subtarget(const Target &target,
                                           const Triple &triple, StringRef cpu,
                                           StringRef features) {
  return std::unique_ptr<MCSubtargetInfo>(
      target.createMCSubtargetInfo(triple, cpu, features));
}

bool hasFeature(const MCSubtargetInfo &info, StringRef name) {
  for (const SubtargetFeatureKV &feature : info.getAllProcessorFeatures())
    if (name == feature.Key)
      return info.getFeatureBits().test(feature.Value);
  return false;
}

bool isHostArchitecture(const Triple &triple) {
  return triple.getArch() == hostTriple().getArch();
}

std::vector<std::string> hostFeatures() {
  std::vector<std::string> features;
  for (const auto &feature : sys::getHostCPUFeatures())
    features.push_back((feature.second ? "+" : "-") + feature.first().str());
  llvm::sort(features); // a StringMap's order is no order
  return features;
}

// A processor for those who name an architecture only.
std::string baselineCpu(const Triple &triple) {
  if (triple.getArch() == Triple::x86_64)
    return "x86-64";
  return triple.isRISCV64() ? "generic-rv64" : "generic";
}

// Architectures that -march= names by extensions: armv8.2-a, rv64gcv.
bool parseArchitecture(const Triple &triple, StringRef arch, TargetSpec &spec,
                       std::vector<std::string> &features) {
  if (triple.isAArch64() && arch.starts_with("armv")) {
    const AArch64::ArchInfo *info = AArch64::parseArch(arch);
    if (info)
      features.push_back(info->ArchFeature.str());
    return info;
  }
  if (triple.isRISCV() && arch.starts_with("rv")) {
    auto info = RISCVISAInfo::parseArchString(arch, true);
    if (!info) {
      consumeError(info.takeError());
      return false;
    }
    for (std::string &feature : (*info)->toFeatures())
      features.push_back(std::move(feature));
    return true;
  }
  return false;
}

Error resolveArch(const MCSubtargetInfo &info, StringRef arch, TargetSpec &spec,
                  std::vector<std::string> &features) {
  const Triple &triple = spec.triple;
  bool host = isHostArchitecture(triple);
  if (arch == "native" && !host)
    return makeError("'native' is a " + hostTriple().getArchName() +
                     " processor, but the target is '" + triple.str() + "'");
  spec.cpu = baselineCpu(triple);
  if (arch == "native" || (arch.empty() && host)) {
    spec.cpu = spec.label = sys::getHostCPUName().str();
    features = hostFeatures();
    return Error::success();
  }
  spec.label = arch.empty() ? spec.cpu : arch.str();
  if (arch.empty()) {
    if (triple.isRISCV64())
      features = {"+m", "+a", "+f", "+d", "+c"};
    return Error::success();
  }
  if (parseArchitecture(triple, arch, spec, features))
    return Error::success();
  std::vector<std::string> names{"native"};
  for (const SubtargetSubTypeKV &cpu : info.getAllProcessorDescriptions())
    names.push_back(StringRef(cpu.Key).str());
  if (!is_contained(names, arch))
    return unknownName("processor", arch, names);
  spec.cpu = arch.str();
  return Error::success();
}

Error addAttributes(const MCSubtargetInfo &info, StringRef attrs,
                    std::vector<std::string> &features) {
  std::vector<std::string> names;
  for (const SubtargetFeatureKV &feature : info.getAllProcessorFeatures())
    names.push_back(StringRef(feature.Key).str());
  SmallVector<StringRef> tokens;
  attrs.split(tokens, ',', -1, false);
  for (StringRef token : tokens) {
    StringRef name = token;
    bool off = name.consume_front("-");
    if (!off)
      name.consume_front("+");
    if (!is_contained(names, name))
      return unknownName("processor feature", name, names);
    features.push_back((off ? "-" : "+") + name.str());
  }
  return Error::success();
}

} // namespace

void initializeTargets() {
  static std::once_flag once;
  std::call_once(once, [] {
    InitializeAllTargetInfos();
    InitializeAllTargets();
    InitializeAllTargetMCs();
    InitializeAllAsmPrinters();
    InitializeAllAsmParsers();
  });
}

Triple hostTriple() { return Triple(sys::getProcessTriple()); }

Expected<TargetSpec> resolveTarget(StringRef triple, StringRef arch,
                                   StringRef attrs, unsigned optLevel) {
  TargetSpec spec;
  spec.optLevel = optLevel;
  spec.triple =
      triple.empty() ? hostTriple() : Triple(Triple::normalize(triple));
  Expected<const Target *> target = findTarget(spec.triple);
  if (!target)
    return target.takeError();
  auto base = subtarget(**target, spec.triple, "", "");
  if (!base)
    return makeError("target '" + spec.triple.str() +
                     "' has no code generator in this build of LLVM");
  std::vector<std::string> features;
  if (Error error = resolveArch(*base, arch, spec, features))
    return error;
  if (spec.triple.isX86()) {
    auto info = subtarget(**target, spec.triple, spec.cpu, join(features, ","));
    for (StringRef name : unusedOnX86)
      if (hasFeature(*info, name))
        features.push_back("-" + name.str());
  }
  if (Error error = addAttributes(*base, attrs, features))
    return error;
  spec.features = join(features, ",");
  return spec;
}

bool canLink(const Triple &triple) {
  return triple.isOSBinFormatELF() && !triple.isX32() &&
         (triple.getArch() == Triple::x86_64 ||
          triple.getArch() == Triple::aarch64 ||
          triple.getArch() == Triple::riscv64);
}

std::string requiredFeatures(const TargetSpec &spec) {
  Expected<const Target *> target = findTarget(spec.triple);
  if (!target) {
    consumeError(target.takeError());
    return "";
  }
  if (!spec.triple.isX86())
    return "";
  auto info = subtarget(**target, spec.triple, spec.cpu, spec.features);
  std::vector<std::string> required;
  for (StringRef name : checkedOnX86)
    if (hasFeature(*info, name))
      required.push_back(name.str());
  for (StringRef name : unusedOnX86) // only when the user asked for it
    if (hasFeature(*info, name))
      required.push_back(name.str());
  return join(required, ",");
}

std::unique_ptr<TargetMachine> createTargetMachine(const TargetSpec &spec) {
  Expected<const Target *> target = findTarget(spec.triple);
  if (!target) {
    consumeError(target.takeError());
    return nullptr;
  }
  TargetOptions options;
  options.FunctionSections = true;
  options.DataSections = true;
  if (spec.triple.isRISCV64())
    options.MCOptions.ABIName = "lp64d";
  auto level = static_cast<CodeGenOptLevel>(std::min(spec.optLevel, 3u));
  return std::unique_ptr<TargetMachine>((*target)->createTargetMachine(
      spec.triple, spec.cpu, spec.features, options, Reloc::PIC_, std::nullopt,
      level));
}

} // namespace dlc::target
