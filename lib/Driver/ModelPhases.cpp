//===- ModelPhases.cpp - the phases in MLIR ---------------------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Codegen/CPU/Codegen.h"
#include "Codegen/CPU/Passes.h"
#include "Driver/Phases.h"
#include "Frontend/ONNX/Import.h"
#include "Graph/Passes.h"
#include "dialects/dlc/Dlc.h"
#include "dialects/graph/Graph.h"
#include "dlc/runtime.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/AsmState.h"
#include "mlir/IR/BuiltinDialect.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "mlir/Transforms/Passes.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/TargetParser/Host.h"
#include <atomic>
#ifdef __GLIBC__
#include <malloc.h>
#endif

using namespace mlir;

namespace dlc {
namespace {

LogicalResult runPasses(Compilation &compilation, ModuleOp module,
                        llvm::function_ref<void(OpPassManager &)> build) {
  PassManager pm(&compilation.context, ModuleOp::getOperationName());
  // Fails where no option of the kind was given.
  (void)applyPassManagerCLOptions(pm);
  pm.enableVerifier(false); // Pipeline.cpp verifies after each phase
  build(pm);
  std::atomic<bool> reported = false;
  ScopedDiagnosticHandler watch(&compilation.context, [&](Diagnostic &d) {
    if (d.getSeverity() == DiagnosticSeverity::Error)
      reported = true;
    return failure(); // others print it
  });
  LogicalResult result = pm.run(module);
  if (failed(result) && !reported)
    return compilation.error("internal error: a pass has failed");
  return result;
}

//===----------------------------------------------------------------------===//
// Shapes asked for, and what the model says of its inputs and outputs
//===----------------------------------------------------------------------===//

ArrayAttr dimNames(func::FuncOp main, unsigned arg) {
  return main.getArgAttrOfType<ArrayAttr>(arg, "graph.dims");
}

/// Gives symbols their new names wherever inputs and outputs have them.
void renameDims(func::FuncOp main, const llvm::StringMap<std::string> &names) {
  auto renamed = [&](ArrayAttr dims) {
    SmallVector<Attribute> list(dims.begin(), dims.end());
    for (Attribute &dim : list)
      if (auto symbol = dyn_cast<StringAttr>(dim))
        if (auto name = names.find(symbol.getValue()); name != names.end())
          dim = StringAttr::get(main.getContext(), name->second);
    return ArrayAttr::get(main.getContext(), list);
  };
  for (unsigned i = 0; i < main.getNumArguments(); ++i)
    if (ArrayAttr dims = dimNames(main, i))
      main.setArgAttr(i, "graph.dims", renamed(dims));
  for (unsigned i = 0; i < main.getNumResults(); ++i)
    if (auto dims = main.getResultAttrOfType<ArrayAttr>(i, "graph.dims"))
      main.setResultAttr(i, "graph.dims", renamed(dims));
}

/// --shape and --dim fix sizes of the inputs before anything is inferred.
LogicalResult fixShapes(Compilation &compilation, func::FuncOp main) {
  const Options &options = compilation.options;
  SmallVector<Type> inputs(main.getArgumentTypes());
  llvm::StringSet<> known;
  llvm::StringMap<std::string> renamed;
  for (unsigned i = 0; i < inputs.size(); ++i) {
    auto type = dyn_cast<RankedTensorType>(inputs[i]);
    if (!type)
      continue;
    auto name = main.getArgAttrOfType<StringAttr>(i, "graph.name");
    SmallVector<int64_t> shape(type.getShape());
    SmallVector<Attribute> symbols(shape.size(),
                                   StringAttr::get(main.getContext()));
    if (ArrayAttr names = dimNames(main, i))
      symbols.assign(names.begin(), names.end());
    for (const ShapeOption &wanted : options.shapes) {
      if (!name || wanted.input != name.getValue())
        continue;
      known.insert(wanted.input);
      if (wanted.dims.size() != shape.size())
        return compilation.inputError(
            "input '" + wanted.input + "' has rank " + Twine(shape.size()) +
            ", --shape gives " + Twine(wanted.dims.size()) + " dimensions");
      for (auto [d, dim] : llvm::enumerate(wanted.dims)) {
        if (!dim.name.empty() && ShapedType::isDynamic(shape[d])) {
          if (auto old = dyn_cast<StringAttr>(symbols[d]); old && !old.empty())
            renamed.try_emplace(old.getValue(), dim.name);
          symbols[d] = StringAttr::get(main.getContext(), dim.name);
        }
        if (dim.size < 0)
          continue;
        if (!ShapedType::isDynamic(shape[d]) && shape[d] != dim.size)
          return compilation.inputError(
              "dimension " + Twine(d) + " of input '" + wanted.input + "' is " +
              Twine(shape[d]) + " in the model, --shape gives " +
              Twine(dim.size));
        shape[d] = dim.size;
      }
    }
    for (const FixedDim &dim : options.dims)
      for (auto [d, symbol] : llvm::enumerate(symbols))
        if (auto s = dyn_cast<StringAttr>(symbol);
            s && s.getValue() == dim.name && ShapedType::isDynamic(shape[d])) {
          shape[d] = dim.size;
          known.insert("dim " + dim.name);
        }
    main.setArgAttr(i, "graph.dims",
                    ArrayAttr::get(main.getContext(), symbols));
    inputs[i] = RankedTensorType::get(shape, type.getElementType());
    main.getArgument(i).setType(inputs[i]);
  }
  renameDims(main, renamed);
  for (const ShapeOption &wanted : options.shapes)
    if (!known.contains(wanted.input))
      return compilation.inputError("--shape names '" + wanted.input +
                                    "', which is no input of the model");
  for (const FixedDim &dim : options.dims)
    if (!known.contains("dim " + dim.name))
      return compilation.inputError(
          "--dim names '" + dim.name +
          "', which is no open dimension of the model's inputs");
  main.setFunctionType(
      FunctionType::get(main.getContext(), inputs, main.getResultTypes()));
  return success();
}

/// The run time's name of an element type.
int32_t dtypeOf(Type element) {
  MLIRContext *c = element.getContext();
  auto sint = [&](unsigned bits) -> Type { return IntegerType::get(c, bits); };
  auto uint = [&](unsigned bits) -> Type {
    return IntegerType::get(c, bits, IntegerType::Unsigned);
  };
  const std::pair<Type, int32_t> rows[] = {
      {sint(1), DLC_BOOL},
      {sint(2), DLC_INT2},
      {uint(2), DLC_UINT2},
      {sint(4), DLC_INT4},
      {uint(4), DLC_UINT4},
      {sint(8), DLC_INT8},
      {uint(8), DLC_UINT8},
      {sint(16), DLC_INT16},
      {uint(16), DLC_UINT16},
      {sint(32), DLC_INT32},
      {uint(32), DLC_UINT32},
      {sint(64), DLC_INT64},
      {uint(64), DLC_UINT64},
      {spelledType(c), DLC_STRING},
      {Float4E2M1FNType::get(c), DLC_FLOAT4E2M1},
      {Float6E2M3FNType::get(c), DLC_FLOAT6E2M3},
      {Float6E3M2FNType::get(c), DLC_FLOAT6E3M2},
      {Float8E4M3FNType::get(c), DLC_FLOAT8E4M3FN},
      {Float8E4M3FNUZType::get(c), DLC_FLOAT8E4M3FNUZ},
      {Float8E5M2Type::get(c), DLC_FLOAT8E5M2},
      {Float8E5M2FNUZType::get(c), DLC_FLOAT8E5M2FNUZ},
      {Float8E8M0FNUType::get(c), DLC_FLOAT8E8M0},
      {Float16Type::get(c), DLC_FLOAT16},
      {BFloat16Type::get(c), DLC_BFLOAT16},
      {Float32Type::get(c), DLC_FLOAT32},
      {Float64Type::get(c), DLC_FLOAT64},
      {ComplexType::get(Float32Type::get(c)), DLC_COMPLEX64},
      {ComplexType::get(Float64Type::get(c)), DLC_COMPLEX128},
  };
  const auto *row =
      llvm::find_if(rows, [&](const auto &r) { return r.first == element; });
  return row == std::end(rows) ? DLC_UNDEFINED : row->second;
}

class Describer {
public:
  Describer(func::FuncOp main, target::ModelInfo &info)
      : main(main), info(info) {}

