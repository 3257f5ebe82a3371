//===- Options.td - the command line of dlc -----------------*- tablegen -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

include "llvm/Option/OptParser.td"

// --help prints each group under its title.
class Titled<string title> : OptionGroup<title>, HelpText<title>;
def output_Group : Titled<"Output">;
def target_Group : Titled<"Target">;
def model_Group : Titled<"Model">;
def inspect_Group : Titled<"Looking inside">;
def general_Group : Titled<"General">;

class F<string name> : Flag<["-"], name>;
class FF<string name> : Flag<["--"], name>;
// Long ones are taken with one dash and with two.
class L<string name> : Joined<["--", "-"], name # "=">;
class M<string name> : Joined<["-"], name # "=">;
// "--name=VALUE", and "--name VALUE" as an alias.
multiclass Long<string name, OptionGroup group, string meta, string help> {
  def "" : L<name>, Group<group>, MetaVarName<meta>, HelpText<help>;
  def _sep : Separate<["--"], name>, Alias<!cast<Option>(NAME)>,
             Group<group>, Flags<[HelpHidden]>;
}

// Output
def o : JoinedOrSeparate<["-"], "o">, Group<output_Group>, MetaVarName<"FILE">,
  HelpText<"Write to FILE; the default is the model's stem, with .o, .a, .so or .s by kind">;
def c : F<"c">, Group<output_Group>, HelpText<"Make an object file and a C header">;
def S : F<"S">, Group<output_Group>, HelpText<"Make assembly">;
def shared : Flag<["-", "--"], "shared">, Group<output_Group>,
  HelpText<"Make a shared library and a C header">;
def static_ : Flag<["-", "--"], "static">, Group<output_Group>,
  HelpText<"Make an executable that depends on no other file">;
defm emit : Long<"emit", output_Group, "KIND",
  "Make exe, obj, asm, lib (a static library and a C header), shared, llvm or mlir">;
defm stage : Long<"stage", output_Group, "NAME",
  "With --emit=mlir: stop after this phase; -v lists them">;
defm weights : Long<"weights", output_Group, "FILE",
  "Put the weights into FILE, to lie beside the program">;
def MD : F<"MD">, Group<output_Group>,
  HelpText<"Write the files that the result depends on to OUT.d, for make">;
def MF : JoinedOrSeparate<["-"], "MF">, Group<output_Group>,
  MetaVarName<"FILE">, HelpText<"With -MD: write them to FILE">;

// Target
def O : Joined<["-"], "O">, Group<target_Group>, MetaVarName<"LEVEL">,
  HelpText<"Optimise: 0 to 3; 3 is the default">;
def march : M<"march">, Group<target_Group>, MetaVarName<"CPU,...">,
  HelpText<"Generate code for these processors, chosen at start; the default is the host's">;
def mcpu : M<"mcpu">, Group<target_Group>, MetaVarName<"CPU,...">,
  HelpText<"The same as -march=">;
def mattr : M<"mattr">, Group<target_Group>, MetaVarName<"+A,-B,...">,
  HelpText<"Turn features of the processor on and off">;
defm target : Long<"target", target_Group, "TRIPLE", "Generate code for this system">;
defm sysroot : Long<"sysroot", target_Group, "DIR", "Find the target's C library below DIR">;
defm device : Long<"device", target_Group, "DEVICE", "Where the model runs: cpu">;
def fno_winograd : F<"fno-winograd">, Group<target_Group>,
  HelpText<"Compute no convolution by Winograd's algorithm, which is faster and rounds a little more">;
def fwinograd : F<"fwinograd">, Group<target_Group>, Flags<[HelpHidden]>,
  HelpText<"Allow Winograd's algorithm; the default">;
def fno_strassen : F<"fno-strassen">, Group<target_Group>,
  HelpText<"Compute no matrix product by Strassen's algorithm, which is faster, rounds a little more and takes more weights">;
def fstrassen : F<"fstrassen">, Group<target_Group>, Flags<[HelpHidden]>,
  HelpText<"Allow Strassen's algorithm; the default">;
def tune : Flag<["--", "-"], "tune">, Group<target_Group>,
  HelpText<"Measure on this machine which forms of products and convolutions are the fastest, and take those">;
