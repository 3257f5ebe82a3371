//===- Ml.cpp - ai.onnx.ml: features and linear models -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Frontend/ONNX/MlArgs.h"

#include "Frontend/Common/Composites.h"
#include "Frontend/Common/TensorDetail.h"
#include "Frontend/ONNX/Ops.h"
#include <cmath>

using namespace mlir;
using namespace dlc;
using namespace dlc::onnx;

//===----------------------------------------------------------------------===//
// Features
//===----------------------------------------------------------------------===//

static Tensors arrayFeatureExtractor(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "X"), at = n.input(1, "Y");
  if (!x || !at)
    return Tensor();
  if (x.rank() == 0 || !isa<IntegerType>(at.elementType()))
    return n.error("input 'X' must not be a scalar, 'Y' be integers");
  if (x.rank() == 1)
    x = b.unsqueeze(x, {0});
  return b.gather(x, b.flatten(at, 0, at.rank()), x.rank() - 1);
}

static Tensors binarizer(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "X");
  double threshold = n.real("threshold", 0);
  if (!x)
    return x;
  Tensor real = x.isFloat() ? x : b.cast(x, b.opBuilder().getF64Type());
  return b.cast(b.gt(real, threshold), x.elementType());
}

/// A number for each feature, or one for all: broadcasts over X.
static Tensor eachFeature(TensorBuilder &b, NodeArgs &n, StringRef name,
                          Tensor x, double otherwise) {
  SmallVector<double> values = n.reals(name).value_or(SmallVector<double>());
  if (values.empty())
    values.push_back(otherwise);
  int64_t size = values.size(), count = x.rank() ? x.shape().back() : 1;
  if (size != 1 && !ShapedType::isDynamic(count) && size != count)
    return n.error("attribute '" + name + "' has " + Twine(size) +
                   " entries for " + Twine(count) + " features");
  return floats(b, values, {size}, x.elementType());
}

static Tensors scaler(TensorBuilder &b, NodeArgs &n) {
  Tensor x = b.cast(n.input(0, "X"), b.f32());
  if (!x)
    return x;
  Tensor offset = eachFeature(b, n, "offset", x, 0);
  return (x - offset) * eachFeature(b, n, "scale", x, 1);
}

static Tensors normalizer(TensorBuilder &b, NodeArgs &n) {
  Tensor x = b.cast(n.input(0, "X"), b.f32());
  StringRef norm = n.string("norm", "MAX");
  if (!x)
    return x;
  if (x.rank() != 1 && x.rank() != 2)
    return n.error("input 'X' has rank " + Twine(x.rank()) +
                   ", expected 1 or 2");
  Ints last{x.rank() - 1};
  Tensor length;
  if (norm == "MAX")
    length = b.reduce(ReduceKind::max, x, last, /*keepDims=*/true);
  else if (norm == "L1")
    length = b.sum(b.abs(x), last, /*keepDims=*/true);
  else if (norm == "L2")
    length = b.sqrt(b.sum(b.square(x), last, /*keepDims=*/true));
  else
    return n.error("attribute 'norm' is '" + norm +
                   "', expected MAX, L1 or L2");
  return x / b.select(b.eq(length, 0.0), b.like(1, x), length);
}

static Tensors imputer(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "X");
  SmallVector<double> reals =
      n.reals("imputed_value_floats").value_or(SmallVector<double>());
  Ints integers = n.integers("imputed_value_int64s").value_or(Ints());
  double replaced = n.real("replaced_value_float", 0);
  int64_t replacedInt = n.integer("replaced_value_int64", 0);
  if (!x || n.failed())
    return Tensor();
  size_t size = x.isFloat() ? reals.size() : integers.size();
  int64_t count = x.rank() ? x.shape().back() : 1;
  if (size == 0 || x.rank() == 0 ||
      (size != 1 && !ShapedType::isDynamic(count) && int64_t(size) != count))
    return n.error("has " + Twine(size) + " imputed values of X's type for " +
                   Twine(count) + " features");
  if (x.isFloat()) {
    Tensor values = floats(b, reals, {int64_t(size)}, b.f32());
    Tensor missing = std::isnan(replaced) ? b.isNan(x) : b.eq(x, replaced);
    return b.select(missing, b.cast(values, x.elementType()), x);
  }
  Tensor missing = b.eq(x, b.scalar(replacedInt, x.elementType()));
  return b.select(missing, b.cast(b.ints(integers), x.elementType()), x);
}

