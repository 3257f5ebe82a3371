//===- ControlFlow.h - loops and branches of a program ----------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LIB_CODEGEN_CPU_CONTROLFLOW_H
#define LIB_CODEGEN_CPU_CONTROLFLOW_H

#include "Codegen/CPU/IndexMath.h"
#include "dialects/dlc/Dlc.h"
#include "dialects/rt/Rt.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/IRMapping.h"

namespace dlc::cpu {

/// What a reshape views.
mlir::Value sourceOf(mlir::Value v);
/// The bytes of a tensor's element in memory.
int64_t elementBytes(mlir::Type tensor);

/// The program around the loops and branches.
struct ProgramScope {
  mlir::OpBuilder &b;
  mlir::Location loc;
  mlir::Value &frame;
  mlir::IRMapping &sizes; ///< index values of the model's function; sequences
  llvm::DenseMap<mlir::Value, mlir::Value> &memory; ///< of tensors
  std::function<mlir::FailureOr<mlir::Value>(mlir::Value)> memoryOf;
  std::function<mlir::Value(mlir::Value)> resultMemory;
  std::function<llvm::SmallVector<mlir::Value>(mlir::Value)> sizesOf;
  std::function<mlir::LogicalResult(mlir::Block &)> emitBlock;
};

/// Emits loops and branches. Across their borders a tensor is its memory and
/// its open sizes; nothing is copied but what a loop appends to.
class ControlFlow {
public:
  explicit ControlFlow(ProgramScope scope) : p(std::move(scope)) {}

  const ProgramScope &scope() const { return p; }

  mlir::LogicalResult emit(mlir::scf::ForOp op);
  mlir::LogicalResult emit(LoopOp op);
  mlir::LogicalResult emit(mlir::scf::IfOp op);
  /// Of tensors: what is left of a branch that computes nothing.
  mlir::LogicalResult emit(mlir::arith::SelectOp op);

  /// All sizes of a tensor that came over a border; none for any other.
  llvm::ArrayRef<mlir::Value> shapeOf(mlir::Value tensor) const {
    auto it = shapes.find(tensor);
    return it == shapes.end() ? llvm::ArrayRef<mlir::Value>() : it->second;
  }
  /// Memory for a kernel's result where a loop has a say in it, else null: the
  /// step after this one uses the same memory again.
  mlir::Value memoryFor(mlir::Value result);
  /// A value that comes over a border as `parts`: a tensor's memory and open
  /// sizes, anything else by itself. Returns how many those are.
  unsigned bind(mlir::Value v, mlir::ValueRange parts);

private:
  /// How a loop carries a value.
  struct Carried {
    enum Kind {
      scalar,
      inPlace,  ///< slices are stored in the memory that it starts from
      swapped,  ///< two buffers of one size by turns
      moved,    ///< two rooms by turns
      appended, ///< a room that grows
    } kind;
    mlir::Value init, arg, yielded, result;
    mlir::Value room = {}; ///< where it is appended
    unsigned first = 0;    ///< of the values that the emitted loop carries
  };
  /// Where a part is appended, and to what.
  struct Append {
    mlir::Value to, part, room, result;
  };

  ProgramScope p;
  rt::RoomsOp rooms;
  unsigned depth = 0; ///< of loops
  llvm::DenseMap<mlir::Value, llvm::SmallVector<mlir::Value>> shapes;
  llvm::DenseMap<mlir::Value, mlir::Value> roomsOf; ///< by the result
  llvm::DenseMap<mlir::Value, Append> appends;      ///< by the part's source

  IndexMath math() { return {p.b, p.loc}; }
  mlir::Value newRoom();
  mlir::Value grow(mlir::Value room, mlir::Value bytes, mlir::Value from,
                   mlir::Value kept);
  mlir::Value appendMemory(const Append &append);
  llvm::SmallVector<mlir::Value> openSizesOf(mlir::Value tensor);
  /// The parts that a value is handed on as.
  mlir::LogicalResult split(mlir::Value v,
                            llvm::SmallVectorImpl<mlir::Value> &parts);

  llvm::SmallVector<Carried> carriedBy(mlir::LoopLikeOpInterface loop);
  mlir::LogicalResult start(Carried &c,
                            llvm::SmallVectorImpl<mlir::Value> &values);
  void enter(const Carried &c, mlir::ValueRange args);
  mlir::LogicalResult leave(const Carried &c, mlir::ValueRange args,
                            llvm::SmallVectorImpl<mlir::Value> &values);
  void end(const Carried &c, mlir::ValueRange results);
  mlir::LogicalResult emitBody(mlir::Block &body,
                               llvm::ArrayRef<Carried> carried,
                               mlir::ValueRange args,
                               llvm::SmallVectorImpl<mlir::Value> &next);
};

} // namespace dlc::cpu

#endif // LIB_CODEGEN_CPU_CONTROLFLOW_H
