//===- Sequences.cpp - sequences and optionals of a program -----*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Codegen/CPU/Sequences.h"

#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace dlc;
using namespace dlc::cpu;

namespace {

class SequenceEmitter {
public:
  SequenceEmitter(ControlFlow &control)
      : control(control), p(control.scope()), pointer(p.frame.getType()) {}

  LogicalResult emit(Operation *op) {
    return TypeSwitch<Operation *, LogicalResult>(op)
        .Case([&](SequenceMakeOp op) { return emit(op); })
        .Case([&](SequenceNoneOp op) {
          return is(op, LLVM::ZeroOp::create(p.b, p.loc, pointer));
        })
        .Case([&](SequenceInsertOp op) {
          Value s = insert(p.sizes.lookup(op.getSequence()), op.getItem(),
                           p.sizes.lookup(op.getAt()));
          return is(op, s);
        })
        .Case([&](SequenceEraseOp op) {
          return is(op, rt::EraseOp::create(p.b, p.loc, pointer, p.frame,
                                            p.sizes.lookup(op.getSequence()),
                                            p.sizes.lookup(op.getAt())));
        })
        .Case([&](SequenceAtOp op) { return emit(op); })
        .Case([&](SequenceLengthOp op) {
          return is(op, rt::LengthOp::create(p.b, p.loc, p.b.getIndexType(),
                                             p.frame,
                                             p.sizes.lookup(op.getSequence())));
        })
        .Case([&](SequenceHasOp op) {
          Value none = LLVM::ZeroOp::create(p.b, p.loc, pointer);
          return is(
              op, LLVM::ICmpOp::create(p.b, p.loc, LLVM::ICmpPredicate::ne,
                                       p.sizes.lookup(op.getOptional()), none));
        })
        .Case([&](SequenceCastOp op) {
          return is(op, p.sizes.lookup(op.getFrom()));
        })
        .Default([](Operation *op) {
          return op->emitError("'") << op->getName() << "' can't be compiled";
        });
  }

private:
  ControlFlow &control;
  const ProgramScope &p;
  Type pointer;

  /// What an operation's result is; null: an error.
  LogicalResult is(Operation *op, Value v) {
    if (!v)
      return failure();
    p.sizes.map(op->getResult(0), v);
    return success();
  }

  Value insert(Value sequence, Value item, Value at) {
    FailureOr<Value> data = p.memoryOf(item);
    if (failed(data))
      return {};
    return rt::InsertOp::create(p.b, p.loc, pointer, p.frame, sequence, at,
                                *data, elementBytes(item.getType()),
                                p.sizesOf(item));
  }

  LogicalResult emit(SequenceMakeOp op) {
    Value all = rt::SequenceOp::create(p.b, p.loc, pointer, p.frame);
    for (auto [i, item] : llvm::enumerate(op.getItems())) {
      all = insert(all, item, IndexMath(p.b, p.loc).cst(i));
      if (!all)
        return failure();
    }
    return is(op, all);
  }

  LogicalResult emit(SequenceAtOp op) {
    RankedTensorType type = typeOf(op.getResult());
    SmallVector<Type> dims(type.getRank(), p.b.getIndexType());
    auto at = rt::AtOp::create(p.b, p.loc, pointer, dims, p.frame,
                               p.sizes.lookup(op.getSequence()),
                               p.sizes.lookup(op.getAt()));
    SmallVector<Value> parts{at.getData()};
    for (auto [d, size] : llvm::enumerate(at.getDims()))
      if (type.isDynamicDim(d))
        parts.push_back(size);
    control.bind(op.getResult(), parts);
    return success();
  }
};

} // namespace

LogicalResult cpu::emitSequence(ControlFlow &control, Operation *op) {
  return SequenceEmitter(control).emit(op);
}

void cpu::giveSequences(const ProgramScope &p, ValueRange returned) {
  for (auto [i, v] : llvm::enumerate(returned))
    if (isSequenceOrOptional(v.getType()))
      rt::GiveOp::create(p.b, p.loc, p.frame, i, p.sizes.lookup(v));
}
