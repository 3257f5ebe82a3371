//===- ReaderTensor.h - ONNX's types and tensors ----------------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLC_FRONTEND_ONNX_READERTENSOR_H
#define DLC_FRONTEND_ONNX_READERTENSOR_H

#include "Frontend/ONNX/ReaderProto.h"
#include "Support/MappedFile.h"

#include "mlir/IR/AsmState.h"
#include "mlir/IR/BuiltinAttributeInterfaces.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Location.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/StringMap.h"

#include <string>
#include <vector>

namespace dlc::onnx {

/// Where data lies that is not in the model file itself.
class ExternalData {
public:
  /// `model` is the model file's path; external files are beside it.
  explicit ExternalData(llvm::StringRef model);

  struct Range {
    std::shared_ptr<MappedFile> file;
    llvm::ArrayRef<char> bytes;
  };
  /// The `size` bytes that `entries` (a TensorProto's external_data) name, or
  /// nothing and the reason in `error`.
  std::optional<Range> find(ProtoSource &source, const proto::Spans &entries,
                            uint64_t size, std::string &error);

  /// The files that were opened, by name.
  std::vector<std::string> opened() const;

private:
  std::shared_ptr<MappedFile> open(llvm::StringRef location,
                                   std::string &error);

  std::string folder;
  llvm::StringMap<std::shared_ptr<MappedFile>> files; // by location
};

/// One row of TensorProto.DataType.
struct ElementType {
  /// Which of TensorProto's fields holds the elements.
  enum Field { Floats, Int32s, Int64s, Doubles, Uint64s, Strings };

  int32_t code;
  /// Bits of an element in raw data.
  unsigned bits;
  Field field;
  mlir::Type (*type)(mlir::MLIRContext *);

  /// The row with this code, or null.
  static const ElementType *find(int64_t code);
};

/// The number of elements; nothing if it, or their number of bits, overflows.
std::optional<int64_t> countElements(llvm::ArrayRef<int64_t> shape,
                                     unsigned bits);

/// Turns tensors and types into attributes and types. Each function returns
/// null after an error, given to the context at `at`; its text starts with
/// `what`.
class TensorReader {
public:
  TensorReader(std::shared_ptr<MappedFile> file, ProtoSource &source)
      : file(std::move(file)), source(source),
        externalData(this->file->path()) {}

  /// A TensorProto or a SparseTensorProto. `name` is what a large one is called
  /// in the IR; the default is the tensor's own name.
  mlir::ElementsAttr readTensor(proto::Span bytes, mlir::Location at,
                                const llvm::Twine &what = "",
                                llvm::StringRef name = {});
  mlir::ElementsAttr readSparse(proto::Span bytes, mlir::Location at,
                                const llvm::Twine &what = "",
                                llvm::StringRef name = {});
  /// A TypeProto. Null without an error if the file leaves the type open.
  /// `dims`, if given, gets the names of a tensor's dimensions.
  mlir::FailureOr<mlir::Type>
  readType(proto::Span bytes, mlir::Location at, const llvm::Twine &what = "",
           llvm::SmallVectorImpl<llvm::StringRef> *dims = nullptr,
           unsigned depth = 0);

  std::vector<std::string> externalFiles() const {
    return externalData.opened();
  }

private:
  struct Place {
    mlir::Location at;
    const llvm::Twine &what;
    mlir::InFlightDiagnostic error() const;
  };
  /// A tensor whose type and size are known to be sound.
  struct Checked {
    proto::Tensor proto;
    const ElementType *element;
    mlir::RankedTensorType type;
    int64_t count;
  };

  mlir::LogicalResult check(proto::Span bytes, Place place, Checked &tensor);
  mlir::LogicalResult readShape(const ProtoChunks &dims, Place place,
                                llvm::SmallVectorImpl<int64_t> &shape);
  mlir::ElementsAttr readStrings(const Checked &tensor, Place place);
  std::optional<mlir::AsmResourceBlob> readData(const Checked &tensor,
                                                Place place);
  std::optional<mlir::AsmResourceBlob> readExternal(const Checked &tensor,
                                                    uint64_t size, Place place);
  std::optional<mlir::AsmResourceBlob> readField(const Checked &tensor,
                                                 uint64_t size, Place place);
  std::optional<mlir::AsmResourceBlob> readFixed(const ProtoChunks &chunks,
                                                 unsigned width, uint64_t size,
                                                 Place place);
  std::optional<mlir::AsmResourceBlob> readVarints(const ProtoChunks &chunks,
                                                   const ElementType &element,
                                                   int64_t count, uint64_t size,
                                                   Place place);
  mlir::ElementsAttr attrOf(const Checked &tensor, mlir::AsmResourceBlob blob,
                            llvm::StringRef name);
  mlir::AsmResourceBlob mapped(llvm::ArrayRef<char> bytes,
                               std::shared_ptr<MappedFile> owner);
  mlir::LogicalResult scatter(const Checked &values, const Checked &indices,
                              llvm::ArrayRef<int64_t> shape,
                              mlir::AsmResourceBlob &dense, Place place);
  /// Fails with the wire error, if there is one.
  mlir::LogicalResult wire(Place place);

  mlir::FailureOr<mlir::Type>
  readTensorType(proto::Span bytes, Place place,
                 llvm::SmallVectorImpl<llvm::StringRef> *dims);
  mlir::FailureOr<mlir::Type> readMapType(proto::Span bytes, Place place,
                                          unsigned depth);
  mlir::FailureOr<mlir::Type> readNested(proto::Span bytes, Place place,
                                         unsigned depth);

  std::shared_ptr<MappedFile> file;
  ProtoSource &source;
  ExternalData externalData;
  llvm::DenseMap<const char *, mlir::ElementsAttr> tensors; // by where they lie
};

} // namespace dlc::onnx

#endif // DLC_FRONTEND_ONNX_READERTENSOR_H
