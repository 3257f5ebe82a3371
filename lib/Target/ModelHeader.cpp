//===- ModelHeader.cpp - the C header of a compiled model -------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Target/ModelObject.h"
#include "dlc/runtime.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace dlc::target {
namespace {

// A model's names are any bytes; a comment's may not end it or break the line.
std::string commentText(StringRef text) {
  std::string result;
  for (char c : text)
    result += isPrint(c) || static_cast<signed char>(c) < 0 ? c : '?';
  for (size_t at; (at = result.find("*/")) != std::string::npos;)
    result[at + 1] = '_';
  for (size_t at; (at = result.find("/*")) != std::string::npos;)
    result[at] = '_';
  return result;
}

std::string dimText(int64_t dim, const ModelInfo &info) {
  if (dim >= 0)
    return std::to_string(dim);
  uint64_t symbol = static_cast<uint64_t>(-1 - dim);
  if (dim != DLC_UNKNOWN && symbol < info.symbols.size())
    return commentText(info.symbols[symbol]);
  return "?";
}

void describe(raw_ostream &os, StringRef title, ArrayRef<ValueInfo> values,
              const ModelInfo &info) {
  os << " *\n * " << title << "\n";
  for (const ValueInfo &value : values) {
    SmallVector<std::string> dims;
    for (int64_t dim : value.dims)
      dims.push_back(dimText(dim, info));
    os << " *   " << commentText(value.name) << ": "
       << (value.dtype & DLC_OPTIONAL ? "optional " : "")
       << (value.dtype & DLC_SEQUENCE ? "sequence of " : "")
       << dtypeName(DLC_BASE_DTYPE(value.dtype));
    if (value.isRanked)
      os << "[" << join(dims, ", ") << "]";
    os << "\n";
  }
}

void indices(raw_ostream &os, StringRef kind, ArrayRef<ValueInfo> values,
             const ModelInfo &info) {
  StringSet<> taken;
  os << "enum {\n";
  for (auto [index, value] : enumerate(values)) {
    std::string name = info.ident + "_" + kind.str() + "_";
    for (char c : value.name)
      name += isAlnum(c) ? c : '_';
    if (!taken.insert(name).second)
      taken.insert(name += "_" + std::to_string(index));
    os << "  " << name << " = " << index << ",\n";
  }
  os << "  " << info.ident << "_num_" << kind << "s = " << values.size()
     << "\n};\n\n";
}

} // namespace

std::string modelHeader(const ModelInfo &info) {
  std::string text;
  raw_string_ostream os(text);
  std::string guard = "DLC_MODEL_" + info.ident + "_H";
  os << "/* " << info.ident << ": " << commentText(info.name)
     << ", compiled by " << commentText(info.compiler);
  if (!info.source.empty())
    os << " from " << commentText(info.source);
  os << "\n";
  describe(os, "Inputs, in order:", info.inputs, info);
  describe(os, "Outputs, in order:", info.outputs, info);
  os << " *\n * See dlc/runtime.h for how to run it.\n */\n\n"
     << "#ifndef " << guard << "\n#define " << guard << "\n\n"
     << "#include <dlc/runtime.h>\n\n"
     << "#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n"
     << "extern const dlc_model " << info.ident << ";\n\n";
  indices(os, "input", info.inputs, info);
  indices(os, "output", info.outputs, info);
  os << "#ifdef __cplusplus\n}\n#endif\n\n#endif /* " << guard << " */\n";
  return text;
}

} // namespace dlc::target
