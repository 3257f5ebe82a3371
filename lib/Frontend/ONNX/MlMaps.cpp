//===- MlMaps.cpp - ai.onnx.ml: maps -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Frontend/ONNX/MlArgs.h"

#include "Frontend/Common/TensorDetail.h"
#include "Frontend/ONNX/Ops.h"
#include "Frontend/ONNX/Strings.h"

using namespace mlir;
using namespace dlc;
using namespace dlc::onnx;

/// The places of the labels in ascending order; of equal ones the last.
static Ints sortedPlaces(const ClassLabels &labels) {
  Ints places =
      llvm::to_vector(llvm::reverse(llvm::seq<int64_t>(0, labels.size())));
  bool isOfStrings = labels.numbers.empty();
  llvm::stable_sort(places, [&](int64_t a, int64_t b) {
    return isOfStrings ? labels.strings[a] < labels.strings[b]
                       : labels.numbers[a] < labels.numbers[b];
  });
  places.erase(llvm::unique(places,
                            [&](int64_t a, int64_t b) {
                              return isOfStrings ? labels.strings[a] ==
                                                       labels.strings[b]
                                                 : labels.numbers[a] ==
                                                       labels.numbers[b];
                            }),
               places.end());
  return places;
}

static Tensors zipMap(TensorBuilder &b, NodeArgs &n) {
  auto labels = classLabels(n, "classlabels_int64s");
  Tensor x = n.input(0, "X");
  if (!labels || !x)
    return Tensor();
  if (x.rank() != 1 && x.rank() != 2)
    return n.error("input 'X' has rank " + Twine(x.rank()) +
                   ", expected 1 or 2");
  // A vector is one row.
  x = b.cast(x.rank() == 1 ? b.unsqueeze(x, {0}) : x, b.f32());
  int64_t count = labels->size();
  if (isKnown(b.dim(x, 1)) && x.shape()[1] != count)
    return n.error("has " + Twine(count) + " class labels for " +
                   Twine(x.shape()[1]) + " columns");
  x = b.pin(x, 1, count, "% columns for % class labels");
  Ints places = sortedPlaces(*labels);
  if (places != llvm::to_vector(llvm::seq<int64_t>(0, count)))
    x = b.gather(x, b.ints(places), 1);
  return b.map(labelsAt(b, *labels, b.ints(places)), x);
}

/// What the map holds at each of these keys, a vector, elsewhere `otherwise`.
static Tensor valuesAt(TensorBuilder &b, Tensor map, Tensor at,
                       Tensor otherwise) {
  Tensor keys = b.keysOf(map), values = b.valuesOf(map);
  if (!keys || !values || !at || !otherwise)
    return {};
  Dim count = b.dim(keys, 0);
  Tensor hits = b.eq(b.unsqueeze(at, {1}), keys);
  Tensor place = b.select(hits, b.iota({count}, 0), b.fromDim(count));
  // Of an empty map there is no least place.
  place = b.min(b.reduce(ReduceKind::min, place, {1}), b.fromDim(count));
  return b.gather(b.concat({values, b.unsqueeze(otherwise, {0})}, 0), place, 0);
}

static Tensors dictVectorizer(TensorBuilder &b, NodeArgs &n) {
  auto strings = n.strings("string_vocabulary");
  auto integers = n.integers("int64_vocabulary");
  Tensor map = n.map(0);
  if (!map || n.failed())
    return Tensor();
  bool isOfStrings = b.keysOf(map).isString();
  if (isOfStrings ? !strings : !integers)
    return n.error(isOfStrings ? "attribute 'string_vocabulary' is missing"
                               : "attribute 'int64_vocabulary' is missing");
  Tensor words = isOfStrings ? b.strings(*strings) : b.ints(*integers);
  Tensor values = b.valuesOf(map);
  Tensor zero = values.isString() ? b.string("") : b.like(0, values);
  return b.unsqueeze(valuesAt(b, map, words, zero), {0});
}

static Tensors castMap(TensorBuilder &b, NodeArgs &n) {
  Tensor map = n.map(0);
  enum Target { Float, String, Int64 };
  auto to = n.choice<Target>(
      "cast_to", "TO_FLOAT",
      {{"TO_FLOAT", Float}, {"TO_STRING", String}, {"TO_INT64", Int64}});
  auto isSparse =
      n.choice<bool>("map_form", "DENSE", {{"DENSE", false}, {"SPARSE", true}});
  int64_t size = n.integer("max_map", 1);
  if (!map || !to || !isSparse || n.failed())
    return Tensor();
  Tensor keys = b.keysOf(map), values = b.valuesOf(map);
  if (keys.isString())
    return n.error("the map's keys are strings, expected integers");
  if (*isSparse && (size < 0 || size > INT32_MAX))
    return n.error("attribute 'max_map' is " + Twine(size));
  if (*to == String)
    values = toString(b, values);
  else {
    Type type = *to == Float ? b.f32() : b.i64();
    values = values.isString() ? fromString(b, values, type) : values;
    values = b.cast(values, type);
  }
  if (!values)
    return values;
  if (!*isSparse) {
    Tensor order = b.topk(keys, b.dim(keys, 0), 0, /*least=*/true);
    return b.unsqueeze(b.gather(values, order, 0), {0});
  }
  Tensor absent = values.isString() ? b.string("0") : b.like(0, values);
  Tensor all = b.iota({b.dim(size)}, 0);
  return b.unsqueeze(valuesAt(b, b.map(keys, values), all, absent), {0});
}

ArrayRef<OpRow> dlc::onnx::mlMapOps() {
  static const OpRow rows[] = {
      {"CastMap", 1, castMap, {1, 1}, {1, 1}, false, true},
      {"DictVectorizer", 1, dictVectorizer, {1, 1}, {1, 1}, false, true},
      {"ZipMap", 1, zipMap},
  };
  return rows;
}
