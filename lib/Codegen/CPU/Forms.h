//===- Forms.h - the ways to compute a product or a convolution -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// What there is to choose before weights are packed: the algorithm, and how
// wide the panels are. The cost model has the first word, and --tune measures.

#ifndef LIB_CODEGEN_CPU_FORMS_H
#define LIB_CODEGEN_CPU_FORMS_H

#include "Codegen/CPU/Isa.h"
#include "mlir/IR/Operation.h"
#include "llvm/ADT/SmallVector.h"
#include <functional>
#include <optional>
#include <string>

namespace dlc::cpu {

enum class Algorithm { direct, strassen, winograd2, winograd3, winograd4 };

/// The size of the output tiles of one of Winograd's.
constexpr int64_t tileOf(Algorithm algorithm) {
  return 2 + static_cast<int64_t>(algorithm) -
         static_cast<int64_t>(Algorithm::winograd2);
}

/// A way to compute a product or a convolution.
struct Form {
  Algorithm algorithm = Algorithm::direct;
  int64_t vectors = 1; ///< of a panel of weights

  bool operator==(const Form &other) const {
    return algorithm == other.algorithm && vectors == other.vectors;
  }
  /// "winograd4:2": of panels of two vectors.
  std::string name() const;
  static std::optional<Form> parse(llvm::StringRef name);
};

/// The algorithms that users allow beside the direct one.
struct Algorithms {
  bool winograd = true;
  bool strassen = true;
};

/// The forms that an operation, which is not packed yet, can be computed in.
/// The first is the one that the cost model takes; of one whose weights are not
/// constant that is all. None: it is no such operation.
llvm::SmallVector<Form> formsOf(mlir::Operation *op, const Isa &isa,
                                Algorithms allowed);

/// What operations have in common that are the same to compute, packed or not:
/// "matmul 128x768 * 768x3072 f32". Empty: it has no forms.
std::string formKey(mlir::Operation *op);

/// Takes one of an operation's forms.
using FormChooser =
    std::function<Form(llvm::StringRef key, llvm::ArrayRef<Form> forms)>;

} // namespace dlc::cpu

#endif // LIB_CODEGEN_CPU_FORMS_H
