//===- Link.cpp - objects to the final file ---------------------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Target/Link.h"
#include "Target/Sysroot.h"
#include "lld/Common/Driver.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/Object/Archive.h"
#include "llvm/Object/ArchiveWriter.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/StringSaver.h"
#include "llvm/Support/raw_ostream.h"

LLD_HAS_DRIVER(elf)

using namespace llvm;

namespace dlc::target {
namespace {

using Command = std::vector<std::string>;

// What a shared library offers besides its model: the calls of dlc/runtime.h.
constexpr const char *exportedCalls[] = {
    "dlc_context_create", "dlc_context_destroy", "dlc_run",
    "dlc_last_error",     "dlc_dtype_size",      "dlc_dtype_name",
};

void append(Command &command, std::initializer_list<StringRef> args) {
  for (StringRef arg : args)
    command.push_back(arg.str());
}

void appendAll(Command &command, ArrayRef<std::string> args) {
  command.insert(command.end(), args.begin(), args.end());
}

StringRef emulation(const Triple &triple) {
  switch (triple.getArch()) {
  case Triple::x86_64:
    return "elf_x86_64";
  case Triple::aarch64:
    return "aarch64linux";
  case Triple::riscv64:
    return "elf64lriscv";
  default:
    return "";
  }
}

// The archives of the run time that a model needs, "libdlc_rt.a" last.
Expected<Command> findRuntime(const LinkRequest &request, bool musl) {
  Command paths;
  std::vector<std::string> names = request.archives;
  names.push_back("libdlc_rt.a");
  for (const std::string &name : names) {
    auto path =
        findRuntimeArchive(request.triple, request.runtimeRoot, musl, name);
    if (!path)
      return path.takeError();
    paths.push_back(std::move(*path));
  }
  return paths;
}

// -static prefers musl, whose programs are a twentieth of glibc's in size.
bool usesMusl(const LinkRequest &request) {
  if (request.triple.isMusl())
    return true;
  if (!request.isStatic || request.kind != LinkKind::Executable)
    return false;
  auto succeeds = [](auto expected) {
    if (expected)
      return true;
    consumeError(expected.takeError());
    return false;
  };
  return succeeds(findCLibrary(request.triple, request.sysroot, CrtKind::Static,
                               true)) &&
         succeeds(findRuntime(request, true));
}

Command commonCommand(const LinkRequest &request) {
  Command command{"ld.lld", "-m",           emulation(request.triple).str(),
                  "-o",     request.output, "--build-id=none"};
  if (request.jobs)
    command.push_back("--threads=" + std::to_string(request.jobs));
  return command;
}

void appendOptimizations(Command &command, const LinkRequest &request) {
  append(command,
         {"--gc-sections", "-z", "relro", "-z", "now", "--hash-style=gnu"});
  // Weights are read where they are mapped: by huge pages, if their segment
  // starts where one does.
  append(command, {"-z", "max-page-size=2097152"});
  if (!request.keepSymbols)
    command.push_back("--strip-all");
}

void appendLibraries(Command &command, const CLibrary &library, bool isStatic) {
  for (const std::string &path : library.searchPaths)
    command.push_back("-L" + path);
  if (isStatic) {
    append(command, {"--start-group", "-lm", "-lc"});
    if (!library.compilerRuntime.empty()) {
      command.push_back(library.compilerRuntime);
      // glibc's threads refer to the unwinder.
      SmallString<128> unwinder(library.compilerRuntime);
      sys::path::remove_filename(unwinder);
      sys::path::append(unwinder, "libgcc_eh.a");
      if (!library.isMusl && sys::fs::exists(unwinder))
        command.push_back(unwinder.str().str());
    }
    command.push_back("--end-group");
    return;
  }
  // Separate libraries before glibc 2.34, stubs since.
  append(command,
         {"--as-needed", "-lm", "-lpthread", "-ldl", "--no-as-needed", "-lc"});
  if (!library.compilerRuntime.empty())
    command.push_back(library.compilerRuntime);
}

Expected<Command> executableCommand(const LinkRequest &request) {
  bool musl = usesMusl(request);
  CrtKind kind = request.isStatic ? CrtKind::Static : CrtKind::Pie;
  auto library = findCLibrary(request.triple, request.sysroot, kind, musl);
  if (!library)
    return library.takeError();
  auto mainArchive = findRuntimeArchive(request.triple, request.runtimeRoot,
                                        musl, "libdlc_main.a");
  if (!mainArchive)
    return mainArchive.takeError();
  auto runtime = findRuntime(request, musl);
  if (!runtime)
    return runtime.takeError();

  Command command = commonCommand(request);
  if (request.isStatic)
    command.push_back("-static");
  else
    append(command, {"-pie", "-dynamic-linker", library->dynamicLinker});
  appendOptimizations(command, request);
  append(command, {library->crtBegin, library->crtInit});
  appendAll(command, request.objects);
  command.push_back(*mainArchive);
  appendAll(command, *runtime);
  appendLibraries(command, *library, request.isStatic);
  command.push_back(library->crtEnd);
  return command;
}

Expected<Command> sharedCommand(const LinkRequest &request, TempFiles &temps) {
  bool musl = request.triple.isMusl();
  auto library =
      findCLibrary(request.triple, request.sysroot, CrtKind::Shared, musl);
  if (!library)
    return library.takeError();
  auto runtime = findRuntime(request, musl);
  if (!runtime)
    return runtime.takeError();
  auto exports = temps.make("exports", "map");
  if (!exports)
    return exports.takeError();
  std::string script = "{ global: " + request.ident + "; dlc_*; local: *; };\n";
  if (Error error = writeText(*exports, script))
    return error;

  Command command = commonCommand(request);
  append(command, {"-shared", "-z", "defs", "-Bsymbolic", "-soname",
                   sys::path::filename(request.output)});
  command.push_back("--version-script=" + *exports);
  appendOptimizations(command, request);
  for (StringRef call : exportedCalls)
    append(command, {"-u", call});
  command.push_back(library->crtInit);
  appendAll(command, request.objects);
  appendAll(command, *runtime);
  appendLibraries(command, *library, false);
  command.push_back(library->crtEnd);
  return command;
}

Command objectCommand(const LinkRequest &request) {
  Command command = commonCommand(request);
  command.push_back("-r");
  appendAll(command, request.objects);
  return command;
}

Expected<Command> archiveCommand(const LinkRequest &request) {
  auto runtime = findRuntime(request, request.triple.isMusl());
  if (!runtime)
    return runtime.takeError();
  Command command{"llvm-ar", "qcsLD", request.output};
  appendAll(command, request.objects);
  appendAll(command, *runtime);
  return command;
}

// lld's own words, without its name: "ld.lld: error: undefined symbol: x".
std::string firstError(StringRef text) {
  SmallVector<StringRef> lines;
  text.split(lines, '\n', -1, false);
  for (auto [index, line] : enumerate(lines)) {
    size_t at = line.find("error: ");
    if (at == StringRef::npos)
      continue;
    std::string message = line.substr(at + 7).str();
    // The places of use follow as ">>> referenced by"; the first is enough.
    if (index + 1 < lines.size() && lines[index + 1].starts_with(">>> "))
      message += " (" + lines[index + 1].substr(4).str() + ")";
    return message;
  }
  return text.trim().str();
}

Error runLld(const Command &command) {
  std::vector<const char *> args;
  for (const std::string &arg : command)
    args.push_back(arg.c_str());
  std::string text;
  raw_string_ostream os(text);
  lld::Result result =
      lld::lldMain(args, os, os, {{lld::Gnu, &lld::elf::link}});
  if (result.retCode == 0)
    return Error::success();
  return createStringError("linking failed: " + firstError(text));
}

// lld writes through a mapping, which leaves the file in the page cache by
// small pages. Written in large pieces it lies there by huge ones, and the
// program's first run maps its weights by some hundred faults.
Error copyInLargePieces(StringRef from, StringRef to) {
  Expected<sys::fs::file_t> file = sys::fs::openNativeFileForRead(from);
  if (!file)
    return file.takeError();
  auto close = make_scope_exit([&] { sys::fs::closeFile(*file); });
  std::error_code code;
  raw_fd_ostream os(to, code);
  if (code)
    return createFileError(to, code);
  os.SetUnbuffered();
  std::vector<char> piece(16 << 20);
  for (;;) {
    Expected<size_t> size = sys::fs::readNativeFile(*file, piece);
    if (!size)
      return size.takeError();
    if (!*size)
      break;
    os << StringRef(piece.data(), *size);
  }
  os.close();
  if ((code = os.error())) {
    os.clear_error();
    return createFileError(to, code);
  }
  auto permissions = sys::fs::getPermissions(from);
  if (!permissions)
    return createFileError(from, permissions.getError());
  if ((code = sys::fs::setPermissions(to, *permissions)))
    return createFileError(to, code);
  return Error::success();
}

Error addObject(StringRef path, StringRef name, StringSaver &saver,
                std::vector<NewArchiveMember> &members) {
  auto member = NewArchiveMember::getFile(path, /*Deterministic=*/true);
  if (!member)
    return createFileError(path, member.takeError());
  member->MemberName = saver.save(name);
  members.push_back(std::move(*member));
  return Error::success();
}

Error addMembers(StringRef path, std::vector<NewArchiveMember> &members,
                 std::vector<std::unique_ptr<MemoryBuffer>> &buffers) {
  auto buffer = MemoryBuffer::getFile(path);
  if (!buffer)
    return createFileError(path, buffer.getError());
  auto archive = object::Archive::create((*buffer)->getMemBufferRef());
  if (!archive)
    return createFileError(path, archive.takeError());
  buffers.push_back(std::move(*buffer));
  Error error = Error::success();
  for (const object::Archive::Child &child : (*archive)->children(error)) {
    auto member = NewArchiveMember::getOldMember(child, true);
    if (!member)
      return joinErrors(std::move(error), member.takeError());
    members.push_back(std::move(*member));
  }
  return error ? createFileError(path, std::move(error)) : Error::success();
}

Error writeLibrary(const LinkRequest &request, ArrayRef<std::string> archives) {
  BumpPtrAllocator allocator;
  StringSaver saver(allocator);
  std::vector<NewArchiveMember> members;
  std::vector<std::unique_ptr<MemoryBuffer>> buffers;
  for (auto [index, path] : enumerate(request.objects))
    if (Error error =
            addObject(path, request.ident + "." + std::to_string(index) + ".o",
                      saver, members))
      return error;

  for (const std::string &path : archives)
    if (Error error = addMembers(path, members, buffers))
      return error;
  return writeArchive(request.output, members, SymtabWritingMode::NormalSymtab,
                      object::Archive::K_GNU, /*Deterministic=*/true,
                      /*Thin=*/false);
}

} // namespace

Expected<std::vector<std::string>> linkCommand(const LinkRequest &request,
                                               TempFiles &temps) {
  switch (request.kind) {
  case LinkKind::Executable:
    return executableCommand(request);
  case LinkKind::Shared:
    return sharedCommand(request, temps);
  case LinkKind::Object:
    return objectCommand(request);
  case LinkKind::Archive:
    return archiveCommand(request);
  }
  llvm_unreachable("every kind returns");
}

Error link(const LinkRequest &request, StringRef path, TempFiles &temps) {
  // The command, and with it a library's soname, is that of the final name.
  auto command = linkCommand(request, temps);
  if (!command)
    return command.takeError();
  if (request.kind == LinkKind::Archive) {
    LinkRequest actual = request;
    actual.output = path.str();
    size_t last = request.archives.size() + 1;
    return writeLibrary(actual, ArrayRef(*command).take_back(last));
  }
  Expected<OutputFile> linked = OutputFile::create(path);
  if (!linked)
    return linked.takeError();
  for (size_t i = 1; i < command->size(); ++i)
    if ((*command)[i - 1] == "-o")
      (*command)[i] = linked->temporary().str();
  if (Error error = runLld(*command))
    return error;
  return copyInLargePieces(linked->temporary(), path);
}

} // namespace dlc::target