  LogicalResult run() {
    for (auto [i, type] : llvm::enumerate(main.getArgumentTypes()))
      if (failed(add(info.inputs, type, main.getArgAttrDict(i), "input", i)))
        return failure();
    for (auto [i, type] : llvm::enumerate(main.getResultTypes()))
      if (failed(
              add(info.outputs, type, main.getResultAttrDict(i), "output", i)))
        return failure();
    return success();
  }

private:
  func::FuncOp main;
  target::ModelInfo &info;

  int64_t symbol(StringRef name) {
    auto at = llvm::find(info.symbols, name);
    if (at == info.symbols.end()) {
      info.symbols.push_back(name.str());
      at = std::prev(info.symbols.end());
    }
    return DLC_SYMBOL(at - info.symbols.begin());
  }

  LogicalResult add(std::vector<target::ValueInfo> &values, Type type,
                    DictionaryAttr attrs, StringRef what, unsigned number) {
    target::ValueInfo value;
    auto name = attrs ? attrs.getAs<StringAttr>("dlc.name") : StringAttr();
    value.name = name ? name.str() : (what + Twine(number)).str();
    auto tensor = dyn_cast<RankedTensorType>(tensorsOf(type));
    if (tensor || isSequenceOrOptional(type))
      value.dtype = dtypeOf(scalarOf(type));
    value.isRanked = static_cast<bool>(tensor);
    if (value.dtype == DLC_UNDEFINED)
      return emitError(main.getLoc())
             << what << " '" << value.name << "' is of type " << type
             << ", which compiled models can't take yet";
    if (tensor && tensor.getRank() > DLC_MAX_RANK)
      return emitError(main.getLoc())
             << what << " '" << value.name << "' has " << tensor.getRank()
             << " dimensions; compiled models take up to " << DLC_MAX_RANK;
    if (isSequenceOrOptional(type)) {
      value.dtype |= (isa<OptionalType>(type) ? DLC_OPTIONAL : 0) |
                     (sequenceIn(type) ? DLC_SEQUENCE : 0);
      // Each tensor has sizes of its own.
      for (int64_t size : tensor ? tensor.getShape() : ArrayRef<int64_t>())
        value.dims.push_back(ShapedType::isDynamic(size) ? DLC_UNKNOWN : size);
      values.push_back(std::move(value));
      return success();
    }
    auto dims = attrs ? attrs.getAs<ArrayAttr>("dlc.dims") : ArrayAttr();
    for (auto [d, size] : llvm::enumerate(tensor.getShape())) {
      auto text = dims && d < dims.size() ? dyn_cast<StringAttr>(dims[d])
                                          : StringAttr();
      value.dims.push_back(!ShapedType::isDynamic(size) ? size
                           : text && !text.empty() ? symbol(text.getValue())
                           : what == "input"
                               ? symbol(value.name + "." + std::to_string(d))
                               : DLC_UNKNOWN);
    }
    values.push_back(std::move(value));
    return success();
  }
};

//===----------------------------------------------------------------------===//
// Weights
//===----------------------------------------------------------------------===//

/// Writes a constant as kernels read it: row-major, bools as bytes.
void writeElements(ElementsAttr elements, llvm::raw_ostream &os) {
  auto type = cast<RankedTensorType>(elements.getType());
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(elements)) {
    ArrayRef<char> bytes = resource.getRawHandle().getBlob()->getData();
    os.write(bytes.data(), bytes.size());
    return;
  }
  auto dense = cast<DenseElementsAttr>(elements);
  if (type.getElementType().isInteger(1)) {
    for (bool bit : dense.getValues<bool>())
      os << static_cast<char>(bit);
    return;
  }
  ArrayRef<char> bytes = dense.getRawData();
  for (int64_t i = 0, n = dense.isSplat() ? type.getNumElements() : 1; i < n;
       ++i)
    os.write(bytes.data(), bytes.size());
}

/// Frees the data of all constants. The linker maps the weights twice, as its
/// input and its output; with the model's file and the packed weights beside
/// that, a compile would take four times the model's size.
void dropConstants(MLIRContext &context) {
  auto *dialect = context.getLoadedDialect<BuiltinDialect>();
  auto *resources =
      dialect->getRegisteredInterface<ResourceBlobManagerDialectInterface>();
  DialectResourceBlobManager &manager = resources->getBlobManager();
  SmallVector<StringRef> names;
  manager.getBlobMap([&](const auto &blobs) {
    for (const auto &blob : blobs)
      names.push_back(blob.getKey());
  });
  for (StringRef name : names)
    manager.lookup(name)->setBlob(
        AsmResourceBlob({}, /*dataAlignment=*/1, {}, /*dataIsMutable=*/false));
#ifdef __GLIBC__
  malloc_trim(0); // or the heap keeps what is below its top
#endif
}

cpu::Isa instructionSetOf(const target::TargetSpec &spec) {
  if (spec.triple.isAArch64())
    return cpu::Isa::neon();
  std::string needs = "," + target::requiredFeatures(spec) + ",";
  auto has = [&](StringRef feature) {
    return StringRef(needs).contains(("," + feature + ",").str());
  };
  if (has("avx512f") && has("avx512vl") && has("avx512bw") && has("avx512dq"))
    return cpu::Isa::avx512();
  return has("avx2") && has("fma") ? cpu::Isa::avx2() : cpu::Isa::sse();
}

} // namespace

