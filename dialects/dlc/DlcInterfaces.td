//===----------------------------------------------------------------------===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLC_INTERFACES_TD
#define DLC_INTERFACES_TD

include "mlir/IR/OpBase.td"

def PointwiseOpInterface : OpInterface<"PointwiseOpInterface"> {
  let description = "An operation that computes each element of its result from the elements at the same place of its operands.";
  let cppNamespace = "::dlc";
  let methods = [
    InterfaceMethod<"The op's value for the given elements.", "::dlc::Scalar", "apply",
                    (ins "::dlc::ScalarAlgebra &":$s, "::llvm::ArrayRef<::dlc::Scalar>":$args)>
  ];
}

#endif // DLC_INTERFACES_TD
