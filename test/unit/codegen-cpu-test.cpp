//===- codegen-cpu-test.cpp - the plain algorithms of lib/Codegen/CPU -*- C++
//-*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Codegen/CPU/IndexMath.h"
#include "Codegen/CPU/PlanMemory.h"
#include "Codegen/CPU/Tile.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "gtest/gtest.h"
#include <random>

using namespace mlir;
using namespace dlc::cpu;

//===----------------------------------------------------------------------===//
// planMemory
//===----------------------------------------------------------------------===//

static bool liveTogether(const Buffer &a, const Buffer &b) {
  return a.first <= b.last && b.first <= a.last;
}

/// The most bytes that are live at one step: no plan needs less.
static int64_t peak(ArrayRef<Buffer> buffers) {
  int64_t most = 0;
  for (const Buffer &at : buffers) {
    int64_t live = 0;
    for (const Buffer &b : buffers)
      if (b.first <= at.first && at.first <= b.last)
        live += b.size;
    most = std::max(most, live);
  }
  return most;
}

static void checkPlan(ArrayRef<Buffer> buffers, const MemoryPlan &plan) {
  ASSERT_EQ(plan.offsets.size(), buffers.size());
  EXPECT_EQ(plan.size % 64, 0);
  EXPECT_GE(plan.size, peak(buffers));
  for (size_t i = 0; i < buffers.size(); ++i) {
    EXPECT_EQ(plan.offsets[i] % 64, 0);
    EXPECT_GE(plan.offsets[i], 0);
    EXPECT_LE(plan.offsets[i] + buffers[i].size, plan.size);
    for (size_t j = 0; j < i; ++j) {
      bool apart = plan.offsets[i] + buffers[i].size <= plan.offsets[j] ||
                   plan.offsets[j] + buffers[j].size <= plan.offsets[i];
      EXPECT_TRUE(apart || !liveTogether(buffers[i], buffers[j]))
          << "buffers " << j << " and " << i;
    }
  }
}

TEST(PlanMemory, Empty) { EXPECT_EQ(planMemory({}).size, 0); }

TEST(PlanMemory, LiveAtTheSameStepApart) {
  // The last step of one is the first of the other: a kernel reads one and
  // writes the other.
  Buffer buffers[] = {{100, 0, 1}, {100, 1, 2}};
  MemoryPlan plan = planMemory(buffers);
  checkPlan(buffers, plan);
  EXPECT_EQ(plan.size, 256);
}

TEST(PlanMemory, ReusesWhatIsFree) {
  Buffer chain[] = {{64, 0, 1}, {64, 1, 2}, {64, 2, 3}, {64, 3, 4}};
  MemoryPlan plan = planMemory(chain);
  checkPlan(chain, plan);
  EXPECT_EQ(plan.size, 128);
  EXPECT_EQ(plan.offsets[0], plan.offsets[2]);
}

TEST(PlanMemory, FillsGaps) {
  // The small one fits beside the second, below the third.
  Buffer buffers[] = {{256, 0, 1}, {128, 2, 3}, {512, 1, 3}, {64, 2, 2}};
  MemoryPlan plan = planMemory(buffers);
  checkPlan(buffers, plan);
  EXPECT_EQ(plan.size, 768);
}

TEST(PlanMemory, Random) {
  std::mt19937 random(1);
  auto upTo = [&](int64_t n) {
    return static_cast<int64_t>(random() % (n + 1));
  };
  for (int round = 0; round < 300; ++round) {
    std::vector<Buffer> buffers(upTo(40));
    for (Buffer &b : buffers) {
      b.first = upTo(30);
      b.last = b.first + upTo(8);
      b.size = 1 + upTo(round % 2 ? 5000 : 200);
    }
    MemoryPlan plan = planMemory(buffers);
    checkPlan(buffers, plan);
    // The same input gives the same plan: code is reproducible.
    EXPECT_EQ(plan.offsets, planMemory(buffers).offsets);
  }
}

