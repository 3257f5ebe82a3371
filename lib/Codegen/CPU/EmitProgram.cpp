//===- EmitProgram.cpp - the run function and the kernels it launches -*- C++
//-*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Codegen/CPU/Arena.h"
#include "Codegen/CPU/Codegen.h"
#include "Codegen/CPU/ConcatParts.h"
#include "Codegen/CPU/ControlFlow.h"
#include "Codegen/CPU/InPlace.h"
#include "Codegen/CPU/Kernel.h"
#include "Codegen/CPU/Lifetimes.h"
#include "Codegen/CPU/RuntimeCalls.h"
#include "Codegen/CPU/Sequences.h"
#include "Support/Diagnostics.h"
#include "dialects/dlc/ScalarEmitter.h"
#include "dialects/dlc/SizeKey.h"
#include "dialects/rt/Rt.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/IRMapping.h"

using namespace mlir;
using namespace dlc;
using namespace dlc::cpu;

namespace {

class ProgramEmitter {
public:
  ProgramEmitter(ModuleOp model, const Isa &isa, WeightSink weights,
                 CodeNeeds &needs)
      : main(model.lookupSymbol<func::FuncOp>("main")), target(isa),
        weights(weights), needs(needs),
        program(ModuleOp::create(model.getLoc())), b(model.getContext()),
        loc(model.getLoc()), calls(model, *program, b),
        control({b, loc, frame, sizes, memory,
                 [this](Value v) { return memoryOf(v); },
                 [this](Value v) { return resultMemory(v); },
                 [this](Value v) { return mappedSizes(v); },
                 [this](Block &block) { return emitBlock(block); }}) {}

  FailureOr<OwningOpRef<ModuleOp>> emit() {
    b.setInsertionPointToEnd(program->getBody());
    auto run = func::FuncOp::create(
        b, loc, "dlc_run", b.getFunctionType({pointer}, {b.getI32Type()}));
    Block *entry = run.addEntryBlock();
    b.setInsertionPointToStart(entry);
    frame = entry->getArgument(0);
    Block &body = main.getBody().front();
    for (auto [i, arg] : llvm::enumerate(body.getArguments()))
      if (isa_and_present<RankedTensorType>(arg.getType()))
        memory[arg] = rt::InputOp::create(b, loc, pointer, frame, i);
      else if (isSequenceOrOptional(arg.getType()))
        sizes.map(arg, rt::InputOp::create(b, loc, pointer, frame, i));
    returned();
    if (failed(hoistSizes(body)))
      return failure();
    placeInserts();
    concats.find(body, [&](Value v) {
      return outputs.contains(v) || inserted.contains(v) || carried.contains(v);
    });
    planArena(body);
    if (failed(emitBlock(body)))
      return failure();
    giveSequences(control.scope(), body.getTerminator()->getOperands());
    Value ok = arith::ConstantIntOp::create(b, loc, 0, 32);
    func::ReturnOp::create(b, loc, ok);
    return std::move(program);
  }

private:
  func::FuncOp main;
  const Isa &target;
  WeightSink weights;
  CodeNeeds &needs;
  OwningOpRef<ModuleOp> program;
  OpBuilder b;
  Location loc;
  Value frame, weightsBase, report;
  Type pointer = LLVM::LLVMPointerType::get(b.getContext());
  IRMapping sizes;                     // index values of the model's function
  llvm::DenseMap<Value, Value> memory; // of tensors
  llvm::DenseMap<Value, unsigned> outputs;  // tensors that are outputs
  llvm::DenseMap<Value, Value> outputViews; // and the (reshaped) value returned
  llvm::DenseMap<Value, InsertOp> inserted; // in place, by the part
  llvm::DenseSet<Value> carried;            // what loops yield
  llvm::DenseSet<Operation *> done;
  llvm::StringMap<std::pair<std::string, LaunchPlan>> kernels;
  llvm::StringMap<std::pair<std::string, LaunchPlan>>
      borders; // by the main kernel's name
  llvm::DenseMap<Attribute, int64_t> weightOffsets;
  ConcatParts concats;
  RuntimeCalls calls;
  ControlFlow control;

