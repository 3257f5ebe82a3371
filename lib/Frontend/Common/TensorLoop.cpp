//===- TensorLoop.cpp - loops whose values may change shape -----*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Types are ranked and say what is known of sizes, so the type of what a loop
// carries must be found first: the body is built on trial, with what the loop
// starts from; sizes in which that differs from what a step gives are left
// open, until nothing differs.

#include "Frontend/Common/TensorDetail.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace dlc;

/// Each level multiplies how often what is innermost is built.
static constexpr unsigned kMostNested = 8;
/// Loops of so few steps become straight code.
static constexpr int64_t kMostUnrolled = 16;

static bool isNull(Tensor x) { return !x; }

namespace dlc {

class LoopMaker {
public:
  LoopMaker(TensorBuilder &b, Dim trips, Tensor condition,
            ArrayRef<Tensor> inits, TensorBuilder::StepBody body)
      : b(b), here(b.loc), trips(trips), condition(condition), inits(inits),
        body(body) {}

  std::optional<LoopEnd> make();

private:
  TensorBuilder &b;
  Location here;
  Dim trips;
  Tensor condition;
  SmallVector<Tensor> inits;
  TensorBuilder::StepBody body;

  /// The sizes of the state that all steps have in common; null where they
  /// differ.
  SmallVector<Dims> shapes;
  /// Of what is a sequence: its type in all steps; of a tensor null.
  SmallVector<Type> sequences;
  /// Of the rows: the same.
  struct Row {
    Type element;
    Dims dims;
    bool isFixed() const { return !llvm::is_contained(dims, Dim()); }
  };
  SmallVector<Row> rows;
  bool counted = false; ///< no step's condition ever fails

  bool hasBound() const { return static_cast<bool>(trips); }
  std::optional<LoopEnd> unrolled();
  void findTypes();
  bool tryOnce();
  bool relax(size_t i, Tensor next);
  void openAll();
  bool isAllOpen() const;
  LoopStep runBody(Dim i, Block &block, ArrayRef<Value> state);
  LogicalResult checkState(size_t i, Tensor next);

  std::optional<LoopEnd> finalLoop();
  bool startsOf(SmallVectorImpl<Value> &starts);
  Value isOn(Tensor next);
  LogicalResult fill(Block &block);
  std::optional<LoopEnd> endOf(LoopOp loop);
  Value startOf(const Row &row, SmallVectorImpl<Value> &starts);
  LogicalResult gather(const Row &row, size_t number, Tensor next, Dim i,
                       ArrayRef<BlockArgument> args,
                       SmallVectorImpl<Value> &yields);
  Tensor stackOf(const Row &row, Dim count, ValueRange results);
  unsigned partsOf(const Row &row) const;
  /// Whether the stack is allocated in front of the loop.
  bool isInserted(const Row &row) const { return counted && row.isFixed(); }
  Type stateType(size_t i) {
    return sequences[i] ? sequences[i]
                        : Type(typeLike(staticDims(shapes[i]), inits[i]));
  }
};

} // namespace dlc

static bool isTrue(TensorBuilder &b, Tensor x) {
  if (!x)
    return true;
  std::optional<Ints> value = b.constantInts(x);
  return value && value->size() == 1 && value->front();
}

static bool isFalse(TensorBuilder &b, Tensor x) {
  std::optional<Ints> value = x ? b.constantInts(x) : std::nullopt;
  return value && value->size() == 1 && !value->front();
}

