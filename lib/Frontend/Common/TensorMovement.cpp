//===- TensorMovement.cpp - expressions that move elements -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Frontend/Common/TensorDetail.h"

#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/DialectResourceBlobManager.h"

using namespace mlir;
using namespace dlc;

//===----------------------------------------------------------------------===//
// Shapes
//===----------------------------------------------------------------------===//

bool TensorBuilder::fitsElements(ArrayRef<Dim> from, ArrayRef<Dim> to) {
  // Two dynamic shapes that multiply to the same open factors must agree in the
  // known ones as well.
  Dim a = product(from), b = product(to);
  return !contradict(a, b);
}

Tensor TensorBuilder::reshape(Tensor x, ArrayRef<Dim> shape) {
  if (!x)
    return {};
  Dims target(shape), from = dims(x);
  if (auto *open = llvm::find(target, Dim()); open != target.end()) {
    Dims others;
    for (Dim &d : target)
      if (&d != open)
        others.push_back(d);
    if (llvm::is_contained(others, Dim()))
      return error("more than one size of a reshape is left open");
    *open = quotient(from, others);
  }
  if (!fitsElements(from, target))
    return error("shape " + describe(from) + " can't be reshaped to " +
                 describe(target));
  if (from == target)
    return x;
  auto type = typeOf(target, x.elementType());
  // Constants of any size change their shape for free.
  if (auto op = x.value().getDefiningOp<ConstantOp>();
      op && type.hasStaticShape()) {
    if (auto dense = dyn_cast<DenseElementsAttr>(op.getValue()))
      return constant(dense.reshape(type));
    if (auto blob = dyn_cast<DenseResourceElementsAttr>(op.getValue()))
      return constant(
          DenseResourceElementsAttr::get(type, blob.getRawHandle()));
  }
  return finish(ReshapeOp::create(ops, loc, type, x.value(), openSizes(target)),
                target);
}

Tensor TensorBuilder::reshape(Tensor x, ArrayRef<int64_t> shape) {
  return reshape(x, llvm::map_to_vector(shape, [&](int64_t v) {
                   return v == -1 ? Dim() : dim(v);
                 }));
}

Tensor TensorBuilder::flatten(Tensor x, int64_t begin, int64_t end) {
  if (!x)
    return {};
  Dims from = dims(x), to(from.begin(), from.begin() + begin);
  to.push_back(product(ArrayRef(from).slice(begin, end - begin)));
  to.append(from.begin() + end, from.end());
  return reshape(x, to);
}

Tensor TensorBuilder::unsqueeze(Tensor x, ArrayRef<int64_t> axes) {
  if (!x)
    return {};
  Dims from = dims(x), to;
  int64_t rank = x.rank() + axes.size();
  auto *next = from.begin();
  for (int64_t i = 0; i < rank; ++i)
    if (llvm::is_contained(axes, i))
      to.push_back(dim(1));
    else if (next != from.end())
      to.push_back(*next++);
  return reshape(x, to);
}

Tensor TensorBuilder::squeeze(Tensor x, ArrayRef<int64_t> axes) {
  if (!x)
    return {};
  Dims to;
  for (int64_t i = 0; i < x.rank(); ++i) {
    if (!llvm::is_contained(axes, i))
      to.push_back(dim(x, i));
    else if (contradict(dim(x, i), dim(1)))
      return error("dimension " + Twine(i) + " of size " + Twine(x.shape()[i]) +
                   " can't be squeezed");
  }
  return reshape(x, to);
}

Tensor TensorBuilder::transpose(Tensor x, ArrayRef<int64_t> permutation) {
  if (!x)
    return {};
  TransposeOp::Properties p;
  p.permutation = ops.getDenseI64ArrayAttr(permutation);
  return shaped<TransposeOp>({x.value()}, p);
}

Tensor TensorBuilder::transposeLast(Tensor x) {
  return x ? moveAxis(x, x.rank() - 1, x.rank() - 2) : x;
}

Tensor TensorBuilder::moveAxis(Tensor x, int64_t from, int64_t to) {
  if (!x || from == to)
    return x;
  Ints permutation;
  for (int64_t i = 0; i < x.rank(); ++i)
    if (i != from)
      permutation.push_back(i);
  permutation.insert(permutation.begin() + to, from);
  return transpose(x, permutation);
}

