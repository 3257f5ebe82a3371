//===- ControlFlow.cpp - loops and branches of a program --------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Codegen/CPU/ControlFlow.h"

#include "dialects/dlc/ScalarEmitter.h"

#include "Codegen/CPU/ElementEmitter.h"

using namespace mlir;
using namespace dlc;
using namespace dlc::cpu;

static bool isTensor(Value v) { return isa<RankedTensorType>(v.getType()); }

Value cpu::sourceOf(Value v) {
  while (auto reshape = v.getDefiningOp<ReshapeOp>())
    v = reshape.getInput();
  return v;
}

int64_t cpu::elementBytes(Type tensor) {
  Type element = cast<RankedTensorType>(tensor).getElementType();
  return llvm::divideCeil(memoryType(element).getIntOrFloatBitWidth(), 8);
}

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

Value ControlFlow::newRoom() {
  int64_t number = rooms ? rooms.getCount() : 0;
  if (!rooms) {
    OpBuilder::InsertionGuard guard(p.b);
    p.b.setInsertionPointToStart(p.frame.getParentBlock());
    rooms = rt::RoomsOp::create(p.b, p.loc, p.frame.getType(), 0);
  }
  rooms.setCount(number + 1);
  return rt::OffsetOp::create(p.b, p.loc, p.frame.getType(), rooms,
                              math().cst(number * rt::RoomsOp::kSize));
}

Value ControlFlow::grow(Value room, Value bytes, Value from, Value kept) {
  return rt::GrowOp::create(p.b, p.loc, p.frame.getType(), p.frame, room, bytes,
                            from, kept);
}

/// The part is stored behind what is there.
Value ControlFlow::appendMemory(const Append &append) {
  SmallVector<Value> shape(shapeOf(append.to)), added = p.sizesOf(append.part);
  // Nothing yet may be of other rows, the part has those that count.
  Value row = math().product(ArrayRef(added).drop_front());
  int64_t element = elementBytes(append.part.getType());
  Value kept = math().mul(math().mul(shape.front(), row), element);
  shape.front() = math().add(shape.front(), added.front());
  llvm::copy(ArrayRef(added).drop_front(), shape.begin() + 1);
  Value all = grow(append.room, math().byteSize(shape, element),
                   p.memory.lookup(append.to), kept);
  p.memory[append.result] = all;
  shapes[append.result] = shape;
  return rt::OffsetOp::create(p.b, p.loc, p.frame.getType(), all, kept);
}

Value ControlFlow::memoryFor(Value result) {
  if (auto it = appends.find(result); it != appends.end())
    return appendMemory(it->second);
  Value room = roomsOf.lookup(result);
  // What is planned has its memory; a room is for sizes not known before.
  if (!room && (depth == 0 || p.memory.contains(result)))
    return {};
  if (!room)
    room = newRoom();
  Value bytes =
      math().byteSize(p.sizesOf(result), elementBytes(result.getType()));
  return grow(room, bytes, room, math().cst(0));
}

SmallVector<Value> ControlFlow::openSizesOf(Value tensor) {
  SmallVector<Value> open;
  for (auto [d, size] : llvm::enumerate(p.sizesOf(tensor)))
    if (cast<RankedTensorType>(tensor.getType()).isDynamicDim(d))
      open.push_back(size);
  return open;
}

unsigned ControlFlow::bind(Value v, ValueRange parts) {
  if (!isTensor(v)) {
    p.sizes.map(v, parts.front());
    return 1;
  }
  unsigned next = 0;
  p.memory[v] = parts[next++];
  SmallVector<Value> shape;
  for (int64_t d : cast<RankedTensorType>(v.getType()).getShape())
    shape.push_back(ShapedType::isDynamic(d) ? parts[next++] : math().cst(d));
  shapes[v] = std::move(shape);
  return next;
}

LogicalResult ControlFlow::split(Value v, SmallVectorImpl<Value> &parts) {
  if (!isTensor(v)) {
    parts.push_back(p.sizes.lookup(v));
    return success();
  }
  FailureOr<Value> memory = p.memoryOf(v);
  if (failed(memory))
    return failure();
  parts.push_back(*memory);
  llvm::append_range(parts, openSizesOf(v));
  return success();
}

