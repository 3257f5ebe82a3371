//===----------------------------------------------------------------------===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLC_RT_TD
#define DLC_RT_TD

include "mlir/IR/OpBase.td"
include "mlir/IR/SymbolInterfaces.td"
include "mlir/IR/CommonTypeConstraints.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "mlir/Dialect/LLVMIR/LLVMOpBase.td"

def Rt_Dialect : Dialect {
  let name = "rt";
  let cppNamespace = "::dlc::rt";
  let summary = "calls of compiled code into the run time";
  let description = [{
    What a compiled model's run function and its kernels ask of the run time, in
    the terms of `include/dlc/runtime.h`: a frame is a `dlc_frame *`, memory is a
    plain pointer, kernels take their arguments from one array of 8-byte slots.
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect"];
}

class Rt_Op<string mnemonic, list<Trait> traits = []> : Op<Rt_Dialect, mnemonic, traits>;

def Rt_Pointer : Type<CPred<"::llvm::isa<::mlir::LLVM::LLVMPointerType>($_self)">, "pointer",
                      "::mlir::LLVM::LLVMPointerType">,
                 BuildableType<"::mlir::LLVM::LLVMPointerType::get($_builder.getContext())">;

def Rt_ArgOp : Rt_Op<"arg", [Pure]> {
  let summary = "an argument of a kernel: memory or a size";
  let arguments = (ins Rt_Pointer:$args, I64Attr:$slot);
  let results = (outs AnyTypeOf<[MemRefRankOf<[AnyType], [1]>, Index]>:$result);
  let assemblyFormat = "$args `[` $slot `]` attr-dict `:` type($result)";
}

def Rt_ScratchOp : Rt_Op<"scratch", [Pure]> {
  let summary = "a part of the thread's scratch memory";
  let arguments = (ins Rt_Pointer:$scratch, I64Attr:$offset);
  let results = (outs MemRefRankOf<[AnyType], [1]>:$result);
  let assemblyFormat = "$scratch `[` $offset `]` attr-dict `:` type($result)";
}

def Rt_InputOp : Rt_Op<"input", [Pure]> {
  let summary = "the data of an input";
  let arguments = (ins Rt_Pointer:$frame, I64Attr:$number);
  let results = (outs Rt_Pointer:$data);
  let assemblyFormat = "$frame `[` $number `]` attr-dict";
}

def Rt_InputDimOp : Rt_Op<"input_dim", [Pure]> {
  let summary = "the size of an input's dimension";
  let arguments = (ins Rt_Pointer:$frame, I64Attr:$number, I64Attr:$dim);
  let results = (outs Index:$size);
  let assemblyFormat = "$frame `[` $number `,` $dim `]` attr-dict";
}

def Rt_WeightsOp : Rt_Op<"weights", [Pure]> {
  let summary = "the packed weights";
  let arguments = (ins Rt_Pointer:$frame);
  let results = (outs Rt_Pointer:$data);
  let assemblyFormat = "$frame attr-dict";
}

def Rt_OffsetOp : Rt_Op<"offset", [Pure]> {
  let summary = "memory so many bytes further on";
  let arguments = (ins Rt_Pointer:$base, Index:$bytes);
  let results = (outs Rt_Pointer:$data);
  let assemblyFormat = "$base `[` $bytes `]` attr-dict";
}

def Rt_ArenaOp : Rt_Op<"arena"> {
  let summary = "the arena of this run, of at least so many bytes; the run ends where there is no memory";
  let arguments = (ins Rt_Pointer:$frame, Index:$bytes);
  let results = (outs Rt_Pointer:$data);
  let assemblyFormat = "$frame `,` $bytes attr-dict";
}

def Rt_AllocOp : Rt_Op<"alloc"> {
  let summary = "memory for the rest of the run, for a size that other kernels computed";
  let arguments = (ins Rt_Pointer:$frame, Index:$bytes);
  let results = (outs Rt_Pointer:$data);
  let assemblyFormat = "$frame `,` $bytes attr-dict";
}

def Rt_RoomsOp : Rt_Op<"rooms"> {
  let summary = "so many rooms of this run, see dlc_room; all empty";
  let arguments = (ins I64Attr:$count);
  let results = (outs Rt_Pointer:$rooms);
  let assemblyFormat = "$count attr-dict";
  let extraClassDeclaration = [{
    /// Bytes from one room to the next.
    static constexpr int64_t kSize = 16;
  }];
}

def Rt_GrowOp : Rt_Op<"grow"> {
  let summary = "memory of a room that may have had less, starting with what lies elsewhere; the run ends where there is none";
  let arguments = (ins Rt_Pointer:$frame, Rt_Pointer:$room, Index:$bytes, Rt_Pointer:$from, Index:$kept);
  let results = (outs Rt_Pointer:$data);
  let assemblyFormat = "$frame `,` $room `to` $bytes `from` $from `[` $kept `]` attr-dict";
}

def Rt_OutputOp : Rt_Op<"output"> {
  let summary = "the memory of an output, whose shape is known now";
  let arguments = (ins Rt_Pointer:$frame, I64Attr:$number, Variadic<Index>:$dims);
  let results = (outs Rt_Pointer:$data);
  let assemblyFormat = "$frame `[` $number `]` `(` $dims `)` attr-dict";
}

def Rt_SequenceOp : Rt_Op<"sequence"> {
  let summary = "a sequence of no tensors";
  let arguments = (ins Rt_Pointer:$frame);
  let results = (outs Rt_Pointer:$sequence);
  let assemblyFormat = "$frame attr-dict";
}

def Rt_InsertOp : Rt_Op<"insert"> {
  let summary = "a sequence with a copy of a tensor put in; the run ends where that can't be";
  let arguments = (ins Rt_Pointer:$frame, Rt_Pointer:$from, Index:$at, Rt_Pointer:$data, I64Attr:$element, Variadic<Index>:$dims);
  let results = (outs Rt_Pointer:$sequence);
  let assemblyFormat = "$frame `,` $data `of` $element `(` $dims `)` `into` $from `at` $at attr-dict";
}

def Rt_EraseOp : Rt_Op<"erase"> {
  let summary = "a sequence without a tensor; the run ends where that can't be";
  let arguments = (ins Rt_Pointer:$frame, Rt_Pointer:$from, Index:$at);
  let results = (outs Rt_Pointer:$sequence);
  let assemblyFormat = "$frame `,` $from `at` $at attr-dict";
}

def Rt_LengthOp : Rt_Op<"length"> {
  let summary = "how many tensors a sequence has";
  let arguments = (ins Rt_Pointer:$frame, Rt_Pointer:$sequence);
  let results = (outs Index:$length);
  let assemblyFormat = "$frame `,` $sequence attr-dict";
}

def Rt_AtOp : Rt_Op<"at"> {
  let summary = "the data and sizes of a sequence's tensor; the run ends where there is none";
  let arguments = (ins Rt_Pointer:$frame, Rt_Pointer:$sequence, Index:$at);
  let results = (outs Rt_Pointer:$data, Variadic<Index>:$dims);
  let assemblyFormat = "$frame `,` $sequence `[` $at `]` attr-dict (`:` type($dims)^)?";
}

def Rt_GiveOp : Rt_Op<"give"> {
  let summary = "a sequence or an optional becomes an output";
  let arguments = (ins Rt_Pointer:$frame, I64Attr:$number, Rt_Pointer:$sequence);
  let assemblyFormat = "$frame `[` $number `]` $sequence attr-dict";
}

def Rt_CheckOp : Rt_Op<"check"> {
  let summary = "ends the run with an error where the condition does not hold";
  let description = "Each `%` of the message is replaced by the next of the values.";
  let arguments = (ins Rt_Pointer:$frame, I1:$condition, StrAttr:$message, Variadic<Index>:$values, StrAttr:$site);
  let assemblyFormat = "$frame `,` $condition `,` $message `(` $values `)` `at` $site attr-dict";
}

def Rt_LaunchOp : Rt_Op<"launch"> {
  let summary = "runs a kernel over [0, count) on the thread pool";
  let description = [{
    `grain` is the least number of units worth a thread. Arguments are memory or
    sizes, one slot each. `flops` and `bytes` are what the kernel computes and
    moves, -1 where that depends on open sizes.
  }];
  let arguments = (ins Rt_Pointer:$frame, FlatSymbolRefAttr:$kernel, Index:$count, Index:$grain,
                       Variadic<AnyTypeOf<[Rt_Pointer, Index]>>:$args, StrAttr:$site, StrAttr:$kind,
                       DefaultValuedAttr<I64Attr, "-1">:$flops, DefaultValuedAttr<I64Attr, "-1">:$bytes);
  let assemblyFormat = "$frame `,` $kernel `[` $count `,` $grain `]` `(` $args `)` `:` type($args) `at` $site `kind` $kind (`flops` $flops^)? (`bytes` $bytes^)? attr-dict";
}

def Rt_StringsOp : Rt_Op<"strings"> {
  let summary = "the table of this run's strings, which starts with these; the run ends where there is no memory";
  let arguments = (ins Rt_Pointer:$frame, StrArrayAttr:$strings);
  let results = (outs Rt_Pointer:$table);
  let assemblyFormat = "$frame $strings attr-dict";
}

def Rt_ReportedOp : Rt_Op<"reported"> {
  let summary = "ends the run with the message that a pointer in memory leads to, if there is one";
  let arguments = (ins Rt_Pointer:$frame, Rt_Pointer:$report, StrAttr:$site);
  let assemblyFormat = "$frame `,` $report `at` $site attr-dict";
}

#endif // DLC_RT_TD
