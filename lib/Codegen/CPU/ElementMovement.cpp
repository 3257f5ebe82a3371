//===- ElementMovement.cpp - indices through movement ops -------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// From an index of a movement operation's result to one of its operand.

#include "Codegen/CPU/ElementEmitter.h"

#include "dialects/dlc/ScalarEmitter.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace dlc;
using namespace dlc::cpu;

Point ElementEmitter::throughBroadcast(BroadcastOp op, const Point &point,
                                       int64_t lanes) {
  Point result;
  RankedTensorType from = op.getInput().getType(), to = op.getType();
  int64_t lead = to.getRank() - from.getRank();
  for (int64_t d = 0; d < from.getRank(); ++d) {
    const Index &i = point.indices[d + lead];
    int64_t size = from.getDimSize(d), target = to.getDimSize(d + lead);
    if (size == 1) {
      result.indices.push_back({math().cst(0)});
      continue;
    }
    if (!ShapedType::isDynamic(size) || size == target) {
      // Both open: equal unless the operand's size turns out to be 1.
      if (!ShapedType::isDynamic(size) || op->hasAttr("equal")) {
        result.indices.push_back(i);
        continue;
      }
    }
    Value one =
        arith::CmpIOp::create(b, loc, arith::CmpIPredicate::eq,
                              this->size(op.getInput(), d), math().cst(1));
    if (i.isUniform() || lanes == 1) {
      Value v = i.irregular ? i.irregular : i.base;
      result.indices.push_back(
          {arith::SelectOp::create(b, loc, one, math().cst(0), v)});
    } else {
      Value zero = splat(math().cst(0), lanes);
      Index irregular;
      irregular.irregular =
          arith::SelectOp::create(b, loc, one, zero, asVector(i, lanes));
      result.indices.push_back(irregular);
    }
  }
  return result;
}

Point ElementEmitter::throughSlice(SliceOp op, const Point &point,
                                   int64_t lanes) {
  Point result;
  for (auto [i, offset, step] :
       llvm::zip(point.indices, op.getMixedOffsets(), op.getSteps())) {
    Value first = math().value(offset);
    Index at;
    if (i.irregular)
      at.irregular = arith::AddIOp::create(
          b, loc, splat(first, lanes),
          arith::MulIOp::create(b, loc, i.irregular,
                                splat(math().cst(step), lanes)));
    else
      at = {math().add(first, math().mul(i.base, step)), i.step * step, {}};
    result.indices.push_back(at);
  }
  return result;
}

/// A run of dimensions of a reshape's result that covers a run of its input's.
namespace {
struct ReshapeGroup {
  int64_t fromBegin, fromEnd, toBegin, toEnd;
};
} // namespace

/// Splits a reshape into independent groups where sizes are known to agree;
/// everything else is in one group.
static SmallVector<ReshapeGroup> groupsOf(ReshapeOp op) {
  ArrayRef<int64_t> from = op.getInput().getType().getShape(),
                    to = op.getType().getShape();
  SmallVector<ReshapeGroup> groups;
  int64_t i = 0, j = 0, ni = from.size(), nj = to.size();
  // Open sizes end what can be split from the front; the same from the back is
  // left to the last group.
  while (i < ni && j < nj) {
    int64_t i0 = i, j0 = j;
    if (ShapedType::isDynamic(from[i]) || ShapedType::isDynamic(to[j]))
      break;
    int64_t a = from[i++], c = to[j++];
    bool open = false;
    while (a != c && !open) {
      if (a < c) {
        open = i == ni || ShapedType::isDynamic(from[i]);
        a *= open ? 1 : from[i++];
      } else {
        open = j == nj || ShapedType::isDynamic(to[j]);
        c *= open ? 1 : to[j++];
      }
    }
    if (open || a == 0) {
      i = i0, j = j0;
      break;
    }
    groups.push_back({i0, i, j0, j});
  }
  // Equal trailing sizes.
  int64_t ei = ni, ej = nj;
  SmallVector<ReshapeGroup> tail;
  while (ei > i && ej > j && !ShapedType::isDynamic(from[ei - 1]) &&
         from[ei - 1] == to[ej - 1] && from[ei - 1] != 0) {
    --ei, --ej;
    tail.push_back({ei, ei + 1, ej, ej + 1});
  }
  if (i < ei || j < ej)
    groups.push_back({i, ei, j, ej});
  llvm::append_range(groups, llvm::reverse(tail));
  return groups;
}

