//===- Resize.cpp - Resize and Upsample -------------------------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Frontend/Common/Composites.h"
#include "Frontend/ONNX/Ops.h"
#include "llvm/ADT/StringSwitch.h"
#include <cmath>

using namespace mlir;
using namespace dlc;

//===----------------------------------------------------------------------===//
// Attributes
//===----------------------------------------------------------------------===//

static ResizeMode resizeMode(NodeArgs &n) {
  StringRef name = n.string("mode", "nearest");
  auto mode = StringSwitch<std::optional<ResizeMode>>(name)
                  .Case("nearest", ResizeMode::nearest)
                  .Cases({"linear", "bilinear"}, ResizeMode::linear)
                  .Case("cubic", ResizeMode::cubic)
                  .Default(std::nullopt);
  if (!mode)
    n.error("attribute 'mode' is '" + name +
            "', expected nearest, linear or cubic");
  return mode.value_or(ResizeMode::nearest);
}

static Coordinates coordinates(NodeArgs &n) {
  StringRef name = n.string("coordinate_transformation_mode", "half_pixel");
  auto mode =
      StringSwitch<std::optional<Coordinates>>(name)
          .Case("half_pixel", Coordinates::halfPixel)
          .Case("half_pixel_symmetric", Coordinates::halfPixelSymmetric)
          .Case("pytorch_half_pixel", Coordinates::pytorchHalfPixel)
          .Case("align_corners", Coordinates::alignCorners)
          .Case("asymmetric", Coordinates::asymmetric)
          .Case("tf_half_pixel_for_nn", Coordinates::tfHalfPixelForNearest)
          .Case("tf_crop_and_resize", Coordinates::tfCropAndResize)
          .Default(std::nullopt);
  if (!mode)
    n.error("attribute 'coordinate_transformation_mode' has unknown value '" +
            name + "'");
  return mode.value_or(Coordinates::halfPixel);
}

static NearestMode nearestMode(NodeArgs &n) {
  StringRef name = n.string("nearest_mode", "round_prefer_floor");
  auto mode = StringSwitch<std::optional<NearestMode>>(name)
                  .Case("round_prefer_floor", NearestMode::roundPreferFloor)
                  .Case("round_prefer_ceil", NearestMode::roundPreferCeil)
                  .Case("floor", NearestMode::floor)
                  .Case("ceil", NearestMode::ceil)
                  .Default(std::nullopt);
  if (!mode)
    n.error("attribute 'nearest_mode' has unknown value '" + name + "'");
  return mode.value_or(NearestMode::roundPreferFloor);
}

//===----------------------------------------------------------------------===//
// Scales and sizes
//===----------------------------------------------------------------------===//

/// Element i of a vector as an f32 scalar.
static Tensor element(TensorBuilder &b, Tensor vector, int64_t i) {
  if (auto known = b.constantFloats(vector))
    return b.scalar((*known)[i], b.f32());
  Tensor one = b.sliceAxis(vector, 0, b.dim(i), b.dim(1));
  return b.cast(b.squeeze(one, 0), b.f32());
}

static Tensor sizeAsFloat(TensorBuilder &b, Dim size) {
  if (int64_t known = staticDim(size); !ShapedType::isDynamic(known))
    return b.scalar(double(known), b.f32());
  return b.cast(b.fromDim(size, b.i64()), b.f32());
}

/// floor(size * scale), the product in f32 as other implementations have it.
static Dim scaledSize(TensorBuilder &b, NodeArgs &n, Dim size, Tensor scale) {
  int64_t known = staticDim(size);
  auto factor = b.constantFloats(scale);
  if (factor && !(factor->front() > 0 && factor->front() < 1e6)) {
    n.error("input 'scales' has an entry that is not positive, or too great");
    return {};
  }
  if (factor && !ShapedType::isDynamic(known)) {
    float size = std::floor(float(known) * float(factor->front()));
    if (size < 1e9f)
      return b.dim(int64_t(size));
    n.error("input 'scales' makes a dimension of size " + Twine(known) +
            " too large");
    return {};
  }
  if (factor && factor->front() == std::floor(factor->front()))
    return b.sizes().mul(size, b.dim(int64_t(factor->front())));
  return b.index(b.cast(b.floor(sizeAsFloat(b, size) * scale), b.i64()));
}

