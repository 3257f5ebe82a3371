//===- ConvertRtToLLVM.cpp - calls into the run time become loads, calls and
// branches -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// The layouts are those of dlc_frame and dlc_services in include/dlc/runtime.h.

#include "Codegen/CPU/Passes.h"
#include "dialects/rt/Rt.h"
#include "mlir/Conversion/LLVMCommon/MemRefBuilder.h"
#include "mlir/Conversion/LLVMCommon/TypeConverter.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

namespace dlc::cpu {
#define GEN_PASS_DEF_CONVERTRTTOLLVM
#include "lib/Codegen/CPU/Passes.h.inc"
} // namespace dlc::cpu

using namespace mlir;
using namespace dlc;

namespace {

enum FrameField { Services = 0, Inputs = 1, InputDims = 2, Weights = 3 };
enum Service {
  Parallel = 0,
  Arena = 1,
  Alloc = 2,
  Output = 3,
  Fail = 4,
  Grow = 5,
  Sequence = 6,
  Insert = 7,
  Erase = 8,
  Length = 9,
  At = 10,
  Give = 11
};

class Converter {
public:
  explicit Converter(ModuleOp module)
      : module(module), b(module.getContext()), loc(module.getLoc()),
        pointer(LLVM::LLVMPointerType::get(module.getContext())),
        i64(b.getI64Type()), types(module.getContext()) {}

  void run() {
    for (auto func : llvm::make_early_inc_range(module.getOps<func::FuncOp>()))
      runOn(func);
  }

private:
  ModuleOp module;
  OpBuilder b;
  Location loc;
  Type pointer, i64;
  LLVMTypeConverter types;
  llvm::StringMap<LLVM::GlobalOp> strings;
  llvm::MapVector<std::tuple<StringRef, StringRef, int64_t, int64_t>,
                  LLVM::GlobalOp>
      sites;
  Value slots; // the argument array of the function at hand
  int64_t mostSlots = 0;

  void runOn(func::FuncOp func) {
    SmallVector<Operation *> ops;
    mostSlots = 0;
    func.walk([&](Operation *op) {
      if (!isa<rt::RtDialect>(op->getDialect()))
        return;
      ops.push_back(op);
      if (auto launch = dyn_cast<rt::LaunchOp>(op))
        mostSlots = std::max<int64_t>(mostSlots, launch.getArgs().size());
      if (auto output = dyn_cast<rt::OutputOp>(op))
        mostSlots = std::max<int64_t>(mostSlots, output.getDims().size());
      if (auto check = dyn_cast<rt::CheckOp>(op))
        mostSlots = std::max<int64_t>(mostSlots, check.getValues().size());
      if (auto insert = dyn_cast<rt::InsertOp>(op))
        mostSlots = std::max<int64_t>(mostSlots, insert.getDims().size());
      if (auto at = dyn_cast<rt::AtOp>(op))
        mostSlots = std::max<int64_t>(mostSlots, at.getDims().size());
    });
    if (mostSlots > 0) {
      b.setInsertionPointToStart(&func.getBody().front());
      slots =
          LLVM::AllocaOp::create(b, loc, pointer, i64, constant(mostSlots), 8);
    }
    for (Operation *op : ops) {
      b.setInsertionPoint(op);
      TypeSwitch<Operation *>(op)
          .Case([&](rt::ArgOp op) { convert(op); })
          .Case([&](rt::ScratchOp op) {
            replace(op,
                    memref(at(op.getScratch(), op.getOffset()), op.getType()));
          })
          .Case([&](rt::InputOp op) {
            replace(op, load(pointer, field(op.getFrame(), Inputs),
                             op.getNumber()));
          })
          .Case([&](rt::InputDimOp op) {
            Value dims =
                load(pointer, field(op.getFrame(), InputDims), op.getNumber());
            replace(op, index(load(i64, dims, op.getDim())));
          })
          .Case([&](rt::WeightsOp op) {
            replace(op, field(op.getFrame(), Weights));
          })
          .Case([&](rt::OffsetOp op) {
            replace(op, LLVM::GEPOp::create(
                            b, loc, pointer, b.getI8Type(), op.getBase(),
                            ValueRange(integer(op.getBytes()))));
          })
          .Case([&](rt::ArenaOp op) {
            memoryCall(op, call(op.getFrame(), Arena, pointer,
                                {integer(op.getBytes())}));
          })
          .Case([&](rt::AllocOp op) {
            memoryCall(op, call(op.getFrame(), Alloc, pointer,
                                {integer(op.getBytes())}));
          })
          .Case([&](rt::RoomsOp op) { convert(op); })
          .Case([&](rt::GrowOp op) {
            memoryCall(op, call(op.getFrame(), Grow, pointer,
                                {op.getRoom(), integer(op.getBytes()),
                                 op.getFrom(), integer(op.getKept())}));
          })
          .Case([&](rt::OutputOp op) {
            fill(op.getDims());
            memoryCall(op,
                       call(op.getFrame(), Output, pointer,
                            {int32(op.getNumber()), int32(op.getDims().size()),
                             dimsOrNull(op.getDims().size())}));
          })
          .Case([&](rt::SequenceOp op) {
            replace(op, call(op.getFrame(), Sequence, pointer, {}));
          })
          .Case([&](rt::InsertOp op) {
            fill(op.getDims());
            memoryCall(
                op, call(op.getFrame(), Insert, pointer,
                         {op.getFrom(), integer(op.getAt()), op.getData(),
                          constant(op.getElement()), int32(op.getDims().size()),
                          dimsOrNull(op.getDims().size())}));
          })
          .Case([&](rt::EraseOp op) {
            memoryCall(op, call(op.getFrame(), Erase, pointer,
                                {op.getFrom(), integer(op.getAt())}));
          })
          .Case([&](rt::LengthOp op) {
            replace(op, index(call(op.getFrame(), Length, i64,
                                   {op.getSequence()})));
          })
          .Case([&](rt::AtOp op) { convert(op); })
          .Case([&](rt::GiveOp op) { convert(op); })
          .Case([&](rt::CheckOp op) { convert(op); })
          .Case([&](rt::StringsOp op) { convert(op); })
          .Case([&](rt::ReportedOp op) { convert(op); })
          .Case([&](rt::LaunchOp op) { convert(op); });
    }
  }

