//===- Forms.cpp - the ways to compute a product or a convolution ---------===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Codegen/CPU/Forms.h"

#include "Codegen/CPU/Strassen.h"
#include "Codegen/CPU/Tile.h"
#include "Codegen/CPU/Winograd.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using namespace dlc;
using namespace dlc::cpu;

static constexpr StringLiteral names[] = {"direct", "strassen", "winograd2",
                                          "winograd3", "winograd4"};

std::string Form::name() const {
  return (names[static_cast<size_t>(algorithm)] + ":" + Twine(vectors)).str();
}

std::optional<Form> Form::parse(StringRef name) {
  auto [algorithm, width] = name.split(':');
  const auto *found = llvm::find(names, algorithm);
  Form form;
  if (found == std::end(names) || width.getAsInteger(10, form.vectors) ||
      form.vectors < 1)
    return std::nullopt;
  form.algorithm = static_cast<Algorithm>(found - std::begin(names));
  return form;
}

/// Each algorithm with panels of all other widths, too.
static SmallVector<Form> withWidths(SmallVector<Form> forms, int64_t columns,
                                    int64_t widest, const Isa &isa) {
  widest = std::min<int64_t>(widest, llvm::divideCeil(columns, isa.lanes()));
  for (size_t i = 0, n = forms.size(); i < n; ++i)
    for (int64_t v = widest; v >= 1; --v)
      if (v != forms[i].vectors)
        forms.push_back({forms[i].algorithm, v});
  return forms;
}

static SmallVector<Form> formsOf(MatmulOp op, const Isa &isa,
                                 Algorithms allowed) {
  RankedTensorType type = op.getType();
  int64_t rows = type.getDimSize(type.getRank() - 2),
          columns = type.getShape().back();
  if (op.getPacked() || ShapedType::isDynamic(columns))
    return {};
  Type accumulator = productType(type.getElementType());
  SmallVector<Form> forms{
      {Algorithm::direct, panelVectors(isa, rows, columns, accumulator)}};
  if (!matchPattern(op.getRhs(), m_Constant()))
    return forms;
  if (int64_t vectors = allowed.strassen ? strassenVectors(op, isa) : 0) {
    forms.push_back({Algorithm::strassen, vectors});
    if (isStrassenFaster(op, isa)) {
      std::swap(forms[0], forms[1]);
      columns = llvm::divideCeil(columns, 2);
    }
  }
  // One row has no use of other panels.
  return rows == 1
             ? forms
             : withWidths(forms, columns, widestPanel(isa, accumulator), isa);
}

static SmallVector<Form> formsOf(ConvOp op, const Isa &isa,
                                 Algorithms allowed) {
  if (op.getPacked())
    return {};
  Type accumulator = productType(op.getType().getElementType());
  int64_t columns = op.getKernel().getType().getDimSize(0) / op.getGroups(),
          vectors =
              panelVectors(isa, ShapedType::kDynamic, columns, accumulator);
  SmallVector<Form> forms{{Algorithm::direct, vectors}};
  if (op.isDepthwise() || !matchPattern(op.getKernel(), m_Constant()))
    return forms;
  if (allowed.winograd && canBeWinograd(op)) {
    int64_t best = winogradTile(op, isa);
    for (Algorithm algorithm :
         {Algorithm::winograd2, Algorithm::winograd3, Algorithm::winograd4}) {
      int64_t tile = tileOf(algorithm);
      forms.push_back({algorithm, panelVectors(isa, winogradTiles(op, tile),
                                               columns, accumulator)});
      if (tile == best)
        std::swap(forms.front(), forms.back());
    }
  }
  return withWidths(forms, columns, widestPanel(isa, accumulator), isa);
}

SmallVector<Form> cpu::formsOf(Operation *op, const Isa &isa,
                               Algorithms allowed) {
  if (auto matmul = dyn_cast<MatmulOp>(op))
    return ::formsOf(matmul, isa, allowed);
  if (auto conv = dyn_cast<ConvOp>(op))
    return ::formsOf(conv, isa, allowed);
  return {};
}

static std::string text(ArrayRef<int64_t> sizes) {
  std::string text;
  for (int64_t size : sizes)
    text += (text.empty() ? "" : "x") +
            (ShapedType::isDynamic(size) ? "?" : std::to_string(size));
  return text;
}

static std::string text(Type element) {
  std::string text;
  llvm::raw_string_ostream(text) << " " << element;
  return text;
}

std::string cpu::formKey(Operation *op) {
  if (auto matmul = dyn_cast<MatmulOp>(op)) {
    ArrayRef<int64_t> lhs = matmul.getLhs().getType().getShape();
    return "matmul " + text(lhs) + " * " +
           text({lhs.back(), matmul.getType().getShape().back()}) +
           text(matmul.getLhs().getType().getElementType());
  }
  auto conv = dyn_cast<ConvOp>(op);
  if (!conv || conv.isDepthwise())
    return "";
  // An input that holds its padding has other sizes than the one that doesn't.
  RankedTensorType input = conv.getInput().getType();
  return "conv " + text(conv.getWindow()) + " /" + text(conv.getStrides()) +
         " dilated " + text(conv.getDilations()) + ", " +
         std::to_string(input.getShape().back()) + " channels -> " +
         text(conv.getType().getShape()) + ", groups " +
         std::to_string(conv.getGroups()) + text(input.getElementType());
}
