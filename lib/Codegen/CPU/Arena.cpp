//===- Arena.cpp - memory whose size is known as a run starts ---*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Codegen/CPU/Arena.h"

#include "dialects/rt/Rt.h"

using namespace mlir;
using namespace dlc::cpu;

/// More than any machine has, and many of it can be added up.
static constexpr int64_t mostBytes = int64_t(1) << 48;
static constexpr int64_t alignment = 64;

Arena::Room Arena::roomOf(ValueRange sizes, int64_t elementBytes) {
  Room room{{}, elementBytes};
  SmallVector<Value> work(sizes);
  while (!work.empty()) {
    Value size = work.pop_back_val();
    // Factors that can't be negative stand for themselves.
    auto isFactor = [](Value v) {
      return constantIndex(v).value_or(0) > 0 ||
             v.getDefiningOp<rt::InputDimOp>();
    };
    auto product = size.getDefiningOp<arith::MulIOp>();
    if (auto n = constantIndex(size))
      room.bytes = std::min(llvm::SaturatingMultiply<uint64_t>(
                                room.bytes, std::max<int64_t>(*n, 0)),
                            static_cast<uint64_t>(mostBytes));
    else if (product && isFactor(product.getLhs()) &&
             isFactor(product.getRhs()))
      llvm::append_range(work, product->getOperands());
    else
      room.open.push_back(size);
  }
  // Vectors may read past the end, never past the arena.
  room.bytes = std::max<int64_t>(room.bytes, 1);
  llvm::sort(room.open, [](Value x, Value y) {
    return x.getDefiningOp()->isBeforeInBlock(y.getDefiningOp());
  });
  return room;
}

Arena::Group &Arena::groupFor(const Room &room) {
  int64_t waste = llvm::alignTo(room.bytes, alignment) - room.bytes;
  bool isFine = !room.open.empty() && waste > room.bytes / 8;
  auto group = llvm::find_if(groups, [&](const Group &g) {
    return g.open == room.open && g.isFine == isFine;
  });
  return group != groups.end() ? *group
                               : groups.emplace_back(Group{room.open, isFine});
}

void Arena::add(Value tensor, const Room &room, int64_t first, int64_t last) {
  Group &group = groupFor(room);
  places[tensor] = {static_cast<size_t>(&group - groups.data()),
                    group.buffers.size(), room};
  group.buffers.push_back({room.bytes, first, last});
}

void Arena::addOver(Value tensor, Value other, int64_t last) {
  Place place = places.lookup(other);
  int64_t &end = groups[place.group].buffers[place.buffer].last;
  end = std::max(end, last);
  places[tensor] = place;
}

bool Arena::hasRoom(Value tensor, const Room &room) const {
  auto it = places.find(tensor);
  return it != places.end() && it->second.room == room;
}

Value Arena::plan(IndexMath m) {
  // What is fixed is at fixed places.
  Value total = m.cst(0);
  for (bool isOpen : {false, true})
    for (Group &group : groups) {
      if (group.open.empty() == isOpen)
        continue;
      MemoryPlan plan = planMemory(group.buffers, group.isFine ? 1 : alignment);
      group.offsets = plan.offsets;
      group.base = total;
      group.unit = isOpen ? m.byteSize(group.open, 1) : m.cst(1);
      if (group.isFine)
        group.unit = m.mul(m.ceilDiv(group.unit, alignment), alignment);
      total = m.add(total, m.byteSize({m.cst(plan.size), group.unit}, 1));
    }
  return total;
}

void Arena::forEach(IndexMath m, function_ref<void(Value, Value)> visit) const {
  for (const auto &[tensor, place] : places) {
    const Group &group = groups[place.group];
    visit(tensor,
          m.add(group.base, m.mul(group.unit, group.offsets[place.buffer])));
  }
}
