//===----------------------------------------------------------------------===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Pointwise operations: operands of one shape; the result has that shape too.
// What an op computes is written once, as an expression over a ScalarAlgebra
// `s` in the operands `x`, `y`, `z`: code generation, constant folding and the
// evaluator all read it from here.

#ifndef DLC_POINTWISE_TD
#define DLC_POINTWISE_TD

include "dialects/dlc/DlcBase.td"
include "dialects/dlc/DlcInterfaces.td"

class Dlc_Pointwise<string mnemonic, string expression, list<Trait> traits = []>
    : Dlc_Op<mnemonic, !listconcat([Pure, Elementwise, SameOperandsAndResultShape,
        DeclareOpInterfaceMethods<ReifyRankedShapedTypeOpInterface, ["reifyResultShapes"]>,
        DeclareOpInterfaceMethods<PointwiseOpInterface>], traits)> {
  let extraClassDefinition = [{
    ::dlc::Scalar $cppClass::apply(::dlc::ScalarAlgebra &s, ::llvm::ArrayRef<::dlc::Scalar> args) {
      [[maybe_unused]] const ::dlc::Scalar &x = args[0], &y = args.size() > 1 ? args[1] : x,
                                           &z = args.size() > 2 ? args[2] : x;
      return }] # expression # [{;
    }
    ::mlir::LogicalResult $cppClass::reifyResultShapes(::mlir::OpBuilder &builder,
        ::mlir::ReifiedRankedShapedTypeDims &result) {
      return ::dlc::reifySameShape(*this, builder, result);
    }
  }];
}

class Dlc_Unary<string mnemonic, string what, string expression, Type type = Dlc_Number>
    : Dlc_Pointwise<mnemonic, expression, [SameOperandsAndResultType]> {
  let summary = what;
  let arguments = (ins type:$x);
  let results = (outs type:$result);
  let assemblyFormat = "$x attr-dict `:` type($result)";
}

class Dlc_Predicate<string mnemonic, string what, string expression, Type type = Dlc_Number>
    : Dlc_Pointwise<mnemonic, expression> {
  let summary = what;
  let arguments = (ins type:$x);
  let results = (outs Dlc_Bool:$result);
  let assemblyFormat = "$x attr-dict `:` type($x) `->` type($result)";
}

class Dlc_Binary<string mnemonic, string what, string expression, Type type = Dlc_Number>
    : Dlc_Pointwise<mnemonic, expression, [SameOperandsAndResultType]> {
  let summary = what;
  let arguments = (ins type:$x, type:$y);
  let results = (outs type:$result);
  let assemblyFormat = "$x `,` $y attr-dict `:` type($result)";
}

class Dlc_Compare<string mnemonic, string what, string expression>
    : Dlc_Pointwise<mnemonic, expression, [SameTypeOperands]> {
  let summary = what;
  let arguments = (ins Dlc_Number:$x, Dlc_Number:$y);
  let results = (outs Dlc_Bool:$result);
  let assemblyFormat = "$x `,` $y attr-dict `:` type($x) `->` type($result)";
}

def Dlc_AbsOp     : Dlc_Unary<"abs", "absolute value", "s.abs(x)">;
def Dlc_AcosOp    : Dlc_Unary<"acos", "arc cosine", "s.acos(x)", Dlc_Float>;
def Dlc_AcoshOp   : Dlc_Unary<"acosh", "inverse hyperbolic cosine", "s.acosh(x)", Dlc_Float>;
def Dlc_AsinOp    : Dlc_Unary<"asin", "arc sine", "s.asin(x)", Dlc_Float>;
def Dlc_AsinhOp   : Dlc_Unary<"asinh", "inverse hyperbolic sine", "s.asinh(x)", Dlc_Float>;
def Dlc_AtanOp    : Dlc_Unary<"atan", "arc tangent", "s.atan(x)", Dlc_Float>;
def Dlc_AtanhOp   : Dlc_Unary<"atanh", "inverse hyperbolic tangent", "s.atanh(x)", Dlc_Float>;
def Dlc_CeilOp    : Dlc_Unary<"ceil", "the least integer not below x", "s.ceil(x)", Dlc_Float>;
def Dlc_CosOp     : Dlc_Unary<"cos", "cosine", "s.cos(x)", Dlc_Float>;
def Dlc_CoshOp    : Dlc_Unary<"cosh", "hyperbolic cosine", "::dlc::cosh(s, x)", Dlc_Float>;
def Dlc_ErfOp     : Dlc_Unary<"erf", "error function", "s.erf(x)", Dlc_Float>;
def Dlc_ExpOp     : Dlc_Unary<"exp", "natural exponential", "s.exp(x)", Dlc_Float>;
def Dlc_FloorOp   : Dlc_Unary<"floor", "the greatest integer not above x", "s.floor(x)", Dlc_Float>;
def Dlc_LogOp     : Dlc_Unary<"log", "natural logarithm", "s.log(x)", Dlc_Float>;
def Dlc_Log1pOp   : Dlc_Unary<"log1p", "log(1 + x)", "s.log1p(x)", Dlc_Float>;
def Dlc_Expm1Op   : Dlc_Unary<"expm1", "exp(x) - 1", "s.expm1(x)", Dlc_Float>;
def Dlc_NegOp     : Dlc_Unary<"neg", "negation", "s.neg(x)">;
def Dlc_NotOp     : Dlc_Unary<"not", "bitwise complement", "s.not_(x)", Dlc_Integer>;
def Dlc_RoundOp   : Dlc_Unary<"round", "the nearest integer, ties to even", "s.round(x)", Dlc_Float>;
def Dlc_RsqrtOp   : Dlc_Unary<"rsqrt", "1 / sqrt(x)", "s.div(s.constant(x.type, 1), s.sqrt(x))", Dlc_Float>;
def Dlc_SigmoidOp : Dlc_Unary<"sigmoid", "1 / (1 + exp(-x))", "::dlc::sigmoid(s, x)", Dlc_Float>;
def Dlc_SignOp    : Dlc_Unary<"sign", "-1, 0 or 1; a NaN stays", "s.sign(x)">;
def Dlc_SinOp     : Dlc_Unary<"sin", "sine", "s.sin(x)", Dlc_Float>;
def Dlc_SinhOp    : Dlc_Unary<"sinh", "hyperbolic sine", "::dlc::sinh(s, x)", Dlc_Float>;
def Dlc_SqrtOp    : Dlc_Unary<"sqrt", "square root", "s.sqrt(x)", Dlc_Float>;
def Dlc_TanOp     : Dlc_Unary<"tan", "tangent", "s.tan(x)", Dlc_Float>;
def Dlc_TanhOp    : Dlc_Unary<"tanh", "hyperbolic tangent", "s.tanh(x)", Dlc_Float>;
def Dlc_TruncOp   : Dlc_Unary<"trunc", "x without its fraction", "s.trunc(x)", Dlc_Float>;