cpu::Isa isaOf(const target::TargetSpec &spec) {
  cpu::Isa isa = instructionSetOf(spec);
  isa.l2 = cpu::secondLevelCache(spec.cpu);
  return isa;
}

LogicalResult importModel(Compilation &compilation) {
  ModuleOp module = *compilation.module;
  auto main = module.lookupSymbol<func::FuncOp>("main");
  if (!main)
    return compilation.inputError("has no function @main");
  if (!main.getBody().hasOneBlock())
    return compilation.inputError("function @main must have one block");
  // A module of the dlc dialect is what the import makes.
  WalkResult found = module->walk([](Operation *op) {
    return isa_and_nonnull<graph::GraphDialect>(op->getDialect())
               ? WalkResult::interrupt()
               : WalkResult::advance();
  });
  bool foreign = found.wasInterrupted();
  const Options &options = compilation.options;
  if (!foreign && !(options.shapes.empty() && options.dims.empty()))
    return compilation.inputError("is imported already: --shape and --dim come "
                                  "before that");
  if (const std::string &name = compilation.options.signature; !name.empty())
    return compilation.inputError(
        "has one entry point and no signatures; --signature names '" + name +
        "'");
  if (foreign &&
      (failed(fixShapes(compilation, main)) || failed(importONNX(module))))
    return failure();
  return Describer(module.lookupSymbol<func::FuncOp>("main"), compilation.info)
      .run();
}