namespace {
/// Reads what Resize's inputs say of each axis.
class AxesReader {
public:
  AxesReader(TensorBuilder &b, NodeArgs &n, Tensor x, ArrayRef<int64_t> axes)
      : b(b), n(n), x(x), axes(axes) {}

  void crop(Tensor vector) { roi = vector; }
  std::optional<SmallVector<ResizedAxis>> fromScales(Tensor scales);
  std::optional<SmallVector<ResizedAxis>> fromSizes(Tensor sizes,
                                                    StringRef policy);

private:
  TensorBuilder &b;
  NodeArgs &n;
  Tensor x;
  ArrayRef<int64_t> axes;
  Tensor roi;

  bool hasLength(Tensor vector, StringRef what, size_t length);
  /// One scale for all axes, so that the aspect ratio stays.
  Tensor commonScale(ArrayRef<Dim> sizes, StringRef policy);
  void setCrop(ResizedAxis &a, size_t i);
};
} // namespace

bool AxesReader::hasLength(Tensor vector, StringRef what, size_t length) {
  if (vector && vector.rank() == 1 && vector.shape()[0] == int64_t(length))
    return true;
  if (vector)
    n.error("input '" + what + "' must be a vector of " + Twine(length) +
            " elements");
  return false;
}

void AxesReader::setCrop(ResizedAxis &a, size_t i) {
  if (!roi)
    return;
  a.roiStart = element(b, roi, i);
  a.roiEnd = element(b, roi, axes.size() + i);
}

std::optional<SmallVector<ResizedAxis>> AxesReader::fromScales(Tensor scales) {
  if (!hasLength(scales, "scales", axes.size()) ||
      (roi && !hasLength(roi, "roi", 2 * axes.size())))
    return std::nullopt;
  SmallVector<ResizedAxis> result;
  for (auto [i, axis] : llvm::enumerate(axes)) {
    Tensor scale = element(b, scales, i);
    auto factor = b.constantFloats(scale);
    if (factor && factor->front() == 1 && !roi)
      continue;
    Dim from = b.dim(x, axis), size = scaledSize(b, n, from, scale);
    if (!size)
      return std::nullopt;
    ResizedAxis a{axis, size, scale, sizeAsFloat(b, from) * scale, {}, {}};
    setCrop(a, i);
    result.push_back(a);
  }
  return result;
}

Tensor AxesReader::commonScale(ArrayRef<Dim> sizes, StringRef policy) {
  bool larger = policy == "not_smaller";
  if (!larger && policy != "not_larger")
    return n.error("attribute 'keep_aspect_ratio_policy' has unknown value '" +
                   policy + "'");
  Type f64 = b.opBuilder().getF64Type();
  Tensor common;
  for (auto [axis, size] : llvm::zip(axes, sizes)) {
    if (x.shape()[axis] == 0)
      return n.error("a dimension of size 0 has no aspect ratio");
    Tensor scale =
        b.cast(b.fromDim(size), f64) / b.cast(b.fromDim(b.dim(x, axis)), f64);
    common = !common  ? scale
             : larger ? b.max(common, scale)
                      : b.min(common, scale);
  }
  return common ? common : n.error("no axis is given");
}

std::optional<SmallVector<ResizedAxis>>
AxesReader::fromSizes(Tensor sizes, StringRef policy) {
  if (!hasLength(sizes, "sizes", axes.size()) ||
      (roi && !hasLength(roi, "roi", 2 * axes.size())))
    return std::nullopt;
  std::optional<Dims> dims = b.indices(sizes);
  if (!dims)
    return std::nullopt;
  for (Dim size : *dims)
    if (int64_t d = staticDim(size);
        !ShapedType::isDynamic(d) && (d < 0 || d > INT32_MAX)) {
      n.error("input 'sizes' has entry " + Twine(d) +
              ", which is out of range");
      return std::nullopt;
    }
  Tensor common;
  if (policy != "stretch" && !(common = commonScale(*dims, policy)))
    return std::nullopt;
  SmallVector<ResizedAxis> result;
  for (auto [i, axis] : llvm::enumerate(axes)) {
    Dim from = b.dim(x, axis), size = (*dims)[i];
    if (common) {
      Tensor exact = common * b.cast(b.fromDim(from), common.elementType());
      size = b.index(b.cast(b.floor(exact + 0.5), b.i64()));
    }
    if (!size)
      return std::nullopt;
    if (size == from && !roi)
      continue;
    Tensor width = sizeAsFloat(b, size);
    Tensor scale =
        common ? b.cast(common, b.f32()) : width / sizeAsFloat(b, from);
    ResizedAxis a{axis, size, scale, width, {}, {}};
    if (common)
      a.width = sizeAsFloat(b, from) * scale;
    setCrop(a, i);
    result.push_back(a);
  }
  return result;
}