  void replace(Operation *op, Value v) {
    op->getResult(0).replaceAllUsesWith(v);
    op->erase();
  }

  Value constant(int64_t v) {
    return LLVM::ConstantOp::create(b, loc, i64, b.getI64IntegerAttr(v));
  }
  Value int32(int64_t v) {
    return LLVM::ConstantOp::create(b, loc, b.getI32Type(),
                                    b.getI32IntegerAttr(v));
  }
  Value integer(Value index) {
    return arith::IndexCastOp::create(b, loc, i64, index);
  }
  Value index(Value integer) {
    return arith::IndexCastOp::create(b, loc, b.getIndexType(), integer);
  }
  Value null() { return LLVM::ZeroOp::create(b, loc, pointer); }

  Value at(Value base, int64_t bytes) {
    if (bytes == 0)
      return base;
    return LLVM::GEPOp::create(
        b, loc, pointer, b.getI8Type(), base,
        ArrayRef<LLVM::GEPArg>{static_cast<int32_t>(bytes)});
  }
  Value load(Type type, Value base, int64_t element) {
    return LLVM::LoadOp::create(b, loc, type, at(base, element * 8));
  }
  Value field(Value frame, FrameField number) {
    return load(pointer, frame, number);
  }

  Value call(Value frame, Service number, Type result, ArrayRef<Value> args) {
    Value services = field(frame, Services);
    SmallVector<Value> operands{load(pointer, services, number), frame};
    llvm::append_range(operands, args);
    SmallVector<Type> params{pointer};
    for (Value v : args)
      params.push_back(v.getType());
    auto type = LLVM::LLVMFunctionType::get(result, params);
    auto op = LLVM::CallOp::create(b, loc, type, FlatSymbolRefAttr(), operands);
    return op.getNumResults() ? op.getResult() : Value();
  }

  /// The run ends where there is no memory; the run time has recorded the
  /// error.
  void memoryCall(Operation *op, Value memory) {
    endIfNull(memory);
    replace(op, memory);
  }

  void endIfNull(Value memory) {
    Value none =
        LLVM::ICmpOp::create(b, loc, LLVM::ICmpPredicate::eq, memory, null());
    Value status = int32(1);
    endIf(none, [&] { return status; });
  }

  /// Returns a status where the condition holds; goes on behind the insertion
  /// point.
  void endIf(Value condition, function_ref<Value()> status) {
    Block *block = b.getInsertionBlock();
    Block *rest = block->splitBlock(b.getInsertionPoint());
    Block *end = new Block;
    block->getParent()->getBlocks().insertAfter(block->getIterator(), end);
    b.setInsertionPointToEnd(block);
    cf::CondBranchOp::create(b, loc, condition, end, rest);
    b.setInsertionPointToEnd(end);
    func::ReturnOp::create(b, loc, status());
    b.setInsertionPointToStart(rest);
  }

