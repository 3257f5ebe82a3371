//===- KernelTable.h - the kernels of a program, for people -----*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LIB_CODEGEN_CPU_KERNELTABLE_H
#define LIB_CODEGEN_CPU_KERNELTABLE_H

#include "Codegen/CPU/Isa.h"
#include "llvm/Support/raw_ostream.h"
#include <string>

namespace dlc {
class ClusterOp;
} // namespace dlc

namespace dlc::cpu {

struct LaunchPlan;

/// What the generator of a kernel chose.
struct KernelChoice {
  std::string kind;              ///< for people: "conv 3x3"
  int64_t rows = 0, columns = 0; ///< of its register tile, where it has one
  int64_t chunk = 0;             ///< tiles of rows that a unit takes; 0: one
  int64_t block = 0; ///< steps of a contraction at once; 0: all of them

  /// The kind and the tile: "conv 3x3 12x32".
  std::string name() const;
};

/// What one run of a kernel does, from its shapes; -1 where they are open.
struct KernelWork {
  int64_t flops = 0; ///< as it computes them: Winograd's are fewer
  int64_t bytes = 0; ///< that it has to read and to write, each once
};
KernelWork workOf(ClusterOp cluster);
/// The same of the kernel that fills the border of the cluster's result.
KernelWork borderWorkOf(ClusterOp cluster);

/// The cycles that one core is expected to take for a kernel; -1 where shapes
/// are open. The same numbers that kernels are chosen by, where there is a
/// choice.
double expectedCycles(ClusterOp cluster, const LaunchPlan &plan,
                      const Isa &isa);
/// The same for one that only writes.
double expectedCycles(const KernelWork &work);

/// A launch of a kernel: a row of --print-kernels.
struct KernelRow : KernelChoice {
  std::string function, site; ///< the kernel's name, and its nodes
  std::string shapes;
  int64_t units = -1; ///< that threads share; -1: known when it runs
  int64_t grain = 1;
  KernelWork work;
  double cycles = -1;
  std::string form; ///< formKey() of what it computes; empty: nothing to choose
  double microseconds = -1, share = -1; ///< where --tune has measured it
};
/// The row of a launch, but for its units and names.
KernelRow describeKernel(ClusterOp cluster, const LaunchPlan &plan,
                         const Isa &isa);
/// The same for the kernel that fills what the cluster's own leaves out.
KernelRow describeBorder(ClusterOp cluster, const LaunchPlan &plan);

/// Says what computes a cluster (-Rpass=kernel), and what it copies where that
/// is all it does (-Rpass-missed=copy).
void remarkKernel(ClusterOp cluster, const KernelRow &row, const Isa &isa);

/// Prints the rows under a title.
void printKernels(llvm::ArrayRef<KernelRow> rows, llvm::StringRef title,
                  const Isa &isa, llvm::raw_ostream &os);

} // namespace dlc::cpu

#endif // LIB_CODEGEN_CPU_KERNELTABLE_H
