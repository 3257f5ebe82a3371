//===- Sysroot.cpp - where the C library and the run time are ---*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Target/Sysroot.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/TargetParser/Host.h"

using namespace llvm;

namespace dlc::target {
namespace {

// "x86_64-linux-gnu": what Debian names its folders by.
std::string multiarch(const Triple &triple, bool musl) {
  return (Triple::getArchTypeName(triple.getArch()) + "-linux-" +
          (musl ? "musl" : "gnu"))
      .str();
}

std::string join(StringRef a, const Twine &b, const Twine &c = "") {
  SmallString<128> path(a);
  sys::path::append(path, b, c);
  return path.str().str();
}

// The folders that may hold a C library, the likeliest first.
std::vector<std::string> libraryFolders(const Triple &triple, StringRef sysroot,
                                        bool musl) {
  std::string tuple = multiarch(triple, musl);
  StringRef root = sysroot.empty() ? "/" : sysroot;
  std::vector<std::string> folders{
      join(root, "usr/lib", tuple), // Debian
      join(root, "lib", tuple),
      join(root, "usr", tuple) + "/lib", // Debian's cross packages
  };
  bool foreign = sysroot.empty() &&
                 Triple(sys::getProcessTriple()).getArch() != triple.getArch();
  if (musl) {
    folders.push_back(join(root, "usr/local/musl/lib"));
    folders.push_back(join(root, "usr/lib/musl/lib"));
  }
  // Plain names belong to the machine's own library. glibc lives in them on
  // most distributions, musl on Alpine or in a sysroot of its own.
  if (!foreign &&
      (!musl || !sysroot.empty() || Triple(sys::getProcessTriple()).isMusl()))
    for (const char *name : {"usr/lib64", "lib64", "usr/lib", "lib"})
      folders.push_back(join(root, name));
  std::erase_if(folders, [](const std::string &folder) {
    return !sys::fs::is_directory(folder);
  });
  return folders;
}

std::string dynamicLinker(const Triple &triple, bool musl) {
  StringRef arch = Triple::getArchTypeName(triple.getArch());
  if (musl)
    return ("/lib/ld-musl-" + arch + ".so.1").str();
  switch (triple.getArch()) {
  case Triple::x86_64:
    return "/lib64/ld-linux-x86-64.so.2";
  case Triple::riscv64:
    return "/lib/ld-linux-riscv64-lp64d.so.1";
  default:
    return ("/lib/ld-linux-" + arch + ".so.1").str();
  }
}

// Helpers that code for some processors calls (half precision conversions) are
// in the compiler's own library.
std::string findCompilerRuntime(const Triple &triple, StringRef sysroot) {
  StringRef root = sysroot.empty() ? "/" : sysroot;
  std::string tuple = multiarch(triple, false);
  std::string best;
  for (const char *base : {"usr/lib/gcc", "usr/lib/gcc-cross"}) {
    std::error_code code;
    unsigned bestVersion = 0;
    for (sys::fs::directory_iterator it(join(root, base, tuple), code), end;
         it != end && !code; it.increment(code)) {
      unsigned version = 0;
      StringRef name = sys::path::filename(it->path());
      std::string archive = join(it->path(), "libgcc.a");
      if (!name.consumeInteger(10, version) && version > bestVersion &&
          sys::fs::exists(archive)) {
        bestVersion = version;
        best = archive;
      }
    }
  }
  return best;
}

std::string advice(const Triple &triple, StringRef sysroot, bool musl) {
  if (!sysroot.empty())
    return "is '" + sysroot.str() + "' a complete sysroot?";
  if (musl)
    return "install musl-dev, or give --sysroot=DIR";
  return "install libc6-dev, or give --sysroot=DIR";
}

} // namespace

Expected<CLibrary> findCLibrary(const Triple &triple, StringRef sysroot,
                                CrtKind kind, bool musl) {
  CLibrary library;
  library.isMusl = musl;
  library.searchPaths = libraryFolders(triple, sysroot, musl);
  StringRef crt = kind == CrtKind::Pie ? "Scrt1.o" : "crt1.o";
  for (const std::string &folder : library.searchPaths) {
    if (!sys::fs::exists(join(folder, crt)))
      continue;
    library.crtBegin = join(folder, crt);
    library.crtInit = join(folder, "crti.o");
    library.crtEnd = join(folder, "crtn.o");
    break;
  }
  if (library.crtBegin.empty())
    return createStringError("cannot find the C library for '" + triple.str() +
                             "' (no " + crt +
                             "): " + advice(triple, sysroot, musl));
  if (kind != CrtKind::Static)
    library.dynamicLinker = dynamicLinker(triple, musl);
  library.compilerRuntime = findCompilerRuntime(triple, sysroot);
  return library;
}

Expected<std::string> findRuntimeArchive(const Triple &triple, StringRef root,
                                         bool musl, StringRef name) {
  std::string path = join(root, multiarch(triple, musl), name);
  if (sys::fs::exists(path))
    return path;
  StringRef what = name == "libdlc_image.a" ? ", the decoders of images" : "";
  return createStringError("cannot find dlc's run time for '" +
                           multiarch(triple, musl) + "': no file '" + path +
                           "'" + what);
}

} // namespace dlc::target