/// All of a few steps one after the other; nothing where that can't be.
std::optional<LoopEnd> LoopMaker::unrolled() {
  int64_t count = hasBound() ? staticDim(trips) : ShapedType::kDynamic;
  if (count < 1 || b.copies * count > kMostUnrolled || !isTrue(b, condition))
    return std::nullopt;
  Block *block = b.ops.getInsertionBlock();
  Operation *last = b.ops.getInsertionPoint() == block->begin()
                        ? nullptr
                        : &*std::prev(b.ops.getInsertionPoint());
  SizeCache outside = b.cache;
  b.copies *= count;
  LoopEnd end{{inits.begin(), inits.end()}, {}};
  SmallVector<Tensors> stacks;
  bool done = true;
  for (int64_t i = 0; done && i < count; ++i) {
    LoopStep step = body(b.dim(i), end.state);
    b.loc = here;
    done = !step.failed && step.state.size() == inits.size();
    for (size_t k = 0; done && k < inits.size(); ++k)
      done = succeeded(checkState(k, step.state[k]));
    if (!done)
      break;
    end.state = step.state;
    stacks.resize(step.rows.size());
    for (auto [stack, row] : llvm::zip(stacks, step.rows))
      stack.push_back(b.unsqueeze(row, {0}));
    if (isFalse(b, step.condition))
      break;
    done = isTrue(b, step.condition);
  }
  b.copies /= count;
  for (Tensors &stack : stacks)
    end.stacks.push_back(done ? b.concat(stack, 0) : Tensor());
  if (done && !llvm::any_of(end.stacks, isNull))
    return end;
  // Checks would stay.
  while (b.ops.getInsertionPoint() != block->begin() &&
         (!last || &*std::prev(b.ops.getInsertionPoint()) != last))
    std::prev(b.ops.getInsertionPoint())->erase();
  b.cache = std::move(outside);
  return std::nullopt;
}

LogicalResult LoopMaker::checkState(size_t i, Tensor next) {
  if (!next)
    return failure();
  Type first = inits[i].value().getType(), then = next.value().getType();
  if (isa_and_present<RankedTensorType, SequenceType, OptionalType>(
          joinTypes(first, then)))
    return success();
  b.error("value " + Twine(i) + " that a loop carries is " + describe(first) +
          " at first, then " + describe(then));
  return failure();
}

/// Builds the body into a block that has its arguments already.
LoopStep LoopMaker::runBody(Dim i, Block &block, ArrayRef<Value> state) {
  SmallVector<Tensor> tensors;
  for (auto [value, dims] : llvm::zip(state, shapes)) {
    Dims sizes = dims;
    for (auto [d, size] : llvm::enumerate(sizes))
      if (!size)
        size = tensor::DimOp::create(b.ops, here, value, d).getResult();
    b.setDims(value, sizes);
    tensors.push_back(b.wrap(value));
  }
  LoopStep step = body(i, tensors);
  b.loc = here;
  step.failed |=
      step.state.size() != inits.size() || llvm::any_of(step.rows, isNull);
  for (Tensor row : step.rows)
    if (!step.failed && row.isSequence()) {
      b.error("a sequence can't be a scan output");
      step.failed = true;
    }
  for (size_t k = 0; !step.failed && k < inits.size(); ++k)
    step.failed = failed(checkState(k, step.state[k]));
  return step;
}

/// Opens the sizes of the state in which a step differs; whether there were
/// any.
bool LoopMaker::relax(size_t i, Tensor next) {
  bool differs = false;
  if (sequences[i]) {
    Type both = joinTypes(sequences[i], next.value().getType());
    differs = both != sequences[i];
    sequences[i] = both;
    return differs;
  }
  Dims dims = b.dims(next);
  for (auto [d, e] : llvm::zip(shapes[i], dims))
    if (d && d != e) {
      d = Dim();
      differs = true;
    }
  return differs;
}

/// Forgets what is known of the state.
void LoopMaker::openAll() {
  for (Dims &shape : shapes)
    for (Dim &d : shape)
      d = Dim();
  for (Type &type : sequences)
    type = type ? openedType(type) : type;
}

bool LoopMaker::isAllOpen() const {
  return llvm::all_of(shapes,
                      [](const Dims &dims) {
                        return llvm::all_of(dims, [](Dim d) { return !d; });
                      }) &&
         llvm::all_of(sequences, [](Type type) {
           return !type || openedType(type) == type;
         });
}

/// Builds a step with what is known of the state; true if that holds for the
/// next one too.
bool LoopMaker::tryOnce() {
  Region region;
  Block &block = region.emplaceBlock();
  Value i = block.addArgument(b.ops.getIndexType(), here);
  SmallVector<Value> state;
  for (size_t k = 0; k < inits.size(); ++k)
    state.push_back(block.addArgument(stateType(k), here));
  SizeCache outside = b.cache;
  OpBuilder::InsertionGuard guard(b.ops);
  b.ops.setInsertionPointToStart(&block);
  // What is wrong with this shape may be right with any.
  ScopedDiagnosticHandler quiet(b.context(),
                                [](Diagnostic &) { return success(); });
  LoopStep step = runBody(i, block, state);
  bool fits = !step.failed;
  if (fits)
    for (size_t k = 0; k < inits.size(); ++k)
      fits &= !relax(k, step.state[k]);
  else
    openAll();
  counted = !step.failed && isTrue(b, condition) && isTrue(b, step.condition);
  rows.clear();
  for (Tensor row : step.failed ? Tensors() : step.rows) {
    Row &known = rows.emplace_back(Row{row.elementType(), b.dims(row)});
    for (Dim &d : known.dims)
      if (!isOutside(d, region))
        d = Dim();
  }
  b.cache = std::move(outside);
  return fits;
}