LogicalResult optimizeGraph(Compilation &compilation) {
  return runPasses(compilation, *compilation.module, [&](OpPassManager &pm) {
    bool folds = compilation.options.optLevel > 0;
    pm.addPass(createInlineComposites());
    pm.addPass(createFoldConstants());
    pm.addPass(createCanonicalizerPass());
    pm.addPass(createCSEPass());
    if (!folds)
      return;
    pm.addPass(createRaiseSlices());
    pm.addPass(createBlockAttention());
    pm.addPass(createRaiseSlices());
    pm.addPass(createCanonicalize());
    pm.addPass(createPropagateLayout());
    pm.addPass(createFoldConstants());
    pm.addPass(createFoldBatchNorm());
    pm.addPass(createFoldConstants());
    pm.addPass(createCanonicalize());
    pm.addPass(createSinkReshapes());
    pm.addPass(createFoldConstants());
    pm.addPass(createCanonicalizerPass());
    pm.addPass(createCSEPass());
  });
}

/// The processor's name in the file of --tune.
static std::string processorName(const Compilation &compilation,
                                 const CodeVersion &code) {
  return processorName(code.target.label, compilation.options.attributes,
                       code.target.optLevel);
}

LogicalResult formClusters(Compilation &compilation) {
  cpu::Algorithms allowed{compilation.options.winograd,
                          compilation.options.strassen};
  for (CodeVersion &code : compilation.codes) {
    code.module = compilation.codes.size() == 1
                      ? std::move(compilation.module)
                      : OwningOpRef<ModuleOp>(compilation.module->clone());
    auto folding = FoldConstantsOptions();
    folding.keepData = compilation.codes.size() > 1;
    if (failed(runPasses(compilation, *code.module, [&](OpPassManager &pm) {
          pm.nest<func::FuncOp>().addPass(cpu::createPackWeightsPass(
              isaOf(code.target), allowed,
              compilation.tuned
                  ? compilation.tuned->chooser(processorName(compilation, code))
                  : cpu::FormChooser()));
          pm.addPass(createFoldConstants(folding));
          pm.addPass(createCanonicalizerPass());
          pm.addPass(createCSEPass());
          pm.nest<func::FuncOp>().addPass(createHoistFromLoops());
          // Next to each gather: not to be hoisted, or shared between blocks.
          if (compilation.options.optLevel > 0)
            pm.nest<func::FuncOp>().addPass(cpu::createShareWeights());
          pm.nest<func::FuncOp>().addPass(createInsertChecks());
          pm.nest<func::FuncOp>().addPass(createFormClusters());
          pm.addPass(createCSEPass());
          pm.nest<func::FuncOp>().addPass(createPlaceResults());
        })))
      return failure();
  }
  compilation.module = nullptr;
  return success();
}