  IndexMath math() { return {b, loc}; }

  void returned() {
    Operation *ret = main.getBody().front().getTerminator();
    for (OpOperand &operand : ret->getOpOperands()) {
      if (isSequenceOrOptional(operand.get().getType()))
        continue;
      Value source = sourceOf(operand.get());
      outputs[source] = operand.getOperandNumber();
      outputViews[source] = operand.get();
    }
  }

  /// What the kernels of loops' bodies write straight to its place.
  void placeInserts() {
    main.walk([&](LoopLikeOpInterface loop) {
      for (Value yielded : loop.getYieldedValues())
        if (auto insert = yielded.getDefiningOp<InsertOp>())
          inserted[sourceOf(insert.getPart())] = insert;
        else if (auto concat = yielded.getDefiningOp<ConcatOp>())
          carried.insert(sourceOf(concat.getInputs()[1]));
        else
          carried.insert(sourceOf(yielded));
    });
  }

  /// Whether an operation may be passed over, and must not be computed then.
  static bool isConditional(Operation *op) {
    return op->getParentOfType<scf::IfOp>() || op->getParentOfType<LoopOp>();
  }

  /// The operations of the model, loops before their bodies, without those of
  /// clusters.
  static void forEachOp(Block &body, function_ref<void(Operation *)> visit) {
    body.walk<WalkOrder::PreOrder>([&](Operation *op) {
      visit(op);
      return isa<ClusterOp>(op) ? WalkResult::skip() : WalkResult::advance();
    });
  }

  /// Index arithmetic on the inputs' sizes goes first, so that the arena's size
  /// is known.
  LogicalResult hoistSizes(Block &body) {
    bool resolved = true;
    forEachOp(body, [&](Operation *op) {
      if (auto dim = dyn_cast<tensor::DimOp>(op)) {
        auto arg = dyn_cast<BlockArgument>(dim.getSource());
        auto index = dim.getConstantIndex();
        if (index && isHandedOn(dim.getSource()))
          return; // known when that is
        if (!arg || arg.getOwner() != &body || !index) {
          op->emitError("internal error: unresolved size of a tensor");
          resolved = false;
          return;
        }
        sizes.map(dim.getResult(),
                  rt::InputDimOp::create(b, loc, b.getIndexType(), frame,
                                         arg.getArgNumber(), *index)
                      .getResult());
        done.insert(op);
      } else if (isConditional(op) && !isSpeculatable(op)) {
        return;
      } else if (isSizeArithmetic(op) &&
                 llvm::all_of(op->getOperands(),
                              [&](Value v) { return sizes.contains(v); })) {
        b.clone(*op, sizes);
        done.insert(op);
      } else if (auto check = dyn_cast<CheckOp>(op);
                 check && llvm::all_of(op->getOperands(), [&](Value v) {
                   return sizes.contains(v);
                 })) {
        emitCheck(check);
        done.insert(op);
      }
    });
    return success(resolved);
  }

  void emitCheck(CheckOp op) {
    SmallVector<Value> values;
    for (Value v : op.getValues())
      values.push_back(sizes.lookup(v));
    rt::CheckOp::create(b, loc, frame, sizes.lookup(op.getCondition()),
                        op.getMessage(), values, nodesOf(op.getLoc()));
  }

  static bool isSizeArithmetic(Operation *op) {
    return isa<arith::ArithDialect>(op->getDialect()) &&
           op->getResult(0).getType().isIntOrIndexOrFloat();
  }

  /// Whether a tensor comes from a branch or a loop that may change its shape.
  static bool isHandedOn(Value tensor) {
    while (Value init = loopInit(tensor))
      tensor = init;
    if (auto arg = dyn_cast<BlockArgument>(tensor))
      return isa<LoopOp>(arg.getOwner()->getParentOp());
    auto concat = tensor.getDefiningOp<ConcatOp>();
    return (concat && concat.isAppend()) ||
           isa<scf::IfOp, LoopOp, SequenceAtOp, arith::SelectOp>(
               tensor.getDefiningOp());
  }