/// Finds what is the same in all steps. Each trial but the last opens a size,
/// or all: then errors are those of the body itself, and reported when the loop
/// is built.
void LoopMaker::findTypes() {
  for (Tensor x : inits) {
    shapes.push_back(dimsOf(b, x));
    sequences.push_back(x.isSequence() ? x.value().getType() : Type());
  }
  bool last = false;
  while (!tryOnce() && !last)
    last = isAllOpen();
}

//===----------------------------------------------------------------------===//
// Stacks
//===----------------------------------------------------------------------===//

// A stack whose size is known is filled row by row. Else rows are appended: as
// such where their sizes are known, or flat, with their sizes beside them.

unsigned LoopMaker::partsOf(const Row &row) const {
  return 1 + llvm::count(row.dims, Dim());
}

Value LoopMaker::startOf(const Row &row, SmallVectorImpl<Value> &starts) {
  Tensor zero = b.scalar(int64_t(0), row.element);
  Dims dims{isInserted(row) ? b.sizes().max(trips, b.dim(0)) : b.dim(0)};
  if (row.isFixed())
    llvm::append_range(dims, row.dims);
  Tensor start = zero ? b.full(dims, zero) : zero;
  if (!start)
    return {};
  Ints shape(start.shape());
  if (!isInserted(row))
    shape.front() = ShapedType::kDynamic;
  starts.push_back(asType(b, start, typeLike(shape, start)));
  for (Dim d : row.dims)
    if (!d)
      starts.push_back(b.indexValue(b.dim(0)));
  return starts.back();
}

LogicalResult LoopMaker::gather(const Row &row, size_t number, Tensor next,
                                Dim i, ArrayRef<BlockArgument> args,
                                SmallVectorImpl<Value> &yields) {
  Tensor stack = b.wrap(args.front());
  if (!next || next.rank() != static_cast<int64_t>(row.dims.size()))
    return failure();
  if (isInserted(row)) {
    Tensor all = b.insert(b.unsqueeze(next, {0}), stack, i);
    yields.push_back(all ? all.value() : Value());
    return success(static_cast<bool>(all));
  }
  Tensor part = row.isFixed() ? b.unsqueeze(next, {0})
                              : b.reshape(next, ArrayRef<int64_t>{-1});
  Tensor all = part ? b.concat({stack, part}, 0) : part;
  if (!all)
    return failure();
  yields.push_back(asType(b, all, stack.type()));
  Value isFirst = b.ops.createOrFold<arith::CmpIOp>(
      here, arith::CmpIPredicate::eq, b.indexValue(i), b.indexValue(b.dim(0)));
  size_t nextPart = 1;
  for (auto [d, size] : llvm::enumerate(b.dims(next)))
    if (!row.dims[d]) {
      Value before = args[nextPart++], now = b.indexValue(size);
      Value fits = b.ops.createOrFold<arith::OrIOp>(
          here, isFirst,
          b.ops.createOrFold<arith::CmpIOp>(here, arith::CmpIPredicate::eq,
                                            before, now));
      CheckOp::create(b.ops, here, fits,
                      ("dimension " + Twine(d) + " of scan output " +
                       Twine(number) + " is % in one step and % in the next")
                          .str(),
                      ValueRange{before, now});
      yields.push_back(now);
    }
  return success();
}

Tensor LoopMaker::stackOf(const Row &row, Dim count, ValueRange results) {
  Tensor stack = b.wrap(results.front());
  if (row.isFixed())
    return stack;
  Dims dims{count};
  unsigned next = 1;
  for (Dim d : row.dims)
    dims.push_back(d ? d : Dim(results[next++]));
  return b.reshape(stack, dims);
}

//===----------------------------------------------------------------------===//
// The loop
//===----------------------------------------------------------------------===//