def tune_EQ : L<"tune">, Group<target_Group>, MetaVarName<"SECONDS">,
  HelpText<"The same; after so long no other form is tried; the default is 120">;
defm tune_file : Long<"tune-file", target_Group, "FILE",
  "What was measured: --tune adds to it, and without --tune it is taken as it is">;
defm tune_inputs : Long<"tune-inputs", target_Group, "FILE.npz",
  "With --tune: measure with these inputs; the default is random ones">;
def g : F<"g">, Group<target_Group>, HelpText<"Keep symbols and source locations">;

// Model
def x : JoinedOrSeparate<["-"], "x">, Group<model_Group>, MetaVarName<"FORMAT">,
  HelpText<"Read the model as onnx or mlir, whatever it looks like">;
defm shape : Long<"shape", model_Group, "NAME=1x3x224x224",
  "Fix an input's shape; a dimension may be a number, a name or ?">;
defm dim : Long<"dim", model_Group, "NAME=SIZE", "Fix a symbolic dimension">;
defm signature : Long<"signature", model_Group, "NAME", "Compile this entry point of the model">;
defm name : Long<"name", model_Group, "IDENT", "The C identifier of the compiled model">;

// Looking inside
def v : F<"v">, Group<inspect_Group>, HelpText<"Print the phases and the link command as they run">;
def dry_run : Flag<["-"], "###">, Group<inspect_Group>, HelpText<"Print the phases and the link command, run nothing">;
def save_temps : Flag<["--", "-"], "save-temps">, Group<inspect_Group>,
  HelpText<"Keep intermediate files beside the output">;
def save_temps_EQ : L<"save-temps">, Group<inspect_Group>,
  MetaVarName<"DIR">, HelpText<"Keep intermediate files in DIR">;
def ftime_report : Flag<["-", "--"], "ftime-report">, Group<inspect_Group>,
  HelpText<"Print how long each phase took">;
def print_kernels : Flag<["--", "-"], "print-kernels">, Group<inspect_Group>,
  HelpText<"Print the kernels of the program: what was chosen for each, and its expected share of the peak">;
def Rpass : Joined<["-", "--"], "Rpass=">, Group<inspect_Group>, MetaVarName<"REGEX">,
  HelpText<"Report what the passes of these names did">;
def Rpass_missed : Joined<["-", "--"], "Rpass-missed=">, Group<inspect_Group>, MetaVarName<"REGEX">,
  HelpText<"Report what the passes of these names could not do; copy names each copy that is left">;
def mlir_ : Joined<["--", "-"], "mlir-">, Group<inspect_Group>, MetaVarName<"OPTION">,
  HelpText<"An option of MLIR's, e.g. --mlir-print-ir-after-all">;
def mllvm : Separate<["-", "--"], "mllvm">, Group<inspect_Group>, MetaVarName<"OPTION">,
  HelpText<"An option of LLVM's; -mllvm --help lists them">;
def mllvm_EQ : Joined<["-", "--"], "mllvm=">, Alias<mllvm>, Group<inspect_Group>, Flags<[HelpHidden]>;

// General
def j : JoinedOrSeparate<["-"], "j">, Group<general_Group>, MetaVarName<"N">,
  HelpText<"Use N threads; the default is one for each core">;
def color : Flag<["--", "-"], "color">, Group<general_Group>, HelpText<"Colour the diagnostics; =never turns it off">;
def color_EQ : L<"color">, Group<general_Group>, Flags<[HelpHidden]>,
  MetaVarName<"WHEN">, HelpText<"always, never or auto">;
def help : Flag<["--", "-"], "help">, Group<general_Group>, HelpText<"Print this">;
def h : F<"h">, Alias<help>, Group<general_Group>, Flags<[HelpHidden]>;
def help_hidden : FF<"help-hidden">, Group<general_Group>, HelpText<"Print the options for work on dlc itself, too">;
def version : Flag<["--", "-"], "version">, Group<general_Group>, HelpText<"Print the version">;

// For work on dlc itself
def runtime_dir : L<"runtime-dir">, Group<general_Group>, Flags<[HelpHidden]>,
  MetaVarName<"DIR">, HelpText<"Find the archives of the run time below DIR, not beside dlc">;