  SmallVector<Value> sizesOf(Value tensor, ValueRange open) {
    SmallVector<Value> result;
    unsigned next = 0;
    RankedTensorType type = typeOf(tensor);
    for (int64_t d : type.getShape())
      result.push_back(ShapedType::isDynamic(d)
                           ? sizes.lookupOrNull(open[next++])
                           : math().cst(d));
    return result;
  }

  SmallVector<Value> mappedSizes(Value tensor) {
    RankedTensorType type = typeOf(tensor);
    while (Value init = loopInit(tensor))
      tensor = init;
    if (ArrayRef<Value> shape = control.shapeOf(tensor); !shape.empty())
      return SmallVector<Value>(shape);
    if (auto arg = dyn_cast<BlockArgument>(tensor)) {
      SmallVector<Value> result;
      for (auto [d, size] : llvm::enumerate(type.getShape()))
        result.push_back(
            ShapedType::isDynamic(size)
                ? Value(rt::InputDimOp::create(b, loc, b.getIndexType(), frame,
                                               arg.getArgNumber(), d))
                : math().cst(size));
      return result;
    }
    return sizesOf(tensor, statedSizes(tensor));
  }

  /// The tensors that need memory of the arena: what kernels write, unless that
  /// is an output or a loop's, and for each tensor that a loop changes a second
  /// buffer beside that which it starts from.
  SmallVector<Value> arenaValues(Block &body) {
    SmallVector<Value> values;
    forEachOp(body, [&](Operation *op) {
      if (isa<ClusterOp, CallOp, tensor::FromElementsOp, tensor::EmptyOp>(op)) {
        Value v = op->getResult(0);
        if (!outputs.contains(v) && !inserted.contains(v) &&
            !carried.contains(v) && !concats.isPart(v))
          values.push_back(v);
      } else if (auto loop = dyn_cast<LoopLikeOpInterface>(op)) {
        for (auto [yielded, result] :
             llvm::zip(loop.getYieldedValues(), *loop.getLoopResults())) {
          auto type = dyn_cast<RankedTensorType>(result.getType());
          if (type && !yielded.getDefiningOp<InsertOp>() &&
              (isa<scf::ForOp>(op) || type.hasStaticShape()))
            values.push_back(result);
        }
      }
    });
    return values;
  }

  /// What a tensor takes of the arena; null if it is not known when the run
  /// starts.
  std::optional<Arena::Room> roomOf(Value tensor) {
    RankedTensorType type = typeOf(tensor);
    // Its size may be none, or too large, where it is not computed.
    if (!type.hasStaticShape() && isConditional(tensor.getDefiningOp()))
      return std::nullopt;
    while (Value init = loopInit(tensor))
      tensor = init;
    SmallVector<Value> dims = sizesOf(tensor, statedSizes(tensor));
    if (llvm::is_contained(dims, Value()))
      return std::nullopt;
    return Arena::roomOf(dims, elementBytes(type));
  }

  void planArena(Block &body) {
    Lifetimes lifetimes(body);
    Arena arena;
    for (Value v : arenaValues(body)) {
      std::optional<Arena::Room> room = roomOf(v);
      if (!room)
        continue; // allocated when it is
      int64_t first = lifetimes.start(v.getDefiningOp()),
              last = lifetimes.lastUse(v);
      concats.forParts(v, [&](Value part) {
        first = std::min(first, lifetimes.start(part.getDefiningOp()));
        last = std::max(last, lifetimes.lastUse(part));
      });
      auto isFree = [&](Value input) {
        return arena.hasRoom(input, *room) && !concats.isWhole(input);
      };
      if (Value over = overwrittenInput(v, lifetimes, isFree))
        arena.addOver(v, over, last);
      else
        arena.add(v, *room, first, last);
    }
    bool reports = false;
    body.walk([&](ClusterOp op) { reports |= needsReport(op); });
    if (reports)
      arena.add(Value(), {{}, 64}, 0, lifetimes.end());
    Value total = arena.plan(math());
    needs.arena = constantIndex(total).value_or(-1);
    if (constantIndex(total) == 0)
      return;
    Value start = rt::ArenaOp::create(b, loc, pointer, frame, total);
    arena.forEach(math(), [&](Value v, Value offset) {
      (v ? memory[v] : report) =
          rt::OffsetOp::create(b, loc, pointer, start, offset);
    });
    if (reports)
      memref::StoreOp::create(b, loc,
                              arith::ConstantIntOp::create(b, loc, 0, 64),
                              reportMemref(), math().cst(0));
  }