//===----------------------------------------------------------------------===//
// Tiles
//===----------------------------------------------------------------------===//

TEST(Tile, RowSplitCoversAllRows) {
  for (int64_t most = 1; most <= 14; ++most)
    for (int64_t total = 1; total < 200; ++total) {
      RowSplit split(total, most);
      EXPECT_LE(split.rows, most);
      EXPECT_GE(split.high, 1);
      EXPECT_LE(split.high, split.tiles);
      EXPECT_EQ(split.high * split.rows +
                    (split.tiles - split.high) * (split.rows - 1),
                total);
    }
}

TEST(Tile, RowSplitOfNothing) {
  RowSplit split(0, 12);
  EXPECT_EQ(split.high * split.rows +
                (split.tiles - split.high) * (split.rows - 1),
            0);
}

static const Isa isas[] = {Isa::avx512(), Isa::avx2(), Isa::sse()};

TEST(Tile, FitsRegisters) {
  MLIRContext context;
  for (const Isa &isa : isas)
    for (int64_t vectors = 1;
         vectors <= widestPanel(isa, Float32Type::get(&context)); ++vectors) {
      int64_t rows = tileRows(isa, vectors);
      EXPECT_GE(rows, 1);
      EXPECT_LE(rows * vectors + vectors + 1, isa.registers);
    }
}

TEST(Tile, PanelVectors) {
  MLIRContext context;
  Type f32 = Float32Type::get(&context), f64 = Float64Type::get(&context);
  for (const Isa &isa : isas)
    for (int64_t columns = 0; columns < 300; ++columns)
      for (int64_t rows :
           {int64_t(1), int64_t(2), int64_t(100), ShapedType::kDynamic}) {
        int64_t v = panelVectors(isa, rows, columns, f32);
        EXPECT_GE(v, 1);
        EXPECT_LE(v, 8);
      }
  // No panel is wider than what there is to compute.
  EXPECT_EQ(panelVectors(Isa::avx512(), 100, 16, f32), 1);
  EXPECT_EQ(panelVectors(Isa::avx512(), 100, 64, f32), 4);
  EXPECT_EQ(panelVectors(Isa::avx2(), 100, 64, f32), 2);
  EXPECT_EQ(panelVectors(Isa::avx512(), 1, 1000, f32), 8);
  // Vectors of f64 take two registers.
  EXPECT_EQ(panelVectors(Isa::avx512(), 100, 64, f64), 2);
  EXPECT_EQ(panelVectors(Isa::avx2(), 100, 64, f64), 1);
}

//===----------------------------------------------------------------------===//
// IndexMath
//===----------------------------------------------------------------------===//

namespace {
struct IndexMathTest : testing::Test {
  MLIRContext context;
  Location loc = UnknownLoc::get(&context);
  OwningOpRef<ModuleOp> module;
  OpBuilder b{&context};
  Value x;

  IndexMathTest() {
    context
        .loadDialect<arith::ArithDialect, scf::SCFDialect, func::FuncDialect>();
    module = ModuleOp::create(loc);
    b.setInsertionPointToEnd(module->getBody());
    auto func = func::FuncOp::create(b, loc, "f",
                                     b.getFunctionType({b.getIndexType()}, {}));
    b.setInsertionPointToStart(func.addEntryBlock());
    x = func.getArgument(0);
  }
  IndexMath math() { return {b, loc}; }
  Value cst(int64_t v) { return math().cst(v); }
  int64_t count(StringRef name) {
    int64_t n = 0;
    module->walk(
        [&](Operation *op) { n += op->getName().getStringRef() == name; });
    return n;
  }
};
} // namespace

