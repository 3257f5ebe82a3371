//===- Composites.h - neural network functions ------------------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Functions of several core operations that all frontends share. They take
// tensors as most frameworks have them (channels second) and lists that the
// caller has checked; what depends on shapes they check themselves.

#ifndef DLC_FRONTEND_COMMON_COMPOSITES_H
#define DLC_FRONTEND_COMMON_COMPOSITES_H

#include "Frontend/Common/Tensor.h"
#include <functional>

namespace dlc {

//===----------------------------------------------------------------------===//
// Softmax, normalisation, activation. Narrow floats are computed in f32.
//===----------------------------------------------------------------------===//

Tensor softmax(TensorBuilder &b, Tensor x, llvm::ArrayRef<int64_t> axes);
/// x as a step of an f16 computation leaves it, where `type` is f16: the
/// standard's functions round each of theirs.
Tensor roundedF16(TensorBuilder &b, Tensor x, mlir::Type type);
/// The sum along axes, which stay, likewise.
Tensor roundedSum(TensorBuilder &b, Tensor x, llvm::ArrayRef<int64_t> axes,
                  mlir::Type type);
Tensor logSoftmax(TensorBuilder &b, Tensor x, llvm::ArrayRef<int64_t> axes);
/// 1 at the first greatest element of the axis, 0 elsewhere.
Tensor hardmax(TensorBuilder &b, Tensor x, int64_t axis);

/// Either may be null.
struct Affine {
  Tensor scale, bias;
};

struct LayerNorm {
  Tensor y, mean, invStdDev; ///< the latter two keep the axes and are wide
};
/// Over `axes`; scale and bias broadcast from the right.
LayerNorm layerNorm(TensorBuilder &b, Tensor x, llvm::ArrayRef<int64_t> axes,
                    Affine affine, double epsilon);
Tensor rmsNorm(TensorBuilder &b, Tensor x, llvm::ArrayRef<int64_t> axes,
               Tensor scale, double epsilon);
/// With given statistics; all parameters are [channels].
Tensor batchNorm(TensorBuilder &b, Tensor x, Affine affine, Tensor mean,
                 Tensor variance, double epsilon);
/// Parameters are [channels].
Tensor instanceNorm(TensorBuilder &b, Tensor x, Affine affine, double epsilon);
/// Parameters are [groups] with `perGroup`, else [channels].
Tensor groupNorm(TensorBuilder &b, Tensor x, int64_t groups, Affine affine,
                 bool perGroup, double epsilon);

/// Local response normalisation over `size` channels.
struct ResponseNorm {
  int64_t size;
  double alpha, beta, bias;
};
Tensor responseNorm(TensorBuilder &b, Tensor x, const ResponseNorm &norm);

Tensor gelu(TensorBuilder &b, Tensor x);
Tensor geluTanh(TensorBuilder &b, Tensor x);

/// The type that elements are computed in: f32 for narrower floats.
mlir::Type wideType(mlir::Type type);
/// The one that two float types have in common; f32 or f64 where they differ.
mlir::Type commonType(mlir::Type a, mlir::Type b);
/// Computes in the wide type and comes back to x's.
Tensor inWideType(TensorBuilder &b, Tensor x,
                  llvm::function_ref<Tensor(Tensor)> fn);
/// [c] as [c, 1, ...] with `spatial` ones: broadcasts over [n, c, ...].
Tensor perChannel(TensorBuilder &b, Tensor parameter, int64_t spatial);
/// The axes from `first` to the last one of x.
Ints axesFrom(Tensor x, int64_t first);

//===----------------------------------------------------------------------===//
// Windows
//===----------------------------------------------------------------------===//

enum class AutoPad { none, sameUpper, sameLower, valid };

/// One entry for each spatial dimension; `pads` has low ends, then high ends.
struct WindowSpec {
  Ints kernel, strides, dilations, pads;
  AutoPad autoPad = AutoPad::none;
  bool ceilMode = false;