  FailureOr<Value> memoryOf(Value tensor) {
    tensor = sourceOf(tensor);
    if (Value m = memory.lookup(tensor))
      return m;
    if (auto constant = tensor.getDefiningOp<ConstantOp>()) {
      auto value = cast<ElementsAttr>(constant.getValue());
      auto it = weightOffsets.find(value);
      if (it == weightOffsets.end()) {
        FailureOr<int64_t> offset = weights(value);
        if (failed(offset))
          return failure();
        it = weightOffsets.insert({value, *offset}).first;
      }
      if (!weightsBase) {
        OpBuilder::InsertionGuard guard(b);
        b.setInsertionPointToStart(
            &frame.getParentBlock()->getParentOp()->getRegion(0).front());
        weightsBase = rt::WeightsOp::create(b, loc, pointer, frame);
      }
      return Value(rt::OffsetOp::create(b, loc, pointer, weightsBase,
                                        math().cst(it->second)));
    }
    return emitError(tensor.getLoc(),
                     "internal error: a tensor is not in memory");
  }

  Value reportMemref() { return asMemref(report, b.getI64Type()); }

  /// Launches that take indices share one report, which is clear but for an
  /// error.
  void checkReport(ClusterOp cluster) {
    Value memref = reportMemref();
    auto load = [&](int64_t slot) -> Value {
      return memref::LoadOp::create(b, loc, memref, math().cst(slot));
    };
    auto asIndex = [&](Value v) -> Value {
      return arith::IndexCastOp::create(b, loc, b.getIndexType(), v);
    };
    Value clear =
        arith::CmpIOp::create(b, loc, arith::CmpIPredicate::eq, load(0),
                              arith::ConstantIntOp::create(b, loc, 0, 64));
    rt::CheckOp::create(b, loc, frame, clear,
                        "index % is out of range for a dimension of size %",
                        ValueRange{asIndex(load(1)), asIndex(load(2))},
                        nodesOf(cluster.getLoc()));
  }

  /// Memory for what an operation yields: an output's, or what the plan gave.
  Value resultMemory(Value v) {
    if (auto it = concats.places.find(v); it != concats.places.end()) {
      Value whole = memory.lookup(it->second.whole);
      Value bytes = math().cst(it->second.bytes);
      for (Value size : it->second.open)
        bytes = math().mul(bytes, sizes.lookup(size));
      return memory[v] = rt::OffsetOp::create(
                 b, loc, pointer,
                 whole ? whole : resultMemory(it->second.whole), bytes);
    }
    if (auto it = outputs.find(v); it != outputs.end())
      return memory[v] =
                 rt::OutputOp::create(b, loc, pointer, frame, it->second,
                                      mappedSizes(outputViews[v]));
    if (InsertOp insert = inserted.lookup(v)) {
      Value row =
          math().product(ArrayRef(mappedSizes(insert.getInto())).drop_front());
      Value elements = math().mul(sizes.lookup(insert.getOffset()), row);
      return memory[v] = rt::OffsetOp::create(
                 b, loc, pointer, memory.lookup(insert.getInto()),
                 math().mul(elements, elementBytes(typeOf(v))));
    }
    if (Value m = control.memoryFor(v))
      return memory[v] = m;
    if (Value m = memory.lookup(v))
      return m;
    Value bytes = math().byteSize(mappedSizes(v), elementBytes(typeOf(v)));
    return memory[v] = rt::AllocOp::create(b, loc, pointer, frame, bytes);
  }

  LogicalResult emitBlock(Block &block) {
    for (Operation &op : block.without_terminator())
      if (!done.contains(&op) && failed(emitOp(&op)))
        return failure();
    return success();
  }