static Tensors featureVectorizer(TensorBuilder &b, NodeArgs &n) {
  SmallVector<Tensor> parts = n.allInputs();
  std::optional<Ints> sizes = n.integers("inputdimensions");
  if (parts.empty() || n.failed())
    return Tensor();
  if (sizes && sizes->size() != parts.size())
    return n.error("attribute 'inputdimensions' has " + Twine(sizes->size()) +
                   " entries for " + Twine(parts.size()) + " inputs");
  for (auto [i, x] : llvm::enumerate(parts)) {
    if (x.rank() != 1 && x.rank() != 2)
      return n.error("input " + Twine(i) + " has rank " + Twine(x.rank()) +
                     ", expected 1 or 2");
    // A vector is one row.
    x = b.cast(x.rank() == 1 ? b.unsqueeze(x, {0}) : x, b.f32());
    if (!sizes)
      continue;
    int64_t size = (*sizes)[i], own = x.shape()[1];
    if (size < 0 || size > INT32_MAX || ShapedType::isDynamic(own))
      return n.error("attribute 'inputdimensions' has entry " + Twine(size) +
                     " for " + Twine(own) + " features");
    // What is too long is cut, what is too short is filled with zeros.
    if (size < own)
      x = b.sliceAxis(x, 1, b.dim(0), b.dim(size));
    else if (size > own)
      x = b.pad(x, b.dims({0, 0}), b.dims({0, size - own}));
  }
  return b.concat(parts, 1);
}

static Tensors oneHotEncoder(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "X");
  bool zeros = n.flag("zeros", true);
  auto integers = n.integers("cats_int64s");
  auto strings = n.strings("cats_strings");
  if (!x || n.failed())
    return Tensor();
  StringRef kind = x.isString() ? "strings" : "int64s";
  int64_t count = x.isString() ? (strings ? strings->size() : 0)
                  : integers   ? integers->size()
                               : 0;
  if (count == 0)
    return n.error("attribute 'cats_" + kind + "' is missing");
  Tensor categories = x.isString() ? b.strings(*strings) : b.ints(*integers);
  x = b.unsqueeze(b.cast(x, categories ? categories.elementType() : b.i64()),
                  {x.rank()});
  Tensor hits = b.eq(x, categories);
  if (zeros)
    return b.cast(hits, b.f32());
  // An unknown category is an error: a row that is not there.
  Tensor at = b.argReduce(ReduceKind::max, b.cast(hits, b.f32()), x.rank() - 1);
  Tensor found = b.reduce(ReduceKind::any, hits, {x.rank() - 1});
  at = b.select(found, at, b.like(-1, at));
  Tensor unit = b.eq(b.iota({b.dim(count), b.dim(1)}, 0, b.i64()),
                     b.iota({b.dim(1), b.dim(count)}, 1, b.i64()));
  return b.gather(b.cast(unit, b.f32()), at, 0);
}

//===----------------------------------------------------------------------===//
// Labels
//===----------------------------------------------------------------------===//

/// Keys, values or the default of LabelEncoder, whichever form they have.
static Tensor encoderList(TensorBuilder &b, NodeArgs &n, StringRef stem) {
  ElementsAttr tensor = n.tensor((stem + "_tensor").str());
  auto integers = n.integers((stem + "_int64s").str());
  auto reals = n.reals((stem + "_floats").str());
  auto strings = n.strings((stem + "_strings").str());
  if (n.failed())
    return {};
  if (tensor) {
    Tensor list = b.constant(tensor);
    return b.flatten(list, 0, list.rank());
  }
  if (integers && !integers->empty())
    return b.ints(*integers);
  if (reals && !reals->empty())
    return floats(b, *reals, {int64_t(reals->size())}, b.f32());
  if (strings && !strings->empty())
    return b.strings(*strings);
  return n.error("attribute '" + stem + "_int64s' or one like it is missing");
}

