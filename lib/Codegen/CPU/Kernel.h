//===- Kernel.h - a kernel under construction -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// A cluster becomes one function
//
//   func @k(%args: !llvm.ptr, %begin: index, %end: index, %scratch: !llvm.ptr)
//
// that does the units of work [begin, end). What a unit is, the kind of kernel
// decides: some rows, a tile. Its arguments are, in this order: the cluster's
// inputs (memory or a size), the open sizes of each tensor input, the outputs,
// and memory for a report where indices may lie outside of what they index.

#ifndef LIB_CODEGEN_CPU_KERNEL_H
#define LIB_CODEGEN_CPU_KERNEL_H

#include "Codegen/CPU/ElementEmitter.h"
#include "Codegen/CPU/KernelTable.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace dlc::cpu {

/// The number of elements of these sizes.
Dim product(const ShapeAlgebra &s, llvm::ArrayRef<Dim> dims);

/// How the host launches a kernel.
struct LaunchPlan : KernelChoice {
  /// The number of units, from the sizes of the cluster's output.
  std::function<Dim(const ShapeAlgebra &, llvm::ArrayRef<Dim>)> units;
  int64_t grain = 1;   ///< units worth a thread
  int64_t scratch = 0; ///< bytes a thread
};

class Kernel {
public:
  mlir::OpBuilder b;
  mlir::Location loc;
  const Isa &isa;
  mlir::func::FuncOp func;
  ElementEmitter emitter;
  mlir::Value begin, end, scratch;
  mlir::Value
      root; ///< what the cluster yields, in the function's own copy of the body
  mlir::Value computed; ///< the tensor to compute: the root, or what it stores
                        ///< elsewhere
  mlir::Value output;   ///< the root's memory

  /// Creates the function with its arguments and a copy of the cluster's body.
  Kernel(ClusterOp cluster, llvm::StringRef name, mlir::ModuleOp module,
         const Isa &isa);
  /// Ends the function and removes the tensor operations.
  mlir::LogicalResult finish();

  mlir::RankedTensorType computedType() const {
    return mlir::cast<mlir::RankedTensorType>(computed.getType());
  }
  /// Computes the elements at a point of `computed` and stores them in their
  /// place.
  void computeAndStore(const Point &point, mlir::Value mask);
  IndexMath math() { return {b, loc}; }
  int64_t lanes() const { return isa.lanes(); }

  /// for (unit = begin; unit < end; ++unit)
  void forUnits(llvm::function_ref<void(mlir::Value)> body);
  /// Units in runs of `length`, which share what body prepares: for each run
  /// that has units in [begin, end), the part [first, stop) of it that is.
  void forRuns(mlir::Value length,
               llvm::function_ref<void(mlir::Value run, mlir::Value first,
                                       mlir::Value stop)>
                   body);
  /// Runs of one block follow each other, panel by panel: what they share is
  /// prepared in the block's first one, and in the thread's.
  void onceABlock(mlir::Value run, mlir::Value length, mlir::Value panel,
                  llvm::function_ref<void()> prepare);
  /// Covers [lo, hi) with vectors, the last of them masked.
  void
  forVectors(mlir::Value lo, mlir::Value hi,
             llvm::function_ref<void(mlir::Value i, mlir::Value mask)> body);
  /// The same with accumulators.
  llvm::SmallVector<mlir::Value>
  forVectors(mlir::Value lo, mlir::Value hi, mlir::ValueRange init,
             llvm::function_ref<llvm::SmallVector<mlir::Value>(
                 mlir::Value i, mlir::Value mask, mlir::ValueRange)>
                 body);
  mlir::Value maskOf(mlir::Value count);
  /// A part of the scratch memory; grows the plan's need.
  mlir::Value scratchBuffer(mlir::Type element, int64_t count,
                            LaunchPlan &plan);
  mlir::Type vectorType(mlir::Type element) {
    return mlir::VectorType::get({lanes()}, element);
  }
  Scalar splat(Scalar s);
  /// x * y + z, on vectors of the accumulator's type.
  mlir::Value multiplyAdd(mlir::Value x, mlir::Value y, mlir::Value z);
};

/// The operation that determines how a cluster is computed; null for one that
/// is pointwise and movement alone.
mlir::Operation *anchorOf(mlir::Block &body);

/// Whether a cluster takes indices that nothing proves to be in bounds.
bool needsReport(ClusterOp cluster);

/// Says of a store that what others so marked compute doesn't read it.
void markIndependent(mlir::Operation *store);
/// Says of the innermost loops that their iterations read nothing that others
/// write; not of those that load from where they store.
void markIndependent(mlir::func::FuncOp func);

/// The number of a tensor's trailing dimensions that can be walked as one:
/// those that every operation passes through whole or repeats whole.
int64_t mergeableDims(Kernel &kernel, mlir::Value tensor);

