//===- KernelTable.cpp - the kernels of a program, for people ---*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Codegen/CPU/KernelTable.h"

#include "Codegen/CPU/Forms.h"
#include "Codegen/CPU/Kernel.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;
using namespace dlc;
using namespace dlc::cpu;

std::string KernelChoice::name() const {
  if (!rows)
    return kind;
  return kind + " " + std::to_string(rows) + "x" + std::to_string(columns);
}

//===----------------------------------------------------------------------===//
// Shapes
//===----------------------------------------------------------------------===//

static std::string shapeText(ArrayRef<int64_t> shape) {
  if (shape.empty())
    return "scalar";
  std::string text;
  for (auto [i, size] : llvm::enumerate(shape))
    text += (i ? "x" : "") +
            (ShapedType::isDynamic(size) ? "?" : std::to_string(size));
  return text;
}

static std::string shapeText(Value tensor) {
  return shapeText(typeOf(tensor).getShape());
}

/// The operands as the operation means them, not as they are packed.
static std::string shapesOf(MatmulOp op) {
  ArrayRef<int64_t> result = op.getType().getShape(),
                    lhs = op.getLhs().getType().getShape();
  return shapeText(lhs) + " * " + shapeText({lhs.back(), result.back()});
}

static std::string shapesOf(ConvOp op) {
  std::string text =
      shapeText(op.getInput()) + " -> " + shapeText(op.getResult());
  if (llvm::any_of(op.getStrides(), [](int64_t s) { return s != 1; }))
    text += " /" + shapeText(op.getStrides());
  if (op.getGroups() > 1 && !op.isDepthwise())
    text += " groups " + std::to_string(op.getGroups());
  return text;
}

static std::string shapesOf(ClusterOp cluster, Operation *anchor) {
  if (auto matmul = dyn_cast_or_null<MatmulOp>(anchor))
    return shapesOf(matmul);
  if (auto conv = dyn_cast_or_null<ConvOp>(anchor))
    return shapesOf(conv);
  std::string to = shapeText(cluster.getResult());
  if (!anchor)
    return to;
  std::string from = shapeText(anchor->getOperand(0));
  return from == to ? to : from + " -> " + to;
}

KernelRow cpu::describeKernel(ClusterOp cluster, const LaunchPlan &plan,
                              const Isa &isa) {
  KernelRow row;
  static_cast<KernelChoice &>(row) = plan;
  Operation *anchor = anchorOf(cluster.getBody().front());
  row.shapes = shapesOf(cluster, anchor);
  row.form = anchor ? formKey(anchor) : "";
  row.grain = plan.grain;
  row.work = workOf(cluster);
  row.cycles = expectedCycles(cluster, plan, isa);
  return row;
}

KernelRow cpu::describeBorder(ClusterOp cluster, const LaunchPlan &plan) {
  KernelRow row;
  static_cast<KernelChoice &>(row) = plan;
  row.shapes = shapeText(cluster.getResult());
  row.grain = plan.grain;
  row.work = borderWorkOf(cluster);
  row.cycles = expectedCycles(row.work);
  return row;
}

//===----------------------------------------------------------------------===//
// The table
//===----------------------------------------------------------------------===//

/// A number in thousands of `unit`, or what stands for an open one.
static std::string scaled(double number, double unit) {
  return number < 0 ? "?" : llvm::formatv("{0:F3}", number / unit).str();
}

static std::string measured(double number, const char *format) {
  return number < 0 ? "-" : llvm::formatv(format, number).str();
}

/// The share of the core's peak that the cost model expects.
static std::string share(const KernelRow &row, const Isa &isa) {
  double most = row.cycles * isa.lanes() * 2 * 2; // two units, add and multiply
  return row.work.flops < 0 || most <= 0
             ? "?"
             : llvm::formatv("{0:F0}", 100 * row.work.flops / most).str();
}

static std::string blocking(const KernelRow &row) {
  std::string text;
  if (row.chunk)
    text = std::to_string(row.chunk) + " tiles";
  if (row.block)
    text += " x " + std::to_string(row.block) + " steps";
  return text.empty() ? "-" : text;
}

