//===- Read.cpp - the model's file, whatever its format ---------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Driver/Phases.h"
#include "Frontend/ONNX/Reader.h"
#include "Support/Diagnostics.h"
#include "Support/MappedFile.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "mlir/Parser/Parser.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/SourceMgr.h"

using namespace llvm;
using namespace mlir;

namespace dlc {
namespace {

// MLIR is text or bytecode; a protobuf has control characters early on.
Format detectFormat(ArrayRef<char> bytes) {
  StringRef start(bytes.data(), std::min<size_t>(bytes.size(), 256));
  if (onnx::looksLikeONNX(bytes))
    return Format::ONNX;
  bool isText = !start.empty() && all_of(start, [](char c) {
    return isPrint(c) || isSpace(c) || static_cast<signed char>(c) < 0;
  });
  return isText || start.starts_with("ML\xefR") ? Format::MLIR : Format::ONNX;
}

/// What a file of another framework begins with.
struct Foreign {
  size_t offset;
  StringRef magic, name;
};
constexpr Foreign kForeign[] = {
    {0, "PK\3\4", "a PyTorch program (.pt2 or TorchScript)"},
    {4, "TFL3", "a TensorFlow Lite model"},
    {0, "\x89HDF", "a Keras model"},
    {0, "\x80\x02", "a pickle of PyTorch"},
    {0, "\n", "a TensorFlow GraphDef"}, // its first field is a node
};

/// What a file is that is no ONNX model; empty for what may be one.
StringRef foreignFormat(ArrayRef<char> bytes, StringRef path) {
  if (sys::path::filename(path) == "saved_model.pb")
    return "a part of a TensorFlow SavedModel";
  StringRef text(bytes.data(), bytes.size());
  for (const Foreign &foreign : kForeign)
    if (text.substr(foreign.offset).starts_with(foreign.magic))
      return foreign.name;
  return {};
}

/// The bytes that a constant's data take: a narrow element or a bool has one.
std::optional<int64_t> bytesOf(ShapedType type) {
  mlir::Type element = type.getElementType();
  int64_t parts = 1;
  if (auto complex = dyn_cast<ComplexType>(element)) {
    element = complex.getElementType();
    parts = 2;
  }
  if (!type.hasStaticShape() || !element.isIntOrFloat())
    return std::nullopt;
  int64_t bytes = parts * std::max(element.getIntOrFloatBitWidth() / 8, 1u);
  for (int64_t dim : type.getShape())
    if (llvm::MulOverflow(bytes, dim, bytes))
      return std::nullopt;
  return bytes;
}

/// Constants of a text that was printed without their data, or with others.
LogicalResult checkConstants(ModuleOp module) {
  WalkResult result = module->walk([&](Operation *op) {
    return op->getAttrDictionary().walk([&](DenseResourceElementsAttr data) {
      auto *blob = data.getRawHandle().getBlob();
      std::optional<int64_t> bytes = bytesOf(data.getType());
      if (blob && bytes && int64_t(blob->getData().size()) == *bytes)
        return WalkResult::advance();
      return emitError(op->getLoc())
                 << (blob ? "the data are not of the type's size"
                          : "the text has no data for this constant"),
             WalkResult::interrupt();
    });
  });
  return failure(result.wasInterrupted());
}

LogicalResult readMLIR(Compilation &compilation, const MappedFile &file) {
  // The parser wants a terminating zero, which a mapped file need not have.
  auto buffer = MemoryBuffer::getMemBufferCopy(
      StringRef(file.bytes().data(), file.size()), file.path());
  SourceMgr sources;
  sources.AddNewSourceBuffer(std::move(buffer), SMLoc());
  compilation.module =
      parseSourceFile<ModuleOp>(sources, ParserConfig(&compilation.context));
  return success(compilation.module &&
                 succeeded(checkConstants(*compilation.module)));
}

} // namespace

LogicalResult readModel(Compilation &compilation) {
  const Options &options = compilation.options;
  compilation.dependencies.push_back(options.input);
  if (options.format == Format::LLVM)
    return readLLVM(compilation);
  if (sys::fs::is_directory(options.input))
    return compilation.inputError("is a folder; this version of dlc reads "
                                  "ONNX files, not SavedModels");
  auto file = MappedFile::open(options.input);
  if (!file)
    return compilation.inputError(describe(file.getError()));
  auto policy = options.jobs == 1 ? std::launch::deferred : std::launch::async;
  compilation.sourceHash =
      std::async(policy, [file = *file] { return file->sha256(); });
  Format format = options.format;
  if (format == Format::Detect)
    format = detectFormat((*file)->bytes());
  if (format == Format::MLIR)
    return readMLIR(compilation, **file);
  if (StringRef name = foreignFormat((*file)->bytes(), options.input);
      options.format == Format::Detect && !name.empty())
    return compilation.inputError("is " + name.str() +
                                  "; this version of dlc reads ONNX files");
  std::vector<std::string> externalFiles;
  compilation.module =
      onnx::readONNX(*file, compilation.context, &externalFiles);
  llvm::append_range(compilation.dependencies, externalFiles);
  return success(static_cast<bool>(compilation.module));
}

} // namespace dlc