TEST_F(IndexMathTest, ConstantsFold) {
  IndexMath m = math();
  EXPECT_EQ(constantIndex(m.add(cst(2), cst(3))), 5);
  EXPECT_EQ(constantIndex(m.sub(cst(2), cst(3))), -1);
  EXPECT_EQ(constantIndex(m.mul(cst(4), cst(3))), 12);
  EXPECT_EQ(constantIndex(m.div(cst(7), cst(2))), 3);
  EXPECT_EQ(constantIndex(m.rem(cst(7), cst(2))), 1);
  EXPECT_EQ(constantIndex(m.ceilDiv(cst(7), 2)), 4);
  EXPECT_EQ(constantIndex(m.min(cst(7), cst(2))), 2);
  EXPECT_EQ(constantIndex(m.max(cst(7), cst(2))), 7);
  EXPECT_EQ(constantIndex(m.product({cst(2), cst(3), cst(4)})), 24);
  EXPECT_EQ(constantIndex(m.product({})), 1);
}

TEST_F(IndexMathTest, NeutralElementsVanish) {
  IndexMath m = math();
  EXPECT_EQ(m.add(x, 0), x);
  EXPECT_EQ(m.mul(x, 1), x);
  EXPECT_EQ(m.mul(cst(1), x), x);
  EXPECT_EQ(m.div(x, cst(1)), x);
  EXPECT_EQ(constantIndex(m.rem(x, cst(1))), 0);
  EXPECT_EQ(constantIndex(m.mul(x, 0)), 0);
}

TEST_F(IndexMathTest, DivisionByZeroIsLeftAlone) {
  IndexMath m = math();
  EXPECT_FALSE(constantIndex(m.div(cst(7), cst(0))));
  EXPECT_FALSE(constantIndex(m.rem(cst(7), cst(0))));
}

TEST_F(IndexMathTest, LinearizeInvertsDelinearize) {
  IndexMath m = math();
  for (SmallVector<int64_t> shape :
       {SmallVector<int64_t>{2, 3, 4}, {1, 5}, {1, 1, 3}, {3, 1, 1}, {7}}) {
    SmallVector<Value> sizes;
    int64_t n = 1;
    for (int64_t d : shape) {
      sizes.push_back(cst(d));
      n *= d;
    }
    for (int64_t i = 0; i < n; ++i) {
      SmallVector<Value> at = m.delinearize(cst(i), sizes);
      ASSERT_EQ(at.size(), shape.size());
      for (auto [v, d] : llvm::zip(at, shape))
        EXPECT_LT(constantIndex(v), d);
      EXPECT_EQ(constantIndex(m.linearize(at, sizes)), i);
    }
  }
  EXPECT_TRUE(m.delinearize(x, {}).empty());
}

TEST_F(IndexMathTest, ShortLoopsVanish) {
  IndexMath m = math();
  int64_t runs = 0;
  m.loop(cst(3), cst(3), 1, [&](Value) { ++runs; });
  EXPECT_EQ(runs, 0);
  m.loop(cst(3), cst(5), 2, [&](Value i) {
    ++runs;
    EXPECT_EQ(constantIndex(i), 3);
  });
  EXPECT_EQ(runs, 1);
  EXPECT_EQ(count("scf.for"), 0);
  m.loop(cst(3), cst(6), 2, [&](Value) { ++runs; });
  EXPECT_EQ(count("scf.for"), 1);
  SmallVector<Value> carried =
      m.loop(cst(0), x, 1, ValueRange(cst(0)), [&](Value i, ValueRange args) {
        return SmallVector<Value>{m.add(args[0], i)};
      });
  EXPECT_EQ(carried.size(), 1u);
  EXPECT_EQ(count("scf.for"), 2);
}

TEST_F(IndexMathTest, KnownConditionsNeedNoBranch) {
  IndexMath m = math();
  bool ran = false;
  m.ifThen(m.less(cst(1), cst(2)), [&] { ran = true; });
  EXPECT_TRUE(ran);
  m.ifThen(m.less(cst(2), cst(1)),
           [&] { FAIL() << "the condition does not hold"; });
  EXPECT_EQ(count("scf.if"), 0);
}
