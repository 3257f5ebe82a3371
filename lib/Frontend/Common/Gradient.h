//===- Gradient.h - derivatives of tensor expressions -----------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Derivatives of what is built already: operations of the core dialect are few,
// so that a rule for each covers all operators that are written over them, and
// derivatives, which are expressions themselves, have derivatives in turn.

#ifndef DLC_FRONTEND_COMMON_GRADIENT_H
#define DLC_FRONTEND_COMMON_GRADIENT_H

#include "Frontend/Common/Tensor.h"

namespace dlc {

/// x as a value of its own, which nothing looks through: what is built over it
/// depends on it and not on what x is.
Tensor independent(TensorBuilder &b, Tensor x);

/// The derivatives of the sum of y's elements by each of `xs`, tensors of
/// floats made by `independent` where y is being built. Empty: reported.
Tensors gradient(TensorBuilder &b, Tensor y, llvm::ArrayRef<Tensor> xs);

/// What an operation uses, also what its regions use from around them.
llvm::SmallVector<mlir::Value> usedBy(mlir::Operation *op);

/// All that y is made of down to its origins, each behind what it uses.
std::vector<mlir::Operation *>
operationsBehind(mlir::Value y, llvm::function_ref<bool(mlir::Value)> isOrigin);

/// An operation on the way back from y: what it takes and gives, and the
/// derivative by its result.
class Derivation {
public:
  Derivation(TensorBuilder &b, mlir::Operation *op, Tensor g,
             llvm::ArrayRef<bool> wanted)
      : b(b), op(op), g(g), wanted(wanted), given(wanted.size()) {}

  TensorBuilder &b;
  mlir::Operation *op;
  Tensor g;

  Tensor in(size_t i) { return b.wrap(op->getOperand(i)); }
  Tensor out() { return b.wrap(op->getResult(0)); }
  /// Whether the derivative by an operand counts.
  bool wants(size_t i) { return wanted[i]; }
  void give(size_t i, Tensor derivative) { given[i] = derivative; }
  /// Nothing was given for an operand: it has no influence.
  llvm::ArrayRef<Tensor> results() const { return given; }
  /// Reports that the operation has no derivative, and why.
  void refuse(const llvm::Twine &why);
  bool failed() const { return bad; }

private:
  llvm::ArrayRef<bool> wanted;
  llvm::SmallVector<Tensor> given;
  bool bad = false;
};

using DerivativeRule = void (*)(Derivation &);
/// The rule of an operation by its name, null if there is none.
DerivativeRule findDerivative(llvm::StringRef op);

} // namespace dlc

#endif // DLC_FRONTEND_COMMON_GRADIENT_H