/// What a tensor's elements at one index of its first dimensions share, factors
/// and indices of what is gathered, at hand while it lives: nothing else tells
/// the compiler that a store does not change them.
class UniformValues {
public:
  UniformValues(Kernel &kernel, mlir::Value tensor,
                llvm::ArrayRef<mlir::Value> outer);
  UniformValues(const UniformValues &) = delete;
  ~UniformValues();

private:
  ElementEmitter &emitter;
  llvm::SmallVector<mlir::Value> defined;
  void define(mlir::Value tensor, Scalar value);
};

// The kinds of kernels; each fills the kernel's function.
LaunchPlan emitLoop(Kernel &kernel);
/// What gathers pick from and the kernel computes itself, if there is such.
mlir::Value gatheredRows(Kernel &kernel);
LaunchPlan emitGatheredRows(Kernel &kernel, mlir::Value rows);
LaunchPlan emitConcat(Kernel &kernel, ConcatOp op);
/// The transposes that the root is computed of element by element, if they
/// should be done tile by tile and all turn the same tiles.
llvm::SmallVector<TransposeOp> tiledTransposes(Kernel &kernel);
LaunchPlan emitTranspose(Kernel &kernel, llvm::ArrayRef<TransposeOp> turned);
/// Whether the root's last dimension is a few channels of what lies in planes.
bool isInterleave(Kernel &kernel);
LaunchPlan emitInterleave(Kernel &kernel);
LaunchPlan emitRows(Kernel &kernel);
LaunchPlan emitReduce(Kernel &kernel, ReduceOp op);
LaunchPlan emitArgReduce(Kernel &kernel, ArgReduceOp op);
LaunchPlan emitScan(Kernel &kernel, ScanOp op);
LaunchPlan emitScatter(Kernel &kernel, ScatterOp op);
LaunchPlan emitTopK(Kernel &kernel, TopKOp op);
LaunchPlan emitNonZero(Kernel &kernel, NonZeroOp op);
LaunchPlan emitNms(Kernel &kernel, NmsOp op);
LaunchPlan emitPool(Kernel &kernel, PoolOp op);
LaunchPlan emitMatmul(Kernel &kernel, MatmulOp op);
LaunchPlan emitStrassen(Kernel &kernel, MatmulOp op);
LaunchPlan emitConv(Kernel &kernel, ConvOp op);
LaunchPlan emitDepthwise(Kernel &kernel, ConvOp op);
LaunchPlan emitWinograd(Kernel &kernel, ConvOp op);

/// Fills the border of a padded root with zeros.
LaunchPlan emitBorder(Kernel &kernel, PadOp op);

/// Whether the root only says where the cluster's product is stored.
bool storesElsewhere(ClusterOp cluster);

/// Emits the kernel that fills what the main kernel leaves out; only for
/// clusters whose product is stored within a border.
mlir::FailureOr<LaunchPlan> emitBorderKernel(ClusterOp cluster,
                                             llvm::StringRef name,
                                             mlir::ModuleOp module,
                                             const Isa &isa);

/// Emits the cluster's kernel of the given name into the module.
mlir::FailureOr<LaunchPlan> emitKernel(ClusterOp cluster, llvm::StringRef name,
                                       mlir::ModuleOp module, const Isa &isa);

/// The value `kind` starts from.
Scalar neutralElement(ScalarAlgebra &s, ReduceKind kind, mlir::Type type);
Scalar combine(ScalarAlgebra &s, ReduceKind kind, const Scalar &x,
               const Scalar &y);
/// Combines a vector's lanes.
Scalar combineLanes(mlir::OpBuilder &b, mlir::Location loc, ReduceKind kind,
                    Scalar x);
/// The same by a function of two values.
mlir::Value
combineLanes(mlir::OpBuilder &b, mlir::Location loc, mlir::Value x,
             llvm::function_ref<mlir::Value(mlir::Value, mlir::Value)> combine);
/// The greatest or the least of floats. Numbers are compared as the processor
/// does, in one instruction that takes a NaN for less; whether there is one is
/// found beside that, and not waited for.
struct Extreme {
  mlir::OpBuilder &b;
  mlir::Location loc;
  ReduceKind kind;

  /// Whether a reduction is one.
  static bool covers(ReduceKind kind, mlir::Type type);

  mlir::Value join(mlir::Value acc, mlir::Value x);
  /// Adds to `noted`, which may be null, where one of them is a NaN.
  mlir::Value noteNans(mlir::Value noted, llvm::ArrayRef<mlir::Value> values);
  mlir::Value finish(mlir::Value acc, mlir::Value noted);
};

/// The type a reduction accumulates in: f32 for narrower floats.
mlir::Type accumulatorType(mlir::Type element);

} // namespace dlc::cpu

#endif // LIB_CODEGEN_CPU_KERNEL_H