/// As lookUp, for strings: which key a constant is, a table tells by its
/// number.
static Tensor lookUpStrings(TensorBuilder &b, Tensor x, Tensor keys,
                            Tensor values, Tensor otherwise) {
  std::optional<Ints> numbers = b.constantInts(keys);
  if (!numbers || numbers->empty())
    return b.error("the keys are not known at compile time");
  int64_t count = numbers->size(), last = *llvm::max_element(*numbers);
  Ints keyOf(last + 2, count); // the last entry is for all other strings
  for (auto [i, number] : llvm::enumerate(*numbers))
    keyOf[number] = i;
  Tensor at = b.min(b.bitcast(x, b.i64()), b.scalar(last + 1, b.i64()));
  Tensor all = b.concat({values, b.unsqueeze(otherwise, {0})}, 0);
  return b.gather(all, b.gather(b.ints(keyOf), at, 0), 0);
}

/// What `values` hold where `keys` hold x, elsewhere `otherwise`. Of equal keys
/// the last one counts.
static Tensor lookUp(TensorBuilder &b, NodeArgs &n, Tensor x, Tensor keys,
                     Tensor values, Tensor otherwise) {
  if (!x || !keys || !values || !otherwise)
    return {};
  if (keys.shape()[0] != values.shape()[0])
    return n.error("has " + Twine(keys.shape()[0]) + " keys and " +
                   Twine(values.shape()[0]) + " values");
  if (keys.isString() != x.isString())
    return n.error("input 'X' of type " + describe(x.elementType()) +
                   " and its keys are not both strings or numbers");
  if (x.isString())
    return lookUpStrings(b, x, keys, values, otherwise);
  // NaNs are keys, too.
  keys = b.cast(keys, x.elementType());
  Tensor wide = b.unsqueeze(x, {x.rank()}), hits = b.eq(wide, keys);
  if (x.isFloat())
    hits = b.or_(hits, b.and_(b.isNan(wide), b.isNan(keys)));
  int64_t last = x.rank();
  Type byte = b.opBuilder().getIntegerType(8);
  Tensor at = b.argReduce(ReduceKind::max, b.cast(hits, byte), last, true);
  Tensor found = b.reduce(ReduceKind::any, hits, {last});
  return b.select(found, b.gather(values, at, 0), otherwise);
}

static Tensors labelEncoder(TensorBuilder &b, NodeArgs &n) {
  ElementsAttr defaultTensor = n.tensor("default_tensor");
  int64_t defaultInt = n.integer("default_int64", -1);
  double defaultReal = n.real("default_float", 0);
  StringRef defaultString = n.string("default_string", "_Unused");
  Tensor values = encoderList(b, n, "values");
  if (!values)
    return values;
  Tensor otherwise = values.isString() ? b.string(defaultString)
                     : values.isFloat()
                         ? b.like(defaultReal, values)
                         : b.scalar(defaultInt, values.elementType());
  if (defaultTensor) {
    otherwise = b.reshape(b.constant(defaultTensor), ArrayRef<int64_t>());
    if (otherwise && otherwise.isString() != values.isString())
      return n.error("attribute 'default_tensor' has not the type of the "
                     "values");
    otherwise = b.cast(otherwise, values.elementType());
  }
  return lookUp(b, n, n.input(0, "X"), encoderList(b, n, "keys"), values,
                otherwise);
}

/// The number of each name, or the name of each number.
static Tensor translated(TensorBuilder &b, NodeArgs &n, Tensor x, Tensor names,
                         Tensor numbers) {
  int64_t defaultInt = n.integer("default_int64", -1);
  StringRef defaultString = n.string("default_string", "_Unused");
  return x.isString()
             ? lookUp(b, n, x, names, numbers, b.scalar(defaultInt, b.i64()))
             : lookUp(b, n, x, numbers, names, b.string(defaultString));
}

/// The first version: the number of a class, or its name.
static Tensors labelEncoder1(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "X");
  auto classes = n.strings("classes_strings");
  if (!x || n.failed())
    return Tensor();
  if (!classes || classes->empty())
    return n.error("attribute 'classes_strings' is missing");
  Tensor names = b.strings(*classes);
  Tensor numbers = b.iota({b.dim(int64_t(classes->size()))}, 0);
  return translated(b, n, x, names, numbers);
}

