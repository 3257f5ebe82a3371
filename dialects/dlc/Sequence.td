//===----------------------------------------------------------------------===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Sequences and optionals whose content only the running model knows. What is
// known when a model is compiled folds, so that nothing of them is left. Of maps
// nothing ever is.

#ifndef DLC_SEQUENCE_TD
#define DLC_SEQUENCE_TD

include "dialects/dlc/DlcBase.td"
include "mlir/IR/AttrTypeBase.td"

class Dlc_Type<string name, string mnemonic_> : TypeDef<Dlc_Dialect, name> {
  let mnemonic = mnemonic_;
  let parameters = (ins "::mlir::Type":$elementType);
  let builders = [TypeBuilderWithInferredContext<(ins "::mlir::Type":$elementType),
      "return $_get(elementType.getContext(), elementType);">];
  let assemblyFormat = "`<` $elementType `>`";
}

def Dlc_SequenceType : Dlc_Type<"Sequence", "sequence"> {
  let summary = "any number of tensors of one element type";
  let description = [{
    The element type is that of all its tensors: `tensor<?x4xf32>`, or
    `tensor<*xf32>` where their ranks differ. `!dlc.sequence<f32>` is one into
    which no tensor has been put yet, `!dlc.sequence<none>` one of which not even
    the element type is known. Values are immutable.
  }];
}

def Dlc_OptionalType : Dlc_Type<"Optional", "optional"> {
  let summary = "a tensor, a sequence, or nothing";
  let description = [{
    At run time an optional tensor is a sequence of one, an optional sequence the
    sequence itself.
  }];
}

def Dlc_MapType : TypeDef<Dlc_Dialect, "Map"> {
  let mnemonic = "map";
  let parameters = (ins "::mlir::RankedTensorType":$keyType, "::mlir::RankedTensorType":$valueType);
  let summary = "a map, or a sequence of maps of the same keys";
  let description = [{
    A vector of keys, and a vector of the value of each; of a sequence of maps the
    values are a matrix, a row for each map.
  }];
  let builders = [TypeBuilderWithInferredContext<
      (ins "::mlir::RankedTensorType":$keyType, "::mlir::RankedTensorType":$valueType),
      "return $_get(keyType.getContext(), keyType, valueType);">];
  let assemblyFormat = "`<` $keyType `,` $valueType `>`";
}

def Dlc_AnySequence : Type<CPred<"::llvm::isa<::dlc::SequenceType>($_self)">, "sequence", "::dlc::SequenceType">;
def Dlc_AnyOptional : Type<CPred<"::llvm::isa<::dlc::OptionalType>($_self)">, "optional", "::dlc::OptionalType">;
def Dlc_SequenceOrOptional : AnyTypeOf<[Dlc_AnySequence, Dlc_AnyOptional]>;

def Dlc_SequenceMakeOp : Dlc_Op<"sequence_make", [Pure]> {
  let summary = "a sequence of these tensors, or an optional of one";
  let arguments = (ins Variadic<Dlc_Tensor>:$items);
  let results = (outs Dlc_SequenceOrOptional:$result);
  let assemblyFormat = "`(` $items `)` attr-dict `:` functional-type($items, $result)";
  let hasVerifier = 1;
}

def Dlc_SequenceNoneOp : Dlc_Op<"sequence_none", [Pure]> {
  let summary = "an optional that holds nothing";
  let results = (outs Dlc_AnyOptional:$result);
  let assemblyFormat = "attr-dict `:` type($result)";
}

def Dlc_SequenceInsertOp : Dlc_Op<"sequence_insert", [NoMemoryEffect]> {
  let summary = "a sequence with one more tensor in front of position `at`";
  let description = "Positions run from 0 to the length; another one ends the run with an error.";
  let arguments = (ins Dlc_AnySequence:$sequence, Dlc_Tensor:$item, Index:$at);
  let results = (outs Dlc_AnySequence:$result);
  let assemblyFormat = "$item `into` $sequence `at` $at attr-dict `:` type($item) `,` type($sequence) `->` type($result)";
  let hasVerifier = 1;
}

def Dlc_SequenceEraseOp : Dlc_Op<"sequence_erase", [NoMemoryEffect, AllTypesMatch<["sequence", "result"]>]> {
  let summary = "a sequence without the tensor at a position";
  let arguments = (ins Dlc_AnySequence:$sequence, Index:$at);
  let results = (outs Dlc_AnySequence:$result);
  let assemblyFormat = "$sequence `at` $at attr-dict `:` type($sequence)";
}

def Dlc_SequenceAtOp : Dlc_Op<"sequence_at", [NoMemoryEffect]> {
  let summary = "the tensor at a position";
  let description = [{
    That of an optional tensor is at 0. What its type leaves open of its sizes,
    `tensor.dim` says.
  }];
  let arguments = (ins Dlc_SequenceOrOptional:$sequence, Index:$at);
  let results = (outs Dlc_Tensor:$result);
  let assemblyFormat = "$sequence `[` $at `]` attr-dict `:` type($sequence) `->` type($result)";
  let hasVerifier = 1;
  let hasFolder = 1;
}

def Dlc_SequenceLengthOp : Dlc_Op<"sequence_length", [NoMemoryEffect]> {
  let summary = "how many tensors a sequence has";
  let arguments = (ins Dlc_AnySequence:$sequence);
  let results = (outs Index:$length);
  let assemblyFormat = "$sequence attr-dict `:` type($sequence)";
  let hasFolder = 1;
}

def Dlc_SequenceHasOp : Dlc_Op<"sequence_has", [Pure]> {
  let summary = "whether an optional holds something";
  let arguments = (ins Dlc_AnyOptional:$optional);
  let results = (outs I1:$result);
  let assemblyFormat = "$optional attr-dict `:` type($optional)";
  let hasFolder = 1;
}

def Dlc_SequenceCastOp : Dlc_Op<"sequence_cast", [Pure]> {
  let summary = "the same as a type that says less of the tensors";
  let description = [{
    Or a sequence as an optional one, or what an optional sequence holds: that
    there is something has been checked.
  }];
  let arguments = (ins Dlc_SequenceOrOptional:$from);
  let results = (outs Dlc_SequenceOrOptional:$result);
  let assemblyFormat = "$from attr-dict `:` type($from) `to` type($result)";
  let hasVerifier = 1;
  let hasFolder = 1;
}

def Dlc_MapMakeOp : Dlc_Op<"map_make", [Pure]> {
  let summary = "a map of keys and values";
  let description = [{
    Exists while a model is imported only: what takes a map takes its tensors, and
    the model's own maps are two inputs or outputs each.
  }];
  let arguments = (ins Dlc_Tensor:$keys, Dlc_Tensor:$values);
  let results = (outs Type<CPred<"::llvm::isa<::dlc::MapType>($_self)">, "map", "::dlc::MapType">:$result);
  let assemblyFormat = "$keys `,` $values attr-dict `:` type($keys) `,` type($values) `->` type($result)";
  let hasVerifier = 1;
}

#endif // DLC_SEQUENCE_TD
