//===- Movement.cpp - movement operations on the host -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Elements are moved as bytes. Two primitives do it all: a strided copy
// (transpose, broadcast, slice, concat), and a choice of slices of one
// dimension by index (gather, and pad one dimension after another).

#include "Evaluate/Call.h"
#include "Evaluate/Elements.h"
#include "Evaluate/Strided.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace dlc;

//===----------------------------------------------------------------------===//
// Strided views
//===----------------------------------------------------------------------===//

/// The result whose elements are those of `input` at the given strides.
static Result copyView(const HostTensor &input, Strides view,
                       const Call &call) {
  if (input.isSplat())
    return input.withType(call.getType());
  Result result = call.allocate();
  if (succeeded(result))
    copyStrided(result->mutableData(), {0, rowMajorStrides(result->getShape())},
                input.data(), view, result->getShape(),
                elementBytes(input.getElementType()));
  return result;
}

Result dlc::evaluateOp(ReshapeOp op, const Call &call) {
  if (call.operands[0].getNumElements() != call.getType().getNumElements())
    return call.fail("the number of elements changes");
  return call.operands[0].withType(call.getType());
}

Result dlc::evaluateOp(BroadcastOp op, const Call &call) {
  const HostTensor &input = call.operands[0];
  int64_t lead = call.getType().getRank() - input.getRank();
  SmallVector<int64_t> steps(lead, 0);
  for (auto [size, stride] :
       llvm::zip(input.getShape(), rowMajorStrides(input.getShape())))
    steps.push_back(size == 1 ? 0 : stride);
  return copyView(input, {0, steps}, call);
}

Result dlc::evaluateOp(TransposeOp op, const Call &call) {
  const HostTensor &input = call.operands[0];
  SmallVector<int64_t> strides = rowMajorStrides(input.getShape());
  auto steps = llvm::map_to_vector(op.getPermutation(),
                                   [&](int64_t p) { return strides[p]; });
  return copyView(input, {0, steps}, call);
}

/// Whether `size` elements from `first` on, `step` apart, lie in [0, limit).
static bool isInside(int64_t first, int64_t step, int64_t size, int64_t limit) {
  int64_t way, last;
  return size == 0 ||
         (!llvm::MulOverflow(size - 1, step, way) &&
          !llvm::AddOverflow(first, way, last) && std::min(first, last) >= 0 &&
          std::max(first, last) < limit);
}

Result dlc::evaluateOp(SliceOp op, const Call &call) {
  const HostTensor &input = call.operands[0];
  SmallVector<int64_t> first =
      call.mixed(op.getStaticOffsets(), op.getOffsets());
  SmallVector<int64_t> strides = rowMajorStrides(input.getShape()), steps;
  int64_t offset = 0;
  bool isEmpty = llvm::is_contained(call.getType().getShape(), 0);
  for (int64_t i = 0; i < input.getRank(); ++i) {
    int64_t step = op.getSteps()[i], size = call.getType().getDimSize(i);
    if (!isInside(first[i], step, size, input.getShape()[i]))
      return call.fail("the slice leaves dimension " + Twine(i));
    offset += isEmpty ? 0 : first[i] * strides[i];
    steps.push_back(size <= 1 ? 0 : step * strides[i]);
  }
  return copyView(input, {offset, steps}, call);
}

Result dlc::evaluateOp(ConcatOp op, const Call &call) {
  Result result = call.allocate();
  if (failed(result))
    return failure();
  int64_t axis = op.getAxis(), offset = 0;
  SmallVector<int64_t> strides = rowMajorStrides(result->getShape());
  for (const HostTensor &input : call.operands) {
    SmallVector<int64_t> from = rowMajorStrides(input.getShape());
    if (input.isSplat())
      from.assign(from.size(), 0);
    copyStrided(result->mutableData(), {offset * strides[axis], strides},
                input.data(), {0, from}, input.getShape(),
                elementBytes(input.getElementType()));
    offset += input.getShape()[axis];
  }
  return result;
}

Result dlc::evaluateOp(InsertOp op, const Call &call) {
  const HostTensor &part = call.operands[0];
  Result into = call.operands[1].dense();
  Result result = call.allocate();
  if (failed(into) || failed(result))
    return failure();
  int64_t axis = op.getAxis(),
          offset = Reader(call.operands[2]).get<int64_t>(0);
  if (!isInside(offset, 1, part.getShape()[axis], into->getShape()[axis]))
    return call.fail("the slice leaves dimension " + Twine(axis));
  int64_t bytes = elementBytes(into->getElementType());
  memcpy(result->mutableData(), into->data(), into->getNumElements() * bytes);
  if (part.getNumElements() == 0)
    return result;
  SmallVector<int64_t> strides = rowMajorStrides(result->getShape()),
                       from = rowMajorStrides(part.getShape());
  if (part.isSplat())
    from.assign(from.size(), 0);
  copyStrided(result->mutableData(), {offset * strides[axis], strides},
              part.data(), {0, from}, part.getShape(), bytes);
  return result;
}

//===----------------------------------------------------------------------===//
// Slices by index
//===----------------------------------------------------------------------===//

/// The shape in front of, along and behind a dimension.
static std::array<int64_t, 3> foldAround(ArrayRef<int64_t> shape,
                                         int64_t axis) {
  return {countElements(shape.take_front(axis)), shape[axis],
          countElements(shape.drop_front(axis + 1))};
}

