//===- PackWeights.cpp - operands in the order that kernels read them -*- C++
//-*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Right-hand sides of products and kernels of convolutions are rearranged into
// panels as wide as a register tile; convolutions get inputs that hold their
// padding. Both are written as operations of the dlc dialect, so that what is
// constant folds at compile time and what is not becomes a kernel like any
// other.

#include "Codegen/CPU/Forms.h"
#include "Codegen/CPU/Passes.h"
#include "Codegen/CPU/ShareWeights.h"
#include "Codegen/CPU/Strassen.h"
#include "Codegen/CPU/Winograd.h"
#include "dialects/dlc/Dlc.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"

namespace dlc::cpu {
#define GEN_PASS_DEF_PACKWEIGHTS
#include "lib/Codegen/CPU/Passes.h.inc"
} // namespace dlc::cpu

using namespace mlir;
using namespace dlc;
using namespace dlc::cpu;

namespace {

struct Packer {
  const Isa &target;
  OpBuilder b;
  Location loc;

  Packer(Operation *op, const Isa &target)
      : target(target), b(op), loc(op->getLoc()) {}

  Value zero(Type element) {
    auto type = RankedTensorType::get({}, element);
    if (isa<FloatType>(element))
      return ConstantOp::create(
          b, loc,
          DenseElementsAttr::get(
              type, APFloat(cast<FloatType>(element).getFloatSemantics(), 0)));
    return ConstantOp::create(
        b, loc,
        DenseElementsAttr::get(type,
                               APInt(element.getIntOrFloatBitWidth(), 0)));
  }

  Value reshape(Value v, ArrayRef<Dim> dims) {
    SmallVector<int64_t> shape;
    SmallVector<Value> open;
    dispatchIndexOpFoldResults(dims, open, shape);
    return ReshapeOp::create(
        b, loc, RankedTensorType::get(shape, typeOf(v).getElementType()), v,
        open);
  }

  /// Zeros behind dimension `d`, up to size `size`.
  Value padTo(Value v, int64_t d, Dim size) {
    if (!ShapedType::isDynamic(staticDim(size)) &&
        staticDim(size) == typeOf(v).getDimSize(d))
      return v;
    SmallVector<Dim> dims = ShapeAlgebra(loc, &b).dims(v);
    dims[d] = size;
    return pad(v, SmallVector<int64_t>(dims.size(), 0), dims);
  }

  Value pad(Value v, ArrayRef<int64_t> low, ArrayRef<Dim> dims) {
    SmallVector<int64_t> shape;
    SmallVector<Value> open;
    dispatchIndexOpFoldResults(dims, open, shape);
    Type element = typeOf(v).getElementType();
    return PadOp::create(b, loc, RankedTensorType::get(shape, element), v,
                         zero(element), ValueRange(), open, low,
                         PadMode::constant);
  }

  /// [..., k, n] to [..., panels, k, width].
  Value packRight(Value rhs, int64_t width) {
    return pack(rhs, typeOf(rhs).getRank() - 1, width);
  }

  /// The same of the transpose of [..., n, k]: only blocks of k by width are
  /// turned.
  Value packTransposed(Value matrix, int64_t width) {
    return pack(matrix, typeOf(matrix).getRank() - 2, width);
  }

  /// Splits dimension `columns`, one of the last two, into panels.
  Value pack(Value matrix, int64_t columns, int64_t width) {
    ShapeAlgebra s(loc, &b);
    SmallVector<Dim> dims = s.dims(matrix);
    int64_t last = dims.size() - 1;
    Dim panels = s.ceilDiv(dims[columns], width);
    Value padded = padTo(matrix, columns, s.mul(panels, s.constant(width)));
    dims[columns] = panels;
    dims.insert(dims.begin() + columns + 1, s.constant(width));
    // k comes from in front of the panels, or from behind their width.
    auto order = llvm::to_vector(llvm::seq<int64_t>(0, last + 2));
    int64_t first = columns == last ? last - 1 : last;
    std::swap(order[first], order[first + 1]);
    return TransposeOp::create(b, loc, reshape(padded, dims), order);
  }