namespace {
struct Column {
  const char *title;
  bool isNumber;
  std::string (*text)(const KernelRow &, const Isa &);
  bool ofTuned = false;
};
} // namespace

// clang-format off
static const Column allColumns[] = {
    {"kernel", false, [](const KernelRow &r, const Isa &) { return r.function; }},
    {"kind", false, [](const KernelRow &r, const Isa &) { return r.kind; }},
    {"shapes", false, [](const KernelRow &r, const Isa &) { return r.shapes; }},
    {"tile", false, [](const KernelRow &r, const Isa &) {
       return r.rows ? std::to_string(r.rows) + "x" + std::to_string(r.columns) : "-"; }},
    {"unit", false, [](const KernelRow &r, const Isa &) { return blocking(r); }},
    {"units", true, [](const KernelRow &r, const Isa &) {
       return r.units < 0 ? "?" : std::to_string(r.units); }},
    {"Mflop", true, [](const KernelRow &r, const Isa &) { return scaled(r.work.flops, 1e6); }},
    {"MB", true, [](const KernelRow &r, const Isa &) { return scaled(r.work.bytes, 1e6); }},
    {"Mcycles", true, [](const KernelRow &r, const Isa &) { return scaled(r.cycles, 1e6); }},
    {"% of peak", true, share},
    {"us", true, [](const KernelRow &r, const Isa &) { return measured(r.microseconds, "{0:F1}"); }, true},
    {"% measured", true, [](const KernelRow &r, const Isa &) { return measured(r.share, "{0:F0}"); }, true},
    {"nodes", false, [](const KernelRow &r, const Isa &) { return r.site.empty() ? "-" : r.site; }},
};
// clang-format on

/// All rows together.
static KernelRow total(ArrayRef<KernelRow> rows) {
  KernelRow sum;
  sum.function = "all";
  sum.kind = sum.shapes = "-";
  sum.units = sum.cycles = 0;
  auto add = [](auto &to, auto n) { to = to < 0 || n < 0 ? -1 : to + n; };
  for (const KernelRow &row : rows) {
    add(sum.work.flops, row.work.flops);
    add(sum.work.bytes, row.work.bytes);
    add(sum.cycles, row.cycles);
    add(sum.units, row.units);
  }
  return sum;
}

void cpu::printKernels(ArrayRef<KernelRow> rows, StringRef title,
                       const Isa &isa, raw_ostream &os) {
  os << title << ": " << rows.size() << " launches; " << isa.name << ", "
     << isa.registers << " registers of " << isa.lanes() << " float32, "
     << isa.l2 / 1024
     << " kB of L2; cycles and share of the peak as expected of one core\n";
  // Some have been measured, or none.
  bool isTuned = llvm::any_of(
      rows, [](const KernelRow &r) { return r.microseconds >= 0; });
  SmallVector<Column> columns;
  for (const Column &column : allColumns)
    if (isTuned || !column.ofTuned)
      columns.push_back(column);
  std::vector<std::vector<std::string>> lines;
  std::vector<size_t> widths;
  for (const Column &column : columns)
    widths.push_back(StringRef(column.title).size());
  auto addLine = [&](const KernelRow &row) {
    lines.emplace_back();
    for (auto [column, width] : llvm::zip(columns, widths)) {
      lines.back().push_back(column.text(row, isa));
      width = std::max(width, lines.back().back().size());
    }
  };
  for (const KernelRow &row : rows)
    addLine(row);
  addLine(total(rows));
  auto print = [&](size_t i, StringRef text) {
    // The last column's texts are of any length.
    bool isLast = i + 1 == columns.size();
    size_t fill = isLast ? 0 : widths[i] - text.size();
    if (i)
      os << "  ";
    if (columns[i].isNumber)
      os.indent(fill) << text;
    else
      os << text, os.indent(fill);
  };
  for (size_t i = 0; i < columns.size(); ++i)
    print(i, columns[i].title);
  os << "\n";
  for (const std::vector<std::string> &line : lines) {
    for (auto [i, text] : llvm::enumerate(line))
      print(i, text);
    os << "\n";
  }
}