/// What the loop starts from: the state, the stacks, and how many steps there
/// were.
bool LoopMaker::startsOf(SmallVectorImpl<Value> &starts) {
  for (size_t k = 0; k < inits.size(); ++k)
    starts.push_back(asType(b, inits[k], stateType(k)));
  for (const Row &row : rows)
    if (!startOf(row, starts))
      return false;
  starts.push_back(b.indexValue(b.dim(0)));
  return true;
}

Value LoopMaker::isOn(Tensor next) {
  return next ? conditionOf(b, next)
              : arith::ConstantIntOp::create(b.ops, here, 1, 1);
}

LogicalResult LoopMaker::fill(Block &block) {
  OpBuilder::InsertionGuard guard(b.ops);
  b.ops.setInsertionPointToStart(&block);
  Value i = block.getArgument(0);
  ArrayRef<BlockArgument> args = block.getArguments().drop_front();
  LoopStep step =
      runBody(i, block, SmallVector<Value>(args.take_front(inits.size())));
  if (step.failed || step.rows.size() != rows.size())
    return failure();
  Value again = isOn(step.condition);
  if (!again)
    return failure();
  SmallVector<Value> yields{again};
  for (size_t k = 0; k < inits.size(); ++k)
    yields.push_back(asType(b, step.state[k], stateType(k)));
  args = args.drop_front(inits.size());
  for (auto [number, row] : llvm::enumerate(rows)) {
    if (failed(gather(row, number, step.rows[number], i,
                      args.take_front(partsOf(row)), yields)))
      return failure();
    args = args.drop_front(partsOf(row));
  }
  yields.push_back(b.indexValue(b.sizes().add(i, b.dim(1))));
  YieldOp::create(b.ops, here, yields);
  return success();
}

std::optional<LoopEnd> LoopMaker::endOf(LoopOp loop) {
  LoopEnd end;
  ValueRange results = loop.getResults();
  Dim count = results.back();
  for (auto [k, shape] : llvm::enumerate(shapes)) {
    b.setDims(results[k], shape);
    end.state.push_back(b.wrap(results[k]));
  }
  results = results.drop_front(inits.size());
  for (const Row &row : rows) {
    end.stacks.push_back(stackOf(row, count, results));
    if (!end.stacks.back())
      return std::nullopt;
    results = results.drop_front(partsOf(row));
  }
  return end;
}

std::optional<LoopEnd> LoopMaker::finalLoop() {
  SmallVector<Value> starts;
  Value first = startsOf(starts) ? isOn(condition) : Value();
  if (!first)
    return std::nullopt;
  Value bound = b.indexValue(
      hasBound() ? trips : b.dim(std::numeric_limits<int64_t>::max()));
  auto loop = LoopOp::create(b.ops, here, ValueRange(starts).getTypes(), bound,
                             first, starts);
  Block &block = loop.getBody().emplaceBlock();
  block.addArgument(b.ops.getIndexType(), here);
  for (Value start : starts)
    block.addArgument(start.getType(), here);
  // What the body knows of sizes is not known behind it.
  SizeCache outside = b.cache;
  LogicalResult filled = fill(block);
  b.cache = std::move(outside);
  if (succeeded(filled))
    return endOf(loop);
  loop.erase();
  return std::nullopt;
}

std::optional<LoopEnd> LoopMaker::make() {
  if (llvm::any_of(inits, isNull))
    return std::nullopt;
  if (b.loopDepth >= kMostNested) {
    b.error("loops are nested more than " + Twine(kMostNested) + " deep");
    return std::nullopt;
  }
  {
    ScopedDiagnosticHandler quiet(b.context(),
                                  [](Diagnostic &) { return success(); });
    if (std::optional<LoopEnd> end = unrolled())
      return end;
  }
  ++b.loopDepth;
  findTypes();
  std::optional<LoopEnd> end;
  if (counted && !hasBound())
    b.error("the loop never ends: it has neither a trip count nor a condition "
            "that changes");
  else
    end = finalLoop();
  --b.loopDepth;
  return end;
}

std::optional<LoopEnd> TensorBuilder::iterate(Dim trips, Tensor condition,
                                              ArrayRef<Tensor> inits,
                                              StepBody body) {
  auto numbered = [&](Dim i, ArrayRef<Tensor> state) {
    stepNumbers.push_back(i);
    LoopStep step = body(i, state);
    stepNumbers.pop_back();
    return step;
  };
  return LoopMaker(*this, trips, condition, inits, numbered).make();
}