  static SmallVector<int64_t> swappedLast(int64_t rank) {
    auto order = llvm::to_vector(llvm::seq<int64_t>(0, rank));
    std::swap(order[rank - 1], order[rank - 2]);
    return order;
  }

  /// v, which is a transpose, with its last two dimensions swapped.
  Value swapped(Value v) {
    auto op = v.getDefiningOp<TransposeOp>();
    SmallVector<int64_t> order(op.getPermutation());
    std::swap(order.back(), order[order.size() - 2]);
    if (llvm::is_sorted(order))
      return op.getInput();
    return TransposeOp::create(b, loc, op.getInput(), order);
  }

  /// [oc, window..., c / groups] to [groups, panels, window..., c / groups,
  /// width].
  Value packKernel(Value kernel, int64_t groups, int64_t width) {
    ShapeAlgebra s(loc, &b);
    SmallVector<Dim> dims = s.dims(kernel);
    int64_t each = typeOf(kernel).getDimSize(0) / groups,
            panels = llvm::divideCeil(each, width);
    SmallVector<Dim> grouped{s.constant(groups), s.constant(each)};
    llvm::append_range(grouped, ArrayRef(dims).drop_front());
    Value v = padTo(reshape(kernel, grouped), 1, s.constant(panels * width));
    SmallVector<Dim> split{s.constant(groups), s.constant(panels),
                           s.constant(width)};
    llvm::append_range(split, ArrayRef(dims).drop_front());
    v = reshape(v, split);
    SmallVector<int64_t> order{0, 1};
    for (int64_t d = 3; d < static_cast<int64_t>(split.size()); ++d)
      order.push_back(d);
    order.push_back(2);
    return TransposeOp::create(b, loc, v, order);
  }
};

/// The right operand must have dense rows to be read where it is.
bool needsPacking(MatmulOp op) {
  Value rhs = op.getRhs();
  if (matchPattern(rhs, m_Constant()))
    return true;
  if (op.getLhs() == rhs)
    return false;
  auto transpose = rhs.getDefiningOp<TransposeOp>();
  return transpose &&
         transpose.getPermutation().back() != transpose.getType().getRank() - 1;
}

/// One row times the transpose of a matrix that lies as it is: the sum of each
/// of its rows times that one, which reads the matrix once and moves nothing.
bool sumProducts(MatmulOp op, const Isa &target) {
  RankedTensorType type = op.getType(), left = op.getLhs().getType();
  int64_t rank = type.getRank();
  auto transpose = op.getRhs().getDefiningOp<TransposeOp>();
  Type element = type.getElementType();
  if (op.getPacked() || !transpose || type.getDimSize(rank - 2) != 1 ||
      !(element.isF32() || element.isF64()))
    return false;
  SmallVector<int64_t> swapped = Packer::swappedLast(rank);
  ArrayRef<int64_t> batches = type.getShape().drop_back(2);
  if (transpose.getPermutation() != ArrayRef(swapped) ||
      matchPattern(transpose.getInput(), m_Constant()) ||
      ShapedType::isDynamicShape(batches) ||
      left.getShape().drop_back(2) != batches ||
      transpose.getType().getShape().drop_back(2) != batches)
    return false;
  OpBuilder b(op);
  Location loc = op.getLoc();
  Value matrix = transpose.getInput();
  ShapeAlgebra s(loc, &b);
  SmallVector<Dim> dims = s.dims(matrix);
  SmallVector<int64_t> shape;
  SmallVector<Value> open;
  dispatchIndexOpFoldResults(dims, open, shape);
  Value row = BroadcastOp::create(b, loc, matrix.getType(), op.getLhs(), open);
  Value products = MulOp::create(b, loc, matrix.getType(), row, matrix);
  Value sums =
      ReduceOp::create(b, loc, type.clone(ArrayRef(shape).drop_back()),
                       ReduceKind::sum, products, ArrayRef<int64_t>{rank - 1});
  dims.insert(dims.end() - 2, b.getIndexAttr(1));
  dims.pop_back();
  op.getResult().replaceAllUsesWith(Packer(op, target).reshape(sums, dims));
  op.erase();
  return true;
}

void packDirect(MatmulOp op, int64_t width, const Isa &target) {
  if (!needsPacking(op))
    return;
  Packer p(op, target);
  Value rhs = op.getRhs();
  op.setPacked(op.getType().getShape().back());
  op.getRhsMutable().assign(matchPattern(rhs, m_Constant())
                                ? p.packRight(rhs, width)
                                : p.packTransposed(p.swapped(rhs), width));
}

/// Gives a product what Strassen's algorithm multiplies by; false where there
/// is no memory for it, or no finite number.
bool packStrassen(MatmulOp op, int64_t width) {
  ElementsAttr right;
  if (!matchPattern(op.getRhs(), m_Constant(&right)))
    return false;
  ElementsAttr packed = strassenRight(right, width);
  if (!packed)
    return false;
  OpBuilder b(op);
  op.getRhsMutable().assign(ConstantOp::create(b, op.getLoc(), packed));
  op.setPacked(op.getType().getDimSize(1));
  op.setStrassen(true);
  return true;
}

/// Whether the kernel leaves out what a window has outside of the input.
bool clipsWindows(ConvOp op) {
  ArrayRef<int64_t> input = op.getInput().getType().getShape(),
                    output = op.getType().getShape();
  auto areKnown = [](ArrayRef<int64_t> shape) {
    return !ShapedType::isDynamicShape(shape.drop_front());
  };
  if (op.isDepthwise())
    return true;
  if (input.size() != 4 || !areKnown(input) || !areKnown(output))
    return false;
  // Tiles at the edges have code of their own, for each part of the window.
  constexpr int64_t widest = 16;
  int64_t width = op.getWindow()[1];
  return width <= widest && op.getPads()[1] < width &&
         op.getPads()[3] < width && op.takesViews() &&
         op.getInput().getDefiningOp<TransposeOp>();
}

void padInput(ConvOp op, const Isa &target) {
  ArrayRef<int64_t> pads = op.getPads();
  if (clipsWindows(op) || llvm::all_of(pads, [](int64_t p) { return p == 0; }))
    return;
  Packer p(op, target);
  ShapeAlgebra s(op.getLoc(), &p.b);
  int64_t spatial = pads.size() / 2;
  // Planes stay planes: whole rows are copied, and the kernel takes strides.
  auto planes = op.getInput().getDefiningOp<TransposeOp>();
  if (planes && !op.takesViews())
    planes = nullptr;
  Value input = planes ? planes.getInput() : op.getInput();
  SmallVector<Dim> dims = s.dims(input);
  SmallVector<int64_t> low(spatial + 2, 0);
  for (int64_t d = 0; d < spatial; ++d) {
    int64_t at = planes ? planes.getPermutation()[d + 1] : d + 1;
    low[at] = pads[d];
    dims[at] = s.add(dims[at], s.constant(pads[d] + pads[spatial + d]));
  }
  Value padded = p.pad(input, low, dims);
  if (planes)
    padded = TransposeOp::create(p.b, planes.getLoc(), padded,
                                 planes.getPermutation());
  op.getInputMutable().assign(padded);
  op.setPads(SmallVector<int64_t>(pads.size(), 0));
}

void packDirect(ConvOp op, int64_t width, const Isa &target) {
  padInput(op, target);
  Packer p(op, target);
  int64_t outputs = op.getKernel().getType().getDimSize(0);
  if (op.isDepthwise()) {
    // [c, window..., 1] to [window..., c].
    ShapeAlgebra s(op.getLoc(), &p.b);
    SmallVector<Dim> dims = s.dims(op.getKernel());
    dims.pop_back();
    SmallVector<int64_t> order;
    for (int64_t d = 1; d < static_cast<int64_t>(dims.size()); ++d)
      order.push_back(d);
    order.push_back(0);
    op.getKernelMutable().assign(
        TransposeOp::create(p.b, op.getLoc(), p.reshape(op.getKernel(), dims),
                            order)
            .getResult());
  } else {
    op.getKernelMutable().assign(
        p.packKernel(op.getKernel(), op.getGroups(), width));
  }
  op.setPacked(outputs);
}

/// Gives a convolution the kernel that Winograd's algorithm multiplies by, for
/// tiles of m x m pixels; false where there is no memory for it.
bool packWinograd(ConvOp op, int64_t m, int64_t width) {
  ElementsAttr kernel;
  if (!matchPattern(op.getKernel(), m_Constant(&kernel)))
    return false;
  ElementsAttr packed = winogradKernel(kernel, m, width);
  if (!packed)
    return false;
  OpBuilder b(op);
  op.getKernelMutable().assign(ConstantOp::create(b, op.getLoc(), packed));
  op.setPacked(op.getType().getShape().back());
  op.setWinograd(m);
  return true;
}

/// False where the form can't be had after all.
bool pack(Operation *op, Form form, const Isa &target) {
  int64_t width = form.vectors * target.lanes();
  switch (form.algorithm) {
  case Algorithm::direct:
    if (auto matmul = dyn_cast<MatmulOp>(op))
      packDirect(matmul, width, target);
    else
      packDirect(cast<ConvOp>(op), width, target);
    return true;
  case Algorithm::strassen:
    return packStrassen(cast<MatmulOp>(op), width);
  case Algorithm::winograd2:
  case Algorithm::winograd3:
  case Algorithm::winograd4:
    return packWinograd(cast<ConvOp>(op), tileOf(form.algorithm), width);
  }
  llvm_unreachable("all algorithms are handled");
}

/// For tests: the form of that name wherever there is it.
FormChooser chooserOf(StringRef name) {
  std::optional<Form> wanted = Form::parse(name);
  return [wanted](StringRef, ArrayRef<Form> forms) {
    return wanted && llvm::is_contained(forms, *wanted) ? *wanted
                                                        : forms.front();
  };
}

struct PackWeights : dlc::cpu::impl::PackWeightsBase<PackWeights> {
  using PackWeightsBase::PackWeightsBase;
  PackWeights(const Isa &target, Algorithms allowed, FormChooser choose)
      : target(target), choose(std::move(choose)) {
    winograd = allowed.winograd;
    strassen = allowed.strassen;
  }