//===----------------------------------------------------------------------===//
// Operators
//===----------------------------------------------------------------------===//

/// The older ones: each element's index divided by the scale.
static Tensors resizeByScales(TensorBuilder &b, NodeArgs &n, Tensor x,
                              Tensor scales) {
  ResizeSpec spec;
  spec.mode = resizeMode(n);
  spec.coordinates = Coordinates::asymmetric;
  spec.nearest = NearestMode::floor;
  if (!x || !scales || n.failed())
    return Tensor();
  auto axes = AxesReader(b, n, x, axesFrom(x, 0)).fromScales(scales);
  return axes ? resize(b, x, *axes, spec) : Tensor();
}

static Tensors upsample7(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "X");
  std::optional<SmallVector<double>> scales;
  if (n.version() >= 7)
    scales = n.reals("scales");
  else
    scales = {1, 1, n.real("height_scale"), n.real("width_scale")};
  if (!scales)
    return n.error("attribute 'scales' is missing");
  SmallVector<float> values(scales->begin(), scales->end());
  auto type = RankedTensorType::get(int64_t(values.size()), b.f32());
  return resizeByScales(
      b, n, x, b.constant(DenseElementsAttr::get(type, ArrayRef(values))));
}

static Tensors resize10(TensorBuilder &b, NodeArgs &n) {
  return resizeByScales(b, n, n.input(0, "X"), n.input(1, "scales"));
}

/// An optional input; an empty vector stands for none.
static Tensor givenInput(NodeArgs &n, size_t i, StringRef what) {
  if (!n.has(i))
    return {};
  Tensor t = n.input(i, what);
  return t.rank() == 1 && t.shape()[0] == 0 ? Tensor() : t;
}

static Tensors resize11(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "X");
  ResizeSpec spec{resizeMode(n),
                  nearestMode(n),
                  coordinates(n),
                  n.real("cubic_coeff_a", -0.75),
                  n.real("extrapolation_value", 0),
                  n.flag("exclude_outside", false),
                  n.flag("antialias", false)};
  StringRef policy = n.string("keep_aspect_ratio_policy", "stretch");
  std::optional<Ints> listed = n.integers("axes");
  Tensor roi = givenInput(n, 1, "roi");
  Tensor scales = givenInput(n, 2, "scales"), sizes = givenInput(n, 3, "sizes");
  if (!x || n.failed())
    return Tensor();
  if (spec.antialias && spec.mode == ResizeMode::nearest)
    return n.error("attribute 'antialias' does not go with mode nearest");
  auto axes = listed ? n.axes(*listed, x.rank()) : axesFrom(x, 0);
  if (!axes)
    return Tensor();
  if (bool(scales) == bool(sizes))
    return n.error("exactly one of the inputs 'scales' and 'sizes' must be "
                   "given");
  AxesReader reader(b, n, x, *axes);
  if (spec.coordinates == Coordinates::tfCropAndResize) {
    if (!roi)
      return n.error("tf_crop_and_resize needs the input 'roi'");
    reader.crop(roi);
  }
  auto resized =
      scales ? reader.fromScales(scales) : reader.fromSizes(sizes, policy);
  return resized ? resize(b, x, *resized, spec) : Tensor();
}

ArrayRef<OpRow> dlc::onnx::resizeOps() {
  static const OpRow rows[] = {
      {"Upsample", 1, upsample7},
      {"Upsample", 9, resize10, {2, 2}},
      {"Resize", 10, resize10, {2, 2}},
      {"Resize", 11, resize11, {1, 4}},
  };
  return rows;
}