  void fill(ValueRange values) {
    for (auto [i, v] : llvm::enumerate(values))
      LLVM::StoreOp::create(b, loc, v.getType().isIndex() ? integer(v) : v,
                            at(slots, i * 8));
  }
  Value dimsOrNull(size_t n) { return n ? slots : null(); }

  /// A memref on memory of unknown extent.
  Value memref(Value data, Type type) {
    auto memrefType = cast<MemRefType>(type);
    auto descriptor =
        MemRefDescriptor::poison(b, loc, types.convertType(memrefType));
    descriptor.setAllocatedPtr(b, loc, data);
    descriptor.setAlignedPtr(b, loc, data);
    descriptor.setConstantOffset(b, loc, 0);
    descriptor.setConstantSize(b, loc, 0, INT64_MAX);
    descriptor.setConstantStride(b, loc, 0, 1);
    return UnrealizedConversionCastOp::create(b, loc, type, Value(descriptor))
        .getResult(0);
  }

  void convert(rt::ArgOp op) {
    if (op.getType().isIndex())
      replace(op, index(load(i64, op.getArgs(), op.getSlot())));
    else
      replace(op,
              memref(load(pointer, op.getArgs(), op.getSlot()), op.getType()));
  }

  void convert(rt::RoomsOp op) {
    int64_t bytes = op.getCount() * rt::RoomsOp::kSize;
    Value rooms = LLVM::AllocaOp::create(b, loc, pointer, b.getI8Type(),
                                         constant(bytes), 8);
    LLVM::MemsetOp::create(
        b, loc, rooms,
        LLVM::ConstantOp::create(b, loc, b.getI8Type(), b.getI8IntegerAttr(0)),
        constant(bytes), /*isVolatile=*/false);
    replace(op, rooms);
  }

  void convert(rt::AtOp op) {
    size_t rank = op.getDims().size();
    Value data = call(
        op.getFrame(), At, pointer,
        {op.getSequence(), integer(op.getAt()), int32(rank), dimsOrNull(rank)});
    endIfNull(data);
    for (auto [i, dim] : llvm::enumerate(op.getDims()))
      dim.replaceAllUsesWith(index(load(i64, slots, i)));
    op.getData().replaceAllUsesWith(data);
    op->erase();
  }

  void convert(rt::GiveOp op) {
    Value status = call(op.getFrame(), Give, b.getI32Type(),
                        {int32(op.getNumber()), op.getSequence()});
    endIf(
        LLVM::ICmpOp::create(b, loc, LLVM::ICmpPredicate::ne, status, int32(0)),
        [&] { return status; });
    op->erase();
  }

  void convert(rt::CheckOp op) {
    Value wrong = arith::XOrIOp::create(
        b, loc, op.getCondition(),
        LLVM::ConstantOp::create(b, loc, b.getI1Type(), b.getBoolAttr(true)));
    Block *block = b.getInsertionBlock();
    Block *rest = block->splitBlock(op->getIterator());
    Block *end = new Block;
    block->getParent()->getBlocks().insertAfter(block->getIterator(), end);
    b.setInsertionPointToEnd(block);
    cf::CondBranchOp::create(b, loc, wrong, end, rest);
    b.setInsertionPointToEnd(end);
    fill(op.getValues());
    Value status =
        call(op.getFrame(), Fail, b.getI32Type(),
             {site(op.getSite(), ""), string(op.getMessage()),
              dimsOrNull(op.getValues().size()), int32(op.getValues().size())});
    func::ReturnOp::create(b, loc, status);
    op->erase();
  }

  void convert(rt::LaunchOp op) {
    fill(op.getArgs());
    auto kernel = module.lookupSymbol<func::FuncOp>(op.getKernel());
    auto constantFunction = func::ConstantOp::create(
        b, loc, kernel.getFunctionType(), op.getKernelAttr());
    // A function value is a pointer once functions are lowered.
    Value function = UnrealizedConversionCastOp::create(
                         b, loc, pointer, ValueRange(constantFunction))
                         .getResult(0);
    call(op.getFrame(), Parallel, LLVM::LLVMVoidType::get(b.getContext()),
         {function, dimsOrNull(op.getArgs().size()), integer(op.getCount()),
          integer(op.getGrain()),
          site(op.getSite(), op.getKind(), op.getFlops(), op.getBytes())});
    op->erase();
  }

