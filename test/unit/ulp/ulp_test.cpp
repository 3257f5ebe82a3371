//===- ulp_test.cpp - the error of expanded math functions ------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Compiles each function with dlc-expand-math for the machine at hand, runs it
// over samples of all of f32 and over special values, and compares with libm's
// long double. Fails above 4 units in the last place, or where a NaN, an
// infinity or the sign of a zero is wrong.
//
//   ulp_test [--cpu NAME] [--step N] [--no-fma] [--time] [--emit-llvm]
//   [function ...]

#include "Codegen/CPU/ExpandMath.h"

#include "mlir/Conversion/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlow.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "mlir/Transforms/Passes.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ExecutionEngine/Orc/LLJIT.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/TargetSelect.h"
#include <cfloat>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <random>
#include <vector>

using namespace llvm;
using namespace mlir;

namespace {

constexpr size_t block = 4096;
constexpr double limit = 4;

using Reference = long double (*)(long double, long double);
using Kernel = void (*)(const float *, const float *, float *);

struct MathFunction {
  const char *name, *op;
  bool binary;
  Reference reference;
};

const MathFunction functions[] = {
    {"exp", "math.exp", false, [](auto x, auto) { return expl(x); }},
    {"expm1", "math.expm1", false, [](auto x, auto) { return expm1l(x); }},
    {"log", "math.log", false, [](auto x, auto) { return logl(x); }},
    {"log1p", "math.log1p", false, [](auto x, auto) { return log1pl(x); }},
    {"sin", "math.sin", false, [](auto x, auto) { return sinl(x); }},
    {"cos", "math.cos", false, [](auto x, auto) { return cosl(x); }},
    {"tan", "math.tan", false, [](auto x, auto) { return tanl(x); }},
    {"asin", "math.asin", false, [](auto x, auto) { return asinl(x); }},
    {"acos", "math.acos", false, [](auto x, auto) { return acosl(x); }},
    {"atan", "math.atan", false, [](auto x, auto) { return atanl(x); }},
    {"tanh", "math.tanh", false, [](auto x, auto) { return tanhl(x); }},
    {"asinh", "math.asinh", false, [](auto x, auto) { return asinhl(x); }},
    {"acosh", "math.acosh", false, [](auto x, auto) { return acoshl(x); }},
    {"atanh", "math.atanh", false, [](auto x, auto) { return atanhl(x); }},
    {"erf", "math.erf", false, [](auto x, auto) { return erfl(x); }},
    {"pow", "math.powf", true, [](auto x, auto y) { return powl(x, y); }},
    {"rem", "arith.remf", true, [](auto x, auto y) { return fmodl(x, y); }},
};

struct Settings {
  std::string cpu;
  uint32_t step = 2039;
  bool fma = true, time = false, emitLLVM = false;
  std::vector<StringRef> names;
};

float fromBits(uint32_t bits) { return llvm::bit_cast<float>(bits); }

/// The kernel as MLIR: one function over a block, `width` lanes at a time.
std::string source(const MathFunction &f, int width) {
  std::string type =
      width == 1 ? "f32" : "vector<" + std::to_string(width) + "xf32>";
  std::string load = width == 1 ? "memref.load" : "vector.load";
  std::string suffix = width == 1 ? "" : ", " + type;
  std::string operands = f.binary ? "%a, %b" : "%a";
  return formatv(R"(
    func.func @kernel(%x: memref<{0}xf32>, %y: memref<{0}xf32>, %z: memref<{0}xf32>) {{
      %zero = arith.constant 0 : index
      %end = arith.constant {1} : index
      %step = arith.constant {2} : index
      scf.for %i = %zero to %end step %step {{
        %a = {3} %x[%i] : memref<{0}xf32>{4}
        %b = {3} %y[%i] : memref<{0}xf32>{4}
        %r = {5} {6} : {7}
        {8} %r, %z[%i] : memref<{0}xf32>{4}
      }
      return
    })",
                 block, block / width * width, width, load, suffix, f.op,
                 operands, type, width == 1 ? "memref.store" : "vector.store");
}

LogicalResult lower(ModuleOp module, const Settings &settings) {
  mlir::PassManager pm(module.getContext());
  pm.addPass(dlc::cpu::createExpandMathPass(settings.fma));
  pm.addPass(createCSEPass());
  pm.addPass(createSCFToControlFlowPass());
  pm.addPass(createConvertVectorToLLVMPass());
  pm.addPass(createConvertMathToLLVMPass());
  pm.addPass(createFinalizeMemRefToLLVMConversionPass());
  ConvertFuncToLLVMPassOptions options;
  options.useBarePtrCallConv = true;
  pm.addPass(createConvertFuncToLLVMPass(options));
  pm.addPass(createConvertControlFlowToLLVMPass());
  pm.addPass(createArithToLLVMConversionPass());
  pm.addPass(createReconcileUnrealizedCastsPass());
  return pm.run(module);
}

void optimize(llvm::Module &module, TargetMachine &machine) {
  PassBuilder builder(&machine);
  LoopAnalysisManager loops;
  FunctionAnalysisManager functionAnalyses;
  CGSCCAnalysisManager sccs;
  llvm::ModuleAnalysisManager modules;
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(sccs);
  builder.registerFunctionAnalyses(functionAnalyses);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functionAnalyses, sccs, modules);
  builder.buildPerModuleDefaultPipeline(OptimizationLevel::O2)
      .run(module, modules);
}

/// A compiled kernel, with the code that it is.
struct Compiled {
  std::unique_ptr<orc::LLJIT> jit;
  Kernel kernel = nullptr;
};

Expected<Compiled> compile(MLIRContext &context, const MathFunction &f,
                           int width, const Settings &settings) {
  OwningOpRef<ModuleOp> module =
      parseSourceString<ModuleOp>(source(f, width), &context);
  if (!module || failed(lower(*module, settings)))
    return createStringError("can't lower %s", f.name);
  auto llvmContext = std::make_unique<LLVMContext>();
  std::unique_ptr<llvm::Module> code =
      translateModuleToLLVMIR(*module, *llvmContext);
  if (!code)
    return createStringError("can't translate %s", f.name);

  Expected<orc::JITTargetMachineBuilder> target =
      orc::JITTargetMachineBuilder::detectHost();
  if (!target)
    return target.takeError();
  if (!settings.cpu.empty()) {
    target->setCPU(settings.cpu);
    target->getFeatures() = SubtargetFeatures();
  }
  Expected<std::unique_ptr<TargetMachine>> machine =
      target->createTargetMachine();
  if (!machine)
    return machine.takeError();
  code->setDataLayout((*machine)->createDataLayout());
  code->setTargetTriple((*machine)->getTargetTriple());
  optimize(*code, **machine);
  if (settings.emitLLVM)
    code->print(outs(), nullptr);

  Expected<std::unique_ptr<orc::LLJIT>> jit =
      orc::LLJITBuilder().setJITTargetMachineBuilder(*target).create();
  if (!jit)
    return jit.takeError();
  if (Error e = (*jit)->addIRModule(
          orc::ThreadSafeModule(std::move(code), std::move(llvmContext))))
    return std::move(e);
  Expected<orc::ExecutorAddr> address = (*jit)->lookup("kernel");
  if (!address)
    return address.takeError();
  return Compiled{std::move(*jit), address->toPtr<Kernel>()};
}

/// Units in the last place between the two; infinite where one is special and
/// the other isn't the same.
double ulps(float got, long double exact) {
  float rounded = static_cast<float>(exact);
  if (std::isnan(exact) || std::isnan(got))
    return std::isnan(exact) && std::isnan(got) ? 0 : HUGE_VAL;
  if (rounded == got && std::signbit(rounded) == std::signbit(got))
    return std::isinf(got)
               ? 0
               : std::fabs(double(
                     (got - exact) /
                     std::ldexp(1.0L, std::max(std::ilogb(exact), -126) - 23)));
  if (exact == 0 || std::isinf(got) || std::isinf(rounded))
    return HUGE_VAL;
  int exponent = std::max(std::ilogb(exact), -126);
  return std::fabs(double((got - exact) / std::ldexp(1.0L, exponent - 23)));
}

struct Worst {
  double error = 0;
  float x = 0, y = 0, got = 0;
  long double exact = 0;
};

struct Samples {
  std::vector<float> x, y;
  void add(float a, float b = 0) {
    x.push_back(a);
    y.push_back(b);
  }
};

std::vector<float> specialValues() {
  std::vector<float> values;
  for (float v : {0.0f,
                  0x1p-149f,
                  0x1p-127f,
                  0x1p-126f,
                  0x1p-24f,
                  0x1p-12f,
                  0.25f,
                  0.5f,
                  0.75f,
                  1.0f,
                  1.5f,
                  2.0f,
                  3.0f,
                  4.0f,
                  5.0f,
                  10.0f,
                  88.72f,
                  88.73f,
                  89.0f,
                  103.9f,
                  104.0f,
                  1e5f,
                  131072.0f,
                  16777215.0f,
                  16777216.0f,
                  1e9f,
                  1e20f,
                  FLT_MAX,
                  HUGE_VALF,
                  NAN,
                  fromBits(0x7fc00001),
                  fromBits(0x7fffffff)})
    for (float sign : {1.0f, -1.0f})
      for (int step : {-1, 0, 1})
        values.push_back(fromBits(llvm::bit_cast<uint32_t>(v * sign) + step));
  return values;
}

Samples unarySamples(uint32_t step) {
  Samples samples;
  for (uint64_t bits = 0; bits < (uint64_t(1) << 32); bits += step)
    samples.add(fromBits(bits));
  for (float v : specialValues())
    samples.add(v);
  // Near multiples of pi / 2, where sines lose most.
  for (int i = 1; i < 200000; i += 7)
    for (int d : {-1, 0, 1})
      samples.add(fromBits(llvm::bit_cast<uint32_t>(float(i * M_PI_2)) + d));
  return samples;
}

Samples binarySamples(uint32_t step) {
  Samples samples;
  for (float x : specialValues())
    for (float y : specialValues())
      samples.add(x, y);
  std::mt19937 random(1);
  uint32_t count = UINT32_MAX / step / 2;
  for (uint32_t i = 0; i < count; ++i)
    samples.add(fromBits(random()), fromBits(random()));
  std::uniform_real_distribution<float> base(0, 20), exponent(-30, 30);
  for (uint32_t i = 0; i < count; ++i)
    samples.add(base(random), exponent(random));
  for (uint32_t i = 0; i < count; ++i)
    samples.add(base(random) - 10, std::round(exponent(random)));
  for (uint32_t i = 0; i < count; ++i)
    samples.add(1 + exponent(random) * 1e-6f, exponent(random) * 1e6f);
  return samples;
}

Worst measure(const MathFunction &f, Kernel kernel, int width,
              const Samples &samples) {
  Worst worst;
  size_t lanes = block / width * width;
  std::vector<float> x(block), y(block), z(block);
  for (size_t start = 0; start < samples.x.size(); start += lanes) {
    size_t count = std::min(lanes, samples.x.size() - start);
    std::copy_n(samples.x.begin() + start, count, x.begin());
    std::copy_n(samples.y.begin() + start, count, y.begin());
    kernel(x.data(), y.data(), z.data());
    for (size_t i = 0; i < count; ++i) {
      long double exact = f.reference(x[i], y[i]);
      double error = ulps(z[i], exact);
      if (error > worst.error)
        worst = {error, x[i], y[i], z[i], exact};
    }
  }
  return worst;
}

double nanoseconds(Kernel kernel) {
  std::vector<float> x(block), y(block), z(block);
  std::mt19937 random(1);
  std::uniform_real_distribution<float> value(0.1f, 0.9f);
  for (size_t i = 0; i < block; ++i)
    x[i] = value(random), y[i] = value(random) * 3;
  double best = HUGE_VAL;
  for (int i = 0; i < 300; ++i) {
    auto start = std::chrono::steady_clock::now();
    kernel(x.data(), y.data(), z.data());
    std::chrono::duration<double, std::nano> time =
        std::chrono::steady_clock::now() - start;
    best = std::min(best, time.count() / block);
  }
  return best;
}

bool check(MLIRContext &context, const MathFunction &f, int width,
           const Samples &samples, const Settings &settings) {
  Expected<Compiled> compiled = compile(context, f, width, settings);
  if (!compiled) {
    logAllUnhandledErrors(compiled.takeError(), errs());
    return false;
  }
  Worst worst = measure(f, compiled->kernel, width, samples);
  bool good = worst.error <= limit;
  std::printf("%-6s x%-2d %6.2f ulp", f.name, width, worst.error);
  if (settings.time)
    std::printf("  %6.3f ns", nanoseconds(compiled->kernel));
  std::printf("  at %a", worst.x);
  if (f.binary)
    std::printf(", %a", worst.y);
  std::printf(": %a, exact %La%s\n", worst.got, worst.exact,
              good ? "" : "  FAILED");
  std::fflush(stdout);
  return good;
}

bool parse(int argc, char **argv, Settings &settings) {
  for (int i = 1; i < argc; ++i) {
    StringRef arg = argv[i];
    if (arg == "--cpu" && i + 1 < argc)
      settings.cpu = argv[++i];
    else if (arg == "--step" && i + 1 < argc &&
             !StringRef(argv[++i]).getAsInteger(0, settings.step) &&
             settings.step)
      continue;
    else if (arg == "--no-fma")
      settings.fma = false;
    else if (arg == "--time")
      settings.time = true;
    else if (arg == "--emit-llvm")
      settings.emitLLVM = true;
    else if (arg.starts_with("-"))
      return false;
    else
      settings.names.push_back(arg);
  }
  return true;
}

} // namespace