def Dlc_IsNanOp : Dlc_Predicate<"is_nan", "whether x is a NaN", "s.ne(x, x)">;
def Dlc_IsInfOp : Dlc_Predicate<"is_inf", "whether x is an infinity of either sign",
    "s.eq(s.abs(x), s.constant(x.type, HUGE_VAL))", Dlc_Float>;

def Dlc_AddOp : Dlc_Binary<"add", "sum", "s.add(x, y)">;
def Dlc_SubOp : Dlc_Binary<"sub", "difference", "s.sub(x, y)">;
def Dlc_MulOp : Dlc_Binary<"mul", "product", "s.mul(x, y)">;
def Dlc_DivOp : Dlc_Binary<"div", "quotient; integers round toward zero, by 0 they give 0", "s.div(x, y)">;
def Dlc_ModOp : Dlc_Binary<"mod", "remainder with the divisor's sign (Python's %); of integers by 0 it is 0", "s.mod(x, y)">;
def Dlc_RemOp : Dlc_Binary<"rem", "remainder with the dividend's sign (C's fmod); of integers by 0 it is 0", "s.rem(x, y)">;
def Dlc_PowOp : Dlc_Binary<"pow", "x to the power of y", "s.pow(x, y)">;
def Dlc_MinOp : Dlc_Binary<"min", "minimum; NaN if either is", "s.min(x, y)">;
def Dlc_MaxOp : Dlc_Binary<"max", "maximum; NaN if either is", "s.max(x, y)">;
def Dlc_AndOp : Dlc_Binary<"and", "bitwise and", "s.and_(x, y)", Dlc_Integer>;
def Dlc_OrOp  : Dlc_Binary<"or", "bitwise or", "s.or_(x, y)", Dlc_Integer>;
def Dlc_XorOp : Dlc_Binary<"xor", "bitwise exclusive or", "s.xor_(x, y)", Dlc_Integer>;
def Dlc_ShlOp : Dlc_Binary<"shl", "shift left; 0 where y is not below the width", "s.shl(x, y)", Dlc_Integer>;
def Dlc_ShrOp : Dlc_Binary<"shr", "shift right; 0 or the sign where y is not below the width", "s.shr(x, y)", Dlc_Integer>;

def Dlc_EqOp : Dlc_Compare<"eq", "x == y", "s.eq(x, y)">;
def Dlc_NeOp : Dlc_Compare<"ne", "x != y", "s.ne(x, y)">;
def Dlc_LtOp : Dlc_Compare<"lt", "x < y", "s.lt(x, y)">;
def Dlc_LeOp : Dlc_Compare<"le", "x <= y", "s.le(x, y)">;
def Dlc_GtOp : Dlc_Compare<"gt", "x > y", "s.lt(y, x)">;
def Dlc_GeOp : Dlc_Compare<"ge", "x >= y", "s.le(y, x)">;

def Dlc_SelectOp : Dlc_Pointwise<"select", "s.select(x, y, z)",
    [AllTypesMatch<["y", "z", "result"]>]> {
  let summary = "y where the condition holds, z elsewhere";
  let arguments = (ins Dlc_Bool:$condition, Dlc_Tensor:$y, Dlc_Tensor:$z);
  let results = (outs Dlc_Tensor:$result);
  let assemblyFormat = "$condition `,` $y `,` $z attr-dict `:` type($condition) `,` type($y)";
}

def Dlc_CastOp : Dlc_Pointwise<"cast",
    "s.cast(x, ::llvm::cast<::mlir::RankedTensorType>(getType()).getElementType())"> {
  let summary = "conversion to another element type";
  let description = [{
    Floats to integers round toward zero and saturate (a NaN gives 0); integers
    to narrower ones wrap; anything to a bool is `x != 0`; floats to narrower
    floats round to the nearest, ties to even.
  }];
  let arguments = (ins Dlc_Number:$x);
  let results = (outs Dlc_Number:$result);
  let assemblyFormat = "$x attr-dict `:` type($x) `->` type($result)";
}

def Dlc_BitcastOp : Dlc_Pointwise<"bitcast",
    "s.bitcast(x, ::llvm::cast<::mlir::RankedTensorType>(getType()).getElementType())"> {
  let summary = "the same bits as another element type of that width";
  let arguments = (ins Dlc_Tensor:$x);
  let results = (outs Dlc_Tensor:$result);
  let assemblyFormat = "$x attr-dict `:` type($x) `->` type($result)";
  let hasVerifier = 1;
}

#endif // DLC_POINTWISE_TD
