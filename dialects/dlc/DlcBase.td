//===----------------------------------------------------------------------===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLC_BASE_TD
#define DLC_BASE_TD

include "mlir/IR/OpBase.td"
include "mlir/IR/BuiltinAttributes.td"
include "mlir/IR/CommonTypeConstraints.td"
include "mlir/Interfaces/ControlFlowInterfaces.td"
include "mlir/IR/EnumAttr.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def Dlc_Dialect : Dialect {
  let name = "dlc";
  let cppNamespace = "::dlc";
  let summary = "the core tensor dialect";
  let description = [{
    About seventy-five operations on ranked tensors to which every frontend
    lowers. Values are immutable, broadcasts are explicit, and dimensions may be
    dynamic: where a size can't be derived from an operand it is an `index`
    operand. Integers are signless for signed types (`i8`), `ui8` and the like
    for unsigned ones; `i1` is a bool. Images are channels-last.
  }];
  let hasConstantMaterializer = 1;
  let useDefaultTypePrinterParser = 1;
  // Control flow is scf's.
  let dependentDialects = ["::mlir::tensor::TensorDialect", "::mlir::arith::ArithDialect", "::mlir::scf::SCFDialect"];
}

class Dlc_Op<string mnemonic, list<Trait> traits = []>
    : Op<Dlc_Dialect, mnemonic, traits>;

// An operation whose result type follows from its operands: the op gives
// `shape` (over symbolic dims) and `elementType`; static inference and the
// run-time sizes both come from these two. See ShapeAlgebra.h.
class Dlc_ShapedOp<string mnemonic, list<Trait> traits = []>
    : Dlc_Op<mnemonic, !listconcat([Pure,
        DeclareOpInterfaceMethods<InferTypeOpInterface>,
        DeclareOpInterfaceMethods<ReifyRankedShapedTypeOpInterface, ["reifyResultShapes"]>], traits)> {
  code shapedDeclaration = [{
    static ::mlir::LogicalResult shape(::dlc::ShapeAlgebra &s, Adaptor op,
        ::llvm::SmallVectorImpl<::mlir::OpFoldResult> &dims);
    static ::mlir::Type elementType(Adaptor op);
    static bool isCompatibleReturnTypes(::mlir::TypeRange a, ::mlir::TypeRange b) {
      return ::dlc::areCompatibleTypes(a, b);
    }
  }];
  code shapedDefinition = [{
    ::mlir::LogicalResult $cppClass::inferReturnTypes(::mlir::MLIRContext *context,
        std::optional<::mlir::Location> location, ::mlir::ValueRange operands,
        ::mlir::DictionaryAttr attributes, ::mlir::OpaqueProperties properties,
        ::mlir::RegionRange regions, ::llvm::SmallVectorImpl<::mlir::Type> &types) {
      return ::dlc::inferFromShape<$cppClass>(location, Adaptor(operands, attributes, properties, regions), types);
    }
    ::mlir::LogicalResult $cppClass::reifyResultShapes(::mlir::OpBuilder &builder,
        ::mlir::ReifiedRankedShapedTypeDims &result) {
      return ::dlc::reifyFromShape(*this, builder, result);
    }
  }];
  let extraClassDeclaration = shapedDeclaration;
  let extraClassDefinition = shapedDefinition;
}

def Dlc_Tensor : RankedTensorOf<[AnyType]>;
// What can be computed with: complex numbers are only moved.
def Dlc_Number : RankedTensorOf<[AnyInteger, Index, AnyFloat]>;
def Dlc_Float : RankedTensorOf<[AnyFloat]>;
def Dlc_Bool : RankedTensorOf<[I1]>;
def Dlc_Integer : RankedTensorOf<[AnyInteger]>;

#endif // DLC_BASE_TD