int main(int argc, char **argv) {
  Settings settings;
  if (!parse(argc, argv, settings)) {
    errs() << "usage: ulp_test [--cpu NAME] [--step N] [--no-fma] [--time] "
              "[--emit-llvm] "
              "[function ...]\n";
    return 2;
  }
  InitializeNativeTarget();
  InitializeNativeTargetAsmPrinter();
  DialectRegistry registry;
  registry
      .insert<arith::ArithDialect, cf::ControlFlowDialect, func::FuncDialect,
              LLVM::LLVMDialect, math::MathDialect, memref::MemRefDialect,
              scf::SCFDialect, vector::VectorDialect>();
  registerBuiltinDialectTranslation(registry);
  registerLLVMDialectTranslation(registry);
  MLIRContext context(registry, MLIRContext::Threading::DISABLED);

  bool good = true;
  Samples unary = unarySamples(settings.step),
          binary = binarySamples(settings.step);
  Samples few = unarySamples(settings.step * 64),
          fewPairs = binarySamples(settings.step * 64);
  for (const MathFunction &f : functions) {
    if (!settings.names.empty() &&
        !is_contained(settings.names, StringRef(f.name)))
      continue;
    good &= check(context, f, 16, f.binary ? binary : unary, settings);
    for (int width : {1, 5})
      good &= check(context, f, width, f.binary ? fewPairs : few, settings);
  }
  return good ? 0 : 1;
}