/// Slice j of `to` along a dimension is slice indices[j] of `from`, or where
/// that is negative, repeats `outside`.
static void takeSlices(HostTensor &to, const HostTensor &from, int64_t axis,
                       ArrayRef<int64_t> indices, const char *outside) {
  auto [outer, size, inner] = foldAround(from.getShape(), axis);
  int64_t bytes = elementBytes(from.getElementType()), run = inner * bytes;
  char *target = to.mutableData();
  for (int64_t i = 0; i < outer; ++i)
    for (int64_t index : indices) {
      if (index >= 0)
        memcpy(target, from.data() + (i * size + index) * run, run);
      else
        for (int64_t k = 0; k < inner; ++k)
          memcpy(target + k * bytes, outside, bytes);
      target += run;
    }
}

/// Which element of a dimension of `size` stands at `i`; -1 for none.
static int64_t padSource(PadMode mode, int64_t i, int64_t size) {
  if (i >= 0 && i < size)
    return i;
  switch (mode) {
  case PadMode::constant:
    return -1;
  case PadMode::edge:
    return i < 0 ? 0 : size - 1;
  case PadMode::wrap:
    return llvm::mod(i, size);
  case PadMode::reflect: {
    int64_t period = 2 * (size - 1);
    int64_t place = period == 0 ? 0 : (i % period + period) % period;
    return std::min(place, period - place);
  }
  }
  return -1;
}

Result dlc::evaluateOp(PadOp op, const Call &call) {
  SmallVector<int64_t> low = call.mixed(op.getStaticLow(), op.getLow());
  Result current = call.operands[0].dense();
  for (int64_t axis = 0; axis < call.getType().getRank(); ++axis) {
    if (failed(current))
      return failure();
    SmallVector<int64_t> shape(current->getShape());
    int64_t size = shape[axis], target = call.getType().getDimSize(axis);
    if (low[axis] == 0 && size == target)
      continue;
    if (std::abs(low[axis]) > int64_t(1) << 40)
      return call.fail("the padding is out of range");
    if (size == 0 && target != 0 && op.getMode() != PadMode::constant)
      return call.fail("nothing of dimension " + Twine(axis) + " to repeat");
    SmallVector<int64_t> indices;
    for (int64_t i = 0; i < target; ++i)
      indices.push_back(padSource(op.getMode(), i - low[axis], size));
    shape[axis] = target;
    Result padded = HostTensor::allocate(
        RankedTensorType::get(shape, current->getElementType()));
    if (failed(padded))
      return call.fail("too large");
    takeSlices(*padded, *current, axis, indices, call.operands[1].data());
    current = padded;
  }
  return current;
}

/// Reads indices; fails if one lies outside of [0, limit).
static FailureOr<SmallVector<int64_t>>
readIndices(const HostTensor &tensor, int64_t limit, const Call &call) {
  Reader reader(tensor);
  SmallVector<int64_t> indices;
  for (int64_t i = 0, e = tensor.getNumElements(); i < e; ++i) {
    int64_t index = reader.get<int64_t>(i);
    if (index < 0 || index >= limit)
      return call.fail("index " + Twine(index) + " is outside of 0 to " +
                       Twine(limit - 1));
    indices.push_back(index);
  }
  return indices;
}

Result dlc::evaluateOp(GatherOp op, const Call &call) {
  Result data = call.operands[0].dense();
  Result result = call.allocate();
  if (failed(data) || failed(result))
    return failure();
  int64_t axis = op.getAxis();
  auto indices = readIndices(call.operands[1], data->getShape()[axis], call);
  if (failed(indices))
    return failure();
  takeSlices(*result, *data, axis, *indices, nullptr);
  return result;
}

static Scalar combine(ScalarAlgebra &s, ScatterKind kind, const Scalar &old,
                      const Scalar &update) {
  switch (kind) {
  case ScatterKind::none:
    return update;
  case ScatterKind::add:
    return s.add(old, update);
  case ScatterKind::mul:
    return s.mul(old, update);
  case ScatterKind::max:
    return s.max(old, update);
  case ScatterKind::min:
    return s.min(old, update);
  }
  return update;
}

Result dlc::evaluateOp(ScatterOp op, const Call &call) {
  const HostTensor &updates = call.operands[2];
  Result data = call.operands[0].dense();
  Result result = call.allocate();
  if (failed(data) || failed(result))
    return failure();
  int64_t rows = data->getShape()[0], width = data->getShape()[1];
  if (updates.getShape()[0] != call.operands[1].getNumElements() ||
      updates.getShape()[1] != width)
    return call.fail("the updates do not fit");
  auto indices = readIndices(call.operands[1], rows, call);
  if (failed(indices))
    return failure();
  memcpy(result->mutableData(), data->data(),
         rows * width * elementBytes(data->getElementType()));

  ScalarEvaluator algebra;
  Reader old(*result), update(updates);
  Writer writer(*result);
  Scalar a, b;
  a.type = b.type = data->getElementType();
  for (auto [m, row] : llvm::enumerate(*indices))
    for (int64_t k = 0; k < width; ++k) {
      old.read(row * width + k, a);
      update.read(m * width + k, b);
      writer.write(row * width + k, combine(algebra, op.getKind(), a, b));
    }
  return result;
}

//===----------------------------------------------------------------------===//
// Iota
//===----------------------------------------------------------------------===//

Result dlc::evaluateOp(IotaOp op, const Call &call) {
  Result result = call.allocate();
  if (failed(result))
    return failure();
  auto [outer, size, inner] = foldAround(result->getShape(), op.getDimension());
  ScalarEvaluator algebra;
  Writer writer(*result);
  Scalar index;
  index.type = IndexType::get(op.getContext());
  for (int64_t at = 0, i = 0; i < outer; ++i)
    for (index.i = 0; index.i < size; ++index.i) {
      Scalar value = algebra.cast(index, result->getElementType());
      for (int64_t k = 0; k < inner; ++k)
        writer.write(at++, value);
    }
  return result;
}