//===----------------------------------------------------------------------===//
// Loops
//===----------------------------------------------------------------------===//

SmallVector<ControlFlow::Carried>
ControlFlow::carriedBy(LoopLikeOpInterface loop) {
  SmallVector<Carried> all;
  bool keepsShapes = isa<scf::ForOp>(loop);
  for (auto [init, arg, yielded, result] :
       llvm::zip(loop.getInits(), loop.getRegionIterArgs(),
                 loop.getYieldedValues(), *loop.getLoopResults())) {
    auto type = dyn_cast<RankedTensorType>(arg.getType());
    // Inserts and joins that aren't done in place are in kernels.
    auto kind = !type                                  ? Carried::scalar
                : yielded.getDefiningOp<InsertOp>()    ? Carried::inPlace
                : yielded.getDefiningOp<ConcatOp>()    ? Carried::appended
                : keepsShapes || type.hasStaticShape() ? Carried::swapped
                                                       : Carried::moved;
    all.push_back({kind, init, arg, yielded, result});
  }
  return all;
}

LogicalResult ControlFlow::start(Carried &c, SmallVectorImpl<Value> &values) {
  c.first = values.size();
  if (c.kind == Carried::inPlace) {
    FailureOr<Value> from = p.memoryOf(c.init);
    if (failed(from))
      return failure();
    for (Value v : {c.arg, c.result}) {
      p.memory[v] = *from;
      shapes[v] = p.sizesOf(c.init);
    }
    return success();
  }
  if (c.kind == Carried::swapped) {
    FailureOr<Value> from = p.memoryOf(c.init);
    if (failed(from))
      return failure();
    shapes[c.arg] = p.sizesOf(c.init);
    shapes[c.result] = p.sizesOf(c.init);
    values.append({*from, p.resultMemory(c.result)});
    return success();
  }
  if (failed(split(c.init, values)))
    return failure();
  if (c.kind == Carried::appended)
    c.room = newRoom();
  if (c.kind == Carried::moved)
    values.append({newRoom(), newRoom()});
  return success();
}

void ControlFlow::enter(const Carried &c, ValueRange args) {
  args = args.drop_front(c.first);
  if (c.kind == Carried::inPlace)
    return;
  if (c.kind == Carried::swapped) {
    p.memory[c.arg] = args[0];
    p.memory[sourceOf(c.yielded)] = args[1];
    return;
  }
  unsigned next = bind(c.arg, args);
  if (c.kind == Carried::moved)
    roomsOf[sourceOf(c.yielded)] = args[next];
  if (c.kind == Carried::appended) {
    Value part = c.yielded.getDefiningOp<ConcatOp>().getInputs()[1];
    appends[sourceOf(part)] = {c.arg, part, c.room, c.yielded};
  }
}

LogicalResult ControlFlow::leave(const Carried &c, ValueRange args,
                                 SmallVectorImpl<Value> &values) {
  if (c.kind == Carried::inPlace)
    return success();
  size_t before = values.size();
  if (c.kind == Carried::swapped) {
    values.append({p.memory[sourceOf(c.yielded)], p.memory[c.arg]});
    return success();
  }
  if (failed(split(c.yielded, values)))
    return failure();
  if (c.kind == Carried::moved) {
    // The step after next writes where the one before this did.
    size_t next = c.first + (values.size() - before);
    values.append({args[next + 1], args[next]});
  }
  return success();
}

void ControlFlow::end(const Carried &c, ValueRange results) {
  if (c.kind == Carried::swapped)
    p.memory[c.result] = results[c.first];
  else if (c.kind != Carried::inPlace)
    bind(c.result, results.drop_front(c.first));
}

LogicalResult ControlFlow::emitBody(Block &body, ArrayRef<Carried> carried,
                                    ValueRange args,
                                    SmallVectorImpl<Value> &next) {
  ++depth;
  for (const Carried &c : carried)
    enter(c, args);
  if (failed(p.emitBlock(body)))
    return failure();
  for (const Carried &c : carried)
    if (failed(leave(c, args, next)))
      return failure();
  --depth;
  return success();
}

