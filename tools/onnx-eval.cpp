#include "Evaluate/Evaluate.h"
#include "Frontend/ONNX/Import.h"
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

int main(int argc, char **argv) {
  MLIRContext ctx;
  ctx.loadDialect<dlc::DlcDialect, graph::GraphDialect, func::FuncDialect, arith::ArithDialect, tensor::TensorDialect>();
  auto m = onnx::readONNX(StringRef(argv[1]), ctx);
  if (!m) return 1;
  if (failed(importONNX(*m))) return 2;
  if (failed(verify(*m))) return 4;
  auto f = *m->getOps<func::FuncOp>().begin();
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
