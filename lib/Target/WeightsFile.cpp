//===- WeightsFile.cpp - the packed weights, on their way to disk *- C++ -*===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Target/WeightsFile.h"
#include "Target/TargetSpec.h"
#include "llvm/BinaryFormat/ELF.h"
#include "llvm/Object/ELFTypes.h"
#include "llvm/Support/Alignment.h"
#include "llvm/Support/FileSystem.h"
#include <cstring>

using namespace llvm;
using Elf = object::ELF64LE;

namespace dlc::target {
namespace {

struct Machine {
  uint16_t code;
  uint32_t flags;
};

Machine elfMachine(const Triple &triple) {
  switch (triple.getArch()) {
  case Triple::x86_64:
    return Machine{ELF::EM_X86_64, 0};
  case Triple::aarch64:
    return Machine{ELF::EM_AARCH64, 0};
  case Triple::riscv64:
    return Machine{ELF::EM_RISCV,
                   ELF::EF_RISCV_FLOAT_ABI_DOUBLE | ELF::EF_RISCV_RVC};
  default: // create() lets no other through
    return Machine{ELF::EM_NONE, 0};
  }
}

// A string table under construction.
class Strings {
public:
  Strings() : text(1, '\0') {}
  uint32_t add(StringRef name) {
    uint32_t offset = text.size();
    text += name;
    text += '\0';
    return offset;
  }
  StringRef bytes() const { return text; }

private:
  std::string text;
};

template <typename T> void put(raw_ostream &os, const T &value) {
  os.write(reinterpret_cast<const char *>(&value), sizeof(T));
}

template <typename T> T zeroed() {
  T value;
  std::memset(static_cast<void *>(&value), 0, sizeof(T));
  return value;
}

} // namespace

WeightsFile::WeightsFile(int fd, StringRef path, Form form,
                         const Triple &triple)
    : filePath(path), fileForm(form), triple(triple),
      os(fd, /*shouldClose=*/true) {
  if (form == Form::Object) {
    os.write_zeros(firstByte); // the ELF header's place
    start = firstByte;
  }
}

WeightsFile::~WeightsFile() {
  if (!finished) // an error is under way; a second one would abort
    os.clear_error();
}

Expected<std::unique_ptr<WeightsFile>>
WeightsFile::create(StringRef path, Form form, const Triple &triple) {
  if (form == Form::Object && !canLink(triple))
    return createStringError("target '" + triple.str() + "' has no objects");
  int fd;
  if (std::error_code code = sys::fs::openFileForWrite(path, fd))
    return createFileError(path, code);
  return std::unique_ptr<WeightsFile>(new WeightsFile(fd, path, form, triple));
}

uint64_t WeightsFile::size() const {
  return finished ? finalSize : os.tell() - start;
}

uint64_t WeightsFile::align(uint64_t alignment) {
  os.write_zeros(offsetToAlignment(size(), llvm::Align(alignment)));
  return size();
}

// Behind the bytes: symbols, their names, the sections' names, the sections.
void WeightsFile::writeTables(StringRef symbol) {
  Strings symbolNames, sectionNames;
  SmallVector<Elf::Shdr> sections{zeroed<Elf::Shdr>()};
  auto section = [&](StringRef name, uint32_t type, uint64_t flags,
                     uint64_t offset, uint64_t size, uint64_t alignment) {
    auto header = zeroed<Elf::Shdr>();
    header.sh_name = sectionNames.add(name);
    header.sh_type = type;
    header.sh_flags = flags;
    header.sh_offset = offset;
    header.sh_size = size;
    header.sh_addralign = alignment;
    sections.push_back(header);
    return &sections.back();
  };

  section(".rodata.dlc_weights", ELF::SHT_PROGBITS, ELF::SHF_ALLOC, start,
          finalSize, firstByte);
  // Without it GNU ld takes the object to want an executable stack.
  section(".note.GNU-stack", ELF::SHT_PROGBITS, 0, start, 0, 1);

  auto global = zeroed<Elf::Sym>();
  global.st_name = symbolNames.add(symbol);
  global.setBindingAndType(ELF::STB_GLOBAL, ELF::STT_OBJECT);
  global.setVisibility(ELF::STV_HIDDEN);
  global.st_shndx = 1;
  global.st_size = finalSize;

  align(8);
  uint64_t offset = os.tell();
  put(os, zeroed<Elf::Sym>());
  put(os, global);
  Elf::Shdr *symbols =
      section(".symtab", ELF::SHT_SYMTAB, 0, offset, os.tell() - offset, 8);
  symbols->sh_entsize = sizeof(Elf::Sym);
  symbols->sh_link = 4; // .strtab
  symbols->sh_info = 1; // the first global one

  offset = os.tell();
  os << symbolNames.bytes();
  section(".strtab", ELF::SHT_STRTAB, 0, offset, os.tell() - offset, 1);
  offset = os.tell();
  Elf::Shdr *names = section(".shstrtab", ELF::SHT_STRTAB, 0, offset, 0, 1);
  names->sh_size = sectionNames.bytes().size();
  os << sectionNames.bytes();

  align(8);
  offset = os.tell();
  for (const Elf::Shdr &header : sections)
    put(os, header);

  auto header = zeroed<Elf::Ehdr>();
  Machine machine = elfMachine(triple);
  std::memcpy(header.e_ident, ELF::ElfMagic, 4);
  header.e_ident[ELF::EI_CLASS] = ELF::ELFCLASS64;
  header.e_ident[ELF::EI_DATA] = ELF::ELFDATA2LSB;
  header.e_ident[ELF::EI_VERSION] = ELF::EV_CURRENT;
  header.e_type = ELF::ET_REL;
  header.e_machine = machine.code;
  header.e_flags = machine.flags;
  header.e_version = ELF::EV_CURRENT;
  header.e_shoff = offset;
  header.e_ehsize = sizeof(Elf::Ehdr);
  header.e_shentsize = sizeof(Elf::Shdr);
  header.e_shnum = sections.size();
  header.e_shstrndx = sections.size() - 1;
  os.pwrite(reinterpret_cast<const char *>(&header), sizeof(header), 0);
}

Error WeightsFile::finish(StringRef symbol) {
  finalSize = size();
  if (fileForm == Form::Object)
    writeTables(symbol);
  finished = true;
  os.close();
  if (os.has_error()) {
    std::error_code code = os.error();
    os.clear_error();
    return createFileError(filePath, code);
  }
  return Error::success();
}

} // namespace dlc::target
