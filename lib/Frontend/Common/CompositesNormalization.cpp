//===- CompositesNormalization.cpp - softmax, norms, gelu -------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Frontend/Common/Composites.h"
#include <numbers>

using namespace mlir;
using namespace dlc;

Type dlc::wideType(Type type) {
  if (isa<FloatType>(type) && type.getIntOrFloatBitWidth() < 32)
    return Float32Type::get(type.getContext());
  return type;
}

Type dlc::commonType(Type a, Type b) {
  return a == b || wideType(a).isF64() ? a : wideType(b);
}

Tensor dlc::inWideType(TensorBuilder &b, Tensor x,
                       llvm::function_ref<Tensor(Tensor)> fn) {
  if (!x)
    return {};
  Type type = x.elementType();
  return b.cast(fn(b.cast(x, wideType(type))), type);
}

Tensor dlc::perChannel(TensorBuilder &b, Tensor parameter, int64_t spatial) {
  if (!parameter)
    return {};
  if (parameter.rank() != 1)
    return b.error("a parameter of each channel has rank " +
                   Twine(parameter.rank()) + ", not 1");
  Dims shape = b.dims(parameter);
  shape.append(spatial, b.dim(1));
  return b.reshape(parameter, ArrayRef<Dim>(shape));
}

Ints dlc::axesFrom(Tensor x, int64_t first) {
  return llvm::to_vector(llvm::seq<int64_t>(first, x.rank()));
}

//===----------------------------------------------------------------------===//
// Softmax
//===----------------------------------------------------------------------===//

/// x less its greatest element: no exponential overflows.
static Tensor shifted(TensorBuilder &b, Tensor x, ArrayRef<int64_t> axes) {
  return x - b.reduce(ReduceKind::max, x, axes, /*keepDims=*/true);
}

Tensor dlc::roundedF16(TensorBuilder &b, Tensor x, Type type) {
  return x && type.isF16() ? b.cast(b.cast(x, type), x.elementType()) : x;
}

Tensor dlc::roundedSum(TensorBuilder &b, Tensor x, ArrayRef<int64_t> axes,
                       Type type) {
  Tensor sum = b.sum(x, axes, /*keepDims=*/true);
  Tensor rounded = roundedF16(b, sum, type);
  // A sum of many may be more than an f16 holds.
  return type.isF16() ? b.select(b.isInf(rounded), sum, rounded) : sum;
}

Tensor dlc::softmax(TensorBuilder &b, Tensor x, ArrayRef<int64_t> axes) {
  return inWideType(b, x, [&](Tensor v) {
    Type type = x.elementType();
    Tensor e = roundedF16(b, b.exp(shifted(b, v, axes)), type);
    return e / roundedSum(b, e, axes, type);
  });
}

Tensor dlc::logSoftmax(TensorBuilder &b, Tensor x, ArrayRef<int64_t> axes) {
  return inWideType(b, x, [&](Tensor v) {
    Tensor s = shifted(b, v, axes);
    return s - b.log(b.sum(b.exp(s), axes, /*keepDims=*/true));
  });
}

Tensor dlc::hardmax(TensorBuilder &b, Tensor x, int64_t axis) {
  if (!x || axis >= x.rank())
    return {};
  Tensor best = b.argReduce(ReduceKind::max, x, axis, /*last=*/false,
                            /*keepDims=*/true);
  Tensor index = b.iota(b.dims(x), axis, b.i64());
  return b.cast(b.eq(index, best), x.elementType());
}

//===----------------------------------------------------------------------===//
// Normalisation
//===----------------------------------------------------------------------===//

/// x * scale + bias, in x's type.
static Tensor applyAffine(TensorBuilder &b, Tensor x, Affine affine) {
  if (x && affine.scale)
    x = x * b.cast(affine.scale, x.elementType());
  if (x && affine.bias)
    x = x + b.cast(affine.bias, x.elementType());
  return x;
}

LayerNorm dlc::layerNorm(TensorBuilder &b, Tensor x, ArrayRef<int64_t> axes,
                         Affine affine, double epsilon) {
  if (!x)
    return {};
  Tensor v = b.cast(x, wideType(x.elementType()));
  Tensor mean = b.mean(v, axes, /*keepDims=*/true);
  // Not E[x²] - E[x]², which cancels where the mean is large.
  Tensor centred = v - mean;
  Tensor variance = b.mean(b.square(centred), axes, /*keepDims=*/true);
  Tensor invStdDev = b.rsqrt(variance + epsilon);
  Tensor y = applyAffine(b, centred * invStdDev, affine);
  return {b.cast(y, x.elementType()), mean, invStdDev};
}

Tensor dlc::rmsNorm(TensorBuilder &b, Tensor x, ArrayRef<int64_t> axes,
                    Tensor scale, double epsilon) {
  return inWideType(b, x, [&](Tensor v) {
    Tensor mean = b.mean(b.square(v), axes, /*keepDims=*/true);
    return applyAffine(b, v * b.rsqrt(mean + epsilon), {scale, Tensor()});
  });
}

