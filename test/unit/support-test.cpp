//===- support-test.cpp - exercises lib/Support; output is checked by lit *- C++
//-*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Support/Diagnostics.h"
#include "Support/MappedFile.h"
#include "Support/ProtoReader.h"

#include "mlir/IR/BuiltinAttributes.h"

using namespace mlir;
using namespace dlc;

static void testLocations(MLIRContext &context) {
  Location file = fileLocation(context, "m.onnx");
  Location conv = namedLocation("node 'a' (Conv)", file);
  Location relu = namedLocation("node 'b' (Relu)", file);
  Location call = CallSiteLoc::get(conv, relu);
  SmallVector<Location> many = {conv, relu, conv,
                                file, call, namedLocation("c", file)};
  Location deep = conv;
  for (int i = 0; i != 40; ++i)
    deep = CallSiteLoc::get(namedLocation("n" + Twine(i), file), deep);
  for (Location location :
       {file, conv, call, Location(FusedLoc::get(&context, many)), deep,
        Location(UnknownLoc::get(&context)),
        Location(FileLineColLoc::get(&context, "t.mlir", 3, 7))})
    llvm::outs() << "'" << describe(location) << "'\n";
  llvm::outs() << quote(std::string(200, 'x')) << "\n";
}

static void testPrinter(MLIRContext &context, bool colour) {
  Location conv =
      namedLocation("node 'a' (Conv)", fileLocation(context, "m.onnx"));
  DiagnosticPrinter printer(context, llvm::outs(), colour);
  emitError(conv, "one\033").attachNote() << "two";
  emitWarning(UnknownLoc::get(&context), "three");
  emitRemark(conv, "four");
  llvm::outs() << printer.errors() << " error\n";
}

static void testSha256() {
  MappedFile file(llvm::MemoryBuffer::getMemBuffer("abc", "m"));
  llvm::outs() << file.path() << " " << file.sha256() << "\n";
  llvm::outs() << describe(MappedFile::open("/nonexistent").getError()) << "\n";
}

static void testProto() {
  // An integer, a fixed number, text, a packed and an unpacked list.
  const char bytes[] = "\x08\x96\x01\x15\0\0\x80\x3f\x1a\x02hi\x22\x02\x01\x02"
                       "\x20\x03";
  ArrayRef<char> data(bytes, sizeof bytes - 1);
  ProtoSource source(data);
  ProtoReader reader(source, StringRef(data.data(), data.size()), "Test");
  ProtoChunks list;
  while (reader.next())
    switch (reader.field()) {
    case 1:
      llvm::outs() << reader.varint() << "\n";
      break;
    case 2:
      llvm::outs() << reader.f32() << "\n";
      break;
    case 3:
      llvm::outs() << reader.string() << "\n";
      break;
    case 4:
      reader.repeated(ProtoWire::Varint, list);
      break;
    }
  forEachVarint(source, list, [](uint64_t v) { llvm::outs() << v << " "; });
  llvm::outs() << source.failed() << "\n";
}

int main() {
  MLIRContext context(MLIRContext::Threading::DISABLED);
  testLocations(context);
  testPrinter(context, /*colour=*/false);
  testPrinter(context, /*colour=*/true);
  testSha256();
  testProto();
}