/// What --tune knows of the kernels.
static void addMeasured(const Compilation &compilation, const CodeVersion &code,
                        MutableArrayRef<cpu::KernelRow> rows) {
  if (!compilation.tuned)
    return;
  std::string name = processorName(compilation, code);
  for (cpu::KernelRow &row : rows) {
    TunedForms::Measured known = compilation.tuned->measured(name, row.form);
    row.microseconds = known.us;
    if (row.work.flops >= 0 && known.us > 0 && known.gflops > 0)
      row.share = row.work.flops / (known.us * known.gflops * 10);
  }
}

/// To standard output, unless the compiled program goes there.
static void printKernels(Compilation &compilation, const CodeVersion &code,
                         ArrayRef<cpu::KernelRow> rows) {
  bool isTaken = compilation.options.output == "-";
  cpu::printKernels(rows, compilation.info.ident + " for " + code.target.label,
                    isaOf(code.target), isTaken ? llvm::errs() : llvm::outs());
}

LogicalResult generateCode(Compilation &compilation) {
  auto sink = [&](ElementsAttr elements) -> FailureOr<int64_t> {
    target::WeightsFile *file = compilation.weights();
    if (!file)
      return failure();
    int64_t offset = file->align(64);
    writeElements(elements, file->stream());
    return offset;
  };
  for (CodeVersion &code : compilation.codes) {
    cpu::CodeNeeds needs;
    auto program =
        cpu::emitProgram(*code.module, isaOf(code.target), sink, needs);
    if (failed(program))
      return failure();
    addMeasured(compilation, code, needs.kernels);
    if (compilation.options.printKernels)
      printKernels(compilation, code, needs.kernels);
    code.kernels = std::move(needs.kernels);
    code.module = std::move(*program);
    code.arenaSize = needs.arena;
    code.scratchSize = needs.scratch;
    cpu::Isa isa = isaOf(code.target);
    if (failed(runPasses(compilation, *code.module, [&](OpPassManager &pm) {
          cpu::buildLowering(pm, isa);
          if (compilation.options.debugInfo)
            pm.addPass(cpu::createAddDebugInfo());
        })))
      return failure();
  }
  dropConstants(compilation.context);
  return success();
}

LogicalResult translateToLLVM(Compilation &compilation) {
  DialectRegistry registry;
  registerBuiltinDialectTranslation(registry);
  registerLLVMDialectTranslation(registry);
  compilation.context.appendDialectRegistry(registry);
  for (CodeVersion &code : compilation.codes) {
    for (OwningOpRef<ModuleOp> &part : cpu::splitModule(*code.module)) {
      auto context = std::make_unique<llvm::LLVMContext>();
      std::unique_ptr<llvm::Module> module =
          translateModuleToLLVMIR(*part, *context);
      if (!module)
        return compilation.error(
            "internal error: a kernel can't be translated to LLVM IR");
      code.modules.emplace_back(std::move(context), std::move(module));
    }
    code.module = nullptr;
  }
  return success();
}

} // namespace dlc