Tensor dlc::batchNorm(TensorBuilder &b, Tensor x, Affine affine, Tensor mean,
                      Tensor variance, double epsilon) {
  if (!x || !affine.scale || !affine.bias || !mean || !variance)
    return {};
  int64_t spatial = std::max<int64_t>(x.rank() - 2, 0);
  // The parameters are constant as a rule: one factor and one summand remain.
  Type type = wideType(x.elementType());
  Tensor factor =
      b.cast(affine.scale, type) * b.rsqrt(b.cast(variance, type) + epsilon);
  Tensor summand = b.cast(affine.bias, type) - b.cast(mean, type) * factor;
  return inWideType(b, x, [&](Tensor v) {
    return applyAffine(
        b, v,
        {perChannel(b, factor, spatial), perChannel(b, summand, spatial)});
  });
}

/// Both as perChannel has them; nullopt is reported.
static std::optional<Affine> spreadChannels(TensorBuilder &b, Affine affine,
                                            int64_t spatial) {
  Affine spread{perChannel(b, affine.scale, spatial),
                perChannel(b, affine.bias, spatial)};
  bool failed =
      (affine.scale && !spread.scale) || (affine.bias && !spread.bias);
  return failed ? std::nullopt : std::optional(spread);
}

Tensor dlc::instanceNorm(TensorBuilder &b, Tensor x, Affine affine,
                         double epsilon) {
  if (!x)
    return {};
  std::optional<Affine> spread = spreadChannels(b, affine, x.rank() - 2);
  return spread ? layerNorm(b, x, axesFrom(x, 2), *spread, epsilon).y
                : Tensor();
}

Tensor dlc::groupNorm(TensorBuilder &b, Tensor x, int64_t groups, Affine affine,
                      bool perGroup, double epsilon) {
  if (!x)
    return {};
  // [n, c, ...] as [n, groups, c / groups, ...]
  Dims shape = b.dims(x), grouped = shape;
  grouped[1] = b.dim(groups);
  grouped.insert(grouped.begin() + 2, b.sizes().floorDiv(shape[1], groups));
  std::optional<Affine> spread =
      spreadChannels(b, affine, x.rank() - 2 + perGroup);
  if (!spread)
    return {};
  return inWideType(b, x, [&](Tensor v) {
    Tensor g = b.reshape(v, ArrayRef<Dim>(grouped));
    if (!g)
      return g;
    Tensor y =
        layerNorm(b, g, axesFrom(g, 2), perGroup ? *spread : Affine(), epsilon)
            .y;
    y = b.reshape(y, ArrayRef<Dim>(shape));
    return perGroup ? y : applyAffine(b, y, *spread);
  });
}

Tensor dlc::responseNorm(TensorBuilder &b, Tensor x, const ResponseNorm &norm) {
  return inWideType(b, x, [&](Tensor v) {
    // Channels are the one spatial dimension of a pool: [n, c, all the rest].
    Dims shape = b.dims(v);
    Dims flat{shape[0], shape[1], b.product(ArrayRef(shape).drop_front(2))};
    int64_t low = (norm.size - 1) / 2;
    Tensor sum =
        b.pool(ReduceKind::sum, b.reshape(b.square(v), ArrayRef<Dim>(flat)),
               {norm.size}, {1}, {1}, {low, norm.size - 1 - low});
    sum = b.reshape(sum, ArrayRef<Dim>(shape));
    return v / b.pow(sum * (norm.alpha / norm.size) + norm.bias, norm.beta);
  });
}

Tensor dlc::norm(TensorBuilder &b, Tensor x, ArrayRef<int64_t> axes, double p) {
  return inWideType(b, x, [&](Tensor v) {
    if (p == 1)
      return b.sum(b.abs(v), axes, /*keepDims=*/true);
    if (p == 2)
      return b.sqrt(b.sum(b.square(v), axes, /*keepDims=*/true));
    return b.pow(b.sum(b.pow(b.abs(v), p), axes, /*keepDims=*/true), 1 / p);
  });
}

//===----------------------------------------------------------------------===//
// Gelu
//===----------------------------------------------------------------------===//

Tensor dlc::gelu(TensorBuilder &b, Tensor x) {
  return inWideType(b, x, [&](Tensor v) {
    return v * 0.5 * (b.erf(v * (std::numbers::sqrt2 / 2)) + 1.0);
  });
}

Tensor dlc::geluTanh(TensorBuilder &b, Tensor x) {
  return inWideType(b, x, [&](Tensor v) {
    Tensor inner = (v + v * v * v * 0.044715) *
                   (std::numbers::sqrt2 * std::numbers::inv_sqrtpi);
    return v * 0.5 * (b.tanh(inner) + 1.0);
  });
}