static Tensors categoryMapper(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "X");
  auto strings = n.strings("cats_strings");
  auto integers = n.integers("cats_int64s");
  if (!x || n.failed())
    return Tensor();
  if (!strings || !integers || strings->empty())
    return n.error("attribute 'cats_strings' or 'cats_int64s' is missing");
  Tensor names = b.strings(*strings), numbers = b.ints(*integers);
  return translated(b, n, x, names, numbers);
}

//===----------------------------------------------------------------------===//
// Linear models
//===----------------------------------------------------------------------===//

/// X times coefficients [targets, features], plus intercepts.
static Tensor linearScores(TensorBuilder &b, NodeArgs &n, Tensor x,
                           int64_t targets) {
  auto coefficients = n.reals("coefficients");
  auto intercepts = n.reals("intercepts");
  if (!x || n.failed())
    return {};
  int64_t count = x.shape()[1];
  if (!coefficients || targets < 1 ||
      int64_t(coefficients->size()) / targets != count ||
      int64_t(coefficients->size()) % targets != 0)
    return n.error("attribute 'coefficients' has " +
                   Twine(coefficients ? coefficients->size() : 0) +
                   " entries for " + Twine(targets) + " targets of " +
                   Twine(count) + " features");
  Type type = x.elementType();
  Tensor w = floats(b, *coefficients, {targets, count}, type);
  Tensor y = b.matmul(x, b.transposeLast(w));
  if (!intercepts || intercepts->empty())
    return y;
  if (int64_t(intercepts->size()) != targets)
    return n.error("attribute 'intercepts' has " + Twine(intercepts->size()) +
                   " entries, expected " + Twine(targets));
  return y + floats(b, *intercepts, {targets}, type);
}

static Tensors linearRegressor(TensorBuilder &b, NodeArgs &n) {
  auto transform = postTransform(n);
  int64_t targets = n.integer("targets", 1);
  Tensor scores = linearScores(b, n, features(b, n), targets);
  if (!transform || !scores)
    return Tensor();
  return b.cast(transformed(b, scores, *transform), b.f32());
}

static Tensors linearClassifier(TensorBuilder &b, NodeArgs &n) {
  auto transform = postTransform(n);
  auto labels = classLabels(n, "classlabels_ints");
  n.ignore("multi_class");
  auto intercepts = n.reals("intercepts");
  auto coefficients = n.reals("coefficients");
  Tensor x = features(b, n);
  if (!transform || !labels || !x || n.failed())
    return Tensor();
  int64_t count = std::max<int64_t>(x.shape()[1], 1);
  int64_t targets = intercepts && !intercepts->empty() ? intercepts->size()
                    : coefficients ? coefficients->size() / count
                                   : 0;
  Tensor scores = b.cast(linearScores(b, n, x, targets), b.f32());
  if (!scores)
    return scores;
  if (targets == 1) {
    if (labels->size() != 2)
      return n.error("has " + Twine(labels->size()) +
                     " class labels for one score");
    // It is that of the second class.
    Tensor second = b.gt(b.squeeze(scores, {1}), 0.0);
    return Tensors{labelsAt(b, *labels, b.cast(second, b.i64())),
                   twoClasses(b, scores, *transform,
                              *transform != PostTransform::logistic)};
  }
  if (int64_t(labels->size()) != targets)
    return n.error("has " + Twine(labels->size()) + " class labels for " +
                   Twine(targets) + " targets");
  Tensor best = b.argReduce(ReduceKind::max, scores, 1);
  return Tensors{labelsAt(b, *labels, best),
                 transformed(b, scores, *transform)};
}

ArrayRef<OpRow> dlc::onnx::mlOps() {
  static const OpRow rows[] = {
      {"ArrayFeatureExtractor", 1, arrayFeatureExtractor, {2, 2}},
      {"Binarizer", 1, binarizer},
      {"CategoryMapper", 1, categoryMapper},
      {"FeatureVectorizer", 1, featureVectorizer, {1, kMany}},
      {"Imputer", 1, imputer},
      {"LabelEncoder", 1, labelEncoder1},
      {"LabelEncoder", 2, labelEncoder},
      {"LinearClassifier", 1, linearClassifier, {1, 1}, {2, 2}},
      {"LinearRegressor", 1, linearRegressor},
      {"Normalizer", 1, normalizer},
      {"OneHotEncoder", 1, oneHotEncoder},
      {"Scaler", 1, scaler},
  };
  return rows;
}
