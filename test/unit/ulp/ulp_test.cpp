//===- ulp_test.cpp - the error of expanded math functions ------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Compiles each function with dlc-expand-math for the machine at hand, runs it
// over samples of all of f32 and over special values, and compares with libm's
// long double. Fails above 4 units in the last place, or where a NaN, an
// infinity or the sign of a zero is wrong. Sums with 1 are measured in units of
// what they are at least taken for.
//
//   ulp_test [--cpu NAME] [--step N] [--no-fma] [--time] [--emit-llvm]
//   [function ...]

#include "Jit.h"

#include "mlir/Parser/Parser.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
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
  bool isSum = false;     ///< of the function and 1
  double least = 0;       ///< results below this err as if they were it
  bool isInverse = false; ///< of that sum
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
    {"1+erf", "math.erf", false, [](auto x, auto) { return erfcl(-x); }, true,
     0.25},
    {"1+tanh", "math.tanh", false,
     [](auto x, auto) { return 2 / (1 + expl(-2 * x)); }, true, 0x1p-100},
    {"1/(1+exp)", "math.exp", false,
     [](auto x, auto) { return 1 / (1 + expl(x)); }, true, 0, true},
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
        %f = {5} {6} : {7}
        %one = arith.constant {9} : {7}
        %sum = arith.addf %f, %one : {7}
        %inverse = arith.divf %one, %sum : {7}
        {8} {10}, %z[%i] : memref<{0}xf32>{4}
      }
      return
    })",
                 block, block / width * width, width, load, suffix, f.op,
                 operands, type, width == 1 ? "memref.store" : "vector.store",
                 width == 1 ? "1.0" : "dense<1.0>",
                 f.isInverse ? "%inverse"
                 : f.isSum   ? "%sum"
                             : "%f");
}

Expected<jit::Compiled> compile(MLIRContext &context, const MathFunction &f,
                                int width, const Settings &settings) {
  OwningOpRef<ModuleOp> module =
      parseSourceString<ModuleOp>(source(f, width), &context);
  if (!module)
    return createStringError("can't parse the kernel");
  return jit::compile(*module, {settings.cpu, settings.fma, settings.emitLLVM});
}

/// Units in the last place between the two; infinite where one is special and
/// the other isn't the same.
double ulps(float got, long double exact, double least) {
  float rounded = static_cast<float>(exact);
  if (std::isnan(exact) || std::isnan(got))
    return std::isnan(exact) && std::isnan(got) ? 0 : HUGE_VAL;
  if (rounded == got && std::signbit(rounded) == std::signbit(got))
    return std::isinf(got)
               ? 0
               : std::fabs(double(
                     (got - exact) /
                     std::ldexp(1.0L, std::max(std::ilogb(exact), -126) - 23)));
  if ((exact == 0 && !least) || std::isinf(got) || std::isinf(rounded))
    return HUGE_VAL;
  int exponent = std::max(
      std::ilogb(std::max<long double>(std::fabs(exact), least)), -126);
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
      double error = ulps(z[i], exact, f.least);
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
  Expected<jit::Compiled> compiled = compile(context, f, width, settings);
  if (!compiled) {
    logAllUnhandledErrors(compiled.takeError(), errs());
    return false;
  }
  Worst worst =
      measure(f, reinterpret_cast<Kernel>(compiled->kernel), width, samples);
  bool good = worst.error <= limit;
  std::printf("%-6s x%-2d %6.2f ulp", f.name, width, worst.error);
  if (settings.time)
    std::printf("  %6.3f ns",
                nanoseconds(reinterpret_cast<Kernel>(compiled->kernel)));
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
  DialectRegistry registry;
  jit::initialize(registry);
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