Point ElementEmitter::throughReshape(ReshapeOp op, const Point &point,
                                     int64_t lanes) {
  IndexMath m = math();
  Point result;
  result.indices.resize(op.getInput().getType().getRank());
  SmallVector<Value> from = sizes(op.getInput()), to = sizes(op.getResult());
  if (op->hasAttr("unit_dims")) {
    SmallVector<Index> kept;
    for (auto [size, index] : llvm::zip(op.getType().getShape(), point.indices))
      if (size != 1)
        kept.push_back(index);
    auto next = kept.begin();
    for (auto [size, index] :
         llvm::zip(op.getInput().getType().getShape(), result.indices))
      index = size == 1 ? Index{m.cst(0)} : *next++;
    return result;
  }
  for (ReshapeGroup g : groupsOf(op)) {
    // Dimensions of size 1 say nothing.
    SmallVector<int64_t> fromDims, toDims;
    for (int64_t d = g.fromBegin; d < g.fromEnd; ++d)
      if (constantIndex(from[d]) == 1)
        result.indices[d] = {m.cst(0)};
      else
        fromDims.push_back(d);
    for (int64_t d = g.toBegin; d < g.toEnd; ++d)
      if (constantIndex(to[d]) != 1)
        toDims.push_back(d);
    if (fromDims.size() == 1 && toDims.size() == 1) {
      result.indices[fromDims[0]] = point.indices[toDims[0]];
      continue;
    }
    // The group's linear index.
    Index linear{m.cst(0)};
    Value stride = m.cst(1);
    for (int64_t d : llvm::reverse(toDims)) {
      const Index &i = point.indices[d];
      auto known = constantIndex(stride);
      if (i.irregular || linear.irregular || (i.step != 0 && !known)) {
        Value part = arith::MulIOp::create(b, loc, asVector(i, lanes),
                                           splat(stride, lanes));
        linear.irregular =
            arith::AddIOp::create(b, loc, asVector(linear, lanes), part);
      } else {
        linear.base = m.add(linear.base, m.mul(i.base, stride));
        linear.step += i.step == 0 ? 0 : i.step * *known;
      }
      stride = m.mul(stride, to[d]);
    }
    if (fromDims.size() == 1) {
      result.indices[fromDims[0]] = linear;
      continue;
    }
    if (linear.isUniform() || lanes == 1) {
      SmallVector<Value> dims;
      for (int64_t d : fromDims)
        dims.push_back(from[d]);
      Value v = linear.irregular ? linear.irregular : linear.base;
      for (auto [d, v] : llvm::zip(fromDims, m.delinearize(v, dims)))
        result.indices[d] = {v};
      continue;
    }
    Value rest = asVector(linear, lanes);
    for (int64_t d : llvm::reverse(fromDims)) {
      Value size = splat(from[d], lanes);
      Index at;
      at.irregular = d == fromDims.front()
                         ? rest
                         : Value(arith::RemUIOp::create(b, loc, rest, size));
      result.indices[d] = at;
      if (d != fromDims.front())
        rest = arith::DivUIOp::create(b, loc, rest, size);
    }
  }
  return result;
}

void ElementEmitter::reportOutside(Value inside, Value v, Value size,
                                   Value mask) {
  if (!report)
    return;
  if (auto type = dyn_cast<VectorType>(inside.getType())) {
    // One of the lanes that are outside; those that the mask turns off are not.
    int64_t lanes = type.getNumElements();
    Value one = splat(
        arith::ConstantOp::create(b, loc, b.getIntegerAttr(b.getI1Type(), 1)),
        lanes);
    Value lane = arith::XOrIOp::create(b, loc, inside, one);
    lane = both(lane, mask, lanes);
    Value some = arith::SelectOp::create(b, loc, lane, v,
                                         splat(math().cst(INT64_MIN), lanes));
    v = vector::ReductionOp::create(b, loc, vector::CombiningKind::MAXSI, some);
    inside = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::eq, v,
                                   math().cst(INT64_MIN));
  }
  Value outside = arith::XOrIOp::create(
      b, loc, inside,
      arith::ConstantOp::create(b, loc, b.getIntegerAttr(b.getI1Type(), 1)));
  auto store = [&](int64_t slot, Value i) {
    Value wide = arith::IndexCastOp::create(b, loc, b.getI64Type(), i);
    memref::StoreOp::create(b, loc, wide, report, math().cst(slot));
  };
  math().ifThen(outside, [&] {
    store(1, v);
    store(2, size);
    store(0, math().cst(1));
  });
}

Point ElementEmitter::throughGather(GatherOp op, const Point &point,
                                    int64_t lanes, Value mask) {
  int64_t axis = op.getAxis(), n = typeOf(op.getIndices()).getRank();
  Point at;
  at.indices.assign(point.indices.begin() + axis,
                    point.indices.begin() + axis + n);
  bool uniform =
      llvm::all_of(at.indices, [](const Index &i) { return i.isUniform(); });
  Scalar index =
      emit(op.getIndices(), at, uniform ? 1 : lanes, uniform ? Value() : mask);
  Type indexType = uniform || lanes == 1
                       ? Type(b.getIndexType())
                       : Type(vectorOf(b.getIndexType(), lanes));
  Value v = arith::IndexCastOp::create(b, loc, indexType,
                                       splat(index.value, uniform ? 1 : lanes));
  Index picked;
  (uniform || lanes == 1 ? picked.base : picked.irregular) = v;
  // Never outside of the data, whatever the indices are.
  Value count = size(op.getData(), axis);
  auto [inside, clamped] = clamp(picked, count, lanes);
  if (!op->hasAttr("in_bounds"))
    reportOutside(inside, v, count, mask);
  picked = clamped;
  Point result;
  result.indices.assign(point.indices.begin(), point.indices.begin() + axis);
  result.indices.push_back(picked);
  result.indices.append(point.indices.begin() + axis + n, point.indices.end());
  return result;
}