  int64_t spatial() const { return strides.size(); }
  /// From a window's first element to behind its last one.
  int64_t reach(int64_t i) const { return dilations[i] * (kernel[i] - 1) + 1; }
};

/// Makes all padding of a channels-last x explicit: as `pads` of the window
/// where it is known, else by padding x with `value`. `more`, if not null,
/// becomes what ceil_mode adds to the high end of each spatial dimension.
Tensor resolvePadding(TensorBuilder &b, Tensor x, WindowSpec &w, Tensor value,
                      llvm::SmallVectorImpl<Dim> *more = nullptr);

/// x [n, c, ...], kernel [oc, c / groups, ...], bias [oc] or null.
Tensor conv(TensorBuilder &b, Tensor x, Tensor kernel, Tensor bias,
            WindowSpec window, Dim groups);
/// The same with a kernel whose sizes, or whose groups, may be open.
Tensor openConv(TensorBuilder &b, Tensor x, Tensor kernel, Tensor bias,
                const WindowSpec &window, Dim groups);
/// As convTranspose, where sizes may be open.
Tensor openConvTranspose(TensorBuilder &b, Tensor x, Tensor kernel, Tensor bias,
                         const WindowSpec &window,
                         llvm::ArrayRef<int64_t> outputPadding,
                         llvm::ArrayRef<int64_t> outputShape, int64_t groups);
/// Low and high padding that makes the result ceil(size / stride) long, of a
/// window that reaches so far.
std::pair<Dim, Dim> samePadding(TensorBuilder &b, Dim size, Dim reach,
                                int64_t stride, AutoPad mode);

/// x [n, c, ...], kernel [c, oc / groups, ...], bias [oc] or null. An
/// `outputShape` (else empty) takes the place of the pads.
Tensor convTranspose(TensorBuilder &b, Tensor x, Tensor kernel, Tensor bias,
                     WindowSpec window, llvm::ArrayRef<int64_t> outputPadding,
                     llvm::ArrayRef<int64_t> outputShape, int64_t groups);

Tensor maxPool(TensorBuilder &b, Tensor x, WindowSpec window);
/// Where in all of x the elements that maxPool gives are; the first of equal
/// ones. Column major numbers the last two dimensions the other way round.
Tensor maxPoolIndices(TensorBuilder &b, Tensor x, WindowSpec window,
                      bool columnMajor);
Tensor averagePool(TensorBuilder &b, Tensor x, WindowSpec window,
                   bool countPadding);
/// The p-norm of each window.
Tensor normPool(TensorBuilder &b, Tensor x, WindowSpec window, double p);
/// The p-norm over axes.
Tensor norm(TensorBuilder &b, Tensor x, llvm::ArrayRef<int64_t> axes, double p);

//===----------------------------------------------------------------------===//
// Attention
//===----------------------------------------------------------------------===//

struct AttentionSpec {
  double scale = 0; ///< 0: 1 / sqrt(head size)
  double softcap = 0;
  bool causal = false;
  Tensor mask;      ///< bool (true takes part) or added; null: none
  Dim firstQuery;   ///< keys before the first query; null: none
  Tensor validKeys; ///< i64 [batch]: keys that count; null: all
  int64_t leftWindow = -1, rightWindow = -1; ///< -1: open
  mlir::Type softmaxType;                    ///< null: the wide type
  /// What becomes of the softmax's operand and of its result, in its type.
  std::function<Tensor(Tensor)> scoreMod, probMod;
};

struct AttentionResult {
  Tensor y; ///< [batch, heads, queries, head size]
  /// What came before it, [batch, heads, queries, keys]: as scaled, as capped,
  /// as masked, and after the softmax.
  Tensor scores, capped, masked, probabilities;
};

/// q [batch, heads, queries, size]; k and v [batch, kv heads, keys, size]. Each
/// of k and v's heads serves heads / kv heads of q's in a row.
AttentionResult attention(TensorBuilder &b, Tensor q, Tensor k, Tensor v,
                          const AttentionSpec &spec);

/// x [batch, length, size] with a dimension of heads at `headAxis`; cos and sin
/// [batch or 1, length, rotated / 2] turn the first `rotated` elements.
struct RotarySpec {
  Tensor cos, sin;
  Dim rotated;
  int64_t headAxis;
  bool interleaved;
};
Tensor rotaryEmbedding(TensorBuilder &b, Tensor x, const RotarySpec &spec);

//===----------------------------------------------------------------------===//
// Recurrence, unrolled over time
//===----------------------------------------------------------------------===//

using Activation = std::function<Tensor(TensorBuilder &, Tensor)>;

/// One direction of a recurrent layer. Gates lie in ONNX's order: i o f c for
/// LSTM, z r h for GRU. Optional tensors are null.
struct RecurrentSpec {
  Tensor x;                         ///< [steps, batch, input]
  Tensor weight, recurrent;         ///< [gates * hidden, input or hidden]
  Tensor weightBias, recurrentBias; ///< [gates * hidden], optional
  Tensor peephole;                  ///< [3 * hidden]: i o f, optional
  Tensor lengths;                   ///< [batch], optional
  Tensor h, c;                      ///< [batch, hidden]
  int64_t hidden = 0;
  llvm::SmallVector<Activation> activations;
  std::optional<double> clip;
  bool reverse = false, inputForget = false, linearBeforeReset = false;
};

struct RecurrentResult {
  Tensor y;    ///< [steps, batch, hidden]
  Tensor h, c; ///< the last states
};

RecurrentResult lstm(TensorBuilder &b, const RecurrentSpec &spec);
RecurrentResult gru(TensorBuilder &b, const RecurrentSpec &spec);
RecurrentResult rnn(TensorBuilder &b, const RecurrentSpec &spec);

//===----------------------------------------------------------------------===//
// Resize
//===----------------------------------------------------------------------===//

enum class ResizeMode { nearest, linear, cubic };
enum class NearestMode { roundPreferFloor, roundPreferCeil, floor, ceil };
enum class Coordinates {
  halfPixel,
  halfPixelSymmetric,
  pytorchHalfPixel,
  alignCorners,
  asymmetric,
  tfHalfPixelForNearest,
  tfCropAndResize
};

struct ResizeSpec {
  ResizeMode mode = ResizeMode::nearest;
  NearestMode nearest = NearestMode::roundPreferFloor;
  Coordinates coordinates = Coordinates::halfPixel;
  double cubicA = -0.75, extrapolation = 0;
  bool excludeOutside = false, antialias = false;
};

/// How one dimension changes. Tensors are f32 scalars.
struct ResizedAxis {
  int64_t axis;
  Dim size;
  Tensor scale;            ///< size / old size, or what size was made from
  Tensor width;            ///< the size before it was rounded
  Tensor roiStart, roiEnd; ///< for tfCropAndResize, else null
};
Tensor resize(TensorBuilder &b, Tensor x, llvm::ArrayRef<ResizedAxis> axes,
              const ResizeSpec &spec);

//===----------------------------------------------------------------------===//
// Signals
//===----------------------------------------------------------------------===//

struct Complex {
  Tensor re, im; ///< no `im`: real
};
/// The discrete Fourier transform of f64 along the last dimension, of size n,
/// without a factor.
Complex fourier(TensorBuilder &b, Complex x, Dim n, bool inverse);

//===----------------------------------------------------------------------===//
// Random numbers. Each element is a function of `key` and its place alone.
//===----------------------------------------------------------------------===//

/// A key that no other seed gives.
uint64_t randomKey(uint64_t seed);
/// Evenly distributed over [0, 1), of type f32 or f64.
Tensor randomUniform(TensorBuilder &b, llvm::ArrayRef<Dim> shape, uint64_t key,
                     mlir::Type type);
/// Of the standard normal distribution.
Tensor randomNormal(TensorBuilder &b, llvm::ArrayRef<Dim> shape, uint64_t key,
                    mlir::Type type);

//===----------------------------------------------------------------------===//
// Sampling
//===----------------------------------------------------------------------===//

enum class SampleMode { nearest, linear, cubic };
/// What lies outside: zeros, the nearest element, or the mirror image.
enum class SamplePadding { zeros, border, reflection };

struct SampleSpec {
  SampleMode mode = SampleMode::linear;
  SamplePadding padding = SamplePadding::zeros;
  /// Mirrors stand at the centres of the outermost elements, not at their ends.
  bool alignCorners = true;
  /// The greatest of the weighted elements counts, not their sum.
  bool takeMax = false;
};

/// Elements of x [n, c, spatial...] at real places: `at` has one tensor for
/// each spatial dimension, of floats of the shape of the result; `batch` (i64)
/// tells of which n. All broadcast to one shape; the result has that shape,
/// then c.
Tensor sample(TensorBuilder &b, Tensor x, Tensor batch,
              llvm::ArrayRef<Tensor> at, const SampleSpec &spec);
/// A size as a scalar of the type of `like`.
Tensor sizeLike(TensorBuilder &b, Dim size, Tensor like);

} // namespace dlc

#endif // DLC_FRONTEND_COMMON_COMPOSITES_H