  /// One text and where each string ends in it: no addresses to relocate.
  void convert(rt::StringsOp op) {
    std::string text;
    SmallVector<int64_t> ends;
    for (StringRef s : op.getStrings().getAsValueRange<StringAttr>()) {
      text += s;
      ends.push_back(text.size());
    }
    int64_t count = ends.size();
    LLVM::GlobalOp endsGlobal;
    {
      OpBuilder::InsertionGuard guard(b);
      b.setInsertionPointToStart(module.getBody());
      endsGlobal = LLVM::GlobalOp::create(
          b, loc, LLVM::LLVMArrayType::get(i64, count), /*isConstant=*/true,
          LLVM::Linkage::Internal, "string_ends", b.getI64TensorAttr(ends));
      LLVM::LLVMFuncOp::create(b, loc, "dlc_strings_begin",
                               LLVM::LLVMFunctionType::get(
                                   pointer, {pointer, pointer, pointer, i64}));
    }
    auto made = LLVM::CallOp::create(
        b, loc, TypeRange{pointer}, "dlc_strings_begin",
        ValueRange{op.getFrame(), string(text),
                   LLVM::AddressOfOp::create(b, loc, endsGlobal),
                   constant(count)});
    memoryCall(op, made.getResult());
  }

  void convert(rt::ReportedOp op) {
    Value message = load(pointer, op.getReport(), 0);
    Value some =
        LLVM::ICmpOp::create(b, loc, LLVM::ICmpPredicate::ne, message, null());
    Value frame = op.getFrame();
    endIf(some, [&] {
      return call(frame, Fail, b.getI32Type(),
                  {site(op.getSite(), ""), message, null(), int32(0)});
    });
    op->erase();
  }

  LLVM::GlobalOp stringGlobal(StringRef text) {
    LLVM::GlobalOp &global = strings[text];
    if (!global) {
      OpBuilder::InsertionGuard guard(b);
      b.setInsertionPointToStart(module.getBody());
      std::string bytes = text.str() + '\0';
      auto type = LLVM::LLVMArrayType::get(b.getI8Type(), bytes.size());
      global = LLVM::GlobalOp::create(
          b, loc, type, /*isConstant=*/true, LLVM::Linkage::Internal,
          "s" + std::to_string(strings.size()), b.getStringAttr(bytes));
    }
    return global;
  }
  Value string(StringRef text) {
    return LLVM::AddressOfOp::create(b, loc, stringGlobal(text));
  }

  /// A dlc_site.
  Value site(StringRef name, StringRef kind, int64_t flops = -1,
             int64_t bytes = -1) {
    LLVM::GlobalOp &global = sites[{name, kind, flops, bytes}];
    if (!global) {
      OpBuilder::InsertionGuard guard(b);
      LLVM::GlobalOp nameGlobal = stringGlobal(name),
                     kindGlobal = stringGlobal(kind);
      b.setInsertionPointAfter(
          nameGlobal->isBeforeInBlock(kindGlobal) ? kindGlobal : nameGlobal);
      auto type = LLVM::LLVMStructType::getLiteral(
          b.getContext(), {pointer, pointer, i64, i64});
      global = LLVM::GlobalOp::create(
          b, loc, type, /*isConstant=*/true, LLVM::Linkage::Internal,
          "site" + std::to_string(sites.size()), Attribute());
      Block *block = b.createBlock(&global.getInitializerRegion());
      b.setInsertionPointToStart(block);
      Value s = LLVM::UndefOp::create(b, loc, type);
      Value fields[] = {LLVM::AddressOfOp::create(b, loc, nameGlobal),
                        LLVM::AddressOfOp::create(b, loc, kindGlobal),
                        constant(flops), constant(bytes)};
      for (auto [i, field] : llvm::enumerate(fields))
        s = LLVM::InsertValueOp::create(b, loc, s, field,
                                        ArrayRef<int64_t>{int64_t(i)});
      LLVM::ReturnOp::create(b, loc, s);
    }
    return LLVM::AddressOfOp::create(b, loc, global);
  }
};

struct ConvertRtToLLVM : dlc::cpu::impl::ConvertRtToLLVMBase<ConvertRtToLLVM> {
  void runOnOperation() override { Converter(getOperation()).run(); }
};

} // namespace
