//===- Strided.cpp - copies between strided views -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Evaluate/Strided.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include <cstdlib>
#include <cstring>

using namespace dlc;
using llvm::SmallVector;

namespace {
/// A dimension, its steps in bytes.
struct Dimension {
  int64_t size, to, from;
};
} // namespace

/// The fewest dimensions that describe the copy, outermost first.
static SmallVector<Dimension> simplify(Strides to, Strides from,
                                       llvm::ArrayRef<int64_t> shape,
                                       int64_t bytes) {
  SmallVector<Dimension> dims;
  for (auto [size, t, f] : llvm::zip_equal(shape, to.steps, from.steps)) {
    if (size == 1)
      continue;
    Dimension inner{size, t * bytes, f * bytes};
    bool continues = !dims.empty() && dims.back().to == inner.to * size &&
                     dims.back().from == inner.from * size;
    if (continues)
      inner.size *= dims.pop_back_val().size;
    dims.push_back(inner);
  }
  return dims;
}

/// Runs of N bytes, or of `run` where N is 0.
template <size_t N>
static void copyPlane(char *to, const char *from, const Dimension &outer,
                      const Dimension &inner, int64_t run) {
  // Lines of both sides stay in cache while a block is copied.
  constexpr int64_t block = 32;
  for (int64_t i0 = 0; i0 < outer.size; i0 += block)
    for (int64_t j0 = 0; j0 < inner.size; j0 += block) {
      int64_t i1 = std::min(i0 + block, outer.size),
              j1 = std::min(j0 + block, inner.size);
      for (int64_t i = i0; i < i1; ++i) {
        char *t = to + i * outer.to + j0 * inner.to;
        const char *f = from + i * outer.from + j0 * inner.from;
        for (int64_t j = j0; j < j1; ++j, t += inner.to, f += inner.from)
          memcpy(t, f, N ? N : run);
      }
    }
}

using PlaneCopier = void (*)(char *, const char *, const Dimension &,
                             const Dimension &, int64_t);

static PlaneCopier planeCopier(int64_t run) {
  switch (run) {
  case 1:
    return copyPlane<1>;
  case 2:
    return copyPlane<2>;
  case 4:
    return copyPlane<4>;
  case 8:
    return copyPlane<8>;
  default:
    return copyPlane<0>;
  }
}

/// Takes the dimension out whose elements lie closest together in the source.
static Dimension takeOuter(SmallVector<Dimension> &dims) {
  if (dims.empty())
    return {1, 0, 0};
  auto *closest = &dims.back();
  for (Dimension &d : dims)
    if (d.from != 0 && std::abs(d.from) < std::abs(closest->from))
      closest = &d;
  Dimension result = *closest;
  dims.erase(closest);
  return result;
}

void dlc::copyStrided(char *to, Strides toStrides, const char *from,
                      Strides fromStrides, llvm::ArrayRef<int64_t> shape,
                      int64_t bytes) {
  if (llvm::is_contained(shape, 0))
    return;
  to += toStrides.offset * bytes;
  from += fromStrides.offset * bytes;
  SmallVector<Dimension> dims = simplify(toStrides, fromStrides, shape, bytes);
  int64_t run = bytes;
  if (!dims.empty() && dims.back().to == bytes && dims.back().from == bytes)
    run *= dims.pop_back_val().size;
  Dimension inner = dims.empty() ? Dimension{1, 0, 0} : dims.pop_back_val();
  Dimension outer = takeOuter(dims);
  PlaneCopier copy = planeCopier(run);

  SmallVector<int64_t> index(dims.size(), 0);
  while (true) {
    copy(to, from, outer, inner, run);
    int64_t d = static_cast<int64_t>(dims.size()) - 1;
    for (; d >= 0; --d) {
      to += dims[d].to;
      from += dims[d].from;
      if (++index[d] < dims[d].size)
        break;
      to -= dims[d].to * dims[d].size;
      from -= dims[d].from * dims[d].size;
      index[d] = 0;
    }
    if (d < 0)
      return;
  }
}