  void runOnOperation() override {
    if (!target) {
      FailureOr<Isa> named = isaOfOption(getOperation().getLoc(), isaName);
      if (failed(named))
        return signalPassFailure();
      target = *named;
    }
    if (!choose)
      choose = chooserOf(formName);
    SmallVector<ConstantOp> tables = gatheredTables(getOperation());
    getOperation().walk([&](Operation *op) {
      Algorithms allowed{winograd, strassen};
      if (auto matmul = dyn_cast<MatmulOp>(op)) {
        if (sumProducts(matmul, *target))
          return;
        // Sums of weights don't hold the rows, which would be stored again.
        allowed.strassen &= !isTied(matmul, tables);
      }
      SmallVector<Form> forms = formsOf(op, *target, allowed);
      if (forms.empty())
        return;
      Form form =
          forms.size() == 1 ? forms.front() : choose(formKey(op), forms);
      if (!pack(op, form, *target))
        pack(op, formsOf(op, *target, {false, false}).front(), *target);
    });
  }

private:
  std::optional<Isa> target;
  FormChooser choose;
};

} // namespace

std::unique_ptr<Pass> cpu::createPackWeightsPass(const Isa &target,
                                                 Algorithms allowed,
                                                 FormChooser choose) {
  return std::make_unique<PackWeights>(target, allowed, std::move(choose));
}