  LogicalResult emitOp(Operation *op) {
    if (isa<ConstantOp, ReshapeOp, InsertOp, ConcatOp>(op))
      return success();
    if (auto loop = dyn_cast<scf::ForOp>(op))
      return control.emit(loop);
    if (auto loop = dyn_cast<LoopOp>(op))
      return control.emit(loop);
    if (auto branch = dyn_cast<scf::IfOp>(op))
      return control.emit(branch);
    if (auto dim = dyn_cast<tensor::DimOp>(op)) {
      sizes.map(dim.getResult(),
                mappedSizes(dim.getSource())[*dim.getConstantIndex()]);
      return success();
    }
    if (auto cluster = dyn_cast<ClusterOp>(op))
      return emitCluster(cluster);
    if (auto call = dyn_cast<CallOp>(op))
      return emitCall(call);
    if (auto extract = dyn_cast<tensor::ExtractOp>(op))
      return emitExtract(extract);
    if (auto elements = dyn_cast<tensor::FromElementsOp>(op))
      return emitElements(elements);
    if (isa<tensor::EmptyOp>(op)) {
      resultMemory(op->getResult(0));
      return success();
    }
    if (isSizeArithmetic(op)) {
      b.clone(*op, sizes);
      return success();
    }
    if (auto check = dyn_cast<CheckOp>(op)) {
      emitCheck(check);
      return success();
    }
    if (auto select = dyn_cast<arith::SelectOp>(op))
      return control.emit(select);
    return emitSequence(control, op);
  }

  Value asMemref(Value pointer, Type element) {
    auto type = MemRefType::get({ShapedType::kDynamic}, memoryType(element));
    return rt::ScratchOp::create(b, loc, type, pointer, 0);
  }

  LogicalResult emitExtract(tensor::ExtractOp op) {
    FailureOr<Value> from = memoryOf(op.getTensor());
    if (failed(from))
      return failure();
    SmallVector<Value> at;
    for (Value i : op.getIndices())
      at.push_back(sizes.lookup(i));
    Value offset = math().linearize(at, mappedSizes(op.getTensor()));
    Type element = typeOf(op.getTensor()).getElementType();
    Value loaded =
        memref::LoadOp::create(b, loc, asMemref(*from, element), offset);
    if (element.isInteger(1)) // a byte in memory
      loaded = arith::CmpIOp::create(
          b, loc, arith::CmpIPredicate::ne, loaded,
          arith::ConstantIntOp::create(b, loc, loaded.getType(), 0));
    sizes.map(op.getResult(), loaded);
    return success();
  }

  LogicalResult emitElements(tensor::FromElementsOp op) {
    if (op->use_empty())
      return success();
    Value to =
        asMemref(resultMemory(op.getResult()), op.getType().getElementType());
    for (auto [i, element] : llvm::enumerate(op.getElements()))
      memref::StoreOp::create(b, loc, sizes.lookup(element), to, math().cst(i));
    return success();
  }

  LogicalResult emitCall(CallOp op) {
    SmallVector<Value> args{
        Value(), math().product(mappedSizes(op.getResult())),
        math().product(mappedSizes(op.getInputs().front()))};
    for (Value input : op.getInputs()) {
      FailureOr<Value> from = memoryOf(input);
      if (failed(from))
        return failure();
      args.push_back(*from);
    }
    args.front() = resultMemory(op.getResult());
    calls.emit(op, frame, args, nodesOf(op.getLoc()));
    return success();
  }

  /// Clusters that differ only in their operands share a kernel.
  FailureOr<std::pair<StringRef, LaunchPlan>> kernelOf(ClusterOp cluster) {
    std::string key;
    llvm::raw_string_ostream os(key);
    cluster->print(os, OpPrintingFlags().useLocalScope());
    auto [it, isNew] = kernels.try_emplace(key);
    if (isNew) {
      std::string name = "k" + std::to_string(kernels.size() - 1);
      FailureOr<LaunchPlan> plan = emitKernel(cluster, name, *program, target);
      if (failed(plan))
        return failure();
      nameAfter(cluster, name);
      it->second = {name, *plan};
      if (storesElsewhere(cluster) &&
          cluster.getRoot().getDefiningOp<PadOp>()) {
        FailureOr<LaunchPlan> border =
            emitBorderKernel(cluster, name + "_border", *program, target);
        if (failed(border))
          return failure();
        nameAfter(cluster, name + "_border");
        borders[name] = {name + "_border", *border};
      }
      needs.scratch = std::max(needs.scratch, plan->scratch);
    }
    return std::pair(StringRef(it->second.first), it->second.second);
  }