Tensor TensorBuilder::channelsLast(Tensor x) {
  return x ? moveAxis(x, 1, x.rank() - 1) : x;
}

Tensor TensorBuilder::channelsFirst(Tensor x) {
  return x ? moveAxis(x, x.rank() - 1, 1) : x;
}

//===----------------------------------------------------------------------===//
// Parts
//===----------------------------------------------------------------------===//

Tensor TensorBuilder::slice(Tensor x, ArrayRef<Dim> offsets,
                            ArrayRef<Dim> shape, ArrayRef<int64_t> steps) {
  if (!x)
    return {};
  Ints stepsOrOnes(steps);
  stepsOrOnes.resize(x.rank(), 1);
  bool whole = dims(x) == Dims(shape) &&
               llvm::all_of(offsets, [](Dim d) { return staticDim(d) == 0; }) &&
               llvm::all_of(stepsOrOnes, [](int64_t s) { return s == 1; });
  if (whole)
    return x;
  for (int64_t i = 0; i < x.rank(); ++i) {
    Dim size = shape[i], from = dim(x, i);
    if (!isKnown(size) || !isKnown(from) || !isKnown(offsets[i]) ||
        staticDim(size) == 0)
      continue;
    int64_t first = staticDim(offsets[i]),
            last = first + (staticDim(size) - 1) * stepsOrOnes[i];
    if (staticDim(size) < 0 || std::min(first, last) < 0 ||
        std::max(first, last) >= staticDim(from))
      return error("elements " + Twine(first) + " to " + Twine(last) +
                   " of dimension " + Twine(i) + " of size " +
                   Twine(staticDim(from)) + " can't be taken");
  }
  SmallVector<Value> open;
  SmallVector<int64_t> known;
  dispatchIndexOpFoldResults(offsets, open, known);
  auto op = SliceOp::create(ops, loc, typeOf(shape, x.elementType()), x.value(),
                            open, openSizes(shape), known, stepsOrOnes);
  return finish(op, shape);
}

Tensor TensorBuilder::sliceAxis(Tensor x, int64_t axis, Dim offset, Dim size) {
  if (!x)
    return {};
  Dims offsets(x.rank(), dim(0)), shape = dims(x);
  offsets[axis] = offset;
  shape[axis] = size;
  return slice(x, offsets, shape);
}

Tensors TensorBuilder::split(Tensor x, int64_t axis, ArrayRef<Dim> parts) {
  Tensors result;
  Dim offset = dim(0);
  for (Dim part : parts) {
    result.push_back(sliceAxis(x, axis, offset, part));
    offset = sizes().add(offset, part);
  }
  return result;
}

Tensor TensorBuilder::reverse(Tensor x, ArrayRef<int64_t> axes) {
  if (!x)
    return {};
  Dims offsets(x.rank(), dim(0));
  Ints steps(x.rank(), 1);
  for (int64_t axis : axes) {
    offsets[axis] = sizes().sub(dim(x, axis), dim(1));
    steps[axis] = -1;
  }
  return slice(x, offsets, dims(x), steps);
}

Tensor TensorBuilder::pad(Tensor x, ArrayRef<Dim> low, ArrayRef<Dim> high,
                          Tensor value, PadMode mode) {
  if (!x)
    return {};
  if (!value)
    value = like(0.0, x);
  if (!value)
    return {};
  if (value.elementType() != x.elementType())
    return error("pads elements of type " + describe(x.elementType()) +
                 " with one of type " + describe(value.elementType()));
  Dims shape = dims(x);
  bool none = true;
  for (int64_t i = 0; i < x.rank(); ++i) {
    none &= staticDim(low[i]) == 0 && staticDim(high[i]) == 0;
    shape[i] = sizes().add(shape[i], sizes().add(low[i], high[i]));
    if (isKnown(shape[i]) && staticDim(shape[i]) < 0)
      return error("padding leaves dimension " + Twine(i) +
                   " with a negative size");
  }
  if (none)
    return x;
  SmallVector<Value> open;
  SmallVector<int64_t> known;
  dispatchIndexOpFoldResults(low, open, known);
  auto op = PadOp::create(ops, loc, typeOf(shape, x.elementType()), x.value(),
                          value.value(), open, openSizes(shape), known, mode);
  return finish(op, shape);
}

