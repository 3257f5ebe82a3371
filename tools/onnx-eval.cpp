#include "Evaluate/Evaluate.h"
#include "Frontend/ONNX/Ops.h"
#include "Frontend/ONNX/Reader.h"
#include "dialects/graph/Graph.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Verifier.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Support/Format.h"
using namespace mlir;
using namespace dlc;

Type dlc::onnx::elementType(MLIRContext *c, int64_t code) {
  Builder b(c);
  switch (code) {
  case 1: return b.getF32Type();
  case 2: return b.getIntegerType(8, false);
  case 3: return b.getI8Type();
  case 4: return b.getIntegerType(16, false);
  case 5: return b.getIntegerType(16);
  case 6: return b.getI32Type();
  case 7: return b.getI64Type();
  case 9: return b.getI1Type();
  case 10: return b.getF16Type();
  case 11: return b.getF64Type();
  case 16: return b.getBF16Type();
  case 17: return Float8E4M3FNType::get(c);
  case 19: return Float8E5M2Type::get(c);
  case 21: return b.getIntegerType(4, false);
  case 22: return b.getIntegerType(4);
  }
  return {};
}

static LogicalResult import(func::FuncOp f, OpTable &table) {
  OpBuilder ops(f.getContext());
  TensorBuilder b(ops, f.getLoc());
  DenseMap<Value, Tensor> map;
  SmallVector<Operation *> dead;
  for (Operation &op : llvm::make_early_inc_range(f.getBody().front())) {
    b.opBuilder().setInsertionPoint(&op);
    b.setLoc(op.getLoc());
    if (auto i = dyn_cast<graph::ImportOp>(op)) map[i.getResult()] = b.wrap(i.getInput());
    else if (auto w = dyn_cast<graph::WeightOp>(op)) map[w.getResult()] = b.constant(w.getValue());
    else if (isa<graph::NoneOp>(op)) map[op.getResult(0)] = Tensor();
    else if (auto n = dyn_cast<graph::NodeOp>(op)) {
      const OpRow *row = table.find(n.getDomain(), n.getOpType(), n.getVersion().value_or(0));
      if (!row) return op.emitError("unsupported op ") << n.getOp();
      SmallVector<Tensor> ins;
      for (Value v : n.getOperands()) ins.push_back(map[v]);
      auto r = buildNode(*row, b, n, ins);
      if (failed(r)) return failure();
      for (auto [v, t] : llvm::zip(n.getResults(), *r)) map[v] = t;
    } else if (auto e = dyn_cast<graph::ExportOp>(op)) {
      auto t = map[e.getInput()];
      if (!t) return op.emitError("null");
      if (t.value().getType() != e.getResult().getType())
        llvm::errs() << "type " << t.value().getType() << " declared " << e.getResult().getType() << "\n";
      e.getResult().setType(t.value().getType());
      e.getResult().replaceAllUsesWith(t.value());
    } else continue;
    dead.push_back(&op);
  }
  for (Operation *op : llvm::reverse(dead)) op->erase();
  f.setType(FunctionType::get(f.getContext(), f.getArgumentTypes(), f.getBody().front().getTerminator()->getOperandTypes()));
  return verify(f);
}

int main(int argc, char **argv) {
  MLIRContext ctx;
  ctx.loadDialect<dlc::DlcDialect, graph::GraphDialect, func::FuncDialect, arith::ArithDialect, tensor::TensorDialect>();
  auto m = onnx::readONNX(StringRef(argv[1]), ctx);
  if (!m) return 1;
  OpTable table;
  for (auto rows : {onnx::windowOps(), onnx::matrixOps(), onnx::normalizationOps(), onnx::attentionOps(), onnx::recurrentOps(), onnx::resizeOps(), onnx::quantizationOps()})
    table.add("onnx", rows);
  auto f = *m->getOps<func::FuncOp>().begin();
  if (failed(import(f, table))) return 2;
  if (getenv("DUMP")) { m->print(llvm::outs()); return 0; }
  SmallVector<ElementsAttr> args;
  for (auto [i, t] : llvm::enumerate(f.getArgumentTypes())) {
    auto buf = llvm::MemoryBuffer::getFile(argv[2 + i]);
    StringRef s = (*buf)->getBuffer();
    auto type = cast<RankedTensorType>(t);
    if (type.getElementType().isInteger(1)) {
      SmallVector<bool> v(s.begin(), s.end());
      args.push_back(DenseElementsAttr::get(type, ArrayRef<bool>(v.begin(), v.end())));
    } else
      args.push_back(DenseElementsAttr::getFromRawBuffer(type, ArrayRef<char>(s.data(), s.size())));
  }
  SmallVector<ElementsAttr> results;
  std::string reason;
  if (failed(evaluateFunction(cast<FunctionOpInterface>(f.getOperation()), args, results, &reason))) {
    llvm::errs() << "evaluate: " << reason << "\n";
    return 3;
  }
  for (ElementsAttr r : results) {
    auto t = cast<RankedTensorType>(r.getType());
    if (auto res = dyn_cast<DenseResourceElementsAttr>(r))
      r = DenseElementsAttr::getFromRawBuffer(t, res.getRawHandle().getBlob()->getData());
    llvm::outs() << "T " << t.getElementType();
    for (auto d : t.getShape()) llvm::outs() << " " << d;
    llvm::outs() << "\n";
    if (isa<FloatType>(t.getElementType()))
      for (APFloat v : r.getValues<APFloat>()) { bool l; v.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven, &l); llvm::outs() << llvm::format("%.17g ", v.convertToDouble()); }
    else
      for (APInt v : r.getValues<APInt>()) llvm::outs() << (t.getElementType().isUnsignedInteger() || t.getElementType().isInteger(1) ? int64_t(v.getZExtValue()) : v.getSExtValue()) << " ";
    llvm::outs() << "\n";
  }
}
