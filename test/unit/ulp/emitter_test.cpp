//===- emitter_test.cpp - emitted expressions against the host --*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Every pointwise operation, for every type that it takes, on all combinations
// of edge values: compiled code by ScalarEmitter must agree with
// ScalarEvaluator.

#include "Evaluate/Elements.h"
#include "Jit.h"
#include "dialects/dlc/Dlc.h"
#include "dialects/dlc/ScalarEmitter.h"
#include "dialects/dlc/ScalarEvaluator.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Parser/Parser.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"
#include <cmath>
#include <limits>

using llvm::Expected;
using llvm::outs;
using llvm::StringRef;
using namespace mlir;
using namespace dlc;

namespace {

constexpr int64_t lanes = 8;

/// One operation on one type. `ulps`: how far results may lie from the host's.
struct Case {
  std::string text; ///< a function that holds it
  std::string name;
  double ulps;
};

std::vector<double> edgesOf(Type type) {
  if (isFloatScalar(type))
    return {0.0,    -0.0, 1,        -1,        0.5,         -0.5,   1.5,  2.5,
            -2.5,   3,    -3,       7.25,      100,         -127.5, 128,  255,
            256.75, -300, 65504,    1e-3,      1e-7,        3e9,    -3e9, 1e19,
            -1e19,  1e30, HUGE_VAL, -HUGE_VAL, std::nan("")};
  unsigned width = cast<IntegerType>(type).getWidth();
  if (width == 1)
    return {0, 1};
  double most = std::ldexp(1.0, width - 1);
  if (width < 8) {
    std::vector<double> all;
    for (int i = 0, n = 1 << width; i < n; ++i)
      all.push_back(isUnsignedScalar(type) ? i : i - most);
    return all;
  }
  if (isUnsignedScalar(type))
    return {0, 1, 2, 3, 5, 7, 8, 15, 31, 32, 63, 64, 100, most - 1, most, 255};
  return {0, 1, -1, 2, -2, 3, -3, 5, 7, -7, 8, 31, 32, 63, 100, -100, -most};
}

/// Values of one operand, enough for every combination.
std::vector<Scalar> operandValues(Type type, size_t stride, size_t count,
                                  ScalarEvaluator &s) {
  std::vector<double> edges = edgesOf(type);
  std::vector<Scalar> values(count);
  for (size_t i = 0; i < count; ++i)
    values[i] = s.constant(type, edges[i / stride % edges.size()]);
  return values;
}

/// A loop over vectors that computes what the operation means.
OwningOpRef<ModuleOp> kernelOf(PointwiseOpInterface op, int64_t count) {
  MLIRContext *context = op.getContext();
  OpBuilder b(context);
  Location loc = op.getLoc();
  OwningOpRef<ModuleOp> module = ModuleOp::create(b, loc);
  b.setInsertionPointToStart(module->getBody());
  SmallVector<Type> elements, arguments;
  for (Value v : op->getOperands())
    elements.push_back(getElementTypeOrSelf(v));
  elements.push_back(getElementTypeOrSelf(op->getResult(0)));
  for (Type type : elements)
    arguments.push_back(MemRefType::get({count}, memoryType(type)));
  auto function = func::FuncOp::create(
      b, loc, "kernel", FunctionType::get(context, arguments, {}));
  b.setInsertionPointToStart(function.addEntryBlock());
  auto index = [&](int64_t i) -> Value {
    return arith::ConstantIndexOp::create(b, loc, i);
  };
  auto loop = scf::ForOp::create(b, loc, index(0), index(count), index(lanes));
  func::ReturnOp::create(b, loc);
  b.setInsertionPointToStart(loop.getBody());
  ScalarEmitter emitter(b, loc);
  SmallVector<Scalar> operands;
  for (auto [type, memory] :
       llvm::zip(ArrayRef(elements).drop_back(), function.getArguments())) {
    Value v = vector::LoadOp::create(b, loc,
                                     VectorType::get({lanes}, memoryType(type)),
                                     memory, loop.getInductionVar());
    operands.push_back(emitter.fromMemory(type, v));
  }
  Scalar computed = op.apply(emitter, operands);
  Value result = emitter.toMemory(computed);
  if (!isa<VectorType>(result.getType()))
    result = vector::BroadcastOp::create(
        b, loc, VectorType::get({lanes}, result.getType()), result);
  vector::StoreOp::create(b, loc, result, function.getArguments().back(),
                          loop.getInductionVar());
  return module;
}

/// Distance in units of the last place of the type, at most `limit`?
bool agrees(const Scalar &got, const Scalar &want, double limit) {
  if (!isFloatScalar(want.type))
    return got.i == want.i;
  if (std::isnan(want.f) || std::isnan(got.f))
    return std::isnan(want.f) && std::isnan(got.f);
  if (got.f == want.f)
    return std::signbit(got.f) == std::signbit(want.f) || limit > 0;
  if (std::isinf(want.f) || std::isinf(got.f))
    return false;
  auto type = cast<FloatType>(want.type);
  const llvm::fltSemantics &semantics = type.getFloatSemantics();
  int exponent = std::max<int>(std::ilogb(want.f),
                               llvm::APFloat::semanticsMinExponent(semantics));
  // Processors that round to bf16 take denormal numbers for zero.
  if (type.isBF16() && got.f == 0 && std::fabs(want.f) < 0x1p-126)
    return true;
  double unit = std::ldexp(1.0, exponent - int(type.getFPMantissaWidth()) + 1);
  return std::fabs(got.f - want.f) <= limit * unit;
}

void print(const Scalar &x) {
  if (isFloatScalar(x.type))
    outs() << llvm::format(" %a", x.f);
  else
    outs() << ' ' << x.i;
}

/// Prints the first combination that differs.
bool compare(const Case &c, PointwiseOpInterface op, size_t count,
             ArrayRef<std::vector<Scalar>> inputs, const char *memory) {
  ScalarEvaluator evaluator;
  ElementFormat format(getElementTypeOrSelf(op->getResult(0)));
  for (size_t i = 0; i < count; ++i) {
    SmallVector<Scalar> operands;
    for (const std::vector<Scalar> &input : inputs)
      operands.push_back(input[i]);
    Scalar want = op.apply(evaluator, operands), got = want;
    format.read(memory + i * format.getBytes(), got);
    if (agrees(got, want, c.ulps))
      continue;
    outs() << c.name << " of";
    for (const Scalar &operand : operands)
      print(operand);
    outs() << " is";
    print(got);
    outs() << ", on the host";
    print(want);
    outs() << '\n';
    return false;
  }
  return true;
}

bool check(MLIRContext &context, const Case &c) {
  OwningOpRef<ModuleOp> source = parseSourceString<ModuleOp>(c.text, &context);
  PointwiseOpInterface op;
  if (source)
    source->walk([&](PointwiseOpInterface found) { op = found; });
  if (!op)
    return false;
  size_t count = 1;
  ScalarEvaluator evaluator;
  SmallVector<Type> types;
  for (Value v : op->getOperands()) {
    types.push_back(getElementTypeOrSelf(v));
    count *= edgesOf(types.back()).size();
  }
  count = llvm::alignTo(count, lanes);
  std::vector<std::vector<Scalar>> inputs;
  std::vector<std::vector<char>> memory;
  size_t stride = 1;
  for (Type type : types) {
    inputs.push_back(operandValues(type, stride, count, evaluator));
    stride *= edgesOf(type).size();
    ElementFormat format(type);
    memory.emplace_back(count * format.getBytes());
    for (size_t i = 0; i < count; ++i)
      format.write(memory.back().data() + i * format.getBytes(),
                   inputs.back()[i]);
  }
  memory.emplace_back(count * 8);

  OwningOpRef<ModuleOp> kernel = kernelOf(op, count);
  Expected<jit::Compiled> compiled = jit::compile(*kernel, {});
  if (!compiled) {
    outs() << c.name << ": " << toString(compiled.takeError()) << '\n';
    return false;
  }
  void *code = compiled->kernel;
  char *p[4] = {};
  for (auto [i, bytes] : llvm::enumerate(memory))
    p[i] = bytes.data();
  if (types.size() == 1)
    reinterpret_cast<void (*)(void *, void *)>(code)(p[0], p[1]);
  else if (types.size() == 2)
    reinterpret_cast<void (*)(void *, void *, void *)>(code)(p[0], p[1], p[2]);
  else
    reinterpret_cast<void (*)(void *, void *, void *, void *)>(code)(
        p[0], p[1], p[2], p[3]);
  return compare(c, op, count, inputs, memory.back().data());
}

//===----------------------------------------------------------------------===//
// Cases
//===----------------------------------------------------------------------===//

const char *const floats[] = {"f32", "f64", "f16", "bf16"};
const char *const integers[] = {"i8",   "i16",  "i32", "i64", "ui8", "ui16",
                                "ui32", "ui64", "i4",  "ui4", "i2",  "ui2"};
/// Those of eight bits and fewer.
const char *const narrow[] = {"f8E4M3FN",   "f8E4M3FNUZ", "f8E5M2",
                              "f8E5M2FNUZ", "f8E8M0FNU",  "f4E2M1FN",
                              "f6E2M3FN",   "f6E3M2FN"};

std::string tensor(StringRef type) { return ("tensor<1x" + type + ">").str(); }

Case unary(StringRef op, StringRef type, double ulps = 0) {
  std::string t = tensor(type);
  return {"func.func @f(%x: " + t + ") -> " + t + " {\n%0 = dlc." + op.str() +
              " %x : " + t + "\nreturn %0 : " + t + "\n}",
          (op + " " + type).str(), ulps};
}

Case binary(StringRef op, StringRef type, double ulps = 0,
            StringRef result = "") {
  std::string t = tensor(type), r = result.empty() ? t : tensor(result);
  return {"func.func @f(%x: " + t + ", %y: " + t + ") -> " + r +
              " {\n%0 = dlc." + op.str() + " %x, %y : " + t +
              (result.empty() ? "" : " -> " + r) + "\nreturn %0 : " + r + "\n}",
          (op + " " + type).str(), ulps};
}

Case castCase(StringRef from, StringRef to, StringRef op = "cast") {
  std::string t = tensor(from), r = tensor(to);
  return {"func.func @f(%x: " + t + ") -> " + r + " {\n%0 = dlc." + op.str() +
              " %x : " + t + " -> " + r + "\nreturn %0 : " + r + "\n}",
          (op + " " + from + " to " + to).str(), 0};
}

std::vector<Case> allCases() {
  std::vector<Case> cases;
  for (StringRef type : floats) {
    for (StringRef op :
         {"abs", "neg", "sign", "ceil", "floor", "round", "trunc", "sqrt"})
      cases.push_back(unary(op, type));
    for (StringRef op : {"add", "sub", "mul", "div"})
      cases.push_back(binary(op, type));
    for (StringRef op : {"min", "max"}) // of zeros either
      cases.push_back(binary(op, type, 0.5));
    if (type == "f64") // the rest is libm's
      continue;
    double ulps = type == "f32" ? 4 : 8;
    for (StringRef op : {"exp", "log", "log1p", "expm1", "sin", "cos", "tan",
                         "asin", "acos", "atan", "sinh", "cosh", "tanh",
                         "asinh", "acosh", "atanh", "erf", "sigmoid", "rsqrt"})
      cases.push_back(unary(op, type, ulps));
    cases.push_back(binary("pow", type, 4));
    cases.push_back(binary("rem", type));
    cases.push_back(binary("mod", type, 1));
  }
  for (StringRef type : integers) {
    for (StringRef op : {"abs", "neg", "sign", "not"})
      cases.push_back(unary(op, type));
    for (StringRef op : {"add", "sub", "mul", "div", "mod", "rem", "pow", "min",
                         "max", "and", "or", "xor", "shl", "shr"})
      cases.push_back(binary(op, type));
  }
  for (StringRef op : {"and", "or", "xor", "min", "max", "mul", "add", "sub"})
    cases.push_back(binary(op, "i1"));
  cases.push_back(unary("not", "i1"));
  for (StringRef type : narrow) {
    for (StringRef op : {"add", "mul"})
      cases.push_back(binary(op, type));
    for (StringRef op : {"min", "max"}) // of zeros either
      cases.push_back(binary(op, type, 0.5));
    for (StringRef op : {"abs", "neg", "sign", "floor"})
      cases.push_back(unary(op, type));
  }
  std::vector<StringRef> types(std::begin(floats), std::end(floats));
  types.insert(types.end(), std::begin(narrow), std::end(narrow));
  types.insert(types.end(), std::begin(integers), std::end(integers));
  types.push_back("i1");
  for (auto [from, to] : {std::pair("f32", "i32"),
                          {"i32", "f32"},
                          {"f64", "i64"},
                          {"i64", "f64"},
                          {"f16", "i16"},
                          {"bf16", "ui16"},
                          {"ui16", "f16"},
                          {"i8", "ui8"},
                          {"ui8", "f8E5M2"},
                          {"f8E4M3FN", "i8"},
                          {"ui4", "f4E2M1FN"},
                          {"i4", "ui4"}})
    cases.push_back(castCase(from, to, "bitcast"));
  for (StringRef from : types) {
    for (StringRef to : types)
      cases.push_back(castCase(from, to));
    for (StringRef op : {"eq", "ne", "lt", "le", "gt", "ge"})
      cases.push_back(binary(op, from, 0, "i1"));
  }
  return cases;
}

} // namespace

int main(int argc, char **argv) {
  DialectRegistry registry;
  jit::initialize(registry);
  registry.insert<DlcDialect>();
  MLIRContext context(registry, MLIRContext::Threading::DISABLED);
  context.loadAllAvailableDialects();
  int failed = 0, count = 0;
  for (const Case &c : allCases()) {
    if (argc > 1 && !StringRef(c.name).starts_with(argv[1]))
      continue;
    ++count;
    failed += !check(context, c);
  }
  outs() << count - failed << " of " << count << " cases agree\n";
  return failed != 0;
}
