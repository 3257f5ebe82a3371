//===- Arena.h - memory whose size is known as a run starts -----*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Tensors whose sizes are multiples of one product of open sizes are planned
// together at compile time, in units of that product: a batch's tensors lie as
// those of one image do, all of it as many times as large. Fixed sizes are
// multiples of the empty product. What has another product lies apart.

#ifndef LIB_CODEGEN_CPU_ARENA_H
#define LIB_CODEGEN_CPU_ARENA_H

#include "Codegen/CPU/IndexMath.h"
#include "Codegen/CPU/PlanMemory.h"
#include "llvm/ADT/MapVector.h"

namespace dlc::cpu {

class Arena {
public:
  /// The bytes of a tensor: a multiple of a product of open sizes.
  struct Room {
    llvm::SmallVector<mlir::Value> open; ///< in the order of the program
    int64_t bytes;                       ///< for each unit of the product
    bool operator==(const Room &other) const {
      return open == other.open && bytes == other.bytes;
    }
  };
  static Room roomOf(mlir::ValueRange sizes, int64_t elementBytes);

  /// Gives a tensor room from step `first` to `last`.
  void add(mlir::Value tensor, const Room &room, int64_t first, int64_t last);
  /// Lets it lie where another does that has been added.
  void addOver(mlir::Value tensor, mlir::Value other, int64_t last);
  /// Whether it was added with such a room.
  bool hasRoom(mlir::Value tensor, const Room &room) const;

  /// Computes the size of all of it.
  mlir::Value plan(IndexMath m);
  /// Then, what was added, with the bytes before it.
  void forEach(IndexMath m,
               llvm::function_ref<void(mlir::Value, mlir::Value)> visit) const;

private:
  struct Group {
    llvm::SmallVector<mlir::Value> open;
    /// Whether the product is a multiple of a line, not what it is multiplied
    /// by.
    bool isFine;
    std::vector<Buffer> buffers = {};
    std::vector<int64_t> offsets = {};
    mlir::Value base = {}, unit = {};
  };
  struct Place {
    size_t group, buffer;
    Room room;
  };
  std::vector<Group> groups;
  llvm::MapVector<mlir::Value, Place> places; // no tensor stands for a report

  Group &groupFor(const Room &room);
};

} // namespace dlc::cpu

#endif // LIB_CODEGEN_CPU_ARENA_H