  void nameAfter(ClusterOp cluster, StringRef kernel) {
    program->lookupSymbol(kernel)->setLoc(cluster.getLoc());
  }

  LogicalResult emitCluster(ClusterOp cluster) {
    if (concats.isWhole(cluster.getResult()))
      return success(); // its parts are there
    auto kernel = kernelOf(cluster);
    if (failed(kernel))
      return failure();
    auto &[name, plan] = *kernel;
    SmallVector<Value> args, open;
    for (Value input : cluster.getInputs()) {
      auto type = dyn_cast<RankedTensorType>(input.getType());
      if (!type) {
        args.push_back(sizes.lookup(input));
        continue;
      }
      FailureOr<Value> from = memoryOf(input);
      if (failed(from))
        return failure();
      args.push_back(*from);
      if (type.hasStaticShape())
        continue;
      SmallVector<Value> dims = mappedSizes(input);
      for (auto [d, size] : llvm::enumerate(dims))
        if (type.isDynamicDim(d))
          open.push_back(size);
    }
    llvm::append_range(args, open);
    args.push_back(resultMemory(cluster.getResult()));
    if (needsReport(cluster))
      args.push_back(report);
    SmallVector<Dim> dims = computedDims(cluster);
    if (auto it = borders.find(name); it != borders.end()) {
      auto &[function, border] = it->second;
      launch(function, border, dims, args, describeBorder(cluster, border),
             cluster);
    }
    launch(name, plan, dims, args, describeKernel(cluster, plan, target),
           cluster);
    remarkKernel(cluster, needs.kernels.back(), target);
    if (needsReport(cluster))
      checkReport(cluster);
    return success();
  }

  void launch(StringRef name, const LaunchPlan &plan, ArrayRef<Dim> dims,
              ValueRange args, KernelRow row, ClusterOp cluster) {
    Value units = math().value(plan.units(ShapeAlgebra(loc, &b), dims));
    row.function = name;
    row.site = nodesOf(cluster.getLoc());
    row.units = constantIndex(units).value_or(-1);
    rt::LaunchOp::create(b, loc, frame, name, units, math().cst(plan.grain),
                         args, row.site, plan.name(), row.work.flops,
                         row.work.bytes);
    needs.kernels.push_back(std::move(row));
  }

  /// The sizes of what the kernel computes: the output's, but for one that it
  /// stores within a border or in another order.
  SmallVector<Dim> computedDims(ClusterOp cluster) {
    SmallVector<Dim> dims;
    for (Value v : mappedSizes(cluster.getResult()))
      dims.push_back(constantIndex(v) ? Dim(b.getIndexAttr(*constantIndex(v)))
                                      : Dim(v));
    if (!storesElsewhere(cluster))
      return dims;
    Operation *root = cluster.getRoot().getDefiningOp();
    if (auto pad = dyn_cast<PadOp>(root)) {
      for (auto [dim, size] :
           llvm::zip(dims, pad.getInput().getType().getShape()))
        if (!ShapedType::isDynamic(size)) // else it has no border there
          dim = b.getIndexAttr(size);
      return dims;
    }
    SmallVector<Dim> order(dims.size());
    for (auto [dim, p] :
         llvm::zip(dims, cast<TransposeOp>(root).getPermutation()))
      order[p] = dim;
    return order;
  }
};

} // namespace

FailureOr<OwningOpRef<ModuleOp>> cpu::emitProgram(ModuleOp model,
                                                  const Isa &isa,
                                                  WeightSink weights,
                                                  CodeNeeds &needs) {
  return ProgramEmitter(model, isa, weights, needs).emit();
}