LogicalResult ControlFlow::emit(scf::ForOp op) {
  SmallVector<Carried> carried = carriedBy(op);
  SmallVector<Value> values, next;
  for (Carried &c : carried)
    if (failed(start(c, values)))
      return failure();
  auto loop = scf::ForOp::create(p.b, p.loc, p.sizes.lookup(op.getLowerBound()),
                                 p.sizes.lookup(op.getUpperBound()),
                                 p.sizes.lookup(op.getStep()), values);
  p.sizes.map(op.getInductionVar(), loop.getInductionVar());
  {
    OpBuilder::InsertionGuard guard(p.b);
    p.b.setInsertionPointToStart(loop.getBody());
    if (failed(
            emitBody(*op.getBody(), carried, loop.getRegionIterArgs(), next)))
      return failure();
    if (!next.empty())
      scf::YieldOp::create(p.b, p.loc, next);
  }
  for (const Carried &c : carried)
    end(c, loop.getResults());
  return success();
}

LogicalResult ControlFlow::emit(LoopOp op) {
  SmallVector<Carried> carried = carriedBy(op);
  // The number of the step and whether there is one, then what is carried.
  SmallVector<Value> values{math().cst(0), p.sizes.lookup(op.getCondition())};
  for (Carried &c : carried)
    if (failed(start(c, values)))
      return failure();
  Value trips = p.sizes.lookup(op.getTrips());
  LogicalResult emitted = success();
  auto loop = scf::WhileOp::create(
      p.b, p.loc, ValueRange(values).getTypes(), values,
      [&](OpBuilder &b, Location loc, ValueRange args) {
        Value more = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::slt,
                                           args[0], trips);
        more = arith::AndIOp::create(b, loc, more, args[1]);
        scf::ConditionOp::create(b, loc, more, args);
      },
      [&](OpBuilder &, Location loc, ValueRange args) {
        SmallVector<Value> next{math().add(args[0], 1), Value()};
        p.sizes.map(op.getStep(), args[0]);
        emitted = emitBody(op.getBody().front(), carried, args, next);
        next[1] = p.sizes.lookupOrNull(op.getNextCondition());
        if (succeeded(emitted))
          scf::YieldOp::create(p.b, loc, next);
      });
  if (failed(emitted))
    return failure();
  for (const Carried &c : carried)
    end(c, loop.getResults());
  return success();
}

//===----------------------------------------------------------------------===//
// Branches
//===----------------------------------------------------------------------===//

LogicalResult ControlFlow::emit(scf::IfOp op) {
  SmallVector<Type> types;
  for (Type type : op.getResultTypes()) {
    auto tensor = dyn_cast<RankedTensorType>(type);
    types.push_back(tensor || isSequenceOrOptional(type) ? p.frame.getType()
                                                         : type);
    if (tensor)
      types.append(tensor.getNumDynamicDims(), p.b.getIndexType());
  }
  bool hasElse = !op.getElseRegion().empty();
  auto branch = scf::IfOp::create(
      p.b, p.loc, types, p.sizes.lookup(op.getCondition()), true, hasElse);
  auto emitBranch = [&](Region &from, Region &to) -> LogicalResult {
    OpBuilder::InsertionGuard guard(p.b);
    // There is an end already where nothing is yielded.
    p.b.setInsertionPointToStart(&to.front());
    SmallVector<Value> parts;
    if (failed(p.emitBlock(from.front())))
      return failure();
    for (Value v : from.front().getTerminator()->getOperands())
      if (failed(split(v, parts)))
        return failure();
    if (!types.empty())
      scf::YieldOp::create(p.b, p.loc, parts);
    return success();
  };
  if (failed(emitBranch(op.getThenRegion(), branch.getThenRegion())) ||
      (hasElse &&
       failed(emitBranch(op.getElseRegion(), branch.getElseRegion()))))
    return failure();
  ValueRange parts = branch.getResults();
  for (Value result : op.getResults())
    parts = parts.drop_front(bind(result, parts));
  return success();
}

LogicalResult ControlFlow::emit(arith::SelectOp op) {
  SmallVector<Value> yes, no;
  if (failed(split(op.getTrueValue(), yes)) ||
      failed(split(op.getFalseValue(), no)))
    return failure();
  Value condition = p.sizes.lookup(op.getCondition());
  for (auto [x, y] : llvm::zip(yes, no))
    x = arith::SelectOp::create(p.b, p.loc, condition, x, y);
  bind(op.getResult(), yes);
  return success();
}
