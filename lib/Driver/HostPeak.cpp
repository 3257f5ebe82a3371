//===- HostPeak.cpp - what this core can do at most -------------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Driver/HostPeak.h"

#include <algorithm>
#include <chrono>

#ifdef __x86_64__
#define DLC_FOR(features) __attribute__((target(features)))
#else
#define DLC_FOR(features)
#endif

namespace {

/// Multiply-adds that don't wait for each other, and load nothing.
template <typename Vector, int accumulators>
[[gnu::always_inline]] inline double gflopsOf() {
  using namespace std::chrono;
  constexpr int64_t turns = 1 << 15;
  Vector sums[accumulators], x = Vector{} + 0.5f, y = Vector{} + 0.25f;
  for (int i = 0; i < accumulators; ++i)
    sums[i] = Vector{} + static_cast<float>(i);
  asm volatile("" : "+m"(x), "+m"(y)); // not known to the compiler
  double best = 0;
  for (int repeat = 0; repeat < 100; ++repeat) {
    auto start = steady_clock::now();
    for (int64_t t = 0; t < turns; ++t)
#pragma clang loop unroll(full)
      for (int i = 0; i < accumulators; ++i) {
#pragma clang fp contract(fast)
        sums[i] = x * y + sums[i];
      }
    duration<double, std::nano> taken = steady_clock::now() - start;
    best = std::max(best, 2.0 * sizeof(Vector) / sizeof(float) * accumulators *
                              turns / taken.count());
    for (Vector &sum : sums)
      asm volatile("" : "+m"(sum)); // and needed
  }
  return best;
}

using Vector16 = float __attribute__((vector_size(16)));
using Vector32 = float __attribute__((vector_size(32)));
using Vector64 = float __attribute__((vector_size(64)));

double peak16() { return gflopsOf<Vector16, 12>(); }
#ifdef __x86_64__
DLC_FOR("avx2,fma") double peak32() { return gflopsOf<Vector32, 12>(); }
DLC_FOR("avx512f") double peak64() { return gflopsOf<Vector64, 24>(); }
#endif

} // namespace

double dlc::hostPeak(int64_t vectorBytes) {
#ifdef __x86_64__
  if (vectorBytes == 64)
    return peak64();
  if (vectorBytes == 32)
    return peak32();
#endif
  return peak16();
}