Tensor TensorBuilder::iota(ArrayRef<Dim> shape, int64_t dimension,
                           Type elementType) {
  auto type = typeOf(shape, elementType ? elementType : i64());
  return finish(IotaOp::create(ops, loc, type, dimension, openSizes(shape)),
                shape);
}

//===----------------------------------------------------------------------===//
// Several tensors
//===----------------------------------------------------------------------===//

Tensor TensorBuilder::concat(ArrayRef<Tensor> xs, int64_t axis) {
  SmallVector<Value> values;
  for (Tensor x : xs) {
    if (!x)
      return {};
    if (x.elementType() != xs.front().elementType())
      return error("joins tensors of different types, " +
                   describe(xs.front().elementType()) + " and " +
                   describe(x.elementType()));
    values.push_back(x.value());
  }
  if (xs.size() == 1)
    return xs.front();
  ConcatOp::Properties p;
  p.axis = ops.getI64IntegerAttr(axis);
  return shaped<ConcatOp>(values, p);
}

Tensor TensorBuilder::gather(Tensor x, Tensor indices, int64_t axis) {
  if (!x || !indices)
    return {};
  if (!indices.elementType().isInteger(32) &&
      !indices.elementType().isInteger(64))
    return error("indices are of type " + describe(indices.elementType()) +
                 ", not i32 or i64");
  // A single index that sizes tell is a slice, which needs no table of indices.
  if (Dim i = indexOfShapes(indices)) {
    Dim size = dim(x, axis);
    if (isKnown(i) && (staticDim(i) < 0 ||
                       (isKnown(size) && staticDim(i) >= staticDim(size))))
      return error("index " + Twine(staticDim(i)) +
                   " is out of range for dimension " + Twine(axis) +
                   " of size " + describe({size}));
    Tensor part = sliceAxis(x, axis, i, dim(1));
    if (!part)
      return {};
    Dims shape = dims(x);
    shape.erase(shape.begin() + axis);
    shape.insert(shape.begin() + axis, indices.rank(), dim(1));
    return reshape(part, shape);
  }
  GatherOp::Properties p;
  p.axis = ops.getI64IntegerAttr(axis);
  return shaped<GatherOp>({x.value(), indices.value()}, p);
}

Tensor TensorBuilder::wrapIndices(Tensor indices, Dim size) {
  if (!indices || indices.isUnsigned())
    return indices;
  if (std::optional<Ints> known = constantInts(indices))
    if (llvm::all_of(*known, [](int64_t i) { return i >= 0; }))
      return indices;
  Tensor wrapped = add(indices, fromDim(size, indices.elementType()));
  return select(lt(indices, 0.0), wrapped, indices);
}

Tensor TensorBuilder::scatter(ScatterKind kind, Tensor data, Tensor indices,
                              Tensor updates) {
  if (!data || !indices || !updates)
    return {};
  if (data.elementType() != updates.elementType())
    return error("scatters elements of type " +
                 describe(updates.elementType()) + " into " +
                 describe(data.elementType()));
  if (data.isComplex() && kind != ScatterKind::none)
    return scatterComplex(kind, data, indices, updates);
  ScatterOp::Properties p;
  p.kind = ScatterKindAttr::get(context(), kind);
  return shaped<ScatterOp>({data.value(), indices.value(), updates.value()}, p);
}

Tensor TensorBuilder::insert(Tensor part, Tensor into, Dim offset,
                             int64_t axis) {
  if (!part || !into)
    return {};
  if (part.elementType() != into.elementType() || part.rank() != into.rank())
    return error("inserts a tensor of type " + describe(part.type()) +
                 " into one of type " + describe(into.type()));
  for (int64_t i = 0; i < into.rank(); ++i) {
    int64_t room = staticDim(sizes().sub(dim(into, i), dim(part, i)));
    bool fits = i != axis
                    ? !contradict(dim(part, i), dim(into, i))
                    : !isKnown(offset) || ShapedType::isDynamic(room) ||
                          (staticDim(offset) >= 0 && staticDim(offset) <= room);
    if (!fits)
      return error("a tensor of shape " + describe(dims(part)) +
                   " does not fit into one of shape " + describe(dims(into)));
  }
  Dims shape = dims(into);
  return finish(InsertOp::create(ops, loc, into.type(), part.value(),
                                 into.value(), indexValue(offset), axis),
                shape);
}
